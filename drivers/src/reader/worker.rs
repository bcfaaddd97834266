//! The thread on which engines run, so that one that does not come back holds up nobody.
//!
//! The rule a newcomer would break: a thread that is late is abandoned, never joined. It is counted while it is stuck, and no
//! new one is started beyond [`THREADS_STUCK_MAX`], or a hostile picture before the lens would eat the machine thread by
//! thread.

use super::frame::search;
use super::{Aim, QrDecoder, Reading};
use crate::picture::Luma;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Threads that may be stuck at the same time; beyond this frames are refused until one comes back.
pub const THREADS_STUCK_MAX: u32 = 2;

struct Job {
    luma: Luma,
    aim: Aim,
    deadline: Instant,
}

/// One thread and the way to it.
pub(super) struct Worker {
    jobs: Sender<Job>,
    readings: Receiver<Reading>,
    abandoned: Arc<AtomicBool>,
    stuck: Arc<AtomicU32>,
}

impl Worker {
    /// `None` when too many threads are stuck already or the machine has no thread left.
    pub(super) fn start(engines: Arc<[Box<dyn QrDecoder>]>, stuck: &Arc<AtomicU32>) -> Option<Self> {
        if stuck.load(Ordering::Acquire) >= THREADS_STUCK_MAX {
            return None;
        }
        let (jobs, inbox) = bounded::<Job>(1);
        let (outbox, readings) = bounded::<Reading>(1);
        let abandoned = Arc::new(AtomicBool::new(false));
        let (left_alone, count) = (abandoned.clone(), stuck.clone());
        let run = move || {
            for job in inbox {
                let reading = search(&engines, &job.luma, job.aim, job.deadline);
                if outbox.send(reading).is_err() {
                    break;
                }
            }
            if left_alone.load(Ordering::Acquire) {
                count.fetch_sub(1, Ordering::AcqRel);
            }
        };
        match std::thread::Builder::new().name("qr-engines".into()).spawn(run) {
            Ok(_) => Some(Worker { jobs, readings, abandoned, stuck: stuck.clone() }),
            Err(fault) => {
                log::warn!(reason:% = fault; "qr_thread_refused");
                None
            }
        }
    }

    /// One frame. `None` when the thread did not come back in time; it is abandoned and counted then.
    pub(super) fn read(self, luma: Luma, aim: Aim, deadline: Instant, hang_after: Duration) -> Option<(Self, Reading)> {
        if self.jobs.send(Job { luma, aim, deadline }).is_ok()
            && let Ok(reading) = self.readings.recv_timeout(hang_after)
        {
            return Some((self, reading));
        }
        // Counted before the flag: a thread that comes back in this moment takes back what is already there.
        self.stuck.fetch_add(1, Ordering::AcqRel);
        self.abandoned.store(true, Ordering::Release);
        log::warn!(stuck = self.stuck.load(Ordering::Acquire); "qr_thread_abandoned");
        None
    }
}
