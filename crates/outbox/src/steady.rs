//! Waiting time that a wrong clock cannot rewind.
//!
//! Terminals lose their battery clock, and a technician sets the date back a day. Ages and retry times are therefore
//! counted on a steady scale: the handed-in wall time plus an offset that grows whenever the wall time steps back.
//! It is not a clock: it never reads one. A step *forward* cannot be told from time spent switched off, so it counts as
//! time passed; that escalates early, which is the safe side.

/// Two threads read the wall clock a moment apart; only more than this is a step and not a race between them.
const STEP_TOLERANCE_MS: i64 = 2_000;

#[derive(Debug, Clone)]
pub(crate) struct SteadyClock {
    offset_ms: i64,
    latest_ms: i64,
}

impl SteadyClock {
    /// Starts from the newest steady mark found in the store, so that no age shrinks over a restart.
    pub(crate) fn start(wall_ms: i64, newest_mark_ms: Option<i64>) -> Self {
        let mut clock = Self { offset_ms: 0, latest_ms: newest_mark_ms.unwrap_or(wall_ms) };
        clock.steady_ms(wall_ms);
        clock
    }

    /// The steady time, in milliseconds, at which the wall clock says `wall_ms`; never less than an earlier answer.
    pub(crate) fn steady_ms(&mut self, wall_ms: i64) -> i64 {
        let steady_ms = wall_ms.saturating_add(self.offset_ms);
        let behind_ms = self.latest_ms.saturating_sub(steady_ms);
        if behind_ms > STEP_TOLERANCE_MS {
            self.offset_ms = self.offset_ms.saturating_add(behind_ms);
        }
        self.latest_ms = self.latest_ms.max(steady_ms);
        self.latest_ms
    }
}
