//! Owns the camera's thread: newest frame, heartbeat, restart with back-off, and a way to live with a thread that hangs.
//!
//! Two kinds of threads: one *keeper* per host that never touches a camera, and one *worker* at a time that does. The keeper
//! watches the worker's heartbeat; a worker that stays silent for too long is abandoned together with its slot, so that a
//! late frame of it reaches nobody, and a new one is started.
//!
//! The rule a newcomer would break: nobody ever joins a worker. Abandoned workers are counted while they live, and at
//! [`ABANDONED_THREADS_MAX`] no new one is started: the service has to be restarted, and the status says so.

use super::{Frame, FrameError, FrameSourceFactory};
use crate::status::{Condition, DeviceState, Status};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::{Duration, Instant};

/// Camera threads that may hang in the operating system at a time.
pub const ABANDONED_THREADS_MAX: usize = 3;

/// Waits and limits of a host. Only tests use others than the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostTiming {
    /// The keeper looks this often.
    pub look_ms: u64,
    /// No frame for this long is a stall.
    pub stall_ms: u64,
    /// A worker silent for this long is abandoned.
    pub abandon_ms: u64,
    /// First pause before a restart; doubled each time up to `back_off_ms_max`.
    pub back_off_ms: u64,
    /// Longest pause before a restart.
    pub back_off_ms_max: u64,
}

impl Default for HostTiming {
    fn default() -> Self {
        HostTiming { look_ms: 100, stall_ms: 1000, abandon_ms: 5000, back_off_ms: 500, back_off_ms_max: 30_000 }
    }
}

/// A camera that runs on its own.
pub struct CameraHost {
    shared: Arc<Shared>,
    stop: Sender<()>,
}

struct Shared {
    timing: HostTiming,
    state: Mutex<State>,
}

struct State {
    worker: Option<Arc<Worker>>,
    abandoned: Vec<Weak<Worker>>,
    last_fault: Option<FrameError>,
    ever_seen: bool,
    restarts: u64,
    stopped: bool,
}

/// What keeper and worker share. The worker's thread holds the only long-lived `Arc`, so a dead one is seen by its `Weak`.
struct Worker {
    began: Instant,
    /// Milliseconds after `began` of the last sign of life; zero until the first frame.
    beat_ms: AtomicU64,
    frames: AtomicU64,
    leave: AtomicBool,
    slot: Mutex<Option<Frame>>,
    ended: Mutex<Option<FrameError>>,
}

impl CameraHost {
    /// Starts the camera with the field's waits.
    pub fn start(factory: Arc<dyn FrameSourceFactory>) -> Self {
        CameraHost::start_with(factory, HostTiming::default())
    }

    /// Starts the camera with other waits.
    pub fn start_with(factory: Arc<dyn FrameSourceFactory>, timing: HostTiming) -> Self {
        let state = State { worker: None, abandoned: Vec::new(), last_fault: None, ever_seen: false, restarts: 0, stopped: false };
        let shared = Arc::new(Shared { timing, state: Mutex::new(state) });
        let (stop, stopped) = bounded(1);
        let keeper = Arc::clone(&shared);
        let spawned = std::thread::Builder::new().name("camera-keeper".into()).spawn(move || keep(&keeper, &factory, &stopped));
        if let Err(fault) = spawned {
            lock(&shared.state).last_fault = Some(FrameError::Fault { reason: fault.to_string() });
        }
        CameraHost { shared, stop }
    }

    /// The newest frame, left in place for others. `None` while starting, stalled or stopped.
    pub fn newest(&self) -> Option<Frame> {
        let worker = lock(&self.shared.state).worker.clone()?;
        if worker.silent_for() > Duration::from_millis(self.shared.timing.stall_ms) {
            return None;
        }
        lock(&worker.slot).clone()
    }

    /// The newest frame if it was taken after `moment`: a page may not be older than the touch that asked for it.
    pub fn newest_after(&self, moment: Instant) -> Option<Frame> {
        self.newest().filter(|frame| frame.taken_at > moment)
    }

    /// Frames since the camera was last opened.
    pub fn frames_seen(&self) -> u64 {
        lock(&self.shared.state).worker.as_ref().map_or(0, |w| w.frames.load(Ordering::Acquire))
    }

    /// Times that the camera was opened again.
    pub fn restarts(&self) -> u64 {
        lock(&self.shared.state).restarts
    }

    /// Threads that hang in the operating system now.
    pub fn abandoned_threads(&self) -> usize {
        lock(&self.shared.state).abandoned.iter().filter(|w| w.strong_count() > 0).count()
    }

    /// How the camera is. Never blocks.
    pub fn status(&self) -> Status {
        let state = lock(&self.shared.state);
        let stuck = state.abandoned.iter().filter(|w| w.strong_count() > 0).count();
        if stuck >= ABANDONED_THREADS_MAX {
            return Status::of(DeviceState::HardwareError).with(Condition::STREAM_ABANDONED);
        }
        if state.stopped {
            return Status::of(DeviceState::Offline);
        }
        match &state.worker {
            Some(worker) if lock(&worker.ended).is_none() => {
                let silent = worker.silent_for() > Duration::from_millis(self.shared.timing.stall_ms);
                let begun = worker.frames.load(Ordering::Acquire) > 0;
                match (begun, silent) {
                    (true, false) => Status::of(DeviceState::Online),
                    (false, false) if state.last_fault.is_none() => Status::of(DeviceState::Starting),
                    (false, false) => fault_status(&state),
                    (_, true) => Status::unknown().with(Condition::STREAM_STALLED),
                }
            }
            _ => fault_status(&state),
        }
    }

