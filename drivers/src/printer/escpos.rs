//! The driver for ESC/POS printers over any link.
//!
//! It encodes nothing by itself, interprets no bit, and starts no thread: its caller owns one thread for it.
//!
//! The rules a newcomer would break:
//!
//! * One question at a time, and old answers are thrown away first: two answers to DLE EOT cannot be told apart.
//! * From the first byte of a job until its confirmation the job is *stale*: should anything go wrong, whatever the printer
//!   still holds is cleared and cut off before another job starts, so that nobody gets a piece of somebody else's slip.
//! * A fault before the first byte is `NotPrinted`; any later one is `Unknown`.

mod confirm;
mod query;

use super::document::PrintJob;
use super::encode::{Encoded, encode_job};
use super::parse::{Demux, Expect, Reply};
use super::profile::{ConfirmLevel, Cutter, Profile};
use super::realtime::{Asked, conditions_in, says_offline};
use super::{NotPrinted, PrintOutcome, Printer, Unconfirmed};
use crate::link::{Link, LinkError};
use crate::status::{Condition, DeviceState, Severity, Status};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Bytes sent before listening again; a printer that says XOFF gets at most this much more.
const PIECE_BYTES: usize = 256;
/// Silent polls after which a printer that used to answer counts as switched off.
const SILENT_POLLS_BEFORE_POWER_OFF: u32 = 3;
/// Upper bound of the white bytes that end a cut-off picture before a stale job is voided.
const PAD_BYTES_MAX: usize = 16_384;
/// DLE DC4 8: clears receive and print buffer at once, even offline (Epson command reference).
const CLEAR_BUFFERS: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/// Waits and limits. Only tests use others than the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// For one answer to DLE EOT; four of them stay under the 200 ms that a status may take.
    pub answer_ms: u64,
    /// Between two polls while a job prints.
    pub poll_ms: u64,
    /// Paper speed that the time limit assumes, in mm per second; slower than any printer we know.
    pub assumed_mm_per_s: u64,
    /// Cutter, presenter and everything else that is not paper feed.
    pub cutter_ms: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Timing { answer_ms: 45, poll_ms: 150, assumed_mm_per_s: 50, cutter_ms: 5000 }
    }
}

impl Timing {
    /// Three times the slip at the assumed speed, the cutter, and the transfer (ten bits a byte).
    fn limit(&self, encoded: &Encoded, baud: u32) -> Duration {
        let paper_ms = 3 * u64::from(encoded.length_mm) * 1000 / self.assumed_mm_per_s.max(1);
        let transfer_ms = encoded.bytes.len() as u64 * 10_000 / u64::from(baud.max(1));
        Duration::from_millis(paper_ms + self.cutter_ms + transfer_ms)
    }
}

/// An ESC/POS printer of a certain model on a certain link.
pub struct EscPos<L: Link> {
    link: L,
    profile: Profile,
    timing: Timing,
    demux: Demux,
    expect: Expect,
    inbox: VecDeque<Reply>,
    held: bool,
    answered_before: bool,
    silent_polls: u32,
    stale: Option<Stale>,
}

