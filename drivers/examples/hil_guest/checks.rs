//! What every printer link has to do, whatever the cable: answer, print, tell of a cover, and notice a pulled cable.

use crate::Verdict;
use crate::gadget::Gadget;
use crate::hands::{PATIENCE, said, until};
use crate::slip;
use drivers::link::{Link, LinkError};
use drivers::printer::{EscPos, PrintOutcome, Printer, Profile};
use drivers::sim::printer::{FontChoice, PaperPrinter, PaperPrinterOptions};
use drivers::status::{Availability, Condition};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The printer confirms that a slip came out, so "printed" means something.
const PROFILE: &str = "/hil/printers/epson-tm-t82.toml";

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
    until_ready(driver)?;
    match driver.print(&slip::job()) {
        PrintOutcome::Printed(_) => {}
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
    until_ready(driver)?;
    printer.open_cover(true);
    let began = Instant::now();
    until("COVER_OPEN", || driver.status().has(Condition::COVER_OPEN).then_some(()))?;
    let told_ms = began.elapsed().as_millis();
    printer.open_cover(false);
    until_ready(driver)?;
    Ok(format!("told after {told_ms} ms"))
}

/// Waits until the printer may print.
pub fn until_ready<L: Link>(driver: &mut EscPos<L>) -> Result<(), String> {
    let mut last = None;
    until("a ready printer", || {
        let status = driver.status();
        let ready = status.availability() == Availability::Ready;
        last = Some(status);
        ready.then_some(())
    })
    .map_err(|reason| format!("{reason}; it says {last:?}"))
}

/// Pulls the cable while another thread waits in `read`; the read must not wait until its own end.
pub fn pulled_while_reading(gadget: &Gadget, link: &mut impl Link) -> Verdict {
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
