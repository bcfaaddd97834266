//! The day's serials of a number block, the part of a submission's number that the terminal mints itself.
//!
//! It knows nothing of check digits or of how a number is written.
//! The rule a newcomer would break: looking at the next serial costs no sync; the serial is committed together with the
//! submission that carries it. One that was never committed was never on a slip and may be handed out again.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::{OptionalExtension, Transaction};

use crate::fault::{StoreFault, sqlite_errors_become};
use crate::handle::Outbox;
use crate::store::Store;

/// A serial to commit with a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Serial {
    /// The office's calendar day the number carries.
    pub day: Date,
    /// The terminal's own number block.
    pub block: u32,
    /// What [`Outbox::next_serial`] answered.
    pub value: u32,
}

/// Why there is no next serial.
#[derive(Debug, thiserror::Error)]
pub enum SerialError {
    /// The block handed out `Limits::serial_max` on that day.
    #[error("the number block is used up for the day")]
    Exhausted,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

sqlite_errors_become!(SerialError);

impl Outbox {
    /// The next unused serial of `block` on `day`, from 1. Each call answers a higher one while the program runs.
    ///
    /// # Errors
    /// See [`SerialError`].
    pub fn next_serial(&self, day: Date, block: u32) -> Result<u32, SerialError> {
        self.call(move |store| store.next_serial(day, block))
    }
}

impl Store {
    fn next_serial(&mut self, day: Date, block: u32) -> Result<u32, SerialError> {
        let committed: Option<u32> =
            self.conn.query_row("SELECT last FROM serials WHERE day = ?1 AND block = ?2", (day.to_string(), block), |row| row.get(0)).optional()?;
        let peeked = match &self.peeked {
            Some((of_day, blocks)) if *of_day == day => blocks.get(&block).copied(),
            _ => None,
        };
        let used = committed.max(peeked).unwrap_or(0).max(self.serial_floor(day)?);
        if used >= self.limits.serial_max {
            return Err(SerialError::Exhausted);
        }
        let next = used + 1;
        match &mut self.peeked {
            Some((of_day, blocks)) if *of_day == day => {
                blocks.insert(block, next);
            }
            other => *other = Some((day, BTreeMap::from([(block, next)]))),
        }
        Ok(next)
    }

    /// Serials that a store lost to damage may have used on this day.
    fn serial_floor(&self, day: Date) -> Result<u32, StoreFault> {
        // Calendar days written as YYYY-MM-DD sort as text.
        if day.to_string() > self.meta("serial_floor_until")? {
            return Ok(0);
        }
        self.meta("serial_floor")?.parse().map_err(|_| StoreFault::damaged("the serial floor is not a number"))
    }
}

/// Commits a serial inside the submission's transaction, and forgets counters of days long gone.
pub(crate) fn commit_serial(tx: &Transaction<'_>, serial: Serial, days_max: u32) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO serials (day, block, last) VALUES (?1, ?2, ?3)
         ON CONFLICT (day, block) DO UPDATE SET last = max(last, excluded.last)",
        (serial.day.to_string(), serial.block, serial.value),
    )?;
    tx.execute(
        "DELETE FROM serials WHERE day <
            (SELECT day FROM (SELECT DISTINCT day FROM serials ORDER BY day DESC LIMIT ?1)
             ORDER BY day LIMIT 1)",
        [days_max.max(1)],
    )?;
    Ok(())
}
