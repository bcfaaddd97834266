//! A USB printer that naks, stalls, faults, comes late or goes away: one test per fault, through the link's own books.

use drivers::link::usb::{CANCEL_LIMIT, PipeFault, PortStatus, RequestError, UNPLUG_LIMIT, UsbLink};
use drivers::link::{Link, LinkError, WriteError};
use drivers::sim::pipe::{AnswerWith, OpenRefusal, SimPipe, SimUsbPrinter, UnplugLook};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a busy machine may add to a limit.
const SLACK: Duration = Duration::from_secs(2);
const SHORT: Duration = Duration::from_millis(100);

struct Desk {
    printer: SimUsbPrinter,
    link: UsbLink<SimPipe>,
    heard: Arc<Mutex<Vec<u8>>>,
}

/// An open link to a printer that answers `!` to each `?`.
fn desk() -> Desk {
    let mut desk = closed_desk();
    desk.link.open().expect("it is plugged in");
    desk
}

fn closed_desk() -> Desk {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let printer = SimUsbPrinter::in_front_of(AnswerWith::new(move |bytes: &[u8]| {
        ear.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        bytes.iter().filter(|byte| **byte == b'?').map(|_| b'!').collect()
    }));
    let link = UsbLink::over(printer.pipe(), "USB simulated");
    Desk { printer, link, heard }
}

impl Desk {
    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.link.write(bytes, Instant::now() + Duration::from_secs(10))
    }

    fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_well(&mut self) -> bool {
        let mut answer = [0; 8];
        self.link.open().is_ok() && self.write(b"?").is_ok() && matches!(self.link.read(&mut answer, SLACK), Ok(1..))
    }
}

#[test]
fn a_printer_that_takes_a_part_and_then_nothing_is_counted_to_the_byte() {
    for taken in [0, 1, 63, 64, 4_095, 4_096, 4_097, 9_000] {
        let mut desk = desk();
        desk.printer.take_only(Some(taken));
        let began = Instant::now();
        let write = desk.link.write(&[7; 10_000], began + SHORT).expect_err("it takes no more");
        assert!(matches!(write.cause, LinkError::TimedOut), "{taken}: {write:?}");
        assert_eq!((write.sent_bytes, desk.heard().len()), (taken, taken));
        assert!(began.elapsed() < SHORT + SLACK, "{taken}");
        desk.printer.take_only(None);
        assert!(desk.is_well(), "{taken}: the link goes on");
    }
}

#[test]
fn nothing_is_started_after_the_deadline() {
    let mut desk = desk();
    let write = desk.link.write(b"late", Instant::now()).expect_err("the deadline has passed");
    assert!(matches!(write.cause, LinkError::TimedOut));
    assert_eq!((write.sent_bytes, desk.heard().len()), (0, 0));
}

#[test]
fn a_cancelled_transfer_that_never_comes_back_counts_as_sent_and_holds_nobody() {
    let mut desk = desk();
    desk.printer.take_only(Some(10));
    desk.printer.keep_cancelled(true);
    let began = Instant::now();
    let write = desk.link.write(&[7; 100], began + SHORT).expect_err("it takes no more");
    assert!(matches!(write.cause, LinkError::TimedOut), "{write:?}");
    assert_eq!(write.sent_bytes, 100, "nobody knows, so all of it may have left");
    assert!(began.elapsed() < SHORT + CANCEL_LIMIT + SLACK);
    assert!(matches!(desk.link.read(&mut [0; 8], SHORT), Err(LinkError::Unplugged)), "the pipe was given up");
    desk.printer.take_only(None);
    desk.printer.keep_cancelled(false);
    assert!(desk.is_well(), "and opens anew");
}

