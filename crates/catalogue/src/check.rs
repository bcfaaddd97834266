//! The long look at a catalogue before it is shipped: everything that is not wrong enough to stop a kiosk, but must not go out.
//!
//! Loading refuses what cannot work. This refuses what would disappoint: a question nobody reaches, a route that leads nowhere,
//! a case without an example, a sentence without translation, a paper that is asked but was not on the list. Each finding names
//! file and line and says what to do. Whether labels fit their boxes is measured by the tool that knows the fonts (`xtask`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;

use crate::Language;
use crate::example::{self, Example};
use crate::load::{Bundle, Problem};
use crate::schema::{Catalogue, Class, Service};
use crate::step::{Step, StepKind};
use crate::text::Dictionary;
use crate::walk::Walked;

/// Cores that help, beside the one that asks.
const HELPERS_MAX: usize = 7;

/// What the long look found.
#[derive(Debug, Default)]
pub struct Report {
    pub problems: Vec<Problem>,
    /// The walk of each service by its id.
    pub walks: BTreeMap<String, Walked>,
    pub examples: usize,
}

impl Report {
    pub fn routes(&self) -> u64 {
        self.walks.values().map(|walk| walk.routes).sum()
    }

    fn take(&mut self, other: Report) {
        self.problems.extend(other.problems);
        self.walks.extend(other.walks);
        self.examples += other.examples;
    }
}

/// Looks at everything. `today` decides where ages and deadlines turn.
///
/// Services are independent of each other, so every core takes the next one until none is left.
pub fn check(catalogue: &Catalogue, bundle: &Bundle, today: Date) -> Report {
    let services: Vec<&Service> = catalogue.services.values().collect();
    let next = AtomicUsize::new(0);
    let fresh = || Look { catalogue, bundle, report: Report::default() };
    let look_at_services = || {
        let mut look = fresh();
        while let Some(service) = services.get(next.fetch_add(1, Ordering::Relaxed)) {
            look.walk(service, today);
            look.papers(service);
            look.idle_choices(service);
            look.same_choices(service);
            look.disputed(service);
            look.examples(service);
        }
        look.report
    };
    let mut report = std::thread::scope(|scope| {
        let helpers = std::thread::available_parallelism().map_or(0, |cores| cores.get() - 1).min(HELPERS_MAX);
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(look_at_services)).collect();
        let mut look = fresh();
        look.stray_examples();
        look.reasons();
        look.visits();
        look.reachable();
        look.translations();
        let mut report = look.report;
        report.take(look_at_services());
        for helper in helpers {
            report.take(helper.join().expect("looking at a service has no way to panic that would not be a fault of this program"));
        }
        report
    });
    report.problems.sort_by(|one, other| (&one.file, one.line, &one.message).cmp(&(&other.file, other.line, &other.message)));
    report.problems.dedup();
    report
}

struct Look<'a> {
    catalogue: &'a Catalogue,
    bundle: &'a Bundle,
    report: Report,
}

