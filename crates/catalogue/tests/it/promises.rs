//! When the promised hours begin, stand still and end.

use catalogue::Answers;
use jiff::civil::{DateTime, date};

use crate::SHIPPED;

fn due(submitted: &str, printed_recently: &str) -> String {
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let mut answers = Answers::default();
    answers.set("cetak_6_bulan", printed_recently);
    let local: DateTime = submitted.parse().expect("a valid time");
    let promise = service.clock(&answers, local.date()).promise(&SHIPPED.city, SHIPPED.city.instant(local));
    SHIPPED.city.local(promise.due_at).to_string()
}

#[test]
fn twenty_four_hours_run_on_working_days_only() {
    let check = |submitted: &str, expected: &str| assert_eq!(due(submitted, "tidak"), expected, "{submitted}");
    // Wednesday to Thursday.
    check("2026-11-18T10:00:00", "2026-11-19T10:00:00");
    // Friday afternoon to Monday afternoon.
    check("2026-11-20T14:10:00", "2026-11-23T14:10:00");
    // Before the office opens: from the opening.
    check("2026-11-18T05:00:00", "2026-11-19T07:30:00");
    // After it closes: from the next opening.
    check("2026-11-18T16:00:00", "2026-11-20T07:30:00");
    // On a Saturday: from Monday's opening.
    check("2026-11-21T09:00:00", "2026-11-24T07:30:00");
    // Christmas Friday and the weekend stand still.
    check("2026-12-24T10:00:00", "2026-12-28T10:00:00");
}

#[test]
fn a_card_printed_recently_has_the_longer_clock() {
    assert_eq!(due("2026-11-18T10:00:00", "ya"), "2026-11-27T10:00:00");
    assert_eq!(due("2026-11-18T10:00:00", "lupa"), "2026-11-19T10:00:00");
}

#[test]
fn the_moment_is_said_in_words() {
    let at = SHIPPED.city.instant(date(2026, 11, 23).at(14, 10, 0, 0));
    assert_eq!(SHIPPED.moment_words(at, catalogue::Language::Id), "Senin, 23 November 2026 pukul 14.10");
    assert_eq!(SHIPPED.moment_words(at, catalogue::Language::En), "Monday, 23 November 2026 at 14.10");
}
