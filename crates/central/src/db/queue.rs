//! The queue officers see: which applications wait, filtered, sorted and page by page.

use sqlx::Row;

use super::applications::{Application, application_sql, read_application};
use super::{Db, DbError};

/// Rows on one page of the queue.
pub const QUEUE_ROWS_MAX: i64 = 50;

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
    pub menu: String,
    pub service: String,
    pub kelurahan: String,
    /// Part of a number: capitals, digits and hyphens only.
    pub number: String,
    pub with_closed: bool,
    /// Only those the rules have doubts about.
    pub doubted: bool,
    pub order: Order,
    /// Counted from 0.
    pub page: i64,
}

macro_rules! filter_sql {
    () => {
        "WHERE ($1 = '' OR state = $1 OR EXISTS (SELECT 1 FROM output WHERE output.number = application.number AND output.state = $1)) \
         AND ($2 = '' OR service = $2) AND ($3 = '' OR kelurahan = $3) AND ($4 = '' OR application.number LIKE $4) AND closed <= $5 \
         AND ($6 = '' OR menu = $6) AND doubts >= $7 "
    };
}

macro_rules! queue_sql {
    ($order:literal) => {
        concat!(application_sql!(""), filter_sql!(), "ORDER BY ", $order, " LIMIT $8 OFFSET $9")
    };
}

impl Db {
    /// One page of the queue, and how many rows the filter has in all.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn queue(&self, filter: &Filter) -> Result<(Vec<Application>, i64), DbError> {
        let like = if filter.number.is_empty() { String::new() } else { format!("%{}%", filter.number) };
        let closed_max = i64::from(filter.with_closed || !filter.state.is_empty());
        let counted = sqlx::query(concat!("SELECT COUNT(*) AS rows_all FROM application ", filter_sql!()))
            .bind(&filter.state)
            .bind(&filter.service)
            .bind(&filter.kelurahan)
            .bind(&like)
            .bind(closed_max)
            .bind(&filter.menu)
            .bind(i64::from(filter.doubted))
            .fetch_one(&self.read)
            .await?;
        let sql = match filter.order {
            Order::Due => queue_sql!("closed, due_at, application.number"),
            Order::Newest => queue_sql!("application.submitted_at DESC, application.number"),
            Order::Oldest => queue_sql!("application.submitted_at, application.number"),
            Order::Number => queue_sql!("application.number"),
        };
        let rows = sqlx::query(sql)
            .bind(&filter.state)
            .bind(&filter.service)
            .bind(&filter.kelurahan)
            .bind(&like)
            .bind(closed_max)
            .bind(&filter.menu)
            .bind(i64::from(filter.doubted))
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
}
