//! The courier: takes what is due, brings it to central, and lets go of it only for a signed receipt.
//!
//! The manifest goes first and central names the parts it lacks, so that a broken transfer goes on where it stopped. One
//! item that central refuses never holds up another.

use std::sync::Arc;
use std::time::Duration;

use flow::Event;
use flow::event::{Device, Health};
use outbox::{AttemptOutcome, AttemptReason, Outbox, QueuedItem, backoff};
use reqwest::Method;
use tokio::sync::Notify;
use wire::receipt::SignedReceipt;
use wire::v1::ProblemKind;

use super::LINK_LOOK;
use super::client::{Answer, CallError, Client};
use super::write::manifest;
use crate::clock::Clock;
use crate::event::{AppEvent, Inbox};
use crate::logging::{chain, note};
use crate::mint::{Chance, SystemChance};

/// Manifest, missing parts, manifest again: a third round means that central loses what it is given.
const ROUNDS_MAX: usize = 3;
/// Pause after the store did not answer, so that a broken store is not asked without end.
const STORE_PAUSE: Duration = Duration::from_secs(5);

pub struct Courier {
    client: Arc<Client>,
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    inbox: Inbox,
    changed: Arc<Notify>,
    link: Option<Health>,
}

/// Why an item stays.
struct Stay {
    reason: AttemptReason,
    poisoned: bool,
}

impl Courier {
    pub fn new(client: Arc<Client>, outbox: Outbox, clock: Arc<dyn Clock>, inbox: Inbox, changed: Arc<Notify>) -> Self {
        Self { client, outbox, clock, inbox, changed, link: None }
    }

    pub async fn run(mut self) {
        loop {
            match self.outbox.next_due(self.clock.now().wall) {
                Ok(Some(item)) => self.deliver(item).await,
                Ok(None) => self.rest().await,
                Err(reason) => {
                    note("queue.unreadable", &[("reason", &chain(&reason))]);
                    tokio::time::sleep(STORE_PAUSE).await;
                }
            }
        }
    }

    /// Nothing is due: look at the link, and sleep until something is.
    async fn rest(&mut self) {
        let up = self.client.is_up().await;
        let came_back = up && self.link == Some(Health::NotReady);
        self.tell_link(up);
        if came_back && let Err(reason) = self.outbox.wake_all() {
            note("queue.unreadable", &[("reason", &chain(&reason))]);
        }
        let due_in = self.outbox.next_wait(self.clock.now().wall).ok().flatten().unwrap_or(LINK_LOOK);
        let pause = if came_back { Duration::ZERO } else { due_in.min(LINK_LOOK) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.changed.notified() => {}
        }
    }

    async fn deliver(&mut self, item: QueuedItem) {
        let result = self.carry(&item).await;
        let now = self.clock.now().wall;
        match result {
            Ok(receipt) => {
                self.tell_link(true);
                match self.outbox.acknowledge(item.key, receipt, now) {
                    Ok(_) => note("courier.delivered", &[("number", &item.number), ("attempts", &(item.attempts + 1))]),
                    Err(reason) => note("courier.receipt-not-kept", &[("reason", &chain(&reason))]),
                }
            }
            Err(stay) => {
                self.tell_link(!matches!(stay.reason, AttemptReason::LinkDown | AttemptReason::TimedOut | AttemptReason::NotCentral));
                let mut random = [0u8; 2];
                SystemChance.fill(&mut random);
                let wait = backoff(item.attempts + 1, f64::from(u16::from_be_bytes(random)) / f64::from(u16::MAX));
                let retry_at = now.checked_add(wait).unwrap_or(now);
                let outcome = AttemptOutcome { when: now, reason: stay.reason, retry_at, poisoned: stay.poisoned };
                note("courier.stays", &[("number", &item.number), ("reason", &stay.reason.code()), ("wait_ms", &wait.as_millis())]);
                if let Err(reason) = self.outbox.record_attempt(item.key, outcome) {
                    note("queue.unreadable", &[("reason", &chain(&reason))]);
                }
            }
        }
        self.inbox.tell(AppEvent::QueueChanged);
    }

