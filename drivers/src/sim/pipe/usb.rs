//! The host's end of the simulated USB printer: transfers that pass, wait, stall and break.
//!
//! The rule a newcomer would break: a transfer keeps the count of what has passed when a wait for it ends, and a cancelled
//! one reports that count, as the bus does.

use super::STEP;
use super::faults::{OpenRefusal, Shared, State};
use crate::link::LinkError;
use crate::link::usb::{BulkPipe, ControlRequest, InDone, OutDone, PipeFacts, PipeFault, Way};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A host's pipe to a [`super::SimUsbPrinter`].
pub struct SimPipe {
    shared: Arc<Shared>,
    /// The plugging that was opened.
    plugging: Option<u16>,
    out: Option<OutTransfer>,
    input: Option<InTransfer>,
    halted_out: bool,
    halted_in: bool,
}

struct OutTransfer {
    bytes: Vec<u8>,
    passed_bytes: usize,
    cancelled: bool,
}

struct InTransfer {
    bytes_max: usize,
    cancelled: bool,
}

/// What a look at a transfer gave.
enum Look<T> {
    Done(T),
    Waiting,
}

impl SimPipe {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        SimPipe { shared, plugging: None, out: None, input: None, halted_out: false, halted_in: false }
    }

    /// Looks again and again until `look` says that it is done or the time is over.
    fn look_until<T>(&mut self, at_most: Duration, mut look: impl FnMut(&mut Self, &mut State) -> Look<T>) -> Option<T> {
        let shared = Arc::clone(&self.shared);
        let deadline = Instant::now() + at_most;
        let mut state: MutexGuard<'_, State> = shared.lock();
        loop {
            if let Look::Done(done) = look(self, &mut state) {
                return Some(done);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            state = shared.changed.wait_timeout(state, left.min(STEP)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn is_connected(&self, state: &State) -> bool {
        state.plugged && self.plugging == Some(state.device.plugging)
    }

    fn look_out(&mut self, state: &mut State) -> Look<Result<(), PipeFault>> {
        let connected = self.is_connected(state);
        let Some(transfer) = &mut self.out else {
            return Look::Waiting;
        };
        if !connected {
            return Look::Done(Err(state.look.shows_as));
        }
        if transfer.cancelled {
            return if state.keeps_cancelled { Look::Waiting } else { Look::Done(Err(PipeFault::Cancelled)) };
        }
        if state.bus_faults > 0 {
            state.bus_faults -= 1;
            return Look::Done(Err(PipeFault::Fault));
        }
        if state.stalls_out > 0 && !self.halted_out {
            state.stalls_out -= 1;
            self.halted_out = true;
        }
        if self.halted_out {
            return Look::Done(Err(PipeFault::Stall));
        }
        let end = transfer.bytes.len().min(state.short_bytes.unwrap_or(usize::MAX));
        let limits = [state.take_after_bytes, state.unplug_after_bytes];
        let room = limits.into_iter().flatten().fold(end.saturating_sub(transfer.passed_bytes), usize::min);
        if room > 0 {
            let piece = &transfer.bytes[transfer.passed_bytes..transfer.passed_bytes + room];
            let passed = match state.peer.write(piece, Instant::now() + STEP) {
                Ok(()) => room,
                Err(fault) if matches!(fault.cause, LinkError::TimedOut) => fault.sent_bytes,
                Err(fault) => {
                    state.lose_peer();
                    fault.sent_bytes
                }
            };
            transfer.passed_bytes += passed;
            for limit in [&mut state.take_after_bytes, &mut state.unplug_after_bytes].into_iter().flatten() {
                *limit -= passed;
            }
        }
        if state.unplug_after_bytes == Some(0) {
            state.unplug_after_bytes = None;
            state.pull();
        }
        if !state.plugged {
            return Look::Done(Err(state.look.shows_as));
        }
        if transfer.passed_bytes >= end { Look::Done(Ok(())) } else { Look::Waiting }
    }

    fn look_in(&mut self, state: &mut State) -> Look<InDone> {
        let connected = self.is_connected(state);
        let Some(transfer) = &self.input else {
            return Look::Waiting;
        };
        let failed = |fault| Look::Done(InDone { bytes: Vec::new(), result: Err(fault) });
        if !connected {
            let count = state.last_words.len().min(transfer.bytes_max);
            if count == 0 {
                return failed(state.look.shows_as);
            }
            return Look::Done(InDone { bytes: state.last_words.drain(..count).collect(), result: Ok(()) });
        }
        if transfer.cancelled {
            return if state.keeps_cancelled { Look::Waiting } else { failed(PipeFault::Cancelled) };
        }
        if state.stalls_in > 0 && !self.halted_in {
            state.stalls_in -= 1;
            self.halted_in = true;
        }
        if self.halted_in {
            return failed(PipeFault::Stall);
        }
        let mut bytes = vec![0; transfer.bytes_max];
        match state.peer.read(&mut bytes, Duration::ZERO) {
            Ok(0) if state.empty_packets => Look::Done(InDone { bytes: Vec::new(), result: Ok(()) }),
            Ok(0) => Look::Waiting,
            Ok(count) => {
                bytes.truncate(count);
                Look::Done(InDone { bytes, result: Ok(()) })
            }
            Err(_) => {
                state.lose_peer();
                failed(state.look.shows_as)
            }
        }
    }
}

impl BulkPipe for SimPipe {
    fn open(&mut self) -> Result<PipeFacts, LinkError> {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock();
        let place = || "USB simulated".to_owned();
        match state.refusal {
            _ if !state.plugged => return Err(LinkError::NoDevice { place: place() }),
            Some(OpenRefusal::HeldByOther) => return Err(LinkError::HeldByOther { place: place() }),
            Some(OpenRefusal::Permission) => return Err(LinkError::Permission { place: place() }),
            None => state.peer.open()?,
        }
        self.plugging = Some(state.device.plugging);
        self.out = None;
        self.input = None;
        self.halted_out = false;
        self.halted_in = false;
        Ok(PipeFacts { device: state.device.clone(), interface: 0, setting: 0, in_packet_bytes: (!state.one_way).then_some(64) })
    }

    fn close(&mut self) {
        self.plugging = None;
        self.out = None;
        self.input = None;
    }

    fn is_present(&mut self) -> bool {
        let state = self.shared.lock();
        let listed = state.plugged || Instant::now() < state.vanishes_at;
        listed && self.plugging == Some(state.device.plugging)
    }

    fn submit_out(&mut self, bytes: &[u8]) {
        self.out = Some(OutTransfer { bytes: bytes.to_vec(), passed_bytes: 0, cancelled: false });
    }

    fn wait_out(&mut self, at_most: Duration) -> Option<OutDone> {
        self.out.as_ref()?;
        let result = self.look_until(at_most, SimPipe::look_out)?;
        let passed_bytes = self.out.take().map_or(0, |transfer| transfer.passed_bytes);
        Some(OutDone { passed_bytes, result })
    }

    fn submit_in(&mut self, bytes: usize) {
        self.input = Some(InTransfer { bytes_max: bytes, cancelled: false });
    }

    fn wait_in(&mut self, at_most: Duration) -> Option<InDone> {
        self.input.as_ref()?;
        let done = self.look_until(at_most, SimPipe::look_in)?;
        self.input = None;
        Some(done)
    }

    fn cancel(&mut self, way: Way) {
        match (way, &mut self.out, &mut self.input) {
            (Way::Out, Some(transfer), _) => transfer.cancelled = true,
            (Way::In, _, Some(transfer)) => transfer.cancelled = true,
            _ => {}
        }
    }

    fn clear_halt(&mut self, way: Way) -> Result<(), PipeFault> {
        if !self.is_connected(&self.shared.lock()) {
            return Err(PipeFault::Disconnected);
        }
        match way {
            Way::Out => self.halted_out = false,
            Way::In => self.halted_in = false,
        }
        Ok(())
    }

    fn request(&mut self, request: ControlRequest, limit: Duration) -> Result<Vec<u8>, PipeFault> {
        let answer = self.look_until(limit, |pipe, state| {
            if !pipe.is_connected(state) {
                return Look::Done(Err(state.look.shows_as));
            }
            if state.deaf_to_requests {
                return Look::Waiting;
            }
            Look::Done(match (request.request_type, request.request) {
                (0xA1, 0) => state.device_id.as_ref().map(|text| with_length(text)).ok_or(PipeFault::Stall),
                (0xA1, 1) => state.port_status.map(|byte| vec![byte]).ok_or(PipeFault::Stall),
                (0x21 | 0x23, 2) if state.old_reset_only == (request.request_type == 0x23) => {
                    state.soft_resets += 1;
                    Ok(Vec::new())
                }
                _ => Err(PipeFault::Stall),
            })
        });
        answer.unwrap_or(Err(PipeFault::Cancelled)).map(|mut bytes| {
            bytes.truncate(request.bytes_max.into());
            bytes
        })
    }
}

/// A device id as it goes over the wire: its length, which counts itself, comes first.
fn with_length(text: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], text].concat()
}
