//! A job under way: what each answer about it means, and when to stop waiting. Pure; time comes in as time since the job began.
//!
//! The rule a newcomer would break: after a cancel the job is followed on, because only the printer knows whether the last
//! sheet was faster than the cancel.

use super::facts::{JobEnd, JobFacts, JobState};
use super::{Doubt, NotPrinted, SheetLimits, SheetOutcome};
use std::time::Duration;

/// What came back when the printer was asked about the job.
#[derive(Debug)]
pub(super) enum Heard {
    Job(JobFacts),
    /// The printer says that there is no such job.
    Gone,
    /// No answer, or one that says nothing.
    Nothing,
}

/// What to do now.
#[derive(Debug)]
pub(super) enum Step {
    /// Ask again after the poll time.
    Wait,
    /// Tell the printer to cancel, then ask again. Said once.
    Cancel,
    /// Over.
    End(SheetOutcome),
}

/// The job's history as far as it matters.
#[derive(Debug)]
pub(super) struct Follow {
    limits: SheetLimits,
    heard_at: Duration,
    stopped_since: Option<Duration>,
    began_to_print: bool,
    giving_up: Option<(Duration, NotPrinted)>,
}

impl Follow {
    /// A job that the printer has accepted.
    pub(super) fn accepted(limits: &SheetLimits, now: Duration) -> Self {
        Follow { limits: *limits, heard_at: now, stopped_since: None, began_to_print: false, giving_up: None }
    }

    /// The caller wants it no more, or the document did not arrive whole.
    pub(super) fn give_up(&mut self, now: Duration, why: NotPrinted) -> Step {
        if self.giving_up.is_some() {
            return Step::Wait;
        }
        self.giving_up = Some((now, why));
        Step::Cancel
    }

    /// One answer.
    pub(super) fn step(&mut self, now: Duration, heard: Heard) -> Step {
        match heard {
            Heard::Gone => return Step::End(SheetOutcome::Unknown(Doubt::Vanished)),
            Heard::Job(job) if job.state != JobState::NotSaid => {
                self.heard_at = now;
                self.began_to_print |= matches!(job.state, JobState::Processing | JobState::Stopped) || job.pages_out.unwrap_or(0) > 0;
                if let Some(end) = job.end() {
                    return Step::End(self.ended(end, job));
                }
                if let Some(pages) = job.too_many(&self.limits) {
                    return self.later(now, NotPrinted::TooManyPages { pages, pages_max: self.limits.pages_max });
                }
                if matches!(job.state, JobState::Stopped | JobState::Held) {
                    let waited = now.saturating_sub(*self.stopped_since.get_or_insert(now));
                    if waited >= ms(self.limits.stopped_ms) {
                        return self.later(now, NotPrinted::Stopped { waited_ms: waited.as_millis() as u64 });
                    }
                } else {
                    self.stopped_since = None;
                }
            }
            Heard::Job(_) | Heard::Nothing => {
                let silent = now.saturating_sub(self.heard_at);
                if silent >= ms(self.limits.lost_ms) && self.giving_up.is_none() {
                    return Step::End(SheetOutcome::Unknown(Doubt::Silent { waited_ms: silent.as_millis() as u64 }));
                }
            }
        }
        if now >= ms(self.limits.job_ms) || self.giving_up.is_some() {
            return self.later(now, NotPrinted::TimedOut { waited_ms: now.as_millis() as u64 });
        }
        Step::Wait
    }

    /// Gives up now, or looks whether the printer had time enough since.
    fn later(&mut self, now: Duration, why: NotPrinted) -> Step {
        match self.giving_up.take() {
            None => self.give_up(now, why),
            Some((since, why)) if now.saturating_sub(since) >= ms(self.limits.cancel_ms) => Step::End(SheetOutcome::Unknown(Doubt::CancelUnconfirmed { why })),
            Some(waiting) => {
                self.giving_up = Some(waiting);
                Step::Wait
            }
        }
    }

    fn ended(&mut self, end: JobEnd, job: JobFacts) -> SheetOutcome {
        let pages_out = job.pages_out;
        match end {
            JobEnd::Completed => SheetOutcome::Printed { pages_out },
            JobEnd::WithErrors => SheetOutcome::Unknown(Doubt::WithErrors { pages_out: pages_out.unwrap_or(0) }),
            JobEnd::Broken => {
                let why = self.giving_up.take().map_or(NotPrinted::Aborted { reasons: job.reasons }, |(_, why)| why);
                // A printer that does not count says nothing by its silence, unless it never began.
                let nothing_out = pages_out.map_or(!self.began_to_print, |pages| pages == 0);
                if nothing_out { SheetOutcome::NotPrinted(why) } else { SheetOutcome::Unknown(Doubt::Partly { pages_out, why }) }
            }
        }
    }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
