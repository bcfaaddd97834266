//! What must not be lost: the draft of the running session, its page images, and every submission that central has
//! not yet receipted.
//!
//! One SQLite file (WAL, `synchronous=FULL`) owned by one writer thread; everybody else holds an [`Outbox`] handle.
//! It is not an uploader and not a parser: it opens no connection and never learns what a payload means.
//!
//! The rule a newcomer would break: nothing a resident said or showed reaches SQLite in the clear.
//! Pages and payloads are sealed to central's keys and drafts under the session key *before* a statement sees them, so
//! the public calls take plaintext and no internal one does.
//! The second rule: the outbox never deletes to heal itself; a submission leaves for one of three recorded reasons.
//!
//! # Map, in reading order
//!
//! | module | what it holds |
//! | --- | --- |
//! | `limits` | every bound, with its unit in its name |
//! | `fault` | what can go wrong in the store itself, shared by the error of every operation |
//! | `handle` | the handle, the bounded channel, the writer thread |
//! | `opening` | integrity check, quarantine, what was found at start |
//! | `schema` | pragmas and forward migrations |
//! | `store` | the writer's state, checkpoints and room |
//! | `seal` | the age envelope to central's keys |
//! | `session_key`, `draft` | the key on disk, and the one sealed row under it |
//! | `page` | sealed page images, in chunks |
//! | `enqueue`, `serial` | a draft becomes a submission, in one transaction |
//! | `queue`, `attempt`, `backoff`, `steady` | what the courier asks, and why a wrong clock cannot block it |
//! | `removal` | the three recorded reasons, the receipts |
//! | `summary`, `prints`, `verify` | what staff see, the print record, the self-test |

mod attempt;
mod backoff;
mod draft;
mod enqueue;
mod fault;
mod handle;
mod limits;
mod opening;
mod page;
mod prints;
mod quarantine;
mod queue;
mod removal;
mod schema;
pub mod seal;
mod serial;
mod session_key;
mod steady;
mod store;
mod summary;
mod verify;

pub use attempt::{AttemptError, AttemptOutcome, AttemptReason, Remedy};
pub use backoff::{BACKOFF_BASE, BACKOFF_CAP, BACKOFF_FLOOR, backoff};
pub use draft::{BeginSessionError, DestroySessionError, DraftFound, DraftOutcome, ResumeDraftError, ResumedDraft, SaveDraftError};
pub use enqueue::{Enqueue, EnqueueError, NumberClaim, Queued, QueuedOutcome};
pub use fault::StoreFault;
pub use handle::Outbox;
pub use limits::Limits;
pub use opening::{OpenError, Opening};
pub use page::{DropPageError, PartRef, StorePageError};
pub use prints::{PrintError, PrintOutcome, PrintRecord};
pub use quarantine::Quarantined;
pub use queue::{QueuedItem, ReadPartError};
pub use removal::{Act, ActRecord, Receipt, Removal, RemovalError, RemovalReason};
pub use seal::{Recipients, RecipientsError, seal};
pub use serial::{Serial, SerialError};
pub use session_key::SessionKey;
pub use summary::{Escalation, QueueEntry, Space, Summary};
pub use verify::{PartFault, Verification};
