//! The draft: one sealed row that makes each answer durable before the next page paints.
//!
//! A session begins by putting its key on disk, saves drafts under it, and ends by destroying the key. After a crash or
//! power cut the key lives at most `draft_resume_secs_max` longer, then the draft and its pages go with it.
//! It is not a history: each save replaces the row.
//! The rule a newcomer would break: the key is destroyed first and the row after; the other way round, a crash in
//! between would leave a key with no end.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::OptionalExtension;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::fault::{StoreFault, sqlite_errors_become};
use crate::handle::Outbox;
use crate::opening::OpenError;
use crate::session_key::{FoundKey, HeldKey, SessionKey};
use crate::store::{SessionState, Store, timestamp};

/// A draft of an interrupted session, still sealed. Its content is shown to nobody before the resident proves to be back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFound {
    /// The interrupted session.
    pub session: Uuid,
    /// When that session began, by the wall clock of then.
    pub began_at: Timestamp,
    /// When the draft was last saved, by the wall clock of then.
    pub saved_at: Timestamp,
}

/// What became of the session that ran when the program last stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftOutcome {
    /// The last session ended in order, or saved nothing.
    None,
    /// A draft waits: resume it, or destroy its session.
    Found(DraftFound),
    /// It was too old, or from a clock that cannot be compared; key, row and pages are destroyed.
    Expired,
    /// Key and row do not belong together, which follows a crash inside `destroy_session`; both are destroyed.
    Orphaned,
}

/// An opened draft. The plaintext is wiped when dropped.
pub struct ResumedDraft {
    /// The session that is live again.
    pub session: Uuid,
    /// When the draft was last saved.
    pub saved_at: Timestamp,
    /// What was handed to `save_draft`, or to `enqueue` as `draft_after`.
    pub plaintext: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for ResumedDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResumedDraft").field("session", &self.session).field("saved_at", &self.saved_at).field("plaintext", &"•••").finish()
    }
}

