//! Everything services refer to: papers, reasons, states, clocks, places, coded lists, regions, forms.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Work;
use crate::raw::{ClocksFile, PapersFile, PlacesFile, ReasonsFile, SearchFile, StatesFile};
use crate::schema::{Paper, Place, Reason};
use crate::step::OccupationGroup;
use crate::text::Texts;
use crate::{Choice, Clock, Region, State, StatePath, Text};

/// Region tables, coarse to fine. Only the two finest are needed; the coarse ones name where a kecamatan lies.
const REGION_FILES: [(&str, bool); 4] =
    [("codes/provinces.csv", false), ("codes/regencies.csv", false), ("codes/kecamatan.csv", true), ("codes/kelurahan.csv", true)];

#[derive(Deserialize)]
struct RegionRow {
    code: String,
    name: String,
}

#[derive(Deserialize)]
struct ListRow {
    list: String,
    code: String,
    label: String,
}

#[derive(Deserialize)]
struct FormRow {
    form: String,
    title: String,
    #[serde(rename = "group")]
    _group: String,
}

#[derive(Deserialize)]
struct OccupationRow {
    group: String,
    icon: String,
    code: String,
}

impl Texts for SearchFile {
    fn each_text(&mut self, _visit: &mut dyn FnMut(&mut Text)) {}
}

