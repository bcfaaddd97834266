//! A damaged store is moved aside whole and reported; a fresh one works; a foreign or newer one is left alone.

mod support;

use std::fs;
use std::path::Path;

use outbox::{AttemptOutcome, AttemptReason, DraftOutcome, OpenError, ReadPartError, StoreFault};
use rusqlite::Connection;
use support::{Desk, at, key, secret, session, visit};

fn store_file(desk: &Desk) -> std::path::PathBuf {
    desk.path().join("outbox.sqlite")
}

/// A closed store with three submissions and an interrupted draft.
fn used_desk() -> Desk {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    (1..=3).for_each(|n| visit(&outbox, n, at(0)));
    outbox.begin_session(session(9), secret(9), at(1)).expect("begins");
    outbox.save_draft(session(9), b"answers", at(1)).expect("saves");
    drop(outbox);
    desk
}

#[test]
fn a_damaged_file_is_moved_aside_byte_for_byte_and_a_fresh_store_works() {
    type Damage = fn(&mut Vec<u8>);
    let cases: [(&str, Damage); 6] = [
        ("the header is overwritten", |b| b[..16].fill(b'x')),
        ("the page size is absurd", |b| b[16..18].fill(0xff)),
        ("the schema page is scrambled", |b| b[100..108].fill(0xa5)),
        ("every table page lost its type", |b| {
            (4_096..b.len()).step_by(4_096).for_each(|page| b[page] ^= 0x55);
        }),
        ("half of the file is gone", |b| b.truncate(b.len() / 2 / 4_096 * 4_096)),
        ("it is a text", |b| *b = b"not a database at all, but long enough\n".repeat(200)),
    ];
    for (case, damage) in cases {
        let desk = used_desk();
        let mut bytes = fs::read(store_file(&desk)).expect("reads");
        damage(&mut bytes);
        fs::write(store_file(&desk), &bytes).expect("writes");

        let (outbox, opening) = desk.open(at(60));
        let quarantined = opening.quarantined.unwrap_or_else(|| panic!("{case}: not noticed"));
        assert_eq!(quarantined.path, desk.path().join("outbox.damaged-20250310T010100Z.sqlite"), "{case}");
        assert!(!quarantined.reason.is_empty(), "{case}");
        assert_eq!(fs::read(&quarantined.path).expect("reads"), bytes, "{case}");
        assert_eq!(opening.queued, 0, "{case}");
        assert_eq!(opening.draft, DraftOutcome::None, "{case}");
        assert!(!desk.path().join("session.key").exists(), "{case}: a key without its draft");
        visit(&outbox, 50, at(61));
        assert!(outbox.verify().expect("verifies").is_sound(), "{case}");
        drop(outbox);
        let (_outbox, opening) = desk.open(at(62));
        assert_eq!((opening.quarantined, opening.queued), (None, 1), "{case}: once is enough");
    }
}

#[test]
fn the_log_of_a_damaged_file_goes_with_it() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    visit(&outbox, 1, at(0));
    // A copy of the open files is what a power cut leaves behind.
    let image = Desk::new();
    for entry in fs::read_dir(desk.path()).expect("lists") {
        let entry = entry.expect("reads");
        fs::copy(entry.path(), image.path().join(entry.file_name())).expect("copies");
    }
    let log = fs::read(image.path().join("outbox.sqlite-wal")).expect("reads");
    assert!(log.len() > 4_096);
    let mut bytes = fs::read(store_file(&image)).expect("reads");
    bytes[..16].fill(0);
    fs::write(store_file(&image), &bytes).expect("writes");
    let (_outbox, opening) = image.open(at(60));
    let moved = opening.quarantined.expect("it was noticed").path;
    let mut moved_log = moved.clone().into_os_string();
    moved_log.push("-wal");
    assert_eq!(fs::read(Path::new(&moved_log)).expect("the log moved along"), log);
    assert_eq!(fs::read(moved).expect("reads"), bytes);
}

