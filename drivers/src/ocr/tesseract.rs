//! The `tesseract` program on a leash: the page goes in through a pipe, text comes out through a pipe, no file is written.
//!
//! It knows no forms. The rule a newcomer would break: a program that reads a picture from anybody may take for ever, so it
//! has a time limit, one processor, and is killed.

use super::{Comparison, Digits, Glance, glance, runs_in};
use crate::child::{Ended, Leash, run_with_input};
use crate::picture::Luma;
use crate::status::CommandResult;
use image::imageops::{self, FilterType};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Text of a dense A4 page is some kilobytes; more is a program gone wild.
const TEXT_BYTES_MAX: usize = 256_000;
/// Engines want letters of 20 to 30 pixels; a page is brought near this long side.
const LONG_SIDE_PX: u32 = 2000;
/// A strip of a page may be enlarged at most this often.
const ENLARGED_MAX: u32 = 2;

/// Which program, which language, how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcrSettings {
    /// Normally `tesseract`.
    pub program: PathBuf,
    /// Language data; `ind` with `eng` behind it is Debian's `tesseract-ocr-ind`.
    pub language: String,
    /// For both readings of one page together, in milliseconds.
    pub limit_ms: u64,
}

impl Default for OcrSettings {
    fn default() -> Self {
        OcrSettings { program: PathBuf::from("tesseract"), language: String::from("ind"), limit_ms: 8000 }
    }
}

/// Where on the page the number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Anywhere.
    Whole,
    /// In the upper part, in percent of the height: the head of a KK, the NIK line of a KTP.
    Upper { percent: u8 },
}

/// Why a page was not read. None of these is told to a resident.
#[derive(Debug, Error)]
pub enum OcrError {
    #[error("the program {program} is not installed")]
    NotInstalled { program: PathBuf },
    #[error("the program {program} cannot be started")]
    Program { program: PathBuf, source: std::io::Error },
    #[error("reading took longer than {limit_ms} ms and was stopped")]
    TimedOut { limit_ms: u64 },
    #[error("reading was cancelled")]
    Cancelled,
    #[error("the program refused the page or its language data (exit code {code:?})")]
    Refused { code: Option<i32> },
    #[error("the program wrote more than {TEXT_BYTES_MAX} bytes")]
    TooMuchText,
    #[error("the program does not end even when killed")]
    Hung,
}

impl OcrError {
    /// What a command that ended so is called towards the outside.
    pub fn result(&self) -> CommandResult {
        match self {
            OcrError::NotInstalled { .. } => CommandResult::UnsupportedCommand,
            OcrError::TimedOut { .. } => CommandResult::TimedOut,
            OcrError::Cancelled => CommandResult::Canceled,
            OcrError::Refused { .. } => CommandResult::InvalidData,
            OcrError::Program { .. } | OcrError::TooMuchText | OcrError::Hung => CommandResult::InternalError,
        }
    }
}

/// The reader of numbers. Keeps nothing between pages.
#[derive(Clone, Debug, Default)]
pub struct Ocr {
    settings: OcrSettings,
}

impl Ocr {
    /// A reader; starts nothing.
    pub fn new(settings: OcrSettings) -> Self {
        Ocr { settings }
    }

    /// Is the program there, and does it know the language? Its absence is a normal state.
    pub fn is_present(&self) -> bool {
        let never = AtomicBool::new(false);
        let leash = Leash { deadline: Instant::now() + Duration::from_secs(5), output_bytes_max: TEXT_BYTES_MAX, cancel: &never, spool: None };
        let mut command = Command::new(&self.settings.program);
        command.arg("--list-langs");
        match run_with_input(&mut command, None, &leash) {
            Ok(Ended::Exited { status, output }) => {
                status.success() && String::from_utf8_lossy(&output).lines().any(|line| line.trim() == self.settings.language)
            }
            _ => false,
        }
    }

