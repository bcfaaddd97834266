//! Simulated devices behind one handle, for tests, for the demo, and for people.
//!
//! A fake here has the real wire: the printer eats ESC/POS bytes behind a pseudo terminal and renders paper, the camera
//! yields frames through the same traits, the scanner's pages pass the same checks. There is no simulated network, because a
//! network is not a device.
//!
//! The rule a newcomer would break: this module exists only with feature `sim`, and nothing outside it may ask whether it
//! does. A machine in the field cannot pretend.

pub mod camera;
pub mod papers;
pub mod printer;
pub mod scanner;

use camera::SimCamera;
use printer::{PaperPrinter, PaperPrinterOptions};
use scanner::SimScanner;
use std::path::PathBuf;
use thiserror::Error;

/// Why the bench cannot be set up.
#[derive(Debug, Error)]
pub enum BenchError {
    #[error("{path}: the bench folder cannot be used")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("no pseudo terminal for the printer")]
    Terminal(#[source] std::io::Error),
    #[error("no thread for the printer")]
    Thread(#[source] std::io::Error),
    #[error("{path}: the camera picture cannot be used: {reason}")]
    Picture { path: PathBuf, reason: String },
}

/// What lies on the bench.
#[derive(Clone, Debug)]
pub struct BenchOptions {
    /// Folder for the printer's port; it must exist and be writable.
    pub folder: PathBuf,
    /// The printer.
    pub printer: PaperPrinterOptions,
}

impl BenchOptions {
    /// An 80 mm printer that is about as fast as a real one.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        BenchOptions { folder: folder.into(), printer: PaperPrinterOptions::default() }
    }
}

/// All simulated devices. Cloning gives another handle to the same bench.
#[derive(Clone)]
pub struct Bench {
    /// Paper, cover, plug.
    pub printer: PaperPrinter,
    /// What stands before the lens.
    pub camera: SimCamera,
    /// What lies on the glass.
    pub scanner: SimScanner,
}

impl Bench {
    /// Sets up the bench: printer plugged in with paper, camera looking at an empty desk, scanner empty.
    ///
    /// # Errors
    /// The folder, the pseudo terminal or the thread is refused by the operating system.
    pub fn new(options: &BenchOptions) -> Result<Self, BenchError> {
        Ok(Bench { printer: PaperPrinter::start(&options.folder, options.printer.clone())?, camera: SimCamera::new(), scanner: SimScanner::new() })
    }
}
