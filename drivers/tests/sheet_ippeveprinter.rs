//! An IPP printer that we did not write: `ippeveprinter` of CUPS (Debian: cups-ipp-utils; it wants a D-Bus, so dbus-daemon too).
//! Skips with a word when either is absent.

mod common;

use common::{PATIENCE, text_page};
use drivers::picture::{PdfPage, Sheet, pdf_of_pages};
use drivers::sheet::{AskError, IppPrinter, Level, NotPrinted, Place, SheetDocument, SheetJob, SheetLimits, SheetOutcome, SheetPrinter, SheetSettings, Trust};
use drivers::status::{Availability, Condition, Status};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

struct Running {
    printer: Child,
    bus: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Drop for Running {
    fn drop(&mut self) {
        for child in [&mut self.printer, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts the printer with a print command of these lines, or says why not.
fn start(command: &str, formats: &str) -> Option<Running> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("spool")).expect("a temporary folder");
    std::fs::create_dir(path("keys")).expect("a temporary folder");
    std::fs::write(path("cetak"), format!("#!/bin/sh\n{command}\n")).expect("a temporary file");
    std::fs::set_permissions(path("cetak"), PermissionsExt::from_mode(0o755)).expect("it is ours");
    let bus_address = format!("unix:path={}", path("bus").display());
    let bus = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--nopidfile", "--address"])
        .arg(&bus_address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut bus) = bus else {
        println!("skipped: dbus-daemon is not installed");
        return None;
    };
    if !wait(|| path("bus").exists()) {
        let _ = bus.kill();
        panic!("dbus-daemon makes no socket");
    }
    // Held until the printer takes it over a moment later.
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a port on this machine").port();
    let printer = Command::new("ippeveprinter")
        .args(["-r", "off", "-n", "localhost", "-p", &port.to_string(), "-f", formats, "-k", "-d"])
        .arg(path("spool"))
        .arg("-K")
        .arg(path("keys"))
        .arg("-c")
        .arg(path("cetak"))
        .arg("Printer Uji")
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus_address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(printer) = printer else {
        let _ = bus.kill();
        let _ = bus.wait();
        println!("skipped: ippeveprinter is not installed");
        return None;
    };
    let running = Running { printer, bus, folder, port };
    assert!(wait(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()), "ippeveprinter does not listen");
    Some(running)
}

fn wait(level: impl Fn() -> bool) -> bool {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if level() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

fn driver(running: &Running, scheme: &str, trust: Trust) -> IppPrinter {
    let place = Place::At(format!("{scheme}://localhost:{}/ipp/print", running.port).parse().expect("an address"));
    let limits = SheetLimits { poll_ms: 100, question_ms: 5_000, job_ms: 30_000, stopped_ms: 10_000, cancel_ms: 3_000, ..SheetLimits::default() };
    IppPrinter::new(SheetSettings { place, trust, limits }).unwrap_or_else(|fault| panic!("{fault}"))
}

fn pdf() -> Vec<u8> {
    pdf_of_pages(&[PdfPage::pixels(Sheet::A4, text_page())], 300_000).unwrap_or_else(|fault| panic!("{fault}")).bytes
}

fn job(token: u32) -> SheetJob {
    SheetJob::new(token, SheetDocument::Bytes(pdf().into()), Some(1))
}

fn wait_for(driver: &mut IppPrinter, wanted: impl Fn(&Status) -> bool) -> Status {
    let end = Instant::now() + PATIENCE;
    let mut last = driver.status();
    while !wanted(&last) && Instant::now() < end {
        last = driver.status();
    }
    assert!(wanted(&last), "{last:?}");
    last
}

/// The documents it kept, with their names.
fn kept(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).expect("the spool is there").flatten();
    files.map(|file| (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).unwrap_or_default())).collect()
}

#[test]
fn it_prints_a_pdf_to_the_end_and_keeps_what_was_sent() {
    let Some(running) = start("exit 0", "application/pdf") else { return };
    let mut driver = driver(&running, "ipp", Trust::Anyone);
    wait_for(&mut driver, |status| status.availability() == Availability::Ready);
    let facts = driver.facts().expect("it answered");
    assert_eq!((facts.takes_a4, facts.formats.contains(&"application/pdf".to_owned())), (Some(true), true), "{facts:?}");
    let outcome = driver.print(&job(311));
    assert!(matches!(outcome, SheetOutcome::Printed { .. }), "{outcome:?}");
    let kept = kept(&running.folder.path().join("spool"));
    assert!(
        kept.iter().any(|(name, bytes)| name.contains("klampid-311") && *bytes == pdf()),
        "{:?}",
        kept.iter().map(|(name, bytes)| (name, bytes.len())).collect::<Vec<_>>()
    );
}

#[test]
fn a_print_command_that_fails_is_a_job_that_was_aborted() {
    let Some(running) = start("exit 1", "application/pdf") else { return };
    let outcome = driver(&running, "ipp", Trust::Anyone).print(&job(312));
    assert!(matches!(outcome, SheetOutcome::NotPrinted(NotPrinted::Aborted { .. })), "{outcome:?}");
}

#[test]
fn what_its_print_command_says_shows_in_the_status() {
    let Some(running) = start("echo 'STATE: +media-empty,toner-low' >&2\nsleep 2\nexit 0", "application/pdf") else { return };
    let mut driver = driver(&running, "ipp", Trust::Anyone);
    wait_for(&mut driver, |status| status.availability() == Availability::Ready);
    let mut printing = self::driver(&running, "ipp", Trust::Anyone);
    let print = std::thread::spawn(move || printing.print(&job(313)));
    // Of its own it makes both keywords warnings, since it goes on printing: there is another tray.
    let status = wait_for(&mut driver, |status| status.has(Condition::TRAY_LOW));
    assert!(status.has(Condition::TONER_LOW) && status.availability() == Availability::Busy, "{status:?}");
    let reasons: Vec<_> = driver.facts().into_iter().flat_map(|facts| &facts.reasons).map(|reason| (reason.keyword.as_str(), reason.level)).collect();
    assert_eq!(reasons, [("media-empty", Level::Warning), ("toner-low", Level::Warning)]);
    let outcome = print.join().expect("no panic");
    assert!(matches!(outcome, SheetOutcome::Printed { .. }), "{outcome:?}");
}

#[test]
fn a_job_that_is_cancelled_while_its_command_runs_ends() {
    let Some(running) = start("sleep 20", "application/pdf") else { return };
    let job = job(314);
    let (cancel, spool) = (job.cancel_flag(), running.folder.path().join("spool"));
    let presser = std::thread::spawn(move || {
        wait(|| kept(&spool).iter().any(|(_, bytes)| !bytes.is_empty()));
        cancel.store(true, std::sync::atomic::Ordering::Release);
    });
    let began = Instant::now();
    let outcome = driver(&running, "ipp", Trust::Anyone).print(&job);
    presser.join().expect("no panic");
    assert!(matches!(outcome, SheetOutcome::NotPrinted(NotPrinted::Cancelled) | SheetOutcome::Unknown(_)), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
}

#[test]
fn a_printer_without_pdf_is_refused_before_the_document_leaves() {
    let Some(running) = start("exit 0", "image/urf,image/pwg-raster") else { return };
    let outcome = driver(&running, "ipp", Trust::Anyone).print(&job(315));
    assert!(matches!(outcome, SheetOutcome::NotPrinted(NotPrinted::FormatNotSupported { .. })), "{outcome:?}");
    assert!(kept(&running.folder.path().join("spool")).iter().all(|(_, bytes)| bytes.is_empty()));
}

#[test]
fn over_tls_only_the_pinned_certificate_is_spoken_to() {
    let Some(running) = start("exit 0", "application/pdf") else { return };
    let mut anyone = driver(&running, "ipps", Trust::Anyone);
    let outcome = anyone.print(&job(316));
    assert!(matches!(outcome, SheetOutcome::Printed { .. }), "{outcome:?}");
    let keys = running.folder.path().join("keys");
    let certificates: Vec<Vec<u8>> = kept(&keys).into_iter().filter(|(name, _)| name.ends_with(".crt")).map(|(_, bytes)| bytes).collect();
    assert_eq!(certificates.len(), 1, "{:?}", std::fs::read_dir(&keys).map(|dir| dir.flatten().map(|f| f.file_name()).collect::<Vec<_>>()));
    let pinned = Trust::pinned(&certificates[0]).unwrap_or_else(|fault| panic!("{fault}"));
    let outcome = driver(&running, "ipps", pinned).print(&job(317));
    assert!(matches!(outcome, SheetOutcome::Printed { .. }), "{outcome:?}");
    // Another printer's certificate.
    let Some(other) = start("exit 0", "application/pdf") else { return };
    assert!(matches!(driver(&other, "ipps", Trust::Anyone).print(&job(318)), SheetOutcome::Printed { .. }));
    let foreign = kept(&other.folder.path().join("keys")).into_iter().find(|(name, _)| name.ends_with(".crt")).expect("it made one").1;
    let mut wrong = driver(&running, "ipps", Trust::pinned(&foreign).unwrap_or_else(|fault| panic!("{fault}")));
    assert!(matches!(wrong.ask_facts(), Err(AskError::Certificate(_))), "{:?}", wrong.ask_facts());
    assert!(Trust::pinned(b"bukan sertifikat").is_err());
}
