//! What an answer says about a printer or a job, and what follows from it. Pure: no clock, no network.
//!
//! The rule a newcomer would break: an attribute that is missing or of another kind is "not said", never a default that
//! sounds like an answer. A printer that does not say which formats it takes has not said that it takes PDF.

use super::reason::StateReason;
use super::wire::Answer;
use super::{NotPrinted, SheetLimits};
use crate::status::{Action, Actor, Condition, DeviceState, Severity, Status};
use ipp::model::{DelimiterTag, Operation};
use std::collections::BTreeSet;

/// The one format we send.
pub(super) const FORMAT: &str = "application/pdf";
/// A4 as PWG 5101.1 names it, and as RFC 2911 did.
const MEDIA_A4: [&str; 2] = ["iso_a4_210x297mm", "iso-a4"];
/// Reasons that are kept of one answer.
const REASONS_MAX: usize = 64;
/// Formats that are kept to be shown.
const FORMATS_MAX: usize = 32;
/// Longest text of the printer that is kept, in characters.
const TEXT_CHARS_MAX: usize = 127;

/// What is asked of a printer, and nothing else.
pub(super) const PRINTER_ATTRIBUTES: &[&str] = &[
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "document-format-supported",
    "media-supported",
    "media-ready",
    "operations-supported",
    "printer-uuid",
    "printer-make-and-model",
    "job-k-octets-supported",
    "job-impressions-supported",
    "sides-supported",
];

/// What is asked of a job.
pub(super) const JOB_ATTRIBUTES: &[&str] =
    &["job-id", "job-state", "job-state-reasons", "job-impressions", "job-impressions-completed", "job-media-sheets", "job-media-sheets-completed"];

/// The enumerated `printer-state` (RFC 8011, 5.4.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrinterState {
    Idle,
    Processing,
    Stopped,
    /// Missing, or none of the three.
    NotSaid,
}

/// What a printer says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterFacts {
    pub state: PrinterState,
    /// At most 64, in the printer's order.
    pub reasons: Vec<StateReason>,
    pub accepts_jobs: Option<bool>,
    /// Media types it takes, such as application/pdf.
    pub formats: Vec<String>,
    /// Names of sheets it takes; `None` when it does not say.
    pub takes_a4: Option<bool>,
    /// Whether A4 lies in a tray right now; `None` when it does not say.
    pub a4_ready: Option<bool>,
    /// Largest document it takes, in bytes.
    pub document_bytes_max: Option<u64>,
    /// Most pages it takes in one job.
    pub impressions_max: Option<u32>,
    /// Identity that stays when the address changes, without "urn:uuid:", in lower case.
    pub uuid: Option<String>,
    /// Maker and model.
    pub model: Option<String>,
    /// Numbers of RFC 8011, 5.4.15.
    pub operations: BTreeSet<i32>,
    pub(super) one_sided: bool,
    pub(super) media_name: Option<&'static str>,
}

impl PrinterFacts {
    /// Reads the answer to Get-Printer-Attributes.
    pub fn of(answer: &Answer) -> Self {
        let said = answer.group(DelimiterTag::PrinterAttributes);
        let media = said.words("media-supported");
        let ready = said.words("media-ready");
        let a4_of = |words: &[&str]| MEDIA_A4.into_iter().find(|a4| words.contains(a4));
        let said_about_a4 = |words: &[&str]| (!words.is_empty()).then(|| a4_of(words).is_some());
        PrinterFacts {
            state: match said.number("printer-state") {
                Some(3) => PrinterState::Idle,
                Some(4) => PrinterState::Processing,
                Some(5) => PrinterState::Stopped,
                _ => PrinterState::NotSaid,
            },
            reasons: said.words("printer-state-reasons").into_iter().take(REASONS_MAX).map(StateReason::of).collect(),
            accepts_jobs: said.flag("printer-is-accepting-jobs"),
            formats: said.words("document-format-supported").into_iter().take(FORMATS_MAX).map(short).collect(),
            takes_a4: said_about_a4(&media),
            a4_ready: said_about_a4(&ready),
            document_bytes_max: said.range_max("job-k-octets-supported").and_then(|kilobytes| u64::try_from(kilobytes).ok()).map(|kilobytes| kilobytes * 1024),
            impressions_max: said.range_max("job-impressions-supported").and_then(|pages| u32::try_from(pages).ok()),
            uuid: said.word("printer-uuid").map(plain_uuid),
            model: said.values("printer-make-and-model").first().map(|text| short(&text.to_string())),
            operations: said.numbers("operations-supported").into_iter().collect(),
            one_sided: said.words("sides-supported").contains(&"one-sided"),
            media_name: a4_of(&media),
        }
    }

