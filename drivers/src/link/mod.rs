//! A two-way stream of bytes to a device that may vanish and come back: the trait, and what is behind it.
//!
//! It knows nothing about printers or readers. The rule a newcomer would break: no call here waits without a limit, and a
//! write that did not finish says how many bytes left, because what left may have been printed.

mod serial;

pub use serial::SerialLink;

use std::path::PathBuf;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Why a link cannot be used.
#[derive(Debug, Error)]
pub enum LinkError {
    #[error("there is no device at {path}")]
    NoDevice { path: PathBuf },
    #[error("another program holds {path}")]
    HeldByOther { path: PathBuf },
    #[error("this user may not open {path}")]
    Permission { path: PathBuf },
    #[error("the device was unplugged")]
    Unplugged,
    #[error("the device took no more bytes in time")]
    TimedOut,
    #[error("the port {path} cannot be set up: {reason}")]
    Setup { path: PathBuf, reason: String },
}

/// A write that did not finish.
#[derive(Debug, Error)]
#[error("{sent_bytes} bytes left before the write ended")]
pub struct WriteError {
    /// Bytes that the operating system took over before the fault.
    pub sent_bytes: usize,
    /// What ended it.
    #[source]
    pub cause: LinkError,
}

/// A two-way stream of bytes that may vanish and come back.
pub trait Link: Send {
    /// Opens the link; does nothing when it is open.
    ///
    /// # Errors
    /// Says who could help: no device, no permission, held by another program.
    fn open(&mut self) -> Result<(), LinkError>;

    /// Forgets what was not sent yet and closes. The next `open` goes by the path again.
    fn close(&mut self);

    /// Writes everything or says how much went before the fault.
    ///
    /// # Errors
    /// `TimedOut` at `deadline`, `Unplugged` when the device vanished or the link is closed.
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WriteError>;

    /// Reads what is there, waiting at most `timeout` for the first byte. Zero means that nothing came.
    ///
    /// # Errors
    /// `Unplugged` when the device vanished or the link is closed.
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError>;

    /// Bytes that the operating system still holds back.
    fn unsent_bytes(&mut self) -> usize;
}
