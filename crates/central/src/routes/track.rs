//! The resident's pages: reached by the QR on the slip or by typing the number.
//!
//! No session and no cookie: the PIN is asked each time, and the answer is not kept by the browser.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Form;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalogue::Language;

use super::session::our_fault;
use crate::follow_up::{self, FollowUpError, Origin};
use crate::forms::{Fields, field, is_visitor_code, visitor_code};
use crate::guard::is_from_us;
use crate::office::Office;
use crate::pages::layout;
use crate::pages::track::{self, Ask, say};
use crate::words;

const FORM: &str = "lacak";

/// Asks for number and PIN.
pub async fn ask_number(State(office): State<Arc<Office>>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let language = language(query.get("lang").map(String::as_str), &headers);
    ask(&office, StatusCode::OK, language, None, "", None)
}

/// Asks for the PIN of the application whose slip was scanned.
pub async fn ask_pin(
    State(office): State<Arc<Office>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let language = language(query.get("lang").map(String::as_str), &headers);
    if !token_is_plain(&token) {
        return not_a_slip();
    }
    ask(&office, StatusCode::OK, language, Some(&token), "", None)
}

/// Shows the progress of a typed number.
pub async fn answer_number(
    State(office): State<Arc<Office>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(fields): Fields,
) -> Response {
    answer(&office, address, &headers, &fields, None).await
}

/// Shows the progress of a scanned slip.
pub async fn answer_token(
    State(office): State<Arc<Office>>,
    Path(token): Path<String>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(fields): Fields,
) -> Response {
    if !token_is_plain(&token) {
        return not_a_slip();
    }
    answer(&office, address, &headers, &fields, Some(&token)).await
}

async fn answer(office: &Arc<Office>, address: SocketAddr, headers: &HeaderMap, fields: &[(String, String)], token: Option<&str>) -> Response {
    let language = language(Some(field(fields, "lang")), headers);
    let number = field(fields, "number");
    let again = |status: StatusCode, sentence: String| ask(office, status, language, token, number, Some(sentence));
    if !is_from_us(headers) || !is_visitor_code(office, FORM, field(fields, "form_code")) {
        return again(
            StatusCode::FORBIDDEN,
            say(language, "Halaman ini sudah lama terbuka. Silakan isi lagi.", "This page has been open for long. Please fill it in again.").into(),
        );
    }
    let pin: String = field(fields, "pin").split_whitespace().collect();
    match follow_up::ask(office, &Origin::Address(address.ip()), token.unwrap_or(number), &pin).await {
        Ok(found) => track::progress(office, language, &found, office.now()).into_response(),
        Err(FollowUpError::NoMatch(counted)) => {
            let mut sentence =
                say(language, "Nomor atau PIN tidak cocok. Lihat lagi di e-Kitir.", "Number or PIN do not match. Look at your slip again.").to_owned();
            if counted.wait_secs > 0 {
                sentence.push(' ');
                sentence.push_str(&wait(language, counted.wait_secs));
            } else if counted.left <= 2 {
                sentence.push_str(&match language {
                    Language::En => format!(" {} more tries.", counted.left),
                    _ => format!(" Masih bisa {} kali lagi.", counted.left),
                });
            }
            again(StatusCode::NOT_FOUND, sentence)
        }
        Err(FollowUpError::Wait { secs }) => again(StatusCode::TOO_MANY_REQUESTS, wait(language, secs)),
        Err(FollowUpError::Busy(_)) => {
            again(StatusCode::SERVICE_UNAVAILABLE, say(language, "Sedang ramai. Coba lagi sebentar.", "It is busy. Please try again soon.").into())
        }
        Err(reason @ (FollowUpError::Db(_) | FollowUpError::Dossier(_))) => our_fault("track", &reason),
    }
}

fn wait(language: Language, secs: i64) -> String {
    let span = words::span(secs, language);
    match language {
        Language::En => format!("Please wait {span}, then try again."),
        _ => format!("Tunggu {span}, lalu coba lagi."),
    }
}

fn ask(office: &Arc<Office>, status: StatusCode, language: Language, token: Option<&str>, number: &str, complaint: Option<String>) -> Response {
    let form_code = visitor_code(office, FORM);
    (status, track::ask(office, &Ask { language, token, number, form_code: &form_code, complaint })).into_response()
}

/// Letters and digits only: what a slip's QR can hold.
fn token_is_plain(token: &str) -> bool {
    (1..=64).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn not_a_slip() -> Response {
    (StatusCode::NOT_FOUND, layout::notice("QR ini bukan e-Kitir kami", "Pindai QR pada e-Kitir, atau ketik nomornya.")).into_response()
}

/// The asked language, or the first of ours that the browser names, or Indonesian.
fn language(asked: Option<&str>, headers: &HeaderMap) -> Language {
    let ours = |code: &str| match code.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("en") => Some(Language::En),
        Some("id" | "in" | "jv" | "ma" | "su") => Some(Language::Id),
        _ => None,
    };
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    asked.and_then(ours).or_else(|| accepted.split(',').find_map(|part| ours(part.trim()))).unwrap_or_default()
}
