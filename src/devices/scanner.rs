//! The thread that owns the document scanner. One order is one page.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use drivers::coach::Origin;
use drivers::scanner::{AcquireError, AcquireLimits, DocumentSource};
use drivers::status::{DeviceState, Status};
use drivers::supervise::WatchTiming;
use flow::Event;
use flow::event::{CaptureFault, Device, Source, Wanted};

use super::judged::{Judged, judge};
use super::{Board, NumberDesk, ORDERS_MAX};
use crate::effects::Taken;
use crate::event::Inbox;
use crate::logging::{chain, note};

const POLL: Duration = Duration::from_millis(500);
/// A resident waits no longer than this for one page.
const SCAN_SECS_MAX: u64 = 45;
/// A scan, examining and encoding.
const PAGE_MAX: Duration = Duration::from_secs(SCAN_SECS_MAX + 15);

struct Order {
    part: String,
    wanted: Wanted,
}

/// Handle to the scanner's thread.
pub struct ScannerDesk {
    orders: Option<Sender<Order>>,
    cancel: Arc<AtomicBool>,
    inbox: Inbox,
}

impl ScannerDesk {
    pub fn start(source: Option<Box<dyn DocumentSource>>, inbox: Inbox, taken: Sender<Taken>, board: Board, numbers: NumberDesk) -> Self {
        let cancel = Arc::new(AtomicBool::new(false));
        let Some(source) = source else { return Self { orders: None, cancel, inbox } };
        let (orders, inbound) = bounded(ORDERS_MAX);
        board.joined(Device::Scanner, WatchTiming { poll: POLL, command: PAGE_MAX, reset: POLL }, None);
        let desk = Desk { source, inbox: inbox.clone(), taken, board, numbers, cancel: Arc::clone(&cancel) };
        std::thread::Builder::new().name("scanner".into()).spawn(move || desk.serve(&inbound)).expect("the system can start a thread at boot");
        Self { orders: Some(orders), cancel, inbox }
    }

    pub fn scan(&self, part: String, wanted: Wanted) {
        self.cancel.store(false, Ordering::Release);
        let asked = part.clone();
        if self.orders.as_ref().is_none_or(|orders| orders.try_send(Order { part, wanted }).is_err()) {
            self.inbox.flow(Event::PageNotTaken { part: asked, fault: CaptureFault::Gone });
        }
    }

    /// The session ended: a page under way is given up.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Release);
    }
}

struct Desk {
    source: Box<dyn DocumentSource>,
    inbox: Inbox,
    taken: Sender<Taken>,
    board: Board,
    numbers: NumberDesk,
    cancel: Arc<AtomicBool>,
}

impl Desk {
    fn serve(mut self, orders: &Receiver<Order>) {
        loop {
            // A scanner that was never asked is unknown, not broken: it is offered, and says itself what is wrong.
            let status = match self.source.refresh() {
                status if status.device == DeviceState::Unknown && status.conditions.is_empty() => Status::of(DeviceState::Online),
                status => status,
            };
            self.board.status(Device::Scanner, status, true);
            match orders.recv_timeout(POLL) {
                Ok(order) => self.take(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, Order { part, wanted }: Order) {
        self.board.command_began(Device::Scanner);
        let event = match self.scan(&wanted) {
            Ok(Judged { picture, page, findings, hint }) => {
                self.numbers.compare(&part, &page, &wanted);
                match self.taken.try_send(Taken { part: part.clone(), picture }) {
                    Ok(()) => Event::PageTaken { part, findings, hint, source: Source::Scanner },
                    Err(_) => Event::PageNotTaken { part, fault: CaptureFault::Gone },
                }
            }
            Err(fault) => Event::PageNotTaken { part, fault },
        };
        self.board.command_ended(Device::Scanner);
        self.inbox.flow(event);
    }

    fn scan(&mut self, wanted: &Wanted) -> Result<Judged, CaptureFault> {
        let limits = AcquireLimits { pages_max: 1, deadline_secs: SCAN_SECS_MAX, ..AcquireLimits::default() };
        let pages = self.source.acquire(&limits, &self.cancel).map_err(|reason| {
            note("scan.refused", &[("reason", &chain(&reason))]);
            fault(&reason)
        })?;
        let page = pages.into_iter().next().ok_or(CaptureFault::Empty)?;
        judge(page.decode(&limits).map_err(|_| CaptureFault::Unreadable)?, wanted, Origin::Scanner)
    }
}

fn fault(reason: &AcquireError) -> CaptureFault {
    match reason {
        AcquireError::NoDocument | AcquireError::Cancelled => CaptureFault::Empty,
        AcquireError::Jammed | AcquireError::DoubleFeed | AcquireError::CoverOpen => CaptureFault::NeedsStaff,
        AcquireError::Truncated { .. } | AcquireError::TooLarge { .. } | AcquireError::NotAPicture { .. } => CaptureFault::Unreadable,
        AcquireError::Busy
        | AcquireError::Absent
        | AcquireError::Silent
        | AcquireError::Foreign { .. }
        | AcquireError::Unsupported { .. }
        | AcquireError::Permission
        | AcquireError::NoMemory
        | AcquireError::Device
        | AcquireError::Refused { .. }
        | AcquireError::Program { .. }
        | AcquireError::Crashed
        | AcquireError::TimedOut { .. }
        | AcquireError::Hung
        | AcquireError::Spool { .. } => CaptureFault::Gone,
    }
}
