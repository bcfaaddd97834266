//! The platform behind [`super::Headless`]: windows in memory, a clock, and a bounded queue of events.
//!
//! It draws each window into one buffer that is kept, so that drawing costs what changed, as on a real panel.
//! The rule a newcomer would break: `step` is the only place where anything runs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{EventLoopProxy, Platform, PlatformError, WindowAdapter, update_timers_and_animations};
use slint::{EventLoopError, PhysicalSize, Rgb8Pixel, SharedPixelBuffer, Window};

use super::{Clock, TICK};

/// Events that may wait; one more is refused, and its sender is told.
const EVENTS_WAITING_MAX: usize = 1024;
/// Events run in one step, so that a flood of them cannot keep the screen from being drawn.
const EVENTS_PER_STEP_MAX: usize = 256;

type Event = Box<dyn FnOnce() + Send>;

/// What the platform and its handle share.
pub(super) struct Shared {
    clock: Clock,
    started: Instant,
    hand: Cell<Duration>,
    size: PhysicalSize,
    windows: RefCell<Vec<Drawn>>,
    events: Receiver<Event>,
    /// An event that arrived while waiting for time to pass.
    early: RefCell<Option<Event>>,
    quit: Arc<AtomicBool>,
}

#[derive(Clone)]
struct Drawn {
    adapter: Rc<MinimalSoftwareWindow>,
    picture: Rc<RefCell<SharedPixelBuffer<Rgb8Pixel>>>,
}

impl Shared {
    pub(super) fn now(&self) -> Duration {
        match self.clock {
            Clock::Real => self.started.elapsed(),
            Clock::Hand => self.hand.get(),
        }
    }

    /// Lets at most `span` pass; with the real clock an arriving event ends the wait.
    pub(super) fn pass(&self, span: Duration) {
        match self.clock {
            Clock::Hand => self.hand.set(self.hand.get() + span),
            Clock::Real => {
                if let Ok(event) = self.events.recv_timeout(span) {
                    self.early.replace(Some(event));
                }
            }
        }
    }

    pub(super) fn step(&self) {
        let early = self.early.take();
        for event in early.into_iter().chain(self.events.try_iter()).take(EVENTS_PER_STEP_MAX) {
            event();
        }
        update_timers_and_animations();
        // Drawing runs bindings, which may open a window: the list is copied out first.
        let windows = self.windows.borrow().clone();
        for window in windows {
            window.draw_if_needed();
        }
    }

    pub(super) fn picture_of(&self, window: &Window) -> Option<SharedPixelBuffer<Rgb8Pixel>> {
        let windows = self.windows.borrow();
        let drawn = windows.iter().find(|drawn| std::ptr::eq(drawn.adapter.window(), window))?;
        Some(drawn.picture.borrow().clone())
    }
}

impl Drawn {
    fn draw_if_needed(&self) {
        self.adapter.draw_if_needed(|renderer| {
            let size = WindowAdapter::size(&*self.adapter);
            let mut picture = self.picture.borrow_mut();
            if (picture.width(), picture.height()) != (size.width, size.height) {
                *picture = SharedPixelBuffer::new(size.width, size.height);
            }
            renderer.render(picture.make_mut_slice(), size.width as usize);
        });
    }
}

/// What Slint sees.
pub(super) struct HeadlessPlatform {
    shared: Rc<Shared>,
    sender: SyncSender<Event>,
}

impl HeadlessPlatform {
    pub(super) fn new(clock: Clock, size: PhysicalSize) -> (Self, Rc<Shared>) {
        let (sender, events) = sync_channel(EVENTS_WAITING_MAX);
        let shared = Rc::new(Shared {
            clock,
            started: Instant::now(),
            hand: Cell::new(Duration::ZERO),
            size,
            windows: RefCell::default(),
            events,
            early: RefCell::default(),
            quit: Arc::default(),
        });
        (Self { shared: shared.clone(), sender }, shared)
    }
}

impl Platform for HeadlessPlatform {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        let adapter = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        adapter.set_size(self.shared.size);
        let picture = Rc::new(RefCell::new(SharedPixelBuffer::new(self.shared.size.width, self.shared.size.height)));
        self.shared.windows.borrow_mut().push(Drawn { adapter: adapter.clone(), picture });
        Ok(adapter)
    }

    /// Runs until somebody quits the loop; a program that steps by itself does not call this.
    fn run_event_loop(&self) -> Result<(), PlatformError> {
        while !self.shared.quit.swap(false, Ordering::AcqRel) {
            self.shared.step();
            self.shared.pass(TICK);
        }
        Ok(())
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        Some(Box::new(Proxy { sender: self.sender.clone(), quit: self.shared.quit.clone() }))
    }

    fn duration_since_start(&self) -> Duration {
        self.shared.now()
    }
}

/// The sending end that other threads hold.
struct Proxy {
    sender: SyncSender<Event>,
    quit: Arc<AtomicBool>,
}

impl EventLoopProxy for Proxy {
    fn quit_event_loop(&self) -> Result<(), EventLoopError> {
        self.quit.store(true, Ordering::Release);
        Ok(())
    }

    /// Never blocks: the sender may be the very thread that has to empty the queue.
    fn invoke_from_event_loop(&self, event: Event) -> Result<(), EventLoopError> {
        self.sender.try_send(event).map_err(|_| EventLoopError::EventLoopTerminated)
    }
}
