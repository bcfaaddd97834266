//! The driver for ESC/POS printers over any link.
//!
//! It encodes nothing by itself, interprets no bit, and starts no thread: its caller owns one thread for it.
//!
//! The rules a newcomer would break:
//!
//! * One question at a time, and old answers are thrown away first: two answers to DLE EOT cannot be told apart.
//! * From the first byte of a job until its confirmation the job is *stale*: should anything go wrong, whatever the printer
//!   still holds is cleared, marked and cut off before another job starts, so that nobody gets a piece of somebody else's slip.
//! * A fault before the first byte is `NotPrinted`; any later one is `Unknown`.

mod confirm;
mod output;
mod port;
mod query;
mod send;
mod void;

use super::document::PrintJob;
use super::encode::{Encoded, cut_command, encode_job};
use super::parse::{Demux, Expect, Reply};
use super::profile::{ConfirmLevel, Profile};
use super::realtime::{Asked, conditions_in, says_offline};
use super::state::State;
use super::{Delivery, NotPrinted, Poll, PrintOutcome, Printer, PrinterEvent, Unconfirmed};
use crate::link::{Link, LinkError};
use crate::status::{Condition, Severity, Status};
use output::Offered;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use void::Stale;

/// Events kept for a caller that does not poll; the oldest are dropped.
const EVENTS_MAX: usize = 32;
/// A few bytes to a printer that listens.
const SHORT_WRITE: Duration = Duration::from_millis(50);
/// `GS a`: report online, error and paper changes unasked (Epson TM-U220 manual, p.82).
const REPORT_CHANGES: [u8; 3] = [0x1D, 0x61, 0x0E];

/// Waits and limits. Only tests use others than the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// For one round of questions; stays under the 200 ms that a status may take.
    pub status_ms: u64,
    /// Between two polls while a job prints.
    pub poll_ms: u64,
    /// Age of an answer after which `poll` asks again although nothing was reported.
    pub ask_ms: u64,
    /// Longest wait for XON before the printer counts as stuck.
    pub xoff_ms: u64,
    /// Paper speed that the time limit assumes, in mm per second; slower than any printer we know.
    pub assumed_mm_per_s: u64,
    /// Cutter, presenter and everything else that is not paper feed.
    pub cutter_ms: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Timing { status_ms: 180, poll_ms: 150, ask_ms: 2_000, xoff_ms: 60_000, assumed_mm_per_s: 50, cutter_ms: 5_000 }
    }
}

impl Timing {
    /// Three times the slip at the assumed speed, the cutter, and the transfer (ten bits a byte).
    fn limit(&self, encoded: &Encoded, baud: u32) -> Duration {
        let paper_ms = 3 * u64::from(encoded.length_mm) * 1000 / self.assumed_mm_per_s.max(1);
        Duration::from_millis(paper_ms + self.cutter_ms) + transfer(encoded.bytes.len(), baud)
    }
}

fn transfer(bytes: usize, baud: u32) -> Duration {
    Duration::from_millis(bytes as u64 * 10_000 / u64::from(baud.max(1)))
}

/// An ESC/POS printer of a certain model on a certain link.
pub struct EscPos<L: Link> {
    link: L,
    profile: Profile,
    timing: Timing,
    state: State,
    demux: Demux,
    expect: Expect,
    inbox: VecDeque<Reply>,
    /// XOFF came at this moment, and no XON since.
    held_since: Option<Instant>,
    /// Bytes since the round of questions began that fit nothing.
    strays: usize,
    /// A question of this moment is unanswered, so its answer may still come.
    owed_since: Option<Instant>,
    silent_polls: u32,
    last_question: Option<Instant>,
    fresh: Option<Fresh>,
    reports: Reports,
    model: Model,
    stale: Option<Stale>,
    offered: Option<Offered>,
    events: VecDeque<PrinterEvent>,
    paper_mm: u32,
    roll_is_out: bool,
}

/// The last answers to questions, kept up to date by reports.
#[derive(Clone, Debug)]
struct Fresh {
    asked_at: Instant,
    conditions: Vec<Condition>,
}

/// Whether the printer reports changes unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reports {
    /// Not asked to since it was opened or was silent.
    Unasked,
    /// Asked to, and nothing has come yet.
    Asked,
    /// At least one came.
    Heard,
}

/// Whether it is the configured model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    Unasked { tries: u32 },
    Right,
    Foreign,
}

impl<L: Link> EscPos<L> {
    /// A driver with the field's waits. The link may be closed; it is opened on first use.
    pub fn new(link: L, profile: Profile) -> Self {
        EscPos::with_timing(link, profile, Timing::default())
    }

    /// A driver with other waits.
    pub fn with_timing(link: L, profile: Profile, timing: Timing) -> Self {
        EscPos {
            link,
            profile,
            timing,
            state: State::START,
            demux: Demux::default(),
            expect: Expect::Nothing,
            inbox: VecDeque::new(),
            held_since: None,
            strays: 0,
            owed_since: None,
            silent_polls: 0,
            last_question: None,
            fresh: None,
            reports: Reports::Unasked,
            model: Model::Unasked { tries: 0 },
            stale: None,
            offered: None,
            events: VecDeque::new(),
            paper_mm: 0,
            roll_is_out: false,
        }
    }

