//! A printer is found by what it announces, kept by its UUID, and never mistaken for another.

mod common;

use common::PATIENCE;
use drivers::sheet::{
    AskError, DiscoverError, Found, IppPrinter, Place, SheetDocument, SheetJob, SheetLimits, SheetOutcome, SheetPrinter, SheetSettings, Trust, discover,
};
use drivers::sim::sheet::SimSheetPrinter;
use drivers::status::{Availability, Condition};
use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};
use std::time::{Duration, Instant};

/// The simulator's own identity.
const UUID: &str = "00000000-0000-4000-8000-000000000a41";

struct Announced(ServiceDaemon);

impl Drop for Announced {
    fn drop(&mut self) {
        if let Ok(ended) = self.0.shutdown() {
            let _ = ended.recv_timeout(Duration::from_secs(1));
        }
    }
}

/// Announces a service on the loopback of this machine; `None` where that is not possible.
fn announce(service: &str, name: &str, port: u16, text: &[(&str, &str)]) -> Option<Announced> {
    let daemon = ServiceDaemon::new().ok()?;
    daemon.disable_interface(IfKind::All).ok()?;
    daemon.enable_interface(IfKind::LoopbackV4).ok()?;
    let info = ServiceInfo::new(service, name, "printer-uji.local.", "127.0.0.1", port, text).ok()?;
    daemon.register(info).ok()?;
    Some(Announced(daemon))
}

/// Looks until the printers of this test are there; other printers may be in the room.
fn find(names: &[&str]) -> Option<Vec<Found>> {
    let end = Instant::now() + Duration::from_secs(8);
    while Instant::now() < end {
        let found = match discover(Duration::from_millis(1_200)) {
            Ok(found) => found,
            Err(fault) => {
                println!("skipped: {fault}");
                return None;
            }
        };
        let ours: Vec<Found> = found.into_iter().filter(|each| names.contains(&each.name.as_str())).collect();
        if ours.len() == names.len() {
            return Some(ours);
        }
    }
    println!("skipped: multicast does not come back on this machine");
    None
}

#[test]
fn what_a_printer_announces_is_read() {
    let plain = announce(
        "_ipp._tcp.local.",
        "Printer Uji A",
        8631,
        &[("rp", "ipp/print"), ("ty", "Merek Contoh A4"), ("pdl", "application/pdf, image/urf"), ("UUID", UUID)],
    );
    let encrypted = announce(
        "_ipps._tcp.local.",
        "Printer Uji A",
        8632,
        &[("rp", "ipp/print"), ("ty", "Merek Contoh A4"), ("pdl", "application/pdf"), ("UUID", "urn:uuid:00000000-0000-4000-8000-000000000A41")],
    );
    let bare = announce("_ipp._tcp.local.", "Printer Uji B", 8633, &[]);
    let (Some(_plain), Some(_encrypted), Some(_bare)) = (plain, encrypted, bare) else {
        println!("skipped: nothing can be announced on this machine");
        return;
    };
    let Some(found) = find(&["Printer Uji A", "Printer Uji B"]) else { return };
    assert_eq!(found[0].uuid.as_deref(), Some(UUID));
    assert_eq!((found[0].model.as_deref(), found[0].formats.first().map(String::as_str)), (Some("Merek Contoh A4"), Some("application/pdf")));
    assert_eq!(found[0].address.to_string(), "ipps://127.0.0.1:8632/ipp/print", "encrypted before plain, once for both");
    assert_eq!((found[1].uuid.as_deref(), found[1].address.to_string()), (None, "ipp://127.0.0.1:8633/ipp/print".to_owned()));
}

#[test]
fn a_printer_is_found_by_its_uuid_again_after_its_port_changed() {
    let first = SimSheetPrinter::start().expect("a port on this machine");
    let text = [("rp", "ipp/print"), ("UUID", UUID)];
    let Some(announced) = announce("_ipp._tcp.local.", "Printer Uji C", first.port(), &text) else {
        println!("skipped: nothing can be announced on this machine");
        return;
    };
    if find(&["Printer Uji C"]).is_none() {
        return;
    }
    let limits = SheetLimits { discover_ms: 2_500, poll_ms: 30, ..SheetLimits::default() };
    let settings = SheetSettings { place: Place::Uuid(format!("urn:uuid:{UUID}")), trust: Trust::Anyone, limits };
    let mut driver = IppPrinter::new(settings).unwrap_or_else(|fault| panic!("{fault}"));
    // A status may be the answer to a question that was asked before, so the printer has to have been asked too.
    let ready = |driver: &mut IppPrinter, printer: &SimSheetPrinter| {
        let end = Instant::now() + PATIENCE;
        while driver.status().availability() != Availability::Ready || printer.requests().is_empty() {
            assert!(Instant::now() < end, "{:?}", driver.status());
        }
    };
    ready(&mut driver, &first);
    drop(announced);
    drop(first);
    let second = SimSheetPrinter::start().expect("a port on this machine");
    let _announced = announce("_ipp._tcp.local.", "Printer Uji C", second.port(), &text).expect("it was possible before");
    ready(&mut driver, &second);
    let pdf: Vec<u8> = b"%PDF-1.7\n/Type /Page\n".to_vec();
    let outcome = driver.print(&SheetJob::new(5, SheetDocument::Bytes(pdf.into()), None));
    assert!(matches!(outcome, SheetOutcome::Printed { .. }) && second.received().len() == 1, "{outcome:?}");

    // Another printer moves in at the same place and says so.
    second.exchange_for("urn:uuid:00000000-0000-4000-8000-00000000bbbb");
    let end = Instant::now() + PATIENCE;
    while !driver.status().has(Condition::LINK_FOREIGN) {
        assert!(Instant::now() < end, "{:?}", driver.status());
    }
}

#[test]
fn a_printer_that_announces_nothing_is_absent_and_not_awaited_for_ever() {
    let limits = SheetLimits { discover_ms: 300, ..SheetLimits::default() };
    let settings = SheetSettings { place: Place::Uuid("00000000-0000-4000-8000-00000000cccc".into()), trust: Trust::Anyone, limits };
    let mut driver = IppPrinter::new(settings).unwrap_or_else(|fault| panic!("{fault}"));
    let began = Instant::now();
    let error = driver.ask_facts().expect_err("there is no such printer");
    assert!(matches!(error, AskError::NotFound(DiscoverError::NotAnnounced { .. } | DiscoverError::Search(_))), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
    let end = Instant::now() + PATIENCE;
    while !driver.status().has(Condition::SHEET_ABSENT) {
        assert!(Instant::now() < end);
    }
}
