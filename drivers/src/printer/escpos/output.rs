//! The slip in the output of a presenter: offered, taken, drawn in or pushed out.
//!
//! The rule a newcomer would break: the sensor only says "there" and "not there"; whether a person or the printer removed a slip
//! is told from the time that had passed, by [`Presenter::removed_by_itself`], and within a second of the limit the printer is believed to have been
//! faster, because "taken" is said only when it is certain.

use super::*;
use crate::printer::profile::{OnTimeout, Presenter, PresenterCommands};

/// Around the limit nobody can tell a person from the printer.
const DOUBT: Duration = Duration::from_secs(1);

/// A slip in the output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offered {
    token: Option<u32>,
    since: Instant,
    /// The driver has sent it away itself.
    sent_away: bool,
}

/// What was seen of the slip while its job was confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SlipSeen {
    pub(super) once: bool,
    pub(super) at_the_end: bool,
}

impl Presenter {
    /// What the printer did with a slip that was offered for `age` and is gone; `None` when a person took it. `sent_away` says
    /// that the printer was told to.
    pub fn removed_by_itself(&self, age: Duration, sent_away: bool) -> Option<OnTimeout> {
        let limit = Duration::from_secs(u64::from(self.timeout_secs)).saturating_sub(DOUBT);
        (sent_away || age >= limit).then_some(self.on_timeout)
    }
}

impl<L: Link> EscPos<L> {
    /// Where the slip of a printed job is.
    pub(super) fn deliver(&mut self, token: u32, slip: SlipSeen) -> Delivery {
        // A slip that was still offered had to make room.
        self.watch_output(false);
        if slip.at_the_end {
            self.offered = Some(Offered { token: Some(token), since: Instant::now(), sent_away: false });
            self.tell(PrinterEvent::MediaPresented { token: Some(token) });
            Delivery::Presented
        } else if slip.once {
            Delivery::Taken
        } else {
            Delivery::Unseen
        }
    }

    /// Looks at the sensor, between jobs.
    pub(super) fn watch_output(&mut self, slip_is_there: bool) {
        match (self.offered, slip_is_there) {
            (None, true) => {
                self.offered = Some(Offered { token: None, since: Instant::now(), sent_away: false });
                self.tell(PrinterEvent::MediaPresented { token: None });
            }
            (Some(offered), false) => {
                self.offered = None;
                let token = offered.token;
                let by_printer = self.profile.presenter.and_then(|presenter| presenter.removed_by_itself(offered.since.elapsed(), offered.sent_away));
                self.tell(match by_printer {
                    None => PrinterEvent::MediaTaken { token },
                    Some(OnTimeout::Retract) => PrinterEvent::MediaRetracted { token },
                    Some(OnTimeout::Eject) => PrinterEvent::MediaEjected { token },
                });
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// Sends a slip away whose time is over, where the printer does not do so itself.
    pub(super) fn keep_output_time(&mut self) {
        let over = |presenter: &Presenter, offered: &Offered| offered.since.elapsed() >= Duration::from_secs(u64::from(presenter.timeout_secs));
        if let (Some(presenter), Some(offered)) = (self.profile.presenter, self.offered)
            && !offered.sent_away
            && over(&presenter, &offered)
        {
            let _ = self.send_away(&presenter);
        }
    }

    /// Nobody's slip may still hang out when the next one comes. A presenter that keeps the time itself also does this itself.
    pub(super) fn empty_output(&mut self) -> Result<(), LinkError> {
        match (self.profile.presenter, self.offered) {
            (Some(presenter), Some(offered)) if !offered.sent_away => self.send_away(&presenter),
            _ => Ok(()),
        }
    }

    fn send_away(&mut self, presenter: &Presenter) -> Result<(), LinkError> {
        if presenter.commands == PresenterCommands::GsE {
            let n = match presenter.on_timeout {
                OnTimeout::Retract => 2,
                OnTimeout::Eject => 5,
            };
            self.write_short(&[0x1D, 0x65, n])?;
        }
        if let Some(offered) = &mut self.offered {
            offered.sent_away = true;
        }
        Ok(())
    }
}
