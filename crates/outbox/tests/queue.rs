//! The queue: once per key, whole, and nothing blocked by a poisoned neighbour.

mod support;

use std::time::Duration;

use outbox::{
    AttemptOutcome, AttemptReason, BACKOFF_CAP, BACKOFF_FLOOR, EnqueueError, NumberClaim, Outbox, QueuedOutcome, ReadPartError, StorePageError, backoff,
};
use support::{Desk, application, at, key, plaintext, secret, session, visit};

fn try_again(outbox: &Outbox, n: u64, when: i64, wait_secs: i64, poisoned: bool) {
    let reason = if poisoned { AttemptReason::SubmissionRefused } else { AttemptReason::LinkDown };
    let retry_at = at(when + wait_secs);
    let outcome = AttemptOutcome { when: at(when), reason, retry_at, poisoned };
    outbox.record_attempt(key(n), outcome).expect("records");
}

fn due(outbox: &Outbox, secs: i64) -> Option<u64> {
    let item = outbox.next_due(at(secs)).expect("answers")?;
    Some(item.key.as_u64_pair().1)
}

#[test]
fn a_submission_comes_back_whole_and_opens_with_centrals_key() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let mut stored = Vec::new();
    for (name, size) in [("letter-1", 2_000_000), ("letter-2", 10), ("unused", 5)] {
        stored.push(outbox.store_page(session(1), name, plaintext(size, 3)).expect("stores"));
    }
    let mut request = application(1, session(1), at(5));
    request.pages = vec!["letter-2".to_owned(), "letter-1".to_owned()];
    outbox.enqueue(request).expect("queues");
    outbox.destroy_session(session(1)).expect("wipes");
    drop(outbox);

    let (outbox, opening) = desk.open(at(10));
    assert_eq!(opening.queued, 1);
    let item = outbox.next_due(at(10)).expect("answers").expect("one is due");
    assert_eq!(item.manifest, b"{\"wire\":1}");
    assert_eq!((item.wire_version, item.attempts, item.enqueued_at), (1, 0, at(5)));
    let names: Vec<&str> = item.parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["payload", "letter-2", "letter-1"]);
    assert_eq!(item.parts[2], stored[0], "the digest promised to the screen is the one delivered");
    let sizes = [2_000, 10, 2_000_000];
    for (part, (size, salt)) in item.parts.iter().zip(sizes.into_iter().zip([1, 3, 3])) {
        let sealed = outbox.read_part(item.key, &part.name).expect("reads");
        assert_eq!(sealed.len() as u64, part.bytes);
        assert_eq!(desk.unseal(&sealed), plaintext(size, salt), "{}", part.name);
    }
    let missing = outbox.read_part(item.key, "unused");
    assert!(matches!(missing, Err(ReadPartError::NoSuchPart)));
    assert!(outbox.verify().expect("verifies").is_sound());
}

#[test]
fn the_same_key_is_queued_once_however_often_it_is_sent() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let send = |secs| outbox.enqueue(application(1, session(1), at(secs))).expect("queues");
    assert_eq!(send(1).outcome, QueuedOutcome::Committed);
    let again = send(2);
    assert_eq!((again.outcome, again.enqueued_at), (QueuedOutcome::AlreadyQueued, at(1)));
    outbox.destroy_session(session(1)).expect("wipes");
    assert_eq!(send(3).outcome, QueuedOutcome::AlreadyQueued, "even after the session");
    outbox.acknowledge(key(1), b"receipt".to_vec(), at(4)).expect("acknowledges");
    assert_eq!(send(5).outcome, QueuedOutcome::AlreadySettled);
    assert_eq!(outbox.summary(at(6)).expect("answers").queued, 0);
}

#[test]
fn a_number_is_claimed_by_one_application_and_repaired_by_many() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let first = application(1, session(1), at(1));
    let number = first.number.clone();
    outbox.enqueue(first).expect("queues");
    let mut other = application(2, session(1), at(2));
    other.number = number.clone();
    assert!(matches!(outbox.enqueue(other), Err(EnqueueError::NumberTaken)));
    let mut reused = application(1, session(1), at(2));
    reused.number = "SBY-250310-0099-K".to_owned();
    assert!(matches!(outbox.enqueue(reused), Err(EnqueueError::KeyReused)));
    for n in [3, 4] {
        let mut repair = application(n, session(1), at(3));
        (repair.number, repair.claim, repair.kind) = (number.clone(), NumberClaim::Existing, "repair".to_owned());
        outbox.enqueue(repair).expect("a repair travels under the same number");
        outbox.acknowledge(key(n), vec![n as u8], at(4)).expect("acknowledges");
    }
    let receipts = outbox.receipts(&number).expect("answers");
    let bytes: Vec<_> = receipts.into_iter().map(|receipt| receipt.bytes).collect();
    assert_eq!(bytes, [vec![3], vec![4]]);
}

