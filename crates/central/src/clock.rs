//! Where central's time comes from. Every operation is handed a clock; only `SystemClock` reads the machine's.

use std::sync::Mutex;

use jiff::{Span, Timestamp};

/// Tells the time to whoever asks.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until a hand moves it; for tests, benches and the demo.
pub struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the hands, forwards or backwards.
    pub fn advance_secs(&self, secs: i64) {
        let mut now = self.0.lock().expect("no holder of this lock can panic: each only copies a value");
        *now = now.checked_add(Span::new().seconds(secs)).expect("tests stay within the calendar");
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no holder of this lock can panic: each only copies a value")
    }
}