    /// Compares a typed number with what stands on the page.
    ///
    /// # Errors
    /// See [`OcrError`]; none of them is a reason to stop anybody.
    pub fn compare(&self, page: &Luma, zone: Zone, typed: &Digits, cancel: &AtomicBool) -> Result<Comparison, OcrError> {
        let deadline = Instant::now() + Duration::from_millis(self.settings.limit_ms);
        let strip = strip(page, zone);
        let first = glance(typed, &runs_in(&self.read(&prepared(&strip, LONG_SIDE_PX), "6", deadline, cancel)?));
        match first {
            Glance::Same => Ok(Comparison::Agrees),
            // Sparse text at another size is another reading: lines are found anew and letters fall onto other pixels.
            Glance::Near(_) | Glance::Nothing => {
                let second = glance(typed, &runs_in(&self.read(&prepared(&strip, LONG_SIDE_PX * 4 / 5), "11", deadline, cancel)?));
                Ok(match (first, second) {
                    (_, Glance::Same) => Comparison::Agrees,
                    (Glance::Near(one), Glance::Near(two)) if one == two => Comparison::Differs { read: one },
                    _ => Comparison::NotRead,
                })
            }
        }
    }

    fn read(&self, page: &image::GrayImage, segmentation: &str, deadline: Instant, cancel: &AtomicBool) -> Result<String, OcrError> {
        let mut pgm = format!("P5\n{} {}\n255\n", page.width(), page.height()).into_bytes();
        pgm.extend_from_slice(page.as_raw());
        let mut command = Command::new(&self.settings.program);
        command.args(["stdin", "stdout", "-l", &self.settings.language, "--psm", segmentation, "--dpi", "200"]);
        // The other processor paints the page.
        command.env("OMP_THREAD_LIMIT", "1");
        let leash = Leash { deadline, output_bytes_max: TEXT_BYTES_MAX, cancel, spool: None };
        let program = self.settings.program.clone();
        let ended = run_with_input(&mut command, Some(pgm), &leash).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => OcrError::NotInstalled { program },
            _ => OcrError::Program { program, source },
        })?;
        match ended {
            Ended::Exited { status, output } if status.success() => Ok(String::from_utf8_lossy(&output).into_owned()),
            Ended::Exited { status, .. } => Err(OcrError::Refused { code: status.code() }),
            Ended::TooMuchOutput { .. } => Err(OcrError::TooMuchText),
            Ended::TimedOut => Err(OcrError::TimedOut { limit_ms: self.settings.limit_ms }),
            Ended::Cancelled => Err(OcrError::Cancelled),
            Ended::Hung => Err(OcrError::Hung),
        }
    }
}

fn strip(page: &Luma, zone: Zone) -> image::GrayImage {
    let whole = page.to_image();
    match zone {
        Zone::Whole => whole,
        Zone::Upper { percent } => {
            let height = (page.height() * u32::from(percent.clamp(5, 100)) / 100).max(1);
            imageops::crop_imm(&whole, 0, 0, page.width(), height).to_image()
        }
    }
}

/// Near the wanted long side, with the full range from black to white.
fn prepared(strip: &image::GrayImage, long_side_px: u32) -> image::GrayImage {
    let long = strip.width().max(strip.height());
    let target = long_side_px.min(long * ENLARGED_MAX);
    let sized = if target == long {
        strip.clone()
    } else {
        let scaled = |side: u32| (u64::from(side) * u64::from(target) / u64::from(long)).max(1) as u32;
        imageops::resize(strip, scaled(strip.width()), scaled(strip.height()), FilterType::CatmullRom)
    };
    let paper = imageproc::stats::percentile(&sized, 90);
    // Ink may cover less than a hundredth of the page; stretching from the paper's own grain would make letters of it.
    let ink = imageproc::stats::percentile(&sized, 1).min(paper / 2);
    // A page of one tone has nothing to stretch.
    if ink >= paper { sized } else { imageproc::contrast::stretch_contrast(&sized, ink, paper, 0, 255) }
}