    /// Every condition that holds, and the state that follows (the table is in `reason.rs`).
    pub fn status(&self) -> Status {
        let mut conditions: BTreeSet<Condition> = self.reasons.iter().filter_map(StateReason::condition).collect();
        let error = conditions.iter().map(|condition| condition.row()).find(|row| row.severity == Severity::Error);
        let stopped_by = |by_people: bool| if by_people { DeviceState::UserError } else { DeviceState::HardwareError };
        let device = match (self.state, self.accepts_jobs) {
            (PrinterState::NotSaid, _) => DeviceState::Unknown,
            // Stopped or refusing without a word about the cause: somebody pressed a button.
            (PrinterState::Stopped, _) | (_, Some(false)) => match error {
                Some(row) if row.condition == Condition::SHEET_STOPPED => DeviceState::Offline,
                Some(row) => stopped_by(row.actor == Actor::Staff && row.action == Action::Clear),
                None => {
                    conditions.insert(Condition::SHEET_STOPPED);
                    DeviceState::Offline
                }
            },
            (PrinterState::Processing, _) => DeviceState::DeviceBusy,
            (PrinterState::Idle, _) => DeviceState::Online,
        };
        Status { device, conditions }
    }

    /// Keywords that our table does not know, with their severity; for the log and the technician.
    pub fn unknown_reasons(&self) -> impl Iterator<Item = &StateReason> {
        self.reasons.iter().filter(|reason| reason.meaning == super::reason::Meaning::Unknown)
    }

    pub(super) fn can(&self, operation: Operation) -> bool {
        self.operations.contains(&(operation as i32))
    }

    /// Why this printer must not get the document, if there is a reason. Faults that staff can clear while the job waits, such as
    /// an empty tray, are no refusal.
    pub(super) fn refusal(&self, bytes: u64, pages: Option<u32>) -> Option<NotPrinted> {
        if !self.formats.iter().any(|format| format.eq_ignore_ascii_case(FORMAT)) {
            return Some(NotPrinted::FormatNotSupported { formats: self.formats.clone() });
        }
        if self.takes_a4 == Some(false) {
            return Some(NotPrinted::MediaNotSupported);
        }
        if self.accepts_jobs == Some(false) {
            return Some(NotPrinted::NotAccepting);
        }
        if let Some(bytes_max) = self.document_bytes_max.filter(|max| bytes > *max) {
            return Some(NotPrinted::DocumentTooLarge { bytes, bytes_max });
        }
        match (pages, self.impressions_max) {
            (Some(pages), Some(pages_max)) if pages > pages_max => Some(NotPrinted::TooManyPages { pages, pages_max }),
            _ => None,
        }
    }
}

/// The enumerated `job-state` (RFC 8011, 5.3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    Pending,
    Held,
    Processing,
    Stopped,
    Canceled,
    Aborted,
    Completed,
    /// Missing, or none of these.
    NotSaid,
}

/// What a printer says about a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFacts {
    pub id: Option<i32>,
    pub state: JobState,
    /// Keywords of RFC 8011, 5.3.8, at most 64.
    pub reasons: Vec<String>,
    /// Sides the printer counted in the document.
    pub pages: Option<u32>,
    /// Sides or sheets that came out so far, the larger number of both.
    pub pages_out: Option<u32>,
}

impl JobFacts {
    /// Reads the answer to Create-Job, Send-Document, Print-Job or Get-Job-Attributes.
    pub fn of(answer: &Answer) -> Self {
        let said = answer.group(DelimiterTag::JobAttributes);
        let count = |name: &str| said.number(name).and_then(|count| u32::try_from(count).ok());
        JobFacts {
            id: said.number("job-id"),
            state: match said.number("job-state") {
                Some(3) => JobState::Pending,
                Some(4) => JobState::Held,
                Some(5) => JobState::Processing,
                Some(6) => JobState::Stopped,
                Some(7) => JobState::Canceled,
                Some(8) => JobState::Aborted,
                Some(9) => JobState::Completed,
                _ => JobState::NotSaid,
            },
            reasons: said.words("job-state-reasons").into_iter().take(REASONS_MAX).map(short).filter(|reason| reason != "none").collect(),
            pages: count("job-impressions").max(count("job-media-sheets")),
            pages_out: count("job-impressions-completed").max(count("job-media-sheets-completed")),
        }
    }

    /// Has it ended, and how?
    pub(super) fn end(&self) -> Option<JobEnd> {
        match self.state {
            JobState::Completed if self.reasons.iter().any(|reason| reason == "job-completed-with-errors") => Some(JobEnd::WithErrors),
            JobState::Completed => Some(JobEnd::Completed),
            JobState::Canceled | JobState::Aborted => Some(JobEnd::Broken),
            JobState::Pending | JobState::Held | JobState::Processing | JobState::Stopped | JobState::NotSaid => None,
        }
    }

    /// More pages than allowed, counted by the printer before or while it prints.
    pub(super) fn too_many(&self, limits: &SheetLimits) -> Option<u32> {
        self.pages.max(self.pages_out).filter(|pages| *pages > limits.pages_max)
    }
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobEnd {
    Completed,
    WithErrors,
    /// Cancelled or aborted.
    Broken,
}

/// `urn:uuid:` and capitals taken away.
pub(super) fn plain_uuid(uuid: &str) -> String {
    let lower: String = short(uuid).to_ascii_lowercase();
    lower.strip_prefix("urn:uuid:").unwrap_or(&lower).to_owned()
}

/// A printer's text, bounded and without control characters.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_CHARS_MAX).collect()
}
