//! What comes of an application: each output with its own state and clock, and the one way to write a change of them.
//!
//! The rule a newcomer would break: outputs, their history lines and the copies in `application` change in one transaction
//! that names the history length it was decided on, so that two deciders can never both be right.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::applications::Application;
use super::{Db, DbError, time, time_or_none};

/// One output as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Id in the catalogue; empty for the one output of an application from before outputs had names.
    pub id: String,
    /// Order on the pages, from 0.
    pub place_no: i64,
    /// Id of the state path; empty means that of the service's first output.
    pub path: String,
    /// Id of the clock; empty means the one the payload names.
    pub clock: String,
    /// The last promised moment, moved by every pause that has ended.
    pub due_at: Timestamp,
    pub state: String,
    pub state_since: Timestamp,
    /// The last stage of the path that was reached.
    pub stage: String,
    /// Since when the clock stands still.
    pub paused_at: Option<Timestamp>,
    /// When the promise was met or ended.
    pub met_at: Option<Timestamp>,
}

/// What `application` copies from its outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub state: String,
    pub state_since: Timestamp,
    pub due_at: Timestamp,
    pub closed: bool,
}

/// One line to be added to the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// Output id, or empty for every open output.
    pub output: String,
    pub state: String,
}

/// A change that was decided on a known state of things.
#[derive(Clone, Debug)]
pub struct Change {
    pub number: String,
    /// History length it was decided on.
    pub seen_lines: i64,
    pub lines: Vec<NewLine>,
    /// Outputs as they are after it, new ones among them.
    pub outputs: Vec<Output>,
    pub summary: Summary,
    pub at: Timestamp,
    /// `kiosk:NAME` or `petugas:LOGIN`.
    pub actor: String,
}

/// The words an officer adds to a change.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub reason: String,
    pub note_sealed: String,
    /// Items sent back: item, reason code, sealed note.
    pub items: Vec<(String, String, String)>,
    pub until: Timestamp,
}

/// Applications whose outputs are asked for in one question; as many as the question has places.
const NUMBERS_AT_ONCE: usize = 25;

macro_rules! outputs_of_numbers {
    ($places:literal) => {
        concat!(
            "SELECT number, output_id, place_no, path, clock, due_at, state, state_since, stage, paused_at, met_at FROM output WHERE number IN ",
            $places,
            " ORDER BY number, place_no, output_id"
        )
    };
}

impl Db {
    /// The outputs of an application, in the order of the catalogue.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn outputs(&self, number: &str) -> Result<Vec<Output>, DbError> {
        let rows = sqlx::query(outputs_of_numbers!("($1)")).bind(number).fetch_all(&self.read).await?;
        rows.iter().map(read_output).collect()
    }

    /// Outputs of the applications on one page of the queue, by number.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn outputs_of(&self, rows: &[Application]) -> Result<BTreeMap<String, Vec<Output>>, DbError> {
        let mut all: BTreeMap<String, Vec<Output>> = BTreeMap::new();
        for some in rows.chunks(NUMBERS_AT_ONCE) {
            let mut query = sqlx::query(outputs_of_numbers!(
                "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"
            ));
            // No application has an empty number, so places that are left over find nothing.
            for place in 0..NUMBERS_AT_ONCE {
                query = query.bind(some.get(place).map_or("", |row| row.number.as_str()));
            }
            for row in query.fetch_all(&self.read).await? {
                all.entry(row.try_get("number")?).or_default().push(read_output(&row)?);
            }
        }
        Ok(all)
    }

    /// Writes an officer's act; false when the history has grown since it was decided.
    ///
    /// # Errors
    /// [`DbError`]; then nothing was written.
    pub async fn move_outputs(&self, change: &Change, words: &Words) -> Result<bool, DbError> {
        let mut tx = self.writing().await?;
        if !write_change(&mut tx, change, words).await? {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// Writes a change inside a transaction; false when the history has grown, and then the transaction is only good for being
/// dropped. Reason and note stand on every line of it, the items with the first.
pub(super) async fn write_change(tx: &mut Transaction<'static, Any>, change: &Change, words: &Words) -> Result<bool, DbError> {
    let added = i64::try_from(change.lines.len()).map_err(|_| DbError::Foreign("history length"))?;
    let moved =
        sqlx::query("UPDATE application SET state = $1, state_since = $2, due_at = $3, closed = $4, lines = lines + $5 WHERE number = $6 AND lines = $7")
            .bind(&change.summary.state)
            .bind(change.summary.state_since.as_millisecond())
            .bind(change.summary.due_at.as_millisecond())
            .bind(i64::from(change.summary.closed))
            .bind(added)
            .bind(&change.number)
            .bind(change.seen_lines)
            .execute(&mut **tx)
            .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    put_outputs(tx, &change.number, &change.outputs).await?;
    for (line_no, line) in (change.seen_lines + 1..).zip(&change.lines) {
        let first = line_no == change.seen_lines + 1;
        sqlx::query("INSERT INTO history (number, line_no, output_id, at, state, actor, reason, note_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(&change.number)
            .bind(line_no)
            .bind(&line.output)
            .bind(change.at.as_millisecond())
            .bind(&line.state)
            .bind(&change.actor)
            .bind(&words.reason)
            .bind(&words.note_sealed)
            .execute(&mut **tx)
            .await?;
        for (item, reason, note_sealed) in words.items.iter().filter(|_| first) {
            sqlx::query("INSERT INTO repair_item (number, line_no, item, reason, note_sealed, until_at) VALUES ($1, $2, $3, $4, $5, $6)")
                .bind(&change.number)
                .bind(line_no)
                .bind(item)
                .bind(reason)
                .bind(note_sealed)
                .bind(words.until.as_millisecond())
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(true)
}

/// Writes outputs as they are now, whether they were there before or not.
pub(super) async fn put_outputs(tx: &mut Transaction<'static, Any>, number: &str, outputs: &[Output]) -> Result<(), DbError> {
    let or_zero = |at: Option<Timestamp>| at.map_or(0, Timestamp::as_millisecond);
    for output in outputs {
        sqlx::query(
            "INSERT INTO output (number, output_id, place_no, path, clock, due_at, state, state_since, stage, paused_at, met_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (number, output_id) DO UPDATE SET \
             due_at = excluded.due_at, state = excluded.state, state_since = excluded.state_since, stage = excluded.stage, \
             paused_at = excluded.paused_at, met_at = excluded.met_at",
        )
        .bind(number)
        .bind(&output.id)
        .bind(output.place_no)
        .bind(&output.path)
        .bind(&output.clock)
        .bind(output.due_at.as_millisecond())
        .bind(&output.state)
        .bind(output.state_since.as_millisecond())
        .bind(&output.stage)
        .bind(or_zero(output.paused_at))
        .bind(or_zero(output.met_at))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

fn read_output(row: &AnyRow) -> Result<Output, DbError> {
    Ok(Output {
        id: row.try_get("output_id")?,
        place_no: row.try_get("place_no")?,
        path: row.try_get("path")?,
        clock: row.try_get("clock")?,
        due_at: time(row, "due_at")?,
        state: row.try_get("state")?,
        state_since: time(row, "state_since")?,
        stage: row.try_get("stage")?,
        paused_at: time_or_none(row, "paused_at")?,
        met_at: time_or_none(row, "met_at")?,
    })
}
