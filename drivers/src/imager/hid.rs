//! An imager in keyboard mode, read as an input device and held exclusively.
//!
//! The rule a newcomer would break: without the grab every code is typed into the page that is open. A device that cannot be
//! grabbed is therefore not read at all.

use super::{Assembler, CodeError, CodeSource, Health, Key, KeyRules, Line, Repeats, look_for};
use crate::reader::QrPayload;
use crate::status::Status;
use evdev::raw_stream::RawDevice;
use evdev::{EventSummary, InputEvent, KeyCode, SynchronizationCode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Codes that came together and wait to be asked for.
const WAITING_MAX: usize = 8;

/// An imager in keyboard mode.
pub struct HidImager {
    path: PathBuf,
    assembler: Assembler,
    repeats: Repeats,
    health: Health,
    device: Option<RawDevice>,
    waiting: VecDeque<Line>,
}

impl HidImager {
    /// A closed imager at `path`, which should be of `/dev/input/by-id/`; the first [`CodeSource::next`] opens and grabs it.
    pub fn new(path: impl Into<PathBuf>, rules: KeyRules) -> Self {
        HidImager {
            path: path.into(),
            assembler: Assembler::new(rules),
            repeats: Repeats::default(),
            health: Health::new(),
            device: None,
            waiting: VecDeque::new(),
        }
    }

    fn open(&mut self, deadline: Instant) -> Result<(), CodeError> {
        if self.device.is_none() {
            let (device, path) = (&mut self.device, &self.path);
            look_for(&mut self.health, path, deadline, || {
                *device = Some(grabbed(path)?);
                Ok(())
            })?;
            log::info!("code_reader_opened");
        }
        Ok(())
    }

    fn unplugged(&mut self) -> CodeError {
        self.device = None;
        self.assembler.clear();
        self.health.failed(CodeError::Unplugged, Instant::now())
    }

    /// What is there after at most `wait`.
    fn fetch(&mut self, wait: Duration) -> Result<Vec<InputEvent>, CodeError> {
        let Some(device) = &mut self.device else { return Err(self.unplugged()) };
        let timeout = Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) };
        let _ = poll(&mut [PollFd::new(&*device, PollFlags::IN)], Some(&timeout));
        let fetched = device.fetch_events().map(Iterator::collect);
        match fetched {
            Ok(events) => Ok(events),
            Err(fault) if matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(Vec::new()),
            // ENODEV after an unplug.
            Err(_) => Err(self.unplugged()),
        }
    }
}

impl CodeSource for HidImager {
    fn next(&mut self, timeout: Duration) -> Result<Option<QrPayload>, CodeError> {
        let deadline = Instant::now() + timeout;
        self.open(deadline)?;
        let mut last_look = false;
        loop {
            while let Some(line) = self.waiting.pop_front() {
                let now = Instant::now();
                match line {
                    Line::Code(payload) => {
                        self.health.good_code();
                        if self.repeats.is_new(&payload, now) {
                            return Ok(Some(payload));
                        }
                    }
                    Line::Refused(why) => return Err(self.health.failed(CodeError::Refused(why), now)),
                    Line::Noise => return Err(self.health.failed(CodeError::Noise, now)),
                }
            }
            if last_look {
                return Ok(None);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            last_look = left.is_zero();
            let wait = if self.assembler.is_under_way() { left.min(super::PAUSE_INSIDE_CODE_MAX) } else { left };
            let events = self.fetch(wait)?;
            let now = Instant::now();
            let mut ended: Vec<Line> = self.assembler.tick(now).into_iter().collect();
            ended.extend(events.iter().filter_map(key_of).flat_map(|key| self.assembler.key(key, now)));
            self.waiting.extend(ended.into_iter().take(WAITING_MAX));
        }
    }

    fn status(&self) -> Status {
        self.health.status()
    }
}

/// The part of an input event that matters; `None` for the rest.
fn key_of(event: &InputEvent) -> Option<Key> {
    match event.destructure() {
        EventSummary::Key(_, code, 0) => Some(Key::Up(code)),
        EventSummary::Key(_, code, 1) => Some(Key::Down(code)),
        EventSummary::Key(_, code, _) => Some(Key::Held(code)),
        EventSummary::Synchronization(_, SynchronizationCode::SYN_DROPPED, _) => Some(Key::Lost),
        _ => None,
    }
}

/// Opens without blocking, checks that it is a keyboard, and grabs.
fn grabbed(path: &Path) -> Result<RawDevice, CodeError> {
    let here = || path.to_path_buf();
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| match errno {
        Errno::NOENT | Errno::NODEV | Errno::NXIO => CodeError::NoDevice { path: here() },
        Errno::ACCESS | Errno::PERM => CodeError::Permission { path: here() },
        other => CodeError::Unusable { path: here(), reason: other.to_string() },
    })?;
    let mut device = RawDevice::from_fd(opened).map_err(|_| CodeError::Unusable { path: here(), reason: "it is not an input device".into() })?;
    let types = |key| device.supported_keys().is_some_and(|keys| keys.contains(key));
    if ![KeyCode::KEY_A, KeyCode::KEY_1, KeyCode::KEY_ENTER].into_iter().all(types) {
        return Err(CodeError::Unusable { path: here(), reason: "it is not a keyboard".into() });
    }
    device.grab().map_err(|fault| match fault.kind() {
        ErrorKind::ResourceBusy => CodeError::HeldByOther { path: here() },
        ErrorKind::PermissionDenied => CodeError::Permission { path: here() },
        _ if fault.raw_os_error() == Some(Errno::NODEV.raw_os_error()) => CodeError::NoDevice { path: here() },
        _ => CodeError::Unusable { path: here(), reason: fault.to_string() },
    })?;
    Ok(device)
}