impl Work<'_> {
    pub(super) fn papers(&mut self) -> BTreeMap<String, Paper> {
        let files: Vec<String> = self.bundle.below("shared/papers").map(str::to_owned).collect();
        if files.is_empty() {
            self.report("shared/papers", 0, "this folder needs at least one file of papers".into());
        }
        let mut papers = BTreeMap::new();
        for file in files {
            let Some(parsed) = self.parse::<PapersFile>(&file) else { continue };
            for spanned in parsed.paper {
                let span = spanned.span();
                let raw = spanned.into_inner();
                let paper =
                    Paper { id: raw.id.clone(), name: raw.name, official: raw.official, instruction: raw.instruction, shape: raw.shape, number: raw.number };
                if papers.insert(raw.id.clone(), paper).is_some() {
                    self.report_at(&file, span, format!("another entry already describes the paper `{}`", raw.id));
                }
            }
        }
        papers
    }

    pub(super) fn reasons(&mut self) -> BTreeMap<String, Reason> {
        let Some(file) = self.parse::<ReasonsFile>("shared/reasons.toml") else { return BTreeMap::new() };
        let reason = |raw: crate::raw::RawReason| Reason { code: raw.code, label: raw.label, resident: raw.resident, applies: raw.applies };
        file.reason.into_iter().map(|raw| (raw.code.clone(), reason(raw))).collect()
    }

    pub(super) fn clocks(&mut self) -> BTreeMap<String, Clock> {
        let Some(file) = self.parse::<ClocksFile>("shared/clocks.toml") else { return BTreeMap::new() };
        for clock in &file.clock {
            if clock.hours <= 0 && clock.working_days <= 0 {
                self.report_words(
                    "shared/clocks.toml",
                    &format!("id = \"{}\"", clock.id),
                    format!("the clock `{}` promises no time: give `hours` or `working_days`", clock.id),
                );
            }
        }
        file.clock.into_iter().map(|clock| (clock.id.clone(), clock)).collect()
    }

    pub(super) fn places(&mut self) -> BTreeMap<String, Place> {
        let Some(file) = self.parse::<PlacesFile>("shared/places.toml") else { return BTreeMap::new() };
        file.place.into_iter().map(|place| (place.id.clone(), place)).collect()
    }

    pub(super) fn states(&mut self) -> (BTreeMap<String, State>, BTreeMap<String, StatePath>) {
        const FILE: &str = "shared/states.toml";
        let Some(file) = self.parse::<StatesFile>(FILE) else { return Default::default() };
        let states: BTreeMap<String, State> = file.state.into_iter().map(|state| (state.id.clone(), state)).collect();
        let mut paths = BTreeMap::new();
        for path in file.path {
            let span = path.span();
            let path = path.into_inner();
            for id in path.states() {
                if !states.contains_key(id) {
                    self.report_at(FILE, span.clone(), format!("the path `{}` names an unknown state `{id}`", path.id));
                }
            }
            for state in path.states() {
                let ends = path.next(state).is_empty();
                let may_end = states.get(state).is_some_and(|state| state.terminal);
                if ends != may_end {
                    let what = if ends { "nothing may follow it but it is not marked terminal" } else { "it is terminal but something follows" };
                    self.report_at(FILE, span.clone(), format!("the path `{}` and the state `{state}` disagree: {what}", path.id));
                }
            }
            paths.insert(path.id.clone(), path);
        }
        (states, paths)
    }

    pub(super) fn regions(&mut self) -> BTreeMap<String, Region> {
        let mut regions = BTreeMap::new();
        for (file, required) in REGION_FILES {
            for row in self.rows::<RegionRow>(file, required) {
                regions.insert(row.code.clone(), Region { code: row.code, name: row.name });
            }
        }
        regions
    }

    pub(super) fn lists(&mut self) -> BTreeMap<String, Vec<Choice>> {
        let mut lists: BTreeMap<String, Vec<Choice>> = BTreeMap::new();
        for row in self.rows::<ListRow>("codes/lists.csv", true) {
            let choice = Choice { value: row.code, label: self.text(&row.label), detail: None, icon: String::new() };
            lists.entry(row.list).or_default().push(choice);
        }
        lists
    }

    pub(super) fn forms(&mut self) -> BTreeMap<String, String> {
        self.rows::<FormRow>("codes/forms.csv", true).into_iter().map(|row| (row.form, row.title)).collect()
    }

    /// Groups in file order. Every occupation stands in exactly one.
    pub(super) fn occupation_groups(&mut self, lists: &BTreeMap<String, Vec<Choice>>) -> Vec<OccupationGroup> {
        const FILE: &str = "codes/occupation_groups.csv";
        let rows = self.rows::<OccupationRow>(FILE, true);
        let known: BTreeSet<&str> = lists.get("pekerjaan").into_iter().flatten().map(|choice| choice.value.as_str()).collect();
        let mut groups: Vec<(String, OccupationGroup)> = Vec::new();
        let mut placed = BTreeSet::new();
        for row in rows {
            if !known.contains(row.code.as_str()) {
                self.report(FILE, 0, format!("there is no occupation {}", row.code));
            }
            if !placed.insert(row.code.clone()) {
                self.report(FILE, 0, format!("the occupation {} stands in two groups", row.code));
            }
            match groups.iter_mut().find(|(name, _)| *name == row.group) {
                Some((_, group)) => group.codes.push(row.code),
                None => groups.push((row.group.clone(), OccupationGroup { label: self.text(&row.group), icon: row.icon, codes: vec![row.code] })),
            }
        }
        for missing in known.iter().filter(|code| !placed.contains(**code)) {
            self.report(FILE, 0, format!("the occupation {missing} stands in no group"));
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// Rows of a table with a header; each bad row is a problem with its line.
    fn rows<T: serde::de::DeserializeOwned>(&mut self, file: &str, required: bool) -> Vec<T> {
        let Some(text) = self.bundle.files.get(file) else {
            if required {
                self.report(file, 0, "this file is missing".into());
            }
            return Vec::new();
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for row in reader.deserialize() {
            match row {
                Ok(row) => rows.push(row),
                Err(reason) => {
                    let line = reason.position().map_or(0, |at| at.line() as usize);
                    self.report(file, line, format!("this row cannot be read: {}", csv_reason(&reason)));
                }
            }
        }
        rows
    }
}

fn csv_reason(reason: &csv::Error) -> String {
    match reason.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("it has {len} columns instead of {expected_len}"),
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        _ => reason.to_string(),
    }
}