#[test]
fn what_cannot_be_enqueued_says_why_and_leaves_the_session_as_it_was() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    outbox.store_page(session(1), "letter-1", vec![1; 10]).expect("stores");
    type Spoil = fn(&mut outbox::Enqueue);
    let cases: [(&str, Spoil); 9] = [
        ("an empty number", |r| r.number.clear()),
        ("a name in the kind", |r| r.kind = "Siti Aminah".to_owned()),
        ("a long payload name", |r| r.payload_name = "p".repeat(65)),
        ("a huge payload", |r| r.payload = vec![0; (64 << 10) + 1]),
        ("a huge manifest", |r| r.manifest = vec![0; (8 << 10) + 1]),
        ("a huge draft", |r| r.draft_after = Some(vec![0; (32 << 10) + 1])),
        ("another session", |r| r.session = session(2)),
        ("a page that was dropped", |r| r.pages = vec!["letter-1".into(), "letter-9".into()]),
        ("a page named twice", |r| r.pages = vec!["letter-1".into(), "letter-1".into()]),
    ];
    for (case, spoil) in cases {
        let mut request = application(1, session(1), at(1));
        spoil(&mut request);
        let refused = outbox.enqueue(request).expect_err(case);
        assert!(!matches!(refused, EnqueueError::Store(_)), "{case}: {refused:?}");
        assert_eq!(outbox.session_pages(session(1)).expect("lists").len(), 1, "{case}");
        assert_eq!(outbox.summary(at(1)).expect("answers").queued, 0, "{case}");
    }
    let mut clash = application(1, session(1), at(1));
    (clash.payload_name, clash.pages) = ("letter-1".into(), vec!["letter-1".into()]);
    assert!(matches!(outbox.enqueue(clash), Err(EnqueueError::PageMissing { .. })));
}

#[test]
fn a_poisoned_submission_never_stands_before_a_healthy_one() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    (1..=3).for_each(|n| visit(&outbox, n, at(0)));
    assert_eq!(due(&outbox, 1), Some(1));
    try_again(&outbox, 1, 1, 0, true);
    assert_eq!(due(&outbox, 2), Some(2));
    try_again(&outbox, 2, 2, 60, false);
    assert_eq!(due(&outbox, 3), Some(3), "entry order among the untried");
    try_again(&outbox, 3, 3, 30, false);
    assert_eq!(due(&outbox, 4), Some(1), "only now the poisoned one");
    assert_eq!(due(&outbox, 34), Some(3), "the sooner retry first");
    try_again(&outbox, 3, 34, 200, false);
    assert_eq!(due(&outbox, 70), Some(2));
    try_again(&outbox, 1, 70, 86_400, true);
    try_again(&outbox, 2, 70, 86_400, false);
    assert_eq!(due(&outbox, 71), None);
    assert_eq!(outbox.next_wait(at(71)).expect("answers"), Some(Duration::from_secs(163)));
    outbox.wake_all().expect("wakes");
    assert_eq!(due(&outbox, 72), Some(2), "the link is back");
    let entries = outbox.queue(10, at(72)).expect("answers");
    assert_eq!(entries[0].last_reason, Some(AttemptReason::SubmissionRefused));
    assert_eq!((entries[0].attempts, entries[0].poisoned), (2, true));
    let summary = outbox.summary(at(72)).expect("answers");
    assert_eq!((summary.queued, summary.poisoned), (3, 1));
}

#[test]
fn pages_are_bounded_in_name_size_and_number_and_a_retake_replaces() {
    let mut desk = Desk::new();
    (desk.limits.session_pages_max, desk.limits.page_bytes_max) = (2, 1_000);
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let store = |name: &str, bytes| outbox.store_page(session(1), name, vec![7; bytes]);
    assert!(matches!(store("KTP Siti", 1), Err(StorePageError::Name)));
    assert!(matches!(store("a", 1_001), Err(StorePageError::TooLarge { .. })));
    store("a", 1_000).expect("stores");
    store("b", 1).expect("stores");
    assert!(matches!(store("c", 1), Err(StorePageError::TooMany { pages_max: 2 })));
    let retaken = store("a", 10).expect("a retake is not one more");
    let held = outbox.session_pages(session(1)).expect("lists");
    assert_eq!(held.len(), 2);
    assert!(held.contains(&retaken));
}

#[test]
fn the_wait_doubles_up_to_five_minutes_and_is_spread_by_the_jitter() {
    let cases = [(1, 2), (2, 4), (3, 8), (8, 256), (9, 300), (10, 300), (u32::MAX, 300), (0, 2)];
    for (attempts, ceiling_secs) in cases {
        let ceiling = Duration::from_secs(ceiling_secs);
        assert_eq!(backoff(attempts, 1.0), ceiling, "{attempts}");
        assert_eq!(backoff(attempts, 0.5), ceiling / 2, "{attempts}");
        assert_eq!(backoff(attempts, 0.0), BACKOFF_FLOOR, "{attempts}");
    }
    for odd in [f64::NAN, f64::INFINITY, 7.0] {
        assert_eq!(backoff(20, odd), BACKOFF_CAP);
    }
    assert_eq!(backoff(20, -1.0), BACKOFF_FLOOR);
}
