//! Counted tries: how often somebody was wrong, and until when nobody looks at the next try.
//!
//! A try is counted *before* the secret is checked and given back when it was right, so that a hundred tries at once are
//! still a hundred tries. Subjects are keyed codes, never an address or a token in the clear.

use jiff::Timestamp;
use sqlx::Row;

use super::{Db, DbError};

/// The first delay.
pub const DELAY_SECS_MIN: i64 = 30;
/// The longest delay.
pub const DELAY_SECS_MAX: i64 = 3600;
/// Wrong tries are forgotten after this long without another.
const FORGET_SECS: i64 = 24 * 3600;

/// Who tries, and how many wrong tries are free.
#[derive(Clone, Debug)]
pub struct Subject {
    pub code: String,
    pub free: i64,
}

/// A try that may be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Free tries left after this one, should it be wrong.
    pub left: i64,
    /// Seconds before the next look, should it be wrong.
    pub wait_secs: i64,
}

/// What came of asking for a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Try {
    Counted(Counted),
    /// Too early: come back after so many seconds.
    Wait(i64),
}

impl Db {
    /// Counts one try for every subject, or none when any of them has to wait. The answer speaks for the strictest.
    ///
    /// # Errors
    /// [`DbError`]; the try must then not be looked at.
    pub async fn count_try(&self, subjects: &[Subject], now: Timestamp) -> Result<Try, DbError> {
        let mut tx = self.writing().await?;
        let at = now.as_millisecond();
        let mut strictest = Counted { left: i64::MAX, wait_secs: 0 };
        for subject in subjects {
            let row = sqlx::query(
                "INSERT INTO tries (subject, wrong, last_at, blocked_until) VALUES ($1, 1, $2, 0) \
                 ON CONFLICT (subject) DO UPDATE SET wrong = CASE WHEN tries.last_at < $3 THEN 1 ELSE tries.wrong + 1 END, last_at = $2 \
                 WHERE tries.blocked_until <= $2 OR tries.blocked_until > $4 RETURNING wrong",
            )
            .bind(&subject.code)
            .bind(at)
            .bind(at - FORGET_SECS * 1000)
            // A clock that stepped back must not lock anybody out for longer than the longest delay.
            .bind(at + DELAY_SECS_MAX * 1000)
            .fetch_optional(&mut *tx)
            .await?;
            let Some(row) = row else {
                let row = sqlx::query("SELECT blocked_until FROM tries WHERE subject = $1").bind(&subject.code).fetch_one(&mut *tx).await?;
                let until: i64 = row.try_get("blocked_until")?;
                // Dropping the transaction takes back what was counted for the subjects before.
                return Ok(Try::Wait(((until - at) + 999) / 1000));
            };
            let wrong: i64 = row.try_get("wrong")?;
            let wait_secs = delay_secs(wrong - subject.free);
            sqlx::query("UPDATE tries SET blocked_until = $1 WHERE subject = $2").bind(at + wait_secs * 1000).bind(&subject.code).execute(&mut *tx).await?;
            strictest.left = strictest.left.min((subject.free - wrong).max(0));
            strictest.wait_secs = strictest.wait_secs.max(wait_secs);
        }
        sqlx::query("DELETE FROM tries WHERE last_at < $1").bind(at - FORGET_SECS * 1000).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Try::Counted(strictest))
    }

    /// The try was right: forgets the subject's own tries, and takes this one back from its origin.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn try_was_right(&self, own: &Subject, origin: &Subject) -> Result<(), DbError> {
        let mut tx = self.writing().await?;
        sqlx::query("DELETE FROM tries WHERE subject = $1").bind(&own.code).execute(&mut *tx).await?;
        sqlx::query("UPDATE tries SET wrong = wrong - 1, blocked_until = 0 WHERE subject = $1").bind(&origin.code).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Nothing for the free tries; then 30 s, doubled by every further one, up to an hour.
fn delay_secs(beyond_free: i64) -> i64 {
    match u32::try_from(beyond_free) {
        Ok(doublings) => DELAY_SECS_MIN.saturating_mul(2_i64.saturating_pow(doublings)).min(DELAY_SECS_MAX),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::delay_secs;

    #[test]
    fn the_fifth_wrong_try_waits_half_a_minute_and_each_further_one_twice_as_long_up_to_an_hour() {
        let delays: Vec<i64> = (-4..9).map(delay_secs).collect();
        assert_eq!(delays, [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }
}
