//! Applications, their append-only history, and the queue officers see.
//!
//! The state in `application` is a copy of the last history line, written in the same transaction. The rule a newcomer
//! would break: history is only ever added to, and every addition names the length it has seen.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::{Db, DbError, time};

/// Rows on one page of the queue.
pub const QUEUE_ROWS_MAX: i64 = 50;

/// One application without anything personal.
#[derive(Clone, Debug)]
pub struct Application {
    pub number: String,
    pub key: Uuid,
    pub service: String,
    pub kelurahan: String,
    pub submitted_at: Timestamp,
    /// The last promised moment, moved by every pause that has ended.
    pub due_at: Timestamp,
    pub state: String,
    pub state_since: Timestamp,
    /// Length of the history.
    pub lines: i64,
}

/// One line of history.
#[derive(Clone, Debug)]
pub struct Line {
    pub line_no: i64,
    pub at: Timestamp,
    pub state: String,
    /// `kiosk:NAME` or `petugas:LOGIN`.
    pub actor: String,
    pub reason: String,
    pub note_sealed: String,
}

/// One item that was sent back.
#[derive(Clone, Debug)]
pub struct AskedItem {
    pub item: String,
    pub reason: String,
    pub note_sealed: String,
    pub until: Timestamp,
}

/// An officer's act, already checked against the state path.
pub struct Move<'a> {
    pub number: &'a str,
    pub seen_lines: i64,
    pub to: &'a str,
    pub closes: bool,
    pub at: Timestamp,
    pub due_at: Timestamp,
    pub actor: &'a str,
    pub reason: &'a str,
    pub note_sealed: &'a str,
    /// Items sent back: item, reason code, sealed note.
    pub items: &'a [(String, String, String)],
    pub until: Timestamp,
}

/// Order of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The promise that ends first.
    #[default]
    Due,
    Newest,
    Oldest,
    Number,
}

/// Which applications are shown; empty text means all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: String,
    pub service: String,
    pub kelurahan: String,
    /// Part of a number: capitals, digits and hyphens only.
    pub number: String,
    pub with_closed: bool,
    pub order: Order,
    /// Counted from 0.
    pub page: i64,
}

macro_rules! queue_sql {
    ($order:literal) => {
        concat!(
            "SELECT number, key, service, kelurahan, submitted_at, due_at, state, state_since, lines FROM application ",
            "WHERE ($1 = '' OR state = $1) AND ($2 = '' OR service = $2) AND ($3 = '' OR kelurahan = $3) ",
            "AND ($4 = '' OR number LIKE $4) AND closed <= $5 ORDER BY ",
            $order,
            " LIMIT $6 OFFSET $7"
        )
    };
}

