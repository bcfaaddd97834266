//! The moment a draft becomes a submission: payload sealed, pages adopted, serial and slip kept, in one transaction.
//!
//! When [`Outbox::enqueue`] returns, the submission is on disk and the slip may be printed; before, nobody sees a number.
//! It is not an upload. The rule a newcomer would break: the key makes a call repeatable. After a timeout or a double
//! touch the same key is sent again and the answer says that it is already there.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::draft::put_draft;
use crate::fault::{StoreFault, is_code, sqlite_errors_become};
use crate::handle::Outbox;
use crate::page::{Owner, SealedPart};
use crate::serial::{Serial, commit_serial};
use crate::store::{Store, timestamp};

/// Whether a submission brings its number into the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberClaim {
    /// A new application: no other submission may have claimed this number.
    Fresh,
    /// A repair or another message about a number that exists, here or at another terminal.
    Existing,
}

/// A submission to commit. The payload and the draft print as `•••`.
pub struct Enqueue {
    /// Idempotency key; central accepts one submission per key.
    pub key: Uuid,
    /// The running session, whose pages are adopted.
    pub session: Uuid,
    /// The number on the slip.
    pub number: String,
    /// Whether the number is new.
    pub claim: NumberClaim,
    /// Kind of submission, a short machine word that only the glue and central understand.
    pub kind: String,
    /// Version of the wire contract the payload was written in.
    pub wire_version: u16,
    /// Opaque bytes sent beside the parts. Stored unsealed, so nothing personal may stand in them.
    pub manifest: Vec<u8>,
    /// Part name of the payload.
    pub payload_name: String,
    /// The answers, in the clear; sealed before this call reaches the database and wiped afterwards.
    pub payload: Vec<u8>,
    /// Names of the session's pages that belong to the submission, in order.
    pub pages: Vec<String>,
    /// What to resume after a power cut from here on, such as the slip to reprint. It replaces the draft in the same
    /// transaction; `None` removes the draft, so that a queued application cannot come back as an open one.
    pub draft_after: Option<Vec<u8>>,
    /// The serial inside the number, when this terminal minted it.
    pub serial: Option<Serial>,
    /// Wall-clock time.
    pub now: Timestamp,
}

impl fmt::Debug for Enqueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enqueue")
            .field("key", &self.key)
            .field("number", &self.number)
            .field("kind", &self.kind)
            .field("pages", &self.pages)
            .field("payload", &"•••")
            .field("draft_after", &self.draft_after.as_ref().map(|_| "•••"))
            .finish_non_exhaustive()
    }
}

/// A committed submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The number to print; on a repeated call the one committed first.
    pub number: String,
    /// When it was committed first.
    pub enqueued_at: Timestamp,
    /// Whether this call did it.
    pub outcome: QueuedOutcome,
}

/// What this call found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueuedOutcome {
    /// Committed by this call.
    Committed,
    /// An earlier call with this key committed it; it still waits.
    AlreadyQueued,
    /// An earlier call committed it and it has already left.
    AlreadySettled,
}

