//! A slip printer on a USB serial line: `SerialLink` and `EscPos` against the kernel's `cdc_acm` driver.
//!
//! It proves nothing about speed, parity or RTS/CTS, because a USB serial gadget has none of them.

use crate::Report;
use crate::checks::{answered, cover_is_told, paper_printer, profile, pulled_while_reading, whole_slip};
use crate::far_end::FarEnd;
use crate::gadget::{Gadget, Label};
use crate::hands::{until, until_there};
use drivers::link::{Link, LinkError, SerialLink};
use drivers::printer::EscPos;
use std::path::Path;

const LABEL: Label = Label { vendor: "0x1504", product: "0x0046", manufacturer: "Klampid", model: "Serial_Printer", serial_number: "HIL0003" };
/// The third cable; the first two carry USB printers.
const CABLE: usize = 2;
const BY_ID: &str = "/dev/serial/by-id/usb-Klampid_Serial_Printer_HIL0003-if00";
const OWN_END: &str = "/dev/ttyGS0";
const BAUD: u32 = 115_200;

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
    report.check("an open cover is told over the serial line", || cover_is_told(&mut EscPos::new(SerialLink::new(by_id, BAUD), profile()?), &printer));
    // The next part wants the cable.
    gadget.pull()
}
