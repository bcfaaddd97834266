//! Conditions: each must be readable, look only at what is known by then, and be able to turn out both ways.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;

use super::service::Later;
use super::{Shared, Work};
use crate::Rule;
use crate::facts::Facts;
use crate::schema::Service;
use crate::step::StepKind;
use crate::trial::Trial;

/// Any day will do for a trial run of a rule.
const TRIAL_DAY: Date = Date::constant(2026, 1, 2);
/// A rule over more answers than this is tried on the first ones only.
const COMBINATIONS_MAX: u64 = 4096;
const SPREAD: u64 = 1_000_003;

impl Work<'_> {
    /// Compiles a condition, or tells what is wrong with it.
    pub(super) fn rule(&mut self, file: &str, span: &Range<usize>, source: &str) -> Option<Rule> {
        if let Some(known) = self.rules.get(source) {
            return Some(known.clone());
        }
        match Rule::compile(source) {
            Ok(rule) => {
                self.rules.insert(source.to_owned(), rule.clone());
                Some(rule)
            }
            Err(reason) => {
                self.report_at(file, span.clone(), reason);
                None
            }
        }
    }

    /// Steps may look at earlier steps only, everything else at any step; every rule must be able to say yes and no.
    pub(super) fn check_rules(&mut self, file: &str, service: &Service, later: &[Later], shared: &Shared) {
        let mut facts = Facts::over(&shared.city, service.steps.iter().map(|step| step.id.as_str()), TRIAL_DAY);
        let mut earlier: BTreeSet<&str> = BTreeSet::new();
        for step in &service.steps {
            if let Some(rule) = &step.when {
                let (file, line) = &step.place;
                for name in rule.variables() {
                    if !earlier.contains(name.as_str()) {
                        self.report(file, *line, format!("the condition of `{}` looks at `{name}`, which is not asked before it", step.id));
                    }
                }
                self.try_rule(file, *line, rule, service, &mut facts, shared);
            }
            earlier.insert(&step.id);
        }
        for Later { span, what, when, .. } in later {
            let Some(rule) = when else { continue };
            let line = self.bundle.line(file, span.start);
            if rule.variables().is_empty() {
                self.report(file, line, format!("this {what}'s condition looks at no question"));
            }
            for name in rule.variables() {
                if !earlier.contains(name.as_str()) {
                    self.report(file, line, format!("this {what}'s condition looks at `{name}`, which is never asked"));
                }
            }
            self.try_rule(file, line, rule, service, &mut facts, shared);
        }
    }

    fn try_rule(&mut self, file: &str, line: usize, rule: &Rule, service: &Service, facts: &mut Facts<'_>, shared: &Shared) {
        for name in rule.city_figures() {
            if !shared.city.rules.contains_key(name) {
                self.report(file, line, format!("the condition looks at `kota.{name}`, which is not in [rules] of city.toml"));
                return;
            }
        }
        let looked_at: Vec<_> = service.steps.iter().filter(|step| rule.looks_at(&step.id)).collect();
        let trial = Trial::of([rule].into_iter(), &shared.city, TRIAL_DAY);
        let values: Vec<(&str, Vec<String>)> = looked_at.iter().map(|step| (step.id.as_str(), trial.answers_and_none(step))).collect();
        for step in &looked_at {
            if let StepKind::Choice { choices } = &step.kind {
                self.check_literals(file, line, rule, &step.id, choices.iter().map(|choice| choice.value.as_str()).collect());
            }
        }
        let mut ever = (false, false);
        let all: u64 = values.iter().map(|(_, values)| values.len() as u64).product();
        for turn in 0..all.min(COMBINATIONS_MAX) {
            // Where not all can be tried, steps of a large prime spread the trials over all of them.
            let mut rest = (if all > COMBINATIONS_MAX { turn.wrapping_mul(SPREAD) % all } else { turn }) as usize;
            for (id, values) in &values {
                facts.set(id, &values[rest % values.len()]);
                rest /= values.len();
            }
            match rule.try_holds(facts) {
                Ok(true) => ever.0 = true,
                Ok(false) => ever.1 = true,
                Err(reason) => {
                    self.report(file, line, format!("the condition `{}` does not work: {reason}", rule.source()));
                    break;
                }
            }
            if ever == (true, true) && turn > 64 {
                break;
            }
        }
        for (id, _) in &values {
            facts.set(id, "");
        }
        if ever != (true, true) && (ever.0 || ever.1) {
            let always = if ever.0 { "always" } else { "never" };
            self.report(file, line, format!("the condition `{}` {always} holds: is a value misspelt?", rule.source()));
        }
    }

    /// `alasan == 'hilnag'`: a value that the choice does not have is a slip of the pen, even beside others that are right.
    fn check_literals(&mut self, file: &str, line: usize, rule: &Rule, id: &str, values: BTreeSet<&str>) {
        for value in rule.compared_with(id) {
            if !value.is_empty() && !values.contains(value.as_str()) {
                self.report(file, line, format!("the condition compares `{id}` with '{value}', which it never is"));
            }
        }
    }
}
