//! A virtual ESC/POS printer behind a pseudo terminal, which renders what it is sent as paper.
//!
//! The driver opens its path like any serial port; nothing in the driver knows that it is not one. The parts: `wire` is the
//! pseudo terminal and the thread, `machine` the mechanics and status bits, `interpret` the command language, `paper` and
//! `font` the drawing.
//!
//! The rule a newcomer would break: faults act on the mechanics (paper, cover, plug) and reach the driver only as bytes or as
//! their absence, never by a shortcut.

mod font;
mod interpret;
mod machine;
mod paper;
mod wire;

pub use font::FontChoice;
pub use paper::Paper;

use super::BenchError;
use machine::Machine;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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
}

impl Default for PaperPrinterOptions {
    fn default() -> Self {
        PaperPrinterOptions { dots: 576, mm_per_s: 150.0, time_scale: 1.0, font: FontChoice::System }
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
        let _ = std::fs::remove_file(&self.path);
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

    /// The path that a driver opens. It stays the same over unplugging and plugging in.
    pub fn path(&self) -> &Path {
        &self.handle.path
    }

    /// Papers that have been cut off, oldest first.
    pub fn papers(&self) -> Vec<Paper> {
        self.lock().papers.iter().cloned().collect()
    }

    /// Paper that hangs out of the printer, not cut yet; `None` when it is white.
    pub fn hanging(&self) -> Option<Paper> {
        self.lock().hanging()
    }

    /// Waits until at least `count` papers have been cut. False when `timeout` passes first.
    pub fn wait_for_paper(&self, count: usize, timeout: Duration) -> bool {
        self.wait_until(timeout, |machine| machine.papers.len() >= count)
    }

    /// Waits until everything that was written before this call has been printed. False when `timeout` passes first.
    pub fn wait_until_idle(&self, timeout: Duration) -> bool {
        // The line has to be found empty after this call began; the look under way may have been too early.
        let looks = self.lock().quiet_looks + 2;
        self.wait_until(timeout, |machine| machine.quiet_looks >= looks && machine.is_idle(Instant::now()))
    }

    /// Empties the tray.
    pub fn take_papers(&self) -> Vec<Paper> {
        std::mem::take(&mut self.lock().papers).into()
    }

    /// Tears off what hangs out, as a person does at a printer without a cutter.
    pub fn tear_off(&self) {
        self.change(Machine::cut);
    }

    /// Bytes that have been interpreted since the start, without real-time questions.
    pub fn bytes_printed(&self) -> u64 {
        self.lock().bytes_printed
    }

    /// Commands that no ESC/POS printer would understand.
    pub fn unknown_commands(&self) -> u64 {
        self.lock().unknown_commands()
    }

    /// Takes the roll out.
    pub fn paper_out(&self) {
        self.change(|machine| machine.faults.paper = false);
    }

    /// The roll ends after `mm` more millimetres.
    pub fn paper_out_after_mm(&self, mm: f64) {
        self.change(|machine| machine.faults.paper_left_mm = Some(mm));
    }

    /// Puts a full roll in. What the printer still holds goes on printing, as it does in life.
    pub fn paper_in(&self) {
        self.change(|machine| {
            machine.faults.paper = true;
            machine.faults.near_end = false;
            machine.faults.paper_left_mm = None;
        });
    }

    /// The roll is thin, or not.
    pub fn near_end(&self, near: bool) {
        self.change(|machine| machine.faults.near_end = near);
    }

    /// Opens or closes the cover.
    pub fn open_cover(&self, open: bool) {
        self.change(|machine| machine.faults.cover_open = open);
    }

    /// Blocks or frees the cutter.
    pub fn block_cutter(&self, blocked: bool) {
        self.change(|machine| machine.faults.cutter_blocked = blocked);
    }

    /// Answers nothing and prints nothing, as if switched off behind a live port.
    pub fn silent(&self, silent: bool) {
        self.change(|machine| machine.faults.silent = silent);
    }

    /// Falls silent after `bytes` more bytes.
    pub fn silent_after_bytes(&self, bytes: usize) {
        self.change(|machine| machine.faults.silent_after_bytes = Some(bytes));
    }

    /// Prints, but never confirms a job.
    pub fn never_confirm(&self, never: bool) {
        self.change(|machine| machine.faults.never_confirms = never);
    }

    /// Sends the answer of another question before its own, as a printer does that was disturbed.
    pub fn babble(&self, bytes: &[u8]) {
        self.change(|machine| machine.replies.extend(bytes));
    }

    /// Takes at most `bytes_per_s` from the line; `None` takes everything at once.
    pub fn slow(&self, bytes_per_s: Option<u32>) {
        self.change(|machine| machine.faults.slow_bytes_per_s = bytes_per_s);
    }

    /// Hangs up after `bytes` more bytes.
    pub fn hang_up_after_bytes(&self, bytes: usize) {
        self.change(|machine| machine.faults.hang_up_after_bytes = Some(bytes));
    }

    /// Pulls the plug and waits until the port is gone.
    pub fn unplug(&self) {
        self.change(|machine| machine.faults.plugged = false);
        self.wait_until(Duration::from_secs(5), |machine| !machine.port_open);
    }

    /// Plugs it in again at the same path and waits until the port is there. It still holds what it held.
    pub fn replug(&self) {
        self.change(|machine| machine.faults.plugged = true);
        self.wait_until(Duration::from_secs(5), |machine| machine.port_open);
    }

    /// Is the port there?
    pub fn is_plugged(&self) -> bool {
        self.lock().port_open
    }

    /// Everything put right, the tray empty, the printer as after switching on.
    pub fn heal(&self) {
        self.change(Machine::heal);
        self.replug();
    }

    fn change(&self, what: impl FnOnce(&mut Machine)) {
        {
            let mut machine = self.lock();
            what(&mut machine);
            machine.report_change();
        }
        self.handle.shared.changed.notify_all();
    }

    fn wait_until(&self, timeout: Duration, level: impl Fn(&Machine) -> bool) -> bool {
        let deadline = Instant::now() + timeout;
        let mut machine = self.lock();
        while !level(&machine) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let step = left.min(Duration::from_millis(20));
            let wait = self.handle.shared.changed.wait_timeout(machine, step);
            machine = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.handle.shared.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
