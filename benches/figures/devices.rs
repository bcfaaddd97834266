//! Devices: how soon a fault is shown, how fast a slip is on paper, what preview and polls cost.
//!
//! The fault rows go the whole way from the simulated printer's bytes to the view that the pages paint.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use drivers::camera::{Frame, FrameSource};
use drivers::link::SerialLink;
use drivers::printer::{EscPos, Permit, PrintJob, PrintOutcome, Printer, Profile, encode_job};
use drivers::sim::printer::PaperPrinterOptions;
use drivers::sim::{Bench, BenchOptions};
use flow::view::{Page, View};
use kiosk::app::{Scene, Screen};
use kiosk::boot;
use kiosk::clock::SystemClock;
use kiosk::demo::devices::simulated;
use kiosk::demo::office::{Failure, Office};
use kiosk::mint::SystemChance;
use kiosk::paper;

use crate::Ground;
use crate::slip::longest_slip;
use crate::table::{Row, Spans, Verdict, show};
use crate::wait::{pause, until};

const FAULT_ROUNDS: usize = 12;
const FAULT_BAR: Duration = Duration::from_secs(1);
const UNPLUG_BAR: Duration = Duration::from_secs(5);
const POLLS: usize = 100;
const POLL_BAR: Duration = Duration::from_millis(200);
const ON_PAPER_BAR: Duration = Duration::from_secs(3);
const PREVIEW_FRAMES: u32 = 240;
const PREVIEW_PER_S: f64 = 24.0;
const PREVIEW_SHARE_BAR: f64 = 0.40;
const PATIENCE: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(2);
/// Bits of one byte on a serial line: start, eight, stop.
const BITS_PER_BYTE: u64 = 10;

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let mut rows = faults(ground)?;
    rows.push(poll(ground)?);
    rows.push(on_paper(ground)?);
    rows.push(preview()?);
    Ok(rows)
}

/// The newest view.
#[derive(Clone, Default)]
struct Glass(Arc<Mutex<Option<View>>>);

impl Glass {
    fn screen(&self) -> Screen {
        let glass = Arc::clone(&self.0);
        Box::new(move |scene: Scene| *glass.lock().unwrap_or_else(PoisonError::into_inner) = Some(scene.view))
    }

    /// Does the idle page say that there is no paper?
    fn tells_no_paper(&self) -> bool {
        let view = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(view.as_ref().map(|view| &view.page), Some(Page::Idle { notices, .. }) if notices.iter().any(|notice| notice.sentence.contains("kertas")))
    }
}

fn faults(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let data = ground.folder("devices")?;
    let office = Office::open(&data, &ground.shipped("config/catalogue"))?;
    let bench = Bench::new(&BenchOptions::in_folder(&data))?;
    let devices = simulated(&bench, &ground.shipped("config"))?;
    let glass = Glass::default();
    let running = boot::start(office.settings.clone(), devices, Arc::new(SystemClock::start()), Box::new(SystemChance), glass.screen(), Arc::new(|_| {}))?;
    type Act = fn(&Bench);
    let acts: [(&str, Act, Act, Duration); 3] = [
        ("paper out", |bench| bench.printer.paper_out(), |bench| bench.printer.paper_in(), FAULT_BAR),
        ("cover open", |bench| bench.printer.open_cover(true), |bench| bench.printer.open_cover(false), FAULT_BAR),
        ("printer unplugged", |bench| bench.printer.unplug(), |bench| bench.printer.replug(), UNPLUG_BAR),
    ];
    let mut rows = Vec::new();
    for (what, harm, heal, bar) in acts {
        let (mut shown, mut healed) = (Vec::new(), Vec::new());
        for round in 0..FAULT_ROUNDS {
            if !until(PATIENCE, TICK, || !glass.tells_no_paper()) {
                return Err(format!("{what}: the printer was not ready again").into());
            }
            // At another moment between two polls each time.
            pause(Duration::from_millis(700 + 61 * round as u64));
            harm(&bench);
            let begun = Instant::now();
            if !until(PATIENCE, TICK, || glass.tells_no_paper()) {
                return Err(format!("{what}: was never shown").into());
            }
            shown.push(begun.elapsed());
            heal(&bench);
            let begun = Instant::now();
            if until(PATIENCE, TICK, || !glass.tells_no_paper()) {
                healed.push(begun.elapsed());
            }
        }
        let (shown, healed) = (Spans::of(shown)?, Spans::of(healed)?);
        rows.push(Row {
            what: format!("{what}: until the idle page says so"),
            measured: format!("p50 {} / worst {} ({} times)", show(shown.at(50)), show(shown.worst()), shown.count()),
            bar: format!("worst ≤ {}", show(bar)),
            verdict: Verdict::of(shown.worst() <= bar),
            beside: format!("until it is taken back after mending: {}", healed.two()),
        });
    }
    running.stop();
    Ok(rows)
}