    /// The model.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Where the driver stands, as of the last call.
    pub fn state(&self) -> State {
        self.state
    }

    fn tell(&mut self, event: PrinterEvent) {
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// A job went wrong after its first byte: nothing of it may come out later.
    fn give_up(&mut self, token: u32, job_bytes: usize, cause: Unconfirmed) -> PrintOutcome {
        self.expect = Expect::Nothing;
        self.make_stale(token, job_bytes);
        if matches!(cause, Unconfirmed::Link { .. }) {
            self.drop_link();
        }
        // Nobody is waiting, so the half slip is cut off now and does not hang out until the next person comes.
        if matches!(cause, Unconfirmed::Voided { .. }) && !self.void_now().unwrap_or(false) {
            log::warn!("printer_void_delayed");
        }
        PrintOutcome::Unknown(cause)
    }
}

impl<L: Link> Printer for EscPos<L> {
    fn reset(&mut self) {
        self.drop_link();
    }

    fn status(&mut self) -> Status {
        let survey = self.survey();
        let mut status = self.status_of(&survey);
        if self.stale.is_some() {
            let ready =
                matches!(&survey, Survey::OneWay) || matches!(&survey, Survey::Answered { offline: false, conditions } if worst_error(conditions).is_none());
            let voided = ready && self.void_step().unwrap_or(false);
            if !voided {
                status = status.with(Condition::SLIP_STALE);
            }
        }
        self.keep_output_time();
        status
    }

    fn poll(&mut self) -> Poll {
        let status = match self.reported() {
            Some(status) => status,
            None => self.status(),
        };
        Poll { status, events: self.events.drain(..).collect(), paper_mm: std::mem::take(&mut self.paper_mm) }
    }

    fn print(&mut self, job: &PrintJob) -> PrintOutcome {
        let mut encoded = match encode_job(&job.document, &self.profile) {
            Ok(encoded) => encoded,
            Err(cause) => return PrintOutcome::NotPrinted(NotPrinted::Encode(cause)),
        };
        if let Err(cause) = self.ready_for_job(&job.permit) {
            return PrintOutcome::NotPrinted(cause);
        }
        match self.void_now().and_then(|voided| self.empty_output().map(|()| voided)) {
            Ok(true) => {}
            Ok(false) => return PrintOutcome::NotPrinted(NotPrinted::Busy),
            Err(cause) => {
                self.link_failed(&cause);
                return PrintOutcome::NotPrinted(NotPrinted::Port(cause));
            }
        }
        let confirmation = confirm::Confirmation::of(self.profile.confirm, job.token);
        encoded.bytes.extend(confirmation.request());
        if self.profile.automatic_status {
            // A printer that was switched off and on in between has forgotten it.
            encoded.bytes.splice(0..0, REPORT_CHANGES);
        }
        let started = Instant::now();
        let limit = self.timing.limit(&encoded, self.profile.baud);
        self.inbox.clear();
        self.expect = confirmation.expects();
        let job_bytes = encoded.bytes.len();
        let ended = match self.send(&encoded.bytes, &job.permit, started + limit) {
            Err(send::Stopped { sent_bytes: 0, cause }) => {
                self.expect = Expect::Nothing;
                return PrintOutcome::NotPrinted(match cause {
                    send::Cause::Revoked => NotPrinted::Void,
                    send::Cause::Link(LinkError::TimedOut) if self.held_since.is_some() => NotPrinted::Busy,
                    send::Cause::Link(cause) => {
                        self.link_failed(&cause);
                        NotPrinted::Port(cause)
                    }
                });
            }
            Err(send::Stopped { sent_bytes, cause: send::Cause::Revoked }) => Err(Unconfirmed::Voided { sent_bytes }),
            Err(send::Stopped { sent_bytes, cause: send::Cause::Link(source) }) => Err(Unconfirmed::Link { sent_bytes, source }),
            Ok(held) => {
                let expected_ms = u64::from(encoded.length_mm) * 1000 / u64::from(self.profile.speed_mm_per_s);
                let settled_at = started + held + Duration::from_millis(expected_ms);
                self.await_confirmation(confirmation, settled_at, started + held + limit, job_bytes)
            }
        };
        self.expect = Expect::Nothing;
        self.paper_mm = self.paper_mm.saturating_add(encoded.length_mm);
        match ended {
            Ok(slip) => PrintOutcome::Printed(self.deliver(job.token, slip)),
            // A model that never answers cannot be asked to void; its slip most likely came out whole.
            Err(cause @ Unconfirmed::NotConfirmable) => PrintOutcome::Unknown(cause),
            Err(cause) => self.give_up(job.token, job_bytes, cause),
        }
    }
}

/// What one round of questions gave.
enum Survey {
    Broken(LinkError),
    OneWay,
    Silent,
    Noisy,
    Foreign,
    /// XOFF instead of answers.
    Held,
    Answered {
        offline: bool,
        conditions: Vec<Condition>,
    },
}

fn worst_error(conditions: &[Condition]) -> Option<Condition> {
    // An open cover is named before missing paper, because closing it often brings the paper back.
    let errors = || conditions.iter().copied().filter(|c| c.row().severity == Severity::Error);
    errors().find(|c| *c == Condition::COVER_OPEN).or_else(|| errors().next())
}
