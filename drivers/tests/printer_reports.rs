//! What a printer says unasked, which model it is, and how it holds a job back.

mod common;

use common::{PATIENCE, SHORT, desk_with, driver, in_memory, job, printer_for, profile, watched};
use drivers::printer::{NotPrinted, Phase, PrintOutcome, Printer, Profile, Timing};
use drivers::sim::Lasting;
use drivers::sim::printer::{PaperPrinterOptions, PrinterFault};
use drivers::status::{Availability, Condition, DeviceState};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Never asks by itself within a test.
const PATIENT: Timing = Timing { ask_ms: 600_000, ..SHORT };

#[test]
fn a_fault_shows_without_a_question_where_the_printer_reports_it() {
    let (printer, mut driver, written) = watched(&profile("epson-tm-t82"), PATIENT, &[]);
    assert_eq!(driver.poll().status.device, DeviceState::Online);
    let asked = || written.lock().unwrap_or_else(PoisonError::into_inner).len();
    let before = asked();
    for (fault, condition) in [
        (PrinterFault::PaperOut, Condition::ROLL_OUT),
        (PrinterFault::CoverOpen, Condition::COVER_OPEN),
        (PrinterFault::CutterBlocked, Condition::CUTTER_FAULT),
        (PrinterFault::HeadHot, Condition::HEAD_OVERHEATED),
        (PrinterFault::NearEnd, Condition::ROLL_NEAR_END),
        (PrinterFault::Broken, Condition::PRINTER_INOPERATIVE),
    ] {
        printer.inject(fault, Lasting::FromNow);
        assert!(driver.poll().status.has(condition), "{fault:?}");
        printer.lift(fault);
        let healed = driver.poll().status;
        assert_eq!((healed.device, healed.conditions.len()), (DeviceState::Online, 0), "{fault:?}: {healed:?}");
    }
    assert_eq!(asked(), before, "no question was asked");
}

#[test]
fn an_old_answer_is_not_relied_on() {
    let (printer, mut driver, _) = watched(&profile("epson-tm-t82"), Timing { ask_ms: 0, ..SHORT }, &[]);
    driver.poll();
    printer.silent(true);
    assert_eq!(driver.poll().status.device, DeviceState::Unknown);
}

#[test]
fn a_printer_that_was_switched_off_and_on_is_asked_to_report_again() {
    let (printer, mut driver, _) = watched(&profile("epson-tm-t82"), PATIENT, &[]);
    driver.poll();
    printer.silent(true);
    assert!(driver.status().has(Condition::LINK_SILENT));
    printer.power_cycle();
    printer.silent(false);
    let deadline = Instant::now() + PATIENCE;
    while driver.status().device != DeviceState::Online {
        assert!(Instant::now() < deadline, "it is heard again");
    }
    printer.open_cover(true);
    assert!(driver.poll().status.has(Condition::COVER_OPEN));
}

#[test]
fn paper_and_cover_show_within_a_second_on_every_kind_of_model() {
    for name in ["epson-tm-t82", "generic-80mm", "custom-vkp80"] {
        let profile = profile(name);
        let desk = desk_with(printer_for(&profile));
        let mut printer = driver(&desk, profile);
        printer.poll();
        for (fault, condition) in [(PrinterFault::PaperOut, Condition::ROLL_OUT), (PrinterFault::CoverOpen, Condition::COVER_OPEN)] {
            desk.bench.printer.inject(fault, Lasting::Once);
            let began = Instant::now();
            while !printer.poll().status.has(condition) {
                assert!(began.elapsed() < Duration::from_secs(1), "{name}: {fault:?}");
            }
            let deadline = Instant::now() + PATIENCE;
            while printer.poll().status.has(condition) && Instant::now() < deadline {}
            assert_eq!(printer.status().availability(), Availability::Ready, "{name}: {fault:?} is over by itself");
        }
    }
}

#[test]
fn a_printer_that_is_not_the_configured_model_gets_nothing() {
    let configured = Profile { model_ids: vec![0x20, 0x31], ..profile("epson-tm-t82") };
    for (model_id, right) in [(0x20, true), (0x31, true), (0x0D, false)] {
        let desk = desk_with(PaperPrinterOptions { model_id, ..printer_for(&configured) });
        let mut printer = driver(&desk, configured.clone());
        let status = printer.status();
        assert_eq!(status.has(Condition::LINK_FOREIGN), !right, "{model_id:02x}");
        let outcome = printer.print(&job(1, "0426-AAAA"));
        assert!(
            match outcome {
                PrintOutcome::Printed(_) => right,
                PrintOutcome::NotPrinted(NotPrinted::Fault(Condition::LINK_FOREIGN)) => !right,
                _ => false,
            },
            "{model_id:02x}: {outcome:?}"
        );
        assert_eq!(desk.bench.printer.papers().len(), usize::from(right), "{model_id:02x}");
    }
}

#[test]
fn a_small_buffer_holds_a_job_back_and_loses_nothing() {
    let profile = profile("generic-80mm");
    // Much smaller than the picture of the code, at a twentieth of its paper speed.
    let (printer, mut driver) = in_memory(&profile, PaperPrinterOptions { buffer_bytes: 2_048, mm_per_s: 600.0, ..printer_for(&profile) });
    let outcome = driver.print(&job(1, "0426-AAAA"));
    assert!(matches!(outcome, PrintOutcome::Printed(_)), "{outcome:?}");
    printer.direct_link().settle();
    assert_eq!(printer.bytes_lost(), 0);
    let papers = printer.papers();
    assert!(papers.len() == 1 && papers[0].text.contains("0426-AAAA") && papers[0].text.contains("[gambar"));
}

#[test]
fn a_full_buffer_is_waited_for_and_not_for_ever() {
    let profile = profile("epson-tm-t82");
    let desk = desk_with(printer_for(&profile));
    let mut printer = driver(&desk, profile);
    printer.status();
    desk.bench.printer.inject(PrinterFault::BufferStuck, Lasting::For(Duration::from_millis(600)));
    assert_eq!(printer.status().device, DeviceState::DeviceBusy);
    let outcome = printer.print(&job(1, "0426-AAAA"));
    assert!(matches!(outcome, PrintOutcome::Printed(_)), "XON came: {outcome:?}");
    desk.bench.printer.inject(PrinterFault::BufferStuck, Lasting::FromNow);
    let began = Instant::now();
    let outcome = printer.print(&job(2, "0426-BBBB"));
    assert!(matches!(outcome, PrintOutcome::NotPrinted(NotPrinted::Busy | NotPrinted::Silent)), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_millis(SHORT.xoff_ms) + PATIENCE / 4, "{:?}", began.elapsed());
    assert_ne!(printer.state().phase, Phase::Online);
    assert_eq!(desk.bench.printer.papers().len(), 1);
}
