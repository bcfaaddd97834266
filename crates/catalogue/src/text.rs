//! Sentences in the resident's language. Indonesian is the source and always present.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
#[serde(try_from = "BTreeMap<Language, String>")]
pub struct Text(BTreeMap<Language, String>);

impl Text {
    pub fn get(&self, language: Language) -> &str {
        self.0.get(&language).or_else(|| self.0.get(&Language::Id)).map_or("", String::as_str)
    }

    /// The sentence with `{name}` places filled in.
    pub fn fill(&self, language: Language, values: &[(&str, &str)]) -> String {
        let mut sentence = self.get(language).to_owned();
        for (name, value) in values {
            sentence = sentence.replace(&format!("{{{name}}}"), value);
        }
        sentence
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
}

impl TryFrom<BTreeMap<Language, String>> for Text {
    type Error = String;

    fn try_from(map: BTreeMap<Language, String>) -> Result<Self, String> {
        if !map.contains_key(&Language::Id) {
            return Err("a text needs at least `id = \"…\"`".into());
        }
        if let Some((language, _)) = map.iter().find(|(_, sentence)| sentence.trim().is_empty()) {
            return Err(format!("the `{}` text is empty", language.code()));
        }
        Ok(Self(map))
    }
}
