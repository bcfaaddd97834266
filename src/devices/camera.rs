//! The camera's desk: opens it while a page needs it, feeds the live picture past the app straight to the screen, takes
//! pages, and looks for a QR when asked.
//!
//! The live picture is the pixel lane of the design: a frame that comes while the last one is still being shown is dropped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use drivers::camera::{CameraHost, Frame};
use drivers::picture::{PAGE_BYTES_MAX_DEFAULT, encode_page, judge};
use drivers::reader::GuardedReader;
use flow::Event;
use flow::effect::CameraUse;
use flow::event::{CaptureFault, Device, Health, PageFinding, Source};

use super::framing::framed;
use super::{CameraParts, ORDERS_MAX, health, page_finding};
use crate::effects::Taken;
use crate::event::Inbox;
use crate::logging::note;
use crate::pictures::{Picture, Shown};

/// Between two pictures on the screen: about twelve a second.
const SHOW_EVERY: Duration = Duration::from_millis(80);
/// Between two looks for a QR: six a second.
const READ_EVERY: Duration = Duration::from_millis(160);
/// Between two looks whether an unused camera is still plugged in.
const PRESENCE_EVERY: Duration = Duration::from_secs(2);
/// A page is taken from a frame that is newer than the touch; this long is waited for one.
const FRESH_FRAME_WAIT: Duration = Duration::from_secs(3);
/// Long side of the live picture on the screen.
const LIVE_LONG_SIDE_PX: u32 = 640;

/// Long side of the picture from which the live one is cut: the cut takes the smaller part of it.
const LIVE_SOURCE_LONG_SIDE_PX: u32 = 1280;

/// Where live pictures go; returns at once.
pub type Preview = Arc<dyn Fn(Shown) + Send + Sync>;

enum Order {
    Use(Option<CameraUse>),
    Take(String),
}

/// Handle to the camera's thread.
pub struct CameraDesk {
    orders: Option<Sender<Order>>,
    inbox: Inbox,
}

impl CameraDesk {
    pub fn start(parts: Option<CameraParts>, inbox: Inbox, taken: Sender<Taken>, preview: Preview) -> Self {
        let Some(parts) = parts else { return Self { orders: None, inbox } };
        let (orders, inbound) = bounded(ORDERS_MAX);
        let desk = Desk { parts, inbox: inbox.clone(), taken, preview, reader: GuardedReader::default(), live: None, told: None };
        std::thread::Builder::new().name("camera-desk".into()).spawn(move || desk.serve(&inbound)).expect("the system can start a thread at boot");
        Self { orders: Some(orders), inbox }
    }

    pub fn set_use(&self, wanted: Option<CameraUse>) {
        if let Some(orders) = &self.orders {
            let _full_means_stuck_and_the_watchdog_sees_it = orders.try_send(Order::Use(wanted));
        }
    }

    pub fn take(&self, part: String) {
        let asked = part.clone();
        if self.orders.as_ref().is_none_or(|orders| orders.try_send(Order::Take(part)).is_err()) {
            self.inbox.flow(Event::PageNotTaken { part: asked, fault: CaptureFault::Gone });
        }
    }
}

struct Desk {
    parts: CameraParts,
    inbox: Inbox,
    taken: Sender<Taken>,
    preview: Preview,
    reader: GuardedReader,
    live: Option<Live>,
    told: Option<Health>,
}

/// The camera while it is open.
struct Live {
    host: CameraHost,
    purpose: CameraUse,
    shown_at: Option<Instant>,
    read_at: Option<Instant>,
    last_code: Option<String>,
}

