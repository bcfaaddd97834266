//! The catalogue as the rest of the product uses it: checked, compiled, and impossible to hold in a broken form.
//!
//! The files themselves are described by `raw`; nothing outside this crate sees that form.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;

use crate::facts::Facts;
use crate::number::Phone;
use crate::search::Index;
use crate::step::{Choice, EntryKind, ItemKind, OccupationGroup, PickFrom, Step, StepKind};
use crate::{Answers, City, Clock, Language, Region, Route, Rule, State, StatePath, Text};

/// Everything a city asks, loaded and checked.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// SHA-256 over all files, lower-case hexadecimal; goes with every submission.
    pub hash: String,
    pub city: Arc<City>,
    pub events: Vec<LifeEvent>,
    pub services: BTreeMap<String, Service>,
    pub papers: BTreeMap<String, Paper>,
    pub reasons: BTreeMap<String, Reason>,
    pub states: BTreeMap<String, State>,
    pub paths: BTreeMap<String, StatePath>,
    pub clocks: BTreeMap<String, Clock>,
    pub places: BTreeMap<String, Place>,
    /// Every region that is known, by dotted code: provinces, regencies, kecamatan, and this city's kelurahan.
    pub regions: BTreeMap<String, Region>,
    /// Coded lists of the forms (`agama`, `shdk`, …), in the order of their codes.
    pub lists: BTreeMap<String, Vec<Choice>>,
    /// Occupations in groups for touching, each with the codes that belong to it.
    pub occupation_groups: Vec<OccupationGroup>,
    /// Titles of the forms by their code.
    pub forms: BTreeMap<String, String>,
    pub(crate) texts: BTreeMap<String, Text>,
    pub(crate) findings: BTreeMap<String, Text>,
    pub(crate) index: Index,
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

    pub fn clock(&self, id: &str) -> Option<&Clock> {
        self.clocks.get(id)
    }

    pub fn place(&self, id: &str) -> Option<&Place> {
        self.places.get(id)
    }

    /// What comes of these answers: the outputs whose condition holds on their route.
    pub fn outputs<'a>(&self, service: &'a Service, answers: &Answers, today: Date) -> Vec<&'a Output> {
        let facts = Facts::of_route(self, service, answers, today);
        service.outputs.iter().filter(|output| output.when.as_ref().is_none_or(|rule| rule.holds(&facts))).collect()
    }

    /// What an officer would probably send back, as far as the answers on the route tell.
    pub fn forecast<'a>(&self, service: &'a Service, answers: &Answers, today: Date) -> Vec<&'a Forecast> {
        let route = Route::walk(self, service, answers, today);
        let facts = Facts::of_walked(self, service, &route, answers, today);
        service.forecasts.iter().filter(|forecast| route.has(&forecast.item) && forecast.when.holds(&facts)).collect()
    }

    /// Further services of the same visit that are offered once this one is complete.
    pub fn offers<'a>(&self, service: &'a Service, answers: &Answers, today: Date) -> Vec<&'a Also> {
        let facts = Facts::of_route(self, service, answers, today);
        service.also.iter().filter(|also| also.when.as_ref().is_none_or(|rule| rule.holds(&facts))).collect()
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
                EntryKind::BirthDate | EntryKind::Date | EntryKind::PlanDate => {
                    value.parse::<Date>().map_or_else(|_| value.to_owned(), |date| self.date_words(date, language))
                }
                EntryKind::Phone => Phone::grouped(value),
                EntryKind::Number { .. } => match &step.unit {
                    Some(unit) if !value.is_empty() => format!("{value} {}", unit.get(language)),
                    _ => value.to_owned(),
                },
                EntryKind::Name { .. }
                | EntryKind::Time
                | EntryKind::Email
                | EntryKind::Text { .. }
                | EntryKind::Akta
                | EntryKind::Skpwni
                | EntryKind::Letter => value.to_owned(),
            },
            StepKind::Pick { from: PickFrom::Occupation, .. } => self.list_label("pekerjaan", value).map_or(value, |label| label.get(language)).to_owned(),
            StepKind::Pick { from: PickFrom::Region(_), .. } => self.region_words(value).unwrap_or_else(|| value.to_owned()),
            StepKind::Paper { .. } => value.to_owned(),
        }
    }

    /// The label of a code in a coded list.
    pub fn list_label(&self, list: &str, code: &str) -> Option<&Text> {
        self.lists.get(list)?.iter().find(|choice| choice.value == code).map(|choice| &choice.label)
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
    pub label: Text,
    pub detail: Text,
    pub icon: String,
    /// One service, or several to choose from on a second page of cards.
    pub services: Vec<EventService>,
}

/// A service behind a life event.
#[derive(Clone, Debug)]
pub struct EventService {
    pub service: String,
    pub label: Text,
    pub detail: Option<Text>,
    pub icon: String,
}

/// The office's own menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Menu {
    Pendaftaran,
    Sipil,
    Pemutakhiran,
}

impl Menu {
    pub const ALL: [Menu; 3] = [Self::Pendaftaran, Self::Sipil, Self::Pemutakhiran];

    /// The word in the data files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pendaftaran => "pendaftaran",
            Self::Sipil => "sipil",
            Self::Pemutakhiran => "pemutakhiran",
        }
    }
}