#[test]
fn after_damage_no_number_of_that_day_is_handed_out_twice() {
    let desk = Desk::new();
    let (today, later) = (jiff::civil::date(2025, 3, 10), jiff::civil::date(2025, 3, 12));
    let mut highest = 0;
    for round in 0..3 {
        let (outbox, opening) = desk.open(at(round));
        assert_eq!(opening.quarantined.is_some(), round > 0);
        let next = outbox.next_serial(today, 7).expect("answers");
        assert!(next > highest, "round {round}: {next} after {highest}");
        highest = next + 40;
        assert_eq!(outbox.next_serial(later, 7).expect("answers"), 1, "other days begin at one");
        drop(outbox);
        fs::write(store_file(&desk), b"rubbish".repeat(1_000)).expect("writes");
    }
}

#[test]
fn a_damaged_part_stops_its_own_submission_and_no_other() {
    let desk = Desk::new();
    let (outbox, _) = desk.open(at(0));
    (1..=2).for_each(|n| visit(&outbox, n, at(0)));
    let sealed = outbox.read_part(key(1), "payload").expect("reads");
    drop(outbox);
    let mut bytes = fs::read(store_file(&desk)).expect("reads");
    let needle = &sealed[1_000..1_032];
    let found = bytes.windows(32).position(|window| window == needle).expect("it is in the file");
    bytes[found] ^= 0x40;
    fs::write(store_file(&desk), &bytes).expect("writes");

    let (outbox, opening) = desk.open(at(1));
    assert_eq!(opening.quarantined, None, "SQLite itself cannot notice this");
    let item = outbox.next_due(at(1)).expect("answers").expect("one is due");
    assert_eq!(item.key, key(1));
    let read = outbox.read_part(key(1), "payload");
    assert!(matches!(read, Err(ReadPartError::Store(StoreFault::Damaged { .. }))), "{read:?}");
    let outcome = AttemptOutcome { when: at(1), reason: AttemptReason::PartDamaged, retry_at: at(2), poisoned: true };
    outbox.record_attempt(key(1), outcome).expect("records");
    let item = outbox.next_due(at(9)).expect("answers").expect("one is due");
    assert_eq!(item.key, key(2));
    outbox.read_part(key(2), "payload").expect("its neighbour is whole");
    let verification = outbox.verify().expect("verifies");
    assert_eq!((verification.items, verification.damaged.len()), (2, 1));
    assert_eq!(verification.damaged[0].key, key(1));
}

#[test]
fn a_newer_or_foreign_store_and_one_in_use_are_refused_untouched() {
    let desk = used_desk();
    let conn = Connection::open(store_file(&desk)).expect("opens");
    conn.pragma_update(None, "user_version", 99).expect("writes");
    drop(conn);
    let before = fs::read(store_file(&desk)).expect("reads");
    let refused = desk.try_open(at(9)).map(|_| ());
    assert!(matches!(refused, Err(OpenError::Newer { found: 99, known: 1 })), "{refused:?}");
    assert_eq!(fs::read(store_file(&desk)).expect("reads"), before);

    let desk = Desk::new();
    let conn = Connection::open(store_file(&desk)).expect("opens");
    conn.execute_batch("CREATE TABLE songs (title TEXT)").expect("writes");
    drop(conn);
    let before = fs::read(store_file(&desk)).expect("reads");
    let refused = desk.try_open(at(9)).map(|_| ());
    assert!(matches!(refused, Err(OpenError::Foreign)), "{refused:?}");
    assert_eq!(fs::read(store_file(&desk)).expect("reads"), before);

    let desk = used_desk();
    let (outbox, _) = desk.open(at(9));
    let refused = desk.try_open(at(9)).map(|_| ());
    assert!(matches!(refused, Err(OpenError::InUse { .. })), "{refused:?}");
    drop(outbox);
    desk.open(at(10));
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let mut desk = Desk::new();
    let file = desk.path().join("a-file");
    fs::write(&file, b"").expect("writes");
    let refused = outbox::Outbox::open(&file.join("outbox"), desk.recipients(), std::mem::take(&mut desk.limits), at(0));
    let message = refused.map(|_| ()).expect_err("it is refused").to_string();
    assert!(message.contains("a-file"), "{message}");
}
