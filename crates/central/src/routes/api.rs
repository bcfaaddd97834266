//! The programming interface for kiosks, version 1, as `wire::v1` documents it.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use uuid::Uuid;
use wire::receipt::SignedReceipt;
use wire::v1::{FollowUp, FollowUpRequest, MANIFEST_BYTES_MAX, PART_BYTES_MAX, ProblemKind};

use crate::chance;
use crate::follow_up::{self, Origin};
use crate::intake;
use crate::keys::fingerprint;
use crate::log_names::Event;
use crate::office::Office;
use crate::problem::Refusal;
use crate::store::Store;

/// Largest follow-up request, in bytes.
const FOLLOW_UP_BYTES_MAX: usize = 1024;

/// Takes one sealed part.
pub async fn put_part(
    State(office): State<Arc<Office>>,
    Path((key, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    kiosk(&office, &headers).await?;
    let key = read_key(&key)?;
    if !Store::name_is_plain(&name) {
        return Err(Refusal::new(ProblemKind::Malformed, "the part's name is not plain"));
    }
    let bytes = read_part(body).await?;
    let len = bytes.len();
    let _one_at_a_time = office.lock_key(key).await;
    let worker = Arc::clone(&office);
    let stored = tokio::task::spawn_blocking(move || worker.store.put(key, &name, &bytes, Uuid::from_bytes(*chance::bytes::<16>()))).await;
    stored.map_err(|reason| Refusal::fault("part", &reason))??;
    Event::PartStored.log(&[("key", &key), ("bytes", &len)]);
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the manifest and answers with the receipt.
pub async fn put_manifest(State(office): State<Arc<Office>>, Path(key): Path<String>, headers: HeaderMap, body: Body) -> Result<Json<SignedReceipt>, Refusal> {
    let kiosk = kiosk(&office, &headers).await?;
    let key = read_key(&key)?;
    let body = read_whole(body, MANIFEST_BYTES_MAX).await?;
    Ok(Json(intake::accept(&office, &kiosk, key, &body).await?))
}

/// Tells the holder of a slip how far the application is.
pub async fn follow_up(State(office): State<Arc<Office>>, headers: HeaderMap, body: Body) -> Result<Json<FollowUp>, Refusal> {
    let kiosk = kiosk(&office, &headers).await?;
    let body = read_whole(body, FOLLOW_UP_BYTES_MAX).await?;
    let request: FollowUpRequest = serde_json::from_slice(&body).map_err(|_| Refusal::new(ProblemKind::Malformed, "not a follow-up request"))?;
    let found = follow_up::ask(&office, &Origin::Kiosk(kiosk), &request.id, &request.pin).await?;
    Ok(Json(found.into_wire()))
}

/// Name of the kiosk that sends this.
async fn kiosk(office: &Office, headers: &HeaderMap) -> Result<String, Refusal> {
    let unknown = || Refusal::new(ProblemKind::UnknownKiosk, "");
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(unknown)?;
    let secret = value.strip_prefix("Bearer ").ok_or_else(unknown)?;
    let found = office.db.kiosk_of(&fingerprint(secret.trim())).await.map_err(|reason| Refusal::fault("credential", &reason))?;
    found.ok_or_else(unknown)
}

fn read_key(text: &str) -> Result<Uuid, Refusal> {
    Uuid::parse_str(text).map_err(|_| Refusal::new(ProblemKind::Malformed, "the key is not a UUID"))
}

async fn read_whole(body: Body, bytes_max: usize) -> Result<Bytes, Refusal> {
    to_bytes(body, bytes_max).await.map_err(|_| Refusal::new(ProblemKind::TooLarge, "larger than allowed, or cut off"))
}

/// Reads a part piece by piece and stops at the first byte beyond the limit.
async fn read_part(mut body: Body) -> Result<Vec<u8>, Refusal> {
    let max = usize::try_from(PART_BYTES_MAX).expect("a few megabytes fit any address space");
    let announced = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0);
    if announced > max {
        return Err(Refusal::new(ProblemKind::TooLarge, "a part may have 4 MiB"));
    }
    let mut bytes = Vec::with_capacity(announced);
    while let Some(frame) = std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Refusal::new(ProblemKind::Malformed, "the part was cut off"))?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > max {
                return Err(Refusal::new(ProblemKind::TooLarge, "a part may have 4 MiB"));
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}
