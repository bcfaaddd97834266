//! From a touch to the next page on the glass: real pages, real flow, real store, the software renderer at 1080×1920.
//!
//! A sample begins when the press reaches the window and ends when the frame after the page change is drawn; the finger is
//! lifted at once, since how long a person presses is not ours. In between lie the pressed look, the decision, the draft on
//! disk and the drawing of the whole page.
//! The rule a newcomer would break: a page swallows touches for a moment after it came, so the robot looks at it first, and
//! that moment is no part of any sample.

use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use drivers::sim::{Bench, BenchOptions};
use kiosk::app::Screen;
use kiosk::boot;
use kiosk::clock::SystemClock;
use kiosk::demo::devices::simulated;
use kiosk::demo::office::{Failure, Office};
use kiosk::mint::SystemChance;
use kiosk::present::Stage;
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, PhysicalSize, SharedString};
use ui::headless::{Clock, Headless, TouchError};
use ui::{AppWindow, CaptureMode, PageKind, Resident};

use crate::Ground;
use crate::table::{Row, Spans, Verdict, show};

const SIZE: PhysicalSize = PhysicalSize { width: 1080, height: 1920 };
const BAR: Duration = Duration::from_millis(50);
/// A page that has not come by then is not late but broken.
const PAGE_WAIT: Duration = Duration::from_secs(10);
/// Longer than the page's guard and the flow's double-touch time.
const LOOK: Duration = Duration::from_millis(450);
const SCROLLS_MAX: usize = 10;
/// Ways back to the first question, after the first way to the camera. One answer there leads straight to the camera again.
const RETURNS: usize = 4;
const STEPS_BACK: usize = 9;
const FIRST_ANSWER: &str = "Ya, pernah";
/// An invented woman, NIK serial 0000.
const TYPED: [&str; 4] = ["3578014507900000", "3578010101100000", "SITI SPESIMEN", "05071990"];

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let data = ground.folder("paint")?;
    let office = Office::open(&data, &ground.shipped("config/catalogue"))?;
    let bench = Bench::new(&BenchOptions::in_folder(&data))?;
    let headless = Headless::install(Clock::Real, SIZE)?;
    let stage = Stage::new()?;
    let handed = Handed::default();
    let devices = simulated(&bench, &ground.shipped("config"))?;
    let clock = Arc::new(SystemClock::start());
    let running = boot::start(office.settings.clone(), devices, clock, Box::new(SystemChance), handed.around(stage.screen()), stage.preview())?;
    stage.connect(running.inbox.clone());
    stage.window.show()?;
    let mut finger =
        Finger { headless, window: stage.window.clone_strong(), handed, turns: Vec::new(), decided: Vec::new(), drawn: Vec::new(), keys: Vec::new() };
    let walked = walk(&mut finger);
    running.stop();
    walked?;

    let Finger { turns, decided, drawn, keys, .. } = finger;
    let (turns, decided, drawn, keys) = (Spans::of(turns)?, Spans::of(decided)?, Spans::of(drawn)?, Spans::of(keys)?);
    let (cleared, copied) = raw_frame()?;
    let raw = format!("a frame of {}×{}×3 bytes cleared: p50 {}, copied: p50 {}", SIZE.width, SIZE.height, show(cleared.at(50)), show(copied.at(50)));
    Ok(vec![
        Row {
            what: "touch to next page painted, software renderer, 1080×1920".into(),
            measured: turns.three(),
            bar: format!("p95 ≤ {}", show(BAR)),
            verdict: Verdict::of(turns.at(95) <= BAR),
            beside: format!(
                "pressed look, decided and durable: {}; laid out and drawn: {}; worst turn {}; {raw}",
                decided.two(),
                drawn.two(),
                show(turns.worst())
            ),
        },
        Row::without_bar("touch on a key to its letter painted", keys.three(), "only what changed is drawn".into()),
    ])
}

/// To the camera, then several times back to the first question and forth again.
fn walk(finger: &mut Finger) -> Result<(), Failure> {
    finger.arrive(PageKind::Idle)?;
    for label in ["Sentuh layar untuk mulai", "KTP saya hilang", "Lengkap, mulai", "Saya mengerti"] {
        finger.turn(label)?;
    }
    for choice in [FIRST_ANSWER, "KTP saya hilang", "Ya, saya bawa", "Tidak, sudah lama"] {
        finger.turn(choice)?;
    }
    for text in TYPED {
        finger.type_text(text)?;
        finger.turn("Lanjut")?;
    }
    finger.turn("Lewati")?;
    for _ in 0..RETURNS {
        finger.arrive(PageKind::Capture)?;
        for _ in 0..STEPS_BACK {
            finger.turn("Kembali")?;
        }
        finger.turn(FIRST_ANSWER)?;
    }
    finger.arrive(PageKind::Capture)
}

/// When the app handed over its newest scene: the border between deciding and drawing.
#[derive(Clone, Default)]
struct Handed(Arc<Mutex<Option<Instant>>>);

