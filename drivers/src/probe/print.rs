//! One page on a slip printer, and the truth about what became of it.
//!
//! The rule a newcomer would break: "unknown" is neither yes nor no, and the words say so; nothing is printed again by itself.

use crate::arguments::ProfileArgument;
use crate::leash::Work;
use crate::place::Place;
use crate::report::{End, Failure, Report, causes};
use crate::status::condition_facts;
use crate::watched;
use crate::words;
use drivers::printer::{Block, Document, NotPrinted, Permit, PrintJob, PrintOutcome, Unconfirmed, test_page};
use drivers::status::Condition;
use serde_json::{Value, json};
use std::time::Instant;

/// What is printed for this word.
const TEST: &str = "test";
/// More is no slip.
const TEXT_CHARS_MAX: usize = 2000;

/// Prints the test page or a text.
pub fn print(device: &str, what: &str, profile: &ProfileArgument, work: &Work) -> Result<Report, Failure> {
    let place: Place = device.parse().map_err(|fault| Failure::line(&fault))?;
    let Place::Printer(at) = &place else { return Err(Failure::line(&place.not("serial: usb: tcp:"))) };
    let profile = watched::profile(profile)?;
    if what.trim().is_empty() || what.chars().count() > TEXT_CHARS_MAX {
        return Err(Failure::wrong(format!("Teks harus berisi 1 sampai {TEXT_CHARS_MAX} huruf.")));
    }
    let document = if what == TEST { test_page(&profile) } else { Document(vec![Block::text(what), Block::Cut]) };
    let permit = Permit::new();
    let revoked = permit.clone();
    work.stop.also(move || revoked.revoke());
    let mut printer = watched::printer(at, profile);
    work.stop.if_left_behind(left_behind(&place));
    let began = Instant::now();
    // A token that no earlier run of this tool has used lately.
    let outcome = printer.print(&PrintJob { token: std::process::id(), document, permit });
    let took_ms = began.elapsed().as_millis() as u64;
    let poll = printer.poll();
    let (word, said, condition) = told(&outcome);
    let mut report = Report::ending(End::Device(outcome.result()));
    report.line(format!("{place}: {said}"));
    report.line(format!("  kertas terpakai: {} mm, {:.1} s", poll.paper_mm, took_ms as f64 / 1000.0));
    for detail in details(&outcome) {
        report.line(format!("  rincian: {detail}"));
    }
    report.fact("device", place.to_string()).fact("outcome", word).fact("paper_mm", poll.paper_mm).fact("took_ms", took_ms);
    report.fact("reason", details(&outcome).first().cloned().map_or(Value::Null, Value::from));
    report.fact("conditions", json!(condition.iter().map(|each| condition_facts(*each)).collect::<Vec<_>>()));
    Ok(report)
}

/// A slip whose confirmation nobody waited for.
fn left_behind(place: &Place) -> Report {
    let mut report = Report::fine();
    report.line(format!("{place}: TIDAK PASTI, lihat printernya: ditinggalkan sewaktu mencetak"));
    report.fact("device", place.to_string()).fact("outcome", "unknown").fact("reason", "left before the printer confirmed");
    report
}

/// The word for programs, the sentence for people, and the condition behind it.
fn told(outcome: &PrintOutcome) -> (&'static str, String, Option<Condition>) {
    match outcome {
        PrintOutcome::Printed(delivery) => ("printed", format!("TERCETAK ({})", words::delivery(*delivery)), None),
        PrintOutcome::NotPrinted(why) => {
            let condition = if let NotPrinted::Fault(condition) = why { Some(*condition) } else { None };
            ("notPrinted", format!("TIDAK TERCETAK: {}", words::not_printed(why)), condition)
        }
        PrintOutcome::Unknown(why) => {
            let condition = if let Unconfirmed::Fault(condition) = why { Some(*condition) } else { None };
            ("unknown", format!("TIDAK PASTI, lihat printernya: {}", words::unconfirmed(why)), condition)
        }
    }
}

/// The driver's words.
fn details(outcome: &PrintOutcome) -> Vec<String> {
    match outcome {
        PrintOutcome::Printed(_) => Vec::new(),
        PrintOutcome::NotPrinted(why) => causes(why),
        PrintOutcome::Unknown(why) => causes(why),
    }
}
