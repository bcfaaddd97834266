//! An IPP printer on 127.0.0.1 that eats PDF and lays sheets into its tray.
//!
//! It draws nothing: it keeps what it was sent, so that a test can compare. Its wire is real: HTTP over TCP, IPP bytes made and
//! read by the `ipp` crate. The rule a newcomer would break: faults are of the mechanics (paper, door, a job that never ends) or
//! of the bytes (silence, garbage, lies), never a shortcut into the driver.

mod answer;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Lasting;
pub use ipp::model::Operation as SheetOperation;

/// Looks at the handle this often, to end when nobody holds it any more.
const LOOK_STEP: Duration = Duration::from_millis(5);
/// Requests that are remembered for [`SimSheetPrinter::requests`].
const REQUESTS_MAX: usize = 10_000;

/// What can be wrong with the bytes of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetFault {
    /// Takes the request and never answers.
    Hang,
    /// Closes the connection after the request was read, without a word.
    DropAfterRequest,
    /// HTTP 503, with `Retry-After` in seconds.
    Busy { retry_after_secs: Option<u64> },
    /// Another HTTP status.
    Http(u16),
    /// A web page instead of IPP.
    WebPage,
    /// Bytes of noise with the right media type.
    Garbage,
    /// An answer of 50 MB, announced as such.
    Huge,
    /// One small attribute after the other without an end.
    EndlessAttributes,
    /// The right answer, one byte every 50 ms.
    Drip,
    /// Half of the right answer.
    CutOff,
    /// An answer to another question.
    OtherQuestion,
    /// An answer in IPP 9.9.
    FutureVersion,
    /// A text whose inner length reaches beyond its end.
    LyingText,
    /// Collections nested 50,000 deep.
    DeepCollections,
    /// This IPP status and nothing else (RFC 8011, appendix B).
    Status(u16),
}

/// What becomes of jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobFate {
    /// They print.
    #[default]
    Print,
    /// Aborted before the first sheet.
    Abort,
    /// Aborted after the first sheet.
    AbortAfterFirst,
    /// Processing without an end; a cancel works.
    NeverEnd,
    /// Processing without an end; a cancel is accepted and does nothing.
    NeverEndNorCancel,
    /// Forgotten as soon as they print.
    Vanish,
    /// Completed, and the printer says with errors.
    CompleteWithErrors,
}

/// A document that arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct SheetReceived {
    /// The document as it came.
    pub document: Vec<u8>,
    /// Name of the job.
    pub job_name: String,
    /// Name of the user.
    pub user: String,
    /// Size of the sheet that was asked for.
    pub media: Option<String>,
}

impl std::fmt::Debug for SheetReceived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SheetReceived({}, {} bytes •••)", self.job_name, self.document.len())
    }
}

/// The handle. Cloning gives another handle to the same printer; it is switched off when the last one is dropped.
#[derive(Clone)]
pub struct SimSheetPrinter {
    desk: Arc<Desk>,
    port: u16,
}

struct Desk {
    press: Mutex<Press>,
    changed: Condvar,
}

struct Press {
    reasons: BTreeSet<String>,
    paused: bool,
    unplugged: bool,
    formats: Vec<String>,
    media: Vec<String>,
    operations: BTreeSet<i32>,
    newest_version: u16,
    uuid: String,
    page_takes: Duration,
    counts_pages: bool,
    document_kilobytes_max: Option<i32>,
    fate: JobFate,
    faults: Vec<Planned>,
    jobs: BTreeMap<i32, SimJob>,
    received: Vec<SheetReceived>,
    requests: Vec<SheetOperation>,
    next_job: i32,
    page_began: Option<Instant>,
}

/// A fault that waits for its request.
struct Planned {
    fault: SheetFault,
    operation: Option<SheetOperation>,
    /// `None` from now on.
    times_left: Option<u32>,
    /// It is over then, however often it happened.
    until: Option<Instant>,
}

#[derive(Clone)]
struct SimJob {
    state: i32,
    reason: &'static str,
    name: String,
    user: String,
    media: Option<String>,
    pages: u32,
    pages_out: u32,
}

const PENDING: i32 = 3;
const PROCESSING: i32 = 5;
const STOPPED: i32 = 6;
const CANCELED: i32 = 7;
const ABORTED: i32 = 8;
const COMPLETED: i32 = 9;

