//! Which USB printers are there, and news when one comes or goes.
//!
//! It opens no device. The rules a newcomer would break:
//!
//! * News is only a reason to list again; what counts is the difference between two lists. So a lost message is repaired by
//!   the next list, and a machine without messages works too, only later.
//! * The watch starts before the first list, or a printer plugged in between would be missed.

use super::bus::{self, Listed};
use super::select::{UsbDevice, printer_class};
use crate::link::wait_for;
use rustix::event::PollFlags;
use rustix::net::netlink::{KOBJECT_UEVENT, SocketAddrNetlink};
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Lists at least this often, messages or not.
const LIST_STEP: Duration = Duration::from_secs(2);
/// A plugging sends a burst of messages; listing waits until none came for this long.
const QUIET: Duration = Duration::from_millis(50);
/// But no longer than this.
const QUIET_LIMIT: Duration = Duration::from_millis(500);
/// Longest single message read; longer ones are cut, since nobody reads them.
const MESSAGE_BYTES: usize = 8192;
/// Messages thrown away in one go.
const MESSAGES_MAX: usize = 256;
/// The kernel's own messages, and those that udev sends when its rules have run and the node may be opened.
const KERNEL_GROUP: u32 = 1;
const UDEV_GROUP: u32 = 2;
/// Present while udev runs.
const UDEV_CONTROL: &str = "/run/udev/control";

/// A USB printer that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsbPrinter {
    pub vendor_id: u16,
    pub product_id: u16,
    pub serial: Option<String>,
    /// Bus and ports, such as `1-2.3`.
    pub port_path: String,
    pub product: Option<String>,
    /// USB class: [`super::CLASS_PRINTER`] or [`super::CLASS_VENDOR`].
    pub class: u8,
    /// Protocol of the printer class.
    pub protocol: u8,
    /// The system's number of this plugging; no identity.
    pub plugging: u16,
}

impl UsbPrinter {
    /// The printer in a device, if there is one.
    pub fn of(device: &UsbDevice) -> Option<Self> {
        let (class, protocol) = printer_class(device)?;
        Some(UsbPrinter {
            vendor_id: device.vendor_id,
            product_id: device.product_id,
            serial: device.serial.clone(),
            port_path: device.port_path.clone(),
            product: device.product.clone(),
            class,
            protocol,
            plugging: device.plugging,
        })
    }

    /// Is it the same plugging of the same printer?
    fn is(&self, other: &UsbPrinter) -> bool {
        let key = |p: &UsbPrinter| (p.plugging, p.vendor_id, p.product_id);
        key(self) == key(other) && self.port_path == other.port_path
    }
}

/// Why the bus cannot be listed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UsbListError {
    #[error("this user may not list the USB bus")]
    Permission,
    #[error("this machine has no USB bus: {reason}")]
    NoUsb { reason: String },
}

/// A printer came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsbEvent {
    Appeared(UsbPrinter),
    Vanished(UsbPrinter),
}

/// Where the news comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchSource {
    /// udev tells when a device is ready to be opened.
    Udev,
    /// udev does not run; the kernel tells, and a device may not be ready to be opened yet.
    Kernel,
    /// Nobody tells: the bus is listed every two seconds.
    Listing,
}

/// All USB printers that are there now, by port path.
///
/// # Errors
/// The bus cannot be listed.
pub fn list_printers() -> Result<Vec<UsbPrinter>, UsbListError> {
    Ok(bus::list()?.iter().filter_map(|Listed { device, .. }| UsbPrinter::of(device)).collect())
}

/// What changed from one list to the next: first what went, then what came.
pub fn changes(before: &[UsbPrinter], now: &[UsbPrinter]) -> Vec<UsbEvent> {
    let missing = |from: &[UsbPrinter], printer: &UsbPrinter| !from.iter().any(|other| other.is(printer));
    let went = before.iter().filter(|printer| missing(now, printer)).cloned().map(UsbEvent::Vanished);
    let came = now.iter().filter(|printer| missing(before, printer)).cloned().map(UsbEvent::Appeared);
    went.chain(came).collect()
}

