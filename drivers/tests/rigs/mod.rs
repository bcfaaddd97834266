//! Every link with a peer that a test can make deaf, unplug and bring back. It proves nothing by itself.

use super::common::PATIENCE;
use drivers::link::usb::UsbLink;
use drivers::link::{Link, LinkError, SerialLink, TcpLink, WriteError};
use drivers::sim::pipe::{SimUsbPrinter, TcpPrinterPort};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Waits for a level, with an end.
pub fn wait(mut level: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if level() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

#[derive(Default)]
struct Talk {
    heard: Vec<u8>,
    to_say: VecDeque<u8>,
}

/// The device at the far end: it remembers what it heard and says what it is told. As a link it is the far end itself.
#[derive(Clone, Default)]
pub struct Wire(Arc<Mutex<Talk>>);

impl Wire {
    fn lock(&self) -> MutexGuard<'_, Talk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn heard(&self) -> Vec<u8> {
        self.lock().heard.clone()
    }

    /// Waits until exactly so many bytes were heard.
    pub fn hears(&self, count: usize) -> bool {
        wait(|| self.lock().heard.len() >= count) && self.lock().heard.len() == count
    }

    pub fn say(&self, bytes: &[u8]) {
        self.lock().to_say.extend(bytes);
    }
}

impl Link for Wire {
    fn open(&mut self) -> Result<(), LinkError> {
        Ok(())
    }

    fn close(&mut self) {}

    fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<(), WriteError> {
        self.lock().heard.extend(bytes);
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], _timeout: Duration) -> Result<usize, LinkError> {
        let mut talk = self.lock();
        let count = buffer.len().min(talk.to_say.len());
        for (to, from) in buffer.iter_mut().zip(talk.to_say.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }

    fn unsent_bytes(&mut self) -> usize {
        0
    }
}

pub trait Faults {
    fn deaf(&self, deaf: bool);
    /// Says what is to be said, then ends the connection.
    fn hang_up(&self);
    fn hang_up_after(&self, bytes: usize);
    /// Is not there at all.
    fn go_away(&self);
    fn come_back(&self);
}

pub struct Rig {
    pub name: &'static str,
    pub link: Box<dyn Link>,
    pub wire: Wire,
    pub faults: Box<dyn Faults>,
    /// The operating system holds bytes that the device has not taken.
    pub holds_back: bool,
    /// And says how many. A pseudo terminal always says none; a real serial port knows.
    pub counts_held_back: bool,
    /// A terminal that hangs up throws unread bytes away in the kernel; the others deliver them.
    pub delivers_last_words: bool,
}

pub fn all() -> Vec<Rig> {
    vec![serial(), tcp(), usb()]
}

fn usb() -> Rig {
    let wire = Wire::default();
    let printer = SimUsbPrinter::in_front_of(wire.clone());
    let link = Box::new(UsbLink::over(printer.pipe(), "USB simulated"));
    Rig { name: "usb", link, wire, faults: Box::new(printer), holds_back: false, counts_held_back: false, delivers_last_words: true }
}

impl Faults for SimUsbPrinter {
    fn deaf(&self, deaf: bool) {
        self.take_only(deaf.then_some(1_000));
    }
    fn hang_up(&self) {
        self.unplug();
    }
    fn hang_up_after(&self, bytes: usize) {
        self.unplug_after_bytes(bytes);
    }
    fn go_away(&self) {
        self.unplug();
    }
    fn come_back(&self) {
        self.replug();
    }
}

fn tcp() -> Rig {
    let wire = Wire::default();
    let port = TcpPrinterPort::in_front_of(wire.clone()).expect("a port of this machine is free");
    let link = Box::new(TcpLink::new(port.address()));
    Rig { name: "tcp", link, wire, faults: Box::new(port), holds_back: true, counts_held_back: true, delivers_last_words: true }
}

impl Faults for TcpPrinterPort {
    fn deaf(&self, deaf: bool) {
        self.silent(deaf);
    }
    fn hang_up(&self) {
        TcpPrinterPort::hang_up(self);
    }
    fn hang_up_after(&self, bytes: usize) {
        self.reset_after_bytes(bytes);
    }
    fn go_away(&self) {
        self.refuse(true);
    }
    fn come_back(&self) {
        self.refuse(false);
    }
}

