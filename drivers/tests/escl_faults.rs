//! An eSCL scanner on a real port, and everything that can go wrong on the way to a page, one test each.

mod common;

use common::{PATIENCE, text_page};
use drivers::picture::DecodeError;
use drivers::scanner::escl::{POLL_WAIT, SILENT_AFTER};
use drivers::scanner::{AcquireError, AcquireLimits, DocumentSource, Escl, EsclSettings, PageSource, ScanJob};
use drivers::sim::Lasting;
use drivers::sim::escl::{Fault, Model, SimEscl};
use drivers::status::{Availability, Condition, DeviceState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

static GO: AtomicBool = AtomicBool::new(false);

fn limits() -> AcquireLimits {
    AcquireLimits { deadline_secs: 20, ..AcquireLimits::default() }
}

fn source(sim: &SimEscl, from: PageSource) -> Escl {
    let job = ScanJob { source: from, ..ScanJob::default() };
    Escl::new(EsclSettings { job, ..EsclSettings::at(sim.url()) }).unwrap_or_else(|fault| panic!("{fault}"))
}

/// A scanner with a page on the glass and `sheets` in the feeder.
fn loaded(sheets: usize) -> SimEscl {
    let sim = SimEscl::start(Model::generic()).expect("the loopback has a free port");
    sim.lay_on_glass(&text_page());
    for _ in 0..sheets {
        sim.feed(&text_page(), None);
    }
    sim
}

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

/// Scans from the glass while this fault holds, says whether the error is the one, and that the next scan is good again.
fn check(fault: Fault, is_named: fn(&AcquireError) -> bool) {
    let sim = loaded(0);
    let mut scanner = source(&sim, PageSource::Glass);
    sim.inject(fault, Lasting::FromNow);
    let error = scanner.acquire(&limits(), &GO).expect_err("the fault is injected");
    assert!(is_named(&error), "{fault:?}: {error:?}");
    sim.heal();
    assert!(wait(|| !sim.is_reserved()), "{fault:?}: the job was ended");
    let pages = scanner.acquire(&limits(), &GO).unwrap_or_else(|error| panic!("{fault:?} is healed: {error}"));
    assert_eq!(pages.len(), 1, "{fault:?}");
}

#[test]
fn a_page_that_is_not_ready_is_asked_for_again() {
    for fault in [Fault::NotReady { retry_after_secs: None }, Fault::NotReady { retry_after_secs: Some(0) }, Fault::NotReadyAs410] {
        let sim = loaded(2);
        sim.inject(fault, Lasting::Times(2));
        let pages = source(&sim, PageSource::Feeder).acquire(&limits(), &GO).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(pages.len(), 2, "{fault:?}");
        let asked = sim.heard().iter().filter(|request| request.path.ends_with("NextDocument")).count();
        assert_eq!(asked, 5, "{fault:?}: two refusals, two pages, the end");
    }
}

#[test]
fn a_page_that_is_never_ready_ends_after_thirty_tries() {
    check(Fault::NotReady { retry_after_secs: Some(0) }, |error| matches!(error, AcquireError::Busy));
}

#[test]
fn an_occupied_scanner_is_busy_at_the_deadline() {
    let sim = loaded(1);
    sim.inject(Fault::Occupied, Lasting::FromNow);
    let mut scanner = source(&sim, PageSource::Feeder);
    let short = AcquireLimits { deadline_secs: 2, ..limits() };
    assert!(matches!(scanner.acquire(&short, &GO), Err(AcquireError::TimedOut { deadline_secs: 2 })));
    sim.heal();
    sim.inject(Fault::Occupied, Lasting::Once);
    assert_eq!(scanner.acquire(&limits(), &GO).expect("it is free after one refusal").len(), 1);
}

#[test]
fn a_forbidden_scanner_is_named() {
    check(Fault::Forbidden, |error| matches!(error, AcquireError::Permission));
}

#[test]
fn a_failing_scanner_is_named() {
    check(Fault::InternalError, |error| matches!(error, AcquireError::Device));
}

#[test]
fn a_relative_and_a_wrong_address_of_a_job_keep_their_path() {
    for fault in [Fault::RelativeLocation, Fault::WrongHostLocation] {
        let sim = loaded(0);
        sim.inject(fault, Lasting::FromNow);
        assert_eq!(source(&sim, PageSource::Glass).acquire(&limits(), &GO).unwrap_or_else(|error| panic!("{fault:?}: {error}")).len(), 1);
        assert_eq!(sim.jobs().0, sim.jobs().1, "{fault:?}: the job was ended");
    }
}

#[test]
fn a_job_without_an_address_is_refused() {
    let sim = loaded(0);
    sim.inject(Fault::NoLocation, Lasting::Once);
    let error = source(&sim, PageSource::Glass).acquire(&limits(), &GO);
    assert!(matches!(error, Err(AcquireError::Foreign { .. })), "{error:?}");
}

#[test]
fn a_head_without_a_page_is_not_a_page() {
    check(Fault::HeadOnly, |error| matches!(error, AcquireError::Truncated { page: 1 }));
}

#[test]
fn half_a_picture_is_not_a_page() {
    check(Fault::CutPicture, |error| matches!(error, AcquireError::Truncated { page: 1 }));
    check(Fault::CutConnection, |error| matches!(error, AcquireError::Truncated { page: 1 }));
}

#[test]
fn rubbish_is_not_a_page() {
    check(Fault::Rubbish, |error| matches!(error, AcquireError::NotAPicture { page: 1, .. }));
}

#[test]
fn a_picture_that_announces_too_many_pixels_is_not_decoded() {
    let lies: fn(&AcquireError) -> bool = |error| matches!(error, AcquireError::TooLarge { page: 1, source: DecodeError::TooManyPixels { width: 30_000, .. } });
    check(Fault::LyingPicture, lies);
}

#[test]
fn a_gigabyte_is_refused_at_its_announcement_and_at_its_limit() {
    for fault in [Fault::Announced1Gb, Fault::Streamed1Gb] {
        let began = Instant::now();
        check(fault, |error| matches!(error, AcquireError::TooLarge { page: 1, source: DecodeError::TooManyBytes { .. } }));
        assert!(began.elapsed() < PATIENCE, "{fault:?}");
    }
}

#[test]
fn an_endless_feed_is_stopped_at_the_limit_of_pages() {
    let sim = loaded(1);
    sim.inject(Fault::EndlessFeed, Lasting::FromNow);
    let three = AcquireLimits { pages_max: 3, ..limits() };
    let pages = source(&sim, PageSource::Feeder).acquire(&three, &GO).expect("three pages are enough");
    assert_eq!(pages.len(), 3);
    assert_eq!(sim.jobs(), (1, 1), "the job was ended by us");
}

#[test]
fn a_page_that_stops_in_the_middle_ends_with_its_silence() {
    let began = Instant::now();
    check(Fault::HangInPage, |error| matches!(error, AcquireError::Silent));
    assert!(began.elapsed() < Duration::from_secs(18), "ten seconds of silence are enough");
    let sim = loaded(0);
    sim.inject(Fault::HangInPage, Lasting::FromNow);
    let two = AcquireLimits { deadline_secs: 2, ..limits() };
    let error = source(&sim, PageSource::Glass).acquire(&two, &GO);
    assert!(matches!(error, Err(AcquireError::TimedOut { deadline_secs: 2 })), "{error:?}");
}

#[test]
fn a_refused_farewell_loses_no_page() {
    let sim = loaded(3);
    sim.inject(Fault::DeleteRefused, Lasting::FromNow);
    let two = AcquireLimits { pages_max: 2, ..limits() };
    assert_eq!(source(&sim, PageSource::Feeder).acquire(&two, &GO).expect("the pages are here").len(), 2);
    assert_eq!(sim.jobs(), (1, 0));
}

#[test]
fn garbage_and_bombs_instead_of_xml_are_foreign() {
    for fault in [Fault::GarbageXml, Fault::XmlBomb, Fault::EndlessXml, Fault::NotHttp] {
        let began = Instant::now();
        check(fault, |error| matches!(error, AcquireError::Foreign { .. }));
        assert!(began.elapsed() < PATIENCE, "{fault:?}");
        let sim = loaded(0);
        sim.inject(fault, Lasting::FromNow);
        let mut scanner = source(&sim, PageSource::Glass);
        assert!(wait_for(&mut scanner, |status| status.has(Condition::LINK_FOREIGN)), "{fault:?}");
    }
}

#[test]
fn an_unplugged_scanner_is_absent_and_comes_back() {
    let sim = loaded(0);
    let mut scanner = source(&sim, PageSource::Glass);
    assert!(wait_for(&mut scanner, |status| status.availability() == Availability::Ready));
    sim.unplug();
    let pulled = Instant::now();
    assert!(wait_for(&mut scanner, |status| status.has(Condition::SCANNER_ABSENT)));
    assert!(pulled.elapsed() < Duration::from_secs(5));
    assert!(matches!(scanner.acquire(&limits(), &GO), Err(AcquireError::Absent)));
    sim.replug().expect("the port is still ours");
    assert!(wait_for(&mut scanner, |status| status.availability() == Availability::Ready));
    assert_eq!(scanner.acquire(&limits(), &GO).expect("it is back").len(), 1);
}

#[test]
fn a_plug_pulled_in_the_middle_of_a_page_is_noticed() {
    let sim = loaded(0);
    sim.inject(Fault::HangInPage, Lasting::FromNow);
    let mut scanner = source(&sim, PageSource::Glass);
    let scan = std::thread::spawn(move || scanner.acquire(&limits(), &GO));
    assert!(wait(|| sim.heard().iter().any(|request| request.path.ends_with("NextDocument"))));
    sim.unplug();
    let result = scan.join().expect("no panic");
    assert!(matches!(result, Err(AcquireError::Truncated { .. } | AcquireError::Silent)), "{result:?}");
}

#[test]
fn mechanics_have_their_names_and_heal() {
    type Break = fn(&SimEscl, bool);
    type Named = fn(&AcquireError) -> bool;
    let cases: [(Break, Named, Condition); 3] = [
        (|sim, on| sim.jam(on), |error| matches!(error, AcquireError::Jammed), Condition::PATH_JAMMED),
        (|sim, on| sim.open_cover(on), |error| matches!(error, AcquireError::CoverOpen), Condition::LID_OPEN),
        (|sim, on| sim.double_feed(on), |error| matches!(error, AcquireError::DoubleFeed), Condition::FEEDER_DOUBLE_FEED),
    ];
    for (breaks, is_named, condition) in cases {
        let sim = loaded(1);
        let mut scanner = source(&sim, PageSource::Feeder);
        breaks(&sim, true);
        let error = scanner.acquire(&limits(), &GO).expect_err("it is broken");
        assert!(is_named(&error), "{condition}: {error:?}");
        assert!(scanner.status().has(condition), "{condition}");
        assert!(wait_for(&mut scanner, |status| status.has(condition) && status.availability() == Availability::Unavailable));
        breaks(&sim, false);
        assert!(wait_for(&mut scanner, |status| status.availability() == Availability::Ready), "{condition} is healed");
        assert_eq!(scanner.acquire(&limits(), &GO).expect("it is healed").len(), 1);
    }
}

#[test]
fn a_jam_in_the_middle_of_a_batch_drops_the_batch() {
    let sim = loaded(3);
    sim.jam_after(1);
    let error = source(&sim, PageSource::Feeder).acquire(&limits(), &GO);
    assert!(matches!(error, Err(AcquireError::Jammed)), "{error:?}");
    assert_eq!(sim.jobs(), (1, 1), "the job was ended");
}

#[test]
fn an_empty_feeder_is_no_document_and_no_fault() {
    let sim = loaded(0);
    let mut scanner = source(&sim, PageSource::Feeder);
    assert!(matches!(scanner.acquire(&limits(), &GO), Err(AcquireError::NoDocument)));
    assert!(wait_for(&mut scanner, |status| status.has(Condition::FEEDER_EMPTY) && status.availability() == Availability::Ready));
}

#[test]
fn a_cancel_is_followed_before_and_inside_a_page() {
    for (page_takes, slow) in [(Duration::from_secs(60), false), (Duration::ZERO, true)] {
        let sim = loaded(0);
        sim.page_takes(page_takes);
        if slow {
            sim.inject(Fault::Slow { bytes_per_s: 1000 }, Lasting::FromNow);
        }
        let mut scanner = source(&sim, PageSource::Glass);
        let cancel = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancel);
        let scan = std::thread::spawn(move || scanner.acquire(&limits(), &flag));
        assert!(wait(|| sim.heard().iter().any(|request| request.path.ends_with("NextDocument"))));
        cancel.store(true, Ordering::Release);
        let asked = Instant::now();
        assert!(matches!(scan.join().expect("no panic"), Err(AcquireError::Cancelled)));
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        assert!(wait(|| !sim.is_reserved()), "the job was ended");
    }
}

