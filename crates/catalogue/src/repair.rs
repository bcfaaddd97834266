//! Which items are asked again when an officer sends some back.
//!
//! The rule: the faulty items, and every question that is newly reachable because of their new answers; nothing else is asked
//! and nothing else changes. The kiosk does not hold the old answers. It gets the names of the steps that central holds, and
//! only those old answers that the conditions depending on the faulty items look at ([`needed_facts`]).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::facts::Facts;
use crate::route::{End, Route};
use crate::schema::{Exit, Service};
use crate::{Answers, Catalogue};

/// What is known of an application while some of it is mended.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Steps on the old route.
    pub steps: &'a BTreeSet<String>,
    /// Old answers of the steps that conditions look at.
    pub facts: &'a BTreeMap<String, String>,
    /// Steps sent back.
    pub faults: &'a BTreeSet<String>,
}

impl<'a> Route<'a> {
    /// The way through a repair: `answered` holds the steps to ask again as far as `fresh` answers them.
    pub fn walk_repair(catalogue: &Catalogue, service: &'a Service, held: Held<'_>, fresh: &Answers, today: Date) -> Self {
        let unsure = unsure(service, held.faults);
        // An exit that looks at nothing new did not hold before and does not hold now.
        let may_hold = |exit: &&Exit| exit.when.variables().iter().any(|name| held.faults.contains(name) || unsure.contains(name.as_str()));
        let exits: Vec<&Exit> = service.exits.iter().filter(may_hold).collect();
        let mut facts = Facts::new(catalogue, service, today);
        let mut answered = Vec::new();
        for step in &service.steps {
            let is_held = held.steps.contains(&step.id);
            let on_route = match &step.when {
                Some(rule) if unsure.contains(step.id.as_str()) => rule.holds(&facts),
                _ => is_held || held.faults.contains(&step.id),
            };
            if !on_route {
                continue;
            }
            if is_held && !held.faults.contains(&step.id) {
                facts.set(&step.id, held.facts.get(&step.id).map_or("", String::as_str));
            } else if step.is_answered(fresh) {
                facts.set(&step.id, &step.fact(fresh));
                answered.push(step);
            } else {
                return Self { answered, end: End::Ask(step) };
            }
            // A held answer can meet a new one that was given before it, and both together close the path.
            if let Some(exit) = exits.iter().find(|exit| exit.when.looks_at(&step.id) && exit.when.holds(&facts)) {
                return Self { answered, end: End::Exit(exit) };
            }
        }
        Self { answered, end: End::Complete }
    }
}

/// Old answers that must be known to walk a repair of `faults`: what the conditions that depend on them look at.
pub fn needed_facts<'a>(service: &'a Service, faults: &BTreeSet<String>) -> BTreeSet<&'a str> {
    let unsure = unsure(service, faults);
    let changes = |name: &String| faults.contains(name) || unsure.contains(name.as_str());
    let conditions = service.steps.iter().filter(|step| unsure.contains(step.id.as_str())).filter_map(|step| step.when.as_ref());
    let ends = service.exits.iter().map(|exit| &exit.when).filter(|rule| rule.variables().iter().any(changes));
    conditions.chain(ends).flat_map(|rule| rule.variables().iter().map(String::as_str)).filter(|name| !faults.contains(*name)).collect()
}

/// Items to ask again before anything is answered anew: the faults that are on the route of `answers`.
pub fn reask(catalogue: &Catalogue, service: &Service, answers: &Answers, faults: &BTreeSet<String>, today: Date) -> Vec<String> {
    let route = Route::walk(catalogue, service, answers, today);
    route.answered.iter().filter(|step| faults.contains(&step.id)).map(|step| step.id.clone()).collect()
}

/// Steps that may come or go with the new answers: their condition looks at a faulty step, directly or through others.
fn unsure<'a>(service: &'a Service, faults: &BTreeSet<String>) -> BTreeSet<&'a str> {
    let mut unsure: BTreeSet<&str> = BTreeSet::new();
    for step in &service.steps {
        let looks = |name: &String| faults.contains(name) || unsure.contains(name.as_str());
        if step.when.as_ref().is_some_and(|rule| rule.variables().iter().any(looks)) {
            unsure.insert(&step.id);
        }
    }
    unsure
}
