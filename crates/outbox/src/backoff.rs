//! How long the courier waits before it tries a submission again: exponential with full jitter.
//!
//! A pure function; the jitter is handed in. Full jitter keeps 153 terminals that wake after one outage from calling
//! central in step. The cap keeps the wait short against the 24-hour promise.

use std::time::Duration;

/// Ceiling after the first failed attempt.
pub const BACKOFF_BASE: Duration = Duration::from_secs(2);
/// Ceiling after many failed attempts.
pub const BACKOFF_CAP: Duration = Duration::from_secs(300);
/// Shortest wait, so that a jitter of zero cannot spin.
pub const BACKOFF_FLOOR: Duration = Duration::from_millis(200);

/// The wait after `attempts` failed attempts (from 1), drawn with `jitter` in `0.0..=1.0`.
///
/// A jitter outside that range, or not a number, counts as its nearest end, respectively as 1.
#[must_use]
pub fn backoff(attempts: u32, jitter: f64) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let ceiling = (BACKOFF_BASE * 2_u32.pow(doublings)).min(BACKOFF_CAP);
    let share = if jitter.is_nan() { 1.0 } else { jitter.clamp(0.0, 1.0) };
    ceiling.mul_f64(share).max(BACKOFF_FLOOR)
}
