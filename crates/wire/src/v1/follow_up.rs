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

/// The truth about one application, and in `also` about the others of the same visit: one QR and one PIN open them all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    pub number: String,
    pub service: String,
    /// State id (`verifikasi`, `antre-cetak`, …) of the least advanced output, see the catalogue's `states`.
    pub state: String,
    pub state_since: Timestamp,
    /// The last promised moment of the least advanced output.
    pub promise_due_at: Timestamp,
    /// The way of the least advanced output, oldest first.
    pub history: Vec<HistoryLine>,
    /// Present only while something must be done again.
    pub repair: Option<Repair>,
    /// Every output with its own state and clock, in the order of the catalogue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<OutputProgress>,
    /// The other applications of the visit, in the order of the slip; their own `also` is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<FollowUp>,
}

/// How far one output is: a card, a PDF, a change of data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputProgress {
    /// Output id in the catalogue (`kk-hasil`).
    pub id: String,
    pub state: String,
    /// The last promised moment, counting a pause that is still going on.
    pub due_at: Timestamp,
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
    /// Answers that the rules of the items need, by question id; never more. A paper's is its number of pages.
    pub facts: BTreeMap<String, String>,
    /// Names of the steps that central holds answers of, without the answers: what is held is not asked again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<String>,
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
