//! The ladder climbed: every case drawn, examined, and compared with its label.
//!
//! The rule a newcomer would break: a refusal is any finding, a miss is no finding at all; that the finding also names the
//! right fault is counted apart, since a resident who is told the wrong remedy tries again all the same.

use super::cases::{Case, cases};
use super::label::Label;
use crate::coach::{Advice, Finding, examine};
use std::fmt::Write as _;

/// One picture and what the coach said.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Paper, desk, fault and step.
    pub name: String,
    pub label: Label,
    pub advice: Advice,
    /// The findings of which one names the fault; empty where none is.
    pub fault: Vec<Finding>,
    /// How far the farthest corner of the outline is from the drawn one, in shares of the picture's long side; `None`
    /// where no whole paper is in the picture.
    pub corner_error: Option<f32>,
}

/// All outcomes of one seed.
#[derive(Clone, Debug)]
pub struct Ladder {
    pub seed: u64,
    pub outcomes: Vec<Outcome>,
}

/// Draws and examines every case of a seed, on as many threads as the machine has, up to four.
pub fn ladder(seed: u64) -> Ladder {
    run(seed, |_| true)
}

/// The same for the cases whose name is wanted.
pub fn run(seed: u64, wanted: impl Fn(&str) -> bool) -> Ladder {
    const THREADS_MAX: usize = 4;
    let cases: Vec<Case> = cases(seed).into_iter().filter(|case| wanted(&case.name)).collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(THREADS_MAX);
    let chunk = cases.len().div_ceil(threads).max(1);
    // Neighbouring cases cost alike, so they are dealt out like cards.
    let mut outcomes: Vec<(usize, Outcome)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|start| {
                let cases = &cases;
                scope.spawn(move || cases.iter().enumerate().skip(start).step_by(threads).take(chunk).map(|(i, case)| (i, climb(case))).collect::<Vec<_>>())
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault))).collect()
    });
    outcomes.sort_by_key(|(index, _)| *index);
    Ladder { seed, outcomes: outcomes.into_iter().map(|(_, outcome)| outcome).collect() }
}

fn climb(case: &Case) -> Outcome {
    let advice = examine(&case.picture(), &case.expected);
    let corner_error = case.whole_corners().map(|drawn| match &advice.outline {
        Some(outline) => {
            // The paper's own first corner need not be the picture's top left.
            let far = |turn: usize| {
                (0..4).map(|i| (outline.corners[i].0 - drawn[(i + turn) % 4].0).hypot(outline.corners[i].1 - drawn[(i + turn) % 4].1)).fold(0.0, f32::max)
            };
            (0..4).map(far).fold(f32::MAX, f32::min) / case.view.0.max(case.view.1) as f32
        }
        None => 1.0,
    });
    Outcome { name: case.name.clone(), label: case.label, advice, fault: case.fault.clone(), corner_error }
}

impl Outcome {
    /// A readable picture that was refused.
    pub fn is_wrong_refusal(&self) -> bool {
        self.label == Label::Readable && !self.advice.is_good()
    }

    /// An unreadable picture that was let pass.
    pub fn is_miss(&self) -> bool {
        self.label == Label::Unreadable && self.advice.is_good()
    }

    /// Refused rightly, for another reason than the fault.
    pub fn is_misnamed(&self) -> bool {
        self.label == Label::Unreadable && !self.advice.is_good() && !self.advice.findings.iter().any(|finding| self.fault.contains(finding))
    }
}

impl Ladder {
    fn share(&self, label: Label, which: impl Fn(&Outcome) -> bool) -> f32 {
        let of = self.outcomes.iter().filter(|outcome| outcome.label == label).count();
        self.outcomes.iter().filter(|outcome| which(outcome)).count() as f32 / of.max(1) as f32
    }

    /// Readable pictures refused, by readable pictures. The bar is 0.02.
    pub fn wrong_refusal_share(&self) -> f32 {
        self.share(Label::Readable, Outcome::is_wrong_refusal)
    }

    /// Unreadable pictures let pass, by unreadable pictures. The bar is 0.05.
    pub fn miss_share(&self) -> f32 {
        self.share(Label::Unreadable, Outcome::is_miss)
    }

    /// Unreadable pictures refused for another reason, by unreadable pictures.
    pub fn misnamed_share(&self) -> f32 {
        self.share(Label::Unreadable, Outcome::is_misnamed)
    }

    /// Pictures with this label.
    pub fn count(&self, label: Label) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.label == label).count()
    }

    /// One line of counts, then one line for each outcome that is not as it should be.
    pub fn report(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "seed {}: {} readable, {:.1} % wrongly refused; {} unreadable, {:.1} % missed, {:.1} % misnamed; {} doubtful",
            self.seed,
            self.count(Label::Readable),
            self.wrong_refusal_share() * 100.0,
            self.count(Label::Unreadable),
            self.miss_share() * 100.0,
            self.misnamed_share() * 100.0,
            self.count(Label::Doubtful),
        );
        for outcome in &self.outcomes {
            let word = match () {
                () if outcome.is_wrong_refusal() => "refused",
                () if outcome.is_miss() => "missed",
                () if outcome.is_misnamed() => "misnamed",
                () => continue,
            };
            let _ = writeln!(text, "  {word}: {} -> {:?} {:?}", outcome.name, outcome.advice.findings, outcome.advice.scores);
        }
        text
    }

    /// The whole table: case, label, findings.
    pub fn table(&self) -> String {
        let mut text = String::new();
        for outcome in &self.outcomes {
            let error = outcome.corner_error.map_or(String::from("-"), |error| format!("{error:.4}"));
            let _ = writeln!(
                text,
                "{:58} {:10} {error:>6} {:.2} {:?}",
                outcome.name,
                format!("{:?}", outcome.label),
                outcome.advice.scores.sharpness,
                outcome.advice.findings
            );
        }
        text
    }
}
