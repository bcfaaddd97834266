//! What a printer model can do, read from a TOML file that a technician may edit.
//!
//! It holds no port and no state. The rule a newcomer would break: width, status and cutter differ between models that look
//! the same, so nothing about a model is a constant in the code, and an unknown key in a file is refused with its line.

use serde::Deserialize;
use std::path::{Path, PathBuf};
use thiserror::Error;
use toml::Spanned;

/// A printer model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Shown to technicians.
    pub name: String,
    /// Printable width in dots: 384 for 58 mm, 576 for 80 mm at 203 dpi.
    pub dots: u16,
    /// 180 or 203.
    pub dots_per_inch: u16,
    /// Letters of font A in a line.
    pub columns: u8,
    /// Knows `GS ( k`.
    pub native_qr: bool,
    /// Reports a thin roll; models without the sensor always say that there is enough.
    pub near_end_sensor: bool,
    /// How it cuts.
    pub cutter: Cutter,
    /// Lines of font A between the print head and the cutter or tear bar.
    pub cut_feed_lines: u8,
    /// How certain a confirmation can be.
    pub confirm: ConfirmLevel,
    /// Character table selected with `ESC t`.
    pub code_page: CodePage,
    /// Number of that table; the numbers differ per brand.
    pub code_page_number: u8,
    /// Serial speed in bits per second.
    pub baud: u32,
    /// Knows `DLE DC4 8`, which clears its buffers at once.
    pub clear_buffer: bool,
    /// Paper speed in mm per second, on the slow side.
    pub speed_mm_per_s: u16,
}

/// How the paper is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cutter {
    /// A tear bar.
    None,
    /// `GS V 65 n`, feeds and cuts through.
    FullFeed,
    /// `GS V 66 n`, feeds and leaves one point.
    PartialFeed,
    /// `ESC i`.
    EscI,
    /// `ESC m`.
    EscM,
    /// `FS P`: cut, present, eject (Custom VKP80III).
    Presenter,
}

/// How certain "printed" is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfirmLevel {
    /// The model answers nothing; "printed" is never said.
    None,
    /// `DLE EOT 1` to `4` clean before, during and after.
    RealTime,
    /// `GS r 1` behind the cut was answered: parsed to the end.
    InBand,
    /// `GS ( H` echoed: physically printed (Epson).
    ProcessId,
    /// Full status: spooling and motor came to rest without a fault (Custom).
    FullStatus,
}

/// Which letters beyond ASCII are there for frames and rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodePage {
    Pc437,
    Pc850,
    Wpc1252,
    /// Only ASCII may be sent.
    Ascii,
}

/// Why a profile was refused.
#[derive(Debug, Error)]
pub enum ProfileError {
    #[error("{path}: the profile cannot be read")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path}:{line}: {reason}")]
    Wrong { path: PathBuf, line: usize, reason: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: Spanned<String>,
    dots: Spanned<u16>,
    dots_per_inch: Spanned<u16>,
    columns: Spanned<u8>,
    native_qr: bool,
    near_end_sensor: bool,
    cutter: Cutter,
    cut_feed_lines: Spanned<u8>,
    confirm_level: Spanned<u8>,
    code_page: CodePage,
    code_page_number: u8,
    baud: Spanned<u32>,
    clear_buffer: bool,
    speed_mm_per_s: Spanned<u16>,
}

/// Speeds that serial printers are sold with.
const BAUDS: [u32; 7] = [2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200];

impl Profile {
    /// Reads and checks a profile file.
    ///
    /// # Errors
    /// Names file, line and reason.
    pub fn load(path: &Path) -> Result<Self, ProfileError> {
        let text = std::fs::read_to_string(path).map_err(|source| ProfileError::Unreadable { path: path.to_path_buf(), source })?;
        Profile::parse(path, &text)
    }

    /// Checks the text of a profile; `path` only appears in errors.
    ///
    /// # Errors
    /// Names file, line and reason.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ProfileError> {
        let wrong = |at: usize, reason: String| ProfileError::Wrong { path: path.to_path_buf(), line: line_of(text, at), reason };
        let raw: Raw = toml::from_str(text).map_err(|fault| wrong(fault.span().map_or(0, |s| s.start), fault.message().to_owned()))?;
        if raw.name.get_ref().trim().is_empty() {
            return Err(wrong(raw.name.span().start, "name is empty".into()));
        }
        let within = |value: &Spanned<u16>, low: u16, high: u16, what: &str| {
            if (low..=high).contains(value.get_ref()) {
                Ok(*value.get_ref())
            } else {
                Err(wrong(value.span().start, format!("{what} is {}, outside {low} to {high}", value.get_ref())))
            }
        };
        let dots = within(&raw.dots, 192, 1280, "dots")?;
        if !dots.is_multiple_of(8) {
            return Err(wrong(raw.dots.span().start, format!("dots is {dots}, not a multiple of 8")));
        }
        let dots_per_inch = within(&raw.dots_per_inch, 150, 600, "dots_per_inch")?;
        let speed_mm_per_s = within(&raw.speed_mm_per_s, 20, 500, "speed_mm_per_s")?;
        let columns = *raw.columns.get_ref();
        // Font A is 12 dots wide; the widest known "compatible mode" leaves a little over.
        if columns < 16 || u16::from(columns) * 12 > dots {
            let reason = format!("columns is {columns}, but {dots} dots hold 16 to {} letters", dots / 12);
            return Err(wrong(raw.columns.span().start, reason));
        }
        if *raw.cut_feed_lines.get_ref() > 20 {
            return Err(wrong(raw.cut_feed_lines.span().start, "cut_feed_lines is above 20".into()));
        }
        if !BAUDS.contains(raw.baud.get_ref()) {
            return Err(wrong(raw.baud.span().start, format!("baud is {}, none of {BAUDS:?}", raw.baud.get_ref())));
        }
        let confirm = match raw.confirm_level.get_ref() {
            0 => ConfirmLevel::None,
            1 => ConfirmLevel::RealTime,
            2 => ConfirmLevel::InBand,
            3 => ConfirmLevel::ProcessId,
            4 => ConfirmLevel::FullStatus,
            other => {
                return Err(wrong(raw.confirm_level.span().start, format!("confirm_level is {other}, not 0 to 4")));
            }
        };
        Ok(Profile {
            name: raw.name.into_inner(),
            dots,
            dots_per_inch,
            columns,
            native_qr: raw.native_qr,
            near_end_sensor: raw.near_end_sensor,
            cutter: raw.cutter,
            cut_feed_lines: raw.cut_feed_lines.into_inner(),
            confirm,
            code_page: raw.code_page,
            code_page_number: raw.code_page_number,
            baud: raw.baud.into_inner(),
            clear_buffer: raw.clear_buffer,
            speed_mm_per_s,
        })
    }

    /// Millimetres that `dots` cover.
    pub fn mm(&self, dots: u32) -> f64 {
        f64::from(dots) * 25.4 / f64::from(self.dots_per_inch)
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}
