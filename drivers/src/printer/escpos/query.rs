//! Asking a printer how it is: one question at a time, other replies kept aside.
//!
//! The rule a newcomer would break: an answer that did not come in time may still come. It is waited for and thrown away before
//! the next question, or the next question would get it.

use super::*;
use crate::printer::parse::{Notice, notice};
use crate::printer::realtime::{asb_says_offline, conditions_in_asb, conditions_in_full, holds_slip};
use crate::printer::state::Happening;

/// Replies kept aside; more than this is a printer that babbles, and the oldest are dropped.
const INBOX_MAX: usize = 64;
/// Reads in one go while listening, so that a babbling printer cannot hold us.
const READS_MAX: usize = 32;
/// From so many bytes that fit nothing in one round, the answers of that round are not believed.
const NOISE_BYTES: usize = 8;
/// Silent polls after which a printer that used to answer counts as switched off.
const SILENT_POLLS_BEFORE_POWER_OFF: u32 = 3;
/// Between two questions to a Custom printer, as drivers in the field do.
const CUSTOM_PAUSE: Duration = Duration::from_millis(10);
/// Rounds in which a printer may leave GS I unanswered before it counts as another model.
const MODEL_TRIES_MAX: u32 = 3;

impl<L: Link> EscPos<L> {
    /// Opens the link if needed and asks everything the model can answer.
    pub(super) fn survey(&mut self) -> Survey {
        let deadline = Instant::now() + Duration::from_millis(self.timing.status_ms);
        self.strays = 0;
        let answer = self.ensure_open().and_then(|()| match self.profile.confirm {
            ConfirmLevel::None => self.listen(Duration::ZERO).map(|()| None),
            ConfirmLevel::FullStatus => {
                let full = self.ask_full_status(deadline)?;
                if let (Some(full), false) = (full, self.is_noisy()) {
                    self.watch_output(holds_slip(full));
                }
                Ok(full.map(|full| (false, conditions_in_full(full))))
            }
            _ => self.ask_all(deadline),
        });
        match answer {
            Err(cause) => {
                self.link_failed(&cause);
                Survey::Broken(cause)
            }
            Ok(_) if self.profile.confirm == ConfirmLevel::None => {
                self.apply(Happening::NothingAsked);
                Survey::OneWay
            }
            Ok(_) if self.is_noisy() => {
                self.fresh = None;
                self.apply(Happening::Noise);
                Survey::Noisy
            }
            Ok(None) => self.heard_nothing(),
            Ok(Some((offline, conditions))) => {
                self.silent_polls = 0;
                let fault_free = !offline && worst_error(&conditions).is_none();
                match self.is_the_model(fault_free, deadline) {
                    Err(cause) => {
                        self.link_failed(&cause);
                        Survey::Broken(cause)
                    }
                    Ok(false) => {
                        self.fresh = None;
                        self.apply(Happening::ForeignModel);
                        Survey::Foreign
                    }
                    Ok(true) => {
                        // What was reported before these answers is older than they are.
                        self.inbox.retain(|reply| !matches!(reply, Reply::Asb(_)));
                        let conditions = self.take_answer(offline, conditions);
                        self.fresh = Some(Fresh { asked_at: Instant::now(), conditions: conditions.clone() });
                        Survey::Answered { offline, conditions }
                    }
                }
            }
        }
    }

    /// What the printer reported unasked since it was last asked; `None` when it has to be asked.
    pub(super) fn reported(&mut self) -> Option<Status> {
        let young = self.fresh.as_ref().is_some_and(|fresh| fresh.asked_at.elapsed() < Duration::from_millis(self.timing.ask_ms));
        if !young || self.reports != Reports::Heard || self.stale.is_some() || self.held_since.is_some() || self.offered.is_some() {
            return None;
        }
        self.strays = 0;
        self.listen(Duration::ZERO).ok()?;
        let odd = |reply: &Reply| matches!(reply, Reply::RealTime(_)) || matches!(reply, Reply::Block(block) if notice(block) == Some(Notice::WentOffline));
        if self.strays > 0 || self.inbox.iter().any(odd) {
            self.inbox.clear();
            return None;
        }
        let newest = self.inbox.iter().rev().find_map(|reply| if let Reply::Asb(asb) = reply { Some(*asb) } else { None });
        self.inbox.clear();
        if let Some(asb) = newest {
            let conditions = self.take_answer(asb_says_offline(asb), conditions_in_asb(asb));
            if let Some(fresh) = &mut self.fresh {
                fresh.conditions = conditions;
            }
        }
        let conditions = self.fresh.as_ref().map(|fresh| fresh.conditions.clone()).unwrap_or_default();
        Some(conditions.into_iter().fold(Status::of(self.state.device()), Status::with))
    }

    /// Sorts an answer into the state, and notes a changed roll.
    fn take_answer(&mut self, offline: bool, mut conditions: Vec<Condition>) -> Vec<Condition> {
        if !self.profile.near_end_sensor {
            conditions.retain(|condition| *condition != Condition::ROLL_NEAR_END);
        }
        let is_out = conditions.contains(&Condition::ROLL_OUT);
        if self.roll_is_out && !is_out {
            self.tell(PrinterEvent::RollChanged);
        }
        self.roll_is_out = is_out;
        let happening = match worst_error(&conditions) {
            Some(Condition::ROLL_OUT | Condition::COVER_OPEN | Condition::ROLL_JAMMED) => Happening::SaysUserFault,
            Some(_) => Happening::SaysHardwareFault,
            None if offline => Happening::SaysOffline,
            None if self.held_since.is_some() => Happening::Held,
            None => Happening::Clean,
        };
        self.apply(happening);
        conditions
    }

