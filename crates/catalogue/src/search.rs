//! Finding a service by what people type: everyday words, dialect, typing errors, half-typed words. Offline, on one small index.
//!
//! Each word typed is compared with the words of a service's titles, search phrases and life events: the same word counts most,
//! then a beginning, then a word one or two slips away. Spelling and dialect are data (`shared/search.toml`); which service is
//! likelier when words tie is the order of the home cards, which follows the volumes.

use std::collections::{BTreeMap, BTreeSet};

use strsim::osa_distance;

use crate::raw::SearchFile;
use crate::schema::{LifeEvent, Service};
use crate::{Catalogue, Language};

/// Services shown for one search.
pub const RESULTS_MAX: usize = 7;
/// Words of one search that are looked at; nobody says more in one breath.
const WORDS_MAX: usize = 12;
/// Letters below which a slip is not forgiven: short words are all alike.
const LETTERS_FOR_ONE_SLIP: usize = 4;
const LETTERS_FOR_TWO_SLIPS: usize = 8;

const SAME: f32 = 1.0;
const BEGINNING: f32 = 0.8;
const ONE_SLIP: f32 = 0.6;
const TWO_SLIPS: f32 = 0.4;
/// A slip in the beginning of a longer word.
const SLIP_IN_BEGINNING: f32 = 0.35;

/// What stands where, and how much it says about the service.
const TITLE: f32 = 3.0;
const PHRASE: f32 = 2.5;
const OFFICIAL: f32 = 1.0;

/// Words of every service.
#[derive(Clone, Debug, Default)]
pub struct Index {
    synonyms: BTreeMap<String, String>,
    stop: BTreeSet<String>,
    services: Vec<Entry>,
    /// In how many services a word stands: rare words say more.
    spread: BTreeMap<String, usize>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: String,
    /// Phrases as sets of words, with their weight.
    phrases: Vec<(Vec<String>, f32)>,
    /// Place among the home cards; what is not there comes after.
    rank: usize,
}

impl Index {
    pub(crate) fn new(services: &BTreeMap<String, Service>, events: &[LifeEvent], search: &SearchFile) -> Self {
        let mut index = Self {
            synonyms: search.synonyms.iter().map(|(from, to)| (plain(from), plain(to))).collect(),
            stop: search.stop.iter().map(|word| plain(word)).collect(),
            ..Self::default()
        };
        for service in services.values() {
            let mut phrases: Vec<(Vec<String>, f32)> = Vec::new();
            for language in Language::ALL {
                phrases.push((index.words(service.title.get(language)), TITLE));
            }
            phrases.push((index.words(service.official.source()), OFFICIAL));
            phrases.push((vec![service.code.to_lowercase().replace('-', "")], TITLE));
            phrases.extend(service.search.iter().map(|phrase| (index.words(phrase), PHRASE)));
            let mut rank = usize::MAX;
            for (at, event) in events.iter().enumerate() {
                for behind in event.services.iter().filter(|behind| behind.service == service.id) {
                    rank = rank.min(at);
                    phrases.push((index.words(behind.label.source()), PHRASE));
                }
            }
            phrases.retain(|(words, _)| !words.is_empty());
            phrases.sort_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
            phrases.dedup_by(|later, earlier| later.0 == earlier.0);
            index.services.push(Entry { id: service.id.clone(), phrases, rank });
        }
        for entry in &index.services {
            let words: BTreeSet<&String> = entry.phrases.iter().flat_map(|(words, _)| words).collect();
            for word in words {
                *index.spread.entry(word.clone()).or_default() += 1;
            }
        }
        index
    }

    /// Words that mean something, in the spelling the catalogue uses.
    fn words(&self, text: &str) -> Vec<String> {
        let text = plain(text);
        let all: Vec<&str> = text.split_whitespace().collect();
        let kept: Vec<&str> = all.iter().copied().filter(|word| !self.stop.contains(*word)).collect();
        // "saya" alone is still a search for something.
        let kept = if kept.is_empty() { all } else { kept };
        kept.iter().flat_map(|word| self.synonyms.get(*word).map_or(*word, String::as_str).split_whitespace()).map(str::to_owned).collect()
    }

    /// How well the words fit one phrase: every typed word should find its place, and few of the phrase's should be left over.
    fn fit(&self, typed: &[String], phrase: &[String]) -> f32 {
        let mut found = 0.0;
        let mut weight = 0.0;
        for (at, word) in typed.iter().enumerate() {
            let unfinished = (at + 1 == typed.len()).then_some(if typed.len() > 1 { 1 } else { 2 });
            let (likeness, like) =
                phrase.iter().map(|other| (likeness(word, other, unfinished), other)).max_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or((0.0, word));
            let rarity = self.rarity(like);
            found += likeness * rarity;
            weight += rarity;
        }
        if found == 0.0 {
            return 0.0;
        }
        let left_over = phrase.len().saturating_sub(typed.len()) as f32;
        found / weight - 0.04 * left_over.min(5.0)
    }

    fn rarity(&self, word: &str) -> f32 {
        let services = self.services.len().max(1) as f32;
        let spread = self.spread.get(word).copied().unwrap_or(1) as f32;
        1.0 + (services / spread).ln()
    }
}

impl Catalogue {
    /// Services that `typed` may mean, the likeliest first, at most [`RESULTS_MAX`].
    pub fn find_services(&self, typed: &str) -> Vec<&Service> {
        let mut words = self.index.words(typed);
        words.truncate(WORDS_MAX);
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(f32, &Entry)> = self
            .index
            .services
            .iter()
            .filter_map(|entry| {
                let best = entry.phrases.iter().map(|(phrase, weight)| self.index.fit(&words, phrase) * (1.0 + 0.05 * weight)).fold(0.0, f32::max);
                (best > 0.3).then_some((best, entry))
            })
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.rank.cmp(&other.1.rank)).then_with(|| one.1.id.cmp(&other.1.id)));
        found.into_iter().take(RESULTS_MAX).filter_map(|(_, entry)| self.services.get(&entry.id)).collect()
    }
}

/// How alike two words are, from 0 to 1. The last word typed may be unfinished, from so many letters on.
fn likeness(typed: &str, word: &str, unfinished: Option<usize>) -> f32 {
    if typed == word {
        return SAME;
    }
    let letters = typed.chars().count();
    if unfinished.is_some_and(|fewest| letters >= fewest) && word.starts_with(typed) {
        return BEGINNING;
    }
    let forgiven = if letters >= LETTERS_FOR_TWO_SLIPS { 2 } else { usize::from(letters >= LETTERS_FOR_ONE_SLIP) };
    if forgiven == 0 {
        return 0.0;
    }
    if word.chars().count().abs_diff(letters) <= forgiven {
        match osa_distance(typed, word) {
            1 => return ONE_SLIP,
            2 if forgiven == 2 => return TWO_SLIPS,
            _ => {}
        }
    }
    let beginning: String = word.chars().take(letters).collect();
    if unfinished.is_some() && word.chars().count() > letters && osa_distance(typed, &beginning) == 1 { SLIP_IN_BEGINNING } else { 0.0 }
}

/// Small letters and digits with single spaces; everything else parts words. Hyphens vanish, so that KTP-el is `ktpel`.
pub(crate) fn plain(text: &str) -> String {
    // One pass, since every name of a long list comes through here at every letter typed.
    let mut plain = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase).filter(|character| *character != '-') {
        if character.is_alphanumeric() {
            plain.push(character);
        } else if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}
