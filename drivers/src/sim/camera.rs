//! A camera that sees whatever is held before it.
//!
//! It is a [`FrameSource`] like any other, hands over a driver's buffers, and hangs like a bad driver. It draws nothing by
//! itself.
//!
//! The rule a newcomer would break: a hanging source ignores its timeout on purpose, for that is what the host has to
//! survive. It lets go when the fault is cleared or over, when it is unplugged, or when the last handle is dropped.

mod fault;
mod scene;

pub use fault::CameraFault;
pub use scene::VIEW_PX;

use super::BenchError;
use super::lasting::Lasting;
use crate::camera::{Frame, FrameError, FrameSource, FrameSourceFactory, PixelFormat};
use crate::picture::{Limits, RgbPage, decode_page};
use fault::Faults;
use scene::{buffer_of, covered, desk, dimmed, frame_of, noisy, on_desk};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Pause between two frames: 15 frames a second.
pub const FRAME_PAUSE: Duration = Duration::from_millis(66);
/// Pause between two frames of a slow camera.
const SLOW_PAUSE: Duration = Duration::from_millis(500);
const FOLDER_FRAMES_MAX: usize = 500;

struct View {
    frames: Vec<RgbPage>,
    next: usize,
    count: u64,
    format: PixelFormat,
    faults: Faults,
    /// Counts clearings, so that a source that hangs once knows that it may go on.
    cleared: u64,
    generation: u64,
    gone: bool,
}

impl View {
    fn is_plugged(&self, now: Instant) -> bool {
        !self.gone && !self.faults.holds(CameraFault::Unplugged, now)
    }
}

struct Shared {
    view: Mutex<View>,
    changed: Condvar,
}

/// Tells the sources when nobody holds the camera any more.
struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        lock(&self.0).gone = true;
        self.0.changed.notify_all();
    }
}

/// The handle. Cloning gives another handle to the same camera.
#[derive(Clone)]
pub struct SimCamera {
    handle: Arc<Handle>,
}

impl SimCamera {
    /// A plugged-in camera that looks at an empty desk.
    pub fn new() -> Self {
        let (frames, faults) = (vec![desk()], Faults::default());
        let view = View { frames, next: 0, count: 0, format: PixelFormat::Rgb, faults, cleared: 0, generation: 0, gone: false };
        SimCamera { handle: Arc::new(Handle(Arc::new(Shared { view: Mutex::new(view), changed: Condvar::new() }))) }
    }

    /// Opens this camera for a host.
    pub fn factory(&self) -> Arc<dyn FrameSourceFactory> {
        Arc::new(Factory(Arc::clone(&self.handle.0)))
    }

    /// From now on every frame is this picture, as it is.
    pub fn show(&self, picture: &RgbPage) {
        self.change(|view| view.frames = vec![picture.clone()]);
    }

    /// Holds a picture before the lens: in the middle of the view, over the desk, as large as fits `share_percent`.
    pub fn hold(&self, picture: &RgbPage, share_percent: u32) {
        let held = on_desk(picture, share_percent.clamp(5, 100));
        self.change(|view| view.frames = vec![held]);
    }

    /// Takes everything away.
    pub fn show_desk(&self) {
        self.change(|view| view.frames = vec![desk()]);
    }

