//! The simulated printer on a network: a port on this machine that passes bytes on to a peer.
//!
//! Like a real network printer it takes one connection at a time and closes a second one at once. The rule a newcomer would
//! break: silence is a printer that reads nothing and answers nothing, while the connection stays; the system's buffers take
//! bytes for it all the same.

use super::STEP;
use crate::link::{Link, LinkError, TcpAddress, wait_for};
use crate::sim::BenchError;
use rustix::event::PollFlags;
use rustix::net::sockopt;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Bytes taken from the network in one go.
const PIECE_BYTES: usize = 1024;
/// Bytes that the system may hold for the printer; the system doubles the number.
const BUFFER_BYTES: usize = 8192;

/// For the thread to take a change up; it looks every few milliseconds.
const SEEN_LIMIT: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, Default)]
struct Faults {
    refuse: bool,
    close_at_once: bool,
    silent: bool,
    reset_after_bytes: Option<usize>,
    hang_up: bool,
    /// Counts the changes, so that a hand can wait until the thread works by them.
    change: u64,
}

struct Shared {
    faults: Mutex<Faults>,
    stop: AtomicBool,
    /// The change that the thread works by.
    seen: AtomicU64,
    at: SocketAddr,
}

/// Ends the thread when the last handle is gone.
struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Release);
    }
}

/// A printer's port on this machine. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct TcpPrinterPort {
    handle: Arc<Handle>,
}

