//! How a device is, once or again and again.
//!
//! The rule a newcomer would break: the first answer of a device may be that it is being opened, so a single look waits for a
//! settled one; silence up to the limit is an answer too, and it is "unknown".

use crate::arguments::StatusArguments;
use crate::leash::Work;
use crate::place::Place;
use crate::report::{End, Failure, Report};
use crate::watched::{self, Look, Watched};
use crate::words;
use drivers::printer::PrinterEvent;
use drivers::status::{Condition, DeviceState, Status};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::fmt::Debug;
use std::time::{Duration, Instant};

/// Longest wait for a settled state within the limit of the command.
const SETTLE_MAX: Duration = Duration::from_secs(12);

/// Looks once, or watches.
pub fn status(arguments: &StatusArguments, work: &Work) -> Result<Report, Failure> {
    let place: Place = arguments.device.parse().map_err(|fault| Failure::line(&fault))?;
    let mut device = watched::open(&place, &arguments.profile, work)?;
    if arguments.watch {
        return Ok(watch(&place, &mut *device, work));
    }
    let status = settled(&mut *device, work);
    let mut report = Report::ending(End::Device(status.result()));
    described(&mut report, &place, &*device, &status);
    Ok(report)
}

fn settled(device: &mut dyn Watched, work: &Work) -> Status {
    let end = Instant::now() + SETTLE_MAX.min(work.limit);
    loop {
        let look = device.look();
        let open = matches!(look.status.device, DeviceState::Starting) || (look.status.device == DeviceState::Unknown && look.status.conditions.is_empty());
        if !open || Instant::now() >= end || work.stop.is_asked() {
            return look.status;
        }
        work.stop.wait(device.pause().min(end.saturating_duration_since(Instant::now())));
    }
}

fn watch(place: &Place, device: &mut dyn Watched, work: &Work) -> Report {
    let began = Instant::now();
    let mut known: Option<Status> = None;
    let mut sequence: u64 = 0;
    loop {
        let Look { status, events } = device.look();
        let elapsed_ms = began.elapsed().as_millis() as u64;
        let mut tell = |mut report: Report, headline: String| {
            sequence += 1;
            report.lines.insert(0, format!("#{sequence} {:.1} s {headline}", elapsed_ms as f64 / 1000.0));
            report.fact("sequence", sequence).fact("elapsed_ms", elapsed_ms);
            work.tell(report);
        };
        for event in &events {
            let mut report = Report::on_the_way();
            report.fact("event", event_word(event));
            tell(report, words::printer_event(event).into());
        }
        if known.as_ref() != Some(&status) {
            let mut report = Report::on_the_way();
            report.fact("event", "status");
            described(&mut report, place, device, &status);
            tell(report, "keadaan".into());
            known = Some(status);
        }
        if work.stop.is_asked() || began.elapsed() >= work.limit {
            let result = known.as_ref().map_or(drivers::status::CommandResult::TimedOut, Status::result);
            let mut report = Report::ending(End::Device(result));
            report.line(format!("selesai, {sequence} kabar")).fact("sequence", sequence);
            return report;
        }
        work.stop.wait(device.pause().min(work.limit.saturating_sub(began.elapsed())));
    }
}

/// The four layers.
fn described(report: &mut Report, place: &Place, device: &dyn Watched, status: &Status) {
    let (action, actor) = status.required();
    report.line(format!("{} {place}", place.kind()));
    report.line(format!("  ketersediaan: {}", words::availability(status.availability())));
    report.line(format!("  alat:         {}", words::device(status.device)));
    report.line(format!("  tindakan:     {}, oleh: {}", words::action(action), words::actor(actor)));
    report.fact("device", place.to_string()).fact("kind", place.kind_word());
    report.fact("availability", english(&status.availability())).fact("device_state", english(&status.device));
    report.fact("action", english(&action)).fact("actor", english(&actor));
    for (name, label, value) in device.facts() {
        report.line(format!("  {:<13} {value}", format!("{label}:")));
        report.fact(name, value);
    }
    // What stops the device comes first.
    let mut conditions: Vec<Condition> = status.conditions.iter().copied().collect();
    conditions.sort_by_key(|condition| Reverse(condition.row().severity));
    for condition in &conditions {
        let row = condition.row();
        report.line(format!("  {} {}, {}", row.staff_code, words::severity(row.severity), words::actor(row.actor)));
        report.line(format!("       petugas: {}", row.staff));
        report.line(format!("       teknisi: {}", row.technician));
    }
    if conditions.is_empty() {
        report.line("  tidak ada keadaan khusus");
    }
    report.fact("conditions", conditions.iter().map(|condition| condition_facts(*condition)).collect::<Vec<Value>>());
}

/// One row of the table, for programs.
pub fn condition_facts(condition: Condition) -> Value {
    let row = condition.row();
    json!({
        "code": row.staff_code,
        "part": english(&condition.part()),
        "reason": english(&condition.reason()),
        "severity": english(&row.severity),
        "action": english(&row.action),
        "actor": english(&row.actor),
        "notice": row.notice.map(|notice| english(&notice)),
        "staff": row.staff,
        "technician": row.technician,
        "result": condition.result().word(),
    })
}

/// The name of a value in the form of the standard: `NoDevice` is `noDevice`.
pub fn english(value: &impl Debug) -> String {
    let name = format!("{value:?}");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn event_word(event: &PrinterEvent) -> &'static str {
    match event {
        PrinterEvent::MediaPresented { .. } => "mediaPresented",
        PrinterEvent::MediaTaken { .. } => "mediaTaken",
        PrinterEvent::MediaRetracted { .. } => "mediaRetracted",
        PrinterEvent::MediaEjected { .. } => "mediaEjected",
        PrinterEvent::JobVoided { .. } => "jobVoided",
        PrinterEvent::RollChanged => "rollChanged",
    }
}
