//! The pseudo terminal and the thread behind it.
//!
//! It understands no command. The rule a newcomer would break: the printer keeps the far end of its own terminal open, in raw
//! mode, so that a driver may close and open it again without the printer seeing a hang-up or the line echoing bytes.

use super::{BenchError, Shared};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The thread looks at its paper this often.
const LOOK_MS: u64 = 3;
const PIECE_BYTES: usize = 1024;

struct Terminal {
    near: OwnedFd,
    /// Never read or written; see the top of the file.
    _far: OwnedFd,
}

impl Terminal {
    fn open(path: &Path) -> std::io::Result<Self> {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&near)?;
        unlockpt(&near)?;
        rustix::fs::fcntl_setfl(&near, OFlags::NONBLOCK)?;
        let name = ptsname(&near, Vec::new())?;
        let far = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        let mut modes = tcgetattr(&far)?;
        modes.make_raw();
        tcsetattr(&far, OptionalActions::Now, &modes)?;
        // A new link is moved over the old one, so that the path is never half there.
        let fresh = path.with_extension("fresh");
        let _ = std::fs::remove_file(&fresh);
        std::os::unix::fs::symlink(OsStr::from_bytes(name.to_bytes()), &fresh)?;
        std::fs::rename(&fresh, path)?;
        Ok(Terminal { near, _far: far })
    }
}

/// Opens the terminal and starts the thread.
pub(super) fn start(shared: Arc<Shared>, path: PathBuf) -> Result<(), BenchError> {
    let terminal = Terminal::open(&path).map_err(BenchError::Terminal)?;
    lock(&shared).port_open = true;
    std::thread::Builder::new().name("paper-printer".into()).spawn(move || run(&shared, &path, Some(terminal))).map(|_| ()).map_err(BenchError::Thread)
}

fn run(shared: &Shared, path: &Path, mut terminal: Option<Terminal>) {
    let mut last = Instant::now();
    while !shared.stop.load(Ordering::Acquire) {
        follow_plug(shared, path, &mut terminal);
        match &terminal {
            Some(open) => {
                let wait = Timespec { tv_sec: 0, tv_nsec: (LOOK_MS * 1_000_000) as i64 };
                let _ = poll(&mut [PollFd::new(&open.near, PollFlags::IN)], Some(&wait));
            }
            None => std::thread::park_timeout(Duration::from_millis(LOOK_MS)),
        }
        let now = Instant::now();
        let allowed = match lock(shared).faults.bytes_per_s() {
            Some(per_s) => ((now - last).as_secs_f64() * f64::from(per_s)) as usize,
            None => PIECE_BYTES,
        };
        if allowed == 0 {
            // A slow line saves up the time until a whole byte is due.
            std::thread::park_timeout(Duration::from_millis(LOOK_MS));
        } else {
            last = now;
            if let Some(open) = &terminal {
                let mut buffer = [0; PIECE_BYTES];
                match rustix::io::read(&open.near, &mut buffer[..allowed.min(PIECE_BYTES)]) {
                    Ok(count) if count > 0 => lock(shared).receive(&buffer[..count]),
                    _ => lock(shared).quiet_looks += 1,
                }
            }
        }
        let replies = {
            let mut machine = lock(shared);
            let now = Instant::now();
            machine.run(now);
            machine.take_replies(now)
        };
        if let Some(open) = &terminal {
            // A driver that does not listen loses the answers, as on a real line.
            let _ = rustix::io::write(&open.near, &replies);
        }
        shared.changed.notify_all();
    }
}

/// Opens or closes the terminal as the plug says.
fn follow_plug(shared: &Shared, path: &Path, terminal: &mut Option<Terminal>) {
    let mut machine = lock(shared);
    match (!machine.has(super::PrinterFault::Unplugged), terminal.is_some()) {
        (true, false) => match Terminal::open(path) {
            Ok(open) => {
                *terminal = Some(open);
                machine.port_open = true;
            }
            Err(fault) => log::warn!(reason:% = fault; "sim_printer_terminal_refused"),
        },
        (false, true) => {
            let _ = std::fs::remove_file(path);
            *terminal = None;
            machine.port_open = false;
        }
        _ => {}
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, super::Machine> {
    shared.machine.lock().unwrap_or_else(PoisonError::into_inner)
}
