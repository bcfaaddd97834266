//! The slip printer: a neutral document, a profile of the model, pure encoding and parsing, and a driver over a link.
//!
//! It knows no resident, no number and no PIN; it prints what it is given and says truthfully what became of it.
//!
//! The rule a newcomer would break: [`PrintOutcome`] has three values. `NotPrinted` is said only when it is certain that no
//! slip came out; as soon as one byte of the job has left and the confirmation is missing, the answer is `Unknown`.
//!
//! Read in this order: `document`, `profile`, `encode`, `parse`, `state`, `escpos`; then `meter`.

mod document;
mod encode;
mod escpos;
mod meter;
mod parse;
mod permit;
mod profile;
mod qr;
mod realtime;
mod scale;
mod state;
mod test_page;
mod text;

pub use document::{Align, Block, Document, PrintJob, TextSize};
pub use encode::{EncodeError, Encoded, encode, encode_job};
pub use escpos::{EscPos, Timing};
pub use meter::{Agreement, FORECAST_DAYS_MIN, METER_DAYS_MAX, MeterSettings, RollMeter};
pub use parse::{BLOCK_BYTES_MAX, Demux, Expect, FullStatus, Notice, Reply, notice, parse};
pub use permit::Permit;
pub use profile::{CodePage, ConfirmLevel, Cutter, OnTimeout, Presenter, PresenterCommands, Profile, ProfileError, UsbId};
pub use realtime::{Asked, conditions_in};
pub use state::{Happening, Phase, State};
pub use test_page::{TEST_PAGE_QR, test_page};
pub use text::{sanitise, wrap};

use crate::link::LinkError;
use crate::status::{CommandResult, Condition, Status};
use thiserror::Error;

/// A slip printer. Every call blocks its thread for a bounded time.
pub trait Printer: Send {
    /// Asks the printer, within 200 ms. Silence is `Unknown`, never the last known state.
    fn status(&mut self) -> Status;

    /// Says how the printer is and what happened since the last call, within 200 ms. To be called at least every second: it
    /// asks only when the last answer has become old, and in between goes by what the printer reported unasked.
    fn poll(&mut self) -> Poll {
        Poll { status: self.status(), events: Vec::new(), paper_mm: 0 }
    }

    /// Forgets the link and what was half heard; the next question opens it anew. What the printer holds stays stale until it
    /// was voided.
    fn reset(&mut self) {}

    /// Prints one job and waits for its confirmation as far as the model can give one.
    fn print(&mut self, job: &PrintJob) -> PrintOutcome;
}

/// How the printer is, and what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    pub status: Status,
    /// Oldest first.
    pub events: Vec<PrinterEvent>,
    /// Paper moved since the last call, in mm, for a [`RollMeter`]. A job with an unknown end counts whole.
    pub paper_mm: u32,
}

/// What happened, in the words of the XFS4IoT printer events. A `token` is that of the job; `None` is a slip from before this
/// driver started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrinterEvent {
    /// A slip hangs in the output.
    MediaPresented { token: Option<u32> },
    /// Somebody took it.
    MediaTaken { token: Option<u32> },
    /// Nobody took it in time, and the printer drew it in.
    MediaRetracted { token: Option<u32> },
    /// Nobody took it in time, and the printer pushed it out.
    MediaEjected { token: Option<u32> },
    /// What was left of an unconfirmed job was cleared, marked and cut off.
    JobVoided { token: u32 },
    /// Paper was out and is in again.
    RollChanged,
}

/// What became of a job.
#[derive(Debug)]
pub enum PrintOutcome {
    /// The slip came out, as certainly as the model's confirm level allows. Where it is now is another fact.
    Printed(Delivery),
    /// Certainly no slip came out.
    NotPrinted(NotPrinted),
    /// Something was sent and nobody can tell. A reprint has to be marked as one; a number is never minted anew.
    Unknown(Unconfirmed),
}

/// Where a printed slip is when `print` returns. What becomes of a presented one, [`Printer::poll`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The model cannot see it.
    Unseen,
    /// It hangs in the output.
    Presented,
    /// It was seen in the output and somebody has already taken it.
    Taken,
}

/// Why certainly nothing was printed.
#[derive(Debug, Error)]
pub enum NotPrinted {
    #[error("the slip cannot be expressed for this printer")]
    Encode(#[source] EncodeError),
    #[error("the printer's port cannot be used")]
    Port(#[source] LinkError),
    #[error("the printer does not answer")]
    Silent,
    #[error("the printer is offline and names no cause")]
    Offline,
    #[error("the printer reports {0}")]
    Fault(Condition),
    #[error("the printer's buffer stayed full")]
    Busy,
    #[error("the permit was revoked before the first byte")]
    Void,
}

/// Why nobody can tell.
#[derive(Debug, Error)]
pub enum Unconfirmed {
    #[error("the link broke after {sent_bytes} bytes")]
    Link { sent_bytes: usize, source: LinkError },
    #[error("the printer reported {0} while printing")]
    Fault(Condition),
    #[error("the printer went offline while printing and names no cause")]
    Offline,
    #[error("no confirmation within {waited_ms} ms")]
    NoAnswer { waited_ms: u64 },
    #[error("this model cannot confirm")]
    NotConfirmable,
    #[error("the permit was revoked after {sent_bytes} bytes")]
    Voided { sent_bytes: usize },
}

impl PrintOutcome {
    /// What a command that ended so is called towards the outside. Only a confirmed slip is a success.
    pub fn result(&self) -> CommandResult {
        match self {
            PrintOutcome::Printed(_) => CommandResult::Success,
            PrintOutcome::NotPrinted(why) => why.result(),
            PrintOutcome::Unknown(why) => why.result(),
        }
    }
}

impl NotPrinted {
    /// See [`PrintOutcome::result`].
    pub fn result(&self) -> CommandResult {
        match self {
            NotPrinted::Encode(_) => CommandResult::UnsupportedData,
            NotPrinted::Port(cause) => cause.result(),
            NotPrinted::Silent => CommandResult::TimedOut,
            NotPrinted::Offline | NotPrinted::Busy => CommandResult::DeviceNotReady,
            NotPrinted::Fault(condition) => condition.result(),
            NotPrinted::Void => CommandResult::Canceled,
        }
    }
}

impl Unconfirmed {
    /// See [`PrintOutcome::result`]. What broke within a slip is never called "not ready", because something may hang out.
    pub fn result(&self) -> CommandResult {
        match self {
            Unconfirmed::Link { source: LinkError::TimedOut, .. } | Unconfirmed::NoAnswer { .. } => CommandResult::TimedOut,
            Unconfirmed::Link { .. } | Unconfirmed::Offline => CommandResult::HardwareError,
            Unconfirmed::Fault(condition) => condition.result(),
            Unconfirmed::NotConfirmable => CommandResult::UnsupportedCommand,
            Unconfirmed::Voided { .. } => CommandResult::Canceled,
        }
    }
}
