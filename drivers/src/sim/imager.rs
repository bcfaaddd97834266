//! A simulated imager: serial behind a pseudo terminal, or keyboard mode as keys.
//!
//! It is not an engine: a "code before the lens" is its payload. The rule a newcomer would break: a fault changes the bytes or
//! the keys on the wire, or the plug; it never hands an error to the driver.

use super::{BenchError, Lasting};
use crate::imager::{Key, us_key};
use evdev::KeyCode;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Pause before the rest of a torn code: longer than any driver waits inside a code.
const LATE_REST: Duration = Duration::from_millis(600);
/// How often a stuttering imager sends a code.
const STUTTERS: usize = 5;
/// The longest number that a code can hold has 7,089 digits (ISO/IEC 18004, table 7); this is about as long.
const OVERSIZED_BYTES: usize = 7_000;

/// What can be wrong with an imager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImagerFault {
    /// The cable is out. A code shown meanwhile is lost.
    Unplugged,
    /// Wrong speed or wrong mode: bytes, or keys, that no code contains.
    Garbled,
    /// Half a code, and nothing more.
    Torn,
    /// Half a code, a pause, and the rest with its end.
    LateRest,
    /// The suffix is switched off.
    NoTerminator,
    /// The same code five times.
    Stutter,
    /// A code of 7,000 characters.
    Oversized,
    /// A code in another writing.
    Foreign,
}

impl ImagerFault {
    /// Every fault.
    pub const ALL: [ImagerFault; 8] = [
        ImagerFault::Unplugged,
        ImagerFault::Garbled,
        ImagerFault::Torn,
        ImagerFault::LateRest,
        ImagerFault::NoTerminator,
        ImagerFault::Stutter,
        ImagerFault::Oversized,
        ImagerFault::Foreign,
    ];
}

/// A serial imager. Cloning gives another handle; the port vanishes with the last one.
#[derive(Clone)]
pub struct SimSerialImager {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    terminal: Option<Terminal>,
    fault: Option<(ImagerFault, Lasting)>,
    /// Counts injections, so that a timer of an older fault heals nothing.
    generation: u64,
}

struct Terminal {
    near: OwnedFd,
    /// Kept open in raw mode, so that a driver may close and open without the line echoing or hanging up.
    _far: OwnedFd,
}

impl SimSerialImager {
    /// An imager whose port is `imager` in `folder`, plugged in.
    ///
    /// # Errors
    /// The operating system refuses the pseudo terminal.
    pub fn start(folder: &Path) -> Result<Self, BenchError> {
        let path = folder.join("imager");
        let terminal = Some(Terminal::open(&path).map_err(BenchError::Terminal)?);
        let state = Mutex::new(State { terminal, fault: None, generation: 0 });
        Ok(SimSerialImager { shared: Arc::new(Shared { path, state, changed: Condvar::new() }) })
    }

    /// The port.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Holds a code before the lens once: its bytes go over the line with the fault that holds now, ended by CR LF.
    pub fn show(&self, payload: &[u8]) {
        let mut state = self.shared.lock();
        let fault = state.fault.map(|(fault, _)| fault);
        if let Some(terminal) = &state.terminal {
            terminal.send(&on_the_wire(payload, fault));
        }
        if fault == Some(ImagerFault::LateRest) {
            let mut rest = payload[payload.len() / 2..].to_vec();
            rest.extend(b"\r\n");
            self.shared.clone().later(LATE_REST, move |state| {
                if let Some(terminal) = &state.terminal {
                    terminal.send(&rest);
                }
            });
        }
        match &mut state.fault {
            Some((_, Lasting::Times(left))) if *left > 1 => *left -= 1,
            Some((_, Lasting::Once | Lasting::Times(_))) => self.shared.end_fault(&mut state),
            Some((_, Lasting::For(_) | Lasting::FromNow)) | None => {}
        }
    }

    /// Lets a fault hold from now on, for a while, or for one code. It takes the place of the one before.
    pub fn inject(&self, fault: ImagerFault, lasting: Lasting) {
        let mut state = self.shared.lock();
        self.shared.end_fault(&mut state);
        state.fault = Some((fault, lasting));
        if fault == ImagerFault::Unplugged {
            let _ = std::fs::remove_file(&self.shared.path);
            state.terminal = None;
        }
        if let Lasting::For(time) = lasting {
            let generation = state.generation;
            let shared = self.shared.clone();
            self.shared.clone().later(time, move |state| {
                if state.generation == generation {
                    shared.end_fault(state);
                }
            });
        }
    }

    /// Ends the fault that holds.
    pub fn heal(&self) {
        let mut state = self.shared.lock();
        self.shared.end_fault(&mut state);
    }

