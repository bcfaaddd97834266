//! A camera in a process of its own, which can be killed.
//!
//! The process is any program whose main function is [`super::serve`]. It is started when the camera is opened, stands in a
//! process group of its own, and is killed with the whole group when it is silent for too long, when it speaks another
//! language, or when the source is dropped.
//!
//! The rule a newcomer would break: a process inside a kernel call that does not return survives even SIGKILL. The wait for
//! its end has an end; what is left is counted, looked after at each opening, and at [`LOST_PROCESSES_MAX`] none is started.

use super::wire::{Message, WireError, parse};
use super::{Frame, FrameError, FrameSource, FrameSourceFactory, V4l2Settings, moment};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Processes that may survive their kill at a time.
pub const LOST_PROCESSES_MAX: usize = 3;
/// A pipe of Linux holds 64 KiB; more is never there at once.
const PIECE_BYTES: usize = 65_536;
/// No camera says more than this; more is a loop that has lost its mind.
const MESSAGES_PER_S_MAX: u32 = 400;
/// Frames that are skipped in one call in favour of a newer one.
const SKIPPED_PER_CALL_MAX: u32 = 8;
/// Time for a killed process to vanish.
const KILLED_WAIT: Duration = Duration::from_millis(1500);
const KILLED_LOOK: Duration = Duration::from_millis(5);

/// Waits for a camera's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildLimits {
    /// From its start until the camera is open.
    pub open_ms: u64,
    /// Without any message, heartbeats included.
    pub mute_ms: u64,
    /// Without a frame, once the camera is open.
    pub frame_ms: u64,
}

impl Default for ChildLimits {
    /// A UVC camera opens in 0.1 to 2 s and gives its first frame within one more; a heartbeat comes four times a second.
    fn default() -> Self {
        ChildLimits { open_ms: 6000, mute_ms: 1500, frame_ms: 2500 }
    }
}

/// Opens a camera in a process of its own.
#[derive(Clone, Debug)]
pub struct ChildCamera {
    program: PathBuf,
    args: Vec<OsString>,
    settings: Option<V4l2Settings>,
    limits: ChildLimits,
    lost: Arc<Mutex<Vec<Child>>>,
}

impl ChildCamera {
    /// The camera of these settings in the process of this program, such as `klampid-camera`.
    pub fn new(program: impl Into<PathBuf>, settings: &V4l2Settings) -> Self {
        ChildCamera { settings: Some(settings.clone()), ..ChildCamera::with_args(program, settings.to_args()) }
    }

    /// Any program whose main function is [`super::serve`], with any arguments; its device is not looked for beforehand.
    pub fn with_args(program: impl Into<PathBuf>, args: impl IntoIterator<Item = OsString>) -> Self {
        let (limits, lost) = (ChildLimits::default(), Arc::default());
        ChildCamera { program: program.into(), args: args.into_iter().collect(), settings: None, limits, lost }
    }

    /// The same with arguments in front of the others, such as the name of a subcommand.
    #[must_use]
    pub fn behind(mut self, first: impl IntoIterator<Item = OsString>) -> Self {
        self.args.splice(0..0, first);
        self
    }

    /// The same with the place of the device, so that a process is only started while it is there.
    #[must_use]
    pub fn at_device(self, device: impl Into<PathBuf>) -> Self {
        ChildCamera { settings: Some(V4l2Settings::new(device)), ..self }
    }

    /// The same with other waits.
    #[must_use]
    pub fn with_limits(self, limits: ChildLimits) -> Self {
        ChildCamera { limits, ..self }
    }

    /// A program of this name beside the running one: where an installation puts `klampid-camera`.
    pub fn program_beside_this(name: &str) -> PathBuf {
        let folder = std::env::current_exe().ok().and_then(|own| own.parent().map(Path::to_path_buf));
        folder.unwrap_or_default().join(name)
    }

    /// Killed processes that are still there.
    pub fn lost_processes(&self) -> usize {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.retain_mut(|child| !matches!(child.try_wait(), Ok(Some(_))));
        lost.len()
    }

