//! What can go wrong in the store itself, whatever was asked of it.
//!
//! Each operation has its own error enum; this is the variant they share. It carries no resident data: SQLite names
//! columns in its messages, never values.

use std::time::Duration;

/// A fault of the store. `Busy` and `Full` mean that nothing was written; see `Timeout` for the one that does not.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The store reached `Limits::store_bytes_max`, or the disk has no room. Nothing of the operation was kept.
    #[error("the store is full")]
    Full,
    /// `Limits::requests_max` requests already wait, or another program held the file longer than
    /// `Limits::lock_wait_max`. Nothing was written.
    #[error("the store is busy")]
    Busy,
    /// No answer came in time. The write may still happen: ask again with the same key.
    #[error("the store did not answer within {after:?}")]
    Timeout {
        /// `Limits::reply_wait_max`.
        after: Duration,
    },
    /// The writer thread is gone. Only opening the store again helps.
    #[error("the writer of the store has stopped")]
    Stopped,
    /// The file is damaged; the next opening will move it aside and report it.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// What was found, without any stored value.
        what: String,
    },
    /// SQLite refused for another reason.
    #[error("the database refused")]
    Sqlite(#[source] rusqlite::Error),
}

impl StoreFault {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

/// Lets an operation's error take a database error through [`StoreFault`], so that "full" stays "full" everywhere.
macro_rules! sqlite_errors_become {
    ($($error:ty),+ $(,)?) => {$(
        impl From<rusqlite::Error> for $error {
            fn from(error: rusqlite::Error) -> Self {
                $crate::fault::StoreFault::from(error).into()
            }
        }
    )+};
}
pub(crate) use sqlite_errors_become;

/// True for the short machine words that may stand unsealed in the store: they cannot carry a sentence or a name.
pub(crate) fn is_code(word: &str) -> bool {
    (1..=64).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
