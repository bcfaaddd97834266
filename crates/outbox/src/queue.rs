//! What the courier asks: which submission is due, and the bytes of its parts.
//!
//! Nothing here writes. A submission that central refuses is marked poisoned and comes after every healthy one, so it
//! never blocks another; one whose retry time lies absurdly far ahead is due, since only a clock step puts it there.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::OptionalExtension;
use uuid::Uuid;

use crate::attempt::{POISONED_WAIT_MAX, millis};
use crate::backoff::BACKOFF_CAP;
use crate::fault::{StoreFault, sqlite_errors_become};
use crate::handle::Outbox;
use crate::page::{PartRef, part_refs, read_item_part};
use crate::store::{Store, timestamp, uuid};

/// A submission that is due, without the bytes of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedItem {
    /// Idempotency key.
    pub key: Uuid,
    /// Number on the slip.
    pub number: String,
    /// Kind, as enqueued.
    pub kind: String,
    /// Wire version the payload was written in; it is sent in that version for ever.
    pub wire_version: u16,
    /// Opaque bytes, as enqueued.
    pub manifest: Vec<u8>,
    /// The payload first, then the pages in order.
    pub parts: Vec<PartRef>,
    /// Failed attempts so far.
    pub attempts: u32,
    /// When it was committed, by the wall clock of then.
    pub enqueued_at: Timestamp,
}

/// Why a part cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadPartError {
    /// The submission is not queued (any more), or has no such part.
    #[error("no queued submission has this part")]
    NoSuchPart,
    /// The store. `Damaged` concerns this part: record the attempt as `PartDamaged` and go on with the next submission.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

sqlite_errors_become!(ReadPartError);

impl Outbox {
    /// The submission to send next, or `None` when none is due.
    ///
    /// Order: healthy before poisoned, then by next attempt, then by entry.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn next_due(&self, now: Timestamp) -> Result<Option<QueuedItem>, StoreFault> {
        self.call(move |store| store.next_due(now))
    }

    /// How long the courier may sleep before something is due: zero when something is, `None` when nothing waits.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn next_wait(&self, now: Timestamp) -> Result<Option<Duration>, StoreFault> {
        self.call(move |store| store.next_wait(now))
    }

    /// The sealed bytes of one part, checked against their digest.
    ///
    /// # Errors
    /// See [`ReadPartError`].
    pub fn read_part(&self, key: Uuid, part_name: &str) -> Result<Vec<u8>, ReadPartError> {
        let name = part_name.to_owned();
        self.call(move |store| read_item_part(&store.conn, key, &name)?.ok_or(ReadPartError::NoSuchPart))
    }
}

/// Milliseconds an item still has to wait at steady time ?1: 0 when due, and 0 beyond the longest wait that is ever set.
/// ?2 is that longest wait for a healthy item, ?3 for a poisoned one.
const WAIT_MS: &str = "CASE
    WHEN next_attempt_ms <= ?1 THEN 0
    WHEN next_attempt_ms > ?1 + iif(poisoned, ?3, ?2) THEN 0
    ELSE next_attempt_ms - ?1 END";

impl Store {
    fn next_due(&mut self, now: Timestamp) -> Result<Option<QueuedItem>, StoreFault> {
        let steady_ms = self.steady_ms(now);
        let sql = format!(
            "SELECT key, number, kind, wire_version, manifest, attempts, enqueued_at_ms FROM items
             WHERE state = 'queued' AND ({WAIT_MS}) = 0
             ORDER BY poisoned, iif(next_attempt_ms > ?1, 0, next_attempt_ms), seq LIMIT 1"
        );
        let row: Option<(String, i64, QueuedItem)> = self
            .conn
            .prepare_cached(&sql)?
            .query_row((steady_ms, millis(BACKOFF_CAP), millis(POISONED_WAIT_MAX)), |row| {
                let item = QueuedItem {
                    key: Uuid::nil(),
                    number: row.get(1)?,
                    kind: row.get(2)?,
                    wire_version: row.get(3)?,
                    manifest: row.get(4)?,
                    parts: Vec::new(),
                    attempts: row.get(5)?,
                    enqueued_at: Timestamp::UNIX_EPOCH,
                };
                Ok((row.get(0)?, row.get(6)?, item))
            })
            .optional()?;
        let Some((key, enqueued_at_ms, mut item)) = row else {
            return Ok(None);
        };
        item.key = uuid(&key)?;
        item.enqueued_at = timestamp(enqueued_at_ms)?;
        item.parts = part_refs(&self.conn, "SELECT name, sha256, bytes FROM parts WHERE item = ?1 ORDER BY position", item.key)?;
        Ok(Some(item))
    }

    fn next_wait(&mut self, now: Timestamp) -> Result<Option<Duration>, StoreFault> {
        let steady_ms = self.steady_ms(now);
        let sql = format!("SELECT min({WAIT_MS}) FROM items WHERE state = 'queued'");
        let wait_ms: Option<i64> = self.conn.prepare_cached(&sql)?.query_row((steady_ms, millis(BACKOFF_CAP), millis(POISONED_WAIT_MAX)), |row| row.get(0))?;
        Ok(wait_ms.map(|ms| Duration::from_millis(ms.unsigned_abs())))
    }
}
