//! The text of recordings: every word is read and written, every wrong line is named, and no text can harm us.

use drivers::record::{
    Data, EVENTS_MAX, Event, FaultWord, Kind, LINE_BYTES_MAX, ParseError, PictureFacts, PictureFormat, RECORDING_BYTES_MAX, Recording, Tape, TapeEnd, WrongLine,
};
use drivers::status::{Condition, DeviceState, Status};
use proptest::prelude::*;

const HEAD: &str = "# klampid-recording 1 printer epson-tm-t82";

#[test]
fn every_word_is_read_and_written_again() {
    let picture = PictureFacts { format: PictureFormat::Jpeg, width: 1280, height: 720, bytes: 92341, print: 0x5f3a_9c01 };
    for (line, event) in [
        ("open", Event::Open),
        ("close", Event::Close),
        ("refused no-device", Event::Refused { fault: FaultWord::NoDevice, number: None }),
        ("out 100401", Event::Out(Data::Kept(vec![0x10, 0x04, 0x01]))),
        ("out *256", Event::Out(Data::Withheld { bytes: 256 })),
        ("in 16", Event::In(Data::Kept(vec![0x16]))),
        ("unsent 44", Event::Unsent { bytes: 44 }),
        ("fail timed-out 128", Event::Fail { fault: FaultWord::TimedOut, number: Some(128) }),
        ("present no", Event::Present(false)),
        ("frame mjpg 1280x720 92341 5f3a9c01", Event::Frame(picture)),
        ("page mjpg 1280x720 92341 5f3a9c01", Event::Page(picture)),
        ("acquire 10", Event::Acquire { pages_max: 10 }),
        ("done 2", Event::Done { pages: 2 }),
        ("code 25", Event::Code { bytes: 25 }),
        ("looked 2", Event::Looked { times: 2 }),
        ("quiet 37", Event::Quiet { times: 37 }),
        (
            &format!("status user-error {}", Condition::COVER_OPEN.row().staff_code),
            Event::Status(Status::of(DeviceState::UserError).with(Condition::COVER_OPEN)),
        ),
    ] {
        let text = format!("{HEAD}\n\n# between\n+33 {line}\n");
        let recording = Recording::parse(&text).unwrap_or_else(|fault| panic!("{line}: {fault}"));
        assert_eq!((recording.kind, recording.model.as_str()), (Kind::Printer, "epson-tm-t82"));
        let [read] = &recording.lines[..] else { panic!("{line}: one event") };
        assert_eq!((read.line, read.after_ms, &read.event), (4, 33, &event));
        assert_eq!(recording.to_string(), format!("{HEAD}\n+33 {line}\n"));
    }
    for (fault, word) in FaultWord::ALL {
        let recording = Recording::parse(&format!("{HEAD}\n+0 fail {word}\n")).unwrap_or_else(|wrong| panic!("{word}: {wrong}"));
        assert_eq!(recording.lines[0].event, Event::Fail { fault: *fault, number: None });
    }
}

#[test]
fn every_condition_and_every_state_can_be_recorded() {
    for row in drivers::status::TABLE {
        let status = Status::unknown().with(row.condition);
        let text = format!("{HEAD}\n+0 {}\n", Event::Status(status.clone()));
        assert_eq!(Recording::parse(&text).expect("our own line").lines[0].event, Event::Status(status));
    }
}

