//! The thread that owns the document scanner. One order is one page.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use drivers::picture::{PAGE_BYTES_MAX_DEFAULT, encode_page, judge};
use drivers::scanner::{AcquireError, AcquireLimits, DocumentSource};
use drivers::status::DeviceState;
use flow::Event;
use flow::event::{CaptureFault, Device, Health, Source};

use super::{ORDERS_MAX, health, page_finding};
use crate::effects::Taken;
use crate::event::Inbox;
use crate::logging::{chain, note};
use crate::pictures::Picture;

const POLL: Duration = Duration::from_secs(2);
/// A resident waits no longer than this for one page.
const SCAN_SECS_MAX: u64 = 45;

/// Handle to the scanner's thread.
pub struct ScannerDesk {
    orders: Option<Sender<String>>,
    cancel: Arc<AtomicBool>,
    inbox: Inbox,
}

impl ScannerDesk {
    pub fn start(source: Option<Box<dyn DocumentSource>>, inbox: Inbox, taken: Sender<Taken>) -> Self {
        let cancel = Arc::new(AtomicBool::new(false));
        let Some(source) = source else { return Self { orders: None, cancel, inbox } };
        let (orders, inbound) = bounded(ORDERS_MAX);
        let (events, stop) = (inbox.clone(), Arc::clone(&cancel));
        std::thread::Builder::new()
            .name("scanner".into())
            .spawn(move || serve(source, &inbound, &events, &taken, &stop))
            .expect("the system can start a thread at boot");
        Self { orders: Some(orders), cancel, inbox }
    }

    pub fn scan(&self, part: String) {
        self.cancel.store(false, Ordering::Release);
        let asked = part.clone();
        if self.orders.as_ref().is_none_or(|orders| orders.try_send(part).is_err()) {
            self.inbox.flow(Event::PageNotTaken { part: asked, fault: CaptureFault::Gone });
        }
    }

    /// The session ended: a page under way is given up.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Release);
    }
}

fn serve(mut source: Box<dyn DocumentSource>, orders: &Receiver<String>, inbox: &Inbox, taken: &Sender<Taken>, cancel: &AtomicBool) {
    let mut told: Option<Health> = None;
    loop {
        // A scanner that was never asked is unknown, not broken: it is offered, and says itself what is wrong.
        let status = source.status();
        let now = if status.device == DeviceState::Unknown && status.conditions.is_empty() { Health::Ready } else { health(&status) };
        if told != Some(now) && inbox.flow(Event::DeviceChanged(Device::Scanner, now)) {
            note("device.scanner", &[("health", &format!("{now:?}"))]);
            told = Some(now);
        }
        match orders.recv_timeout(POLL) {
            Ok(part) => {
                let event = match scan(source.as_mut(), &part, taken, cancel) {
                    Ok(findings) => Event::PageTaken { part, findings, hint: None, source: Source::Scanner },
                    Err(fault) => Event::PageNotTaken { part, fault },
                };
                inbox.flow(event);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn scan(source: &mut dyn DocumentSource, part: &str, taken: &Sender<Taken>, cancel: &AtomicBool) -> Result<Vec<flow::event::PageFinding>, CaptureFault> {
    let limits = AcquireLimits { pages_max: 1, deadline_secs: SCAN_SECS_MAX, ..AcquireLimits::default() };
    let pages = source.acquire(&limits, cancel).map_err(|reason| {
        note("scan.refused", &[("reason", &chain(&reason))]);
        fault(&reason)
    })?;
    let page = pages.into_iter().next().ok_or(CaptureFault::Empty)?;
    let decoded = page.decode(&limits).map_err(|_| CaptureFault::Unreadable)?;
    let verdict = judge(&decoded.luma());
    let encoded = encode_page(&decoded, PAGE_BYTES_MAX_DEFAULT).map_err(|_| CaptureFault::Unreadable)?;
    let picture = Picture::new(encoded.jpeg, &decoded);
    taken.try_send(Taken { part: part.to_owned(), picture }).map_err(|_| CaptureFault::Gone)?;
    Ok(verdict.findings.into_iter().map(page_finding).collect())
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
