//! A two-way stream of bytes to a device that may vanish and come back: the trait, and what is behind it.
//!
//! It knows nothing about what the bytes mean; only `usb` knows that the device is a printer, because the requests of the
//! USB printer class belong to the wire. The rule a newcomer would break: no call here waits without a limit, and a write
//! that did not finish says how many bytes left, because what left may have been printed.

mod errand;
mod serial;
mod tcp;
pub mod usb;

pub use serial::SerialLink;
pub use tcp::{RAW_PORT, TcpAddress, TcpAddressError, TcpLink};

use crate::status::CommandResult;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Why a link cannot be used. A place is what a technician configured: a path, `host:port`, or a USB model and port.
#[derive(Clone, Debug, Error)]
pub enum LinkError {
    #[error("there is no device at {place}")]
    NoDevice { place: String },
    #[error("another program holds {place}")]
    HeldByOther { place: String },
    #[error("this user may not open {place}")]
    Permission { place: String },
    #[error("the device was unplugged")]
    Unplugged,
    #[error("the device took no more bytes in time")]
    TimedOut,
    #[error("{place} cannot be set up: {reason}")]
    Setup { place: String, reason: String },
    /// The device is still there, but bytes do not pass: a bad cable, or a device whose program has crashed.
    #[error("bytes do not pass to {place}: {reason}")]
    Faulty { place: String, reason: String },
}

impl LinkError {
    /// What a command that ended so is called towards the outside.
    pub fn result(&self) -> CommandResult {
        match self {
            LinkError::NoDevice { .. } | LinkError::HeldByOther { .. } | LinkError::Unplugged => CommandResult::DeviceNotReady,
            LinkError::Permission { .. } => CommandResult::AuthorisationRequired,
            LinkError::TimedOut => CommandResult::TimedOut,
            LinkError::Setup { .. } => CommandResult::InvalidData,
            LinkError::Faulty { .. } => CommandResult::HardwareError,
        }
    }
}

/// A write that did not finish.
#[derive(Debug, Error)]
#[error("{sent_bytes} bytes left before the write ended")]
pub struct WriteError {
    /// Bytes that the operating system took over before the fault. Never too few: where it cannot be known, bytes count as
    /// having left.
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

    /// Forgets what was not sent yet and closes. The next `open` goes by the configured place again.
    fn close(&mut self);

    /// Writes everything or says how much went before the fault.
    ///
    /// # Errors
    /// `TimedOut` at `deadline`, `Unplugged` when the device vanished or the link is closed, `Faulty` when it is there and
    /// bytes do not pass.
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WriteError>;

    /// Reads what is there, waiting at most `timeout` for the first byte. Zero means that nothing came.
    ///
    /// # Errors
    /// `Unplugged` when the device vanished or the link is closed, `Faulty` as above.
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError>;

    /// Bytes that the operating system still holds back.
    fn unsent_bytes(&mut self) -> usize;
}

/// Waits for a level on a descriptor. The result does not matter: the caller tries again and looks at the clock.
pub(crate) fn wait_for(descriptor: &impl AsFd, level: PollFlags, at_most: Duration) -> PollFlags {
    let timeout = Timespec { tv_sec: at_most.as_secs() as i64, tv_nsec: i64::from(at_most.subsec_nanos()) };
    let mut descriptors = [PollFd::new(descriptor, level)];
    let _ = poll(&mut descriptors, Some(&timeout));
    descriptors[0].revents()
}
