//! The hand on the simulated USB printer: plug, faults, and what it answers to the requests of the printer class.
//!
//! It moves no bytes; `usb` does. The rule a newcomer would break: unplugging reaches a transfer before it reaches the list
//! of devices, and shows as whatever the host controller makes of it.

use super::SimPipe;
use crate::link::Link;
use crate::link::usb::{CLASS_PRINTER, PipeFault, UsbDevice, UsbEndpoint, UsbInterface, UsbListError, UsbPrinter};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Last bytes of an unplugged printer that may still be delivered.
const LAST_WORDS_BYTES_MAX: usize = 512;

/// How unplugging shows on a transfer that is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnplugLook {
    /// What the transfer reports.
    pub shows_as: PipeFault,
    /// How long the device stays listed.
    pub listed_for: Duration,
}

/// Why opening is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenRefusal {
    HeldByOther,
    Permission,
}

pub(super) struct State {
    pub(super) peer: Box<dyn Link>,
    pub(super) device: UsbDevice,
    pub(super) plugged: bool,
    pub(super) vanishes_at: Instant,
    pub(super) last_words: Vec<u8>,
    pub(super) look: UnplugLook,
    pub(super) unplug_after_bytes: Option<usize>,
    pub(super) take_after_bytes: Option<usize>,
    pub(super) stalls_out: u32,
    pub(super) stalls_in: u32,
    pub(super) bus_faults: u32,
    pub(super) short_bytes: Option<usize>,
    pub(super) keeps_cancelled: bool,
    pub(super) empty_packets: bool,
    pub(super) one_way: bool,
    pub(super) refusal: Option<OpenRefusal>,
    pub(super) device_id: Option<Vec<u8>>,
    pub(super) port_status: Option<u8>,
    pub(super) deaf_to_requests: bool,
    pub(super) old_reset_only: bool,
    pub(super) soft_resets: u32,
}

impl State {
    /// Pulls the cable. The printer keeps what it has taken.
    pub(super) fn pull(&mut self) {
        if self.plugged {
            // What had reached the host before the pull is still delivered.
            let mut buffer = [0; LAST_WORDS_BYTES_MAX];
            if let Ok(count) = self.peer.read(&mut buffer, Duration::ZERO) {
                self.last_words.extend(&buffer[..count]);
            }
            self.plugged = false;
            self.vanishes_at = Instant::now() + self.look.listed_for;
        }
    }

    /// The printer behind the cable is gone, which on the bus looks like a pulled cable.
    pub(super) fn lose_peer(&mut self) {
        self.peer.close();
        self.pull();
    }
}

pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) changed: Condvar,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A simulated USB printer. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct SimUsbPrinter {
    shared: Arc<Shared>,
}