fn desk(ground: &Ground, name: &str) -> Result<(Bench, EscPos<SerialLink>, Profile), Failure> {
    let mut options = BenchOptions::in_folder(ground.folder(name)?);
    options.printer = PaperPrinterOptions { mm_per_s: 150.0, ..PaperPrinterOptions::default() };
    let bench = Bench::new(&options)?;
    let profile = Profile::load(&ground.shipped("config/printers/generic-80mm.toml"))?;
    let driver = EscPos::new(SerialLink::new(bench.printer.path(), profile.baud), profile.clone());
    Ok((bench, driver, profile))
}

fn poll(ground: &Ground) -> Result<Row, Failure> {
    let (bench, mut driver, _) = desk(ground, "devices-poll")?;
    let (mut answered, mut silent) = (Vec::new(), Vec::new());
    for round in 0..POLLS {
        let is_silent = round >= POLLS / 2;
        bench.printer.silent(is_silent);
        let begun = Instant::now();
        driver.poll();
        let spans = if is_silent { &mut silent } else { &mut answered };
        spans.push(begun.elapsed());
        pause(Duration::from_millis(20));
    }
    let (answered, silent) = (Spans::of(answered)?, Spans::of(silent)?);
    let worst = answered.worst().max(silent.worst());
    Ok(Row {
        what: "one poll of the slip printer holds its thread".into(),
        measured: format!("answering: {}; silent: p50 {}, worst {}", answered.three(), show(silent.at(50)), show(silent.worst())),
        bar: format!("worst ≤ {}", show(POLL_BAR)),
        verdict: Verdict::of(worst <= POLL_BAR),
        beside: "four questions, each with its own time limit".into(),
    })
}

fn on_paper(ground: &Ground) -> Result<Row, Failure> {
    let (bench, mut driver, profile) = desk(ground, "devices-paper")?;
    let document = paper::slip(&longest_slip(ground)?);
    let encoded = encode_job(&document, &profile)?;
    // The pseudo terminal has no speed of its own, so the line's time is added to what was measured.
    let on_line = Duration::from_millis(encoded.bytes.len() as u64 * BITS_PER_BYTE * 1000 / u64::from(profile.baud));
    if !until(PATIENCE, TICK, || driver.status().device == drivers::status::DeviceState::Online) {
        return Err("the printer was never ready".into());
    }
    let begun = Instant::now();
    let outcome = driver.print(&PrintJob { token: 1, document, permit: Permit::new() });
    if !matches!(outcome, PrintOutcome::Printed(_)) || !bench.printer.wait_for_paper(1, PATIENCE) {
        return Err(format!("the slip did not come out: {outcome:?}").into());
    }
    let whole = begun.elapsed() + on_line;
    let feed = Duration::from_secs_f64(f64::from(encoded.length_mm) / 150.0);
    Ok(Row {
        what: "longest slip on paper, raster QR, serial at 115200, paper at 150 mm/s".into(),
        measured: format!("{} ({} bytes, {} mm; the line's share {})", show(whole), encoded.bytes.len(), encoded.length_mm, show(on_line)),
        bar: format!("≤ {}", show(ON_PAPER_BAR)),
        verdict: Verdict::of(whole <= ON_PAPER_BAR),
        beside: format!("the paper's own way at that speed: {}", show(feed)),
    })
}

/// A source of one JPEG, as fast as it is asked.
struct Still(Vec<u8>);

impl FrameSource for Still {
    fn next_frame(&mut self, _timeout: Duration) -> Result<Frame, drivers::camera::FrameError> {
        Frame::from_jpeg_buffer(&self.0, Instant::now())
    }
}

fn preview() -> Result<Row, Failure> {
    let page = kiosk::demo::specimen::police_letter(1)?;
    let small = drivers::picture::thumbnail(&page, 640);
    let encoded = drivers::picture::encode_page(&small, 200_000)?;
    let mut source = Still(encoded.jpeg);
    let begun = Instant::now();
    for _ in 0..PREVIEW_FRAMES {
        let frame = source.next_frame(Duration::from_secs(1))?;
        std::hint::black_box(kiosk::pictures::Shown::of(&frame.preview(1280)?, 640));
    }
    let each = begun.elapsed() / PREVIEW_FRAMES;
    let share = each.as_secs_f64() * PREVIEW_PER_S;
    Ok(Row {
        what: format!("live picture of {}×{} from JPEG to the screen's pixels, at {PREVIEW_PER_S} a second", encoded.width, encoded.height),
        measured: format!("{} each, {:.0} % of one core", show(each), share * 100.0),
        bar: format!("< {:.0} % of one core", PREVIEW_SHARE_BAR * 100.0),
        verdict: Verdict::of(share < PREVIEW_SHARE_BAR),
        beside: format!("{:.0} pictures a second on one core", 1.0 / each.as_secs_f64()),
    })
}
