//! One job from its start to its end: pages as they come, and what each answer on the way means.
//!
//! It does not choose settings. The rules a newcomer would break: 503 means "not yet" and not "broken", 404 means "no more"
//! and is how every feeder ends, 409 says only that the scanner's state has the reason; and a job is ended whatever happened,
//! or the scanner stays reserved for us.

use super::client::{Client, Leash};
use super::exchange::{CallError, Exchange, Head};
use super::plan::Plan;
use super::quirks::Quirks;
use super::state::{parse_status, reason_of};
use crate::picture::{DecodeError, announced_size};
use crate::scanner::{AcquireError, AcquireLimits, ScannedPage};
use reqwest::Url;
use std::time::{Duration, Instant};

/// Tries for one page while the scanner says "not yet".
pub const PAGE_TRIES_MAX: u32 = 30;
/// Tries for starting a job while the scanner says "not yet".
pub const START_TRIES_MAX: u32 = 10;
/// Pause between tries when the scanner names none.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// A scanner that names a longer pause is asked after this one.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(5);

/// What follows from the status of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What was asked for is in the answer.
    Take,
    /// Ask again after this pause.
    Again(Duration),
    /// There are no more pages.
    NoMore,
    /// The scanner's state has the reason.
    AskWhy,
    /// It is given up: still not ready after all tries.
    NotReady,
    /// This user may not.
    Forbidden,
    /// The scanner has failed.
    Failed,
    /// No eSCL scanner answers like this.
    Foreign,
}

/// The meaning of an answer to `GET NextDocument`. `tries` counts from one.
pub fn after_next_document(status: u16, retry_after_secs: Option<u64>, tries: u32) -> Step {
    match status {
        200 => Step::Take,
        // Some Xerox devices say 410 where they mean "not yet".
        503 | 410 if tries >= PAGE_TRIES_MAX => Step::NotReady,
        503 | 410 => Step::Again(pause(retry_after_secs)),
        404 => Step::NoMore,
        other => otherwise(other),
    }
}

/// The meaning of an answer to `POST ScanJobs`. `tries` counts from one.
pub fn after_start(status: u16, retry_after_secs: Option<u64>, tries: u32) -> Step {
    match status {
        201 => Step::Take,
        503 if tries >= START_TRIES_MAX => Step::NotReady,
        503 => Step::Again(pause(retry_after_secs)),
        // AirSane says 404 where others say 409: nothing lies in the feeder (SimulPiscator/AirSane#135).
        404 => Step::AskWhy,
        other => otherwise(other),
    }
}

fn otherwise(status: u16) -> Step {
    match status {
        409 => Step::AskWhy,
        401 | 403 => Step::Forbidden,
        500..=599 => Step::Failed,
        _ => Step::Foreign,
    }
}

fn pause(retry_after_secs: Option<u64>) -> Duration {
    retry_after_secs.map_or(RETRY_PAUSE, Duration::from_secs).min(RETRY_PAUSE_MAX)
}

/// One job of one acquire.
pub(super) struct Job<'a> {
    pub(super) client: &'a Client,
    pub(super) plan: &'a Plan,
    pub(super) quirks: Quirks,
    pub(super) limits: &'a AcquireLimits,
    pub(super) leash: &'a Leash<'a>,
}

