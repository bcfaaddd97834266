//! Paper counted in millimetres, and from it a forecast of the roll's end. Pure: days are handed in, nothing is stored here.
//!
//! It asks no printer. The rule a newcomer would break: the count is an estimate and is called one. It says nothing about the
//! end of the roll with less than two whole days of history, and where a sensor looks at the roll, the sensor is right.

use crate::status::{Condition, DeviceState, Status};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Days of history kept.
pub const METER_DAYS_MAX: usize = 60;
/// Whole days of history below which no forecast is given.
pub const FORECAST_DAYS_MIN: u32 = 2;

/// What the estimate is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterSettings {
    /// Length of a full roll, in mm.
    pub roll_mm: u32,
    /// At this much left, or less, [`Condition::ROLL_ESTIMATE_LOW`] holds, in mm.
    pub low_mm: u32,
    /// What is about left when a near-end sensor speaks, in mm; it depends on how the sensor was set by hand.
    pub near_end_mm: u32,
}

impl MeterSettings {
    /// A low mark at 4 m, some twenty slips, and a sensor that speaks at 6 m; both are our estimates.
    pub fn of_roll(roll_mm: u32) -> Self {
        MeterSettings { roll_mm, low_mm: 4_000, near_end_mm: 6_000 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Day {
    /// Number of the day, counted from any fixed day.
    day: u32,
    mm: u32,
}

/// The estimate compared with a near-end sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// No sensor has spoken on this roll.
    NotCompared,
    /// Both say about the same.
    Agrees,
    /// The sensor spoke while the estimate still had this much more: the roll was not full, or is shorter than set, in mm.
    SensorEarlier { mm: u32 },
    /// The estimate is below the mark by this much and the sensor has said nothing, in mm.
    SensorLater { mm: u32 },
}

/// Counts the paper of one roll. The kiosk stores it as it is; it names no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollMeter {
    settings: MeterSettings,
    used_mm: u32,
    /// Used since the sensor spoke, and what the estimate had left at that moment.
    since_near_end: Option<NearEnd>,
    roll_is_out: bool,
    days: VecDeque<Day>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct NearEnd {
    used_at_mm: u32,
    estimate_left_mm: u32,
}

impl RollMeter {
    /// A full roll and no history.
    pub fn new(settings: MeterSettings) -> Self {
        RollMeter { settings, used_mm: 0, since_near_end: None, roll_is_out: false, days: VecDeque::new() }
    }

    /// Other settings for the same roll, after somebody edited them.
    pub fn set(&mut self, settings: MeterSettings) {
        self.settings = settings;
    }

    /// Paper moved on this day. Days may be numbered from any fixed day, and do not go back.
    pub fn printed(&mut self, mm: u32, day: u32) {
        self.used_mm = self.used_mm.saturating_add(mm);
        match self.days.back_mut() {
            // A clock that was set back counts for the newest day known.
            Some(newest) if newest.day >= day => newest.mm = newest.mm.saturating_add(mm),
            _ => self.days.push_back(Day { day, mm }),
        }
        while self.days.len() > METER_DAYS_MAX {
            self.days.pop_front();
        }
    }

    /// Somebody says that there is a new full roll. The history stays, because people go on printing as before.
    pub fn roll_changed(&mut self) {
        self.used_mm = 0;
        self.since_near_end = None;
        self.roll_is_out = false;
    }

    /// Looks at a status; true when it shows that the roll was changed: paper was out and is in again.
    pub fn observe(&mut self, status: &Status) -> bool {
        if status.has(Condition::ROLL_OUT) {
            self.roll_is_out = true;
            return false;
        }
        // Silence and a vanished printer say nothing about paper.
        if !matches!(status.device, DeviceState::Online | DeviceState::DeviceBusy) || status.has(Condition::LINK_ONE_WAY) {
            return false;
        }
        if self.roll_is_out {
            self.roll_changed();
            return true;
        }
        if status.has(Condition::ROLL_NEAR_END) && self.since_near_end.is_none() {
            self.since_near_end = Some(NearEnd { used_at_mm: self.used_mm, estimate_left_mm: self.counted_left_mm() });
        }
        false
    }

    /// Paper moved since the roll was new, in mm.
    pub fn used_mm(&self) -> u32 {
        self.used_mm
    }

    fn counted_left_mm(&self) -> u32 {
        self.settings.roll_mm.saturating_sub(self.used_mm)
    }

    /// What is left by the estimate, in mm; never more than the sensor allows.
    pub fn left_mm(&self) -> u32 {
        match self.since_near_end {
            None => self.counted_left_mm(),
            Some(spoken) => self.counted_left_mm().min(self.settings.near_end_mm.saturating_sub(self.used_mm - spoken.used_at_mm)),
        }
    }

    /// Days until the roll ends at the pace of the whole days before `today`; `None` with less than
    /// [`FORECAST_DAYS_MIN`] of them, or when nothing was printed on them. Days on which nobody came count as days.
    pub fn days_left(&self, today: u32) -> Option<f64> {
        let first = self.days.front()?.day;
        let whole_days = today.saturating_sub(first);
        if whole_days < FORECAST_DAYS_MIN {
            return None;
        }
        let mm: u32 = self.days.iter().filter(|day| day.day < today).map(|day| day.mm).fold(0, u32::saturating_add);
        (mm > 0).then(|| f64::from(self.left_mm()) / (f64::from(mm) / f64::from(whole_days)))
    }

    /// The condition that the estimate makes, if any.
    pub fn condition(&self) -> Option<Condition> {
        (self.left_mm() <= self.settings.low_mm).then_some(Condition::ROLL_ESTIMATE_LOW)
    }

    /// The estimate beside the sensor; a tenth of the roll is within what both can know.
    pub fn agreement(&self, has_sensor: bool) -> Agreement {
        let slack_mm = self.settings.roll_mm / 10;
        match self.since_near_end {
            Some(spoken) => {
                let earlier_mm = spoken.estimate_left_mm.saturating_sub(self.settings.near_end_mm);
                if earlier_mm > slack_mm { Agreement::SensorEarlier { mm: earlier_mm } } else { Agreement::Agrees }
            }
            None if has_sensor => {
                // Counted below zero, too: a roll longer than set runs on after the count is at its end.
                let mark_mm = self.settings.roll_mm.saturating_sub(self.settings.near_end_mm);
                let later_mm = self.used_mm.saturating_sub(mark_mm);
                if later_mm > slack_mm { Agreement::SensorLater { mm: later_mm } } else { Agreement::NotCompared }
            }
            None => Agreement::NotCompared,
        }
    }
}
