//! A printer that is recorded and played back: the same statuses and outcomes, nothing of the slip, and every disagreement named.

mod common;

use common::{QR_TEXT, SHORT, printer_for, profile};
use drivers::printer::{Align, Block, Document, EscPos, Permit, PrintJob, PrintOutcome, Printer, TextSize, encode};
use drivers::record::{Data, Event, Kind, Mismatch, Recording, RecordingLink, Replay, ReplayLink, Tape};
use drivers::sim::Lasting;
use drivers::sim::printer::{PaperPrinter, PaperPrinterOptions, PrinterFault};
use drivers::status::{Condition, DeviceState, Status};
use std::path::{Path, PathBuf};

const NIK: &str = "3578014107900000";
const NAME: &str = "Sulastri Contohwati";
const PIN: &str = "482913";
const TOKEN: u32 = 75_310_246;

fn personal_job() -> PrintJob {
    let document = Document(vec![
        Block::heading("0426-7K2M", TextSize::Double),
        Block::text(NAME),
        Block::Text { text: NIK.into(), size: TextSize::Single, bold: true, align: Align::Centre, inverse: false },
        Block::Qr { text: QR_TEXT.into(), module_dots_min: 4 },
        Block::Boxed { text: PIN.into(), size: TextSize::Double },
        Block::Cut,
    ]);
    PrintJob { token: TOKEN, document, permit: Permit::new() }
}

/// What is done to the printer, and what its driver says then. Silence is left out: how long a driver waits for an answer that
/// is owed is measured on the clock, which a replay does not have.
type Phase = (&'static str, fn(&PaperPrinter), DeviceState, &'static [Condition]);

const PHASES: [Phase; 6] = [
    ("ready", |_| {}, DeviceState::Online, &[]),
    ("near end", |printer| printer.near_end(true), DeviceState::Online, &[Condition::ROLL_NEAR_END]),
    ("paper out", PaperPrinter::paper_out, DeviceState::UserError, &[Condition::ROLL_NEAR_END, Condition::ROLL_OUT]),
    ("new roll", PaperPrinter::paper_in, DeviceState::Online, &[]),
    ("cover open", |printer| printer.open_cover(true), DeviceState::UserError, &[Condition::COVER_OPEN]),
    ("cover closed", |printer| printer.open_cover(false), DeviceState::Online, &[]),
];

/// Everything in turn: each state, a slip, a slip that the roll's end cuts off, and what is said then.
fn play(printer: &mut dyn Printer, bench: Option<&PaperPrinter>) -> Vec<(String, Status)> {
    let mut told = Vec::new();
    for (name, act, ..) in PHASES {
        bench.into_iter().for_each(act);
        told.push((name.to_owned(), printer.status()));
    }
    told.push((outcome_of(&printer.print(&personal_job())), printer.status()));
    if let Some(bench) = bench {
        bench.paper_out_after_mm(30.0);
    }
    told.push((outcome_of(&printer.print(&personal_job())), printer.status()));
    told
}

/// The outcome without numbers that the clock makes.
fn outcome_of(outcome: &PrintOutcome) -> String {
    let text = format!("{outcome:?}");
    text.split("waited_ms").next().unwrap_or_default().to_owned()
}

fn record(name: &str) -> (Vec<(String, Status)>, String) {
    let profile = profile(name);
    let bench = PaperPrinter::in_memory(PaperPrinterOptions { time_scale: 20.0, ..printer_for(&profile) });
    let (tape, memory) = Tape::in_memory(Kind::Printer, name);
    let mut printer = EscPos::with_timing(RecordingLink::new(bench.direct_link(), tape), profile, SHORT);
    let told = play(&mut printer, Some(&bench));
    (told, memory.text())
}

fn replay(name: &str, text: &str) -> Vec<(String, Status)> {
    let replay = Replay::new(Recording::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}")));
    let mut printer = EscPos::with_timing(ReplayLink::new(replay.clone()), profile(name), SHORT);
    let told = play(&mut printer, None);
    replay.finish().unwrap_or_else(|mismatch| panic!("{name}: {mismatch}\n{told:?}\n{text}"));
    told
}

/// Models that answer as soon as the slip is out, so that no number of questions depends on the clock.
const MODELS: [&str; 2] = ["epson-tm-t82", "epson-tm-t88"];

#[test]
fn a_replayed_printer_says_and_does_what_the_recorded_one_did() {
    for name in MODELS {
        let (told, text) = record(name);
        assert!(told[PHASES.len()].0.starts_with("Printed"), "{name}: {:?}", told[PHASES.len()]);
        assert!(!told[PHASES.len() + 1].0.starts_with("Printed"), "{name}: {:?}", told[PHASES.len() + 1]);
        for ((said, status), (phase, _, device, conditions)) in told.iter().zip(PHASES) {
            let expected = conditions.iter().copied().fold(Status::of(device), Status::with);
            assert_eq!((said.as_str(), status), (phase, &expected), "{name}");
        }
        assert_eq!(replay(name, &text), told, "{name}");
    }
}

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings")
}

