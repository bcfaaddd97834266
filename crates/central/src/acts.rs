//! What an officer may do to an application, and doing it.
//!
//! The catalogue's state path decides what may follow; this module adds which words an act needs. The rule a newcomer
//! would break: an act names the history length its officer saw, and is refused when the truth has moved on.

use jiff::{Timestamp, ToSpan};
use thiserror::Error;

use crate::db::DbError;
use crate::db::applications::{Application, Line, Move};
use crate::db::officers::SignedIn;
use crate::log_names::Event;
use crate::notes::{self, NOTE_CHARS_MAX};
use crate::office::Office;
use crate::repair::STATE_ASKED;

/// The state that stops the clock until it is released.
pub const STATE_HELD: &str = "ditahan";

/// What an officer wants.
#[derive(Clone, Debug)]
pub struct Act {
    pub to: String,
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

/// States that may follow now. A held application goes back to where it was held, or ends.
pub fn next_states<'a>(office: &'a Office, application: &Application, history: &[Line]) -> Vec<&'a str> {
    let catalogue = &office.catalogue;
    let path = catalogue.service(&application.service).and_then(|service| catalogue.path(&service.path));
    let next = path.map_or(&[][..], |path| path.next(&application.state));
    let before = history.iter().rev().map(|line| line.state.as_str()).find(|state| *state != STATE_HELD);
    next.iter()
        .map(String::as_str)
        .filter(|state| application.state != STATE_HELD || before == Some(*state) || catalogue.state(state).is_some_and(|state| state.terminal))
        .collect()
}

/// Does what `officer` wants with `application`.
///
/// # Errors
/// [`ActError`].
pub async fn act(office: &Office, officer: &SignedIn, application: &Application, act: &Act) -> Result<(), ActError> {
    if act.seen_lines != application.lines {
        return Err(ActError::Stale);
    }
    let history = office.db.history(&application.number).await?;
    if !next_states(office, application, &history).contains(&act.to.as_str()) {
        Event::StateMoveRefused.log(&[("number", &application.number), ("from", &application.state), ("login", &officer.login)]);
        return Err(ActError::NotAllowed);
    }
    check_words(office, application, act)?;
    let now = office.now();
    let items: Vec<_> = act.items.iter().map(|item| (item.item.clone(), item.reason.clone(), notes::seal(office, &item.note))).collect();
    let move_ = Move {
        number: &application.number,
        seen_lines: act.seen_lines,
        to: &act.to,
        closes: office.catalogue.state(&act.to).is_some_and(|state| state.terminal),
        at: now,
        due_at: office.due_at(application, now),
        actor: &format!("petugas:{}", officer.login),
        reason: &act.reason,
        note_sealed: &notes::seal(office, &act.note),
        items: &items,
        until: repair_until(office, now),
    };
    if !office.db.move_state(&move_).await? {
        return Err(ActError::Stale);
    }
    Event::StateMoved.log(&[("number", &application.number), ("to", &act.to), ("login", &officer.login)]);
    Ok(())
}

fn check_words(office: &Office, application: &Application, act: &Act) -> Result<(), ActError> {
    let is_reason = |code: &str| office.catalogue.reasons.contains_key(code);
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
    let service = office.catalogue.service(&application.service).ok_or(ActError::ItemUnknown)?;
    if act.items.iter().any(|item| service.step(&item.item).is_none()) || (needs(&act.to) != Needs::Items && !act.items.is_empty()) {
        return Err(ActError::ItemUnknown);
    }
    Ok(())
}

/// The end of the last day on which a repair is taken.
fn repair_until(office: &Office, now: Timestamp) -> Timestamp {
    let city = &office.catalogue.city;
    let last_day = city.local(now).date().saturating_add(i64::from(office.settings.repair_deadline_days).days());
    city.instant(last_day.at(23, 59, 59, 0))
}