impl SimUsbPrinter {
    /// Plugs a printer in that passes its bytes on to `peer` and answers with what comes from there.
    pub fn in_front_of(peer: impl Link + 'static) -> Self {
        let interface = UsbInterface {
            number: 0,
            setting: 0,
            class: CLASS_PRINTER,
            protocol: 2,
            bulk_out: Some(UsbEndpoint { address: 0x01, packet_bytes: 64 }),
            bulk_in: Some(UsbEndpoint { address: 0x82, packet_bytes: 64 }),
        };
        let device = UsbDevice {
            vendor_id: 0x04B8,
            product_id: 0x0E15,
            serial: Some("SIM0001".into()),
            port_path: "1-1".into(),
            product: Some("ESC/POS".into()),
            plugging: 0x0101,
            interfaces: vec![interface],
        };
        let state = State {
            peer: Box::new(peer),
            device,
            plugged: true,
            vanishes_at: Instant::now(),
            last_words: Vec::new(),
            look: UnplugLook { shows_as: PipeFault::Disconnected, listed_for: Duration::ZERO },
            unplug_after_bytes: None,
            take_after_bytes: None,
            stalls_out: 0,
            stalls_in: 0,
            bus_faults: 0,
            short_bytes: None,
            keeps_cancelled: false,
            empty_packets: false,
            one_way: false,
            refusal: None,
            device_id: Some(b"MFG:SIM;MDL:ESCPOS;CMD:ESC/POS;CLS:PRINTER;".to_vec()),
            port_status: Some(0x18),
            deaf_to_requests: false,
            old_reset_only: false,
            soft_resets: 0,
        };
        SimUsbPrinter { shared: Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() }) }
    }

    /// A host's pipe to this printer.
    pub fn pipe(&self) -> SimPipe {
        SimPipe::new(Arc::clone(&self.shared))
    }

    /// What a list of the bus shows.
    ///
    /// # Errors
    /// None; the type is that of a real list.
    pub fn list(&self) -> Result<Vec<UsbPrinter>, UsbListError> {
        let state = self.shared.lock();
        let listed = state.plugged || Instant::now() < state.vanishes_at;
        Ok(UsbPrinter::of(&state.device).filter(|_| listed).into_iter().collect())
    }

    /// Pulls the cable.
    pub fn unplug(&self) {
        self.change(State::pull);
    }

    /// Pulls the cable after `bytes` more bytes.
    pub fn unplug_after_bytes(&self, bytes: usize) {
        self.change(|state| state.unplug_after_bytes = Some(bytes));
    }

    /// Plugs it in again; the system gives it another number.
    pub fn replug(&self) {
        self.change(|state| {
            state.plugged = true;
            state.device.plugging = state.device.plugging.wrapping_add(1);
            state.last_words.clear();
            // What it said to nobody is lost.
            let mut buffer = [0; LAST_WORDS_BYTES_MAX];
            let _ = state.peer.read(&mut buffer, Duration::ZERO);
        });
    }

    /// How unplugging shows from now on.
    pub fn unplug_looks(&self, look: UnplugLook) {
        self.change(|state| state.look = look);
    }

    /// Takes `bytes` more and then nothing, as a printer does whose buffer is full; `None` takes everything.
    pub fn take_only(&self, bytes: Option<usize>) {
        self.change(|state| state.take_after_bytes = bytes);
    }

    /// Stalls the next `count` transfers to it.
    pub fn stall_out(&self, count: u32) {
        self.change(|state| state.stalls_out = count);
    }

    /// Stalls the next `count` transfers from it.
    pub fn stall_in(&self, count: u32) {
        self.change(|state| state.stalls_in = count);
    }

    /// Garbles the next `count` transfers to it on the bus, while it stays plugged in.
    pub fn garble(&self, count: u32) {
        self.change(|state| state.bus_faults = count);
    }

    /// Ends each transfer to it after at most `bytes`, although all is well.
    pub fn short_writes(&self, bytes: Option<usize>) {
        self.change(|state| state.short_bytes = bytes);
    }

    /// The system never hands a cancelled transfer back.
    pub fn keep_cancelled(&self, keep: bool) {
        self.change(|state| state.keeps_cancelled = keep);
    }

    /// Answers every read with an empty packet.
    pub fn empty_packets(&self, empty: bool) {
        self.change(|state| state.empty_packets = empty);
    }

    /// Has no endpoint towards the host. Counts from the next opening.
    pub fn one_way(&self, one_way: bool) {
        self.change(|state| state.one_way = one_way);
    }

    /// Refuses to be opened.
    pub fn refuse_open(&self, refusal: Option<OpenRefusal>) {
        self.change(|state| state.refusal = refusal);
    }

    /// What it answers to GET_DEVICE_ID, without the length; `None` refuses the request.
    pub fn device_id(&self, id: Option<&[u8]>) {
        self.change(|state| state.device_id = id.map(<[u8]>::to_vec));
    }

    /// What it answers to GET_PORT_STATUS; `None` refuses the request.
    pub fn port_status(&self, byte: Option<u8>) {
        self.change(|state| state.port_status = byte);
    }

    /// Leaves requests unanswered.
    pub fn deaf_to_requests(&self, deaf: bool) {
        self.change(|state| state.deaf_to_requests = deaf);
    }

    /// Knows SOFT_RESET only in the form of version 1.0.
    pub fn old_reset_only(&self, old: bool) {
        self.change(|state| state.old_reset_only = old);
    }

    /// Soft resets that it obeyed.
    pub fn soft_resets(&self) -> u32 {
        self.shared.lock().soft_resets
    }

    fn change(&self, what: impl FnOnce(&mut State)) {
        what(&mut self.shared.lock());
        self.shared.changed.notify_all();
    }
}
