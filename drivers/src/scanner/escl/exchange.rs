//! One HTTP request on a thread of its own, whose owner can walk away at any moment.
//!
//! It knows nothing about eSCL. The rules a newcomer would break: the owner never waits inside the HTTP library, because a
//! request under way cannot be cancelled there; a thread left behind ends at its own time limit, and how many there are at
//! once is limited and counted; and a job that was started for an owner who has left is ended by the thread that learned of
//! it, or the scanner would stay reserved.

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use reqwest::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER, SERVER};
use reqwest::{Method, Url};
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Requests of one scanner under way at once, those left behind included.
pub(super) const EXCHANGES_MAX: usize = 8;
const PIECE_BYTES: usize = 65_536;
/// Pieces between the thread and its owner: half a megabyte of a picture.
const PIECES_MAX: usize = 8;
/// A job that nobody waits for any more is ended within this time.
const FAREWELL_SILENCE: Duration = Duration::from_secs(5);

/// Why a request has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallError {
    /// Nobody listens there.
    Unreachable,
    /// No byte within the limit.
    Silent,
    /// The connection broke.
    Broken,
    /// What came is not HTTP.
    NotHttp,
    /// Too many requests are under way already.
    TooMany,
    /// The owner was told to stop.
    Cancelled,
    /// The owner's time is over.
    DeadlinePassed,
    /// The body is larger than it may be.
    TooManyBytes { bytes: usize },
}

/// Status line and the headers that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) retry_after_secs: Option<u64>,
    pub(super) announced_bytes: Option<u64>,
    pub(super) server: Option<String>,
}

/// What comes from the thread, in this order: a head, bytes, an end; or a fault at any time.
pub(super) enum Piece {
    Head(Head),
    Bytes(Vec<u8>),
    End,
    Fault(CallError),
}

/// One request.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) host: Option<HeaderValue>,
    pub(super) body: Option<String>,
    /// Longest wait for the head, and for each piece of the body.
    pub(super) silence: Duration,
}

/// The owner's end.
pub(super) struct Exchange {
    pieces: Receiver<Piece>,
}

impl Exchange {
    /// Starts the request.
    pub(super) fn start(http: &reqwest::blocking::Client, living: &Arc<AtomicUsize>, request: Request) -> Result<Exchange, CallError> {
        let place = Place::take(living)?;
        let (sender, pieces) = bounded(PIECES_MAX);
        let http = http.clone();
        let thread = std::thread::Builder::new().name("escl-request".into()).spawn(move || {
            let _place = place;
            run(&http, request, &sender);
        });
        thread.map(|_| Exchange { pieces }).map_err(|_| CallError::TooMany)
    }

    /// The next piece, or `None` when nothing came within `wait`.
    pub(super) fn next(&self, wait: Duration) -> Option<Piece> {
        match self.pieces.recv_timeout(wait) {
            Ok(piece) => Some(piece),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Piece::Fault(CallError::Broken)),
        }
    }
}

/// A place among the requests under way, given back at the end whatever happens.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(living: &Arc<AtomicUsize>) -> Result<Place, CallError> {
        let taken = living.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| (count < EXCHANGES_MAX).then_some(count + 1));
        taken.map(|_| Place(Arc::clone(living))).map_err(|_| CallError::TooMany)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn run(http: &reqwest::blocking::Client, request: Request, owner: &Sender<Piece>) {
    let (starts_job, url, host) = (request.method == Method::POST, request.url.clone(), request.host.clone());
    let mut response = match send(http, request) {
        Ok(response) => response,
        Err(fault) => {
            let _ = owner.send(Piece::Fault(fault));
            return;
        }
    };
    let head = head_of(&response);
    let job = head.location.as_deref().filter(|_| starts_job && head.status == 201).and_then(|place| job_url(&url, place));
    if owner.send(Piece::Head(head)).is_err() {
        if let Some(url) = job {
            log::info!("escl_job_of_departed_owner_ended");
            let _ = send(http, Request { method: Method::DELETE, url, host, body: None, silence: FAREWELL_SILENCE });
        }
        return;
    }
    let mut buffer = vec![0; PIECE_BYTES];
    loop {
        let piece = match response.read(&mut buffer) {
            Ok(0) => Piece::End,
            Ok(count) => Piece::Bytes(buffer[..count].to_vec()),
            Err(fault) if is_timeout(&fault) => Piece::Fault(CallError::Silent),
            Err(_) => Piece::Fault(CallError::Broken),
        };
        let last = !matches!(piece, Piece::Bytes(_));
        // Dropping the response closes the connection, so a departed owner's picture does not flow on.
        if owner.send(piece).is_err() || last {
            return;
        }
    }
}

fn send(http: &reqwest::blocking::Client, request: Request) -> Result<reqwest::blocking::Response, CallError> {
    let mut headers = HeaderMap::new();
    // Many scanners forget connections that idle between pages.
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if let Some(host) = request.host {
        headers.insert(HOST, host);
    }
    let mut call = http.request(request.method, request.url).headers(headers).timeout(request.silence);
    if let Some(body) = request.body {
        call = call.header(CONTENT_TYPE, "text/xml").body(body);
    }
    call.send().map_err(|fault| match fault {
        // A host that is off does not refuse: the connection times out, and both are said of the same fault.
        fault if fault.is_connect() => CallError::Unreachable,
        fault if fault.is_timeout() => CallError::Silent,
        fault if is_no_http(&fault) => CallError::NotHttp,
        _ => CallError::Broken,
    })
}

/// The HTTP library tells a connection that ended from an answer it cannot read only in the words of its message.
fn is_no_http(fault: &(dyn std::error::Error + 'static)) -> bool {
    const CHAIN_MAX: usize = 8;
    std::iter::successors(Some(fault), |f| f.source()).take(CHAIN_MAX).any(|link| {
        let words = link.to_string();
        words.contains("parsed") || words.contains("too large")
    })
}

fn head_of(response: &reqwest::blocking::Response) -> Head {
    let text = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    Head {
        status: response.status().as_u16(),
        location: text(LOCATION).map(str::to_owned),
        // The other form of this header is a date, which a device without a clock cannot mean.
        retry_after_secs: text(RETRY_AFTER).and_then(|secs| secs.trim().parse().ok()),
        announced_bytes: response.content_length(),
        server: text(SERVER).map(str::to_owned),
    }
}

fn is_timeout(fault: &std::io::Error) -> bool {
    fault.kind() == std::io::ErrorKind::TimedOut
        || fault.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>()).is_some_and(reqwest::Error::is_timeout)
}

/// Longest path of a job.
const JOB_PATH_BYTES_MAX: usize = 512;

/// The job behind a `Location` header: only its path is believed, because devices name other hosts, other ports, or nothing
/// but the path (Mopria eSCL specification 2.97, section 5.3, allows both).
pub(super) fn job_url(asked: &Url, location: &str) -> Option<Url> {
    let path = asked.join(location.trim()).ok()?.path().trim_end_matches('/').to_owned();
    if path.is_empty() || path.len() > JOB_PATH_BYTES_MAX {
        return None;
    }
    let mut job = asked.clone();
    job.set_path(&path);
    job.set_query(None);
    job.set_fragment(None);
    Some(job)
}
