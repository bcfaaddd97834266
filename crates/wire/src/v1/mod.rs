//! Version 1 of the contract, as it travels under `/api/v1`.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `PUT /api/v1/submissions/{key}/parts/{name}` | sealed bytes | 204, or 409 when the name already holds other bytes |
//! | `PUT /api/v1/submissions/{key}` | [`Manifest`] | [`SignedReceipt`](crate::receipt::SignedReceipt), the same one for a repeat |
//! | `POST /api/v1/follow-up` | [`FollowUpRequest`] | [`FollowUp`] |
//!
//! Every refusal is a [`Problem`] (RFC 9457). A kiosk names itself by `Authorization: Bearer`.

mod follow_up;
mod problem;
mod submission;

pub use follow_up::{FollowUp, FollowUpRequest, HistoryLine, OutputProgress, Repair, RepairItem};
pub use problem::{Problem, ProblemKind};
pub use submission::{AlsoApplication, Application, Kind, Manifest, PageRef, PartRef, Patch, Payload, Promise};

/// The number of this version, stored beside every queued item so that it is sent in the words it was written in.
pub const VERSION: u16 = 1;
/// Largest sealed part central accepts, in bytes: one page of 2 MB and room for sealing.
pub const PART_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Largest number of applications in one visit beside the first.
pub const ALSO_MAX: usize = 5;
/// Largest number of parts in one submission.
pub const PARTS_MAX: usize = 64;
/// Largest manifest central accepts, in bytes.
pub const MANIFEST_BYTES_MAX: usize = 64 * 1024;