/// An unconfirmed job.
#[derive(Clone, Copy, Debug)]
struct Stale {
    /// Length of the whole job. A picture in it may have been cut off anywhere, because bytes that the operating system
    /// took need not have reached the printer.
    job_bytes: usize,
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
            demux: Demux::default(),
            expect: Expect::Nothing,
            inbox: VecDeque::new(),
            held: false,
            answered_before: false,
            silent_polls: 0,
            stale: None,
        }
    }

    /// The model.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Is it certain enough that the next byte of a job may leave?
    fn ready_for_job(&mut self) -> Result<(), NotPrinted> {
        let mut state = self.survey();
        if matches!(state, Survey::Broken(_)) {
            // A port that died since the last call is opened again by its path; nothing of the job has left yet.
            self.drop_link();
            state = self.survey();
        }
        match state {
            Survey::Broken(cause) => Err(NotPrinted::Port(cause)),
            Survey::OneWay => Ok(()),
            Survey::Silent => Err(NotPrinted::Silent),
            Survey::Answered { offline, conditions } => match (worst_error(&conditions), offline) {
                (Some(condition), _) => Err(NotPrinted::Fault(condition)),
                (None, true) => Err(NotPrinted::Offline),
                (None, false) => Ok(()),
            },
        }
    }

    /// Sends a job in pieces, listening in between.
    fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), (usize, LinkError)> {
        let mut sent_bytes = 0;
        for piece in bytes.chunks(PIECE_BYTES) {
            self.listen(Duration::ZERO).map_err(|cause| (sent_bytes, cause))?;
            while self.held {
                if Instant::now() >= deadline {
                    return Err((sent_bytes, LinkError::TimedOut));
                }
                self.listen(Duration::from_millis(self.timing.poll_ms)).map_err(|cause| (sent_bytes, cause))?;
            }
            self.link.write(piece, deadline).map_err(|fault| (sent_bytes + fault.sent_bytes, fault.cause))?;
            sent_bytes += piece.len();
        }
        Ok(())
    }

    /// A job went wrong after its first byte: nothing of it may come out later.
    fn give_up(&mut self, job_bytes: usize, cause: Unconfirmed) -> PrintOutcome {
        let older = self.stale.map_or(0, |stale| stale.job_bytes);
        self.stale = Some(Stale { job_bytes: job_bytes.max(older) });
        self.expect = Expect::Nothing;
        if self.profile.clear_buffer {
            let _ = self.link.write(&CLEAR_BUFFERS, self.soon());
        }
        if matches!(cause, Unconfirmed::Link { .. }) {
            self.drop_link();
        }
        PrintOutcome::Unknown(cause)
    }

    /// Clears and cuts off what is left of an unconfirmed job. Only called while the printer is ready.
    fn void_stale(&mut self) -> Result<(), LinkError> {
        let Some(stale) = self.stale else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        if self.profile.clear_buffer {
            bytes.extend(CLEAR_BUFFERS);
        } else {
            // The printer may wait for the rest of a picture. As picture data a zero is white, elsewhere it is ignored.
            bytes.resize(stale.job_bytes.min(PAD_BYTES_MAX), 0);
        }
        bytes.extend([0x1B, 0x40, b'\n', 0x1B, 0x64, self.profile.cut_feed_lines.max(1)]);
        match self.profile.cutter {
            Cutter::None => bytes.extend(b"--------------------------------\n"),
            Cutter::FullFeed => bytes.extend([0x1D, 0x56, 65, 0]),
            Cutter::PartialFeed => bytes.extend([0x1D, 0x56, 66, 0]),
            Cutter::EscI => bytes.extend([0x1B, 0x69]),
            Cutter::EscM => bytes.extend([0x1B, 0x6D]),
            Cutter::Presenter => bytes.extend([0x1C, 0x50, 12, 0, b'E', 1]),
        }
        let deadline = Instant::now() + Duration::from_millis(self.timing.cutter_ms);
        self.link.write(&bytes, deadline).map_err(|fault| fault.cause)?;
        self.stale = None;
        log::info!("printer_stale_job_voided");
        Ok(())
    }

    fn drop_link(&mut self) {
        self.link.close();
        self.demux.reset();
        self.inbox.clear();
        self.held = false;
    }

    fn soon(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.timing.answer_ms)
    }

    fn status_without_link(&self, cause: &LinkError) -> Status {
        let gone = if self.answered_before { DeviceState::PowerOff } else { DeviceState::NoDevice };
        match cause {
            LinkError::NoDevice { .. } | LinkError::Unplugged => Status::of(gone),
            LinkError::HeldByOther { .. } => Status::of(DeviceState::Unknown).with(Condition::LINK_HELD_BY_OTHER),
            LinkError::Permission { .. } => Status::of(DeviceState::Unknown).with(Condition::LINK_PERMISSION),
            LinkError::Faulty { .. } => Status::of(DeviceState::Unknown).with(Condition::LINK_NOISE),
            LinkError::TimedOut | LinkError::Setup { .. } => Status::of(DeviceState::Unknown).with(Condition::LINK_SILENT),
        }
    }
}

