//! What staff see of the queue: how many wait, how long, how much room is left, and when to worry.
//!
//! The steps of 1, 4 and 20 hours stand against the 24-hour promise on the slip; reaching one changes who is told and
//! never what happens to the submission.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::attempt::AttemptReason;
use crate::fault::StoreFault;
use crate::handle::Outbox;
use crate::store::{Store, timestamp, uuid};

/// How urgent the oldest waiting submission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Escalation {
    /// Nothing waits an hour.
    None,
    /// One hour or more: the office is told.
    OneHour,
    /// Four hours or more: the technician is told.
    FourHours,
    /// Twenty hours or more: the sealed export is due, the promise is at stake.
    TwentyHours,
}

impl Escalation {
    /// The step an age has reached.
    #[must_use]
    pub fn of_age(age: Duration) -> Self {
        const HOUR_SECS: u64 = 3_600;
        match age.as_secs() / HOUR_SECS {
            0 => Self::None,
            1..4 => Self::OneHour,
            4..20 => Self::FourHours,
            _ => Self::TwentyHours,
        }
    }
}

/// The room that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that can still be written, by limit and by disk.
    pub free_bytes: u64,
    /// `Limits::reserve_bytes`.
    pub reserve_bytes: u64,
    /// Whether a new session may begin. A begun one can always be enqueued.
    pub admits_new_session: bool,
}

/// The queue at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Submissions waiting, poisoned ones included.
    pub queued: u32,
    /// Those that central refuses or that are damaged.
    pub poisoned: u32,
    /// Age of the oldest, immune against a clock stepping back; `None` when nothing waits.
    pub oldest_age: Option<Duration>,
    /// The step that age has reached.
    pub escalation: Escalation,
    /// Sealed bytes waiting.
    pub queued_bytes: u64,
    /// The room that is left.
    pub space: Space,
    /// Checkpoints that failed in a row; above zero the disk deserves a look, nothing is lost.
    pub checkpoint_failures: u32,
}

/// One waiting submission, for the staff list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueEntry {
    /// Idempotency key.
    pub key: Uuid,
    /// Number on the slip.
    pub number: String,
    /// Kind, as enqueued.
    pub kind: String,
    /// When it was committed, by the wall clock of then.
    pub enqueued_at: Timestamp,
    /// How long it has waited.
    pub age: Duration,
    /// Failed attempts so far.
    pub attempts: u32,
    /// Whether it is poisoned.
    pub poisoned: bool,
    /// Why the last attempt did not succeed; `None` before the first.
    pub last_reason: Option<AttemptReason>,
    /// Sealed bytes of its parts.
    pub bytes: u64,
}

impl Outbox {
    /// The queue at a glance.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn summary(&self, now: Timestamp) -> Result<Summary, StoreFault> {
        self.call(move |store| store.summary(now))
    }

    /// The room that is left.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn space(&self) -> Result<Space, StoreFault> {
        self.call(|store| store.space())
    }

    /// The oldest `rows_max` waiting submissions, oldest first.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn queue(&self, rows_max: u32, now: Timestamp) -> Result<Vec<QueueEntry>, StoreFault> {
        self.call(move |store| store.queue(rows_max, now))
    }
}

impl Store {
    fn space(&self) -> Result<Space, StoreFault> {
        let free_bytes = self.free_bytes()?;
        let reserve_bytes = self.limits.reserve_bytes;
        let queue_has_room = self.queued_count()? < self.limits.queued_items_max;
        let admits_new_session = queue_has_room && free_bytes >= reserve_bytes;
        Ok(Space { free_bytes, reserve_bytes, admits_new_session })
    }

    fn summary(&mut self, now: Timestamp) -> Result<Summary, StoreFault> {
        let steady_ms = self.steady_ms(now);
        let (queued, poisoned, oldest_ms): (u32, u32, Option<i64>) =
            self.conn.query_row("SELECT count(*), total(poisoned), min(waiting_since_ms) FROM items WHERE state = 'queued'", [], |row| {
                Ok((row.get(0)?, row.get::<_, f64>(1)? as u32, row.get(2)?))
            })?;
        let queued_bytes: i64 = self.conn.query_row("SELECT ifnull(sum(bytes), 0) FROM parts WHERE item IS NOT NULL", [], |row| row.get(0))?;
        let oldest_age = oldest_ms.map(|since_ms| age(steady_ms, since_ms));
        Ok(Summary {
            queued,
            poisoned,
            oldest_age,
            escalation: oldest_age.map_or(Escalation::None, Escalation::of_age),
            queued_bytes: queued_bytes.unsigned_abs(),
            space: self.space()?,
            checkpoint_failures: self.checkpoint_failures,
        })
    }

    fn queue(&mut self, rows_max: u32, now: Timestamp) -> Result<Vec<QueueEntry>, StoreFault> {
        let steady_ms = self.steady_ms(now);
        let mut query = self.conn.prepare_cached(
            "SELECT key, number, kind, enqueued_at_ms, waiting_since_ms, attempts, poisoned, last_reason,
                    (SELECT ifnull(sum(bytes), 0) FROM parts WHERE item = items.key)
             FROM items WHERE state = 'queued' ORDER BY seq LIMIT ?1",
        )?;
        let mut rows = query.query([rows_max])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let last_reason: Option<String> = row.get(7)?;
            entries.push(QueueEntry {
                key: uuid(&row.get::<_, String>(0)?)?,
                number: row.get(1)?,
                kind: row.get(2)?,
                enqueued_at: timestamp(row.get(3)?)?,
                age: age(steady_ms, row.get(4)?),
                attempts: row.get(5)?,
                poisoned: row.get(6)?,
                last_reason: last_reason.as_deref().and_then(AttemptReason::from_code),
                bytes: row.get::<_, i64>(8)?.unsigned_abs(),
            });
        }
        Ok(entries)
    }
}

fn age(steady_ms: i64, since_ms: i64) -> Duration {
    Duration::from_millis(steady_ms.saturating_sub(since_ms).max(0).unsigned_abs())
}
