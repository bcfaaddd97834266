//! One HTTPS client with limits on everything: connect, whole call, size of an answer.

use std::time::Duration;

use reqwest::{Certificate, Method, StatusCode, header};
use wire::v1::Problem;

use super::{UplinkError, read};
use crate::settings::CentralSettings;

const CONNECT_WAIT: Duration = Duration::from_secs(8);
/// A 4 MB part over a line of 512 kbit/s takes about a minute.
const CALL_WAIT: Duration = Duration::from_secs(90);
/// Answers are receipts, progress and problems; none is larger.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

pub struct Client {
    http: reqwest::Client,
    url: String,
    secret: String,
    pub receipt_key: String,
}

/// Central's answer, whole and bounded.
pub enum Answer {
    Good(Vec<u8>),
    /// One of our problem documents.
    Refused(Problem),
    /// Something else said no: a proxy, another server.
    Strange(StatusCode),
}

/// No usable answer came.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("central cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("central did not answer in time")]
    TimedOut(#[source] reqwest::Error),
    #[error("whoever answers is not central")]
    NotCentral(#[source] reqwest::Error),
    #[error("the answer broke off")]
    Broken(#[source] reqwest::Error),
    #[error("the answer is larger than {ANSWER_BYTES_MAX} bytes")]
    TooLarge,
}

impl Client {
    pub fn new(settings: &CentralSettings) -> Result<Self, UplinkError> {
        // Fails only when a provider is installed already, which is just as good.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_WAIT)
            .timeout(CALL_WAIT)
            .pool_max_idle_per_host(2)
            .user_agent(concat!("klampid-kiosk/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = &settings.ca_file {
            let certificates = Certificate::from_pem_bundle(&read(path)?).ok().filter(|all| !all.is_empty());
            builder = builder.tls_certs_only(certificates.ok_or_else(|| UplinkError::Certificate { path: path.clone() })?);
        }
        let secret = String::from_utf8_lossy(&read(&settings.secret_file)?).trim().to_owned();
        let http = builder.build().map_err(UplinkError::Client)?;
        Ok(Self { http, url: settings.url.trim_end_matches('/').to_owned(), secret, receipt_key: settings.receipt_key.clone() })
    }

    /// One call below central's address.
    pub async fn call(&self, method: Method, path: &str, content_type: &'static str, body: Vec<u8>) -> Result<Answer, CallError> {
        let request = self.http.request(method, format!("{}{path}", self.url)).header(header::CONTENT_TYPE, content_type).bearer_auth(&self.secret).body(body);
        let mut response = request.send().await.map_err(sort)?;
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(CallError::Broken)? {
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(CallError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(Answer::Good(bytes));
        }
        let problem = serde_json::from_slice::<Problem>(&bytes).ok().filter(|problem| problem.kind().is_some());
        Ok(problem.map_or(Answer::Strange(status), Answer::Refused))
    }

    /// Does somebody who is central answer?
    pub async fn is_up(&self) -> bool {
        matches!(self.call(Method::GET, "/healthz", "text/plain", Vec::new()).await, Ok(Answer::Good(_)))
    }
}

fn sort(error: reqwest::Error) -> CallError {
    let is_certificate = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source()).any(|cause| {
        cause.downcast_ref::<rustls::Error>().is_some_and(|error| matches!(error, rustls::Error::InvalidCertificate(_)))
            || cause.to_string().contains("invalid peer certificate")
    });
    match () {
        () if is_certificate => CallError::NotCentral(error),
        () if error.is_timeout() => CallError::TimedOut(error),
        () if error.is_connect() => CallError::Unreachable(error),
        () => CallError::Broken(error),
    }
}
