//! Two-dimensional code readers with a cable: serial (CDC-ACM), and keyboard mode.
//!
//! Serial mode is the better one; keyboard mode is for imagers that nobody can reconfigure on site. Neither knows what a code
//! means: a payload passes the same check of length and characters as one from the camera.
//!
//! The rule a newcomer would break: half a code is thrown away, never handed on. A code ends with its terminator and with
//! nothing else; a pause in the middle means that a cable moved.

mod assembler;
mod candidates;
mod hid;
mod keymap;
mod lines;
mod repeats;
mod serial;

pub use assembler::{Assembler, Key, KeyRules};
pub use candidates::{Candidate, CandidateKind, candidates, candidates_in};
pub use hid::HidImager;
pub use keymap::{us_key, us_letter};
pub use lines::{Framing, Line, Lines, REST_OF_TORN};
pub use repeats::{REPEAT_QUIET, Repeats};
pub use serial::SerialImager;

use crate::reader::{Implausible, QrPayload};
use crate::status::{CommandResult, Condition, DeviceState, Status};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Longest pause inside one code. An imager sends a whole code within a few milliseconds, a slow keyboard one within 300.
pub const PAUSE_INSIDE_CODE_MAX: Duration = Duration::from_millis(250);
/// Codes that may come in one piece and wait to be asked for; more than a resident holds up at once.
pub const LINES_AT_ONCE_MAX: usize = 8;
/// A device that is away is looked for this often.
pub const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Why an imager gives no code.
#[derive(Debug, Error)]
pub enum CodeError {
    /// Nothing is at the configured place, and nothing ever was.
    #[error("there is no code reader at {path}")]
    NoDevice { path: PathBuf },
    /// It was here and is gone; it is looked for by its path.
    #[error("the code reader was unplugged")]
    Unplugged,
    /// Another program grabbed it.
    #[error("another program holds {path}")]
    HeldByOther { path: PathBuf },
    /// This user may not open it.
    #[error("this user may not open {path}")]
    Permission { path: PathBuf },
    /// It is something else, such as a mouse, or cannot be set up.
    #[error("{path} cannot be used as a code reader: {reason}")]
    Unusable { path: PathBuf, reason: String },
    /// A whole code came that no kiosk reads.
    #[error("a code came that is not one of ours")]
    Refused(#[source] Implausible),
    /// Bytes or keys came that no code contains, or a code without its end.
    #[error("the code reader sends noise")]
    Noise,
}

impl CodeError {
    /// The condition that follows, if one does. A refused code is the resident's paper and no fault of the device.
    pub fn condition(&self) -> Option<Condition> {
        match self {
            CodeError::NoDevice { .. } | CodeError::Unplugged => Some(Condition::READER_ABSENT),
            CodeError::HeldByOther { .. } => Some(Condition::READER_HELD_BY_OTHER),
            CodeError::Permission { .. } => Some(Condition::READER_PERMISSION),
            CodeError::Unusable { .. } => Some(Condition::READER_UNUSABLE),
            CodeError::Noise => Some(Condition::READER_NOISE),
            CodeError::Refused(_) => None,
        }
    }

    /// What a command that ended so is called towards the outside.
    pub fn result(&self) -> CommandResult {
        match self {
            CodeError::NoDevice { .. } | CodeError::Unplugged | CodeError::HeldByOther { .. } => CommandResult::DeviceNotReady,
            CodeError::Permission { .. } => CommandResult::AuthorisationRequired,
            CodeError::Unusable { .. } => CommandResult::InvalidData,
            CodeError::Refused(_) => CommandResult::UnsupportedData,
            CodeError::Noise => CommandResult::HardwareError,
        }
    }

