//! Document scanners: one blocking trait, a supervised `scanimage` program, and a folder.
//!
//! It straightens and judges nothing; pages are handed on as they came, checked for being whole pictures within limits.
//!
//! The rules a newcomer would break: the exit code of a scanner program proves nothing (an injected end of data gives exit
//! code 0 and a header without pixels), so every page is decoded once before it is called a page; and limits are applied
//! before decoding, because a header may lie.

mod document_camera;
mod folder;
mod scanimage;

pub use document_camera::{DocumentCamera, DocumentCameraSettings};
pub use folder::Folder;
pub use scanimage::{ScanImage, ScanImageSettings, Spool};

use crate::picture::{DecodeError, Limits, PictureKind, RgbPage, decode_page, kind_of};
use crate::status::Status;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use thiserror::Error;

/// What one acquire may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcquireLimits {
    /// Pages of one acquire; a feeder that gives more is stopped there.
    pub pages_max: usize,
    /// Encoded bytes of one page.
    pub page_bytes_max: usize,
    /// Decoded pixels of one page, in millions.
    pub megapixels_max: u32,
    /// Time for the whole acquire, in seconds.
    pub deadline_secs: u64,
}

impl Default for AcquireLimits {
    /// Ten A4 pages at 600 dpi in colour.
    fn default() -> Self {
        AcquireLimits { pages_max: 10, page_bytes_max: 60_000_000, megapixels_max: 36, deadline_secs: 90 }
    }
}

impl AcquireLimits {
    /// The limits of one picture.
    pub fn picture(&self) -> Limits {
        Limits { bytes_max: self.page_bytes_max, megapixels_max: self.megapixels_max }
    }

    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_secs)
    }
}

/// One page as the scanner gave it. It decodes: that was tried.
#[derive(Clone, PartialEq, Eq)]
pub struct ScannedPage {
    /// The picture file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub kind: PictureKind,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl ScannedPage {
    /// Checks limits, decodes once, and keeps the encoded bytes.
    ///
    /// # Errors
    /// `Truncated`, `TooLarge` or `NotAPicture`, with the number of the page counted from one.
    pub fn checked(page: usize, bytes: Vec<u8>, limits: &AcquireLimits) -> Result<Self, AcquireError> {
        let decoded = decode_page(&bytes, &limits.picture()).map_err(|cause| match cause {
            DecodeError::Truncated => AcquireError::Truncated { page },
            DecodeError::TooManyBytes { .. } | DecodeError::TooManyPixels { .. } => AcquireError::TooLarge { page, source: cause },
            DecodeError::UnknownFormat | DecodeError::Damaged => AcquireError::NotAPicture { page, source: cause },
        })?;
        let kind = kind_of(&bytes).expect("a picture of an unknown format does not decode");
        Ok(ScannedPage { bytes, kind, width: decoded.width(), height: decoded.height() })
    }

    /// The pixels.
    ///
    /// # Errors
    /// None in practice, since the same bytes have been decoded before.
    pub fn decode(&self, limits: &AcquireLimits) -> Result<RgbPage, DecodeError> {
        decode_page(&self.bytes, &limits.picture())
    }
}

impl fmt::Debug for ScannedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScannedPage({:?} {}x{}, {} bytes •••)", self.kind, self.width, self.height, self.bytes.len())
    }
}

/// Why there are no pages.
#[derive(Debug, Error)]
pub enum AcquireError {
    #[error("no document lies in the scanner")]
    NoDocument,
    #[error("paper is stuck in the scanner")]
    Jammed,
    #[error("the scanner's cover is open")]
    CoverOpen,
    #[error("another program holds the scanner")]
    Busy,
    #[error("no scanner answers to the configured name")]
    Absent,
    #[error("this user may not use the scanner")]
    Permission,
    #[error("the scanner ran out of memory")]
    NoMemory,
    #[error("the scanner reports an input or output fault")]
    Device,
    #[error("the scanner program refuses its arguments (exit code {code})")]
    Refused { code: i32 },
    #[error("the scanner program {program} cannot be started")]
    Program { program: PathBuf, source: std::io::Error },
    #[error("the scanner program ended by a signal")]
    Crashed,
    #[error("the scan was cancelled")]
    Cancelled,
    #[error("the scan took longer than {deadline_secs} s and was stopped")]
    TimedOut { deadline_secs: u64 },
    #[error("the scanner program does not end even when killed")]
    Hung,
    #[error("page {page} ends before its pixels do")]
    Truncated { page: usize },
    #[error("page {page} is too large")]
    TooLarge { page: usize, source: DecodeError },
    #[error("page {page} is not a picture we know")]
    NotAPicture { page: usize, source: DecodeError },
    #[error("{path}: the spool cannot be used")]
    Spool { path: PathBuf, source: std::io::Error },
}

/// A scanner. Every call blocks its thread for a bounded time.
pub trait DocumentSource: Send {
    /// Scans until the feeder is empty, a limit is hit, or `cancel` becomes true.
    ///
    /// # Errors
    /// Pages scanned before a fault are dropped: a resident shows a document whole.
    fn acquire(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError>;

    /// What is known without asking the device; never blocks.
    fn status(&self) -> Status;
}