#[test]
fn a_wrong_line_is_named_by_its_number() {
    let long = format!("+0 out {}", "00".repeat(LINE_BYTES_MAX));
    for (line, cause) in [
        ("open", WrongLine::Pause),
        ("+ open", WrongLine::Pause),
        ("+-1 open", WrongLine::Pause),
        ("+99999999999 open", WrongLine::Pause),
        ("+1", WrongLine::Word),
        ("+1 jump", WrongLine::Word),
        ("+1 open now", WrongLine::Surplus),
        ("+1  open", WrongLine::Word),
        ("+1 out", WrongLine::Data),
        ("+1 out 1", WrongLine::Data),
        ("+1 out 1G", WrongLine::Data),
        ("+1 out 1A", WrongLine::Data),
        ("+1 out *", WrongLine::Data),
        ("+1 out *99999999999", WrongLine::Data),
        ("+1 fail gloomy", WrongLine::Word),
        ("+1 fail timed-out x", WrongLine::Number),
        ("+1 frame mjpg 1280 92341 5f3a9c01", WrongLine::Number),
        ("+1 frame mjpg 128000x720 92341 5f3a9c01", WrongLine::Number),
        ("+1 frame mjpg 1280x720 92341 5f3a", WrongLine::Number),
        ("+1 frame gif 1280x720 92341 5f3a9c01", WrongLine::Word),
        ("+1 status sunny", WrongLine::Word),
        ("+1 status online X-99", WrongLine::Word),
        ("+1 present maybe", WrongLine::Word),
        (&long, WrongLine::LineTooLong),
    ] {
        let wrong = Recording::parse(&format!("{HEAD}\n+0 open\n{line}\n+0 close\n")).expect_err(line);
        assert_eq!(wrong, ParseError { line: 3, cause }, "{line}");
        assert!(wrong.to_string().starts_with("line 3: "));
    }
    for (text, cause) in [
        ("", WrongLine::Head),
        ("+0 open", WrongLine::Head),
        ("# klampid-recording 2 printer x", WrongLine::Version),
        ("# klampid-recording 1 toaster x", WrongLine::Kind),
        ("# klampid-recording 1 printer Budi S.", WrongLine::Head),
        ("# klampid-recording 1 printer x y", WrongLine::Head),
    ] {
        assert_eq!(Recording::parse(text).expect_err(text), ParseError { line: 1, cause }, "{text}");
    }
    let many = format!("{HEAD}\n{}", "+0 open\n".repeat(EVENTS_MAX + 1));
    assert_eq!(Recording::parse(&many).expect_err("too many").cause, WrongLine::TooManyEvents);
    let huge = "#".repeat(RECORDING_BYTES_MAX + 1);
    assert_eq!(Recording::parse(&huge).expect_err("too long").cause, WrongLine::RecordingTooLong);
}

#[test]
fn a_full_tape_and_a_full_disk_end_the_recording_and_nothing_else() {
    struct FullDisk;
    impl std::io::Write for FullDisk {
        fn write(&mut self, _bytes: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let tape = Tape::new(Kind::Printer, "x", FullDisk, 1_000);
    assert_eq!(tape.ended(), Some(TapeEnd::Fault(std::io::ErrorKind::StorageFull)));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("short.rec");
    let tape = Tape::to_file(Kind::Printer, "Epson TM/T82", &path, 45).expect("the file is new");
    assert_eq!(tape.ended(), None);
    let mut link = drivers::record::RecordingLink::new(drivers::sim::printer::PaperPrinter::in_memory(Default::default()).direct_link(), tape.clone());
    for _ in 0..10 {
        drivers::link::Link::open(&mut link).expect("the printer is there, whatever the tape does");
        drivers::link::Link::close(&mut link);
    }
    assert_eq!(tape.ended(), Some(TapeEnd::Full));
    let text = std::fs::read_to_string(&path).expect("the file is there");
    assert!(text.len() <= 45 && text.starts_with("# klampid-recording 1 printer epson-tm-t82\n"), "{text}");
    assert!(Recording::parse(&text).is_ok(), "what was written can be read");
    assert!(Tape::to_file(Kind::Printer, "x", &path, 45).is_err(), "nothing is written over");
}

proptest! {
    #[test]
    fn no_text_harms_the_parser(text in ".{0,400}") {
        let _ = Recording::parse(&text);
        let _ = Recording::parse(&format!("{HEAD}\n{text}"));
    }

    #[test]
    fn no_line_of_our_letters_harms_the_parser(text in "(\\+[0-9]{0,4} (open|out|in|frame|page|fail|status|code|present) [a-z0-9x* -]{0,40}\n){0,20}") {
        if let Ok(recording) = Recording::parse(&format!("{HEAD}\n{text}")) {
            let again = Recording::parse(&recording.to_string()).expect("what we write we can read");
            prop_assert_eq!(again.to_string(), recording.to_string());
        }
    }
}
