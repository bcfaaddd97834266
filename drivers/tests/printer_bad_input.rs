//! A printer that answers rubbish, late, or as another one, and pictures that look like questions.

mod common;

use common::{PATIENCE, PROFILES, SHORT, desk_for, driver, job, profile, slip, watched};
use drivers::printer::{Block, ConfirmLevel, Document, NotPrinted, Phase, PrintOutcome, Printer, Profile, encode, test_page};
use drivers::sim::Lasting;
use drivers::sim::printer::PrinterFault;
use drivers::status::{Actor, Condition, DeviceState};
use proptest::prelude::*;
use std::time::{Duration, Instant};

#[test]
fn rubbish_is_named_and_not_believed() {
    for name in ["epson-tm-t82", "generic-80mm", "custom-vkp80"] {
        let profile = profile(name);
        let desk = desk_for(&profile);
        let mut printer = driver(&desk, profile);
        printer.status();
        desk.bench.printer.inject(PrinterFault::Rubbish, Lasting::FromNow);
        let status = printer.status();
        assert!(status.has(Condition::LINK_NOISE), "{name}: {status:?}");
        assert_eq!((status.device, status.required().1), (DeviceState::Unknown, Actor::Machine), "{name}");
        let outcome = printer.print(&job(1, "0426-AAAA"));
        assert!(matches!(outcome, PrintOutcome::NotPrinted(NotPrinted::Fault(Condition::LINK_NOISE))), "{name}: {outcome:?}");
        desk.bench.printer.lift(PrinterFault::Rubbish);
        assert_eq!(printer.status().device, DeviceState::Online, "{name}: heals");
    }
}

#[test]
fn a_late_answer_is_never_taken_for_the_answer_to_another_question() {
    for delay_ms in [5, 60, 100, 150, 250, 400] {
        let profile = profile("generic-80mm");
        let desk = desk_for(&profile);
        let mut printer = driver(&desk, profile);
        // Cover open, paper fine, cutter fine: an answer in the wrong place would name another fault, or none.
        desk.bench.printer.open_cover(true);
        desk.bench.printer.late(Duration::from_millis(delay_ms));
        for round in 0..12 {
            let status = printer.status();
            let right = status.has(Condition::COVER_OPEN) && status.conditions.len() == 1;
            assert!(right || status.device == DeviceState::Unknown || status.device == DeviceState::PowerOff, "{delay_ms} ms, round {round}: {status:?}");
        }
        desk.bench.printer.late(Duration::ZERO);
        let deadline = Instant::now() + PATIENCE;
        while !printer.status().has(Condition::COVER_OPEN) {
            assert!(Instant::now() < deadline, "{delay_ms}: it is heard again");
        }
    }
}

#[test]
fn the_status_of_another_make_is_no_answer() {
    let profile = profile("epson-tm-t82");
    let desk = desk_for(&profile);
    let mut printer = driver(&desk, profile);
    desk.bench.printer.inject(PrinterFault::OtherPrinter, Lasting::FromNow);
    for _ in 0..3 {
        let status = printer.status();
        assert_eq!(status.device, DeviceState::Unknown, "{status:?}");
        assert!(status.has(Condition::LINK_SILENT) || status.has(Condition::LINK_NOISE), "{status:?}");
    }
    assert!(matches!(printer.print(&job(1, "0426-AAAA")), PrintOutcome::NotPrinted(_)));
    assert!(desk.bench.printer.wait_until_idle(PATIENCE));
    assert!(desk.bench.printer.papers().is_empty());
}

#[test]
fn a_picture_that_holds_questions_disturbs_no_confirmation() {
    // A raster of two rows of six bytes that holds DLE EOT 1, 2, 3 and 4.
    let mut picture = vec![0x1D, 0x76, 0x30, 0x00, 6, 0, 2, 0];
    picture.extend([0x10, 0x04, 0x01, 0x10, 0x04, 0x02, 0x10, 0x04, 0x03, 0x10, 0x04, 0x04]);
    for confirm in [ConfirmLevel::RealTime, ConfirmLevel::InBand, ConfirmLevel::ProcessId, ConfirmLevel::FullStatus] {
        let profile = Profile { confirm, ..profile("epson-tm-t82") };
        let (printer, mut driver, _) = watched(&profile, SHORT, &picture);
        // A thin roll makes the unasked answer to 4 differ from those to 1, 2 and 3.
        printer.near_end(true);
        let short = Document(vec![Block::text("baris"), Block::Cut]);
        let order = drivers::printer::PrintJob { document: short, ..job(1, "") };
        for round in 0..3 {
            let outcome = driver.print(&order);
            assert!(matches!(outcome, PrintOutcome::Printed(_)), "{confirm:?}, round {round}: {outcome:?}");
            let status = driver.status();
            assert!(driver.state().phase == Phase::Online && status.conditions.iter().eq(&[Condition::ROLL_NEAR_END]), "{confirm:?}: {status:?}");
        }
        assert_eq!(printer.papers().len(), 3, "{confirm:?}");
    }
}

/// DLE EOT, DLE ENQ and DLE DC4 are obeyed by a printer wherever they stand, so none may stand in what we send.
fn real_time_words(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| pair[0] == 0x10 && [0x04, 0x05, 0x14].contains(&pair[1])).count()
}

#[test]
fn what_we_send_holds_no_real_time_command() {
    for name in PROFILES {
        let profile = profile(name);
        for document in [slip("0426-7K2M"), test_page(&profile)] {
            let bytes = encode(&document, &profile).expect("both fit every shipped profile");
            assert_eq!(real_time_words(&bytes), 0, "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_code_and_no_text_makes_a_real_time_command(text in "[ -~\u{0}-\u{1f}]{1,60}", module in 1_u8..9) {
        let document = Document(vec![Block::text(text.clone()), Block::Qr { text, module_dots_min: module }, Block::Cut]);
        for name in ["generic-58mm", "generic-80mm", "epson-tm-t88"] {
            let Ok(bytes) = encode(&document, &profile(name)) else { continue };
            prop_assert_eq!(real_time_words(&bytes), 0, "{}", name);
        }
    }
}
