//! Accepting a submission exactly once.
//!
//! Order matters: who sends, what shape, seen before?, parts here and right, payload opens and agrees, and then one
//! transaction over every application of the visit that ends in a signed receipt. What the rules doubt is accepted and marked:
//! a resident holds the slip. Everything before the transaction may be repeated without a trace; after it,
//! the same key and manifest bring the very same receipt. The rule a newcomer would break: nothing of the payload but
//! numbers, services, kelurahan and times may reach the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;
use wire::receipt::{Receipt, SignedReceipt, manifest_sha256};
use wire::v1::{self, Kind, MANIFEST_BYTES_MAX, Manifest, PARTS_MAX, PageRef, Payload};

use crate::bundles::Reading;
use crate::chance;
use crate::db::DbError;
use crate::db::applications::Application;
use crate::db::outputs::Output;
use crate::db::submissions::{NewApplication, NewPatch, NewSubmission, NewVisit, Outcome};
use crate::dossier::Dossier;
use crate::keys::{fingerprint, same_secret};
use crate::log_names::Event;
use crate::office::Office;
use crate::progress::{Progress, STATE_CHECKED};
use crate::repair::{Asked, held_steps};
use crate::store::{Held, Store};
use crate::verify;
use crate::visit::{self, VisitError, check_claims};

/// Longest application number, in characters.
pub const NUMBER_CHARS_MAX: usize = 32;
/// How often a patch is looked at while officers move other outputs of its application.
const PATCH_LOOKS_MAX: u32 = 4;
/// Shortest and longest slip token, in characters.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 16..=64;

