//! Where a text was written: in its own file for Indonesian, in the `.po` file for a translation.

use std::collections::BTreeMap;

use catalogue::{Bundle, Catalogue, Language};

use super::labels::Label;

/// The files of a catalogue as somebody who looks for a sentence sees them.
pub struct Places<'a> {
    bundle: &'a Bundle,
    /// What the city puts into the `{…}` places of sentences.
    names: &'a BTreeMap<String, String>,
    /// File and line of each translated sentence.
    translations: BTreeMap<(Language, String), (&'a str, usize)>,
}

impl<'a> Places<'a> {
    pub fn of(catalogue: &'a Catalogue, bundle: &'a Bundle) -> Self {
        let names = &catalogue.city.names;
        let mut translations = BTreeMap::new();
        for (file, text) in &bundle.files {
            let language = file.strip_prefix("lang/").and_then(|rest| rest.split('/').next()).and_then(Language::from_code);
            let Some(language) = language.filter(|_| file.ends_with(".po")) else { continue };
            for (at, line) in text.lines().enumerate() {
                if let Some(source) = line.strip_prefix("msgid \"").and_then(|rest| rest.strip_suffix('"')).filter(|source| !source.is_empty()) {
                    translations.insert((language, filled(&source.replace("\\\"", "\""), names)), (file.as_str(), at + 1));
                }
            }
        }
        Self { bundle, names, translations }
    }

    /// File and line of the label in this language; line 0 when only the file is known.
    pub fn of_label(&self, label: &Label<'_>, language: Language) -> (String, usize) {
        let source = label.text.source();
        if language != Language::Id
            && let Some((file, line)) = self.translations.get(&(language, source.to_owned()))
        {
            return ((*file).to_owned(), *line);
        }
        let candidates = self.bundle.files.iter().filter(|(name, _)| **name == label.file || (label.file.ends_with('/') && name.starts_with(&label.file)));
        let lists = self.bundle.files.iter().filter(|(name, _)| *name == "codes/lists.csv");
        for (name, text) in candidates.chain(lists) {
            let from = if *name == label.file { label.line.saturating_sub(1) } else { 0 };
            if let Some(line) = line_from(&filled(text, self.names), from, source) {
                return (name.clone(), line);
            }
        }
        (label.file.trim_end_matches('/').to_owned(), label.line)
    }
}

/// The first line at or after `from` that says exactly this.
fn line_from(text: &str, from: usize, words: &str) -> Option<usize> {
    let exact = [format!("\"{words}\""), format!(",{words}")];
    let found = |wanted: &dyn Fn(&str) -> bool| text.lines().enumerate().skip(from).find(|(_, line)| wanted(line)).map(|(at, _)| at + 1);
    found(&|line| line.contains(&exact[0]) || line.ends_with(&exact[1])).or_else(|| found(&|line| line.contains(words)))
}

/// The text with the city's names in their places; line breaks stay where they are.
fn filled(text: &str, names: &BTreeMap<String, String>) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
