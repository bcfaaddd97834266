//! Turns the written files into the checked catalogue, gathering every problem instead of stopping at the first.
//!
//! What is refused here can therefore never surprise a resident: unknown ids, rules that name unknown questions or do not
//! answer yes or no, choices nobody can give, states nothing leads to, missing sentences.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;

use crate::load::{Bundle, Problem};
use crate::raw::{GroupFile, IndexFile, PapersFile, RawBring, RawKind, RawStep, ReasonsFile, ServiceFile, StatesFile, TextsFile};
use crate::schema::{Bring, Catalogue, Choice, Exit, LifeEvent, Paper, Reason, Service, Step, StepKind};
use crate::{City, EntryKind, Facts, FindingId, Region, Rule, State, StatePath};

/// Pages of one paper that nobody needs to exceed.
const PAGES_MAX: usize = 12;
/// Cards on one screen before it has to scroll twice.
const CHOICES_MAX: usize = 20;
/// Any day will do for a trial run of a rule.
const TRIAL_DAY: Date = Date::constant(2026, 1, 2);

pub fn compile(bundle: &Bundle) -> Result<Catalogue, Vec<Problem>> {
    let mut work = Work { bundle, problems: Vec::new() };
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
    problems: Vec<Problem>,
}

impl Work<'_> {
    fn catalogue(&mut self) -> Option<Catalogue> {
        let index = self.parse::<IndexFile>("index.toml");
        let city = self.parse::<City>("city.toml");
        let papers = self.papers();
        let reasons = self.reasons();
        let (states, paths) = self.states();
        let regions = self.regions();
        let texts = self.parse::<TextsFile>("shared/texts.toml").unwrap_or_default();
        let findings = self.parse::<TextsFile>("shared/findings.toml").unwrap_or_default();
        for id in FindingId::ALL {
            if !findings.contains_key(id.key()) {
                self.report("shared/findings.toml", 0, format!("the sentence for `{}` is missing", id.key()));
            }
        }
        let groups = self.groups();
        let files: Vec<String> = self.bundle.below("services").map(str::to_owned).collect();
        let mut services = BTreeMap::new();
        for file in files {
            if let Some(service) = self.service(&file, &groups, &papers, &paths)
                && let Some(twice) = services.insert(service.id.clone(), service)
            {
                self.report(&file, 0, format!("another file already describes the service `{}`", twice.id));
            }
        }
        let index = index?;
        for id in &index.services {
            if !services.contains_key(id.get_ref()) {
                self.report_at("index.toml", id.span(), format!("there is no file in services/ for `{}`", id.get_ref()));
            }
        }
        let offered: BTreeSet<&str> = index.services.iter().map(|id| id.get_ref().as_str()).collect();
        services.retain(|id, _| offered.contains(id.as_str()));
        for event in &index.event {
            if !services.contains_key(event.service.get_ref()) {
                self.report_at(
                    "index.toml",
                    event.service.span(),
                    format!("the card `{}` leads to an unknown service `{}`", event.id, event.service.get_ref()),
                );
            }
        }
        let events = index
            .event
            .into_iter()
            .map(|raw| LifeEvent { id: raw.id, service: raw.service.into_inner(), label: raw.label, detail: raw.detail, icon: raw.icon })
            .collect();
        Some(Catalogue { hash: self.bundle.hash(), city: city?, events, services, papers, reasons, states, paths, regions, texts, findings })
    }

    fn papers(&mut self) -> BTreeMap<String, Paper> {
        let Some(file) = self.parse::<PapersFile>("shared/papers.toml") else { return BTreeMap::new() };
        file.paper.into_iter().map(|raw| (raw.id.clone(), Paper { id: raw.id, name: raw.name, official: raw.official, instruction: raw.instruction })).collect()
    }

    fn reasons(&mut self) -> BTreeMap<String, Reason> {
        let Some(file) = self.parse::<ReasonsFile>("shared/reasons.toml") else { return BTreeMap::new() };
        file.reason.into_iter().map(|raw| (raw.code.clone(), Reason { code: raw.code, label: raw.label, resident: raw.resident })).collect()
    }

    fn states(&mut self) -> (BTreeMap<String, State>, BTreeMap<String, StatePath>) {
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

    fn regions(&mut self) -> BTreeMap<String, Region> {
        let mut regions = BTreeMap::new();
        for file in ["codes/kecamatan.csv", "codes/kelurahan.csv"] {
            let Some(text) = self.bundle.files.get(file) else {
                self.report(file, 0, "this file is missing".into());
                continue;
            };
            for (number, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
                match line.split_once(',') {
                    Some((code, name)) if !code.is_empty() && !name.is_empty() => {
                        regions.insert(code.to_owned(), Region { code: code.to_owned(), name: name.trim_matches('"').to_owned() });
                    }
                    _ => self.report(file, number + 1, "a region needs a code and a name with a comma between".into()),
                }
            }
        }
        regions
    }

    fn groups(&mut self) -> BTreeMap<String, Group> {
        let files: Vec<String> = self.bundle.below("shared/steps").map(str::to_owned).collect();
        let mut groups = BTreeMap::new();
        for file in files {
            if let Some(group) = self.parse::<GroupFile>(&file) {
                let steps = group.step.into_iter().map(|step| (step.span(), step.into_inner())).collect();
                groups.insert(group.id, Group { file, steps });
            }
        }
        groups
    }

    fn service(
        &mut self,
        file: &str,
        groups: &BTreeMap<String, Group>,
        papers: &BTreeMap<String, Paper>,
        paths: &BTreeMap<String, StatePath>,
    ) -> Option<Service> {
        let raw = self.parse::<ServiceFile>(file)?;
        if !paths.contains_key(raw.path.get_ref()) {
            self.report_at(file, raw.path.span(), format!("there is no state path `{}`", raw.path.get_ref()));
        }
        let mut steps = Vec::new();
        for spanned in raw.step {
            let (span, step) = (spanned.span(), spanned.into_inner());
            match &step.group {
                None => steps.extend(self.step(file, &span, step, papers)),
                Some(name) => match groups.get(name) {
                    Some(group) => {
                        for (member_span, member) in &group.steps {
                            steps.extend(self.step(&group.file, member_span, member.clone(), papers));
                        }
                    }
                    None => self.report_at(file, span, format!("there is no shared group `{name}`")),
                },
            }
        }
        self.check_rules(file, &steps, &raw.exit.iter().map(|exit| (exit.span(), exit.get_ref().when.clone())).collect::<Vec<_>>(), "exit");
        let clock_rules: Vec<_> = raw.clock.iter().filter_map(|clock| Some((clock.span(), clock.get_ref().when.clone()?))).collect();
        self.check_rules(file, &steps, &clock_rules, "clock");
        if raw.clock.last().is_none_or(|clock| clock.get_ref().when.is_some()) {
            self.report(file, 0, "the last [[clock]] must have no `when`, so that every answer has a promise".into());
        }
        let bring = self.bring(file, raw.bring, papers);
        let mut exits = Vec::new();
        for spanned in raw.exit {
            let exit = spanned.into_inner();
            let bring = self.bring(file, exit.bring, papers);
            exits.push(Exit { id: exit.id, when: exit.when, title: exit.title, sentences: exit.sentences, bring });
        }
        Some(Service {
            id: raw.id.into_inner(),
            code: raw.code,
            title: raw.title,
            form: raw.form,
            path: raw.path.into_inner(),
            collect: raw.collect,
            bring,
            steps,
            exits,
            clocks: raw.clock.into_iter().map(|clock| clock.into_inner()).collect(),
        })
    }

    fn step(&mut self, file: &str, span: &Range<usize>, raw: RawStep, papers: &BTreeMap<String, Paper>) -> Option<Step> {
        let problems_before = self.problems.len();
        let need = |work: &mut Self, what: &str| work.report_at(file, span.clone(), format!("this step needs `{what}`"));
        if raw.id.is_none() {
            need(self, "id");
        }
        if raw.label.is_none() {
            need(self, "label");
        }
        if raw.question.is_none() {
            need(self, "question");
        }
        let kind = match raw.kind {
            None => {
                need(self, "kind");
                None
            }
            Some(RawKind::Choice) => {
                let values: BTreeSet<&str> = raw.choice.iter().map(|choice| choice.value.as_str()).collect();
                if !(2..=CHOICES_MAX).contains(&raw.choice.len()) {
                    self.report_at(file, span.clone(), format!("a choice needs 2 to {CHOICES_MAX} [[step.choice]]"));
                }
                if values.len() != raw.choice.len() || values.contains("") {
                    self.report_at(file, span.clone(), "every choice needs its own value".into());
                }
                let choices =
                    raw.choice.into_iter().map(|choice| Choice { value: choice.value, label: choice.label, detail: choice.detail, icon: choice.icon });
                Some(StepKind::Choice { choices: choices.collect() })
            }
            Some(RawKind::Nik) => Some(StepKind::Entry { kind: EntryKind::Nik, optional: raw.optional }),
            Some(RawKind::Kk) => Some(StepKind::Entry { kind: EntryKind::Kk, optional: raw.optional }),
            Some(RawKind::Name) => Some(StepKind::Entry { kind: EntryKind::Name, optional: raw.optional }),
            Some(RawKind::BirthDate) => Some(StepKind::Entry { kind: EntryKind::BirthDate, optional: raw.optional }),
            Some(RawKind::Phone) => Some(StepKind::Entry { kind: EntryKind::Phone, optional: raw.optional }),
            Some(RawKind::Paper) => {
                let paper = raw.paper.unwrap_or_default();
                if !papers.contains_key(&paper) {
                    self.report_at(file, span.clone(), format!("there is no paper `{paper}` in shared/papers.toml"));
                }
                let (pages_min, pages_max) = (raw.pages_min.unwrap_or(1), raw.pages_max.unwrap_or(1));
                if pages_min == 0 || pages_min > pages_max || pages_max > PAGES_MAX {
                    self.report_at(file, span.clone(), format!("pages_min and pages_max must be 1 to {PAGES_MAX}, the smaller first"));
                }
                Some(StepKind::Paper { paper, pages_min, pages_max })
            }
        };
        (self.problems.len() == problems_before).then_some(())?;
        Some(Step { id: raw.id?, when: raw.when, label: raw.label?, question: raw.question?, help: raw.help, kind: kind? })
    }

    /// Steps may look at earlier steps only; every rule must answer yes or no for every choice it looks at.
    fn check_rules(&mut self, file: &str, steps: &[Step], later: &[(Range<usize>, Rule)], what: &str) {
        let names: BTreeSet<&str> = steps.iter().map(|step| step.id.as_str()).collect();
        if names.len() != steps.len() {
            self.report(file, 0, "two steps have the same id".into());
        }
        let mut earlier: BTreeSet<&str> = BTreeSet::new();
        for step in steps {
            if let Some(rule) = &step.when {
                for name in rule.variables() {
                    if !earlier.contains(name.as_str()) {
                        self.report(file, 0, format!("the condition of `{}` looks at `{name}`, which is not asked before it", step.id));
                    }
                }
                self.try_rule(file, 0, rule, steps);
            }
            earlier.insert(&step.id);
        }
        for (span, rule) in later {
            let line = self.bundle.line(file, span.start);
            for name in rule.variables() {
                if !names.contains(name.as_str()) {
                    self.report(file, line, format!("this {what}'s condition looks at `{name}`, which is never asked"));
                }
            }
            self.try_rule(file, line, rule, steps);
        }
    }

    fn try_rule(&mut self, file: &str, line: usize, rule: &Rule, steps: &[Step]) {
        let variables = rule.variables();
        let mut ever = (false, false);
        let looked_at = steps.iter().filter(|step| variables.contains(&step.id));
        let values: Vec<(&str, Vec<&str>)> = looked_at
            .map(|step| {
                let mut values = vec![""];
                match &step.kind {
                    StepKind::Choice { choices } => values.extend(choices.iter().map(|choice| choice.value.as_str())),
                    _ => values.extend(["1900-01-01", "2010-01-02", "2025-12-31"]),
                }
                (step.id.as_str(), values)
            })
            .collect();
        for combination in combinations(&values) {
            let mut facts = Facts::new(TRIAL_DAY, steps.iter().map(|step| step.id.as_str()));
            for (id, value) in combination {
                facts.set(id, value);
            }
            match rule.try_holds(&facts) {
                Ok(true) => ever.0 = true,
                Ok(false) => ever.1 = true,
                Err(reason) => {
                    self.report(file, line, format!("the condition `{}` does not work: {reason}", rule.source()));
                    return;
                }
            }
        }
        if ever != (true, true) {
            let always = if ever.0 { "always" } else { "never" };
            self.report(file, line, format!("the condition `{}` {always} holds: is a value misspelt?", rule.source()));
        }
    }

    fn bring(&mut self, file: &str, raw: Vec<RawBring>, papers: &BTreeMap<String, Paper>) -> Vec<Bring> {
        for bring in &raw {
            if !papers.contains_key(bring.paper.get_ref()) {
                self.report_at(file, bring.paper.span(), format!("there is no paper `{}` in shared/papers.toml", bring.paper.get_ref()));
            }
        }
        raw.into_iter().map(|bring| Bring { paper: bring.paper.into_inner(), note: bring.note }).collect()
    }

    fn parse<T: serde::de::DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        self.bundle.parse(file).map_err(|problem| self.problems.push(problem)).ok()
    }

    fn report(&mut self, file: &str, line: usize, message: String) {
        self.problems.push(Problem { file: file.to_owned(), line, message });
    }

    fn report_at(&mut self, file: &str, span: Range<usize>, message: String) {
        let line = self.bundle.line(file, span.start);
        self.report(file, line, message);
    }
}

/// Every way to give each question one of its values.
fn combinations<'a>(values: &[(&'a str, Vec<&'a str>)]) -> Vec<Vec<(&'a str, &'a str)>> {
    /// A rule over more questions than this many combinations is tried on the first ones only.
    const COMBINATIONS_MAX: usize = 4096;
    values.iter().fold(vec![Vec::new()], |sofar, (id, options)| {
        let all = sofar.iter().flat_map(|chosen| options.iter().map(move |option| chosen.iter().copied().chain([(*id, *option)]).collect()));
        all.take(COMBINATIONS_MAX).collect()
    })
}