impl SimSheetPrinter {
    /// Switches a printer on: A4 in the tray, PDF taken, 20 ms a page.
    ///
    /// # Errors
    /// No port or no thread.
    pub fn start() -> std::io::Result<Self> {
        use SheetOperation::{CancelJob, CreateJob, GetJobAttributes, GetPrinterAttributes, PrintJob, SendDocument, ValidateJob};
        let operations = [PrintJob, ValidateJob, CreateJob, SendDocument, CancelJob, GetJobAttributes, GetPrinterAttributes];
        let press = Press {
            reasons: BTreeSet::new(),
            paused: false,
            unplugged: false,
            formats: vec!["application/octet-stream".into(), "application/pdf".into(), "image/urf".into()],
            media: vec!["iso_a4_210x297mm".into(), "na_letter_8.5x11in".into()],
            operations: operations.into_iter().map(|operation| operation as i32).collect(),
            newest_version: 0x0200,
            uuid: "urn:uuid:00000000-0000-4000-8000-000000000a41".into(),
            page_takes: Duration::from_millis(20),
            counts_pages: true,
            document_kilobytes_max: None,
            fate: JobFate::Print,
            faults: Vec::new(),
            jobs: BTreeMap::new(),
            received: Vec::new(),
            requests: Vec::new(),
            next_job: 1,
            page_began: None,
        };
        let desk = Arc::new(Desk { press: Mutex::new(press), changed: Condvar::new() });
        let port = server::start(&desk)?;
        let weak = Arc::downgrade(&desk);
        std::thread::Builder::new().name("sim-sheet-press".into()).spawn(move || {
            while let Some(desk) = weak.upgrade() {
                desk.turn();
            }
        })?;
        Ok(SimSheetPrinter { desk, port })
    }

