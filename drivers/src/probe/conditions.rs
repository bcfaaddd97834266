//! Every condition with its words, for a terminal, for programs, and for the documents.
//!
//! The rule a newcomer would break: the Markdown is compared letter by letter with `docs/devices.md` by a test.

use crate::report::Report;
use crate::status::condition_facts;
use crate::words;
use drivers::status::{Row, TABLE};
use serde_json::Value;

const HEAD: [&str; 2] = ["| Kode | Berat | Siapa | Petugas membaca | Teknisi membaca |", "| --- | --- | --- | --- | --- |"];

/// The whole table.
pub fn conditions(markdown: bool) -> Report {
    let mut report = Report::fine();
    report.fact("conditions", TABLE.iter().map(|row| condition_facts(row.condition)).collect::<Vec<Value>>());
    report.lines =
        if markdown { HEAD.iter().map(ToString::to_string).chain(TABLE.iter().map(cells)).collect() } else { TABLE.iter().flat_map(plain).collect() };
    report
}

fn cells(row: &Row) -> String {
    format!("| {} | {} | {} | {} | {} |", row.staff_code, words::severity(row.severity), words::actor(row.actor), row.staff, row.technician)
}

fn plain(row: &Row) -> [String; 3] {
    [
        format!("{} {}, {} ({:?}/{:?})", row.staff_code, words::severity(row.severity), words::actor(row.actor), row.condition.part(), row.condition.reason()),
        format!("     petugas: {}", row.staff),
        format!("     teknisi: {}", row.technician),
    ]
}
