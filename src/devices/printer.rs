//! The thread that owns the slip printer: prints what is ordered, asks how it is in between, and counts the paper.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use drivers::printer::{Document, MeterSettings, Poll, PrintJob, PrintOutcome, Printer, PrinterEvent, RollMeter};
use drivers::supervise::WatchTiming;
use flow::Event;
use flow::event::{Device, Job, Printed};

use super::{Board, LiveSession, ORDERS_MAX, keep};
use crate::clock::Clock;
use crate::event::Inbox;
use crate::logging::{chain, note};

/// Between two questions "how are you?" while nothing is printed: a fault shows within a second.
const POLL: Duration = Duration::from_millis(400);
/// The longest job: a raster slip at 9600 baud with the slowest cutter.
const PRINT_MAX: Duration = Duration::from_secs(60);
const RESET_MAX: Duration = Duration::from_secs(5);
const DAY_SECS: i64 = 86_400;

enum Order {
    Print { job: Job, document: Document },
    Reset,
}

/// A printer with the length of its rolls.
pub struct PrinterParts {
    pub printer: Box<dyn Printer>,
    pub roll_mm: u32,
}

/// Handle to the printer's thread.
pub struct PrinterDesk {
    orders: Option<Sender<Order>>,
    inbox: Inbox,
}

impl PrinterDesk {
    /// Starts the thread; without a printer every order is answered with "not printed" at once. Paper is counted in `folder`.
    pub fn start(parts: Option<PrinterParts>, inbox: Inbox, live: LiveSession, board: Board, clock: Arc<dyn Clock>, folder: &Path) -> Self {
        let Some(parts) = parts else { return Self { orders: None, inbox } };
        let (orders, inbound) = bounded(ORDERS_MAX);
        let resets = orders.clone();
        let reset: Box<dyn Fn() -> bool + Send> = Box::new(move || resets.try_send(Order::Reset).is_ok());
        board.joined(Device::Printer, WatchTiming { poll: POLL, command: PRINT_MAX, reset: RESET_MAX }, Some(reset));
        let path = folder.join("paper-meter.json");
        let settings = MeterSettings::of_roll(parts.roll_mm);
        let mut meter = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_else(|| RollMeter::new(settings));
        meter.set(settings);
        let events = inbox.clone();
        let desk = Desk { printer: parts.printer, meter, path, clock, board, inbox: events, live, attempts: 0 };
        std::thread::Builder::new().name("printer".into()).spawn(move || desk.serve(&inbound)).expect("the system can start a thread at boot");
        Self { orders: Some(orders), inbox }
    }

    pub fn print(&self, job: Job, document: Document) {
        let taken = self.orders.as_ref().is_some_and(|orders| orders.try_send(Order::Print { job, document }).is_ok());
        if !taken {
            self.inbox.flow(Event::PrintEnded { job, outcome: Printed::NotPrinted });
        }
    }
}

struct Desk {
    printer: Box<dyn Printer>,
    meter: RollMeter,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    board: Board,
    inbox: Inbox,
    live: LiveSession,
    attempts: u32,
}

impl Desk {
    fn serve(mut self, orders: &Receiver<Order>) {
        loop {
            self.look();
            match orders.recv_timeout(POLL) {
                Ok(Order::Print { job, document }) => {
                    self.board.command_began(Device::Printer);
                    let outcome = self.print(job, document);
                    self.board.command_ended(Device::Printer);
                    self.inbox.flow(Event::PrintEnded { job, outcome });
                }
                Ok(Order::Reset) => {
                    self.printer.reset();
                    self.board.reset_ended(Device::Printer);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Prints only while the order's session is still the one at the screen: nobody gets another one's slip.
    fn print(&mut self, job: Job, document: Document) -> Printed {
        let Some(permit) = self.live.permit(job.session) else {
            note("print.void", &[]);
            return Printed::NotPrinted;
        };
        self.attempts = self.attempts.wrapping_add(1);
        match self.printer.print(&PrintJob { token: self.attempts, document, permit }) {
            PrintOutcome::Printed(_) => Printed::Printed,
            PrintOutcome::NotPrinted(reason) => {
                note("print.not-printed", &[("reason", &chain(&reason))]);
                Printed::NotPrinted
            }
            PrintOutcome::Unknown(reason) => {
                note("print.unknown", &[("reason", &chain(&reason))]);
                Printed::Unknown
            }
        }
    }

    fn look(&mut self) {
        let Poll { status, events, paper_mm } = self.printer.poll();
        let before = self.meter.clone();
        let today = u32::try_from(self.clock.now().wall.as_second().max(0) / DAY_SECS).unwrap_or(u32::MAX);
        if paper_mm > 0 {
            self.meter.printed(paper_mm, today);
        }
        if self.meter.observe(&status) {
            note("paper.roll-changed", &[]);
        }
        for event in events {
            tell(event);
        }
        if self.meter != before {
            let days = self.meter.days_left(today).map_or_else(|| "unknown".to_owned(), |days| format!("{days:.1}"));
            note("paper.counted", &[("left_mm", &self.meter.left_mm()), ("days_left", &days)]);
            if let Err(reason) = keep::write(&self.path, &self.meter) {
                note("paper.not-counted", &[("reason", &chain(&reason))]);
            }
        }
        let status = self.meter.condition().into_iter().fold(status, drivers::status::Status::with);
        self.board.status(Device::Printer, status, true);
    }
}

fn tell(event: PrinterEvent) {
    match event {
        PrinterEvent::MediaPresented { .. } => note("slip.presented", &[]),
        PrinterEvent::MediaTaken { .. } => note("slip.taken", &[]),
        PrinterEvent::MediaRetracted { .. } => note("slip.retracted", &[]),
        PrinterEvent::MediaEjected { .. } => note("slip.ejected", &[]),
        PrinterEvent::JobVoided { .. } => note("print.voided", &[]),
        PrinterEvent::RollChanged => note("paper.came-back", &[]),
    }
}
