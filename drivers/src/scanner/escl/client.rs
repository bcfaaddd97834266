//! The calls of eSCL over HTTP: capabilities, status, start a job, next page, end a job.
//!
//! It decides nothing about pages; it moves bytes within limits. The rule a newcomer would break: every wait in here looks at
//! the owner's cancel flag and deadline many times a second, and a body is refused at its announced length before a byte of
//! it is kept, and at its real length while it is read.

use super::exchange::{CallError, Exchange, Head, Piece, Request, job_url};
use super::quirks::HostRule;
use super::xml::XML_BYTES_MAX;
use reqwest::header::HeaderValue;
use reqwest::{Method, Url};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Looks at clock and cancel flag this often.
const LOOK_STEP: Duration = Duration::from_millis(20);
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// Longest silence in an answer that needs no mechanics.
pub(super) const ANSWER_SILENCE: Duration = Duration::from_secs(5);
/// A sleeping scanner wakes up before it takes a job.
const START_SILENCE: Duration = Duration::from_secs(20);
/// Longest wait for the first byte of a page: lamp, feeder and head have to move.
const PAGE_SILENCE: Duration = Duration::from_secs(60);
/// Longest silence inside a page once it flows.
const BODY_SILENCE: Duration = Duration::from_secs(10);
/// Wait for the answer to a farewell; its thread goes on without us.
const FAREWELL_WAIT: Duration = Duration::from_secs(1);

/// Is the scanner's TLS certificate looked at?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Certificates {
    /// It has to be signed by somebody this machine trusts.
    #[default]
    Checked,
    /// Any will do: scanners sign their own. Only for a cable of one's own.
    Any,
}

/// Why a scanner cannot be set up.
#[derive(Debug, Error)]
pub enum EsclSetupError {
    #[error("{url} is not the address of an eSCL scanner, such as http://192.0.2.7/eSCL")]
    Url { url: String },
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// What the owner of a call allows.
pub(super) struct Leash<'a> {
    pub(super) deadline: Instant,
    pub(super) cancel: &'a AtomicBool,
}

impl Leash<'_> {
    pub(super) fn check(&self) -> Result<(), CallError> {
        if self.cancel.load(Ordering::Acquire) {
            return Err(CallError::Cancelled);
        }
        if Instant::now() >= self.deadline { Err(CallError::DeadlinePassed) } else { Ok(()) }
    }

    /// Lets time pass.
    pub(super) fn wait(&self, time: Duration) -> Result<(), CallError> {
        let until = Instant::now() + time;
        loop {
            self.check()?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::park_timeout(left.min(LOOK_STEP));
        }
    }
}

/// A scanner's address and the connection to it.
pub(super) struct Client {
    http: Option<reqwest::blocking::Client>,
    base: Url,
    living: Arc<AtomicUsize>,
    pub(super) host: HostRule,
}

