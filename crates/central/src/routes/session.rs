//! Signing in and out, and finding out who is signed in.
//!
//! A session is a random cookie that only its hash is kept of. The rule a newcomer would break: every page and every form
//! of an officer goes through [`Officer::of`], and every form through [`Officer::sent`].

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{Timestamp, ToSpan};
use zeroize::Zeroizing;

use crate::chance;
use crate::db::officers::SignedIn;
use crate::db::tries::{Subject, Try};
use crate::follow_up::{Origin, origin_subject};
use crate::forms::{Fields, field, is_visitor_code, session_code, visitor_code};
use crate::guard::is_from_us;
use crate::keys::{fingerprint, same_secret};
use crate::log_names::{Event, fault};
use crate::office::Office;
use crate::pages::layout::{self, Band};
use crate::pages::sign_in;
use crate::words;

/// Wrong passwords per login before the first delay.
pub const TRIES_PER_LOGIN: i64 = 5;
/// The cookie; `__Host-` makes browsers insist on HTTPS and this host.
pub const COOKIE: &str = "__Host-klampid-petugas";
const FORM: &str = "masuk";

/// An officer with a living session.
pub struct Officer {
    pub who: SignedIn,
    pub form_code: String,
    cookie_sha256: String,
}

impl Officer {
    /// Who sent this, or the way to the door.
    pub async fn of(office: &Office, headers: &HeaderMap) -> Result<Self, Response> {
        let to_the_door = || Redirect::to("/petugas/masuk").into_response();
        let cookie = cookie(headers).ok_or_else(to_the_door)?;
        let cookie_sha256 = fingerprint(cookie);
        let now = office.now();
        let who = office.db.session(&cookie_sha256, now, idle_since(office, now)).await.map_err(|reason| our_fault("session", &reason))?;
        let who = who.ok_or_else(to_the_door)?;
        Ok(Self { who, form_code: session_code(office, &cookie_sha256), cookie_sha256 })
    }

    /// Who sent this form; refused when it did not come from one of our own pages.
    pub async fn sent(office: &Office, headers: &HeaderMap, fields: &[(String, String)]) -> Result<Self, Response> {
        let officer = Self::of(office, headers).await?;
        if is_from_us(headers) && same_secret(&officer.form_code, field(fields, "form_code")) {
            return Ok(officer);
        }
        Event::OfficerRefused.log(&[("because", &"form-code"), ("login", &officer.who.login)]);
        Err((StatusCode::FORBIDDEN, layout::notice("Formulir tidak dikenali", "Buka lagi halamannya, lalu ulangi.")).into_response())
    }

    /// The band above the officer's pages.
    pub fn band(&self) -> Band<'_> {
        Band { name: &self.who.name, form_code: &self.form_code }
    }
}

/// The form.
pub async fn form(State(office): State<Arc<Office>>) -> Response {
    sign_in::page(&visitor_code(&office, FORM), None).into_response()
}

/// Checks login and password.
pub async fn sign_in(State(office): State<Arc<Office>>, ConnectInfo(address): ConnectInfo<SocketAddr>, headers: HeaderMap, Form(fields): Fields) -> Response {
    let again = |status: StatusCode, complaint: &str| (status, sign_in::page(&visitor_code(&office, FORM), Some(complaint))).into_response();
    if !is_from_us(&headers) || !is_visitor_code(&office, FORM, field(&fields, "form_code")) {
        return again(StatusCode::FORBIDDEN, "Halaman ini sudah lama terbuka. Silakan masuk lagi.");
    }
    let login = field(&fields, "login").to_lowercase();
    let password = Zeroizing::new(fields.iter().find(|(key, _)| key == "password").map_or("", |(_, value)| value).to_owned());
    match check(&office, address, &login, password).await {
        Ok(Checked::Right) => open(&office, &login).await,
        Ok(Checked::Wrong) => again(StatusCode::UNAUTHORIZED, "Nama masuk atau kata sandi tidak cocok."),
        Ok(Checked::Wait(secs)) => {
            let sentence = format!("Sudah beberapa kali tidak cocok. Coba lagi {} lagi.", words::span(secs, catalogue::Language::Id));
            again(StatusCode::TOO_MANY_REQUESTS, &sentence)
        }
        Ok(Checked::Busy) => again(StatusCode::SERVICE_UNAVAILABLE, "Sedang ramai. Coba lagi sebentar."),
        Err(reason) => our_fault("sign-in", &reason),
    }
}

enum Checked {
    Right,
    Wrong,
    Wait(i64),
    Busy,
}

async fn check(office: &Office, address: SocketAddr, login: &str, password: Zeroizing<String>) -> Result<Checked, crate::db::DbError> {
    let own = Subject { code: office.keys.code("tries", &["officer", login]), free: TRIES_PER_LOGIN };
    let origin = origin_subject(office, "sign-in", &Origin::Address(address.ip()));
    if let Try::Wait(secs) = office.db.count_try(&[own.clone(), origin.clone()], office.now()).await? {
        return Ok(Checked::Wait(secs));
    }
    let verifier = office.db.officer_verifier(login).await?;
    match office.verifier.check(password, verifier).await {
        Ok(true) => {
            office.db.try_was_right(&own, &origin).await?;
            Ok(Checked::Right)
        }
        Ok(false) => {
            Event::OfficerRefused.log(&[("because", &"password")]);
            Ok(Checked::Wrong)
        }
        Err(_) => Ok(Checked::Busy),
    }
}

async fn open(office: &Office, login: &str) -> Response {
    let cookie = chance::secret_hex();
    let now = office.now();
    if let Err(reason) = office.db.open_session(&fingerprint(&cookie), login, now, idle_since(office, now)).await {
        return our_fault("sign-in", &reason);
    }
    Event::OfficerSignedIn.log(&[("login", &login)]);
    let set = format!("{COOKIE}={}; Path=/; HttpOnly; Secure; SameSite=Strict", cookie.as_str());
    ([(header::SET_COOKIE, set)], Redirect::to("/petugas")).into_response()
}

/// Ends the session.
pub async fn sign_out(State(office): State<Arc<Office>>, headers: HeaderMap, Form(fields): Fields) -> Response {
    let officer = match Officer::sent(&office, &headers, &fields).await {
        Ok(officer) => officer,
        Err(response) => return response,
    };
    if let Err(reason) = office.db.close_session(&officer.cookie_sha256).await {
        return our_fault("sign-out", &reason);
    }
    Event::OfficerSignedOut.log(&[("login", &officer.who.login)]);
    let clear = format!("{COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0");
    ([(header::SET_COOKIE, clear)], Redirect::to("/petugas/masuk")).into_response()
}

/// A page for a fault of ours: an apology, and the causes in the log only.
pub fn our_fault(at: &str, reason: &dyn std::error::Error) -> Response {
    fault(at, reason);
    (StatusCode::INTERNAL_SERVER_ERROR, layout::notice("Kami mohon maaf", "Ada gangguan di pihak kami. Coba lagi sebentar.")).into_response()
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

fn idle_since(office: &Office, now: Timestamp) -> Timestamp {
    now.saturating_sub(i64::from(office.settings.idle_limit_mins).minutes()).unwrap_or(now)
}
