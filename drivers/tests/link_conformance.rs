//! One suite over every link: the serial line on a pseudo terminal, the network printer on this machine, the USB printer
//! behind a fake pipe. What a driver relies on holds for all of them.

mod common;
mod rigs;

use common::PATIENCE;
use drivers::link::LinkError;
use rigs::{Rig, all, wait};
use std::time::{Duration, Instant};

/// Shorter than anybody notices, longer than a busy machine needs for a byte.
const SHORT: Duration = Duration::from_millis(150);
/// What a busy machine may add to a limit.
const SLACK: Duration = Duration::from_secs(2);

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

fn open(rig: &mut Rig) {
    rig.link.open().unwrap_or_else(|fault| panic!("{}: {fault}", rig.name));
}

/// Bytes that tell their own place.
fn numbered(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at % 251) as u8).collect()
}

#[test]
fn opening_twice_is_opening_once() {
    for mut rig in all() {
        open(&mut rig);
        open(&mut rig);
        rig.link.write(b"satu", soon()).unwrap_or_else(|fault| panic!("{}: {fault}", rig.name));
        assert!(rig.wire.hears(4), "{}", rig.name);
    }
}

#[test]
fn a_closed_link_is_unplugged_and_sends_nothing() {
    for mut rig in all() {
        let write = rig.link.write(b"x", soon()).expect_err("it is closed");
        assert_eq!(write.sent_bytes, 0, "{}", rig.name);
        assert!(matches!(write.cause, LinkError::Unplugged), "{}: {write:?}", rig.name);
        let read = rig.link.read(&mut [0; 8], SHORT);
        assert!(matches!(read, Err(LinkError::Unplugged)), "{}: {read:?}", rig.name);
        assert_eq!(rig.link.unsent_bytes(), 0, "{}", rig.name);
    }
}

#[test]
fn a_link_can_be_closed_and_opened_again() {
    for mut rig in all() {
        for round in 1..=3 {
            open(&mut rig);
            rig.link.write(b"abcd", soon()).unwrap_or_else(|fault| panic!("{}: {fault}", rig.name));
            assert!(rig.wire.hears(4 * round), "{} round {round}", rig.name);
            rig.link.close();
            rig.link.close();
        }
    }
}

#[test]
fn everything_written_arrives_once_and_in_order() {
    for mut rig in all() {
        open(&mut rig);
        let bytes = numbered(300_000);
        rig.link.write(&bytes, soon()).unwrap_or_else(|fault| panic!("{}: {fault}", rig.name));
        assert!(wait(|| rig.wire.heard().len() >= bytes.len()), "{}: {} bytes", rig.name, rig.wire.heard().len());
        assert!(rig.wire.heard() == bytes, "{}", rig.name);
        assert!(wait(|| rig.link.unsent_bytes() == 0), "{}", rig.name);
    }
}

#[test]
fn what_the_device_says_is_read_whole() {
    for mut rig in all() {
        open(&mut rig);
        let said = numbered(700);
        rig.wire.say(&said);
        let (mut came, mut buffer) = (Vec::<u8>::new(), [0; 50]);
        let deadline = soon();
        while came.len() < said.len() && Instant::now() < deadline {
            let count = rig.link.read(&mut buffer, SHORT).unwrap_or_else(|fault| panic!("{}: {fault}", rig.name));
            came.extend(&buffer[..count]);
        }
        assert!(came == said, "{}: {} of {}", rig.name, came.len(), said.len());
    }
}

#[test]
fn an_idle_read_gives_nothing_and_ends_in_time() {
    for mut rig in all() {
        open(&mut rig);
        for timeout in [Duration::ZERO, SHORT] {
            let began = Instant::now();
            let count = rig.link.read(&mut [0; 8], timeout).unwrap_or_else(|fault| panic!("{}: {fault}", rig.name));
            assert_eq!(count, 0, "{}", rig.name);
            assert!(began.elapsed() >= timeout && began.elapsed() < timeout + SLACK, "{}: {:?}", rig.name, began.elapsed());
        }
    }
}

