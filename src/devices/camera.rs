//! The camera's desk: opens it while a page needs it, feeds the live picture past the app straight to the screen, takes
//! pages, and looks for a QR when asked.
//!
//! The live picture is the pixel lane of the design: a frame that comes while the last one is still being shown is dropped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use drivers::camera::{CameraHost, Frame};
use drivers::coach::{Glance, Help, Origin, glance};
use drivers::reader::{Aim, GuardedReader};
use drivers::status::{Condition, DeviceState, Status};
use drivers::supervise::WatchTiming;
use flow::Event;
use flow::effect::CameraUse;
use flow::event::{CaptureFault, Device, LiveLook, Source, Wanted};

use super::framing::framed;
use super::judged::{Judged, expected, judge};
use super::{Board, CameraParts, NumberDesk, ORDERS_MAX};
use crate::effects::Taken;
use crate::event::Inbox;
use crate::logging::note;
use crate::pictures::Shown;

/// Between two looks for a new frame: about twenty-five pictures a second.
const SHOW_EVERY: Duration = Duration::from_millis(38);
/// Between two looks for a QR: six a second.
const READ_EVERY: Duration = Duration::from_millis(160);
/// Between two glances at the live paper: three a second.
const GLANCE_EVERY: Duration = Duration::from_millis(320);
/// The live picture is glanced at in this size.
const GLANCE_LONG_SIDE_PX: u32 = 640;
/// Between two looks whether an unused camera is still plugged in.
const PRESENCE_EVERY: Duration = Duration::from_secs(1);
/// Between two words to the board.
const REPORT_EVERY: Duration = Duration::from_millis(500);
/// A page is taken from a frame that is newer than the touch; this long is waited for one.
const FRESH_FRAME_WAIT: Duration = Duration::from_secs(3);
/// Taking, examining and encoding one page.
const PAGE_MAX: Duration = Duration::from_secs(15);
const RESET_MAX: Duration = Duration::from_secs(10);
/// Long side of the live picture on the screen.
const LIVE_LONG_SIDE_PX: u32 = 640;
/// Long side of the picture from which the live one is cut: the cut takes the smaller part of it.
const LIVE_SOURCE_LONG_SIDE_PX: u32 = 1280;

/// Where live pictures go; returns at once.
pub type Preview = Arc<dyn Fn(Shown) + Send + Sync>;

enum Order {
    Use(Option<CameraUse>),
    Take { part: String, wanted: Wanted },
    Reset,
}

/// Handle to the camera's thread.
pub struct CameraDesk {
    orders: Option<Sender<Order>>,
    inbox: Inbox,
}

impl CameraDesk {
    pub fn start(parts: Option<CameraParts>, inbox: Inbox, taken: Sender<Taken>, preview: Preview, board: Board, numbers: NumberDesk) -> Self {
        let Some(parts) = parts else { return Self { orders: None, inbox } };
        let (orders, inbound) = bounded(ORDERS_MAX);
        let resets = orders.clone();
        let reset: Box<dyn Fn() -> bool + Send> = Box::new(move || resets.try_send(Order::Reset).is_ok());
        board.joined(Device::Camera, WatchTiming { poll: PRESENCE_EVERY, command: PAGE_MAX, reset: RESET_MAX }, Some(reset));
        let desk = Desk { parts, inbox: inbox.clone(), taken, preview, board, numbers, reader: GuardedReader::default(), live: None, reported: None };
        std::thread::Builder::new().name("camera-desk".into()).spawn(move || desk.serve(&inbound)).expect("the system can start a thread at boot");
        Self { orders: Some(orders), inbox }
    }

    pub fn set_use(&self, wanted: Option<CameraUse>) {
        if let Some(orders) = &self.orders {
            let _full_means_stuck_and_the_board_sees_it = orders.try_send(Order::Use(wanted));
        }
    }

    pub fn take(&self, part: String, wanted: Wanted) {
        let asked = part.clone();
        if self.orders.as_ref().is_none_or(|orders| orders.try_send(Order::Take { part, wanted }).is_err()) {
            self.inbox.flow(Event::PageNotTaken { part: asked, fault: CaptureFault::Gone });
        }
    }
}

struct Desk {
    parts: CameraParts,
    inbox: Inbox,
    taken: Sender<Taken>,
    preview: Preview,
    board: Board,
    numbers: NumberDesk,
    reader: GuardedReader,
    live: Option<Live>,
    reported: Option<Instant>,
}

/// The camera while it is open.
struct Live {
    host: CameraHost,
    purpose: CameraUse,
    shown_at: Option<Instant>,
    read_at: Option<Instant>,
    glanced_at: Option<Instant>,
    glance: Option<Glance>,
    look: LiveLook,
    /// A look is told once it was seen twice.
    maybe: LiveLook,
    last_code: Option<String>,
}

impl Live {
    fn start(host: CameraHost, purpose: CameraUse) -> Self {
        Self { host, purpose, shown_at: None, read_at: None, glanced_at: None, glance: None, look: LiveLook::Unsure, maybe: LiveLook::Unsure, last_code: None }
    }
}

