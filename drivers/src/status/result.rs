//! What became of a command, in the completion codes of XFS4IoT, and the same in the words of CUSS.
//!
//! It is not the state of a device: a command that timed out does not make the device broken. The rule a newcomer would
//! break: a driver's own error keeps its cause; this word is only what it is called towards the outside.

use super::{Action, Availability, Condition, DeviceState, Reason, Severity, Status};

/// How a command ended. The completion codes of XFS4IoT, message header "completionCode".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommandResult {
    Success,
    Canceled,
    TimedOut,
    DeviceNotReady,
    HardwareError,
    InternalError,
    UserError,
    UnsupportedCommand,
    UnsupportedData,
    InvalidData,
    SequenceError,
    NotEnoughSpace,
    AuthorisationRequired,
    FraudAttempt,
}

/// The status codes of CUSS 2 that a result is told as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CussCode {
    Ok,
    Cancelled,
    Timeout,
    OutOfSequence,
    FormatError,
    HardwareError,
    SoftwareError,
    NotReachable,
    ThresholdError,
}

impl CommandResult {
    /// All of them, in the order of the standard.
    pub const ALL: [CommandResult; 14] = [
        CommandResult::Success,
        CommandResult::Canceled,
        CommandResult::TimedOut,
        CommandResult::DeviceNotReady,
        CommandResult::HardwareError,
        CommandResult::InternalError,
        CommandResult::UserError,
        CommandResult::UnsupportedCommand,
        CommandResult::UnsupportedData,
        CommandResult::InvalidData,
        CommandResult::SequenceError,
        CommandResult::NotEnoughSpace,
        CommandResult::AuthorisationRequired,
        CommandResult::FraudAttempt,
    ];

    /// The word of the standard, for logs, the wire and `--json`.
    pub fn word(self) -> &'static str {
        match self {
            CommandResult::Success => "success",
            CommandResult::Canceled => "canceled",
            CommandResult::TimedOut => "timedOut",
            CommandResult::DeviceNotReady => "deviceNotReady",
            CommandResult::HardwareError => "hardwareError",
            CommandResult::InternalError => "internalError",
            CommandResult::UserError => "userError",
            CommandResult::UnsupportedCommand => "unsupportedCommand",
            CommandResult::UnsupportedData => "unsupportedData",
            CommandResult::InvalidData => "invalidData",
            CommandResult::SequenceError => "sequenceError",
            CommandResult::NotEnoughSpace => "notEnoughSpace",
            CommandResult::AuthorisationRequired => "authorisationRequired",
            CommandResult::FraudAttempt => "fraudAttempt",
        }
    }

    /// The same for a peer that speaks CUSS.
    pub fn cuss(self) -> CussCode {
        match self {
            CommandResult::Success => CussCode::Ok,
            CommandResult::Canceled => CussCode::Cancelled,
            CommandResult::TimedOut => CussCode::Timeout,
            CommandResult::DeviceNotReady => CussCode::NotReachable,
            CommandResult::HardwareError | CommandResult::UserError | CommandResult::FraudAttempt => CussCode::HardwareError,
            CommandResult::InternalError | CommandResult::UnsupportedCommand | CommandResult::AuthorisationRequired => CussCode::SoftwareError,
            CommandResult::UnsupportedData | CommandResult::InvalidData => CussCode::FormatError,
            CommandResult::SequenceError => CussCode::OutOfSequence,
            CommandResult::NotEnoughSpace => CussCode::ThresholdError,
        }
    }

    /// The exit code of a program that ran this one command: 0 for success, else 10 and up in the order of the standard.
    pub fn exit_code(self) -> u8 {
        match self {
            CommandResult::Success => 0,
            other => 9 + CommandResult::ALL.iter().position(|each| *each == other).expect("the list holds every value") as u8,
        }
    }
}

impl Condition {
    /// What a command that failed because of this is called towards the outside. It follows from who acts and what helps.
    pub fn result(self) -> CommandResult {
        match (self.reason(), self.row().action) {
            (Reason::Permission, _) => CommandResult::AuthorisationRequired,
            (Reason::NoMemory, _) => CommandResult::NotEnoughSpace,
            (Reason::Absent | Reason::HeldByOther, _) => CommandResult::DeviceNotReady,
            (Reason::Silent, _) => CommandResult::TimedOut,
            (_, Action::Clear | Action::Resident) => CommandResult::UserError,
            (_, Action::Configuration) => CommandResult::InvalidData,
            (_, Action::SoftwareError) => CommandResult::InternalError,
            (_, Action::Suspend) => CommandResult::DeviceNotReady,
            (_, Action::Reset | Action::Maintenance) => CommandResult::HardwareError,
            (_, Action::None) => CommandResult::UnsupportedCommand,
        }
    }
}

impl Status {
    /// What a command would be refused with now; `Success` for a device that may be used.
    pub fn result(&self) -> CommandResult {
        if self.availability() != Availability::Unavailable {
            return CommandResult::Success;
        }
        if let Some(row) = self.worst().filter(|row| row.severity == Severity::Error) {
            return row.condition.result();
        }
        match self.device {
            DeviceState::Offline | DeviceState::PowerOff | DeviceState::NoDevice | DeviceState::Starting => CommandResult::DeviceNotReady,
            DeviceState::HardwareError => CommandResult::HardwareError,
            DeviceState::UserError => CommandResult::UserError,
            DeviceState::PotentialFraud | DeviceState::FraudAttempt => CommandResult::FraudAttempt,
            DeviceState::Unknown => CommandResult::TimedOut,
            DeviceState::Online | DeviceState::DeviceBusy => CommandResult::Success,
        }
    }
}
