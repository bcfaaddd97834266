//! Accepted submissions, their parts, and the kiosks that may send them.
//!
//! Accepting is one transaction: submission, receipt, every application of the visit with its outputs, or the patch, and the
//! history lines stand together or not at all. The rule a newcomer would break: the primary keys decide who was first; nothing is looked up and then inserted.

use jiff::Timestamp;
use sqlx::{Any, Row, Transaction};
use uuid::Uuid;
use wire::receipt::SignedReceipt;
use wire::v1::{Kind, Manifest};

use super::outputs::{Change, Output, Summary, Words, put_outputs, write_change};
use super::{Db, DbError};

/// A submission that passed every check.
pub struct NewSubmission<'a> {
    pub manifest: &'a Manifest,
    pub manifest_sha256: &'a str,
    pub receipt: &'a SignedReceipt,
    pub accepted_at: Timestamp,
}

/// What all applications of a visit have in common.
pub struct NewVisit<'a> {
    pub kelurahan: &'a str,
    pub token_sha256: &'a str,
    pub submitted_at: Timestamp,
    /// In the order of the slip; never empty.
    pub applications: Vec<NewApplication>,
}

/// The open facts of a new application.
pub struct NewApplication {
    pub number: String,
    pub service: String,
    pub menu: String,
    pub doubts: i64,
    pub outputs: Vec<Output>,
    pub summary: Summary,
}

/// What a patch changes, decided on a known state of things, and how many doubts are left in every application of the visit.
pub struct NewPatch {
    pub change: Change,
    pub doubts: Vec<(String, i64)>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    /// Another request with this key was faster.
    KeyTaken,
    /// The number or the token belongs to another application.
    NumberTaken,
    /// The application moved on meanwhile.
    MovedOn,
}

/// What is kept of an accepted submission.
pub struct Kept {
    pub manifest_sha256: String,
    pub receipt: SignedReceipt,
}

