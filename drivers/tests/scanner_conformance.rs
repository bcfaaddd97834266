//! One suite over every document scanner that a machine without hardware has: eSCL on a real port, SANE's `test` backend, a
//! folder. Whoever writes another source adds it here.

mod common;

use common::{PATIENCE, text_page};
use drivers::picture::encode_page;
use drivers::scanner::{
    AcquireError, AcquireLimits, DocumentSource, Escl, EsclSettings, Folder, PageSource, Paper, ScanImage, ScanImageSettings, ScanJob, ScanMode, Spool,
};
use drivers::sim::escl::{Model, SimEscl};
use drivers::status::{Condition, DeviceState};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// Longest that a state may be waited for.
const STATUS_LIMIT: Duration = Duration::from_millis(200);

/// What every source has to do. `refill` lays paper for `sheets` more sheets; `pages` is what a limit of three pages gives.
fn check(name: &str, source: &mut dyn DocumentSource, refill: &mut dyn FnMut(usize), pages_expected: usize) {
    let go = AtomicBool::new(false);
    let three = AcquireLimits { pages_max: 3, deadline_secs: PATIENCE.as_secs(), ..AcquireLimits::default() };
    let before = source.status();
    assert!(before.worst().is_none_or(|row| row.condition == Condition::FEEDER_EMPTY), "{name}: never asked is no fault: {before:?}");

    refill(4);
    let pages = source.acquire(&three, &go).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    assert_eq!(pages.len(), pages_expected, "{name}");
    for page in &pages {
        let decoded = page.decode(&three).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!((decoded.width(), decoded.height()), (page.width, page.height), "{name}");
        assert!(format!("{page:?}").contains("•••"), "{name}: pages print as •••");
    }
    assert_eq!(source.status().device, DeviceState::Online, "{name}");

    refill(2);
    let stop = AtomicBool::new(true);
    let began = Instant::now();
    let cancelled = source.acquire(&three, &stop);
    assert!(matches!(cancelled, Err(AcquireError::Cancelled)), "{name}: {cancelled:?}");
    assert!(began.elapsed() < Duration::from_secs(3), "{name}");

    let dull = AcquireLimits { megapixels_max: 0, ..three };
    let refused = source.acquire(&dull, &go);
    assert!(matches!(refused, Err(AcquireError::TooLarge { page: 1, .. })), "{name}: {refused:?}");
    refill(2);
    let narrow = AcquireLimits { page_bytes_max: 100, ..three };
    let refused = source.acquire(&narrow, &go);
    assert!(matches!(refused, Err(AcquireError::TooLarge { page: 1, .. })), "{name}: {refused:?}");

    refill(2);
    let one = AcquireLimits { pages_max: 1, ..three };
    assert_eq!(source.acquire(&one, &go).unwrap_or_else(|fault| panic!("{name} after refusals: {fault}")).len(), 1, "{name}");

    let asked = Instant::now();
    source.refresh();
    source.status();
    assert!(asked.elapsed() < STATUS_LIMIT, "{name}: {:?}", asked.elapsed());
}

