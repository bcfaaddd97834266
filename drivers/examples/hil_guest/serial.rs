//! A slip printer on a USB serial line: `SerialLink` and `EscPos` against the kernel's `cdc_acm` driver.
//!
//! It proves nothing about speed, parity or RTS/CTS, because a USB serial gadget has none of them.

use crate::far_end::FarEnd;
use crate::gadget::{Gadget, Label};
use crate::hands::{PATIENCE, said, until, until_there};
use crate::{Report, Verdict, slip};
use drivers::link::{Link, LinkError, SerialLink};
use drivers::printer::{EscPos, PrintOutcome, Printer, Profile};
use drivers::sim::printer::{FontChoice, PaperPrinter, PaperPrinterOptions};
use drivers::status::{Availability, Condition};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const LABEL: Label = Label { vendor: "0x1504", product: "0x0046", manufacturer: "Klampid", model: "Serial_Printer", serial_number: "HIL0003" };
/// The third cable; the first two carry USB printers.
const CABLE: usize = 2;
const BY_ID: &str = "/dev/serial/by-id/usb-Klampid_Serial_Printer_HIL0003-if00";
const OWN_END: &str = "/dev/ttyGS0";
const PROFILE: &str = "/hil/printers/epson-tm-t82.toml";
const BAUD: u32 = 115_200;

/// A simulated printer many times faster than life, in a folder of its own.
pub fn paper_printer(folder: &str) -> Result<PaperPrinter, String> {
    std::fs::create_dir_all(folder).map_err(said)?;
    let options = PaperPrinterOptions { time_scale: 40.0, font: FontChoice::BuiltIn, ..PaperPrinterOptions::default() };
    PaperPrinter::start(Path::new(folder), options).map_err(said)
}

/// The profile whose slips are confirmed by the printer itself.
pub fn profile() -> Result<Profile, String> {
    Profile::load(Path::new(PROFILE)).map_err(said)
}

/// All checks of this part.
pub fn prove(report: &mut Report) -> Result<(), String> {
    let printer = paper_printer("/tmp/serial-printer")?;
    let gadget = Gadget::serial_line(CABLE, LABEL)?;
    gadget.plug()?;
    let _far_end = FarEnd::join(Path::new(OWN_END), &printer)?;
    let by_id = Path::new(BY_ID);

    report.check("a serial printer is found by its serial number", || until_there(by_id).map(|()| String::from("by-id")));
    let mut link = SerialLink::new(by_id, BAUD);
    report.check("a question on the serial line is answered", || answered(&mut link));
    report.check("a second program is refused while the port is in use", || match SerialLink::new(by_id, BAUD).open() {
        Err(LinkError::HeldByOther { .. }) => Ok(String::new()),
        other => Err(format!("{other:?}")),
    });
    report.check("a pulled cable ends a read that is waiting", || pulled_while_reading(&gadget, &mut link));
    report.check("the port of a pulled cable is gone", || {
        link.close();
        until("the by-id name is gone", || (!by_id.exists()).then_some(()))?;
        match link.open() {
            Err(LinkError::NoDevice { .. }) => Ok(String::new()),
            other => Err(format!("{other:?}")),
        }
    });
    gadget.plug()?;
    report.check("the cable plugged in again is the same printer by its serial number", || {
        until_there(by_id)?;
        answered(&mut link)
    });
    link.close();
    report.check("a whole slip is printed over the serial line and confirmed", || {
        whole_slip(&mut EscPos::new(SerialLink::new(by_id, BAUD), profile()?), &printer)
    });
    report.check("an open cover is told over the serial line", || {
        cover_is_told(&mut EscPos::new(SerialLink::new(by_id, BAUD), profile()?), &printer)
    });
    Ok(())
}

/// DLE EOT 1 gets one byte that begins as the manual says.
pub fn answered<L: Link>(link: &mut L) -> Verdict {
    until("an answer to DLE EOT 1", || {
        link.open().ok()?;
        link.write(&[0x10, 0x04, 1], Instant::now() + PATIENCE).ok()?;
        let mut buffer = [0; 64];
        let count = link.read(&mut buffer, Duration::from_secs(2)).ok()?;
        // Bits 0, 1, 4 and 7 are fixed (Epson command reference, DLE EOT).
        (count > 0 && buffer[count - 1] & 0x93 == 0x12).then(|| format!("{:02x?}", &buffer[..count]))
    })
}

/// Prints the slip and looks at the paper, not only at the answer.
pub fn whole_slip<L: Link>(driver: &mut EscPos<L>, printer: &PaperPrinter) -> Verdict {
    printer.take_papers();
    until("a ready printer", || (driver.status().availability() == Availability::Ready).then_some(()))?;
    match driver.print(&slip::job()) {
        PrintOutcome::Printed => {}
        other => return Err(format!("{other:?}")),
    }
    let papers = printer.take_papers();
    match papers.as_slice() {
        [paper] => slip::is_on(paper),
        other => Err(format!("{} papers came out", other.len())),
    }
}

/// The cover is opened, told, closed, and the printer is ready again.
pub fn cover_is_told<L: Link>(driver: &mut EscPos<L>, printer: &PaperPrinter) -> Verdict {
    until("a ready printer", || (driver.status().availability() == Availability::Ready).then_some(()))?;
    printer.open_cover(true);
    let began = Instant::now();
    until("COVER_OPEN", || driver.status().has(Condition::COVER_OPEN).then_some(()))?;
    let told_ms = began.elapsed().as_millis();
    printer.open_cover(false);
    until("a ready printer", || (driver.status().availability() == Availability::Ready).then_some(()))?;
    Ok(format!("told after {told_ms} ms"))
}

/// Pulls the cable while another thread waits in `read`; the read must not wait until its own end.
fn pulled_while_reading(gadget: &Gadget, link: &mut SerialLink) -> Verdict {
    link.open().map_err(said)?;
    let begun = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut buffer = [0; 64];
            begun.store(true, Ordering::Release);
            // What the line still brings is no fault; silence until the end is.
            loop {
                match link.read(&mut buffer, PATIENCE) {
                    Ok(0) => return Err(String::from("the read waited until its own end")),
                    Ok(_) => {}
                    Err(LinkError::Unplugged) => return Ok(()),
                    Err(other) => return Err(format!("{other:?}")),
                }
            }
        });
        until("a thread that reads", || begun.load(Ordering::Acquire).then_some(()))?;
        let pulled_at = Instant::now();
        gadget.pull()?;
        match reading.join() {
            Ok(Ok(())) => Ok(format!("{} ms after the pull", pulled_at.elapsed().as_millis())),
            Ok(Err(seen)) => Err(seen),
            Err(_) => Err(String::from("the reading thread panicked")),
        }
    })
}
