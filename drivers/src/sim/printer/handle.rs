//! The hand at the simulated printer: papers, roll, cover, plug, and every fault by name.
//!
//! The rule a newcomer would break: nothing here answers for the printer; a change reaches the driver only as bytes.

use super::fault::PrinterFault;
use super::machine::Machine;
use super::{Paper, PaperPrinter};
use crate::sim::Lasting;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// End of the wait for the port to come or go.
const PLUG_WAIT: Duration = Duration::from_secs(5);

impl PaperPrinter {
    /// Papers that have been cut off, oldest first; the one in the output is the last.
    pub fn papers(&self) -> Vec<Paper> {
        let machine = self.lock();
        machine.papers.iter().cloned().chain(machine.in_output()).collect()
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

    /// From now on, or for a while, this is wrong.
    pub fn inject(&self, fault: PrinterFault, lasting: Lasting) {
        self.change(|machine| machine.faults.inject(fault, lasting, Instant::now()));
    }

    /// Puts it right.
    pub fn lift(&self, fault: PrinterFault) {
        self.change(|machine| machine.faults.lift(fault));
    }

    fn set(&self, fault: PrinterFault, on: bool) {
        if on { self.inject(fault, Lasting::FromNow) } else { self.lift(fault) }
    }

    /// Takes the roll out.
    pub fn paper_out(&self) {
        self.inject(PrinterFault::PaperOut, Lasting::FromNow);
    }

    /// The roll ends after `mm` more millimetres.
    pub fn paper_out_after_mm(&self, mm: f64) {
        self.change(|machine| machine.faults.paper_left_mm = Some(mm));
    }

    /// Puts a full roll in. What the printer still holds goes on printing, as it does in life.
    pub fn paper_in(&self) {
        self.change(Machine::new_roll);
    }

    /// The roll is thin, or not.
    pub fn near_end(&self, near: bool) {
        self.set(PrinterFault::NearEnd, near);
    }

    /// Opens or closes the cover.
    pub fn open_cover(&self, open: bool) {
        self.set(PrinterFault::CoverOpen, open);
    }

    /// Blocks or frees the cutter.
    pub fn block_cutter(&self, blocked: bool) {
        self.set(PrinterFault::CutterBlocked, blocked);
    }

    /// Answers nothing and prints nothing, as if switched off behind a live port.
    pub fn silent(&self, silent: bool) {
        self.set(PrinterFault::Silent, silent);
    }

    /// Falls silent after `bytes` more bytes.
    pub fn silent_after_bytes(&self, bytes: usize) {
        self.change(|machine| machine.faults.silent_after_bytes = Some(bytes));
    }

    /// Prints, but never confirms a job.
    pub fn never_confirm(&self, never: bool) {
        self.set(PrinterFault::NeverConfirms, never);
    }

    /// Sends the answer of another question before its own, as a printer does that was disturbed.
    pub fn babble(&self, bytes: &[u8]) {
        self.change(|machine| machine.say(bytes));
    }

    /// Takes at most `bytes_per_s` from the line; `None` takes everything at once.
    pub fn slow(&self, bytes_per_s: Option<u32>) {
        self.change(|machine| machine.faults.slow_bytes_per_s = bytes_per_s);
    }

    /// Answers come this much later from now on; zero answers at once.
    pub fn late(&self, by: Duration) {
        self.change(|machine| machine.faults.late_by = by);
        self.set(PrinterFault::Late, !by.is_zero());
    }

    /// Switched off and on again: its memory is empty, its paper stays.
    pub fn power_cycle(&self) {
        self.change(Machine::power_cycle);
    }

    /// Somebody takes the slip from the output. False when there is none.
    pub fn take_slip(&self) -> bool {
        let mut taken = false;
        self.change(|machine| taken = machine.take_from_output());
        taken
    }

    /// The slip in the output of the presenter.
    pub fn in_output(&self) -> Option<Paper> {
        self.lock().in_output()
    }

    /// Paper moved since the start, in mm.
    pub fn paper_mm(&self) -> f64 {
        self.lock().paper_mm
    }

    /// Bytes that came while the buffer was full.
    pub fn bytes_lost(&self) -> u64 {
        self.lock().bytes_lost
    }

    /// Hangs up after `bytes` more bytes.
    pub fn hang_up_after_bytes(&self, bytes: usize) {
        self.change(|machine| machine.faults.hang_up_after_bytes = Some(bytes));
    }

    /// Pulls the plug and waits until the port is gone.
    pub fn unplug(&self) {
        self.inject(PrinterFault::Unplugged, Lasting::FromNow);
        self.wait_until(PLUG_WAIT, |machine| !machine.port_open);
    }

    /// Plugs it in again at the same path and waits until the port is there. It still holds what it held.
    pub fn replug(&self) {
        self.lift(PrinterFault::Unplugged);
        self.wait_until(PLUG_WAIT, |machine| machine.port_open);
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
