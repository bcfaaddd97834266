//! Storms: seeded faults over every device at once, while drivers work; what must hold at any moment is looked at all the time.
//!
//! A seed that found something is put into `SEEDS`.

mod common;

use common::{Desk, PATIENCE, QR_TEXT, SHORT, profile, text_page};
use drivers::camera::{CameraHost, HostTiming};
use drivers::imager::{CodeSource, Framing, SerialImager};
use drivers::link::SerialLink;
use drivers::printer::{Block, Document, EscPos, Permit, PrintJob, Printer, Profile, TextSize};
use drivers::scanner::{AcquireLimits, DocumentSource, Escl, EsclSettings, PageSource, ScanJob};
use drivers::sheet::{IppPrinter, Place, SheetLimits, SheetPrinter, SheetSettings, Trust};
use drivers::sim::storm::{Act, Step, Target};
use drivers::sim::{Bench, Fault, Lasting, Storm};
use drivers::status::{Availability, Status, TABLE};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// Storms that are played every time.
const SEEDS: [u64; 3] = [1, 4711, 20_261_123];
const STEPS: usize = 40;
/// A status may take 200 ms; the rest is for a machine that runs many tests at once.
const STATUS_LIMIT: Duration = Duration::from_millis(200 + 1_500);
/// A slip of this storm with every wait of `SHORT` used up, and voiding the one before.
const PRINT_LIMIT: Duration = Duration::from_secs(15);
/// A scan of this storm: its deadline, the end of the job, and the machine.
const SCAN_SECS: u64 = 3;
const SCAN_LIMIT: Duration = Duration::from_secs(SCAN_SECS + 12);
const CODE_WAIT: Duration = Duration::from_millis(60);
/// People show one code after the other; the rest of one that stuttered comes before the next.
const CODE_EVERY: Duration = Duration::from_millis(900);

const TIMING: HostTiming = HostTiming {
    look_ms: 5,
    open_ms: 400,
    stall_ms: 250,
    frozen_ms: 300,
    covered_ms: 300,
    reset_ms: 400,
    abandon_ms: 700,
    back_off_ms: 10,
    back_off_ms_max: 40,
    gone_look_ms: 20,
    escalated_ms: 300,
    healthy_ms: 300,
};

/// Runs a call and looks at the time it took.
fn within<T>(what: &str, limit: Duration, call: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = call();
    assert!(began.elapsed() < limit, "{what} took {:?}", began.elapsed());
    result
}

fn is_from_the_table(what: &str, status: &Status) {
    assert!(status.conditions.iter().all(|condition| TABLE.iter().any(|row| row.condition == *condition)), "{what}: {status:?}");
    let _ = (status.availability(), status.required());
}

fn slip(number: u32) -> PrintJob {
    let document =
        Document(vec![Block::heading(format!("JOB{number:04}"), TextSize::Double), Block::text("Badai"), Block::text(format!("JOB{number:04}")), Block::Cut]);
    PrintJob { token: number, document, permit: Permit::new() }
}

fn printer(desk: &Desk) -> EscPos<SerialLink> {
    let profile = profile("epson-tm-t82");
    let profile = Profile { speed_mm_per_s: profile.speed_mm_per_s.saturating_mul(20), ..profile };
    EscPos::with_timing(SerialLink::new(desk.bench.printer.path(), profile.baud), profile, SHORT)
}

