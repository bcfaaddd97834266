//! The composition root: everything is put together here, and this is the only place that chooses a real device.
//!
//! Simulated devices come in through [`DeviceSet`] from `demo`, which a field build does not contain.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::bounded;
use drivers::camera::{ChildCamera, FrameSourceFactory, V4l2Settings};
use drivers::imager::{Framing, HidImager, KeyRules, SerialImager};
use drivers::link::usb::{UsbLink, UsbMatch, UsbMatchError};
use drivers::link::{SerialLink, TcpAddress, TcpAddressError, TcpLink};
use drivers::printer::{EscPos, Profile, ProfileError};
use drivers::scanner::escl::EsclSetupError;
use drivers::scanner::{DocumentCamera, DocumentCameraSettings, Escl, EsclSettings, Folder, ScanImage, ScanImageSettings, Spool};
use flow::{Event, Kiosk};
use outbox::{DraftOutcome, Escalation, Limits, OpenError, Outbox, Recipients, RecipientsError};
use thiserror::Error;

use crate::app::{App, Screen};
use crate::clock::Clock;
use crate::devices::{Board, CameraDesk, CameraParts, DeviceSet, LiveSession, NumberDesk, Preview, PrinterDesk, PrinterParts, ScannerDesk, reader};
use crate::effects::Hands;
use crate::event::{AppEvent, Inbox};
use crate::last_good::{self, NoCatalogue};
use crate::logging::note;
use crate::mint::Chance;
use crate::pictures::{PICTURES_MAX, Pictures};
use crate::settings::{Printer, Reader, Scanner, Settings};
use crate::uplink::{UplinkDesk, UplinkError};

/// Imagers in serial mode over USB take any speed; those on a real line are delivered with this one.
const READER_BAUD: u32 = 9600;

