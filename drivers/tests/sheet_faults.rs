//! An IPP printer that misbehaves, on the mechanics and on the wire: each fault ends in a named outcome, within its limit.

mod common;

use common::PATIENCE;
use drivers::picture::{PdfPage, RgbPage, Sheet, pdf_of_pages};
use drivers::sheet::{AskError, Doubt, IppPrinter, NotPrinted, Place, SheetDocument, SheetJob, SheetLimits, SheetOutcome, SheetPrinter, SheetSettings, Trust};
use drivers::sim::sheet::{JobFate, SheetFault, SheetOperation, SimSheetPrinter};
use drivers::status::{Availability, Condition, DeviceState, Status};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Short enough for a test, long enough for a busy machine.
const SHORT: SheetLimits = SheetLimits {
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
    driver_within(printer, SHORT)
}

fn driver_within(printer: &SimSheetPrinter, limits: SheetLimits) -> IppPrinter {
    let place = Place::At(printer.uri().parse().expect("the simulator's own address"));
    IppPrinter::new(SheetSettings { place, trust: Trust::Anyone, limits }).unwrap_or_else(|fault| panic!("{fault}"))
}

fn printer() -> SimSheetPrinter {
    SimSheetPrinter::start().expect("a port on this machine")
}

fn pdf(pages: usize) -> Arc<[u8]> {
    let page = || PdfPage::pixels(Sheet::A4, RgbPage::new(60, 80, vec![230; 60 * 80 * 3]).expect("the bytes follow from the size"));
    pdf_of_pages(&(0..pages).map(|_| page()).collect::<Vec<_>>(), 200_000).unwrap_or_else(|fault| panic!("{fault}")).bytes.into()
}

fn job(pages: usize) -> SheetJob {
    SheetJob::new(42, SheetDocument::Bytes(pdf(pages)), None)
}

/// Asks until the status is as wanted; the printer may be slow, so one question is not enough.
fn wait_for(driver: &mut IppPrinter, wanted: impl Fn(&Status) -> bool) -> Status {
    let end = Instant::now() + PATIENCE;
    let mut last = driver.status();
    while !wanted(&last) && Instant::now() < end {
        last = driver.status();
    }
    assert!(wanted(&last), "{last:?}");
    last
}

#[test]
fn a_document_is_printed_whole_and_nobody_is_named() {
    for old in [false, true] {
        let printer = printer();
        if old {
            printer.without(SheetOperation::CreateJob);
            printer.is_old();
        }
        let mut driver = driver(&printer);
        let outcome = driver.print(&job(3));
        assert!(matches!(outcome, SheetOutcome::Printed { pages_out: Some(3) }), "{outcome:?}");
        let received = printer.received();
        assert_eq!(received.len(), 1);
        assert!(received[0].document == *pdf(3), "what arrived is what was sent");
        assert_eq!((received[0].job_name.as_str(), received[0].user.as_str()), ("klampid-42", "klampid"));
        assert_eq!(received[0].media.as_deref(), Some("iso_a4_210x297mm"));
        let sent_by = if old { SheetOperation::PrintJob } else { SheetOperation::SendDocument };
        assert!(printer.requests().contains(&sent_by) && printer.requests().contains(&SheetOperation::ValidateJob));
        assert!(!format!("{:?}", job(3)).contains("PDF"), "documents print as •••");
    }
}

#[test]
fn a_printer_that_cannot_take_the_document_never_gets_it() {
    type Prepare = fn(&SimSheetPrinter);
    type Named = fn(&NotPrinted) -> bool;
    let cases: [(&str, Prepare, Named); 7] = [
        ("no PDF", |p| p.takes_formats(&["image/urf", "image/pwg-raster"]), |e| matches!(e, NotPrinted::FormatNotSupported { formats } if formats.len() == 2)),
        ("no A4", |p| p.takes_media(&["na_letter_8.5x11in"]), |e| matches!(e, NotPrinted::MediaNotSupported)),
        ("too large for it", |p| p.takes_kilobytes(1), |e| matches!(e, NotPrinted::DocumentTooLarge { bytes_max: 1024, .. })),
        (
            "not valid",
            |p| p.fault(SheetFault::Status(0x040E), Some(SheetOperation::ValidateJob), None),
            |e| matches!(e, NotPrinted::Refused { operation: "Validate-Job", code: 0x040E }),
        ),
        (
            "not allowed",
            |p| p.fault(SheetFault::Status(0x0403), Some(SheetOperation::CreateJob), None),
            |e| matches!(e, NotPrinted::Refused { operation: "Create-Job", code: 0x0403 }),
        ),
        ("switched off", |p| p.unplug(true), |e| matches!(e, NotPrinted::Ask(AskError::Unreachable(_)))),
        ("a web page", |p| p.fault(SheetFault::WebPage, None, None), |e| matches!(e, NotPrinted::Ask(AskError::NotIpp { .. }))),
    ];
    for (name, prepare, named) in cases {
        let printer = printer();
        prepare(&printer);
        let mut driver = driver(&printer);
        if name == "switched off" {
            wait_for(&mut driver, |status| status.has(Condition::SHEET_ABSENT));
        }
        let outcome = driver.print(&job(3));
        assert!(matches!(&outcome, SheetOutcome::NotPrinted(why) if named(why)), "{name}: {outcome:?}");
        assert_eq!(printer.received(), [], "{name}");
    }
}