/// How much of a service the kiosk can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Class {
    /// Completed at the kiosk.
    K1,
    /// Submitted at the kiosk, with a human step after it (recording, survey, sight of an original).
    K2,
    /// Explained at the kiosk: every route ends in a printed card.
    K3,
}

/// One service: what is asked, in which order, where it can end, what comes of it.
#[derive(Clone, Debug)]
pub struct Service {
    pub id: String,
    /// Number in the city's list (`PP-02`).
    pub code: String,
    pub menu: Menu,
    pub class: Class,
    /// Death and stillbirth: no word of celebration.
    pub gentle: bool,
    pub title: Text,
    pub official: Text,
    /// Forms that the answers fill (`F-1.02`).
    pub forms: Vec<String>,
    pub law: Vec<String>,
    /// Everyday phrases that find this service.
    pub search: Vec<String>,
    /// The human step of a K2 service, in one sentence.
    pub human: Option<Text>,
    /// Papers to bring, before anything is asked.
    pub bring: Vec<Bring>,
    pub steps: Vec<Step>,
    pub exits: Vec<Exit>,
    pub outputs: Vec<Output>,
    /// First clock whose condition holds; the last one has none. Empty for K3.
    pub clocks: Vec<ClockUse>,
    pub cases: Vec<Case>,
    pub forecasts: Vec<Forecast>,
    pub also: Vec<Also>,
}

impl Service {
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// Every condition of the service, for whoever asks which questions matter.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        let steps = self.steps.iter().filter_map(|step| step.when.as_ref());
        let exits = self.exits.iter().map(|exit| &exit.when);
        let outputs = self.outputs.iter().filter_map(|output| output.when.as_ref());
        let clocks = self.clocks.iter().filter_map(|clock| clock.when.as_ref());
        let cases = self.cases.iter().filter_map(|case| case.when.as_ref());
        let forecasts = self.forecasts.iter().map(|forecast| &forecast.when);
        let also = self.also.iter().filter_map(|also| also.when.as_ref());
        steps.chain(exits).chain(outputs).chain(clocks).chain(cases).chain(forecasts).chain(also)
    }
}

/// A paper on the "bring this" list.
#[derive(Clone, Debug)]
pub struct Bring {
    pub paper: String,
    pub note: Option<Text>,
}

/// One thing that comes of an application, with its own state and clock.
#[derive(Clone, Debug)]
pub struct Output {
    pub id: String,
    pub title: Text,
    /// Id of the [`StatePath`].
    pub path: String,
    /// Id of the [`Place`] where it is collected.
    pub place: String,
    pub when: Option<Rule>,
    /// Overrides the service's clocks.
    pub clock: Option<String>,
}

/// Where results are collected.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub id: String,
    pub text: Text,
}

#[derive(Clone, Debug)]
pub struct ClockUse {
    pub clock: String,
    pub when: Option<Rule>,
}

/// A variant of the service that the law or the office treats on its own; each has an example.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub title: Text,
    pub when: Option<Rule>,
}

/// What would be refused, said before sending.
#[derive(Clone, Debug)]
pub struct Forecast {
    pub id: String,
    /// Code of the [`Reason`].
    pub reason: String,
    /// The step to mend.
    pub item: String,
    pub when: Rule,
    pub text: Text,
}

/// A further service of the same visit.
#[derive(Clone, Debug)]
pub struct Also {
    pub service: String,
    pub when: Option<Rule>,
    pub title: Text,
    /// Answers that are known already.
    pub with: BTreeMap<String, String>,
}

/// A place where the path ends without a submission, and what to do instead.
#[derive(Clone, Debug)]
pub struct Exit {
    pub id: String,
    pub when: Rule,
    pub title: Text,
    pub sentences: Vec<Text>,
    pub bring: Vec<Bring>,
    /// The service that can go on with what was answered, and what is known for it.
    pub onward: Option<Onward>,
}

/// Where an exit leads on to.
#[derive(Clone, Debug)]
pub struct Onward {
    pub service: String,
    pub with: BTreeMap<String, String>,
}

/// A paper as residents call it, and its official name.
#[derive(Clone, Debug)]
pub struct Paper {
    pub id: String,
    pub name: Text,
    pub official: Text,
    /// What to do in front of the camera.
    pub instruction: Text,
    /// Its shape, so that a card laid where a sheet is asked for is noticed.
    pub shape: PaperShape,
    /// The number that stands on it, so that it can be compared with the one that was typed.
    pub number: Option<PaperNumber>,
}

/// What a paper looks like from above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperShape {
    /// Anything: a letter, a photograph, a booklet.
    #[default]
    Any,
    /// A4 or F4, standing or lying.
    Sheet,
    /// A card of 85.60 by 53.98 mm (ISO/IEC 7810 ID-1), such as a KTP.
    Card,
}

/// A number of sixteen digits that a paper shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperNumber {
    Nik,
    Kk,
}

/// Why something came back. Codes R01 … R13.
#[derive(Clone, Debug)]
pub struct Reason {
    pub code: String,
    /// For officers.
    pub label: Text,
    /// For the resident: what happened and what to do.
    pub resident: Text,
    /// Items an officer may send back for it.
    pub applies: Vec<ItemKind>,
}
