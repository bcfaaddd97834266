//! Where the driver of a printer stands, and what may happen there. Pure: a table, no port and no clock.
//!
//! It holds no condition; which conditions hold comes with each answer.
//!
//! The rule a newcomer would break: what cannot happen is written down as well ([`State::after`] gives `None`), so that a pair
//! nobody thought of is found by the test that walks the whole table and not in an office.

use crate::status::DeviceState;

/// Where the driver stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nobody has tried the port, or the driver closed it itself.
    Closed,
    /// There is nothing at the port's place.
    Absent,
    /// The port is there and may not be used: another program, no right, wrong settings.
    Blocked,
    /// The port is open and nothing has been heard since.
    Starting,
    /// The port is open and the model never answers.
    OneWay,
    /// It says that it is ready.
    Online,
    /// It lives, and takes no bytes for the moment (XOFF).
    Busy,
    /// It says that it is not ready and names no cause.
    Offline,
    /// Paper or cover.
    UserError,
    /// A fault of its own.
    HardwareError,
    /// It does not answer.
    Silent,
    /// It answered once and has been silent for long.
    SwitchedOff,
    /// What it sends is rubbish.
    Noisy,
    /// It answers as another model.
    Foreign,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Phase; 14] = [
        Phase::Closed,
        Phase::Absent,
        Phase::Blocked,
        Phase::Starting,
        Phase::OneWay,
        Phase::Online,
        Phase::Busy,
        Phase::Offline,
        Phase::UserError,
        Phase::HardwareError,
        Phase::Silent,
        Phase::SwitchedOff,
        Phase::Noisy,
        Phase::Foreign,
    ];

    /// Does the driver hold the port?
    pub fn port_is_open(self) -> bool {
        !matches!(self, Phase::Closed | Phase::Absent | Phase::Blocked)
    }
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Happening {
    /// The port opened.
    PortOpened,
    /// There is no such port.
    PortAbsent,
    /// The port cannot be used.
    PortBlocked,
    /// The open port vanished.
    PortLost,
    /// The driver closed the port, because a write did not end.
    PortClosed,
    /// Nothing was asked, because the model never answers.
    NothingAsked,
    /// All answers came and name no fault.
    Clean,
    /// XOFF came instead of an answer.
    Held,
    /// "Offline", without a cause.
    SaysOffline,
    /// Paper or cover.
    SaysUserFault,
    /// Any other fault.
    SaysHardwareFault,
    /// No answer, or not all.
    Silence,
    /// No answer for more than the number of polls that makes a printer count as switched off.
    SilenceLasts,
    /// Bytes that fit nothing.
    Noise,
    /// The model id of another model.
    ForeignModel,
}

impl Happening {
    /// Everything that can happen.
    pub const ALL: [Happening; 15] = [
        Happening::PortOpened,
        Happening::PortAbsent,
        Happening::PortBlocked,
        Happening::PortLost,
        Happening::PortClosed,
        Happening::NothingAsked,
        Happening::Clean,
        Happening::Held,
        Happening::SaysOffline,
        Happening::SaysUserFault,
        Happening::SaysHardwareFault,
        Happening::Silence,
        Happening::SilenceLasts,
        Happening::Noise,
        Happening::ForeignModel,
    ];

    /// The phase that an answer of the printer leads to, whatever came before it.
    fn answers_with(self) -> Option<Phase> {
        match self {
            Happening::Clean => Some(Phase::Online),
            Happening::Held => Some(Phase::Busy),
            Happening::SaysOffline => Some(Phase::Offline),
            Happening::SaysUserFault => Some(Phase::UserError),
            Happening::SaysHardwareFault => Some(Phase::HardwareError),
            Happening::ForeignModel => Some(Phase::Foreign),
            _ => None,
        }
    }
}

/// Phase, and whether the printer has ever been met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub phase: Phase,
    /// It answered once, or a model that never answers had its port. Tells "switched off" from "never there".
    pub known: bool,
}

impl State {
    /// Before anything happened.
    pub const START: State = State { phase: Phase::Closed, known: false };

    /// The state after `happening`; `None` when that cannot happen here.
    pub fn after(self, happening: Happening) -> Option<State> {
        let State { phase, known } = self;
        let to = |phase| Some(State { phase, known });
        if let Some(answered) = happening.answers_with() {
            // An answer needs an open port and a model that answers.
            return (phase.port_is_open() && phase != Phase::OneWay).then_some(State { phase: answered, known: true });
        }
        match (happening, phase) {
            (Happening::PortOpened, Phase::Closed | Phase::Absent | Phase::Blocked) => to(Phase::Starting),
            (Happening::PortAbsent, Phase::Closed | Phase::Absent | Phase::Blocked) => to(Phase::Absent),
            (Happening::PortBlocked, Phase::Closed | Phase::Absent | Phase::Blocked) => to(Phase::Blocked),
            (Happening::PortLost, phase) if phase.port_is_open() => to(Phase::Absent),
            (Happening::PortClosed, phase) if phase.port_is_open() => to(Phase::Closed),
            (Happening::NothingAsked, Phase::Starting | Phase::OneWay) => Some(State { phase: Phase::OneWay, known: true }),
            (Happening::Silence, phase) if phase.port_is_open() && phase != Phase::OneWay => to(Phase::Silent),
            // Long silence is short silence first, and only a printer that was met can be switched off.
            (Happening::SilenceLasts, Phase::Silent | Phase::SwitchedOff) => to(if known { Phase::SwitchedOff } else { Phase::Silent }),
            (Happening::Noise, phase) if phase.port_is_open() && phase != Phase::OneWay => to(Phase::Noisy),
            _ => None,
        }
    }

    /// The word of layer two.
    pub fn device(self) -> DeviceState {
        match self.phase {
            Phase::Absent if self.known => DeviceState::PowerOff,
            Phase::Absent => DeviceState::NoDevice,
            Phase::Starting => DeviceState::Starting,
            Phase::OneWay | Phase::Online => DeviceState::Online,
            Phase::Busy => DeviceState::DeviceBusy,
            Phase::Offline => DeviceState::Offline,
            Phase::UserError => DeviceState::UserError,
            Phase::HardwareError => DeviceState::HardwareError,
            Phase::SwitchedOff => DeviceState::PowerOff,
            Phase::Closed | Phase::Blocked | Phase::Silent | Phase::Noisy | Phase::Foreign => DeviceState::Unknown,
        }
    }
}
