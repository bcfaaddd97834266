//! One question carried to the printer by a thread of its own, and the answer brought back under limits.
//!
//! The rule a newcomer would break: a request over HTTP cannot be called back, so whoever asked waits on a channel and may walk
//! away; the thread ends by its own limits, and how many are still under way is counted.

use super::SheetDocument;
use super::address::Address;
use super::ask::Question;
use super::discover::DiscoverError;
use super::wire::{Answer, WireFault};
use crate::status::CommandResult;
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use ipp::model::IppVersion;
use reqwest::blocking::{Body, Client};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Errands that nobody waits for any more and that have not ended yet; more mean that the network swallows everything.
const UNDER_WAY_MAX: usize = 6;
/// Looks at the cancel flag this often while an errand is under way.
const LOOK_STEP: Duration = Duration::from_millis(20);
const MEDIA_TYPE: &str = "application/ipp";
const PIECE_BYTES: usize = 16_384;

/// Why a question has no answer.
#[derive(Debug, Error)]
pub enum AskError {
    #[error("no connection to the printer")]
    Unreachable(#[source] reqwest::Error),
    #[error("the printer's certificate is not the one that was pinned, or TLS failed")]
    Certificate(#[source] reqwest::Error),
    #[error("the printer did not answer within {limit_ms} ms")]
    TimedOut { limit_ms: u64 },
    #[error("the connection broke")]
    Broken(#[source] reqwest::Error),
    #[error("the printer is busy")]
    Busy { retry_after: Option<Duration> },
    #[error("the printer's web server answers with status {status}")]
    Http { status: u16 },
    #[error("the answer is not IPP but {media_type:?}")]
    NotIpp { media_type: String },
    #[error("the answer is larger than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
    #[error("the answer cannot be read")]
    Garbled(#[source] WireFault),
    #[error("the answer belongs to another question ({answered} instead of {asked})")]
    OtherQuestion { asked: i32, answered: i32 },
    #[error("the printer that answers is not the configured one")]
    OtherPrinter,
    #[error("the printer was not found in the network")]
    NotFound(#[source] DiscoverError),
    #[error("the printer refuses the question with status {code:#06x}")]
    Refused { code: u16 },
    #[error("the wait was cancelled")]
    Cancelled,
    #[error("{UNDER_WAY_MAX} questions are still without an end")]
    TooManyUnderWay,
    #[error("no thread for the question")]
    Thread(#[source] std::io::Error),
}

impl AskError {
    /// What a command that ended so is called towards the outside.
    pub fn result(&self) -> CommandResult {
        match self {
            AskError::Unreachable(_) | AskError::Busy { .. } | AskError::NotFound(_) => CommandResult::DeviceNotReady,
            AskError::Certificate(_) | AskError::Http { status: 401 | 403 } => CommandResult::AuthorisationRequired,
            AskError::TimedOut { .. } | AskError::TooManyUnderWay => CommandResult::TimedOut,
            AskError::Http { .. } | AskError::NotIpp { .. } | AskError::OtherPrinter => CommandResult::InvalidData,
            AskError::Broken(_) | AskError::TooLarge { .. } | AskError::Garbled(_) | AskError::OtherQuestion { .. } => CommandResult::HardwareError,
            AskError::Refused { code } => result_of_status(*code),
            AskError::Cancelled => CommandResult::Canceled,
            AskError::Thread(_) => CommandResult::InternalError,
        }
    }

    /// Certainly not one byte reached the printer's print queue.
    pub(super) fn nothing_left(&self) -> bool {
        matches!(
            self,
            AskError::Unreachable(_)
                | AskError::Certificate(_)
                | AskError::NotFound(_)
                | AskError::TooManyUnderWay
                | AskError::Thread(_)
                | AskError::Busy { .. }
        )
    }
}

/// A refusal by its status code (RFC 8011, appendix B.1): who may not, what is not known, what is wrong, and the printer's own.
pub(super) fn result_of_status(code: u16) -> CommandResult {
    match code {
        0x0401..=0x0403 => CommandResult::AuthorisationRequired,
        0x040A | 0x040B => CommandResult::UnsupportedData,
        0x0501 | 0x0503 => CommandResult::UnsupportedCommand,
        0x0400..=0x04FF => CommandResult::InvalidData,
        0x0502 | 0x0505..=0x0507 => CommandResult::DeviceNotReady,
        _ => CommandResult::HardwareError,
    }
}

/// A question, its document and its limits.
pub(super) struct Message {
    pub(super) question: Question,
    pub(super) document: Option<SheetDocument>,
    pub(super) version: IppVersion,
    pub(super) request_id: i32,
    pub(super) limit: Duration,
    pub(super) answer_bytes_max: usize,
}

/// Counts what is under way.
#[derive(Clone, Default)]
pub(super) struct Errands(Arc<AtomicUsize>);

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// An errand under way.
pub(super) struct Errand {
    result: Receiver<(Instant, Result<Answer, AskError>)>,
}

impl Errands {
    /// Sends the thread off; `work` ends by its own limits.
    pub(super) fn start(&self, work: impl FnOnce() -> Result<Answer, AskError> + Send + 'static) -> Result<Errand, AskError> {
        let before = self.0.fetch_add(1, Ordering::AcqRel);
        let counted = Counted(Arc::clone(&self.0));
        if before >= UNDER_WAY_MAX {
            return Err(AskError::TooManyUnderWay);
        }
        let (sender, result) = bounded(1);
        let run = move || {
            let _counted = counted;
            let answer = work();
            // Nobody may be waiting any more.
            let _ = sender.send((Instant::now(), answer));
        };
        std::thread::Builder::new().name("sheet-errand".into()).spawn(run).map_err(AskError::Thread)?;
        Ok(Errand { result })
    }
}

impl Errand {
    /// The answer and when it came, if it is there within `patience`.
    pub(super) fn within(&self, patience: Duration) -> Option<(Instant, Result<Answer, AskError>)> {
        match self.result.recv_timeout(patience) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Timeout) => None,
            // The thread died without a word, which only a bug does.
            Err(RecvTimeoutError::Disconnected) => Some((Instant::now(), Err(AskError::Garbled(WireFault::Value)))),
        }
    }

    /// Waits until the answer is there, `limit` is over, or `cancelled` says so.
    pub(super) fn until(&self, limit: Duration, cancelled: impl Fn() -> bool) -> Result<Answer, AskError> {
        let end = Instant::now() + limit;
        loop {
            if let Some((_, answer)) = self.within(LOOK_STEP) {
                return answer;
            }
            if cancelled() {
                return Err(AskError::Cancelled);
            }
            if Instant::now() >= end {
                return Err(AskError::TimedOut { limit_ms: limit.as_millis() as u64 });
            }
        }
    }
}

/// Posts the message and reads the answer. Blocks for at most about the message's limit.
pub(super) fn exchange(client: &Client, address: &Address, message: Message) -> Result<Answer, AskError> {
    let began = Instant::now();
    let limit_ms = message.limit.as_millis() as u64;
    let head = message.question.bytes(message.version, message.request_id, address.printer_uri());
    let body = match message.document {
        None => Body::from(head),
        Some(document) => {
            let bytes = head.len() as u64 + document.len();
            Body::sized(std::io::Cursor::new(head).chain(Reading { document, offset: 0 }), bytes)
        }
    };
    let request = client.post(address.url().clone()).header(CONTENT_TYPE, MEDIA_TYPE).timeout(message.limit).body(body);
    let mut response = request.send().map_err(|fault| named(fault, limit_ms))?;
    let status = response.status();
    if status.as_u16() == 503 {
        let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse().ok());
        return Err(AskError::Busy { retry_after: seconds.map(Duration::from_secs) });
    }
    if !status.is_success() {
        return Err(AskError::Http { status: status.as_u16() });
    }
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("").to_ascii_lowercase();
    if !media_type.starts_with(MEDIA_TYPE) {
        return Err(AskError::NotIpp { media_type: super::facts::short(&media_type) });
    }
    let mut bytes = Vec::new();
    let mut piece = [0; PIECE_BYTES];
    loop {
        // The client's own limit begins anew with every piece, so an answer that drips needs this one.
        if began.elapsed() >= message.limit {
            return Err(AskError::TimedOut { limit_ms });
        }
        match response.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => bytes.extend(&piece[..count]),
            Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {}
            Err(fault) if is_timeout(&fault) => return Err(AskError::TimedOut { limit_ms }),
            Err(_) => return Err(AskError::Garbled(WireFault::CutOff { bytes: bytes.len() })),
        }
        if bytes.len() > message.answer_bytes_max {
            return Err(AskError::TooLarge { bytes_max: message.answer_bytes_max });
        }
    }
    let answer = Answer::read(&bytes).map_err(AskError::Garbled)?;
    if answer.request_id != message.request_id {
        return Err(AskError::OtherQuestion { asked: message.request_id, answered: answer.request_id });
    }
    Ok(answer)
}

fn named(fault: reqwest::Error, limit_ms: u64) -> AskError {
    if is_tls(&fault) {
        return AskError::Certificate(fault);
    }
    if fault.is_connect() {
        AskError::Unreachable(fault)
    } else if fault.is_timeout() {
        AskError::TimedOut { limit_ms }
    } else {
        AskError::Broken(fault)
    }
}

/// An error of TLS hides inside errors of input and output, which do not name it as their source.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inside.is_some_and(|inner| is_tls(inner)) || error.source().is_some_and(is_tls)
}

fn is_timeout(fault: &std::io::Error) -> bool {
    fault.kind() == std::io::ErrorKind::TimedOut
        || fault.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>()).is_some_and(reqwest::Error::is_timeout)
}

/// Reads a document from its beginning, whoever else reads it too.
struct Reading {
    document: SheetDocument,
    offset: u64,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.document.read_at(buffer, self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}
