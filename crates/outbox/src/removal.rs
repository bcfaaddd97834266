//! The three ways a submission leaves, each recorded for good: acknowledged by a signed receipt, cancelled with the
//! resident present, or released by a named officer.
//!
//! There is no fourth: nothing is removed by age, by size or to repair the store.
//! The rule a newcomer would break: the signature of a receipt is checked by the uplink *before* it is handed in here.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use uuid::Uuid;

use crate::fault::{StoreFault, is_code, sqlite_errors_become};
use crate::handle::Outbox;
use crate::store::{Store, timestamp, uuid};

/// Who did it and why. Both are short machine words: a staff number and a reason code, never a resident's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Staff number of the person.
    pub actor: String,
    /// Reason code.
    pub reason: String,
    /// When, by the wall clock.
    pub at: Timestamp,
}

/// The recorded reason of a removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemovalReason {
    /// Central gave a signed receipt.
    Acknowledged,
    /// Cancelled with the resident present.
    Cancelled,
    /// A named officer let it go.
    Released,
}

impl RemovalReason {
    fn code(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::Cancelled => "cancelled",
            Self::Released => "released",
        }
    }

    fn from_code(code: &str) -> Result<Self, StoreFault> {
        [Self::Acknowledged, Self::Cancelled, Self::Released]
            .into_iter()
            .find(|reason| reason.code() == code)
            .ok_or_else(|| StoreFault::damaged("a stored act has no known reason"))
    }
}

/// What a removal found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Removed by this call.
    Done,
    /// It had left before, for this reason. A receipt that comes after a cancellation is kept beside it: central has
    /// the application, and the office must know.
    Already(RemovalReason),
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemovalError {
    /// No submission has this key.
    #[error("no submission has this key")]
    Unknown,
    /// Actor or reason is not 1 to 64 of `A–Z a–z 0–9 - _ .`: an act without a person is no act.
    #[error("the {field} must be 1 to 64 letters, digits, '-', '_' or '.'")]
    Word {
        /// Which one.
        field: &'static str,
    },
    /// The receipt is empty or larger than `Limits::receipt_bytes_max`.
    #[error("a receipt of {bytes} bytes is not between 1 and {bytes_max}")]
    ReceiptSize {
        /// Size handed in.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

sqlite_errors_become!(RemovalError);

/// Central's receipt for one submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Idempotency key of the submission.
    pub key: Uuid,
    /// Kind, as enqueued.
    pub kind: String,
    /// When it was stored, by the wall clock.
    pub at: Timestamp,
    /// The signed bytes, as central sent them.
    pub bytes: Vec<u8>,
}

/// One line of the append-only record of removals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRecord {
    /// Idempotency key of the submission.
    pub key: Uuid,
    /// Its number.
    pub number: String,
    /// Why it left.
    pub removal: RemovalReason,
    /// Who and why; for an acknowledgement `central` and `receipt`.
    pub act: Act,
}

/// Receipts one number may have answered at once: the application and its repairs.
const RECEIPTS_MAX: u32 = 64;

impl Outbox {
    /// Stores central's receipt and removes manifest and parts, in one transaction. Repeating it changes nothing.
    ///
    /// # Errors
    /// See [`RemovalError`].
    pub fn acknowledge(&self, key: Uuid, receipt: Vec<u8>, now: Timestamp) -> Result<Removal, RemovalError> {
        let (bytes, bytes_max) = (receipt.len(), self.limits().receipt_bytes_max);
        if !(1..=bytes_max).contains(&bytes) {
            return Err(RemovalError::ReceiptSize { bytes, bytes_max });
        }
        let act = Act { actor: "central".to_owned(), reason: "receipt".to_owned(), at: now };
        self.call(move |store| store.remove(key, RemovalReason::Acknowledged, &act, Some(&receipt)))
    }

    /// Removes a submission that its resident, being present, takes back.
    ///
    /// # Errors
    /// See [`RemovalError`].
    pub fn cancel(&self, key: Uuid, act: Act) -> Result<Removal, RemovalError> {
        check_words(&act)?;
        self.call(move |store| store.remove(key, RemovalReason::Cancelled, &act, None))
    }

    /// Removes a submission by the recorded act of a named officer.
    ///
    /// # Errors
    /// See [`RemovalError`].
    pub fn release(&self, key: Uuid, act: Act) -> Result<Removal, RemovalError> {
        check_words(&act)?;
        self.call(move |store| store.remove(key, RemovalReason::Released, &act, None))
    }

