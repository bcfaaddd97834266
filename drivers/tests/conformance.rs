//! One suite per device trait, over every implementation that a machine without hardware has.
//!
//! The printer suite runs through the real serial code for every shipped profile; the scanner suite over a folder, the
//! SANE `test` backend and the bench; the camera suite over the bench.

mod common;

use common::{PATIENCE, PROFILES, QR_TEXT, desk, desk_for, driver, job, profile, text_page};
use drivers::camera::{CameraHost, HostTiming};
use drivers::picture::encode_page;
use drivers::printer::{ConfirmLevel, PrintOutcome, Printer, Profile, Unconfirmed};
use drivers::reader::GuardedReader;
use drivers::scanner::{AcquireError, AcquireLimits, DocumentSource, Folder, ScanImage, ScanImageSettings, Spool};
use drivers::status::{Availability, Condition, DeviceState};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

#[test]
fn every_printer_prints_a_slip_that_a_camera_can_read() {
    for name in PROFILES {
        let desk = desk_for(&profile(name));
        let mut printer = driver(&desk, profile(name));
        assert_eq!(printer.status().availability(), Availability::Ready, "{name}");
        let outcome = printer.print(&job(7, "0426-7K2M"));
        let confirmed = matches!(outcome, PrintOutcome::Printed(_));
        let unconfirmable = matches!(outcome, PrintOutcome::Unknown(Unconfirmed::NotConfirmable));
        assert!(if profile(name).confirm == ConfirmLevel::None { unconfirmable } else { confirmed }, "{name}: {outcome:?}");
        assert!(desk.bench.printer.wait_until_idle(PATIENCE), "{name}");
        desk.bench.printer.tear_off();
        let papers = desk.bench.printer.papers();
        assert_eq!(papers.len(), 1, "{name}");
        assert!(papers[0].text.contains("0426-7K2M") && papers[0].text.contains("482913"), "{name}");
        assert_eq!(desk.bench.printer.unknown_commands(), 0, "{name}");
        let reading = GuardedReader::default().read(&papers[0].held_up().luma());
        let texts: Vec<_> = reading.payloads.iter().filter_map(|p| p.text()).collect();
        assert_eq!(texts, [QR_TEXT], "{name}");
    }
}

#[test]
fn every_confirm_level_that_can_confirm_does() {
    for confirm in [ConfirmLevel::RealTime, ConfirmLevel::InBand, ConfirmLevel::ProcessId, ConfirmLevel::FullStatus] {
        let desk = desk(576);
        let mut printer = driver(&desk, Profile { confirm, ..profile("epson-tm-t82") });
        let outcome = printer.print(&job(u32::MAX, "0426-7K2M"));
        assert!(matches!(outcome, PrintOutcome::Printed(_)), "{confirm:?}: {outcome:?}");
        assert!(desk.bench.printer.wait_for_paper(1, PATIENCE), "{confirm:?}");
    }
}

#[test]
fn every_printer_prints_the_same_slip_twice_the_same() {
    for name in PROFILES {
        let desk = desk_for(&profile(name));
        let mut printer = driver(&desk, profile(name));
        for token in [1, 2] {
            printer.print(&job(token, "0426-7K2M"));
            assert!(desk.bench.printer.wait_until_idle(PATIENCE), "{name}");
            desk.bench.printer.tear_off();
        }
        let papers = desk.bench.printer.papers();
        assert_eq!(papers.len(), 2, "{name}");
        assert_eq!(papers[0].image, papers[1].image, "{name}");
    }
}