impl Desk {
    fn serve(mut self, orders: &Receiver<Order>) {
        loop {
            self.tell_health();
            let pause = if self.live.is_some() { SHOW_EVERY } else { PRESENCE_EVERY };
            match orders.recv_timeout(pause) {
                Ok(Order::Use(wanted)) => self.set_use(wanted),
                Ok(Order::Take(part)) => self.take(part),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.pass_frame();
        }
    }

    fn set_use(&mut self, wanted: Option<CameraUse>) {
        match (wanted, &mut self.live) {
            (Some(purpose), Some(live)) => live.purpose = purpose,
            (Some(purpose), None) => {
                let host = CameraHost::start(Arc::clone(&self.parts.factory));
                self.live = Some(Live { host, purpose, shown_at: None, read_at: None, last_code: None });
            }
            (None, _) => {
                if let Some(live) = self.live.take() {
                    live.host.stop();
                }
            }
        }
    }

    fn pass_frame(&mut self) {
        let Some(live) = &mut self.live else { return };
        let frame = match live.shown_at {
            Some(shown) => live.host.newest_after(shown),
            None => live.host.newest(),
        };
        let Some(frame) = frame else { return };
        live.shown_at = Some(frame.taken_at);
        if let Ok(page) = frame.preview(LIVE_SOURCE_LONG_SIDE_PX) {
            (self.preview)(Shown::of(&framed(&page, self.parts.turn, live.purpose), LIVE_LONG_SIDE_PX));
        }
        let is_time = live.read_at.is_none_or(|at| at.elapsed() >= READ_EVERY);
        if live.purpose == CameraUse::Code && is_time {
            live.read_at = Some(Instant::now());
            if let Some(text) = read_code(&self.reader, &frame)
                && live.last_code.as_ref() != Some(&text)
            {
                live.last_code = Some(text.clone());
                self.inbox.flow(Event::CodeRead(text));
            }
        }
    }

    fn take(&mut self, part: String) {
        let event = match self.page(&part) {
            Ok(findings) => Event::PageTaken { part, findings, hint: None, source: Source::Camera },
            Err(fault) => Event::PageNotTaken { part, fault },
        };
        self.inbox.flow(event);
    }

    fn page(&self, part: &str) -> Result<Vec<PageFinding>, CaptureFault> {
        let live = self.live.as_ref().ok_or(CaptureFault::Gone)?;
        // Nothing is reset while somebody waits for this one picture.
        live.host.hold_resets(true);
        let frame = fresh_frame(&live.host);
        live.host.hold_resets(false);
        let frame = frame.ok_or(CaptureFault::Gone)?;
        let page = framed(&frame.rgb().map_err(|_| CaptureFault::Unreadable)?, self.parts.turn, CameraUse::Document);
        let verdict = judge(&page.luma());
        let encoded = encode_page(&page, PAGE_BYTES_MAX_DEFAULT).map_err(|_| CaptureFault::Unreadable)?;
        let picture = Picture::new(encoded.jpeg, &page);
        self.taken.try_send(Taken { part: part.to_owned(), picture }).map_err(|_| CaptureFault::Gone)?;
        Ok(verdict.findings.into_iter().map(page_finding).collect())
    }

    fn tell_health(&mut self) {
        use drivers::status::DeviceState;
        let now = match &self.live {
            Some(live) => {
                let status = live.host.status();
                if status.device == DeviceState::Starting { Health::Ready } else { health(&status) }
            }
            None if (self.parts.is_present)() => Health::Ready,
            None => Health::NotReady,
        };
        if self.told != Some(now) && self.inbox.flow(Event::DeviceChanged(Device::Camera, now)) {
            note("device.camera", &[("health", &format!("{now:?}"))]);
            self.told = Some(now);
        }
    }
}

/// A frame taken after this call, polled for with an end.
fn fresh_frame(host: &CameraHost) -> Option<Frame> {
    const LOOK_EVERY: Duration = Duration::from_millis(15);
    let asked = Instant::now();
    while asked.elapsed() < FRESH_FRAME_WAIT {
        if let Some(frame) = host.newest_after(asked) {
            return Some(frame);
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
    None
}

fn read_code(reader: &GuardedReader, frame: &Frame) -> Option<String> {
    let luma = frame.luma().ok()?;
    let reading = reader.read(&luma);
    if reading.panics > 0 {
        note("reader.panicked", &[("engines", &reading.panics)]);
    }
    // A payload that is no text is certainly not ours; it is named as foreign by its empty text.
    reading.payloads.first().map(|payload| payload.text().unwrap_or_default().to_owned())
}
