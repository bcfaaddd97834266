//! The table of the printer's states: every pair is either a step or on the list of what cannot happen.

mod common;

use common::{PROFILES, desk_for, driver, job, profile};
use drivers::printer::{ConfirmLevel, Happening, Phase, Printer, State};
use drivers::sim::Lasting;
use drivers::sim::printer::PrinterFault;
use drivers::status::DeviceState;

/// What cannot happen, by hand and not from the code: a closed port says nothing and cannot be lost, an open one is not opened.
fn is_impossible(phase: Phase, happening: Happening) -> bool {
    let closed = matches!(phase, Phase::Closed | Phase::Absent | Phase::Blocked);
    match happening {
        Happening::PortOpened | Happening::PortAbsent | Happening::PortBlocked => !closed,
        Happening::PortLost | Happening::PortClosed => closed,
        // A model either never answers or is always asked.
        Happening::NothingAsked => !matches!(phase, Phase::Starting | Phase::OneWay),
        Happening::SilenceLasts => !matches!(phase, Phase::Silent | Phase::SwitchedOff),
        Happening::Clean
        | Happening::Held
        | Happening::SaysOffline
        | Happening::SaysUserFault
        | Happening::SaysHardwareFault
        | Happening::Silence
        | Happening::Noise
        | Happening::ForeignModel => closed || phase == Phase::OneWay,
    }
}

#[test]
fn every_pair_of_state_and_event_is_a_step_or_impossible_on_purpose() {
    let mut steps = 0;
    for phase in Phase::ALL {
        for known in [false, true] {
            for happening in Happening::ALL {
                let after = State { phase, known }.after(happening);
                assert_eq!(after.is_none(), is_impossible(phase, happening), "{phase:?} {known} {happening:?}");
                if let Some(after) = after {
                    steps += 1;
                    assert!(!known || after.known, "{phase:?} {happening:?}: a printer that was met stays met");
                }
            }
        }
    }
    assert_eq!(steps, 2 * 14 * 15 - 2 * impossible_pairs());
}

fn impossible_pairs() -> usize {
    Phase::ALL.iter().flat_map(|phase| Happening::ALL.map(|happening| usize::from(is_impossible(*phase, happening)))).sum()
}

#[test]
fn every_phase_can_be_reached_from_the_start_and_every_phase_can_be_left() {
    let mut reached = vec![State::START];
    let mut at = 0;
    while at < reached.len() {
        for happening in Happening::ALL {
            if let Some(next) = reached[at].after(happening).filter(|next| !reached.contains(next)) {
                reached.push(next);
            }
        }
        at += 1;
    }
    for phase in Phase::ALL {
        assert!(reached.iter().any(|state| state.phase == phase), "{phase:?}");
        assert!(Happening::ALL.iter().any(|happening| State { phase, known: true }.after(*happening).is_some_and(|next| next.phase != phase)), "{phase:?}");
    }
}

#[test]
fn never_there_and_gone_are_two_words_and_only_a_ready_phase_is_online() {
    for phase in Phase::ALL {
        let device = State { phase, known: true }.device();
        assert_eq!(device == DeviceState::Online, matches!(phase, Phase::Online | Phase::OneWay), "{phase:?}");
    }
    assert_eq!(State { phase: Phase::Absent, known: false }.device(), DeviceState::NoDevice);
    assert_eq!(State { phase: Phase::Absent, known: true }.device(), DeviceState::PowerOff);
}

/// Every fault in every profile: the driver never takes a step that the table does not have (it would panic in a test), tells
/// what it should, and finds its way back.
#[test]
fn every_fault_leads_to_its_phase_on_every_model_and_back() {
    for name in PROFILES {
        let profile = profile(name);
        let desk = desk_for(&profile);
        let mut printer = driver(&desk, profile.clone());
        printer.status();
        for fault in PrinterFault::ALL {
            desk.bench.printer.inject(fault, Lasting::FromNow);
            if fault == PrinterFault::Unplugged {
                desk.bench.printer.unplug();
            }
            let during = (printer.status(), printer.state().phase).1;
            let wanted = wanted(fault, profile.confirm);
            assert_eq!(during, wanted, "{name}: {fault:?}");
            desk.bench.printer.lift(fault);
            desk.bench.printer.replug();
            let back = if profile.confirm == ConfirmLevel::None { Phase::OneWay } else { Phase::Online };
            let healed = (0..20).any(|_| (printer.status(), printer.state().phase).1 == back);
            assert!(healed, "{name}: {fault:?} is over, but {:?}", printer.state());
        }
        let _ = printer.print(&job(1, "0426-AAAA"));
    }
}

fn wanted(fault: PrinterFault, confirm: ConfirmLevel) -> Phase {
    let custom = confirm == ConfirmLevel::FullStatus;
    match fault {
        PrinterFault::Unplugged => Phase::Absent,
        _ if confirm == ConfirmLevel::None => Phase::OneWay,
        PrinterFault::PaperOut | PrinterFault::CoverOpen => Phase::UserError,
        // An Epson has no bit of its own for a jam.
        PrinterFault::PaperJam if custom => Phase::UserError,
        PrinterFault::PaperJam | PrinterFault::CutterBlocked | PrinterFault::HeadHot | PrinterFault::Voltage | PrinterFault::Broken => Phase::HardwareError,
        PrinterFault::Mechanical if custom => Phase::UserError,
        PrinterFault::Mechanical => Phase::HardwareError,
        PrinterFault::OfflineOnly if custom => Phase::Online,
        PrinterFault::OfflineOnly => Phase::Offline,
        // One question of three bytes comes through in time, four of them do not.
        PrinterFault::SlowLine if custom => Phase::Online,
        PrinterFault::Silent | PrinterFault::SlowLine => Phase::Silent,
        PrinterFault::Late => Phase::Silent,
        PrinterFault::Rubbish => Phase::Noisy,
        // Six bytes of another make are no answer to an Epson question, and the right ones to a Custom one.
        PrinterFault::OtherPrinter if custom => Phase::Online,
        PrinterFault::OtherPrinter => Phase::Silent,
        PrinterFault::BufferStuck => Phase::Busy,
        PrinterFault::NearEnd | PrinterFault::VirtualEnd | PrinterFault::NeverConfirms | PrinterFault::SlipLeftBehind => Phase::Online,
    }
}
