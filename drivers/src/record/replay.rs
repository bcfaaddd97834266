//! A recording on its way back to a driver: the next line, and the first place where driver and recording disagree.
//!
//! It waits for nothing by itself. The rule a newcomer would break: after a disagreement the rest proves nothing, so the first one
//! is kept, and [`Replay::finish`] gives it whatever happened later.

use super::event::{Event, Kind};
use super::parse::{Line, Recording};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Where driver and recording disagree. Both sides are in the words of a recording, so neither holds anything personal.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Mismatch {
    #[error("this is a recording of a {recorded:?} and not of a {wanted:?}")]
    Kind { recorded: Kind, wanted: Kind },
    #[error("line {line}: the recording has `{recorded}`, the driver does `{done}`")]
    Other { line: usize, recorded: String, done: String },
    #[error("the recording is over, the driver does `{done}`")]
    Over { done: String },
    #[error("line {line}: the driver never came to `{recorded}`")]
    Left { line: usize, recorded: String },
    #[error("line {line}: `{recorded}` was withheld or cannot be made again")]
    Withheld { line: usize, recorded: String },
}

/// A recording that is played. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Replay {
    stage: Arc<Mutex<Stage>>,
}

struct Stage {
    kind: Kind,
    lines: VecDeque<Line>,
    /// When the last line was played.
    played_at: Instant,
    mismatch: Option<Mismatch>,
}

impl Replay {
    /// Begins at the first line.
    pub fn new(recording: Recording) -> Self {
        let stage = Stage { kind: recording.kind, lines: recording.lines.into(), played_at: Instant::now(), mismatch: None };
        Replay { stage: Arc::new(Mutex::new(stage)) }
    }

    /// Nothing is left to play.
    pub fn is_over(&self) -> bool {
        self.stage().lines.is_empty()
    }

    /// Whether the driver did what was recorded, and all of it.
    ///
    /// # Errors
    /// The first disagreement, or the first line that was not reached.
    pub fn finish(&self) -> Result<(), Mismatch> {
        let stage = self.stage();
        match (&stage.mismatch, stage.lines.front()) {
            (Some(mismatch), _) => Err(mismatch.clone()),
            (None, Some(left)) => Err(Mismatch::Left { line: left.line, recorded: left.event.to_string() }),
            (None, None) => Ok(()),
        }
    }

    /// Notes when a recording is played to another kind of device.
    pub(super) fn for_kind(self, wanted: Kind) -> Self {
        let recorded = self.stage().kind;
        if recorded != wanted {
            self.note(Mismatch::Kind { recorded, wanted });
        }
        self
    }

    /// Plays the next line if `pick` takes it.
    pub(super) fn take_if<T>(&self, pick: impl FnOnce(&Event) -> Option<T>) -> Option<T> {
        let mut stage = self.stage();
        let picked = pick(&stage.lines.front()?.event)?;
        stage.lines.pop_front();
        stage.played_at = Instant::now();
        Some(picked)
    }

    /// Looks at the next line without playing it.
    pub(super) fn next_is(&self, pick: impl FnOnce(&Event) -> bool) -> bool {
        self.stage().lines.front().is_some_and(|line| pick(&line.event))
    }

    /// Plays the next line, which has to be one that `pick` takes.
    pub(super) fn expect<T>(&self, done: &Event, pick: impl FnOnce(&Event) -> Option<T>) -> Result<T, Mismatch> {
        if let Some(earlier) = self.stage().mismatch.clone() {
            return Err(earlier);
        }
        self.take_if(pick).ok_or_else(|| {
            let next = self.stage().lines.front().map(|line| (line.line, line.event.to_string()));
            let done = done.to_string();
            self.note(match next {
                Some((line, recorded)) => Mismatch::Other { line, recorded, done },
                None => Mismatch::Over { done },
            })
        })
    }

    /// The next line is one that cannot be played.
    pub(super) fn withheld(&self) -> Mismatch {
        let next = self.stage().lines.front().map(|line| (line.line, line.event.to_string()));
        let (line, recorded) = next.unwrap_or_default();
        self.note(Mismatch::Withheld { line, recorded })
    }

    /// When the next line is due, if lines keep their recorded pauses; `None` when it is over.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let stage = self.stage();
        stage.lines.front().map(|line| stage.played_at + Duration::from_millis(line.after_ms))
    }

    fn note(&self, mismatch: Mismatch) -> Mismatch {
        self.stage().mismatch.get_or_insert(mismatch).clone()
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a moment.
pub(super) fn wait_until(moment: Instant) {
    loop {
        let left = moment.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}
