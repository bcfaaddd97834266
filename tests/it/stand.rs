//! An office, a bench and a kiosk, set up for one test and gone after it. Waiting is always for something, with an end.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use drivers::sim::printer::PaperPrinterOptions;
use drivers::sim::{Bench, BenchOptions};
use flow::view::{CaptureMode, Page, PaperState, SlipPage, View};
use flow::{Intent, Moment};
use kiosk::app::{Scene, Screen};
use kiosk::boot::{self, BootError, Running};
use kiosk::clock::{Clock, SystemClock};
use kiosk::demo::devices::simulated;
use kiosk::demo::office::Office;
use kiosk::demo::specimen;
use kiosk::devices::Preview;
use kiosk::mint::SystemChance;
use kiosk::present::Stage;
use kiosk::settings::Settings;

/// An invented woman, NIK serial 0000; none of the examples of the catalogue, which stand on the disk beside her.
pub const NIK: &str = "3578024507900000";
pub const NO_KK: &str = "3578010101100000";
pub const NAME: &str = "SITI SPESIMEN";
pub const BORN: &str = "05071990";
pub const LETTER: &str = "surat_kehilangan";
/// Nothing in these tests takes longer without being broken.
pub const WAIT: Duration = Duration::from_secs(40);

/// The machine's clock, with hands that a test can move.
pub struct HandClock {
    real: SystemClock,
    ahead_ms: AtomicU64,
    wall_offset_secs: AtomicI64,
}

impl HandClock {
    pub fn start() -> Arc<Self> {
        Arc::new(Self { real: SystemClock::start(), ahead_ms: AtomicU64::new(0), wall_offset_secs: AtomicI64::new(0) })
    }

    pub fn advance(&self, time: Duration) {
        self.ahead_ms.fetch_add(u64::try_from(time.as_millis()).expect("tests wait for less than an age"), Ordering::AcqRel);
    }

    /// Steps the calendar, not the stopwatch.
    pub fn step_wall(&self, secs: i64) {
        self.wall_offset_secs.fetch_add(secs, Ordering::AcqRel);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Moment {
        let now = self.real.now();
        let wall = now.wall + jiff::SignedDuration::from_secs(self.wall_offset_secs.load(Ordering::Acquire));
        Moment { wall, elapsed: now.elapsed + Duration::from_millis(self.ahead_ms.load(Ordering::Acquire)), ..now }
    }
}

#[derive(Default)]
struct Glass {
    view: Mutex<Option<View>>,
    changed: Condvar,
}

/// A kiosk and the resident before it.
pub struct Stand {
    pub running: Running,
    pub bench: Bench,
    pub clock: Arc<HandClock>,
    glass: Arc<Glass>,
}

pub fn config_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

pub fn office(dir: &Path) -> Office {
    Office::open(&dir.join("office"), &config_dir().join("catalogue")).expect("an office can be set up in an empty folder")
}

/// A bench whose printer is much faster than life.
pub fn bench(dir: &Path) -> Bench {
    let folder = dir.join("bench");
    std::fs::create_dir_all(&folder).expect("the test's own folder is writable");
    let printer = PaperPrinterOptions { time_scale: 40.0, ..PaperPrinterOptions::default() };
    Bench::new(&BenchOptions { folder, printer }).expect("a bench can be set up")
}

impl Stand {
    pub fn start(settings: Settings, bench: Bench) -> Self {
        Self::try_start(settings, bench).expect("the kiosk starts")
    }

    pub fn try_start(settings: Settings, bench: Bench) -> Result<Self, BootError> {
        Self::boot(settings, bench, None)
    }

    /// A kiosk whose scenes are also painted on the real pages.
    pub fn start_on(settings: Settings, bench: Bench, stage: Option<&Stage>) -> Self {
        Self::boot(settings, bench, stage).expect("the kiosk starts")
    }

    /// The city's moment now.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now().wall
    }

    fn boot(settings: Settings, bench: Bench, stage: Option<&Stage>) -> Result<Self, BootError> {
        let devices = simulated(&bench, &config_dir())?;
        let glass = Arc::new(Glass::default());
        let shown = Arc::clone(&glass);
        let pages = stage.map(Stage::screen);
        let screen: Screen = Box::new(move |scene: Scene| {
            if let Some(pages) = &pages {
                pages(scene.clone());
            }
            *shown.view.lock().unwrap_or_else(PoisonError::into_inner) = Some(scene.view);
            shown.changed.notify_all();
        });
        let clock = HandClock::start();
        let running = boot::start(
            settings,
            devices,
            Arc::clone(&clock) as Arc<dyn Clock>,
            Box::new(SystemChance),
            screen,
            stage.map_or_else(|| Arc::new(|_| {}) as Preview, Stage::preview),
        )?;
        if let Some(stage) = stage {
            stage.connect(running.inbox.clone());
        }
        let stand = Self { running, bench, clock, glass };
        stand.until("devices are ready", |view| matches!(&view.page, Page::Idle { notices, .. } if !notices.iter().any(|notice| notice.sentence.contains("kertas") || notice.sentence.contains("Kamera"))));
        Ok(stand)
    }

