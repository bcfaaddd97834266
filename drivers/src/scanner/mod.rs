//! Document scanners: one blocking trait, a supervised `scanimage` program, eSCL over the network, and a folder.
//!
//! It straightens and judges nothing; pages are handed on as they came, checked for being whole pictures within limits.
//!
//! The rules a newcomer would break: the exit code of a scanner program proves nothing (an injected end of data gives exit
//! code 0 and a header without pixels), so every page is decoded once before it is called a page; and limits are applied
//! before decoding, because a header may lie.

mod document_camera;
mod error;
pub mod escl;
mod folder;
mod job;
mod scanimage;

pub use document_camera::{DocumentCamera, DocumentCameraSettings};
pub use error::AcquireError;
pub(crate) use error::status_after;
pub use escl::{Escl, EsclSettings};
pub use folder::Folder;
pub use job::{PageSource, Paper, ScanJob, ScanMode};
pub use scanimage::{
    DEVICES_MAX, DeviceOptions, LIST_SECS_DEFAULT, ListError, SaneDevice, ScanImage, ScanImageSettings, Spool, args_for, list_devices, parse_devices,
    parse_options, same_device,
};

use crate::picture::{DecodeError, Limits, PictureKind, RgbPage, decode_page, kind_of};
use crate::status::Status;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

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

/// A scanner. Every call blocks its thread for a bounded time.
pub trait DocumentSource: Send {
    /// Scans until the feeder is empty, a limit is hit, or `cancel` becomes true.
    ///
    /// # Errors
    /// Pages scanned before a fault are dropped: a resident shows a document whole.
    fn acquire(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError>;

    /// What is known without asking the device; never blocks.
    fn status(&self) -> Status;

    /// Asks the device where that can be done in passing, and says what is known then. It blocks for less than 200 ms; an
    /// answer that comes later is in the next call. A source that cannot ask in passing answers as `status` does.
    fn refresh(&mut self) -> Status {
        self.status()
    }
}
