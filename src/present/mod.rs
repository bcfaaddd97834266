//! Scene → Slint, touches → intents. The only module that names Slint or `ui`, and it runs on the UI thread.
//!
//! The rule a newcomer would break: nothing here waits, locks, reads a file or decides which page comes next.

mod pages;
mod pictures;
mod wishes;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_queue::ArrayQueue;
use flow::view::View;
use slint::{ComponentHandle, PlatformError, Weak};
use ui::{AppWindow, Resident};

use crate::app::{Scene, Screen};
use crate::devices::Preview;
use crate::event::Inbox;
use crate::pictures::Shown;

/// The resident's window and the two lanes into it.
pub struct Stage {
    pub window: AppWindow,
    scenes: Arc<ArrayQueue<Scene>>,
    previews: Arc<ArrayQueue<Shown>>,
}

impl Stage {
    /// Makes the window. Must be called on the thread that runs the event loop.
    pub fn new() -> Result<Self, PlatformError> {
        let window = AppWindow::new()?;
        if let Err(reason) = ui::select_language("id") {
            crate::logging::note("language.unknown", &[("reason", &reason)]);
        }
        Ok(Self { window, scenes: Arc::new(ArrayQueue::new(1)), previews: Arc::new(ArrayQueue::new(1)) })
    }

    /// Where the app leaves scenes. At most one waits; a newer one takes its place.
    pub fn screen(&self) -> Screen {
        let (window, scenes) = (self.window.as_weak(), Arc::clone(&self.scenes));
        let shown: Arc<ArrayQueue<View>> = Arc::new(ArrayQueue::new(1));
        let pending = Arc::new(AtomicBool::new(false));
        Box::new(move |scene| {
            scenes.force_push(scene);
            if pending.swap(true, Ordering::AcqRel) {
                return;
            }
            let (scenes, shown, pending) = (Arc::clone(&scenes), Arc::clone(&shown), Arc::clone(&pending));
            later(&window, move |window| {
                pending.store(false, Ordering::Release);
                if let Some(scene) = scenes.pop() {
                    let before = shown.pop();
                    pages::paint(&window, &scene, before.as_ref());
                    shown.force_push(scene.view);
                }
            });
        })
    }

    /// Where the camera leaves live pictures.
    pub fn preview(&self) -> Preview {
        let (window, previews) = (self.window.as_weak(), Arc::clone(&self.previews));
        let pending = Arc::new(AtomicBool::new(false));
        Arc::new(move |picture| {
            previews.force_push(picture);
            if pending.swap(true, Ordering::AcqRel) {
                return;
            }
            let (previews, pending) = (Arc::clone(&previews), Arc::clone(&pending));
            later(&window, move |window| {
                pending.store(false, Ordering::Release);
                if let Some(picture) = previews.pop() {
                    window.global::<Resident>().set_live_picture(pictures::image(&picture));
                }
            });
        })
    }

    /// Shows the window and runs the event loop until the window is closed.
    pub fn run(&self, fullscreen: bool) -> Result<(), PlatformError> {
        self.window.window().set_fullscreen(fullscreen);
        self.window.run()
    }

    /// Every touch becomes an intent.
    pub fn connect(&self, inbox: Inbox) {
        wishes::connect(&self.window, inbox);
    }
}

/// Runs `act` on the UI thread; a window that is gone means that the program is ending.
fn later(window: &Weak<AppWindow>, act: impl FnOnce(AppWindow) + Send + 'static) {
    let _the_event_loop_has_ended = window.upgrade_in_event_loop(act);
}