    fn heard_nothing(&mut self) -> Survey {
        self.fresh = None;
        // XOFF instead of an answer means that the printer lives and its buffer is full; for a while.
        if self.held_since.is_some_and(|since| since.elapsed() < Duration::from_millis(self.timing.xoff_ms)) {
            self.apply(Happening::Held);
            return Survey::Held;
        }
        self.silent_polls = self.silent_polls.saturating_add(1);
        // It may have been switched off, and then it has forgotten what it was asked to report, and may be another one.
        self.reports = Reports::Unasked;
        self.model = Model::Unasked { tries: 0 };
        let lasting = self.silent_polls > SILENT_POLLS_BEFORE_POWER_OFF;
        let silent = matches!(self.state.phase, crate::printer::Phase::Silent | crate::printer::Phase::SwitchedOff);
        self.apply(if lasting && silent { Happening::SilenceLasts } else { Happening::Silence });
        Survey::Silent
    }

    pub(super) fn is_noisy(&self) -> bool {
        self.strays >= NOISE_BYTES
    }

    /// DLE EOT 1 to 4 in turn; `None` as soon as one stays unanswered.
    pub(super) fn ask_all(&mut self, deadline: Instant) -> Result<Option<(bool, Vec<Condition>)>, LinkError> {
        let mut offline = false;
        let mut conditions = Vec::new();
        for asked in Asked::ALL {
            let Some(byte) = self.ask(asked, deadline)? else {
                return Ok(None);
            };
            offline |= asked == Asked::Printer && says_offline(byte);
            conditions.extend(conditions_in(asked, byte));
        }
        // Missing paper is told by two answers.
        let mut told = std::collections::BTreeSet::new();
        conditions.retain(|condition| told.insert(*condition));
        Ok(Some((offline, conditions)))
    }

    /// One real-time question.
    fn ask(&mut self, asked: Asked, deadline: Instant) -> Result<Option<u8>, LinkError> {
        let real_time = |reply: &Reply| if let Reply::RealTime(byte) = reply { Some(*byte) } else { None };
        if self.owed {
            let half = Instant::now() + Duration::from_millis(self.timing.status_ms / 2);
            self.reply_until(half.min(deadline), real_time)?;
            self.owed = false;
        }
        self.listen(Duration::ZERO)?;
        self.inbox.retain(|reply| !matches!(reply, Reply::RealTime(_)));
        self.write_short(&[0x10, 0x04, asked.number()])?;
        let answer = self.reply_until(deadline, real_time)?;
        self.owed = answer.is_none();
        Ok(answer)
    }

    /// DLE EOT 20, the six bytes of a Custom printer.
    pub(super) fn ask_full_status(&mut self, deadline: Instant) -> Result<Option<crate::printer::FullStatus>, LinkError> {
        if let Some(last) = self.last_question {
            self.reply_until(last + CUSTOM_PAUSE, |_| None::<()>)?;
        }
        self.listen(Duration::ZERO)?;
        self.inbox.retain(|reply| !matches!(reply, Reply::FullStatus(_)));
        let before = std::mem::replace(&mut self.expect, Expect::FullStatus);
        let asked = self.write_short(&[0x10, 0x04, 0x14]);
        let answer = asked.and_then(|()| self.reply_until(deadline, |reply| if let Reply::FullStatus(full) = reply { Some(*full) } else { None }));
        self.expect = before;
        self.last_question = Some(Instant::now());
        answer
    }

    /// GS I 1, asked once, while nothing is wrong: the printer answers it only in its turn. True where nothing is to compare.
    fn is_the_model(&mut self, fault_free: bool, deadline: Instant) -> Result<bool, LinkError> {
        let tries = match self.model {
            _ if self.profile.model_ids.is_empty() => return Ok(true),
            Model::Right => return Ok(true),
            Model::Unasked { tries } => tries,
            Model::Foreign => 0,
        };
        if !fault_free {
            return Ok(self.model != Model::Foreign);
        }
        let before = std::mem::replace(&mut self.expect, Expect::ModelId);
        let asked = self.write_short(&[0x1D, 0x49, 0x01]);
        let answer = asked.and_then(|()| self.reply_until(deadline, |reply| if let Reply::ModelId(id) = reply { Some(*id) } else { None }));
        self.expect = before;
        self.model = match answer? {
            Some(id) if self.profile.model_ids.contains(&id) => Model::Right,
            Some(id) => {
                log::warn!(id:% = format!("{id:02x}"); "printer_foreign_model");
                Model::Foreign
            }
            None if self.model == Model::Foreign || tries + 1 >= MODEL_TRIES_MAX => Model::Foreign,
            None => Model::Unasked { tries: tries + 1 },
        };
        Ok(self.model != Model::Foreign)
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
                    Some(Reply::XOff) => self.held_since = self.held_since.or_else(|| Some(Instant::now())),
                    Some(Reply::XOn) => self.held_since = None,
                    Some(Reply::Stray(_)) => self.strays = self.strays.saturating_add(1),
                    Some(reply) => {
                        if matches!(reply, Reply::Asb(_)) && self.reports == Reports::Asked {
                            self.reports = Reports::Heard;
                        }
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
}
