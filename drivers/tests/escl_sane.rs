//! The simulated eSCL scanner before two clients that we did not write: Debian's sane-airscan and SANE's own eSCL backend.
//!
//! A simulator that only our own client understands proves nothing about either. Both run through our `scanimage` source, so
//! this is also where a feeder with both sides is scanned through SANE.

mod common;

use common::{PATIENCE, text_page};
use drivers::scanner::{AcquireError, AcquireLimits, DocumentSource, PageSource, Paper, ScanImage, ScanImageSettings, ScanJob, ScanMode, Spool, parse_options};
use drivers::sim::Lasting;
use drivers::sim::escl::{Fault, Model, SimEscl};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

static GO: AtomicBool = AtomicBool::new(false);

/// Looks where Debian puts SANE's backends.
fn has_backend(name: &str) -> bool {
    let file = format!("libsane-{name}.so.1");
    let folders = ["/usr/lib/x86_64-linux-gnu/sane", "/usr/lib/aarch64-linux-gnu/sane", "/usr/lib/sane"];
    let scanimage = Command::new("scanimage").arg("--version").output().is_ok_and(|out| out.status.success());
    let there = scanimage && folders.iter().any(|folder| Path::new(folder).join(&file).exists());
    if !there {
        println!("skipped: sane-utils or the backend {name} is not installed");
    }
    there
}

/// A private configuration of SANE that knows one backend and one scanner.
struct Sane {
    folder: tempfile::TempDir,
    device: String,
}

fn airscan(sim: &SimEscl) -> Sane {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("the folder is writable");
    write("dll.conf", "airscan\n".into());
    write("airscan.conf", format!("[devices]\n\"Simulasi\" = {}, eSCL\n[options]\ndiscovery = disable\nws-discovery = off\n", sim.url()));
    Sane { folder, device: "airscan:e0:Simulasi".into() }
}

impl Sane {
    fn source(&self, job: ScanJob, spool: Spool) -> ScanImage {
        let settings = ScanImageSettings { spool, ..ScanImageSettings::flatbed(self.device.clone()) };
        let config = self.folder.path().to_string_lossy().into_owned();
        ScanImage::new(settings).with_job(job).with_environment("SANE_CONFIG_DIR", config)
    }

    fn spool(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }
}

fn limits() -> AcquireLimits {
    AcquireLimits { deadline_secs: PATIENCE.as_secs(), ..AcquireLimits::default() }
}

fn job(source: PageSource) -> ScanJob {
    ScanJob { source, mode: ScanMode::Colour, resolution_dpi: 100, paper: Paper::A4 }
}

#[test]
fn sane_airscan_scans_from_our_glass() {
    if !has_backend("airscan") {
        return;
    }
    let sim = SimEscl::start(Model::generic()).expect("the loopback has a free port");
    sim.lay_on_glass(&text_page());
    // Two refusals on the way, as a real scanner's lamp makes them.
    sim.inject(Fault::NotReady { retry_after_secs: None }, Lasting::Times(2));
    let sane = airscan(&sim);
    let pages = sane.source(job(PageSource::Glass), Spool::Pipe).acquire(&limits(), &GO).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(pages.len(), 1);
    // It takes what is asked for out of what we sent: A4 at 100 dpi.
    assert!((800..=860).contains(&pages[0].width) && (1100..=1200).contains(&pages[0].height), "{:?}", pages[0]);
    let decoded = pages[0].decode(&limits()).expect("it was decoded before");
    let ink = decoded.luma().pixels().iter().filter(|p| **p < 100).count();
    assert!(ink > 1000, "the text of the page came through: {ink} dark pixels");
    assert!(sim.heard().iter().any(|request| request.method == "DELETE"), "the other client ends its job");
    assert!(!sim.is_reserved());
}

#[test]
fn sane_airscan_takes_a_batch_and_both_sides_from_our_feeder() {
    if !has_backend("airscan") {
        return;
    }
    for (source, pages_expected) in [(PageSource::Feeder, 2), (PageSource::FeederDuplex, 4)] {
        let sim = SimEscl::start(Model::generic()).expect("the loopback has a free port");
        for _ in 0..2 {
            sim.feed(&text_page(), Some(&text_page()));
        }
        let sane = airscan(&sim);
        let mut scanner = sane.source(job(source), Spool::Folder(sane.spool()));
        let pages = scanner.acquire(&limits(), &GO).unwrap_or_else(|fault| panic!("{source:?}: {fault}"));
        assert_eq!(pages.len(), pages_expected, "{source:?}");
        let empty = scanner.acquire(&limits(), &GO);
        assert!(matches!(empty, Err(AcquireError::NoDocument)), "{source:?}: {empty:?}");
    }
}

#[test]
fn sane_airscan_names_our_jam_and_our_cover() {
    if !has_backend("airscan") {
        return;
    }
    type Break = fn(&SimEscl);
    type Named = fn(&AcquireError) -> bool;
    let cases: [(Break, Named); 2] = [
        (|sim| sim.jam_after(0), |error| matches!(error, AcquireError::Jammed)),
        (|sim| sim.open_cover(true), |error| matches!(error, AcquireError::CoverOpen)),
    ];
    for (breaks, is_named) in cases {
        let sim = SimEscl::start(Model::generic()).expect("the loopback has a free port");
        sim.feed(&text_page(), None);
        breaks(&sim);
        let sane = airscan(&sim);
        let error = sane.source(job(PageSource::Feeder), Spool::Folder(sane.spool())).acquire(&limits(), &GO).expect_err("it is broken");
        assert!(is_named(&error), "{error:?}");
    }
}

#[test]
fn sane_airscan_reads_our_capabilities_as_we_mean_them() {
    if !has_backend("airscan") {
        return;
    }
    for (model, sources) in
        [(Model::generic(), vec!["Flatbed", "ADF", "ADF Duplex"]), (Model::flatbed(), vec!["Flatbed"]), (Model::sheet_fed(), vec!["ADF", "ADF Duplex"])]
    {
        let sim = SimEscl::start(model).expect("the loopback has a free port");
        let sane = airscan(&sim);
        let mut help = Command::new("scanimage");
        help.env("SANE_CONFIG_DIR", sane.folder.path()).args(["-d", &sane.device, "--help"]);
        let printed = help.output().expect("scanimage runs").stdout;
        let printed = String::from_utf8_lossy(&printed);
        let line = printed.lines().find(|line| line.trim().starts_with("--source")).unwrap_or_else(|| panic!("no sources: {printed}"));
        let listed: Vec<&str> = line.trim().trim_start_matches("--source ").split(" [").next().unwrap_or_default().split('|').collect();
        assert_eq!(listed, sources, "{line}");
        assert_ne!(parse_options(&printed), parse_options(""), "our own reader finds them too");
    }
}

#[test]
fn the_escl_backend_of_sane_scans_from_our_glass() {
    if !has_backend("escl") {
        return;
    }
    let sim = SimEscl::start(Model::flatbed()).expect("the loopback has a free port");
    sim.lay_on_glass(&text_page());
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("dll.conf"), "escl\n").expect("the folder is writable");
    std::fs::write(folder.path().join("escl.conf"), "").expect("the folder is writable");
    let root = sim.url().trim_end_matches("/eSCL").to_owned();
    let settings = ScanImageSettings { args: vec!["--resolution=100".into()], ..ScanImageSettings::flatbed(format!("escl:{root}")) };
    let mut scanner = ScanImage::new(settings).with_environment("SANE_CONFIG_DIR", folder.path().to_string_lossy());
    let pages = scanner.acquire(&limits(), &GO).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(pages.len(), 1);
}
