//! Conditions in the Common Expression Language (CEL), compiled when the catalogue loads.
//!
//! A rule sees every question of its service as a string variable (empty while unanswered) and `today` as `YYYY-MM-DD`.
//! Two functions are ours: `age(born)`, full years on `today`, and `days_since(date)`; both answer -1 for an empty or
//! impossible date. No rule can reach anything else, so the same answers always give the same result.

use std::sync::Arc;

use cel::{Context, ExecutionError, Program, Value};
use jiff::civil::Date;
use serde::Deserialize;

use crate::Answers;

/// A compiled condition.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Rule {
    source: String,
    program: Arc<Program>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.source)
    }
}

impl TryFrom<String> for Rule {
    type Error = String;

    fn try_from(source: String) -> Result<Self, String> {
        let program = Program::compile(&source).map_err(|reason| format!("the condition cannot be read: {reason}"))?;
        Ok(Self { source, program: Arc::new(program) })
    }
}

impl Rule {
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Variables the condition names, `today` left out.
    pub fn variables(&self) -> Vec<String> {
        let references = self.program.references();
        let mut names: Vec<String> = references.variables().into_iter().filter(|name| *name != "today").map(str::to_owned).collect();
        names.sort();
        names
    }

    /// Whether the condition holds. A rule that passed the load check always answers yes or no.
    pub fn holds(&self, facts: &Facts<'_>) -> bool {
        self.try_holds(facts).unwrap_or(false)
    }

    /// Like [`Rule::holds`], but tells why a condition cannot be answered; used by the load check.
    pub fn try_holds(&self, facts: &Facts<'_>) -> Result<bool, String> {
        match self.program.execute(&facts.context) {
            Ok(Value::Bool(answer)) => Ok(answer),
            Ok(other) => Err(format!("the condition gives {:?} instead of true or false", other.type_of())),
            Err(reason) => Err(reason.to_string()),
        }
    }
}

/// What rules may look at. Questions enter one by one, in the order of the route.
pub struct Facts<'a> {
    context: Context<'a, 'a>,
}

impl<'a> Facts<'a> {
    /// Facts in which nothing is answered yet.
    pub fn new<'n>(today: Date, names: impl Iterator<Item = &'n str>) -> Self {
        let mut context = Context::default();
        for name in names {
            context.add_variable_from_value(name, "");
        }
        context.add_variable_from_value("today", today.to_string());
        context
            .add_function("age", move |born: Arc<String>| -> Result<i64, ExecutionError> { Ok(born.parse::<Date>().map_or(-1, |born| age_on(born, today))) })
            .expect("a fresh context has no function `age` yet");
        context
            .add_function("days_since", move |date: Arc<String>| -> Result<i64, ExecutionError> {
                Ok(date.parse::<Date>().map_or(-1, |date| days_between(date, today)))
            })
            .expect("a fresh context has no function `days_since` yet");
        Self { context }
    }

    /// All answers at once, for places that do not walk a route.
    pub fn of_all<'n>(today: Date, names: impl Iterator<Item = &'n str>, answers: &Answers) -> Self {
        let mut facts = Self::new(today, names);
        for (id, value) in &answers.values {
            facts.set(id, value);
        }
        facts
    }

    pub fn set(&mut self, id: &str, value: &str) {
        self.context.add_variable_from_value(id, value.to_owned());
    }
}

/// Full years between a birth and `today`; -1 for a birth that lies ahead.
pub fn age_on(born: Date, today: Date) -> i64 {
    if born > today {
        return -1;
    }
    let years = i64::from(today.year()) - i64::from(born.year());
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    if had_birthday { years } else { years - 1 }
}

/// Days from `date` to `today`; -1 for a date that lies ahead.
pub fn days_between(date: Date, today: Date) -> i64 {
    if date > today {
        return -1;
    }
    today.since(date).map_or(-1, |span| i64::from(span.get_days()))
}
