//! The bus itself, through nusb and the kernel's usbfs.
//!
//! It decides nothing and counts nothing. The rules a newcomer would break:
//!
//! * The interface is taken from the kernel's own driver in one step (`detach_and_claim_interface`), which never steals it
//!   from another program.
//! * nusb's `transfer_blocking` is not used: after its timeout it waits without a limit.
//! * Opening and closing happen on a thread of their own, because either may wait in the kernel for a dead printer; while one
//!   is still out the device cannot be opened again. And before closing, transfers are cancelled and waited for: the
//!   interface stays claimed until the last of them is back.

use super::bus::{self, Listed};
use super::pipe::{BulkPipe, InDone, OutDone, PipeFacts, PipeFault, Way};
use super::requests::ControlRequest;
use super::select::{SelectError, UsbMatch, choose_device, choose_interface};
use super::watch::UsbListError;
use super::{CANCEL_LIMIT, LinkError};
use crate::link::errand::{Errand, NoAnswer};
use nusb::transfer::{Buffer, Bulk, ControlIn, ControlOut, ControlType, In, Out, Recipient, TransferError};
use nusb::{Endpoint, ErrorKind, Interface, MaybeFuture};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// For finding, claiming and opening.
const OPEN_LIMIT: Duration = Duration::from_secs(3);
/// For giving the device back to the kernel's driver, which then talks to it.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
/// For clearing a stall; the kernel itself gives up after five seconds.
const CLEAR_LIMIT: Duration = Duration::from_secs(1);
/// For the system to hand a request back after its own limit has passed.
const REQUEST_GRACE: Duration = Duration::from_millis(500);

/// A USB printer through the operating system.
pub struct NusbPipe {
    wanted: UsbMatch,
    /// Opens and closes, one at a time. Closing answers with nothing.
    porter: Errand<Option<Result<Session, LinkError>>>,
    clearing: Errand<Result<(), nusb::Error>>,
    session: Option<Session>,
}

struct Session {
    facts: PipeFacts,
    sysfs: PathBuf,
    device_number: u8,
    out: Endpoint<Bulk, Out>,
    input: Option<Endpoint<Bulk, In>>,
    interface: Interface,
}

impl NusbPipe {
    /// A closed pipe to the device that `wanted` describes.
    pub fn new(wanted: UsbMatch) -> Self {
        NusbPipe { wanted, porter: Errand::new("usb-porter"), clearing: Errand::new("usb-clear-halt"), session: None }
    }
}

impl Session {
    fn open(wanted: &UsbMatch) -> Result<Self, LinkError> {
        let place = || wanted.place();
        let listed = match bus::list() {
            Ok(listed) => listed,
            Err(UsbListError::Permission) => return Err(LinkError::Permission { place: place() }),
            Err(UsbListError::NoUsb { .. }) => return Err(LinkError::NoDevice { place: place() }),
        };
        let descriptions: Vec<_> = listed.iter().map(|Listed { device, .. }| device.clone()).collect();
        let chosen = choose_device(&descriptions, wanted).map_err(|fault| match fault {
            SelectError::None => LinkError::NoDevice { place: place() },
            several => LinkError::Setup { place: place(), reason: several.to_string() },
        })?;
        let found = listed.iter().find(|entry| entry.device == *chosen).ok_or_else(|| LinkError::NoDevice { place: place() })?;
        let refused = |fault: nusb::Error| open_error(place(), &fault);
        let opened = found.info.open().wait().map_err(refused)?;
        let mut device = chosen.clone();
        device.interfaces = bus::settings(&opened).map_err(|fault| LinkError::Setup { place: place(), reason: fault.to_string() })?;
        let no_interface = || LinkError::Setup { place: place(), reason: "none of its interfaces takes a printer's bytes".into() };
        let choice = choose_interface(&device, wanted).ok_or_else(no_interface)?;
        let out = choice.bulk_out.ok_or_else(no_interface)?;
        let interface = opened.detach_and_claim_interface(choice.number).wait().map_err(refused)?;
        // Old printers stumble over being told what they do anyway.
        if choice.setting != interface.get_alt_setting() {
            interface.set_alt_setting(choice.setting).wait().map_err(refused)?;
        }
        Ok(Session {
            out: interface.endpoint(out.address).map_err(refused)?,
            input: choice.bulk_in.map(|e| interface.endpoint(e.address)).transpose().map_err(refused)?,
            interface,
            sysfs: found.info.sysfs_path().to_path_buf(),
            device_number: found.info.device_address(),
            facts: PipeFacts { interface: choice.number, setting: choice.setting, in_packet_bytes: choice.bulk_in.map(|e| e.packet_bytes), device },
        })
    }

    /// Cancels what is out and waits for it, so that dropping gives the interface back at once.
    fn drain(&mut self) {
        self.out.cancel_all();
        if self.out.pending() > 0 {
            let _ = self.out.wait_next_complete(CANCEL_LIMIT);
        }
        if let Some(input) = &mut self.input {
            input.cancel_all();
            if input.pending() > 0 {
                let _ = input.wait_next_complete(CANCEL_LIMIT);
            }
        }
    }
}

impl BulkPipe for NusbPipe {
    fn open(&mut self) -> Result<PipeFacts, LinkError> {
        self.close();
        let wanted = self.wanted.clone();
        let reason = match self.porter.run(OPEN_LIMIT, move || Some(Session::open(&wanted))) {
            Ok(Some(Ok(session))) => {
                let facts = session.facts.clone();
                self.session = Some(session);
                return Ok(facts);
            }
            Ok(Some(Err(fault))) => return Err(fault),
            Ok(None) | Err(NoAnswer::StillOut) => "the system has not opened or closed it in time",
            Err(NoAnswer::NoThread) => "no thread to open it",
        };
        Err(LinkError::Faulty { place: self.wanted.place(), reason: reason.into() })
    }

