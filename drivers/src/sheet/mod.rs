//! Finished documents (a KK, an akta) on A4 paper through IPP: one blocking trait, one driver, no printer drivers of makers.
//!
//! It converts nothing: what is not PDF, or what the printer does not take as PDF, is refused by name. It keeps no queue and
//! no copy: the document lives in memory or in a file without a name ([`Spooled`]), and is gone when the job is dropped.
//!
//! The rules a newcomer would break: "sent" is not "printed", so a job is followed until the printer says how it ended; and
//! where it does not say, the answer is [`SheetOutcome::Unknown`], because a second KK in the tray is a KK too many.
//!
//! Standards: RFC 8010 and 8011 (IPP/1.1), PWG 5100.9 (state reasons), RFC 6763 and PWG 5100.14 (discovery).

mod address;
mod ask;
mod discover;
mod errand;
mod facts;
mod follow;
mod printer;
mod reason;
mod spool;
mod trust;
mod wire;

pub use address::{Address, AddressError};
pub use discover::{DiscoverError, Found, discover};
pub use errand::AskError;
pub use facts::{JobFacts, JobState, PrinterFacts, PrinterState};
pub use printer::{IppPrinter, Place, SetupError, SheetSettings};
pub use reason::{Level, Meaning, StateReason};
pub use spool::{Spool, SpoolError, Spooled};
pub use trust::{Trust, TrustError};
pub use wire::{Answer, NESTING_MAX, VALUES_MAX, WireFault};

use crate::status::{CommandResult, Status};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use thiserror::Error;

/// An A4 printer. Every call blocks its thread for a bounded time.
pub trait SheetPrinter: Send {
    /// How the printer is, within 200 ms. What it said more than five seconds ago counts as silence, and silence is `Unknown`.
    fn status(&mut self) -> Status;

    /// Prints one document and follows it to its end.
    fn print(&mut self, job: &SheetJob) -> SheetOutcome;
}

/// What one job, one answer and one document may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetLimits {
    /// Until a connection stands.
    pub connect_ms: u64,
    /// One question and its answer.
    pub question_ms: u64,
    /// One document on its way to the printer.
    pub document_ms: u64,
    /// Between two questions about a job under way.
    pub poll_ms: u64,
    /// A whole job, from the first question to the last sheet.
    pub job_ms: u64,
    /// A job that stands still because the printer waits for paper or a closed door; then it is cancelled.
    pub stopped_ms: u64,
    /// No answer about a job under way for this long, and nobody can tell any more.
    pub lost_ms: u64,
    /// After a cancel, until the printer says how the job ended.
    pub cancel_ms: u64,
    /// Looking for a printer by its UUID.
    pub discover_ms: u64,
    /// One answer.
    pub answer_bytes_max: usize,
    /// One document.
    pub document_bytes_max: u64,
    /// Pages of one document, as the caller knows them and as the printer counts them.
    pub pages_max: u32,
}

impl Default for SheetLimits {
    /// A slow office printer that wakes up first, and a KK of two pages.
    fn default() -> Self {
        SheetLimits {
            connect_ms: 3_000,
            question_ms: 8_000,
            document_ms: 60_000,
            poll_ms: 500,
            job_ms: 240_000,
            stopped_ms: 90_000,
            lost_ms: 30_000,
            cancel_ms: 15_000,
            discover_ms: 3_000,
            answer_bytes_max: 1_000_000,
            document_bytes_max: 20_000_000,
            pages_max: 20,
        }
    }
}

/// The bytes of a document.
#[derive(Clone)]
pub enum SheetDocument {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// In a file without a name.
    Spooled(Spooled),
}

impl SheetDocument {
    /// Number of bytes.
    pub fn len(&self) -> u64 {
        match self {
            SheetDocument::Bytes(bytes) => bytes.len() as u64,
            SheetDocument::Spooled(file) => file.len(),
        }
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        match self {
            SheetDocument::Bytes(bytes) => {
                let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or(&[]);
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
            SheetDocument::Spooled(file) => file.read_at(buffer, offset),
        }
    }
}

impl fmt::Debug for SheetDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SheetDocument({} bytes •••)", self.len())
    }
}

/// One document to print.
#[derive(Clone, Debug)]
pub struct SheetJob {
    /// The only name the job has outside: "klampid-" and this number. Must tell nothing about a person.
    pub token: u32,
    /// A PDF.
    pub document: SheetDocument,
    /// Pages, where the caller knows them.
    pub pages: Option<u32>,
    cancel: Arc<AtomicBool>,
}

impl SheetJob {
    /// A job that nobody has cancelled.
    pub fn new(token: u32, document: SheetDocument, pages: Option<u32>) -> Self {
        SheetJob { token, document, pages, cancel: Arc::new(AtomicBool::new(false)) }
    }

    /// Stops the job from another thread: set it to true. The printer is then told to cancel, and the outcome says whether it did in time.
    pub fn cancel_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancel)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Acquire)
    }
}

