//! The printer at its worst. The number is never minted anew, the submission always stands, the resident hears the truth.

use flow::Intent;
use flow::view::{Page, PaperState};

use crate::stand::{Stand, bench, office};

fn stand(dir: &std::path::Path) -> (kiosk::demo::office::Office, Stand) {
    let office = office(dir);
    let stand = Stand::start(office.settings.clone(), bench(dir));
    (office, stand)
}

#[test]
fn paper_out_before_printing_is_told_and_the_copy_carries_a_mark() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (_office, stand) = stand(dir.path());
    stand.to_check();
    stand.bench.printer.paper_out();
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("the missing paper is told", |slip| slip.paper == PaperState::NotPrinted);
    assert!(slip.may_reprint && slip.pin.len() == 6);
    stand.bench.printer.paper_in();
    stand.touch(Intent::Reprint);
    let again = stand.slip_when("the copy is printed", |slip| slip.paper == PaperState::Printed);
    assert_eq!((again.number.clone(), again.pin), (slip.number, slip.pin));
    let papers = stand.bench.printer.papers();
    let text = &papers.last().expect("a paper came out").text;
    assert!(text.contains("CETAK ULANG 1") && text.contains(&again.number), "{text}");
    stand.until_delivered();
}

#[test]
fn paper_that_ends_inside_the_slip_is_unknown_and_the_resident_is_asked() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (_office, stand) = stand(dir.path());
    stand.to_check();
    stand.bench.printer.paper_out_after_mm(40.0);
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("nobody knows", |slip| slip.paper == PaperState::Unknown);
    assert!(slip.ask.is_some());
    stand.bench.printer.paper_in();
    stand.touch(Intent::PaperDidNotComeOut);
    stand.slip_when("a copy is offered", |slip| slip.may_reprint);
    stand.touch(Intent::Reprint);
    let again = stand.slip_when("the copy is printed", |slip| slip.paper == PaperState::Printed);
    assert_eq!(again.number, slip.number);
    stand.until_delivered();
}

#[test]
fn a_printer_unplugged_mid_slip_undoes_nothing_and_prints_after_replugging() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (_office, stand) = stand(dir.path());
    stand.to_check();
    stand.bench.printer.hang_up_after_bytes(300);
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("nobody knows", |slip| slip.paper == PaperState::Unknown);
    stand.until_delivered();
    stand.touch(Intent::PaperDidNotComeOut);
    stand.bench.printer.replug();
    stand.touch(Intent::Reprint);
    let again = stand.slip_when("the copy is printed", |slip| slip.paper != PaperState::Printing);
    assert_eq!(again.number, slip.number);
    assert_eq!(stand.running.outbox.receipts(&slip.number).expect("the outbox answers").len(), 1);
}

#[test]
fn a_silent_printer_never_claims_to_have_printed() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (_office, stand) = stand(dir.path());
    stand.to_check();
    stand.bench.printer.silent(true);
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("the fate is told", |slip| slip.paper != PaperState::Printing);
    assert_ne!(slip.paper, PaperState::Printed);
    stand.until_delivered();
}

#[test]
fn no_slip_of_a_session_that_ended_is_printed() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (_office, stand) = stand(dir.path());
    stand.to_check();
    stand.bench.printer.open_cover(true);
    stand.touch(Intent::GoOn);
    stand.slip_when("the open cover is told", |slip| slip.paper == PaperState::NotPrinted);
    stand.touch(Intent::GoOn);
    stand.until("goodbye", |view| matches!(view.page, Page::Goodbye { .. }));
    stand.bench.printer.heal();
    stand.to_home();
    stand.until_delivered();
    assert!(stand.bench.printer.papers().is_empty(), "the first resident's slip came out for the second");
}