    /// Where it listens, as `ipp://127.0.0.1:port/ipp/print`.
    pub fn uri(&self) -> String {
        format!("ipp://127.0.0.1:{}/ipp/print", self.port)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Sets or clears a reason, word by word as the printer says it, such as "media-empty-error". An error stops the press.
    pub fn say(&self, reason: &str, holds: bool) {
        self.change(|press| if holds { press.reasons.insert(reason.into()) } else { press.reasons.remove(reason) });
    }

    /// Takes all sheets out of the tray, or lays new ones in.
    pub fn empty_tray(&self, empty: bool) {
        self.say("media-empty-error", empty);
    }

    /// Presses the pause button.
    pub fn pause(&self, paused: bool) {
        self.say("paused", paused);
        self.change(|press| press.paused = paused);
    }

    /// Pulls the plug or puts it back; the port refuses connections meanwhile.
    pub fn unplug(&self, unplugged: bool) {
        self.change(|press| press.unplugged = unplugged);
    }

    /// Another printer stands at the same address.
    pub fn exchange_for(&self, uuid: &str) {
        self.change(|press| press.uuid = uuid.into());
    }

    /// The formats it takes.
    pub fn takes_formats(&self, formats: &[&str]) {
        self.change(|press| press.formats = formats.iter().map(|format| (*format).to_owned()).collect());
    }

    /// The sheets it takes.
    pub fn takes_media(&self, media: &[&str]) {
        self.change(|press| press.media = media.iter().map(|name| (*name).to_owned()).collect());
    }

    /// An operation it does not have.
    pub fn without(&self, operation: SheetOperation) {
        self.change(|press| press.operations.remove(&(operation as i32)));
    }

    /// It speaks IPP/1.1 and nothing newer.
    pub fn is_old(&self) {
        self.change(|press| press.newest_version = 0x0101);
    }

    /// It does not tell how many pages came out.
    pub fn counts_no_pages(&self) {
        self.change(|press| press.counts_pages = false);
    }

    /// Largest document it says it takes, in kilobytes.
    pub fn takes_kilobytes(&self, max: i32) {
        self.change(|press| press.document_kilobytes_max = Some(max));
    }

    /// Time for one page.
    pub fn page_takes(&self, time: Duration) {
        self.change(|press| press.page_takes = time);
    }

    /// What becomes of jobs from now on.
    pub fn fate(&self, fate: JobFate) {
        self.change(|press| press.fate = fate);
    }

    /// Plans a fault for the next `times` requests (`None`: from now on), of one operation or of any.
    pub fn fault(&self, fault: SheetFault, operation: Option<SheetOperation>, times: Option<u32>) {
        self.change(|press| press.faults.push(Planned { fault, operation, times_left: times, until: None }));
    }

    /// Lets a fault hold for requests of any operation; one occasion is one request.
    pub fn inject(&self, fault: SheetFault, lasting: Lasting) {
        let (times_left, until) = match lasting {
            Lasting::Once => (Some(1), None),
            Lasting::Times(times) => (Some(times), None),
            Lasting::For(time) => (None, Some(Instant::now() + time)),
            Lasting::FromNow => (None, None),
        };
        self.change(|press| press.faults.push(Planned { fault, operation: None, times_left, until }));
    }

    /// Everything is put right: paper, door, plug, and whatever was planned. What was printed stays.
    pub fn heal(&self) {
        self.change(|press| {
            press.faults.clear();
            press.reasons.clear();
            (press.paused, press.unplugged, press.fate) = (false, false, JobFate::Print);
        });
    }

    /// Whatever was planned does not happen.
    pub fn no_faults(&self) {
        self.change(|press| press.faults.clear());
    }

    /// Documents that arrived whole.
    pub fn received(&self) -> Vec<SheetReceived> {
        self.lock().received.clone()
    }

    /// Sheets in the output tray.
    pub fn sheets_out(&self) -> u32 {
        self.lock().jobs.values().map(|job| job.pages_out).sum()
    }

    /// What was asked, in order.
    pub fn requests(&self) -> Vec<SheetOperation> {
        self.lock().requests.clone()
    }

    fn change<T>(&self, what: impl FnOnce(&mut Press) -> T) {
        what(&mut self.lock());
        self.desk.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Press> {
        self.desk.lock()
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Press> {
        self.press.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A moment of waiting, and one page when its time has come.
    fn turn(&self) {
        let (mut press, _) = self.changed.wait_timeout(self.lock(), LOOK_STEP).unwrap_or_else(PoisonError::into_inner);
        press.turn(Instant::now());
    }
}

impl Press {
    fn stands_still(&self) -> bool {
        // RFC 8011, 5.4.12: a reason without a suffix is an error.
        self.paused || self.reasons.iter().any(|reason| !reason.ends_with("-warning") && !reason.ends_with("-report") && reason != "none")
    }

    fn working(&self) -> Option<i32> {
        self.jobs.iter().find(|(_, job)| job.pages > 0 && matches!(job.state, PENDING | PROCESSING | STOPPED)).map(|(id, _)| *id)
    }

    fn turn(&mut self, now: Instant) {
        let (still, fate, takes) = (self.stands_still(), self.fate, self.page_takes);
        let working = self.working();
        let Some((id, job)) = working.and_then(|id| Some((id, self.jobs.get_mut(&id)?))) else {
            self.page_began = None;
            return;
        };
        if still {
            (job.state, job.reason) = (STOPPED, "printer-stopped");
            self.page_began = None;
            return;
        }
        if job.state != PROCESSING {
            (job.state, job.reason) = (PROCESSING, "job-printing");
        }
        if now.saturating_duration_since(*self.page_began.get_or_insert(now)) < takes {
            return;
        }
        self.page_began = None;
        match fate {
            JobFate::Abort => (job.state, job.reason) = (ABORTED, "aborted-by-system"),
            JobFate::AbortAfterFirst if job.pages_out > 0 => (job.state, job.reason) = (ABORTED, "aborted-by-system"),
            JobFate::NeverEnd | JobFate::NeverEndNorCancel => {}
            JobFate::Vanish => {
                self.jobs.remove(&id);
            }
            JobFate::Print | JobFate::CompleteWithErrors | JobFate::AbortAfterFirst => {
                job.pages_out += 1;
                if job.pages_out >= job.pages && fate != JobFate::AbortAfterFirst {
                    let reason = if fate == JobFate::CompleteWithErrors { "job-completed-with-errors" } else { "job-completed-successfully" };
                    (job.state, job.reason) = (COMPLETED, reason);
                }
            }
        }
    }

    /// The fault that was planned for this request, counted down.
    fn fault_for(&mut self, operation: SheetOperation) -> Option<SheetFault> {
        let now = Instant::now();
        self.faults.retain(|planned| planned.times_left != Some(0) && planned.until.is_none_or(|until| now < until));
        let at = self.faults.iter().position(|planned| planned.operation.is_none_or(|wanted| wanted == operation))?;
        let planned = &mut self.faults[at];
        let fault = planned.fault.clone();
        if let Some(left) = &mut planned.times_left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.faults.remove(at);
            }
        }
        Some(fault)
    }
}
