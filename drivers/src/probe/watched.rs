//! Any device as something that can be looked at again and again.
//!
//! The rule a newcomer would break: a look is bounded, and a device that is looked at is not changed: nothing is printed, no
//! page is pulled in.

use crate::arguments::ProfileArgument;
use crate::camera;
use crate::leash::Work;
use crate::place::{Place, PrinterPlace, ReaderPlace, ScannerPlace};
use crate::report::Failure;
use drivers::camera::CameraHost;
use drivers::imager::{CodeSource, Framing, HidImager, KeyRules, SerialImager};
use drivers::link::usb::UsbLink;
use drivers::link::{SerialLink, TcpLink};
use drivers::printer::{EscPos, Printer, PrinterEvent, Profile};
use drivers::scanner::{DocumentSource, Escl, EsclSettings, Folder, ScanImage, ScanImageSettings};
use drivers::sheet::{IppPrinter, Place as SheetPlace, SheetLimits, SheetPrinter, SheetSettings, Trust};
use drivers::status::Status;
use std::sync::Arc;
use std::time::Duration;

/// Serial imagers are set up so; over USB the number does not matter.
const READER_BAUD: u32 = 9600;
/// A code reader is listened to for this long in one look.
const READER_WAIT: Duration = Duration::from_millis(300);
/// A look through `scanimage` starts a program.
const SANE_LIMIT: Duration = Duration::from_secs(10);
const SANE_PAUSE: Duration = Duration::from_secs(3);
/// A fault shows within a second.
const PAUSE: Duration = Duration::from_millis(300);

/// What one look gave.
pub struct Look {
    pub status: Status,
    /// Only printers tell of events.
    pub events: Vec<PrinterEvent>,
}

impl From<Status> for Look {
    fn from(status: Status) -> Self {
        Look { status, events: Vec::new() }
    }
}

/// A device that can be looked at.
pub trait Watched {
    /// Asks the device, within a bounded time.
    fn look(&mut self) -> Look;

    /// Between two looks.
    fn pause(&self) -> Duration {
        PAUSE
    }

    /// What else is known: name for programs, name for people, value.
    fn facts(&self) -> Vec<(&'static str, &'static str, String)> {
        Vec::new()
    }
}

/// The printer's profile.
pub fn profile(argument: &ProfileArgument) -> Result<Profile, Failure> {
    let path = argument
        .profile
        .as_deref()
        .ok_or_else(|| Failure::wrong("Printer struk perlu profil modelnya. Contoh: --profile config/printers/epson-tm-t82.toml"))?;
    Profile::load(path).map_err(|fault| Failure::file("Profil printer salah.", &fault))
}

/// A slip printer, closed.
pub fn printer(place: &PrinterPlace, profile: Profile) -> Box<dyn Printer> {
    match place {
        PrinterPlace::Serial(path) => Box::new(EscPos::new(SerialLink::new(path, profile.baud), profile)),
        PrinterPlace::Usb(wanted) => Box::new(EscPos::new(UsbLink::new(wanted.clone()), profile)),
        PrinterPlace::Tcp(address) => Box::new(EscPos::new(TcpLink::new(address.clone()), profile)),
    }
}

/// A code reader, closed.
pub fn reader(place: &ReaderPlace) -> Box<dyn CodeSource> {
    match place {
        ReaderPlace::Serial(path) => Box::new(SerialImager::new(SerialLink::new(path, READER_BAUD), path, Framing::default())),
        ReaderPlace::Keys(path) => Box::new(HidImager::new(path, KeyRules::default())),
    }
}

/// A network scanner; the address is looked at here.
pub fn escl(settings: EsclSettings) -> Result<Escl, Failure> {
    Escl::new(settings).map_err(|fault| match fault {
        drivers::scanner::escl::EsclSetupError::Url { .. } => Failure::line(&crate::place::PlaceError::Escl),
        other => Failure::tool("Sambungan ke pemindai tidak dapat disiapkan.", &other),
    })
}

