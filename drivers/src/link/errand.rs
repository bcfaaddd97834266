//! Runs a call that may hang on a thread of its own, and waits for it only so long.
//!
//! It cannot end the call. The rule a newcomer would break: a call that is still out blocks the next one of the same kind, so
//! that a hanging name server or bus costs one thread and not one thread per poll.

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

/// One kind of call, at most one of which is out at a time.
pub(super) struct Errand<T> {
    /// Name of the thread.
    name: &'static str,
    out: Option<Receiver<T>>,
}

/// Why a call gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// It did not come back in time, or an older one has not come back yet.
    StillOut,
    /// The operating system gave no thread, or the thread died.
    NoThread,
}

impl<T: Send + 'static> Errand<T> {
    pub(super) fn new(name: &'static str) -> Self {
        Errand { name, out: None }
    }

    /// Runs `call` and waits at most `limit` for its answer. A late answer is dropped unread when the next call is made.
    pub(super) fn run(&mut self, limit: Duration, call: impl FnOnce() -> T + Send + 'static) -> Result<T, NoAnswer> {
        if let Some(older) = &self.out {
            match older.try_recv() {
                Err(TryRecvError::Empty) => return Err(NoAnswer::StillOut),
                Ok(_) | Err(TryRecvError::Disconnected) => self.out = None,
            }
        }
        let (sender, answer) = crossbeam_channel::bounded(1);
        let thread = std::thread::Builder::new().name(self.name.into()).spawn(move || {
            // Nobody listens when the owner has gone; the answer is then dropped here.
            let _ = sender.send(call());
        });
        if thread.is_err() {
            return Err(NoAnswer::NoThread);
        }
        match answer.recv_timeout(limit) {
            Ok(value) => Ok(value),
            Err(RecvTimeoutError::Timeout) => {
                log::warn!(errand = self.name; "errand_still_out");
                self.out = Some(answer);
                Err(NoAnswer::StillOut)
            }
            Err(RecvTimeoutError::Disconnected) => Err(NoAnswer::NoThread),
        }
    }
}
