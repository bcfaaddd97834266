//! A camera that sees whatever is held before it.
//!
//! It is a [`FrameSource`] like any other and hangs like a bad driver when frozen. It draws nothing by itself.
//!
//! The rule a newcomer would break: a frozen source ignores its timeout on purpose, for that is what the host has to survive.
//! It lets go when it is thawed, unplugged, or when the last handle is dropped.

use super::BenchError;
use crate::camera::{Frame, FrameError, FrameSource, FrameSourceFactory};
use crate::picture::{Limits, RgbPage, decode_page};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Pause between two frames: 15 frames a second.
pub const FRAME_PAUSE: Duration = Duration::from_millis(66);
/// Size of the picture when a page is held before the lens.
pub const VIEW_PX: (u32, u32) = (1280, 720);
/// Brightness of the desk.
const DESK: [u8; 3] = [118, 114, 108];
/// What remains of the light in the dark.
const DARK_SHARE_PERCENT: u32 = 12;
const FOLDER_FRAMES_MAX: usize = 500;

struct View {
    frames: Vec<RgbPage>,
    next: usize,
    dark: bool,
    frozen: bool,
    plugged: bool,
    generation: u64,
    gone: bool,
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
        let view = View { frames: vec![desk()], next: 0, dark: false, frozen: false, plugged: true, generation: 0, gone: false };
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

    /// Switches the light off or on.
    pub fn dark(&self, dark: bool) {
        self.change(|view| view.dark = dark);
    }

    /// Makes the driver hang inside the next frame, or lets it go on.
    pub fn freeze(&self, frozen: bool) {
        self.change(|view| view.frozen = frozen);
    }

    /// Pulls the plug.
    pub fn unplug(&self) {
        self.change(|view| {
            view.plugged = false;
            view.generation += 1;
        });
    }

    /// Plugs it in again; sources opened before stay dead, as after a real unplug.
    pub fn replug(&self) {
        self.change(|view| view.plugged = true);
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
        let view = lock(&self.0);
        if !view.plugged || view.gone {
            return Err(FrameError::Absent { place: String::from("bench") });
        }
        let generation = view.generation;
        Ok(Box::new(Source { shared: Arc::clone(&self.0), generation, last: None }))
    }
}

struct Source {
    shared: Arc<Shared>,
    generation: u64,
    last: Option<Instant>,
}

impl FrameSource for Source {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, FrameError> {
        let began = Instant::now();
        let due = self.last.map_or(began, |last| last + FRAME_PAUSE);
        let mut view = lock(&self.shared);
        loop {
            if !view.plugged || view.generation != self.generation || view.gone {
                return Err(FrameError::Unplugged);
            }
            let now = Instant::now();
            if view.frozen {
                view = self.shared.changed.wait(view).unwrap_or_else(PoisonError::into_inner);
            } else if now >= due {
                break;
            } else if now.duration_since(began) >= timeout {
                return Err(FrameError::TimedOut { waited_ms: timeout.as_millis() as u64 });
            } else {
                let wait = self.shared.changed.wait_timeout(view, due - now);
                view = wait.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        let at = view.next % view.frames.len();
        view.next = at + 1;
        let picture = if view.dark { dimmed(&view.frames[at]) } else { view.frames[at].clone() };
        drop(view);
        let taken_at = Instant::now();
        self.last = Some(taken_at);
        Ok(Frame::from_rgb(&picture, taken_at))
    }
}

fn desk() -> RgbPage {
    let pixels = DESK.repeat((VIEW_PX.0 * VIEW_PX.1) as usize);
    RgbPage::new(VIEW_PX.0, VIEW_PX.1, pixels).expect("the number of bytes follows from the size")
}

fn on_desk(picture: &RgbPage, share_percent: u32) -> RgbPage {
    let room = (VIEW_PX.0 * share_percent / 100, VIEW_PX.1 * share_percent / 100);
    let wide = u64::from(picture.width()) * u64::from(room.1) > u64::from(picture.height()) * u64::from(room.0);
    let (width, height) = if wide {
        (room.0, (u64::from(picture.height()) * u64::from(room.0) / u64::from(picture.width())) as u32)
    } else {
        ((u64::from(picture.width()) * u64::from(room.1) / u64::from(picture.height())) as u32, room.1)
    };
    let (width, height) = (width.max(1), height.max(1));
    let sized = image::imageops::resize(&picture.to_image(), width, height, image::imageops::FilterType::Triangle);
    let mut view = desk().to_image();
    image::imageops::overlay(&mut view, &sized, i64::from((VIEW_PX.0 - width) / 2), i64::from((VIEW_PX.1 - height) / 2));
    RgbPage::from_image(view).expect("the view is never empty")
}

fn dimmed(picture: &RgbPage) -> RgbPage {
    let pixels = picture.pixels().iter().map(|p| (u32::from(*p) * DARK_SHARE_PERCENT / 100) as u8).collect();
    RgbPage::new(picture.width(), picture.height(), pixels).expect("the size does not change")
}

fn lock(shared: &Shared) -> MutexGuard<'_, View> {
    shared.view.lock().unwrap_or_else(PoisonError::into_inner)
}
