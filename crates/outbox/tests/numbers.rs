//! Serials are never handed out twice once committed, and every tried print is remembered.

mod support;

use outbox::{Outbox, PrintOutcome, Serial, SerialError};
use support::{Desk, application, at, secret, session};

#[test]
fn a_committed_serial_is_never_handed_out_again_and_an_unseen_one_may_be() {
    let desk = Desk::new();
    let (day, next_day) = (jiff::civil::date(2025, 3, 10), jiff::civil::date(2025, 3, 11));
    let (outbox, _) = desk.open(at(0));
    let next = |outbox: &Outbox, day, block| outbox.next_serial(day, block).expect("answers");
    assert_eq!([next(&outbox, day, 7), next(&outbox, day, 7)], [1, 2]);
    assert_eq!(next(&outbox, day, 8), 1, "blocks count apart");
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let mut request = application(1, session(1), at(1));
    request.serial = Some(Serial { day, block: 7, value: 2 });
    outbox.enqueue(request).expect("queues");
    assert_eq!(next(&outbox, day, 7), 3);
    drop(outbox);
    let (outbox, _) = desk.open(at(5));
    assert_eq!(next(&outbox, day, 7), 3, "three was never committed");
    assert_eq!(next(&outbox, next_day, 7), 1);
    assert_eq!(next(&outbox, day, 7), 3, "the clock went back a day and finds its counter");
}

#[test]
fn a_used_up_block_says_so() {
    let mut desk = Desk::new();
    desk.limits.serial_max = 2;
    let (outbox, _) = desk.open(at(0));
    let day = jiff::civil::date(2025, 3, 10);
    assert_eq!(outbox.next_serial(day, 1).expect("answers"), 1);
    assert_eq!(outbox.next_serial(day, 1).expect("answers"), 2);
    assert!(matches!(outbox.next_serial(day, 1), Err(SerialError::Exhausted)));
}

#[test]
fn prints_are_remembered_in_order() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    let tries = [(0, PrintOutcome::Unknown), (1, PrintOutcome::NotPrinted), (2, PrintOutcome::Printed)];
    for (copy, outcome) in tries {
        outbox.record_print("SBY-1", copy, outcome, at(i64::from(copy))).expect("records");
    }
    drop(outbox);
    let (outbox, _) = desk.open(at(9));
    let records = outbox.prints("SBY-1").expect("answers");
    let found: Vec<_> = records.iter().map(|record| (record.copy, record.outcome)).collect();
    assert_eq!(found, tries);
    assert_eq!(outbox.prints("SBY-2").expect("answers"), []);
}
