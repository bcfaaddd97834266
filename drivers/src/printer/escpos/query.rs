//! Asking a printer how it is: one question at a time, other replies kept aside.

use super::*;
use crate::printer::realtime::{conditions_in_full, conditions_in_reply};

/// Replies kept aside; more than this is a printer that babbles, and the oldest are dropped.
const INBOX_MAX: usize = 64;
/// Reads in one go while listening, so that a babbling printer cannot hold us.
const READS_MAX: usize = 32;

impl<L: Link> EscPos<L> {
    /// Opens the link if needed and asks everything the model can answer.
    pub(super) fn survey(&mut self) -> Survey {
        if let Err(cause) = self.link.open() {
            return Survey::Broken(cause);
        }
        let answer = match self.profile.confirm {
            ConfirmLevel::None => return self.listen(Duration::ZERO).map_or_else(Survey::Broken, |()| Survey::OneWay),
            ConfirmLevel::FullStatus => self.ask_full_status().map(|full| full.map(|reply| (false, conditions_in_reply(&reply)))),
            _ => self.ask_all(),
        };
        match answer {
            Err(cause) => Survey::Broken(cause),
            Ok(None) => Survey::Silent,
            Ok(Some((offline, mut conditions))) => {
                self.answered_before = true;
                self.silent_polls = 0;
                if !self.profile.near_end_sensor {
                    conditions.retain(|c| *c != Condition::ROLL_NEAR_END);
                }
                conditions.dedup();
                Survey::Answered { offline, conditions }
            }
        }
    }

    /// DLE EOT 1 to 4 in turn; `None` as soon as one stays unanswered.
    fn ask_all(&mut self) -> Result<Option<(bool, Vec<Condition>)>, LinkError> {
        let mut offline = false;
        let mut conditions = Vec::new();
        for asked in Asked::ALL {
            match self.ask(asked)? {
                Some(byte) => {
                    offline |= asked == Asked::Printer && says_offline(byte);
                    conditions.extend(conditions_in(asked, byte));
                }
                // XOFF instead of an answer means that the printer lives and its buffer is full.
                None if self.held => return Ok(Some((false, Vec::new()))),
                None => return Ok(None),
            }
        }
        Ok(Some((offline, conditions)))
    }

    /// One real-time question. Answers to older questions are thrown away first.
    pub(super) fn ask(&mut self, asked: Asked) -> Result<Option<u8>, LinkError> {
        self.listen(Duration::ZERO)?;
        self.inbox.retain(|reply| !matches!(reply, Reply::RealTime(_)));
        let deadline = self.soon();
        self.write_question(&[0x10, 0x04, asked.number()], deadline)?;
        self.reply_until(deadline, |reply| match reply {
            Reply::RealTime(byte) => Some(*byte),
            _ => None,
        })
    }

    /// DLE EOT 20, the six bytes of a Custom printer.
    pub(super) fn ask_full_status(&mut self) -> Result<Option<Reply>, LinkError> {
        self.listen(Duration::ZERO)?;
        self.inbox.retain(|reply| !matches!(reply, Reply::FullStatus(_)));
        let before = std::mem::replace(&mut self.expect, Expect::FullStatus);
        let deadline = Instant::now() + Duration::from_millis(self.timing.answer_ms * 3);
        let asked = self.write_question(&[0x10, 0x04, 0x14], deadline);
        let answer = asked.and_then(|()| self.reply_until(deadline, |reply| matches!(reply, Reply::FullStatus(_)).then(|| reply.clone())));
        self.expect = before;
        answer
    }

    fn write_question(&mut self, question: &[u8], deadline: Instant) -> Result<(), LinkError> {
        match self.link.write(question, deadline) {
            Ok(()) => Ok(()),
            // A line that takes no byte is a silent printer, not a broken port.
            Err(fault) if matches!(fault.cause, LinkError::TimedOut) => Ok(()),
            Err(fault) => Err(fault.cause),
        }
    }

    /// Waits for a reply that `pick` wants; the others stay in the inbox.
    pub(super) fn reply_until<T>(&mut self, deadline: Instant, pick: impl Fn(&Reply) -> Option<T>) -> Result<Option<T>, LinkError> {
        loop {
            if let Some(at) = self.inbox.iter().position(|reply| pick(reply).is_some()) {
                return Ok(self.inbox.remove(at).and_then(|reply| pick(&reply)));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.listen(left)?;
        }
    }

    /// Reads what is there, waiting at most `timeout` for the first byte, and sorts it into the inbox.
    pub(super) fn listen(&mut self, timeout: Duration) -> Result<(), LinkError> {
        let mut buffer = [0; 256];
        let mut timeout = timeout;
        for _ in 0..READS_MAX {
            let count = self.link.read(&mut buffer, timeout)?;
            if count == 0 {
                break;
            }
            for byte in &buffer[..count] {
                match self.demux.push(*byte, self.expect) {
                    None => {}
                    Some(Reply::XOff) => self.held = true,
                    Some(Reply::XOn) => self.held = false,
                    Some(Reply::Stray(_)) => {}
                    Some(reply) => {
                        if self.inbox.len() == INBOX_MAX {
                            self.inbox.pop_front();
                        }
                        self.inbox.push_back(reply);
                    }
                }
            }
            timeout = Duration::ZERO;
        }
        Ok(())
    }

    /// Conditions of a full status reply, for the confirmation.
    pub(super) fn full_conditions(reply: &Reply) -> (bool, Vec<Condition>) {
        match reply {
            Reply::FullStatus(full) => (crate::printer::realtime::is_working(*full), conditions_in_full(*full)),
            _ => (false, Vec::new()),
        }
    }
}
