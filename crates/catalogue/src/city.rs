//! What is true of one city and no other: its time, its hours, its holidays, its names, addresses and disputed figures.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{Timestamp, civil::Weekday};
use serde::Deserialize;

use crate::text::Texts;
use crate::{Language, Menu, Text};

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
    pub compensation: Compensation,
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
    /// Names of the office's own menus.
    pub menus: BTreeMap<Menu, Text>,
    /// Names that sentences of services leave open as `{name}`: the city in short, its office's building.
    pub names: BTreeMap<String, String>,
    /// Figures on which sources differ or which the city sets itself; rules see them as `kota.<name>`.
    #[serde(default)]
    pub rules: BTreeMap<String, Figure>,
}

/// What is owed when the promise is broken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compensation {
    pub amount_rupiah: i64,
    pub per: CompensationPer,
    /// What is owed and how to ask for it, as it stands on the slip.
    pub text: Text,
}

/// Two city sources differ on this, so it is a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompensationPer {
    Once,
    /// For each day begun.
    Day,
}

/// One figure with where it comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    pub value: i64,
    pub source: String,
    /// Sources contradict each other: nothing may be refused because of it.
    #[serde(default)]
    pub disputed: bool,
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

    pub(crate) fn figures(&self) -> HashMap<String, i64> {
        self.rules.iter().map(|(name, figure)| (name.clone(), figure.value)).collect()
    }

    fn offset(&self) -> Offset {
        Offset::from_seconds(self.utc_offset_minutes * 60).unwrap_or(Offset::UTC)
    }
}

impl Texts for City {
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut Text)) {
        self.office.each_text(visit);
        self.helpdesk.each_text(visit);
        self.compensation.text.each_text(visit);
        self.menus.values_mut().for_each(|menu| menu.each_text(visit));
    }
}

/// One row of the region tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Dotted code, `35.78.07`.
    pub code: String,
    pub name: String,
}