    fn start(&self) -> Result<ChildSource, FrameError> {
        let processes = self.lost_processes();
        if processes >= LOST_PROCESSES_MAX {
            return Err(FrameError::Stuck { processes });
        }
        let refused = |fault: std::io::Error| FrameError::Program { program: self.program.clone(), reason: fault.to_string() };
        let mut child = Command::new(&self.program)
            .args(&self.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A group of its own, so that helpers it started die with it.
            .process_group(0)
            .spawn()
            .map_err(refused)?;
        let stdout = child.stdout.take().expect("standard output was asked to be a pipe");
        let now = Instant::now();
        Ok(ChildSource {
            child: Some(child),
            ended: None,
            stdout,
            bytes: Vec::new(),
            heard_at: now,
            frame_at: now,
            left_at: now,
            counted_from: now,
            counted: 0,
            limits: self.limits,
            lost: Arc::clone(&self.lost),
        })
    }
}

impl FrameSourceFactory for ChildCamera {
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError> {
        let mut source = self.start()?;
        let deadline = Instant::now() + Duration::from_millis(self.limits.open_ms);
        loop {
            match source.next_word(deadline)? {
                Some(Word::Opened) => break,
                Some(Word::Fault(fault)) => return Err(fault),
                Some(Word::Heartbeat) => {}
                Some(Word::Frame(_)) => return Err(source.broken("a frame came before the camera was open")),
                None => return Err(source.hung(self.limits.open_ms)),
            }
        }
        source.frame_at = Instant::now();
        source.left_at = source.frame_at;
        Ok(Box::new(source))
    }

    fn is_present(&self) -> bool {
        self.settings.as_ref().is_none_or(V4l2Settings::is_present)
    }
}

enum Word {
    Heartbeat,
    Opened,
    Frame(Result<Frame, FrameError>),
    Fault(FrameError),
}

struct ChildSource {
    child: Option<Child>,
    /// Why it ended, for those who ask again.
    ended: Option<FrameError>,
    stdout: ChildStdout,
    bytes: Vec<u8>,
    heard_at: Instant,
    frame_at: Instant,
    /// When the last call for a frame returned.
    left_at: Instant,
    counted_from: Instant,
    counted: u32,
    limits: ChildLimits,
    lost: Arc<Mutex<Vec<Child>>>,
}

impl ChildSource {
    /// The next message; `None` at the deadline.
    fn next_word(&mut self, deadline: Instant) -> Result<Option<Word>, FrameError> {
        loop {
            if let Some(word) = self.parsed()? {
                return Ok(Some(word));
            }
            let mute_at = self.heard_at + Duration::from_millis(self.limits.mute_ms);
            let until = deadline.min(mute_at);
            if !self.readable(until.saturating_duration_since(Instant::now()))? {
                if Instant::now() >= mute_at {
                    return Err(self.hung(self.limits.mute_ms));
                }
                if Instant::now() >= deadline {
                    return Ok(None);
                }
                continue;
            }
            self.read_piece()?;
        }
    }

    fn parsed(&mut self) -> Result<Option<Word>, FrameError> {
        let (word, used) = match parse(&self.bytes) {
            Ok(None) => return Ok(None),
            Ok(Some((message, used))) => {
                let word = match message {
                    Message::Heartbeat => Word::Heartbeat,
                    Message::Opened => Word::Opened,
                    Message::Frame(head, payload) => Word::Frame(head.frame(payload, moment::instant_of(head.captured_us))),
                    Message::Fault(fault) => Word::Fault(fault),
                };
                (word, used)
            }
            Err(fault) => return Err(self.foreign(fault)),
        };
        self.bytes.drain(..used);
        self.counted += 1;
        if self.counted_from.elapsed() >= Duration::from_secs(1) {
            (self.counted_from, self.counted) = (Instant::now(), 0);
        }
        if self.counted > MESSAGES_PER_S_MAX {
            return Err(self.broken("it floods its reader"));
        }
        Ok(Some(word))
    }

