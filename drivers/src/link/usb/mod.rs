//! A slip printer on USB: bulk transfers for bytes, the printer class's requests for identity and port status.
//!
//! It does not go through the kernel's printer driver, which has no deadline and no port status. The parts: `select` chooses
//! device and interface, `requests` knows the class requests, `pipe` is what is needed from the bus, `nusb_pipe` the bus
//! itself, `watch` tells of plugging, and this file keeps the books.
//!
//! The rules a newcomer would break:
//!
//! * A write past its deadline is cancelled and then waited for, at most [`CANCEL_LIMIT`]: only the completion says how many
//!   bytes left. When even that does not come, the whole piece counts as left.
//! * One read is always out, so that no unasked status byte is lost; and one pair of endpoints lives as long as the link.
//! * Unplugging may show as a stall or a bus fault (nusb issue 162), so after any fault the link first looks for
//!   [`UNPLUG_LIMIT`] whether the device goes away, and only then names a cause.

mod bus;
mod nusb_pipe;
mod pipe;
mod requests;
mod select;
mod watch;

pub use nusb_pipe::NusbPipe;
pub use pipe::{BulkPipe, InDone, OutDone, PipeFacts, PipeFault, Way};
pub use requests::{
    ControlRequest, DeviceId, DeviceIdError, PortNews, PortStatus, PortStatusError, PortStatusJudge, get_device_id, get_port_status, soft_reset,
};
pub use select::{
    CLASS_PRINTER, CLASS_VENDOR, SelectError, UsbDevice, UsbEndpoint, UsbInterface, UsbMatch, UsbMatchError, VENDOR_CLASS_PRINTERS, choose_device,
    choose_interface, printer_class,
};
pub use watch::{UsbEvent, UsbListError, UsbPrinter, UsbWatch, WatchSource, changes, list_printers};

use super::{Link, LinkError, WriteError};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use thiserror::Error;

/// One transfer to the device; small, so that a stalled printer is noticed early.
const PIECE_BYTES: usize = 4096;
/// Least bytes of the read that is always out; it grows to a whole number of packets.
const READ_BYTES: usize = 64;
/// For the system to hand a cancelled transfer back.
pub const CANCEL_LIMIT: Duration = Duration::from_millis(500);
/// For the system to notice that a device is gone; a hub is asked about four times a second.
pub const UNPLUG_LIMIT: Duration = Duration::from_millis(400);
/// Looks for the device this often meanwhile.
const LOOK_STEP: Duration = Duration::from_millis(20);
/// For one class request.
const REQUEST_LIMIT: Duration = Duration::from_millis(500);
/// Stalls cleared in a row; the next one is a fault.
const STALLS_MAX: u32 = 1;
/// Pause after an empty packet: some printers send them without end instead of nothing.
const EMPTY_PAUSE: Duration = Duration::from_millis(5);
/// A printer that only takes is looked for this often while it is listened to.
const PRESENCE_STEP: Duration = Duration::from_secs(1);
/// Bytes kept of what came while the link was writing or before it broke.
const INBOX_BYTES_MAX: usize = 4096;