#[derive(Default)]
struct Terminal {
    deaf: AtomicBool,
    stop: AtomicBool,
    plug: Mutex<Plug>,
}

struct Plug {
    wanted: bool,
    hang_up: bool,
    after_bytes: Option<usize>,
}

impl Default for Plug {
    fn default() -> Self {
        Plug { wanted: true, hang_up: false, after_bytes: None }
    }
}

struct TerminalHand {
    shared: Arc<Terminal>,
    _folder: tempfile::TempDir,
}

impl Drop for TerminalHand {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
    }
}

fn serial() -> Rig {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("port");
    let shared = Arc::new(Terminal::default());
    let wire = Wire::default();
    let first = plug_in(&path);
    let pump = (Arc::clone(&shared), wire.clone(), path.clone());
    std::thread::Builder::new().name("pty-peer".into()).spawn(move || pump_terminal(&pump.0, pump.1, &pump.2, first)).expect("a thread");
    let link = Box::new(SerialLink::new(path, 115_200));
    Rig {
        name: "serial",
        link,
        wire,
        faults: Box::new(TerminalHand { shared, _folder: folder }),
        holds_back: true,
        counts_held_back: false,
        delivers_last_words: false,
    }
}

/// A pseudo terminal in raw mode whose far end is found at `path`. The far end stays open, as in a real port.
fn plug_in(path: &Path) -> (OwnedFd, OwnedFd) {
    let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a pseudo terminal");
    grantpt(&near).expect("granted");
    unlockpt(&near).expect("unlocked");
    rustix::fs::fcntl_setfl(&near, OFlags::NONBLOCK).expect("flags");
    let name = ptsname(&near, Vec::new()).expect("a name");
    let far = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).expect("the far end");
    let mut modes = tcgetattr(&far).expect("modes");
    modes.make_raw();
    tcsetattr(&far, OptionalActions::Now, &modes).expect("raw");
    let fresh: PathBuf = path.with_extension("fresh");
    std::os::unix::fs::symlink(OsStr::from_bytes(name.to_bytes()), &fresh).expect("a link");
    std::fs::rename(&fresh, path).expect("in place");
    (near, far)
}

fn pump_terminal(shared: &Terminal, mut wire: Wire, path: &Path, first: (OwnedFd, OwnedFd)) {
    let mut terminal = Some(first);
    while !shared.stop.load(Ordering::Acquire) {
        std::thread::park_timeout(Duration::from_micros(200));
        let mut plug = shared.plug.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((near, _)) = &terminal {
            let mut buffer = [0; 4096];
            let room = plug.after_bytes.unwrap_or(4096).min(4096);
            if !shared.deaf.load(Ordering::Acquire)
                && let Ok(count) = rustix::io::read(near, &mut buffer[..room])
            {
                wire.write(&buffer[..count], Instant::now()).expect("a wire takes everything");
                plug.after_bytes = plug.after_bytes.map(|left| left - count);
            }
            if let Ok(count) = wire.read(&mut buffer[..64], Duration::ZERO)
                && count > 0
            {
                rustix::io::write(near, &buffer[..count]).expect("the line has room for a few bytes");
            }
        }
        if plug.hang_up || plug.after_bytes == Some(0) || (!plug.wanted && terminal.is_some()) {
            *plug = Plug { wanted: false, hang_up: false, after_bytes: None };
            terminal = None;
            let _ = std::fs::remove_file(path);
        }
        if plug.wanted && terminal.is_none() {
            terminal = Some(plug_in(path));
        }
    }
}

impl TerminalHand {
    fn plug(&self, change: impl FnOnce(&mut Plug)) {
        change(&mut self.shared.plug.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Faults for TerminalHand {
    fn deaf(&self, deaf: bool) {
        self.shared.deaf.store(deaf, Ordering::Release);
    }
    fn hang_up(&self) {
        self.plug(|plug| plug.hang_up = true);
    }
    fn hang_up_after(&self, bytes: usize) {
        self.plug(|plug| plug.after_bytes = Some(bytes));
    }
    fn go_away(&self) {
        self.plug(|plug| plug.wanted = false);
    }
    fn come_back(&self) {
        self.plug(|plug| plug.wanted = true);
    }
}