impl Job<'_> {
    /// Starts the job, takes its pages and ends it.
    pub(super) fn run(&self) -> Result<Vec<ScannedPage>, AcquireError> {
        let job = self.start()?;
        let pages = self.pages(&job);
        self.client.end_job(&job);
        pages
    }

    fn start(&self) -> Result<Url, AcquireError> {
        for tries in 1.. {
            let (head, job) = self.client.start_job(self.plan.to_xml(), self.leash).map_err(|fault| self.fault(fault))?;
            match after_start(head.status, head.retry_after_secs, tries) {
                Step::Take => {
                    return job.ok_or_else(|| AcquireError::Foreign { reason: "a job was started and its address is not told".into() });
                }
                Step::Again(pause) => self.leash.wait(pause).map_err(|fault| self.fault(fault))?,
                Step::AskWhy => return Err(self.why().unwrap_or_else(|| AcquireError::Unsupported { what: "these settings now".into() })),
                step => return Err(refusal(step, &head)),
            }
        }
        Err(AcquireError::Busy)
    }

    fn pages(&self, job: &Url) -> Result<Vec<ScannedPage>, AcquireError> {
        // The glass holds one page, and some devices wait for ever when they are asked for another.
        let pages_max = if self.plan.from_feeder { self.limits.pages_max } else { self.limits.pages_max.min(1) };
        let (mut pages, mut last_load) = (Vec::new(), Duration::ZERO);
        while pages.len() < pages_max {
            let pause = if pages.is_empty() { Duration::ZERO } else { self.quirks.pause(last_load) };
            self.leash.wait(pause).map_err(|fault| self.fault(fault))?;
            let asked = Instant::now();
            let Some(bytes) = self.page(job, pages.len() + 1)? else {
                break;
            };
            last_load = asked.elapsed();
            pages.push(ScannedPage::checked(pages.len() + 1, bytes, self.limits)?);
        }
        if pages.is_empty() { Err(AcquireError::NoDocument) } else { Ok(pages) }
    }

    /// The bytes of the next page, or `None` when there is none.
    fn page(&self, job: &Url, page: usize) -> Result<Option<Vec<u8>>, AcquireError> {
        for tries in 1.. {
            let (head, exchange) = self.client.next_document(job, self.leash).map_err(|fault| self.fault(fault))?;
            match after_next_document(head.status, head.retry_after_secs, tries) {
                Step::Take => return self.bytes(&exchange, &head, page).map(Some),
                Step::NoMore => return Ok(None),
                Step::Again(pause) => self.leash.wait(pause).map_err(|fault| self.fault(fault))?,
                Step::AskWhy => {
                    return match self.why() {
                        // Some devices end a batch like this instead of with 404.
                        Some(AcquireError::NoDocument) => Ok(None),
                        reason => Err(reason.unwrap_or(AcquireError::Device)),
                    };
                }
                step => return Err(refusal(step, &head)),
            }
        }
        Err(AcquireError::Busy)
    }

    fn bytes(&self, exchange: &Exchange, head: &Head, page: usize) -> Result<Vec<u8>, AcquireError> {
        // A page that announces too many pixels is not fetched to its end.
        let look = |begun: &[u8]| match announced_size(begun) {
            Ok((width, height)) if u64::from(width) * u64::from(height) > u64::from(self.limits.megapixels_max) * 1_000_000 => {
                Err(BodyError::TooManyPixels { width, height })
            }
            _ => Ok(()),
        };
        let too_large = |source| AcquireError::TooLarge { page, source };
        let bytes_max = self.limits.page_bytes_max;
        self.client.body(exchange, head, bytes_max, self.leash, look).map_err(|fault| match fault {
            BodyError::TooManyPixels { width, height } => too_large(DecodeError::TooManyPixels { width, height, megapixels_max: self.limits.megapixels_max }),
            BodyError::Call(CallError::TooManyBytes { bytes }) => too_large(DecodeError::TooManyBytes { bytes, bytes_max }),
            BodyError::Call(CallError::Broken | CallError::NotHttp) => AcquireError::Truncated { page },
            BodyError::Call(other) => self.fault(other),
        })
    }

    /// The reason behind a refusal, if the scanner's state names one.
    fn why(&self) -> Option<AcquireError> {
        let (head, body) = match self.client.get("ScannerStatus", self.leash) {
            Ok(answer) => answer,
            Err(fault) => return Some(self.fault(fault)),
        };
        let answer = (head.status == 200).then(|| parse_status(&body).ok()).flatten()?;
        reason_of(&answer, self.plan.from_feeder)
    }

    fn fault(&self, fault: CallError) -> AcquireError {
        acquire_error(fault, self.limits)
    }
}

/// What ends a page.
enum BodyError {
    Call(CallError),
    TooManyPixels { width: u32, height: u32 },
}

impl From<CallError> for BodyError {
    fn from(fault: CallError) -> Self {
        BodyError::Call(fault)
    }
}

fn refusal(step: Step, head: &Head) -> AcquireError {
    match step {
        Step::NotReady => AcquireError::Busy,
        Step::Forbidden => AcquireError::Permission,
        Step::Failed => AcquireError::Device,
        Step::Take | Step::Again(_) | Step::NoMore | Step::AskWhy | Step::Foreign => {
            AcquireError::Foreign { reason: format!("HTTP status {} where eSCL knows none", head.status) }
        }
    }
}

/// A call's fault in the words of every scanner.
pub(super) fn acquire_error(fault: CallError, limits: &AcquireLimits) -> AcquireError {
    match fault {
        CallError::Unreachable => AcquireError::Absent,
        CallError::Silent | CallError::Broken => AcquireError::Silent,
        CallError::NotHttp => AcquireError::Foreign { reason: "this is not HTTP".into() },
        CallError::TooMany => AcquireError::Hung,
        CallError::Cancelled => AcquireError::Cancelled,
        CallError::DeadlinePassed => AcquireError::TimedOut { deadline_secs: limits.deadline_secs },
        CallError::TooManyBytes { bytes } => AcquireError::Foreign { reason: format!("an answer of {bytes} bytes") },
    }
}
