//! The print record: which copies of a slip were tried, and whether paper came out.
//!
//! It holds numbers and outcomes, never slip bytes. Unknown counts as not printed, and the number is never minted anew.

use jiff::Timestamp;

use crate::fault::{StoreFault, is_code, sqlite_errors_become};
use crate::handle::Outbox;
use crate::store::{Store, timestamp};

/// Copies of one number answered at once.
const COPIES_MAX: u32 = 200;

/// Whether paper came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintOutcome {
    /// The printer confirmed it.
    Printed,
    /// The printer said no.
    NotPrinted,
    /// Nobody knows; treated as not printed.
    Unknown,
}

impl PrintOutcome {
    /// The code that stands in the store.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::NotPrinted => "not-printed",
            Self::Unknown => "unknown",
        }
    }

    fn from_code(code: &str) -> Result<Self, StoreFault> {
        [Self::Printed, Self::NotPrinted, Self::Unknown]
            .into_iter()
            .find(|outcome| outcome.code() == code)
            .ok_or_else(|| StoreFault::damaged("a print record has no known outcome"))
    }
}

/// One tried copy of a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintRecord {
    /// 0 for the first slip, then the `n` of `CETAK ULANG n`.
    pub copy: u16,
    /// Whether paper came out.
    pub outcome: PrintOutcome,
    /// When, by the wall clock.
    pub at: Timestamp,
}

/// Why a print was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The number is not 1 to 64 of `A–Z a–z 0–9 - _ .`.
    #[error("the number must be 1 to 64 letters, digits, '-', '_' or '.'")]
    Word,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

sqlite_errors_become!(PrintError);

impl Outbox {
    /// Records one tried copy of the slip of `number`.
    ///
    /// # Errors
    /// See [`PrintError`].
    pub fn record_print(&self, number: &str, copy: u16, outcome: PrintOutcome, at: Timestamp) -> Result<(), PrintError> {
        if !is_code(number) {
            return Err(PrintError::Word);
        }
        let number = number.to_owned();
        self.call(move |store| {
            let rows_max = store.limits.print_rows_max;
            let tx = store.write()?;
            tx.execute("INSERT INTO prints (number, copy, outcome, at_ms) VALUES (?1, ?2, ?3, ?4)", (number, copy, outcome.code(), at.as_millisecond()))?;
            let newest = tx.last_insert_rowid();
            tx.execute("DELETE FROM prints WHERE id <= ?1", [newest - i64::from(rows_max)])?;
            Ok(tx.commit()?)
        })
    }

    /// The tried copies of the slip of `number`, oldest first.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn prints(&self, number: &str) -> Result<Vec<PrintRecord>, StoreFault> {
        let number = number.to_owned();
        self.call(move |store| store.prints(&number))
    }
}

impl Store {
    fn prints(&self, number: &str) -> Result<Vec<PrintRecord>, StoreFault> {
        let mut query = self.conn.prepare_cached("SELECT copy, outcome, at_ms FROM prints WHERE number = ?1 ORDER BY id LIMIT ?2")?;
        let mut rows = query.query((number, COPIES_MAX))?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(PrintRecord { copy: row.get(0)?, outcome: PrintOutcome::from_code(&row.get::<_, String>(1)?)?, at: timestamp(row.get(2)?)? });
        }
        Ok(records)
    }
}
