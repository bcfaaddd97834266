//! The files as they are written by people, before anything is checked. Nothing outside this crate sees these shapes.
//!
//! Every table refuses unknown keys, so that a misspelt key is a message with its line and never a silent nothing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_spanned::Spanned;

use crate::{Clock, Rule, State, StatePath, Text};

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
    pub service: Spanned<String>,
    pub label: Text,
    pub detail: Text,
    pub icon: String,
}

/// `services/*.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    pub id: Spanned<String>,
    pub code: String,
    pub title: Text,
    pub form: String,
    pub path: Spanned<String>,
    pub collect: Text,
    #[serde(default)]
    pub bring: Vec<RawBring>,
    pub step: Vec<Spanned<RawStep>>,
    #[serde(default)]
    pub exit: Vec<Spanned<RawExit>>,
    pub clock: Vec<Spanned<Clock>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBring {
    pub paper: Spanned<String>,
    #[serde(default)]
    pub note: Option<Text>,
}

/// One question, one paper, or `use = "group"` for shared questions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawStep {
    #[serde(default, rename = "use")]
    pub group: Option<String>,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub when: Option<Rule>,
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
    pub choice: Vec<RawChoice>,
    #[serde(default)]
    pub paper: Option<String>,
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
    Phone,
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawExit {
    pub id: String,
    pub when: Rule,
    pub title: Text,
    pub sentences: Vec<Text>,
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

/// `shared/papers.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PapersFile {
    pub paper: Vec<RawPaper>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPaper {
    pub id: String,
    pub name: Text,
    pub official: Text,
    pub instruction: Text,
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
}

/// `shared/states.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatesFile {
    pub state: Vec<State>,
    pub path: Vec<Spanned<StatePath>>,
}

/// `shared/texts.toml` and `shared/findings.toml`: a sentence by its id.
pub type TextsFile = BTreeMap<String, Text>;
