//! Why a scan gave no pages, and what that says about the device.
//!
//! It knows every source's faults and no source. The rule a newcomer would break: a fault that a resident or an officer can
//! put right keeps its own name all the way, so nothing here is folded into "it did not work".

use crate::picture::DecodeError;
use crate::status::{CommandResult, Condition, DeviceState, Status};
use std::path::PathBuf;
use thiserror::Error;

/// Why there are no pages.
#[derive(Debug, Error)]
pub enum AcquireError {
    #[error("no document lies in the scanner")]
    NoDocument,
    #[error("paper is stuck in the scanner")]
    Jammed,
    #[error("two sheets went in at once")]
    DoubleFeed,
    #[error("the scanner's cover is open")]
    CoverOpen,
    #[error("another program holds the scanner")]
    Busy,
    #[error("no scanner answers to the configured name")]
    Absent,
    #[error("the scanner stopped answering")]
    Silent,
    #[error("what answers is not the configured scanner: {reason}")]
    Foreign { reason: String },
    #[error("the scanner does not offer {what}")]
    Unsupported { what: String },
    #[error("this user may not use the scanner")]
    Permission,
    #[error("the scanner ran out of memory")]
    NoMemory,
    #[error("the scanner reports an input or output fault")]
    Device,
    #[error("the scanner program refuses its arguments (exit code {code})")]
    Refused { code: i32 },
    #[error("the scanner program {program} cannot be started")]
    Program { program: PathBuf, source: std::io::Error },
    #[error("the scanner program ended by a signal")]
    Crashed,
    #[error("the scan was cancelled")]
    Cancelled,
    #[error("the scan took longer than {deadline_secs} s and was stopped")]
    TimedOut { deadline_secs: u64 },
    #[error("the scanner's program or connection does not end even when told to")]
    Hung,
    #[error("page {page} ends before its pixels do")]
    Truncated { page: usize },
    #[error("page {page} is too large")]
    TooLarge { page: usize, source: DecodeError },
    #[error("page {page} is not a picture we know")]
    NotAPicture { page: usize, source: DecodeError },
    #[error("{path}: the spool cannot be used")]
    Spool { path: PathBuf, source: std::io::Error },
}

impl AcquireError {
    /// What a command that ended so is called towards the outside.
    pub fn result(&self) -> CommandResult {
        match self {
            AcquireError::NoDocument | AcquireError::Jammed | AcquireError::DoubleFeed | AcquireError::CoverOpen => CommandResult::UserError,
            AcquireError::Busy | AcquireError::Absent => CommandResult::DeviceNotReady,
            AcquireError::Silent | AcquireError::TimedOut { .. } => CommandResult::TimedOut,
            AcquireError::Foreign { .. } | AcquireError::Refused { .. } => CommandResult::InvalidData,
            AcquireError::Unsupported { .. } => CommandResult::UnsupportedCommand,
            AcquireError::Permission => CommandResult::AuthorisationRequired,
            AcquireError::NoMemory => CommandResult::NotEnoughSpace,
            AcquireError::Device | AcquireError::Truncated { .. } | AcquireError::NotAPicture { .. } => CommandResult::HardwareError,
            AcquireError::TooLarge { .. } => CommandResult::UnsupportedData,
            AcquireError::Cancelled => CommandResult::Canceled,
            AcquireError::Spool { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => CommandResult::NotEnoughSpace,
            AcquireError::Program { .. } | AcquireError::Crashed | AcquireError::Hung | AcquireError::Spool { .. } => CommandResult::InternalError,
        }
    }
}

/// What the last result says about the device. A picture that was too large or a cancel says nothing bad about it.
pub(crate) fn status_after(fault: Option<&AcquireError>) -> Status {
    let broken = |condition| Status::of(DeviceState::HardwareError).with(condition);
    let user = |condition| Status::of(DeviceState::UserError).with(condition);
    match fault {
        None | Some(AcquireError::Cancelled | AcquireError::TooLarge { .. }) => Status::of(DeviceState::Online),
        Some(AcquireError::NoDocument) => Status::of(DeviceState::Online).with(Condition::FEEDER_EMPTY),
        Some(AcquireError::Truncated { .. } | AcquireError::NotAPicture { .. }) => Status::of(DeviceState::Online).with(Condition::DATA_CORRUPT),
        Some(AcquireError::Jammed) => user(Condition::PATH_JAMMED),
        Some(AcquireError::DoubleFeed) => user(Condition::FEEDER_DOUBLE_FEED),
        Some(AcquireError::CoverOpen) => user(Condition::LID_OPEN),
        Some(AcquireError::Busy) => Status::of(DeviceState::DeviceBusy).with(Condition::SCANNER_HELD_BY_OTHER),
        Some(AcquireError::Absent) => Status::of(DeviceState::NoDevice).with(Condition::SCANNER_ABSENT),
        Some(AcquireError::Silent) => Status::unknown().with(Condition::LINK_SILENT),
        Some(AcquireError::Foreign { .. }) => Status::unknown().with(Condition::LINK_FOREIGN),
        Some(AcquireError::Permission) => Status::unknown().with(Condition::ACCESS_PERMISSION),
        Some(AcquireError::NoMemory) => broken(Condition::OUTPUT_NO_MEMORY),
        Some(AcquireError::Device | AcquireError::Crashed) => broken(Condition::SCANNER_INOPERATIVE),
        Some(AcquireError::Refused { .. } | AcquireError::Unsupported { .. } | AcquireError::Program { .. } | AcquireError::Spool { .. }) => {
            Status::unknown().with(Condition::SCANNER_MISCONFIGURED)
        }
        Some(AcquireError::TimedOut { .. }) => Status::unknown().with(Condition::SCANNER_INOPERATIVE),
        Some(AcquireError::Hung) => broken(Condition::SCANNER_ABANDONED),
    }
}
