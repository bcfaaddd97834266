//! Simulated devices behind one handle, for tests, for the demo, and for people.
//!
//! A fake here has the real wire: the printer eats ESC/POS bytes behind a pseudo terminal and renders paper, the camera
//! yields frames through the same traits, the scanner answers eSCL and the A4 printer IPP over real sockets, the imager types
//! into a line. There is no simulated network, because a network is not a device.
//!
//! The rule a newcomer would break: this module exists only with feature `sim`, and nothing outside it may ask whether it
//! does. A machine in the field cannot pretend.

pub mod camera;
pub mod escl;
mod fault;
pub mod imager;
pub mod keyboard;
pub mod lasting;
pub mod papers;
pub mod pictures;
pub mod pipe;
pub mod printer;
pub mod scanner;
pub mod sheet;
pub mod storm;

pub use fault::{Fault, ScannerMechanics, SheetMechanics};
pub use lasting::Lasting;
pub use storm::Storm;

use camera::{CameraFault, SimCamera};
use escl::{Model, SimEscl};
use imager::SimSerialImager;
use printer::{ONCE, PaperPrinter, PaperPrinterOptions, PrinterFault};
use scanner::SimScanner;
use sheet::SimSheetPrinter;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Why the bench cannot be set up.
#[derive(Debug, Error)]
pub enum BenchError {
    #[error("{path}: the bench folder cannot be used")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("no pseudo terminal for the device")]
    Terminal(#[source] std::io::Error),
    #[error("no thread for the device")]
    Thread(#[source] std::io::Error),
    #[error("no port on the loopback for the {device}")]
    Port { device: &'static str, source: std::io::Error },
    #[error("{path}: the camera picture cannot be used: {reason}")]
    Picture { path: PathBuf, reason: String },
}

/// What lies on the bench.
#[derive(Clone, Debug)]
pub struct BenchOptions {
    /// Folder for the ports of printer and imager; it must exist and be writable.
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
    /// What lies on the glass of a scanner without a wire.
    pub scanner: SimScanner,
    late: Arc<Late>,
}

/// Devices with threads or sockets of their own, set up when somebody first asks for them.
struct Late {
    folder: PathBuf,
    escl: Mutex<Option<SimEscl>>,
    sheet: Mutex<Option<SimSheetPrinter>>,
    imager: Mutex<Option<SimSerialImager>>,
}

impl Bench {
    /// Sets up the bench: printer plugged in with paper, camera looking at an empty desk, scanner empty.
    ///
    /// # Errors
    /// The folder, the pseudo terminal or the thread is refused by the operating system.
    pub fn new(options: &BenchOptions) -> Result<Self, BenchError> {
        let late = Late { folder: options.folder.clone(), escl: Mutex::default(), sheet: Mutex::default(), imager: Mutex::default() };
        let printer = PaperPrinter::start(&options.folder, options.printer.clone())?;
        Ok(Bench { printer, camera: SimCamera::new(), scanner: SimScanner::new(), late: Arc::new(late) })
    }

    /// The scanner in the network: glass and a feeder for both sides. Switched on by the first call.
    ///
    /// # Errors
    /// No port or no thread.
    pub fn escl(&self) -> Result<SimEscl, BenchError> {
        there(&self.late.escl, || SimEscl::start(Model::generic()).map_err(|source| BenchError::Port { device: "scanner", source }))
    }

    /// The A4 printer. Switched on by the first call.
    ///
    /// # Errors
    /// No port or no thread.
    pub fn sheet(&self) -> Result<SimSheetPrinter, BenchError> {
        there(&self.late.sheet, || SimSheetPrinter::start().map_err(|source| BenchError::Port { device: "A4 printer", source }))
    }

    /// The code reader on a line. Plugged in by the first call.
    ///
    /// # Errors
    /// No pseudo terminal, or no right to write into the folder.
    pub fn imager(&self) -> Result<SimSerialImager, BenchError> {
        there(&self.late.imager, || SimSerialImager::start(&self.late.folder))
    }

    /// Lets something be wrong with any device. Mechanics last a moment for one occasion, as a jam has no occasions.
    ///
    /// # Errors
    /// The device had to be set up first and could not be.
    pub fn inject(&self, fault: Fault, lasting: Lasting) -> Result<(), BenchError> {
        match fault {
            Fault::Printer(fault) => self.printer.inject(fault, lasting),
            Fault::Camera(fault) => self.camera.inject(fault, lasting),
            Fault::Imager(fault) => self.imager()?.inject(fault, lasting),
            Fault::Scanner(fault) => self.escl()?.inject(fault, lasting),
            Fault::Sheet(fault) => self.sheet()?.inject(fault, lasting),
            Fault::ScannerMechanics(part) => {
                let scanner = self.escl()?;
                part.set(&scanner, true);
                after(lasting, move || part.set(&scanner, false))?;
            }
            Fault::SheetMechanics(part) => {
                let printer = self.sheet()?;
                part.set(&printer, true);
                after(lasting, move || part.set(&printer, false))?;
            }
        }
        Ok(())
    }

    /// Nothing is wrong with any device any more. What happened stays: papers in trays, and what a printer still holds.
    pub fn heal_all(&self) {
        PrinterFault::ALL.into_iter().filter(|fault| *fault != PrinterFault::Unplugged).for_each(|fault| self.printer.lift(fault));
        self.printer.paper_in();
        self.printer.slow(None);
        self.printer.late(Duration::ZERO);
        self.printer.replug();
        CameraFault::ALL.into_iter().for_each(|fault| self.camera.clear(fault));
        if let Some(scanner) = already(&self.late.escl) {
            scanner.heal();
            ScannerMechanics::ALL.into_iter().for_each(|part| part.set(&scanner, false));
        }
        if let Some(printer) = already(&self.late.sheet) {
            printer.heal();
        }
        if let Some(imager) = already(&self.late.imager) {
            imager.heal();
        }
    }

    /// Plans a storm over every device of the bench; [`Storm::play`] plays it.
    pub fn storm(seed: u64, steps: usize) -> Storm {
        Storm::plan(seed, steps, &storm::Target::ALL)
    }
}

fn already<T: Clone>(device: &Mutex<Option<T>>) -> Option<T> {
    device.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn there<T: Clone>(device: &Mutex<Option<T>>, set_up: impl FnOnce() -> Result<T, BenchError>) -> Result<T, BenchError> {
    let mut device = device.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(device) = &*device {
        return Ok(device.clone());
    }
    Ok(device.insert(set_up()?).clone())
}

/// Puts a part of a machine right after its time, on a thread of its own that holds the device until then.
fn after(lasting: Lasting, put_right: impl FnOnce() + Send + 'static) -> Result<(), BenchError> {
    let time = match lasting {
        Lasting::Once => ONCE,
        Lasting::Times(times) => ONCE * times,
        Lasting::For(time) => time,
        Lasting::FromNow => return Ok(()),
    };
    let due = Instant::now() + time;
    let wait = move || {
        while Instant::now() < due {
            std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
        }
        put_right();
    };
    std::thread::Builder::new().name("bench-hand".into()).spawn(wait).map(|_| ()).map_err(BenchError::Thread)
}
