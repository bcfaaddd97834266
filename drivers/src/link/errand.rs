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
        self.resume(limit, call)
    }

    /// Waits at most `limit` for the call that is still out, or else runs `call`. A late answer is as good as any.
    pub(super) fn resume(&mut self, limit: Duration, call: impl FnOnce() -> T + Send + 'static) -> Result<T, NoAnswer> {
        let answer = match self.out.take() {
            Some(older) => older,
            None => {
                let (sender, answer) = crossbeam_channel::bounded(1);
                let thread = std::thread::Builder::new().name(self.name.into()).spawn(move || {
                    // Nobody listens when the owner has gone; the answer is then dropped here.
                    let _ = sender.send(call());
                });
                thread.map_err(|_| NoAnswer::NoThread)?;
                answer
            }
        };
        match answer.recv_timeout(limit) {
            Ok(value) => Ok(value),
            Err(RecvTimeoutError::Timeout) => {
                self.out = Some(answer);
                Err(NoAnswer::StillOut)
            }
            Err(RecvTimeoutError::Disconnected) => Err(NoAnswer::NoThread),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_call_that_hangs_is_left_behind_and_costs_one_thread() {
        let (release, hold) = crossbeam_channel::bounded::<()>(1);
        let mut errand = Errand::new("test-errand");
        let hangs = move || {
            let _ = hold.recv();
            1
        };
        assert_eq!(errand.run(Duration::from_millis(20), hangs), Err(NoAnswer::StillOut));
        assert_eq!(errand.run(PATIENCE, || 2), Err(NoAnswer::StillOut), "refused at once, not after its patience");
        release.send(()).expect("the call still listens");
        let deadline = std::time::Instant::now() + PATIENCE;
        let answer = std::iter::repeat_with(|| errand.run(PATIENCE, || 3)).find(|answer| answer.is_ok() || std::time::Instant::now() > deadline);
        assert_eq!(answer, Some(Ok(3)), "the late answer of the first call is not taken for that of the third");
    }

    #[test]
    fn a_late_answer_can_be_fetched() {
        let (release, hold) = crossbeam_channel::bounded::<u8>(1);
        let mut errand = Errand::new("test-errand");
        let slow = move || hold.recv().unwrap_or_default();
        assert_eq!(errand.resume(Duration::from_millis(20), slow), Err(NoAnswer::StillOut));
        release.send(1).expect("the call still listens");
        assert_eq!(errand.resume(PATIENCE, || 2), Ok(1));
        assert_eq!(errand.resume(PATIENCE, || 2), Ok(2));
    }

    #[test]
    fn a_call_whose_thread_dies_is_no_answer() {
        let mut errand: Errand<u8> = Errand::new("test-errand");
        assert_eq!(errand.run(PATIENCE, || panic!("invented fault")), Err(NoAnswer::NoThread));
        assert_eq!(errand.run(PATIENCE, || 7), Ok(7));
    }
}
