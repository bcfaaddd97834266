//! The thread that owns the slip printer: prints what is ordered, asks how it is in between.

use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use drivers::printer::{Document, Permit, PrintJob, PrintOutcome, Printer};
use flow::Event;
use flow::event::{Device, Health, Job, Printed};

use super::{LiveSession, ORDERS_MAX, health};
use crate::event::Inbox;
use crate::logging::{chain, note};

/// Between two looks at the printer while nothing is printed; a fault shows within a second.
const POLL: Duration = Duration::from_millis(500);

struct Order {
    job: Job,
    document: Document,
}

/// Handle to the printer's thread.
pub struct PrinterDesk {
    orders: Option<Sender<Order>>,
    inbox: Inbox,
}

impl PrinterDesk {
    /// Starts the thread; without a printer every order is answered with "not printed" at once.
    pub fn start(printer: Option<Box<dyn Printer>>, inbox: Inbox, live: LiveSession) -> Self {
        let Some(printer) = printer else { return Self { orders: None, inbox } };
        let (orders, inbound) = bounded(ORDERS_MAX);
        let events = inbox.clone();
        std::thread::Builder::new()
            .name("printer".into())
            .spawn(move || serve(printer, &inbound, &events, &live))
            .expect("the system can start a thread at boot");
        Self { orders: Some(orders), inbox }
    }

    pub fn print(&self, job: Job, document: Document) {
        let taken = self.orders.as_ref().is_some_and(|orders| orders.try_send(Order { job, document }).is_ok());
        if !taken {
            self.inbox.flow(Event::PrintEnded { job, outcome: Printed::NotPrinted });
        }
    }
}

fn serve(mut printer: Box<dyn Printer>, orders: &Receiver<Order>, inbox: &Inbox, live: &LiveSession) {
    let mut told: Option<Health> = None;
    let mut attempts = 0u32;
    loop {
        tell_health(printer.as_mut(), inbox, &mut told);
        match orders.recv_timeout(POLL) {
            Ok(order) => {
                attempts = attempts.wrapping_add(1);
                let outcome = print(printer.as_mut(), &order, attempts, live);
                inbox.flow(Event::PrintEnded { job: order.job, outcome });
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Prints only while the order's session is still the one at the screen: nobody gets another one's slip.
fn print(printer: &mut dyn Printer, order: &Order, token: u32, live: &LiveSession) -> Printed {
    if !live.is(order.job.session) {
        note("print.void", &[]);
        return Printed::NotPrinted;
    }
    match printer.print(&PrintJob { token, document: order.document.clone(), permit: Permit::new() }) {
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

fn tell_health(printer: &mut dyn Printer, inbox: &Inbox, told: &mut Option<Health>) {
    let status = printer.poll().status;
    let health = health(&status);
    if *told != Some(health) && inbox.flow(Event::DeviceChanged(Device::Printer, health)) {
        let codes: Vec<&str> = status.conditions.iter().map(|condition| condition.row().staff_code).collect();
        note("device.printer", &[("health", &format!("{health:?}")), ("codes", &codes.join(","))]);
        *told = Some(health);
    }
}
