//! Pictures that lie or are too large, and a camera that goes away.

use flow::Intent;
use flow::view::{CaptureMode, Page};
use kiosk::demo::specimen;

use crate::stand::{Stand, bench, is_capture, office};

#[test]
fn lying_and_huge_pictures_are_refused_and_the_next_one_is_taken() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.to_capture();
    stand.touch(Intent::UseScanner);
    stand.until("the scanner is asked", is_capture(|mode| *mode == CaptureMode::Scanner));
    type Lay = fn(&Stand);
    let refused: [(&str, Lay); 3] = [
        ("lying header", |stand| stand.bench.scanner.lay_lying_header()),
        ("100 MB", |stand| stand.bench.scanner.lay_100_mb()),
        ("no picture", |stand| stand.bench.scanner.lay_bytes(b"%PDF-1.7 bukan gambar".to_vec())),
    ];
    for (name, lay) in refused {
        lay(&stand);
        stand.touch(Intent::GoOn);
        let began = std::time::Instant::now();
        while stand.bench.scanner.waiting() > 0 {
            assert!(began.elapsed() < crate::stand::WAIT, "{name}: the scanner did not take it");
            std::thread::park_timeout(std::time::Duration::from_millis(10));
        }
        stand.until(
            name,
            |view| matches!(&view.page, Page::Capture(capture) if capture.mode == CaptureMode::Scanner && capture.problem.contains("tidak terbaca")),
        );
    }
    stand.bench.scanner.lay(&specimen::police_letter(1).expect("a font is installed"));
    stand.touch(Intent::GoOn);
    stand.until("a good page", is_capture(|mode| matches!(mode, CaptureMode::Review { finding: None, .. })));
}

#[test]
fn an_unplugged_camera_gives_way_to_the_scanner_and_comes_back() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.to_capture();
    stand.bench.camera.unplug();
    stand.until("the scanner takes over", is_capture(|mode| *mode == CaptureMode::Scanner));
    stand.bench.camera.replug();
    stand.until("the camera is offered again", |view| matches!(&view.page, Page::Capture(capture) if capture.may_use_camera));
    stand.touch(Intent::UseCamera);
    stand.take_page();
    stand.until("check", |view| matches!(view.page, Page::Check { .. }));
}

#[test]
fn a_jammed_scanner_asks_for_an_officer() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.to_capture();
    stand.touch(Intent::UseScanner);
    stand.bench.scanner.lay(&specimen::police_letter(1).expect("a font is installed"));
    stand.bench.scanner.jam(true);
    stand.touch(Intent::GoOn);
    stand.until("an officer is asked for", |view| matches!(&view.page, Page::Capture(capture) if capture.problem.contains("petugas")));
}
