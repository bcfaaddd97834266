//! The state of the writer thread: the connection, the running session, the room that is left.
//!
//! It is not public; operations live beside their types and borrow it.
//! The rule a newcomer would break: one request is one transaction, so that a caller pays for exactly one sync.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

use crate::fault::StoreFault;
use crate::limits::Limits;
use crate::quarantine::{STORE_FILE, with_suffix};
use crate::session_key::{HeldKey, KeyFile};
use crate::steady::SteadyClock;

/// Whose draft may be written.
pub(crate) enum SessionState {
    /// Nobody stands at the terminal.
    None,
    /// A session of an earlier run left its key behind; it is resumed or destroyed before another begins.
    Interrupted(HeldKey),
    /// The running session.
    Live(HeldKey),
}

pub(crate) struct Store {
    pub(crate) conn: Connection,
    pub(crate) dir: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) session: SessionState,
    pub(crate) key_file: KeyFile,
    pub(crate) clock: SteadyClock,
    /// Serials handed out and not yet committed, of one day only.
    pub(crate) peeked: Option<(jiff::civil::Date, BTreeMap<u32, u32>)>,
    pub(crate) checkpoint_wanted: bool,
    pub(crate) checkpoint_failures: u32,
    /// Held for its lifetime, never read.
    pub(crate) _lock: File,
}

impl Store {
    /// The key of the running session, if it is this one.
    pub(crate) fn live_key(&self, session: Uuid) -> Option<&HeldKey> {
        match &self.session {
            SessionState::Live(held) if held.session == session => Some(held),
            _ => None,
        }
    }

    /// A write transaction; it takes the lock at once, so that it cannot fail half-way for being late.
    pub(crate) fn write(&mut self) -> Result<Transaction<'_>, StoreFault> {
        Ok(self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    pub(crate) fn steady_ms(&mut self, now: Timestamp) -> i64 {
        self.clock.steady_ms(now.as_millisecond())
    }

    pub(crate) fn queued_count(&self) -> Result<u32, StoreFault> {
        Ok(self.conn.query_row("SELECT count(*) FROM items WHERE state = 'queued'", [], |row| row.get(0))?)
    }

    /// Bytes that can still be written: the smaller of what the limit and what the disk leave.
    pub(crate) fn free_bytes(&self) -> Result<u64, StoreFault> {
        let pragma = |name: &str| -> Result<u64, StoreFault> {
            let value: i64 = self.conn.pragma_query_value(None, name, |row| row.get(0))?;
            Ok(value.unsigned_abs())
        };
        let pages_max = pragma("max_page_count")?;
        let pages_used = pragma("page_count")?.saturating_sub(pragma("freelist_count")?);
        let by_limit = pages_max.saturating_sub(pages_used) * pragma("page_size")?;
        // A file system that cannot be asked is left to say "full" itself.
        let by_disk = rustix::fs::statvfs(&self.dir).map_or(u64::MAX, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        Ok(by_limit.min(by_disk))
    }

    /// Folds the log into the file and readies the log for the next commit.
    ///
    /// The first commit after a reset of the log writes and syncs its header as well. One small commit here takes that
    /// second sync, so that a resident's answer never pays for it.
    pub(crate) fn checkpoint(&mut self) -> Result<(), StoreFault> {
        let blocked: i64 = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if blocked == 0 {
            self.conn.execute("UPDATE meta SET value = value + 1 WHERE name = 'checkpoints'", [])?;
            self.checkpoint_wanted = false;
        }
        Ok(())
    }

    /// Called in quiet moments. A checkpoint that fails loses nothing: the log keeps every commit and the next quiet
    /// moment tries again; the count is in the summary.
    pub(crate) fn quiet(&mut self) {
        let log = with_suffix(&self.dir.join(STORE_FILE), "-wal");
        let log_bytes = fs::metadata(log).map_or(0, |meta| meta.len());
        if !self.checkpoint_wanted && log_bytes < self.limits.idle_checkpoint_bytes_min {
            return;
        }
        match self.checkpoint() {
            Ok(()) => self.checkpoint_failures = 0,
            Err(_) => self.checkpoint_failures = self.checkpoint_failures.saturating_add(1),
        }
    }

    /// After a damaged store was replaced, today's numbers start above everything the lost one can have handed out.
    ///
    /// Only until tomorrow (in any time zone): later days were never numbered by the lost store.
    pub(crate) fn raise_serial_floor(&mut self, damaged: u32, now: Timestamp) -> Result<(), StoreFault> {
        let floor = damaged.saturating_mul(self.limits.serial_skip_after_damage);
        let until = (now + jiff::SignedDuration::from_hours(24)).strftime("%Y-%m-%d").to_string();
        let tx = self.write()?;
        for (name, value) in [("serial_floor", floor.to_string()), ("serial_floor_until", until)] {
            tx.execute("UPDATE meta SET value = ?2 WHERE name = ?1", (name, value))?;
        }
        Ok(tx.commit()?)
    }

    pub(crate) fn meta(&self, name: &str) -> Result<String, StoreFault> {
        self.conn
            .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
            .optional()?
            .ok_or_else(|| StoreFault::damaged(format!("the setting {name} is missing")))
    }
}

/// A stored time that no clock can have written means damage.
pub(crate) fn timestamp(ms: i64) -> Result<Timestamp, StoreFault> {
    Timestamp::from_millisecond(ms).map_err(|_| StoreFault::damaged("a stored time is out of range"))
}

/// A stored id that is no UUID means damage.
pub(crate) fn uuid(text: &str) -> Result<Uuid, StoreFault> {
    Uuid::parse_str(text).map_err(|_| StoreFault::damaged("a stored id is not a UUID"))
}
