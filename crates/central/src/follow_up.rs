//! Telling the holder of a slip how far the applications of the visit are.
//!
//! Number or token, and PIN; any number of the visit opens all of it, the asked one first. Every try is counted before it is looked at, per application and per origin; an unknown
//! number takes the same steps and gives the same answer as a wrong PIN. Neither PIN nor token is ever logged.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;
use wire::v1::{FollowUp, HistoryLine, OutputProgress};
use zeroize::Zeroizing;

use crate::bundles::Reading;
use crate::db::DbError;
use crate::db::applications::{Application, Line};
use crate::db::outputs::Output;
use crate::db::tries::{Counted, Subject, Try};
use crate::dossier::{Dossier, DossierError};
use crate::keys::fingerprint;
use crate::log_names::Event;
use crate::notes;
use crate::office::Office;
use crate::progress::{Progress, STATE_HELD};
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

/// What the right PIN opens: every application of the visit, the asked one first.
pub struct Found {
    pub asked: Told,
    /// In the order of the slip.
    pub also: Vec<Told>,
}

/// One application as its holder is told of it.
pub struct Told {
    /// Its own progress; `also` is empty here.
    pub follow_up: FollowUp,
    pub outputs: Vec<Output>,
    pub history: Vec<Line>,
    /// Why something was refused, cancelled or held.
    pub verdicts: Vec<Verdict>,
    /// The clock on the slip.
    pub slip_clock: String,
    pub reading: Reading,
}

/// The officer's reason for stopping an application or some of its outputs.
pub struct Verdict {
    /// Outputs it is about, as stored; all of them when there is one verdict.
    pub outputs: Vec<String>,
    /// Reason code; empty when the words say it all.
    pub reason: String,
    pub note: String,
}

impl Found {
    /// As it travels: the asked application with the others in `also`.
    pub fn into_wire(self) -> FollowUp {
        FollowUp { also: self.also.into_iter().map(|told| told.follow_up).collect(), ..self.asked.follow_up }
    }
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
        // All numbers of a visit have one PIN, so their tries count together.
        Some(application) => office.keys.code("tries", &["visit", &application.key.to_string()]),
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
    let asked = tell(office, &application, &dossier).await?;
    let mut also = Vec::new();
    for other in office.db.visit(application.key).await?.iter().filter(|other| other.number != application.number) {
        also.push(tell(office, other, &dossier).await?);
    }
    Event::FollowUpAnswered.log(&[("number", &application.number), ("state", &application.state)]);
    Ok(Found { asked, also })
}

/// The counted subject for a kiosk or an address.
pub fn origin_subject(office: &Office, purpose: &str, origin: &Origin) -> Subject {
    let code = match origin {
        Origin::Kiosk(name) => office.keys.code("tries", &["kiosk", purpose, name]),
        Origin::Address(address) => office.keys.code("tries", &["address", purpose, &address.to_canonical().to_string()]),
    };
    Subject { code, free: TRIES_PER_ORIGIN }
}

async fn tell(office: &Office, application: &Application, dossier: &Dossier) -> Result<Told, FollowUpError> {
    let reading = office.bundles.of(&application.bundle).await;
    let history = office.db.history(&application.number).await?;
    let outputs = office.db.outputs(&application.number).await?;
    let progress = Progress::new(&reading.catalogue, &application.service, &outputs);
    let leading = progress.leading();
    let repair = match (Asked::of(office, &application.number, &outputs).await?, reading.catalogue.service(&application.service)) {
        (Some(asked), Some(service)) => Some(asked.to_wire(office, &reading.catalogue, service, dossier)),
        _ => None,
    };
    let now = office.now();
    let own_way = |line: &&Line| leading.is_none_or(|output| line.touches(&output.id));
    let follow_up = FollowUp {
        number: application.number.clone(),
        service: application.service.clone(),
        state: application.state.clone(),
        state_since: application.state_since,
        promise_due_at: leading.map_or(application.due_at, |output| progress.due_at(output, now)),
        history: history.iter().filter(own_way).map(|line| HistoryLine { state: line.state.clone(), at: line.at }).collect(),
        repair,
        outputs: outputs
            .iter()
            .map(|output| OutputProgress { id: progress.id(output).to_owned(), state: output.state.clone(), due_at: progress.due_at(output, now) })
            .collect(),
        also: Vec::new(),
    };
    let verdicts = verdicts(office, &outputs, &history);
    let slip_clock = dossier.claim(&application.number).map_or(String::new(), |claim| claim.clock.clone());
    Ok(Told { follow_up, verdicts, outputs, history, slip_clock, reading })
}

/// Why outputs stand still or ended badly, one verdict for each act that stopped them.
fn verdicts(office: &Office, outputs: &[Output], history: &[Line]) -> Vec<Verdict> {
    let mut by_line: BTreeMap<i64, Verdict> = BTreeMap::new();
    let stopped = outputs.iter().filter(|output| matches!(output.state.as_str(), "ditolak" | "dibatalkan" | STATE_HELD));
    for output in stopped {
        // The words of one act over several outputs stand on each of their lines.
        let Some(line) = history.iter().rfind(|line| line.touches(&output.id) && line.state == output.state) else { continue };
        let same_act = history.iter().find(|first| first.at == line.at && first.state == line.state && first.note_sealed == line.note_sealed);
        let key = same_act.map_or(line.line_no, |first| first.line_no);
        let fresh = || Verdict { outputs: Vec::new(), reason: line.reason.clone(), note: notes::open(office, &line.note_sealed) };
        by_line.entry(key).or_insert_with(fresh).outputs.push(output.id.clone());
    }
    by_line.into_values().collect()
}