/// What became of a job.
#[derive(Debug)]
pub enum SheetOutcome {
    /// The printer says that the job completed.
    Printed {
        /// Sides or sheets, where the printer counts them.
        pages_out: Option<u32>,
    },
    /// Certainly nothing came out.
    NotPrinted(NotPrinted),
    /// Something may have come out: staff look into the tray before anybody prints again.
    Unknown(Doubt),
}

/// Why certainly nothing was printed.
#[derive(Debug, Error)]
pub enum NotPrinted {
    #[error("the document is empty")]
    DocumentEmpty,
    #[error("the document has {bytes} bytes, more than {bytes_max}")]
    DocumentTooLarge { bytes: u64, bytes_max: u64 },
    #[error("the document has {pages} pages, more than {pages_max}")]
    TooManyPages { pages: u32, pages_max: u32 },
    #[error("the document is no PDF")]
    NotPdf,
    #[error("the document cannot be read back")]
    DocumentUnreadable(#[source] std::io::Error),
    #[error("the printer cannot be asked")]
    Ask(#[source] AskError),
    #[error("the printer takes {formats:?} and not PDF")]
    FormatNotSupported { formats: Vec<String> },
    #[error("the printer does not take A4")]
    MediaNotSupported,
    #[error("the printer accepts no jobs")]
    NotAccepting,
    #[error("the printer refuses {operation} with status {code:#06x}")]
    Refused { operation: &'static str, code: u16 },
    #[error("the printer accepted a job and gave it no number")]
    NoJobNumber,
    #[error("the printer ended the job by itself: {reasons:?}")]
    Aborted { reasons: Vec<String> },
    #[error("the job was cancelled")]
    Cancelled,
    #[error("the job did not begin within {waited_ms} ms and was cancelled")]
    TimedOut { waited_ms: u64 },
    #[error("the printer stood still for {waited_ms} ms and the job was cancelled")]
    Stopped { waited_ms: u64 },
}

/// Why nobody can tell.
#[derive(Debug, Error)]
pub enum Doubt {
    #[error("the connection was lost after the document had begun to leave")]
    Lost(#[source] AskError),
    #[error("the printer does not know the job any more")]
    Vanished,
    #[error("the printer took the document and gave the job no number")]
    NoJobNumber,
    #[error("the printer gave no usable answer about the job for {waited_ms} ms")]
    Silent { waited_ms: u64 },
    #[error("the job ended after {pages_out:?} pages: {why}")]
    Partly { pages_out: Option<u32>, why: NotPrinted },
    #[error("the printer completed the job with errors after {pages_out} pages")]
    WithErrors { pages_out: u32 },
    #[error("the job was to be cancelled and the printer does not say that it was: {why}")]
    CancelUnconfirmed { why: NotPrinted },
}

impl SheetOutcome {
    /// What a command that ended so is called towards the outside. Only what the printer called completed is a success.
    pub fn result(&self) -> CommandResult {
        match self {
            SheetOutcome::Printed { .. } => CommandResult::Success,
            SheetOutcome::NotPrinted(why) => why.result(),
            SheetOutcome::Unknown(doubt) => doubt.result(),
        }
    }
}

impl NotPrinted {
    /// See [`SheetOutcome::result`].
    pub fn result(&self) -> CommandResult {
        match self {
            NotPrinted::DocumentEmpty | NotPrinted::NotPdf => CommandResult::InvalidData,
            NotPrinted::DocumentTooLarge { .. } | NotPrinted::TooManyPages { .. } => CommandResult::UnsupportedData,
            NotPrinted::FormatNotSupported { .. } | NotPrinted::MediaNotSupported => CommandResult::UnsupportedData,
            NotPrinted::DocumentUnreadable(_) => CommandResult::InternalError,
            NotPrinted::Ask(cause) => cause.result(),
            NotPrinted::NotAccepting => CommandResult::DeviceNotReady,
            NotPrinted::Refused { code, .. } => errand::result_of_status(*code),
            NotPrinted::NoJobNumber | NotPrinted::Aborted { .. } => CommandResult::HardwareError,
            NotPrinted::Cancelled => CommandResult::Canceled,
            NotPrinted::TimedOut { .. } => CommandResult::TimedOut,
            // It waits for paper or a closed door.
            NotPrinted::Stopped { .. } => CommandResult::UserError,
        }
    }
}

impl Doubt {
    /// See [`SheetOutcome::result`].
    pub fn result(&self) -> CommandResult {
        match self {
            Doubt::Silent { .. } | Doubt::CancelUnconfirmed { .. } => CommandResult::TimedOut,
            Doubt::Partly { why, .. } => why.result(),
            Doubt::Lost(_) | Doubt::Vanished | Doubt::NoJobNumber | Doubt::WithErrors { .. } => CommandResult::HardwareError,
        }
    }
}
