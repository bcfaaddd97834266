//! The states an application goes through, and which change may follow which.
//!
//! Central checks every change against these tables; the kiosk only shows them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Text;

/// One state. Labels for officers, sentences for residents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub id: String,
    /// The officer's word.
    pub label: Text,
    /// One plain sentence for the resident: where the application is now.
    pub resident: Text,
    pub tone: StateTone,
    /// The promised clock stands still here.
    #[serde(default)]
    pub pauses_clock: bool,
    /// Nothing follows.
    #[serde(default)]
    pub terminal: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateTone {
    Plain,
    Attention,
    Trouble,
    Done,
}

/// The way of one kind of output (card, PDF) from submission to hand-over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatePath {
    pub id: String,
    pub start: String,
    /// The straight way, shown to the resident as stages.
    pub stages: Vec<String>,
    /// What may follow each state.
    pub next: BTreeMap<String, Vec<String>>,
}

impl StatePath {
    /// States that may follow `from`; empty when nothing may.
    pub fn next(&self, from: &str) -> &[String] {
        self.next.get(from).map_or(&[], Vec::as_slice)
    }

    pub fn may_move(&self, from: &str, to: &str) -> bool {
        self.next(from).iter().any(|state| state == to)
    }

    /// Every state named anywhere on this path.
    pub fn states(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.next.iter().flat_map(|(from, to)| std::iter::once(from.as_str()).chain(to.iter().map(String::as_str))).collect();
        all.extend(self.stages.iter().map(String::as_str));
        all.push(&self.start);
        all.sort_unstable();
        all.dedup();
        all
    }
}
