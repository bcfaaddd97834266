//! A slow or held disk: callers get an answer in time, and asking again with the same key doubles nothing.

mod support;

use std::sync::mpsc;
use std::time::{Duration, Instant};

use outbox::{EnqueueError, Outbox, QueuedOutcome, SaveDraftError, StoreFault};
use rusqlite::Connection;
use support::{Desk, application, at, secret, session};

/// A store whose file is held by a backup program until the connection is dropped.
fn held(desk: &Desk) -> (Outbox, Connection) {
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let backup = Connection::open(desk.path().join("outbox.sqlite")).expect("opens");
    backup.execute_batch("BEGIN IMMEDIATE").expect("holds the file");
    (outbox, backup)
}

#[test]
fn a_caller_is_answered_in_time_and_the_late_write_is_found_by_its_key() {
    let mut desk = Desk::new();
    desk.limits.reply_wait_max = Duration::from_millis(100);
    desk.limits.lock_wait_max = Duration::from_secs(20);
    let (outbox, backup) = held(&desk);
    let asked = Instant::now();
    let late = outbox.enqueue(application(1, session(1), at(1)));
    assert!(matches!(late, Err(EnqueueError::Store(StoreFault::Timeout { .. }))), "{late:?}");
    assert!(asked.elapsed() < Duration::from_secs(5));
    drop(backup);
    // The first request is still being served; asking again waits behind it and finds what it wrote.
    let end = Instant::now() + Duration::from_secs(20);
    let queued = loop {
        match outbox.enqueue(application(1, session(1), at(2))) {
            Ok(queued) => break queued,
            Err(EnqueueError::Store(StoreFault::Timeout { .. })) => {
                assert!(Instant::now() < end, "the store never answered");
            }
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!((queued.outcome, queued.enqueued_at), (QueuedOutcome::AlreadyQueued, at(1)));
    assert_eq!(outbox.summary(at(3)).expect("answers").queued, 1);
}

#[test]
fn a_file_that_stays_held_answers_busy_and_nothing_is_written() {
    let mut desk = Desk::new();
    desk.limits.lock_wait_max = Duration::from_millis(50);
    let (outbox, backup) = held(&desk);
    let refused = outbox.enqueue(application(1, session(1), at(1)));
    assert!(matches!(refused, Err(EnqueueError::Store(StoreFault::Busy))), "{refused:?}");
    drop(backup);
    let queued = outbox.enqueue(application(1, session(1), at(2))).expect("queues");
    assert_eq!(queued.outcome, QueuedOutcome::Committed);
}

#[test]
fn a_caller_beyond_the_longest_queue_is_answered_at_once() {
    let mut desk = Desk::new();
    desk.limits.requests_max = 2;
    desk.limits.lock_wait_max = Duration::from_secs(20);
    let (outbox, backup) = held(&desk);
    let (sender, answers) = mpsc::sync_channel(8);
    for n in 0..8 {
        let (outbox, sender) = (outbox.clone(), sender.clone());
        std::thread::spawn(move || {
            let answer = outbox.save_draft(session(1), format!("{n}").as_bytes(), at(1));
            sender.send(answer).expect("the test listens");
        });
    }
    // One request is being served and two wait; while the file is held, only a refusal can come back.
    let first = answers.recv_timeout(Duration::from_secs(10)).expect("somebody is refused");
    assert!(matches!(first, Err(SaveDraftError::Store(StoreFault::Busy))), "{first:?}");
    drop(backup);
    let mut saved = 0;
    for _ in 1..8 {
        match answers.recv_timeout(Duration::from_secs(10)).expect("everybody is answered") {
            Ok(()) => saved += 1,
            Err(SaveDraftError::Store(StoreFault::Busy)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(saved >= 2, "those who were admitted are served: {saved}");
}
