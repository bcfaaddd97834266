//! Every fault of every device on the bench as one type, and what "put right" means for each.
//!
//! It does nothing to a device by itself; the bench does. The rule a newcomer would break: mechanics (paper, cover, plug) are
//! done to the machine, and faults of programs to its bytes; none of them is an error value.

use super::camera::CameraFault;
use super::escl;
use super::imager::ImagerFault;
use super::printer::PrinterFault;
use super::sheet::SheetFault;

/// Something that can be wrong with a device on the bench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Printer(PrinterFault),
    Camera(CameraFault),
    Imager(ImagerFault),
    /// The eSCL scanner's programs.
    Scanner(escl::Fault),
    /// The eSCL scanner's mechanics.
    ScannerMechanics(ScannerMechanics),
    /// The A4 printer's programs.
    Sheet(SheetFault),
    /// The A4 printer's mechanics.
    SheetMechanics(SheetMechanics),
}

/// What a hand or a paper does to the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScannerMechanics {
    Jam,
    DoubleFeed,
    CoverOpen,
    WarmingUp,
    Unplugged,
}

impl ScannerMechanics {
    /// Each of them.
    pub const ALL: [ScannerMechanics; 5] =
        [ScannerMechanics::Jam, ScannerMechanics::DoubleFeed, ScannerMechanics::CoverOpen, ScannerMechanics::WarmingUp, ScannerMechanics::Unplugged];

    pub(super) fn set(self, scanner: &escl::SimEscl, on: bool) {
        match self {
            ScannerMechanics::Jam => scanner.jam(on),
            ScannerMechanics::DoubleFeed => scanner.double_feed(on),
            ScannerMechanics::CoverOpen => scanner.open_cover(on),
            ScannerMechanics::WarmingUp => scanner.warm_up(on),
            ScannerMechanics::Unplugged if on => scanner.unplug(),
            ScannerMechanics::Unplugged => {
                if let Err(fault) = scanner.replug() {
                    log::warn!(reason:% = fault; "sim_escl_port_taken");
                }
            }
        }
    }
}

/// What a hand or a paper does to the A4 printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetMechanics {
    TrayEmpty,
    DoorOpen,
    Jam,
    Paused,
    Unplugged,
}

impl SheetMechanics {
    /// Each of them.
    pub const ALL: [SheetMechanics; 5] =
        [SheetMechanics::TrayEmpty, SheetMechanics::DoorOpen, SheetMechanics::Jam, SheetMechanics::Paused, SheetMechanics::Unplugged];

    pub(super) fn set(self, printer: &super::sheet::SimSheetPrinter, on: bool) {
        match self {
            SheetMechanics::TrayEmpty => printer.empty_tray(on),
            SheetMechanics::DoorOpen => printer.say("door-open-error", on),
            SheetMechanics::Jam => printer.say("media-jam-error", on),
            SheetMechanics::Paused => printer.pause(on),
            SheetMechanics::Unplugged => printer.unplug(on),
        }
    }
}

/// Faults of the scanner's programs that a storm may choose: all that do not move a gigabyte.
pub(super) const SCANNER_FAULTS: [escl::Fault; 22] = [
    escl::Fault::NotReady { retry_after_secs: Some(1) },
    escl::Fault::NotReadyAs410,
    escl::Fault::Occupied,
    escl::Fault::LateStart,
    escl::Fault::Forbidden,
    escl::Fault::InternalError,
    escl::Fault::RelativeLocation,
    escl::Fault::WrongHostLocation,
    escl::Fault::NoLocation,
    escl::Fault::HeadOnly,
    escl::Fault::CutPicture,
    escl::Fault::CutConnection,
    escl::Fault::Rubbish,
    escl::Fault::LyingPicture,
    escl::Fault::Announced1Gb,
    escl::Fault::EndlessFeed,
    escl::Fault::HangInPage,
    escl::Fault::Mute,
    escl::Fault::DeleteRefused,
    escl::Fault::GarbageXml,
    escl::Fault::XmlBomb,
    escl::Fault::NotHttp,
];

/// Faults of the A4 printer's programs that a storm may choose.
pub(super) const SHEET_FAULTS: [SheetFault; 12] = [
    SheetFault::Hang,
    SheetFault::DropAfterRequest,
    SheetFault::Busy { retry_after_secs: Some(1) },
    SheetFault::Http(500),
    SheetFault::WebPage,
    SheetFault::Garbage,
    SheetFault::EndlessAttributes,
    SheetFault::CutOff,
    SheetFault::OtherQuestion,
    SheetFault::FutureVersion,
    SheetFault::LyingText,
    SheetFault::Status(0x0500),
];
