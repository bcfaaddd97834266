//! Every route of a service, walked: over all choices, and over the dates and numbers at which conditions turn.
//!
//! Answers that no condition looks at take one value, since they cannot change the way. Two routes that agree in everything a
//! later condition looks at go on alike, so they are walked on once and counted for both: all routes are covered, few are
//! repeated. What nobody reaches on this walk, nobody can ever reach.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::rc::Rc;

use jiff::civil::Date;

use crate::facts::Facts;
use crate::schema::{Exit, Service};
use crate::step::{Step, StepKind};
use crate::trial::Trial;
use crate::{Answers, Catalogue, EntryKind, Rule};

/// Points of one walk beyond which a service's questions must be cut differently: so many things decide at once.
pub const POINTS_MAX: usize = 200_000;

/// Kecamatan whose codes invented people can have.
const KECAMATAN: usize = 31;

/// What the walk through one service found.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// Different ways through the questions, whatever their end.
    pub routes: u64,
    pub submissions: u64,
    /// Points at which routes part or meet again.
    pub points: usize,
    pub exits: BTreeSet<String>,
    /// Steps that were asked on some route.
    pub asked: BTreeSet<String>,
    pub outputs: BTreeSet<String>,
    /// Places of the clocks that applied on some route.
    pub clocks: BTreeSet<usize>,
    pub cases: BTreeSet<String>,
    pub forecasts: BTreeSet<String>,
    /// Places of the offers that were made on some route.
    pub also: BTreeSet<usize>,
    /// Some route ends in a submission of which nothing comes.
    pub fruitless: bool,
    /// A walk was given up at [`POINTS_MAX`].
    pub too_many: bool,
}

