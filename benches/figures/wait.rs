//! Waiting for a level, with an end, and the pauses that life puts between two touches.
//!
//! The rule a newcomer would break: a wait is never inside a measured span unless what is waited for is what is measured.

use std::time::{Duration, Instant};

/// Waits until `level` holds, looking once per `tick`; false when it does not hold within `limit`.
pub fn until(limit: Duration, tick: Duration, mut level: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    loop {
        if level() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        std::thread::park_timeout(tick);
    }
}

/// Lets `span` pass, as a person does between two acts; housekeeping of the store falls into such pauses.
pub fn pause(span: Duration) {
    let end = Instant::now() + span;
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}
