//! A serial imager through every fault: one code is one code, half a code is none, and the device says what is the matter.

mod common;

use common::{PATIENCE, QR_TEXT};
use drivers::imager::{CandidateKind, CodeError, CodeSource, Framing, LINES_AT_ONCE_MAX, LOOK_AGAIN_AFTER, SerialImager, candidates_in};
use drivers::link::SerialLink;
use drivers::reader::Implausible;
use drivers::sim::Lasting;
use drivers::sim::imager::{ImagerFault, SimSerialImager};
use drivers::status::{Availability, Condition, DeviceState};
use std::time::{Duration, Instant};

const ANOTHER: &str = "KLP1:SBY:0426-LAIN-0001-7";
/// Long enough for a pause inside a code to be noticed, and for the rest of a torn one to arrive.
const A_WHILE: Duration = Duration::from_millis(1500);

struct Desk {
    imager: SimSerialImager,
    source: SerialImager<SerialLink>,
    _folder: tempfile::TempDir,
}

/// An imager and a driver that has opened it.
fn desk() -> Desk {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let imager = SimSerialImager::start(folder.path()).unwrap_or_else(|fault| panic!("{fault}"));
    let link = SerialLink::new(imager.path(), 115_200);
    let mut source = SerialImager::new(link, imager.path(), Framing::default());
    assert!(matches!(source.next(Duration::ZERO), Ok(None)));
    assert_eq!(source.status().device, DeviceState::Online);
    Desk { imager, source, _folder: folder }
}

/// Everything that comes until `wait` is over: codes as texts, errors as words.
fn all(source: &mut dyn CodeSource, wait: Duration) -> Vec<String> {
    let deadline = Instant::now() + wait;
    let mut heard = Vec::new();
    loop {
        match source.next(deadline.saturating_duration_since(Instant::now())) {
            Ok(Some(payload)) => heard.push(payload.text().unwrap_or("no text").to_owned()),
            Ok(None) => return heard,
            Err(CodeError::Refused(why)) => heard.push(format!("{why:?}")),
            Err(CodeError::Unplugged) if heard.last().is_some_and(|last| last == "Unplugged") => {}
            Err(error) => heard.push(format!("{error:?}")),
        }
        if Instant::now() >= deadline {
            return heard;
        }
    }
}

/// The next code, whatever errors come before it.
fn next_code(source: &mut dyn CodeSource) -> String {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Ok(Some(payload)) = source.next(Duration::from_millis(200)) {
            return payload.text().unwrap_or("no text").to_owned();
        }
    }
    panic!("no code within {PATIENCE:?}");
}

#[test]
fn every_fault_ends_in_its_own_words_and_heals() {
    // Most of it is waiting, so every fault has an imager and a thread of its own.
    std::thread::scope(|scope| ImagerFault::ALL.map(|fault| scope.spawn(move || ends_in_its_own_words_and_heals(fault))).map(|thread| thread.join()))
        .into_iter()
        .zip(ImagerFault::ALL)
        .for_each(|(ended, fault)| assert!(ended.is_ok(), "{fault:?}"));
}

fn ends_in_its_own_words_and_heals(fault: ImagerFault) {
    let kanji_at_once = format!("{:?}", Implausible::NotPrintable { at: 0 });
    let too_long = format!("{:?}", Implausible::TooLong { bytes: 7_000 });
    let mut desk = desk();
    desk.imager.inject(fault, Lasting::FromNow);
    desk.imager.show(QR_TEXT.as_bytes());
    let heard = all(&mut desk.source, A_WHILE);
    let (expected, condition): (Vec<&str>, _) = match fault {
        ImagerFault::Unplugged => (vec!["Unplugged"], Some(Condition::READER_ABSENT)),
        ImagerFault::Garbled | ImagerFault::Torn | ImagerFault::NoTerminator => (vec!["Noise"], Some(Condition::READER_NOISE)),
        // Once for the half that was given up, once for the rest that looks like a code.
        ImagerFault::LateRest => (vec!["Noise", "Noise"], Some(Condition::READER_NOISE)),
        ImagerFault::Stutter => (vec![QR_TEXT], None),
        ImagerFault::Oversized => (vec![too_long.as_str()], None),
        ImagerFault::Foreign => (vec![kanji_at_once.as_str()], None),
    };
    assert_eq!(heard, expected, "{fault:?}");
    assert_eq!(desk.source.status().conditions.into_iter().collect::<Vec<_>>(), condition.into_iter().collect::<Vec<_>>(), "{fault:?}");
    desk.imager.heal();
    // Whatever was torn is over by now; a resident holds the next slip up.
    let _ = all(&mut desk.source, Duration::from_millis(1100));
    desk.imager.show(ANOTHER.as_bytes());
    assert_eq!(next_code(&mut desk.source), ANOTHER, "{fault:?}");
    assert_eq!((desk.source.status().availability(), desk.source.status().conditions.len()), (Availability::Ready, 0), "{fault:?}");
}