#[test]
fn unplugging_is_named_however_it_shows() {
    for shows_as in [PipeFault::Disconnected, PipeFault::Fault, PipeFault::Stall, PipeFault::Other(71)] {
        for listed_for in [Duration::ZERO, UNPLUG_LIMIT / 4] {
            let mut desk = desk();
            desk.printer.unplug_looks(UnplugLook { shows_as, listed_for });
            desk.printer.unplug_after_bytes(5_000);
            let write = desk.write(&[7; 10_000]).expect_err("it goes away");
            assert!(matches!(write.cause, LinkError::Unplugged), "{shows_as:?} {listed_for:?}: {write:?}");
            assert_eq!(write.sent_bytes, 5_000, "{shows_as:?} {listed_for:?}");
            assert!(matches!(desk.link.open(), Err(LinkError::NoDevice { .. })), "{shows_as:?} {listed_for:?}");
            desk.printer.replug();
            assert!(desk.is_well(), "{shows_as:?} {listed_for:?}");
        }
    }
}

#[test]
fn unplugging_is_named_by_an_idle_read_too() {
    for shows_as in [PipeFault::Disconnected, PipeFault::Fault, PipeFault::Stall] {
        let mut desk = desk();
        desk.printer.unplug_looks(UnplugLook { shows_as, listed_for: UNPLUG_LIMIT / 4 });
        desk.printer.unplug();
        let read = desk.link.read(&mut [0; 8], SLACK);
        assert!(matches!(read, Err(LinkError::Unplugged)), "{shows_as:?}: {read:?}");
    }
}

#[test]
fn a_replugged_printer_is_another_plugging() {
    let mut desk = desk();
    desk.printer.unplug();
    desk.printer.replug();
    assert!(matches!(desk.link.read(&mut [0; 8], SLACK), Err(LinkError::Unplugged)), "the old pipe is dead");
    assert!(desk.is_well());
}

#[test]
fn what_came_before_the_plug_was_pulled_stays_readable() {
    let mut desk = desk();
    desk.write(b"??").expect("all is well");
    desk.printer.unplug();
    desk.write(b"more").expect_err("it is gone");
    let mut answer = [0; 8];
    assert!(matches!(desk.link.read(&mut answer, SHORT), Ok(2)));
    assert_eq!(&answer[..2], b"!!");
    assert!(matches!(desk.link.read(&mut answer, SHORT), Err(LinkError::Unplugged)));
}

#[test]
fn a_bus_fault_of_a_printer_that_stays_is_no_unplugging() {
    let mut desk = desk();
    desk.printer.garble(1);
    let write = desk.write(b"abc").expect_err("the bus garbles it");
    assert!(matches!(write.cause, LinkError::Faulty { .. }), "{write:?}");
    assert_eq!(write.sent_bytes, 0);
    assert!(desk.is_well(), "opening anew heals it");
}

#[test]
fn one_stall_is_cleared_and_every_byte_arrives_once() {
    let mut desk = desk();
    let bytes: Vec<u8> = (0..10_000).map(|at| (at % 251) as u8).collect();
    desk.printer.stall_out(1);
    desk.write(&bytes).expect("one stall is no fault");
    assert!(desk.heard() == bytes);
    assert_eq!(desk.link.stalls_cleared(), 1);
    desk.printer.stall_in(1);
    assert!(desk.is_well());
    assert_eq!(desk.link.stalls_cleared(), 2);
}

#[test]
fn a_printer_that_stalls_again_at_once_is_faulty() {
    let mut desk = desk();
    desk.printer.stall_out(2);
    let write = desk.write(b"abc").expect_err("it stalls again");
    assert!(matches!(write.cause, LinkError::Faulty { .. }), "{write:?}");
    assert_eq!((write.sent_bytes, desk.link.stalls_cleared()), (0, 1));
    assert!(desk.is_well());
    desk.printer.stall_in(2);
    let read = (0..3).find_map(|_| desk.link.read(&mut [0; 8], SHORT).err());
    assert!(matches!(read, Some(LinkError::Faulty { .. })), "also over several reads: {read:?}");
}

#[test]
fn short_transfers_are_carried_on() {
    let mut desk = desk();
    let bytes: Vec<u8> = (0..5_000).map(|at| (at % 251) as u8).collect();
    desk.printer.short_writes(Some(700));
    desk.write(&bytes).expect("short is not wrong");
    assert!(desk.heard() == bytes);
    desk.printer.short_writes(Some(0));
    let write = desk.write(b"abc").expect_err("nothing passes and nothing is wrong");
    assert!(matches!(write.cause, LinkError::Faulty { .. }), "{write:?}");
}

