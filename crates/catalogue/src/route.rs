//! The way through a service: what has been asked, what is asked next, where it ends. Computed from the answers alone.
//!
//! The walk goes through the steps in file order. A step is on the route when its condition holds over the answers *of
//! earlier steps on the route*; so an answer that became unreachable counts for nothing, without anybody deleting it.
//! A visit is several services one after the other: a question that two of them share is answered for both.

use jiff::civil::Date;

use crate::facts::Facts;
use crate::schema::{Exit, Service};
use crate::step::Step;
use crate::{Answers, Catalogue};

/// Where these answers lead.
#[derive(Clone, Debug)]
pub struct Route<'a> {
    /// Steps on the route that are answered, in order.
    pub answered: Vec<&'a Step>,
    pub end: End<'a>,
}

/// What comes after the answered steps.
#[derive(Clone, Debug)]
pub enum End<'a> {
    /// This is asked next.
    Ask(&'a Step),
    /// The path ends elsewhere.
    Exit(&'a Exit),
    /// Nothing is left to ask.
    Complete,
}

impl<'a> Route<'a> {
    /// Walks `service` with `answers` on the day `today`.
    pub fn walk(catalogue: &Catalogue, service: &'a Service, answers: &Answers, today: Date) -> Self {
        let mut facts = Facts::new(catalogue, service, today);
        let mut answered = Vec::new();
        for step in &service.steps {
            if !step.when.as_ref().is_none_or(|rule| rule.holds(&facts)) {
                continue;
            }
            if !step.is_answered(answers) {
                return Self { answered, end: End::Ask(step) };
            }
            facts.set(&step.id, &step.fact(answers));
            answered.push(step);
            // An exit that does not look at this answer held before or does not hold now.
            if let Some(exit) = service.exits.iter().find(|exit| exit.when.looks_at(&step.id) && exit.when.holds(&facts)) {
                return Self { answered, end: End::Exit(exit) };
            }
        }
        Self { answered, end: End::Complete }
    }

    /// Walks the services of one visit in their order; a step two of them share stands once, with the first.
    pub fn walk_visit(catalogue: &Catalogue, services: &[&'a Service], answers: &Answers, today: Date) -> Self {
        let mut answered: Vec<&'a Step> = Vec::new();
        for service in services {
            let route = Self::walk(catalogue, service, answers, today);
            let fresh: Vec<&Step> = route.answered.into_iter().filter(|step| !answered.iter().any(|known| known.id == step.id)).collect();
            answered.extend(fresh);
            if !matches!(route.end, End::Complete) {
                return Self { answered, end: route.end };
            }
        }
        Self { answered, end: End::Complete }
    }

    pub fn is_complete(&self) -> bool {
        matches!(self.end, End::Complete)
    }

    pub fn has(&self, id: &str) -> bool {
        self.answered.iter().any(|step| step.id == id)
    }

    /// The step before `id` on the route, or the last answered one when `id` is not answered yet.
    pub fn before(&self, id: &str) -> Option<&'a Step> {
        match self.answered.iter().position(|step| step.id == id) {
            Some(0) => None,
            Some(index) => self.answered.get(index - 1).copied(),
            None => self.answered.last().copied(),
        }
    }

    /// Only the answers that are on the route: what may be sent.
    pub fn keep(&self, answers: &Answers) -> Answers {
        Answers {
            values: answers.values.iter().filter(|(id, _)| self.has(id)).map(|(id, value)| (id.clone(), value.clone())).collect(),
            pages: answers.pages.iter().filter(|(id, _)| self.has(id)).map(|(id, count)| (id.clone(), *count)).collect(),
        }
    }
}