/// Why a submission was not accepted.
#[derive(Debug, Error)]
pub enum IntakeError {
    #[error("the manifest does not fit its shape: {0}")]
    Malformed(String),
    #[error("the manifest names another kiosk than the credential")]
    OtherKiosk,
    #[error("{0}")]
    Conflict(&'static str),
    #[error("parts are not here yet")]
    PartsMissing(Vec<String>),
    #[error("{0}")]
    Unreadable(&'static str),
    #[error(transparent)]
    Visit(#[from] VisitError),
    #[error("{0}")]
    NotInRepair(&'static str),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the sealed parts cannot be read")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Dossier(#[from] crate::dossier::DossierError),
}

/// Takes the manifest `body` that `kiosk` sent under `key`.
///
/// # Errors
/// [`IntakeError`]; nothing was accepted then, and nothing that was accepted before has changed.
pub async fn accept(office: &Arc<Office>, kiosk: &str, key: Uuid, body: &[u8]) -> Result<SignedReceipt, IntakeError> {
    let manifest = read_manifest(key, body)?;
    if manifest.kiosk != kiosk {
        return Err(IntakeError::OtherKiosk);
    }
    let sha256 = manifest_sha256(body);
    let _one_at_a_time = office.lock_key(key).await;
    if let Some(receipt) = repeat(office, &manifest, &sha256).await? {
        return Ok(receipt);
    }
    let payload = open_payload(office, &manifest).await?;
    let accepted_at = office.now();
    let receipt = Receipt { version: v1::VERSION, key, number: manifest.number.clone(), manifest_sha256: sha256.clone(), accepted_at };
    let receipt = office.keys.sign(&receipt);
    let new = NewSubmission { manifest: &manifest, manifest_sha256: &sha256, receipt: &receipt, accepted_at };
    let (outcome, event) = match &payload {
        Payload::Application(application) => (take_visit(office, &new, application).await?, Event::SubmissionAccepted),
        Payload::Patch(patch) => (take_patch(office, &new, patch).await?, Event::PatchAccepted),
    };
    match outcome {
        Outcome::Accepted => {
            event.log(&[("number", &manifest.number), ("kiosk", &kiosk), ("parts", &(manifest.pages.len() + 1))]);
            Ok(receipt)
        }
        // Another central process beside this one was faster; its receipt is the one that counts.
        Outcome::KeyTaken => repeat(office, &manifest, &sha256).await?.ok_or(IntakeError::Conflict("the key was taken and let go again")),
        Outcome::NumberTaken => Err(IntakeError::Conflict("the number or the token belongs to another application")),
        Outcome::MovedOn => Err(IntakeError::NotInRepair("the application moved on")),
    }
}

/// The receipt of a submission that is already here.
async fn repeat(office: &Office, manifest: &Manifest, sha256: &str) -> Result<Option<SignedReceipt>, IntakeError> {
    match office.db.kept(manifest.key).await? {
        None => Ok(None),
        Some(kept) if kept.manifest_sha256 == sha256 => {
            Event::SubmissionRepeated.log(&[("number", &manifest.number)]);
            Ok(Some(kept.receipt))
        }
        Some(_) => Err(IntakeError::Conflict("the key was accepted with another manifest")),
    }
}

fn read_manifest(key: Uuid, body: &[u8]) -> Result<Manifest, IntakeError> {
    let malformed = |reason: &str| Err(IntakeError::Malformed(reason.to_owned()));
    if body.len() > MANIFEST_BYTES_MAX {
        return malformed("too long");
    }
    let manifest: Manifest =
        serde_json::from_slice(body).map_err(|reason| IntakeError::Malformed(format!("line {} column {}", reason.line(), reason.column())))?;
    let parts: Vec<_> = std::iter::once(&manifest.payload).chain(&manifest.pages).collect();
    let names: BTreeSet<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    if manifest.key != key {
        return malformed("`key` is not the key of the address");
    }
    if !number_is_plain(&manifest.number) {
        return malformed("`number` is not a number of ours");
    }
    if parts.len() > PARTS_MAX || names.len() != parts.len() || !names.iter().all(|name| Store::name_is_plain(name)) {
        return malformed("`pages` are too many, or named twice, or named oddly");
    }
    if parts.iter().any(|part| part.bytes > v1::PART_BYTES_MAX) {
        return malformed("a part is larger than a part may be");
    }
    let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if !is_hash(&manifest.bundle) || !parts.iter().all(|part| is_hash(&part.sha256)) {
        return malformed("a hash is not 64 hexadecimal digits");
    }
    Ok(manifest)
}

/// Capitals, digits and hyphens, so that a number can stand in a log line, an address and a search.
pub fn number_is_plain(number: &str) -> bool {
    (5..=NUMBER_CHARS_MAX).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Checks that every part is here as named, then opens the payload and compares it with its cover.
async fn open_payload(office: &Arc<Office>, manifest: &Manifest) -> Result<Payload, IntakeError> {
    let work = {
        let (office, manifest) = (Arc::clone(office), manifest.clone());
        move || -> Result<_, IntakeError> {
            let mut missing = Vec::new();
            for part in std::iter::once(&manifest.payload).chain(&manifest.pages) {
                match office.store.check(manifest.key, part)? {
                    Held::Right => {}
                    Held::Missing => missing.push(part.name.clone()),
                    Held::Wrong => {
                        Event::PartSetAside.log(&[("key", &manifest.key), ("part", &part.name)]);
                        office.store.set_aside(manifest.key, &part.name, Uuid::from_bytes(*chance::bytes::<16>()))?;
                        missing.push(part.name.clone());
                    }
                }
            }
            if !missing.is_empty() {
                return Err(IntakeError::PartsMissing(missing));
            }
            let sealed = office.store.read(manifest.key, &manifest.payload.name)?;
            office.keys.unseal(&sealed).map_err(|_| IntakeError::Unreadable("the payload is not sealed to this central"))
        }
    };
    let plain = tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)??;
    let payload: Payload = serde_json::from_slice(&plain).map_err(|_| IntakeError::Unreadable("the payload does not fit its shape"))?;
    let (kind, number, papers) = match &payload {
        Payload::Application(application) => (Kind::Application, &application.number, &application.papers),
        Payload::Patch(patch) => (Kind::Patch, &patch.number, &patch.papers),
    };
    if kind != manifest.kind || *number != manifest.number {
        return Err(IntakeError::Unreadable("the payload contradicts its manifest"));
    }
    if !names_the_same(manifest, papers) {
        return Err(IntakeError::Unreadable("the payload's pages are not the manifest's pages"));
    }
    Ok(payload)
}

fn names_the_same(manifest: &Manifest, papers: &BTreeMap<String, Vec<PageRef>>) -> bool {
    let inside: Vec<&str> = papers.values().flatten().map(|page| page.part.as_str()).collect();
    let named: BTreeSet<&str> = manifest.pages.iter().map(|page| page.name.as_str()).collect();
    inside.len() == named.len() && inside.into_iter().collect::<BTreeSet<_>>() == named
}

async fn take_visit(office: &Arc<Office>, new: &NewSubmission<'_>, application: &v1::Application) -> Result<Outcome, IntakeError> {
    let token = application.token.to_uppercase();
    if !TOKEN_CHARS.contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(IntakeError::Unreadable("the token is not a token of ours"));
    }
    if !verify::is_acceptable(&application.pin_verifier) {
        return Err(IntakeError::Unreadable("the PIN verifier is not one of ours"));
    }
    let code = &application.kelurahan;
    if !(1..=16).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(IntakeError::Unreadable("the kelurahan is not a code"));
    }
    if !application.also.iter().all(|also| number_is_plain(&also.number)) {
        return Err(IntakeError::Unreadable("a further number is not a number of ours"));
    }
    let dossier = Dossier::of(new.manifest.key, application.clone());
    check_claims(&dossier.claims)?;
    let reading = office.bundles.of(&new.manifest.bundle).await;
    let answers = dossier.for_rules();
    let mut applications = Vec::with_capacity(dossier.claims.len());
    for claim in &dossier.claims {
        let outputs = visit::outputs(&reading.catalogue, claim, &answers, application.submitted_at, new.accepted_at)?;
        let service = visit::service(&reading.catalogue, claim)?;
        let doubts = dossier.doubts(&reading, &claim.number, &outputs, new.accepted_at).len();
        if doubts > 0 {
            Event::DoubtsFound.log(&[("number", &claim.number), ("doubts", &doubts)]);
        }
        applications.push(NewApplication {
            number: claim.number.clone(),
            service: service.id.clone(),
            menu: service.menu.id().to_owned(),
            doubts: i64::try_from(doubts).unwrap_or(i64::MAX),
            summary: Progress::new(&reading.catalogue, &service.id, &outputs).summary(),
            outputs,
        });
    }
    let visit = NewVisit { kelurahan: code, token_sha256: &fingerprint(&token), submitted_at: application.submitted_at, applications };
    Ok(office.db.accept_visit(new, &visit).await?)
}

/// An officer may move another output while a patch arrives; that is no reason to refuse it, so it is looked at again.
async fn take_patch(office: &Arc<Office>, new: &NewSubmission<'_>, patch: &v1::Patch) -> Result<Outcome, IntakeError> {
    for _ in 1..PATCH_LOOKS_MAX {
        match look_at_patch(office, new, patch).await? {
            Outcome::MovedOn => {}
            outcome => return Ok(outcome),
        }
    }
    look_at_patch(office, new, patch).await
}

async fn look_at_patch(office: &Arc<Office>, new: &NewSubmission<'_>, patch: &v1::Patch) -> Result<Outcome, IntakeError> {
    let refused = |reason| Err(IntakeError::NotInRepair(reason));
    let Some(application) = office.db.application(&patch.number).await? else { return refused("no application waits under this number") };
    let outputs = office.db.outputs(&application.number).await?;
    let Some(asked) = Asked::of(office, &application.number, &outputs).await? else { return refused("the application does not wait for a repair") };
    if !same_secret(&asked.permit, &patch.permit) {
        return refused("the permit is for another request");
    }
    if asked.items.iter().all(|item| item.until < patch.submitted_at) {
        return refused("the time for the repair is over");
    }
    let reading = office.bundles.of(&application.bundle).await;
    let catalogue = &reading.catalogue;
    let service = catalogue.service(&application.service).ok_or(IntakeError::Unreadable("the service is not in the catalogue"))?;
    let mut dossier = Dossier::open(office, &application).await?;
    let allowed = asked.allowed(service, &held_steps(catalogue, service, &dossier));
    let items: Vec<&String> = patch.answers.keys().chain(patch.papers.keys()).collect();
    if items.is_empty() || !items.iter().all(|item| allowed.contains(*item)) {
        return refused("the patch holds other items than those asked for");
    }
    dossier.lay_over(new.manifest.key, patch);
    let row = repaired(office, &reading, new, &application, &outputs, &dossier).await?;
    Ok(office.db.accept_patch(new, &row).await?)
}

/// What a patch changes: outputs that waited are looked at again, outputs that its answers newly lead to are added, and
/// every application of the visit is doubted anew, since a repaired item may be shared.
async fn repaired(
    office: &Office,
    reading: &Reading,
    new: &NewSubmission<'_>,
    application: &Application,
    outputs: &[Output],
    dossier: &Dossier,
) -> Result<NewPatch, IntakeError> {
    let progress = Progress::new(&reading.catalogue, &application.service, outputs);
    let named = outputs.iter().all(|output| !output.id.is_empty());
    let added = match dossier.claim(&application.number).filter(|_| named) {
        Some(claim) => visit::outputs(&reading.catalogue, claim, &dossier.for_rules(), application.submitted_at, new.accepted_at)?,
        None => Vec::new(),
    };
    let added = added.into_iter().filter(|output| outputs.iter().all(|held| held.id != output.id));
    let added: Vec<Output> = added.map(|output| Output { state: STATE_CHECKED.into(), stage: STATE_CHECKED.into(), ..output }).collect();
    let actor = format!("kiosk:{}", new.manifest.kiosk);
    let change = progress.repaired(&application.number, application.lines, added, new.accepted_at, actor);
    let mut doubts = Vec::new();
    for other in office.db.visit(application.key).await? {
        let mut held = office.db.outputs(&other.number).await?;
        if other.number == application.number {
            held.retain(|output| change.outputs.iter().all(|moved| moved.id != output.id));
            held.extend(change.outputs.iter().cloned());
        }
        let found = dossier.doubts(reading, &other.number, &held, other.accepted_at).len();
        doubts.push((other.number, i64::try_from(found).unwrap_or(i64::MAX)));
    }
    Ok(NewPatch { change, doubts })
}