fn scanner(bench: &Bench) -> Escl {
    let sim = bench.escl().unwrap_or_else(|fault| panic!("{fault}"));
    let job = ScanJob { source: PageSource::Glass, ..ScanJob::default() };
    Escl::new(EsclSettings { job, ..EsclSettings::at(sim.url()) }).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Asks until the device is ready again.
fn ready(what: &str, seed: u64, mut status: impl FnMut() -> Status) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let now = status();
        if now.availability() == Availability::Ready {
            return;
        }
        assert!(Instant::now() < deadline, "seed {seed}: {what} is not ready after everything was put right: {now:?}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn survive(seed: u64) {
    let storm = Bench::storm(seed, STEPS);
    println!("{storm}");
    let desk = common::desk(576);
    let bench = &desk.bench;
    let (escl, imager, sheet) = (bench.escl().expect("a port"), bench.imager().expect("a line"), bench.sheet().expect("a port"));
    escl.lay_on_glass(&drivers::picture::shrink(&text_page(), 400));
    let over = AtomicBool::new(false);
    let go = || !over.load(Ordering::Acquire);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut printer = printer(&desk);
            let mut number = 0;
            while go() {
                let status = within("the printer's status", STATUS_LIMIT, || printer.poll().status);
                is_from_the_table("printer", &status);
                number += 1;
                let _ = within("a slip", PRINT_LIMIT, || printer.print(&slip(number)));
            }
            ready("the printer", seed, || printer.status());
        });
        scope.spawn(|| {
            let host = CameraHost::start_with(bench.camera.factory(), TIMING);
            while go() {
                is_from_the_table("camera", &within("the camera's status", STATUS_LIMIT, || host.status()));
                if let Some(luma) = host.newest().and_then(|frame| frame.luma().ok()) {
                    assert!(luma.width() > 0 && luma.height() > 0);
                }
                std::thread::park_timeout(Duration::from_millis(15));
            }
            ready("the camera", seed, || host.status());
        });
        scope.spawn(|| {
            let mut scanner = scanner(bench);
            let limits = AcquireLimits { pages_max: 2, page_bytes_max: 4_000_000, deadline_secs: SCAN_SECS, ..AcquireLimits::default() };
            let scan = |scanner: &mut Escl| within("a scan", SCAN_LIMIT, || scanner.acquire(&limits, &AtomicBool::new(false)));
            while go() {
                is_from_the_table("scanner", &within("the scanner's status", STATUS_LIMIT, || scanner.refresh()));
                if let Ok(pages) = scan(&mut scanner) {
                    assert!(pages.len() <= 2 && pages.iter().all(|page| page.decode(&limits).is_ok()));
                }
            }
            ready("the scanner", seed, || {
                let _ = scan(&mut scanner);
                scanner.refresh()
            });
        });
        scope.spawn(|| {
            let mut reader = SerialImager::new(SerialLink::new(imager.path(), 115_200), imager.path(), Framing::default());
            let (mut shown, mut shown_at) = (0, Instant::now());
            let wait = CODE_WAIT + STATUS_LIMIT;
            let _ = reader.next(CODE_WAIT);
            while go() {
                if shown_at.elapsed() >= CODE_EVERY {
                    (shown, shown_at) = (shown + 1, Instant::now());
                    imager.show(format!("{QR_TEXT}-{shown}").as_bytes());
                }
                if let Ok(Some(payload)) = within("a code", wait, || reader.next(CODE_WAIT)) {
                    assert!(payload.text().is_some_and(|text| text.starts_with(QR_TEXT)), "half a code was handed on");
                }
                is_from_the_table("reader", &reader.status());
            }
            ready("the reader", seed, || {
                shown += 1;
                imager.show(format!("{QR_TEXT}-{shown}").as_bytes());
                let _ = reader.next(CODE_WAIT);
                reader.status()
            });
        });
        scope.spawn(|| {
            let place = Place::At(sheet.uri().parse().expect("its own address"));
            let settings = SheetSettings { place, trust: Trust::Anyone, limits: SheetLimits::default() };
            let mut printer = IppPrinter::new(settings).unwrap_or_else(|fault| panic!("{fault}"));
            while go() {
                is_from_the_table("A4 printer", &within("the A4 printer's status", STATUS_LIMIT, || printer.status()));
                std::thread::park_timeout(Duration::from_millis(40));
            }
            ready("the A4 printer", seed, || printer.status());
        });
        let played = storm.play(bench, &AtomicBool::new(false));
        over.store(true, Ordering::Release);
        played.unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
    });
    assert!(desk.bench.printer.wait_until_idle(PATIENCE), "seed {seed}");
    for paper in desk.bench.printer.papers() {
        let numbers: BTreeSet<&str> = paper.text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| word.starts_with("JOB")).collect();
        let whole: BTreeSet<&str> = numbers.iter().copied().filter(|word| word.len() == 7).collect();
        assert!(whole.len() <= 1, "seed {seed}: two slips on one paper: {whole:?}\n{}", paper.text);
    }
}

#[test]
fn the_storms_of_these_seeds_are_survived() {
    SEEDS.into_iter().for_each(survive);
}

#[test]
fn a_fresh_storm_is_survived() {
    let seed = SystemTime::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_nanos() as u64);
    println!("seed {seed}");
    survive(seed);
}

#[test]
fn a_plan_follows_from_its_seed_and_says_everything_it_does() {
    let storm = Bench::storm(4711, 200);
    assert_eq!(storm, Bench::storm(4711, 200));
    assert_ne!(storm.steps, Bench::storm(4713, 200).steps);
    assert_eq!(storm.to_string().lines().count(), storm.steps.len() + 1);
    assert!(storm.steps.windows(2).all(|pair| pair[0].at < pair[1].at));
    assert!(storm.steps.iter().all(|step| !matches!(step.act, Act::Inject(_, Lasting::FromNow))), "a storm's fault ends by itself");
    assert!(Storm::plan(1, 50, &[]).steps.is_empty());
    let device = |step: &Step| match &step.act {
        Act::Inject(Fault::Printer(_), _) => Some(Target::Printer),
        Act::Inject(Fault::Camera(_), _) => Some(Target::Camera),
        Act::Inject(Fault::Imager(_), _) => Some(Target::Imager),
        Act::Inject(Fault::Scanner(_) | Fault::ScannerMechanics(_), _) => Some(Target::Scanner),
        Act::Inject(Fault::Sheet(_) | Fault::SheetMechanics(_), _) => Some(Target::Sheet),
        Act::HealAll => None,
    };
    for target in Target::ALL {
        assert!(storm.steps.iter().any(|step| device(step) == Some(target)), "{target:?} is hit");
        assert!(Storm::plan(9, 50, &[target]).steps.iter().all(|step| device(step).is_none_or(|hit| hit == target)), "{target:?} alone");
    }
}
