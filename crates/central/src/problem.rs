//! Refusals of the programming interface as RFC 9457 documents.
//!
//! Two messages are kept apart: what the kiosk is told (a kind and a short title) and what the log is told (the chain of
//! causes, for faults of ours only).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::v1::{Problem, ProblemKind};

use crate::follow_up::FollowUpError;
use crate::intake::IntakeError;
use crate::log_names::{Event, fault};
use crate::store::StoreError;

/// A problem document as an HTTP answer.
#[derive(Debug)]
pub struct Refusal(pub Box<Problem>);

impl Refusal {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(kind, title(kind)).with_detail(detail)))
    }

    /// A fault of ours: the log gets the causes, the kiosk gets none of them.
    pub fn fault(at: &str, reason: &dyn std::error::Error) -> Self {
        fault(at, reason);
        Self::new(ProblemKind::Fault, "")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self.0).expect("a problem has only strings and numbers, which JSON can hold");
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(secs) = self.0.wait_secs {
            response.headers_mut().insert(header::RETRY_AFTER, secs.into());
        }
        response
    }
}

fn title(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Malformed => "Bentuk kiriman tidak sesuai",
        ProblemKind::UnknownKiosk => "Kios ini belum terdaftar",
        ProblemKind::Conflict => "Isi berbeda dari yang sudah diterima",
        ProblemKind::PartsMissing => "Bagian kiriman belum lengkap",
        ProblemKind::TooLarge => "Kiriman terlalu besar",
        ProblemKind::Unreadable => "Isi kiriman tidak terbaca",
        ProblemKind::NoMatch => "Nomor atau PIN tidak cocok",
        ProblemKind::Wait => "Tunggu sebentar",
        ProblemKind::NotInRepair => "Tidak menunggu perbaikan",
        ProblemKind::Busy => "Sedang ramai",
        ProblemKind::Fault => "Kami mohon maaf",
    }
}

impl From<IntakeError> for Refusal {
    fn from(reason: IntakeError) -> Self {
        let kind = match &reason {
            IntakeError::Malformed(_) => ProblemKind::Malformed,
            IntakeError::OtherKiosk => ProblemKind::UnknownKiosk,
            IntakeError::Conflict(_) => ProblemKind::Conflict,
            IntakeError::PartsMissing(_) => ProblemKind::PartsMissing,
            IntakeError::Unreadable(_) | IntakeError::Visit(_) => ProblemKind::Unreadable,
            IntakeError::NotInRepair(_) => ProblemKind::NotInRepair,
            IntakeError::Db(_) | IntakeError::Io(_) | IntakeError::Dossier(_) => return Self::fault("submission", &reason),
        };
        Event::SubmissionRefused.log(&[("kind", &kind.id())]);
        let mut refusal = Self::new(kind, reason.to_string());
        if let IntakeError::PartsMissing(names) = reason {
            refusal.0.missing = names;
        }
        refusal
    }
}

impl From<StoreError> for Refusal {
    fn from(reason: StoreError) -> Self {
        match reason {
            StoreError::OtherBytes => Self::new(ProblemKind::Conflict, reason.to_string()),
            StoreError::TooMany => Self::new(ProblemKind::TooLarge, reason.to_string()),
            StoreError::Io(_) => Self::fault("part", &reason),
        }
    }
}

impl From<FollowUpError> for Refusal {
    fn from(reason: FollowUpError) -> Self {
        match reason {
            FollowUpError::NoMatch(counted) => {
                let mut refusal = Self::new(ProblemKind::NoMatch, "");
                refusal.0.tries_left = Some(u32::try_from(counted.left).unwrap_or(0));
                refusal.0.wait_secs = u64::try_from(counted.wait_secs).ok().filter(|secs| *secs > 0);
                refusal
            }
            FollowUpError::Wait { secs } => {
                let mut refusal = Self::new(ProblemKind::Wait, "");
                refusal.0.wait_secs = u64::try_from(secs).ok();
                refusal
            }
            FollowUpError::Busy(_) => Self::new(ProblemKind::Busy, ""),
            FollowUpError::Db(_) | FollowUpError::Dossier(_) => Self::fault("follow-up", &reason),
        }
    }
}
