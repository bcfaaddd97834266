//! When the promised hours begin, stand still and end, and what is owed when they are missed.

use catalogue::{Answers, Catalogue, CompensationPer};
use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Timestamp};

use crate::SHIPPED;

fn at(local: &str) -> Timestamp {
    SHIPPED.city.instant(local.parse().unwrap_or_else(|_| panic!("{local} is a time")))
}

fn local(at: Timestamp) -> DateTime {
    SHIPPED.city.local(at)
}

fn due(submitted: &str, printed_recently: &str) -> String {
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let mut answers = Answers::default();
    for (id, value) in [("ktp_fisik", "ya"), ("alasan", "hilang"), ("surat_polisi", "ya"), ("cetak_6_bulan", printed_recently)] {
        answers.set(id, value);
    }
    let promise = SHIPPED.promise(service, &answers, at(submitted)).expect("a K1 service promises");
    local(promise.due_at).to_string()
}

#[test]
fn twenty_four_hours_run_on_working_days_only() {
    let check = |submitted: &str, expected: &str| assert_eq!(due(submitted, "tidak"), expected, "{submitted}");
    // Wednesday to Thursday.
    check("2026-11-18T10:00:00", "2026-11-19T10:00:00");
    // Friday afternoon to Monday afternoon.
    check("2026-11-20T14:10:00", "2026-11-23T14:10:00");
    // Before the office opens: from the opening. The opening and the last minute belong to the day, closing time does not.
    check("2026-11-18T05:00:00", "2026-11-19T07:30:00");
    check("2026-11-18T07:30:00", "2026-11-19T07:30:00");
    check("2026-11-18T15:59:59", "2026-11-19T15:59:59");
    check("2026-11-18T16:00:00", "2026-11-20T07:30:00");
    // After it closes on a Friday, and on a Saturday: from Monday's opening.
    check("2026-11-20T16:30:00", "2026-11-24T07:30:00");
    check("2026-11-21T09:00:00", "2026-11-24T07:30:00");
    // Christmas Friday and the weekend stand still, whether the clock runs into them or begins there.
    check("2026-12-24T10:00:00", "2026-12-28T10:00:00");
    check("2026-12-25T10:00:00", "2026-12-29T07:30:00");
}

#[test]
fn a_card_printed_recently_has_the_longer_clock() {
    assert_eq!(due("2026-11-18T10:00:00", "ya"), "2026-11-27T10:00:00");
    assert_eq!(due("2026-11-18T10:00:00", "lupa"), "2026-11-19T10:00:00");
}

#[test]
fn working_days_count_like_so_many_times_twenty_four_hours() {
    let clock = SHIPPED.clock("setelah-survei").expect("shipped");
    let promise = clock.promise(&SHIPPED.city, at("2026-11-20T10:00:00"));
    // Fourteen working days after a Friday, no holiday between.
    assert_eq!(local(promise.due_at), date(2026, 12, 10).at(10, 0, 0, 0));
    assert_eq!(promise.clock, "setelah-survei");
}

#[test]
fn an_output_keeps_its_own_clock() {
    let with_own: Vec<_> = SHIPPED
        .services
        .values()
        .flat_map(|service| service.outputs.iter().map(move |output| (service, output)))
        .filter(|(_, output)| output.clock.is_some())
        .collect();
    for (service, output) in &with_own {
        let promise = SHIPPED.output_promise(service, output, &Answers::default(), at("2026-11-18T10:00:00")).expect("it promises");
        assert_eq!(Some(&promise.clock), output.clock.as_ref(), "{} {}", service.id, output.id);
    }
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let answers = Answers::default();
    assert_eq!(
        SHIPPED.output_promise(service, &service.outputs[0], &answers, at("2026-11-18T10:00:00")),
        SHIPPED.promise(service, &answers, at("2026-11-18T10:00:00"))
    );
    let card = SHIPPED.services.values().find(|service| service.clocks.is_empty()).expect("K3 services are shipped");
    assert_eq!(SHIPPED.promise(card, &answers, at("2026-11-18T10:00:00")), None);
}