    /// Waits until no fault holds; false when one still does after `patience`.
    pub fn wait_healthy(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut state = self.shared.lock();
        while state.fault.is_some() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.shared.changed.wait_timeout(state, left).map_or_else(|poison| poison.into_inner().0, |(state, _)| state);
        }
        true
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end_fault(&self, state: &mut State) {
        state.fault = None;
        state.generation += 1;
        if state.terminal.is_none() {
            match Terminal::open(&self.path) {
                Ok(terminal) => state.terminal = Some(terminal),
                Err(fault) => log::warn!(reason:% = fault; "sim_imager_terminal_refused"),
            }
        }
        self.changed.notify_all();
    }

    /// Does something to the state after a while, on a thread of its own that holds the port open until then.
    fn later(self: Arc<Self>, wait: Duration, act: impl FnOnce(&mut State) + Send + 'static) {
        let due = Instant::now() + wait;
        let run = move || {
            while Instant::now() < due {
                std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
            }
            act(&mut self.lock());
        };
        if let Err(fault) = std::thread::Builder::new().name("sim-imager".into()).spawn(run) {
            log::warn!(reason:% = fault; "sim_imager_thread_refused");
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
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
        let fresh = path.with_extension("fresh");
        let _ = std::fs::remove_file(&fresh);
        std::os::unix::fs::symlink(OsStr::from_bytes(name.to_bytes()), &fresh)?;
        std::fs::rename(&fresh, path)?;
        Ok(Terminal { near, _far: far })
    }

    /// What the line does not take is lost, as with a real imager that nobody listens to.
    fn send(&self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Ok(count) = rustix::io::write(&self.near, rest) {
            rest = &rest[count..];
            if rest.is_empty() || count == 0 {
                break;
            }
        }
    }
}

/// The payload that goes out with a fault, without its end.
fn spoken(payload: &[u8], fault: Option<ImagerFault>) -> Vec<u8> {
    match fault {
        Some(ImagerFault::Oversized) => payload.iter().copied().cycle().take(OVERSIZED_BYTES).collect(),
        Some(ImagerFault::Foreign) => "東京".bytes().chain(payload.iter().copied()).collect(),
        Some(ImagerFault::Garbled) => payload.iter().map(|byte| byte ^ 0x80).collect(),
        Some(ImagerFault::Torn | ImagerFault::LateRest) => payload[..payload.len() / 2].to_vec(),
        _ => payload.to_vec(),
    }
}

fn has_end(fault: Option<ImagerFault>) -> bool {
    !matches!(fault, Some(ImagerFault::Torn | ImagerFault::LateRest | ImagerFault::NoTerminator))
}

fn on_the_wire(payload: &[u8], fault: Option<ImagerFault>) -> Vec<u8> {
    let mut line = spoken(payload, fault);
    if has_end(fault) {
        line.extend(b"\r\n");
    }
    let times = if fault == Some(ImagerFault::Stutter) { STUTTERS } else { 1 };
    line.repeat(times)
}

/// A key and when it happens, counted from the beginning of its script.
pub type TimedKey = (Duration, Key);

/// What an imager in keyboard mode types for a code with a fault, one key every 2 ms, ended by Enter. Empty while unplugged. A
/// character that no US key writes is typed as a key that writes nothing, as imagers do.
pub fn keys_of(payload: &[u8], fault: Option<ImagerFault>) -> Vec<TimedKey> {
    const KEY_EVERY: Duration = Duration::from_millis(2);
    if fault == Some(ImagerFault::Unplugged) {
        return Vec::new();
    }
    let mut keys = Vec::new();
    let times = if fault == Some(ImagerFault::Stutter) { STUTTERS } else { 1 };
    for _ in 0..times {
        keys.extend(spoken(payload, fault).into_iter().flat_map(strokes));
        if has_end(fault) {
            keys.extend([Key::Down(KeyCode::KEY_ENTER), Key::Up(KeyCode::KEY_ENTER)]);
        }
    }
    let mut script: Vec<TimedKey> = keys.into_iter().enumerate().map(|(number, key)| (KEY_EVERY * number as u32, key)).collect();
    if fault == Some(ImagerFault::LateRest) {
        let begin = script.last().map_or(Duration::ZERO, |(at, _)| *at) + LATE_REST;
        let rest = keys_of(&payload[payload.len() / 2..], None);
        script.extend(rest.into_iter().map(|(at, key)| (begin + at, key)));
    }
    script
}

fn strokes(letter: u8) -> Vec<Key> {
    let (code, shift) = us_key(letter).unwrap_or((KeyCode::KEY_UNKNOWN, false));
    let mut keys = vec![Key::Down(code), Key::Up(code)];
    if shift {
        keys.insert(0, Key::Down(KeyCode::KEY_LEFTSHIFT));
        keys.push(Key::Up(KeyCode::KEY_LEFTSHIFT));
    }
    keys
}
