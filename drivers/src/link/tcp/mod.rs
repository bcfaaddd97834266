//! Raw bytes over TCP, port 9100 by habit.
//!
//! It speaks no print protocol. The rules a newcomer would break:
//!
//! * A printer with a single connection refuses a second one, or takes it and closes at once. Both mean "held by another",
//!   so a fresh connection is watched for a moment, and a refusal counts as "held" only where one was accepted before.
//! * Closing throws away what the printer has not acknowledged, by a reset: an ordinary close would deliver the rest of an
//!   old slip minutes later.
//! * Names are looked up and connections made on a thread of their own: the resolver has no limit of ours, and a printer that
//!   is switched off would hold every status poll. While an attempt is under way the answer is that of the last one that
//!   ended; a connection that comes late is used by the next `open`.

mod address;
mod queue;

pub use address::{RAW_PORT, TcpAddress, TcpAddressError};

use super::errand::{Errand, NoAnswer};
use super::{Link, LinkError, WriteError, wait_for};
use rustix::event::PollFlags;
use rustix::net::sockopt;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// What `open` waits for an attempt to connect, so that a status poll stays short.
const OPEN_WAIT: Duration = Duration::from_millis(120);
/// For one address of an attempt; the thread of the attempt waits so long, not its caller.
const CONNECT_LIMIT: Duration = Duration::from_millis(1500);
/// A late connection older than this may have been closed since, and is made anew.
const FRESH: Duration = Duration::from_secs(3);
/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 4;
/// A busy printer closes a fresh connection within this time.
const CLOSED_AT_ONCE: Duration = Duration::from_millis(30);
/// One write to the kernel; small, so that a stalled line is noticed early.
const PIECE_BYTES: usize = 4096;
/// Bytes that the kernel may hold back; it doubles the number. Small, so that "sent" is nearly "arrived".
const SEND_BUFFER_BYTES: usize = 16_384;
/// Longest single wait inside a write, so that a passed deadline is noticed.
const WAIT_STEP: Duration = Duration::from_millis(50);
/// An idle connection is probed this often, so that a printer that vanished without a word is missed at all.
const PROBE_STEP: Duration = Duration::from_secs(2);
/// A printer that acknowledges nothing for so long, probes or bytes, has gone. The kernel alone would try on for a quarter of
/// an hour. Longer than any job's limit, because a printer without paper closes its window and lives.
const UNACKNOWLEDGED_LIMIT: Duration = Duration::from_secs(30);

/// A network printer that takes raw bytes.
pub struct TcpLink {
    address: TcpAddress,
    attempt: Errand<Attempt>,
    /// Why the last attempt that ended failed.
    last_fault: Option<LinkError>,
    open: Option<TcpStream>,
    /// A connection has been accepted here before.
    accepted_before: bool,
}

/// What an attempt to connect gives: a connection and when it was made.
type Attempt = Result<(TcpStream, Instant), AttemptFault>;

enum AttemptFault {
    Name(std::io::Error),
    NoAddress,
    Connect(std::io::Error),
}

impl TcpLink {
    /// A closed link to the printer at `address`.
    pub fn new(address: TcpAddress) -> Self {
        TcpLink { address, attempt: Errand::new("tcp-link-connect"), last_fault: None, open: None, accepted_before: false }
    }

    /// The configured address.
    pub fn address(&self) -> &TcpAddress {
        &self.address
    }

    fn place(&self) -> String {
        self.address.to_string()
    }

    fn connect(&mut self) -> Result<TcpStream, LinkError> {
        let deadline = Instant::now() + OPEN_WAIT;
        loop {
            let address = self.address.clone();
            let left = deadline.saturating_duration_since(Instant::now());
            let fault = match self.attempt.resume(left, move || attempt(&address)) {
                Ok(Ok((stream, at))) if at.elapsed() < FRESH => return Ok(stream),
                Ok(Ok(_)) => continue,
                Ok(Err(fault)) => self.refusal(&fault),
                Err(NoAnswer::StillOut) => return Err(self.last_fault.clone().unwrap_or(LinkError::TimedOut)),
                Err(NoAnswer::NoThread) => LinkError::Setup { place: self.place(), reason: "no thread to connect it".into() },
            };
            self.last_fault = Some(fault.clone());
            return Err(fault);
        }
    }

    fn refusal(&self, fault: &AttemptFault) -> LinkError {
        let place = self.place();
        let fault = match fault {
            AttemptFault::Connect(fault) => fault,
            AttemptFault::Name(fault) => return LinkError::Setup { place, reason: fault.to_string() },
            AttemptFault::NoAddress => return LinkError::Setup { place, reason: "the name has no address".into() },
        };
        match fault.kind() {
            // The host answers for the port, so a printer that took us before has it in use now.
            ErrorKind::ConnectionRefused if self.accepted_before => LinkError::HeldByOther { place },
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => LinkError::HeldByOther { place },
            ErrorKind::ConnectionRefused | ErrorKind::TimedOut | ErrorKind::WouldBlock => LinkError::NoDevice { place },
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => LinkError::NoDevice { place },
            ErrorKind::PermissionDenied => LinkError::Permission { place },
            _ => LinkError::Setup { place, reason: fault.to_string() },
        }
    }

