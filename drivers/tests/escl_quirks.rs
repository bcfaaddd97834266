//! Devices that leave the specification: each is simulated as strict as it is, and each row of the table is what gets past it.

mod common;

use common::text_page;
use drivers::scanner::escl::{HostRule, PAUSE_MAX, Quirks, quirks_of};
use drivers::scanner::{AcquireError, AcquireLimits, DocumentSource, Escl, EsclSettings, PageSource, ScanJob};
use drivers::sim::escl::{HostTemper, Model, SimEscl};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

static GO: AtomicBool = AtomicBool::new(false);
const LIMITS: AcquireLimits = AcquireLimits { pages_max: 10, page_bytes_max: 60_000_000, megapixels_max: 36, deadline_secs: 20 };

fn loaded(model: Model, sheets: usize) -> SimEscl {
    let sim = SimEscl::start(model).expect("the loopback has a free port");
    for _ in 0..sheets {
        sim.feed(&text_page(), None);
    }
    sim
}

fn scan(sim: &SimEscl, job: ScanJob) -> Result<usize, AcquireError> {
    let mut scanner = Escl::new(EsclSettings { job, ..EsclSettings::at(sim.url()) }).unwrap_or_else(|fault| panic!("{fault}"));
    scanner.acquire(&LIMITS, &GO).map(|pages| pages.len())
}

fn feeder() -> ScanJob {
    ScanJob { source: PageSource::Feeder, ..ScanJob::default() }
}

fn named(name: &str) -> Model {
    Model { make_and_model: name.into(), ..Model::generic() }
}

#[test]
fn brother_gets_a_pause_before_the_next_page() {
    for (name, pages) in [("Brother MFC-L2750DW series", 3), ("Klampid Simulated MFP", 1)] {
        let sim = loaded(Model { pause_between_pages: Duration::from_millis(100), ..named(name) }, 3);
        sim.page_takes(Duration::from_millis(300));
        // Without the row the second question comes too early, and the batch looks finished.
        assert_eq!(scan(&sim, feeder()).expect("some pages come"), pages, "{name}");
    }
    let sim = loaded(Model { pause_between_pages: Duration::from_millis(5), ..named("Brother MFC-L2750DW series") }, 3);
    sim.page_takes(Duration::from_millis(40));
    let began = Instant::now();
    assert_eq!(scan(&sim, feeder()).expect("all pages come"), 3);
    // Four questions of 40 ms, and three pauses of half of that.
    assert!(began.elapsed() >= Duration::from_millis(4 * 40 + 3 * 20), "{:?}", began.elapsed());
}

#[test]
fn the_pause_is_half_of_the_last_page_and_a_second_at_most() {
    let brother = Quirks { pause_before_next: true, ..Quirks::default() };
    let ms = Duration::from_millis;
    for (last_load, pause) in [(ms(0), ms(0)), (ms(500), ms(250)), (ms(2000), PAUSE_MAX), (ms(60_000), PAUSE_MAX)] {
        assert_eq!(brother.pause(last_load), pause);
        assert_eq!(Quirks::default().pause(last_load), ms(0));
    }
}

#[test]
fn hp_starts_jobs_for_localhost_only() {
    let strict = |name: &str, server: &str| Model { host: HostTemper::Localhost, server: server.into(), ..named(name) };
    assert_eq!(scan(&loaded(strict("HP LaserJet MFP M630", ""), 1), feeder()).expect("the row is there"), 1);
    assert_eq!(scan(&loaded(strict("HP OfficeJet 0000", "HP_Compact_Server"), 1), feeder()).expect("the server's name is enough"), 1);
    let without = scan(&loaded(strict("HP OfficeJet 0000", ""), 1), feeder());
    assert!(matches!(without, Err(AcquireError::Permission)), "without the row it is refused: {without:?}");
}

#[test]
fn epson_gets_the_port_in_the_host() {
    let sim = loaded(Model { host: HostTemper::Port, ..named("EPSON ET-4850 Series") }, 1);
    assert_eq!(scan(&sim, feeder()).expect("the port is named"), 1);
    let port = sim.url().rsplit(':').next().and_then(|rest| rest.split('/').next()).map(str::to_owned).expect("a port is in the address");
    assert!(sim.heard().iter().all(|request| request.host.ends_with(&port)));
}

#[test]
fn xerox_is_asked_for_paper_before_it_starts_a_job_that_never_ends() {
    let endless = |name: &str| Model { starts_on_empty: true, ..named(name) };
    let sim = loaded(endless("Xerox WorkCentre 3345"), 0);
    let began = Instant::now();
    assert!(matches!(scan(&sim, feeder()), Err(AcquireError::NoDocument)));
    assert!(began.elapsed() < Duration::from_secs(3));
    assert_eq!(sim.jobs().0, 0, "no job was started");
    let other = loaded(endless("Klampid Simulated MFP"), 0);
    let mut scanner = Escl::new(EsclSettings { job: feeder(), ..EsclSettings::at(other.url()) }).unwrap_or_else(|fault| panic!("{fault}"));
    let result = scanner.acquire(&AcquireLimits { deadline_secs: 2, ..LIMITS }, &GO);
    assert!(matches!(result, Err(AcquireError::TimedOut { .. })), "without the row it waits: {result:?}");
}

#[test]
fn canon_is_asked_for_no_more_than_it_can() {
    let fine = ScanJob { resolution_dpi: 600, ..feeder() };
    let weak = |name: &str| Model { dpi_max: 300, ..named(name) };
    assert_eq!(scan(&loaded(weak("Canon iR2625/2630"), 1), fine).expect("300 is asked for"), 1);
    let refused = scan(&loaded(weak("Klampid Simulated MFP"), 1), fine);
    assert!(matches!(refused, Err(AcquireError::Unsupported { .. })), "without the row it is refused: {refused:?}");
}

#[test]
fn rows_are_found_by_the_beginning_of_the_name_in_any_letters() {
    assert_eq!(quirks_of("epson ET-4850", "").host, HostRule::WithPort);
    assert_eq!(quirks_of("BROTHER DCP-L2540DW", ""), Quirks { pause_before_next: true, ..Quirks::default() });
    assert_eq!(quirks_of("HP DeskJet", "HP_Compact_Server").host, HostRule::LocalhostForJobs);
    assert!(quirks_of("MF410 Series", "").ask_adf_first);
    for plain in ["", "E", "HP LaserJet", "Brotherhood", "Canon iR262", "é", "Kyocera ECOSYS M2040dn"] {
        assert_eq!(quirks_of(plain, "nginx"), Quirks::default(), "{plain}");
    }
}
