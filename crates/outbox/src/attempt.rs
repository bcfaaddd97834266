//! What became of one try to deliver a submission, and when the next one may come.
//!
//! The reasons are a closed list with the person each one waits for; they are not HTTP codes, which the uplink
//! translates into them. The rule a newcomer would break: a failed attempt never removes anything.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::backoff::BACKOFF_CAP;
use crate::fault::{StoreFault, sqlite_errors_become};
use crate::handle::Outbox;
use crate::store::Store;

/// Longest wait of a poisoned submission: central may have been repaired, so it is tried again every hour.
pub(crate) const POISONED_WAIT_MAX: Duration = Duration::from_secs(3_600);

/// Why central did not take a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptReason {
    /// No connection to central.
    LinkDown,
    /// A connection, but no answer in time.
    TimedOut,
    /// The other side could not prove to be central.
    NotCentral,
    /// Central asks to come back later.
    CentralBusy,
    /// Central has a fault of its own.
    CentralFault,
    /// Central answered something that is not an answer.
    AnswerUnreadable,
    /// The receipt's signature does not hold.
    ReceiptUnverified,
    /// Central does not accept this terminal.
    TerminalRefused,
    /// Central refuses this submission.
    SubmissionRefused,
    /// A stored part no longer has its digest.
    PartDamaged,
}

/// Who has to act before another attempt can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Nobody: time heals it.
    Wait,
    /// The technician of the terminal or its network.
    Technician,
    /// The people who run central.
    Central,
    /// An officer, who decides about the submission.
    Officer,
}

const REASONS: [(AttemptReason, &str, Remedy); 10] = [
    (AttemptReason::LinkDown, "link-down", Remedy::Wait),
    (AttemptReason::TimedOut, "timed-out", Remedy::Wait),
    (AttemptReason::NotCentral, "not-central", Remedy::Technician),
    (AttemptReason::CentralBusy, "central-busy", Remedy::Wait),
    (AttemptReason::CentralFault, "central-fault", Remedy::Central),
    (AttemptReason::AnswerUnreadable, "answer-unreadable", Remedy::Central),
    (AttemptReason::ReceiptUnverified, "receipt-unverified", Remedy::Central),
    (AttemptReason::TerminalRefused, "terminal-refused", Remedy::Technician),
    (AttemptReason::SubmissionRefused, "submission-refused", Remedy::Officer),
    (AttemptReason::PartDamaged, "part-damaged", Remedy::Officer),
];

impl AttemptReason {
    /// The code that stands in the store, in logs and on the staff screen.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().1
    }

    /// Who has to act.
    #[must_use]
    pub fn remedy(self) -> Remedy {
        self.row().2
    }

    /// The reason of a stored code; `None` for a code that this program does not write.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        REASONS.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    fn row(self) -> &'static (Self, &'static str, Remedy) {
        REASONS.iter().find(|row| row.0 == self).expect("every reason has a row in the table")
    }
}

/// One failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptOutcome {
    /// When the attempt ended, by the wall clock.
    pub when: Timestamp,
    /// Why it did not succeed.
    pub reason: AttemptReason,
    /// When to try again. Only its distance from `when` counts, at most five minutes, an hour when poisoned.
    pub retry_at: Timestamp,
    /// Whether trying again unchanged is not expected to help; staff see it, and healthy submissions go first.
    pub poisoned: bool,
}

/// Why an attempt was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// The submission has left the queue, for instance cancelled while it was under way.
    #[error("the submission is not queued")]
    NotQueued,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

sqlite_errors_become!(AttemptError);

impl Outbox {
    /// Records a failed attempt and plans the next.
    ///
    /// # Errors
    /// See [`AttemptError`].
    pub fn record_attempt(&self, key: Uuid, outcome: AttemptOutcome) -> Result<(), AttemptError> {
        self.call(move |store| store.record_attempt(key, outcome))
    }

    /// Makes every healthy submission due, for the moment the link comes back.
    ///
    /// # Errors
    /// Only those of the store.
    pub fn wake_all(&self) -> Result<(), StoreFault> {
        self.call(|store| {
            let waiting: bool = store.conn.query_row(
                "SELECT EXISTS (SELECT 1 FROM items
                 WHERE state = 'queued' AND poisoned = 0 AND next_attempt_ms > 0)",
                [],
                |row| row.get(0),
            )?;
            if waiting {
                store.conn.execute("UPDATE items SET next_attempt_ms = 0 WHERE state = 'queued' AND poisoned = 0", [])?;
            }
            Ok(())
        })
    }
}

impl Store {
    fn record_attempt(&mut self, key: Uuid, outcome: AttemptOutcome) -> Result<(), AttemptError> {
        let wait_max = if outcome.poisoned { POISONED_WAIT_MAX } else { BACKOFF_CAP };
        let asked_ms = outcome.retry_at.as_millisecond() - outcome.when.as_millisecond();
        let wait_ms = asked_ms.clamp(0, millis(wait_max));
        let steady_ms = self.steady_ms(outcome.when);
        let changed = self.conn.execute(
            "UPDATE items SET attempts = attempts + 1, last_attempt_ms = ?2, next_attempt_ms = ?3,
                              poisoned = ?4, last_reason = ?5
             WHERE key = ?1 AND state = 'queued'",
            (key.to_string(), steady_ms, steady_ms + wait_ms, outcome.poisoned, outcome.reason.code()),
        )?;
        if changed == 0 {
            return Err(AttemptError::NotQueued);
        }
        Ok(())
    }
}

/// A span of this crate's own constants, in milliseconds.
pub(crate) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