#[test]
fn a_job_that_starts_after_its_owner_left_is_ended() {
    let sim = loaded(0);
    sim.inject(Fault::LateStart, Lasting::FromNow);
    let mut scanner = source(&sim, PageSource::Glass);
    let cancel = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancel);
    let scan = std::thread::spawn(move || scanner.acquire(&limits(), &flag));
    assert!(wait(|| sim.jobs().0 == 1));
    cancel.store(true, Ordering::Release);
    assert!(matches!(scan.join().expect("no panic"), Err(AcquireError::Cancelled)));
    assert!(wait(|| sim.jobs() == (1, 1) && !sim.is_reserved()), "nobody would ever end it");
}

#[test]
fn a_poll_never_holds_its_thread_and_silence_becomes_unknown() {
    let sim = loaded(0);
    let mut scanner = source(&sim, PageSource::Glass);
    assert_eq!(scanner.status().device, DeviceState::Unknown);
    assert!(scanner.status().conditions.is_empty(), "never asked is not silent");
    sim.inject(Fault::Mute, Lasting::FromNow);
    let (began, mut longest) = (Instant::now(), Duration::ZERO);
    while began.elapsed() < SILENT_AFTER + Duration::from_secs(1) {
        let polled = Instant::now();
        scanner.refresh();
        longest = longest.max(polled.elapsed());
    }
    assert!(longest < POLL_WAIT + Duration::from_millis(50), "{longest:?}");
    let status = scanner.status();
    assert!(status.device == DeviceState::Unknown && status.has(Condition::LINK_SILENT), "{status:?}");
    sim.heal();
    assert!(wait_for(&mut scanner, |status| status.availability() == Availability::Ready));
    let (_, age) = scanner.last_known().expect("there was an answer");
    assert!(age < Duration::from_secs(1));
}

fn wait_for(scanner: &mut Escl, level: impl Fn(&drivers::status::Status) -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if level(&scanner.refresh()) {
            return true;
        }
    }
    false
}
