//! The self-test: every part of every waiting submission is read and compared with its digest.
//!
//! It reads the whole queue, so it belongs to a technician's visit and to tests, not to a start.
//! It repairs nothing.

use uuid::Uuid;

use crate::fault::StoreFault;
use crate::handle::Outbox;
use crate::page::{part_refs, read_item_part};
use crate::store::{Store, uuid};

/// Findings of SQLite's own check that are listed.
const FINDINGS_MAX: usize = 20;

/// A part that is not what was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartFault {
    /// The submission.
    pub key: Uuid,
    /// The part.
    pub name: String,
}

/// What the self-test found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// Waiting submissions.
    pub items: u32,
    /// Parts read.
    pub parts: u32,
    /// Parts that are not what was stored.
    pub damaged: Vec<PartFault>,
    /// Submissions without any part, which no enqueue can have made.
    pub without_parts: Vec<Uuid>,
    /// Findings of SQLite's integrity and foreign-key checks, at most twenty.
    pub findings: Vec<String>,
}

impl Verification {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty() && self.without_parts.is_empty() && self.findings.is_empty()
    }
}

impl Outbox {
    /// Reads and compares everything that waits.
    ///
    /// # Errors
    /// Only those of the store; damage of a part is a finding, not an error.
    pub fn verify(&self) -> Result<Verification, StoreFault> {
        self.call(|store| store.verify())
    }
}

impl Store {
    fn verify(&self) -> Result<Verification, StoreFault> {
        let mut found = Verification { findings: self.findings()?, ..Verification::default() };
        let mut query = self.conn.prepare_cached("SELECT key FROM items WHERE state = 'queued' ORDER BY seq")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let key = uuid(&row.get::<_, String>(0)?)?;
            let parts = part_refs(&self.conn, "SELECT name, sha256, bytes FROM parts WHERE item = ?1 ORDER BY position", key)?;
            found.items += 1;
            if parts.is_empty() {
                found.without_parts.push(key);
            }
            for part in parts {
                found.parts += 1;
                match read_item_part(&self.conn, key, &part.name) {
                    Ok(Some(_)) => {}
                    Ok(None) | Err(StoreFault::Damaged { .. }) => {
                        found.damaged.push(PartFault { key, name: part.name });
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(found)
    }

    fn findings(&self) -> Result<Vec<String>, StoreFault> {
        let mut findings: Vec<String> = Vec::new();
        let mut check = self.conn.prepare("PRAGMA integrity_check(20)")?;
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                findings.push(line);
            }
        }
        let mut check = self.conn.prepare("PRAGMA foreign_key_check")?;
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            findings.push(format!("a row of {} points nowhere", row.get::<_, String>(0)?));
        }
        findings.truncate(FINDINGS_MAX);
        Ok(findings)
    }
}
