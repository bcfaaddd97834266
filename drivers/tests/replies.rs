//! Bytes from a printer are sorted rightly, and no byte can harm us.

use drivers::printer::{Asked, Demux, Expect, FullStatus, Notice, Reply, conditions_in, notice, parse};
use drivers::status::Condition;
use proptest::prelude::*;

#[test]
fn each_pattern_is_recognised() {
    let full = FullStatus { paper: 0x20, user: 0x08, recoverable: 0, unrecoverable: 0 };
    for (bytes, expect, replies) in [
        (&[0x12_u8][..], Expect::Nothing, vec![Reply::RealTime(0x12)]),
        (&[0x12, 0x1A, 0x32, 0x7E], Expect::Nothing, [0x12, 0x1A, 0x32, 0x7E].map(Reply::RealTime).to_vec()),
        (&[0x18, 0x00, 0x0C, 0x00], Expect::Nothing, vec![Reply::Asb([0x18, 0, 0x0C, 0])]),
        (&[0x10, 0x13, 0x00, 0x11, 0x00, 0x00], Expect::Nothing, vec![Reply::XOff, Reply::XOn, Reply::Asb([0x10, 0, 0, 0])]),
        (&[0x00], Expect::PaperStatus, vec![Reply::PaperStatus(0)]),
        (&[0x0F], Expect::PaperStatus, vec![Reply::PaperStatus(0x0F)]),
        (&[0x00], Expect::Nothing, vec![Reply::Stray(0)]),
        (&[0x20], Expect::ModelId, vec![Reply::ModelId(0x20)]),
        (&[0x20], Expect::Nothing, vec![Reply::Stray(0x20)]),
        (b"7\"AB12\0", Expect::Nothing, vec![Reply::ProcessId(*b"AB12")]),
        (&[0x37, 0x25, 0x00], Expect::Nothing, vec![Reply::Block(vec![0x25])]),
        (&[0x10, 0x0F, 0x20, 0x08, 0, 0], Expect::FullStatus, vec![Reply::FullStatus(full)]),
        // A first ASB byte that was noise does not swallow the answer behind it.
        (&[0x10, 0x12], Expect::Nothing, vec![Reply::RealTime(0x12)]),
        (&[0x10, 0x12], Expect::FullStatus, vec![Reply::RealTime(0x12)]),
        (&[0xFF, 0x12], Expect::Nothing, vec![Reply::Stray(0xFF), Reply::RealTime(0x12)]),
    ] {
        assert_eq!(parse(bytes, expect), replies, "{bytes:02x?} {expect:?}");
    }
}

#[test]
fn the_blocks_that_are_known_are_read_and_no_others() {
    for (bytes, expected) in [
        (&[0x37, 0x23, 0x00][..], Some(Notice::WentOffline)),
        (&[0x37, 0x23, 0x41, 0x7F, 0x00], Some(Notice::WentOffline)),
        (&[0x37, 0x23, 0x39, 0x00], None),
        (&[0x37, 0x23, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x00], None),
        (&[0x37, 0x25, 0x00], Some(Notice::BuffersCleared)),
        (&[0x37, 0x25, 0x41, 0x00], None),
        (&[0x37, 0x00], None),
    ] {
        let replies = parse(bytes, Expect::Nothing);
        let [Reply::Block(block)] = replies.as_slice() else { panic!("{bytes:02x?}: {replies:?}") };
        assert_eq!(notice(block), expected, "{bytes:02x?}");
    }
}

#[test]
fn a_block_without_an_end_is_given_up() {
    let mut bytes = vec![0x37];
    bytes.extend([0x41; 200]);
    bytes.push(0x12);
    assert_eq!(parse(&bytes, Expect::Nothing).last(), Some(&Reply::RealTime(0x12)));
}

#[test]
fn status_bits_name_their_conditions() {
    for (asked, byte, conditions) in [
        (Asked::Printer, 0x12, vec![]),
        (Asked::Printer, 0x1A, vec![]),
        (Asked::OfflineCause, 0x16, vec![Condition::COVER_OPEN]),
        (Asked::OfflineCause, 0x32, vec![Condition::ROLL_OUT]),
        (Asked::OfflineCause, 0x36, vec![Condition::COVER_OPEN, Condition::ROLL_OUT]),
        (Asked::ErrorCause, 0x1A, vec![Condition::CUTTER_FAULT]),
        (Asked::ErrorCause, 0x52, vec![Condition::HEAD_OVERHEATED]),
        (Asked::Paper, 0x1E, vec![Condition::ROLL_NEAR_END]),
        (Asked::Paper, 0x7E, vec![Condition::ROLL_NEAR_END, Condition::ROLL_OUT]),
    ] {
        assert_eq!(conditions_in(asked, byte), conditions, "{asked:?} {byte:02x}");
    }
}

fn any_expect() -> impl Strategy<Value = Expect> {
    prop_oneof![Just(Expect::Nothing), Just(Expect::PaperStatus), Just(Expect::ModelId), Just(Expect::FullStatus)]
}

proptest! {
    #[test]
    fn any_bytes_are_survived_and_no_reply_is_made_of_nothing(
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
        expect in any_expect(),
    ) {
        prop_assert!(parse(&bytes, expect).len() <= bytes.len());
    }

    #[test]
    fn where_a_read_ends_does_not_matter(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        cut in 0_usize..300,
        expect in any_expect(),
    ) {
        let cut = cut.min(bytes.len());
        let mut demux = Demux::default();
        let mut replies = Vec::new();
        for part in [&bytes[..cut], &bytes[cut..]] {
            replies.extend(part.iter().filter_map(|byte| demux.push(*byte, expect)));
        }
        prop_assert_eq!(replies, parse(&bytes, expect));
    }

    #[test]
    fn after_any_noise_an_answer_is_heard_again(noise in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = noise;
        // Enough quiet bytes to end any half-read reply.
        bytes.extend([0x01; 100]);
        bytes.push(0x12);
        let replies = parse(&bytes, Expect::Nothing);
        prop_assert_eq!(replies.last(), Some(&Reply::RealTime(0x12)));
    }
}
