//! A clock that steps, back a day or forward, loses no submission, blocks none and hides no age.

mod support;

use std::time::Duration;

use outbox::{AttemptOutcome, AttemptReason, Escalation, Outbox};
use support::{Desk, at, key, visit};

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

fn link_down(outbox: &Outbox, n: u64, when: i64, retry: i64, poisoned: bool) {
    let outcome = AttemptOutcome { when: at(when), reason: AttemptReason::LinkDown, retry_at: at(retry), poisoned };
    outbox.record_attempt(key(n), outcome).expect("records");
}

fn due(outbox: &Outbox, secs: i64) -> Option<u64> {
    Some(outbox.next_due(at(secs)).expect("answers")?.key.as_u64_pair().1)
}

#[test]
fn after_a_step_back_of_a_day_every_retry_comes_within_its_wait() {
    for restart in [false, true] {
        for poisoned in [false, true] {
            let case = format!("restart {restart}, poisoned {poisoned}");
            let wait_max_secs = if poisoned { HOUR } else { 300 };
            let desk = Desk::new();
            let (mut outbox, _) = desk.open(at(0));
            visit(&outbox, 1, at(0));
            link_down(&outbox, 1, 10, 10 + DAY, poisoned);
            if restart {
                drop(outbox);
                outbox = desk.open(at(20 - DAY)).0;
            }
            let wait = outbox.next_wait(at(21 - DAY)).expect("answers").expect("one waits");
            assert!(wait <= Duration::from_secs(wait_max_secs as u64), "{case}: {wait:?}");
            assert_eq!(due(&outbox, 21 + wait_max_secs - DAY), Some(1), "{case}");
        }
    }
}

#[test]
fn after_a_step_back_the_order_of_entry_holds() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    visit(&outbox, 1, at(0));
    visit(&outbox, 2, at(5 - DAY));
    visit(&outbox, 3, at(6 - DAY));
    let mut order = Vec::new();
    while let Some(n) = due(&outbox, 10 - DAY) {
        order.push(n);
        outbox.acknowledge(key(n), vec![1], at(10 - DAY)).expect("acknowledges");
    }
    assert_eq!(order, [1, 2, 3]);
}

#[test]
fn an_age_never_shrinks_and_its_escalation_stays() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    visit(&outbox, 1, at(0));
    let age = |outbox: &Outbox, secs| {
        let summary = outbox.summary(at(secs)).expect("answers");
        (summary.oldest_age.expect("one waits").as_secs() as i64 / HOUR, summary.escalation)
    };
    assert_eq!(age(&outbox, 5 * HOUR), (5, Escalation::FourHours));
    assert_eq!(age(&outbox, 5 * HOUR - DAY), (5, Escalation::FourHours), "stepped back");
    assert_eq!(age(&outbox, 7 * HOUR - DAY), (7, Escalation::FourHours), "and it grows on");
    link_down(&outbox, 1, 7 * HOUR - DAY, 7 * HOUR - DAY, false);
    drop(outbox);
    let (outbox, _) = desk.open(at(7 * HOUR - 3 * DAY));
    assert_eq!(age(&outbox, 8 * HOUR - 3 * DAY), (8, Escalation::FourHours), "over a restart");
    assert_eq!(age(&outbox, 22 * HOUR - 3 * DAY), (22, Escalation::TwentyHours));
}

#[test]
fn two_threads_that_read_the_clock_a_moment_apart_do_not_speed_it_up() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    visit(&outbox, 1, at(0));
    for secs in 1..600 {
        outbox.summary(at(secs)).expect("answers");
        outbox.summary(at(secs - 1)).expect("answers");
    }
    let age = outbox.summary(at(600)).expect("answers").oldest_age;
    assert_eq!(age, Some(Duration::from_secs(600)));
}

#[test]
fn the_steps_of_escalation_are_one_four_and_twenty_hours() {
    let cases = [
        (0, Escalation::None),
        (HOUR - 1, Escalation::None),
        (HOUR, Escalation::OneHour),
        (4 * HOUR - 1, Escalation::OneHour),
        (4 * HOUR, Escalation::FourHours),
        (20 * HOUR - 1, Escalation::FourHours),
        (20 * HOUR, Escalation::TwentyHours),
        (400 * DAY, Escalation::TwentyHours),
    ];
    for (secs, expected) in cases {
        assert_eq!(Escalation::of_age(Duration::from_secs(secs as u64)), expected, "{secs} s");
    }
}
