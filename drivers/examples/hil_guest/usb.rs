//! Two slip printers on USB: `UsbLink`, `UsbWatch` and `EscPos` against the kernel's USB host side and its `usblp` driver.
//!
//! The first printer only listens, so that bytes can be counted; the second one is the simulated printer and prints.
//! Both are of one model, so only serial number and port tell them apart, as in an office with two of a kind.

use crate::checks::{answered, cover_is_told, paper_printer, profile, pulled_while_reading, until_ready, whole_slip};
use crate::far_end::FarEnd;
use crate::gadget::{Gadget, Label};
use crate::hands::{PATIENCE, said, until, until_there, until_within};
use crate::{Report, Verdict};
use drivers::link::usb::{UsbEvent, UsbLink, UsbMatch, UsbPrinter, UsbWatch, list_printers};
use drivers::link::{Link, LinkError};
use drivers::printer::{EscPos, Printer};
use drivers::status::Availability;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const LISTENER: Label = Label { vendor: "0x04b8", product: "0x0e15", manufacturer: "Klampid", model: "Listener", serial_number: "HIL0001" };
const PRINTER: Label = Label { model: "Printer", serial_number: "HIL0002", ..LISTENER };
const DEVICE_ID: &str = "MFG:Klampid;MDL:Listener;CMD:ESC/POS;CLS:PRINTER;";
const OWN_ENDS: [&str; 2] = ["/dev/g_printer0", "/dev/g_printer1"];
/// Program made of `tests/hil/port_status.c`.
const PORT_STATUS: &str = "/hil/bin/port_status";
/// A cable whose other end is in another port of the host.
const OTHER_CABLE: usize = 2;
const MANY_BYTES: usize = 300_000;
/// A read may end this much after its limit, on an emulated processor.
const LATE: Duration = Duration::from_millis(500);

/// All checks of this part.
pub fn prove(report: &mut Report) -> Result<(), String> {
    let simulated = paper_printer("/tmp/usb-printer")?;
    let (listener, printer) = (Gadget::printer(0, LISTENER, DEVICE_ID)?, Gadget::printer(1, PRINTER, DEVICE_ID)?);
    let mut watch = UsbWatch::start();
    listener.plug()?;
    printer.plug()?;
    let counting = FarEnd::listen(Path::new(OWN_ENDS[0]))?;
    let _printing = FarEnd::join(Path::new(OWN_ENDS[1]), &simulated)?;

    report.check("both USB printers are told when they are plugged in", || {
        told(&mut watch, |event| matches!(event, UsbEvent::Appeared(printer) if is(printer, LISTENER)))?;
        until("two printers of class 7 that talk both ways", || {
            let found = list_printers().ok()?;
            (found.len() == 2 && found.iter().all(|p| (p.class, p.protocol) == (7, 2))).then_some(format!("by {:?}", watch.source()))
        })
    });
    report.check("between two printers of one model nobody guesses", || match UsbLink::new(UsbMatch::Model { vendor_id: 0x04b8, product_id: 0x0e15 }).open() {
        Err(LinkError::Setup { reason, .. }) => Ok(reason),
        other => Err(format!("{other:?}")),
    });
    prove_bytes(report, &counting)?;
    prove_printing(report, &printer, &simulated, &mut watch);
    listener.pull()?;
    printer.pull()
}

/// Claim, requests and counted bytes, on the printer that listens.
fn prove_bytes(report: &mut Report, far: &FarEnd) -> Result<(), String> {
    let mut link = UsbLink::new(by_serial(LISTENER));
    let node = kernel_node(LISTENER)?;
    report.check("the kernel's usblp has a printer first, and the link takes it over", || {
        link.open().map_err(said)?;
        until("usblp's node is gone", || (!node.exists()).then_some(()))?;
        Ok(format!("{} is gone", node.display()))
    });
    report.check("a second program is refused while the link is open", || match UsbLink::new(by_serial(LISTENER)).open() {
        Err(LinkError::HeldByOther { .. }) => Ok(String::new()),
        other => Err(format!("{other:?}")),
    });
    report.check("GET_DEVICE_ID tells maker, model and language", || {
        let id = link.device_id().map_err(said)?;
        let right = id.maker() == Some("Klampid") && id.model() == Some("Listener") && id.languages().any(|language| language == "ESC/POS");
        if right { Ok(String::new()) } else { Err(format!("{id:?}")) }
    });
    report.check("GET_PORT_STATUS tells what the printer sets: all well, then no paper", || {
        let mut seen = Vec::new();
        for byte in [0x18, 0x38, 0x18] {
            until("the printer takes its new status", || far.set_port_status(Path::new(PORT_STATUS), byte).ok())?;
            let status = link.port_status().map_err(said)?;
            if status.byte != byte || status.paper_empty() != (byte == 0x38) {
                return Err(format!("{status:?} instead of {byte:#x}"));
            }
            seen.push(format!("{byte:#x}"));
        }
        Ok(seen.join(", "))
    });
    report.check("300 kB arrive whole and in order", || {
        far.take_arrived();
        let sent = many_bytes();
        link.write(&sent, Instant::now() + PATIENCE).map_err(said)?;
        until("the last byte", || (far.arrived_bytes() >= sent.len()).then_some(()))?;
        let arrived = far.take_arrived();
        if arrived == sent { Ok(format!("{} bytes", arrived.len())) } else { Err(format!("{} bytes, not the same ones", arrived.len())) }
    });
    report.check("a read of a silent printer ends at its limit", || {
        let limit = Duration::from_millis(500);
        let began = Instant::now();
        let count = link.read(&mut [0; 64], limit).map_err(said)?;
        let took = began.elapsed();
        if count == 0 && took >= limit && took < limit + LATE { Ok(String::new()) } else { Err(format!("{count} bytes after {took:?}")) }
    });
    report.check("a write to a printer that stops taking ends at its deadline and counts truly", || stops_taking(&mut link, far));
    report.check("a closed link gives the printer back to usblp, which prints", || {
        link.close();
        until_there(&node)?;
        far.take_arrived();
        std::fs::write(&node, b"through usblp").map_err(said)?;
        until("the bytes", || (far.take_arrived() == b"through usblp").then_some(String::new()))
    });
    Ok(())
}

