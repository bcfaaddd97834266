//! Opening, losing and describing the port: what becomes of the state when something happens to it.
//!
//! The rule a newcomer would break: every change of the state goes through [`EscPos::apply`], so that the table in `state` is
//! the whole truth about what follows what.

use super::*;
use crate::printer::state::Happening;
use crate::status::DeviceState;

impl<L: Link> EscPos<L> {
    /// Moves along the table of states.
    pub(super) fn apply(&mut self, happening: Happening) {
        match self.state.after(happening) {
            Some(next) => {
                if next.phase != self.state.phase {
                    log::debug!(from:? = self.state.phase, to:? = next.phase; "printer_phase");
                }
                self.state = next;
            }
            None => {
                debug_assert!(false, "{happening:?} in {:?}", self.state);
                log::error!(happening:?, state:? = self.state; "printer_state_impossible");
            }
        }
    }

    /// Opens the port when it is closed, and greets the printer.
    pub(super) fn ensure_open(&mut self) -> Result<(), LinkError> {
        let was_open = self.state.phase.port_is_open();
        match (self.link.open(), was_open) {
            (Ok(()), true) => {}
            (Ok(()), false) => {
                self.apply(Happening::PortOpened);
                self.reports = Reports::Unasked;
                self.model = Model::Unasked { tries: 0 };
            }
            (Err(cause), _) => {
                self.link_failed(&cause);
                return Err(cause);
            }
        }
        if self.profile.automatic_status && self.reports == Reports::Unasked {
            self.write_short(&REPORT_CHANGES)?;
            self.reports = Reports::Asked;
        }
        Ok(())
    }

    /// A few bytes. A line that takes no byte is a silent printer, not a broken port.
    pub(super) fn write_short(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        match self.link.write(bytes, Instant::now() + SHORT_WRITE) {
            Ok(()) => Ok(()),
            Err(fault) if matches!(fault.cause, LinkError::TimedOut) => Ok(()),
            Err(fault) => Err(fault.cause),
        }
    }

    /// The link refused or broke: it is closed, and opened again by its path next time.
    pub(super) fn link_failed(&mut self, cause: &LinkError) {
        let happening = match (cause, self.state.phase.port_is_open()) {
            (LinkError::Unplugged | LinkError::NoDevice { .. }, true) => Happening::PortLost,
            (LinkError::Unplugged | LinkError::NoDevice { .. }, false) => Happening::PortAbsent,
            (_, true) => Happening::PortClosed,
            (_, false) => Happening::PortBlocked,
        };
        self.apply(happening);
        self.forget_link();
    }

    /// Closes a link on purpose, when it is open.
    pub(super) fn drop_link(&mut self) {
        if self.state.phase.port_is_open() {
            self.apply(Happening::PortClosed);
        }
        self.forget_link();
    }

    fn forget_link(&mut self) {
        self.link.close();
        self.demux.reset();
        self.inbox.clear();
        self.held_since = None;
        self.owed_since = None;
        self.fresh = None;
        if let Some(stale) = &mut self.stale {
            stale.begin_again();
        }
    }

    /// Four layers of truth from one round of questions.
    pub(super) fn status_of(&self, survey: &Survey) -> Status {
        let status = Status::of(self.state.device());
        match survey {
            Survey::Broken(LinkError::NoDevice { .. } | LinkError::Unplugged) | Survey::Held => status,
            Survey::Broken(LinkError::HeldByOther { .. }) => Status::of(DeviceState::Unknown).with(Condition::LINK_HELD_BY_OTHER),
            Survey::Broken(LinkError::Permission { .. }) => Status::of(DeviceState::Unknown).with(Condition::LINK_PERMISSION),
            Survey::Broken(LinkError::Faulty { .. }) => Status::of(DeviceState::Unknown).with(Condition::LINK_NOISE),
            Survey::Broken(LinkError::TimedOut | LinkError::Setup { .. }) => Status::of(DeviceState::Unknown).with(Condition::LINK_SILENT),
            Survey::OneWay => status.with(Condition::LINK_ONE_WAY),
            Survey::Silent => status.with(Condition::LINK_SILENT),
            Survey::Noisy => status.with(Condition::LINK_NOISE),
            Survey::Foreign => status.with(Condition::LINK_FOREIGN),
            Survey::Answered { conditions, .. } => conditions.iter().copied().fold(status, Status::with),
        }
    }
}
