//! From a directory to a checked, migrated, writable store, and a report of what was found there.
//!
//! A damaged file is moved aside and a fresh one made; a file of a newer program, a foreign file, or a directory in use
//! is refused untouched. The rule a newcomer would break: nothing writes to the file before the check has passed.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::draft::{self, DraftOutcome};
use crate::fault::StoreFault;
use crate::limits::Limits;
use crate::quarantine::{self, Quarantined, STORE_FILE};
use crate::schema;
use crate::session_key::KeyFile;
use crate::steady::SteadyClock;
use crate::store::{SessionState, Store};

const LOCK_FILE: &str = "outbox.lock";

/// What opening found. Everything unusual here is for the log and for staff.
#[derive(Debug)]
pub struct Opening {
    /// A damaged store was moved aside; the queue in use is a fresh one.
    pub quarantined: Option<Quarantined>,
    /// What became of a session that ended without being finished.
    pub draft: DraftOutcome,
    /// Submissions waiting for central.
    pub queued: u32,
}

/// Why a store cannot be opened. None of these changed the database file.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be created, read, locked or written.
    #[error("the outbox directory {dir} cannot be used", dir = path.display())]
    Directory {
        /// The path in question.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process owns the store: there is one writer.
    #[error("another process is using the outbox in {dir}", dir = path.display())]
    InUse {
        /// The outbox directory.
        path: PathBuf,
    },
    /// Written by a newer program. Install that program again; do not move the file.
    #[error("the store has schema {found}, this program knows up to {known}")]
    Newer {
        /// Version in the file.
        found: u32,
        /// Newest version this program knows.
        known: u32,
    },
    /// A database of another program stands under our name.
    #[error("the database in the outbox directory was not made by this program")]
    Foreign,
    /// The damaged store could not be moved aside.
    #[error("the damaged store could not be moved aside ({found})")]
    Quarantine {
        /// What the check found.
        found: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The session key file could not be read or destroyed.
    #[error("the session key could not be read or destroyed")]
    SessionKey(#[source] io::Error),
    /// The database refused.
    #[error("the store could not be opened")]
    Store(#[from] StoreFault),
}

crate::fault::sqlite_errors_become!(OpenError);

/// Opens or makes the store in `dir`. Runs on the caller's thread, before the writer exists.
pub(crate) fn open(dir: &Path, limits: Limits, now: Timestamp) -> Result<(Store, Opening), OpenError> {
    let at_dir = |source| OpenError::Directory { path: dir.to_path_buf(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at_dir)?;
    let lock = lock(dir)?;

    let mut quarantined = None;
    let mut conn = match checked(dir, &limits)? {
        Checked::Sound(conn) => conn,
        Checked::Damaged(reason) => {
            let path = quarantine::move_aside(dir, now).map_err(|source| OpenError::Quarantine { found: reason.clone(), source })?;
            quarantined = Some(Quarantined { path, reason });
            connect(dir, &limits)?
        }
    };
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    schema::make_durable(&conn, &limits)?;
    schema::migrate(&mut conn)?;
    quarantine::sync_dir(dir).map_err(at_dir)?;

    let newest_mark_ms = conn.query_row("SELECT max(max(waiting_since_ms, last_attempt_ms)) FROM items WHERE state = 'queued'", [], |row| row.get(0))?;
    let mut store = Store {
        conn,
        dir: dir.to_path_buf(),
        limits,
        session: SessionState::None,
        key_file: KeyFile::in_dir(dir),
        clock: SteadyClock::start(now.as_millisecond(), newest_mark_ms),
        peeked: None,
        checkpoint_wanted: true,
        checkpoint_failures: 0,
        _lock: lock,
    };
    if quarantined.is_some() {
        let damaged = quarantine::damaged_since_yesterday(dir, now).map_err(at_dir)?;
        store.raise_serial_floor(damaged, now)?;
    }
    let draft = draft::settle_at_open(&mut store, now)?;
    // Recovered commits are folded in now, and the first answer of the day meets a log that is ready for it.
    store.checkpoint()?;
    let queued = store.queued_count()?;
    Ok((store, Opening { quarantined, draft, queued }))
}

enum Checked {
    Sound(Connection),
    Damaged(String),
}

/// Opens the file and runs the integrity check without changing a byte of it.
fn checked(dir: &Path, limits: &Limits) -> Result<Checked, OpenError> {
    let conn = match connect(dir, limits) {
        Ok(conn) => conn,
        Err(OpenError::Store(StoreFault::Damaged { what })) => return Ok(Checked::Damaged(what)),
        Err(error) => return Err(error),
    };
    match check(&conn) {
        Ok(None) => Ok(Checked::Sound(conn)),
        Ok(Some(found)) => Ok(Checked::Damaged(found)),
        Err(OpenError::Store(StoreFault::Damaged { what })) => Ok(Checked::Damaged(what)),
        Err(error) => Err(error),
    }
}

/// `Ok(None)` when sound, `Ok(Some(what))` when damaged.
fn check(conn: &Connection) -> Result<Option<String>, OpenError> {
    let found: u32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application_id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let fresh = found == 0 && tables == 0;
    if !fresh && application_id != schema::APPLICATION_ID {
        return Err(OpenError::Foreign);
    }
    if found > schema::SCHEMA_VERSION {
        return Err(OpenError::Newer { found, known: schema::SCHEMA_VERSION });
    }
    if found == 0 && !fresh {
        return Ok(Some("the file holds tables but no schema version".to_owned()));
    }
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((verdict != "ok").then_some(verdict))
}

/// The connection of the writer. Until the check has passed, closing it must not fold the log into the file.
fn connect(dir: &Path, limits: &Limits) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(dir.join(STORE_FILE), flags)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    schema::configure(&conn, limits)?;
    Ok(conn)
}

/// The lock dies with the process, so a killed terminal never locks itself out.
fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK_FILE);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(|source| OpenError::Directory { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: dir.to_path_buf() }),
        Err(TryLockError::Error(source)) => Err(OpenError::Directory { path, source }),
    }
}
