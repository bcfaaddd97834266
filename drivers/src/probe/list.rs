//! Everything that can be seen from here, each with the address that the other commands take.
//!
//! It opens no device but asks SANE, which may. The rule a newcomer would break: a list is not a choice, and a part that cannot
//! be looked at is said, so that an empty list is not taken for an answer.

use crate::leash::Work;
use crate::report::{Report, causes};
use crossbeam_channel::{RecvTimeoutError, bounded};
use drivers::camera;
use drivers::imager::{CandidateKind, candidates};
use drivers::link::usb::{CLASS_PRINTER, UsbPrinter, list_printers};
use drivers::scanner::{escl, list_devices};
use drivers::sheet;
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

const SCAN_PROGRAM: &str = "scanimage";
/// Threads that search; each sends once.
const SEARCHES_MAX: usize = 6;
const LOOK_STEP: Duration = Duration::from_millis(50);

/// One device.
struct Item {
    address: String,
    about: String,
}

/// One part of the list.
struct Part {
    name: &'static str,
    title: &'static str,
    found: Result<Vec<Item>, String>,
}

type Search = Box<dyn FnOnce() -> Result<Vec<Item>, String> + Send>;

/// Looks everywhere at once.
pub fn list(network_secs: u64, work: &Work) -> Report {
    let network = Duration::from_secs(network_secs).min(work.limit);
    let sane = work.limit.saturating_sub(Duration::from_secs(1)).max(Duration::from_secs(1));
    let mut searches: Vec<(&'static str, &'static str, Search)> = vec![
        ("serial", "Porta serial (printer struk atau pembaca kode)", Box::new(|| Ok(readers(CandidateKind::Serial)))),
        ("usb_printers", "Printer USB", Box::new(usb)),
        ("cameras", "Kamera", Box::new(|| Ok(cameras()))),
        ("keyboards", "Pembaca kode mode papan tombol (papan tombol biasa juga tampak)", Box::new(|| Ok(readers(CandidateKind::Keyboard)))),
        ("sane", "Pemindai SANE", Box::new(move || sane_scanners(sane))),
    ];
    if network_secs > 0 {
        searches.push(("escl", "Pemindai jaringan (eSCL)", Box::new(move || escl_scanners(network))));
        searches.push(("ipp", "Printer A4 jaringan (IPP)", Box::new(move || ipp_printers(network))));
    }
    told(&search(searches, work))
}

/// Every search on a thread of its own; one that does not come back in time is left behind.
fn search(searches: Vec<(&'static str, &'static str, Search)>, work: &Work) -> Vec<Part> {
    let end = Instant::now() + work.limit;
    let (tell, answers) = bounded(SEARCHES_MAX);
    let mut parts: Vec<Part> = Vec::new();
    for (at, (name, title, look)) in searches.into_iter().enumerate() {
        let tell = tell.clone();
        let spawned = std::thread::Builder::new().name(format!("probe-{name}")).spawn(move || {
            let _nobody_may_wait = tell.send((at, look()));
        });
        let found = Err(spawned.map_or_else(|fault| fault.to_string(), |_| "belum menjawab sampai batas waktu".into()));
        parts.push(Part { name, title, found });
    }
    drop(tell);
    while Instant::now() < end && !work.stop.is_asked() {
        match answers.recv_timeout(LOOK_STEP) {
            Ok((at, found)) => parts[at].found = found,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    parts
}

fn told(parts: &[Part]) -> Report {
    let mut report = Report::fine();
    let mut problems: Vec<Value> = Vec::new();
    for part in parts {
        report.line(format!("{}:", part.title));
        match &part.found {
            Ok(items) => {
                if items.is_empty() {
                    report.line("  tidak ada");
                }
                report.lines.extend(items.iter().map(|item| format!("  {}  {}", item.address, item.about).trim_end().to_owned()));
                report.fact(part.name, items.iter().map(|item| json!({ "address": item.address, "about": item.about })).collect::<Vec<_>>());
            }
            Err(reason) => {
                report.line(format!("  tidak dapat dicari: {reason}"));
                report.fact(part.name, Vec::<Value>::new());
                problems.push(json!({ "part": part.name, "reason": reason }));
            }
        }
    }
    report.fact("problems", problems);
    report
}

fn readers(kind: CandidateKind) -> Vec<Item> {
    let word = match kind {
        CandidateKind::Serial => "serial",
        CandidateKind::Keyboard => "reader-keys",
    };
    let fitting = candidates().into_iter().filter(|candidate| candidate.kind == kind);
    fitting.map(|candidate| Item { address: format!("{word}:{}", candidate.path.display()), about: String::new() }).collect()
}

fn usb() -> Result<Vec<Item>, String> {
    let printers = list_printers().map_err(|fault| chain(&fault))?;
    Ok(printers.iter().map(|printer| Item { address: usb_address(printer), about: usb_about(printer) }).collect())
}

/// A serial number is the better name; a port is the other one.
fn usb_address(printer: &UsbPrinter) -> String {
    let model = format!("usb:{:04x}:{:04x}", printer.vendor_id, printer.product_id);
    match printer.serial.as_deref().filter(|serial| !serial.is_empty() && !serial.chars().any(char::is_control)) {
        Some(serial) => format!("{model}:{serial}"),
        None => format!("{model}@{}", printer.port_path),
    }
}

fn usb_about(printer: &UsbPrinter) -> String {
    let class = if printer.class == CLASS_PRINTER { "" } else { ", kelas pembuat" };
    let name: String = printer.product.iter().flat_map(|name| name.chars()).filter(|letter| !letter.is_control()).collect();
    format!("{name} (porta {}{class})", printer.port_path)
}

fn cameras() -> Vec<Item> {
    let about = |found: &camera::FoundCamera| found.bus.as_ref().map_or(found.name.clone(), |bus| format!("{} (bus {bus})", found.name));
    let address = |found: &camera::FoundCamera| found.by_id.as_ref().or(found.by_path.as_ref()).unwrap_or(&found.path).display().to_string();
    camera::list().iter().map(|found| Item { address: format!("camera:{}", address(found)), about: about(found) }).collect()
}

fn sane_scanners(limit: Duration) -> Result<Vec<Item>, String> {
    let devices = list_devices(Path::new(SCAN_PROGRAM), limit).map_err(|fault| chain(&fault))?;
    Ok(devices
        .into_iter()
        .map(|each| Item { address: format!("sane:{}", each.name), about: format!("{} {} ({})", each.vendor, each.model, each.kind) })
        .collect())
}

fn escl_scanners(limit: Duration) -> Result<Vec<Item>, String> {
    let found = escl::discover(limit).map_err(|fault| chain(&fault))?;
    Ok(found.into_iter().map(|each| Item { address: format!("escl:{}", each.url), about: each.name }).collect())
}

fn ipp_printers(limit: Duration) -> Result<Vec<Item>, String> {
    let found = sheet::discover(limit).map_err(|fault| chain(&fault))?;
    let about = |each: &sheet::Found| each.model.as_ref().map_or(each.name.clone(), |model| format!("{} ({model})", each.name));
    Ok(found.iter().map(|each| Item { address: each.address.to_string(), about: about(each) }).collect())
}

fn chain(fault: &(dyn Error + 'static)) -> String {
    causes(fault).join(": ")
}