    /// Brings one item to central and returns the receipt's bytes.
    async fn carry(&self, item: &QueuedItem) -> Result<Vec<u8>, Stay> {
        let stay = |reason| Stay { reason, poisoned: false };
        let refused = |reason| Stay { reason, poisoned: true };
        let cover = manifest(item).ok_or_else(|| refused(AttemptReason::PartDamaged))?;
        let path = format!("/api/v1/submissions/{}", item.key);
        for _ in 0..ROUNDS_MAX {
            let answer = self.client.call(Method::PUT, &path, "application/json", cover.clone()).await.map_err(|error| stay(call_reason(&error)))?;
            match answer {
                Answer::Good(bytes) => {
                    let receipt: SignedReceipt = serde_json::from_slice(&bytes).map_err(|_| stay(AttemptReason::AnswerUnreadable))?;
                    receipt.verify(&self.client.receipt_key, item.key, &cover).map_err(|_| stay(AttemptReason::ReceiptUnverified))?;
                    return Ok(bytes);
                }
                Answer::Refused(problem) if problem.kind() == Some(ProblemKind::PartsMissing) => {
                    let missing: Vec<&outbox::PartRef> = item.parts.iter().filter(|part| problem.missing.contains(&part.name)).collect();
                    if missing.is_empty() {
                        return Err(stay(AttemptReason::AnswerUnreadable));
                    }
                    for part in missing {
                        self.upload(item, part, &path).await?;
                    }
                }
                other => return Err(stay_for(&other)),
            }
        }
        Err(stay(AttemptReason::CentralFault))
    }

    async fn upload(&self, item: &QueuedItem, part: &outbox::PartRef, path: &str) -> Result<(), Stay> {
        let bytes = self.outbox.read_part(item.key, &part.name).map_err(|reason| {
            note("courier.part-unreadable", &[("reason", &chain(&reason))]);
            Stay { reason: AttemptReason::PartDamaged, poisoned: true }
        })?;
        let path = format!("{path}/parts/{}", part.name);
        let call = self.client.call(Method::PUT, &path, "application/octet-stream", bytes);
        match call.await.map_err(|error| Stay { reason: call_reason(&error), poisoned: false })? {
            Answer::Good(_) => Ok(()),
            other => Err(stay_for(&other)),
        }
    }

    fn tell_link(&mut self, up: bool) {
        let now = if up { Health::Ready } else { Health::NotReady };
        if self.link != Some(now) && self.inbox.flow(Event::DeviceChanged(Device::Link, now)) {
            note("link", &[("health", &format!("{now:?}"))]);
            self.link = Some(now);
        }
    }
}

fn call_reason(error: &CallError) -> AttemptReason {
    note("courier.call", &[("reason", &chain(error))]);
    match error {
        CallError::Unreachable(_) | CallError::Broken(_) => AttemptReason::LinkDown,
        CallError::TimedOut(_) => AttemptReason::TimedOut,
        CallError::NotCentral(_) => AttemptReason::NotCentral,
        CallError::TooLarge => AttemptReason::AnswerUnreadable,
    }
}

fn stay_for(answer: &Answer) -> Stay {
    let stay = |reason| Stay { reason, poisoned: false };
    match answer {
        Answer::Good(_) => stay(AttemptReason::AnswerUnreadable),
        Answer::Strange(status) if status.is_server_error() => stay(AttemptReason::CentralFault),
        Answer::Strange(_) => stay(AttemptReason::AnswerUnreadable),
        Answer::Refused(problem) => match problem.kind() {
            Some(ProblemKind::UnknownKiosk) => stay(AttemptReason::TerminalRefused),
            Some(ProblemKind::Busy | ProblemKind::Wait | ProblemKind::PartsMissing) => stay(AttemptReason::CentralBusy),
            Some(ProblemKind::Fault) => stay(AttemptReason::CentralFault),
            Some(
                ProblemKind::Malformed
                | ProblemKind::Conflict
                | ProblemKind::TooLarge
                | ProblemKind::Unreadable
                | ProblemKind::NoMatch
                | ProblemKind::NotInRepair,
            ) => Stay { reason: AttemptReason::SubmissionRefused, poisoned: true },
            None => stay(AttemptReason::AnswerUnreadable),
        },
    }
}