/// Three pages in a row, then nothing; a limit and a cancel are kept.
fn check_scanner(name: &str, source: &mut dyn DocumentSource, pages_expected: usize) {
    let go = AtomicBool::new(false);
    let limits = AcquireLimits { pages_max: 3, ..AcquireLimits::default() };
    let pages = source.acquire(&limits, &go).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    assert_eq!(pages.len(), pages_expected, "{name}");
    for page in &pages {
        let decoded = page.decode(&limits).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!((decoded.width(), decoded.height()), (page.width, page.height), "{name}");
        assert!(!format!("{page:?}").contains("bytes: ["), "{name}: pages print as •••");
    }
    assert_eq!(source.status().device, DeviceState::Online, "{name}");
    let stop = AtomicBool::new(true);
    let began = Instant::now();
    let cancelled = source.acquire(&limits, &stop);
    assert!(matches!(cancelled, Err(AcquireError::Cancelled | AcquireError::NoDocument)), "{name}: {cancelled:?}");
    assert!(began.elapsed() < PATIENCE, "{name}");
    let tiny = AcquireLimits { megapixels_max: 0, pages_max: 1, ..AcquireLimits::default() };
    let refused = source.acquire(&tiny, &go);
    assert!(matches!(refused, Err(AcquireError::TooLarge { .. } | AcquireError::NoDocument)), "{name}: {refused:?}");
}

#[test]
fn the_folder_is_a_scanner() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = encode_page(&text_page(), 2_000_000).expect("a page fits two megabytes");
    for name in ["a.jpg", "b.jpg", "c.jpg", "d.jpg"] {
        std::fs::write(folder.path().join(name), &page.jpeg).expect("the folder is writable");
    }
    std::fs::write(folder.path().join("catatan.txt"), b"bukan gambar").expect("the folder is writable");
    let mut source = Folder::new(folder.path(), 3);
    assert_eq!(source.status().device, DeviceState::Online);
    check_scanner("folder", &mut source, 3);
    let go = AtomicBool::new(false);
    let mut empty = Folder::new(folder.path().join("tidak-ada"), 1);
    assert!(matches!(empty.acquire(&AcquireLimits::default(), &go), Err(AcquireError::Absent)));
}

#[test]
fn the_bench_is_a_scanner() {
    let desk = desk(576);
    for _ in 0..4 {
        desk.bench.scanner.lay(&text_page());
    }
    let mut source = desk.bench.scanner.source();
    check_scanner("bench", source.as_mut(), 3);
    desk.bench.scanner.empty();
    assert!(source.status().has(Condition::FEEDER_EMPTY));
}

#[test]
fn sane_s_own_test_scanner_is_a_scanner() {
    if !sane_is_there() {
        println!("skipped: scanimage is not installed");
        return;
    }
    let mut flatbed = ScanImage::new(ScanImageSettings::flatbed("test"));
    flatbed.probe(PATIENCE).unwrap_or_else(|fault| panic!("{fault}"));
    check_scanner("sane flatbed", &mut flatbed, 1);
    let spool = tempfile::tempdir().expect("a temporary folder");
    let mut feeder = ScanImage::new(ScanImageSettings {
        args: vec!["--source=Automatic Document Feeder".into(), "--mode=Color".into()],
        spool: Spool::Folder(spool.path().to_path_buf()),
        ..ScanImageSettings::flatbed("test")
    });
    check_scanner("sane feeder", &mut feeder, 3);
    let left = std::fs::read_dir(spool.path()).expect("the spool is there").count();
    assert_eq!(left, 0, "no page stays behind in the spool");
}

#[test]
fn the_bench_is_a_camera() {
    let desk = desk(576);
    let camera = &desk.bench.camera;
    camera.show(&text_page());
    let host = CameraHost::start_with(camera.factory(), HostTiming { look_ms: 10, ..HostTiming::default() });
    assert!(wait(|| host.newest().is_some()));
    let frame = host.newest().expect("a frame is there");
    assert_eq!((frame.width, frame.height), (text_page().width(), text_page().height()));
    assert_eq!(frame.luma().expect("plain pixels").pixels().len(), (frame.width * frame.height) as usize);
    assert_eq!(host.status().availability(), Availability::Ready);
    let asked = Instant::now();
    assert!(wait(|| host.newest_after(asked).is_some()), "a newer frame comes");
    host.stop();
    assert_eq!(host.status().device, DeviceState::Offline);
    assert!(wait(|| host.newest().is_none()));
}

fn sane_is_there() -> bool {
    std::process::Command::new("scanimage").arg("--version").output().is_ok_and(|out| out.status.success())
}

/// Waits for a level, with an end.
fn wait(level: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if level() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}
