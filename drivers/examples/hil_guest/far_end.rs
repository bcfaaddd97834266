//! The device's own end of the cable: joins `/dev/g_printerN` or `/dev/ttyGSn` to the simulated printer, or just listens.
//!
//! It answers nothing by itself; what answers is the simulated printer's machine behind its pseudo terminal.
//!
//! The rule a newcomer would break: the end of an unplugged gadget is dead for good, and the kernel allows one opener. So any
//! error means "close at once and open again", or nobody ever opens it again.

use crate::hands::said;
use drivers::sim::printer::PaperPrinter;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, isatty, tcgetattr, tcsetattr};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const LOOK_MS: u64 = 20;
const PIECE_BYTES: usize = 8192;
/// A simulated printer that takes nothing for this long has stopped, and what is on the way is dropped.
const STUCK: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    deaf: AtomicBool,
    /// Everything that arrived, in order.
    arrived: Mutex<Vec<u8>>,
    /// The device's end while it is open.
    open: Mutex<Option<Arc<OwnedFd>>>,
}

/// The device's end. Dropping it lets go of the device.
pub struct FarEnd {
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl FarEnd {
    /// Listens only.
    pub fn listen(device: &Path) -> Result<Self, String> {
        Self::start(device, None)
    }

    /// Hands everything to the simulated printer, and its answers back.
    pub fn join(device: &Path, printer: &PaperPrinter) -> Result<Self, String> {
        Self::start(device, Some(printer.path().to_owned()))
    }

    fn start(device: &Path, printer: Option<PathBuf>) -> Result<Self, String> {
        let shared = Arc::new(Shared::default());
        let (own, device) = (Arc::clone(&shared), device.to_owned());
        let run = move || {
            let mut before = Ok(());
            while !own.stop.load(Ordering::Acquire) {
                let ended = serve(&own, &device, printer.as_deref());
                *lock(&own.open) = None;
                // While the cable is out this comes many times a second.
                if ended != before {
                    log::info!(device:% = device.display(), reason:? = ended; "far_end_closed");
                }
                before = ended;
                std::thread::park_timeout(Duration::from_millis(LOOK_MS));
            }
        };
        let thread = std::thread::Builder::new().name("far-end".into()).spawn(run).map_err(said)?;
        Ok(FarEnd { shared, thread: Some(thread) })
    }

    /// Stops reading, as a printer does that is busy or stuck. What is on the way stays on the way.
    pub fn deaf(&self, deaf: bool) {
        self.shared.deaf.store(deaf, Ordering::Release);
    }

    /// Everything that arrived since the last call.
    pub fn take_arrived(&self) -> Vec<u8> {
        std::mem::take(&mut *lock(&self.shared.arrived))
    }

    /// How many bytes have arrived since the last `take_arrived`.
    pub fn arrived_bytes(&self) -> usize {
        lock(&self.shared.arrived).len()
    }

    /// Says something to the host, as a reader does. What nobody listens to is lost.
    pub fn say(&self, bytes: &[u8]) -> Result<(), String> {
        let open = lock(&self.shared.open).clone().ok_or("the device's own end is not open")?;
        write_all(&self.shared, &open, bytes).map_err(said)
    }

    /// Sets what a printer gadget answers to GET_PORT_STATUS. `helper` is the program made of `port_status.c`.
    pub fn set_port_status(&self, helper: &Path, status: u8) -> Result<(), String> {
        let open = lock(&self.shared.open).clone().ok_or("the device's own end is not open")?;
        let device = open.try_clone().map_err(said)?;
        let done = Command::new(helper).arg(format!("{status:#x}")).stdin(Stdio::from(device)).status().map_err(said)?;
        if done.success() { Ok(()) } else { Err(format!("{}: {done}", helper.display())) }
    }
}

impl Drop for FarEnd {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // It looks at `stop` after every wait, and each of its waits has an end.
            let _ = thread.join();
        }
    }
}

/// Carries bytes both ways until something ends it.
fn serve(shared: &Shared, device: &Path, printer: Option<&Path>) -> Result<(), Errno> {
    let device = Arc::new(open_raw(device)?);
    let printer = printer.map(open_raw).transpose()?;
    *lock(&shared.open) = Some(Arc::clone(&device));
    let mut buffer = [0; PIECE_BYTES];
    while !shared.stop.load(Ordering::Acquire) {
        let deaf = shared.deaf.load(Ordering::Acquire);
        let wanted = if deaf { PollFlags::empty() } else { PollFlags::IN };
        let mut waits = vec![PollFd::new(device.as_ref(), wanted)];
        waits.extend(printer.as_ref().map(|printer| PollFd::new(printer, PollFlags::IN)));
        let timeout = Timespec { tv_sec: 0, tv_nsec: (LOOK_MS * 1_000_000) as i64 };
        match poll(&mut waits, Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(fault) => return Err(fault),
        }
        if !deaf {
            let count = read_some(&device, &mut buffer)?;
            lock(&shared.arrived).extend(&buffer[..count]);
            if let Some(printer) = &printer {
                write_all(shared, printer, &buffer[..count])?;
            }
        }
        if let Some(printer) = &printer {
            let count = read_some(printer, &mut buffer)?;
            write_all(shared, &device, &buffer[..count])?;
        }
    }
    Ok(())
}

fn open_raw(path: &Path) -> Result<OwnedFd, Errno> {
    let open = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
    if isatty(&open) {
        // Otherwise the line answers with an echo of everything it hears.
        let mut modes = tcgetattr(&open)?;
        modes.make_raw();
        tcsetattr(&open, OptionalActions::Now, &modes)?;
    }
    Ok(open)
}

/// What is there now; nothing is no error, an end is.
fn read_some(from: &OwnedFd, buffer: &mut [u8]) -> Result<usize, Errno> {
    match rustix::io::read(from, buffer) {
        Err(Errno::AGAIN | Errno::INTR) => Ok(0),
        // A line that was hung up is at its end for ever.
        Ok(0) => Err(Errno::PIPE),
        other => other,
    }
}

fn write_all(shared: &Shared, to: &OwnedFd, mut bytes: &[u8]) -> Result<(), Errno> {
    let began = Instant::now();
    while !bytes.is_empty() && !shared.stop.load(Ordering::Acquire) {
        match rustix::io::write(to, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if began.elapsed() < STUCK => std::thread::park_timeout(Duration::from_millis(1)),
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
