//! What is true of one city and no other: its time, its hours, its holidays, its names and addresses.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{Timestamp, civil::Weekday};
use serde::Deserialize;

use crate::{Language, Text};

/// `city.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// Region code of the city (`35.78`).
    pub code: String,
    pub name: String,
    /// The office that issues the papers.
    pub office: Text,
    /// Address that a phone opens, without a token (`https://…`).
    pub tracking_url: String,
    /// Whom to ask or complain to, as it stands on the slip.
    pub helpdesk: Text,
    /// What is owed when the promise is broken, and how to ask for it.
    pub compensation: Text,
    /// Languages offered on the screen; everybody starts with the first.
    pub languages: Vec<Language>,
    /// Minutes east of Greenwich: WIB is 420.
    pub utc_offset_minutes: i32,
    /// Working weekdays, Monday is 1.
    pub working_days: Vec<i8>,
    pub opens: Time,
    pub closes: Time,
    #[serde(default)]
    pub holidays: Vec<Date>,
}

impl City {
    /// The city's own date and time at `at`.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.offset().to_datetime(at)
    }

    /// The moment at which the city's clocks show `local`.
    pub fn instant(&self, local: DateTime) -> Timestamp {
        self.offset().to_timestamp(local).unwrap_or(Timestamp::MAX)
    }

    /// The language everybody starts with.
    pub fn first_language(&self) -> Language {
        self.languages.first().copied().unwrap_or_default()
    }

    pub fn is_working_day(&self, date: Date) -> bool {
        self.working_days.contains(&Weekday::to_monday_one_offset(date.weekday())) && !self.holidays.contains(&date)
    }

    fn offset(&self) -> Offset {
        Offset::from_seconds(self.utc_offset_minutes * 60).unwrap_or(Offset::UTC)
    }
}

/// One row of the region tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Dotted code, `35.78.07`.
    pub code: String,
    pub name: String,
}
