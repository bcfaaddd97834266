//! From a finished submission to the words of the wire, written once at submission and never translated again.
//!
//! The cover is stored beside the sealed parts; the manifest is the cover plus what the parts turned out to be, and comes
//! out the same at every attempt, since its bytes are the submission's identity at central.

use flow::effect::{Body, Submission};
use serde::{Deserialize, Serialize};
use wire::v1::{Application, Kind, Manifest, PageRef, PartRef, Patch, Payload, Promise};

/// Name of the part that holds the sealed payload.
pub const PAYLOAD_PART: &str = "payload";

/// What the outbox stores.
pub struct Written {
    pub cover: Vec<u8>,
    pub payload: Vec<u8>,
    /// Names of the session's pages, in the order of the payload.
    pub pages: Vec<String>,
}

/// The manifest without its parts.
#[derive(Serialize, Deserialize)]
struct Cover {
    kind: Kind,
    kiosk: String,
    bundle: String,
    created_at: jiff::Timestamp,
}

/// Writes a submission in the wire's current version.
pub fn write(submission: &Submission, kiosk: &str) -> Result<Written, serde_json::Error> {
    let papers: std::collections::BTreeMap<String, Vec<PageRef>> =
        submission.papers.iter().map(|(id, pages)| (id.clone(), pages.iter().map(page_ref).collect())).collect();
    let pages = papers.values().flatten().map(|page| page.part.clone()).collect();
    let (kind, payload) = match &submission.body {
        Body::Application { service, kelurahan, language, token, pin_verifier, clock, due_at, also } => {
            let application = Application {
                number: submission.number.clone(),
                service: service.clone(),
                kelurahan: kelurahan.clone(),
                language: language.clone(),
                answers: submission.answers.clone(),
                papers,
                token: token.clone(),
                pin_verifier: pin_verifier.clone(),
                submitted_at: submission.submitted_at,
                promise: Promise { clock: clock.clone(), due_at: *due_at },
                also: also.iter().map(also_application).collect(),
            };
            (Kind::Application, Payload::Application(application))
        }
        Body::Patch { permit } => {
            let patch = Patch {
                number: submission.number.clone(),
                permit: permit.clone(),
                answers: submission.answers.clone(),
                papers,
                submitted_at: submission.submitted_at,
            };
            (Kind::Patch, Payload::Patch(patch))
        }
    };
    let cover = Cover { kind, kiosk: kiosk.to_owned(), bundle: submission.bundle.clone(), created_at: submission.submitted_at };
    Ok(Written { cover: serde_json::to_vec(&cover)?, payload: serde_json::to_vec(&payload)?, pages })
}

fn also_application(also: &flow::effect::AlsoApplication) -> wire::v1::AlsoApplication {
    wire::v1::AlsoApplication { number: also.number.clone(), service: also.service.clone(), clock: also.clock.clone(), due_at: also.due_at }
}

/// The manifest of a queued item; `None` when the stored cover is not one of ours.
pub fn manifest(item: &outbox::QueuedItem) -> Option<Vec<u8>> {
    let cover: Cover = serde_json::from_slice(&item.manifest).ok()?;
    let part = |part: &outbox::PartRef| PartRef { name: part.name.clone(), sha256: part.sha256.clone(), bytes: part.bytes };
    let (payload, pages): (Vec<_>, Vec<_>) = item.parts.iter().map(part).partition(|part| part.name == PAYLOAD_PART);
    let manifest = Manifest {
        key: item.key,
        kind: cover.kind,
        number: item.number.clone(),
        kiosk: cover.kiosk,
        bundle: cover.bundle,
        created_at: cover.created_at,
        payload: payload.into_iter().next()?,
        pages,
    };
    serde_json::to_vec(&manifest).ok()
}

fn page_ref(page: &flow::effect::Page) -> PageRef {
    PageRef { part: page.part.clone(), findings: page.findings.iter().map(|finding| finding.word().to_owned()).collect(), source: page.source.clone() }
}
