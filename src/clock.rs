//! The only clock readings of the kiosk. Everybody else is told the time.

use std::time::Instant;

use flow::Moment;
use jiff::Timestamp;
use uuid::Uuid;

/// Tells the time; a test hands in its own.
pub trait Clock: Send + Sync {
    fn now(&self) -> Moment;
}

/// The machine's clocks.
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock and mints ids")]
    fn now(&self) -> Moment {
        Moment { wall: Timestamp::now(), elapsed: self.started.elapsed(), fresh_id: Uuid::new_v4() }
    }
}
