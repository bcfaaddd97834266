//! One device under watch: what its status is now, whether it is silent, and whether it is to be reset.
//!
//! The rules a newcomer would break: a status is told only when it changes, with a number that grows by one; while a command
//! holds the device its own, longer limit counts; and no reset is ordered while somebody stands in front of the machine.

use super::phase::{Happening, Phase, next_phase};
use crate::status::{Action, Condition, DeviceState, Status};
use std::time::Duration;

/// Silence is this many poll periods.
const SILENT_POLLS: u32 = 3;
/// Resets before a person is told.
const RESETS_MAX: u32 = 2;
/// Answers in a row that name something a reset helps against, before one is ordered.
const AILING_ANSWERS: u32 = 3;
/// A device that was well for this long has its resets back.
const WELL_FOR: Duration = Duration::from_secs(600);

/// Times of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchTiming {
    /// Between two questions.
    pub poll: Duration,
    /// The longest that one command may take.
    pub command: Duration,
    /// The longest that one reset may take.
    pub reset: Duration,
}

/// A status that differs from the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChanged {
    /// Grows by one with each change of this device.
    pub sequence: u64,
    /// Time since the kiosk started.
    pub at: Duration,
    /// An answer to a question, or told unasked.
    pub solicited: bool,
    /// How it is now.
    pub status: Status,
}

/// What whoever owns the device does now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Tell it to everybody who wants to know.
    Tell(StatusChanged),
    /// Reset the device and say when that is over; the number counts from one.
    Reset { attempt: u32 },
}

/// The watch over one device.
#[derive(Clone, Debug)]
pub struct Watch {
    timing: WatchTiming,
    phase: Phase,
    /// When the phase's own patience began.
    since: Duration,
    well_since: Option<Duration>,
    ailing: u32,
    resets: u32,
    held: bool,
    sequence: u64,
    told: Status,
}

impl Watch {
    /// A device that nobody has heard of yet, at `now` since the kiosk started.
    pub fn new(timing: WatchTiming, now: Duration) -> Self {
        Watch {
            timing,
            phase: Phase::Unseen,
            since: now,
            well_since: None,
            ailing: 0,
            resets: 0,
            held: false,
            sequence: 0,
            told: Status::of(DeviceState::Starting),
        }
    }

    /// Where it stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The last status that was told.
    pub fn status(&self) -> &Status {
        &self.told
    }

    /// No reset while somebody stands in front of the machine.
    pub fn hold_resets(&mut self, held: bool) {
        self.held = held;
    }

    /// The device said how it is. `solicited` when it was asked.
    pub fn answered(&mut self, status: Status, solicited: bool, now: Duration) -> Vec<Order> {
        let is_ailing = status.required().0 == Action::Reset && status.device != DeviceState::Unknown;
        self.ailing = if is_ailing { self.ailing.saturating_add(1) } else { 0 };
        match (is_ailing, self.well_since) {
            (true, _) => self.well_since = None,
            (false, None) => self.well_since = Some(now),
            (false, Some(since)) if now.saturating_sub(since) >= WELL_FOR => self.resets = 0,
            (false, Some(_)) => {}
        }
        let happening = match (self.ailing >= AILING_ANSWERS, self.held, self.may_reset()) {
            (false, ..) | (true, true, _) => Happening::Answered,
            (true, false, true) => Happening::AilingMayReset,
            (true, false, false) => Happening::AilingSpent,
        };
        let mut orders = self.go(happening, now);
        let said = if self.phase == Phase::Escalated { status.with(Condition::LINK_LOST) } else { status };
        // What a device says while it is reset is not what it will be.
        if self.phase != Phase::Resetting {
            orders.extend(self.tell(said, solicited, now));
        }
        orders
    }

    /// Time passes. Call it at least once in a poll period.
    pub fn tick(&mut self, now: Duration) -> Vec<Order> {
        if now.saturating_sub(self.since) < self.patience() {
            return Vec::new();
        }
        self.well_since = None;
        let happening = match (self.held, self.may_reset()) {
            (true, _) => Happening::LateHeld,
            (false, true) => Happening::LateMayReset,
            (false, false) => Happening::LateSpent,
        };
        let mut orders = self.go(happening, now);
        let status = match self.phase {
            Phase::Gone => Status::of(DeviceState::PowerOff),
            Phase::Escalated => Status::unknown().with(Condition::LINK_LOST),
            _ => Status::unknown().with(Condition::LINK_SILENT),
        };
        orders.extend(self.tell(status, false, now));
        orders
    }

    /// A command begins. False when none may begin now: another one runs, it is being reset, or it is gone.
    pub fn command_began(&mut self, now: Duration) -> bool {
        let may = next_phase(self.phase, Happening::CommandBegan).is_some();
        if may {
            self.go(Happening::CommandBegan, now);
        }
        may
    }

    /// The command is over.
    pub fn command_ended(&mut self, now: Duration) {
        self.go(Happening::CommandEnded, now);
    }

    /// The reset is over; the next answers tell whether it helped.
    pub fn reset_ended(&mut self, now: Duration) {
        self.ailing = 0;
        self.go(Happening::ResetEnded, now);
    }

    /// The system says that the device was pulled out.
    pub fn unplugged(&mut self, now: Duration) -> Vec<Order> {
        let mut orders = self.go(Happening::Unplugged, now);
        orders.extend(self.tell(Status::of(DeviceState::PowerOff), false, now));
        orders
    }

    /// The system says that the device was plugged in: what was tried before is forgotten.
    pub fn plugged(&mut self, now: Duration) -> Vec<Order> {
        if !matches!(self.phase, Phase::Watched | Phase::Commanding) {
            self.resets = 0;
            self.ailing = 0;
        }
        let mut orders = self.go(Happening::Plugged, now);
        if self.phase == Phase::Unseen {
            orders.extend(self.tell(Status::of(DeviceState::Starting), false, now));
        }
        orders
    }

    fn may_reset(&self) -> bool {
        self.resets < RESETS_MAX
    }

    /// How long this phase may last without a word.
    fn patience(&self) -> Duration {
        match self.phase {
            Phase::Commanding => self.timing.command,
            Phase::Resetting => self.timing.reset,
            _ => self.timing.poll * SILENT_POLLS,
        }
    }

    fn go(&mut self, happening: Happening, now: Duration) -> Vec<Order> {
        let Some(next) = next_phase(self.phase, happening) else {
            log::error!(phase:? = self.phase, happening:? = happening; "impossible_happening");
            return Vec::new();
        };
        let was = std::mem::replace(&mut self.phase, next);
        // A word unasked does not lengthen a command, nor a reset.
        if !(was == next && matches!(next, Phase::Commanding | Phase::Resetting)) {
            self.since = now;
        }
        if next == Phase::Resetting && was != Phase::Resetting {
            self.resets += 1;
            self.ailing = 0;
            return vec![Order::Reset { attempt: self.resets }];
        }
        Vec::new()
    }

    fn tell(&mut self, status: Status, solicited: bool, now: Duration) -> Option<Order> {
        if status == self.told {
            return None;
        }
        self.told = status.clone();
        self.sequence += 1;
        Some(Order::Tell(StatusChanged { sequence: self.sequence, at: now, solicited, status }))
    }
}
