//! Every order of the things that people do to a printer, at every boundary between two writes of the driver.
//!
//! Nothing here is random and nothing runs beside the test: the simulated printer works only while the driver speaks to it, and
//! the script of what happens between two writes is enumerated. After each script the next resident prints.

mod common;

use common::{printer_for, profile};
use drivers::link::{Link, LinkError, WriteError};
use drivers::printer::{Block, Document, EscPos, NotPrinted, Permit, PrintJob, PrintOutcome, Printer, Profile, Timing, Unconfirmed};
use drivers::sim::printer::{DirectLink, FontChoice, PaperPrinter, PaperPrinterOptions, Whereabouts};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The printer in memory answers at once, so a look lasts no time; the limits are far off, because a busy machine may stop the
/// test for a moment anywhere, and no script here lets a limit be reached.
const TINY: Timing = Timing { status_ms: 5_000, poll_ms: 1, ask_ms: 0, xoff_ms: 5_000, assumed_mm_per_s: 1_000_000, cutter_ms: 10_000 };

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Revoke,
    PaperOut,
    PaperIn,
    OpenCover,
    CloseCover,
    /// A hand tears off what hangs out.
    Tear,
}

const ACTIONS: [Action; 6] = [Action::Revoke, Action::PaperOut, Action::PaperIn, Action::OpenCover, Action::CloseCover, Action::Tear];

/// What happens before which write of the first job.
type Script = Vec<(usize, Action)>;

#[derive(Default)]
struct Stage {
    writes: usize,
    script: Script,
    torn: bool,
}

/// The direct link, with somebody who acts between two writes.
struct Stepped {
    inner: DirectLink,
    printer: PaperPrinter,
    permit: Permit,
    stage: Arc<Mutex<Stage>>,
}

impl Link for Stepped {
    fn open(&mut self) -> Result<(), LinkError> {
        self.inner.open()
    }
    fn close(&mut self) {
        self.inner.close();
    }
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WriteError> {
        let due: Vec<Action> = {
            let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
            let now = stage.writes;
            stage.writes += 1;
            let due = stage.script.iter().filter(|(at, _)| *at == now).map(|(_, action)| *action).collect::<Vec<_>>();
            stage.torn |= due.contains(&Action::Tear);
            due
        };
        for action in due {
            match action {
                Action::Revoke => self.permit.revoke(),
                Action::PaperOut => self.printer.paper_out(),
                Action::PaperIn => self.printer.paper_in(),
                Action::OpenCover => self.printer.open_cover(true),
                Action::CloseCover => self.printer.open_cover(false),
                Action::Tear => self.printer.tear_off(),
            }
        }
        self.inner.write(bytes, deadline)
    }
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        self.inner.read(buffer, timeout)
    }
    fn unsent_bytes(&mut self) -> usize {
        self.inner.unsent_bytes()
    }
}

/// A slip whose every line names its owner, long enough for several pieces.
fn slip(owner: &str) -> Document {
    let mut blocks = vec![Block::text(format!("AWAL {owner}"))];
    blocks.extend((0..8).map(|line| Block::text(format!("{owner} baris {line:02} dari slip yang panjang"))));
    blocks.push(Block::Qr { text: format!("KLP1:{owner}"), module_dots_min: 4 });
    blocks.extend((8..16).map(|line| Block::text(format!("{owner} baris {line:02} dari slip yang panjang"))));
    blocks.push(Block::text(format!("AKHIR {owner}")));
    blocks.push(Block::Cut);
    Document(blocks)
}

struct World {
    printer: PaperPrinter,
    driver: EscPos<Stepped>,
    stage: Arc<Mutex<Stage>>,
    first: Permit,
}

fn world(profile: &Profile, script: Script) -> World {
    let options = PaperPrinterOptions { time_scale: 1_000_000.0, font: FontChoice::BuiltIn, ..printer_for(profile) };
    let printer = PaperPrinter::in_memory(options);
    let first = Permit::new();
    let stage = Arc::new(Mutex::new(Stage { script, ..Stage::default() }));
    let link = Stepped { inner: printer.direct_link(), printer: printer.clone(), permit: first.clone(), stage: Arc::clone(&stage) };
    World { driver: EscPos::with_timing(link, Profile { speed_mm_per_s: u16::MAX, ..profile.clone() }, TINY), printer, stage, first }
}