impl Client {
    /// Connects to nothing yet.
    pub(super) fn new(url: &str, certificates: Certificates) -> Result<Self, EsclSetupError> {
        let wrong = || EsclSetupError::Url { url: url.to_owned() };
        let mut base = Url::parse(url).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong());
        }
        // The last part of the path is a folder.
        let folder = format!("{}/", base.path().trim_end_matches('/'));
        base.set_path(&folder);
        // The HTTP library wants one even for plain connections; whoever has chosen before us is not overruled.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::blocking::Client::builder()
            .connect_timeout(CONNECT_LIMIT)
            .http1_only()
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .tls_danger_accept_invalid_certs(certificates == Certificates::Any)
            .build()
            .map_err(EsclSetupError::Client)?;
        Ok(Client { http: Some(http), base, living: Arc::default(), host: HostRule::Plain })
    }

    /// `GET` of a document of the scanner's, on a thread; see [`Exchange`].
    pub(super) fn start_get(&self, document: &str, silence: Duration) -> Result<Exchange, CallError> {
        self.start(Method::GET, self.base.join(document).map_err(|_| CallError::Broken)?, None, silence)
    }

    /// `GET` of a whole document.
    pub(super) fn get(&self, document: &str, leash: &Leash<'_>) -> Result<(Head, Vec<u8>), CallError> {
        let exchange = self.start_get(document, ANSWER_SILENCE)?;
        let head = self.head(&exchange, leash)?;
        let body = if head.status == 200 { self.body(&exchange, &head, XML_BYTES_MAX, leash, |_| Ok(()))? } else { Vec::new() };
        Ok((head, body))
    }

    /// `POST ScanJobs`. The job's address is there for 201 with a usable `Location`.
    pub(super) fn start_job(&self, settings: String, leash: &Leash<'_>) -> Result<(Head, Option<Url>), CallError> {
        let url = self.base.join("ScanJobs").map_err(|_| CallError::Broken)?;
        let exchange = self.start(Method::POST, url.clone(), Some(settings), START_SILENCE)?;
        let head = self.head(&exchange, leash)?;
        let job = head.location.as_deref().filter(|_| head.status == 201).and_then(|place| job_url(&url, place));
        Ok((head, job))
    }

    /// `GET NextDocument` of a job: the head only; the page is read from the exchange.
    pub(super) fn next_document(&self, job: &Url, leash: &Leash<'_>) -> Result<(Head, Exchange), CallError> {
        let mut url = job.clone();
        url.set_path(&format!("{}/NextDocument", job.path()));
        let left = leash.deadline.saturating_duration_since(Instant::now());
        let exchange = self.start(Method::GET, url, None, PAGE_SILENCE.min(left + LOOK_STEP))?;
        let head = self.head(&exchange, leash)?;
        Ok((head, exchange))
    }

    /// `DELETE` of a job. Nobody can do anything about a refusal, so it is logged and that is all.
    pub(super) fn end_job(&self, job: &Url) {
        let never = AtomicBool::new(false);
        let leash = Leash { deadline: Instant::now() + FAREWELL_WAIT, cancel: &never };
        let answer = self.start(Method::DELETE, job.clone(), None, ANSWER_SILENCE).and_then(|exchange| self.head(&exchange, &leash));
        match answer {
            // A finished job may be gone already.
            Ok(head) if head.status < 300 || matches!(head.status, 404 | 410) => {}
            Ok(head) => log::warn!("escl_job_end_refused status={}", head.status),
            Err(fault) => log::warn!("escl_job_end_unheard fault={fault:?}"),
        }
    }

    fn start(&self, method: Method, url: Url, body: Option<String>, silence: Duration) -> Result<Exchange, CallError> {
        let http = self.http.as_ref().expect("the client is taken away only when it is dropped");
        let host = self.host_header(method == Method::POST);
        Exchange::start(http, &self.living, Request { method, url, host, body, silence })
    }

    fn host_header(&self, starts_job: bool) -> Option<HeaderValue> {
        let text = match self.host {
            HostRule::WithPort => format!("{}:{}", self.base.host_str()?, self.base.port_or_known_default()?),
            HostRule::LocalhostForJobs if starts_job => "localhost".to_owned(),
            HostRule::Plain | HostRule::LocalhostForJobs => return None,
        };
        HeaderValue::from_str(&text).ok()
    }

    fn head(&self, exchange: &Exchange, leash: &Leash<'_>) -> Result<Head, CallError> {
        loop {
            leash.check()?;
            match exchange.next(LOOK_STEP) {
                Some(Piece::Head(head)) => return Ok(head),
                Some(Piece::Fault(fault)) => return Err(fault),
                Some(Piece::Bytes(_) | Piece::End) => return Err(CallError::Broken),
                None => {}
            }
        }
    }

    /// The body, at most `bytes_max` long; `look` sees the beginning once it is `LOOK_AT_BYTES` long.
    pub(super) fn body<E: From<CallError>>(
        &self,
        exchange: &Exchange,
        head: &Head,
        bytes_max: usize,
        leash: &Leash<'_>,
        look: impl Fn(&[u8]) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let too_many = |bytes: usize| CallError::TooManyBytes { bytes };
        if let Some(announced) = head.announced_bytes.filter(|bytes| *bytes > bytes_max as u64) {
            return Err(too_many(usize::try_from(announced).unwrap_or(usize::MAX)).into());
        }
        let mut body = Vec::new();
        let (mut heard, mut looked) = (Instant::now(), false);
        loop {
            leash.check()?;
            match exchange.next(LOOK_STEP) {
                Some(Piece::Bytes(bytes)) => {
                    heard = Instant::now();
                    if body.len() + bytes.len() > bytes_max {
                        return Err(too_many(body.len() + bytes.len()).into());
                    }
                    body.extend(bytes);
                    if !looked && body.len() >= LOOK_AT_BYTES {
                        looked = true;
                        look(&body)?;
                    }
                }
                Some(Piece::End) => return Ok(body),
                Some(Piece::Fault(fault)) => return Err(fault.into()),
                Some(Piece::Head(_)) => return Err(CallError::Broken.into()),
                None if heard.elapsed() > BODY_SILENCE => return Err(CallError::Silent.into()),
                None => {}
            }
        }
    }
}

/// Enough of a page for its announced size to stand in it.
const LOOK_AT_BYTES: usize = 65_536;

impl Drop for Client {
    fn drop(&mut self) {
        // The HTTP library waits at its end for what is under way, a name being looked up for instance, and that may take long.
        if let Some(http) = self.http.take() {
            let _ = std::thread::Builder::new().name("escl-close".into()).spawn(move || drop(http));
        }
    }
}
