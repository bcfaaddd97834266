//! A submission leaves for one of three reasons, recorded for good, and only once.

mod support;

use outbox::{Act, AttemptError, AttemptOutcome, AttemptReason, ReadPartError, Removal, RemovalError, RemovalReason};
use support::{Desk, at, key, visit};

fn act(secs: i64) -> Act {
    Act { actor: "staff-17".to_owned(), reason: "resident-withdrew".to_owned(), at: at(secs) }
}

#[test]
fn a_submission_leaves_for_one_of_three_recorded_reasons_and_only_once() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    (1..=3).for_each(|n| visit(&outbox, n, at(0)));
    let before = outbox.space().expect("answers").free_bytes;
    assert_eq!(outbox.acknowledge(key(1), vec![1], at(1)).expect("removes"), Removal::Done);
    assert_eq!(outbox.cancel(key(2), act(2)).expect("removes"), Removal::Done);
    assert_eq!(outbox.release(key(3), act(3)).expect("removes"), Removal::Done);
    assert!(outbox.space().expect("answers").free_bytes > before, "the parts are gone");
    let reasons = [RemovalReason::Acknowledged, RemovalReason::Cancelled, RemovalReason::Released];
    for (n, reason) in (1..=3).zip(reasons) {
        let again = outbox.release(key(n), act(9)).expect("answers");
        assert_eq!(again, Removal::Already(reason));
        let try_late = AttemptOutcome { when: at(9), reason: AttemptReason::TimedOut, retry_at: at(10), poisoned: false };
        let late = outbox.record_attempt(key(n), try_late);
        assert!(matches!(late, Err(AttemptError::NotQueued)));
        assert!(matches!(outbox.read_part(key(n), "payload"), Err(ReadPartError::NoSuchPart)));
    }
    let late = outbox.acknowledge(key(2), b"late".to_vec(), at(9)).expect("answers");
    assert_eq!(late, Removal::Already(RemovalReason::Cancelled));
    let kept = outbox.receipts("SBY-250310-0002-K").expect("answers");
    assert_eq!(kept[0].bytes, b"late", "central has it, and the office can see that");
    outbox.acknowledge(key(1), b"other".to_vec(), at(9)).expect("answers");
    let first = outbox.receipts("SBY-250310-0001-K").expect("answers");
    assert_eq!((first.len(), first[0].bytes.as_slice()), (1, [1].as_slice()));
    let acts = outbox.acts(10).expect("answers");
    let recorded: Vec<_> = acts.iter().rev().map(|record| record.removal).collect();
    assert_eq!(recorded, reasons);
    assert_eq!((acts[0].act.actor.as_str(), acts[0].act.at), ("staff-17", at(3)));
}

#[test]
fn an_act_without_a_person_and_a_receipt_without_content_remove_nothing() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    visit(&outbox, 1, at(0));
    for (actor, reason) in [("", "x"), ("staff-1", ""), ("Siti Aminah", "x")] {
        let nameless = Act { actor: actor.into(), reason: reason.into(), at: at(1) };
        let refused = outbox.release(key(1), nameless);
        assert!(matches!(refused, Err(RemovalError::Word { .. })), "{actor:?} {reason:?}");
    }
    for bytes in [0, (64 << 10) + 1] {
        let refused = outbox.acknowledge(key(1), vec![0; bytes], at(1));
        assert!(matches!(refused, Err(RemovalError::ReceiptSize { .. })), "{bytes}");
    }
    let unknown = outbox.acknowledge(key(7), vec![1], at(1));
    assert!(matches!(unknown, Err(RemovalError::Unknown)));
    assert_eq!(outbox.summary(at(1)).expect("answers").queued, 1);
}

#[test]
fn settled_submissions_beyond_their_limit_are_forgotten_and_their_acts_are_not() {
    let mut desk = Desk::new();
    desk.limits.settled_items_max = 3;
    let (outbox, _) = desk.open(at(0));
    for n in 1..=6 {
        visit(&outbox, n, at(0));
        outbox.acknowledge(key(n), vec![1], at(1)).expect("acknowledges");
    }
    let remembered = (1..=6).filter(|n| !outbox.receipts(&format!("SBY-250310-{n:04}-K")).expect("answers").is_empty());
    assert_eq!(remembered.collect::<Vec<_>>(), [4, 5, 6]);
    assert_eq!(outbox.acts(100).expect("answers").len(), 6);
}
