//! The serial port, real or pseudo.
//!
//! The rules a newcomer would break, each measured on serialport 4.10.1:
//!
//! * The port is written without blocking. `serialport` puts its descriptor back into blocking mode after opening, and a
//!   write without a reader then hangs whatever its timeout says; so all reading and writing goes through a second, non-
//!   blocking descriptor of the same device, and `serialport` keeps settings and exclusive use.
//! * `flush` is never called: it waits without a limit while a printer holds the line. `unsent_bytes` is asked instead.
//! * End of file, a broken pipe or an I/O fault mean "unplugged". The port is opened again by its path, so configure a
//!   path that survives a new number: `/dev/serial/by-id/…`.

use super::{Link, LinkError, WriteError, wait_for};
use rustix::event::PollFlags;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{QueueSelector, tcflush};
use serialport::{SerialPort, TTYPort};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One write to the kernel; small, so that a stalled line is noticed early.
const PIECE_BYTES: usize = 128;
/// Longest single wait inside a write, so that a passed deadline is noticed.
const WAIT_STEP: Duration = Duration::from_millis(50);

/// A serial port, real or pseudo.
pub struct SerialLink {
    path: PathBuf,
    baud: u32,
    open: Option<OpenPort>,
}

struct OpenPort {
    /// Keeps the settings and the exclusive lock; no byte passes through it.
    settings: TTYPort,
    /// Non-blocking description of the same device.
    data: OwnedFd,
}

impl SerialLink {
    /// A closed link to the port at `path`, at `baud` bits per second.
    pub fn new(path: impl Into<PathBuf>, baud: u32) -> Self {
        SerialLink { path: path.into(), baud, open: None }
    }

    /// The configured path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Link for SerialLink {
    fn open(&mut self) -> Result<(), LinkError> {
        if self.open.is_some() {
            return Ok(());
        }
        let path = &self.path;
        let place = || path.display().to_string();
        if !path.exists() {
            return Err(LinkError::NoDevice { place: place() });
        }
        // Exclusive use begins only after the second descriptor is open, because it would refuse that one too.
        let builder = serialport::new(path.to_string_lossy(), self.baud).exclusive(false);
        let mut settings = TTYPort::open(&builder).map_err(|fault| open_error(path, &fault))?;
        let twin = format!("/proc/self/fd/{}", settings.as_raw_fd());
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let data = rustix::fs::open(twin, flags, Mode::empty()).map_err(|errno| match errno {
            Errno::BUSY => LinkError::HeldByOther { place: place() },
            Errno::ACCESS | Errno::PERM => LinkError::Permission { place: place() },
            Errno::NOENT | Errno::NXIO | Errno::IO => LinkError::NoDevice { place: place() },
            other => LinkError::Setup { place: place(), reason: other.to_string() },
        })?;
        settings.set_exclusive(true).map_err(|fault| open_error(path, &fault))?;
        self.open = Some(OpenPort { settings, data });
        Ok(())
    }

    fn close(&mut self) {
        if let Some(port) = self.open.take() {
            // Unsent bytes of an old job may not come out later, and closing may not wait for them. A port that is gone
            // refuses this, which is as good.
            let _ = tcflush(&port.data, QueueSelector::IOFlush);
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WriteError> {
        let mut sent_bytes = 0;
        let Some(port) = &self.open else {
            return Err(WriteError { sent_bytes, cause: LinkError::Unplugged });
        };
        while sent_bytes < bytes.len() {
            let end = bytes.len().min(sent_bytes + PIECE_BYTES);
            match rustix::io::write(&port.data, &bytes[sent_bytes..end]) {
                Ok(0) => return Err(WriteError { sent_bytes, cause: LinkError::Unplugged }),
                Ok(count) => sent_bytes += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(WriteError { sent_bytes, cause: LinkError::TimedOut });
                    }
                    wait_for(&port.data, PollFlags::OUT, left.min(WAIT_STEP));
                }
                Err(_) => return Err(WriteError { sent_bytes, cause: LinkError::Unplugged }),
            }
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        let Some(port) = &self.open else {
            return Err(LinkError::Unplugged);
        };
        let deadline = Instant::now() + timeout;
        loop {
            // Reading comes before asking for a hang-up, because the last bytes of a vanished device still count.
            match rustix::io::read(&port.data, &mut *buffer) {
                Ok(0) => return Err(LinkError::Unplugged),
                Ok(count) => return Ok(count),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(0);
                    }
                    wait_for(&port.data, PollFlags::IN, left);
                }
                Err(_) => return Err(LinkError::Unplugged),
            }
        }
    }

    fn unsent_bytes(&mut self) -> usize {
        self.open.as_ref().and_then(|port| port.settings.bytes_to_write().ok()).unwrap_or(0) as usize
    }
}

impl Drop for SerialLink {
    fn drop(&mut self) {
        self.close();
    }
}

fn open_error(path: &Path, fault: &serialport::Error) -> LinkError {
    let place = path.display().to_string();
    match fault.kind() {
        serialport::ErrorKind::Io(std::io::ErrorKind::PermissionDenied) => LinkError::Permission { place },
        serialport::ErrorKind::Io(std::io::ErrorKind::ResourceBusy | std::io::ErrorKind::WouldBlock) => LinkError::HeldByOther { place },
        serialport::ErrorKind::Io(std::io::ErrorKind::NotFound) => LinkError::NoDevice { place },
        // The library says NoDevice both for a missing node and for one that another program locked.
        serialport::ErrorKind::NoDevice if path.exists() => LinkError::HeldByOther { place },
        serialport::ErrorKind::NoDevice => LinkError::NoDevice { place },
        _ => LinkError::Setup { place, reason: fault.to_string() },
    }
}