impl Db {
    /// The submission accepted under `key`.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn kept(&self, key: Uuid) -> Result<Option<Kept>, DbError> {
        let row = sqlx::query("SELECT manifest_sha256, receipt_body, receipt_signature FROM submission WHERE key = $1")
            .bind(key.to_string())
            .fetch_optional(&self.read)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let receipt = SignedReceipt { body: row.try_get("receipt_body")?, signature: row.try_get("receipt_signature")? };
        Ok(Some(Kept { manifest_sha256: row.try_get("manifest_sha256")?, receipt }))
    }

    /// Accepts a visit with all its applications.
    ///
    /// # Errors
    /// [`DbError`]; then nothing was accepted.
    pub async fn accept_visit(&self, new: &NewSubmission<'_>, visit: &NewVisit<'_>) -> Result<Outcome, DbError> {
        let mut tx = self.writing().await?;
        if !insert_submission(&mut tx, new).await? {
            return Ok(Outcome::KeyTaken);
        }
        for (place_no, application) in (0_i64..).zip(&visit.applications) {
            let inserted = sqlx::query(
                "INSERT INTO application (number, key, place_no, service, menu, kelurahan, token_sha256, submitted_at, doubts, due_at, state, state_since, closed, lines) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 1) ON CONFLICT DO NOTHING",
            )
            .bind(&application.number)
            .bind(new.manifest.key.to_string())
            .bind(place_no)
            .bind(&application.service)
            .bind(&application.menu)
            .bind(visit.kelurahan)
            .bind(visit.token_sha256)
            .bind(visit.submitted_at.as_millisecond())
            .bind(application.doubts)
            .bind(application.summary.due_at.as_millisecond())
            .bind(&application.summary.state)
            .bind(new.accepted_at.as_millisecond())
            .execute(&mut *tx)
            .await?;
            if inserted.rows_affected() == 0 {
                return Ok(Outcome::NumberTaken);
            }
            put_outputs(&mut tx, &application.number, &application.outputs).await?;
            sqlx::query("INSERT INTO history (number, line_no, output_id, at, state, actor, reason, note_sealed) VALUES ($1, 1, '', $2, $3, $4, '', '')")
                .bind(&application.number)
                .bind(new.accepted_at.as_millisecond())
                .bind(&application.summary.state)
                .bind(format!("kiosk:{}", new.manifest.kiosk))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(Outcome::Accepted)
    }

    /// Accepts a patch for an application that still is where it was when the patch was checked.
    ///
    /// # Errors
    /// [`DbError`]; then nothing was accepted.
    pub async fn accept_patch(&self, new: &NewSubmission<'_>, patch: &NewPatch) -> Result<Outcome, DbError> {
        let mut tx = self.writing().await?;
        if !insert_submission(&mut tx, new).await? {
            return Ok(Outcome::KeyTaken);
        }
        if !write_change(&mut tx, &patch.change, &Words::default()).await? {
            return Ok(Outcome::MovedOn);
        }
        sqlx::query(
            "INSERT INTO patch (number, patch_no, key, accepted_at) \
             VALUES ($1, (SELECT COALESCE(MAX(patch_no), 0) + 1 FROM patch WHERE number = $1), $2, $3)",
        )
        .bind(&new.manifest.number)
        .bind(new.manifest.key.to_string())
        .bind(new.accepted_at.as_millisecond())
        .execute(&mut *tx)
        .await?;
        for (number, doubts) in &patch.doubts {
            sqlx::query("UPDATE application SET doubts = $1 WHERE number = $2").bind(doubts).bind(number).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(Outcome::Accepted)
    }

    /// Name of the payload part of a submission.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn payload_part(&self, key: Uuid) -> Result<String, DbError> {
        let row = sqlx::query("SELECT name FROM part WHERE key = $1 AND is_payload = 1").bind(key.to_string()).fetch_optional(&self.read).await?;
        Ok(row.ok_or(DbError::Foreign("a submission without payload"))?.try_get("name")?)
    }

    /// The kiosk that holds this credential.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn kiosk_of(&self, secret_sha256: &str) -> Result<Option<String>, DbError> {
        let row = sqlx::query("SELECT name FROM kiosk WHERE secret_sha256 = $1").bind(secret_sha256).fetch_optional(&self.read).await?;
        Ok(row.map(|row| row.try_get("name")).transpose()?)
    }

    /// Registers a kiosk, or gives a known one a new credential.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn put_kiosk(&self, name: &str, secret_sha256: &str, now: Timestamp) -> Result<(), DbError> {
        let mut tx = self.writing().await?;
        sqlx::query(
            "INSERT INTO kiosk (name, secret_sha256, added_at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET secret_sha256 = excluded.secret_sha256, added_at = excluded.added_at",
        )
        .bind(name)
        .bind(secret_sha256)
        .bind(now.as_millisecond())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// False when the key is taken; the transaction is then only good for being dropped.
async fn insert_submission(tx: &mut Transaction<'static, Any>, new: &NewSubmission<'_>) -> Result<bool, DbError> {
    let manifest = new.manifest;
    let key = manifest.key.to_string();
    let kind = match manifest.kind {
        Kind::Application => "application",
        Kind::Patch => "patch",
    };
    let inserted = sqlx::query(
        "INSERT INTO submission (key, kind, number, kiosk, bundle, manifest_sha256, receipt_body, receipt_signature, accepted_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind(&key)
    .bind(kind)
    .bind(&manifest.number)
    .bind(&manifest.kiosk)
    .bind(&manifest.bundle)
    .bind(new.manifest_sha256)
    .bind(&new.receipt.body)
    .bind(&new.receipt.signature)
    .bind(new.accepted_at.as_millisecond())
    .execute(&mut **tx)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    let mut parts = vec![(&manifest.payload, 1_i64)];
    for page in &manifest.pages {
        parts.push((page, 0));
    }
    for (part, is_payload) in parts {
        sqlx::query("INSERT INTO part (key, name, is_payload, sha256, bytes) VALUES ($1, $2, $3, $4, $5)")
            .bind(&key)
            .bind(&part.name)
            .bind(is_payload)
            .bind(&part.sha256)
            .bind(i64::try_from(part.bytes).map_err(|_| DbError::Foreign("part size"))?)
            .execute(&mut **tx)
            .await?;
    }
    Ok(true)
}
