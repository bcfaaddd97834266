//! The driver of an IPP printer: asks, sends, follows, cancels.
//!
//! What an answer means is decided in `facts.rs` and `follow.rs`; this file does what they say. The rule a newcomer would break:
//! from the first byte of the document on, no fault of the network is "not printed" until the printer has said so.

use super::address::Address;
use super::ask::Question;
use super::discover::look_for;
use super::errand::{AskError, Errand, Errands, Message, exchange};
use super::facts::{JobFacts, PrinterFacts};
use super::follow::{Follow, Heard, Step};
use super::trust::{Trust, TrustError};
use super::wire::Answer;
use super::{Doubt, NotPrinted, SheetDocument, SheetJob, SheetLimits, SheetOutcome, SheetPrinter};
use crate::status::{Condition, DeviceState, Status};
use ipp::model::{DelimiterTag, IppVersion, Operation};
use reqwest::blocking::Client;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;

/// A status call holds its thread no longer than this; what is left of 200 ms is for the rest.
const STATUS_WAIT: Duration = Duration::from_millis(150);
/// An answer that nobody fetched for longer than this says nothing about now.
const ANSWER_AGE_MAX: Duration = Duration::from_secs(5);
/// Longest wait that a busy printer may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);
const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(2);
const LOOK_STEP: Duration = Duration::from_millis(20);
const PDF_MAGIC: &[u8] = b"%PDF-";

// RFC 8011, appendix B.1.
const NOT_FOUND: u16 = 0x0406;
const GONE: u16 = 0x0407;
const UNAVAILABLE: u16 = 0x0502;
const VERSION_NOT_SUPPORTED: u16 = 0x0503;
const TEMPORARY: u16 = 0x0505;
const BUSY: u16 = 0x0507;

/// Which printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Whatever listens there.
    At(Address),
    /// The printer with this UUID, wherever it is today; with or without "urn:uuid:".
    Uuid(String),
}

/// How a printer is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSettings {
    pub place: Place,
    /// Counts only for encrypted addresses.
    pub trust: Trust,
    pub limits: SheetLimits,
}

