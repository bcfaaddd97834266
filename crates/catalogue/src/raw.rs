//! The files as they are written by people, before anything is checked. Nothing outside this crate sees these shapes.
//!
//! Every table refuses unknown keys, so that a misspelt key is a message with its line and never a silent nothing. Conditions
//! are kept as written; `compile` turns them into rules, since a shared group's conditions change with its prefix.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_spanned::Spanned;

use crate::load::Bundle;
use crate::text::Texts;
use crate::{City, Class, Clock, ItemKind, Menu, Place, State, StatePath, Text};

/// `index.toml`: which services are offered, and the cards of the home page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexFile {
    pub services: Vec<Spanned<String>>,
    #[serde(default)]
    pub event: Vec<RawEvent>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEvent {
    pub id: String,
    #[serde(default)]
    pub service: Option<Spanned<String>>,
    pub label: Text,
    pub detail: Text,
    pub icon: String,
    #[serde(default)]
    pub choice: Vec<RawEventChoice>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEventChoice {
    pub service: Spanned<String>,
    pub label: Text,
    #[serde(default)]
    pub detail: Option<Text>,
    #[serde(default)]
    pub icon: String,
}

/// `services/*.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    pub id: Spanned<String>,
    pub code: String,
    pub menu: Menu,
    pub class: Class,
    #[serde(default)]
    pub tone: Option<RawTone>,
    pub title: Text,
    pub official: Text,
    pub forms: Vec<Spanned<String>>,
    pub law: Vec<String>,
    pub search: Vec<String>,
    #[serde(default)]
    pub human: Option<Text>,
    #[serde(default)]
    pub bring: Vec<RawBring>,
    #[serde(default)]
    pub output: Vec<Spanned<RawOutput>>,
    #[serde(default)]
    pub clock: Vec<Spanned<RawClockUse>>,
    #[serde(default)]
    pub case: Vec<Spanned<RawCase>>,
    pub step: Vec<Spanned<RawStep>>,
    #[serde(default)]
    pub exit: Vec<Spanned<RawExit>>,
    #[serde(default)]
    pub forecast: Vec<Spanned<RawForecast>>,
    #[serde(default)]
    pub also: Vec<Spanned<RawAlso>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawTone {
    Gentle,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBring {
    pub paper: Spanned<String>,
    #[serde(default)]
    pub note: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawOutput {
    pub id: String,
    pub title: Text,
    pub path: String,
    pub place: String,
    #[serde(default)]
    pub when: Option<String>,
    #[serde(default)]
    pub clock: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawClockUse {
    #[serde(rename = "use")]
    pub clock: String,
    #[serde(default)]
    pub when: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCase {
    pub id: String,
    pub title: Text,
    #[serde(default)]
    pub when: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawForecast {
    pub id: String,
    pub reason: String,
    pub item: String,
    pub when: String,
    pub text: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAlso {
    pub service: String,
    #[serde(default)]
    pub when: Option<String>,
    pub title: Text,
    #[serde(default)]
    pub with: BTreeMap<String, String>,
}

/// One question, one paper, or `use = "group"` for shared questions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawStep {
    #[serde(default, rename = "use")]
    pub group: Option<String>,
    /// Options of a `use`.
    #[serde(default, rename = "as")]
    pub prefix: Option<String>,
    #[serde(default)]
    pub who: Option<Text>,
    #[serde(default)]
    pub without: Vec<String>,
    #[serde(default)]
    pub repeat_max: Option<usize>,
    #[serde(default)]
    pub more: Option<Text>,
    /// What a question or a paper has.
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub when: Option<String>,
    #[serde(default)]
    pub field: Option<String>,
    #[serde(default)]
    pub label: Option<Text>,
    #[serde(default)]
    pub question: Option<Text>,
    #[serde(default)]
    pub help: Option<Text>,
    #[serde(default)]
    pub kind: Option<RawKind>,
    #[serde(default)]
    pub optional: bool,
    #[serde(default)]
    pub new: bool,
    #[serde(default)]
    pub choice: Vec<RawChoice>,
    #[serde(default)]
    pub list: Option<String>,
    #[serde(default)]
    pub chars_max: Option<usize>,
    #[serde(default)]
    pub min: Option<u32>,
    #[serde(default)]
    pub max: Option<u32>,
    #[serde(default)]
    pub unit: Option<Text>,
    #[serde(default)]
    pub level: Option<RawLevel>,
    #[serde(default)]
    pub paper: Option<String>,
    #[serde(default)]
    pub any: Vec<String>,
    #[serde(default)]
    pub pages_min: Option<usize>,
    #[serde(default)]
    pub pages_max: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawKind {
    Choice,
    Paper,
    Nik,
    Kk,
    Name,
    BirthDate,
    Date,
    PlanDate,
    Time,
    Phone,
    Email,
    Text,
    Number,
    Akta,
    Skpwni,
    Letter,
    Region,
    Occupation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawLevel {
    Kelurahan,
    Kecamatan,
    Kabupaten,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawChoice {
    pub value: String,
    pub label: Text,
    #[serde(default)]
    pub detail: Option<Text>,
    #[serde(default)]
    pub icon: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawExit {
    pub id: String,
    pub when: String,
    pub title: Text,
    pub sentences: Vec<Text>,
    #[serde(default)]
    pub service: Option<String>,
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    #[serde(default)]
    pub bring: Vec<RawBring>,
}

/// `shared/steps/*.toml`: questions used by several services.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    pub id: String,
    pub step: Vec<Spanned<RawStep>>,
}

/// `shared/papers/*.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PapersFile {
    pub paper: Vec<Spanned<RawPaper>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPaper {
    pub id: String,
    pub name: Text,
    pub official: Text,
    pub instruction: Text,
    #[serde(default)]
    pub shape: crate::schema::PaperShape,
    #[serde(default)]
    pub number: Option<crate::schema::PaperNumber>,
}

/// `shared/reasons.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonsFile {
    pub reason: Vec<RawReason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawReason {
    pub code: String,
    pub label: Text,
    pub resident: Text,
    #[serde(default)]
    pub applies: Vec<ItemKind>,
}

/// `shared/states.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatesFile {
    pub state: Vec<State>,
    pub path: Vec<Spanned<StatePath>>,
}

/// `shared/clocks.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClocksFile {
    pub clock: Vec<Clock>,
}

/// `shared/places.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacesFile {
    pub place: Vec<Place>,
}

/// `shared/search.toml`: how people spell and say things.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchFile {
    #[serde(default)]
    pub synonyms: BTreeMap<String, String>,
    #[serde(default)]
    pub stop: Vec<String>,
}

/// `shared/texts.toml` and `shared/findings.toml`: a sentence by its id.
pub type TextsFile = BTreeMap<String, Text>;

/// Shows the named fields' texts, in this order.
macro_rules! texts {
    ($($shape:ty: $($field:ident),+;)+) => {
        $(impl Texts for $shape {
            fn each_text(&mut self, visit: &mut dyn FnMut(&mut Text)) {
                $(self.$field.each_text(visit);)+
            }
        })+
    };
}

texts! {
    IndexFile: event;
    RawEvent: label, detail, choice;
    RawEventChoice: label, detail;
    ServiceFile: title, official, human, bring, output, case, step, exit, forecast, also;
    RawBring: note;
    RawOutput: title;
    RawCase: title;
    RawForecast: text;
    RawAlso: title;
    RawStep: who, more, label, question, help, choice, unit;
    RawChoice: label, detail;
    RawExit: title, sentences, bring;
    GroupFile: step;
    PapersFile: paper;
    RawPaper: name, official, instruction;
    ReasonsFile: reason;
    RawReason: label, resident;
    StatesFile: state;
    State: label, resident;
    ClocksFile: clock;
    Clock: label;
    PlacesFile: place;
    Place: text;
}

/// Every sentence of the bundle with its file: what translators work through. Files that cannot be read say nothing here.
pub fn sentences(bundle: &Bundle) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for file in bundle.files.keys().filter(|name| name.ends_with(".toml")) {
        match file.as_str() {
            "index.toml" => gather::<IndexFile>(bundle, file, &mut all),
            "city.toml" => gather::<City>(bundle, file, &mut all),
            "shared/reasons.toml" => gather::<ReasonsFile>(bundle, file, &mut all),
            "shared/states.toml" => gather::<StatesFile>(bundle, file, &mut all),
            "shared/clocks.toml" => gather::<ClocksFile>(bundle, file, &mut all),
            "shared/places.toml" => gather::<PlacesFile>(bundle, file, &mut all),
            "shared/texts.toml" | "shared/findings.toml" => gather::<TextsFile>(bundle, file, &mut all),
            _ if file.starts_with("services/") => gather::<ServiceFile>(bundle, file, &mut all),
            _ if file.starts_with("shared/steps/") => gather::<GroupFile>(bundle, file, &mut all),
            _ if file.starts_with("shared/papers/") => gather::<PapersFile>(bundle, file, &mut all),
            _ => {}
        }
    }
    for (file, column) in [("codes/lists.csv", "label"), ("codes/occupation_groups.csv", "group")] {
        let Some(text) = bundle.files.get(file) else { continue };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.deserialize::<BTreeMap<String, String>>().flatten();
        all.extend(rows.filter_map(|mut row| row.remove(column)).map(|label| (file.to_owned(), label)));
    }
    all.sort();
    all.dedup();
    all
}

fn gather<T: serde::de::DeserializeOwned + Texts>(bundle: &Bundle, file: &str, all: &mut Vec<(String, String)>) {
    if let Ok(mut parsed) = bundle.parse::<T>(file) {
        parsed.each_text(&mut |text: &mut Text| all.push((file.to_owned(), text.source().to_owned())));
    }
}
