//! The promised moment: when the clock starts, where it stands still, when it ends, and what is owed when it is missed.
//!
//! The 1×24 hours start at the later of the submission and the next working minute, and run through working days only, so
//! that Friday 14.10 becomes Monday 14.10. Which clock applies is data: each service lists its clocks with their conditions.
//! The kiosk prints the moment and central judges lateness with this same code.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Deserialize;

use crate::facts::Facts;
use crate::{Answers, Catalogue, City, CompensationPer, Output, Service, Text};

/// Days that are looked through for a working one; a longer closure is a mistake in the data.
const CLOSED_DAYS_MAX: usize = 60;

/// One row of `shared/clocks.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    pub id: String,
    /// Hours on working days.
    #[serde(default)]
    pub hours: i64,
    /// Whole working days, beside or instead of hours.
    #[serde(default)]
    pub working_days: i64,
    /// Whether the city pays when this clock is missed; the longer clocks are outside the 1×24 h promise.
    #[serde(default)]
    pub compensated: bool,
    /// "1×24 jam kerja", for the requirements page.
    pub label: Text,
}

/// What a slip promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    pub clock: String,
    pub due_at: Timestamp,
}

/// Whether a promise was kept, and what is owed if not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lateness {
    pub late: bool,
    /// Days begun since the promised moment; 0 when in time.
    pub days_late: i64,
    pub owed_rupiah: i64,
}

impl Clock {
    /// The last promised moment for a submission at `submitted`.
    pub fn promise(&self, city: &City, submitted: Timestamp) -> Promise {
        let start = next_working_minute(city, city.local(submitted));
        let left = SignedDuration::from_hours(self.hours + 24 * self.working_days);
        Promise { clock: self.id.clone(), due_at: city.instant(run(city, start, left)) }
    }
}

impl Catalogue {
    /// The clock of the whole application: the first of the service's clocks whose condition holds.
    ///
    /// # Panics
    /// Never for a K1 or K2 service of a loaded catalogue, since the check asks for a clock without a condition; a K3 service has none.
    pub fn service_clock(&self, service: &Service, answers: &Answers, today: Date) -> Option<&Clock> {
        let facts = Facts::of_route(self, service, answers, today);
        let used = service.clocks.iter().find(|used| used.when.as_ref().is_none_or(|rule| rule.holds(&facts)))?;
        self.clock(&used.clock)
    }

    /// What is promised for the application as a whole.
    pub fn promise(&self, service: &Service, answers: &Answers, submitted: Timestamp) -> Option<Promise> {
        let today = self.city.local(submitted).date();
        self.service_clock(service, answers, today).map(|clock| clock.promise(&self.city, submitted))
    }

    /// What is promised for one of its outputs.
    pub fn output_promise(&self, service: &Service, output: &Output, answers: &Answers, submitted: Timestamp) -> Option<Promise> {
        match output.clock.as_deref().and_then(|id| self.clock(id)) {
            Some(clock) => Some(clock.promise(&self.city, submitted)),
            None => self.promise(service, answers, submitted),
        }
    }

    /// The new due moment after a pause from `held_from` to `now`: the time that was left then runs from now, on working days.
    /// A promise that was broken before the pause stays broken, and a pause never makes a promise tighter.
    pub fn resume(&self, due_at: Timestamp, held_from: Timestamp, now: Timestamp) -> Timestamp {
        if held_from >= due_at || now <= held_from {
            return due_at;
        }
        let city = &self.city;
        let left = running_time(city, city.local(held_from), city.local(due_at));
        city.instant(run(city, on_working_day(city, city.local(now)), left))
    }

    /// How late something is at `at` that was due at `due_at` under this clock.
    pub fn lateness(&self, clock: &str, due_at: Timestamp, at: Timestamp) -> Lateness {
        let late = at > due_at;
        let day_secs = 24 * 3600;
        let days_late = if late { (at.duration_since(due_at).as_secs() + day_secs - 1).div_euclid(day_secs).max(1) } else { 0 };
        let compensated = self.clock(clock).is_some_and(|clock| clock.compensated);
        let owed = &self.city.compensation;
        let times = match owed.per {
            CompensationPer::Once => days_late.min(1),
            CompensationPer::Day => days_late,
        };
        Lateness { late, days_late, owed_rupiah: if compensated { owed.amount_rupiah * times } else { 0 } }
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

/// This moment, or the beginning of the next working day. A clock that runs already runs through the night of a working day.
fn on_working_day(city: &City, at: DateTime) -> DateTime {
    if city.is_working_day(at.date()) { at } else { next_working_day(city, at.date()).at(0, 0, 0, 0) }
}

/// The time the clock ran between two moments: what [`run`] would need to get from one to the other.
fn running_time(city: &City, from: DateTime, to: DateTime) -> SignedDuration {
    let mut at = on_working_day(city, from);
    let mut time = SignedDuration::ZERO;
    while at < to {
        let midnight = at.date().saturating_add(1.day()).at(0, 0, 0, 0);
        time += midnight.min(to).duration_since(at);
        at = next_working_day(city, at.date()).at(0, 0, 0, 0);
    }
    time
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
