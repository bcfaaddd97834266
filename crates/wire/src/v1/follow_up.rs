//! How far an application is, told only to who holds the slip: token (or number) and PIN.
//!
//! The least data: no name, no NIK, no past answer travels back (repair facts are those the rules of the returned items
//! need, and central decides them).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Asked with the QR's token or with the typed number.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpRequest {
    /// Token from the QR, or the application's number.
    pub id: String,
    pub pin: String,
}

impl std::fmt::Debug for FollowUpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FollowUpRequest(•••)")
    }
}

/// The truth about one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    pub number: String,
    pub service: String,
    /// State id (`verifikasi`, `antre-cetak`, …), see the catalogue's `states`.
    pub state: String,
    pub state_since: Timestamp,
    pub promise_due_at: Timestamp,
    /// Oldest first.
    pub history: Vec<HistoryLine>,
    /// Present only while something must be done again.
    pub repair: Option<Repair>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryLine {
    pub state: String,
    pub at: Timestamp,
}

/// What must be asked again, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    /// Goes back with the patch; proves that the PIN was right.
    pub permit: String,
    pub until: Timestamp,
    pub items: Vec<RepairItem>,
    /// Answers that the rules of the items need, by question id; never more.
    pub facts: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairItem {
    /// Question or paper id.
    pub item: String,
    /// Reason code `R01` … `R13`.
    pub reason: String,
    /// The officer's own sentence to the resident; may be empty.
    pub note: String,
}
