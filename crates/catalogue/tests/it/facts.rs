//! The named functions of the rules, over every kind of date, number and nonsense.

use catalogue::facts::{Facts, age_on, days_between};
use catalogue::{Answers, Rule};
use jiff::civil::date;

use crate::SHIPPED;

/// The number that `expression` gives over the question `nik`, found by asking which number it equals.
fn number(expression: &str, value: &str, today: jiff::civil::Date, expected: i64) {
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let mut facts = Facts::new(&SHIPPED, service, today);
    facts.set("nik", value);
    let rule = Rule::compile(&format!("{expression} == {expected}")).expect("it can be read");
    assert_eq!(rule.try_holds(&facts), Ok(true), "{expression} of {value:?} on {today} is not {expected}");
}

#[test]
fn an_age_grows_on_the_birthday() {
    let check = |born, on, years| assert_eq!(age_on(born, on), years, "{born} on {on}");
    check(date(2009, 11, 20), date(2026, 11, 19), 16);
    check(date(2009, 11, 20), date(2026, 11, 20), 17);
    check(date(2009, 11, 20), date(2026, 11, 21), 17);
    check(date(2026, 11, 20), date(2026, 11, 20), 0);
    check(date(2026, 11, 21), date(2026, 11, 20), -1);
    // Born on the 29th of February: a year older on the 1st of March, on the 29th in a leap year.
    check(date(2008, 2, 29), date(2025, 2, 28), 16);
    check(date(2008, 2, 29), date(2025, 3, 1), 17);
    check(date(2008, 2, 29), date(2028, 2, 28), 19);
    check(date(2008, 2, 29), date(2028, 2, 29), 20);
    check(date(1900, 1, 1), date(2026, 11, 20), 126);
    let today = date(2026, 11, 20);
    number("age(nik)", "2009-11-20", today, 17);
    number("age(nik)", "2027-01-01", today, -1);
    number("age_on(nik, '2020-11-19')", "2009-11-20", today, 10);
    number("age_on(nik, '2000-01-01')", "2009-11-20", today, -1);
    number("age_on(nik, 'besok')", "2009-11-20", today, -1);
}

#[test]
fn days_are_counted_back_and_ahead_over_any_border() {
    assert_eq!(days_between(date(2026, 2, 28), date(2026, 3, 1)), 1);
    assert_eq!(days_between(date(2028, 2, 28), date(2028, 3, 1)), 2);
    assert_eq!(days_between(date(2026, 3, 1), date(2026, 2, 28)), -1);
    assert_eq!(days_between(date(1926, 1, 1), date(2026, 1, 1)), 36_525);
    let today = date(2026, 11, 20);
    number("days_since(nik)", "2026-11-20", today, 0);
    number("days_since(nik)", "2026-09-21", today, 60);
    number("days_since(nik)", "2026-11-21", today, -1);
    number("days_until(nik)", "2026-12-01", today, 11);
    number("days_until(nik)", "2026-11-19", today, -1);
}

#[test]
fn working_days_skip_weekends_and_holidays() {
    // Friday to Monday is one working day; Christmas 2026 is a Friday.
    number("working_days_since(nik)", "2026-11-20", date(2026, 11, 23), 1);
    number("working_days_since(nik)", "2026-11-20", date(2026, 11, 22), 0);
    number("working_days_since(nik)", "2026-11-20", date(2026, 11, 20), 0);
    number("working_days_since(nik)", "2026-12-24", date(2026, 12, 28), 1);
    number("working_days_since(nik)", "2026-12-25", date(2026, 12, 25), 0);
    number("working_days_since(nik)", "2026-11-21", date(2026, 11, 20), -1);
    // Beyond what is counted one by one the calendar days stand for them: more than any rule asks.
    number("working_days_since(nik)", "1990-01-01", date(2026, 11, 20), 13_472);
}

