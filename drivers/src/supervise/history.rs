//! What was the matter with a device, when and for how long: the stuff that forecasts are made of.
//!
//! It holds staff codes and times and nothing about anybody. The rule a newcomer would break: it is bounded, the oldest
//! spells fall out, and the totals stay.

use crate::status::Status;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Spells kept of one condition.
pub const SPELLS_MAX: usize = 64;

/// One time that a condition held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// Unix seconds when it was first seen.
    pub from_secs: i64,
    /// Unix seconds when it was last seen.
    pub to_secs: i64,
}

/// Everything known of one condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// Times it ever held, also those whose spells have fallen out.
    count: u64,
    /// Seconds it ever held.
    total_secs: u64,
    /// The last spells, oldest first.
    spells: VecDeque<Spell>,
    /// It holds now.
    open: bool,
}

/// The history of one device, by staff code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    records: BTreeMap<String, Record>,
}

impl History {
    /// Takes down how the device is at this moment. A clock that was set back makes a spell of no length, not a negative one.
    pub fn note(&mut self, status: &Status, now_secs: i64) {
        let now: BTreeSet<&str> = status.conditions.iter().map(|condition| condition.row().staff_code).collect();
        for (code, record) in &mut self.records {
            if record.open
                && let Some(spell) = record.spells.back_mut()
            {
                let longer = now_secs.saturating_sub(spell.to_secs).max(0);
                spell.to_secs += longer;
                record.total_secs += longer.unsigned_abs();
                record.open = now.contains(code.as_str());
            }
        }
        for code in now {
            let record = self.records.entry(code.to_owned()).or_default();
            if !record.open {
                record.open = true;
                record.count += 1;
                if record.spells.len() == SPELLS_MAX {
                    record.spells.pop_front();
                }
                record.spells.push_back(Spell { from_secs: now_secs, to_secs: now_secs });
            }
        }
    }

    /// The last spells of a condition, oldest first.
    pub fn spells(&self, staff_code: &str) -> impl Iterator<Item = Spell> + '_ {
        self.records.get(staff_code).into_iter().flat_map(|record| record.spells.iter().copied())
    }

    /// How often it ever held.
    pub fn count(&self, staff_code: &str) -> u64 {
        self.records.get(staff_code).map_or(0, |record| record.count)
    }

    /// Seconds that it ever held.
    pub fn total_secs(&self, staff_code: &str) -> u64 {
        self.records.get(staff_code).map_or(0, |record| record.total_secs)
    }

    /// Mean seconds from the beginning of one spell to the next; `None` with fewer than three spells, since two tell nothing.
    pub fn mean_secs_between(&self, staff_code: &str) -> Option<i64> {
        let spells: Vec<Spell> = self.spells(staff_code).collect();
        let (first, last) = (spells.first()?, spells.last()?);
        let gaps = i64::try_from(spells.len()).ok()? - 1;
        (gaps >= 2).then(|| last.from_secs.saturating_sub(first.from_secs) / gaps)
    }

    /// When it may be expected next, in Unix seconds.
    pub fn next_expected_secs(&self, staff_code: &str) -> Option<i64> {
        let mean = self.mean_secs_between(staff_code)?;
        self.spells(staff_code).last().map(|spell| spell.from_secs.saturating_add(mean))
    }

    /// Staff codes that ever held, in order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.records.keys().map(String::as_str)
    }
}