    /// Plays the pictures of a folder in the order of their names, again and again.
    ///
    /// # Errors
    /// Names the file that is not a picture, or the folder that holds none.
    pub fn play_folder(&self, folder: &Path) -> Result<(), BenchError> {
        let read = |source| BenchError::Folder { path: folder.to_path_buf(), source };
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).map_err(read)?.take(FOLDER_FRAMES_MAX).flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        paths.sort();
        let mut frames = Vec::new();
        for path in paths {
            let bytes = std::fs::read(&path).map_err(read)?;
            let frame = decode_page(&bytes, &Limits::default()).map_err(|fault| BenchError::Picture { path, reason: fault.to_string() })?;
            frames.push(frame);
        }
        if frames.is_empty() {
            return Err(BenchError::Picture { path: folder.to_path_buf(), reason: "no picture in it".into() });
        }
        self.change(|view| {
            view.frames = frames;
            view.next = 0;
        });
        Ok(())
    }

    /// The form in which frames are handed over; plain colours at first.
    pub fn give(&self, format: PixelFormat) {
        self.change(|view| view.format = format);
    }

    /// Lets something go wrong.
    pub fn inject(&self, fault: CameraFault, lasting: Lasting) {
        let now = Instant::now();
        self.change(|view| {
            if fault == CameraFault::Unplugged {
                view.generation += 1;
                if lasting == Lasting::Once {
                    return;
                }
            }
            view.faults.inject(fault, lasting, now);
        });
    }

    /// Puts it right again. Sources opened before an unplug stay dead, as in life.
    pub fn clear(&self, fault: CameraFault) {
        self.change(|view| {
            view.faults.clear(fault);
            view.cleared += 1;
        });
    }

    /// Switches the light off or on.
    pub fn dark(&self, dark: bool) {
        self.set(CameraFault::Dark, dark);
    }

    /// Makes the driver hang inside the next frame, or lets it go on.
    pub fn freeze(&self, frozen: bool) {
        self.set(CameraFault::HangMidFrame, frozen);
    }

    /// Pulls the plug.
    pub fn unplug(&self) {
        self.set(CameraFault::Unplugged, true);
    }

    /// Plugs it in again; sources opened before stay dead, as after a real unplug.
    pub fn replug(&self) {
        self.set(CameraFault::Unplugged, false);
    }

    fn set(&self, fault: CameraFault, on: bool) {
        if on {
            self.inject(fault, Lasting::FromNow);
        } else {
            self.clear(fault);
        }
    }

    fn change(&self, what: impl FnOnce(&mut View)) {
        what(&mut lock(&self.handle.0));
        self.handle.0.changed.notify_all();
    }
}

impl Default for SimCamera {
    fn default() -> Self {
        SimCamera::new()
    }
}

struct Factory(Arc<Shared>);

impl FrameSourceFactory for Factory {
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError> {
        let now = Instant::now();
        let mut view = lock(&self.0);
        if !view.is_plugged(now) {
            return Err(FrameError::Absent { place: String::from("bench") });
        }
        for (fault, error) in [
            (CameraFault::Permission, FrameError::Permission),
            (CameraFault::HeldByOther, FrameError::HeldByOther),
            (CameraFault::NoFormat, FrameError::NoFormat { tried: String::from("simulated") }),
        ] {
            if view.faults.spend(fault, now) {
                return Err(error);
            }
        }
        let generation = view.generation;
        let source = Source { shared: Arc::clone(&self.0), generation, last_at: None, last: None };
        if view.faults.holds(CameraFault::HangInOpen, now) {
            drop(source.hang(view, CameraFault::HangInOpen)?);
        }
        Ok(Box::new(source))
    }

    fn is_present(&self) -> bool {
        lock(&self.0).is_plugged(Instant::now())
    }
}

struct Source {
    shared: Arc<Shared>,
    generation: u64,
    last_at: Option<Instant>,
    last: Option<Frame>,
}