#[test]
fn empty_packets_are_silence() {
    let mut desk = desk();
    desk.printer.empty_packets(true);
    let began = Instant::now();
    assert!(matches!(desk.link.read(&mut [0; 8], SHORT), Ok(0)));
    assert!(began.elapsed() >= SHORT && began.elapsed() < SHORT + SLACK, "{:?}", began.elapsed());
    assert!(desk.is_well(), "an answer between them is heard");
}

#[test]
fn a_printer_that_only_takes_is_listened_to_and_missed() {
    let mut desk = closed_desk();
    desk.printer.one_way(true);
    desk.link.open().expect("it is plugged in");
    assert!(!desk.link.can_answer());
    desk.write(b"abc").expect("it takes");
    assert!(matches!(desk.link.read(&mut [0; 8], SHORT), Ok(0)));
    desk.printer.unplug();
    let deadline = Instant::now() + Duration::from_secs(5);
    let missed = std::iter::from_fn(|| (Instant::now() < deadline).then(|| desk.link.read(&mut [0; 8], SHORT))).find_map(Result::err);
    assert!(matches!(missed, Some(LinkError::Unplugged)), "{missed:?}");
}

#[test]
fn who_may_not_open_it_is_told_why() {
    let mut desk = closed_desk();
    desk.printer.refuse_open(Some(OpenRefusal::HeldByOther));
    assert!(matches!(desk.link.open(), Err(LinkError::HeldByOther { .. })));
    desk.printer.refuse_open(Some(OpenRefusal::Permission));
    assert!(matches!(desk.link.open(), Err(LinkError::Permission { .. })));
    assert!(matches!(desk.link.port_status(), Err(RequestError::Link(LinkError::Permission { .. }))));
    desk.printer.refuse_open(None);
    assert!(desk.is_well());
}

#[test]
fn identity_and_port_status_are_asked_beside_the_bytes() {
    let mut desk = closed_desk();
    let id = desk.link.device_id().expect("opens by itself and answers");
    assert_eq!((id.model(), id.languages().next()), (Some("ESCPOS"), Some("ESC/POS")));
    assert_eq!(desk.link.port_status().expect("a byte"), PortStatus { byte: 0x18 });
    desk.printer.port_status(Some(0x38));
    desk.printer.take_only(Some(0));
    desk.link.write(b"x", Instant::now() + SHORT).expect_err("without paper it takes nothing");
    assert!(desk.link.port_status().expect("a byte").paper_empty(), "a request needs no room in the buffer");
    assert_eq!(desk.link.device().and_then(|device| device.serial.as_deref()), Some("SIM0001"));
}

#[test]
fn a_request_can_be_refused_ignored_or_cut_off() {
    let mut desk = desk();
    desk.printer.device_id(None);
    desk.printer.port_status(None);
    assert!(matches!(desk.link.device_id(), Err(RequestError::Unsupported)));
    assert!(matches!(desk.link.port_status(), Err(RequestError::Unsupported)));
    desk.printer.device_id(Some(b"no pairs"));
    assert!(matches!(desk.link.device_id(), Err(RequestError::DeviceId(_))));
    assert!(desk.is_well(), "a refused request breaks nothing");
    desk.printer.deaf_to_requests(true);
    let began = Instant::now();
    assert!(matches!(desk.link.port_status(), Err(RequestError::Link(LinkError::TimedOut))));
    assert!(began.elapsed() < SLACK);
    desk.printer.unplug();
    assert!(matches!(desk.link.port_status(), Err(RequestError::Link(LinkError::Unplugged))));
}

#[test]
fn old_printers_are_reset_by_the_old_form_of_the_request() {
    for old in [false, true] {
        let mut desk = desk();
        desk.printer.old_reset_only(old);
        desk.link.soft_reset().unwrap_or_else(|fault| panic!("old {old}: {fault}"));
        assert_eq!(desk.printer.soft_resets(), 1, "old {old}");
    }
}