impl Look<'_> {
    fn walk(&mut self, service: &Service, today: Date) {
        let walk = self.catalogue.walk_all(service, today);
        let file = file_of(service);
        if walk.too_many {
            let line = self.line(&file, "class = ");
            self.say(
                &file,
                line,
                format!("too many answers decide at once (more than {} points): let fewer conditions look at dates and long lists", crate::walk::POINTS_MAX),
            );
        }
        for step in service.steps.iter().filter(|step| !walk.asked.contains(&step.id)) {
            let (file, line) = step.place.clone();
            self.say(&file, line, format!("nobody is ever asked `{}` in `{}`: mend its condition or an exit before it, or delete it", step.id, service.id));
        }
        for exit in service.exits.iter().filter(|exit| !walk.exits.contains(&exit.id)) {
            let line = self.line(&file, &format!("id = \"{}\"", exit.id));
            self.say(&file, line, format!("nobody ever reaches the exit `{}`: another exit may hold first, or its condition is out of reach", exit.id));
        }
        for output in service.outputs.iter().filter(|output| !walk.outputs.contains(&output.id)) {
            let line = self.line(&file, &format!("id = \"{}\"", output.id));
            self.say(&file, line, format!("the output `{}` never comes about", output.id));
        }
        for (at, clock) in service.clocks.iter().enumerate().filter(|(at, _)| !walk.clocks.contains(at)) {
            let line = self.line_after(&file, "[[clock]]", at);
            self.say(&file, line, format!("the clock `{}` never applies: an earlier one always holds", clock.clock));
        }
        for case in service.cases.iter().filter(|case| !walk.cases.contains(&case.id)) {
            let line = self.line(&file, &format!("id = \"{}\"", case.id));
            self.say(&file, line, format!("no route belongs to the case `{}`", case.id));
        }
        for forecast in service.forecasts.iter().filter(|forecast| !walk.forecasts.contains(&forecast.id)) {
            let line = self.line(&file, &format!("id = \"{}\"", forecast.id));
            self.say(&file, line, format!("the forecast `{}` never holds on a finished application", forecast.id));
        }
        for (at, also) in service.also.iter().enumerate().filter(|(at, _)| service.class != Class::K3 && !walk.also.contains(at)) {
            let line = self.line_after(&file, "[[also]]", at);
            self.say(&file, line, format!("`{}` is never offered beside this service", also.service));
        }
        let class = self.line(&file, "class = ");
        match service.class {
            Class::K3 if walk.submissions > 0 => {
                self.say(&file, class, "a K3 service ends in a card, but some answers run past every exit: add an [[exit]] for them".into())
            }
            Class::K1 | Class::K2 if walk.submissions == 0 => self.say(&file, class, "dead end: no answers lead to a submission".into()),
            _ => {}
        }
        if service.class != Class::K3 && walk.fruitless {
            let line = self.line(&file, "[[output]]");
            self.say(&file, line, "some answers end in a submission of which nothing comes: every route needs an [[output]]".into());
        }
        self.report.walks.insert(service.id.clone(), walk);
    }

    /// What is asked for must have been on the list before anybody queued.
    fn papers(&mut self, service: &Service) {
        let listed: BTreeSet<&str> = service.bring.iter().map(|bring| bring.paper.as_str()).collect();
        for step in &service.steps {
            if let StepKind::Paper { paper, .. } = &step.kind
                && !listed.contains(paper.as_str())
            {
                let file = file_of(service);
                let line = self.line(&file, if service.bring.is_empty() { "class = " } else { "[[bring]]" });
                self.say(&file, line, format!("the paper `{paper}` is asked (`{}`) but is not on the [[bring]] list", step.id));
            }
        }
    }

    /// A choice must decide something or fill a field of the form; else it is asked for nothing.
    fn idle_choices(&mut self, service: &Service) {
        for step in &service.steps {
            let looked_at = service.rules().any(|rule| rule.looks_at(&step.id));
            if matches!(step.kind, StepKind::Choice { .. }) && !looked_at && step.field.is_none() {
                let (file, line) = step.place.clone();
                let message = "no condition looks at this answer and it fills no form field: give it a `field`, let a condition use it, or do not ask";
                self.say(&file, line, format!("`{}` in `{}`: {message}", step.id, service.id));
            }
        }
    }

    /// Answers that mean the same to every condition and to the form are one answer asked twice.
    fn same_choices(&mut self, service: &Service) {
        for step in service.steps.iter().filter(|step| step.field.is_none()) {
            let StepKind::Choice { choices } = &step.kind else { continue };
            let named: BTreeSet<String> = service.rules().flat_map(|rule| rule.compared_with(&step.id)).collect();
            let alike: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).filter(|value| !named.contains(*value)).collect();
            if !named.is_empty() && alike.len() > 1 {
                let (file, line) = step.place.clone();
                let message = "mean the same to every condition: make them one, let a condition tell them apart, or give the step its `field`";
                self.say(&file, line, format!("`{}` of `{}` in `{}` {message}", alike.join("`, `"), step.id, service.id));
            }
        }
    }

    /// Where sources contradict each other nobody is turned away: a disputed figure may warn, never end a way.
    fn disputed(&mut self, service: &Service) {
        for exit in service.exits.iter().filter(|_| service.class != Class::K3) {
            for name in exit.when.city_figures().filter(|name| self.catalogue.city.rules.get(*name).is_some_and(|figure| figure.disputed)) {
                let file = file_of(service);
                let line = self.line(&file, &format!("id = \"{}\"", exit.id));
                self.say(&file, line, format!("the exit `{}` turns people away by the disputed figure `kota.{name}`: make it a [[forecast]]", exit.id));
            }
        }
    }

    fn examples(&mut self, service: &Service) {
        let file = example::file_of(&service.id);
        let examples = match example::read(self.bundle, &service.id) {
            Ok(examples) => examples,
            Err(problem) => {
                self.report.problems.push(problem);
                return;
            }
        };
        self.report.examples += examples.len();
        for example in &examples {
            for said in example.run(self.catalogue, service) {
                self.say(&file, example.line, format!("the example “{}” does not hold: {said}", example.name));
            }
        }
        let shown = |wanted: &dyn Fn(&Example) -> bool| examples.iter().any(wanted);
        for case in &service.cases {
            if !shown(&|example| example.case.as_deref() == Some(case.id.as_str())) {
                self.say(&file, 0, format!("no example shows the case `{}`", case.id));
            }
        }
        for exit in &service.exits {
            if !shown(&|example| example.end == format!("exit:{}", exit.id)) {
                self.say(&file, 0, format!("no example ends at `exit:{}`", exit.id));
            }
        }
        if service.class != Class::K3 && !shown(&|example| example.end == "submit") {
            self.say(&file, 0, "no example ends in a submission".into());
        }
    }

    fn stray_examples(&mut self) {
        let files: Vec<String> = self.bundle.below("examples").map(str::to_owned).collect();
        for file in files {
            let known = file.strip_prefix("examples/").and_then(|name| name.strip_suffix(".toml")).is_some_and(|id| self.catalogue.services.contains_key(id));
            if !known {
                self.say(&file, 0, "these examples belong to no service that is offered".into());
            }
        }
    }

    /// Every reason can be given to something, and every reason that a resident can still mend is foreseen somewhere or tied to items.
    fn reasons(&mut self) {
        const FILE: &str = "shared/reasons.toml";
        for reason in self.catalogue.reasons.values() {
            let foreseen = self.catalogue.services.values().any(|service| service.forecasts.iter().any(|forecast| forecast.reason == reason.code));
            if reason.applies.is_empty() && !foreseen {
                let line = self.line(FILE, &format!("code = \"{}\"", reason.code));
                self.say(FILE, line, format!("the reason {} is bound to nothing: give it `applies`, or a [[forecast]] in a service", reason.code));
            }
        }
    }

    /// One visit asks a shared question once, so services that meet in a visit must mean the same by the same id.
    fn visits(&mut self) {
        for service in self.catalogue.services.values() {
            let meets: BTreeSet<&str> = service
                .also
                .iter()
                .map(|also| also.service.as_str())
                .chain(service.exits.iter().filter_map(|exit| exit.onward.as_ref()).map(|onward| onward.service.as_str()))
                .collect();
            for other in meets.iter().filter_map(|id| self.catalogue.service(id)) {
                for step in &other.steps {
                    if let Some(own) = service.step(&step.id)
                        && !same_question(own, step)
                    {
                        let (file, line) = step.place.clone();
                        self.say(
                            &file,
                            line,
                            format!("`{}` means something else in `{}`, and both can meet in one visit: rename one of them", step.id, service.id),
                        );
                    }
                }
            }
        }
    }

    /// A service that can be submitted must be reachable from the home cards or from another service.
    fn reachable(&mut self) {
        let cards: BTreeSet<&str> = self.catalogue.events.iter().flat_map(|event| event.services.iter().map(|behind| behind.service.as_str())).collect();
        let onward: BTreeSet<&str> = self
            .catalogue
            .services
            .values()
            .flat_map(|service| {
                service
                    .exits
                    .iter()
                    .filter_map(|exit| exit.onward.as_ref())
                    .map(|onward| onward.service.as_str())
                    .chain(service.also.iter().map(|also| also.service.as_str()))
            })
            .collect();
        for service in self.catalogue.services.values() {
            if service.class != Class::K3 && !cards.contains(service.id.as_str()) && !onward.contains(service.id.as_str()) {
                self.say("index.toml", 0, format!("no home card and no other service leads to `{}`", service.id));
            }
        }
    }

    fn translations(&mut self) {
        let (dictionary, _) = Dictionary::read(self.bundle);
        let mut used: BTreeSet<String> = BTreeSet::new();
        for (file, sentence) in crate::raw::sentences(self.bundle) {
            for language in &self.catalogue.city.languages {
                if !dictionary.has(&sentence, *language) {
                    let line = self.line(&file, &sentence);
                    self.say(&file, line, format!("{sentence:?} has no translation: add it to lang/{}/", language.code()));
                }
            }
            used.insert(sentence);
        }
        for language in &self.catalogue.city.languages {
            for sentence in dictionary.sources(*language).filter(|sentence| !used.contains(*sentence)) {
                let (file, line) = self.translation(*language, sentence);
                let message = format!("{sentence:?} is translated but no file says it any more: delete the entry");
                self.report.problems.push(Problem { file, line, message });
            }
        }
    }

    /// Where a sentence is translated, as far as it stands on one line there.
    fn translation(&self, language: Language, sentence: &str) -> (String, usize) {
        let folder = format!("lang/{}", language.code());
        let words = format!("msgid \"{}\"", sentence.replace('"', "\\\""));
        let files = self.bundle.files.keys().filter(|name| name.starts_with(&folder));
        let found = files.map(|file| (file.clone(), self.line(file, &words))).find(|(_, line)| *line > 0);
        found.unwrap_or((folder, 0))
    }

    /// The first line that contains these words; 0 when none does.
    fn line(&self, file: &str, words: &str) -> usize {
        self.bundle.files.get(file).and_then(|text| text.split_once(words)).map_or(0, |(before, _)| 1 + newlines(before))
    }

    /// The line of the table header that stands at this place among its kind.
    fn line_after(&self, file: &str, header: &str, at: usize) -> usize {
        let Some(text) = self.bundle.files.get(file) else { return 0 };
        text.match_indices(header).nth(at).map_or(0, |(offset, _)| 1 + newlines(&text[..offset]))
    }

    fn say(&mut self, file: &str, line: usize, message: String) {
        self.report.problems.push(Problem { file: file.to_owned(), line, message });
    }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn file_of(service: &Service) -> String {
    format!("services/{}.toml", service.id)
}

/// Two steps ask the same: same sentence, same kind, same values.
fn same_question(one: &Step, other: &Step) -> bool {
    let values = |step: &Step| match &step.kind {
        StepKind::Choice { choices } => choices.iter().map(|choice| choice.value.clone()).collect::<Vec<_>>(),
        StepKind::Entry { kind, .. } => vec![format!("{kind:?}")],
        StepKind::Pick { from, .. } => vec![format!("{from:?}")],
        StepKind::Paper { paper, .. } => vec![paper.clone()],
    };
    one.question == other.question && values(one) == values(other)
}