/// Why a session cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginSessionError {
    /// The key of another session exists; resume or destroy that one first.
    #[error("another session still holds a key")]
    AnotherSession,
    /// Less than `Limits::reserve_bytes` is free, or the queue is at its limit: a finished application might not fit.
    #[error("no room for a new application")]
    NoRoom,
    /// The key could not be made durable.
    #[error("the session key could not be written")]
    Key(#[source] io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why a draft was not saved. The earlier draft stands.
#[derive(Debug, thiserror::Error)]
pub enum SaveDraftError {
    /// This session is not the running one.
    #[error("the session is not running")]
    NoSession,
    /// Larger than `Limits::draft_bytes_max`.
    #[error("the draft has {bytes} bytes, at most {bytes_max} are allowed")]
    TooLarge {
        /// Size handed in.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The system gave no random bytes for the nonce.
    #[error("the draft could not be sealed")]
    Seal,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why an interrupted draft was not opened.
#[derive(Debug, thiserror::Error)]
pub enum ResumeDraftError {
    /// There is none.
    #[error("there is no interrupted draft")]
    None,
    /// Older than `Limits::draft_resume_secs_max`; it is destroyed now.
    #[error("the draft was too old and is destroyed")]
    TooOld,
    /// It does not open under its key; it is destroyed now.
    #[error("the draft did not open and is destroyed")]
    Unreadable,
    /// The draft had to be destroyed and that did not work.
    #[error("the draft could not be destroyed")]
    Destroy(#[source] DestroySessionError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why a session could not be wiped; call again.
#[derive(Debug, thiserror::Error)]
pub enum DestroySessionError {
    /// The key file could not be overwritten or unlinked.
    #[error("the session key could not be destroyed")]
    Key(#[source] io::Error),
    /// The key is gone, but the sealed rows are still there; the next opening removes them too.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

sqlite_errors_become!(BeginSessionError, SaveDraftError, ResumeDraftError, DestroySessionError);

impl Outbox {
    /// Makes `session` the running one, its key durable on disk.
    ///
    /// # Errors
    /// [`BeginSessionError::NoRoom`] is the moment to close new applications; the queue itself still works.
    pub fn begin_session(&self, session: Uuid, key: SessionKey, now: Timestamp) -> Result<(), BeginSessionError> {
        self.call(move |store| store.begin_session(HeldKey { session, began_at: now, key }))
    }

    /// Replaces the draft of the running session; durable, with exactly one sync, when this returns.
    ///
    /// # Errors
    /// After any of them the earlier draft stands, save `Timeout`, after which either may.
    pub fn save_draft(&self, session: Uuid, plaintext: &[u8], now: Timestamp) -> Result<(), SaveDraftError> {
        let plaintext = Zeroizing::new(plaintext.to_vec());
        self.call(move |store| store.save_draft(session, &plaintext, now))
    }

    /// Opens the draft that [`DraftOutcome::Found`] reported and makes its session the running one again.
    ///
    /// # Errors
    /// A draft that is too old or does not open is destroyed, key first, before the error returns.
    pub fn resume_draft(&self, now: Timestamp) -> Result<ResumedDraft, ResumeDraftError> {
        self.call(move |store| store.resume_draft(now))
    }

    /// Ends `session`, running or interrupted: its key, its draft and the pages no submission adopted are gone.
    ///
    /// Calling it for a session that is already gone succeeds.
    ///
    /// # Errors
    /// See [`DestroySessionError`]; calling again continues where it stopped.
    pub fn destroy_session(&self, session: Uuid) -> Result<(), DestroySessionError> {
        self.call(move |store| store.destroy_session(session))
    }
}

impl Store {
    fn begin_session(&mut self, held: HeldKey) -> Result<(), BeginSessionError> {
        if !matches!(self.session, SessionState::None) {
            return Err(BeginSessionError::AnotherSession);
        }
        let full = self.free_bytes()? < self.limits.reserve_bytes;
        if full || self.queued_count()? >= self.limits.queued_items_max {
            return Err(BeginSessionError::NoRoom);
        }
        // Rows of a session whose key is gone but whose deletion did not finish.
        self.delete_sessions_except(None)?;
        if let Err(error) = self.key_file.create(&held) {
            // A half-written key must not block the next session; if even this does not work, the next opening does it.
            let _ = self.key_file.destroy();
            return Err(BeginSessionError::Key(error));
        }
        self.session = SessionState::Live(held);
        Ok(())
    }

    fn save_draft(&mut self, session: Uuid, plaintext: &[u8], now: Timestamp) -> Result<(), SaveDraftError> {
        let (bytes, bytes_max) = (plaintext.len(), self.limits.draft_bytes_max);
        if bytes > bytes_max {
            return Err(SaveDraftError::TooLarge { bytes, bytes_max });
        }
        let held = self.live_key(session).ok_or(SaveDraftError::NoSession)?;
        let sealed = held.seal(plaintext).map_err(|_| SaveDraftError::Seal)?;
        let tx = self.write()?;
        put_draft(&tx, session, &sealed, now)?;
        Ok(tx.commit()?)
    }

    fn resume_draft(&mut self, now: Timestamp) -> Result<ResumedDraft, ResumeDraftError> {
        let SessionState::Interrupted(held) = &self.session else {
            return Err(ResumeDraftError::None);
        };
        let session = held.session;
        let row: Option<(i64, Vec<u8>)> = self
            .conn
            .query_row("SELECT saved_at_ms, sealed FROM draft WHERE session = ?1", [session.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((saved_at_ms, sealed)) = row else {
            return Err(ResumeDraftError::None);
        };
        let saved_at = timestamp(saved_at_ms)?;
        let refusal = if is_too_old(saved_at, now, self.limits.draft_resume_secs_max) {
            ResumeDraftError::TooOld
        } else {
            match held.open(&sealed) {
                Ok(plaintext) => {
                    self.session = match std::mem::replace(&mut self.session, SessionState::None) {
                        SessionState::Interrupted(held) => SessionState::Live(held),
                        other => other,
                    };
                    return Ok(ResumedDraft { session, saved_at, plaintext });
                }
                Err(_) => ResumeDraftError::Unreadable,
            }
        };
        self.destroy_session(session).map_err(ResumeDraftError::Destroy)?;
        Err(refusal)
    }

    fn destroy_session(&mut self, session: Uuid) -> Result<(), DestroySessionError> {
        let holds_key = match &self.session {
            SessionState::Live(held) | SessionState::Interrupted(held) => held.session == session,
            SessionState::None => false,
        };
        if holds_key {
            self.key_file.destroy().map_err(DestroySessionError::Key)?;
            self.session = SessionState::None;
        }
        let id = session.to_string();
        let tx = self.write()?;
        tx.execute("DELETE FROM draft WHERE session = ?1", [&id])?;
        tx.execute("DELETE FROM parts WHERE session = ?1", [&id])?;
        tx.commit()?;
        self.checkpoint_wanted = true;
        Ok(())
    }

    /// Removes drafts and unadopted pages of every session but `kept`; costs no sync when there are none.
    fn delete_sessions_except(&mut self, kept: Option<Uuid>) -> Result<(), StoreFault> {
        let kept = kept.map(|session| session.to_string());
        let left: i64 = self.conn.query_row(
            "SELECT (SELECT count(*) FROM draft WHERE session IS NOT ?1)
                  + (SELECT count(*) FROM parts WHERE session IS NOT NULL AND session IS NOT ?1)",
            [&kept],
            |row| row.get(0),
        )?;
        if left > 0 {
            let tx = self.write()?;
            tx.execute("DELETE FROM draft WHERE session IS NOT ?1", [&kept])?;
            tx.execute("DELETE FROM parts WHERE session IS NOT NULL AND session IS NOT ?1", [&kept])?;
            tx.commit()?;
        }
        Ok(())
    }
}

/// Writes the one draft row inside a transaction of the caller.
pub(crate) fn put_draft(tx: &rusqlite::Transaction<'_>, session: Uuid, sealed: &[u8], now: Timestamp) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO draft (id, session, saved_at_ms, sealed) VALUES (1, ?1, ?2, ?3)")?.execute((
        session.to_string(),
        now.as_millisecond(),
        sealed,
    ))?;
    Ok(())
}

/// Decides at start what an earlier run left behind.
pub(crate) fn settle_at_open(store: &mut Store, now: Timestamp) -> Result<DraftOutcome, OpenError> {
    let row: Option<(String, i64)> = store.conn.query_row("SELECT session, saved_at_ms FROM draft", [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let found_key = store.key_file.read().map_err(OpenError::SessionKey)?;
    let outcome = match (found_key, row) {
        (FoundKey::Whole(held), Some((session, saved_at_ms))) if session == held.session.to_string() => {
            let saved_at = timestamp(saved_at_ms)?;
            if is_too_old(saved_at, now, store.limits.draft_resume_secs_max) {
                DraftOutcome::Expired
            } else {
                let found = DraftFound { session: held.session, began_at: held.began_at, saved_at };
                store.delete_sessions_except(Some(held.session))?;
                store.session = SessionState::Interrupted(held);
                return Ok(DraftOutcome::Found(found));
            }
        }
        (_, Some(_)) => DraftOutcome::Orphaned,
        (_, None) => DraftOutcome::None,
    };
    store.key_file.destroy().map_err(OpenError::SessionKey)?;
    store.delete_sessions_except(None)?;
    Ok(outcome)
}

/// A draft from the future is as unknown in age as one from long ago: both are too old.
fn is_too_old(saved_at: Timestamp, now: Timestamp, age_secs_max: u32) -> bool {
    let distance = now.duration_since(saved_at).unsigned_abs();
    distance > Duration::from_secs(u64::from(age_secs_max))
}
