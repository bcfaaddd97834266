//! A full store: a clear word, nothing half-written, room for what was begun, and a way out.

mod support;

use outbox::{BeginSessionError, DraftOutcome, EnqueueError, Limits, Outbox, SaveDraftError, StoreFault, StorePageError};
use support::{Desk, application, at, key, plaintext, secret, session, visit};

/// A store of 768 KiB that lets a session begin while 64 KiB are free.
fn small() -> Desk {
    Desk::with(Limits { store_bytes_max: 768 << 10, reserve_bytes: 64 << 10, payload_bytes_max: 48 << 10, manifest_bytes_max: 4 << 10, ..support::limits() })
}

fn big(n: u64) -> outbox::Enqueue {
    let mut request = application(n, session(1), at(2));
    request.payload = plaintext(40 << 10, n as u8);
    request
}

/// Fills the store with submissions; answers how many it took.
fn fill(outbox: &Outbox) -> u64 {
    for n in 100..200 {
        match outbox.enqueue(big(n)) {
            Ok(_) => {}
            Err(EnqueueError::Store(StoreFault::Full)) => return n - 100,
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("the store never filled")
}

#[test]
fn an_enqueue_that_does_not_fit_keeps_the_draft_the_pages_and_the_queue_as_they_were() {
    let desk = small();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let taken = fill(&outbox);
    assert!(taken > 5, "{taken}");
    // The last room goes to a draft and a page, found by trying ever smaller ones.
    outbox.save_draft(session(1), b"answers", at(1)).expect("a small draft still fits");
    let before = outbox.summary(at(3)).expect("answers");
    for n in [300, 301] {
        let mut request = big(n);
        request.draft_after = Some(b"slip".to_vec());
        let refused = outbox.enqueue(request);
        assert!(matches!(refused, Err(EnqueueError::Store(StoreFault::Full))), "{refused:?}");
    }
    assert_eq!(outbox.summary(at(3)).expect("answers"), before);
    assert!(outbox.verify().expect("verifies").is_sound());
    drop(outbox);
    let (outbox, opening) = desk.open(at(4));
    assert_eq!(u64::from(opening.queued), taken);
    assert_eq!(*outbox.resume_draft(at(4)).expect("resumes").plaintext, b"answers");
    assert!(outbox.verify().expect("verifies").is_sound());
}

#[test]
fn a_draft_that_does_not_fit_leaves_the_earlier_one() {
    let desk = small();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    fill(&outbox);
    outbox.save_draft(session(1), b"small", at(1)).expect("a small draft still fits");
    // Submissions of a few bytes take what is left, page by page.
    let mut full = false;
    for n in 400..600 {
        let mut request = application(n, session(1), at(2));
        (request.payload, request.draft_after) = (vec![1; 10], Some(b"small".to_vec()));
        if outbox.enqueue(request).is_err() {
            full = true;
            break;
        }
    }
    assert!(full, "the store never filled");
    let refused = outbox.save_draft(session(1), &vec![5; 32 << 10], at(3));
    assert!(matches!(refused, Err(SaveDraftError::Store(StoreFault::Full))), "{refused:?}");
    drop(outbox);
    let (outbox, _) = desk.open(at(4));
    assert_eq!(*outbox.resume_draft(at(4)).expect("resumes").plaintext, b"small");
    assert!(outbox.verify().expect("verifies").is_sound());
}

#[test]
fn pages_are_refused_before_the_submission_itself_would_be() {
    let desk = small();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let mut pages = Vec::new();
    let refused = loop {
        let name = format!("letter-{}", pages.len());
        match outbox.store_page(session(1), &name, plaintext(30 << 10, 1)) {
            Ok(part) => pages.push(part.name),
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, StorePageError::Store(StoreFault::Full)), "{refused:?}");
    let held = outbox.session_pages(session(1)).expect("lists");
    assert_eq!(held.len(), pages.len(), "the refused page left nothing");
    let mut request = application(1, session(1), at(2));
    (request.payload, request.manifest) = (plaintext(48 << 10, 1), vec![b'm'; 4 << 10]);
    request.draft_after = Some(plaintext(32 << 10, 2));
    request.pages = pages;
    outbox.enqueue(request).expect("what was taken can be enqueued, at every limit");
    assert!(outbox.verify().expect("verifies").is_sound());
}

#[test]
fn new_sessions_are_closed_while_the_reserve_is_touched_and_open_when_central_takes_some() {
    let mut desk = small();
    desk.limits.reserve_bytes = 300 << 10;
    let (outbox, _) = desk.open(at(0));
    let mut n = 0;
    while outbox.space().expect("answers").admits_new_session {
        n += 1;
        assert!(n < 1_000, "the reserve was never touched");
        visit(&outbox, n, at(1));
    }
    let refused = outbox.begin_session(session(9), secret(9), at(2));
    assert!(matches!(refused, Err(BeginSessionError::NoRoom)), "{refused:?}");
    let space = outbox.space().expect("answers");
    assert!(space.free_bytes < space.reserve_bytes && space.free_bytes > 200 << 10, "{space:?}");
    for settled in 1..=3 {
        outbox.acknowledge(key(settled), vec![1], at(3)).expect("acknowledges");
    }
    outbox.begin_session(session(9), secret(9), at(4)).expect("there is room again");
}

#[test]
fn a_store_without_any_room_can_still_be_emptied() {
    let desk = small();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let taken = fill(&outbox);
    for n in 700..900 {
        let mut request = application(n, session(1), at(2));
        request.payload = vec![1; 10];
        if outbox.enqueue(request).is_err() {
            break;
        }
    }
    for n in 100..100 + taken {
        outbox.acknowledge(key(n), vec![1; 2_000], at(3)).expect("acknowledging frees room");
    }
    outbox.destroy_session(session(1)).expect("wipes");
    assert!(outbox.verify().expect("verifies").is_sound());
    drop(outbox);
    assert_eq!(desk.open(at(4)).1.draft, DraftOutcome::None);
}

#[test]
fn a_queue_at_its_limit_refuses_one_more_and_closes_new_sessions() {
    let mut desk = Desk::new();
    desk.limits.queued_items_max = 2;
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    for n in [1, 2] {
        outbox.enqueue(application(n, session(1), at(1))).expect("queues");
    }
    let refused = outbox.enqueue(application(3, session(1), at(1)));
    assert!(matches!(refused, Err(EnqueueError::QueueFull { items_max: 2 })));
    assert!(!outbox.space().expect("answers").admits_new_session);
}
