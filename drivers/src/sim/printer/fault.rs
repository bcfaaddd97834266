//! Everything that can be wrong with the simulated printer, and for how long.
//!
//! A fault acts on the mechanics or on the bytes; none of them is an error value.
//!
//! The rule a newcomer would break: a fault that is over leaves what it caused. Paper that came back does not bring back the
//! slip that was half printed, and a confirmation that was swallowed does not come later.

use crate::sim::Lasting;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// One thing that can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrinterFault {
    /// No roll.
    PaperOut,
    /// The roll is thin.
    NearEnd,
    /// The printer's own count of the roll is at its end (Custom).
    VirtualEnd,
    /// Paper is stuck.
    PaperJam,
    CoverOpen,
    CutterBlocked,
    HeadHot,
    /// The supply voltage is out of range.
    Voltage,
    /// An error that a reset clears.
    Mechanical,
    /// An error that nothing clears.
    Broken,
    /// Offline without a cause, as while somebody holds the feed button.
    OfflineOnly,
    /// Answers nothing and prints nothing, as if switched off behind a live port.
    Silent,
    /// Answers every question with bytes that mean nothing.
    Rubbish,
    /// Answers, but late.
    Late,
    /// Answers every question with the full status of another make.
    OtherPrinter,
    /// Prints, but never confirms a job.
    NeverConfirms,
    /// Says XOFF and takes nothing more from its buffer.
    BufferStuck,
    /// The line takes 50 bytes a second.
    SlowLine,
    /// The plug is out.
    Unplugged,
    /// Nobody takes the slip from the output.
    SlipLeftBehind,
}

impl PrinterFault {
    /// Every fault.
    pub const ALL: [PrinterFault; 20] = [
        PrinterFault::PaperOut,
        PrinterFault::NearEnd,
        PrinterFault::VirtualEnd,
        PrinterFault::PaperJam,
        PrinterFault::CoverOpen,
        PrinterFault::CutterBlocked,
        PrinterFault::HeadHot,
        PrinterFault::Voltage,
        PrinterFault::Mechanical,
        PrinterFault::Broken,
        PrinterFault::OfflineOnly,
        PrinterFault::Silent,
        PrinterFault::Rubbish,
        PrinterFault::Late,
        PrinterFault::OtherPrinter,
        PrinterFault::NeverConfirms,
        PrinterFault::BufferStuck,
        PrinterFault::SlowLine,
        PrinterFault::Unplugged,
        PrinterFault::SlipLeftBehind,
    ];
}

/// Length of [`Lasting::Once`], and of each of [`Lasting::Times`]: seen by a poll every second, gone before anybody acts.
pub const ONCE: Duration = Duration::from_millis(1_500);

/// What is wrong now.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    /// With the end, where there is one.
    active: BTreeMap<PrinterFault, Option<Instant>>,
    pub(super) paper_left_mm: Option<f64>,
    pub(super) silent_after_bytes: Option<usize>,
    pub(super) hang_up_after_bytes: Option<usize>,
    pub(super) slow_bytes_per_s: Option<u32>,
    pub(super) late_by: Duration,
}

/// Rate of [`PrinterFault::SlowLine`] when no other was set.
const SLOW_BYTES_PER_S: u32 = 50;
/// Delay of [`PrinterFault::Late`] when no other was set; longer than any round of questions waits.
const LATE_BY: Duration = Duration::from_millis(300);

impl Faults {
    pub(super) fn inject(&mut self, fault: PrinterFault, lasting: Lasting, now: Instant) {
        let until = match lasting {
            Lasting::Once => Some(now + ONCE),
            Lasting::Times(times) => Some(now + ONCE * times),
            Lasting::For(time) => Some(now + time),
            Lasting::FromNow => None,
        };
        self.active.insert(fault, until);
    }

    pub(super) fn lift(&mut self, fault: PrinterFault) {
        self.active.remove(&fault);
    }

    /// Lifts what has ended.
    pub(super) fn pass(&mut self, now: Instant) {
        self.active.retain(|_, until| until.is_none_or(|until| now < until));
    }

    pub(super) fn has(&self, fault: PrinterFault) -> bool {
        self.active.contains_key(&fault)
    }

    pub(super) fn bytes_per_s(&self) -> Option<u32> {
        self.slow_bytes_per_s.or_else(|| self.has(PrinterFault::SlowLine).then_some(SLOW_BYTES_PER_S))
    }

    pub(super) fn delay(&self) -> Duration {
        match (self.has(PrinterFault::Late), self.late_by) {
            (false, _) => Duration::ZERO,
            (true, Duration::ZERO) => LATE_BY,
            (true, set) => set,
        }
    }
}
