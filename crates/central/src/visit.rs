//! From what a kiosk sent to the applications of a visit: one per service, each with the outputs its answers lead to.
//!
//! It decides nothing about acceptance and doubts nothing; `intake` and `recheck` do. The slip's promise stands for every
//! output that has no clock of its own, since a resident holds it in the hand.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Answers, Catalogue, Service};
use jiff::Timestamp;
use thiserror::Error;
use wire::v1;

use crate::db::outputs::Output;

/// What the slip says of one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub number: String,
    pub service: String,
    pub clock: String,
    pub due_at: Timestamp,
}

/// Why a visit cannot be kept at all. Everything else is kept and doubted.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum VisitError {
    #[error("the service is not in the catalogue")]
    UnknownService,
    #[error("the service ends in no submission")]
    NoOutput,
    #[error("the service's output has no path")]
    NoPath,
    #[error("the visit has too many applications, or one of them twice")]
    Also,
}

/// The applications of a submission, in the order of the slip.
pub fn claims(first: &v1::Application) -> Vec<Claim> {
    let own = Claim { number: first.number.clone(), service: first.service.clone(), clock: first.promise.clock.clone(), due_at: first.promise.due_at };
    let also =
        first.also.iter().map(|also| Claim { number: also.number.clone(), service: also.service.clone(), clock: also.clock.clone(), due_at: also.due_at });
    std::iter::once(own).chain(also).collect()
}

/// Are these few enough, and each number and each service there once?
///
/// # Errors
/// [`VisitError::Also`].
pub fn check_claims(claims: &[Claim]) -> Result<(), VisitError> {
    let numbers: BTreeSet<&str> = claims.iter().map(|claim| claim.number.as_str()).collect();
    let services: BTreeSet<&str> = claims.iter().map(|claim| claim.service.as_str()).collect();
    if claims.len() > 1 + v1::ALSO_MAX || numbers.len() != claims.len() || services.len() != claims.len() {
        return Err(VisitError::Also);
    }
    Ok(())
}

/// Answers and page counts as the catalogue's rules see them.
pub fn for_rules(answers: &BTreeMap<String, String>, pages: impl Iterator<Item = (String, usize)>) -> Answers {
    Answers { values: answers.clone(), pages: pages.collect() }
}

/// The service of a claim.
///
/// # Errors
/// [`VisitError::UnknownService`].
pub fn service<'a>(catalogue: &'a Catalogue, claim: &Claim) -> Result<&'a Service, VisitError> {
    catalogue.service(&claim.service).ok_or(VisitError::UnknownService)
}

/// The outputs that come of these answers, each at the start of its path since `since`.
///
/// # Errors
/// [`VisitError`].
pub fn outputs(catalogue: &Catalogue, claim: &Claim, answers: &Answers, submitted_at: Timestamp, since: Timestamp) -> Result<Vec<Output>, VisitError> {
    let service = service(catalogue, claim)?;
    let today = catalogue.city.local(submitted_at).date();
    let mut promised = catalogue.outputs(service, answers, today);
    if promised.is_empty() {
        // Answers that lead to nothing are doubted elsewhere; the slip is in the world, so there is something to decide about.
        promised = service.outputs.iter().take(1).collect();
    }
    let outputs: Result<Vec<Output>, VisitError> = promised
        .into_iter()
        .map(|known| {
            let start = &catalogue.path(&known.path).ok_or(VisitError::NoPath)?.start;
            let own = known.clock.as_ref().and_then(|_| catalogue.output_promise(service, known, answers, submitted_at));
            let (clock, due_at) = own.map_or_else(|| (claim.clock.clone(), claim.due_at), |promise| (promise.clock, promise.due_at));
            let place = service.outputs.iter().position(|other| other.id == known.id).unwrap_or(0);
            Ok(Output {
                id: known.id.clone(),
                place_no: i64::try_from(place).unwrap_or(i64::MAX),
                path: known.path.clone(),
                clock,
                due_at,
                state: start.clone(),
                state_since: since,
                stage: start.clone(),
                paused_at: None,
                met_at: None,
            })
        })
        .collect();
    match outputs? {
        outputs if outputs.is_empty() => Err(VisitError::NoOutput),
        outputs => Ok(outputs),
    }
}
