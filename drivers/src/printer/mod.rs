//! The slip printer: a neutral document, a profile of the model, pure encoding and parsing, and a driver over a link.
//!
//! It knows no resident, no number and no PIN; it prints what it is given and says truthfully what became of it.
//!
//! The rule a newcomer would break: [`PrintOutcome`] has three values. `NotPrinted` is said only when it is certain that no
//! slip came out; as soon as one byte of the job has left and the confirmation is missing, the answer is `Unknown`.
//!
//! Read in this order: `document`, `profile`, `encode`, `parse`, `escpos`.

mod document;
mod encode;
mod escpos;
mod parse;
mod profile;
mod qr;
mod realtime;
mod text;

pub use document::{Align, Block, Document, PrintJob, TextSize};
pub use encode::{CUT_MM, EncodeError, Encoded, encode, encode_job};
pub use escpos::{EscPos, Timing};
pub use parse::{BLOCK_BYTES_MAX, Demux, Expect, FullStatus, Reply, parse};
pub use profile::{CodePage, ConfirmLevel, Cutter, Profile, ProfileError};
pub use realtime::{Asked, conditions_in};
pub use text::{sanitise, wrap};

use crate::link::LinkError;
use crate::status::{Condition, Status};
use thiserror::Error;

/// A slip printer. Every call blocks its thread for a bounded time.
pub trait Printer: Send {
    /// Asks the printer, within 200 ms. Silence is `Unknown`, never the last known state.
    fn status(&mut self) -> Status;

    /// Prints one job and waits for its confirmation as far as the model can give one.
    fn print(&mut self, job: &PrintJob) -> PrintOutcome;
}

/// What became of a job.
#[derive(Debug)]
pub enum PrintOutcome {
    /// The slip came out, as certainly as the model's confirm level allows.
    Printed,
    /// Certainly no slip came out.
    NotPrinted(NotPrinted),
    /// Something was sent and nobody can tell. A reprint has to be marked as one; a number is never minted anew.
    Unknown(Unconfirmed),
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
}
