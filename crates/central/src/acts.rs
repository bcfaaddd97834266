//! What an officer may do to an application or to one of its outputs, and doing it.
//!
//! The state path of each output decides what may follow; this module adds which words an act needs. The rule a newcomer
//! would break: an act names the history length its officer saw, and is refused when the truth has moved on.

use catalogue::{Catalogue, ItemKind, Reason};
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

use crate::db::DbError;
use crate::db::applications::Application;
use crate::db::officers::SignedIn;
use crate::db::outputs::{Output, Words};
use crate::log_names::Event;
use crate::notes::{self, NOTE_CHARS_MAX};
use crate::office::Office;
use crate::progress::{Progress, STATE_ASKED, STATE_HELD};

/// What an officer wants.
#[derive(Clone, Debug)]
pub struct Act {
    pub to: String,
    /// Id of the one output it is about; empty for the application as a whole.
    pub output: String,
    /// History length on the officer's page.
    pub seen_lines: i64,
    /// Reason code of the whole application; empty when the act needs none.
    pub reason: String,
    pub note: String,
    /// Items to send back, only for `perlu-perbaikan`.
    pub items: Vec<SentBack>,
}

/// One item to ask again.
#[derive(Clone, Debug)]
pub struct SentBack {
    pub item: String,
    pub reason: String,
    pub note: String,
}

/// Words an act must come with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// A reason code.
    Reason,
    /// A sentence.
    Note,
    /// Items, each with a reason code.
    Items,
}

/// Why an act was not done. Nothing has changed then.
#[derive(Debug, Error)]
pub enum ActError {
    #[error("the application has moved on")]
    Stale,
    #[error("this state cannot follow")]
    NotAllowed,
    #[error("a reason code is needed")]
    ReasonMissing,
    #[error("a note is needed")]
    NoteMissing,
    #[error("a note is longer than {NOTE_CHARS_MAX} characters")]
    NoteTooLong,
    #[error("at least one item is needed")]
    ItemsMissing,
    #[error("an item is not part of this service")]
    ItemUnknown,
    #[error("a reason does not fit its item")]
    ReasonUnfit,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What moving to `state` needs.
pub fn needs(state: &str) -> Needs {
    match state {
        STATE_ASKED => Needs::Items,
        "ditolak" => Needs::Reason,
        // Why it was cancelled, why the clock stands still, who took the card.
        "dibatalkan" | STATE_HELD | "diambil" => Needs::Note,
        _ => Needs::Nothing,
    }
}

/// What an application is acted on with: its own bundle, and its outputs as they stand.
pub struct Desk<'a> {
    pub catalogue: &'a Catalogue,
    pub application: &'a Application,
    pub outputs: &'a [Output],
}

/// Does what `officer` wants with the application on the desk.
///
/// # Errors
/// [`ActError`].
pub async fn act(office: &Office, officer: &SignedIn, desk: &Desk<'_>, act: &Act) -> Result<(), ActError> {
    let application = desk.application;
    if act.seen_lines != application.lines {
        return Err(ActError::Stale);
    }
    let now = office.now();
    let progress = Progress::new(desk.catalogue, &application.service, desk.outputs);
    let actor = format!("petugas:{}", officer.login);
    let Some(change) = progress.change(&application.number, act.seen_lines, &act.output, &act.to, now, actor) else {
        Event::StateMoveRefused.log(&[("number", &application.number), ("from", &application.state), ("login", &officer.login)]);
        return Err(ActError::NotAllowed);
    };
    check_words(desk, act)?;
    let words = Words {
        reason: act.reason.clone(),
        note_sealed: notes::seal(office, &act.note),
        items: act.items.iter().map(|item| (item.item.clone(), item.reason.clone(), notes::seal(office, &item.note))).collect(),
        until: repair_until(office, now),
    };
    if !office.db.move_outputs(&change, &words).await? {
        return Err(ActError::Stale);
    }
    Event::StateMoved.log(&[("number", &application.number), ("to", &act.to), ("outputs", &change.outputs.len()), ("login", &officer.login)]);
    Ok(())
}

/// May an officer send an item of this kind back for this reason?
pub fn fits(reason: &Reason, kind: ItemKind) -> bool {
    reason.applies.contains(&kind)
}

fn check_words(desk: &Desk<'_>, act: &Act) -> Result<(), ActError> {
    let is_reason = |code: &str| desk.catalogue.reasons.contains_key(code);
    let notes = std::iter::once(&act.note).chain(act.items.iter().map(|item| &item.note));
    if notes.into_iter().any(|note| note.chars().count() > NOTE_CHARS_MAX) {
        return Err(ActError::NoteTooLong);
    }
    match needs(&act.to) {
        Needs::Nothing => {}
        Needs::Reason if is_reason(&act.reason) => {}
        Needs::Reason => return Err(ActError::ReasonMissing),
        Needs::Note if !act.note.is_empty() => {}
        Needs::Note => return Err(ActError::NoteMissing),
        Needs::Items if act.items.is_empty() => return Err(ActError::ItemsMissing),
        Needs::Items if !act.items.iter().all(|item| is_reason(&item.reason)) => return Err(ActError::ReasonMissing),
        Needs::Items => {}
    }
    if needs(&act.to) != Needs::Items && !act.items.is_empty() {
        return Err(ActError::ItemUnknown);
    }
    let service = desk.catalogue.service(&desk.application.service);
    for item in &act.items {
        let step = service.and_then(|service| service.step(&item.item)).ok_or(ActError::ItemUnknown)?;
        if !desk.catalogue.reasons.get(&item.reason).is_some_and(|reason| fits(reason, step.item_kind())) {
            return Err(ActError::ReasonUnfit);
        }
    }
    Ok(())
}

/// The end of the last day on which a repair is taken.
fn repair_until(office: &Office, now: Timestamp) -> Timestamp {
    let city = &office.catalogue().city;
    let last_day = city.local(now).date().saturating_add(i64::from(office.settings.repair_deadline_days).days());
    city.instant(last_day.at(23, 59, 59, 0))
}
