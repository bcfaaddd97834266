//! Keys of an imager in keyboard mode: the fixed US map, shift, the terminator, and everything that spoils a code. Lines and
//! keys of any kind never panic and never give more than they may.

mod common;

use common::QR_TEXT;
use drivers::imager::{
    Assembler, CodeError, CodeSource, Framing, HidImager, Key, KeyRules, Line, Lines, REPEAT_QUIET, REST_OF_TORN, Repeats, us_key, us_letter,
};
use drivers::reader::{Implausible, PAYLOAD_BYTES_MAX, QrPayload, is_plausible};
use drivers::sim::imager::{ImagerFault, TimedKey, keys_of};
use drivers::sim::keyboard::VirtualKeyboard;
use drivers::status::Condition;
use evdev::KeyCode;
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn code(text: &str) -> Line {
    Line::Code(QrPayload::new(text.as_bytes().to_vec()))
}

/// Plays a script without a device, and lets a second pass afterwards.
fn played(script: &[TimedKey]) -> Vec<Line> {
    let begin = Instant::now();
    let mut assembler = Assembler::new(KeyRules::default());
    let mut ended: Vec<Line> = script.iter().flat_map(|(at, key)| assembler.key(*key, begin + *at)).collect();
    let last = script.last().map_or(Duration::ZERO, |(at, _)| *at);
    ended.extend(assembler.tick(begin + last + Duration::from_secs(1)));
    ended
}

fn pressed(keys: &[Key]) -> Vec<Line> {
    let script: Vec<TimedKey> = keys.iter().enumerate().map(|(number, key)| (Duration::from_millis(number as u64), *key)).collect();
    played(&script)
}

#[test]
fn every_printable_character_is_typed_and_read_back() {
    let all: String = (b' '..=b'~').map(char::from).collect();
    assert_eq!(played(&keys_of(all.as_bytes(), None)), [code(&all)]);
    for letter in b' '..=b'~' {
        let (key, shift) = us_key(letter).expect("a US keyboard writes all of printable ASCII");
        assert_eq!(us_letter(key, shift), Some(letter));
    }
    assert_eq!((us_letter(KeyCode::KEY_F1, false), us_key(b'\n')), (None, None));
}

#[test]
fn every_fault_ends_in_its_own_words() {
    for fault in ImagerFault::ALL {
        let expected = match fault {
            ImagerFault::Unplugged => vec![],
            ImagerFault::Garbled | ImagerFault::Torn | ImagerFault::NoTerminator => vec![Line::Noise],
            ImagerFault::LateRest => vec![Line::Noise, Line::Noise],
            ImagerFault::Stutter => vec![code(QR_TEXT); 5],
            ImagerFault::Oversized => vec![Line::Refused(Implausible::TooLong { bytes: 7_000 })],
            // A US keyboard has no keys for kanji: what is typed instead writes nothing, and a code with a hole is no code.
            ImagerFault::Foreign => vec![Line::Noise],
        };
        assert_eq!(played(&keys_of(QR_TEXT.as_bytes(), Some(fault))), expected, "{fault:?}");
    }
}

#[test]
fn what_spoils_a_code_and_what_does_not() {
    use Key::{Down, Held, Lost, Up};
    let (a, b, end) = (KeyCode::KEY_A, KeyCode::KEY_B, KeyCode::KEY_ENTER);
    let (shift, right, control) = (KeyCode::KEY_LEFTSHIFT, KeyCode::KEY_RIGHTSHIFT, KeyCode::KEY_LEFTCTRL);
    for (why, keys, expected) in [
        ("plain", vec![Down(a), Up(a), Down(b), Up(b), Down(end)], vec![code("ab")]),
        ("other enter", vec![Down(a), Down(KeyCode::KEY_KPENTER)], vec![code("a")]),
        ("shift held over two", vec![Down(shift), Down(a), Down(b), Up(shift), Down(a), Down(end)], vec![code("ABa")]),
        ("both shifts, one let go", vec![Down(shift), Down(right), Up(shift), Down(a), Down(end)], vec![code("A")]),
        ("capitals light", vec![Down(KeyCode::KEY_CAPSLOCK), Down(a), Down(end)], vec![code("a")]),
        ("held key", vec![Down(a), Held(a), Held(a), Down(end)], vec![code("a")]),
        ("control", vec![Down(control), Down(a), Up(control), Down(b), Down(end)], vec![Line::Noise]),
        ("control let go before", vec![Down(control), Up(control), Down(b), Down(end)], vec![code("b")]),
        ("a key that writes nothing", vec![Down(a), Down(KeyCode::KEY_F5), Down(b), Down(end)], vec![Line::Noise]),
        ("lost events", vec![Down(a), Lost, Down(b), Down(end)], vec![Line::Noise]),
        ("lost release of shift", vec![Down(shift), Lost, Down(end), Down(a), Down(end)], vec![Line::Noise, code("a")]),
        ("only ends", vec![Down(end), Down(end)], vec![]),
    ] {
        assert_eq!(pressed(&keys), expected, "{why}");
    }
}

