//! Turns the written files into the checked catalogue, gathering every problem instead of stopping at the first.
//!
//! What is refused here can therefore never surprise a resident: unknown ids, rules that name unknown questions or do not
//! answer yes or no, choices nobody can give, states nothing leads to, missing sentences. What takes longer to find out (a
//! question nobody reaches, a case without an example) is the affair of [`crate::check`].

mod expand;
mod rules;
mod service;
mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::load::{Bundle, Problem};
use crate::raw::{GroupFile, IndexFile, RawStep, SearchFile, TextsFile};
use crate::schema::{Catalogue, EventService, LifeEvent, Paper, Place, Reason, Service};
use crate::search::Index;
use crate::text::{Dictionary, Texts};
use crate::{Choice, City, Clock, FindingId, Menu, Rule, StatePath, Text};

/// Cards on the second page of a life event.
const EVENT_SERVICES_MAX: usize = 7;

pub fn compile(bundle: &Bundle) -> Result<Catalogue, Vec<Problem>> {
    let (dictionary, problems) = Dictionary::read(bundle);
    let mut work = Work { bundle, dictionary, problems, rules: BTreeMap::new(), names: Vec::new() };
    let catalogue = work.catalogue();
    match catalogue {
        Some(catalogue) if work.problems.is_empty() => Ok(catalogue),
        _ => Err(work.problems),
    }
}

/// A set of steps that several services share, with the file and places it came from.
struct Group {
    file: String,
    steps: Vec<(Range<usize>, RawStep)>,
}

struct Work<'a> {
    bundle: &'a Bundle,
    dictionary: Dictionary,
    problems: Vec<Problem>,
    /// Compiled conditions by their source; the same words are compiled once.
    rules: BTreeMap<String, Rule>,
    /// What the city puts into the `{…}` places of sentences.
    names: Vec<(String, Text)>,
}

/// What services refer to, all of it loaded before the first service.
struct Shared {
    city: Arc<City>,
    papers: BTreeMap<String, Paper>,
    reasons: BTreeMap<String, Reason>,
    paths: BTreeMap<String, StatePath>,
    clocks: BTreeMap<String, Clock>,
    places: BTreeMap<String, Place>,
    lists: BTreeMap<String, Vec<Choice>>,
    forms: BTreeMap<String, String>,
    texts: TextsFile,
    groups: BTreeMap<String, Group>,
}

