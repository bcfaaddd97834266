//! Camera, scanner and code reader, recorded and played back: the same conditions in the same order, the same results.

mod common;

use common::{PATIENCE, QR_TEXT, text_page};
use drivers::camera::{CameraHost, FrameSourceFactory, HostTiming};
use drivers::imager::{CodeError, CodeSource, Framing, SerialImager};
use drivers::link::SerialLink;
use drivers::record::{Kind, Recording, RecordingCodes, RecordingFrames, RecordingSource, Replay, ReplayCodes, ReplayFrames, ReplaySource, Tape};
use drivers::scanner::{AcquireError, AcquireLimits, DocumentSource, Escl, EsclSettings, PageSource, ScanJob};
use drivers::sim::Lasting;
use drivers::sim::camera::{CameraFault, SimCamera};
use drivers::sim::escl::{Fault, Model, SimEscl};
use drivers::sim::imager::{ImagerFault, SimSerialImager};
use drivers::status::{Condition, Status};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings")
}

/// The recording in the tree, made anew with `KLAMPID_WRITE_RECORDINGS` in the environment.
fn in_tree(name: &str, record: impl FnOnce() -> String) -> String {
    let path = recordings().join(format!("{name}.rec"));
    if std::env::var_os("KLAMPID_WRITE_RECORDINGS").is_some() {
        std::fs::write(&path, record()).expect("the folder is writable");
    }
    std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

fn begin(text: &str) -> Replay {
    Replay::new(Recording::parse(text).unwrap_or_else(|fault| panic!("{fault}\n{text}")))
}

/// Waits that notice a fault soon, and no reset: a reset is the host's doing and not the camera's.
const TIMING: HostTiming = HostTiming {
    look_ms: 5,
    open_ms: 5_000,
    stall_ms: 400,
    frozen_ms: 400,
    covered_ms: 5_000,
    reset_ms: 60_000,
    abandon_ms: 60_000,
    back_off_ms: 20,
    back_off_ms_max: 40,
    gone_look_ms: 20,
    escalated_ms: 60_000,
    healthy_ms: 60_000,
};

/// Conditions of a camera in the order in which they came, until `is_over`.
fn conditions_of(factory: Arc<dyn FrameSourceFactory>, is_over: &mut dyn FnMut(&CameraHost) -> bool) -> Vec<Vec<Condition>> {
    let host = CameraHost::start_with(factory, TIMING);
    let mut told: Vec<Vec<Condition>> = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while !is_over(&host) {
        assert!(Instant::now() < deadline, "{told:?}");
        let now: Vec<Condition> = host.status().conditions.into_iter().collect();
        if told.last() != Some(&now) {
            told.push(now);
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
    told
}

const CAMERA_TOLD: [&[Condition]; 7] = [&[], &[Condition::STREAM_STALLED], &[], &[Condition::STREAM_FROZEN], &[], &[Condition::CAMERA_ABSENT], &[]];

/// A fault that lasts a moment longer than it takes to notice it is noticed again in a replay.
const NOTICED_FOR: Duration = Duration::from_millis(300);

fn record_camera() -> (Vec<Vec<Condition>>, String) {
    let camera = SimCamera::new();
    camera.hold(&drivers::picture::shrink(&text_page(), 300), 80);
    let (tape, memory) = Tape::in_memory(Kind::Camera, "sim");
    let mut faults = [CameraFault::Stall, CameraFault::Frozen, CameraFault::Unplugged].into_iter();
    let mut holds: Option<(CameraFault, Condition, Option<Instant>)> = None;
    let mut frames = 0;
    let factory = Arc::new(RecordingFrames::new(camera.factory(), tape));
    let told = conditions_of(factory, &mut |host| {
        // One fault after the other, each as soon as some frames came, and lifted a while after it was noticed.
        match holds {
            Some((fault, _, Some(noticed_at))) if noticed_at.elapsed() > NOTICED_FOR => {
                camera.clear(fault);
                (holds, frames) = (None, host.frames_seen());
            }
            Some((fault, condition, None)) if host.status().has(condition) => holds = Some((fault, condition, Some(Instant::now()))),
            None if host.newest().is_some() && host.status().conditions.is_empty() && host.frames_seen().abs_diff(frames) > 3 => {
                let Some(fault) = faults.next() else { return true };
                camera.inject(fault, Lasting::FromNow);
                let condition = match fault {
                    CameraFault::Stall => Condition::STREAM_STALLED,
                    CameraFault::Frozen => Condition::STREAM_FROZEN,
                    _ => Condition::CAMERA_ABSENT,
                };
                holds = Some((fault, condition, None));
            }
            _ => {}
        }
        false
    });
    (told, memory.text())
}

fn replay_camera(text: &str) -> Vec<Vec<Condition>> {
    let replay = begin(text);
    let watch = replay.clone();
    let mut over_at = None;
    conditions_of(Arc::new(ReplayFrames::new(replay)), &mut |host| {
        // After the last frame the host has a moment to say what it thinks of it.
        let over = watch.is_over() && host.newest().is_some();
        over && *over_at.get_or_insert_with(Instant::now) + Duration::from_millis(50) < Instant::now()
    })
}

/// The host starts before its first frame; what it says until then is not the camera's.
fn since_first_frame(mut told: Vec<Vec<Condition>>) -> Vec<Vec<Condition>> {
    let first = told.iter().position(Vec::is_empty).unwrap_or(0);
    told.drain(..first);
    told
}

#[test]
fn a_replayed_camera_stalls_freezes_and_comes_back_as_the_recorded_one_did() {
    let (told, text) = record_camera();
    assert_eq!(since_first_frame(told), CAMERA_TOLD, "{text}");
    assert!(text.contains("frame rgb 1280x720 2764800 ") && text.contains("present no") && text.contains("fail unplugged"), "{text}");
    assert_eq!(since_first_frame(replay_camera(&text)), CAMERA_TOLD, "{text}");
}

#[test]
fn the_camera_in_the_tree_is_replayed() {
    let text = in_tree("camera-sim", || record_camera().1);
    assert_eq!(since_first_frame(replay_camera(&text)), CAMERA_TOLD);
}

fn limits() -> AcquireLimits {
    AcquireLimits { pages_max: 3, deadline_secs: 20, ..AcquireLimits::default() }
}

/// What is done to the scanner before a scan.
type Act<'a> = (&'a str, &'a dyn Fn(&SimEscl));

/// Page counts and sizes, or the name of the fault, and the state after each scan.
fn scans(source: &mut dyn DocumentSource, sim: Option<&SimEscl>) -> Vec<(String, Status)> {
    let page = text_page();
    let acts: [Act<'_>; 6] = [
        ("empty", &|_| {}),
        ("two sheets", &|sim| (0..2).for_each(|_| sim.feed(&page, None))),
        ("jam", &|sim| {
            sim.feed(&page, None);
            sim.jam(true);
        }),
        ("cover", &|sim| {
            sim.jam(false);
            sim.open_cover(true);
        }),
        ("cut", &|sim| {
            sim.open_cover(false);
            sim.inject(Fault::CutPicture, Lasting::FromNow);
        }),
        ("good again", &|sim| {
            sim.heal();
            sim.empty();
            sim.feed(&page, None);
        }),
    ];
    acts.iter()
        .map(|(name, act)| {
            sim.into_iter().for_each(act);
            let said = match source.acquire(&limits(), &AtomicBool::new(false)) {
                Ok(pages) => format!("{name}: {:?}", pages.iter().map(|page| (page.kind, page.width, page.height)).collect::<Vec<_>>()),
                Err(fault) => format!("{name}: {fault}"),
            };
            (said, source.status())
        })
        .collect()
}

fn record_scanner() -> (Vec<(String, Status)>, String) {
    let sim = SimEscl::start(Model::generic()).expect("the loopback has a free port");
    let job = ScanJob { source: PageSource::Feeder, ..ScanJob::default() };
    let escl = Escl::new(EsclSettings { job, ..EsclSettings::at(sim.url()) }).unwrap_or_else(|fault| panic!("{fault}"));
    let (tape, memory) = Tape::in_memory(Kind::Scanner, "sim-escl");
    let told = scans(&mut RecordingSource::new(escl, tape), Some(&sim));
    (told, memory.text())
}

#[test]
fn a_replayed_scanner_gives_the_pages_and_faults_of_the_recorded_one() {
    let (told, text) = record_scanner();
    let words = ["no document", "(Jpeg", "stuck", "cover", "ends before", "(Jpeg"];
    assert!(told.iter().zip(words).all(|((said, _), word)| said.contains(word)), "{told:?}");
    let replay = begin(&text);
    assert_eq!(scans(&mut ReplaySource::new(replay.clone()), None), told, "{text}");
    assert_eq!(replay.finish(), Ok(()));
    let replay = begin(&in_tree("scanner-escl", || record_scanner().1));
    let told = scans(&mut ReplaySource::new(replay.clone()), None);
    assert!(told.iter().zip(words).all(|((said, _), word)| said.contains(word)), "{told:?}");
    assert_eq!(replay.finish(), Ok(()));
    let replay = begin(&text);
    let mut source = ReplaySource::new(replay.clone());
    let other = AcquireLimits { pages_max: 7, ..limits() };
    let fault = source.acquire(&other, &AtomicBool::new(false)).expect_err("another scan than the recorded one");
    assert!(matches!(&fault, AcquireError::Foreign { reason } if reason.contains("acquire 7")), "{fault}");
    assert!(replay.finish().is_err());
}

/// What a reader says in turn, and its conditions.
fn codes(source: &mut dyn CodeSource, sim: Option<&SimSerialImager>) -> Vec<(String, Vec<Condition>)> {
    let faults = [None, Some(ImagerFault::Garbled), Some(ImagerFault::Oversized), Some(ImagerFault::Foreign), None];
    let wait = Duration::from_millis(300);
    let mut told = Vec::new();
    // The port is opened before a code is shown.
    told.push(said(source.next(Duration::from_millis(50))));
    for (number, fault) in faults.into_iter().enumerate() {
        if let Some(sim) = sim {
            fault.into_iter().for_each(|fault| sim.inject(fault, Lasting::Once));
            sim.show(format!("{QR_TEXT}-{number}").as_bytes());
        }
        told.push(said(source.next(wait)));
        told.push(said(source.next(wait)));
    }
    if let Some(sim) = sim {
        sim.inject(ImagerFault::Unplugged, Lasting::FromNow);
    }
    told.push(said(source.next(wait)));
    told.into_iter().map(|said| (said, source.status().conditions.into_iter().collect())).collect()
}

fn said(next: Result<Option<drivers::reader::QrPayload>, CodeError>) -> String {
    match next {
        Ok(None) => "nothing".into(),
        Ok(Some(payload)) => format!("{} bytes", payload.bytes().len()),
        Err(fault) => format!("{:?}", fault).split('{').next().unwrap_or_default().to_owned(),
    }
}

#[test]
fn a_replayed_reader_says_what_the_recorded_one_said_and_the_codes_are_not_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sim = SimSerialImager::start(folder.path()).unwrap_or_else(|fault| panic!("{fault}"));
    let imager = SerialImager::new(SerialLink::new(sim.path(), 115_200), sim.path(), Framing::default());
    let (tape, memory) = Tape::in_memory(Kind::Reader, "sim");
    let told = codes(&mut RecordingCodes::new(imager, tape.clone()), Some(&sim));
    tape.flush();
    let text = memory.text();
    assert_eq!(told.iter().filter(|(said, _)| said == "27 bytes").count(), 2, "{told:?}");
    assert!(told.iter().any(|(said, _)| said == "Noise") && told.iter().any(|(said, _)| said.starts_with("Refused")), "{told:?}");
    assert!(told.last().is_some_and(|(said, _)| said == "Unplugged"), "{told:?}");
    assert!(!text.contains("KLP1") && text.contains("code 27"), "{text}");
    let replay = begin(&text);
    assert_eq!(codes(&mut ReplayCodes::new(replay.clone()), None), told, "{text}");
    assert_eq!(replay.finish(), Ok(()), "{text}");
}
