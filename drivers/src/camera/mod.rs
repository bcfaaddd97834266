//! The camera: frames from a source, and a host that owns the source's thread.
//!
//! It finds no codes and judges no page. Frames show people and papers, so they print as `•••` and only the newest is kept.
//!
//! The rule a newcomer would break: a source is created, used and dropped inside one thread, and that thread may hang for
//! ever inside the operating system. [`CameraHost`] therefore never joins it: a stuck thread is abandoned and counted.

mod frame;
mod host;
mod v4l2;

pub use frame::{Frame, Pixels};
pub use host::{ABANDONED_THREADS_MAX, CameraHost, HostTiming};
pub use v4l2::{V4l2Camera, V4l2Settings};

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
}
