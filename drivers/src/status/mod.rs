//! What a device says about itself, on four layers that are never mixed into one flat word.
//!
//! 1. [`Availability`] is derived and never set by hand; the flow of a session reads only this.
//! 2. [`DeviceState`] uses the words of the XFS4IoT common device status, with our own `Unknown` for silence.
//! 3. [`Condition`] is a part and a reason, closed data with one row in [`TABLE`]; several hold at a time, since an open
//!    cover and missing paper come together.
//! 4. [`Action`] and [`Actor`] say what helps and who does it; they come from the table, never from a driver.
//!
//! The rule a newcomer would break: a new fault is a new row of the table, and what became of a command ([`CommandResult`]) is
//! not the state of a device: a command that timed out does not make the device broken.

mod condition;
mod result;

pub use condition::{Condition, Notice, Part, Reason, Row, TABLE};
pub use result::{CommandResult, CussCode};

use std::collections::BTreeSet;

/// May the device be used now? Derived by [`Status::availability`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Availability {
    /// Usable at once.
    Ready,
    /// Working; it will be usable again without anybody's help.
    Busy,
    /// Not usable until the required action has been taken.
    Unavailable,
}

/// Words of the XFS4IoT common device status. `NoDevice`, `PowerOff` and `Offline` are apart because different people act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceState {
    /// It answers and says that it is ready.
    Online,
    /// It answers and says that it is not ready.
    Offline,
    /// It was here and is gone: unplugged or switched off.
    PowerOff,
    /// It has never been seen at the configured place.
    NoDevice,
    /// It is being opened.
    Starting,
    /// It works on a command.
    DeviceBusy,
    /// It answers and reports a fault of its own, or its driver is stuck.
    HardwareError,
    /// A person has to put something right first, such as closing the cover.
    UserError,
    /// Something looks like tampering.
    PotentialFraud,
    /// Tampering is certain.
    FraudAttempt,
    /// It is silent, so nothing is known.
    Unknown,
}

/// How much a condition matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is impaired.
    Info,
    /// Works now, soon will not.
    Warning,
    /// The device cannot do its work.
    Error,
}

/// What helps. Words of the XFS4IoT error-event actions, and `Resident`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Nothing has to be done.
    None,
    /// The driver resets the device by itself, a bounded number of times.
    Reset,
    /// The service has to be restarted.
    SoftwareError,
    /// A setting is wrong.
    Configuration,
    /// Somebody with the key puts it right: paper, cover, jam.
    Clear,
    /// A technician visits.
    Maintenance,
    /// Waiting heals it.
    Suspend,
    /// The person in front of the kiosk does it, such as laying a document.
    Resident,
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody has to.
    Nobody,
    /// The software acts by itself.
    Machine,
    /// The person in front of the kiosk.
    Resident,
    /// The officer on site.
    Staff,
    /// The technician.
    Technician,
}

/// One answer to "how are you?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Layer 2.
    pub device: DeviceState,
    /// Layer 3, in a fixed order.
    pub conditions: BTreeSet<Condition>,
}

impl Status {
    /// A state with no condition.
    pub fn of(device: DeviceState) -> Self {
        Status { device, conditions: BTreeSet::new() }
    }

    /// Nothing is known.
    pub fn unknown() -> Self {
        Status::of(DeviceState::Unknown)
    }

    /// The same status with one more condition.
    #[must_use]
    pub fn with(mut self, condition: Condition) -> Self {
        self.conditions.insert(condition);
        self
    }

    /// Does this condition hold?
    pub fn has(&self, condition: Condition) -> bool {
        self.conditions.contains(&condition)
    }

    /// The worst condition, if any.
    pub fn worst(&self) -> Option<&'static Row> {
        self.conditions.iter().map(|c| c.row()).max_by_key(|row| row.severity)
    }

    /// Layer 1. Unavailable if any condition is an error or the device is neither online nor busy; busy while it works.
    pub fn availability(&self) -> Availability {
        let broken = self.worst().is_some_and(|row| row.severity == Severity::Error);
        match self.device {
            _ if broken => Availability::Unavailable,
            DeviceState::Online => Availability::Ready,
            DeviceState::DeviceBusy => Availability::Busy,
            DeviceState::Offline
            | DeviceState::PowerOff
            | DeviceState::NoDevice
            | DeviceState::Starting
            | DeviceState::HardwareError
            | DeviceState::UserError
            | DeviceState::PotentialFraud
            | DeviceState::FraudAttempt
            | DeviceState::Unknown => Availability::Unavailable,
        }
    }

    /// Layer 4: what helps and who does it. The worst condition decides; without one the device state does.
    pub fn required(&self) -> (Action, Actor) {
        if let Some(row) = self.worst().filter(|row| row.action != Action::None) {
            return (row.action, row.actor);
        }
        match self.device {
            DeviceState::Online | DeviceState::DeviceBusy => (Action::None, Actor::Nobody),
            DeviceState::Starting => (Action::Suspend, Actor::Nobody),
            DeviceState::Offline | DeviceState::UserError | DeviceState::PowerOff => (Action::Clear, Actor::Staff),
            DeviceState::NoDevice => (Action::Configuration, Actor::Technician),
            DeviceState::HardwareError => (Action::Maintenance, Actor::Technician),
            DeviceState::PotentialFraud | DeviceState::FraudAttempt => (Action::Maintenance, Actor::Technician),
            DeviceState::Unknown => (Action::Reset, Actor::Machine),
        }
    }
}