/// Runs one script and checks what must hold whatever happens. Gives the number of writes of the first job.
fn check(profile: &Profile, script: &Script, look_in_between: bool) -> usize {
    let mut world = world(profile, script.clone());
    let told = format!("{}, {script:?}, look {look_in_between}", profile.name);
    let outcome = world.driver.print(&PrintJob { token: 1, document: slip("SATU"), permit: world.first.clone() });
    let (writes, torn) = {
        let mut stage = world.stage.lock().unwrap_or_else(PoisonError::into_inner);
        stage.script.clear();
        (stage.writes, stage.torn)
    };
    // Somebody puts everything right, and the next resident comes.
    world.printer.open_cover(false);
    world.printer.paper_in();
    if look_in_between {
        world.driver.poll();
    }
    let next = world.driver.print(&PrintJob { token: 2, document: slip("DUA"), permit: Permit::new() });
    assert!(matches!(next, PrintOutcome::Printed(_)), "{told}: the next slip: {next:?}, the first: {outcome:?}");
    world.printer.direct_link().settle();
    let papers = world.printer.papers();
    let named = |owner: &str| papers.iter().filter(|paper| paper.text.contains(owner)).count();
    let whole =
        |owner: &str| papers.iter().filter(|paper| paper.text.contains(&format!("AWAL {owner}")) && paper.text.contains(&format!("AKHIR {owner}"))).count();
    for paper in &papers {
        assert!(!(paper.text.contains("SATU") && paper.text.contains("DUA")), "{told}: two sessions on one paper:\n{}", paper.text);
    }
    assert!(world.printer.hanging().is_none(), "{told}: something hangs out behind the last cut");
    assert_eq!((whole("DUA"), named("DUA")), (1, 1), "{told}: the next slip is one whole paper");
    assert!(papers.last().is_some_and(|paper| paper.text.contains("AKHIR DUA")), "{told}: nothing comes behind the next slip");
    assert!(papers.iter().all(|paper| paper.whereabouts == Whereabouts::Output || !paper.text.contains("AKHIR DUA") || profile.presenter.is_none()), "{told}");
    assert!(whole("SATU") <= 1, "{told}: the first slip came out twice");
    match &outcome {
        PrintOutcome::Printed(_) => assert!(torn || whole("SATU") == 1, "{told}: printed, but not there"),
        PrintOutcome::NotPrinted(_) => assert_eq!(named("SATU"), 0, "{told}: {outcome:?}, but something came out"),
        PrintOutcome::Unknown(_) => {}
    }
    if script.first().is_some_and(|(at, action)| *at == 0 && *action == Action::Revoke) {
        assert!(matches!(outcome, PrintOutcome::NotPrinted(_)), "{told}: {outcome:?}");
        assert!(script.len() > 1 || matches!(outcome, PrintOutcome::NotPrinted(NotPrinted::Void)), "{told}: {outcome:?}");
    }
    if let PrintOutcome::Unknown(Unconfirmed::Voided { sent_bytes }) = outcome {
        assert!(sent_bytes > 0, "{told}");
    }
    writes
}

/// All scripts of two actions; `stride` thins out the places of the second one.
fn explore(name: &str, stride: usize) {
    let profile = profile(name);
    let writes = check(&profile, &Vec::new(), true);
    assert!(writes > 4, "{name}: a job is several writes");
    let mut scripts = 0;
    for first_at in 0..=writes {
        for first in ACTIONS {
            scripts += 1;
            check(&profile, &vec![(first_at, first)], scripts % 2 == 0);
            for second_at in (first_at..=writes).step_by(stride) {
                for second in ACTIONS.into_iter().filter(|second| *second != first) {
                    scripts += 1;
                    check(&profile, &vec![(first_at, first), (second_at, second)], scripts % 2 == 0);
                }
            }
        }
    }
    println!("{name}: {scripts} scripts over {writes} writes");
}

#[test]
fn nobody_gets_a_piece_of_another_slip_from_a_printer_that_can_clear_its_buffer() {
    explore("epson-tm-t82", 3);
}

#[test]
fn nobody_gets_a_piece_of_another_slip_from_a_printer_that_cannot_clear_its_buffer() {
    explore("generic-80mm", 16);
}

#[test]
fn nobody_gets_a_piece_of_another_slip_from_a_presenter() {
    explore("custom-vkp80", 5);
}

#[test]
fn paper_out_and_in_within_one_slip_and_a_revoked_permit_come_in_any_order() {
    let profile = profile("epson-tm-m30");
    let writes = check(&profile, &Vec::new(), true);
    for revoke_at in 0..=writes {
        for out_at in 0..=writes {
            for in_at in out_at..=writes {
                check(&profile, &vec![(revoke_at, Action::Revoke), (out_at, Action::PaperOut), (in_at, Action::PaperIn)], (out_at + in_at) % 2 == 0);
            }
        }
    }
}
