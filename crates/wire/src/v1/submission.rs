//! A submission: an open manifest that says which sealed parts belong together, and what is inside the sealed payload.
//!
//! The manifest is all that central (or a thief) can read without the private key; it names nobody.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Is this a new application, or the repair of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Application,
    Patch,
}

/// The open cover of a submission. Its bytes are what the receipt vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Idempotency key: one per submission, kept through every retry.
    pub key: Uuid,
    pub kind: Kind,
    /// The number on the e-Kitir (`GBG-261121-0001-4`).
    pub number: String,
    /// Which kiosk sends it.
    pub kiosk: String,
    /// Hash of the catalogue bundle that the answers belong to.
    pub bundle: String,
    pub created_at: Timestamp,
    /// The sealed [`Payload`].
    pub payload: PartRef,
    /// Sealed page images, in the order the payload names them.
    pub pages: Vec<PartRef>,
}

/// One sealed part: its name inside the submission, and what its bytes must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartRef {
    pub name: String,
    /// SHA-256 of the sealed bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Length of the sealed bytes.
    pub bytes: u64,
}

/// What is inside the sealed payload part, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Payload {
    Application(Application),
    Patch(Patch),
}

/// Everything a resident said and showed in one visit: one application, or several that share answers, pages, token and PIN.
///
/// `number`, `service` and `promise` are those of the first application; the others stand in `also`, in the order of the slip.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    pub number: String,
    /// Catalogue id of the service (`ktp-hilang`).
    pub service: String,
    /// Kelurahan code the kiosk stands in (`35.78.07.1003`).
    pub kelurahan: String,
    pub language: String,
    /// Answer by question id. Dates are ISO 8601, choices their value, the rest as typed.
    pub answers: BTreeMap<String, String>,
    /// Pages by paper id.
    pub papers: BTreeMap<String, Vec<PageRef>>,
    /// The opaque token in the QR.
    pub token: String,
    /// Argon2id verifier of the PIN in PHC form; the PIN itself never travels.
    pub pin_verifier: String,
    pub submitted_at: Timestamp,
    pub promise: Promise,
    /// Further applications of the same visit, at most [`ALSO_MAX`](super::ALSO_MAX); left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<AlsoApplication>,
}

/// One more application of the visit. Its answers and pages are among those of the first; nothing stands twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlsoApplication {
    pub number: String,
    /// Catalogue id of the service; each service stands at most once in a visit.
    pub service: String,
    /// Id of the clock in the catalogue.
    pub clock: String,
    /// The last promised moment.
    pub due_at: Timestamp,
}

/// What the slip promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// Id of the clock in the catalogue (`satu-kali-24-jam`).
    pub clock: String,
    /// The last promised moment.
    pub due_at: Timestamp,
}

/// Only what was asked again. Everything not named here stays byte for byte.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    pub number: String,
    /// Given out by central with the repair; proves that the PIN was right.
    pub permit: String,
    pub answers: BTreeMap<String, String>,
    pub papers: BTreeMap<String, Vec<PageRef>>,
    pub submitted_at: Timestamp,
}

/// One page of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageRef {
    /// Name of the sealed part that holds the JPEG.
    pub part: String,
    /// What the machine thought of it (`too-dark`, `blurred`), kept although the resident went on.
    pub findings: Vec<String>,
    /// `camera` or `scanner`.
    pub source: String,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("number", &self.number).field("service", &self.service).field("answers", &"•••").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Patch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Patch").field("number", &self.number).field("answers", &"•••").finish_non_exhaustive()
    }
}