#[test]
fn a_document_that_is_none_does_not_reach_the_network() {
    let printer = printer();
    let mut driver = driver(&printer);
    let bytes = |bytes: Vec<u8>| SheetJob::new(1, SheetDocument::Bytes(bytes.into()), None);
    let large = [b"%PDF-1.7".to_vec(), vec![b' '; 1_000_000]].concat();
    type Named = fn(&NotPrinted) -> bool;
    let cases: [(SheetJob, Named); 5] = [
        (bytes(Vec::new()), |e| matches!(e, NotPrinted::DocumentEmpty)),
        (bytes(b"%PD".to_vec()), |e| matches!(e, NotPrinted::NotPdf)),
        (bytes(b"PK\x03\x04 docx".to_vec()), |e| matches!(e, NotPrinted::NotPdf)),
        (bytes(large), |e| matches!(e, NotPrinted::DocumentTooLarge { bytes_max: 1_000_000, .. })),
        (SheetJob::new(1, SheetDocument::Bytes(pdf(1)), Some(7)), |e| matches!(e, NotPrinted::TooManyPages { pages: 7, pages_max: 6 })),
    ];
    for (job, named) in cases {
        let outcome = driver.print(&job);
        assert!(matches!(&outcome, SheetOutcome::NotPrinted(why) if named(why)), "{outcome:?}");
    }
    assert_eq!(printer.requests(), []);
}

#[test]
fn how_a_job_ends_is_what_the_outcome_says() {
    type Named = fn(&SheetOutcome) -> bool;
    let cases: [(JobFate, bool, Named); 8] = [
        (JobFate::Abort, true, |o| matches!(o, SheetOutcome::NotPrinted(NotPrinted::Aborted { reasons }) if reasons == &["aborted-by-system"])),
        (JobFate::AbortAfterFirst, true, |o| matches!(o, SheetOutcome::Unknown(Doubt::Partly { pages_out: Some(1), why: NotPrinted::Aborted { .. } }))),
        (JobFate::AbortAfterFirst, false, |o| matches!(o, SheetOutcome::Unknown(Doubt::Partly { pages_out: None, .. }))),
        (JobFate::CompleteWithErrors, true, |o| matches!(o, SheetOutcome::Unknown(Doubt::WithErrors { pages_out: 3 }))),
        (JobFate::Vanish, true, |o| matches!(o, SheetOutcome::Unknown(Doubt::Vanished))),
        (JobFate::NeverEnd, true, |o| matches!(o, SheetOutcome::NotPrinted(NotPrinted::TimedOut { waited_ms }) if *waited_ms >= 2_500)),
        (JobFate::NeverEnd, false, |o| matches!(o, SheetOutcome::Unknown(Doubt::Partly { pages_out: None, why: NotPrinted::TimedOut { .. } }))),
        (JobFate::NeverEndNorCancel, true, |o| matches!(o, SheetOutcome::Unknown(Doubt::CancelUnconfirmed { why: NotPrinted::TimedOut { .. } }))),
    ];
    for (fate, counts, named) in cases {
        let printer = printer();
        // Slow enough that the driver sees the job while it prints.
        printer.page_takes(Duration::from_millis(150));
        printer.fate(fate);
        if !counts {
            printer.counts_no_pages();
        }
        let began = Instant::now();
        let outcome = driver_within(&printer, SheetLimits { job_ms: 2_500, ..SHORT }).print(&job(3));
        assert!(named(&outcome), "{fate:?}: {outcome:?}");
        assert!(began.elapsed() < Duration::from_secs(15), "{fate:?}: {:?}", began.elapsed());
    }
}

#[test]
fn a_job_waits_for_paper_and_is_cancelled_when_nobody_brings_any() {
    let printer = printer();
    let mut driver = driver(&printer);
    printer.empty_tray(true);
    let status = wait_for(&mut driver, |status| status.has(Condition::TRAY_OUT));
    assert_eq!((status.device, status.availability()), (DeviceState::UserError, Availability::Unavailable));
    let began = Instant::now();
    let outcome = driver.print(&job(2));
    assert!(matches!(outcome, SheetOutcome::NotPrinted(NotPrinted::Stopped { waited_ms }) if waited_ms >= 800), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(6) && printer.sheets_out() == 0);
    let refilled = printer.clone();
    let staff = std::thread::spawn(move || {
        let end = Instant::now() + PATIENCE;
        while refilled.requests().iter().filter(|operation| **operation == SheetOperation::SendDocument).count() < 2 && Instant::now() < end {
            std::thread::yield_now();
        }
        refilled.empty_tray(false);
    });
    let outcome = driver.print(&job(2));
    staff.join().expect("no panic");
    assert!(matches!(outcome, SheetOutcome::Printed { pages_out: Some(2) }), "{outcome:?}");
}

