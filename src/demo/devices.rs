//! The bench's devices, put where a field kiosk has real ones: the only place outside tests that chooses simulators.

use std::path::Path;
use std::sync::Arc;

use drivers::camera::FrameSourceFactory;
use drivers::link::SerialLink;
use drivers::printer::{EscPos, Profile, ProfileError};
use drivers::sim::Bench;

use crate::devices::{CameraParts, DeviceSet, PrinterParts, Turn};

/// The real serial driver on the bench's port, its camera and its scanner. `config` holds `printers/`.
pub fn simulated(bench: &Bench, config: &Path) -> Result<DeviceSet, ProfileError> {
    let profile = Profile::load(&config.join("printers/epson-tm-t82.toml"))?;
    let looked_at: Arc<dyn FrameSourceFactory> = bench.camera.factory();
    Ok(DeviceSet {
        printer: Some(PrinterParts { roll_mm: profile.roll_mm, printer: Box::new(EscPos::new(SerialLink::new(bench.printer.path(), profile.baud), profile)) }),
        camera: Some(CameraParts { factory: bench.camera.factory(), is_present: Box::new(move || looked_at.open().is_ok()), turn: Turn::None }),
        scanner: Some(bench.scanner.source()),
        reader: None,
    })
}