type Lister = Box<dyn FnMut() -> Result<Vec<UsbPrinter>, UsbListError> + Send>;

/// Watches for printers coming and going.
pub struct UsbWatch {
    messages: Option<OwnedFd>,
    source: WatchSource,
    lister: Lister,
    present: Vec<UsbPrinter>,
    listed_at: Option<Instant>,
    list_step: Duration,
}

impl UsbWatch {
    /// Starts watching. The printers that are there already are the first news.
    pub fn start() -> Self {
        let (messages, source) = listen();
        UsbWatch { messages, source, lister: Box::new(list_printers), present: Vec::new(), listed_at: None, list_step: LIST_STEP }
    }

    /// A watch over another list, such as a simulated bus, which it lists all the time.
    pub fn over(lister: impl FnMut() -> Result<Vec<UsbPrinter>, UsbListError> + Send + 'static) -> Self {
        UsbWatch { messages: None, source: WatchSource::Listing, lister: Box::new(lister), present: Vec::new(), listed_at: None, list_step: QUIET }
    }

    /// Where the news comes from.
    pub fn source(&self) -> WatchSource {
        self.source
    }

    /// The printers of the last list.
    pub fn present(&self) -> &[UsbPrinter] {
        &self.present
    }

    /// Waits at most `timeout` for news. Empty means that nothing changed.
    ///
    /// # Errors
    /// The bus cannot be listed; what was known stays known.
    pub fn next(&mut self, timeout: Duration) -> Result<Vec<UsbEvent>, UsbListError> {
        let deadline = Instant::now() + timeout;
        loop {
            let due = self.listed_at.map_or(Instant::now(), |at| at + self.list_step);
            let told = self.wait_until(due.min(deadline));
            if told || Instant::now() >= due {
                let now = (self.lister)()?;
                self.listed_at = Some(Instant::now());
                let events = changes(&self.present, &now);
                self.present = now;
                if !events.is_empty() {
                    return Ok(events);
                }
            }
            if Instant::now() >= deadline {
                return Ok(Vec::new());
            }
        }
    }

    /// Waits for a message, and then for the burst to end. True when there was one.
    fn wait_until(&self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let Some(messages) = &self.messages else {
            std::thread::park_timeout(left);
            return false;
        };
        if !wait_for(messages, PollFlags::IN, left).contains(PollFlags::IN) {
            return false;
        }
        let burst_ends = Instant::now() + QUIET_LIMIT;
        while Instant::now() < burst_ends {
            discard(messages);
            if !wait_for(messages, PollFlags::IN, QUIET).contains(PollFlags::IN) {
                break;
            }
        }
        true
    }
}

/// Opens the socket of messages, as far as the system has one.
fn listen() -> (Option<OwnedFd>, WatchSource) {
    let (group, source) = if Path::new(UDEV_CONTROL).exists() { (UDEV_GROUP, WatchSource::Udev) } else { (KERNEL_GROUP, WatchSource::Kernel) };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let opened = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, Some(KOBJECT_UEVENT));
    match opened.and_then(|socket| bind(&socket, &SocketAddrNetlink::new(0, group)).map(|()| socket)) {
        Ok(socket) => (Some(socket), source),
        Err(errno) => {
            log::warn!(reason:% = errno; "usb_watch_lists_only");
            (None, WatchSource::Listing)
        }
    }
}

/// Throws messages away unread: whoever may send one, it does no more than make us list.
fn discard(messages: &OwnedFd) {
    let mut buffer = [0; MESSAGE_BYTES];
    for _ in 0..MESSAGES_MAX {
        if rustix::io::read(messages, &mut buffer).is_err() {
            break;
        }
    }
}
