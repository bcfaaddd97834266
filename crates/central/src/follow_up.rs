//! Telling the holder of a slip how far the application is.
//!
//! Number or token, and PIN. Every try is counted before it is looked at, per application and per origin; an unknown
//! number takes the same steps and gives the same answer as a wrong PIN. Neither PIN nor token is ever logged.

use std::sync::Arc;

use thiserror::Error;
use wire::v1::{FollowUp, HistoryLine};
use zeroize::Zeroizing;

use crate::acts::STATE_HELD;
use crate::db::DbError;
use crate::db::applications::Application;
use crate::db::tries::{Counted, Subject, Try};
use crate::dossier::{Dossier, DossierError};
use crate::keys::fingerprint;
use crate::log_names::Event;
use crate::notes;
use crate::office::Office;
use crate::repair::Asked;
use crate::verify::Busy;

/// Wrong PINs per application before the first delay.
pub const TRIES_PER_APPLICATION: i64 = 5;
/// Wrong PINs per address or kiosk before the first delay. Larger, because a whole office may sit behind one address.
pub const TRIES_PER_ORIGIN: i64 = 30;
/// Longest id and PIN that are looked at, in bytes.
const ID_BYTES_MAX: usize = 64;
const PIN_BYTES_MAX: usize = 16;

/// Where a try comes from, for counting.
#[derive(Clone, Debug)]
pub enum Origin {
    Kiosk(String),
    Address(std::net::IpAddr),
}

/// Why nothing is told.
#[derive(Debug, Error)]
pub enum FollowUpError {
    #[error("no such application, or the PIN is not its PIN")]
    NoMatch(Counted),
    #[error("too many wrong tries")]
    Wait { secs: i64 },
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Dossier(#[from] DossierError),
}

/// What the right PIN opens.
pub struct Found {
    pub follow_up: FollowUp,
    /// Why it was refused, cancelled or held.
    pub verdict: Option<Verdict>,
}

/// The officer's reason for stopping an application.
pub struct Verdict {
    /// Reason code; empty when the words say it all.
    pub reason: String,
    pub note: String,
}

/// Looks an application up by number or token and checks its PIN.
///
/// # Errors
/// [`FollowUpError`]; [`FollowUpError::NoMatch`] does not tell an unknown number from a wrong PIN.
pub async fn ask(office: &Arc<Office>, origin: &Origin, id: &str, pin: &str) -> Result<Found, FollowUpError> {
    let id: String = id.chars().filter(|letter| !letter.is_whitespace()).take(ID_BYTES_MAX).collect::<String>().to_uppercase();
    let by_number = office.db.application(&id).await?;
    let by_token = office.db.application_of_token(&fingerprint(&id)).await?;
    let application = by_number.or(by_token);
    let own = match &application {
        Some(application) => office.keys.code("tries", &["application", &application.number]),
        None => office.keys.code("tries", &["unknown", &id]),
    };
    let own = Subject { code: own, free: TRIES_PER_APPLICATION };
    let origin = origin_subject(office, "pin", origin);
    let counted = match office.db.count_try(&[own.clone(), origin.clone()], office.now()).await? {
        Try::Counted(counted) => counted,
        Try::Wait(secs) => {
            Event::FollowUpRefused.log(&[("wait_secs", &secs)]);
            return Err(FollowUpError::Wait { secs });
        }
    };
    let dossier = match &application {
        Some(application) => Some(Dossier::open(office, application).await?),
        None => {
            let _ = office.keys.unseal(&office.stand_in);
            None
        }
    };
    let verifier = dossier.as_ref().map(|dossier| dossier.first.pin_verifier.clone());
    let pin = Zeroizing::new(pin.trim().chars().take(PIN_BYTES_MAX).collect::<String>());
    let right = office.verifier.check(pin, verifier).await?;
    let (Some(application), Some(dossier), true) = (application, dossier, right) else {
        Event::FollowUpRefused.log(&[("tries_left", &counted.left)]);
        return Err(FollowUpError::NoMatch(counted));
    };
    office.db.try_was_right(&own, &origin).await?;
    let found = tell(office, &application, &dossier).await?;
    Event::FollowUpAnswered.log(&[("number", &application.number), ("state", &application.state)]);
    Ok(found)
}

/// The counted subject for a kiosk or an address.
pub fn origin_subject(office: &Office, purpose: &str, origin: &Origin) -> Subject {
    let code = match origin {
        Origin::Kiosk(name) => office.keys.code("tries", &["kiosk", purpose, name]),
        Origin::Address(address) => office.keys.code("tries", &["address", purpose, &address.to_canonical().to_string()]),
    };
    Subject { code, free: TRIES_PER_ORIGIN }
}

async fn tell(office: &Office, application: &Application, dossier: &Dossier) -> Result<Found, FollowUpError> {
    let history = office.db.history(&application.number).await?;
    let repair = match (Asked::of(office, application).await?, office.catalogue.service(&application.service)) {
        (Some(asked), Some(service)) => Some(asked.to_wire(office, service, dossier)),
        _ => None,
    };
    let stops = matches!(application.state.as_str(), "ditolak" | "dibatalkan" | STATE_HELD);
    let verdict = history.last().filter(|_| stops).map(|line| Verdict { reason: line.reason.clone(), note: notes::open(office, &line.note_sealed) });
    let follow_up = FollowUp {
        number: application.number.clone(),
        service: application.service.clone(),
        state: application.state.clone(),
        state_since: application.state_since,
        promise_due_at: office.due_at(application, office.now()),
        history: history.into_iter().map(|line| HistoryLine { state: line.state, at: line.at }).collect(),
        repair,
    };
    Ok(Found { follow_up, verdict })
}
