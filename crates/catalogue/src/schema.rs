//! The catalogue as the rest of the product uses it: checked, compiled, and impossible to hold in a broken form.
//!
//! The files themselves are described by `raw`; nothing outside this crate sees that form.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{Answers, City, Clock, Facts, Language, Region, Rule, State, StatePath, Text, number::Phone};

/// Everything a city asks, loaded and checked.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// SHA-256 over all files, lower-case hexadecimal; goes with every submission.
    pub hash: String,
    pub city: City,
    pub events: Vec<LifeEvent>,
    pub services: BTreeMap<String, Service>,
    pub papers: BTreeMap<String, Paper>,
    pub reasons: BTreeMap<String, Reason>,
    pub states: BTreeMap<String, State>,
    pub paths: BTreeMap<String, StatePath>,
    pub regions: BTreeMap<String, Region>,
    pub(crate) texts: BTreeMap<String, Text>,
    pub(crate) findings: BTreeMap<String, Text>,
}

impl Catalogue {
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.get(id)
    }

    pub fn state(&self, id: &str) -> Option<&State> {
        self.states.get(id)
    }

    /// The path a service follows. Every loaded service has one.
    pub fn path(&self, id: &str) -> Option<&StatePath> {
        self.paths.get(id)
    }

    pub fn paper(&self, id: &str) -> Option<&Paper> {
        self.papers.get(id)
    }

    /// A fixed sentence by its id; empty when the id is unknown, which [`Catalogue::missing_texts`] rules out at start.
    pub fn text(&self, id: &str) -> &Text {
        static EMPTY: std::sync::LazyLock<Text> = std::sync::LazyLock::new(Text::default);
        self.texts.get(id).unwrap_or(&EMPTY)
    }

    /// Ids of `wanted` that no file gives a sentence for.
    pub fn missing_texts<'a>(&self, wanted: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        wanted.filter(|id| !self.texts.contains_key(*id)).collect()
    }

    /// An answer as people read it: a choice's label, a grouped number, a date in words.
    pub fn answer_text(&self, step: &Step, value: &str, language: Language) -> String {
        match &step.kind {
            StepKind::Choice { choices } => {
                choices.iter().find(|choice| choice.value == value).map_or_else(|| value.to_owned(), |choice| choice.label.get(language).to_owned())
            }
            StepKind::Entry { kind, .. } => match kind {
                EntryKind::Nik | EntryKind::Kk => crate::number::grouped(value),
                EntryKind::BirthDate => value.parse::<Date>().map_or_else(|_| value.to_owned(), |date| self.date_words(date, language)),
                EntryKind::Phone => Phone::grouped(value),
                EntryKind::Name => value.to_owned(),
            },
            StepKind::Paper { .. } => value.to_owned(),
        }
    }

    /// "23 November 2026".
    pub fn date_words(&self, date: Date, language: Language) -> String {
        let month = self.text(&format!("bulan-{}", date.month())).get(language);
        format!("{} {} {}", date.day(), month, date.year())
    }

    /// "Senin, 23 November 2026 pukul 14.10" in the city's own time.
    pub fn moment_words(&self, at: jiff::Timestamp, language: Language) -> String {
        let local = self.city.local(at);
        let weekday = self.text(&format!("hari-{}", local.weekday().to_monday_one_offset())).get(language);
        let time = format!("{:02}.{:02}", local.hour(), local.minute());
        self.text("saat").fill(language, &[("hari", weekday), ("tanggal", &self.date_words(local.date(), language)), ("jam", &time)])
    }
}

/// One card on the home page, in the words people use.
#[derive(Clone, Debug)]
pub struct LifeEvent {
    pub id: String,
    pub service: String,
    pub label: Text,
    pub detail: Text,
    pub icon: String,
}

/// One service: what is asked, in which order, where it can end.
#[derive(Clone, Debug)]
pub struct Service {
    pub id: String,
    /// Number in the city's list (`PP-02`).
    pub code: String,
    pub title: Text,
    /// Form of Permendagri 109/2019 that the answers fill (`F-1.02`).
    pub form: String,
    /// Id of the [`StatePath`].
    pub path: String,
    /// Where the result is collected.
    pub collect: Text,
    /// Papers to bring, before anything is asked.
    pub bring: Vec<Bring>,
    pub steps: Vec<Step>,
    pub exits: Vec<Exit>,
    /// First clock whose condition holds; the last one has none.
    pub clocks: Vec<Clock>,
}

impl Service {
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The clock that applies to these answers.
    pub fn clock(&self, answers: &Answers, today: Date) -> &Clock {
        let facts = Facts::of_all(today, self.steps.iter().map(|step| step.id.as_str()), answers);
        self.clocks
            .iter()
            .find(|clock| clock.when.as_ref().is_none_or(|rule| rule.holds(&facts)))
            .unwrap_or_else(|| self.clocks.last().expect("a loaded service has a clock without a condition"))
    }
}

/// A paper on the "bring this" list.
#[derive(Clone, Debug)]
pub struct Bring {
    pub paper: String,
    pub note: Option<Text>,
}

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
    pub kind: StepKind,
}

impl Step {
    /// Which named part of the journey this belongs to.
    pub fn section(&self) -> Section {
        match self.kind {
            StepKind::Choice { .. } => Section::Ask,
            StepKind::Entry { .. } => Section::Data,
            StepKind::Paper { .. } => Section::Papers,
        }
    }

    pub fn is_answered(&self, answers: &Answers) -> bool {
        match &self.kind {
            StepKind::Choice { choices } => choices.iter().any(|choice| choice.value == answers.value(&self.id)),
            StepKind::Entry { optional, .. } => answers.values.get(&self.id).is_some_and(|value| *optional || !value.is_empty()),
            StepKind::Paper { pages_min, .. } => answers.page_count(&self.id) >= *pages_min,
        }
    }
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

/// Kinds of typed fields. Each has its keys, its grouping and its rules (domain rules in [`crate::finding`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    Nik,
    Kk,
    Name,
    BirthDate,
    Phone,
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

/// A place where the path ends without a submission, and what to do instead.
#[derive(Clone, Debug)]
pub struct Exit {
    pub id: String,
    pub when: Rule,
    pub title: Text,
    pub sentences: Vec<Text>,
    pub bring: Vec<Bring>,
}

/// A paper as residents call it, and its official name.
#[derive(Clone, Debug)]
pub struct Paper {
    pub id: String,
    pub name: Text,
    pub official: Text,
    /// What to do in front of the camera.
    pub instruction: Text,
}

/// Why something came back. Codes R01 … R13.
#[derive(Clone, Debug)]
pub struct Reason {
    pub code: String,
    /// For officers.
    pub label: Text,
    /// For the resident: what happened and what to do.
    pub resident: Text,
}
