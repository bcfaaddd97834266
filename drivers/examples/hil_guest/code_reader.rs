//! Code readers with a cable: `HidImager` on an input device that the kernel believes in, `SerialImager` on an ACM gadget.
//!
//! The virtual keyboard really types: nothing else in the guest may be listening.

use crate::far_end::FarEnd;
use crate::gadget::{Gadget, Label};
use crate::hands::{said, until, until_there};
use crate::{Report, Verdict};
use drivers::imager::{CodeError, CodeSource, Framing, HidImager, KeyRules, SerialImager};
use drivers::link::SerialLink;
use drivers::sim::imager::keys_of;
use drivers::sim::keyboard::VirtualKeyboard;
use drivers::status::Condition;
use evdev::raw_stream::RawDevice;
use rustix::fs::{Mode, OFlags};
use std::path::Path;
use std::time::Duration;

const CODE: &str = "KLAMPID-HIL-code:0000?=%";
const KEYBOARD: &str = "Klampid HIL imager";
const LABEL: Label = Label { vendor: "0x1504", product: "0x0047", manufacturer: "Klampid", model: "Imager", serial_number: "HIL0004" };
const CABLE: usize = 2;
const BY_ID: &str = "/dev/serial/by-id/usb-Klampid_Imager_HIL0004-if00";
const BAUD: u32 = 115_200;
/// One look for a code.
const LOOK: Duration = Duration::from_millis(300);
/// For a code that is being shown.
const LISTEN: Duration = Duration::from_secs(2);
/// A code is shown again this often: on an emulated processor a pause inside a code may be longer than a reader allows.
const SHOWN_MAX: u32 = 10;

/// All checks of this part.
pub fn prove(report: &mut Report) -> Result<(), String> {
    prove_keyboard(report)?;
    prove_serial(report)
}

fn prove_keyboard(report: &mut Report) -> Result<(), String> {
    // Loaded by hand, because no program of a kiosk asks for it.
    crate::hands::run(&["modprobe", "-a", "uinput", "evdev"])?;
    let mut keyboard = VirtualKeyboard::plug_in(KEYBOARD).map_err(said)?;
    let node = keyboard.node().to_owned();
    let mut imager = HidImager::new(&node, KeyRules::default());
    let opened = rustix::fs::open(&node, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()).map_err(said)?;
    let mut listener = RawDevice::from_fd(opened).map_err(said)?;
    report.check("a code typed by a reader in keyboard mode is read, small and capital letters and signs", || {
        shown(&mut imager, |code| keyboard.play(&keys_of(code.as_bytes(), None)).map_err(said))
    });
    report.check("nobody else hears what a grabbed reader types", || {
        shown(&mut imager, |code| keyboard.play(&keys_of(code.as_bytes(), None)).map_err(said))?;
        match listener.fetch_events() {
            Err(fault) if fault.kind() == std::io::ErrorKind::WouldBlock => Ok(String::new()),
            Ok(events) => Err(format!("{} events were heard", events.count())),
            Err(fault) => Err(said(fault)),
        }
    });
    report.check("a second program is refused while the reader is grabbed", || match HidImager::new(&node, KeyRules::default()).next(LOOK) {
        Err(CodeError::HeldByOther { .. }) => Ok(String::new()),
        other => Err(format!("{other:?}")),
    });
    drop(listener);
    report.check("a pulled reader in keyboard mode is told, and read again when it is back", || {
        drop(keyboard);
        until("CodeError::Unplugged or NoDevice", || matches!(imager.next(LOOK), Err(CodeError::Unplugged | CodeError::NoDevice { .. })).then_some(()))?;
        if !imager.status().has(Condition::READER_ABSENT) {
            return Err(format!("{:?}", imager.status()));
        }
        let mut keyboard = VirtualKeyboard::plug_in(KEYBOARD).map_err(said)?;
        if keyboard.node() != node {
            return Err(format!("the kernel gave it another node, {}", keyboard.node().display()));
        }
        shown(&mut imager, |code| keyboard.play(&keys_of(code.as_bytes(), None)).map_err(said))
    });
    Ok(())
}

fn prove_serial(report: &mut Report) -> Result<(), String> {
    let gadget = Gadget::serial_line(CABLE, LABEL)?;
    gadget.plug()?;
    let by_id = Path::new(BY_ID);
    until_there(by_id)?;
    let node = std::fs::read_dir("/dev").map_err(said)?.flatten().map(|entry| entry.path());
    let own_end = node.filter(|path| path.to_string_lossy().starts_with("/dev/ttyGS")).max().ok_or("the gadget has no end of its own")?;
    let far = FarEnd::listen(&own_end)?;
    let mut imager = SerialImager::new(SerialLink::new(by_id, BAUD), by_id, Framing::default());
    report.check("a code of a reader in serial mode is read", || shown(&mut imager, |code| far.say(format!("{code}\r\n").as_bytes())));
    report.check("a pulled reader in serial mode is told, and read again when it is back", || {
        gadget.pull()?;
        until("CodeError::Unplugged", || matches!(imager.next(LOOK), Err(CodeError::Unplugged)).then_some(()))?;
        gadget.plug()?;
        shown(&mut imager, |code| far.say(format!("{code}\r\n").as_bytes()))
    });
    gadget.pull()
}

/// Shows codes, each another one because a reader says the same code only once, until the one before the lens is read.
///
/// The reader listens while the code is shown: the kernel keeps 64 events of a keyboard for somebody who is late.
fn shown(imager: &mut (dyn CodeSource + '_), mut show: impl FnMut(&str) -> Result<(), String> + Send) -> Verdict {
    let mut last = String::from("nothing");
    // The reader is opened by its first look, and what was shown before that is lost.
    let _ = imager.next(LOOK);
    for times in 1..=SHOWN_MAX {
        let code = format!("{CODE}{times}");
        let heard = std::thread::scope(|scope| {
            let showing = scope.spawn(|| show(&code));
            let heard = imager.next(LISTEN);
            showing.join().unwrap_or_else(|_| Err(String::from("the showing thread panicked"))).and(heard.map_err(|fault| fault.to_string()))
        });
        match heard {
            Ok(Some(read)) if read.text() == Some(code.as_str()) => return Ok(format!("shown {times} times")),
            Ok(Some(other)) => last = format!("another code, {other:?}"),
            Ok(None) => {}
            Err(fault) => last = fault,
        }
    }
    Err(format!("shown {SHOWN_MAX} times and not read, last {last}"))
}