    /// The device state that follows, if the device is away; `None` while it works.
    fn device(&self) -> Option<DeviceState> {
        match self {
            CodeError::NoDevice { .. } => Some(DeviceState::NoDevice),
            CodeError::Unplugged => Some(DeviceState::PowerOff),
            CodeError::HeldByOther { .. } | CodeError::Permission { .. } | CodeError::Unusable { .. } => Some(DeviceState::Offline),
            CodeError::Refused(_) | CodeError::Noise => None,
        }
    }
}

/// Something that yields codes one after the other.
pub trait CodeSource: Send {
    /// The next code, waiting at most `timeout` (and a few milliseconds). `None` when nothing came; a code that came twice in
    /// a row within [`REPEAT_QUIET`] comes once.
    ///
    /// # Errors
    /// Says what is the matter; call again all the same. A device that is away is looked for every [`LOOK_AGAIN_AFTER`], and
    /// its error comes at the end of `timeout`, so that a loop over this call does not spin.
    fn next(&mut self, timeout: Duration) -> Result<Option<QrPayload>, CodeError>;

    /// How it is. An imager is silent by nature, so an open port is `Online` however long nothing came; noise holds until
    /// the next good code.
    fn status(&self) -> Status;
}

/// What both kinds remember about their device.
#[derive(Debug)]
struct Health {
    device: DeviceState,
    condition: Option<Condition>,
    seen_before: bool,
    look_at: Option<Instant>,
}

impl Health {
    fn new() -> Self {
        Health { device: DeviceState::Starting, condition: None, seen_before: false, look_at: None }
    }

    fn opened(&mut self) {
        *self = Health { device: DeviceState::Online, condition: None, seen_before: true, look_at: None };
    }

    fn good_code(&mut self) {
        self.condition = None;
    }

    /// Takes note of an error; one that means the device is away makes the next look wait.
    fn failed(&mut self, error: CodeError, now: Instant) -> CodeError {
        let error = match error {
            CodeError::NoDevice { .. } if self.seen_before => CodeError::Unplugged,
            other => other,
        };
        if let Some(device) = error.device() {
            self.device = device;
            self.look_at = Some(now + LOOK_AGAIN_AFTER);
        }
        if let Some(condition) = error.condition() {
            if self.condition != Some(condition) {
                log::warn!(code = condition.row().staff_code; "code_reader_condition");
            }
            self.condition = Some(condition);
        }
        error
    }

    fn status(&self) -> Status {
        self.condition.into_iter().fold(Status::of(self.device), Status::with)
    }
}

/// Lines that came in one piece. More than [`LINES_AT_ONCE_MAX`] are no resident's doing: the last one becomes noise.
fn bounded(mut ended: Vec<Line>) -> Vec<Line> {
    if ended.len() > LINES_AT_ONCE_MAX {
        ended.truncate(LINES_AT_ONCE_MAX - 1);
        ended.push(Line::Noise);
    }
    ended
}

/// Waits for a moment in time.
fn wait_until(moment: Instant) {
    loop {
        let left = moment.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}

/// Opens with `open` now or when the next look is due, until `deadline`; then its last error.
fn look_for(health: &mut Health, path: &Path, deadline: Instant, mut open: impl FnMut() -> Result<(), CodeError>) -> Result<(), CodeError> {
    let mut last = None;
    loop {
        if let Some(due) = health.look_at {
            wait_until(due.min(deadline));
            if due > deadline {
                return Err(last.unwrap_or_else(|| away(health, path)));
            }
        }
        match open() {
            Ok(()) => {
                health.opened();
                return Ok(());
            }
            Err(error) => last = Some(health.failed(error, Instant::now())),
        }
    }
}

/// The error that holds while no look is due.
fn away(health: &Health, path: &Path) -> CodeError {
    let path = path.to_path_buf();
    match health.condition {
        Some(Condition::READER_HELD_BY_OTHER) => CodeError::HeldByOther { path },
        Some(Condition::READER_PERMISSION) => CodeError::Permission { path },
        Some(Condition::READER_UNUSABLE) => CodeError::Unusable { path, reason: "it could not be set up at the last look".into() },
        _ if health.seen_before => CodeError::Unplugged,
        _ => CodeError::NoDevice { path },
    }
}