impl Catalogue {
    /// Walks every route of `service`.
    pub fn walk_all(&self, service: &Service, today: Date) -> Walked {
        let map = Map::of(self, service, today);
        let mut found = Walked::default();
        let plain = map.walk(self, &[], &mut |_, _| ControlFlow::Continue(()));
        found.routes = plain.counts.routes;
        found.submissions = plain.counts.submissions;
        found.asked = plain.asked.iter().map(|at| service.steps[*at].id.clone()).collect();
        found.exits = plain.exits;
        found.points = plain.points;
        found.too_many = plain.too_many;
        // What hangs on the end of a route is asked one by one: together they would look at nearly every answer.
        // One route that shows it is enough, so most of these walks are short.
        let mut ever = |rules: &[&Rule], wanted: &dyn Fn(&Facts<'_>, bool) -> bool| {
            let mut seen = false;
            let walk = map.walk(self, rules, &mut |facts, submitted| {
                seen = wanted(facts, submitted);
                if seen { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            found.points += walk.points;
            found.too_many |= walk.too_many;
            seen
        };
        let mut when = |rule: Option<&Rule>, only_submissions: bool| {
            let rules: Vec<&Rule> = rule.into_iter().collect();
            ever(&rules, &|facts, submitted| (submitted || !only_submissions) && rules.iter().all(|rule| rule.holds(facts)))
        };
        let outputs: BTreeSet<String> = service.outputs.iter().filter(|output| when(output.when.as_ref(), true)).map(|output| output.id.clone()).collect();
        let cases: BTreeSet<String> = service.cases.iter().filter(|case| when(case.when.as_ref(), false)).map(|case| case.id.clone()).collect();
        let forecasts: BTreeSet<String> =
            service.forecasts.iter().filter(|forecast| when(Some(&forecast.when), true)).map(|forecast| forecast.id.clone()).collect();
        let also: BTreeSet<usize> = service.also.iter().enumerate().filter(|(_, also)| when(also.when.as_ref(), true)).map(|(at, _)| at).collect();
        let mut clocks = BTreeSet::new();
        for at in 0..service.clocks.len() {
            let rules: Vec<&Rule> = service.clocks[..=at].iter().filter_map(|clock| clock.when.as_ref()).collect();
            let first = |facts: &Facts<'_>| service.clocks.iter().position(|clock| clock.when.as_ref().is_none_or(|rule| rule.holds(facts)));
            if ever(&rules, &|facts, submitted| submitted && first(facts) == Some(at)) {
                clocks.insert(at);
            }
        }
        let conditions: Vec<&Rule> = service.outputs.iter().filter_map(|output| output.when.as_ref()).collect();
        let fruitless =
            conditions.len() == service.outputs.len() && ever(&conditions, &|facts, submitted| submitted && !conditions.iter().any(|rule| rule.holds(facts)));
        Walked { outputs, cases, forecasts, also, clocks, fruitless, ..found }
    }

    /// Answers that lead to each exit and to a submission, one set each, so that somebody can walk them for real.
    pub fn sample_routes(&self, service: &Service, today: Date) -> Vec<(Option<String>, Answers)> {
        let map = Map::of(self, service, today);
        let mut samples: BTreeMap<Option<String>, Answers> = BTreeMap::new();
        map.walk_with_path(self, &mut |end, path| {
            samples.entry(end.map(|exit| exit.id.clone())).or_insert_with(|| {
                path.iter().fold(Answers::default(), |answers, (at, value)| {
                    let (step, value) = (&service.steps[*at], &map.values[*at][*value]);
                    with(&answers, step, &person(step, value, *at))
                })
            });
            ControlFlow::Continue(())
        });
        samples.into_iter().collect()
    }
}

/// The people of a sample are different people: each NIK was issued in another of the city's kecamatan.
fn person(step: &Step, value: &str, at: usize) -> String {
    match step.kind {
        StepKind::Entry { kind: EntryKind::Nik, .. } if value.len() == crate::number::DIGITS => {
            format!("{}{:02}{}", &value[..4], 1 + at % KECAMATAN, &value[6..])
        }
        _ => value.to_owned(),
    }
}

/// The answers with one more.
pub(crate) fn with(answers: &Answers, step: &Step, value: &str) -> Answers {
    let mut answers = answers.clone();
    match step.kind {
        StepKind::Paper { pages_min, .. } => {
            answers.pages.insert(step.id.clone(), pages_min);
        }
        _ => answers.set(&step.id, value),
    }
    answers
}

/// A service as a walk sees it.
struct Map<'a> {
    service: &'a Service,
    today: Date,
    /// Values to try, by step.
    values: Vec<Vec<String>>,
    /// Exits that look at a step, by step.
    exits: Vec<Vec<&'a Exit>>,
    /// What a condition, by its source, makes of the values of each step it looks at; "not asked" stands behind them.
    verdicts: HashMap<&'a str, Vec<(usize, Vec<u16>)>>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    routes: u64,
    submissions: u64,
}

impl<'a> Map<'a> {
    fn of(catalogue: &Catalogue, service: &'a Service, today: Date) -> Self {
        let trial = Trial::of(service.rules(), &catalogue.city, today);
        let values: Vec<Vec<String>> = service.steps.iter().map(|step| trial.answers(step)).collect();
        let exits = service.steps.iter().map(|step| service.exits.iter().filter(|exit| exit.when.looks_at(&step.id)).collect()).collect();
        let mut facts = Facts::new(catalogue, service, today);
        let mut verdicts = HashMap::new();
        for rule in service.rules() {
            let about = |(at, step): (usize, &'a Step)| {
                let tried: Vec<String> = values[at].iter().cloned().chain([String::new()]).collect();
                (at, rule.verdicts(&step.id, &tried, &mut facts))
            };
            let looked_at = service.steps.iter().enumerate().filter(|(_, step)| rule.looks_at(&step.id));
            verdicts.entry(rule.source()).or_insert_with(|| looked_at.map(about).collect());
        }
        Self { service, today, values, exits, verdicts }
    }

    /// Walks all routes; `at_end` sees the facts at the end of each kind of route and whether it ends in a submission, and says
    /// when it has seen enough.
    fn walk(&self, catalogue: &Catalogue, rules: &[&Rule], at_end: &mut dyn FnMut(&Facts<'_>, bool) -> ControlFlow<()>) -> Walk<'a, '_> {
        let mut walk = Walk::new(self, catalogue, rules);
        walk.counts = walk.from(0, &mut |facts, end, _| at_end(facts, end.is_none()));
        walk
    }

    fn walk_with_path(&self, catalogue: &Catalogue, at_end: &mut AtPath<'_>) {
        Walk::new(self, catalogue, &[]).from(0, &mut |_, end, path| at_end(end, path));
    }
}

type AtPath<'e> = dyn FnMut(Option<&Exit>, &[(usize, usize)]) -> ControlFlow<()> + 'e;
type AtEnd<'e> = dyn FnMut(&Facts<'_>, Option<&Exit>, &[(usize, usize)]) -> ControlFlow<()> + 'e;

struct Walk<'a, 'm> {
    map: &'m Map<'a>,
    facts: Facts<'a>,
    /// Earlier steps that a condition at or after this step looks at, by step, each with the kinds its values fall into there:
    /// values of one kind lead on alike.
    matters: Vec<Vec<(usize, Rc<[u16]>)>>,
    /// The place of the value each step has now; one beyond the last is "not asked".
    now: Vec<usize>,
    path: Vec<(usize, usize)>,
    known: HashMap<(usize, Vec<u16>), Counts>,
    asked: BTreeSet<usize>,
    exits: BTreeSet<String>,
    counts: Counts,
    points: usize,
    too_many: bool,
    /// What was looked for is found: every level of the walk turns back.
    enough: bool,
}

impl<'a, 'm> Walk<'a, 'm> {
    fn new(map: &'m Map<'a>, catalogue: &Catalogue, rules: &[&Rule]) -> Self {
        let steps = &map.service.steps;
        // One kind for all values, until a condition tells them apart.
        let mut kinds: Vec<Rc<[u16]>> = map.values.iter().map(|values| vec![0; values.len() + 1].into()).collect();
        let tell_apart = |rule: &Rule, kinds: &mut Vec<Rc<[u16]>>| {
            for (at, verdicts) in map.verdicts.get(rule.source()).into_iter().flatten() {
                kinds[*at] = finer(&kinds[*at], verdicts);
            }
        };
        let mut matters = vec![Vec::new(); steps.len() + 1];
        rules.iter().for_each(|rule| tell_apart(rule, &mut kinds));
        for at in (0..=steps.len()).rev() {
            if let Some(step) = steps.get(at) {
                step.when.iter().for_each(|rule| tell_apart(rule, &mut kinds));
                map.exits[at].iter().for_each(|exit| tell_apart(&exit.when, &mut kinds));
            }
            let told_apart = kinds.iter().enumerate().take(at).filter(|(_, kinds)| kinds.iter().any(|kind| *kind != 0));
            matters[at] = told_apart.map(|(earlier, kinds)| (earlier, Rc::clone(kinds))).collect();
        }
        Self {
            facts: Facts::new(catalogue, map.service, map.today),
            matters,
            now: map.values.iter().map(Vec::len).collect(),
            path: Vec::new(),
            known: HashMap::new(),
            asked: BTreeSet::new(),
            exits: BTreeSet::new(),
            counts: Counts::default(),
            points: 0,
            too_many: false,
            enough: false,
            map,
        }
    }

    fn from(&mut self, at: usize, at_end: &mut AtEnd<'_>) -> Counts {
        let key = (at, self.matters[at].iter().map(|(step, kinds)| kinds[self.now[*step]]).collect::<Vec<u16>>());
        if let Some(counts) = self.known.get(&key) {
            return *counts;
        }
        if self.points >= POINTS_MAX {
            self.too_many = true;
            return Counts::default();
        }
        self.points += 1;
        let counts = self.go_on(at, at_end);
        self.known.insert(key, counts);
        counts
    }

    fn go_on(&mut self, at: usize, at_end: &mut AtEnd<'_>) -> Counts {
        let map = self.map;
        let Some(step) = map.service.steps.get(at) else {
            self.enough |= at_end(&self.facts, None, &self.path).is_break();
            return Counts { routes: 1, submissions: 1 };
        };
        if !step.when.as_ref().is_none_or(|rule| rule.holds(&self.facts)) {
            return self.from(at + 1, at_end);
        }
        self.asked.insert(at);
        let mut counts = Counts::default();
        for (turn, value) in map.values[at].iter().enumerate() {
            self.facts.set(&step.id, value);
            self.now[at] = turn;
            self.path.push((at, turn));
            let more = match map.exits[at].iter().find(|exit| exit.when.holds(&self.facts)) {
                Some(exit) => {
                    self.exits.insert(exit.id.clone());
                    self.enough |= at_end(&self.facts, Some(exit), &self.path).is_break();
                    Counts { routes: 1, submissions: 0 }
                }
                None => self.from(at + 1, at_end),
            };
            counts.routes = counts.routes.saturating_add(more.routes);
            counts.submissions = counts.submissions.saturating_add(more.submissions);
            self.path.pop();
            if self.enough {
                break;
            }
        }
        self.now[at] = map.values[at].len();
        self.facts.set(&step.id, "");
        counts
    }
}

/// Kinds that tell apart what either tells apart, numbered anew from 0.
fn finer(kinds: &Rc<[u16]>, verdicts: &[u16]) -> Rc<[u16]> {
    let mut known: Vec<(u16, u16)> = Vec::new();
    let finer = kinds.iter().zip(verdicts).map(|pair| {
        let pair = (*pair.0, *pair.1);
        let place = known.iter().position(|one| *one == pair).unwrap_or_else(|| {
            known.push(pair);
            known.len() - 1
        });
        place as u16
    });
    finer.collect()
}
