//! The promised moment: when the clock starts, where it stands still, when it ends.
//!
//! The 1×24 hours start at the later of the submission and the next working minute, and run through working days only, so
//! that Friday 14.10 becomes Monday 14.10. Scope and exceptions are data: each service lists its clocks.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Deserialize;

use crate::{City, Rule, Text};

/// Days that are looked through for a working one; a longer closure is a mistake in the data.
const CLOSED_DAYS_MAX: usize = 60;

/// One clock of a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    pub id: String,
    #[serde(default)]
    pub when: Option<Rule>,
    /// Hours on working days.
    #[serde(default)]
    pub hours: i64,
    /// Whole working days, beside or instead of hours.
    #[serde(default)]
    pub working_days: i64,
    /// "1×24 jam kerja", for the requirements page.
    pub label: Text,
}

/// What a slip promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    pub clock: String,
    pub due_at: Timestamp,
}

impl Clock {
    /// The last promised moment for a submission at `submitted`.
    pub fn promise(&self, city: &City, submitted: Timestamp) -> Promise {
        let start = next_working_minute(city, city.local(submitted));
        let day_secs = 24 * 3600;
        let left = SignedDuration::from_secs(self.hours * 3600 + self.working_days * day_secs);
        Promise { clock: self.id.clone(), due_at: city.instant(run(city, start, left)) }
    }
}

/// The first minute at or after `from` at which the office works.
fn next_working_minute(city: &City, from: DateTime) -> DateTime {
    if city.is_working_day(from.date()) && from.time() < city.closes {
        return if from.time() < city.opens { from.date().to_datetime(city.opens) } else { from };
    }
    next_working_day(city, from.date()).to_datetime(city.opens)
}

/// Lets the clock run for `left`, standing still on days that are not working days.
fn run(city: &City, start: DateTime, left: SignedDuration) -> DateTime {
    let mut at = start;
    let mut left = left;
    loop {
        let midnight = at.date().saturating_add(1.day()).at(0, 0, 0, 0);
        let today = midnight.duration_since(at);
        if left < today {
            return at.saturating_add(left);
        }
        left -= today;
        at = next_working_day(city, at.date()).at(0, 0, 0, 0);
    }
}

/// The first working day after `date`.
fn next_working_day(city: &City, date: Date) -> Date {
    let mut day = date;
    for _ in 0..CLOSED_DAYS_MAX {
        day = day.saturating_add(1.day());
        if city.is_working_day(day) {
            return day;
        }
    }
    day
}