/// Why nothing was enqueued. The draft and the pages of the session stand as they were.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// Number, kind or payload name is not 1 to 64 of `A–Z a–z 0–9 - _ .`.
    #[error("the {field} must be 1 to 64 letters, digits, '-', '_' or '.'")]
    Word {
        /// Which one.
        field: &'static str,
    },
    /// A part is larger than its limit.
    #[error("the {what} has {bytes} bytes, at most {bytes_max} are allowed")]
    TooLarge {
        /// Which one.
        what: &'static str,
        /// Size handed in.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// This session is not the running one.
    #[error("the session is not running")]
    NoSession,
    /// The session holds no page of this name, or it is named twice.
    #[error("the page {name} is not held by the session")]
    PageMissing {
        /// The page.
        name: String,
    },
    /// Another submission claimed this number as new.
    #[error("the number was already given to another submission")]
    NumberTaken,
    /// This key was used for another number.
    #[error("the key was already used for another number")]
    KeyReused,
    /// `Limits::queued_items_max` submissions wait.
    #[error("the queue already holds {items_max} submissions")]
    QueueFull {
        /// The limit.
        items_max: u32,
    },
    /// The system gave no random bytes to seal the draft with.
    #[error("the draft could not be sealed")]
    Seal,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

sqlite_errors_become!(EnqueueError);

/// What crosses to the writer thread: nothing in it is readable but the draft, which is sealed there.
struct Prepared {
    request: Enqueue,
    payload: SealedPart,
    draft_after: Option<Zeroizing<Vec<u8>>>,
}

impl Outbox {
    /// Commits a submission, durable with exactly one sync when this returns.
    ///
    /// # Errors
    /// See [`EnqueueError`]. After `Timeout` call again with the same key.
    pub fn enqueue(&self, mut request: Enqueue) -> Result<Queued, EnqueueError> {
        let payload = Zeroizing::new(std::mem::take(&mut request.payload));
        let draft_after = request.draft_after.take().map(Zeroizing::new);
        for (field, word) in [("number", &request.number), ("kind", &request.kind), ("payload name", &request.payload_name)] {
            if !is_code(word) {
                return Err(EnqueueError::Word { field });
            }
        }
        let limits = self.limits();
        let draft_bytes = draft_after.as_ref().map_or(0, |draft| draft.len());
        for (what, bytes, bytes_max) in [
            ("payload", payload.len(), limits.payload_bytes_max),
            ("manifest", request.manifest.len(), limits.manifest_bytes_max),
            ("draft", draft_bytes, limits.draft_bytes_max),
        ] {
            if bytes > bytes_max {
                return Err(EnqueueError::TooLarge { what, bytes, bytes_max });
            }
        }
        let payload = SealedPart::seal(self.recipients(), &request.payload_name, &payload);
        let prepared = Prepared { request, payload, draft_after };
        self.call(move |store| store.enqueue(prepared))
    }
}

impl Store {
    fn enqueue(&mut self, prepared: Prepared) -> Result<Queued, EnqueueError> {
        let Prepared { request, payload, draft_after } = prepared;
        // The key is asked first: a repeated call succeeds even after its session has ended.
        if let Some(queued) = self.already(&request)? {
            return Ok(queued);
        }
        let held = self.live_key(request.session).ok_or(EnqueueError::NoSession)?;
        let draft = draft_after.map(|plaintext| held.seal(&plaintext)).transpose().map_err(|_| EnqueueError::Seal)?;
        let items_max = self.limits.queued_items_max;
        if self.queued_count()? >= items_max {
            return Err(EnqueueError::QueueFull { items_max });
        }
        let days_max = self.limits.serial_days_max;
        let waiting_since_ms = self.steady_ms(request.now);

        let tx = self.write()?;
        insert_item(&tx, &request, waiting_since_ms)?;
        payload.insert(&tx, Owner::Item(request.key), 0)?;
        adopt_pages(&tx, &request)?;
        match draft {
            Some(sealed) => put_draft(&tx, request.session, &sealed, request.now)?,
            None => {
                tx.execute("DELETE FROM draft", [])?;
            }
        }
        if let Some(serial) = request.serial {
            commit_serial(&tx, serial, days_max)?;
        }
        tx.commit()?;
        Ok(Queued { number: request.number, enqueued_at: request.now, outcome: QueuedOutcome::Committed })
    }

    fn already(&self, request: &Enqueue) -> Result<Option<Queued>, EnqueueError> {
        let row: Option<(String, String, i64)> = self
            .conn
            .query_row("SELECT number, state, enqueued_at_ms FROM items WHERE key = ?1", [request.key.to_string()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((number, state, enqueued_at_ms)) = row else {
            return Ok(None);
        };
        if number != request.number {
            return Err(EnqueueError::KeyReused);
        }
        let outcome = match state.as_str() {
            "queued" => QueuedOutcome::AlreadyQueued,
            _ => QueuedOutcome::AlreadySettled,
        };
        Ok(Some(Queued { number, enqueued_at: timestamp(enqueued_at_ms)?, outcome }))
    }
}

fn insert_item(tx: &Transaction<'_>, request: &Enqueue, waiting_since_ms: i64) -> Result<(), EnqueueError> {
    let fresh = request.claim == NumberClaim::Fresh;
    if fresh {
        let taken: bool = tx.query_row("SELECT EXISTS (SELECT 1 FROM items WHERE number = ?1 AND fresh = 1)", [&request.number], |row| row.get(0))?;
        if taken {
            return Err(EnqueueError::NumberTaken);
        }
    }
    // A next attempt of zero is due at any time and sorts by the order of entry, whatever the clock says.
    tx.execute(
        "INSERT INTO items (key, number, fresh, kind, wire_version, manifest, state, enqueued_at_ms,
                            waiting_since_ms, next_attempt_ms, last_attempt_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?8, 0, 0)",
        (
            request.key.to_string(),
            &request.number,
            fresh,
            &request.kind,
            request.wire_version,
            &request.manifest,
            request.now.as_millisecond(),
            waiting_since_ms,
        ),
    )?;
    Ok(())
}

fn adopt_pages(tx: &Transaction<'_>, request: &Enqueue) -> Result<(), EnqueueError> {
    let mut adopt = tx.prepare_cached("UPDATE parts SET session = NULL, item = ?1, position = ?2 WHERE session = ?3 AND name = ?4")?;
    let (key, session) = (request.key.to_string(), request.session.to_string());
    for (index, name) in request.pages.iter().enumerate() {
        let clashes = *name == request.payload_name;
        let adopted = if clashes { 0 } else { adopt.execute((&key, index as i64 + 1, &session, name))? };
        if adopted != 1 {
            return Err(EnqueueError::PageMissing { name: name.clone() });
        }
    }
    Ok(())
}