#[test]
fn a_pause_keeps_the_time_that_was_left() {
    let check = |due: &str, held: &str, now: &str, expected: &str| {
        assert_eq!(local(SHIPPED.resume(at(due), at(held), at(now))).to_string(), expected, "{due} {held} {now}")
    };
    // Two hours held within a day.
    check("2026-11-19T10:00:00", "2026-11-18T12:00:00", "2026-11-18T14:00:00", "2026-11-19T12:00:00");
    // Held on Thursday two hours before the end, released on Monday: two hours later.
    check("2026-11-19T10:00:00", "2026-11-19T08:00:00", "2026-11-23T09:00:00", "2026-11-23T11:00:00");
    // Held over a weekend: only the working days' time was lost.
    check("2026-11-23T14:00:00", "2026-11-20T14:00:00", "2026-11-23T08:00:00", "2026-11-24T08:00:00");
    // Held or released on a Saturday: the clock stood still anyway.
    check("2026-11-23T10:00:00", "2026-11-21T09:00:00", "2026-11-22T09:00:00", "2026-11-23T10:00:00");
    // Released during Christmas: the rest runs from Monday.
    check("2026-12-24T12:00:00", "2026-12-24T10:00:00", "2026-12-25T10:00:00", "2026-12-28T02:00:00");
}

#[test]
fn a_pause_of_no_length_changes_nothing_and_a_longer_one_never_tightens_the_promise() {
    for clock in ["satu-kali-24-jam", "tujuh-hari-kerja"] {
        let due = SHIPPED.clock(clock).expect("shipped").promise(&SHIPPED.city, at("2026-12-22T15:10:00")).due_at;
        for start in (0..24 * 14).map(|hours| at("2026-12-22T15:10:00") + SignedDuration::from_hours(hours)) {
            assert_eq!(SHIPPED.resume(due, start, start), due, "{start}");
            let mut before = due;
            for now in (0..60).map(|turn| start + SignedDuration::from_mins(97 * turn)) {
                let after = SHIPPED.resume(due, start, now);
                assert!(after >= before, "held {start}, released {now}: {after} comes before {before}");
                before = after;
            }
        }
    }
}

#[test]
fn a_promise_broken_before_the_pause_stays_broken() {
    let (due, held, now) = (at("2026-11-19T10:00:00"), at("2026-11-20T10:00:00"), at("2026-11-24T10:00:00"));
    assert_eq!(SHIPPED.resume(due, held, now), due);
    assert_eq!(SHIPPED.resume(due, due, now), due);
    let lateness = SHIPPED.lateness("satu-kali-24-jam", SHIPPED.resume(due, held, now), now);
    assert!(lateness.late && lateness.owed_rupiah > 0, "{lateness:?}");
}

/// The shipped catalogue with another rule for compensation.
fn paying(per: CompensationPer) -> Catalogue {
    let mut catalogue = SHIPPED.clone();
    let mut city = (*catalogue.city).clone();
    city.compensation.per = per;
    city.compensation.amount_rupiah = 50_000;
    catalogue.city = std::sync::Arc::new(city);
    catalogue
}

#[test]
fn lateness_is_paid_once_or_for_each_day_begun_and_only_under_the_short_clock() {
    let due = at("2026-11-19T10:00:00");
    let check = |now: &str, days: i64| {
        for (per, owed) in [(CompensationPer::Once, 50_000 * days.min(1)), (CompensationPer::Day, 50_000 * days)] {
            let catalogue = paying(per);
            let short = catalogue.lateness("satu-kali-24-jam", due, at(now));
            assert_eq!((short.late, short.days_late, short.owed_rupiah), (days > 0, days, owed), "{now} {per:?}");
            for clock in ["tujuh-hari-kerja", "setelah-survei", "jam-asing"] {
                let long = catalogue.lateness(clock, due, at(now));
                assert_eq!((long.late, long.days_late, long.owed_rupiah), (days > 0, days, 0), "{now} {clock}");
            }
        }
    };
    check("2026-11-18T09:00:00", 0);
    check("2026-11-19T10:00:00", 0);
    check("2026-11-19T10:00:01", 1);
    check("2026-11-20T10:00:00", 1);
    check("2026-11-20T10:00:01", 2);
    check("2026-11-26T10:00:00", 7);
}

#[test]
fn the_moment_is_said_in_words() {
    let moment = SHIPPED.city.instant(date(2026, 11, 23).at(14, 10, 0, 0));
    assert_eq!(SHIPPED.moment_words(moment, catalogue::Language::Id), "Senin, 23 November 2026 pukul 14.10");
    assert!(SHIPPED.moment_words(moment, catalogue::Language::En).starts_with("Monday, 23 November 2026"));
}
