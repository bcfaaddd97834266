//! The state of an A4 printer: fresh, within 200 ms, unknown when it is silent, and named when the wire lies.

mod common;

use common::PATIENCE;
use drivers::sheet::{Address, AddressError, AskError, IppPrinter, Place, SheetLimits, SheetPrinter, SheetSettings, Trust, WireFault};
use drivers::sim::sheet::{SheetFault, SheetOperation, SimSheetPrinter};
use drivers::status::{Availability, Condition, DeviceState, Status};
use std::time::{Duration, Instant};

const LIMITS: SheetLimits = SheetLimits {
    connect_ms: 1_000,
    question_ms: 1_500,
    document_ms: 3_000,
    poll_ms: 30,
    job_ms: 6_000,
    stopped_ms: 800,
    lost_ms: 1_000,
    cancel_ms: 800,
    discover_ms: 500,
    answer_bytes_max: 200_000,
    document_bytes_max: 1_000_000,
    pages_max: 6,
};

fn driver(printer: &SimSheetPrinter) -> IppPrinter {
    let place = Place::At(printer.uri().parse().expect("the simulator's own address"));
    IppPrinter::new(SheetSettings { place, trust: Trust::Anyone, limits: LIMITS }).unwrap_or_else(|fault| panic!("{fault}"))
}

fn printer() -> SimSheetPrinter {
    SimSheetPrinter::start().expect("a port on this machine")
}

fn wait_for(driver: &mut IppPrinter, name: &str, wanted: impl Fn(&Status) -> bool) -> Status {
    let end = Instant::now() + PATIENCE;
    let mut last = driver.status();
    while !wanted(&last) && Instant::now() < end {
        last = driver.status();
    }
    assert!(wanted(&last), "{name}: {last:?}");
    last
}

#[test]
fn each_fault_of_the_mechanics_is_seen_and_seen_to_go() {
    let printer = printer();
    let mut driver = driver(&printer);
    wait_for(&mut driver, "idle", |status| status.availability() == Availability::Ready);
    for (reason, condition, device) in [
        ("media-empty-error", Condition::TRAY_OUT, DeviceState::UserError),
        ("media-low-warning", Condition::TRAY_LOW, DeviceState::Online),
        ("media-jam-error", Condition::SHEET_JAMMED, DeviceState::UserError),
        ("door-open", Condition::SHEET_DOOR_OPEN, DeviceState::UserError),
        ("toner-low-warning", Condition::TONER_LOW, DeviceState::Online),
        ("marker-supply-empty-error", Condition::TONER_OUT, DeviceState::UserError),
        ("output-area-full-error", Condition::BIN_FULL, DeviceState::UserError),
        ("paused", Condition::SHEET_STOPPED, DeviceState::Offline),
        ("fuser-over-temp-error", Condition::SHEET_INOPERATIVE, DeviceState::HardwareError),
    ] {
        printer.say(reason, true);
        let began = Instant::now();
        let status = wait_for(&mut driver, reason, |status| status.has(condition));
        assert_eq!(status.device, device, "{reason}");
        assert!(began.elapsed() < Duration::from_secs(2), "{reason}: {:?}", began.elapsed());
        printer.say(reason, false);
        wait_for(&mut driver, reason, |status| status.availability() == Availability::Ready && status.conditions.is_empty());
    }
    printer.unplug(true);
    let gone = wait_for(&mut driver, "unplugged", |status| status.has(Condition::SHEET_ABSENT));
    assert_eq!(gone.device, DeviceState::PowerOff, "it was here");
    printer.unplug(false);
    wait_for(&mut driver, "plugged", |status| status.availability() == Availability::Ready);
}

