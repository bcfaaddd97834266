//! Deciding that a job may start, and sending it piece by piece.
//!
//! The rule a newcomer would break: between two pieces the driver listens and asks the permit, so a printer that says XOFF gets
//! at most one piece more, and a session that ends gets no further line on paper.

use super::*;
use crate::printer::permit::Permit;

/// Bytes sent before listening again.
const PIECE_BYTES: usize = 256;

/// Why the rest was not sent.
pub(super) struct Stopped {
    pub(super) sent_bytes: usize,
    pub(super) cause: Cause,
}

pub(super) enum Cause {
    Revoked,
    Link(LinkError),
}

impl<L: Link> EscPos<L> {
    /// Is it certain enough that the first byte of a job may leave?
    pub(super) fn ready_for_job(&mut self, permit: &Permit) -> Result<(), NotPrinted> {
        let patience = Instant::now() + Duration::from_millis(self.timing.xoff_ms);
        let mut reopened = false;
        loop {
            if !permit.holds() {
                return Err(NotPrinted::Void);
            }
            return match self.survey() {
                // A port that died since the last call is opened again by its path; nothing of the job has left yet.
                Survey::Broken(_) if !reopened => {
                    reopened = true;
                    continue;
                }
                Survey::Broken(cause) => Err(NotPrinted::Port(cause)),
                Survey::OneWay => Ok(()),
                Survey::Silent => Err(NotPrinted::Silent),
                Survey::Noisy => Err(NotPrinted::Fault(Condition::LINK_NOISE)),
                Survey::Foreign => Err(NotPrinted::Fault(Condition::LINK_FOREIGN)),
                // XOFF as the first byte means that the buffer is full: it lives, and XON will come.
                Survey::Held if Instant::now() < patience => {
                    let _ = self.listen(Duration::from_millis(self.timing.poll_ms));
                    continue;
                }
                Survey::Held => Err(NotPrinted::Busy),
                Survey::Answered { offline, conditions } => match (worst_error(&conditions), offline) {
                    (Some(condition), _) => Err(NotPrinted::Fault(condition)),
                    (None, true) => Err(NotPrinted::Offline),
                    (None, false) => Ok(()),
                },
            };
        }
    }

    /// Sends a job in pieces, listening in between. Gives the time that XOFF held it back, which no limit counts.
    pub(super) fn send(&mut self, bytes: &[u8], permit: &Permit, deadline: Instant) -> Result<Duration, Stopped> {
        let mut sent_bytes = 0;
        let mut held = Duration::ZERO;
        let xoff = Duration::from_millis(self.timing.xoff_ms);
        for piece in bytes.chunks(PIECE_BYTES) {
            let stopped = |cause| Stopped { sent_bytes, cause };
            self.listen(Duration::ZERO).map_err(|cause| stopped(Cause::Link(cause)))?;
            let waiting_since = Instant::now();
            while self.held_since.is_some() && permit.holds() {
                if waiting_since.elapsed() >= xoff {
                    return Err(stopped(Cause::Link(LinkError::TimedOut)));
                }
                self.listen(Duration::from_millis(self.timing.poll_ms)).map_err(|cause| stopped(Cause::Link(cause)))?;
            }
            held += waiting_since.elapsed();
            if !permit.holds() {
                return Err(stopped(Cause::Revoked));
            }
            if let Err(fault) = self.link.write(piece, deadline + held) {
                return Err(Stopped { sent_bytes: sent_bytes + fault.sent_bytes, cause: Cause::Link(fault.cause) });
            }
            sent_bytes += piece.len();
        }
        Ok(held)
    }
}
