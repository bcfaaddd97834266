//! The thread that compares typed numbers with kept pages. It warns late rather than keep anybody waiting, and blocks nothing.
//!
//! Without Tesseract installed it is not started, and nobody misses it. The rule a newcomer would break: a page may show the
//! numbers of several people, so one number that agrees is enough, and only then does a nearly equal one count.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use drivers::ocr::{Comparison, Digits, Ocr, OcrSettings, Zone};
use drivers::picture::{Luma, RgbPage};
use flow::Event;
use flow::event::Wanted;

use crate::event::Inbox;
use crate::logging::{chain, note};

/// Pages that may wait; more than that is a resident faster than the reader, and the older pages are worth more.
const PAGES_MAX: usize = 4;
/// Numbers of one session that are looked for on one page.
const NUMBERS_MAX: usize = 4;

struct Order {
    part: String,
    page: Luma,
    numbers: Vec<Digits>,
}

/// Handle to the thread.
#[derive(Clone)]
pub struct NumberDesk {
    orders: Option<Sender<Order>>,
    cancel: Arc<AtomicBool>,
}

impl NumberDesk {
    /// Starts the thread where Tesseract is installed.
    pub fn start(inbox: Inbox) -> Self {
        let cancel = Arc::new(AtomicBool::new(false));
        let ocr = Ocr::new(OcrSettings::default());
        if !ocr.is_present() {
            note("numbers.no-reader", &[]);
            return Self { orders: None, cancel };
        }
        let (orders, inbound) = bounded(PAGES_MAX);
        let stop = Arc::clone(&cancel);
        std::thread::Builder::new()
            .name("number-desk".into())
            .spawn(move || serve(&ocr, &inbound, &inbox, &stop))
            .expect("the system can start a thread at boot");
        Self { orders: Some(orders), cancel }
    }

    /// Looks for the typed numbers on a page, some time soon.
    pub fn compare(&self, part: &str, page: &RgbPage, wanted: &Wanted) {
        let numbers: Vec<Digits> = wanted.numbers.iter().filter_map(|number| Digits::new(number).ok()).take(NUMBERS_MAX).collect();
        if let Some(orders) = self.orders.as_ref().filter(|_| !numbers.is_empty()) {
            self.cancel.store(false, Ordering::Release);
            let _a_full_desk_compares_less = orders.try_send(Order { part: part.to_owned(), page: page.luma(), numbers });
        }
    }

    /// The session ended: what is being read belongs to nobody.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Release);
    }
}

fn serve(ocr: &Ocr, orders: &Receiver<Order>, inbox: &Inbox, cancel: &AtomicBool) {
    for order in orders {
        if !cancel.load(Ordering::Acquire) && differs(ocr, &order, cancel) {
            inbox.flow(Event::NumberDiffers { part: order.part });
        }
    }
}

fn differs(ocr: &Ocr, order: &Order, cancel: &AtomicBool) -> bool {
    let mut near = false;
    for number in &order.numbers {
        match ocr.compare(&order.page, Zone::Whole, number, cancel) {
            Ok(Comparison::Agrees) => return false,
            Ok(Comparison::Differs { .. }) => near = true,
            Ok(Comparison::NotRead) => {}
            Err(reason) => {
                note("numbers.not-read", &[("reason", &chain(&reason))]);
                return false;
            }
        }
    }
    near && !cancel.load(Ordering::Acquire)
}
