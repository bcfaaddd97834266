//! A whole slip through the driver of the field, over the network and over USB, and what becomes of it when the wire breaks.

mod common;

use common::{Desk, PATIENCE, QR_TEXT, desk, job, profile};
use drivers::link::usb::{PipeFault, UNPLUG_LIMIT, UsbLink};
use drivers::link::{Link, SerialLink, TcpLink};
use drivers::printer::{EscPos, PrintOutcome, Printer, Profile, Timing, Unconfirmed};
use drivers::reader::GuardedReader;
use drivers::sim::pipe::{SimUsbPrinter, TcpPrinterPort, UnplugLook};
use drivers::status::{Availability, Condition, DeviceState};
use std::time::Instant;

const PRINTERS: [(&str, u32); 4] = [("epson-tm-t82", 576), ("generic-80mm", 576), ("generic-58mm", 384), ("custom-vkp80", 576)];

/// Answers pass two more threads on these wires, so a busy machine gets more time for one.
const UNHURRIED: Timing = Timing { status_ms: 2_000, ask_ms: 2_000, poll_ms: 30, assumed_mm_per_s: 3000, cutter_ms: 3000, xoff_ms: 2_000 };

/// The simulated printer's own port, which the other wires pass their bytes to.
fn port(desk: &Desk) -> SerialLink {
    SerialLink::new(desk.bench.printer.path(), 115_200)
}

fn driver<L: Link>(link: L, profile: Profile) -> EscPos<L> {
    let profile = Profile { speed_mm_per_s: profile.speed_mm_per_s.saturating_mul(20), ..profile };
    EscPos::with_timing(link, profile, UNHURRIED)
}

fn tcp(desk: &Desk, profile: Profile) -> (TcpPrinterPort, EscPos<TcpLink>) {
    let wire = TcpPrinterPort::in_front_of(port(desk)).expect("a port of this machine is free");
    let link = TcpLink::new(wire.address());
    (wire, driver(link, profile))
}

fn usb(desk: &Desk, profile: Profile) -> (SimUsbPrinter, EscPos<UsbLink<drivers::sim::pipe::SimPipe>>) {
    let wire = SimUsbPrinter::in_front_of(port(desk));
    let link = UsbLink::over(wire.pipe(), "USB simulated");
    (wire, driver(link, profile))
}

fn becomes_ready(name: &str, printer: &mut dyn Printer) {
    let deadline = Instant::now() + PATIENCE;
    while printer.status().availability() != Availability::Ready {
        assert!(Instant::now() < deadline, "{name}: never ready");
    }
}

fn prints_a_slip(name: &str, desk: &Desk, printer: &mut dyn Printer) {
    let outcome = printer.print(&job(7, "0426-7K2M"));
    let confirmed = matches!(outcome, PrintOutcome::Printed(_));
    let unconfirmable = matches!(outcome, PrintOutcome::Unknown(Unconfirmed::NotConfirmable));
    assert!(confirmed || (unconfirmable && name.contains("generic-58mm")), "{name}: {outcome:?}");
    assert!(desk.bench.printer.wait_until_idle(PATIENCE), "{name}");
    desk.bench.printer.tear_off();
    let papers = desk.bench.printer.take_papers();
    let slip = papers.last().unwrap_or_else(|| panic!("{name}: no paper"));
    assert!(slip.text.contains("0426-7K2M") && slip.text.contains("482913"), "{name}");
    let reading = GuardedReader::default().read(&slip.held_up().luma());
    assert_eq!(reading.payloads.iter().filter_map(|p| p.text()).collect::<Vec<_>>(), [QR_TEXT], "{name}");
    assert_eq!(desk.bench.printer.unknown_commands(), 0, "{name}");
}

#[test]
fn every_model_prints_a_slip_over_the_network() {
    for (name, dots) in PRINTERS {
        let desk = desk(dots);
        let (_wire, mut printer) = tcp(&desk, profile(name));
        becomes_ready(name, &mut printer);
        prints_a_slip(&format!("{name} over tcp"), &desk, &mut printer);
    }
}

#[test]
fn every_model_prints_a_slip_over_usb() {
    for (name, dots) in PRINTERS {
        let desk = desk(dots);
        let (_wire, mut printer) = usb(&desk, profile(name));
        becomes_ready(name, &mut printer);
        prints_a_slip(&format!("{name} over usb"), &desk, &mut printer);
    }
}

#[test]
fn faults_of_the_printer_are_seen_over_either_wire() {
    let desk = desk(576);
    let (_network, mut over_tcp) = tcp(&desk, profile("epson-tm-t82"));
    desk.bench.printer.paper_out();
    assert!(over_tcp.status().has(Condition::ROLL_OUT));
    desk.bench.printer.paper_in();
    desk.bench.printer.open_cover(true);
    assert!(over_tcp.status().has(Condition::COVER_OPEN));
    let desk = common::desk(576);
    let (_cable, mut over_usb) = usb(&desk, profile("epson-tm-t82"));
    desk.bench.printer.paper_out();
    assert!(over_usb.status().has(Condition::ROLL_OUT));
}

#[test]
fn a_cable_pulled_in_the_middle_of_a_slip_leaves_nobody_guessing() {
    for shows_as in [PipeFault::Disconnected, PipeFault::Fault, PipeFault::Stall] {
        let desk = desk(576);
        let (wire, mut printer) = usb(&desk, profile("epson-tm-t82"));
        becomes_ready("before", &mut printer);
        wire.unplug_looks(UnplugLook { shows_as, listed_for: UNPLUG_LIMIT / 4 });
        wire.unplug_after_bytes(150);
        let outcome = printer.print(&job(1, "0426-AAAA"));
        assert!(matches!(outcome, PrintOutcome::Unknown(Unconfirmed::Link { sent_bytes: 1.., .. })), "{shows_as:?}: {outcome:?}");
        assert_eq!(printer.status().device, DeviceState::PowerOff, "{shows_as:?}");
        wire.replug();
        prints_a_slip(&format!("after {shows_as:?}"), &desk, &mut printer);
    }
}

#[test]
fn a_connection_reset_in_the_middle_of_a_slip_leaves_nobody_guessing() {
    let desk = desk(576);
    let (wire, mut printer) = tcp(&desk, profile("epson-tm-t82"));
    becomes_ready("before", &mut printer);
    wire.reset_after_bytes(150);
    let outcome = printer.print(&job(1, "0426-AAAA"));
    assert!(matches!(outcome, PrintOutcome::Unknown(Unconfirmed::Link { .. } | Unconfirmed::NoAnswer { .. })), "{outcome:?}");
    becomes_ready("the next connection", &mut printer);
    prints_a_slip("after a reset", &desk, &mut printer);
}

#[test]
fn a_bus_that_garbles_is_noise_and_not_a_missing_printer() {
    let desk = desk(576);
    let (wire, mut printer) = usb(&desk, profile("epson-tm-t82"));
    becomes_ready("before", &mut printer);
    wire.garble(1);
    let status = printer.status();
    assert!(status.has(Condition::LINK_NOISE), "{status:?}");
    assert_eq!(printer.status().availability(), Availability::Ready, "opening anew heals it");
}