#[test]
fn working_minutes_are_those_of_the_open_office() {
    let city = &SHIPPED.city;
    let check = |from: jiff::civil::DateTime, to: jiff::civil::DateTime, minutes| assert_eq!(city.working_minutes_between(from, to), minutes, "{from} to {to}");
    let day = |day: i8| date(2026, 11, day);
    check(day(18).at(10, 0, 0, 0), day(18).at(10, 30, 0, 0), 30);
    check(day(18).at(15, 30, 0, 0), day(19).at(8, 0, 0, 0), 60);
    check(day(18).at(17, 0, 0, 0), day(19).at(7, 0, 0, 0), 0);
    check(day(20).at(15, 0, 0, 0), day(23).at(8, 30, 0, 0), 120);
    check(day(21).at(9, 0, 0, 0), day(22).at(9, 0, 0, 0), 0);
    check(day(19).at(9, 0, 0, 0), day(18).at(9, 0, 0, 0), -1);
    check(date(2026, 12, 24).at(15, 0, 0, 0), date(2026, 12, 28).at(7, 31, 0, 0), 61);
    number("working_minutes_since(nik)", "2026-11-19", date(2026, 11, 20), 510);
    number("working_minutes_since(nik)", "2026-11-20", date(2026, 11, 23), 510);
}

#[test]
fn a_number_is_whole_and_nonsense_is_minus_one() {
    let today = date(2026, 11, 20);
    for (text, value) in [("0", 0), ("7", 7), (" 12 ", 12), ("007", 7), ("", -1), ("tujuh", -1), ("3,5", -1), ("3.5", -1), ("99999999999999999999", -1)] {
        number("number(nik)", text, today, value);
    }
    for nonsense in ["", "kemarin", "2026-13-01", "2026-02-30", "05-07-1990", "🙂", "\0", "9999999-01-01"] {
        for function in [
            "age(nik)",
            "days_since(nik)",
            "days_until(nik)",
            "working_days_since(nik)",
            "working_minutes_since(nik)",
            "age_on(nik, today)",
            "age_on(today, nik)",
        ] {
            number(function, nonsense, today, -1);
        }
    }
}

#[test]
fn the_sex_in_a_nik_is_told_only_of_a_nik() {
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let mut facts = Facts::new(&SHIPPED, service, crate::TODAY);
    for (nik, sex) in [("3578010507900000", "1"), ("3578014507900000", "2"), ("3578013213900000", ""), ("357801", ""), ("", ""), ("perempuan", "")] {
        facts.set("nik", nik);
        let rule = Rule::compile(&format!("sex_of(nik) == '{sex}'")).expect("it can be read");
        assert_eq!(rule.try_holds(&facts), Ok(true), "{nik}");
    }
}

#[test]
fn no_shipped_rule_stumbles_over_unanswered_or_senseless_questions() {
    let mut tried = 0;
    for service in SHIPPED.services.values() {
        let rules: Vec<&Rule> = service
            .steps
            .iter()
            .filter_map(|step| step.when.as_ref())
            .chain(service.exits.iter().map(|exit| &exit.when))
            .chain(service.outputs.iter().filter_map(|output| output.when.as_ref()))
            .chain(service.clocks.iter().filter_map(|clock| clock.when.as_ref()))
            .chain(service.cases.iter().filter_map(|case| case.when.as_ref()))
            .chain(service.forecasts.iter().map(|forecast| &forecast.when))
            .chain(service.also.iter().filter_map(|also| also.when.as_ref()))
            .collect();
        for value in ["", "0", "-1", "x", "1990-07-05", "9999-12-31", "0000-00-00", "3578014507900000", "'"] {
            let mut facts = Facts::new(&SHIPPED, service, crate::TODAY);
            for step in service.steps.iter().filter(|_| !value.is_empty()) {
                facts.set(&step.id, value);
            }
            for rule in &rules {
                let answer = rule.try_holds(&facts);
                assert!(answer.is_ok(), "{}: {rule:?} over {value:?}: {answer:?}", service.id);
                tried += 1;
            }
        }
        assert!(SHIPPED.outputs(service, &Answers::default(), crate::TODAY).len() <= service.outputs.len());
    }
    assert!(tried > 5000, "{tried}");
}
