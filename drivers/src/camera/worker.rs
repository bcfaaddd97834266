//! The one thread that touches a camera: opens it, keeps its newest frame, drops it.
//!
//! It decides nothing; the host reads its notes and tells it to leave. The rule a newcomer would break: nobody joins this
//! thread, because its driver may keep it for ever. Everything it shares is in [`Worker`], which a host can let go of.

use super::course::{CameraEvent, HostTiming, Run};
use super::host::Events;
use super::watch::PictureWatch;
use super::{Frame, FrameError, FrameSourceFactory, PixelFormat};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What keeper and worker share. The worker's thread holds the only long-lived `Arc`, so a dead one is seen by its `Weak`.
pub(super) struct Worker {
    began: Instant,
    leave: AtomicBool,
    notes: Mutex<Notes>,
}

struct Notes {
    /// Last time that the driver gave the thread back.
    alive_at: Instant,
    frame_at: Option<Instant>,
    frames: u64,
    newest: Option<Frame>,
    watch: PictureWatch,
    form: Option<(PixelFormat, u32, u32)>,
    /// Why it was told to leave.
    dismissed: Option<FrameError>,
    ended: Option<FrameError>,
}

impl Worker {
    /// Starts the thread; `None` when the system has no thread left.
    pub(super) fn start(factory: Arc<dyn FrameSourceFactory>, timing: HostTiming, events: Arc<Events>) -> Option<Arc<Self>> {
        let began = Instant::now();
        let notes =
            Notes { alive_at: began, frame_at: None, frames: 0, newest: None, watch: PictureWatch::default(), form: None, dismissed: None, ended: None };
        let worker = Arc::new(Worker { began, leave: AtomicBool::new(false), notes: Mutex::new(notes) });
        let own = Arc::clone(&worker);
        let spawned = std::thread::Builder::new().name("camera-worker".into()).spawn(move || {
            let end = catch_unwind(AssertUnwindSafe(|| own.work(factory.as_ref(), timing, &events)));
            let fault = end.unwrap_or_else(|_| FrameError::Fault { reason: String::from("the camera thread panicked") });
            let mut notes = own.notes();
            notes.newest = None;
            notes.ended = Some(notes.dismissed.take().unwrap_or(fault));
        });
        spawned.is_ok().then_some(worker)
    }

    pub(super) fn run(&self, now: Instant) -> Run {
        let notes = self.notes();
        let since = |moment: Instant| now.saturating_duration_since(moment);
        Run {
            frames: notes.frames,
            since_start: since(self.began),
            silent_for: since(notes.frame_at.unwrap_or(self.began)),
            frozen_for: notes.watch.frozen_for(now),
            covered_for: notes.watch.covered_for(now),
        }
    }

    /// How long the driver has kept the thread.
    pub(super) fn away_for(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.notes().alive_at)
    }

    pub(super) fn newest(&self) -> Option<Frame> {
        self.notes().newest.clone()
    }

    pub(super) fn ended(&self) -> Option<FrameError> {
        self.notes().ended.clone()
    }

    /// Tells it to close the camera, and why. It goes as soon as its driver lets it.
    pub(super) fn dismiss(&self, why: Option<FrameError>) {
        let mut notes = self.notes();
        notes.newest = None;
        if notes.dismissed.is_none() {
            notes.dismissed = why;
        }
        self.leave.store(true, Ordering::Release);
    }

    pub(super) fn is_dismissed(&self) -> bool {
        self.leave.load(Ordering::Acquire)
    }

    /// Runs until told to leave or until the source is of no more use; says why.
    fn work(&self, factory: &dyn FrameSourceFactory, timing: HostTiming, events: &Events) -> FrameError {
        let mut source = match factory.open() {
            Ok(source) => source,
            Err(fault) => return fault,
        };
        self.notes().alive_at = Instant::now();
        let timeout = Duration::from_millis(timing.stall_ms);
        while !self.is_dismissed() {
            let got = source.next_frame(timeout);
            let now = Instant::now();
            self.notes().alive_at = now;
            match got {
                Ok(frame) => self.take(frame, now, events),
                // No frame is noted, so a source that only times out is noticed like one that hangs.
                Err(FrameError::TimedOut { .. } | FrameError::Undecodable) => {}
                Err(fault) => return fault,
            }
        }
        FrameError::TimedOut { waited_ms: 0 }
    }

    fn take(&self, frame: Frame, now: Instant, events: &Events) {
        // The look decodes, so it is done outside the lock.
        let mut watch = self.notes().watch.clone();
        let whole = watch.see(&frame, now);
        let mut notes = self.notes();
        notes.watch = watch;
        if !whole || self.is_dismissed() {
            return;
        }
        let form = (frame.format(), frame.width, frame.height);
        match notes.form.replace(form) {
            None => events.tell(CameraEvent::Opened { format: form.0, width: form.1, height: form.2 }),
            Some(from) if from != form => events.tell(CameraEvent::FormatChanged { from, to: form }),
            Some(_) => {}
        }
        notes.frames += 1;
        notes.frame_at = Some(now);
        notes.newest = Some(frame);
    }

    /// A panic elsewhere leaves whole values behind, so a poisoned lock is used as it is.
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