/// With `KLAMPID_WRITE_RECORDINGS` in the environment the recordings in the tree are made anew.
#[test]
fn the_recordings_in_the_tree_are_replayed() {
    for name in MODELS {
        let path = recordings().join(format!("{name}.rec"));
        if std::env::var_os("KLAMPID_WRITE_RECORDINGS").is_some() {
            std::fs::write(&path, record(name).1).expect("the folder is writable");
        }
        let text = std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        let told = replay(name, &text);
        for ((_, status), (phase, _, device, conditions)) in told.iter().zip(PHASES) {
            let expected = conditions.iter().copied().fold(Status::of(device), Status::with);
            assert_eq!(status, &expected, "{name} {phase}");
        }
        assert!(told[PHASES.len()].0.starts_with("Printed"), "{name}");
        assert_eq!(told[PHASES.len() + 1].1.device, DeviceState::UserError, "{name}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The three ways in which bytes can lie in a base64 text, without the letters that depend on neighbours.
fn base64s(bytes: &[u8]) -> Vec<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (0..3)
        .map(|shift| {
            let shifted: Vec<u8> = std::iter::repeat_n(0, shift).chain(bytes.iter().copied()).collect();
            let bits: Vec<u8> = shifted.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
            let letters: Vec<u8> = bits.chunks_exact(6).map(|six| LETTERS[usize::from(six.iter().fold(0, |all, bit| all << 1 | bit))]).collect();
            let first = (shift * 8).div_ceil(6);
            String::from_utf8(letters[first..].to_vec()).expect("these letters are ASCII")
        })
        .collect()
}

fn finds(text: &str, secret: &str) -> bool {
    let hex = hex(secret.as_bytes());
    text.contains(secret) || text.contains(&hex) || text.contains(&hex.to_uppercase()) || base64s(secret.as_bytes()).iter().any(|part| text.contains(part))
}

#[test]
fn nothing_of_a_slip_is_on_the_tape_in_any_writing() {
    // The search finds each of the writings, and the secrets are on the wire.
    assert!(finds(&hex(NAME.as_bytes()), NAME) && finds(NAME, NAME) && finds("Zm9vYmFy", "foobar") && finds("eGZvb2Jhcg==", "foobar"));
    let wire = hex(&encode(&personal_job().document, &profile("generic-80mm")).unwrap_or_else(|fault| panic!("{fault}")));
    assert!(finds(&wire, NAME) && finds(&wire, NIK) && finds(&wire, PIN), "the job is the one that is searched for");
    for name in common::PROFILES {
        let (_, text) = record(name);
        assert!(text.contains(" out *"), "{name}: a slip went over the line");
        for secret in [NIK, NAME, PIN, QR_TEXT, "0426-7K2M", &TOKEN.to_string(), &format!("{TOKEN:08x}"), "Sulastri", "Contohwati"] {
            assert!(!finds(&text, secret), "{name}: {secret} is on the tape");
        }
        // Every line is one that we know, and every byte that was kept on its way to the printer is of a question or a mode.
        let recording = Recording::parse(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        for line in &recording.lines {
            if let Event::Out(Data::Kept(bytes)) = &line.event {
                assert!(
                    matches!(bytes[..], [0x10, 0x04 | 0x14, ..] | [0x1D, 0x61 | 0x72 | 0x49, ..] | [0x1B, 0x40, ..] | [0x1D, 0x28, 0x48, ..]),
                    "{name}: {bytes:02x?}"
                );
            }
        }
    }
}

#[test]
fn the_id_of_a_job_is_not_kept_and_is_put_back() {
    let (tape, memory) = Tape::in_memory(Kind::Printer, "x");
    let bench = PaperPrinter::in_memory(PaperPrinterOptions { time_scale: 1_000.0, ..PaperPrinterOptions::default() });
    let mut link = RecordingLink::new(bench.direct_link(), tape);
    use drivers::link::Link;
    let (soon, short) = (std::time::Instant::now() + common::PATIENCE, std::time::Duration::from_millis(300));
    let ask = |id: &[u8; 4]| [&[0x1D, 0x28, 0x48, 6, 0, 0x30, 0x30][..], id].concat();
    let read = |link: &mut dyn Link| {
        let (mut heard, mut buffer) = (Vec::new(), [0; 3]);
        while let Ok(count @ 1..) = link.read(&mut buffer, short) {
            heard.extend_from_slice(&buffer[..count]);
        }
        heard
    };
    link.open().expect("it is plugged in");
    link.write(&ask(b"AB12"), soon).expect("it takes a question");
    assert_eq!(read(&mut link), b"7\"AB12\0");
    link.close();
    let text = memory.text();
    assert!(text.contains("out 1d2848060030303030") && !finds(&text, "AB12") && !finds(&text, "B12"), "{text}");
    let replay = Replay::new(Recording::parse(&text).expect("our own text"));
    let mut link = ReplayLink::new(replay.clone());
    link.open().expect("as recorded");
    // Another id than the recorded one, in two pieces, as the end of a job may be cut: the recording has it whole, so that is told.
    link.write(&ask(b"xyz9"), soon).expect("as recorded");
    assert_eq!(read(&mut link), b"7\"xyz9\0");
    link.close();
    assert_eq!(replay.finish(), Ok(()));
}

#[test]
fn a_driver_that_does_something_else_is_told_where() {
    let text = "# klampid-recording 1 printer x\n+0 open\n+1 out 100401\n+1 in 16\n+0 close\n";
    use drivers::link::Link;
    let soon = std::time::Instant::now() + common::PATIENCE;
    let begin = |text: &str| Replay::new(Recording::parse(text).expect("a good text"));
    let replay = begin(text);
    let mut link = ReplayLink::new(replay.clone());
    link.open().expect("as recorded");
    let fault = link.write(&[0x10, 0x04, 0x02], soon).expect_err("another question");
    assert_eq!(fault.sent_bytes, 0);
    assert!(fault.cause.to_string().contains("line 3"), "{}", fault.cause);
    let other = Mismatch::Other { line: 3, recorded: "out 100401".into(), done: "out 100402".into() };
    assert_eq!(replay.finish(), Err(other.clone()));
    assert!(link.write(&[0x10, 0x04, 0x01], soon).is_err(), "after a disagreement nothing is believed");
    assert_eq!(replay.finish(), Err(other));
    let replay = begin(text);
    let mut link = ReplayLink::new(replay.clone());
    link.open().expect("as recorded");
    assert_eq!(replay.finish(), Err(Mismatch::Left { line: 3, recorded: "out 100401".into() }));
    link.write(&[0x10, 0x04, 0x01], soon).expect("as recorded");
    link.close();
    assert_eq!(replay.finish(), Ok(()));
    assert!(link.open().is_err());
    assert_eq!(replay.finish(), Err(Mismatch::Over { done: "open".into() }));
    let replay = begin("# klampid-recording 1 scanner x\n+0 acquire 1\n");
    assert!(ReplayLink::new(replay.clone()).open().is_err());
    assert_eq!(replay.finish(), Err(Mismatch::Kind { recorded: Kind::Scanner, wanted: Kind::Printer }));
    let replay = begin("# klampid-recording 1 printer x\n+0 open\n+0 in *4\n");
    let mut link = ReplayLink::new(replay.clone());
    link.open().expect("as recorded");
    assert!(link.read(&mut [0; 8], std::time::Duration::ZERO).is_err());
    assert!(matches!(replay.finish(), Err(Mismatch::Withheld { line: 3, .. })));
}

#[test]
fn faults_of_the_line_are_recorded_and_come_back() {
    let bench = PaperPrinter::in_memory(PaperPrinterOptions::default());
    let (tape, memory) = Tape::in_memory(Kind::Printer, "x");
    let steps = |printer: &mut dyn Printer, bench: Option<&PaperPrinter>| {
        let mut told = vec![printer.status()];
        let act = |lasting: Option<Lasting>| {
            bench
                .into_iter()
                .for_each(|bench| lasting.map_or_else(|| bench.lift(PrinterFault::Unplugged), |lasting| bench.inject(PrinterFault::Unplugged, lasting)))
        };
        act(Some(Lasting::FromNow));
        told.extend([printer.status(), printer.status()]);
        act(None);
        told.extend([printer.status(), printer.status()]);
        told
    };
    let mut printer = EscPos::with_timing(RecordingLink::new(bench.direct_link(), tape), profile("epson-tm-t82"), SHORT);
    let told = steps(&mut printer, Some(&bench));
    let states: Vec<DeviceState> = told.iter().map(|status| status.device).collect();
    assert_eq!((states[0], states[1], *states.last().expect("five")), (DeviceState::Online, DeviceState::PowerOff, DeviceState::Online));
    let replay = Replay::new(Recording::parse(&memory.text()).expect("our own text"));
    let mut printer = EscPos::with_timing(ReplayLink::new(replay.clone()), profile("epson-tm-t82"), SHORT);
    assert_eq!(steps(&mut printer, None), told, "{}", memory.text());
    assert_eq!(replay.finish(), Ok(()));
}
