//! A platform without a display: the real pages, drawn by the software renderer into memory, touched by pointer events.
//!
//! The robot resident of the demo, the tests and the screenshots share it.
//! It is not a mock: layout, hit testing, timers and animations are Slint's own, only the panel is missing.
//! The rule a newcomer would break: nothing here reaches into a page, it touches what can be seen, at a place where it
//! can be seen.
//!
//! ```no_run
//! use std::time::Duration;
//! use ui::headless::{Clock, Headless};
//! use slint::{ComponentHandle, PhysicalSize};
//!
//! let headless = Headless::install(Clock::Hand, PhysicalSize::new(1080, 1920))?;
//! let app = ui::AppWindow::new()?;
//! app.show()?;
//! headless.touch_label(&app, "Sentuh layar untuk mulai")?;
//! headless.run_until(Duration::from_secs(2), || !app.get_guarded())?;
//! let _picture = headless.screenshot(&app)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod find;
mod platform;
mod touch;

use std::rc::Rc;
use std::time::Duration;

use slint::{ComponentHandle, PhysicalSize, Rgb8Pixel, SharedPixelBuffer};

pub use find::Place;
pub use touch::TouchError;

use platform::{HeadlessPlatform, Shared};

/// Longest time between two looks at a level, and the step of a clock moved by hand.
const TICK: Duration = Duration::from_millis(16);

/// Where the time of timers and animations comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The monotonic clock of the machine: for a robot beside threads that do real work.
    Real,
    /// Time stands still until [`Headless::advance`] or [`Headless::run_until`] moves it: for tests and pictures.
    Hand,
}

/// The platform could not be installed.
#[derive(Debug, thiserror::Error)]
#[error("a display platform is already installed in this process")]
pub struct InstallError(#[source] slint::platform::SetPlatformError);

/// A level was not reached in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the awaited level was not reached within {limit:?}")]
pub struct NotReached {
    /// The limit that was given.
    pub limit: Duration,
}

/// A picture could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this window was not created by the headless platform")]
pub struct ForeignWindow;

/// Handle to the installed platform; it lives on the thread that installed it.
#[derive(Clone)]
pub struct Headless {
    shared: Rc<Shared>,
}

impl Headless {
    /// Installs the platform for this process, before the first window is made.
    ///
    /// Every window starts with `size`, in pixels of the panel; the scale factor is 1.
    ///
    /// # Errors
    ///
    /// [`InstallError`] when a platform is there already: Slint allows one per process.
    pub fn install(clock: Clock, size: PhysicalSize) -> Result<Self, InstallError> {
        let (platform, shared) = HeadlessPlatform::new(clock, size);
        slint::platform::set_platform(Box::new(platform)).map_err(InstallError)?;
        Ok(Self { shared })
    }

    /// Runs what is due now: waiting events, timers, animations, and the drawing of what changed.
    pub fn step(&self) {
        self.shared.step();
    }

    /// Lets `span` of the platform's time pass, frame by frame.
    pub fn advance(&self, span: Duration) {
        let end = self.shared.now() + span;
        while self.shared.now() < end {
            self.shared.pass(TICK.min(end - self.shared.now()));
            self.shared.step();
        }
    }

    /// Runs until `level` holds, looking once per frame.
    ///
    /// # Errors
    ///
    /// [`NotReached`] when it does not hold within `limit` of the platform's time.
    pub fn run_until(&self, limit: Duration, mut level: impl FnMut() -> bool) -> Result<(), NotReached> {
        let end = self.shared.now() + limit;
        loop {
            self.shared.step();
            if level() {
                return Ok(());
            }
            if self.shared.now() >= end {
                return Err(NotReached { limit });
            }
            self.shared.pass(TICK);
        }
    }

    /// Gives the window another size, in pixels of the panel.
    pub fn resize(&self, component: &impl ComponentHandle, size: PhysicalSize) {
        component.window().set_size(size);
        self.step();
    }

    /// The window as it looks now.
    ///
    /// # Errors
    ///
    /// [`ForeignWindow`] when the window belongs to another platform.
    pub fn screenshot(&self, component: &impl ComponentHandle) -> Result<SharedPixelBuffer<Rgb8Pixel>, ForeignWindow> {
        self.step();
        component.window().request_redraw();
        self.step();
        self.shared.picture_of(component.window()).ok_or(ForeignWindow)
    }
}
