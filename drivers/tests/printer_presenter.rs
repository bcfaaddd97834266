//! A slip in the output is offered, taken, drawn in or pushed out, and each is told apart.

mod common;

use common::{PATIENCE, desk_for, driver, job, profile};
use drivers::printer::{Delivery, OnTimeout, Presenter, PresenterCommands, PrintOutcome, Printer, PrinterEvent, Profile};
use drivers::sim::printer::Whereabouts;
use drivers::status::{Availability, Condition};
use std::time::{Duration, Instant};

/// A Custom printer whose presenter waits two seconds.
fn short(commands: PresenterCommands, on_timeout: OnTimeout) -> Profile {
    let presenter = Presenter { steps: 12, timeout_secs: 2, on_timeout, commands };
    Profile { presenter: Some(presenter), ..profile("custom-vkp80") }
}

/// Polls until something is told.
fn next_event(printer: &mut dyn Printer) -> PrinterEvent {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(event) = printer.poll().events.pop() {
            return event;
        }
    }
    panic!("nothing was told in time")
}

#[test]
fn a_slip_that_is_taken_is_told_as_taken() {
    for commands in [PresenterCommands::FsP, PresenterCommands::GsE] {
        let profile = Profile { presenter: Some(Presenter { commands, ..profile("custom-vkp80").presenter.expect("it has one") }), ..profile("custom-vkp80") };
        let desk = desk_for(&profile);
        let mut printer = driver(&desk, profile);
        assert!(matches!(printer.print(&job(7, "0426-AAAA")), PrintOutcome::Printed(Delivery::Presented)), "{commands:?}");
        assert_eq!(next_event(&mut printer), PrinterEvent::MediaPresented { token: Some(7) });
        let status = printer.status();
        assert!(status.has(Condition::SLIP_NOT_TAKEN), "{commands:?}");
        assert_eq!(status.availability(), Availability::Ready, "{commands:?}: the next resident may still be served");
        assert!(desk.bench.printer.take_slip());
        assert_eq!(next_event(&mut printer), PrinterEvent::MediaTaken { token: Some(7) });
        assert!(!printer.status().has(Condition::SLIP_NOT_TAKEN), "{commands:?}");
        let papers = desk.bench.printer.papers();
        assert_eq!(papers.iter().map(|paper| paper.whereabouts).collect::<Vec<_>>(), [Whereabouts::Hand], "{commands:?}");
    }
}

#[test]
fn a_slip_that_nobody_takes_goes_where_the_profile_says() {
    for (commands, on_timeout, event, whereabouts) in [
        (PresenterCommands::FsP, OnTimeout::Retract, PrinterEvent::MediaRetracted { token: Some(1) }, Whereabouts::Bin),
        (PresenterCommands::FsP, OnTimeout::Eject, PrinterEvent::MediaEjected { token: Some(1) }, Whereabouts::Floor),
        (PresenterCommands::GsE, OnTimeout::Retract, PrinterEvent::MediaRetracted { token: Some(1) }, Whereabouts::Bin),
        (PresenterCommands::GsE, OnTimeout::Eject, PrinterEvent::MediaEjected { token: Some(1) }, Whereabouts::Floor),
    ] {
        let profile = short(commands, on_timeout);
        let desk = desk_for(&profile);
        let mut printer = driver(&desk, profile);
        assert!(matches!(printer.print(&job(1, "0426-AAAA")), PrintOutcome::Printed(Delivery::Presented)), "{commands:?}");
        assert_eq!(next_event(&mut printer), PrinterEvent::MediaPresented { token: Some(1) });
        assert_eq!(next_event(&mut printer), event, "{commands:?} {on_timeout:?}");
        assert_eq!(desk.bench.printer.papers().last().map(|paper| paper.whereabouts), Some(whereabouts), "{commands:?} {on_timeout:?}");
    }
}

#[test]
fn the_slip_before_makes_room_for_the_next_one_and_is_not_told_as_taken() {
    for commands in [PresenterCommands::FsP, PresenterCommands::GsE] {
        let profile = Profile {
            presenter: Some(Presenter { timeout_secs: 60, ..short(commands, OnTimeout::Eject).presenter.expect("it has one") }),
            ..short(commands, OnTimeout::Eject)
        };
        let desk = desk_for(&profile);
        let mut printer = driver(&desk, profile);
        printer.print(&job(1, "0426-FIRST"));
        assert!(matches!(printer.print(&job(2, "0426-SECOND")), PrintOutcome::Printed(Delivery::Presented)), "{commands:?}");
        let events = printer.poll().events;
        let expected =
            [PrinterEvent::MediaPresented { token: Some(1) }, PrinterEvent::MediaEjected { token: Some(1) }, PrinterEvent::MediaPresented { token: Some(2) }];
        assert_eq!(events, expected, "{commands:?}");
        let papers = desk.bench.printer.papers();
        assert_eq!(papers.iter().map(|paper| paper.whereabouts).collect::<Vec<_>>(), [Whereabouts::Floor, Whereabouts::Output], "{commands:?}");
    }
}

#[test]
fn a_slip_from_before_the_driver_started_is_told_without_a_token() {
    let profile = short(PresenterCommands::FsP, OnTimeout::Retract);
    let desk = desk_for(&profile);
    driver(&desk, Profile { presenter: Some(Presenter { timeout_secs: 60, ..profile.presenter.expect("it has one") }), ..profile.clone() })
        .print(&job(1, "0426-AAAA"));
    let mut printer = driver(&desk, profile);
    assert_eq!(next_event(&mut printer), PrinterEvent::MediaPresented { token: None });
    desk.bench.printer.take_slip();
    assert_eq!(next_event(&mut printer), PrinterEvent::MediaTaken { token: None });
}

#[test]
fn only_a_slip_that_left_well_before_its_time_was_taken_by_a_person() {
    for (on_timeout, age_ms, sent_away, expected) in [
        (OnTimeout::Retract, 0, false, None),
        (OnTimeout::Retract, 28_999, false, None),
        (OnTimeout::Retract, 29_000, false, Some(OnTimeout::Retract)),
        (OnTimeout::Eject, 31_000, false, Some(OnTimeout::Eject)),
        (OnTimeout::Eject, 5_000, true, Some(OnTimeout::Eject)),
    ] {
        let presenter = Presenter { steps: 12, timeout_secs: 30, on_timeout, commands: PresenterCommands::FsP };
        let who = presenter.removed_by_itself(Duration::from_millis(age_ms), sent_away);
        assert_eq!(who, expected, "{on_timeout:?} {age_ms} {sent_away}");
    }
}

#[test]
fn a_model_without_a_presenter_cannot_say_where_its_slip_is() {
    let profile = profile("epson-tm-t82");
    let desk = desk_for(&profile);
    let mut printer = driver(&desk, profile);
    assert!(matches!(printer.print(&job(1, "0426-AAAA")), PrintOutcome::Printed(Delivery::Unseen)));
    assert!(printer.poll().events.is_empty());
}