    fn close(&mut self) {
        if let Some(mut session) = self.session.take() {
            // When it is late, the next `open` says so.
            let _ = self.porter.run(CLOSE_LIMIT, move || {
                session.drain();
                drop(session);
                None
            });
        }
    }

    fn is_present(&mut self) -> bool {
        let Some(session) = &self.session else {
            return false;
        };
        // The number is compared only to tell this plugging from the next one in the same port.
        let number = std::fs::read_to_string(session.sysfs.join("devnum"));
        number.is_ok_and(|text| text.trim().parse() == Ok(session.device_number))
    }

    fn submit_out(&mut self, bytes: &[u8]) {
        if let Some(session) = &mut self.session {
            session.out.submit(bytes.to_vec().into());
        }
    }

    fn wait_out(&mut self, at_most: Duration) -> Option<OutDone> {
        let session = self.session.as_mut().filter(|session| session.out.pending() > 0)?;
        let done = session.out.wait_next_complete(at_most)?;
        Some(OutDone { passed_bytes: done.actual_len, result: done.status.map_err(fault_of) })
    }

    fn submit_in(&mut self, bytes: usize) {
        if let Some(input) = self.session.as_mut().and_then(|session| session.input.as_mut()) {
            input.submit(Buffer::new(bytes));
        }
    }

    fn wait_in(&mut self, at_most: Duration) -> Option<InDone> {
        let input = self.session.as_mut().and_then(|session| session.input.as_mut()).filter(|input| input.pending() > 0)?;
        let done = input.wait_next_complete(at_most)?;
        let count = done.actual_len.min(done.buffer.len());
        Some(InDone { bytes: done.buffer[..count].to_vec(), result: done.status.map_err(fault_of) })
    }

    fn cancel(&mut self, way: Way) {
        match (&mut self.session, way) {
            (Some(session), Way::Out) => session.out.cancel_all(),
            (Some(Session { input: Some(input), .. }), Way::In) => input.cancel_all(),
            _ => {}
        }
    }

    fn clear_halt(&mut self, way: Way) -> Result<(), PipeFault> {
        let answer = match (&mut self.session, way) {
            (Some(session), Way::Out) => {
                let clear = session.out.clear_halt();
                self.clearing.run(CLEAR_LIMIT, move || clear.wait())
            }
            (Some(Session { input: Some(input), .. }), Way::In) => {
                let clear = input.clear_halt();
                self.clearing.run(CLEAR_LIMIT, move || clear.wait())
            }
            _ => return Err(PipeFault::Disconnected),
        };
        match answer {
            Ok(Ok(())) => Ok(()),
            Ok(Err(fault)) if fault.kind() == ErrorKind::Disconnected => Err(PipeFault::Disconnected),
            Ok(Err(_)) | Err(_) => Err(PipeFault::Stall),
        }
    }

    fn request(&mut self, request: ControlRequest, limit: Duration) -> Result<Vec<u8>, PipeFault> {
        let session = self.session.as_ref().ok_or(PipeFault::Disconnected)?;
        let ControlRequest { request_type, request, value, index, bytes_max } = request;
        let control_type = match (request_type >> 5) & 3 {
            0 => ControlType::Standard,
            1 => ControlType::Class,
            _ => ControlType::Vendor,
        };
        let recipient = match request_type & 0x1F {
            0 => Recipient::Device,
            1 => Recipient::Interface,
            2 => Recipient::Endpoint,
            _ => Recipient::Other,
        };
        let answer = if request_type & 0x80 != 0 {
            let ask = ControlIn { control_type, recipient, request, value, index, length: bytes_max };
            wait_at_most(session.interface.control_in(ask, limit), limit + REQUEST_GRACE)
        } else {
            let tell = ControlOut { control_type, recipient, request, value, index, data: &[] };
            wait_at_most(session.interface.control_out(tell, limit).map(|done| done.map(|()| Vec::new())), limit + REQUEST_GRACE)
        };
        answer.unwrap_or(Err(TransferError::Cancelled)).map_err(fault_of)
    }
}

impl Drop for NusbPipe {
    fn drop(&mut self) {
        self.close();
    }
}

/// Waits for an operation of the library, but not for ever. What is still out is left to the library's own thread.
fn wait_at_most<F: MaybeFuture>(operation: F, limit: Duration) -> Option<F::Output> {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(operation.into_future());
    let deadline = Instant::now() + limit;
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        std::thread::park_timeout(left);
    }
}

fn fault_of(fault: TransferError) -> PipeFault {
    match fault {
        TransferError::Cancelled => PipeFault::Cancelled,
        TransferError::Stall => PipeFault::Stall,
        TransferError::Disconnected => PipeFault::Disconnected,
        TransferError::Fault => PipeFault::Fault,
        // EINVAL: the number Linux has for it.
        TransferError::InvalidArgument => PipeFault::Other(22),
        TransferError::Unknown(errno) => PipeFault::Other(errno),
    }
}

fn open_error(place: String, fault: &nusb::Error) -> LinkError {
    match fault.kind() {
        ErrorKind::Busy => LinkError::HeldByOther { place },
        ErrorKind::PermissionDenied => LinkError::Permission { place },
        // Listed a moment ago and gone now, or its node is not made yet.
        ErrorKind::Disconnected => LinkError::NoDevice { place },
        _ => LinkError::Setup { place, reason: fault.to_string() },
    }
}
