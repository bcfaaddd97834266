//! A slip belongs to a session: without its permit no byte leaves, and what left is cut off and marked.

mod common;

use common::{PATIENCE, desk_with, driver, in_memory, job, printer_for, profile};
use drivers::printer::{NotPrinted, Permit, PrintJob, PrintOutcome, Printer, PrinterEvent, Unconfirmed};
use drivers::sim::printer::PaperPrinterOptions;
use drivers::status::Condition;
use std::time::Duration;

#[test]
fn a_revoked_permit_means_not_printed_and_nothing_leaves() {
    let profile = profile("epson-tm-t82");
    let desk = desk_with(printer_for(&profile));
    let mut printer = driver(&desk, profile);
    let order = job(1, "0426-AAAA");
    order.permit.clone().revoke();
    assert!(!order.permit.holds());
    assert!(matches!(printer.print(&order), PrintOutcome::NotPrinted(NotPrinted::Void)));
    assert!(desk.bench.printer.wait_until_idle(PATIENCE));
    assert!(desk.bench.printer.papers().is_empty() && desk.bench.printer.hanging().is_none());
    assert!(matches!(printer.print(&job(2, "0426-BBBB")), PrintOutcome::Printed(_)), "another session is not concerned");
}

#[test]
fn a_permit_revoked_within_a_slip_cuts_it_off_marks_it_and_tells() {
    for name in ["epson-tm-m30", "generic-80mm", "custom-vkp80"] {
        let profile = profile(name);
        // So small a buffer that XOFF holds the job back until the permit is revoked.
        let (sim, mut printer) = in_memory(&profile, PaperPrinterOptions { buffer_bytes: 256, mm_per_s: 60.0, ..printer_for(&profile) });
        let order = PrintJob { permit: Permit::new(), ..job(1, "0426-FIRST") };
        let permit = order.permit.clone();
        let bench = sim.clone();
        let outcome = std::thread::scope(|scope| {
            scope.spawn(move || {
                let deadline = std::time::Instant::now() + PATIENCE;
                while bench.hanging().is_none() && std::time::Instant::now() < deadline {
                    std::thread::park_timeout(Duration::from_millis(2));
                }
                permit.revoke();
            });
            printer.print(&order)
        });
        match outcome {
            PrintOutcome::Unknown(Unconfirmed::Voided { sent_bytes }) => assert!(sent_bytes > 0, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
        let deadline = std::time::Instant::now() + PATIENCE;
        while printer.status().has(Condition::SLIP_STALE) {
            assert!(std::time::Instant::now() < deadline, "{name}: voided as soon as the paper has moved on");
        }
        assert_eq!(printer.poll().events, [PrinterEvent::JobVoided { token: 1 }], "{name}");
        sim.direct_link().settle();
        let pieces = sim.papers();
        assert!(pieces.iter().any(|piece| piece.text.contains("SLIP BATAL")), "{name}: the piece is marked");
        assert!(sim.hanging().is_none(), "{name}: nothing hangs out for the next person");
        assert!(pieces.iter().all(|piece| !piece.text.contains("kepolisian")), "{name}: the end of the slip never came out");
        assert_eq!(sim.unknown_commands(), 0, "{name}");
    }
}

#[test]
fn a_new_roll_does_not_wake_up_the_old_slip_unless_it_is_cut_off_apart() {
    for name in ["epson-tm-t82", "generic-80mm", "bixolon-srp-e300", "custom-vkp80"] {
        let profile = profile(name);
        let desk = desk_with(printer_for(&profile));
        let mut printer = driver(&desk, profile);
        desk.bench.printer.paper_out_after_mm(20.0);
        let outcome = printer.print(&job(1, "0426-FIRST"));
        assert!(matches!(outcome, PrintOutcome::Unknown(Unconfirmed::Fault(Condition::ROLL_OUT))), "{name}: {outcome:?}");
        desk.bench.printer.paper_in();
        // The printer goes on by itself before anybody asks it.
        assert!(desk.bench.printer.wait_until_idle(PATIENCE), "{name}");
        let events = printer.poll().events;
        assert!(events.contains(&PrinterEvent::RollChanged) && events.contains(&PrinterEvent::JobVoided { token: 1 }), "{name}: {events:?}");
        assert!(matches!(printer.print(&job(2, "0426-SECOND")), PrintOutcome::Printed(_)), "{name}");
        assert!(desk.bench.printer.wait_until_idle(PATIENCE), "{name}");
        let papers = desk.bench.printer.papers();
        let last = papers.last().unwrap_or_else(|| panic!("{name}: no paper"));
        assert!(last.text.contains("0426-SECOND") && !last.text.contains("0426-FIRST"), "{name}: {}", last.text);
        assert!(!last.text.contains("BATAL"), "{name}: the mark is on the old piece");
        assert!(papers.iter().any(|paper| paper.text.contains("SLIP BATAL")), "{name}");
        let seconds = papers.iter().filter(|paper| paper.text.contains("0426-SECOND")).count();
        assert_eq!(seconds, 1, "{name}");
    }
}