    /// Ends the camera. Returns at once; the worker leaves when its driver lets it.
    pub fn stop(&self) {
        let mut state = lock(&self.shared.state);
        state.stopped = true;
        if let Some(worker) = state.worker.take() {
            worker.leave.store(true, Ordering::Release);
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

impl Worker {
    fn silent_for(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.beat_ms.load(Ordering::Acquire)))
    }

    fn beat(&self) {
        self.beat_ms.store(self.began.elapsed().as_millis() as u64, Ordering::Release);
    }
}

fn fault_status(state: &State) -> Status {
    let gone = if state.ever_seen { DeviceState::PowerOff } else { DeviceState::NoDevice };
    match &state.last_fault {
        None => Status::of(DeviceState::Starting),
        Some(FrameError::Absent { .. } | FrameError::Unplugged) => Status::of(gone).with(Condition::CAMERA_ABSENT),
        Some(FrameError::HeldByOther) => Status::unknown().with(Condition::CAMERA_HELD_BY_OTHER),
        Some(FrameError::Permission) => Status::unknown().with(Condition::CAMERA_PERMISSION),
        Some(FrameError::NoFormat { .. }) => Status::of(DeviceState::HardwareError).with(Condition::CAMERA_MISCONFIGURED),
        Some(FrameError::TimedOut { .. }) => Status::unknown().with(Condition::STREAM_STALLED),
        Some(FrameError::Fault { .. } | FrameError::Undecodable) => Status::of(DeviceState::HardwareError).with(Condition::CAMERA_INOPERATIVE),
    }
}

fn keep(shared: &Shared, factory: &Arc<dyn FrameSourceFactory>, stopped: &Receiver<()>) {
    let timing = shared.timing;
    let mut back_off_ms = timing.back_off_ms;
    let mut start_at = Instant::now();
    loop {
        {
            let mut state = lock(&shared.state);
            if state.stopped {
                return;
            }
            state.abandoned.retain(|w| w.strong_count() > 0);
            match state.worker.clone() {
                None if Instant::now() >= start_at && state.abandoned.len() < ABANDONED_THREADS_MAX => {
                    state.worker = spawn_worker(Arc::clone(factory), timing);
                }
                None => {}
                Some(worker) => {
                    if worker.frames.load(Ordering::Acquire) > 0 {
                        state.ever_seen = true;
                        state.last_fault = None;
                        back_off_ms = timing.back_off_ms;
                    }
                    let ended = lock(&worker.ended).take();
                    let hung = worker.silent_for() > Duration::from_millis(timing.abandon_ms);
                    if ended.is_some() || hung {
                        worker.leave.store(true, Ordering::Release);
                        state.worker = None;
                        state.restarts += 1;
                        if hung && ended.is_none() {
                            state.abandoned.push(Arc::downgrade(&worker));
                            log::warn!(abandoned = state.abandoned.len(); "camera_thread_abandoned");
                        }
                        let waited_ms = timing.abandon_ms;
                        state.last_fault = Some(ended.unwrap_or(FrameError::TimedOut { waited_ms }));
                        start_at = Instant::now() + Duration::from_millis(back_off_ms);
                        back_off_ms = (back_off_ms * 2).min(timing.back_off_ms_max);
                    }
                }
            }
        }
        match stopped.recv_timeout(Duration::from_millis(timing.look_ms)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn spawn_worker(factory: Arc<dyn FrameSourceFactory>, timing: HostTiming) -> Option<Arc<Worker>> {
    let worker = Arc::new(Worker {
        began: Instant::now(),
        beat_ms: AtomicU64::new(0),
        frames: AtomicU64::new(0),
        leave: AtomicBool::new(false),
        slot: Mutex::new(None),
        ended: Mutex::new(None),
    });
    let own = Arc::clone(&worker);
    let spawned = std::thread::Builder::new().name("camera-worker".into()).spawn(move || {
        let end = catch_unwind(AssertUnwindSafe(|| work(&own, factory.as_ref(), timing)));
        let fault = match end {
            Ok(fault) => fault,
            Err(_) => FrameError::Fault { reason: String::from("the camera thread panicked") },
        };
        *lock(&own.slot) = None;
        *lock(&own.ended) = Some(fault);
    });
    spawned.is_ok().then_some(worker)
}

/// Runs until told to leave or until the source is of no more use; says why.
fn work(own: &Worker, factory: &dyn FrameSourceFactory, timing: HostTiming) -> FrameError {
    let mut source = match factory.open() {
        Ok(source) => source,
        Err(fault) => return fault,
    };
    own.beat();
    let timeout = Duration::from_millis(timing.stall_ms);
    while !own.leave.load(Ordering::Acquire) {
        match source.next_frame(timeout) {
            Ok(frame) => {
                own.beat();
                own.frames.fetch_add(1, Ordering::AcqRel);
                if !own.leave.load(Ordering::Acquire) {
                    *lock(&own.slot) = Some(frame);
                }
            }
            // The heartbeat stays still, so a source that only times out is noticed like one that hangs.
            Err(FrameError::TimedOut { .. } | FrameError::Undecodable) => {}
            Err(fault) => return fault,
        }
    }
    FrameError::TimedOut { waited_ms: 0 }
}

/// A panic elsewhere leaves whole values behind, so a poisoned lock is used as it is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