impl Work<'_> {
    fn catalogue(&mut self) -> Option<Catalogue> {
        let index = self.parse::<IndexFile>("index.toml");
        let city = self.parse::<City>("city.toml").map(Arc::new);
        self.names = city.iter().flat_map(|city| &city.names).map(|(name, value)| (name.clone(), Text::same(value))).collect();
        let (states, paths) = self.states();
        let findings = self.parse::<TextsFile>("shared/findings.toml").unwrap_or_default();
        for id in FindingId::ALL {
            if !findings.contains_key(id.key()) {
                self.report("shared/findings.toml", 0, format!("the sentence for `{}` is missing", id.key()));
            }
        }
        let regions = self.regions();
        let search = if self.bundle.files.contains_key("shared/search.toml") { self.parse::<SearchFile>("shared/search.toml")? } else { SearchFile::default() };
        let lists = self.lists();
        let occupation_groups = self.occupation_groups(&lists);
        let city = city?;
        self.check_city(&city);
        let shared = Shared {
            papers: self.papers(),
            reasons: self.reasons(),
            clocks: self.clocks(),
            places: self.places(),
            forms: self.forms(),
            texts: self.parse::<TextsFile>("shared/texts.toml").unwrap_or_default(),
            groups: self.groups(),
            city,
            paths,
            lists,
        };
        let services = self.services(&shared);
        let index = index?;
        let events = self.events(index, &services);
        let offered: BTreeMap<String, Service> = services.into_iter().filter(|(id, _)| events.offered.contains(id)).collect();
        self.check_links(&offered);
        let words = Index::new(&offered, &events.cards, &search);
        Some(Catalogue {
            hash: self.bundle.hash(),
            city: shared.city,
            events: events.cards,
            services: offered,
            papers: shared.papers,
            reasons: shared.reasons,
            states,
            paths: shared.paths,
            clocks: shared.clocks,
            places: shared.places,
            regions,
            lists: shared.lists,
            occupation_groups,
            forms: shared.forms,
            texts: shared.texts,
            findings,
            index: words,
        })
    }

    fn services(&mut self, shared: &Shared) -> BTreeMap<String, Service> {
        let files: Vec<String> = self.bundle.below("services").map(str::to_owned).collect();
        let mut services: BTreeMap<String, Service> = BTreeMap::new();
        for file in files {
            let Some(service) = self.service(&file, shared) else { continue };
            if !file.ends_with(&format!("/{}.toml", service.id)) {
                self.report_words(&file, "id = ", format!("the service `{}` belongs into services/{}.toml", service.id, service.id));
            }
            if let Some(twin) = services.values().find(|other| other.code == service.code) {
                self.report_words(&file, "code = ", format!("the services `{}` and `{}` have the same code {}", twin.id, service.id, service.code));
            }
            if let Some(twice) = services.insert(service.id.clone(), service) {
                self.report_words(&file, "id = ", format!("another file already describes the service `{}`", twice.id));
            }
        }
        services
    }

    fn events(&mut self, index: IndexFile, services: &BTreeMap<String, Service>) -> Events {
        const FILE: &str = "index.toml";
        let mut offered = BTreeSet::new();
        for id in &index.services {
            if !services.contains_key(id.get_ref()) {
                self.report_at(FILE, id.span(), format!("there is no file in services/ for `{}`", id.get_ref()));
            }
            if !offered.insert(id.get_ref().clone()) {
                self.report_at(FILE, id.span(), format!("`{}` is offered twice", id.get_ref()));
            }
        }
        let mut cards = Vec::new();
        let mut seen = BTreeSet::new();
        for event in index.event {
            if !seen.insert(event.id.clone()) {
                let line = self.line_of_nth(FILE, &format!("id = \"{}\"", event.id), 1);
                self.report(FILE, line, format!("two cards have the id `{}`", event.id));
            }
            let choices = event.choice.into_iter().map(|choice| (choice.service, choice.label, choice.detail, choice.icon));
            let only = event.service.map(|service| (service, event.label.clone(), Some(event.detail.clone()), event.icon.clone()));
            let behind: Vec<_> = only.into_iter().chain(choices).collect();
            if behind.is_empty() || behind.len() > EVENT_SERVICES_MAX {
                self.report_words(
                    FILE,
                    &format!("id = \"{}\"", event.id),
                    format!("the card `{}` needs one `service`, or 2 to {EVENT_SERVICES_MAX} [[event.choice]]", event.id),
                );
            }
            for (service, ..) in &behind {
                if !offered.contains(service.get_ref()) {
                    self.report_at(FILE, service.span(), format!("the card `{}` leads to a service that is not offered: `{}`", event.id, service.get_ref()));
                }
            }
            let services =
                behind.into_iter().map(|(service, label, detail, icon)| EventService { service: service.into_inner(), label, detail, icon }).collect();
            cards.push(LifeEvent { id: event.id, label: event.label, detail: event.detail, icon: event.icon, services });
        }
        Events { offered, cards }
    }

    fn groups(&mut self) -> BTreeMap<String, Group> {
        let files: Vec<String> = self.bundle.below("shared/steps").map(str::to_owned).collect();
        let mut groups = BTreeMap::new();
        for file in files {
            let Some(group) = self.parse::<GroupFile>(&file) else { continue };
            for step in &group.step {
                if let Some(inner) = &step.get_ref().group {
                    self.report_at(&file, step.span(), format!("a shared group cannot use another (`{inner}`), so that none can use itself"));
                }
            }
            let steps = group.step.into_iter().map(|step| (step.span(), step.into_inner())).collect();
            let id = group.id.clone();
            if groups.insert(group.id, Group { file: file.clone(), steps }).is_some() {
                self.report_words(&file, "id = ", format!("another file already describes the shared group `{id}`"));
            }
        }
        groups
    }

    /// Parses a file and gives every sentence in it its translations.
    fn parse<T: serde::de::DeserializeOwned + Texts>(&mut self, file: &str) -> Option<T> {
        let mut parsed = self.bundle.parse::<T>(file).map_err(|problem| self.problems.push(problem)).ok()?;
        let (dictionary, names) = (&self.dictionary, &self.names);
        parsed.each_text(&mut |text: &mut Text| {
            text.translate(dictionary);
            if text.source().contains('{') {
                names.iter().for_each(|(name, value)| *text = text.with(name, value));
            }
        });
        Some(parsed)
    }

    /// A text that stands in no TOML file of its own, such as the label of a code.
    fn text(&self, sentence: &str) -> Text {
        let mut text = Text::same(sentence);
        text.translate(&self.dictionary);
        text
    }

    /// Where one service leads to another: that must be offered, and what is set there must be a question with that answer.
    fn check_links(&mut self, services: &BTreeMap<String, Service>) {
        for service in services.values() {
            let file = format!("services/{}.toml", service.id);
            let onward = service.exits.iter().filter_map(|exit| exit.onward.as_ref().map(|onward| (&onward.service, &onward.with)));
            let also = service.also.iter().map(|also| (&also.service, &also.with));
            for (id, with) in onward.chain(also) {
                let leads = format!("service = \"{id}\"");
                let Some(target) = services.get(id) else {
                    self.report_words(&file, &leads, format!("this leads on to `{id}`, which is not offered"));
                    continue;
                };
                if target.id == service.id {
                    self.report_words(&file, &leads, "a service cannot lead on to itself".into());
                }
                for (step, value) in with {
                    let sets = format!("{step} = \"{value}\"");
                    match target.step(step).map(|step| &step.kind) {
                        None => self.report_words(&file, &sets, format!("`with` sets `{step}`, which `{id}` never asks")),
                        Some(crate::StepKind::Choice { choices }) if !choices.iter().any(|choice| choice.value == *value) => {
                            self.report_words(&file, &sets, format!("`with` sets `{step}` of `{id}` to `{value}`, which is none of its choices"));
                        }
                        Some(_) => {}
                    }
                }
            }
        }
    }

    fn check_city(&mut self, city: &City) {
        const FILE: &str = "city.toml";
        for menu in Menu::ALL {
            if !city.menus.contains_key(&menu) {
                self.report_words(FILE, "[menus]", format!("[menus] lacks a name for `{}`", menu.id()));
            }
        }
        if city.languages.is_empty() {
            self.report_words(FILE, "languages", "`languages` is empty: name at least one".into());
        }
        if city.opens >= city.closes {
            self.report_words(FILE, "opens", "the office closes before it opens: check `opens` and `closes`".into());
        }
        if city.working_days.is_empty() || !city.working_days.iter().all(|day| (1..=7).contains(day)) {
            self.report_words(FILE, "working_days", "`working_days` needs days from 1 (Monday) to 7".into());
        }
    }

    fn report(&mut self, file: &str, line: usize, message: String) {
        self.problems.push(Problem { file: file.to_owned(), line, message });
    }

    /// Reports at the first line that has these words.
    fn report_words(&mut self, file: &str, words: &str, message: String) {
        let line = self.line_of_nth(file, words, 0);
        self.report(file, line, message);
    }

    /// The line of the nth place, from 0, at which these words stand; 0 when there is none.
    fn line_of_nth(&self, file: &str, words: &str, nth: usize) -> usize {
        let found = self.bundle.files.get(file).and_then(|text| text.match_indices(words).nth(nth));
        found.map_or(0, |(offset, _)| self.bundle.line(file, offset))
    }

    fn report_at(&mut self, file: &str, span: Range<usize>, message: String) {
        let line = self.bundle.line(file, span.start);
        self.report(file, line, message);
    }
}

struct Events {
    offered: BTreeSet<String>,
    cards: Vec<LifeEvent>,
}
