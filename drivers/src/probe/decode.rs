//! Codes from a camera, a code reader or a picture.
//!
//! The rule a newcomer would break: a payload is somebody's paper. Without `--show` only its length and a short fingerprint are
//! told, enough to see whether two codes are the same.

use crate::camera;
use crate::files;
use crate::leash::Work;
use crate::place::Place;
use crate::report::{End, Failure, Report};
use crate::watched;
use crate::words;
use drivers::reader::{GuardedReader, QrPayload, Reading};
use drivers::status::CommandResult;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

/// One wait for a code reader; in between the wish to stop is looked at.
const READER_WAIT: Duration = Duration::from_millis(400);
/// Bytes of the fingerprint: enough to compare two codes, too few to try out who it is.
const FINGERPRINT_BYTES: usize = 4;

/// Reads the codes in view, or the next one.
pub fn decode(device: &str, show: bool, work: &Work) -> Result<Report, Failure> {
    let place: Place = device.parse().map_err(|fault| Failure::line(&fault))?;
    let payloads = match &place {
        Place::Picture(path) => {
            let reading = GuardedReader::default().read(&files::picture(path)?.luma());
            found(reading).ok_or_else(|| none(CommandResult::InvalidData, "Tidak ada kode QR pada gambar itu."))??
        }
        Place::Camera(node) => {
            let reader = GuardedReader::default();
            camera::frames(node, work, |frame| Ok(found(reader.read(&frame.luma()?))))??
        }
        Place::Reader(at) => {
            let mut reader = watched::reader(at);
            let end = Instant::now() + work.limit;
            loop {
                match reader.next(READER_WAIT) {
                    Ok(Some(payload)) => break vec![payload],
                    Ok(None) => {}
                    Err(fault) => return Err(Failure::device(fault.result(), &fault)),
                }
                if work.stop.is_asked() {
                    return Err(none(CommandResult::Canceled, words::result(CommandResult::Canceled)));
                }
                if Instant::now() >= end {
                    return Err(none(CommandResult::TimedOut, "Tidak ada kode yang terbaca."));
                }
            }
        }
        other => return Err(Failure::line(&other.not("camera: reader-serial: reader-keys: file:"))),
    };
    let mut report = Report::fine();
    report.fact("device", place.to_string());
    for payload in &payloads {
        let shown = payload.text().filter(|_| show).map(|text| format!(": {text}")).unwrap_or_default();
        report.line(format!("kode QR, {} byte, sidik {}{shown}", payload.bytes().len(), fingerprint(payload)));
    }
    report.fact("codes", payloads.iter().map(|payload| facts(payload, show)).collect::<Vec<_>>());
    Ok(report)
}

/// `None` when there was nothing; an error for a code that no kiosk reads.
fn found(reading: Reading) -> Option<Result<Vec<QrPayload>, Failure>> {
    if !reading.payloads.is_empty() {
        return Some(Ok(reading.payloads));
    }
    reading.refused.first().map(|why| Err(Failure::device(CommandResult::UnsupportedData, why)))
}

fn none(result: CommandResult, said: &str) -> Failure {
    Failure::plain(End::Device(result), said)
}

fn facts(payload: &QrPayload, show: bool) -> Value {
    let mut facts = json!({ "bytes": payload.bytes().len(), "fingerprint": fingerprint(payload) });
    if show {
        facts["payload"] = json!(payload.text());
    }
    facts
}

/// The beginning of SHA-256.
fn fingerprint(payload: &QrPayload) -> String {
    Sha256::digest(payload.bytes()).iter().take(FINGERPRINT_BYTES).map(|byte| format!("{byte:02x}")).collect()
}
