//! Drafts: durable while the session lives, resumable for a quarter of an hour, unreadable ever after.

mod support;

use std::fs;

use outbox::{BeginSessionError, DraftOutcome, ResumeDraftError, SaveDraftError, StorePageError};
use support::{Desk, application, at, plaintext, secret, session};

#[test]
fn a_draft_survives_a_restart_and_opens_again() {
    let desk = Desk::new();
    let (outbox, opening) = desk.open(at(0));
    assert_eq!(opening.draft, DraftOutcome::None);
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    for (secs, size) in [(1, 100), (2, 20_000), (3, 500)] {
        outbox.save_draft(session(1), &plaintext(size, secs as u8), at(secs)).expect("saves");
    }
    outbox.store_page(session(1), "letter-1", plaintext(300_000, 1)).expect("stores");
    drop(outbox);

    let (outbox, opening) = desk.open(at(100));
    let DraftOutcome::Found(found) = opening.draft else { panic!("{:?}", opening.draft) };
    assert_eq!((found.session, found.began_at, found.saved_at), (session(1), at(0), at(3)));
    let early = outbox.save_draft(session(1), b"x", at(100));
    assert!(matches!(early, Err(SaveDraftError::NoSession)), "not before it is resumed");
    let resumed = outbox.resume_draft(at(101)).expect("resumes");
    assert_eq!(*resumed.plaintext, plaintext(500, 3));
    assert!(!format!("{resumed:?}").contains("3578"), "a draft prints as dots");
    assert_eq!(outbox.session_pages(session(1)).expect("lists").len(), 1);
    outbox.save_draft(session(1), b"and on", at(102)).expect("the session is live again");
}

#[test]
fn a_draft_is_resumed_within_its_time_and_destroyed_beyond_it_or_when_its_age_is_unknown() {
    let cases = [
        ("at once", 0, true),
        ("at the last second", 900, true),
        ("one second late", 901, false),
        ("a day late", 86_400, false),
        ("clock back by a moment", -5, true),
        ("clock back by a day", -86_400, false),
    ];
    for (case, secs_later, resumes) in cases {
        let desk = Desk::new();
        let (outbox, _) = desk.open(at(0));
        outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
        outbox.save_draft(session(1), b"answers", at(0)).expect("saves");
        outbox.store_page(session(1), "letter-1", vec![1; 9_000]).expect("stores");
        drop(outbox);

        let (outbox, opening) = desk.open(at(secs_later));
        assert_eq!(matches!(opening.draft, DraftOutcome::Found(_)), resumes, "{case}");
        assert_eq!(outbox.resume_draft(at(secs_later)).is_ok(), resumes, "{case}");
        if !resumes {
            assert_eq!(opening.draft, DraftOutcome::Expired, "{case}");
            assert_wiped(&desk, &outbox, case);
        }
    }
}

#[test]
fn a_draft_that_grows_too_old_while_it_is_offered_is_destroyed_when_asked_for() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    outbox.save_draft(session(1), b"answers", at(0)).expect("saves");
    drop(outbox);
    let (outbox, _) = desk.open(at(890));
    let refused = outbox.resume_draft(at(905));
    assert!(matches!(refused, Err(ResumeDraftError::TooOld)), "{refused:?}");
    assert_wiped(&desk, &outbox, "after the refusal");
    outbox.begin_session(session(2), secret(2), at(906)).expect("the next resident may begin");
}

#[test]
fn ending_a_session_removes_key_draft_and_pages_and_can_be_repeated() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    outbox.save_draft(session(1), b"answers", at(1)).expect("saves");
    outbox.store_page(session(1), "letter-1", vec![1; 9_000]).expect("stores");
    assert!(desk.path().join("session.key").exists());
    for _ in 0..2 {
        outbox.destroy_session(session(1)).expect("wipes");
        assert_wiped(&desk, &outbox, "after the end");
    }
    let late = outbox.save_draft(session(1), b"late", at(2));
    assert!(matches!(late, Err(SaveDraftError::NoSession)));
    let late = outbox.store_page(session(1), "letter-2", vec![1]);
    assert!(matches!(late, Err(StorePageError::NoSession)));
    drop(outbox);
    assert_eq!(desk.open(at(3)).1.draft, DraftOutcome::None);
}