    /// Central's receipts for a number, oldest first: the application and then its repairs.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn receipts(&self, number: &str) -> Result<Vec<Receipt>, StoreFault> {
        let number = number.to_owned();
        self.call(move |store| store.receipts(&number))
    }

    /// The newest `rows_max` removals, newest first.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn acts(&self, rows_max: u32) -> Result<Vec<ActRecord>, StoreFault> {
        self.call(move |store| store.acts(rows_max))
    }
}

impl Store {
    fn remove(&mut self, key: Uuid, removal: RemovalReason, act: &Act, receipt: Option<&[u8]>) -> Result<Removal, RemovalError> {
        let settled_max = self.limits.settled_items_max;
        let id = key.to_string();
        let tx = self.write()?;
        let row: Option<(String, String)> =
            tx.query_row("SELECT number, state FROM items WHERE key = ?1", [&id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let (number, state) = row.ok_or(RemovalError::Unknown)?;
        if state == "queued" {
            // Space is freed before anything is written, so that a full store can still be emptied.
            tx.execute("DELETE FROM parts WHERE item = ?1", [&id])?;
            tx.execute("UPDATE items SET state = ?2, manifest = x'' WHERE key = ?1", (&id, removal.code()))?;
            tx.execute(
                "INSERT INTO acts (key, number, act, actor, reason, at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (&id, &number, removal.code(), &act.actor, &act.reason, act.at.as_millisecond()),
            )?;
            forget_oldest_settled(&tx, settled_max)?;
        }
        if let Some(bytes) = receipt {
            tx.execute(
                "UPDATE items SET receipt = ?2, receipt_at_ms = ?3
                 WHERE key = ?1 AND receipt IS NULL",
                (&id, bytes, act.at.as_millisecond()),
            )?;
        }
        tx.commit()?;
        match state.as_str() {
            "queued" => Ok(Removal::Done),
            earlier => Ok(Removal::Already(RemovalReason::from_code(earlier)?)),
        }
    }

    fn receipts(&self, number: &str) -> Result<Vec<Receipt>, StoreFault> {
        let mut query = self.conn.prepare_cached(
            "SELECT key, kind, receipt_at_ms, receipt FROM items
             WHERE number = ?1 AND receipt IS NOT NULL ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = query.query((number, RECEIPTS_MAX))?;
        let mut receipts = Vec::new();
        while let Some(row) = rows.next()? {
            receipts.push(Receipt { key: uuid(&row.get::<_, String>(0)?)?, kind: row.get(1)?, at: timestamp(row.get(2)?)?, bytes: row.get(3)? });
        }
        Ok(receipts)
    }

    fn acts(&self, rows_max: u32) -> Result<Vec<ActRecord>, StoreFault> {
        let mut query = self.conn.prepare_cached("SELECT key, number, act, actor, reason, at_ms FROM acts ORDER BY id DESC LIMIT ?1")?;
        let mut rows = query.query([rows_max])?;
        let mut acts = Vec::new();
        while let Some(row) = rows.next()? {
            acts.push(ActRecord {
                key: uuid(&row.get::<_, String>(0)?)?,
                number: row.get(1)?,
                removal: RemovalReason::from_code(&row.get::<_, String>(2)?)?,
                act: Act { actor: row.get(3)?, reason: row.get(4)?, at: timestamp(row.get(5)?)? },
            });
        }
        Ok(acts)
    }
}

/// A settled row only answers repeated keys and receipts; beyond the limit the oldest is forgotten. Its act stays.
fn forget_oldest_settled(tx: &Transaction<'_>, settled_max: u32) -> rusqlite::Result<()> {
    tx.execute(
        "DELETE FROM items WHERE state <> 'queued' AND seq <=
            (SELECT seq FROM items WHERE state <> 'queued' ORDER BY seq DESC LIMIT 1 OFFSET ?1)",
        [settled_max],
    )?;
    Ok(())
}

fn check_words(act: &Act) -> Result<(), RemovalError> {
    for (field, word) in [("actor", &act.actor), ("reason", &act.reason)] {
        if !is_code(word) {
            return Err(RemovalError::Word { field });
        }
    }
    Ok(())
}
