//! The composition root: everything is put together here, and this is the only place that chooses a real device.
//!
//! Simulated devices come in through [`DeviceSet`] from `demo`, which a field build does not contain.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::bounded;
use drivers::camera::{ChildCamera, FrameSourceFactory, V4l2Settings};
use drivers::link::SerialLink;
use drivers::printer::{EscPos, Profile, ProfileError};
use drivers::scanner::{Folder, ScanImage, ScanImageSettings, Spool};
use flow::{Event, Kiosk};
use outbox::{DraftOutcome, Escalation, Limits, OpenError, Outbox, Recipients, RecipientsError};
use thiserror::Error;

use crate::app::{App, Screen};
use crate::clock::Clock;
use crate::devices::{CameraDesk, CameraParts, DeviceSet, LiveSession, Preview, PrinterDesk, ScannerDesk};
use crate::effects::Hands;
use crate::event::{AppEvent, Inbox};
use crate::last_good::{self, NoCatalogue};
use crate::logging::note;
use crate::mint::Chance;
use crate::pictures::{PICTURES_MAX, Pictures};
use crate::settings::{Scanner, Settings};
use crate::uplink::{UplinkDesk, UplinkError};

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
        let link = SerialLink::new(&printer.port, profile.baud);
        set.printer = Some(Box::new(EscPos::new(link, profile)));
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
        Some(Scanner::Folder { path }) => set.scanner = Some(Box::new(Folder::new(path, 1))),
    }
    Ok(set)
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
    let hands = Hands {
        utc_offset_minutes: catalogue.city.utc_offset_minutes,
        printer: PrinterDesk::start(devices.printer, inbox.clone(), live.clone()),
        camera: CameraDesk::start(devices.camera, inbox.clone(), pages.clone(), preview),
        scanner: ScannerDesk::start(devices.scanner, inbox.clone(), pages),
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
