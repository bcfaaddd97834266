//! From the first touch to the officer's decision and back, without a window.

use flow::Intent;
use flow::view::{CaptureMode, Page, PaperState};
use kiosk::demo::officer::Officer;
use outbox::PrintOutcome;

use crate::stand::{LETTER, NAME, Stand, bench, is_capture, office};

#[test]
fn an_application_reaches_the_officer_once_and_one_item_comes_back_alone() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    let slip = stand.apply();
    assert_eq!(slip.paper, PaperState::Printed);
    stand.until_delivered();
    let prints = stand.running.outbox.prints(&slip.number).expect("the outbox answers");
    assert_eq!(prints.iter().map(|print| (print.copy, print.outcome)).collect::<Vec<_>>(), [(0, PrintOutcome::Printed)]);
    stand.touch(Intent::GoOn);
    stand.until("goodbye", |view| matches!(view.page, Page::Goodbye { .. }));

    let mut officer = Officer::sign_in(&office).expect("the officer signs in");
    assert_eq!(officer.read(&slip.number).expect("the application is there"), 1);
    let before = officer.words(&slip.number).expect("readable");
    assert!(before.contains(NAME));
    officer.press(&slip.number, "Mulai periksa").expect("allowed");
    officer.send_back(&slip.number, LETTER, "R01", "Terpotong di bawah.").expect("allowed");

    // The resident repairs exactly this item, with QR and PIN.
    stand.to_home();
    stand.touch(Intent::FollowUp);
    stand.until("the QR is asked for", |view| matches!(view.page, Page::ReadCode { .. }));
    let paper = stand.bench.printer.papers().pop().expect("the slip is in the tray");
    stand.bench.camera.hold(&paper.held_up(), 96);
    stand.question("PIN");
    stand.type_text(&slip.pin);
    stand.touch(Intent::GoOn);
    stand.until(
        "what came back is named",
        |view| matches!(&view.page, Page::Progress(page) if page.repairs.len() == 1 && page.repairs[0].note == "Terpotong di bawah."),
    );
    stand.touch(Intent::GoOn);
    stand.until("only the letter is asked for", is_capture(|mode| *mode == CaptureMode::Live));
    stand.take_page();
    let view = stand.until("check", |view| matches!(view.page, Page::Check { .. }));
    assert!(matches!(view.page, Page::Check { ref rows, ref papers, .. } if rows.is_empty() && papers.len() == 1));
    stand.touch(Intent::GoOn);
    stand.until("goodbye", |view| matches!(view.page, Page::Goodbye { .. }));
    stand.until_delivered();

    let after = officer.words(&slip.number).expect("readable");
    assert!(after.contains(NAME) && after.contains("3578 0245 0790 0000"), "everything else is still there");
    officer.press(&slip.number, "Terima dan siapkan cetak").expect("the repair brought it back to verification");
}

#[test]
fn a_double_touch_on_send_makes_one_application() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.to_check();
    stand.clock.advance(std::time::Duration::from_secs(1));
    for _ in 0..5 {
        stand.running.inbox.intent(Intent::GoOn);
    }
    let slip = stand.slip_when("printed", |slip| slip.paper == PaperState::Printed);
    stand.until_delivered();
    assert_eq!(stand.running.outbox.receipts(&slip.number).expect("the outbox answers").len(), 1);
    assert_eq!(stand.bench.printer.papers().len(), 1);
}

#[test]
fn the_calendar_stepping_back_a_day_loses_nothing() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    office.link.cut();
    stand.to_check();
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("printed", |slip| slip.paper == PaperState::Printed);
    stand.clock.step_wall(-86_400);
    office.link.join();
    stand.until_delivered();
    assert_eq!(stand.running.outbox.receipts(&slip.number).expect("the outbox answers").len(), 1);
}