/// Why a class request gave nothing.
#[derive(Debug, Error)]
pub enum RequestError {
    #[error("the printer's port cannot be used")]
    Link(#[source] LinkError),
    /// Usual for devices with the vendor class.
    #[error("the printer does not know this request")]
    Unsupported,
    #[error("the printer's device id cannot be read")]
    DeviceId(#[source] DeviceIdError),
    #[error("the printer's port status cannot be read")]
    PortStatus(#[source] PortStatusError),
}

/// A USB printer as a link.
pub struct UsbLink<P: BulkPipe = NusbPipe> {
    pipe: P,
    place: String,
    open: Option<PipeFacts>,
    inbox: VecDeque<u8>,
    stalls_cleared: u32,
    stalls_in_a_row: u32,
    looked_at: Instant,
}

impl UsbLink<NusbPipe> {
    /// A closed link to the device that `wanted` describes.
    pub fn new(wanted: UsbMatch) -> Self {
        let place = wanted.place();
        UsbLink::over(NusbPipe::new(wanted), place)
    }

    /// An open link to the device that `wanted` describes.
    ///
    /// # Errors
    /// As [`Link::open`].
    pub fn open_by(wanted: UsbMatch) -> Result<Self, LinkError> {
        let mut link = UsbLink::new(wanted);
        link.open()?;
        Ok(link)
    }
}

impl<P: BulkPipe> UsbLink<P> {
    /// A closed link over any pipe; `place` is what messages call it.
    pub fn over(pipe: P, place: impl Into<String>) -> Self {
        UsbLink { pipe, place: place.into(), open: None, inbox: VecDeque::new(), stalls_cleared: 0, stalls_in_a_row: 0, looked_at: Instant::now() }
    }

    /// The device in use, while the link is open.
    pub fn device(&self) -> Option<&UsbDevice> {
        self.open.as_ref().map(|facts| &facts.device)
    }

    /// Can the device answer at all?
    pub fn can_answer(&self) -> bool {
        self.open.as_ref().is_some_and(|facts| facts.in_packet_bytes.is_some())
    }

    /// Stalls that were cleared since the link was made.
    pub fn stalls_cleared(&self) -> u32 {
        self.stalls_cleared
    }

    /// GET_DEVICE_ID. Opens the link if needed.
    ///
    /// # Errors
    /// The request fails or its answer is no device id.
    pub fn device_id(&mut self) -> Result<DeviceId, RequestError> {
        let (interface, setting) = self.interface()?;
        let answer = self.ask(requests::get_device_id(interface, setting))?;
        DeviceId::parse(&answer).map_err(RequestError::DeviceId)
    }

    /// GET_PORT_STATUS. Opens the link if needed. Judge it with a [`PortStatusJudge`].
    ///
    /// # Errors
    /// The request fails or its answer is not one byte.
    pub fn port_status(&mut self) -> Result<PortStatus, RequestError> {
        let (interface, _) = self.interface()?;
        let answer = self.ask(requests::get_port_status(interface))?;
        PortStatus::parse(&answer).map_err(RequestError::PortStatus)
    }

    /// SOFT_RESET: the printer forgets what it holds. Opens the link if needed.
    ///
    /// # Errors
    /// The printer knows neither form of the request.
    pub fn soft_reset(&mut self) -> Result<(), RequestError> {
        let (interface, _) = self.interface()?;
        let [first, old_form] = requests::soft_reset(interface);
        match self.ask(first) {
            Err(RequestError::Unsupported) => self.ask(old_form).map(|_| ()),
            other => other.map(|_| ()),
        }
    }

    fn interface(&mut self) -> Result<(u8, u8), RequestError> {
        self.open().map_err(RequestError::Link)?;
        let facts = self.open.as_ref().ok_or(RequestError::Link(LinkError::Unplugged))?;
        Ok((facts.interface, facts.setting))
    }

    fn ask(&mut self, request: ControlRequest) -> Result<Vec<u8>, RequestError> {
        match self.pipe.request(request, REQUEST_LIMIT) {
            Ok(answer) => Ok(answer),
            Err(PipeFault::Cancelled) => Err(RequestError::Link(LinkError::TimedOut)),
            // Refusing a request stalls only that request; but so may unplugging.
            Err(PipeFault::Stall) if !self.goes_away() => Err(RequestError::Unsupported),
            Err(fault) => Err(RequestError::Link(self.cause_of(fault))),
        }
    }

    /// Watches for a moment whether the device goes away.
    fn goes_away(&mut self) -> bool {
        let deadline = Instant::now() + UNPLUG_LIMIT;
        loop {
            if !self.pipe.is_present() {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            std::thread::park_timeout(left.min(LOOK_STEP));
        }
    }

    /// Names the cause of a fault, and closes the pipe: an unplugged one is dead, and one that faults has to be opened anew.
    /// What has come stays readable.
    fn cause_of(&mut self, fault: PipeFault) -> LinkError {
        let gone = fault == PipeFault::Disconnected || self.goes_away();
        self.collect();
        self.shut();
        log::warn!(place = self.place.as_str(), fault:%, gone; "usb_link_broken");
        if gone { LinkError::Unplugged } else { LinkError::Faulty { place: self.place.clone(), reason: fault.to_string() } }
    }

    /// Takes what the read that is out has brought already.
    fn collect(&mut self) {
        if self.can_answer()
            && let Some(done) = self.pipe.wait_in(Duration::ZERO)
        {
            self.keep(&done.bytes);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = INBOX_BYTES_MAX - self.inbox.len().min(INBOX_BYTES_MAX);
        self.inbox.extend(bytes.iter().take(room));
    }

    fn shut(&mut self) {
        if self.open.take().is_some() {
            self.pipe.close();
        }
    }

    fn submit_in(&mut self) {
        if let Some(packet) = self.open.as_ref().and_then(|facts| facts.in_packet_bytes) {
            self.pipe.submit_in(packet.max(1) * READ_BYTES.div_ceil(packet.max(1)));
        }
    }

    /// A stall is cleared once; after that, or when clearing fails, it is a fault like any other.
    fn clear_stall(&mut self, way: Way) -> Result<(), LinkError> {
        self.stalls_in_a_row += 1;
        if self.stalls_in_a_row > STALLS_MAX || self.goes_away() {
            return Err(self.cause_of(PipeFault::Stall));
        }
        self.pipe.clear_halt(way).map_err(|fault| self.cause_of(fault))?;
        self.stalls_cleared = self.stalls_cleared.saturating_add(1);
        log::warn!(place = self.place.as_str(); "usb_stall_cleared");
        Ok(())
    }

    /// One transfer out. Gives the bytes that left and, unless all is well, why it ended.
    fn send_piece(&mut self, piece: &[u8], deadline: Instant) -> (usize, Result<(), PieceEnd>) {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return (0, Err(PieceEnd::TimedOut));
        }
        self.pipe.submit_out(piece);
        if let Some(done) = self.pipe.wait_out(left) {
            return (done.passed_bytes, done.result.map_err(PieceEnd::Fault));
        }
        self.pipe.cancel(Way::Out);
        match self.pipe.wait_out(CANCEL_LIMIT) {
            // It was through just before the cancel.
            Some(OutDone { passed_bytes, result: Ok(()) }) => (passed_bytes, Ok(())),
            Some(OutDone { passed_bytes, result: Err(PipeFault::Cancelled) }) => (passed_bytes, Err(PieceEnd::TimedOut)),
            Some(OutDone { passed_bytes, result: Err(fault) }) => (passed_bytes, Err(PieceEnd::Fault(fault))),
            None => (piece.len(), Err(PieceEnd::Stuck)),
        }
    }
}

/// Why a transfer out did not go through.
enum PieceEnd {
    TimedOut,
    /// The system does not hand the transfer back.
    Stuck,
    Fault(PipeFault),
}

impl<P: BulkPipe> Link for UsbLink<P> {
    fn open(&mut self) -> Result<(), LinkError> {
        if self.open.is_none() {
            self.inbox.clear();
            self.open = Some(self.pipe.open()?);
            self.stalls_in_a_row = 0;
            self.looked_at = Instant::now();
            self.submit_in();
        }
        Ok(())
    }

    fn close(&mut self) {
        self.shut();
        self.inbox.clear();
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WriteError> {
        let mut sent_bytes = 0;
        while sent_bytes < bytes.len() {
            if self.open.is_none() {
                return Err(WriteError { sent_bytes, cause: LinkError::Unplugged });
            }
            let end = bytes.len().min(sent_bytes + PIECE_BYTES);
            let (passed_bytes, ended) = self.send_piece(&bytes[sent_bytes..end], deadline);
            sent_bytes = (sent_bytes + passed_bytes).min(end);
            let cause = match ended {
                Ok(()) if passed_bytes > 0 => {
                    self.stalls_in_a_row = 0;
                    continue;
                }
                // A transfer that succeeds without a byte would be tried for ever.
                Ok(()) => self.cause_of(PipeFault::Fault),
                Err(PieceEnd::Fault(PipeFault::Stall)) => match self.clear_stall(Way::Out) {
                    Ok(()) => continue,
                    Err(cause) => cause,
                },
                Err(PieceEnd::Fault(fault)) => self.cause_of(fault),
                Err(PieceEnd::TimedOut) => LinkError::TimedOut,
                Err(PieceEnd::Stuck) => {
                    log::error!(place = self.place.as_str(); "usb_transfer_stuck");
                    self.collect();
                    self.shut();
                    LinkError::TimedOut
                }
            };
            return Err(WriteError { sent_bytes, cause });
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        let deadline = Instant::now() + timeout;
        loop {
            if !self.inbox.is_empty() || buffer.is_empty() {
                let count = buffer.len().min(self.inbox.len());
                for (to, from) in buffer.iter_mut().zip(self.inbox.drain(..count)) {
                    *to = from;
                }
                return Ok(count);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let answers = match &self.open {
                None => return Err(LinkError::Unplugged),
                Some(facts) => facts.in_packet_bytes.is_some(),
            };
            if !answers {
                return self.sit_out(left);
            }
            match self.pipe.wait_in(left) {
                None => return Ok(0),
                Some(InDone { bytes, result: Ok(()) }) => {
                    self.stalls_in_a_row = 0;
                    self.submit_in();
                    self.keep(&bytes);
                    if bytes.is_empty() {
                        let left = deadline.saturating_duration_since(Instant::now());
                        if left.is_zero() {
                            return Ok(0);
                        }
                        std::thread::park_timeout(left.min(EMPTY_PAUSE));
                    }
                }
                Some(InDone { bytes, result: Err(PipeFault::Stall) }) => {
                    self.keep(&bytes);
                    self.clear_stall(Way::In)?;
                    self.submit_in();
                }
                Some(InDone { bytes, result: Err(fault) }) => {
                    self.keep(&bytes);
                    let cause = self.cause_of(fault);
                    if self.inbox.is_empty() {
                        return Err(cause);
                    }
                }
            }
        }
    }

    /// Always zero: a write returns only when its bytes have passed the bus.
    fn unsent_bytes(&mut self) -> usize {
        0
    }
}

impl<P: BulkPipe> UsbLink<P> {
    /// Listens to a printer that never speaks: waits, and notices when it goes away.
    fn sit_out(&mut self, left: Duration) -> Result<usize, LinkError> {
        if self.looked_at.elapsed() >= PRESENCE_STEP {
            self.looked_at = Instant::now();
            if !self.pipe.is_present() {
                self.shut();
                return Err(LinkError::Unplugged);
            }
        }
        let deadline = Instant::now() + left;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(0);
            }
            std::thread::park_timeout(left);
        }
    }
}

impl<P: BulkPipe> Drop for UsbLink<P> {
    fn drop(&mut self) {
        self.close();
    }
}
