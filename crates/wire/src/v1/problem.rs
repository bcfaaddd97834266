//! Refusals as RFC 9457 problem documents, with a closed list of kinds that a kiosk can act upon.

use serde::{Deserialize, Serialize};

/// `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:klampid:problem:{kind}`.
    #[serde(rename = "type")]
    pub kind_urn: String,
    pub title: String,
    pub status: u16,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Tries left before the next delay, for a wrong PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// Seconds to wait before the next try is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_secs: Option<u64>,
    /// Names of parts that central does not hold yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// Every refusal central can give, with its HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The document does not fit its shape; sending it again will not help.
    Malformed,
    /// The kiosk's credential is unknown.
    UnknownKiosk,
    /// The same key or name came with other content.
    Conflict,
    /// Parts named by the manifest are not here yet.
    PartsMissing,
    /// Larger than the limit.
    TooLarge,
    /// The payload cannot be opened, or contradicts its manifest.
    Unreadable,
    /// No such application, or the PIN is not its PIN: the two are never told apart.
    NoMatch,
    /// Too many wrong PINs: wait.
    Wait,
    /// The application does not wait for a repair, or the permit is over.
    NotInRepair,
    /// Too much at once.
    Busy,
    /// Central's own fault.
    Fault,
}

impl ProblemKind {
    pub const ALL: [ProblemKind; 11] = [
        Self::Malformed,
        Self::UnknownKiosk,
        Self::Conflict,
        Self::PartsMissing,
        Self::TooLarge,
        Self::Unreadable,
        Self::NoMatch,
        Self::Wait,
        Self::NotInRepair,
        Self::Busy,
        Self::Fault,
    ];

    pub fn id(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKiosk => "unknown-kiosk",
            Self::Conflict => "conflict",
            Self::PartsMissing => "parts-missing",
            Self::TooLarge => "too-large",
            Self::Unreadable => "unreadable",
            Self::NoMatch => "no-match",
            Self::Wait => "wait",
            Self::NotInRepair => "not-in-repair",
            Self::Busy => "busy",
            Self::Fault => "fault",
        }
    }

    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::UnknownKiosk => 401,
            Self::Conflict | Self::NotInRepair => 409,
            Self::PartsMissing | Self::Unreadable => 422,
            Self::TooLarge => 413,
            Self::NoMatch => 404,
            Self::Wait => 429,
            Self::Busy => 503,
            Self::Fault => 500,
        }
    }

    /// May the very same request succeed later without anybody acting?
    pub fn passes_by_itself(self) -> bool {
        matches!(self, Self::PartsMissing | Self::Wait | Self::Busy | Self::Fault)
    }
}

impl Problem {
    pub fn new(kind: ProblemKind, title: impl Into<String>) -> Self {
        Self {
            kind_urn: format!("urn:klampid:problem:{}", kind.id()),
            title: title.into(),
            status: kind.status(),
            detail: String::new(),
            tries_left: None,
            wait_secs: None,
            missing: Vec::new(),
        }
    }

    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The kind, or `None` when the document is not one of ours (a proxy's, for instance).
    pub fn kind(&self) -> Option<ProblemKind> {
        let id = self.kind_urn.strip_prefix("urn:klampid:problem:")?;
        ProblemKind::ALL.into_iter().find(|kind| kind.id() == id)
    }
}