#[test]
fn each_lie_of_the_wire_has_a_name() {
    type Named = fn(&AskError) -> bool;
    let cases: [(SheetFault, Named, DeviceState, Option<Condition>); 14] = [
        (SheetFault::Hang, |e| matches!(e, AskError::TimedOut { .. }), DeviceState::Unknown, None),
        (SheetFault::Drip, |e| matches!(e, AskError::TimedOut { .. }), DeviceState::Unknown, None),
        (SheetFault::DropAfterRequest, |e| matches!(e, AskError::Broken(_)), DeviceState::Unknown, Some(Condition::LINK_SILENT)),
        (SheetFault::Busy { retry_after_secs: None }, |e| matches!(e, AskError::Busy { retry_after: None }), DeviceState::DeviceBusy, None),
        (SheetFault::Http(404), |e| matches!(e, AskError::Http { status: 404 }), DeviceState::Offline, Some(Condition::SHEET_MISCONFIGURED)),
        (SheetFault::Http(500), |e| matches!(e, AskError::Http { status: 500 }), DeviceState::HardwareError, Some(Condition::SHEET_INOPERATIVE)),
        (SheetFault::WebPage, |e| matches!(e, AskError::NotIpp { .. }), DeviceState::Offline, Some(Condition::SHEET_MISCONFIGURED)),
        (SheetFault::Garbage, |e| matches!(e, AskError::Garbled(_)), DeviceState::Unknown, Some(Condition::LINK_NOISE)),
        (SheetFault::Huge, |e| matches!(e, AskError::TooLarge { bytes_max: 200_000 }), DeviceState::Unknown, Some(Condition::LINK_NOISE)),
        (SheetFault::EndlessAttributes, |e| matches!(e, AskError::TooLarge { .. }), DeviceState::Unknown, Some(Condition::LINK_NOISE)),
        (SheetFault::CutOff, |e| matches!(e, AskError::Garbled(WireFault::CutOff { .. })), DeviceState::Unknown, Some(Condition::LINK_NOISE)),
        (SheetFault::OtherQuestion, |e| matches!(e, AskError::OtherQuestion { .. }), DeviceState::Unknown, Some(Condition::LINK_NOISE)),
        (SheetFault::FutureVersion, |e| matches!(e, AskError::Garbled(WireFault::Version { major: 9, .. })), DeviceState::Unknown, Some(Condition::LINK_NOISE)),
        (SheetFault::LyingText, |e| matches!(e, AskError::Garbled(WireFault::InnerLength)), DeviceState::Unknown, Some(Condition::LINK_NOISE)),
    ];
    for (fault, named, device, condition) in cases {
        let printer = printer();
        let mut driver = driver(&printer);
        printer.fault(fault.clone(), None, None);
        let began = Instant::now();
        let error = driver.ask_facts().expect_err("the answer is no answer");
        assert!(named(&error), "{fault:?}: {error:?}");
        assert!(began.elapsed() < Duration::from_secs(8), "{fault:?}: {:?}", began.elapsed());
        let wanted = |status: &Status| status.device == device && condition.is_none_or(|condition| status.has(condition));
        wait_for(&mut driver, &format!("{fault:?}"), wanted);
        printer.no_faults();
        wait_for(&mut driver, "healed", |status| status.availability() == Availability::Ready);
    }
    let printer = printer();
    printer.fault(SheetFault::DeepCollections, None, Some(1));
    let error = driver(&printer).ask_facts().expect_err("the answer is no answer");
    assert!(matches!(error, AskError::TooLarge { .. } | AskError::Garbled(WireFault::TooDeep)), "{error:?}");
}

#[test]
fn a_status_never_holds_its_thread_and_silence_is_unknown() {
    let printer = printer();
    let mut driver = driver(&printer);
    wait_for(&mut driver, "idle", |status| status.availability() == Availability::Ready);
    printer.fault(SheetFault::Hang, None, None);
    // The answer to a question asked before may still be on its way; after that, only silence.
    let end = Instant::now() + Duration::from_secs(3);
    let mut longest = Duration::ZERO;
    let mut last = driver.status();
    while Instant::now() < end {
        let began = Instant::now();
        last = driver.status();
        longest = longest.max(began.elapsed());
    }
    assert_eq!(last.device, DeviceState::Unknown, "{last:?}");
    // 150 ms of waiting; the rest is the test machine's.
    assert!(longest < Duration::from_millis(400), "{longest:?}");
    let asked = printer.requests().len();
    assert!(asked < 20, "questions wait for each other: {asked}");
}

#[test]
fn an_old_printer_is_spoken_to_in_its_own_version() {
    let printer = printer();
    printer.is_old();
    let mut driver = driver(&printer);
    for _ in 0..2 {
        let facts = driver.ask_facts().unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(facts.model.as_deref(), Some("Klampid Printer Uji A4"));
    }
    assert_eq!(printer.requests(), [SheetOperation::GetPrinterAttributes; 3], "asked twice once, then never again");
}

#[test]
fn addresses_are_read_and_refused() {
    for (text, shown) in [
        ("ipp://10.0.0.7/ipp/print", "ipp://10.0.0.7:631/ipp/print"),
        ("ipps://printer.local/ipp/print", "ipps://printer.local:631/ipp/print"),
        ("http://10.0.0.7/printers/a4", "ipp://10.0.0.7:80/printers/a4"),
        ("https://10.0.0.7/ipp", "ipps://10.0.0.7:443/ipp"),
        ("ipp://10.0.0.7:80/ipp/print", "ipp://10.0.0.7:80/ipp/print"),
        ("IPP://[fe80::1]:8631/ipp/print", "ipp://[fe80::1]:8631/ipp/print"),
        (" ipp://10.0.0.7 ", "ipp://10.0.0.7:631/"),
    ] {
        assert_eq!(text.parse::<Address>().map(|address| address.to_string()), Ok(shown.to_owned()), "{text}");
    }
    for (text, fault) in [
        ("lpd://10.0.0.7/queue", AddressError::Scheme),
        ("10.0.0.7", AddressError::Scheme),
        ("file:///etc/passwd", AddressError::Scheme),
        ("ipp://budi:rahasia@10.0.0.7/ipp", AddressError::Credentials),
        ("ipp:///ipp/print", AddressError::Host),
        ("ipp://10.0.0.7:99999/ipp", AddressError::Malformed),
    ] {
        assert_eq!(text.parse::<Address>().map(|address| address.to_string()), Err(fault), "{text}");
    }
    let long = format!("ipp://10.0.0.7/{}", "a".repeat(1000));
    assert_eq!(long.parse::<Address>().map(|_| ()), Err(AddressError::TooLong));
}