impl<L: Link> Printer for EscPos<L> {
    fn status(&mut self) -> Status {
        let mut status = match self.survey() {
            Survey::Broken(cause) => {
                self.drop_link();
                self.status_without_link(&cause)
            }
            Survey::OneWay => Status::of(DeviceState::Online).with(Condition::LINK_ONE_WAY),
            Survey::Silent => {
                self.silent_polls = self.silent_polls.saturating_add(1);
                let off = self.answered_before && self.silent_polls > SILENT_POLLS_BEFORE_POWER_OFF;
                let state = if off { DeviceState::PowerOff } else { DeviceState::Unknown };
                Status::of(state).with(Condition::LINK_SILENT)
            }
            Survey::Answered { offline, conditions } => {
                let fault = worst_error(&conditions);
                let state = match fault {
                    Some(Condition::ROLL_OUT | Condition::COVER_OPEN | Condition::ROLL_JAMMED) => DeviceState::UserError,
                    Some(_) => DeviceState::HardwareError,
                    None if offline => DeviceState::Offline,
                    None if self.held => DeviceState::DeviceBusy,
                    None => DeviceState::Online,
                };
                conditions.into_iter().fold(Status::of(state), Status::with)
            }
        };
        if self.stale.is_some() {
            let voided = status.device == DeviceState::Online && self.void_stale().is_ok();
            if !voided {
                status = status.with(Condition::SLIP_STALE);
            }
        }
        status
    }

    fn print(&mut self, job: &PrintJob) -> PrintOutcome {
        let mut encoded = match encode_job(&job.document, &self.profile) {
            Ok(encoded) => encoded,
            Err(cause) => return PrintOutcome::NotPrinted(NotPrinted::Encode(cause)),
        };
        if let Err(cause) = self.ready_for_job() {
            return PrintOutcome::NotPrinted(cause);
        }
        if let Err(cause) = self.void_stale() {
            self.drop_link();
            return PrintOutcome::NotPrinted(NotPrinted::Port(cause));
        }
        let confirmation = confirm::Confirmation::of(self.profile.confirm, job.token);
        encoded.bytes.extend(confirmation.request());
        let started = Instant::now();
        let deadline = started + self.timing.limit(&encoded, self.profile.baud);
        self.inbox.clear();
        self.expect = confirmation.expects();
        match self.send(&encoded.bytes, deadline) {
            Err((0, cause)) => {
                self.expect = Expect::Nothing;
                self.drop_link();
                PrintOutcome::NotPrinted(NotPrinted::Port(cause))
            }
            Err((sent_bytes, source)) => self.give_up(encoded.bytes.len(), Unconfirmed::Link { sent_bytes, source }),
            Ok(()) => {
                let expected_ms = u64::from(encoded.length_mm) * 1000 / u64::from(self.profile.speed_mm_per_s);
                let settled_at = started + Duration::from_millis(expected_ms);
                let outcome = self.await_confirmation(confirmation, settled_at, deadline, encoded.bytes.len());
                self.expect = Expect::Nothing;
                match outcome {
                    Ok(()) => PrintOutcome::Printed,
                    // A model that never answers cannot be asked to void; its slip most likely came out whole.
                    Err(cause @ Unconfirmed::NotConfirmable) => PrintOutcome::Unknown(cause),
                    Err(cause) => self.give_up(encoded.bytes.len(), cause),
                }
            }
        }
    }
}

/// What one round of questions gave.
enum Survey {
    Broken(LinkError),
    OneWay,
    Silent,
    Answered { offline: bool, conditions: Vec<Condition> },
}

fn worst_error(conditions: &[Condition]) -> Option<Condition> {
    // An open cover is named before missing paper, because closing it often brings the paper back.
    let errors = || conditions.iter().copied().filter(|c| c.row().severity == Severity::Error);
    errors().find(|c| *c == Condition::COVER_OPEN).or_else(|| errors().next())
}