/// An A4 printer.
pub fn sheet(address: &drivers::sheet::Address, trust: Trust, limits: SheetLimits) -> Result<IppPrinter, Failure> {
    let settings = SheetSettings { place: SheetPlace::At(address.clone()), trust, limits };
    IppPrinter::new(settings).map_err(|fault| Failure::tool("Sambungan ke printer A4 tidak dapat disiapkan.", &fault))
}

/// Any device by its address.
pub fn open(place: &Place, profile_argument: &ProfileArgument, work: &Work) -> Result<Box<dyn Watched>, Failure> {
    Ok(match place {
        Place::Printer(at) => {
            let profile = profile(profile_argument)?;
            let name = profile.name.clone();
            Box::new(SlipPrinter { printer: printer(at, profile), name })
        }
        Place::Scanner(ScannerPlace::Sane(name)) => {
            Box::new(Sane { scanner: ScanImage::new(ScanImageSettings::flatbed(name)), limit: SANE_LIMIT.min(work.limit) })
        }
        Place::Scanner(ScannerPlace::Escl(url)) => Box::new(NetworkScanner(escl(EsclSettings::at(url))?)),
        Place::Scanner(ScannerPlace::Folder(path)) => Box::new(Tray(Folder::new(path, 1))),
        Place::Camera(device) => Box::new(Camera(CameraHost::start(Arc::new(camera::factory(device)?)))),
        Place::Sheet(address) => Box::new(Sheets(sheet(address, Trust::Anyone, SheetLimits::default())?)),
        Place::Reader(at) => Box::new(Reader(reader(at))),
        Place::Picture(_) => return Err(Failure::line(&place.not("serial: usb: tcp: sane: escl: folder: camera: ipp: reader-serial: reader-keys:"))),
    })
}

struct SlipPrinter {
    printer: Box<dyn Printer>,
    name: String,
}

impl Watched for SlipPrinter {
    fn look(&mut self) -> Look {
        let poll = self.printer.poll();
        Look { status: poll.status, events: poll.events }
    }

    fn facts(&self) -> Vec<(&'static str, &'static str, String)> {
        vec![("profile", "profil", self.name.clone())]
    }
}

struct Sane {
    scanner: ScanImage,
    limit: Duration,
}

impl Watched for Sane {
    fn look(&mut self) -> Look {
        // The error is in the status.
        let _ = self.scanner.probe(self.limit);
        self.scanner.status().into()
    }

    fn pause(&self) -> Duration {
        SANE_PAUSE
    }
}

struct NetworkScanner(Escl);

impl Watched for NetworkScanner {
    fn look(&mut self) -> Look {
        self.0.refresh().into()
    }
}

struct Tray(Folder);

impl Watched for Tray {
    fn look(&mut self) -> Look {
        self.0.status().into()
    }
}

struct Camera(CameraHost);

impl Watched for Camera {
    fn look(&mut self) -> Look {
        self.0.status().into()
    }

    fn facts(&self) -> Vec<(&'static str, &'static str, String)> {
        self.0.newest().map(|frame| ("picture", "gambar", format!("{}x{} {:?}", frame.width, frame.height, frame.format()))).into_iter().collect()
    }
}

struct Sheets(IppPrinter);

impl Watched for Sheets {
    fn look(&mut self) -> Look {
        self.0.status().into()
    }

    fn facts(&self) -> Vec<(&'static str, &'static str, String)> {
        let Some(facts) = self.0.facts() else { return Vec::new() };
        let reasons: Vec<&str> = facts.reasons.iter().map(|reason| reason.keyword.as_str()).collect();
        let mut said = vec![("reasons", "kata printer", reasons.join(", ")), ("formats", "format", facts.formats.join(", "))];
        said.extend(facts.model.clone().map(|model| ("model", "model", model)));
        said.retain(|(_, _, value)| !value.is_empty());
        said
    }
}

struct Reader(Box<dyn CodeSource>);

impl Watched for Reader {
    fn look(&mut self) -> Look {
        // A code that comes now is not wanted; an error is in the status.
        let _ = self.0.next(READER_WAIT);
        self.0.status().into()
    }
}
