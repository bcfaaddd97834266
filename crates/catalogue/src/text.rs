//! Sentences in the resident's language. Indonesian is the source; the others come from gettext files beside the catalogue.
//!
//! A text in a catalogue file is one Indonesian sentence. Its translations stand in `lang/<language>/*.po` under that very
//! sentence, so a translator works with the tools of that trade, and `#, fuzzy` says that a native speaker has not signed yet.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::load::{Bundle, Problem};

/// A language of the kiosk, by the code that stands in the data files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Bahasa Indonesia, the source.
    #[default]
    Id,
    En,
    /// Basa Jawa, ngoko alus.
    Jv,
    /// Basa Madura.
    Mad,
}

impl Language {
    pub const ALL: [Language; 4] = [Self::Id, Self::En, Self::Jv, Self::Mad];

    pub fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
            Self::Jv => "jv",
            Self::Mad => "mad",
        }
    }

    /// The language's own name, as its button shows it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Id => "Indonesia",
            Self::En => "English",
            Self::Jv => "Jawa",
            Self::Mad => "Madura",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// One sentence in several languages. Missing translations fall back to Indonesian.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Text(BTreeMap<Language, String>);

impl Text {
    pub fn get(&self, language: Language) -> &str {
        self.0.get(&language).or_else(|| self.0.get(&Language::Id)).map_or("", String::as_str)
    }

    /// The Indonesian sentence, under which translations are found.
    pub fn source(&self) -> &str {
        self.get(Language::Id)
    }

    /// The sentence with `{name}` places filled in.
    pub fn fill(&self, language: Language, values: &[(&str, &str)]) -> String {
        let mut sentence = self.get(language).to_owned();
        for (name, value) in values {
            sentence = sentence.replace(&format!("{{{name}}}"), value);
        }
        sentence
    }

    /// The text with a `{name}` place filled by another text, language by language.
    #[must_use]
    pub fn with(&self, name: &str, value: &Text) -> Self {
        let place = format!("{{{name}}}");
        Self(self.0.iter().map(|(language, sentence)| (*language, sentence.replace(&place, value.get(*language)))).collect())
    }

    pub fn has(&self, language: Language) -> bool {
        self.0.contains_key(&language)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text that is the same everywhere, for proper names and for tests.
    pub fn same(text: &str) -> Self {
        Self(BTreeMap::from([(Language::Id, text.to_owned())]))
    }

    pub(crate) fn translate(&mut self, dictionary: &Dictionary) {
        for (language, words) in &dictionary.words {
            if let Some(found) = words.get(self.source()) {
                self.0.insert(*language, found.clone());
            }
        }
    }
}

impl TryFrom<String> for Text {
    type Error = String;

    fn try_from(sentence: String) -> Result<Self, String> {
        if sentence.trim().is_empty() {
            return Err("this text is empty".into());
        }
        Ok(Self(BTreeMap::from([(Language::Id, sentence)])))
    }
}

/// Something that holds texts, and shows each of them once to whoever asks.
pub(crate) trait Texts {
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut Text));
}

impl Texts for Text {
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut Text)) {
        visit(self);
    }
}

impl<T: Texts> Texts for Option<T> {
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut Text)) {
        self.iter_mut().for_each(|inner| inner.each_text(visit));
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut Text)) {
        self.iter_mut().for_each(|inner| inner.each_text(visit));
    }
}

impl<T: Texts> Texts for serde_spanned::Spanned<T> {
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut Text)) {
        self.as_mut().each_text(visit);
    }
}

impl<T: Texts> Texts for BTreeMap<String, T> {
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut Text)) {
        self.values_mut().for_each(|inner| inner.each_text(visit));
    }
}

/// All translations of a catalogue, by language and Indonesian sentence.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    words: BTreeMap<Language, HashMap<String, String>>,
    /// Sentences whose translation waits for a native speaker.
    unreviewed: BTreeMap<Language, HashSet<String>>,
}

impl Dictionary {
    /// Reads `lang/<language>/*.po`.
    pub(crate) fn read(bundle: &Bundle) -> (Self, Vec<Problem>) {
        let mut dictionary = Self::default();
        let mut problems = Vec::new();
        for (file, text) in bundle.files.iter().filter(|(name, _)| name.starts_with("lang/") && name.ends_with(".po")) {
            let mut report = |line: usize, message: String| problems.push(Problem { file: file.clone(), line, message });
            let Some(language) = file.split('/').nth(1).and_then(Language::from_code).filter(|language| *language != Language::Id) else {
                report(0, "translations stand in lang/en, lang/jv or lang/mad".into());
                continue;
            };
            let lines = match crate::po::lines_of(text) {
                Ok(lines) => lines,
                Err((line, reason)) => {
                    report(line, format!("this is no gettext file: {reason}"));
                    continue;
                }
            };
            let messages = match polib::po_file::parse_from_reader(text.as_bytes()) {
                Ok(messages) => messages,
                Err(reason) => {
                    report(0, format!("this is no gettext file: {reason}"));
                    continue;
                }
            };
            for message in messages.messages() {
                let (source, Ok(translated)) = (message.msgid(), message.msgstr()) else { continue };
                if source.is_empty() || translated.trim().is_empty() {
                    continue;
                }
                let line = || lines.get(source).copied().unwrap_or(0);
                if places(source) != places(translated) {
                    report(line(), format!("the translation of {source:?} does not have the same {{…}} places"));
                }
                match dictionary.words.entry(language).or_default().insert(source.to_owned(), translated.to_owned()) {
                    Some(other) if other != translated => report(line(), format!("{source:?} is translated in two ways: {other:?} and {translated:?}")),
                    _ => {}
                }
                if message.is_fuzzy() {
                    dictionary.unreviewed.entry(language).or_default().insert(source.to_owned());
                }
            }
        }
        (dictionary, problems)
    }

    /// Whether a native speaker has signed the translation of this sentence. Indonesian is always signed.
    pub fn is_reviewed(&self, source: &str, language: Language) -> bool {
        language == Language::Id || !self.unreviewed.get(&language).is_some_and(|sentences| sentences.contains(source))
    }

    pub fn has(&self, source: &str, language: Language) -> bool {
        language == Language::Id || self.words.get(&language).is_some_and(|words| words.contains_key(source))
    }

    /// Sentences that are translated, by language; used to find translations that no file needs any more.
    pub fn sources(&self, language: Language) -> impl Iterator<Item = &str> {
        self.words.get(&language).into_iter().flat_map(|words| words.keys().map(String::as_str))
    }
}

/// The `{…}` places of a sentence, in alphabetical order.
fn places(sentence: &str) -> Vec<&str> {
    let mut places: Vec<&str> = sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    places.sort_unstable();
    places
}