/// Slips, conditions and cables, on the printer that prints.
fn prove_printing(report: &mut Report, gadget: &Gadget, simulated: &drivers::sim::printer::PaperPrinter, watch: &mut UsbWatch) {
    let mut link = UsbLink::new(by_serial(PRINTER));
    report.check("a question over USB is answered by the printer with this serial number", || answered(&mut link));
    link.close();
    let driver = || profile().map(|profile| EscPos::new(UsbLink::new(by_serial(PRINTER)), profile));
    report.check("a whole slip is printed over USB and confirmed", || whole_slip(&mut driver()?, simulated));
    report.check("an open cover is told over USB", || cover_is_told(&mut driver()?, simulated));
    report.check("a pulled cable ends a read that is waiting, and the printer leaves the list", || {
        let seen = pulled_while_reading(gadget, &mut link)?;
        link.close();
        until("only one printer left", || (list_printers().ok()?.len() == 1).then_some(()))?;
        told(watch, |event| matches!(event, UsbEvent::Vanished(printer) if is(printer, PRINTER)))?;
        match link.open() {
            Err(LinkError::NoDevice { .. }) => Ok(seen),
            other => Err(format!("{other:?}")),
        }
    });
    report.check("plugged into another port it is found again by its serial number", || {
        gadget.plug_into(OTHER_CABLE)?;
        let seen = answered(&mut link)?;
        let port = link.device().map(|device| device.port_path.clone()).ok_or("the link is closed")?;
        link.close();
        Ok(format!("{seen} at port {port}"))
    });
    report.check("a driver survives pull and plug without a restart and prints the next slip", || {
        let mut driver = driver()?;
        until_ready(&mut driver)?;
        gadget.pull()?;
        let began = Instant::now();
        until("a printer that is not ready", || (driver.status().availability() != Availability::Ready).then_some(()))?;
        let told_ms = began.elapsed().as_millis();
        gadget.plug()?;
        until_ready(&mut driver)?;
        let seen = whole_slip(&mut driver, simulated)?;
        Ok(format!("told after {told_ms} ms, {seen}"))
    });
}

/// The printer stops reading in the middle. What the link counts as sent is never less than what arrives.
fn stops_taking(link: &mut UsbLink, far: &FarEnd) -> Verdict {
    far.take_arrived();
    far.deaf(true);
    let written = link.write(&many_bytes(), Instant::now() + Duration::from_secs(1));
    far.deaf(false);
    let fault = match written {
        Err(fault) if matches!(fault.cause, LinkError::TimedOut) => fault,
        other => return Err(format!("{other:?}")),
    };
    // Whatever is still on the way comes before a byte that is sent now.
    let mark = 0x01;
    link.write(&[mark], Instant::now() + PATIENCE).map_err(said)?;
    let mut arrived = Vec::new();
    until("the mark behind everything else", || {
        arrived.extend(far.take_arrived());
        (arrived.last() == Some(&mark)).then_some(())
    })?;
    let arrived_bytes = arrived.len() - 1;
    if arrived_bytes <= fault.sent_bytes && fault.sent_bytes < MANY_BYTES {
        return Ok(format!("{} bytes counted, {arrived_bytes} arrived", fault.sent_bytes));
    }
    Err(format!("{} bytes counted, {arrived_bytes} arrived", fault.sent_bytes))
}

/// Bytes that no command begins with, so that nothing answers; and never the mark.
fn many_bytes() -> Vec<u8> {
    (0..MANY_BYTES).map(|at| (at % 89) as u8 + 0x20).collect()
}

fn by_serial(label: Label) -> UsbMatch {
    UsbMatch::Serial { vendor_id: 0x04b8, product_id: 0x0e15, serial: label.serial_number.into() }
}

fn is(printer: &UsbPrinter, label: Label) -> bool {
    printer.serial.as_deref() == Some(label.serial_number)
}

/// Waits for a piece of news.
fn told(watch: &mut UsbWatch, wanted: impl Fn(&UsbEvent) -> bool) -> Result<(), String> {
    until_within(PATIENCE, "the news", || watch.next(Duration::from_millis(200)).ok()?.iter().any(&wanted).then_some(()))
}

/// The `/dev/usb/lpN` that the kernel's driver made for a printer.
fn kernel_node(label: Label) -> Result<PathBuf, String> {
    until("usblp's node", || {
        let printer = list_printers().ok()?.into_iter().find(|printer| is(printer, label))?;
        let class = format!("/sys/bus/usb/devices/{0}/{0}:1.0/usbmisc", printer.port_path);
        let name = std::fs::read_dir(class).ok()?.next()?.ok()?.file_name();
        Some(Path::new("/dev/usb").join(name)).filter(|node| node.exists())
    })
}
