//! What a printer model can do, read from a TOML file that a technician may edit.
//!
//! It holds no port and no state. The rule a newcomer would break: width, status and cutter differ between models that look
//! the same, so nothing about a model is a constant in the code, and an unknown key in a file is refused with its line.

mod file;

use serde::Deserialize;
use std::path::{Path, PathBuf};
use thiserror::Error;

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
    /// Reports changes unasked after `GS a`, so that a fault shows between two questions.
    pub automatic_status: bool,
    /// What this model answers to `GS I 1`; empty when that is not known, and then nothing is refused.
    pub model_ids: Vec<u8>,
    /// How its USB plug names itself; empty when it is known only by its class.
    pub usb_ids: Vec<UsbId>,
    /// What becomes of a cut slip, for `Cutter::Presenter`.
    pub presenter: Option<Presenter>,
    /// Length of a full roll, in mm.
    pub roll_mm: u32,
    /// Blank paper that every cut costs beside the lines that the document and `cut_feed_lines` feed, in mm.
    pub feed_mm_after_cut: u16,
}

/// Vendor and product of a USB device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsbId {
    pub vendor: u16,
    pub product: u16,
}

impl std::fmt::Display for UsbId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.product)
    }
}

/// The part that holds a cut slip out until it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presenter {
    /// How far the slip is put out, in steps of the model; a step is 0.625 mm (KPM210 manual) to 22 mm (TPTCM manual).
    pub steps: u8,
    /// Time for somebody to take it, in seconds.
    pub timeout_secs: u8,
    /// What happens then.
    pub on_timeout: OnTimeout,
    /// The words that it understands.
    pub commands: PresenterCommands,
}

/// What a presenter does with a slip that nobody takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnTimeout {
    /// Pushes it out of the mouth; the next person may pick it up.
    Eject,
    /// Draws it in, where only staff get it. Needs retracting to be enabled in the printer (KPM210 manual, `GS e`).
    Retract,
}

/// Which commands move the presenter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PresenterCommands {
    /// `FS P`: one command cuts, presents and keeps the time (Custom VKP80III).
    FsP,
    /// `ESC i` cuts and `GS e` presents, retracts and ejects; the driver keeps the time (Custom KPM210 manual).
    GsE,
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
    /// Cut by the presenter, see [`Presenter`].
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
        file::read(text).map_err(|(at, reason)| {
            let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
            ProfileError::Wrong { path: path.to_path_buf(), line, reason }
        })
    }

    /// Millimetres that `dots` cover.
    pub fn mm(&self, dots: u32) -> f64 {
        f64::from(dots) * 25.4 / f64::from(self.dots_per_inch)
    }

    /// Whole dots that cover `mm`, rounded down.
    pub fn dots_of_mm(&self, mm: u32) -> u32 {
        mm * u32::from(self.dots_per_inch) * 10 / 254
    }
}