fn escl(sim: &SimEscl, source: PageSource) -> Escl {
    let job = ScanJob { source, ..ScanJob::default() };
    Escl::new(EsclSettings { job, ..EsclSettings::at(sim.url()) }).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn escl_from_the_glass_the_feeder_and_both_sides() {
    for (name, model, source, pages) in [
        ("escl glass", Model::generic(), PageSource::Glass, 1),
        ("escl flatbed only", Model::flatbed(), PageSource::Automatic, 1),
        ("escl feeder", Model::generic(), PageSource::Feeder, 3),
        ("escl feeder only", Model::sheet_fed(), PageSource::Automatic, 3),
        ("escl automatic", Model::generic(), PageSource::Automatic, 3),
        ("escl both sides", Model::generic(), PageSource::FeederDuplex, 3),
    ] {
        let sim = SimEscl::start(model).expect("the loopback has a free port");
        sim.lay_on_glass(&text_page());
        let laid = sim.clone();
        let mut refill = move |sheets| (0..sheets).for_each(|_| laid.feed(&text_page(), Some(&text_page())));
        check(name, &mut escl(&sim, source), &mut refill, pages);
        assert!(!sim.is_reserved(), "{name}: every job was ended");
    }
}

#[test]
fn escl_gives_front_before_back_and_all_sheets_without_a_limit() {
    let sim = SimEscl::start(Model::sheet_fed()).expect("the loopback has a free port");
    let (front, back) = (text_page(), common::qr_page(b"KLP1", 8));
    for _ in 0..2 {
        sim.feed(&front, Some(&back));
    }
    let go = AtomicBool::new(false);
    let pages = escl(&sim, PageSource::FeederDuplex).acquire(&AcquireLimits::default(), &go).unwrap_or_else(|fault| panic!("{fault}"));
    let widths: Vec<u32> = pages.iter().map(|page| page.width).collect();
    assert_eq!(widths, [front.width(), back.width(), front.width(), back.width()]);
    assert_eq!(sim.sheets(), 0);
}

#[test]
fn another_scanner_at_the_same_address_is_refused() {
    let sim = SimEscl::start(Model::flatbed()).expect("the loopback has a free port");
    sim.lay_on_glass(&text_page());
    let go = AtomicBool::new(false);
    for (identity, is_ours) in [("SIM0001", true), ("SN0000", false)] {
        let mut scanner = Escl::new(EsclSettings { identity: Some(identity.into()), ..EsclSettings::at(sim.url()) }).unwrap_or_else(|fault| panic!("{fault}"));
        let result = scanner.acquire(&AcquireLimits::default(), &go);
        assert_eq!(result.is_ok(), is_ours, "{identity}: {result:?}");
        assert_eq!(scanner.status().has(Condition::LINK_FOREIGN), !is_ours, "{identity}");
    }
    for url in ["", "ftp://192.0.2.7/eSCL", "192.0.2.7", "file:///etc/passwd"] {
        assert!(Escl::new(EsclSettings::at(url)).is_err(), "{url}");
    }
}

/// SANE's `test` backend in a configuration of its own, with its defaults.
fn sane(source: PageSource, spool: Spool) -> Option<ScanImage> {
    if !std::process::Command::new("scanimage").arg("--version").output().is_ok_and(|out| out.status.success()) {
        println!("skipped: scanimage is not installed");
        return None;
    }
    let job = ScanJob { source, mode: ScanMode::Grey, resolution_dpi: 50, paper: Paper::Whole };
    Some(ScanImage::new(ScanImageSettings { spool, ..ScanImageSettings::flatbed("test") }).with_job(job))
}

#[test]
fn sane_from_the_glass_and_the_feeder() {
    let spool = tempfile::tempdir().expect("a temporary folder");
    let below = || Spool::Folder(PathBuf::from(spool.path()));
    for (name, source, place, pages) in [("sane glass", PageSource::Glass, Spool::Pipe, 1), ("sane feeder", PageSource::Feeder, below(), 3)] {
        let Some(mut scanner) = sane(source, place) else {
            return;
        };
        check(name, &mut scanner, &mut |_| {}, pages);
    }
    let go = AtomicBool::new(false);
    let Some(mut feeder) = sane(PageSource::Feeder, below()) else {
        return;
    };
    let many = AcquireLimits { pages_max: 20, ..AcquireLimits::default() };
    let pages = feeder.acquire(&many, &go).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(pages.len(), 10, "the feeder of SANE's test scanner is empty after ten sheets");
    let Some(mut duplex) = sane(PageSource::FeederDuplex, below()) else {
        return;
    };
    assert!(matches!(duplex.acquire(&many, &go), Err(AcquireError::Unsupported { .. })), "it has no second side");
    assert!(duplex.status().has(Condition::SCANNER_MISCONFIGURED));
    assert_eq!(std::fs::read_dir(spool.path()).expect("the spool is there").count(), 0, "no page stays behind");
}

#[test]
fn a_folder_of_pictures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = encode_page(&text_page(), 2_000_000).expect("a page fits two megabytes");
    let (path, mut number) = (folder.path().to_path_buf(), 0);
    let mut refill = move |sheets| {
        for _ in 0..sheets {
            number += 1;
            std::fs::write(path.join(format!("{number:03}.jpg")), &page.jpeg).expect("the folder is writable");
        }
    };
    check("folder", &mut Folder::new(folder.path(), 3), &mut refill, 3);
}
