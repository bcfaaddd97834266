//! Keeps a camera alive: newest frame, status, history, resets, and a way to live with a thread that hangs.
//!
//! Two kinds of threads: one *keeper* per host that never touches a camera, and one *worker* at a time that does. A worker
//! whose driver does not give it back is abandoned together with its frame, and a new one is started. A source in a process
//! of its own gives its thread back, since its driver is killed; abandoning is for sources that live in this process.
//!
//! The rule a newcomer would break: nobody ever joins a worker. Abandoned workers are counted while they live, and at
//! [`ABANDONED_THREADS_MAX`] no new one is started: the service has to be restarted, and the status says so.

use super::course::{CameraEvent, Course, HostTiming, Kind, Known, Stream, kind_of, status};
use super::worker::Worker;
use super::{Frame, FrameError, FrameSourceFactory};
use crate::status::Status;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Camera threads that may hang in the operating system at a time.
pub const ABANDONED_THREADS_MAX: usize = 3;
/// Events kept until somebody takes them; the oldest goes first.
pub const EVENTS_MAX: usize = 64;

/// A camera that runs on its own.
pub struct CameraHost {
    shared: Arc<Shared>,
    stop: Sender<()>,
}

struct Shared {
    timing: HostTiming,
    events: Arc<Events>,
    /// A resident's capture is under way: nothing is reset.
    held: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    worker: Option<Arc<Worker>>,
    abandoned: Vec<Weak<Worker>>,
    course: Course,
    stream: Option<Stream>,
    last_fault: Option<FrameError>,
    ever_seen: bool,
    restarts: u64,
    stopped: bool,
}

/// The newest events.
#[derive(Default)]
pub(super) struct Events(Mutex<VecDeque<CameraEvent>>);

impl Events {
    pub(super) fn tell(&self, event: CameraEvent) {
        log::info!(what:? = event; "camera_event");
        let mut events = lock(&self.0);
        if events.len() >= EVENTS_MAX {
            events.pop_front();
        }
        events.push_back(event);
    }
}

impl CameraHost {
    /// Starts the camera with the field's waits.
    pub fn start(factory: Arc<dyn FrameSourceFactory>) -> Self {
        CameraHost::start_with(factory, HostTiming::default())
    }

    /// Starts the camera with other waits.
    pub fn start_with(factory: Arc<dyn FrameSourceFactory>, timing: HostTiming) -> Self {
        let shared = Arc::new(Shared { timing, events: Arc::default(), held: AtomicBool::new(false), state: Mutex::default() });
        let (stop, stopped) = bounded(1);
        let keeper = Arc::clone(&shared);
        let spawned = std::thread::Builder::new().name("camera-keeper".into()).spawn(move || keeper.keep(&factory, &stopped));
        if let Err(fault) = spawned {
            lock(&shared.state).last_fault = Some(FrameError::Fault { reason: fault.to_string() });
        }
        CameraHost { shared, stop }
    }

    /// The newest frame, left in place for others. `None` while starting, stalled, frozen or stopped.
    pub fn newest(&self) -> Option<Frame> {
        let worker = lock(&self.shared.state).worker.clone()?;
        match worker.run(Instant::now()).stream(&self.shared.timing) {
            Stream::Good | Stream::Covered => worker.newest(),
            Stream::Starting | Stream::Stalled | Stream::Frozen => None,
        }
    }

    /// The newest frame if it was taken after `moment`: a page may not be older than the touch that asked for it.
    pub fn newest_after(&self, moment: Instant) -> Option<Frame> {
        self.newest().filter(|frame| frame.taken_at > moment)
    }

    /// Frames since the camera was last opened.
    pub fn frames_seen(&self) -> u64 {
        lock(&self.shared.state).worker.as_ref().map_or(0, |worker| worker.run(Instant::now()).frames)
    }

    /// Times that the camera was opened again.
    pub fn restarts(&self) -> u64 {
        lock(&self.shared.state).restarts
    }

    /// Threads that hang in the operating system now.
    pub fn abandoned_threads(&self) -> usize {
        lock(&self.shared.state).stuck()
    }

    /// Why the last source ended, until frames come again.
    pub fn last_fault(&self) -> Option<FrameError> {
        lock(&self.shared.state).last_fault.clone()
    }

    /// While true, a camera that works badly is left as it is: nothing is closed inside a resident's capture. One that has
    /// ended by itself, such as an unplugged one, is opened again all the same.
    pub fn hold_resets(&self, hold: bool) {
        self.shared.held.store(hold, Ordering::Release);
    }

    /// What happened since the last call, at most [`EVENTS_MAX`], oldest first.
    pub fn take_events(&self) -> Vec<CameraEvent> {
        lock(&self.shared.events.0).drain(..).collect()
    }

