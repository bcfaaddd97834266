//! What a host makes of a camera's behaviour: its status, and when the camera is opened again. Pure; time is handed in.
//!
//! The rule a newcomer would break: faults are of three kinds. A camera that is *gone* is looked for each second and counts
//! for nothing; one that is *refused* (held, not permitted) is asked again with growing pauses; one that is *broken* is
//! reset, and after [`RESETS_MAX`] resets in a row somebody is called, for a reset that did not help twice helps no more.

use super::{FrameError, PixelFormat};
use crate::status::{Condition, DeviceState, Status};
use std::time::{Duration, Instant};

/// Resets in a row before a technician is called. The host goes on trying, rarely.
pub const RESETS_MAX: u32 = 2;

/// Waits and limits of a host. Only tests use others than the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostTiming {
    /// The keeper looks this often.
    pub look_ms: u64,
    /// Opening, up to the first frame, may take this long before it is called a stall.
    pub open_ms: u64,
    /// No frame for this long is a stall.
    pub stall_ms: u64,
    /// The same picture for this long is a frozen stream; zero switches it off, for sources that have no sensor.
    pub frozen_ms: u64,
    /// Black without structure for this long is a covered lens.
    pub covered_ms: u64,
    /// A stream that has been stalled or frozen for this long is reset.
    pub reset_ms: u64,
    /// A thread that has been inside its driver for this long is abandoned.
    pub abandon_ms: u64,
    /// First pause after a fault; doubled each time up to `back_off_ms_max`.
    pub back_off_ms: u64,
    /// Longest pause before a camera that is there is asked again.
    pub back_off_ms_max: u64,
    /// A camera that is gone is looked for this often.
    pub gone_look_ms: u64,
    /// Pause before another try when resets have not helped.
    pub escalated_ms: u64,
    /// Frames for this long make earlier resets forgotten.
    pub healthy_ms: u64,
}

impl Default for HostTiming {
    fn default() -> Self {
        HostTiming {
            look_ms: 100,
            open_ms: 7000,
            stall_ms: 800,
            frozen_ms: 1000,
            covered_ms: 3000,
            reset_ms: 2500,
            abandon_ms: 9000,
            back_off_ms: 500,
            back_off_ms_max: 4000,
            gone_look_ms: 1000,
            escalated_ms: 30_000,
            healthy_ms: 10_000,
        }
    }
}

/// What happened to a camera, for its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameraEvent {
    /// The first frame after opening.
    Opened { format: PixelFormat, width: u32, height: u32 },
    /// Frames of another form come without anybody having asked for it.
    FormatChanged { from: (PixelFormat, u32, u32), to: (PixelFormat, u32, u32) },
    /// No frames any more.
    Stalled,
    /// The same picture again and again.
    Frozen,
    /// The source is of no more use.
    Lost { fault: FrameError },
    /// The source is closed and opened again, for this time in a row.
    Reset { attempt: u32 },
    /// Resets did not help.
    Escalated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Gone,
    Refused,
    Broken,
}

pub(super) fn kind_of(fault: &FrameError) -> Kind {
    match fault {
        FrameError::Absent { .. } | FrameError::Unplugged => Kind::Gone,
        FrameError::HeldByOther | FrameError::Permission | FrameError::NoFormat { .. } | FrameError::Program { .. } | FrameError::Stuck { .. } => Kind::Refused,
        FrameError::TimedOut { .. } | FrameError::Fault { .. } | FrameError::Undecodable | FrameError::Frozen | FrameError::Hung { .. } => Kind::Broken,
    }
}

/// How often what has been tried.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    refusals: u32,
    resets: u32,
    well_since: Option<Instant>,
}

impl Course {
    /// A good frame came.
    pub(super) fn well(&mut self, now: Instant, timing: &HostTiming) {
        let since = *self.well_since.get_or_insert(now);
        self.refusals = 0;
        if now.saturating_duration_since(since) >= Duration::from_millis(timing.healthy_ms) {
            self.resets = 0;
        }
    }

    /// A source ended; the pause before the next one.
    pub(super) fn lost(&mut self, kind: Kind, timing: &HostTiming) -> Duration {
        self.well_since = None;
        let pause_ms = match kind {
            Kind::Gone => {
                (self.refusals, self.resets) = (0, 0);
                timing.gone_look_ms
            }
            Kind::Refused => {
                self.refusals = self.refusals.saturating_add(1);
                timing.back_off_ms.saturating_mul(1 << (self.refusals - 1).min(16)).min(timing.back_off_ms_max)
            }
            Kind::Broken => {
                self.resets = self.resets.saturating_add(1);
                if self.escalated() { timing.escalated_ms } else { timing.back_off_ms }
            }
        };
        Duration::from_millis(pause_ms)
    }