#[test]
fn a_fault_lasts_for_one_code_or_for_a_while() {
    let mut desk = desk();
    desk.imager.inject(ImagerFault::Foreign, Lasting::Once);
    desk.imager.show(QR_TEXT.as_bytes());
    desk.imager.show(ANOTHER.as_bytes());
    assert_eq!(all(&mut desk.source, Duration::from_millis(300)), ["NotPrintable { at: 0 }", ANOTHER]);
    desk.imager.inject(ImagerFault::Unplugged, Lasting::For(Duration::from_millis(100)));
    assert!(desk.imager.wait_healthy(PATIENCE));
    let deadline = Instant::now() + PATIENCE;
    // The driver may not have noticed yet that the port of before is gone.
    while !matches!(desk.source.next(Duration::from_millis(50)), Ok(None)) {
        assert!(Instant::now() < deadline, "the imager does not come back: {:?}", desk.source.status());
    }
    desk.imager.show(QR_TEXT.as_bytes());
    assert_eq!(next_code(&mut desk.source), QR_TEXT);
}

#[test]
fn an_unplug_is_noticed_at_once_and_the_port_is_found_again_by_its_path() {
    let mut desk = desk();
    desk.imager.inject(ImagerFault::Unplugged, Lasting::FromNow);
    let begun = Instant::now();
    assert!(matches!(desk.source.next(PATIENCE), Err(CodeError::Unplugged)));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let status = desk.source.status();
    assert_eq!((status.device, status.availability()), (DeviceState::PowerOff, Availability::Unavailable));
    // A loop over the call does not spin while the device is away.
    let begun = Instant::now();
    assert!(matches!(desk.source.next(Duration::from_millis(120)), Err(CodeError::Unplugged)));
    assert!(begun.elapsed() >= Duration::from_millis(120));
    desk.imager.heal();
    let begun = Instant::now();
    while desk.source.next(Duration::from_millis(50)).is_err() {
        assert!(begun.elapsed() < LOOK_AGAIN_AFTER + Duration::from_secs(1), "{:?}", begun.elapsed());
    }
    assert_eq!(desk.source.status().availability(), Availability::Ready);
}

#[test]
fn a_place_where_nothing_ever_was_is_not_an_unplug() {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let path = folder.path().join("nothing");
    let mut source = SerialImager::new(SerialLink::new(&path, 9600), &path, Framing::default());
    assert_eq!(source.status().device, DeviceState::Starting);
    for _ in 0..2 {
        assert!(matches!(source.next(Duration::from_millis(20)), Err(CodeError::NoDevice { .. })));
    }
    let status = source.status();
    assert!(status.device == DeviceState::NoDevice && status.has(Condition::READER_ABSENT));
}

#[test]
fn several_codes_come_one_after_the_other_and_a_repetition_only_once() {
    let mut desk = desk();
    for text in [QR_TEXT, ANOTHER, ANOTHER, QR_TEXT] {
        desk.imager.show(text.as_bytes());
    }
    assert_eq!(all(&mut desk.source, Duration::from_millis(300)), [QR_TEXT, ANOTHER, QR_TEXT]);
}

#[test]
fn a_flood_of_codes_is_bounded_and_called_noise() {
    let mut desk = desk();
    let flood: Vec<String> = (0..40).map(|number| format!("N{number:02}")).collect();
    desk.imager.show(flood.join("\r\n").as_bytes());
    let heard = all(&mut desk.source, Duration::from_millis(300));
    assert_eq!((heard.len(), heard[0].as_str(), heard[LINES_AT_ONCE_MAX - 1].as_str()), (LINES_AT_ONCE_MAX, "N00", "Noise"), "{heard:?}");
}

#[test]
fn a_prefix_is_cut_off_and_a_code_without_it_is_noise() {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let imager = SimSerialImager::start(folder.path()).unwrap_or_else(|fault| panic!("{fault}"));
    let framing = Framing { prefix: vec![0x02], ..Framing::default() };
    let mut source = SerialImager::new(SerialLink::new(imager.path(), 9600), imager.path(), framing);
    assert!(matches!(source.next(Duration::ZERO), Ok(None)));
    imager.show(format!("\u{2}{QR_TEXT}").as_bytes());
    imager.show(ANOTHER.as_bytes());
    assert_eq!(all(&mut source, Duration::from_millis(300)), [QR_TEXT, "Noise"]);
}

#[test]
fn what_was_read_does_not_show_in_a_log() {
    let mut desk = desk();
    desk.imager.show(QR_TEXT.as_bytes());
    let read = desk.source.next(PATIENCE);
    assert!(matches!(&read, Ok(Some(_))) && !format!("{read:?}").contains("KLP1"), "{read:?}");
}

#[test]
fn places_are_listed_by_their_lasting_names() {
    let dev = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    assert_eq!(candidates_in(dev.path()), []);
    for name in ["serial/by-id/usb-Contoh_Imager-if00", "input/by-id/usb-Contoh_Imager-event-kbd", "input/by-id/usb-Contoh_Mouse-event-mouse"] {
        let path = dev.path().join(name);
        std::fs::create_dir_all(path.parent().expect("every name has a folder")).expect("the folder is writable");
        std::fs::write(path, b"").expect("the folder is writable");
    }
    let found: Vec<(CandidateKind, String)> = candidates_in(dev.path())
        .into_iter()
        .map(|candidate| (candidate.kind, candidate.path.file_name().expect("a file").to_string_lossy().into_owned()))
        .collect();
    let expected = [(CandidateKind::Serial, "usb-Contoh_Imager-if00"), (CandidateKind::Keyboard, "usb-Contoh_Imager-event-kbd")];
    assert_eq!(found, expected.map(|(kind, name)| (kind, name.to_owned())));
}