impl TcpPrinterPort {
    /// Opens a free port on 127.0.0.1 and passes its bytes on to `peer`.
    ///
    /// # Errors
    /// No port or no thread.
    pub fn in_front_of(peer: impl Link + 'static) -> Result<Self, BenchError> {
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).map_err(BenchError::Terminal)?;
        let at = listener.local_addr().map_err(BenchError::Terminal)?;
        let shared = Arc::new(Shared { faults: Mutex::new(Faults::default()), stop: AtomicBool::new(false), seen: AtomicU64::new(0), at });
        let port = Port { shared: Arc::clone(&shared), peer: Box::new(peer), listener: Some(listener), connection: None, waiting: Vec::new() };
        let thread = std::thread::Builder::new().name("tcp-printer-port".into()).spawn(move || port.run());
        thread.map_err(BenchError::Thread)?;
        Ok(TcpPrinterPort { handle: Arc::new(Handle(shared)) })
    }

    /// Where a link finds it.
    pub fn address(&self) -> TcpAddress {
        self.handle.0.at.to_string().parse().expect("an address and a port are an address")
    }

    /// Refuses connections and drops the one it has, as a printer does that is switched off behind a live address.
    pub fn refuse(&self, refuse: bool) {
        self.change(|faults| faults.refuse = refuse);
    }

    /// Takes connections and closes them at once, as a printer does that serves somebody else.
    pub fn close_at_once(&self, close: bool) {
        self.change(|faults| faults.close_at_once = close);
    }

    /// Keeps the connection, reads nothing and answers nothing.
    pub fn silent(&self, silent: bool) {
        self.change(|faults| faults.silent = silent);
    }

    /// Resets the connection after `bytes` more bytes.
    pub fn reset_after_bytes(&self, bytes: usize) {
        self.change(|faults| faults.reset_after_bytes = Some(bytes));
    }

    /// Closes the connection in good order, after passing on what the peer has said.
    pub fn hang_up(&self) {
        self.change(|faults| faults.hang_up = true);
    }

    fn change(&self, what: impl FnOnce(&mut Faults)) {
        let change = {
            let mut faults = lock(&self.handle.0);
            what(&mut faults);
            faults.change += 1;
            faults.change
        };
        let deadline = Instant::now() + SEEN_LIMIT;
        while self.handle.0.seen.load(Ordering::Acquire) < change && Instant::now() < deadline {
            std::thread::park_timeout(STEP);
        }
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Faults> {
    shared.faults.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(at: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(at)?;
    listener.set_nonblocking(true)?;
    sockopt::set_socket_recv_buffer_size(&listener, BUFFER_BYTES)?;
    Ok(listener)
}

/// What the thread owns.
struct Port {
    shared: Arc<Shared>,
    peer: Box<dyn Link>,
    listener: Option<TcpListener>,
    connection: Option<TcpStream>,
    /// Read from the network and not taken by the peer yet.
    waiting: Vec<u8>,
}

impl Port {
    fn run(mut self) {
        while !self.shared.stop.load(Ordering::Acquire) {
            let faults = *lock(&self.shared);
            self.shared.seen.store(faults.change, Ordering::Release);
            // Without its printer the port is as good as switched off.
            let refuse = faults.refuse || self.peer.open().is_err();
            self.follow_switch(refuse);
            self.accept(faults.close_at_once);
            match &self.connection {
                Some(connection) if !faults.silent && self.waiting.is_empty() => {
                    wait_for(connection, PollFlags::IN, STEP);
                }
                _ => std::thread::park_timeout(STEP),
            }
            if !faults.silent {
                self.take();
                self.answer(faults.hang_up);
            }
        }
    }

    fn follow_switch(&mut self, refuse: bool) {
        match (refuse, &self.listener) {
            (true, Some(_)) => {
                self.listener = None;
                self.connection = None;
                self.waiting.clear();
            }
            (false, None) => match listen(self.shared.at) {
                Ok(listener) => self.listener = Some(listener),
                Err(fault) => log::warn!(reason:% = fault; "sim_printer_port_refused"),
            },
            _ => {}
        }
    }

    fn accept(&mut self, close_at_once: bool) {
        let Some(Ok((connection, _))) = self.listener.as_ref().map(TcpListener::accept) else {
            return;
        };
        if !close_at_once && self.connection.is_none() && connection.set_nonblocking(true).is_ok() {
            self.waiting.clear();
            self.connection = Some(connection);
        }
    }

    /// Takes bytes from the network and passes them on.
    fn take(&mut self) {
        if let Some(connection) = &mut self.connection
            && self.waiting.is_empty()
        {
            let mut faults = lock(&self.shared);
            let mut buffer = [0; PIECE_BYTES];
            let room = faults.reset_after_bytes.unwrap_or(PIECE_BYTES).clamp(1, PIECE_BYTES);
            match connection.read(&mut buffer[..room]) {
                Ok(0) => self.connection = None,
                Ok(count) => {
                    self.waiting.extend(&buffer[..count]);
                    if let Some(left) = &mut faults.reset_after_bytes {
                        *left = left.saturating_sub(count);
                        if *left == 0 {
                            faults.reset_after_bytes = None;
                            // Dropping a connection that does not linger resets it.
                            let _ = sockopt::set_socket_linger(&*connection, Some(Duration::ZERO));
                            self.connection = None;
                        }
                    }
                }
                Err(fault) if matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(_) => self.connection = None,
            }
        }
        if !self.waiting.is_empty() {
            match self.peer.write(&self.waiting, Instant::now() + STEP) {
                Ok(()) => self.waiting.clear(),
                Err(fault) => {
                    self.waiting.drain(..fault.sent_bytes);
                    if !matches!(fault.cause, LinkError::TimedOut) {
                        self.peer.close();
                    }
                }
            }
        }
    }

    /// Passes on what the peer says. Nobody connected means that nobody hears it.
    fn answer(&mut self, hang_up: bool) {
        let mut buffer = [0; PIECE_BYTES];
        match self.peer.read(&mut buffer, Duration::ZERO) {
            Ok(count) => {
                if let Some(connection) = &mut self.connection {
                    let _ = connection.write_all(&buffer[..count]);
                }
            }
            Err(_) => self.peer.close(),
        }
        if hang_up {
            lock(&self.shared).hang_up = false;
            self.connection = None;
        }
    }
}