/// Why the kiosk does not start. Each says what to mend.
#[derive(Debug, Error)]
pub enum BootError {
    #[error(transparent)]
    Catalogue(#[from] NoCatalogue),
    #[error("{path}: the data folder cannot be made")]
    DataDir { path: PathBuf, source: std::io::Error },
    #[error("the catalogue lacks these sentences in shared/texts.toml: {}", .0.join(", "))]
    Texts(Vec<String>),
    #[error("central.seal_to holds something that is no age recipient")]
    Recipients(#[from] RecipientsError),
    #[error("the outbox cannot be opened")]
    Outbox(#[from] OpenError),
    #[error("the printer profile cannot be used")]
    Profile(#[from] ProfileError),
    #[error("printer.usb names no device")]
    Usb(#[from] UsbMatchError),
    #[error("printer.tcp names no place")]
    Tcp(#[from] TcpAddressError),
    #[error("scanner.url cannot be used")]
    Escl(#[from] EsclSetupError),
    #[error("the way to central cannot be set up")]
    Uplink(#[from] UplinkError),
    #[error("the app thread cannot be started")]
    Thread(#[source] std::io::Error),
}

/// The day on which a catalogue may have become valid, before the catalogue has told the city's own time: all of Indonesia
/// lies seven to nine hours east, and a signed catalogue that comes into force two hours late does no harm.
fn day_of(wall: jiff::Timestamp) -> jiff::civil::Date {
    jiff::tz::Offset::constant(7).to_datetime(wall).date()
}

/// A kiosk at work.
pub struct Running {
    pub inbox: Inbox,
    pub outbox: Outbox,
    app: Option<JoinHandle<()>>,
}

impl Running {
    /// Ends the app thread and waits for it.
    pub fn stop(mut self) {
        self.inbox.tell(AppEvent::Stop);
        if let Some(app) = self.app.take() {
            let _panics_were_logged_by_their_own_thread = app.join();
        }
    }
}

/// The devices that `settings` name. None of them has to be there: a missing one is told, not fatal.
pub fn real_devices(settings: &Settings) -> Result<DeviceSet, BootError> {
    let mut set = DeviceSet::default();
    if let Some(printer) = &settings.printer {
        let profile = Profile::load(&printer.profile)?;
        let roll_mm = profile.roll_mm;
        set.printer = Some(PrinterParts { printer: printer_at(printer, profile)?, roll_mm });
    }
    if let Some(camera) = &settings.camera {
        // In a process of its own, since a thread inside a bad driver cannot be ended.
        let program = camera.program.clone().unwrap_or_else(|| ChildCamera::program_beside_this("klampid-camera"));
        let factory = Arc::new(ChildCamera::new(program, &V4l2Settings::new(&camera.device)));
        let looked_at = Arc::clone(&factory);
        set.camera = Some(CameraParts { factory, is_present: Box::new(move || looked_at.is_present()), turn: camera.turn_degrees });
    }
    match &settings.scanner {
        None => {}
        Some(Scanner::Sane { device, args }) => {
            let sane = ScanImageSettings { program: PathBuf::from("scanimage"), device: Some(device.clone()), args: args.clone(), spool: Spool::Pipe };
            set.scanner = Some(Box::new(ScanImage::new(sane)));
        }
        Some(Scanner::Escl { url }) => set.scanner = Some(Box::new(Escl::new(EsclSettings::at(url))?)),
        Some(Scanner::Camera { device }) => {
            let factory = Arc::new(ChildCamera::new(ChildCamera::program_beside_this("klampid-camera"), &V4l2Settings::new(device)));
            set.scanner = Some(Box::new(DocumentCamera::new(factory, DocumentCameraSettings::default())));
        }
        Some(Scanner::Folder { path }) => set.scanner = Some(Box::new(Folder::new(path, 1))),
    }
    match &settings.reader {
        None => {}
        Some(Reader::Serial { port }) => set.reader = Some(Box::new(SerialImager::new(SerialLink::new(port, READER_BAUD), port, Framing::default()))),
        Some(Reader::Keyboard { device }) => set.reader = Some(Box::new(HidImager::new(device, KeyRules::default()))),
    }
    Ok(set)
}

/// A printer on whichever of the three lines the settings name.
fn printer_at(settings: &Printer, profile: Profile) -> Result<Box<dyn drivers::printer::Printer>, BootError> {
    Ok(match (&settings.port, &settings.usb, &settings.tcp) {
        (_, Some(usb), _) => Box::new(EscPos::new(UsbLink::new(usb.parse::<UsbMatch>()?), profile)),
        (_, _, Some(tcp)) => Box::new(EscPos::new(TcpLink::new(tcp.parse::<TcpAddress>()?), profile)),
        (port, None, None) => Box::new(EscPos::new(SerialLink::new(port.clone().unwrap_or_default(), profile.baud), profile)),
    })
}

/// Puts everything together and starts it.
pub fn start(
    settings: Settings,
    devices: DeviceSet,
    clock: Arc<dyn Clock>,
    chance: Box<dyn Chance>,
    screen: Screen,
    preview: Preview,
) -> Result<Running, BootError> {
    let data_dir = settings.store.dir.clone();
    std::fs::create_dir_all(&data_dir).map_err(|source| BootError::DataDir { path: data_dir.clone(), source })?;
    let catalogue = Arc::new(last_good::load(&settings.catalogue, &data_dir, day_of(clock.now().wall))?);
    let kiosk = Kiosk::new(Arc::clone(&catalogue), settings.flow()).map_err(BootError::Texts)?;
    let recipients = Recipients::parse(&settings.central.seal_to)?;
    let limits = Limits { store_bytes_max: settings.store.mib_max << 20, ..Limits::default() };
    let (outbox, opening) = Outbox::open(&data_dir, recipients, limits.clone(), clock.now().wall)?;
    if let Some(quarantined) = &opening.quarantined {
        note("store.quarantined", &[("what", &format!("{quarantined:?}"))]);
    }

    let (inbox, events) = Inbox::new();
    let (pages, taken) = bounded(PICTURES_MAX);
    let live = LiveSession::default();
    let board = Board::start(inbox.clone(), Arc::clone(&clock), &data_dir);
    let numbers = NumberDesk::start(inbox.clone());
    reader::start(devices.reader, inbox.clone(), board.clone());
    let hands = Hands {
        utc_offset_minutes: catalogue.city.utc_offset_minutes,
        printer: PrinterDesk::start(devices.printer, inbox.clone(), live.clone(), board.clone(), Arc::clone(&clock), &data_dir),
        camera: CameraDesk::start(devices.camera, inbox.clone(), pages.clone(), preview, board.clone(), numbers.clone()),
        scanner: ScannerDesk::start(devices.scanner, inbox.clone(), pages, board.clone(), numbers.clone()),
        board,
        numbers,
        uplink: UplinkDesk::start(&settings.central, outbox.clone(), Arc::clone(&clock), inbox.clone())?,
        outbox: outbox.clone(),
        chance,
        pictures: Pictures::default(),
        live,
        serial: None,
        printing: Vec::new(),
        settings,
    };
    if let DraftOutcome::Found(draft) = &opening.draft {
        let age = clock.now().wall.duration_since(draft.saved_at).as_secs();
        let lasts = i64::from(limits.draft_resume_secs_max).saturating_sub(age).max(0);
        inbox.flow(Event::DraftFound { session: draft.session, lasts: std::time::Duration::from_secs(lasts.unsigned_abs()) });
    }
    note("started", &[("catalogue", &catalogue.hash), ("queued", &opening.queued)]);
    let app = App { kiosk, hands, clock, events, taken, screen, shown: None, tended_at: None, escalation: Escalation::None };
    let app = std::thread::Builder::new().name("app".into()).spawn(move || app.run()).map_err(BootError::Thread)?;
    Ok(Running { inbox, outbox, app: Some(app) })
}
