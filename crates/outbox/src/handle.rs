//! The handle everybody holds, the bounded channel, and the one thread that owns the connection.
//!
//! It decides nothing about content. The rule a newcomer would break: no caller waits without an end; a full channel
//! answers `Busy` at once and a slow disk answers `Timeout`.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, Mutex};
use std::thread;

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::limits::Limits;
use crate::opening::{self, OpenError, Opening};
use crate::seal::Recipients;
use crate::store::Store;

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// A handle on the store; clones share the one writer. The file is closed when the last clone is dropped.
///
/// Every call blocks for at most `Limits::reply_wait_max`. After `StoreFault::Timeout` the write may still happen.
#[derive(Clone)]
pub struct Outbox {
    writer: Arc<Writer>,
}

struct Writer {
    /// `None` only while being dropped.
    requests: Option<SyncSender<Job>>,
    /// Disconnects when the writer has closed the file.
    closed: Mutex<Receiver<()>>,
    recipients: Recipients,
    limits: Limits,
}

impl Outbox {
    /// Opens or makes the outbox in `dir`, checks it, and starts its writer thread.
    ///
    /// `now` dates a quarantined file and decides whether an interrupted draft is still young enough.
    ///
    /// # Errors
    /// See [`OpenError`]; a damaged store is not an error but [`Opening::quarantined`].
    pub fn open(dir: &Path, recipients: Recipients, limits: Limits, now: Timestamp) -> Result<(Self, Opening), OpenError> {
        let (store, opening) = opening::open(dir, limits.clone(), now)?;
        let (requests, inbox) = mpsc::sync_channel(limits.requests_max);
        let (closing, closed) = mpsc::sync_channel(0);
        thread::Builder::new().name("outbox".to_owned()).spawn(move || serve(store, &inbox, closing)).map_err(|source| no_thread(dir, source))?;
        let writer = Writer { requests: Some(requests), closed: Mutex::new(closed), recipients, limits };
        Ok((Self { writer: Arc::new(writer) }, opening))
    }

    /// The limits this store was opened with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.writer.limits
    }

    pub(crate) fn recipients(&self) -> &Recipients {
        &self.writer.recipients
    }

    /// Runs `op` on the writer thread and waits for its answer, at most `Limits::reply_wait_max`.
    pub(crate) fn call<T, E, F>(&self, op: F) -> Result<T, E>
    where
        F: FnOnce(&mut Store) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |store| {
            // A caller that has stopped waiting leaves nobody to tell.
            let _ = reply.try_send(op(store));
        });
        let requests = self.writer.requests.as_ref().ok_or(StoreFault::Stopped)?;
        requests.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreFault::Busy,
            TrySendError::Disconnected(_) => StoreFault::Stopped,
        })?;
        let after = self.writer.limits.reply_wait_max;
        match answer.recv_timeout(after) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => Err(StoreFault::Timeout { after }.into()),
            Err(RecvTimeoutError::Disconnected) => Err(StoreFault::Stopped.into()),
        }
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").finish_non_exhaustive()
    }
}

impl Drop for Writer {
    /// Waits, with an end, until the file is closed, so that the next opening finds it unlocked.
    fn drop(&mut self) {
        drop(self.requests.take());
        if let Ok(closed) = self.closed.get_mut() {
            // Nothing is ever sent: the end of the wait is the disconnect, or the limit.
            let _ = closed.recv_timeout(self.limits.close_wait_max);
        }
    }
}

/// The writer's loop: work, and in the first quiet moment after it, housekeeping.
fn serve(mut store: Store, inbox: &Receiver<Job>, closing: SyncSender<()>) {
    loop {
        let job = match inbox.recv_timeout(store.limits.idle_checkpoint_wait) {
            Ok(job) => job,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                store.quiet();
                match inbox.recv() {
                    Ok(job) => job,
                    Err(_) => break,
                }
            }
        };
        job(&mut store);
    }
    drop(store);
    drop(closing);
}

fn no_thread(dir: &Path, source: io::Error) -> OpenError {
    OpenError::Directory { path: dir.to_path_buf(), source }
}
