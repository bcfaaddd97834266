//! One supervised thread per device. Orders go in through a bounded channel, what happened comes back as events.
//!
//! The rule a newcomer would break: a device thread never waits for the app, and the app never waits for a device.

mod board;
mod camera;
mod framing;
mod judged;
mod keep;
mod numbers;
mod printer;
pub mod reader;
mod scanner;

use std::sync::{Arc, Mutex};

use drivers::camera::FrameSourceFactory;
use drivers::imager::CodeSource;
use drivers::printer::Permit;
use drivers::scanner::DocumentSource;
use uuid::Uuid;

pub use board::Board;
pub use camera::{CameraDesk, Preview};
pub use framing::Turn;
pub use numbers::NumberDesk;
pub use printer::{PrinterDesk, PrinterParts};
pub use scanner::ScannerDesk;

/// Orders that may wait for one device.
const ORDERS_MAX: usize = 8;

/// The devices this kiosk has, real or simulated: chosen in `boot` and nowhere else.
#[derive(Default)]
pub struct DeviceSet {
    pub printer: Option<PrinterParts>,
    pub camera: Option<CameraParts>,
    pub scanner: Option<Box<dyn DocumentSource>>,
    /// A code reader with a cable.
    pub reader: Option<Box<dyn CodeSource>>,
}

/// A camera is opened only while a page needs it; between pages only its presence is looked at.
pub struct CameraParts {
    pub factory: Arc<dyn FrameSourceFactory>,
    pub is_present: Box<dyn Fn() -> bool + Send>,
    pub turn: Turn,
}

/// The session whose paper may be printed. Its permit is asked before every piece of a slip, and dies with the session.
#[derive(Clone, Default)]
pub struct LiveSession(Arc<Mutex<Option<(Uuid, Permit)>>>);

impl LiveSession {
    pub fn set(&self, session: Option<Uuid>) {
        let mut live = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if live.as_ref().map(|(id, _)| *id) != session
            && let Some((_, permit)) = std::mem::replace(&mut *live, session.map(|id| (id, Permit::new())))
        {
            permit.revoke();
        }
    }

    /// The permit of this session, while it is the one at the screen.
    pub fn permit(&self, session: Uuid) -> Option<Permit> {
        let live = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        live.as_ref().filter(|(id, _)| *id == session).map(|(_, permit)| permit.clone())
    }
}
