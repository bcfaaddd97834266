//! The camera: frames from a source, a process of its own for the source, and a host that looks after both.
//!
//! It finds no codes and judges no page. Frames show people and papers, so they print as `•••` and only the newest is kept.
//!
//! * [`V4l2Settings`] opens a camera in this process, through nokhwa.
//! * [`ChildCamera`] does the same in a process of its own, which is killed when the driver hangs: this is what the field
//!   uses, and [`serve_standard`] is the main function of that process.
//! * [`CameraHost`] keeps either of them alive: newest frame, stalls, frozen pictures, unplug and replug, bounded resets.
//!
//! The rule a newcomer would break: a source is created, used and dropped inside one thread, and a thread inside a bad
//! driver cannot be ended by anybody. Only a process can.

mod child;
mod convert;
mod course;
mod frame;
mod host;
mod jpeg;
mod list;
mod moment;
mod serve;
mod v4l2;
mod v4l2_plain;
mod watch;
pub mod wire;
mod worker;

pub use child::{ChildCamera, ChildLimits, LOST_PROCESSES_MAX};
pub use course::{CameraEvent, HostTiming, RESETS_MAX};
pub use frame::{Frame, PixelFormat, Pixels};
pub use host::{ABANDONED_THREADS_MAX, CameraHost, EVENTS_MAX};
pub use list::{FoundCamera, ListRoots, list, list_nodes, node_at_bus};
pub use serve::{HEARTBEAT, ServeEnd, leash_to_parent, serve, serve_standard};
pub use v4l2::{ArgumentError, V4l2Camera, V4l2Settings};
pub use watch::{Look, PictureWatch};

use crate::status::CommandResult;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// Why there is no frame.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    #[error("no frame within {waited_ms} ms")]
    TimedOut { waited_ms: u64 },
    #[error("there is no camera at {place}")]
    Absent { place: String },
    #[error("another program holds the camera")]
    HeldByOther,
    #[error("this user may not open the camera")]
    Permission,
    #[error("the camera offers none of our formats: {tried}")]
    NoFormat { tried: String },
    #[error("the camera was unplugged")]
    Unplugged,
    #[error("the camera reports a fault: {reason}")]
    Fault { reason: String },
    #[error("a frame cannot be decoded")]
    Undecodable,
    #[error("the same picture came again and again")]
    Frozen,
    #[error("the camera's driver was silent for {waited_ms} ms and its process was killed")]
    Hung { waited_ms: u64 },
    #[error("{processes} camera processes do not end even when killed")]
    Stuck { processes: usize },
    #[error("the camera program {program} cannot be started: {reason}")]
    Program { program: PathBuf, reason: String },
}

impl FrameError {
    /// What a command that ended so is called towards the outside.
    pub fn result(&self) -> CommandResult {
        match self {
            FrameError::TimedOut { .. } => CommandResult::TimedOut,
            FrameError::Absent { .. } | FrameError::HeldByOther | FrameError::Unplugged => CommandResult::DeviceNotReady,
            FrameError::Permission => CommandResult::AuthorisationRequired,
            FrameError::NoFormat { .. } => CommandResult::UnsupportedData,
            FrameError::Fault { .. } | FrameError::Undecodable | FrameError::Frozen | FrameError::Hung { .. } => CommandResult::HardwareError,
            FrameError::Stuck { .. } | FrameError::Program { .. } => CommandResult::InternalError,
        }
    }
}

/// Something that yields frames. Not `Send`: it stays in the thread that made it.
pub trait FrameSource {
    /// The next frame. A driver may ignore `timeout` and hang; the host expects that.
    ///
    /// # Errors
    /// `TimedOut` and `Undecodable` may be tried again; the others need a new source.
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, FrameError>;
}

/// Makes a source inside the thread that will use it.
pub trait FrameSourceFactory: Send + Sync {
    /// Opens the camera.
    ///
    /// # Errors
    /// Says who could help.
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError>;

    /// Is the device there, as far as can be told without opening it? Returns at once. A host that knows that the camera
    /// is away does not try to open it, and tries at once when it is back.
    fn is_present(&self) -> bool {
        true
    }
}
