//! The last known state of the scanner and its age, kept without ever waiting long for the scanner.
//!
//! It asks one question at a time and starts no thread that stays. The rule a newcomer would break: an answer that did not
//! come is not the old answer; three unanswered polls make the state `Unknown`.

use super::client::{ANSWER_SILENCE, Client};
use super::exchange::{CallError, Exchange, Head, Piece};
use super::pages::acquire_error;
use super::state::{parse_status, status_of};
use super::xml::XML_BYTES_MAX;
use crate::scanner::{AcquireError, AcquireLimits, status_after};
use crate::status::{Condition, Status};
use std::time::{Duration, Instant};

/// How often a caller is expected to poll.
pub const STATUS_POLL: Duration = Duration::from_secs(2);
/// Three polls: after that, silence is `Unknown`.
pub const SILENT_AFTER: Duration = Duration::from_secs(6);
/// Longest wait of one poll; an answer that comes later is taken by the next poll.
pub const POLL_WAIT: Duration = Duration::from_millis(150);

/// A question under way.
struct Question {
    exchange: Exchange,
    asked: Instant,
    head: Option<Head>,
    body: Vec<u8>,
}

/// What is known.
#[derive(Default)]
pub(super) struct Watch {
    known: Option<(Status, Instant)>,
    question: Option<Question>,
    /// Since when questions have gone unanswered.
    unanswered_since: Option<Instant>,
}

impl Watch {
    /// A result that says something about the device.
    pub(super) fn learn(&mut self, status: Status, now: Instant) {
        self.known = Some((status, now));
        self.unanswered_since = None;
        // An answer to an older question would be older than what is known now.
        self.question = None;
    }

    /// The last answer and when it came.
    pub(super) fn known(&self) -> Option<&(Status, Instant)> {
        self.known.as_ref()
    }

    /// What may be said now.
    pub(super) fn status(&self, now: Instant) -> Status {
        said(self.known.as_ref().map(|(status, _)| status), self.unanswered_since, now)
    }

    /// Asks, or goes on listening to the last question, for at most [`POLL_WAIT`]. Who polls goes on polling, or the last
    /// question counts as unanswered.
    pub(super) fn poll(&mut self, client: &Client, from_feeder: bool) {
        let until = Instant::now() + POLL_WAIT;
        let mut question = match self.question.take() {
            Some(question) => question,
            None => match client.start_get("ScannerStatus", ANSWER_SILENCE) {
                Ok(exchange) => Question { exchange, asked: Instant::now(), head: None, body: Vec::new() },
                Err(fault) => return self.failed(fault, Instant::now()),
            },
        };
        self.unanswered_since.get_or_insert(question.asked);
        loop {
            let now = Instant::now();
            let Some(piece) = question.exchange.next(until.saturating_duration_since(now)) else {
                self.question = Some(question);
                return;
            };
            match piece {
                Piece::Head(head) => question.head = Some(head),
                Piece::Bytes(bytes) if question.body.len() + bytes.len() <= XML_BYTES_MAX => question.body.extend(bytes),
                Piece::Bytes(bytes) => return self.failed(CallError::TooManyBytes { bytes: question.body.len() + bytes.len() }, now),
                Piece::End => return self.learn(answer(&question, from_feeder), now),
                Piece::Fault(fault) => return self.failed(fault, now),
            }
        }
    }

    /// A question without an answer. Silence may be a hiccup; a refused connection is certain.
    fn failed(&mut self, fault: CallError, now: Instant) {
        match fault {
            CallError::Silent | CallError::Broken | CallError::TooMany | CallError::Cancelled | CallError::DeadlinePassed => {
                self.unanswered_since.get_or_insert(now);
            }
            CallError::Unreachable | CallError::NotHttp | CallError::TooManyBytes { .. } => {
                self.learn(status_after(Some(&acquire_error(fault, &AcquireLimits::default()))), now);
            }
        }
    }
}

fn answer(question: &Question, from_feeder: bool) -> Status {
    let status = question.head.as_ref().map_or(0, |head| head.status);
    let foreign = |reason: String| status_after(Some(&AcquireError::Foreign { reason }));
    match status {
        200 => parse_status(&question.body).map_or_else(|fault| foreign(fault.to_string()), |answer| status_of(&answer, from_feeder)),
        401 | 403 => status_after(Some(&AcquireError::Permission)),
        503 => status_after(Some(&AcquireError::Busy)),
        other => foreign(format!("HTTP status {other} for its state")),
    }
}

/// The state by the last answer and by how long questions have gone unanswered.
fn said(known: Option<&Status>, unanswered_since: Option<Instant>, now: Instant) -> Status {
    match (known, unanswered_since) {
        (_, Some(since)) if now.saturating_duration_since(since) >= SILENT_AFTER => Status::unknown().with(Condition::LINK_SILENT),
        (Some(status), _) => status.clone(),
        (None, _) => Status::unknown(),
    }
}
