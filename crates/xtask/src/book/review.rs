//! Which translations a native speaker has signed: `#, fuzzy` in the `.po` files means that nobody has yet.

use std::collections::BTreeMap;

use catalogue::{Bundle, Language, Text};

/// What is known of one translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    Yes,
    /// Translated, and no native speaker has read it.
    Waiting,
    /// Not translated; the kiosk says it in Indonesian.
    Missing,
}

/// Sentences by language, and whether they are signed.
pub struct Review {
    sentences: BTreeMap<(Language, String), Signed>,
    /// Sentences with `{…}` places, cut at the places: a text in the catalogue has them filled in already.
    patterns: BTreeMap<Language, Vec<(Vec<String>, Signed)>>,
}

impl Review {
    /// Reads the `.po` files; one that cannot be parsed does not load either, so nothing is said about it here.
    pub fn of(bundle: &Bundle) -> Self {
        let mut review = Self { sentences: BTreeMap::new(), patterns: BTreeMap::new() };
        for (file, text) in bundle.files.iter().filter(|(name, _)| name.starts_with("lang/") && name.ends_with(".po")) {
            let Some(language) = file.split('/').nth(1).and_then(Language::from_code) else { continue };
            let Ok(messages) = polib::po_file::parse_from_reader(text.as_bytes()) else { continue };
            for message in messages.messages() {
                let signed = match message.msgstr() {
                    Ok(words) if words.trim().is_empty() => Signed::Missing,
                    Ok(_) if message.is_fuzzy() => Signed::Waiting,
                    Ok(_) => Signed::Yes,
                    Err(_) => continue,
                };
                let source = message.msgid();
                if source.contains('{') {
                    review.patterns.entry(language).or_default().push((pieces(source), signed));
                }
                review.sentences.insert((language, source.to_owned()), signed);
            }
        }
        review
    }

    /// How it stands with a text in a language. Indonesian is the source and always signed.
    pub fn of_text(&self, text: &Text, language: Language) -> Signed {
        if language == Language::Id {
            return Signed::Yes;
        }
        if let Some(signed) = self.sentences.get(&(language, text.source().to_owned())) {
            return *signed;
        }
        let filled = self.patterns.get(&language).into_iter().flatten().filter(|(pieces, _)| fits(pieces, text.source()));
        // The pattern that fixes most of the sentence is the one it was made from.
        let made_from = filled.max_by_key(|(pieces, _)| pieces.iter().map(String::len).sum::<usize>());
        match made_from {
            Some((_, signed)) => *signed,
            None if text.has(language) => Signed::Waiting,
            None => Signed::Missing,
        }
    }
}

/// `Ketik NIK {siapa}.` → `Ketik NIK `, `.`
fn pieces(sentence: &str) -> Vec<String> {
    sentence.split('{').enumerate().map(|(at, part)| if at == 0 { part } else { part.split_once('}').map_or(part, |(_, rest)| rest) }.to_owned()).collect()
}

/// Whether a sentence begins, goes on and ends as the pieces do.
fn fits(pieces: &[String], sentence: &str) -> bool {
    let [first, middle @ .., last] = pieces else { return false };
    let Some(inner) = sentence.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str())) else { return false };
    let mut rest = inner;
    middle.iter().all(|piece| match rest.split_once(piece.as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{fits, pieces};

    #[test]
    fn a_filled_sentence_is_known_by_its_pattern() {
        let cases = [
            ("Ketik NIK {siapa}", "Ketik NIK ibu", true),
            ("Ketik NIK {siapa}", "Ketik nama ibu", false),
            ("Saksi {n}: {siapa}.", "Saksi 2: ayah.", true),
            ("Saksi {n}: {siapa}.", "Saksi 2 ayah.", false),
            ("{siapa} sudah datang?", "Ibu sudah datang?", true),
        ];
        for (pattern, sentence, expected) in cases {
            assert_eq!(fits(&pieces(pattern), sentence), expected, "{pattern} / {sentence}");
        }
    }
}
