//! A virtual ESC/POS printer behind a pseudo terminal, which renders what it is sent as paper.
//!
//! The driver opens its path like any serial port; nothing in the driver knows that it is not one. The parts: `wire` is the
//! pseudo terminal and the thread, `direct` the same without either, `machine` the mechanics, `presenter` the output, `bits`
//! what it says, `fault` what can be wrong, `interpret` the command language, `paper` and `font` the drawing.
//!
//! The rule a newcomer would break: faults act on the mechanics (paper, cover, plug) and reach the driver only as bytes or as
//! their absence, never by a shortcut.

mod bits;
mod direct;
mod fault;
mod font;
mod handle;
mod interpret;
mod machine;
mod paper;
mod presenter;
mod wire;

pub use direct::DirectLink;
pub use fault::{ONCE, PrinterFault};
pub use font::FontChoice;
pub use paper::{Paper, Whereabouts};

use super::BenchError;
use machine::Machine;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// Papers kept in the tray; the oldest falls out.
pub const PAPERS_MAX: usize = 100;

/// What kind of printer.
#[derive(Clone, Debug)]
pub struct PaperPrinterOptions {
    /// Printable width: 384 for 58 mm, 576 for 80 mm.
    pub dots: u32,
    /// Paper speed in mm per second.
    pub mm_per_s: f64,
    /// How many times faster than life; tests use a large number, people one.
    pub time_scale: f64,
    /// Letters.
    pub font: FontChoice,
    /// 180 or 203.
    pub dots_per_inch: u32,
    /// Bytes that its buffer holds; XOFF is said before it is full, and what comes beyond is lost.
    pub buffer_bytes: usize,
    /// What it answers to `GS I 1`.
    pub model_id: u8,
    /// Holds a cut slip out when told to.
    pub presenter: bool,
    /// Somebody takes each slip from the output as soon as it is there.
    pub takes_at_once: bool,
}

impl Default for PaperPrinterOptions {
    fn default() -> Self {
        PaperPrinterOptions {
            dots: 576,
            mm_per_s: 150.0,
            time_scale: 1.0,
            font: FontChoice::System,
            dots_per_inch: 203,
            buffer_bytes: 65_536,
            model_id: 0x20,
            presenter: false,
            takes_at_once: false,
        }
    }
}

pub(crate) struct Shared {
    machine: Mutex<Machine>,
    changed: Condvar,
    stop: AtomicBool,
}

/// Ends the printer's thread when the last handle is gone.
struct Handle {
    shared: Arc<Shared>,
    path: PathBuf,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.changed.notify_all();
        if !self.path.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The handle. Cloning gives another handle to the same printer.
#[derive(Clone)]
pub struct PaperPrinter {
    handle: Arc<Handle>,
}

impl PaperPrinter {
    /// Plugs a printer in; its port appears as `printer` in `folder`.
    ///
    /// # Errors
    /// No pseudo terminal, no thread, or no right to write into the folder.
    pub fn start(folder: &Path, options: PaperPrinterOptions) -> Result<Self, BenchError> {
        let path = folder.join("printer");
        let shared = Arc::new(Shared { machine: Mutex::new(Machine::new(&options)), changed: Condvar::new(), stop: AtomicBool::new(false) });
        wire::start(Arc::clone(&shared), path.clone())?;
        Ok(PaperPrinter { handle: Arc::new(Handle { shared, path }) })
    }

    /// A printer without a port and without a thread. Its only line is [`PaperPrinter::direct_link`], and it moves only while
    /// that is read or written, so that a test decides what happens between which two bytes.
    pub fn in_memory(options: PaperPrinterOptions) -> Self {
        let mut machine = Machine::new(&options);
        machine.port_open = true;
        let shared = Arc::new(Shared { machine: Mutex::new(machine), changed: Condvar::new(), stop: AtomicBool::new(false) });
        PaperPrinter { handle: Arc::new(Handle { shared, path: PathBuf::new() }) }
    }

    /// A link straight into the printer.
    pub fn direct_link(&self) -> DirectLink {
        DirectLink::new(Arc::clone(&self.handle.shared))
    }

    /// The path that a driver opens. It stays the same over unplugging and plugging in.
    pub fn path(&self) -> &Path {
        &self.handle.path
    }
}
