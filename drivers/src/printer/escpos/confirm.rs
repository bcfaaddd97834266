//! Knowing that a slip came out, as far as the model can say.
//!
//! The rule a newcomer would break: while waiting, a fault counts only when it was seen twice, since a printer that cuts may
//! look offline for a moment; and a missing answer is never read as "printed".

use super::*;

/// Rounds with a fault before it is believed.
const FAULT_ROUNDS: u32 = 2;
/// Printable range of the id bytes of GS ( H (Epson command reference): 32 to 126.
const ID_BASE: u32 = 95;

/// What is asked behind the cut.
#[derive(Clone, Copy, Debug)]
pub(super) enum Confirmation {
    None,
    RealTime,
    InBand,
    ProcessId([u8; 4]),
    FullStatus,
}

impl Confirmation {
    pub(super) fn of(level: ConfirmLevel, token: u32) -> Self {
        match level {
            ConfirmLevel::None => Confirmation::None,
            ConfirmLevel::RealTime => Confirmation::RealTime,
            ConfirmLevel::InBand => Confirmation::InBand,
            ConfirmLevel::ProcessId => {
                let digit = |power: u32| 32 + ((token / ID_BASE.pow(power)) % ID_BASE) as u8;
                Confirmation::ProcessId([digit(3), digit(2), digit(1), digit(0)])
            }
            ConfirmLevel::FullStatus => Confirmation::FullStatus,
        }
    }

    /// Bytes appended to the job.
    pub(super) fn request(self) -> Vec<u8> {
        match self {
            Confirmation::None | Confirmation::RealTime | Confirmation::FullStatus => Vec::new(),
            Confirmation::InBand => vec![0x1D, 0x72, 0x01],
            Confirmation::ProcessId([d1, d2, d3, d4]) => {
                vec![0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, d1, d2, d3, d4]
            }
        }
    }

    pub(super) fn expects(self) -> Expect {
        match self {
            Confirmation::InBand => Expect::PaperStatus,
            _ => Expect::Nothing,
        }
    }
}

impl<L: Link> EscPos<L> {
    /// Waits until the job is confirmed, a fault is certain, or `deadline` passes.
    pub(super) fn await_confirmation(
        &mut self,
        confirmation: Confirmation,
        settled_at: Instant,
        deadline: Instant,
        sent_bytes: usize,
    ) -> Result<(), Unconfirmed> {
        let began = Instant::now();
        let broken = |source| Unconfirmed::Link { sent_bytes, source };
        let poll = Duration::from_millis(self.timing.poll_ms);
        let mut fault_rounds = 0;
        let mut worked = false;
        let mut parsed = false;
        while Instant::now() < deadline {
            let round_ends = (Instant::now() + poll).min(deadline);
            let confirmed = match confirmation {
                Confirmation::None | Confirmation::RealTime | Confirmation::FullStatus => {
                    self.reply_until(round_ends, |_| None::<()>).map_err(broken)?.is_some()
                }
                Confirmation::InBand => {
                    let answer = self.reply_until(round_ends, |r| matches!(r, Reply::PaperStatus(_)).then_some(()));
                    answer.map_err(broken)?.is_some()
                }
                Confirmation::ProcessId(id) => {
                    let answer = self.reply_until(round_ends, |r| (*r == Reply::ProcessId(id)).then_some(()));
                    answer.map_err(broken)?.is_some()
                }
            };
            if confirmed && matches!(confirmation, Confirmation::ProcessId(_)) {
                return Ok(());
            }
            if matches!(confirmation, Confirmation::None) {
                // Returning earlier would let a close throw away bytes that the operating system still holds.
                if self.link.unsent_bytes() == 0 && Instant::now() >= settled_at {
                    return Err(Unconfirmed::NotConfirmable);
                }
                continue;
            }
            let (answered, working, fault) = self.look(confirmation).map_err(broken)?;
            worked |= working;
            parsed |= confirmed;
            match fault {
                Some(cause) => {
                    fault_rounds += 1;
                    if fault_rounds >= FAULT_ROUNDS {
                        return Err(cause);
                    }
                }
                None => {
                    fault_rounds = 0;
                    let at_rest = self.link.unsent_bytes() == 0 && Instant::now() >= settled_at;
                    match confirmation {
                        Confirmation::InBand if parsed => return Ok(()),
                        Confirmation::RealTime if answered && at_rest => return Ok(()),
                        Confirmation::FullStatus if answered && !working && (worked || at_rest) => return Ok(()),
                        _ => {}
                    }
                }
            }
        }
        Err(Unconfirmed::NoAnswer { waited_ms: began.elapsed().as_millis() as u64 })
    }

    /// One look at the printer while it prints: did it answer, does it work, is something wrong?
    fn look(&mut self, confirmation: Confirmation) -> Result<(bool, bool, Option<Unconfirmed>), LinkError> {
        if matches!(confirmation, Confirmation::FullStatus) {
            let reply = self.ask_full_status()?;
            let (working, conditions) = reply.as_ref().map(Self::full_conditions).unwrap_or_default();
            return Ok((reply.is_some(), working, worst_error(&conditions).map(Unconfirmed::Fault)));
        }
        let mut offline = false;
        let mut conditions = Vec::new();
        for asked in Asked::ALL {
            let Some(byte) = self.ask(asked)? else {
                return Ok((false, false, None));
            };
            offline |= asked == Asked::Printer && says_offline(byte);
            conditions.extend(conditions_in(asked, byte));
        }
        let fault = match worst_error(&conditions) {
            Some(condition) => Some(Unconfirmed::Fault(condition)),
            None => offline.then_some(Unconfirmed::Offline),
        };
        Ok((true, false, fault))
    }
}
