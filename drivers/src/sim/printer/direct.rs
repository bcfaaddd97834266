//! A link straight into the simulated printer: no terminal, no thread, no waiting for either.
//!
//! It is for tests that enumerate what happens between two bytes. The rule a newcomer would break: the printer works only while
//! somebody reads, writes or settles it, so two runs of one script are the same.

use super::{PrinterFault, Shared};
use crate::link::{Link, LinkError, WriteError};
use std::collections::VecDeque;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Rounds after which a printer that is asked to settle counts as settled.
const SETTLE_ROUNDS_MAX: usize = 10_000;
/// A read that finds nothing sleeps this long at most, so that a driver's clock goes on.
const NAP: Duration = Duration::from_micros(200);

/// A link straight into a simulated printer.
pub struct DirectLink {
    shared: Arc<Shared>,
    open: bool,
    heard: VecDeque<u8>,
}

impl DirectLink {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        DirectLink { shared, open: false, heard: VecDeque::new() }
    }

    /// Lets the printer work until it has nothing left to do that it can do.
    pub fn settle(&mut self) {
        for _ in 0..SETTLE_ROUNDS_MAX {
            let mut machine = lock(&self.shared);
            let before = machine.bytes_printed;
            machine.run(Instant::now());
            if machine.is_idle(Instant::now()) || (machine.bytes_printed == before && machine.is_at_rest(Instant::now())) {
                return;
            }
            drop(machine);
            std::thread::park_timeout(NAP);
        }
    }

    fn is_plugged(&self) -> bool {
        !lock(&self.shared).has(PrinterFault::Unplugged)
    }
}

impl Link for DirectLink {
    fn open(&mut self) -> Result<(), LinkError> {
        if !self.open && !self.is_plugged() {
            return Err(LinkError::NoDevice { place: "direct".into() });
        }
        self.open = true;
        Ok(())
    }

    fn close(&mut self) {
        self.open = false;
        self.heard.clear();
    }

    fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<(), WriteError> {
        if !self.open {
            return Err(WriteError { sent_bytes: 0, cause: LinkError::Unplugged });
        }
        for (sent_bytes, byte) in bytes.iter().enumerate() {
            if !self.is_plugged() {
                self.open = false;
                return Err(WriteError { sent_bytes, cause: LinkError::Unplugged });
            }
            lock(&self.shared).receive(&[*byte]);
        }
        lock(&self.shared).run(Instant::now());
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        if !self.open || !self.is_plugged() {
            self.open = false;
            return Err(LinkError::Unplugged);
        }
        let deadline = Instant::now() + timeout;
        loop {
            {
                let mut machine = lock(&self.shared);
                let now = Instant::now();
                machine.run(now);
                self.heard.extend(machine.take_replies(now));
            }
            let count = buffer.len().min(self.heard.len());
            if count > 0 || Instant::now() >= deadline {
                buffer.iter_mut().zip(self.heard.drain(..count)).for_each(|(place, byte)| *place = byte);
                return Ok(count);
            }
            std::thread::park_timeout(NAP);
        }
    }

    fn unsent_bytes(&mut self) -> usize {
        0
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, super::Machine> {
    shared.machine.lock().unwrap_or_else(PoisonError::into_inner)
}
