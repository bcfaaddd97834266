//! The tables, the pragmas, and how an older file becomes a newer one.
//!
//! Migrations only go forward and are numbered by `user_version`; a file written by a newer program is refused untouched.
//! The rule a newcomer would break: a released migration is never edited, a new one is appended.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use crate::fault::StoreFault;
use crate::limits::Limits;

/// `KLOB` in ASCII: tells our file from any other SQLite file put in its place.
pub(crate) const APPLICATION_ID: i32 = 0x4B4C_4F42;

/// Page size of a fresh file, in bytes. Small, because the most frequent write is one draft of a few kilobytes.
pub(crate) const DB_PAGE_BYTES: u64 = 4_096;

/// Cache of the writer, in KiB.
const CACHE_KIB: i64 = 4_096;

const MIGRATIONS: [&str; 1] = ["
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('checkpoints', '0'), ('serial_floor', '0'), ('serial_floor_until', '');

-- One row at most: one resident stands at one terminal.
CREATE TABLE draft (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    session     TEXT NOT NULL,
    saved_at_ms INTEGER NOT NULL,
    sealed      BLOB NOT NULL
) STRICT;

CREATE TABLE items (
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,
    key              TEXT NOT NULL UNIQUE,
    number           TEXT NOT NULL,
    fresh            INTEGER NOT NULL CHECK (fresh IN (0, 1)),
    kind             TEXT NOT NULL,
    wire_version     INTEGER NOT NULL,
    manifest         BLOB NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('queued', 'acknowledged', 'cancelled', 'released')),
    enqueued_at_ms   INTEGER NOT NULL,
    -- The next three are on the steady scale, not wall time.
    waiting_since_ms INTEGER NOT NULL,
    next_attempt_ms  INTEGER NOT NULL,
    last_attempt_ms  INTEGER NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    poisoned         INTEGER NOT NULL DEFAULT 0 CHECK (poisoned IN (0, 1)),
    last_reason      TEXT,
    receipt          BLOB,
    receipt_at_ms    INTEGER
) STRICT;
CREATE UNIQUE INDEX items_fresh_number ON items (number) WHERE fresh = 1;
CREATE INDEX items_number ON items (number);
CREATE INDEX items_queued ON items (seq) WHERE state = 'queued';
CREATE INDEX items_settled ON items (seq) WHERE state <> 'queued';

-- A part belongs to a running session until a submission adopts it. The content is always sealed.
CREATE TABLE parts (
    id       INTEGER PRIMARY KEY,
    session  TEXT,
    item     TEXT REFERENCES items (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    bytes    INTEGER NOT NULL,
    CHECK ((session IS NULL) <> (item IS NULL))
) STRICT;
CREATE UNIQUE INDEX parts_session ON parts (session, name) WHERE session IS NOT NULL;
CREATE UNIQUE INDEX parts_item ON parts (item, name) WHERE item IS NOT NULL;

CREATE TABLE chunks (
    part INTEGER NOT NULL REFERENCES parts (id) ON DELETE CASCADE,
    n    INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (part, n)
) STRICT;

CREATE TABLE serials (
    day   TEXT NOT NULL,
    block INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (day, block)
) STRICT, WITHOUT ROWID;

-- Why each submission left. Append-only: some 200 bytes each, about 3 MB a year at forty a day.
CREATE TABLE acts (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    key    TEXT NOT NULL,
    number TEXT NOT NULL,
    act    TEXT NOT NULL CHECK (act IN ('acknowledged', 'cancelled', 'released')),
    actor  TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms  INTEGER NOT NULL
) STRICT;
CREATE TRIGGER acts_are_not_changed BEFORE UPDATE ON acts BEGIN SELECT RAISE (ABORT, 'acts are append-only'); END;
CREATE TRIGGER acts_are_not_removed BEFORE DELETE ON acts BEGIN SELECT RAISE (ABORT, 'acts are append-only'); END;

CREATE TABLE prints (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    number  TEXT NOT NULL,
    copy    INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('printed', 'not-printed', 'unknown')),
    at_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX prints_number ON prints (number);
"];

/// Version this program writes.
pub(crate) const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// Everything that must hold on the connection before the first statement of ours.
///
/// `secure_delete` zeroes a deleted draft in the file; the frames it leaves in the log are sealed under a key that is
/// destroyed with it. `temp_store=MEMORY` keeps SQLite from writing a temporary file beside ours.
pub(crate) fn configure(conn: &Connection, limits: &Limits) -> Result<(), StoreFault> {
    conn.busy_timeout(limits.lock_wait_max)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.pragma_update(None, "page_size", DB_PAGE_BYTES as i64)?;
    conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

/// The durability pragmas; they touch the file, so they come after the check.
pub(crate) fn make_durable(conn: &Connection, limits: &Limits) -> Result<(), StoreFault> {
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreFault::damaged(format!("the file system gives no write-ahead log, only {mode}")));
    }
    conn.pragma_update(None, "synchronous", "FULL")?;
    let _: i64 = conn.pragma_update_and_check(None, "secure_delete", true, |row| row.get(0))?;
    let _: i64 = conn.pragma_update_and_check(None, "wal_autocheckpoint", i64::from(limits.wal_pages_max), |row| row.get(0))?;
    let log_bytes_kept = i64::from(limits.wal_pages_max) * DB_PAGE_BYTES as i64;
    let _: i64 = conn.pragma_update_and_check(None, "journal_size_limit", log_bytes_kept, |row| row.get(0))?;
    let page_bytes: i64 = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let pages_max = i64::try_from(limits.store_bytes_max / page_bytes.unsigned_abs().max(512)).unwrap_or(i64::MAX).clamp(1, i64::from(u32::MAX - 1));
    let _: i64 = conn.pragma_update_and_check(None, "max_page_count", pages_max, |row| row.get(0))?;
    Ok(())
}

/// Brings an older or empty file to [`SCHEMA_VERSION`], one transaction per step.
pub(crate) fn migrate(conn: &mut Connection) -> Result<(), StoreFault> {
    let found: u32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", index as i64 + 1)?;
        tx.commit()?;
    }
    Ok(())
}
