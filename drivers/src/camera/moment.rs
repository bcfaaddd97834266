//! The camera's clock: a moment that two processes of one machine understand alike.
//!
//! This is the only place of the camera that reads a clock other than `Instant`. The rule a newcomer would break: an age
//! that was measured before a pause is wrong after it, so frames carry a moment of the system's monotonic clock, never an age.

use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::{Duration, Instant};

/// A moment that lies further back than this is no capture of a live camera.
const AGE_MAX: Duration = Duration::from_secs(60);

/// Microseconds of the system's monotonic clock, the one that `Instant` uses on Linux.
pub(super) fn monotonic_us(moment: Instant) -> u64 {
    let now = duration(clock_gettime(ClockId::Monotonic));
    let age = moment.elapsed();
    u64::try_from(now.saturating_sub(age).as_micros()).unwrap_or(u64::MAX)
}

/// The moment of those microseconds. One in the future is now; one that is too old to be true is as old as may be.
pub(super) fn instant_of(monotonic_us: u64) -> Instant {
    let now = duration(clock_gettime(ClockId::Monotonic));
    let age = now.saturating_sub(Duration::from_micros(monotonic_us)).min(AGE_MAX);
    let instant = Instant::now();
    instant.checked_sub(age).unwrap_or(instant)
}

/// How long ago a moment of the wall clock was; `None` for one in the future. nokhwa hands capture times in this form.
pub(super) fn age_of_wall(since_epoch: Duration) -> Option<Duration> {
    duration(clock_gettime(ClockId::Realtime)).checked_sub(since_epoch)
}

/// How long ago a moment of the monotonic clock was; `None` for one in the future.
pub(super) fn age_of_monotonic(moment: Duration) -> Option<Duration> {
    duration(clock_gettime(ClockId::Monotonic)).checked_sub(moment)
}

fn duration(time: Timespec) -> Duration {
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
