//! One picture from a camera, and the process in which a camera's driver runs.
//!
//! The rule a newcomer would break: a camera is opened in a process of its own even here, because a hung driver would take the
//! tool with it.

use crate::arguments::Coach;
use crate::files;
use crate::leash::Work;
use crate::place::Place;
use crate::report::{Failure, Report};
use crate::words;
use drivers::camera::{ChildCamera, Frame, FrameError, FrameSourceFactory, V4l2Settings, serve_standard};
use drivers::coach::{Advice, Expected, Origin, Shape, examine};
use drivers::picture::{PAGE_BYTES_MAX_DEFAULT, RgbPage, encode_page};
use drivers::status::CommandResult;
use serde_json::json;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The name of the hidden command.
const CHILD: &str = "camera-child";
/// A camera looks for light and focus for this long.
const SETTLE: Duration = Duration::from_millis(800);
/// One wait for a frame; in between the wish to stop is looked at.
const FRAME_WAIT: Duration = Duration::from_millis(400);
/// The usual exit code for wrong arguments (`sysexits.h`), as `klampid-camera` has it.
const USAGE: u8 = 64;

/// The main function of the process of a camera's driver.
pub fn child(args: Vec<OsString>) -> ExitCode {
    match V4l2Settings::from_args(args) {
        Ok(settings) => serve_standard(settings),
        Err(_) => ExitCode::from(USAGE),
    }
}

/// A camera whose driver runs in another process of this program.
pub fn factory(device: &Path) -> Result<ChildCamera, Failure> {
    let program = std::env::current_exe().map_err(|fault| Failure::tool("Program ini tidak menemukan dirinya sendiri.", &fault))?;
    Ok(ChildCamera::new(program, &V4l2Settings::new(device)).behind([OsString::from(CHILD)]))
}

/// Hands every frame to `use_it` until that is done or the time is over.
pub fn frames<T>(device: &Path, work: &Work, mut use_it: impl FnMut(Frame) -> Result<Option<T>, FrameError>) -> Result<T, Failure> {
    let refused = |fault: &FrameError| Failure::device(fault.result(), fault);
    let factory = factory(device)?;
    let end = Instant::now() + work.limit;
    if !factory.is_present() {
        return Err(refused(&FrameError::Absent { place: device.display().to_string() }));
    }
    let mut source = factory.open().map_err(|fault| refused(&fault))?;
    let mut last = FrameError::TimedOut { waited_ms: work.limit.as_millis() as u64 };
    while Instant::now() < end {
        if work.stop.is_asked() {
            return Err(Failure::plain(crate::report::End::Device(CommandResult::Canceled), words::result(CommandResult::Canceled)));
        }
        match source.next_frame(FRAME_WAIT).and_then(&mut use_it) {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => {}
            Err(fault @ (FrameError::TimedOut { .. } | FrameError::Undecodable)) => last = fault,
            Err(fault) => return Err(refused(&fault)),
        }
    }
    Err(refused(&last))
}

/// Takes one picture and writes it.
pub fn grab(device: &str, out: &Path, coach: Option<Coach>, work: &Work) -> Result<Report, Failure> {
    let place: Place = device.parse().map_err(|fault| Failure::line(&fault))?;
    let Place::Camera(node) = &place else { return Err(Failure::line(&place.not("camera:"))) };
    files::can_be_written(out)?;
    let began = Instant::now();
    let mut first: Option<Instant> = None;
    let (page, frame) = frames(node, work, |frame| {
        let warm_at = *first.get_or_insert_with(Instant::now) + SETTLE;
        if frame.taken_at < warm_at { Ok(None) } else { frame.rgb().map(|page| Some((page, frame))) }
    })?;
    let encoded = encode_page(&page, PAGE_BYTES_MAX_DEFAULT).map_err(|fault| Failure::device(CommandResult::NotEnoughSpace, &fault))?;
    files::write(out, &encoded.jpeg)?;
    let mut report = Report::fine();
    report.line(format!("{place}: {}x{} {:?}, ditulis ke {}", frame.width, frame.height, frame.format(), out.display()));
    report.fact("device", place.to_string()).fact("width", frame.width).fact("height", frame.height);
    report.fact("format", format!("{:?}", frame.format()).to_lowercase()).fact("file", out.display().to_string());
    report.fact("bytes", encoded.jpeg.len()).fact("taken_ms", began.elapsed().as_millis() as u64);
    if let Some(coach) = coach {
        let advice = advise(&page, coach, Origin::Camera);
        report.line(advice_words(&advice));
        report.fact("coach", advice_facts(&advice));
    }
    Ok(report)
}

/// What the coach says about a page.
pub fn advise(page: &RgbPage, coach: Coach, from: Origin) -> Advice {
    let shape = match coach {
        Coach::A4 => Shape::A4,
        Coach::Card => Shape::Card,
        Coach::Any => Shape::Any,
    };
    examine(page, &Expected { shape, side: None, from })
}

/// For people.
pub fn advice_words(advice: &Advice) -> String {
    if advice.is_good() {
        return "  gambar: baik".into();
    }
    let findings: Vec<&str> = advice.findings.iter().map(|finding| words::finding(*finding)).collect();
    let help = advice.hint.map(|hint| format!("; {}", words::help(hint.help))).unwrap_or_default();
    format!("  gambar: {}{help}", findings.join(", "))
}

/// For programs.
pub fn advice_facts(advice: &Advice) -> serde_json::Value {
    let rounded = |share: f32| (f64::from(share) * 1000.0).round() / 1000.0;
    json!({
        "good": advice.is_good(),
        "findings": advice.findings.iter().map(crate::status::english).collect::<Vec<_>>(),
        "help": advice.hint.map(|hint| crate::status::english(&hint.help)),
        "sharpness": rounded(advice.scores.sharpness),
        "glare_share": rounded(advice.scores.glare_share),
        "mean_luma": rounded(advice.scores.mean_luma),
        "tilt_deg": rounded(advice.scores.tilt_deg),
        "coverage": rounded(advice.scores.coverage),
    })
}
