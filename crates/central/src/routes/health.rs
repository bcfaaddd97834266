//! Is the program alive, and can it do its work?

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::office::Office;

/// The program runs.
pub async fn alive() -> &'static str {
    "ok"
}

/// The database answers.
pub async fn ready(State(office): State<Arc<Office>>) -> (StatusCode, &'static str) {
    if office.db.answers().await { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "database") }
}