impl Handed {
    fn around(&self, screen: Screen) -> Screen {
        let last = Arc::clone(&self.0);
        Box::new(move |scene| {
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            screen(scene);
        })
    }

    fn at(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What makes one page differ from the next.
#[derive(PartialEq)]
struct Sight {
    page: PageKind,
    choice: SharedString,
    entry: SharedString,
    mode: CaptureMode,
}

struct Finger {
    headless: Headless,
    window: AppWindow,
    handed: Handed,
    turns: Vec<Duration>,
    decided: Vec<Duration>,
    drawn: Vec<Duration>,
    keys: Vec<Duration>,
}

impl Finger {
    fn sight(&self) -> Sight {
        let resident = self.window.global::<Resident>();
        Sight { page: resident.get_page(), choice: resident.get_choice().question, entry: resident.get_entry().question, mode: resident.get_capture().mode }
    }

    fn arrive(&self, page: PageKind) -> Result<(), Failure> {
        let arrived = self.headless.run_until(PAGE_WAIT, || self.sight().page == page);
        arrived.map_err(|_| format!("expected the page {page:?}, but {:?} is shown", self.sight().page).into())
    }

    /// Touches what carries `label` and waits, measured, until another page is drawn.
    fn turn(&mut self, label: &str) -> Result<(), Failure> {
        let _the_moment_is_over = self.headless.run_until(LOOK, || false);
        let middle = self.place(label)?;
        let before = self.sight();
        let begun = self.press(middle)?;
        let turned = self.headless.run_until(PAGE_WAIT, || self.sight() != before);
        let ended = Instant::now();
        turned.map_err(|_| format!("touching {label:?} on {:?} turned no page", before.page))?;
        self.lift()?;
        let handed = self.handed.at().filter(|handed| (begun..ended).contains(handed)).ok_or_else(|| format!("{label:?}: a page came from nowhere"))?;
        self.turns.push(ended - begun);
        self.decided.push(handed - begun);
        self.drawn.push(ended - handed);
        Ok(())
    }

    /// Types on the keys of the page, measuring each until the field shows it.
    fn type_text(&mut self, text: &str) -> Result<(), Failure> {
        let _the_moment_is_over = self.headless.run_until(LOOK, || false);
        for character in text.chars() {
            let key = if character == ' ' { "Spasi".to_owned() } else { character.to_string() };
            let middle = self.place(&key)?;
            let shown = || self.window.global::<Resident>().get_entry();
            let before = shown();
            let begun = self.press(middle)?;
            self.headless.run_until(PAGE_WAIT, || shown() != before).map_err(|_| format!("the key {key:?} typed nothing"))?;
            self.keys.push(begun.elapsed());
            self.lift()?;
        }
        Ok(())
    }

    /// Where the label is, scrolled into sight when it has to be.
    fn place(&self, label: &str) -> Result<slint::LogicalPosition, Failure> {
        const DOWN: &str = "Ke bawah";
        for _ in 0..SCROLLS_MAX {
            match self.headless.find(&self.window, label) {
                Ok(place) => return Ok(place.middle()),
                Err(TouchError::NotThere { .. }) if self.headless.find(&self.window, DOWN).is_ok() => {
                    self.headless.touch_label(&self.window, DOWN)?;
                    let _the_moment_is_over = self.headless.run_until(LOOK, || false);
                }
                Err(reason) => return Err(reason.into()),
            }
        }
        Err(format!("{label:?} was not found by scrolling").into())
    }

    /// Presses and releases; answers when the press reached the window.
    fn press(&self, position: slint::LogicalPosition) -> Result<Instant, Failure> {
        let (window, button) = (self.window.window(), PointerEventButton::Left);
        window.dispatch_event_with_result(WindowEvent::PointerMoved { position })?;
        self.headless.step();
        let begun = Instant::now();
        window.dispatch_event_with_result(WindowEvent::PointerPressed { position, button })?;
        self.headless.step();
        window.dispatch_event_with_result(WindowEvent::PointerReleased { position, button })?;
        Ok(begun)
    }

    fn lift(&self) -> Result<(), Failure> {
        self.window.window().dispatch_event_with_result(WindowEvent::PointerExited)?;
        self.headless.step();
        Ok(())
    }
}

/// The least that drawing a frame can cost: filling its buffer, and copying it.
fn raw_frame() -> Result<(Spans, Spans), Failure> {
    const ROUNDS: usize = 100;
    let bytes = SIZE.width as usize * SIZE.height as usize * 3;
    let (mut near, mut far) = (vec![1u8; bytes], vec![2u8; bytes]);
    let (mut cleared, mut copied) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let begun = Instant::now();
        black_box(&mut near).fill(round as u8);
        cleared.push(begun.elapsed());
        let begun = Instant::now();
        black_box(&mut far).copy_from_slice(black_box(&near));
        copied.push(begun.elapsed());
    }
    Ok((Spans::of(cleared)?, Spans::of(copied)?))
}