/// Why the driver cannot be set up.
#[derive(Debug, Error)]
pub enum SetupError {
    #[error("encryption cannot be set up")]
    Trust(#[source] TrustError),
    #[error("the web client cannot be set up")]
    Client(#[source] reqwest::Error),
}

/// An IPP printer.
pub struct IppPrinter {
    line: Line,
    errands: Errands,
    asked: Option<Errand>,
    seen: bool,
    facts: Option<PrinterFacts>,
}

/// What an errand takes along.
#[derive(Clone)]
struct Line {
    client: Client,
    place: Place,
    limits: SheetLimits,
    /// Where the printer with the UUID was last.
    found: Arc<Mutex<Option<Address>>>,
    request_id: Arc<AtomicI32>,
    /// It does not speak IPP/2.0.
    old: Arc<AtomicBool>,
}

impl IppPrinter {
    /// A driver that has not asked anything yet.
    ///
    /// # Errors
    /// None that depend on the printer.
    pub fn new(settings: SheetSettings) -> Result<Self, SetupError> {
        let SheetSettings { place, trust, limits } = settings;
        let client = Client::builder()
            .tls_backend_preconfigured(trust.tls().map_err(SetupError::Trust)?)
            .connect_timeout(ms(limits.connect_ms))
            .redirect(reqwest::redirect::Policy::none())
            // Printers are in the house. A printer that closed a kept connection would look like a lost document.
            .no_proxy()
            .pool_max_idle_per_host(0)
            .http1_only()
            .build()
            .map_err(SetupError::Client)?;
        let line = Line { client, place, limits, found: Arc::default(), request_id: Arc::default(), old: Arc::default() };
        Ok(IppPrinter { line, errands: Errands::default(), asked: None, seen: false, facts: None })
    }

    /// What the printer said last, for the technician: model, formats, reasons word by word.
    pub fn facts(&self) -> Option<&PrinterFacts> {
        self.facts.as_ref()
    }

    /// Asks for the printer's facts and waits for them, longer than [`SheetPrinter::status`] does.
    ///
    /// # Errors
    /// See [`AskError`].
    pub fn ask_facts(&mut self) -> Result<PrinterFacts, AskError> {
        let answer = self.ask(Question::printer(), None, &|| false);
        self.understood(answer)
    }

    fn understood(&mut self, answer: Result<Answer, AskError>) -> Result<PrinterFacts, AskError> {
        let facts = PrinterFacts::of(&answer?);
        if let Place::Uuid(uuid) = &self.line.place
            && facts.uuid.as_ref().is_none_or(|found| *found != super::facts::plain_uuid(uuid))
        {
            self.line.forget();
            return Err(AskError::OtherPrinter);
        }
        for reason in facts.unknown_reasons() {
            log::warn!(keyword = reason.keyword.as_str(), level:? = reason.level; "sheet_reason_unknown");
        }
        self.seen = true;
        self.facts = Some(facts.clone());
        Ok(facts)
    }

    fn start(&self, question: Question, document: Option<SheetDocument>) -> Result<Errand, AskError> {
        let line = self.line.clone();
        self.errands.start(move || line.ask(&question, document.as_ref()))
    }

    fn ask(&self, question: Question, document: Option<SheetDocument>, cancelled: &dyn Fn() -> bool) -> Result<Answer, AskError> {
        let limits = &self.line.limits;
        let way = if document.is_some() { limits.document_ms } else { limits.question_ms };
        self.start(question, document)?.until(ms(way + limits.connect_ms + limits.discover_ms), cancelled)
    }

    /// As `ask`, and again after the time a busy printer wants, until the job's time is over.
    fn ask_patiently(&self, question: &Question, document: Option<&SheetDocument>, job: &SheetJob, began: Instant) -> Result<Answer, AskError> {
        loop {
            let error = match self.ask(question.clone(), document.cloned(), &|| job.is_cancelled()) {
                Err(error @ AskError::Busy { .. }) => error,
                other => return other,
            };
            let AskError::Busy { retry_after } = &error else { return Err(error) };
            let again = Instant::now() + retry_after.unwrap_or(RETRY_AFTER_DEFAULT).min(RETRY_AFTER_MAX);
            if again.duration_since(began) >= ms(self.line.limits.job_ms) {
                return Err(error);
            }
            while Instant::now() < again {
                if job.is_cancelled() {
                    return Err(AskError::Cancelled);
                }
                std::thread::park_timeout(LOOK_STEP);
            }
        }
    }

    fn run(&mut self, job: &SheetJob) -> Result<SheetOutcome, NotPrinted> {
        let began = Instant::now();
        let limits = self.line.limits;
        check_document(job, &limits)?;
        let asked = self.ask_patiently(&Question::printer(), None, job, began);
        let facts = self.understood(asked).map_err(not_asked)?;
        if let Some(refusal) = facts.refusal(job.document.len(), job.pages) {
            return Err(refusal);
        }
        if facts.can(Operation::ValidateJob) {
            let answer = self.ask_patiently(&Question::whole_job(Operation::ValidateJob, job.token, &facts), None, job, began).map_err(not_asked)?;
            accepted("Validate-Job", &answer)?;
        }
        if facts.can(Operation::CreateJob) && facts.can(Operation::SendDocument) {
            let answer = self.ask_patiently(&Question::create_job(job.token, &facts), None, job, began).map_err(not_asked)?;
            accepted("Create-Job", &answer)?;
            let id = JobFacts::of(&answer).id.ok_or(NotPrinted::NoJobNumber)?;
            let mut follow = Follow::accepted(&limits, began.elapsed());
            let sent = self.ask_patiently(&Question::send_document(id), Some(&job.document), job, began);
            let arrived = match sent {
                Ok(answer) => accepted("Send-Document", &answer),
                Err(AskError::Cancelled) => Err(NotPrinted::Cancelled),
                Err(fault) => Err(NotPrinted::Ask(fault)),
            };
            if let Err(why) = arrived {
                follow.give_up(began.elapsed(), why);
                self.cancel(id);
            }
            return Ok(self.follow(id, follow, job, began));
        }
        let answer = match self.ask_patiently(&Question::whole_job(Operation::PrintJob, job.token, &facts), Some(&job.document), job, began) {
            Ok(answer) => answer,
            Err(fault) if fault.nothing_left() => return Err(NotPrinted::Ask(fault)),
            Err(fault) => return Ok(SheetOutcome::Unknown(Doubt::Lost(fault))),
        };
        accepted("Print-Job", &answer)?;
        let Some(id) = JobFacts::of(&answer).id else { return Ok(SheetOutcome::Unknown(Doubt::NoJobNumber)) };
        Ok(self.follow(id, Follow::accepted(&limits, began.elapsed()), job, began))
    }

    fn follow(&self, id: i32, mut follow: Follow, job: &SheetJob, began: Instant) -> SheetOutcome {
        let mut told = false;
        loop {
            let heard = match self.ask(Question::job(id), None, &|| false) {
                Ok(answer) if answer.is_success() => Heard::Job(JobFacts::of(&answer)),
                Ok(answer) if matches!(answer.code, NOT_FOUND | GONE) => Heard::Gone,
                Ok(_) | Err(_) => Heard::Nothing,
            };
            let step = match follow.step(began.elapsed(), heard) {
                Step::Wait if job.is_cancelled() && !told => {
                    told = true;
                    follow.give_up(began.elapsed(), NotPrinted::Cancelled)
                }
                step => step,
            };
            match step {
                Step::End(outcome) => return outcome,
                Step::Cancel => self.cancel(id),
                Step::Wait => {}
            }
            let again = Instant::now() + ms(self.line.limits.poll_ms);
            while Instant::now() < again && (told || !job.is_cancelled()) {
                std::thread::park_timeout(LOOK_STEP);
            }
        }
    }

    /// Best effort: what became of the job is learned by asking for it.
    fn cancel(&self, id: i32) {
        match self.ask(Question::cancel(id), None, &|| false) {
            Ok(answer) if answer.is_success() => log::info!("sheet_job_cancel_accepted"),
            Ok(answer) => log::warn!(code = answer.code; "sheet_job_cancel_refused"),
            Err(fault) => log::warn!(reason:% = fault; "sheet_job_cancel_failed"),
        }
    }
}

impl SheetPrinter for IppPrinter {
    fn status(&mut self) -> Status {
        let kept = self.asked.as_ref().and_then(|errand| errand.within(Duration::ZERO));
        if kept.is_some() {
            self.asked = None;
        }
        if self.asked.is_none() {
            match self.start(Question::printer(), None) {
                Ok(errand) => self.asked = Some(errand),
                Err(fault) => return status_of_fault(&fault, self.seen),
            }
        }
        let fresh = self.asked.as_ref().and_then(|errand| errand.within(STATUS_WAIT));
        if fresh.is_some() {
            self.asked = None;
        }
        match fresh.or(kept).filter(|(at, _)| at.elapsed() <= ANSWER_AGE_MAX) {
            None => Status::unknown(),
            Some((_, answer)) => match self.understood(answer) {
                Ok(facts) => facts.status(),
                Err(fault) => status_of_fault(&fault, self.seen),
            },
        }
    }

    fn print(&mut self, job: &SheetJob) -> SheetOutcome {
        let outcome = self.run(job).unwrap_or_else(SheetOutcome::NotPrinted);
        match &outcome {
            SheetOutcome::Printed { .. } => log::info!(token = job.token; "sheet_printed"),
            SheetOutcome::NotPrinted(why) => log::warn!(token = job.token, reason:% = why; "sheet_not_printed"),
            SheetOutcome::Unknown(doubt) => log::warn!(token = job.token, reason:% = doubt; "sheet_outcome_unknown"),
        }
        outcome
    }
}

impl Line {
    /// Runs on the errand's thread.
    fn ask(&self, question: &Question, document: Option<&SheetDocument>) -> Result<Answer, AskError> {
        let address = self.address()?;
        let post = |version: IppVersion| {
            let request_id = self.request_id.fetch_add(1, Ordering::AcqRel).rem_euclid(i32::MAX) + 1;
            let limit = ms(if document.is_some() { self.limits.document_ms } else { self.limits.question_ms });
            let message =
                Message { question: question.clone(), document: document.cloned(), version, request_id, limit, answer_bytes_max: self.limits.answer_bytes_max };
            exchange(&self.client, &address, message)
        };
        let version = if self.old.load(Ordering::Acquire) { IppVersion::v1_1() } else { IppVersion::v2_0() };
        let mut answer = post(version);
        if matches!(&answer, Ok(answer) if answer.code == VERSION_NOT_SUPPORTED) && version == IppVersion::v2_0() {
            self.old.store(true, Ordering::Release);
            answer = post(IppVersion::v1_1());
        }
        match answer {
            Ok(answer) if matches!(answer.code, UNAVAILABLE | TEMPORARY | BUSY) => Err(AskError::Busy { retry_after: None }),
            Ok(answer) if !answer.is_success() && question.operation() == Operation::GetPrinterAttributes => Err(AskError::Refused { code: answer.code }),
            Err(fault @ AskError::Unreachable(_)) => {
                self.forget();
                Err(fault)
            }
            other => other,
        }
    }

    fn address(&self) -> Result<Address, AskError> {
        let uuid = match &self.place {
            Place::At(address) => return Ok(address.clone()),
            Place::Uuid(uuid) => uuid,
        };
        if let Some(address) = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(address);
        }
        let address = look_for(uuid, ms(self.limits.discover_ms)).map_err(AskError::NotFound)?;
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(address.clone());
        Ok(address)
    }

    /// The next question looks for the printer again, where it is known by its UUID.
    fn forget(&self) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// State and conditions when there is no answer. A printer that was here and is gone was switched off.
pub(super) fn status_of_fault(fault: &AskError, seen: bool) -> Status {
    let away = if seen { DeviceState::PowerOff } else { DeviceState::NoDevice };
    match fault {
        AskError::Unreachable(_) | AskError::NotFound(_) => Status::of(away).with(Condition::SHEET_ABSENT),
        AskError::Certificate(_) | AskError::NotIpp { .. } => Status::of(DeviceState::Offline).with(Condition::SHEET_MISCONFIGURED),
        AskError::Http { status: 500..=599 } | AskError::Refused { code: 0x0500..=0x05FF } => {
            Status::of(DeviceState::HardwareError).with(Condition::SHEET_INOPERATIVE)
        }
        AskError::Http { .. } | AskError::Refused { .. } => Status::of(DeviceState::Offline).with(Condition::SHEET_MISCONFIGURED),
        AskError::Busy { .. } => Status::of(DeviceState::DeviceBusy),
        AskError::OtherPrinter => Status::of(DeviceState::Offline).with(Condition::LINK_FOREIGN),
        AskError::TooLarge { .. } | AskError::Garbled(_) | AskError::OtherQuestion { .. } => Status::unknown().with(Condition::LINK_NOISE),
        AskError::TimedOut { .. } | AskError::Broken(_) | AskError::Cancelled | AskError::TooManyUnderWay | AskError::Thread(_) => {
            Status::unknown().with(Condition::LINK_SILENT)
        }
    }
}

fn check_document(job: &SheetJob, limits: &SheetLimits) -> Result<(), NotPrinted> {
    let bytes = job.document.len();
    if bytes == 0 {
        return Err(NotPrinted::DocumentEmpty);
    }
    if bytes > limits.document_bytes_max {
        return Err(NotPrinted::DocumentTooLarge { bytes, bytes_max: limits.document_bytes_max });
    }
    if let Some(pages) = job.pages.filter(|pages| *pages > limits.pages_max) {
        return Err(NotPrinted::TooManyPages { pages, pages_max: limits.pages_max });
    }
    let mut magic = [0; PDF_MAGIC.len()];
    let count = job.document.read_at(&mut magic, 0).map_err(NotPrinted::DocumentUnreadable)?;
    if magic[..count] == *PDF_MAGIC { Ok(()) } else { Err(NotPrinted::NotPdf) }
}

fn not_asked(fault: AskError) -> NotPrinted {
    if matches!(fault, AskError::Cancelled) { NotPrinted::Cancelled } else { NotPrinted::Ask(fault) }
}

/// A success that did not drop the sheet size on the way.
fn accepted(operation: &'static str, answer: &Answer) -> Result<(), NotPrinted> {
    if !answer.is_success() {
        return Err(NotPrinted::Refused { operation, code: answer.code });
    }
    if answer.group(DelimiterTag::UnsupportedAttributes).values("media").is_empty() { Ok(()) } else { Err(NotPrinted::MediaNotSupported) }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