impl Db {
    /// The application with this number.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn application(&self, number: &str) -> Result<Option<Application>, DbError> {
        let row = sqlx::query("SELECT number, key, service, kelurahan, submitted_at, due_at, state, state_since, lines FROM application WHERE number = $1")
            .bind(number)
            .fetch_optional(&self.read)
            .await?;
        row.as_ref().map(read_application).transpose()
    }

    /// The application whose slip carries this token.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn application_of_token(&self, token_sha256: &str) -> Result<Option<Application>, DbError> {
        let row =
            sqlx::query("SELECT number, key, service, kelurahan, submitted_at, due_at, state, state_since, lines FROM application WHERE token_sha256 = $1")
                .bind(token_sha256)
                .fetch_optional(&self.read)
                .await?;
        row.as_ref().map(read_application).transpose()
    }

    /// The whole history, oldest first.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn history(&self, number: &str) -> Result<Vec<Line>, DbError> {
        let rows = sqlx::query("SELECT line_no, at, state, actor, reason, note_sealed FROM history WHERE number = $1 ORDER BY line_no")
            .bind(number)
            .fetch_all(&self.read)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Line {
                    line_no: row.try_get("line_no")?,
                    at: time(row, "at")?,
                    state: row.try_get("state")?,
                    actor: row.try_get("actor")?,
                    reason: row.try_get("reason")?,
                    note_sealed: row.try_get("note_sealed")?,
                })
            })
            .collect()
    }

    /// What was sent back by the history line `line_no`.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn asked_items(&self, number: &str, line_no: i64) -> Result<Vec<AskedItem>, DbError> {
        let rows = sqlx::query("SELECT item, reason, note_sealed, until_at FROM repair_item WHERE number = $1 AND line_no = $2 ORDER BY item")
            .bind(number)
            .bind(line_no)
            .fetch_all(&self.read)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(AskedItem {
                    item: row.try_get("item")?,
                    reason: row.try_get("reason")?,
                    note_sealed: row.try_get("note_sealed")?,
                    until: time(row, "until_at")?,
                })
            })
            .collect()
    }

    /// Keys of the patches, in the order they were accepted.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn patches(&self, number: &str) -> Result<Vec<Uuid>, DbError> {
        let rows = sqlx::query("SELECT key FROM patch WHERE number = $1 ORDER BY patch_no").bind(number).fetch_all(&self.read).await?;
        rows.iter().map(read_key).collect()
    }

    /// Writes an officer's act; false when the history has grown since the officer saw it.
    ///
    /// # Errors
    /// [`DbError`]; then nothing was written.
    pub async fn move_state(&self, act: &Move<'_>) -> Result<bool, DbError> {
        let mut tx = self.writing().await?;
        let moved =
            sqlx::query("UPDATE application SET state = $1, state_since = $2, due_at = $3, closed = $4, lines = lines + 1 WHERE number = $5 AND lines = $6")
                .bind(act.to)
                .bind(act.at.as_millisecond())
                .bind(act.due_at.as_millisecond())
                .bind(i64::from(act.closes))
                .bind(act.number)
                .bind(act.seen_lines)
                .execute(&mut *tx)
                .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        let line_no = act.seen_lines + 1;
        sqlx::query("INSERT INTO history (number, line_no, at, state, actor, reason, note_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(act.number)
            .bind(line_no)
            .bind(act.at.as_millisecond())
            .bind(act.to)
            .bind(act.actor)
            .bind(act.reason)
            .bind(act.note_sealed)
            .execute(&mut *tx)
            .await?;
        for (item, reason, note_sealed) in act.items {
            sqlx::query("INSERT INTO repair_item (number, line_no, item, reason, note_sealed, until_at) VALUES ($1, $2, $3, $4, $5, $6)")
                .bind(act.number)
                .bind(line_no)
                .bind(item)
                .bind(reason)
                .bind(note_sealed)
                .bind(act.until.as_millisecond())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// One page of the queue, and how many rows the filter has in all.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn queue(&self, filter: &Filter) -> Result<(Vec<Application>, i64), DbError> {
        let like = if filter.number.is_empty() { String::new() } else { format!("%{}%", filter.number) };
        let closed_max = i64::from(filter.with_closed || !filter.state.is_empty());
        let counted = sqlx::query(
            "SELECT COUNT(*) AS rows_all FROM application WHERE ($1 = '' OR state = $1) AND ($2 = '' OR service = $2) \
             AND ($3 = '' OR kelurahan = $3) AND ($4 = '' OR number LIKE $4) AND closed <= $5",
        )
        .bind(&filter.state)
        .bind(&filter.service)
        .bind(&filter.kelurahan)
        .bind(&like)
        .bind(closed_max)
        .fetch_one(&self.read)
        .await?;
        let sql = match filter.order {
            Order::Due => queue_sql!("closed, due_at, number"),
            Order::Newest => queue_sql!("submitted_at DESC, number"),
            Order::Oldest => queue_sql!("submitted_at, number"),
            Order::Number => queue_sql!("number"),
        };
        let rows = sqlx::query(sql)
            .bind(&filter.state)
            .bind(&filter.service)
            .bind(&filter.kelurahan)
            .bind(&like)
            .bind(closed_max)
            .bind(QUEUE_ROWS_MAX)
            .bind(filter.page.max(0).saturating_mul(QUEUE_ROWS_MAX))
            .fetch_all(&self.read)
            .await?;
        Ok((rows.iter().map(read_application).collect::<Result<_, _>>()?, counted.try_get("rows_all")?))
    }

    /// Kelurahan codes that have applications, for the filter.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn kelurahan_seen(&self) -> Result<Vec<String>, DbError> {
        let rows = sqlx::query("SELECT DISTINCT kelurahan FROM application ORDER BY kelurahan").fetch_all(&self.read).await?;
        rows.iter().map(|row| Ok(row.try_get("kelurahan")?)).collect()
    }

    /// Does a part with this name belong to this application, through its first submission or a patch?
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn holds_page(&self, number: &str, key: Uuid, name: &str) -> Result<bool, DbError> {
        let row = sqlx::query("SELECT part.name FROM part JOIN submission ON submission.key = part.key WHERE submission.number = $1 AND part.key = $2 AND part.name = $3 AND part.is_payload = 0")
            .bind(number)
            .bind(key.to_string())
            .bind(name)
            .fetch_optional(&self.read)
            .await?;
        Ok(row.is_some())
    }
}

fn read_application(row: &AnyRow) -> Result<Application, DbError> {
    Ok(Application {
        number: row.try_get("number")?,
        key: read_key(row)?,
        service: row.try_get("service")?,
        kelurahan: row.try_get("kelurahan")?,
        submitted_at: time(row, "submitted_at")?,
        due_at: time(row, "due_at")?,
        state: row.try_get("state")?,
        state_since: time(row, "state_since")?,
        lines: row.try_get("lines")?,
    })
}

fn read_key(row: &AnyRow) -> Result<Uuid, DbError> {
    row.try_get::<String, _>("key")?.parse().map_err(|_| DbError::Foreign("key"))
}
