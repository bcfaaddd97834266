//! Long lists of which one row is picked by typing a few letters: regions and occupations.
//!
//! The order is what a person expects: names that begin with the letters, then names with a word that does, then names that
//! contain them, then names a slip away; within the city's own province first, and the city itself before that.

use std::borrow::Cow;

use strsim::osa_distance;

use crate::search::plain;
use crate::step::{Level, PickFrom};
use crate::{Catalogue, Language};

/// Rows shown at once.
pub const ROWS_MAX: usize = 7;
/// Letters from which a slip is forgiven.
const LETTERS_FOR_SLIP: usize = 4;

/// One row to touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is stored: the region's or the occupation's code.
    pub code: String,
    pub label: String,
    /// Where a region lies, since names repeat: "Bubutan, Kota Surabaya".
    pub detail: String,
}

impl Catalogue {
    /// Rows of the list that `typed` may mean; with nothing typed, the ones most people need.
    pub fn rows(&self, from: PickFrom, typed: &str, language: Language) -> Vec<Row> {
        match from {
            PickFrom::Region(level) => self.region_rows(level, typed),
            PickFrom::Occupation => self.occupation_rows(typed, language),
        }
    }

    /// Whether a list has this code.
    pub fn has_row(&self, from: PickFrom, code: &str) -> bool {
        match from {
            PickFrom::Region(level) => self.regions.contains_key(code) && self.is_at(level, code),
            PickFrom::Occupation => self.list_label("pekerjaan", code).is_some(),
        }
    }

    /// A region with all it lies in: "Tembok Dukuh, Bubutan, Kota Surabaya, Jawa Timur".
    pub fn region_words(&self, code: &str) -> Option<String> {
        let name = &self.regions.get(code)?.name;
        let lies_in = self.lies_in(code);
        Some(if lies_in.is_empty() { name.clone() } else { format!("{name}, {lies_in}") })
    }

    fn lies_in(&self, code: &str) -> String {
        let mut names = Vec::new();
        let mut code = code;
        while let Some((above, _)) = code.rsplit_once('.') {
            names.extend(self.regions.get(above).map(|region| region.name.as_str()));
            code = above;
        }
        names.join(", ")
    }

    fn is_at(&self, level: Level, code: &str) -> bool {
        let dots = code.bytes().filter(|byte| *byte == b'.').count();
        match level {
            Level::Kelurahan => dots == 3 && code.starts_with(&format!("{}.", self.city.code)),
            Level::Kecamatan => dots == 2,
            Level::Kabupaten => dots == 1,
        }
    }

    fn region_rows(&self, level: Level, typed: &str) -> Vec<Row> {
        let typed = plain(typed);
        let province = self.city.code.split('.').next().unwrap_or_default();
        let mut found: Vec<(u8, u8, &str, &str)> = Vec::new();
        for region in self.regions.values().filter(|region| self.is_at(level, &region.code)) {
            if let Some(rank) = rank(&typed, &plain(&region.name)) {
                let near = if region.code.starts_with(&self.city.code) { 0 } else { 1 + u8::from(!region.code.starts_with(province)) };
                found.push((rank, near, &region.name, &region.code));
            }
        }
        found.sort_unstable();
        let row = |(_, _, name, code): (u8, u8, &str, &str)| Row { code: code.to_owned(), label: name.to_owned(), detail: self.lies_in(code) };
        found.into_iter().take(ROWS_MAX).map(row).collect()
    }

    fn occupation_rows(&self, typed: &str, language: Language) -> Vec<Row> {
        let typed = plain(typed);
        let all = || self.occupation_groups.iter().flat_map(|group| group.codes.iter().map(move |code| (group, code)));
        let row = |group: &crate::OccupationGroup, code: &str| {
            let label = self.list_label("pekerjaan", code).map_or(code, |label| label.get(language)).to_owned();
            Row { code: code.to_owned(), label, detail: group.label.get(language).to_owned() }
        };
        if typed.is_empty() {
            return self.occupation_groups.iter().filter_map(|group| group.codes.first().map(|code| row(group, code))).take(ROWS_MAX).collect();
        }
        let mut found: Vec<(u8, usize, Row)> = Vec::new();
        for (at, (group, code)) in all().enumerate() {
            let Some(label) = self.list_label("pekerjaan", code) else { continue };
            let in_group = rank(&typed, &plain(group.label.get(language))).map(|rank| rank + WORSE_THAN_ANY_NAME);
            let best = [label.source(), label.get(language)].into_iter().filter_map(|name| rank(&typed, &plain(name))).min().or(in_group);
            found.extend(best.map(|rank| (rank, at, row(group, code))));
        }
        found.sort_by_key(|(rank, at, _)| (*rank, *at));
        found.into_iter().take(ROWS_MAX).map(|(_, _, row)| row).collect()
    }
}

const WORSE_THAN_ANY_NAME: u8 = 10;

/// How well a name fits what was typed; smaller is better, `None` is not at all.
fn rank(typed: &str, name: &str) -> Option<u8> {
    if typed == name {
        return Some(0);
    }
    if name.starts_with(typed) {
        return Some(1);
    }
    // People leave out the spaces: "tembokdukuh", "alunalun contong".
    let close_typed = close(typed);
    if close(name).starts_with(&*close_typed) {
        return Some(2);
    }
    if name.split(' ').any(|word| word.starts_with(typed)) {
        return Some(3);
    }
    if name.contains(typed) {
        return Some(4);
    }
    let letters = close_typed.chars().count();
    if letters < LETTERS_FOR_SLIP {
        return None;
    }
    let words = std::iter::once(0).chain(name.match_indices(' ').map(|(space, _)| space + 1));
    words.map(|start| &name[start..]).any(|rest| is_slip(&close_typed, letters, rest)).then_some(5)
}

/// Without its spaces.
fn close(name: &str) -> Cow<'_, str> {
    if name.contains(' ') { name.replace(' ', "").into() } else { name.into() }
}

/// Whether `name` begins with what was typed but for one slip: a letter wrong, missing, too many, or two changed over.
fn is_slip(typed: &str, letters: usize, name: &str) -> bool {
    // The first letter is nearly always right.
    if name.chars().next() != typed.chars().next() {
        return false;
    }
    let name = close(name);
    // A letter too few or too many shifts where the beginning ends.
    let slips = |length: usize| osa_distance(typed, &name.chars().take(length).collect::<String>()) == 1;
    (letters - 1..=letters + 1).any(slips)
}
