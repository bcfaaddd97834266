//! One service file: header, steps, and everything that hangs on their answers.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::expand::Written;
use super::{Shared, Work};
use crate::raw::{RawBring, RawExit, RawKind, RawLevel, RawStep, RawTone, ServiceFile};
use crate::schema::{Also, Bring, Case, Class, ClockUse, Exit, Forecast, Onward, Output, Service};
use crate::step::{Choice, Level, PickFrom, Step, StepKind};
use crate::text::Texts;
use crate::{EntryKind, Rule, Text};

/// Pages of one paper that nobody needs to exceed.
const PAGES_MAX: usize = 12;
/// Cards on one screen before it has to scroll twice.
const CHOICES_MAX: usize = 20;
/// Characters of a free text, where the file says nothing.
const TEXT_CHARS: usize = 60;
/// Most characters a free text may ask for.
const TEXT_CHARS_MAX: usize = 200;

/// What hangs on the answers of a service, where it was written, and when it holds.
pub(super) struct Later {
    pub span: Range<usize>,
    pub what: &'static str,
    pub id: String,
    pub when: Option<Rule>,
}

impl Work<'_> {
    pub(super) fn service(&mut self, file: &str, shared: &Shared) -> Option<Service> {
        let mut raw = self.parse::<ServiceFile>(file)?;
        let mut open = Vec::new();
        raw.each_text(&mut |text: &mut Text| open.extend(text.source().contains('{').then(|| text.source().to_owned())));
        for sentence in open {
            let line = self.line_of_nth(file, &sentence, 0);
            self.report(file, line, format!("{sentence:?} leaves a place open that [names] of city.toml does not fill"));
        }
        for form in &raw.forms {
            if !shared.forms.contains_key(form.get_ref()) {
                self.report_at(file, form.span(), format!("there is no form `{}` in codes/forms.csv", form.get_ref()));
            }
        }
        if (raw.class == Class::K2) != raw.human.is_some() {
            self.report_words(file, "class = ", "`human` names the human step of a K2 service, and only of one".into());
        }
        let expanded = self.expand(file, raw.step, shared);
        let steps: Vec<Step> = expanded.steps.into_iter().filter_map(|written| self.step(written, shared)).collect();
        let mut places = Vec::new();
        let mut exits = Vec::new();
        for (span, exit) in raw.exit.into_iter().map(|exit| (exit.span(), exit.into_inner())).chain(expanded.exits) {
            let Some(exit) = self.exit(file, &span, exit, shared) else { continue };
            places.push(Later { span, what: "exit", id: exit.id.clone(), when: Some(exit.when.clone()) });
            exits.push(exit);
        }
        let mut service = Service {
            id: raw.id.into_inner(),
            code: raw.code,
            menu: raw.menu,
            class: raw.class,
            gentle: raw.tone == Some(RawTone::Gentle),
            title: raw.title,
            official: raw.official,
            forms: raw.forms.into_iter().map(serde_spanned::Spanned::into_inner).collect(),
            law: raw.law,
            search: raw.search,
            human: raw.human,
            bring: self.bring(file, raw.bring, shared),
            steps,
            exits,
            outputs: Vec::new(),
            clocks: Vec::new(),
            cases: Vec::new(),
            forecasts: Vec::new(),
            also: Vec::new(),
        };
        for spanned in raw.output {
            let span = spanned.span();
            let raw = spanned.into_inner();
            self.must_know(file, &span, "state path", &raw.path, &shared.paths);
            self.must_know(file, &span, "place", &raw.place, &shared.places);
            if let Some(clock) = &raw.clock {
                self.must_know(file, &span, "clock", clock, &shared.clocks);
            }
            let when = self.optional_rule(file, &span, raw.when.as_deref());
            places.push(Later { span, what: "output", id: raw.id.clone(), when: when.clone() });
            service.outputs.push(Output { id: raw.id, title: raw.title, path: raw.path, place: raw.place, when, clock: raw.clock });
        }
        for spanned in raw.clock {
            let span = spanned.span();
            let raw = spanned.into_inner();
            self.must_know(file, &span, "clock", &raw.clock, &shared.clocks);
            let when = self.optional_rule(file, &span, raw.when.as_deref());
            places.push(Later { span, what: "clock", id: String::new(), when: when.clone() });
            service.clocks.push(ClockUse { clock: raw.clock, when });
        }
        for spanned in raw.case {
            let span = spanned.span();
            let raw = spanned.into_inner();
            let when = self.optional_rule(file, &span, raw.when.as_deref());
            places.push(Later { span, what: "case", id: raw.id.clone(), when: when.clone() });
            service.cases.push(Case { id: raw.id, title: raw.title, when });
        }
        for spanned in raw.forecast {
            let span = spanned.span();
            let raw = spanned.into_inner();
            self.must_know(file, &span, "reason", &raw.reason, &shared.reasons);
            if service.step(&raw.item).is_none() {
                self.report_at(file, span.clone(), format!("this forecast's item `{}` is never asked", raw.item));
            }
            if let Some(when) = self.rule(file, &span, &raw.when) {
                places.push(Later { span, what: "forecast", id: raw.id.clone(), when: Some(when.clone()) });
                service.forecasts.push(Forecast { id: raw.id, reason: raw.reason, item: raw.item, when, text: raw.text });
            }
        }
        for spanned in raw.also {
            let span = spanned.span();
            let raw = spanned.into_inner();
            let when = self.optional_rule(file, &span, raw.when.as_deref());
            places.push(Later { span, what: "also", id: String::new(), when: when.clone() });
            service.also.push(Also { service: raw.service, when, title: raw.title, with: raw.with });
        }
        self.check_shape(file, &service);
        self.check_ids(file, &service, &places);
        self.check_rules(file, &service, &places, shared);
        Some(service)
    }

    /// What a service of this class must and must not have.
    fn check_shape(&mut self, file: &str, service: &Service) {
        match service.class {
            Class::K3 if !service.outputs.is_empty() || !service.clocks.is_empty() => {
                let header = if service.outputs.is_empty() { "[[clock]]" } else { "[[output]]" };
                self.report_words(file, header, "a K3 service ends in a card: it has no [[output]] and no [[clock]]".into());
            }
            Class::K3 => {}
            Class::K1 | Class::K2 => {
                if service.outputs.is_empty() {
                    self.report_words(file, "class = ", "nothing comes of this service: name at least one [[output]]".into());
                }
                if service.clocks.last().is_none_or(|clock| clock.when.is_some()) {
                    let line = self.line_of_nth(file, "[[clock]]", service.clocks.len().saturating_sub(1));
                    self.report(file, line, "the last [[clock]] must have no `when`, so that every answer has a promise".into());
                }
            }
        }
        if service.cases.is_empty() {
            self.report_words(file, "class = ", "name at least one [[case]]".into());
        }
        if service.cases.len() > 1 && service.cases.iter().any(|case| case.when.is_none()) {
            self.report_words(file, "[[case]]", "with several cases each needs a `when`".into());
        }
    }

    fn check_ids(&mut self, file: &str, service: &Service, places: &[Later]) {
        let mut seen = BTreeSet::new();
        for step in &service.steps {
            if !seen.insert(step.id.as_str()) {
                let (file, line) = &step.place;
                self.report(file, *line, format!("two steps of `{}` have the same id: `{}`", service.id, step.id));
            }
        }
        let mut seen = BTreeSet::new();
        for Later { span, what, id, .. } in places.iter().filter(|place| !place.id.is_empty()) {
            if !seen.insert((*what, id.as_str())) {
                self.report_at(file, span.clone(), format!("two {what}s have the same id: `{id}`"));
            }
        }
    }

    fn step(&mut self, written: Written, shared: &Shared) -> Option<Step> {
        let Written { file, span, step: raw } = written;
        let problems_before = self.problems.len();
        for (what, is_missing) in [("id", raw.id.is_none()), ("label", raw.label.is_none()), ("question", raw.question.is_none()), ("kind", raw.kind.is_none())]
        {
            if is_missing {
                self.report_at(&file, span.clone(), format!("this step needs `{what}`"));
            }
        }
        let when = self.optional_rule(&file, &span, raw.when.as_deref());
        let kind = self.step_kind(&file, &span, &raw, shared);
        if raw.field.is_none() && matches!(kind, Some(StepKind::Entry { .. } | StepKind::Pick { .. })) {
            self.report_at(&file, span.clone(), "name the form field that this answer fills with `field`; what fills none is not asked".into());
        }
        if let Some(field) = raw.field.as_deref().filter(|field| field.contains("{form}")) {
            self.report_at(&file, span.clone(), format!("`{field}` needs a `field` where the group is used"));
        }
        (self.problems.len() == problems_before).then_some(())?;
        let line = self.bundle.line(&file, span.start);
        Some(Step {
            id: raw.id?,
            when,
            label: raw.label?,
            question: raw.question?,
            help: raw.help,
            field: raw.field,
            kind: kind?,
            unit: raw.unit,
            place: (file, line),
        })
    }

    fn step_kind(&mut self, file: &str, span: &Range<usize>, raw: &RawStep, shared: &Shared) -> Option<StepKind> {
        let entry = |kind: EntryKind| Some(StepKind::Entry { kind, optional: raw.optional });
        match raw.kind? {
            RawKind::Choice => self.choice(file, span, raw, shared),
            RawKind::Paper => self.paper(file, span, raw, shared),
            RawKind::Nik => entry(EntryKind::Nik),
            RawKind::Kk => entry(EntryKind::Kk),
            RawKind::Name => entry(EntryKind::Name { new: raw.new }),
            RawKind::BirthDate => entry(EntryKind::BirthDate),
            RawKind::Date => entry(EntryKind::Date),
            RawKind::PlanDate => entry(EntryKind::PlanDate),
            RawKind::Time => entry(EntryKind::Time),
            RawKind::Phone => entry(EntryKind::Phone),
            RawKind::Email => entry(EntryKind::Email),
            RawKind::Akta => entry(EntryKind::Akta),
            RawKind::Skpwni => entry(EntryKind::Skpwni),
            RawKind::Letter => entry(EntryKind::Letter),
            RawKind::Text => {
                let chars_max = raw.chars_max.unwrap_or(TEXT_CHARS);
                if chars_max == 0 || chars_max > TEXT_CHARS_MAX {
                    self.report_at(file, span.clone(), format!("`chars_max` must be 1 to {TEXT_CHARS_MAX}"));
                }
                entry(EntryKind::Text { chars_max })
            }
            RawKind::Number => {
                let (min, max) = (raw.min.unwrap_or(0), raw.max.unwrap_or(0));
                if max == 0 || min > max {
                    self.report_at(file, span.clone(), "a number needs `min` and `max`, the smaller first".into());
                }
                entry(EntryKind::Number { min, max })
            }
            RawKind::Occupation => Some(StepKind::Pick { from: PickFrom::Occupation, optional: raw.optional }),
            RawKind::Region => {
                let level = match raw.level {
                    Some(RawLevel::Kelurahan) => Level::Kelurahan,
                    Some(RawLevel::Kecamatan) => Level::Kecamatan,
                    Some(RawLevel::Kabupaten) => Level::Kabupaten,
                    None => {
                        self.report_at(file, span.clone(), "a region needs a `level`: kelurahan, kecamatan or kabupaten".into());
                        return None;
                    }
                };
                Some(StepKind::Pick { from: PickFrom::Region(level), optional: raw.optional })
            }
        }
    }

    fn choice(&mut self, file: &str, span: &Range<usize>, raw: &RawStep, shared: &Shared) -> Option<StepKind> {
        if let Some(list) = &raw.list {
            let choices = shared.lists.get(list);
            if choices.is_none() {
                self.report_at(file, span.clone(), format!("there is no list `{list}` in codes/lists.csv"));
            }
            if !raw.choice.is_empty() {
                self.report_at(file, span.clone(), "a choice has either a `list` or its own [[step.choice]]".into());
            }
            return Some(StepKind::Choice { choices: choices?.clone() });
        }
        let values: BTreeSet<&str> = raw.choice.iter().map(|choice| choice.value.as_str()).collect();
        if !(2..=CHOICES_MAX).contains(&raw.choice.len()) {
            self.report_at(file, span.clone(), format!("a choice needs 2 to {CHOICES_MAX} [[step.choice]]"));
        }
        if values.len() != raw.choice.len() || values.contains("") {
            self.report_at(file, span.clone(), "every choice needs its own value".into());
        }
        let choice =
            |raw: &crate::raw::RawChoice| Choice { value: raw.value.clone(), label: raw.label.clone(), detail: raw.detail.clone(), icon: raw.icon.clone() };
        Some(StepKind::Choice { choices: raw.choice.iter().map(choice).collect() })
    }

    fn paper(&mut self, file: &str, span: &Range<usize>, raw: &RawStep, shared: &Shared) -> Option<StepKind> {
        let paper = raw.paper.clone().unwrap_or_default();
        self.must_know(file, span, "paper", &paper, &shared.papers);
        let (pages_min, pages_max) = (raw.pages_min.unwrap_or(1), raw.pages_max.unwrap_or_else(|| raw.pages_min.unwrap_or(1)));
        if pages_min == 0 || pages_min > pages_max || pages_max > PAGES_MAX {
            self.report_at(file, span.clone(), format!("pages_min and pages_max must be 1 to {PAGES_MAX}, the smaller first"));
        }
        Some(StepKind::Paper { paper, pages_min, pages_max })
    }

    fn exit(&mut self, file: &str, span: &Range<usize>, raw: RawExit, shared: &Shared) -> Option<Exit> {
        let bring = self.bring(file, raw.bring, shared);
        if raw.sentences.is_empty() {
            self.report_at(file, span.clone(), format!("the exit `{}` says nothing: what, where, when?", raw.id));
        }
        let onward = raw.service.map(|service| Onward { service, with: raw.with });
        Some(Exit { id: raw.id, when: self.rule(file, span, &raw.when)?, title: raw.title, sentences: raw.sentences, bring, onward })
    }

    fn bring(&mut self, file: &str, raw: Vec<RawBring>, shared: &Shared) -> Vec<Bring> {
        for bring in &raw {
            self.must_know(file, &bring.paper.span(), "paper", bring.paper.get_ref(), &shared.papers);
        }
        raw.into_iter().map(|bring| Bring { paper: bring.paper.into_inner(), note: bring.note }).collect()
    }

    fn must_know<T>(&mut self, file: &str, span: &Range<usize>, what: &str, id: &str, known: &BTreeMap<String, T>) {
        if !known.contains_key(id) {
            self.report_at(file, span.clone(), format!("there is no {what} `{id}`"));
        }
    }

    fn optional_rule(&mut self, file: &str, span: &Range<usize>, source: Option<&str>) -> Option<Rule> {
        source.and_then(|source| self.rule(file, span, source))
    }
}