    /// How the camera is. Never blocks.
    pub fn status(&self) -> Status {
        let state = lock(&self.shared.state);
        let known = Known {
            abandoned_too_many: state.stuck() >= ABANDONED_THREADS_MAX,
            stopped: state.stopped,
            escalated: state.course.escalated(),
            ever_seen: state.ever_seen,
            run: state.worker.as_ref().filter(|worker| worker.ended().is_none()).map(|worker| worker.run(Instant::now())),
            last_fault: state.last_fault.as_ref(),
        };
        status(&known, &self.shared.timing)
    }

    /// Ends the camera. Returns at once; the worker leaves when its driver lets it.
    pub fn stop(&self) {
        let mut state = lock(&self.shared.state);
        state.stopped = true;
        if let Some(worker) = state.worker.take() {
            worker.dismiss(None);
            state.abandoned.push(Arc::downgrade(&worker));
        }
        let _ = self.stop.try_send(());
    }
}

impl Drop for CameraHost {
    fn drop(&mut self) {
        self.stop();
    }
}

impl State {
    fn stuck(&self) -> usize {
        self.abandoned.iter().filter(|worker| worker.strong_count() > 0).count()
    }
}

impl Shared {
    fn keep(&self, factory: &Arc<dyn FrameSourceFactory>, stopped: &Receiver<()>) {
        let timing = self.timing;
        let mut start_at = Instant::now();
        let mut seen_at: Option<Instant> = None;
        loop {
            let now = Instant::now();
            // The device is looked for outside the lock, and only while no source says how it is.
            let idle = lock(&self.state).worker.is_none();
            let look = idle && seen_at.is_none_or(|at| now.saturating_duration_since(at) >= Duration::from_millis(timing.gone_look_ms) || now >= start_at);
            let away = look && {
                seen_at = Some(now);
                !factory.is_present()
            };
            let mut state = lock(&self.state);
            if state.stopped {
                return;
            }
            state.abandoned.retain(|worker| worker.strong_count() > 0);
            match state.worker.clone() {
                None if away => {
                    let known = state.last_fault.as_ref().is_some_and(|fault| kind_of(fault) == Kind::Gone);
                    start_at = now + state.course.lost(Kind::Gone, &timing);
                    if !known {
                        state.last_fault = Some(FrameError::Unplugged);
                    }
                }
                None if now >= start_at && state.abandoned.len() < ABANDONED_THREADS_MAX => {
                    state.worker = Worker::start(Arc::clone(factory), timing, Arc::clone(&self.events));
                }
                None => {}
                Some(worker) => {
                    if let Some(pause) = self.look_at(&mut state, &worker, now) {
                        start_at = now + pause;
                    }
                }
            }
            drop(state);
            match stopped.recv_timeout(Duration::from_millis(timing.look_ms)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Looks at a worker; the pause before the next one when this one is done with.
    fn look_at(&self, state: &mut State, worker: &Arc<Worker>, now: Instant) -> Option<Duration> {
        let timing = &self.timing;
        let run = worker.run(now);
        let stream = run.stream(timing);
        if state.stream.replace(stream) != Some(stream) {
            match stream {
                Stream::Stalled => self.events.tell(CameraEvent::Stalled),
                Stream::Frozen => self.events.tell(CameraEvent::Frozen),
                Stream::Starting | Stream::Good | Stream::Covered => {}
            }
        }
        if matches!(stream, Stream::Good | Stream::Covered) {
            state.ever_seen = true;
            state.last_fault = None;
            state.course.well(now, timing);
        }
        if let Some(fault) = worker.ended() {
            return Some(self.retire(state, fault));
        }
        if worker.away_for(now) > Duration::from_millis(timing.abandon_ms) {
            worker.dismiss(None);
            state.abandoned.push(Arc::downgrade(worker));
            log::warn!(abandoned = state.abandoned.len(); "camera_thread_abandoned");
            return Some(self.retire(state, FrameError::TimedOut { waited_ms: timing.abandon_ms }));
        }
        if !worker.is_dismissed()
            && !self.held.load(Ordering::Acquire)
            && let Some(fault) = run.needs_reset(timing)
        {
            worker.dismiss(Some(fault));
        }
        None
    }

    fn retire(&self, state: &mut State, fault: FrameError) -> Duration {
        let kind = kind_of(&fault);
        let was = state.course.escalated();
        let pause = state.course.lost(kind, &self.timing);
        self.events.tell(CameraEvent::Lost { fault: fault.clone() });
        if kind == Kind::Broken && !state.course.escalated() {
            self.events.tell(CameraEvent::Reset { attempt: state.course.resets() });
        } else if state.course.escalated() && !was {
            self.events.tell(CameraEvent::Escalated);
        }
        state.worker = None;
        state.stream = None;
        state.restarts += 1;
        state.last_fault = Some(fault);
        pause
    }
}

/// A panic elsewhere leaves whole values behind, so a poisoned lock is used as it is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