#[test]
fn the_rest_of_a_torn_code_is_not_a_code_and_a_later_code_is() {
    let begin = Instant::now();
    let mut lines = Lines::new(Framing::default());
    assert_eq!(lines.take(b"KLP1:SB", begin), []);
    let pause = begin + Duration::from_millis(300);
    assert_eq!(lines.take(b"Y:0426\r", pause), [Line::Noise, Line::Noise]);
    assert_eq!(lines.take(b"KLP1:A\r", pause + Duration::from_millis(1)), [code("KLP1:A")]);
    assert_eq!(lines.take(b"half", pause + Duration::from_secs(2)), []);
    let later = pause + Duration::from_secs(2) + REST_OF_TORN;
    assert_eq!(lines.take(b"KLP1:B\r\n\x03", later), [Line::Noise, Line::Noise]);
    assert_eq!(lines.take(b"KLP1:C\n", later + Duration::from_secs(1)), [code("KLP1:C")]);
}

#[test]
fn a_code_that_stays_in_view_counts_once() {
    let (begin, mut repeats) = (Instant::now(), Repeats::default());
    let [one, two] = ["SATU", "DUA"].map(|text| QrPayload::new(text.into()));
    let mut new = |payload: &QrPayload, secs: f64| repeats.is_new(payload, begin + Duration::from_secs_f64(secs));
    assert_eq!([new(&one, 0.0), new(&one, 1.5), new(&one, 3.0), new(&one, 4.9)], [true, false, false, false]);
    assert!(new(&one, 4.9 + REPEAT_QUIET.as_secs_f64()));
    assert_eq!([new(&two, 7.0), new(&one, 7.1)], [true, true]);
}

#[test]
fn what_is_no_keyboard_is_named_and_a_missing_one_too() {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let file = folder.path().join("file");
    std::fs::write(&file, b"x").expect("the folder is writable");
    let mut source = HidImager::new(&file, KeyRules::default());
    assert!(matches!(source.next(Duration::from_millis(10)), Err(CodeError::Unusable { .. })));
    assert!(source.status().has(Condition::READER_UNUSABLE));
    let mut source = HidImager::new(folder.path().join("none"), KeyRules::default());
    assert!(matches!(source.next(Duration::from_millis(10)), Err(CodeError::NoDevice { .. })));
    assert!(source.status().has(Condition::READER_ABSENT));
}

#[test]
fn a_keyboard_of_the_kernel_is_grabbed_read_and_missed() {
    let mut keyboard = match VirtualKeyboard::plug_in("klampid test imager") {
        Ok(keyboard) => keyboard,
        Err(fault) => {
            println!("skipped: this machine makes no input devices: {fault}");
            return;
        }
    };
    let mut source = HidImager::new(keyboard.node(), KeyRules::default());
    assert!(matches!(source.next(Duration::ZERO), Ok(None)));
    // Whoever comes second is told, and gets not a single key.
    let mut second = HidImager::new(keyboard.node(), KeyRules::default());
    assert!(matches!(second.next(Duration::ZERO), Err(CodeError::HeldByOther { .. })));
    keyboard.play(&keys_of(QR_TEXT.as_bytes(), None)).unwrap_or_else(|fault| panic!("{fault}"));
    let read = source.next(common::PATIENCE).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(read.as_ref().and_then(|payload| payload.text()), Some(QR_TEXT));
    drop(keyboard);
    assert!(matches!(source.next(common::PATIENCE), Err(CodeError::Unplugged)));
    assert!(source.status().has(Condition::READER_ABSENT));
}

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        (0_u16..768).prop_map(|code| Key::Down(KeyCode(code))),
        (0_u16..768).prop_map(|code| Key::Up(KeyCode(code))),
        (0_u16..768).prop_map(|code| Key::Held(KeyCode(code))),
        Just(Key::Lost),
        Just(Key::Down(KeyCode::KEY_ENTER)),
    ]
}

proptest! {
    #[test]
    fn any_keys_at_any_time_give_only_plausible_codes(script in prop::collection::vec((any_key(), 0_u64..400), 0..200)) {
        let (mut now, mut assembler) = (Instant::now(), Assembler::new(KeyRules::default()));
        for (key, wait_ms) in script {
            now += Duration::from_millis(wait_ms);
            for line in assembler.key(key, now) {
                if let Line::Code(payload) = line {
                    prop_assert!(is_plausible(payload.bytes()).is_ok());
                }
            }
        }
    }

    #[test]
    fn any_bytes_in_any_pieces_give_only_plausible_codes(
        pieces in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..600), 0_u64..400), 0..12),
        prefix in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        let (mut now, mut lines) = (Instant::now(), Lines::new(Framing { prefix, ..Framing::default() }));
        for (piece, wait_ms) in pieces {
            now += Duration::from_millis(wait_ms);
            for line in lines.take(&piece, now) {
                if let Line::Code(payload) = line {
                    prop_assert!(is_plausible(payload.bytes()).is_ok());
                }
            }
        }
    }

    #[test]
    fn plausible_is_what_is_short_and_printable(bytes in prop::collection::vec(any::<u8>(), 0..1200)) {
        let expected = !bytes.is_empty() && bytes.len() <= PAYLOAD_BYTES_MAX && bytes.iter().all(|b| (0x20..0x7F).contains(b));
        prop_assert_eq!(is_plausible(&bytes).is_ok(), expected);
    }

    #[test]
    fn every_plausible_text_survives_the_keyboard(text in "[ -~]{1,80}") {
        prop_assert_eq!(played(&keys_of(text.as_bytes(), None)), [code(&text)]);
    }
}