impl Desk {
    fn serve(mut self, orders: &Receiver<Order>) {
        loop {
            self.report();
            let pause = if self.live.is_some() { SHOW_EVERY } else { REPORT_EVERY };
            match orders.recv_timeout(pause) {
                Ok(Order::Use(wanted)) => self.set_use(wanted),
                Ok(Order::Take { part, wanted }) => self.take(part, &wanted),
                Ok(Order::Reset) => self.reset(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.pass_frame();
        }
    }

    fn set_use(&mut self, wanted: Option<CameraUse>) {
        match (wanted, &mut self.live) {
            (Some(purpose), Some(live)) => live.purpose = purpose,
            (Some(purpose), None) => self.live = Some(Live::start(CameraHost::start(Arc::clone(&self.parts.factory)), purpose)),
            (None, _) => {
                if let Some(live) = self.live.take() {
                    live.host.stop();
                }
            }
        }
    }

    /// A new host with a new process.
    fn reset(&mut self) {
        if let Some(live) = self.live.take() {
            live.host.stop();
            self.live = Some(Live::start(CameraHost::start(Arc::clone(&self.parts.factory)), live.purpose));
        }
        self.board.reset_ended(Device::Camera);
    }

    fn pass_frame(&mut self) {
        let Some(live) = &mut self.live else { return };
        let frame = match live.shown_at {
            Some(shown) => live.host.newest_after(shown),
            None => live.host.newest(),
        };
        let Some(frame) = frame else { return };
        live.shown_at = Some(frame.taken_at);
        let shown = frame.preview(LIVE_SOURCE_LONG_SIDE_PX).ok().map(|page| framed(&page, self.parts.turn, live.purpose));
        if let Some(shown) = &shown {
            (self.preview)(Shown::of(shown, LIVE_LONG_SIDE_PX));
        }
        match live.purpose {
            CameraUse::Document => {
                if let Some(shown) = shown.filter(|_| is_time(live.glanced_at, GLANCE_EVERY)) {
                    live.glanced_at = Some(Instant::now());
                    let now = glance(&drivers::picture::thumbnail(&shown, GLANCE_LONG_SIDE_PX).luma());
                    let look = live_look(now.help(live.glance.as_ref(), &expected(&Wanted::default(), Origin::Camera)));
                    live.glance = Some(now);
                    if look == live.maybe && look != live.look && self.inbox.flow(Event::LiveLooked(look)) {
                        live.look = look;
                    }
                    live.maybe = look;
                }
            }
            CameraUse::Code => {
                if is_time(live.read_at, READ_EVERY) {
                    live.read_at = Some(Instant::now());
                    if let Some(text) = read_code(&self.reader, &frame)
                        && live.last_code.as_ref() != Some(&text)
                    {
                        live.last_code = Some(text.clone());
                        self.inbox.flow(Event::CodeRead(text));
                    }
                }
            }
        }
    }

    fn take(&mut self, part: String, wanted: &Wanted) {
        self.board.command_began(Device::Camera);
        let event = match self.page(wanted) {
            Ok(Judged { picture, page, findings, hint }) => {
                self.numbers.compare(&part, &page, wanted);
                match self.taken.try_send(Taken { part: part.clone(), picture }) {
                    Ok(()) => Event::PageTaken { part, findings, hint, source: Source::Camera },
                    Err(_) => Event::PageNotTaken { part, fault: CaptureFault::Gone },
                }
            }
            Err(fault) => Event::PageNotTaken { part, fault },
        };
        self.board.command_ended(Device::Camera);
        self.inbox.flow(event);
    }

    fn page(&self, wanted: &Wanted) -> Result<Judged, CaptureFault> {
        let live = self.live.as_ref().ok_or(CaptureFault::Gone)?;
        // Nothing is reset while somebody waits for this one picture.
        live.host.hold_resets(true);
        let frame = fresh_frame(&live.host);
        live.host.hold_resets(false);
        let seen = frame.ok_or(CaptureFault::Gone)?.rgb().map_err(|_| CaptureFault::Unreadable)?;
        judge(framed(&seen, self.parts.turn, CameraUse::Document), wanted, Origin::Camera)
    }

    fn report(&mut self) {
        if !is_time(self.reported, REPORT_EVERY) {
            return;
        }
        self.reported = Some(Instant::now());
        let status = match &self.live {
            // A camera that is opened for the first time is as good as one that waits.
            Some(live) => match live.host.status() {
                status if status.device == DeviceState::Starting => Status::of(DeviceState::Online),
                status => status,
            },
            None if (self.parts.is_present)() => Status::of(DeviceState::Online),
            None => Status::of(DeviceState::NoDevice).with(Condition::CAMERA_ABSENT),
        };
        self.board.status(Device::Camera, status, true);
    }
}

fn is_time(last: Option<Instant>, every: Duration) -> bool {
    last.is_none_or(|at| at.elapsed() >= every)
}

fn live_look(help: Option<Help>) -> LiveLook {
    match help {
        None => LiveLook::Good,
        Some(Help::LayOtherPaper) => LiveLook::NoPaper,
        Some(Help::MoveCloser) => LiveLook::TooFar,
        Some(Help::MoreLight) => LiveLook::TooDark,
        Some(Help::HoldStill) => LiveLook::Moving,
        Some(Help::MoveAway | Help::LayFlat | Help::TurnFromLamp | Help::TurnOver) => LiveLook::NoPaper,
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
    let reading = reader.read_at(&luma, Aim::GuideBox);
    if reading.panics > 0 {
        note("reader.panicked", &[("engines", &reading.panics)]);
    }
    // A payload that is no text, or one no slip can hold, is certainly not ours; it is named as foreign by its empty text.
    let foreign = (!reading.refused.is_empty()).then(String::new);
    reading.payloads.first().map(|payload| payload.text().unwrap_or_default().to_owned()).or(foreign)
}
