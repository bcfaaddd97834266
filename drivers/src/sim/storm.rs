//! A storm: faults and heals over time, planned from a seed and played on a bench.
//!
//! The plan is pure and prints itself, so that a storm that found something can be repeated from its seed. The rule a newcomer
//! would break: the seed decides the plan and not the moment at which a driver meets a fault, so a test of a storm asserts what
//! holds at any moment.

use super::camera::CameraFault;
use super::fault::{SCANNER_FAULTS, SHEET_FAULTS};
use super::imager::ImagerFault;
use super::printer::PrinterFault;
use super::{Bench, BenchError, Fault, Lasting, ScannerMechanics, SheetMechanics};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Steps of one storm.
pub const STEPS_MAX: usize = 1_000;
/// Between two steps.
const PAUSE_MS: std::ops::Range<u64> = 20..260;
/// How long a fault of a storm lasts that is not over by itself.
const LASTS_MS: std::ops::Range<u64> = 50..1_500;
/// Looks at the stop flag this often.
const LOOK_STEP: Duration = Duration::from_millis(20);

/// Which devices a storm may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Printer,
    Camera,
    Imager,
    Scanner,
    Sheet,
}

impl Target {
    /// Every device of the bench.
    pub const ALL: [Target; 5] = [Target::Printer, Target::Camera, Target::Imager, Target::Scanner, Target::Sheet];
}

/// What one step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Inject(Fault, Lasting),
    HealAll,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// From the beginning of the storm.
    pub at: Duration,
    pub act: Act,
}

/// A planned storm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storm {
    pub seed: u64,
    pub steps: Vec<Step>,
}

impl Storm {
    /// Plans a storm of at most [`STEPS_MAX`] steps over these devices. The same arguments give the same plan.
    pub fn plan(seed: u64, steps: usize, targets: &[Target]) -> Self {
        let mut dice = Dice(seed | 1);
        let mut at = Duration::ZERO;
        let mut planned = Vec::new();
        for _ in 0..if targets.is_empty() { 0 } else { steps.min(STEPS_MAX) } {
            at += Duration::from_millis(dice.within(PAUSE_MS));
            let act = if dice.below(12) == 0 { Act::HealAll } else { Act::Inject(fault(&mut dice, targets), lasting(&mut dice)) };
            planned.push(Step { at, act });
        }
        Storm { seed, steps: planned }
    }

    /// Plays it on a bench and heals everything at the end, or as soon as `stop` is true.
    ///
    /// # Errors
    /// A device that the storm needs cannot be set up. The bench is healed then too.
    pub fn play(&self, bench: &Bench, stop: &AtomicBool) -> Result<(), BenchError> {
        let began = Instant::now();
        let mut played = Ok(());
        for step in &self.steps {
            while !stop.load(Ordering::Acquire) && began.elapsed() < step.at {
                std::thread::park_timeout(LOOK_STEP.min(step.at.saturating_sub(began.elapsed())));
            }
            if stop.load(Ordering::Acquire) || played.is_err() {
                break;
            }
            match &step.act {
                Act::HealAll => bench.heal_all(),
                Act::Inject(fault, lasting) => played = bench.inject(fault.clone(), *lasting),
            }
        }
        bench.heal_all();
        played
    }
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "storm of seed {}", self.seed)?;
        self.steps.iter().try_for_each(|step| match &step.act {
            Act::Inject(fault, lasting) => writeln!(f, "{:>6} ms {fault:?} {lasting:?}", step.at.as_millis()),
            Act::HealAll => writeln!(f, "{:>6} ms heal all", step.at.as_millis()),
        })
    }
}

fn lasting(dice: &mut Dice) -> Lasting {
    match dice.below(4) {
        0 => Lasting::Once,
        1 => Lasting::Times(1 + dice.below(3) as u32),
        _ => Lasting::For(Duration::from_millis(dice.within(LASTS_MS))),
    }
}

fn fault(dice: &mut Dice, targets: &[Target]) -> Fault {
    match targets[dice.below(targets.len())] {
        Target::Printer => Fault::Printer(PrinterFault::ALL[dice.below(PrinterFault::ALL.len())]),
        Target::Camera => Fault::Camera(CameraFault::ALL[dice.below(CameraFault::ALL.len())]),
        Target::Imager => Fault::Imager(ImagerFault::ALL[dice.below(ImagerFault::ALL.len())]),
        Target::Scanner if dice.below(3) == 0 => Fault::ScannerMechanics(ScannerMechanics::ALL[dice.below(ScannerMechanics::ALL.len())]),
        Target::Scanner => Fault::Scanner(SCANNER_FAULTS[dice.below(SCANNER_FAULTS.len())]),
        Target::Sheet if dice.below(3) == 0 => Fault::SheetMechanics(SheetMechanics::ALL[dice.below(SheetMechanics::ALL.len())]),
        Target::Sheet => Fault::Sheet(SHEET_FAULTS[dice.below(SHEET_FAULTS.len())].clone()),
    }
}

/// xorshift64*.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    fn within(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.roll() % (range.end - range.start).max(1)
    }
}
