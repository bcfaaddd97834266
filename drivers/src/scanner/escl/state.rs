//! What an eSCL scanner says of itself, from its `ScannerStatus`, and what that means in our words.
//!
//! Pure: bytes in, conditions out. The rule a newcomer would break: an empty feeder is a condition only for whoever scans from
//! the feeder; a page on the glass does not mind.

use super::xml::{XmlError, parse};
use crate::scanner::AcquireError;
use crate::status::{Condition, DeviceState, Status};

/// `pwg:State` (Mopria eSCL specification 2.97, section 9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScannerState {
    Idle,
    Processing,
    Testing,
    Stopped,
    Down,
}

/// `scan:AdfState` (Mopria eSCL specification 2.97, section 9.2), without its prefix `ScannerAdf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdfState {
    Empty,
    Loaded,
    /// Paper moves; some Kyocera devices also say this when the last sheet has gone.
    Processing,
    Jam,
    /// Some devices say `HatchOpen`, some `DoorOpen` or `CoverOpen`.
    HatchOpen,
    MultipickDetected,
    PageTooShort,
    PageTooLong,
    InputTrayFailed,
    InputTrayOverloaded,
}

/// One answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScannerStatus {
    pub state: ScannerState,
    /// `None` without a feeder, and for a word we do not know.
    pub adf: Option<AdfState>,
}

/// Reads an answer to `GET ScannerStatus`.
///
/// # Errors
/// See [`XmlError`]; `Missing` when there is no state, or one that the specification does not have.
pub fn parse_status(bytes: &[u8]) -> Result<ScannerStatus, XmlError> {
    let root = parse(bytes, "ScannerStatus")?;
    let state = match root.text_of("State").unwrap_or_default() {
        "Idle" => ScannerState::Idle,
        "Processing" => ScannerState::Processing,
        "Testing" => ScannerState::Testing,
        "Stopped" => ScannerState::Stopped,
        "Down" => ScannerState::Down,
        _ => return Err(XmlError::Missing { missing: "State" }),
    };
    Ok(ScannerStatus { state, adf: root.text_of("AdfState").and_then(adf_state) })
}

fn adf_state(word: &str) -> Option<AdfState> {
    match word.strip_prefix("ScannerAdf").unwrap_or(word) {
        "Empty" => Some(AdfState::Empty),
        "Loaded" => Some(AdfState::Loaded),
        "Processing" => Some(AdfState::Processing),
        "Jam" => Some(AdfState::Jam),
        "HatchOpen" | "DoorOpen" | "CoverOpen" => Some(AdfState::HatchOpen),
        "MultipickDetected" => Some(AdfState::MultipickDetected),
        "DuplexPageTooShort" | "PageTooShort" => Some(AdfState::PageTooShort),
        "DuplexPageTooLong" | "PageTooLong" => Some(AdfState::PageTooLong),
        "InputTrayFailed" => Some(AdfState::InputTrayFailed),
        "InputTrayOverloaded" => Some(AdfState::InputTrayOverloaded),
        _ => {
            log::warn!("escl_unknown_adf_state");
            None
        }
    }
}

/// An answer in the words of the status table. `from_feeder`: pages are asked from the feeder and from nowhere else.
pub fn status_of(answer: &ScannerStatus, from_feeder: bool) -> Status {
    let device = match answer.state {
        ScannerState::Idle => DeviceState::Online,
        ScannerState::Processing | ScannerState::Testing => DeviceState::DeviceBusy,
        ScannerState::Stopped => DeviceState::Offline,
        ScannerState::Down => DeviceState::HardwareError,
    };
    let user = |condition| Status::of(DeviceState::UserError).with(condition);
    let status = match answer.adf {
        Some(AdfState::Jam | AdfState::PageTooShort | AdfState::PageTooLong | AdfState::InputTrayOverloaded) => user(Condition::PATH_JAMMED),
        Some(AdfState::HatchOpen) => user(Condition::LID_OPEN),
        Some(AdfState::MultipickDetected) => user(Condition::FEEDER_DOUBLE_FEED),
        Some(AdfState::InputTrayFailed) => Status::of(DeviceState::HardwareError).with(Condition::SCANNER_INOPERATIVE),
        Some(AdfState::Empty) if from_feeder => Status::of(device).with(Condition::FEEDER_EMPTY),
        Some(AdfState::Empty | AdfState::Loaded | AdfState::Processing) | None => Status::of(device),
    };
    match answer.state {
        ScannerState::Down => status.with(Condition::SCANNER_INOPERATIVE),
        // A self-test or the lamp.
        ScannerState::Testing => status.with(Condition::LAMP_WARMING),
        ScannerState::Idle | ScannerState::Processing | ScannerState::Stopped => status,
    }
}

/// Why a job was refused or broken off, by the state right afterwards; `None` when the state names no reason.
pub(super) fn reason_of(answer: &ScannerStatus, from_feeder: bool) -> Option<AcquireError> {
    match answer.adf {
        Some(AdfState::Jam | AdfState::PageTooShort | AdfState::PageTooLong | AdfState::InputTrayOverloaded) => Some(AcquireError::Jammed),
        Some(AdfState::HatchOpen) => Some(AcquireError::CoverOpen),
        Some(AdfState::MultipickDetected) => Some(AcquireError::DoubleFeed),
        Some(AdfState::InputTrayFailed) => Some(AcquireError::Device),
        Some(AdfState::Empty) if from_feeder => Some(AcquireError::NoDocument),
        Some(AdfState::Empty | AdfState::Loaded | AdfState::Processing) | None => match answer.state {
            ScannerState::Processing | ScannerState::Testing => Some(AcquireError::Busy),
            ScannerState::Down => Some(AcquireError::Device),
            ScannerState::Idle | ScannerState::Stopped => None,
        },
    }
}