    pub(super) fn resets(&self) -> u32 {
        self.resets
    }

    /// Resets have been tried and did not help.
    pub(super) fn escalated(&self) -> bool {
        self.resets > RESETS_MAX
    }
}

/// A source at work.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    pub(super) frames: u64,
    pub(super) since_start: Duration,
    pub(super) silent_for: Duration,
    pub(super) frozen_for: Duration,
    pub(super) covered_for: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Starting,
    Good,
    Covered,
    Stalled,
    Frozen,
}

impl Run {
    pub(super) fn stream(&self, timing: &HostTiming) -> Stream {
        let longer = |time: Duration, limit_ms: u64| time > Duration::from_millis(limit_ms);
        if self.frames == 0 {
            return if longer(self.since_start, timing.open_ms) { Stream::Stalled } else { Stream::Starting };
        }
        if longer(self.silent_for, timing.stall_ms) {
            Stream::Stalled
        } else if timing.frozen_ms > 0 && longer(self.frozen_for, timing.frozen_ms) {
            Stream::Frozen
        } else if longer(self.covered_for, timing.covered_ms) {
            Stream::Covered
        } else {
            Stream::Good
        }
    }

    /// Why it should be closed and opened again.
    pub(super) fn needs_reset(&self, timing: &HostTiming) -> Option<FrameError> {
        let limit = Duration::from_millis(timing.reset_ms);
        match self.stream(timing) {
            Stream::Stalled if self.frames > 0 && self.silent_for < limit => None,
            Stream::Stalled => Some(FrameError::TimedOut { waited_ms: self.silent_for.as_millis() as u64 }),
            Stream::Frozen if self.frozen_for >= limit => Some(FrameError::Frozen),
            Stream::Frozen | Stream::Starting | Stream::Good | Stream::Covered => None,
        }
    }
}

/// Everything a status follows from.
pub(super) struct Known<'a> {
    pub(super) abandoned_too_many: bool,
    pub(super) stopped: bool,
    pub(super) escalated: bool,
    pub(super) ever_seen: bool,
    pub(super) run: Option<Run>,
    pub(super) last_fault: Option<&'a FrameError>,
}

pub(super) fn status(known: &Known<'_>, timing: &HostTiming) -> Status {
    if known.abandoned_too_many {
        return Status::of(DeviceState::HardwareError).with(Condition::STREAM_ABANDONED);
    }
    if known.stopped {
        return Status::of(DeviceState::Offline);
    }
    let status = match known.run.map(|run| run.stream(timing)) {
        Some(Stream::Good) => return Status::of(DeviceState::Online),
        Some(Stream::Covered) => return Status::of(DeviceState::Online).with(Condition::LENS_COVERED),
        Some(Stream::Stalled) => Status::unknown().with(Condition::STREAM_STALLED),
        Some(Stream::Frozen) => Status::of(DeviceState::HardwareError).with(Condition::STREAM_FROZEN),
        Some(Stream::Starting) | None => known.last_fault.map_or(Status::of(DeviceState::Starting), |fault| of_fault(fault, known.ever_seen)),
    };
    let reset_helps = status.has(Condition::STREAM_STALLED) || status.has(Condition::STREAM_FROZEN);
    if known.escalated && (reset_helps || status.has(Condition::CAMERA_INOPERATIVE)) {
        // Resets did not help, so what holds now is for a technician.
        return Status::of(DeviceState::HardwareError).with(Condition::CAMERA_INOPERATIVE);
    }
    status
}

fn of_fault(fault: &FrameError, ever_seen: bool) -> Status {
    let gone = if ever_seen { DeviceState::PowerOff } else { DeviceState::NoDevice };
    match fault {
        FrameError::Absent { .. } | FrameError::Unplugged => Status::of(gone).with(Condition::CAMERA_ABSENT),
        FrameError::HeldByOther => Status::unknown().with(Condition::CAMERA_HELD_BY_OTHER),
        FrameError::Permission => Status::unknown().with(Condition::CAMERA_PERMISSION),
        FrameError::NoFormat { .. } => Status::of(DeviceState::HardwareError).with(Condition::CAMERA_MISCONFIGURED),
        FrameError::Program { .. } => Status::unknown().with(Condition::CAMERA_MISCONFIGURED),
        FrameError::TimedOut { .. } | FrameError::Hung { .. } => Status::unknown().with(Condition::STREAM_STALLED),
        FrameError::Frozen => Status::of(DeviceState::HardwareError).with(Condition::STREAM_FROZEN),
        FrameError::Stuck { .. } => Status::of(DeviceState::HardwareError).with(Condition::STREAM_ABANDONED),
        FrameError::Fault { .. } | FrameError::Undecodable => Status::of(DeviceState::HardwareError).with(Condition::CAMERA_INOPERATIVE),
    }
}
