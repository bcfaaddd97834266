//! Knowing that a slip came out, as far as the model can say.
//!
//! The rule a newcomer would break: while waiting, a fault counts only when it was seen twice, since a printer that cuts may
//! look offline for a moment; and a missing answer is never read as "printed".

use super::output::SlipSeen;
use super::*;
use crate::printer::realtime::{conditions_in_full, holds_slip, is_working};

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

/// One look at the printer while it prints.
#[derive(Default)]
struct Look {
    answered: bool,
    working: bool,
    slip_is_there: bool,
    fault: Option<Unconfirmed>,
}

impl<L: Link> EscPos<L> {
    /// Waits until the job is confirmed, a fault is certain, or `deadline` passes. Tells what was seen of the slip.
    pub(super) fn await_confirmation(
        &mut self,
        confirmation: Confirmation,
        settled_at: Instant,
        deadline: Instant,
        sent_bytes: usize,
    ) -> Result<SlipSeen, Unconfirmed> {
        let began = Instant::now();
        let broken = |source| Unconfirmed::Link { sent_bytes, source };
        let poll = Duration::from_millis(self.timing.poll_ms);
        let mut fault_rounds = 0;
        let mut worked = false;
        let mut parsed = false;
        let mut slip = SlipSeen::default();
        while Instant::now() < deadline {
            let round_ends = (Instant::now() + poll).min(deadline);
            let confirmed = self.confirmed_until(confirmation, round_ends).map_err(broken)?;
            if confirmed && matches!(confirmation, Confirmation::ProcessId(_)) {
                return Ok(slip);
            }
            let at_rest = self.link.unsent_bytes() == 0 && Instant::now() >= settled_at;
            if matches!(confirmation, Confirmation::None) {
                // Returning earlier would let a close throw away bytes that the operating system still holds.
                if at_rest {
                    return Err(Unconfirmed::NotConfirmable);
                }
                continue;
            }
            let look = self.look(confirmation).map_err(broken)?;
            worked |= look.working;
            parsed |= confirmed;
            if look.answered {
                // While paper moves, the sensor may see the slip of the job before.
                slip = SlipSeen { once: slip.once || (look.slip_is_there && !look.working), at_the_end: look.slip_is_there };
            }
            match look.fault {
                Some(cause) => {
                    fault_rounds += 1;
                    if fault_rounds >= FAULT_ROUNDS {
                        return Err(cause);
                    }
                }
                None => {
                    fault_rounds = 0;
                    match confirmation {
                        Confirmation::InBand if parsed => return Ok(slip),
                        Confirmation::RealTime if look.answered && at_rest => return Ok(slip),
                        Confirmation::FullStatus if look.answered && !look.working && (worked || at_rest) => return Ok(slip),
                        _ => {}
                    }
                }
            }
        }
        Err(Unconfirmed::NoAnswer { waited_ms: began.elapsed().as_millis() as u64 })
    }

    /// Listens until `deadline`; true as soon as the answer behind the cut has come.
    fn confirmed_until(&mut self, confirmation: Confirmation, deadline: Instant) -> Result<bool, LinkError> {
        let answer = self.reply_until(deadline, |reply| {
            let wanted = match (confirmation, reply) {
                (Confirmation::InBand, Reply::PaperStatus(_)) => true,
                (Confirmation::ProcessId(id), Reply::ProcessId(echo)) => *echo == id,
                _ => false,
            };
            wanted.then_some(())
        });
        Ok(answer?.is_some())
    }

    fn look(&mut self, confirmation: Confirmation) -> Result<Look, LinkError> {
        let deadline = Instant::now() + Duration::from_millis(self.timing.status_ms);
        self.strays = 0;
        let fault_of = |conditions: &[Condition]| worst_error(conditions).map(Unconfirmed::Fault);
        let look = if matches!(confirmation, Confirmation::FullStatus) {
            self.ask_full_status(deadline)?.map(|full| Look {
                answered: true,
                working: is_working(full),
                slip_is_there: holds_slip(full),
                fault: fault_of(&conditions_in_full(full)),
            })
        } else {
            self.ask_all(deadline)?.map(|(offline, conditions)| Look {
                answered: true,
                fault: fault_of(&conditions).or_else(|| offline.then_some(Unconfirmed::Offline)),
                ..Look::default()
            })
        };
        // Rubbish is no answer, whatever it happens to look like.
        Ok(look.filter(|_| !self.is_noisy()).unwrap_or_default())
    }
}