#[test]
fn without_its_key_a_draft_opens_no_more() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    outbox.save_draft(session(1), b"answers", at(1)).expect("saves");
    drop(outbox);
    let key_file = desk.path().join("session.key");
    let whole = fs::read(&key_file).expect("reads");
    // The crash inside destroy_session, and a key of another session, and a torn key.
    let mut foreign = whole.clone();
    foreign[50] ^= 1;
    for (case, content) in [("gone", None), ("changed", Some(foreign)), ("torn", Some(whole[..40].to_vec()))] {
        let image = tempfile::tempdir().expect("a directory");
        let desk = Desk { dir: image, limits: desk.limits.clone(), identity: desk.identity.clone() };
        let copy = desk.path().join("outbox.sqlite");
        fs::copy(key_file.with_file_name("outbox.sqlite"), copy).expect("copies");
        if let Some(content) = content {
            fs::write(desk.path().join("session.key"), content).expect("writes");
        }
        let (outbox, opening) = desk.open(at(2));
        assert_eq!(opening.draft, DraftOutcome::Orphaned, "{case}");
        assert!(matches!(outbox.resume_draft(at(3)), Err(ResumeDraftError::None)), "{case}");
        assert_wiped(&desk, &outbox, case);
    }
}

#[test]
fn one_session_at_a_time_holds_a_key() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    let second = outbox.begin_session(session(2), secret(2), at(1));
    assert!(matches!(second, Err(BeginSessionError::AnotherSession)));
    outbox.save_draft(session(1), b"answers", at(1)).expect("the first one still runs");
    let foreign = outbox.save_draft(session(2), b"answers", at(1));
    assert!(matches!(foreign, Err(SaveDraftError::NoSession)));
    outbox.destroy_session(session(2)).expect("ending a stranger's session changes nothing");
    outbox.save_draft(session(1), b"more", at(2)).expect("the first one still runs");
}

#[test]
fn a_draft_beyond_its_limit_is_refused_and_the_earlier_one_stands() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    outbox.save_draft(session(1), b"good", at(1)).expect("saves");
    let refused = outbox.save_draft(session(1), &vec![0; desk.limits.draft_bytes_max + 1], at(2));
    assert!(matches!(refused, Err(SaveDraftError::TooLarge { .. })));
    drop(outbox);
    let (outbox, _) = desk.open(at(3));
    assert_eq!(*outbox.resume_draft(at(3)).expect("resumes").plaintext, b"good");
}

#[test]
fn the_slip_to_reprint_replaces_the_draft_with_the_enqueue_itself() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    outbox.save_draft(session(1), b"answers", at(1)).expect("saves");
    let mut request = application(1, session(1), at(2));
    request.draft_after = Some(b"slip".to_vec());
    outbox.enqueue(request).expect("queues");
    drop(outbox);
    let (outbox, opening) = desk.open(at(3));
    assert_eq!(opening.queued, 1);
    assert_eq!(*outbox.resume_draft(at(4)).expect("resumes").plaintext, b"slip");
    outbox.enqueue(application(2, session(1), at(5))).expect("queues");
    drop(outbox);
    assert_eq!(desk.open(at(6)).1.draft, DraftOutcome::None, "no draft after: nothing to resume");
}

#[test]
fn the_canary_is_never_on_the_disk() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    outbox.begin_session(session(1), secret(1), at(0)).expect("begins");
    for n in 0..20 {
        outbox.save_draft(session(1), &plaintext(3_000, n), at(n.into())).expect("saves");
    }
    desk.assert_no_canary("while drafts are saved");
    outbox.store_page(session(1), "letter-1", plaintext(700_000, 1)).expect("stores");
    outbox.store_page(session(1), "letter-1", plaintext(600_000, 2)).expect("retakes");
    outbox.store_page(session(1), "letter-2", plaintext(100_000, 3)).expect("stores");
    outbox.drop_page(session(1), "letter-2").expect("drops");
    desk.assert_no_canary("while pages are stored");
    let mut request = application(1, session(1), at(30));
    request.pages = vec!["letter-1".to_owned()];
    request.draft_after = Some(plaintext(900, 9));
    assert!(!format!("{request:?}").contains("3578"), "a request prints as dots");
    outbox.enqueue(request).expect("queues");
    desk.assert_no_canary("after the enqueue");
    outbox.destroy_session(session(1)).expect("wipes");
    desk.assert_no_canary("after the wipe");
    drop(outbox);
    desk.assert_no_canary("after closing");
}

fn assert_wiped(desk: &Desk, outbox: &outbox::Outbox, case: &str) {
    assert!(!desk.path().join("session.key").exists(), "{case}: the key is still there");
    assert_eq!(outbox.session_pages(session(1)).expect("lists"), [], "{case}");
    assert!(matches!(outbox.resume_draft(at(0)), Err(ResumeDraftError::None)), "{case}");
}
