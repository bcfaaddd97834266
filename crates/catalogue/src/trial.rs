//! Values that are worth trying where every answer cannot be: each choice, and the dates and numbers at which a condition turns.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::facts::{age_on, days_between};
use crate::step::{Level, PickFrom, Step, StepKind};
use crate::{City, EntryKind, Rule};

/// Invented people: serial 0000 belongs to nobody.
const MAN: &str = "3578010507900000";
const WOMAN: &str = "3578014507900000";
/// Dates far from every limit, so that "never" and "long ago" are among the trials.
const LONG_AGO_DAYS: i64 = 40_000;

/// What a set of rules makes worth trying.
pub(crate) struct Trial<'a> {
    rules: Vec<&'a Rule>,
    city: &'a City,
    today: Date,
}

impl<'a> Trial<'a> {
    pub(crate) fn of(rules: impl Iterator<Item = &'a Rule>, city: &'a City, today: Date) -> Self {
        Self { rules: rules.collect(), city, today }
    }

    /// Answers to try for a step, all that matter: one only, when no rule looks at it.
    pub(crate) fn answers(&self, step: &Step) -> Vec<String> {
        let mut values = self.values(step);
        if !self.rules.iter().any(|rule| rule.looks_at(&step.id)) {
            values.truncate(1);
        }
        values
    }

    /// The same and "not answered".
    pub(crate) fn answers_and_none(&self, step: &Step) -> Vec<String> {
        let mut values = self.values(step);
        if !values.iter().any(String::is_empty) {
            values.push(String::new());
        }
        values
    }

    fn values(&self, step: &Step) -> Vec<String> {
        let compared = || self.rules.iter().flat_map(|rule| rule.compared_with(&step.id));
        let mut values: Vec<String> = match &step.kind {
            StepKind::Choice { choices } => choices.iter().map(|choice| choice.value.clone()).collect(),
            StepKind::Entry { kind, .. } => entry_values(*kind, &self.limits(&step.id), self.city, self.today),
            StepKind::Pick { from: PickFrom::Occupation, .. } => compared().chain(["88".into()]).collect(),
            StepKind::Pick { from: PickFrom::Region(Level::Kelurahan), .. } => compared().chain(["35.78.13.1005".into()]).collect(),
            StepKind::Pick { from: PickFrom::Region(Level::Kecamatan), .. } => compared().chain(["35.78.13".into()]).collect(),
            StepKind::Pick { from: PickFrom::Region(Level::Kabupaten), .. } => compared().chain(["35.78".into()]).collect(),
            StepKind::Paper { .. } => vec!["1".into()],
        };
        if matches!(step.kind, StepKind::Entry { optional: true, .. } | StepKind::Pick { optional: true, .. }) {
            values.push(String::new());
        }
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
        values
    }

    /// Limits in the rules that look at this step, with how they count. Those of the city are included.
    fn limits(&self, id: &str) -> BTreeSet<(Count, i64)> {
        let mut limits = BTreeSet::new();
        for rule in self.rules.iter().filter(|rule| rule.looks_at(id)) {
            let figures: Vec<i64> =
                rule.figures().into_iter().chain(rule.city_figures().filter_map(|name| self.city.rules.get(name)).map(|figure| figure.value)).collect();
            for count in Count::ALL.into_iter().filter(|count| rule.source().contains(count.function())) {
                limits.extend(figures.iter().map(|figure| (count, *figure)));
            }
        }
        limits
    }
}

/// How a rule measures a date or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Count {
    Years,
    DaysBack,
    DaysAhead,
    WorkingDays,
    Number,
}

impl Count {
    const ALL: [Count; 5] = [Self::Years, Self::DaysBack, Self::DaysAhead, Self::WorkingDays, Self::Number];