impl Source {
    /// Stays inside until the fault is over, whatever the caller's time limit is.
    fn hang<'a>(&self, mut view: MutexGuard<'a, View>, fault: CameraFault) -> Result<MutexGuard<'a, View>, FrameError> {
        let (end, cleared) = (view.faults.end(fault), view.cleared);
        // One that hangs once is spent now, and stays inside until it is cleared.
        view.faults.spend(fault, Instant::now());
        loop {
            let now = Instant::now();
            if !view.is_plugged(now) || view.generation != self.generation {
                return Err(FrameError::Unplugged);
            }
            if view.cleared != cleared || end.is_some_and(|end| now >= end) {
                return Ok(view);
            }
            view = match end {
                Some(end) => self.shared.changed.wait_timeout(view, end - now).unwrap_or_else(PoisonError::into_inner).0,
                None => self.shared.changed.wait(view).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Waits until a frame is due.
    fn due(&self, timeout: Duration) -> Result<MutexGuard<'_, View>, FrameError> {
        let began = Instant::now();
        let mut view = lock(&self.shared);
        loop {
            let now = Instant::now();
            if !view.is_plugged(now) || view.generation != self.generation {
                return Err(FrameError::Unplugged);
            }
            if view.faults.holds(CameraFault::HangMidFrame, now) {
                view = self.hang(view, CameraFault::HangMidFrame)?;
                continue;
            }
            let pause = if view.faults.holds(CameraFault::Slow, now) { SLOW_PAUSE } else { FRAME_PAUSE };
            let due = self.last_at.map_or(began, |last| last + pause);
            let stalled = view.faults.holds(CameraFault::Stall, now);
            if now >= due && !stalled {
                view.faults.spend(CameraFault::Slow, now);
                return Ok(view);
            }
            let Some(left) = timeout.checked_sub(now.duration_since(began)).filter(|left| !left.is_zero()) else {
                view.faults.spend(CameraFault::Stall, now);
                return Err(FrameError::TimedOut { waited_ms: timeout.as_millis() as u64 });
            };
            let wait = if stalled { left } else { left.min(due - now) };
            view = self.shared.changed.wait_timeout(view, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl FrameSource for Source {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, FrameError> {
        let mut view = self.due(timeout)?;
        let now = Instant::now();
        let at = view.next % view.frames.len();
        view.next = at + 1;
        view.count += 1;
        let count = view.count;
        let mut spend = |fault| view.faults.spend(fault, now);
        let (frozen, dark, cover) = (spend(CameraFault::Frozen), spend(CameraFault::Dark), spend(CameraFault::Covered));
        let (garbage, truncated, changed) = (spend(CameraFault::GarbageJpeg), spend(CameraFault::TruncatedJpeg), spend(CameraFault::FormatChange));
        let picture = if cover {
            covered(&view.frames[at])
        } else if dark {
            dimmed(&view.frames[at])
        } else {
            view.frames[at].clone()
        };
        let format = view.format;
        drop(view);
        self.last_at = Some(now);
        if frozen && let Some(last) = &self.last {
            return Ok(Frame { taken_at: now, ..last.clone() });
        }
        let picture = noisy(picture, count);
        let frame = if garbage || truncated {
            broken_jpeg(&picture, truncated, now)
        } else if changed {
            let half = crate::picture::thumbnail(&picture, (picture.width().max(picture.height()) / 2).max(2));
            let other = if format == PixelFormat::Yuyv { PixelFormat::Nv12 } else { PixelFormat::Yuyv };
            frame_of(&half, other, now)
        } else {
            frame_of(&picture, format, now)
        };
        self.last = frame.as_ref().ok().cloned();
        frame
    }
}

/// A JPEG that was damaged on the cable: cut in the middle, or with its picture data overwritten.
fn broken_jpeg(picture: &RgbPage, truncated: bool, now: Instant) -> Result<Frame, FrameError> {
    let mut buffer = buffer_of(picture, PixelFormat::Jpeg);
    let (middle, length) = (buffer.len() / 2, buffer.len());
    if truncated {
        buffer[middle..].fill(0);
    } else {
        // A coefficient table that announces more than its segment holds: no decoder can make a picture of it.
        let table = buffer.windows(2).position(|pair| pair == [0xFF, 0xC4]).map_or(length / 4, |at| at + 5);
        buffer[table..table + 16].fill(0xFE);
    }
    Frame::from_jpeg_buffer(&buffer, now)
}

fn lock(shared: &Shared) -> MutexGuard<'_, View> {
    shared.view.lock().unwrap_or_else(PoisonError::into_inner)
}
