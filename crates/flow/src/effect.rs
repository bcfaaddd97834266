//! Everything the flow can wish for. Verbs, carried out in order by the app; results come back as events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::event::{Job, Source};
use crate::slip::{List, Slip};

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Make the key under which drafts of this session are sealed.
    BeginSession {
        session: Uuid,
    },
    /// Durable before the next page paints.
    SaveDraft {
        session: Uuid,
        draft: Vec<u8>,
    },
    /// Open the draft of an interrupted session.
    OpenDraft,
    /// Destroy the session's key, its draft, its unsent pages and every buffer.
    EndSession {
        session: Uuid,
    },
    /// What the camera is for now; `None` stops it.
    UseCamera(Option<CameraUse>),
    /// Take one picture and answer with `PageTaken` under this name.
    TakePage {
        part: String,
        /// What it should be, for the coach.
        wanted: crate::event::Wanted,
        source: Source,
    },
    /// Forget a picture that was not kept.
    DropPicture {
        part: String,
    },
    /// Seal a kept page and put it on disk.
    StorePage {
        session: Uuid,
        part: String,
    },
    /// Remove a stored page.
    DropPage {
        session: Uuid,
        part: String,
    },
    /// Mint key, token and PIN, and as many numbers: one for each service of the visit, none for a repair.
    Reserve {
        numbers: usize,
    },
    /// Commit the submission; the draft after it is the slip, so that a power cut cannot lose it.
    Enqueue(Box<Submission>),
    PrintSlip {
        job: Job,
        slip: Box<Slip>,
    },
    PrintList {
        job: Job,
        list: Box<List>,
    },
    AskFollowUp {
        id: String,
        pin: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraUse {
    /// Live picture of a paper.
    Document,
    /// Live picture, and every frame is searched for a QR.
    Code,
}

/// A finished application or repair on its way to the outbox.
#[derive(Clone, PartialEq)]
pub struct Submission {
    pub session: Uuid,
    pub key: Uuid,
    pub number: String,
    pub body: Body,
    pub bundle: String,
    pub submitted_at: Timestamp,
    pub answers: BTreeMap<String, String>,
    pub papers: BTreeMap<String, Vec<Page>>,
    /// Draft that replaces the session's draft in the same commit.
    pub draft_after: Vec<u8>,
}

#[derive(Clone, PartialEq)]
pub enum Body {
    Application {
        service: String,
        kelurahan: String,
        language: String,
        token: String,
        pin_verifier: String,
        clock: String,
        due_at: Timestamp,
        /// Further services of the visit; answers and pages are shared.
        also: Vec<AlsoApplication>,
    },
    Patch {
        permit: String,
    },
}

/// A further service of the visit, with its own number and clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlsoApplication {
    pub number: String,
    pub service: String,
    pub clock: String,
    pub due_at: Timestamp,
}

/// One kept page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Page {
    pub part: String,
    pub findings: Vec<crate::event::PageFinding>,
    pub source: String,
}

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submission").field("number", &self.number).field("answers", &"•••").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Application { .. } => "Application(•••)",
            Self::Patch { .. } => "Patch(•••)",
        })
    }
}
