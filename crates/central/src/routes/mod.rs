//! Every address central answers, in one table. Handlers translate between HTTP and operations; they do not decide.

pub mod api;
pub mod health;
pub mod office;
pub mod session;
pub mod track;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post, put};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;

use crate::forms::FORM_BYTES_MAX;
use crate::guard::{self, Places};
use crate::office::Office;
use crate::pages;

/// The whole service.
pub fn router(office: Arc<Office>) -> Router {
    Router::new()
        .route("/api/v1/submissions/{key}/parts/{name}", put(api::put_part))
        .route("/api/v1/submissions/{key}", put(api::put_manifest))
        .route("/api/v1/follow-up", post(api::follow_up))
        .route("/", get(|| async { Redirect::to("/lacak") }))
        .route("/lacak", get(track::ask_number).post(track::answer_number))
        .route("/t/{token}", get(track::ask_pin).post(track::answer_token))
        .route("/T/{token}", get(track::ask_pin).post(track::answer_token))
        .route("/petugas", get(office::queue))
        .route("/petugas/antrean.csv", get(office::queue_table))
        .route("/petugas/masuk", get(session::form).post(session::sign_in))
        .route("/petugas/keluar", post(session::sign_out))
        .route("/petugas/permohonan/{number}", get(office::application))
        .route("/petugas/permohonan/{number}/tindakan", post(office::act))
        .route("/petugas/permohonan/{number}/berkas/{key}/{part}", get(office::page_image))
        .route("/gaya.css", get(style))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(|| async { (StatusCode::NOT_FOUND, pages::layout::notice("Halaman tidak ada", "Periksa lagi alamatnya.")) })
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(CatchPanicLayer::custom(guard::apologise))
        .layer(middleware::from_fn_with_state(Places::default(), guard::surround))
        .with_state(office)
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")], pages::layout::STYLE)
}
