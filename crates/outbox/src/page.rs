//! Page images: sealed to central, cut into chunks, owned by the running session until a submission adopts them.
//!
//! It is not an image store: the terminal cannot open what it stored, so previews live in memory elsewhere.
//! The rule a newcomer would break: sealing happens on the caller's thread, so a big page does not hold up the writer,
//! and the plaintext is wiped before the request is sent.

use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::fault::{StoreFault, is_code, sqlite_errors_become};
use crate::handle::Outbox;
use crate::seal::{Recipients, seal};
use crate::store::Store;

/// One chunk row, in bytes. Large enough for few rows a page, small enough that reading back needs no giant buffer.
const CHUNK_BYTES: usize = 128 << 10;

/// What a manifest says about one sealed part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRef {
    /// Name, unique within its submission, such as `police-letter-1`.
    pub name: String,
    /// SHA-256 of the *sealed* bytes, lower-case hex.
    pub sha256: String,
    /// Length of the sealed bytes.
    pub bytes: u64,
}

/// Why a page was not stored. Nothing of it was kept; an earlier page of that name stands.
#[derive(Debug, thiserror::Error)]
pub enum StorePageError {
    /// The name is not 1 to 64 of `A–Z a–z 0–9 - _ .`.
    #[error("a part name must be 1 to 64 letters, digits, '-', '_' or '.'")]
    Name,
    /// Larger than `Limits::page_bytes_max`.
    #[error("the page has {bytes} bytes, at most {bytes_max} are allowed")]
    TooLarge {
        /// Size handed in.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The session holds `Limits::session_pages_max` pages.
    #[error("the session already holds {pages_max} pages")]
    TooMany {
        /// The limit.
        pages_max: u32,
    },
    /// This session is not the running one.
    #[error("the session is not running")]
    NoSession,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why a page could not be dropped.
#[derive(Debug, thiserror::Error)]
pub enum DropPageError {
    /// This session is not the running one.
    #[error("the session is not running")]
    NoSession,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

sqlite_errors_become!(StorePageError, DropPageError);

impl Outbox {
    /// Seals `plaintext` and stores it durably, with exactly one sync. A page of the same name is replaced.
    ///
    /// # Errors
    /// See [`StorePageError`].
    pub fn store_page(&self, session: Uuid, part_name: &str, plaintext: Vec<u8>) -> Result<PartRef, StorePageError> {
        let plaintext = Zeroizing::new(plaintext);
        if !is_code(part_name) {
            return Err(StorePageError::Name);
        }
        let (bytes, bytes_max) = (plaintext.len(), self.limits().page_bytes_max);
        if bytes > bytes_max {
            return Err(StorePageError::TooLarge { bytes, bytes_max });
        }
        let part = SealedPart::seal(self.recipients(), part_name, &plaintext);
        drop(plaintext);
        self.call(move |store| store.store_page(session, &part))
    }

    /// Removes a page of the running session; a page that is not there is already dropped.
    ///
    /// # Errors
    /// See [`DropPageError`].
    pub fn drop_page(&self, session: Uuid, part_name: &str) -> Result<(), DropPageError> {
        let name = part_name.to_owned();
        self.call(move |store| {
            store.live_key(session).ok_or(DropPageError::NoSession)?;
            let tx = store.write()?;
            delete_page(&tx, session, &name)?;
            Ok(tx.commit()?)
        })
    }

    /// The pages that the running or interrupted session holds, in the order they were first stored.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn session_pages(&self, session: Uuid) -> Result<Vec<PartRef>, StoreFault> {
        self.call(move |store| part_refs(&store.conn, "SELECT name, sha256, bytes FROM parts WHERE session = ?1 ORDER BY id", session))
    }
}

impl Store {
    fn store_page(&mut self, session: Uuid, part: &SealedPart) -> Result<PartRef, StorePageError> {
        self.live_key(session).ok_or(StorePageError::NoSession)?;
        // The last room belongs to the submission itself: pages are refused first, so what was taken can be enqueued.
        if self.free_bytes()? < part.about.bytes + part.about.bytes / 16 + self.limits.enqueue_bytes() {
            return Err(StoreFault::Full.into());
        }
        let pages_max = self.limits.session_pages_max;
        let tx = self.write()?;
        delete_page(&tx, session, &part.about.name)?;
        let pages: u32 = tx.query_row("SELECT count(*) FROM parts WHERE session = ?1", [session.to_string()], |row| row.get(0))?;
        if pages >= pages_max {
            return Err(StorePageError::TooMany { pages_max });
        }
        part.insert(&tx, Owner::Session(session), 0)?;
        tx.commit()?;
        Ok(part.about.clone())
    }
}

/// Bytes that are safe to hand to SQLite; there is no other way to insert a part.
pub(crate) struct SealedPart {
    pub(crate) about: PartRef,
    sealed: Vec<u8>,
}

pub(crate) enum Owner {
    Session(Uuid),
    Item(Uuid),
}

impl SealedPart {
    pub(crate) fn seal(recipients: &Recipients, name: &str, plaintext: &[u8]) -> Self {
        let sealed = seal(recipients, plaintext);
        let about = PartRef { name: name.to_owned(), sha256: sha256_hex(&sealed), bytes: sealed.len() as u64 };
        Self { about, sealed }
    }

    pub(crate) fn insert(&self, tx: &Transaction<'_>, owner: Owner, position: u32) -> rusqlite::Result<()> {
        let (session, item) = match owner {
            Owner::Session(id) => (Some(id.to_string()), None),
            Owner::Item(key) => (None, Some(key.to_string())),
        };
        tx.execute(
            "INSERT INTO parts (session, item, position, name, sha256, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (session, item, position, &self.about.name, &self.about.sha256, self.sealed.len() as i64),
        )?;
        let part = tx.last_insert_rowid();
        let mut insert = tx.prepare_cached("INSERT INTO chunks (part, n, data) VALUES (?1, ?2, ?3)")?;
        for (n, chunk) in self.sealed.chunks(CHUNK_BYTES).enumerate() {
            insert.execute((part, n as i64, chunk))?;
        }
        Ok(())
    }
}

fn delete_page(tx: &Transaction<'_>, session: Uuid, name: &str) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM parts WHERE session = ?1 AND name = ?2", (session.to_string(), name))?;
    Ok(())
}

/// Runs a query over `parts` that selects name, digest and length, for one owner.
pub(crate) fn part_refs(conn: &Connection, sql: &str, owner: Uuid) -> Result<Vec<PartRef>, StoreFault> {
    let mut query = conn.prepare_cached(sql)?;
    let rows =
        query.query_map([owner.to_string()], |row| Ok(PartRef { name: row.get(0)?, sha256: row.get(1)?, bytes: row.get::<_, i64>(2)?.unsigned_abs() }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The sealed bytes of one part of a queued submission: `None` when there is no such part, a fault when the bytes are
/// not the ones that were stored.
pub(crate) fn read_item_part(conn: &Connection, key: Uuid, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
    let row: Option<(i64, String, i64)> = conn
        .query_row("SELECT id, sha256, bytes FROM parts WHERE item = ?1 AND name = ?2", (key.to_string(), name), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((part, sha256, bytes)) = row else {
        return Ok(None);
    };
    let mut query = conn.prepare_cached("SELECT data FROM chunks WHERE part = ?1 ORDER BY n")?;
    let mut rows = query.query([part])?;
    let mut sealed = Vec::new();
    while let Some(row) = rows.next()? {
        sealed.extend_from_slice(row.get_ref(0)?.as_blob().map_err(|_| not_the_same())?);
    }
    if sealed.len() as i64 != bytes || sha256_hex(&sealed) != sha256 {
        return Err(not_the_same());
    }
    Ok(Some(sealed))
}

fn not_the_same() -> StoreFault {
    StoreFault::damaged("a stored part does not have the digest it was stored with")
}

fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
