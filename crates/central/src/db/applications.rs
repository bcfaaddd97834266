//! Applications, the visits they came in, and their append-only history.
//!
//! State, due moment and closing in `application` are copies of what its outputs say, written in the same transaction. The
//! rule a newcomer would break: history is only ever added to, and every addition names the length it has seen.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::{Db, DbError, time};

/// The columns of [`Application`], with the bundle of its submission.
macro_rules! application_sql {
    ($rest:literal) => {
        concat!(
            "SELECT application.number AS number, application.key AS key, place_no, service, menu, kelurahan, submission.bundle AS bundle, ",
            "application.submitted_at AS submitted_at, submission.accepted_at AS accepted_at, doubts, due_at, state, state_since, lines ",
            "FROM application JOIN submission ON submission.key = application.key ",
            $rest
        )
    };
}
pub(super) use application_sql;

/// One application without anything personal.
#[derive(Clone, Debug)]
pub struct Application {
    pub number: String,
    /// The submission it came with; applications of one visit share it.
    pub key: Uuid,
    /// Place on the slip, from 0.
    pub place_no: i64,
    pub service: String,
    /// Id of the service's menu when it was accepted.
    pub menu: String,
    pub kelurahan: String,
    /// Hash of the catalogue that its answers belong to.
    pub bundle: String,
    pub submitted_at: Timestamp,
    pub accepted_at: Timestamp,
    /// How many doubts the rules have about it.
    pub doubts: i64,
    /// The nearest promise that is still owed, without a pause that is still going on.
    pub due_at: Timestamp,
    /// State of the least advanced output.
    pub state: String,
    pub state_since: Timestamp,
    /// Length of the history.
    pub lines: i64,
}

/// One line of history.
#[derive(Clone, Debug)]
pub struct Line {
    pub line_no: i64,
    /// Which output it is about; empty is every output that was still open then.
    pub output: String,
    pub at: Timestamp,
    pub state: String,
    /// `kiosk:NAME` or `petugas:LOGIN`.
    pub actor: String,
    pub reason: String,
    pub note_sealed: String,
}

impl Line {
    /// Is this line about that output?
    pub fn touches(&self, output: &str) -> bool {
        self.output.is_empty() || self.output == output
    }
}

/// One item that was sent back.
#[derive(Clone, Debug)]
pub struct AskedItem {
    pub item: String,
    pub reason: String,
    pub note_sealed: String,
    pub until: Timestamp,
}

impl Db {
    /// The application with this number.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn application(&self, number: &str) -> Result<Option<Application>, DbError> {
        let row = sqlx::query(application_sql!("WHERE application.number = $1")).bind(number).fetch_optional(&self.read).await?;
        row.as_ref().map(read_application).transpose()
    }

    /// The first application of the visit whose slip carries this token.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn application_of_token(&self, token_sha256: &str) -> Result<Option<Application>, DbError> {
        let row = sqlx::query(application_sql!("WHERE token_sha256 = $1 AND place_no = 0")).bind(token_sha256).fetch_optional(&self.read).await?;
        row.as_ref().map(read_application).transpose()
    }

    /// Every application of the visit that came as `key`, in the order of the slip.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn visit(&self, key: Uuid) -> Result<Vec<Application>, DbError> {
        let rows = sqlx::query(application_sql!("WHERE application.key = $1 ORDER BY place_no")).bind(key.to_string()).fetch_all(&self.read).await?;
        rows.iter().map(read_application).collect()
    }

    /// The whole history, oldest first.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn history(&self, number: &str) -> Result<Vec<Line>, DbError> {
        let rows = sqlx::query("SELECT line_no, output_id, at, state, actor, reason, note_sealed FROM history WHERE number = $1 ORDER BY line_no")
            .bind(number)
            .fetch_all(&self.read)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Line {
                    line_no: row.try_get("line_no")?,
                    output: row.try_get("output_id")?,
                    at: time(row, "at")?,
                    state: row.try_get("state")?,
                    actor: row.try_get("actor")?,
                    reason: row.try_get("reason")?,
                    note_sealed: row.try_get("note_sealed")?,
                })
            })
            .collect()
    }

    /// What was sent back last, and by which history line; nothing when nothing ever was.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn asked_items(&self, number: &str) -> Result<(i64, Vec<AskedItem>), DbError> {
        let rows = sqlx::query(
            "SELECT line_no, item, reason, note_sealed, until_at FROM repair_item \
             WHERE number = $1 AND line_no = (SELECT MAX(line_no) FROM repair_item WHERE number = $1) ORDER BY item",
        )
        .bind(number)
        .fetch_all(&self.read)
        .await?;
        let line_no = rows.first().map_or(Ok(0), |row| row.try_get("line_no"))?;
        let items: Result<Vec<_>, DbError> = rows
            .iter()
            .map(|row| {
                Ok(AskedItem {
                    item: row.try_get("item")?,
                    reason: row.try_get("reason")?,
                    note_sealed: row.try_get("note_sealed")?,
                    until: time(row, "until_at")?,
                })
            })
            .collect();
        Ok((line_no, items?))
    }

    /// Keys of every patch of the visit that came as `key`, in the order they were accepted.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn patches(&self, key: Uuid) -> Result<Vec<Uuid>, DbError> {
        let rows = sqlx::query(
            "SELECT patch.key AS key FROM patch JOIN application ON application.number = patch.number \
             WHERE application.key = $1 ORDER BY patch.accepted_at, patch.number, patch.patch_no",
        )
        .bind(key.to_string())
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(read_key).collect()
    }

    /// Does a part with this name belong to the visit of this application, through its submission or a patch?
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn holds_page(&self, number: &str, key: Uuid, name: &str) -> Result<bool, DbError> {
        let row = sqlx::query(
            "SELECT part.name AS name FROM part WHERE part.key = $2 AND part.name = $3 AND part.is_payload = 0 AND (\
             EXISTS (SELECT 1 FROM application WHERE application.number = $1 AND application.key = $2) \
             OR EXISTS (SELECT 1 FROM patch JOIN application AS theirs ON theirs.number = patch.number \
             JOIN application AS ours ON ours.key = theirs.key WHERE patch.key = $2 AND ours.number = $1))",
        )
        .bind(number)
        .bind(key.to_string())
        .bind(name)
        .fetch_optional(&self.read)
        .await?;
        Ok(row.is_some())
    }
}

pub(super) fn read_application(row: &AnyRow) -> Result<Application, DbError> {
    Ok(Application {
        number: row.try_get("number")?,
        key: read_key(row)?,
        place_no: row.try_get("place_no")?,
        service: row.try_get("service")?,
        menu: row.try_get("menu")?,
        kelurahan: row.try_get("kelurahan")?,
        bundle: row.try_get("bundle")?,
        submitted_at: time(row, "submitted_at")?,
        accepted_at: time(row, "accepted_at")?,
        doubts: row.try_get("doubts")?,
        due_at: time(row, "due_at")?,
        state: row.try_get("state")?,
        state_since: time(row, "state_since")?,
        lines: row.try_get("lines")?,
    })
}

fn read_key(row: &AnyRow) -> Result<Uuid, DbError> {
    row.try_get::<String, _>("key")?.parse().map_err(|_| DbError::Foreign("key"))
}