#[test]
fn a_cancel_is_followed_and_told_honestly() {
    for (page_takes_ms, before_first_page) in [(60_000, true), (300, false)] {
        let printer = printer();
        printer.page_takes(Duration::from_millis(page_takes_ms));
        let job = job(6);
        let (cancel, watched) = (job.cancel_flag(), printer.clone());
        let presser = std::thread::spawn(move || {
            let end = Instant::now() + PATIENCE;
            let reached = || if before_first_page { !watched.received().is_empty() } else { watched.sheets_out() > 0 };
            while !reached() && Instant::now() < end {
                std::thread::yield_now();
            }
            cancel.store(true, Ordering::Release);
        });
        let outcome = driver(&printer).print(&job);
        presser.join().expect("no panic");
        if before_first_page {
            assert!(matches!(outcome, SheetOutcome::NotPrinted(NotPrinted::Cancelled)), "{outcome:?}");
        } else {
            assert!(matches!(outcome, SheetOutcome::Unknown(Doubt::Partly { pages_out: Some(1..=5), why: NotPrinted::Cancelled })), "{outcome:?}");
        }
    }
    let printer = printer();
    let job = job(1);
    job.cancel_flag().store(true, Ordering::Release);
    assert!(matches!(driver(&printer).print(&job), SheetOutcome::NotPrinted(NotPrinted::Cancelled)));
    assert_eq!(printer.received(), []);
}

#[test]
fn a_printer_that_counts_too_many_pages_is_told_to_stop() {
    let printer = printer();
    printer.page_takes(Duration::from_millis(400));
    let outcome = driver(&printer).print(&job(30));
    let stopped = |why: &NotPrinted| matches!(why, NotPrinted::TooManyPages { pages: 30, pages_max: 6 });
    assert!(matches!(&outcome, SheetOutcome::NotPrinted(why) | SheetOutcome::Unknown(Doubt::Partly { why, .. }) if stopped(why)), "{outcome:?}");
    assert!(printer.sheets_out() < 6, "{}", printer.sheets_out());
}

#[test]
fn a_fault_while_the_document_leaves_is_cleared_up_with_the_printer() {
    // The answer to Send-Document is lost; the job is cancelled, and the printer says what came of it.
    for fault in [SheetFault::DropAfterRequest, SheetFault::Garbage, SheetFault::Hang] {
        let printer = printer();
        printer.page_takes(Duration::from_secs(60));
        printer.fault(fault.clone(), Some(SheetOperation::SendDocument), Some(1));
        let outcome = driver(&printer).print(&job(2));
        assert!(matches!(outcome, SheetOutcome::NotPrinted(NotPrinted::Ask(_))), "{fault:?}: {outcome:?}");
        assert!(printer.requests().contains(&SheetOperation::CancelJob));
    }
    // The same with Print-Job: there is no number to ask for.
    let printer = printer();
    printer.without(SheetOperation::CreateJob);
    printer.fault(SheetFault::DropAfterRequest, Some(SheetOperation::PrintJob), Some(1));
    let outcome = driver(&printer).print(&job(2));
    assert!(matches!(outcome, SheetOutcome::Unknown(Doubt::Lost(_))), "{outcome:?}");
    // Nobody knows a printer that goes away in the middle.
    let printer = SimSheetPrinter::start().expect("a port on this machine");
    printer.fate(JobFate::NeverEnd);
    printer.fault(SheetFault::DropAfterRequest, Some(SheetOperation::GetJobAttributes), None);
    let outcome = driver(&printer).print(&job(2));
    assert!(matches!(outcome, SheetOutcome::Unknown(Doubt::Silent { waited_ms }) if waited_ms >= 1_000), "{outcome:?}");
}

#[test]
fn a_busy_printer_is_asked_again_after_the_time_it_names() {
    let printer = printer();
    printer.fault(SheetFault::Busy { retry_after_secs: Some(1) }, None, Some(1));
    printer.fault(SheetFault::Status(0x0507), Some(SheetOperation::CreateJob), Some(1));
    let began = Instant::now();
    let outcome = driver(&printer).print(&job(1));
    assert!(matches!(outcome, SheetOutcome::Printed { .. }), "{outcome:?}");
    assert!(began.elapsed() >= Duration::from_secs(3), "one second as it said, two where it said none");
    assert_eq!(printer.received().len(), 1);
    let busy = SimSheetPrinter::start().expect("a port on this machine");
    busy.fault(SheetFault::Busy { retry_after_secs: Some(86_400) }, None, None);
    let outcome = driver(&busy).print(&job(1));
    assert!(matches!(outcome, SheetOutcome::NotPrinted(NotPrinted::Ask(AskError::Busy { .. }))), "{outcome:?}");
    let mut driver = driver(&busy);
    assert_eq!(wait_for(&mut driver, |status| status.device != DeviceState::Unknown).availability(), Availability::Busy);
}
