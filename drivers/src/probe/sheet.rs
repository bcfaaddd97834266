//! A PDF on an A4 printer, followed to its end.
//!
//! The rule a newcomer would break: sent is not printed; what the printer does not say is "unknown", and somebody looks into
//! the tray before it is sent again.

use crate::files;
use crate::leash::Work;
use crate::place::Place;
use crate::report::{End, Failure, Report, causes};
use crate::watched;
use crate::words;
use drivers::sheet::{SheetDocument, SheetJob, SheetLimits, SheetOutcome, SheetPrinter, Trust};
use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// A certificate is some kilobytes.
const CERTIFICATE_BYTES_MAX: u64 = 100_000;

/// Prints a file.
pub fn sheet(device: &str, file: &Path, certificate: Option<&Path>, work: &Work) -> Result<Report, Failure> {
    let place: Place = device.parse().map_err(|fault| Failure::line(&fault))?;
    let Place::Sheet(address) = &place else { return Err(Failure::line(&place.not("ipp: ipps:"))) };
    let limits = SheetLimits { job_ms: work.limit.as_millis() as u64, ..SheetLimits::default() };
    let trust = match certificate {
        None => Trust::Anyone,
        Some(path) => Trust::pinned(&files::read(path, CERTIFICATE_BYTES_MAX)?).map_err(|fault| Failure::file("Sertifikat salah.", &fault))?,
    };
    let bytes = files::read(file, limits.document_bytes_max)?;
    let mut printer = watched::sheet(address, trust, limits)?;
    let job = SheetJob::new(std::process::id(), SheetDocument::Bytes(bytes.into()), None);
    let cancel = job.cancel_flag();
    work.stop.also(move || cancel.store(true, Ordering::Release));
    let mut left = Report::fine();
    left.line(format!("{place}: TIDAK PASTI, lihat baki keluar: ditinggalkan sewaktu mencetak"));
    left.fact("device", place.to_string()).fact("outcome", "unknown").fact("reason", "left before the printer said how the job ended");
    work.stop.if_left_behind(left);
    let began = Instant::now();
    let outcome = printer.print(&job);
    let took_ms = began.elapsed().as_millis() as u64;
    let (word, said, fault): (_, String, Option<&(dyn Error + 'static)>) = match &outcome {
        SheetOutcome::Printed { pages_out } => ("printed", pages_out.map_or("TERCETAK".into(), |pages| format!("TERCETAK, {pages} halaman")), None),
        SheetOutcome::NotPrinted(why) => ("notPrinted", format!("TIDAK TERCETAK. {}", words::result(why.result())), Some(why)),
        SheetOutcome::Unknown(doubt) => ("unknown", "TIDAK PASTI. Lihat baki keluar sebelum mencetak lagi.".into(), Some(doubt)),
    };
    let mut report = Report::ending(End::Device(outcome.result()));
    report.line(format!("{place}: {said} ({:.1} s)", took_ms as f64 / 1000.0));
    let causes: Vec<String> = fault.map(causes).unwrap_or_default();
    report.lines.extend(causes.iter().map(|cause| format!("  rincian: {cause}")));
    report.fact("device", place.to_string()).fact("outcome", word).fact("took_ms", took_ms);
    report.fact("reason", causes.first().cloned().map_or(Value::Null, Value::from));
    if let SheetOutcome::Printed { pages_out: Some(pages) } = outcome {
        report.fact("pages_out", pages);
    }
    Ok(report)
}
