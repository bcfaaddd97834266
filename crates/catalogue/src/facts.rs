//! What rules may look at: the answers so far, today, the city's figures, and the named functions over them.
//!
//! | function | gives |
//! | --- | --- |
//! | `age(born)`, `age_on(born, on)` | full years today, on that date |
//! | `days_since(date)`, `days_until(date)` | calendar days back to, or ahead to, a date |
//! | `working_days_since(date)`, `working_minutes_since(date)` | working days after the date; minutes the office was open since that day began |
//! | `number(text)` | the whole number in a text |
//! | `sex_of(nik)` | `'1'` man, `'2'` woman, `''` unknown |
//!
//! All of them answer -1 for a text that is no date or number, and for a date on the wrong side of today; so a rule over an
//! unanswered question is calm, never an error. Questions enter one by one, in the order of the route.

use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError, Value};
use jiff::civil::{Date, DateTime};

use crate::number::Nik;
use crate::{Answers, Catalogue, City, Route, Service};

/// Names every rule may use that are no questions.
pub(crate) const GIVEN: [&str; 2] = ["today", "kota"];

/// The named functions, and how many values each takes.
pub(crate) const FUNCTIONS: [(&str, usize); 8] =
    [("age", 1), ("age_on", 2), ("days_since", 1), ("days_until", 1), ("working_days_since", 1), ("working_minutes_since", 1), ("number", 1), ("sex_of", 1)];

/// Days that are counted one by one; older dates are further away than any rule asks.
const COUNTED_DAYS_MAX: i64 = 4000;

/// The facts of one walk.
pub struct Facts<'a> {
    context: Context<'a, 'a>,
}

type Answer<T> = Result<T, ExecutionError>;

/// The standard functions of the language. Building them costs more than a whole walk, so all walks share one.
static STANDARD: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

impl<'a> Facts<'a> {
    /// Facts in which nothing of `service` is answered yet.
    pub fn new(catalogue: &Catalogue, service: &Service, today: Date) -> Self {
        Self::over(&catalogue.city, service.steps.iter().map(|step| step.id.as_str()), today)
    }

    /// Facts over questions with these names.
    pub(crate) fn over<'n>(city: &Arc<City>, names: impl Iterator<Item = &'n str>, today: Date) -> Self {
        let mut context = Context::with_env(Arc::clone(&STANDARD));
        for name in names {
            context.add_variable_from_value(name, "");
        }
        context.add_variable_from_value("today", today.to_string());
        context.add_variable_from_value("kota", city.figures());
        context.add_function("age", move |born: Arc<String>| -> Answer<i64> { Ok(on_date(&born, |born| age_on(born, today))) }).expect(FRESH);
        context
            .add_function("age_on", |born: Arc<String>, on: Arc<String>| -> Answer<i64> { Ok(on_date(&born, |born| on_date(&on, |on| age_on(born, on)))) })
            .expect(FRESH);
        context.add_function("days_since", move |date: Arc<String>| -> Answer<i64> { Ok(on_date(&date, |date| days_between(date, today))) }).expect(FRESH);
        context.add_function("days_until", move |date: Arc<String>| -> Answer<i64> { Ok(on_date(&date, |date| days_between(today, date))) }).expect(FRESH);
        let calendar = Arc::clone(city);
        context
            .add_function("working_days_since", move |date: Arc<String>| -> Answer<i64> {
                Ok(on_date(&date, |date| calendar.working_days_between(date, today)))
            })
            .expect(FRESH);
        let calendar = Arc::clone(city);
        context
            .add_function("working_minutes_since", move |date: Arc<String>| -> Answer<i64> {
                Ok(on_date(&date, |date| calendar.working_minutes_between(date.at(0, 0, 0, 0), today.at(0, 0, 0, 0))))
            })
            .expect(FRESH);
        context.add_function("number", |text: Arc<String>| -> Answer<i64> { Ok(text.trim().parse().unwrap_or(-1)) }).expect(FRESH);
        context.add_function("sex_of", |nik: Arc<String>| -> Answer<Value> { Ok(Value::from(sex_of(&nik))) }).expect(FRESH);
        Self { context }
    }

    /// The facts of these answers, as far as they are on the route of `service`.
    pub fn of_route(catalogue: &Catalogue, service: &Service, answers: &Answers, today: Date) -> Self {
        Self::of_walked(catalogue, service, &Route::walk(catalogue, service, answers, today), answers, today)
    }

    /// The same for a route that was walked already.
    pub(crate) fn of_walked(catalogue: &Catalogue, service: &Service, route: &Route<'_>, answers: &Answers, today: Date) -> Self {
        let mut facts = Self::new(catalogue, service, today);
        for step in &route.answered {
            facts.set(&step.id, &step.fact(answers));
        }
        facts
    }

    pub fn set(&mut self, id: &str, value: &str) {
        self.context.add_variable_from_value(id, value.to_owned());
    }

    pub(crate) fn context(&self) -> &Context<'a, 'a> {
        &self.context
    }
}

const FRESH: &str = "a fresh context has no function of this name yet";

/// Forty is added to the day of a woman's NIK.
fn sex_of(nik: &str) -> &'static str {
    Nik::parse(nik).map_or("", |nik| if nik.is_woman() { "2" } else { "1" })
}

fn on_date(text: &str, act: impl FnOnce(Date) -> i64) -> i64 {
    text.parse::<Date>().map_or(-1, act)
}

/// Full years between a birth and `on`; -1 for a birth that lies ahead.
pub fn age_on(born: Date, on: Date) -> i64 {
    if born > on {
        return -1;
    }
    let years = i64::from(on.year()) - i64::from(born.year());
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    if had_birthday { years } else { years - 1 }
}

/// Days from `from` to `to`; -1 when `from` is later.
pub fn days_between(from: Date, to: Date) -> i64 {
    if from > to {
        return -1;
    }
    to.since(from).map_or(-1, |span| i64::from(span.get_days()))
}

impl City {
    /// Working days after `from`, up to and including `to`; -1 when `from` is later.
    pub fn working_days_between(&self, from: Date, to: Date) -> i64 {
        match days_between(from, to) {
            -1 => -1,
            days if days > COUNTED_DAYS_MAX => days,
            _ => from.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= to).filter(|day| self.is_working_day(*day)).count() as i64,
        }
    }

    /// Minutes in which the office was open between two local moments; -1 when `from` is later.
    pub fn working_minutes_between(&self, from: DateTime, to: DateTime) -> i64 {
        if from > to {
            return -1;
        }
        if days_between(from.date(), to.date()) > COUNTED_DAYS_MAX {
            return days_between(from.date(), to.date()) * 24 * 60;
        }
        let days = from.date().series(jiff::Span::new().days(1)).take_while(|day| *day <= to.date());
        days.filter(|day| self.is_working_day(*day))
            .map(|day| {
                let opens = day.to_datetime(self.opens).max(from);
                let closes = day.to_datetime(self.closes).min(to);
                closes.duration_since(opens).as_mins().max(0)
            })
            .sum()
    }
}
