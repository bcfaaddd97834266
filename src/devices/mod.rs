//! One supervised thread per device. Orders go in through a bounded channel, what happened comes back as events.
//!
//! The rule a newcomer would break: a device thread never waits for the app, and the app never waits for a device.

mod camera;
mod framing;
mod printer;
mod scanner;

use std::sync::{Arc, Mutex};

use drivers::camera::FrameSourceFactory;
use drivers::printer::Printer;
use drivers::scanner::DocumentSource;
use drivers::status::{Availability, Status};
use flow::event::{Health, PageFinding};
use uuid::Uuid;

pub use camera::{CameraDesk, Preview};
pub use framing::Turn;
pub use printer::PrinterDesk;
pub use scanner::ScannerDesk;

/// Orders that may wait for one device.
const ORDERS_MAX: usize = 8;

/// The devices this kiosk has, real or simulated: chosen in `boot` and nowhere else.
#[derive(Default)]
pub struct DeviceSet {
    pub printer: Option<Box<dyn Printer>>,
    pub camera: Option<CameraParts>,
    pub scanner: Option<Box<dyn DocumentSource>>,
}

/// A camera is opened only while a page needs it; between pages only its presence is looked at.
pub struct CameraParts {
    pub factory: Arc<dyn FrameSourceFactory>,
    pub is_present: Box<dyn Fn() -> bool + Send>,
    pub turn: Turn,
}

/// The session whose paper may be printed. Whoever prints looks here last.
#[derive(Clone, Default)]
pub struct LiveSession(Arc<Mutex<Option<Uuid>>>);

impl LiveSession {
    pub fn set(&self, session: Option<Uuid>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = session;
    }

    pub fn is(&self, session: Uuid) -> bool {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(session)
    }
}

/// What the flow needs of four layers of truth.
fn health(status: &Status) -> Health {
    match status.availability() {
        Availability::Ready | Availability::Busy => Health::Ready,
        Availability::Unavailable => Health::NotReady,
    }
}

fn page_finding(finding: drivers::picture::Finding) -> PageFinding {
    use drivers::picture::Finding;
    match finding {
        Finding::TooDark => PageFinding::TooDark,
        Finding::TooBright => PageFinding::TooBright,
        Finding::Blurred => PageFinding::Blurred,
        Finding::Blank => PageFinding::Blank,
    }
}