    fn function(self) -> &'static str {
        match self {
            Self::Years => "age",
            Self::DaysBack => "days_since(",
            Self::DaysAhead => "days_until(",
            Self::WorkingDays => "working_",
            Self::Number => "number(",
        }
    }

    /// What the rule would see of this date.
    fn of(self, date: Date, city: &City, today: Date) -> i64 {
        match self {
            Self::Years => age_on(date, today),
            Self::DaysBack => days_between(date, today),
            Self::DaysAhead => days_between(today, date),
            Self::WorkingDays => city.working_days_between(date, today),
            Self::Number => 0,
        }
    }

    /// Dates around the one at which a limit is reached.
    fn around(self, limit: i64, today: Date) -> Vec<Date> {
        let turn = match self {
            Self::Years => today.saturating_sub(limit.clamp(0, 200).years()),
            Self::DaysBack => today.saturating_sub(limit.clamp(0, LONG_AGO_DAYS).days()),
            Self::DaysAhead => today.saturating_add(limit.clamp(0, LONG_AGO_DAYS).days()),
            // Five working days of seven, and holidays beside: the limit lies somewhere in this stretch.
            Self::WorkingDays => {
                return (limit * 7 / 5 - 3..limit * 7 / 5 + 20).map(|days| today.saturating_sub(days.clamp(0, LONG_AGO_DAYS).days())).collect();
            }
            Self::Number => return Vec::new(),
        };
        [-1, 0, 1].map(|days: i64| turn.saturating_add(days.days())).to_vec()
    }
}

fn entry_values(kind: EntryKind, limits: &BTreeSet<(Count, i64)>, city: &City, today: Date) -> Vec<String> {
    match kind {
        EntryKind::BirthDate | EntryKind::Date => dates(limits, city, today, |date| date <= today),
        EntryKind::PlanDate => dates(limits, city, today, |date| date >= today),
        EntryKind::Number { min, max } => {
            let (min, max) = (i64::from(min), i64::from(max));
            let near = limits.iter().flat_map(|(_, limit)| [limit - 1, *limit, limit + 1]).filter(|value| (min..=max).contains(value));
            near.chain([min, max]).collect::<BTreeSet<i64>>().into_iter().map(|value| value.to_string()).collect()
        }
        EntryKind::Nik => vec![MAN.into(), WOMAN.into()],
        EntryKind::Kk => vec!["3578010101120000".into()],
        EntryKind::Name { .. } => vec!["SITI AMINAH".into()],
        EntryKind::Time => vec!["09.30".into()],
        EntryKind::Phone => vec!["081200000000".into()],
        EntryKind::Email => vec!["warga@contoh.id".into()],
        EntryKind::Text { .. } => vec!["CONTOH".into()],
        EntryKind::Akta => vec!["3578-LU-05072026-0001".into()],
        EntryKind::Skpwni => vec!["SKPWNI/3578/05072026/0001".into()],
        EntryKind::Letter => vec!["470/12/2026".into()],
    }
}

/// One date for each way in which the limits can be met, missed or passed; two dates that all limits judge alike are one.
fn dates(limits: &BTreeSet<(Count, i64)>, city: &City, today: Date, allowed: impl Fn(Date) -> bool) -> Vec<String> {
    let long_ago = today.saturating_sub(LONG_AGO_DAYS.days());
    let far_ahead = today.saturating_add(LONG_AGO_DAYS.days());
    let near = limits.iter().flat_map(|(count, limit)| count.around(*limit, today));
    let usual = [today.saturating_sub(36.years()), today, long_ago, far_ahead];
    let mut judged = BTreeSet::new();
    let mut kept = Vec::new();
    for (at, date) in usual.into_iter().chain(near).enumerate().filter(|(_, date)| allowed(*date)) {
        let judgement: Vec<std::cmp::Ordering> = limits.iter().map(|(count, limit)| count.of(date, city, today).cmp(limit)).collect();
        // The usual ones stay in any case: a rule may compare two dates with each other.
        if judged.insert(judgement) || at < usual.len() {
            kept.push(date.to_string());
        }
    }
    kept
}