#[test]
fn a_device_that_takes_nothing_ends_the_write_at_its_deadline_with_the_right_count() {
    for mut rig in all() {
        open(&mut rig);
        rig.faults.deaf(true);
        let bytes = numbered(8_000_000);
        let began = Instant::now();
        let write = rig.link.write(&bytes, began + SHORT).expect_err("nobody reads");
        assert!(began.elapsed() < SHORT + SLACK, "{}: {:?}", rig.name, began.elapsed());
        assert!(matches!(write.cause, LinkError::TimedOut), "{}: {write:?}", rig.name);
        assert!(write.sent_bytes < bytes.len(), "{}", rig.name);
        // What was counted is what comes out, once somebody reads, and not one byte more.
        rig.faults.deaf(false);
        assert!(rig.wire.hears(write.sent_bytes), "{}: {} of {}", rig.name, rig.wire.heard().len(), write.sent_bytes);
        assert!(wait(|| rig.link.unsent_bytes() == 0), "{}", rig.name);
        rig.link.write(b"!", soon()).unwrap_or_else(|fault| panic!("{}: goes on: {fault}", rig.name));
        assert!(rig.wire.hears(write.sent_bytes + 1), "{}", rig.name);
        let mut expected = bytes[..write.sent_bytes].to_vec();
        expected.push(b'!');
        assert!(rig.wire.heard() == expected, "{}", rig.name);
    }
}

#[test]
fn bytes_that_are_held_back_are_counted() {
    for mut rig in all().into_iter().filter(|rig| rig.counts_held_back) {
        open(&mut rig);
        rig.faults.deaf(true);
        let write = rig.link.write(&numbered(8_000_000), Instant::now() + SHORT).expect_err("nobody reads");
        let unsent_bytes = rig.link.unsent_bytes();
        assert!(unsent_bytes > 0 && unsent_bytes <= write.sent_bytes, "{}: {unsent_bytes}", rig.name);
    }
}

#[test]
fn closing_forgets_what_was_not_taken() {
    for mut rig in all() {
        open(&mut rig);
        rig.faults.deaf(true);
        rig.link.write(&numbered(8_000_000), Instant::now() + SHORT).expect_err("nobody reads");
        let began = Instant::now();
        rig.link.close();
        assert!(began.elapsed() < SLACK, "{}: closing waits for nobody", rig.name);
        rig.faults.deaf(false);
        assert!(wait(|| rig.link.open().is_ok()), "{}", rig.name);
        rig.link.write(b"new", soon()).unwrap_or_else(|fault| panic!("{}: {fault}", rig.name));
        assert!(wait(|| rig.wire.heard().ends_with(b"new")), "{}", rig.name);
    }
}

#[test]
fn unplugging_during_a_write_is_noticed_and_counted() {
    for mut rig in all() {
        open(&mut rig);
        rig.faults.hang_up_after(5_000);
        let bytes = numbered(8_000_000);
        let write = rig.link.write(&bytes, soon()).expect_err("it goes away");
        assert!(matches!(write.cause, LinkError::Unplugged), "{}: {write:?}", rig.name);
        let heard = rig.wire.heard().len();
        assert!(write.sent_bytes >= heard && write.sent_bytes < bytes.len(), "{}: {} {heard}", rig.name, write.sent_bytes);
        if !rig.holds_back {
            assert_eq!(write.sent_bytes, 5_000, "{}", rig.name);
        }
    }
}

#[test]
fn the_last_bytes_before_a_hang_up_are_read_and_then_it_is_unplugged() {
    for mut rig in all() {
        open(&mut rig);
        rig.wire.say(b"last words");
        rig.faults.hang_up();
        let (mut came, mut buffer) = (Vec::<u8>::new(), [0; 4]);
        let deadline = soon();
        let end = loop {
            assert!(Instant::now() < deadline, "{}: the hang-up is never noticed", rig.name);
            match rig.link.read(&mut buffer, SHORT) {
                Ok(count) => came.extend(&buffer[..count]),
                Err(fault) => break fault,
            }
        };
        assert!(matches!(end, LinkError::Unplugged), "{}: {end:?}", rig.name);
        if rig.delivers_last_words {
            assert_eq!(came, b"last words", "{}", rig.name);
        }
    }
}

#[test]
fn a_device_that_comes_back_is_opened_again_by_its_place() {
    for mut rig in all() {
        open(&mut rig);
        rig.faults.hang_up();
        assert!(wait(|| rig.link.read(&mut [0; 8], Duration::ZERO).is_err()), "{}", rig.name);
        rig.link.close();
        rig.faults.go_away();
        let mut gone = None;
        assert!(wait(|| rig.link.open().map_err(|fault| gone = Some(fault)).is_err()), "{}", rig.name);
        assert!(matches!(gone, Some(LinkError::NoDevice { .. } | LinkError::HeldByOther { .. })), "{}: {gone:?}", rig.name);
        rig.faults.come_back();
        assert!(wait(|| rig.link.open().is_ok()), "{}", rig.name);
        rig.link.write(b"lagi", soon()).unwrap_or_else(|fault| panic!("{}: {fault}", rig.name));
        assert!(wait(|| rig.wire.heard().ends_with(b"lagi")), "{}", rig.name);
    }
}