    fn set_up(stream: &TcpStream) -> std::io::Result<()> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        sockopt::set_socket_send_buffer_size(stream, SEND_BUFFER_BYTES)?;
        sockopt::set_socket_keepalive(stream, true)?;
        sockopt::set_tcp_keepidle(stream, PROBE_STEP)?;
        sockopt::set_tcp_keepintvl(stream, PROBE_STEP)?;
        sockopt::set_tcp_user_timeout(stream, UNACKNOWLEDGED_LIMIT.as_millis() as u32)?;
        Ok(())
    }

    /// Did the printer close its side already, with nothing left to read?
    fn is_closed_at_once(stream: &TcpStream) -> bool {
        let level = wait_for(stream, PollFlags::IN | PollFlags::RDHUP, CLOSED_AT_ONCE);
        let mut byte = [0];
        !level.is_empty() && !matches!(stream.peek(&mut byte), Ok(1))
    }
}

impl Link for TcpLink {
    fn open(&mut self) -> Result<(), LinkError> {
        if self.open.is_some() {
            return Ok(());
        }
        let stream = self.connect()?;
        if let Err(fault) = TcpLink::set_up(&stream) {
            return Err(LinkError::Setup { place: self.place(), reason: fault.to_string() });
        }
        self.accepted_before = true;
        self.last_fault = None;
        if TcpLink::is_closed_at_once(&stream) {
            return Err(LinkError::HeldByOther { place: self.place() });
        }
        self.open = Some(stream);
        Ok(())
    }

    fn close(&mut self) {
        if let Some(stream) = self.open.take()
            && unacknowledged(&stream) != Some(0)
        {
            // A connection that is gone refuses this, which is as good.
            let _ = sockopt::set_socket_linger(&stream, Some(Duration::ZERO));
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WriteError> {
        let mut sent_bytes = 0;
        let Some(stream) = &mut self.open else {
            return Err(WriteError { sent_bytes, cause: LinkError::Unplugged });
        };
        while sent_bytes < bytes.len() {
            // The kernel would take bytes for a printer that has closed its side, and they would count as sent.
            if wait_for(stream, PollFlags::RDHUP, Duration::ZERO).intersects(PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR) {
                return Err(WriteError { sent_bytes, cause: LinkError::Unplugged });
            }
            let end = bytes.len().min(sent_bytes + PIECE_BYTES);
            match stream.write(&bytes[sent_bytes..end]) {
                Ok(0) => return Err(WriteError { sent_bytes, cause: LinkError::Unplugged }),
                Ok(count) => sent_bytes += count,
                Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(WriteError { sent_bytes, cause: LinkError::TimedOut });
                    }
                    wait_for(stream, PollFlags::OUT | PollFlags::RDHUP, left.min(WAIT_STEP));
                }
                Err(_) => return Err(WriteError { sent_bytes, cause: LinkError::Unplugged }),
            }
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        let Some(stream) = &mut self.open else {
            return Err(LinkError::Unplugged);
        };
        if buffer.is_empty() {
            return Ok(0);
        }
        let deadline = Instant::now() + timeout;
        loop {
            match stream.read(buffer) {
                Ok(0) => return Err(LinkError::Unplugged),
                Ok(count) => return Ok(count),
                Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(0);
                    }
                    wait_for(stream, PollFlags::IN, left);
                }
                Err(_) => return Err(LinkError::Unplugged),
            }
        }
    }

    /// Bytes that the printer has not acknowledged. Zero also where the kernel keeps its table from us.
    fn unsent_bytes(&mut self) -> usize {
        self.open.as_ref().and_then(unacknowledged).unwrap_or(0)
    }
}

impl Drop for TcpLink {
    fn drop(&mut self) {
        self.close();
    }
}

/// Looks the name up and tries its addresses in turn.
fn attempt(address: &TcpAddress) -> Attempt {
    let addresses: Vec<SocketAddr> = match address.ip() {
        Some(ip) => vec![SocketAddr::new(ip, address.port())],
        None => (address.host(), address.port()).to_socket_addrs().map_err(AttemptFault::Name)?.take(ADDRESSES_MAX).collect(),
    };
    let mut last = AttemptFault::NoAddress;
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT_LIMIT) {
            Ok(stream) => return Ok((stream, Instant::now())),
            Err(fault) => last = AttemptFault::Connect(fault),
        }
    }
    Err(last)
}

fn unacknowledged(stream: &TcpStream) -> Option<usize> {
    queue::unacknowledged_bytes(stream.local_addr().ok()?, stream.peer_addr().ok()?)
}