    fn readable(&mut self, wait: Duration) -> Result<bool, FrameError> {
        if self.child.is_none() {
            return Err(self.ended.clone().unwrap_or(FrameError::Unplugged));
        }
        let wait = Timespec::try_from(wait).unwrap_or_default();
        let ready = poll(&mut [PollFd::new(&self.stdout, PollFlags::IN)], Some(&wait));
        match ready {
            Ok(count) => Ok(count > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(fault) => Err(self.broken(&fault.to_string())),
        }
    }

    fn read_piece(&mut self) -> Result<(), FrameError> {
        let mut piece = [0; PIECE_BYTES];
        match self.stdout.read(&mut piece) {
            Ok(0) => {
                let how = self.end();
                Err(self.ended_by(FrameError::Fault { reason: format!("the camera process ended ({how})") }))
            }
            Ok(count) => {
                self.bytes.extend_from_slice(&piece[..count]);
                self.heard_at = Instant::now();
                Ok(())
            }
            Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => Ok(()),
            Err(fault) => Err(self.broken(&fault.to_string())),
        }
    }

    fn hung(&mut self, waited_ms: u64) -> FrameError {
        log::warn!(waited_ms = waited_ms; "camera_process_hung");
        self.ended_by(FrameError::Hung { waited_ms })
    }

    fn foreign(&mut self, fault: WireError) -> FrameError {
        self.broken(&fault.to_string())
    }

    fn broken(&mut self, what: &str) -> FrameError {
        self.ended_by(FrameError::Fault { reason: format!("the camera process is not to be trusted: {what}") })
    }

    fn ended_by(&mut self, fault: FrameError) -> FrameError {
        self.end();
        self.ended = Some(fault.clone());
        fault
    }

    /// Kills the group and says how the process ended.
    fn end(&mut self) -> String {
        let Some(mut child) = self.child.take() else { return String::from("earlier") };
        // One that has ended by itself keeps its own word; its number is not given away before it is waited for.
        if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
        }
        let deadline = Instant::now() + KILLED_WAIT;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return status.to_string(),
                Ok(None) if Instant::now() < deadline => std::thread::park_timeout(KILLED_LOOK),
                Ok(None) | Err(_) => break,
            }
        }
        log::warn!("camera_process_survives_its_kill");
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        String::from("it does not end")
    }
}

impl ChildSource {
    fn newest(&mut self, began: Instant, timeout: Duration) -> Result<Frame, FrameError> {
        let late_at = self.frame_at + Duration::from_millis(self.limits.frame_ms);
        let deadline = (began + timeout).min(late_at);
        let mut newest = None;
        let mut skipped = 0;
        loop {
            // With a frame in hand, only what is already there is looked at.
            let until = if newest.is_some() { began } else { deadline };
            match self.next_word(until) {
                Ok(Some(Word::Frame(Ok(frame)))) => {
                    self.frame_at = Instant::now();
                    newest = Some(frame);
                    skipped += 1;
                    if skipped > SKIPPED_PER_CALL_MAX {
                        break;
                    }
                }
                Ok(Some(Word::Frame(Err(fault)))) if newest.is_none() => return Err(fault),
                Ok(Some(Word::Heartbeat | Word::Opened | Word::Frame(Err(_)))) => {}
                // What ends the camera is said at the next call, after the last good frame.
                Ok(Some(Word::Fault(fault))) => {
                    let fault = self.ended_by(fault);
                    return newest.ok_or(fault);
                }
                Ok(None) => break,
                Err(fault) => return newest.ok_or(fault),
            }
        }
        match newest {
            Some(frame) => Ok(frame),
            None if Instant::now() >= late_at => Err(self.hung(self.limits.frame_ms)),
            None => Err(FrameError::TimedOut { waited_ms: began.elapsed().as_millis() as u64 }),
        }
    }
}

impl FrameSource for ChildSource {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, FrameError> {
        let began = Instant::now();
        // Time in which nobody asked is nobody's silence.
        let pause = began.saturating_duration_since(self.left_at);
        self.frame_at += pause;
        self.heard_at += pause;
        let result = self.newest(began, timeout);
        self.left_at = Instant::now();
        result
    }
}

impl Drop for ChildSource {
    fn drop(&mut self) {
        self.end();
    }
}
