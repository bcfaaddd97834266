//! One question or one paper of a service: its kinds, and when it counts as answered.

use serde::Deserialize;

use crate::{Answers, Rule, Text};

/// One question or one paper.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: String,
    /// Asked only when this holds.
    pub when: Option<Rule>,
    /// Short name, for the check page and for officers.
    pub label: Text,
    pub question: Text,
    pub help: Option<Text>,
    /// The field of the paper form that the answer fills (`F-1.02 I: NIK`).
    pub field: Option<String>,
    pub kind: StepKind,
    /// Unit of a number, as it stands behind the figures.
    pub unit: Option<Text>,
    /// File and line where it was written, for whoever looks for it.
    pub place: (String, usize),
}

impl Step {
    /// Which named part of the journey this belongs to.
    pub fn section(&self) -> Section {
        match self.kind {
            StepKind::Choice { .. } => Section::Ask,
            StepKind::Entry { .. } | StepKind::Pick { .. } => Section::Data,
            StepKind::Paper { .. } => Section::Papers,
        }
    }

    pub fn is_answered(&self, answers: &Answers) -> bool {
        match &self.kind {
            StepKind::Choice { choices } => choices.iter().any(|choice| choice.value == answers.value(&self.id)),
            StepKind::Entry { optional, .. } | StepKind::Pick { optional, .. } => {
                answers.values.get(&self.id).is_some_and(|value| *optional || !value.is_empty())
            }
            StepKind::Paper { pages_min, .. } => answers.page_count(&self.id) >= *pages_min,
        }
    }

    /// What rules see of this step: the answer, or the number of pages of a paper.
    pub fn fact(&self, answers: &Answers) -> String {
        match self.kind {
            StepKind::Paper { .. } => match answers.page_count(&self.id) {
                0 => String::new(),
                pages => pages.to_string(),
            },
            _ => answers.value(&self.id).to_owned(),
        }
    }

    /// Which kind of item this is when something is sent back.
    pub fn item_kind(&self) -> ItemKind {
        match self.kind {
            StepKind::Choice { .. } => ItemKind::Choice,
            StepKind::Entry { .. } | StepKind::Pick { .. } => ItemKind::Entry,
            StepKind::Paper { .. } => ItemKind::Paper,
        }
    }
}

/// Kinds of items an officer can send back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    Choice,
    Entry,
    Paper,
}

#[derive(Clone, Debug)]
pub enum StepKind {
    Choice {
        choices: Vec<Choice>,
    },
    Entry {
        kind: EntryKind,
        optional: bool,
    },
    /// One row of a long list, found by typing a few letters.
    Pick {
        from: PickFrom,
        optional: bool,
    },
    /// A paper shown to camera or scanner; `paper` is its id in `papers`.
    Paper {
        paper: String,
        pages_min: usize,
        pages_max: usize,
    },
}

#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: Text,
    pub detail: Option<Text>,
    pub icon: String,
}

/// Long lists of which one row is picked. The value is the row's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickFrom {
    Region(Level),
    /// The ninety-nine occupations, in groups.
    Occupation,
}

/// How fine a region is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Of this city.
    Kelurahan,
    /// Of the country.
    Kecamatan,
    /// Kabupaten and kota of the country.
    Kabupaten,
}

/// Occupations that stand on one page of cards.
#[derive(Clone, Debug)]
pub struct OccupationGroup {
    pub label: Text,
    pub icon: String,
    pub codes: Vec<String>,
}

/// Kinds of typed fields. Each has its keys, its grouping and its rules (domain rules in [`crate::finding`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Nik,
    Kk,
    Name {
        /// A name that is being registered now: Permendagri 73/2022 binds it.
        new: bool,
    },
    /// A day on which somebody can have been born.
    BirthDate,
    /// Today or before.
    Date,
    /// Today or later.
    PlanDate,
    /// `HH.MM`
    Time,
    Phone,
    Email,
    Text {
        chars_max: usize,
    },
    Number {
        min: u32,
        max: u32,
    },
    /// Number of a civil certificate (`3578-LU-05072026-0001`, older ones free).
    Akta,
    /// Number of a moving letter.
    Skpwni,
    /// Number of any other letter.
    Letter,
}

impl EntryKind {
    pub fn is_date(self) -> bool {
        matches!(self, Self::BirthDate | Self::Date | Self::PlanDate)
    }
}

/// Named parts of a journey, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Requirements,
    Ask,
    Data,
    Papers,
    Check,
    Send,
}

impl Section {
    pub const ALL: [Section; 6] = [Self::Requirements, Self::Ask, Self::Data, Self::Papers, Self::Check, Self::Send];
}
