//! What surrounds every request: an id, a place among a bounded number, an end, and the headers that keep a browser safe.
//!
//! No access log is written here: an address may hold a token.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use uuid::Uuid;
use wire::v1::ProblemKind;

use crate::chance;
use crate::log_names::Event;
use crate::problem::Refusal;

/// Requests worked on at once; each may hold one part of 4 MB.
pub const REQUESTS_AT_ONCE_MAX: usize = 64;
/// Longest time for one request, in seconds: a page of 4 MB from a kelurahan with half a megabit per second.
pub const REQUEST_SECS_MAX: u64 = 90;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// The places requests take.
#[derive(Clone)]
pub struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(REQUESTS_AT_ONCE_MAX)))
    }
}

/// The middleware.
pub async fn surround(State(places): State<Places>, request: Request, next: Next) -> Response {
    let mut response = match places.0.try_acquire() {
        Err(_) => {
            Event::TooBusy.log(&[("requests_max", &REQUESTS_AT_ONCE_MAX)]);
            Refusal::new(ProblemKind::Busy, "").into_response()
        }
        Ok(_place) => match tokio::time::timeout(Duration::from_secs(REQUEST_SECS_MAX), next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                Event::TookTooLong.log(&[("secs_max", &REQUEST_SECS_MAX)]);
                Refusal::new(ProblemKind::Busy, "").into_response()
            }
        },
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let id = Uuid::from_bytes(*chance::bytes::<16>()).simple().to_string();
    headers.insert(REQUEST_ID, HeaderValue::from_str(&id).expect("hexadecimal is a valid header"));
    response
}

/// Did this form come from one of our own pages? Browsers say so themselves; one that says nothing is too old to be
/// tricked through them, and the form's own code still has to be right.
pub fn is_from_us(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => site == "same-origin" || site == "none",
        // Under `no-referrer` an honest browser writes "null".
        (None, Some(origin), Some(host)) => origin == "null" || origin.strip_prefix("https://") == Some(host),
        (None, ..) => true,
    }
}

/// A panic is a fault of ours: the visitor gets an apology, not a cut line.
pub fn apologise(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Event::Fault.log(&[("request", &"panic")]);
    let mut response = Refusal::new(ProblemKind::Fault, "").into_response();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_from_another_site_is_known_by_its_headers() {
        let cases: [(&[(&'static str, &str)], bool); 7] = [
            (&[("sec-fetch-site", "same-origin"), ("origin", "null"), ("host", "lacak.example")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://lacak.example"), ("host", "lacak.example")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://lacak.example"), ("host", "lacak.example")], true),
            (&[("origin", "https://evil.example"), ("host", "lacak.example")], false),
            (&[("origin", "http://lacak.example"), ("host", "lacak.example")], false),
            (&[], true),
        ];
        for (pairs, ours) in cases {
            let headers = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("plain text"))).collect();
            assert_eq!(is_from_us(&headers), ours, "{pairs:?}");
        }
    }
}
