//! Officers and their sessions. A session is known by the hash of its cookie, so the file alone lets nobody in.

use jiff::Timestamp;
use sqlx::Row;

use super::{Db, DbError, time};

/// A session is written again only when this much newer, so that a page full of images is not a page full of writes.
const SEEN_STEP_SECS: i64 = 30;

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub login: String,
    pub name: String,
}

impl Db {
    /// Adds an officer, or gives a known one a new name and password.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn put_officer(&self, login: &str, name: &str, verifier: &str, now: Timestamp) -> Result<(), DbError> {
        let mut tx = self.writing().await?;
        sqlx::query(
            "INSERT INTO officer (login, name, verifier, added_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (login) DO UPDATE SET name = excluded.name, verifier = excluded.verifier",
        )
        .bind(login)
        .bind(name)
        .bind(verifier)
        .bind(now.as_millisecond())
        .execute(&mut *tx)
        .await?;
        // A new password ends what the old one opened.
        sqlx::query("DELETE FROM officer_session WHERE login = $1").bind(login).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Argon2id verifier of an officer's password.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn officer_verifier(&self, login: &str) -> Result<Option<String>, DbError> {
        let row = sqlx::query("SELECT verifier FROM officer WHERE login = $1").bind(login).fetch_optional(&self.read).await?;
        Ok(row.map(|row| row.try_get("verifier")).transpose()?)
    }

    /// The name behind a login, for the history.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn officer_name(&self, login: &str) -> Result<Option<String>, DbError> {
        let row = sqlx::query("SELECT name FROM officer WHERE login = $1").bind(login).fetch_optional(&self.read).await?;
        Ok(row.map(|row| row.try_get("name")).transpose()?)
    }

    /// Opens a session and forgets those that ended by idleness before `idle_since`.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn open_session(&self, cookie_sha256: &str, login: &str, now: Timestamp, idle_since: Timestamp) -> Result<(), DbError> {
        let mut tx = self.writing().await?;
        sqlx::query("DELETE FROM officer_session WHERE seen_at < $1").bind(idle_since.as_millisecond()).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO officer_session (cookie_sha256, login, started_at, seen_at) VALUES ($1, $2, $3, $3)")
            .bind(cookie_sha256)
            .bind(login)
            .bind(now.as_millisecond())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Who holds this cookie, unless nothing was seen of them since `idle_since`.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn session(&self, cookie_sha256: &str, now: Timestamp, idle_since: Timestamp) -> Result<Option<SignedIn>, DbError> {
        let row = sqlx::query(
            "SELECT officer.login AS login, officer.name AS name, officer_session.seen_at AS seen_at FROM officer_session \
             JOIN officer ON officer.login = officer_session.login WHERE cookie_sha256 = $1 AND seen_at >= $2",
        )
        .bind(cookie_sha256)
        .bind(idle_since.as_millisecond())
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if now.as_second() - time(&row, "seen_at")?.as_second() >= SEEN_STEP_SECS {
            let mut tx = self.writing().await?;
            sqlx::query("UPDATE officer_session SET seen_at = $1 WHERE cookie_sha256 = $2")
                .bind(now.as_millisecond())
                .bind(cookie_sha256)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Ok(Some(SignedIn { login: row.try_get("login")?, name: row.try_get("name")? }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn close_session(&self, cookie_sha256: &str) -> Result<(), DbError> {
        let mut tx = self.writing().await?;
        sqlx::query("DELETE FROM officer_session WHERE cookie_sha256 = $1").bind(cookie_sha256).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
