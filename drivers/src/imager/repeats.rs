//! The same code again and again while a slip lies before an imager: once is enough.

use crate::reader::QrPayload;
use std::time::{Duration, Instant};

/// A code counts as new when it was not seen for this long, or when another one came in between.
pub const REPEAT_QUIET: Duration = Duration::from_secs(2);

/// Remembers the last code and when it was last seen.
#[derive(Debug, Default)]
pub struct Repeats(Option<(QrPayload, Instant)>);

impl Repeats {
    /// Is this code new at this moment? Every sighting starts the time again, so a slip that stays gives one code.
    pub fn is_new(&mut self, payload: &QrPayload, at: Instant) -> bool {
        let repeated = self.0.as_ref().is_some_and(|(last, seen)| last == payload && at.saturating_duration_since(*seen) < REPEAT_QUIET);
        self.0 = Some((payload.clone(), at));
        !repeated
    }
}