    /// Waits until the screen is as wanted, and returns it.
    pub fn until(&self, what: &str, level: impl Fn(&View) -> bool) -> View {
        let began = Instant::now();
        let mut view = self.glass.view.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(shown) = view.as_ref().filter(|shown| level(shown)) {
                return shown.clone();
            }
            assert!(began.elapsed() < WAIT, "{what}: did not happen; shown is {:?}", view.as_ref().map(|view| &view.page));
            view = self.glass.changed.wait_timeout(view, Duration::from_millis(200)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// One deliberate touch, well after the page has turned.
    pub fn touch(&self, intent: Intent) {
        self.clock.advance(Duration::from_secs(1));
        assert!(self.running.inbox.intent(intent), "the app takes touches");
    }

    pub fn type_text(&self, text: &str) {
        for key in text.chars() {
            self.touch(Intent::Key(key));
        }
    }

    /// Waits for exactly this question, however it is answered.
    pub fn until_asked(&self, question: &str) {
        self.until(question, |view| match &view.page {
            Page::Choice { question: shown, .. } => shown == question,
            Page::Entry(entry) => entry.question == question,
            Page::Pick(pick) => pick.question == question,
            _ => false,
        });
    }

    pub fn question(&self, question: &str) {
        self.until(question, |view| match &view.page {
            Page::Choice { question: shown, .. } => shown.contains(question),
            Page::Entry(entry) => entry.question.contains(question),
            _ => false,
        });
    }

    pub fn choose(&self, question: &str, value: &str) {
        self.question(question);
        self.touch(Intent::Choose(value.into()));
    }

    pub fn fill(&self, question: &str, text: &str) {
        self.question(question);
        self.type_text(text);
        self.touch(Intent::GoOn);
    }

    /// From the idle or the goodbye page to the life events.
    pub fn to_home(&self) {
        let view = self.until("idle or goodbye", |view| matches!(view.page, Page::Idle { .. } | Page::Goodbye { .. }));
        if matches!(view.page, Page::Goodbye { .. }) {
            self.touch(Intent::Wake);
            self.until("idle", |view| matches!(view.page, Page::Idle { .. }));
        }
        self.touch(Intent::Wake);
        self.until("home", |view| matches!(view.page, Page::Home { .. }));
    }

    pub fn to_questions(&self) {
        self.to_home();
        self.touch(Intent::ChooseEvent("ktp-hilang".into()));
        self.until("requirements", |view| matches!(view.page, Page::Requirements { .. }));
        self.touch(Intent::GoOn);
        self.until("privacy", |view| matches!(view.page, Page::Privacy { .. }));
        self.touch(Intent::GoOn);
    }

    /// Every question answered and the NIK typed: the number of the family card comes next.
    pub fn to_family_card(&self) {
        self.to_questions();
        self.choose("pernah punya", "ya");
        self.choose("Kenapa", "hilang");
        self.choose("Surat kehilangan", "ya");
        self.choose("6 bulan", "tidak");
        self.fill("NIK", NIK);
        self.question("nomor Kartu Keluarga");
    }

    /// From the number of the family card to the camera.
    pub fn on_to_capture(&self) {
        self.fill("nomor Kartu Keluarga", NO_KK);
        self.fill("nama lengkap", NAME);
        self.fill("tanggal lahir", BORN);
        self.question("telepon");
        self.touch(Intent::Skip);
        self.until("the camera is live", is_capture(|mode| *mode == CaptureMode::Live));
    }

    pub fn to_capture(&self) {
        self.to_family_card();
        self.on_to_capture();
    }

    /// Photographs the letter that lies before the camera and keeps it.
    pub fn take_page(&self) {
        self.bench.camera.hold(&specimen::police_letter(1).expect("a font is installed"), 96);
        self.until("the camera is live", is_capture(|mode| *mode == CaptureMode::Live));
        self.touch(Intent::GoOn);
        self.until("the picture is shown", is_capture(|mode| matches!(mode, CaptureMode::Review { .. })));
        self.touch(Intent::GoOn);
        self.until("the page is kept", is_capture(|mode| *mode == CaptureMode::Pages));
        self.touch(Intent::GoOn);
    }

    pub fn to_check(&self) {
        self.to_capture();
        self.take_page();
        self.until("check", |view| matches!(view.page, Page::Check { .. }));
    }

    /// Applies for a lost KTP; returns the slip page once the paper's fate is known.
    pub fn apply(&self) -> SlipPage {
        self.to_check();
        self.touch(Intent::GoOn);
        self.slip_when("the fate of the paper is known", |slip| slip.paper != PaperState::Printing)
    }

    pub fn slip_when(&self, what: &str, level: impl Fn(&SlipPage) -> bool) -> SlipPage {
        let view = self.until(what, |view| matches!(&view.page, Page::Slip(slip) if level(slip)));
        match view.page {
            Page::Slip(slip) => slip,
            other => panic!("waited for a slip and got {other:?}"),
        }
    }

    /// Waits until nothing is queued any more.
    pub fn until_delivered(&self) {
        self.until_queued(0);
    }

    pub fn until_queued(&self, count: u32) {
        let began = Instant::now();
        loop {
            let summary = self.running.outbox.summary(self.clock.now().wall).expect("the outbox answers");
            if summary.queued == count {
                return;
            }
            assert!(began.elapsed() < WAIT, "{} are queued instead of {count}", summary.queued);
            std::thread::park_timeout(Duration::from_millis(50));
        }
    }
}

pub fn is_capture(level: impl Fn(&CaptureMode) -> bool) -> impl Fn(&View) -> bool {
    move |view| matches!(&view.page, Page::Capture(capture) if level(&capture.mode))
}
