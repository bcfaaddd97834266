//! The database: one file by default, the same SQL on PostgreSQL.
//!
//! This module opens it, brings its schema up to date and hands out transactions; the queries are in its children, one
//! file per thing remembered. The rule a newcomer would break: only BIGINT and TEXT, `$1` placeholders and standard SQL,
//! or the second backend stops working unnoticed.

pub mod applications;
pub mod officers;
pub mod outputs;
pub mod queue;
pub mod submissions;
pub mod tries;

use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, Executor, Row, Transaction};
use thiserror::Error;

/// Every step of the schema, in order. A released step is never edited.
const STEPS: &[(&str, &str)] =
    &[("0001_start", include_str!("../../migrations/0001_start.sql")), ("0002_visits", include_str!("../../migrations/0002_visits.sql"))];
/// Connections that only read.
const READERS_MAX: u32 = 8;
/// How long a request may wait for a connection.
const ACQUIRE_SECS_MAX: u64 = 10;
/// Connections that write, on a server database. On SQLite there is one writer, so that waiting is a fair queue.
const SERVER_WRITERS_MAX: u32 = 8;

/// Why the database did not do what was asked.
#[derive(Debug, Error)]
pub enum DbError {
    #[error("the database refused or is out of reach")]
    Sql(#[from] sqlx::Error),
    #[error("the database was written by a newer central (step {0})")]
    Newer(i64),
    #[error("the database holds a value that central never wrote: {0}")]
    Foreign(&'static str),
}

/// Open connections.
#[derive(Clone)]
pub struct Db {
    pub(crate) read: AnyPool,
    write: AnyPool,
    begin: &'static str,
}

impl Db {
    /// Opens `url` (`sqlite://…` or `postgres://…`) and brings the schema up to date.
    ///
    /// # Errors
    /// [`DbError`]; a database of a newer central is left untouched.
    pub async fn open(url: &str, now: Timestamp) -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        let one_file = url.starts_with("sqlite:");
        let pool = |size: u32| {
            AnyPoolOptions::new().max_connections(size).acquire_timeout(Duration::from_secs(ACQUIRE_SECS_MAX)).after_connect(|connection, _| {
                Box::pin(async move {
                    if connection.backend_name() == "SQLite" {
                        connection
                            .execute(
                                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                                 PRAGMA busy_timeout = 5000;",
                            )
                            .await?;
                    }
                    Ok(())
                })
            })
        };
        let write = pool(if one_file { 1 } else { SERVER_WRITERS_MAX }).connect(url).await?;
        let db = Self { read: pool(READERS_MAX).connect(url).await?, write, begin: if one_file { "BEGIN IMMEDIATE" } else { "BEGIN" } };
        db.bring_up_to_date(now).await?;
        Ok(db)
    }

    /// A transaction that may write. On SQLite it takes the write lock at once, so it never fails half-way for a rival.
    pub(crate) async fn writing(&self) -> Result<Transaction<'static, Any>, DbError> {
        Ok(self.write.begin_with(self.begin).await?)
    }

    /// Does the database answer?
    pub async fn answers(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.read).await.is_ok()
    }

    /// Waits for running queries and folds the log back into the file.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    async fn bring_up_to_date(&self, now: Timestamp) -> Result<(), DbError> {
        let mut tx = self.writing().await?;
        tx.execute("CREATE TABLE IF NOT EXISTS schema_step (step BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)").await?;
        let row = sqlx::query("SELECT COALESCE(MAX(step), 0) AS newest FROM schema_step").fetch_one(&mut *tx).await?;
        let newest: i64 = row.try_get("newest")?;
        let known = i64::try_from(STEPS.len()).expect("a handful of steps fits");
        if newest > known {
            return Err(DbError::Newer(newest));
        }
        for (step, (name, sql)) in (1..).zip(STEPS).skip_while(|(step, _)| *step <= newest) {
            sqlx::raw_sql(*sql).execute(&mut *tx).await?;
            sqlx::query("INSERT INTO schema_step (step, name, applied_at) VALUES ($1, $2, $3)")
                .bind(step)
                .bind(*name)
                .bind(now.as_millisecond())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// A stored time where 0 stands for none.
pub(crate) fn time_or_none(row: &sqlx::any::AnyRow, column: &'static str) -> Result<Option<Timestamp>, DbError> {
    let millis: i64 = row.try_get(column)?;
    if millis == 0 { Ok(None) } else { time(row, column).map(Some) }
}

/// A stored time. Only central writes them, so an impossible one means a damaged file.
pub(crate) fn time(row: &sqlx::any::AnyRow, column: &'static str) -> Result<Timestamp, DbError> {
    Timestamp::from_millisecond(row.try_get(column)?).map_err(|_| DbError::Foreign(column))
}
