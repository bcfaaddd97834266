//! The meja uji: a second window beside the kiosk, with the paper as it comes out and a hand on every plug.

use std::rc::Rc;
use std::time::Duration;

use drivers::sim::Bench;
use outbox::Outbox;
use slint::{ComponentHandle, Image, ModelRc, Rgb8Pixel, SharedPixelBuffer, Timer, TimerMode, VecModel};
use ui::{BenchLine, BenchState, BenchWindow};

use super::link::Link;
use super::office::Failure;
use super::specimen;

const LOOK_EVERY: Duration = Duration::from_millis(300);
const HELD_PERCENT: u32 = 96;
/// Right of the kiosk window, where no window manager places it by itself.
const BESIDE_KIOSK_PX: f32 = 570.0;

/// Opens the second window. Keep what comes back as long as the program runs.
pub fn open(bench: &Bench, link: &Link, outbox: &Outbox) -> Result<(BenchWindow, Timer), Failure> {
    let window = BenchWindow::new()?;
    connect(&window, bench, link);
    let timer = Timer::default();
    let (weak, bench, link, outbox) = (window.as_weak(), bench.clone(), link.clone(), outbox.clone());
    let mut papers = 0;
    timer.start(TimerMode::Repeated, LOOK_EVERY, move || {
        let Some(window) = weak.upgrade() else { return };
        let state = window.global::<BenchState>();
        let all = bench.printer.papers();
        if all.len() != papers {
            papers = all.len();
            if let Some(paper) = all.last() {
                let page = paper.held_up();
                state.set_paper(Image::from_rgb8(SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(page.pixels(), page.width(), page.height())));
            }
            state.set_papers(i32::try_from(papers).unwrap_or(i32::MAX));
        }
        state.set_printer_plugged(bench.printer.is_plugged());
        state.set_network_up(link.is_up());
        #[expect(clippy::disallowed_methods, reason = "a bench beside the kiosk looks at the clock as a person would")]
        let queued = outbox.summary(jiff::Timestamp::now()).map(|summary| summary.queued).unwrap_or_default();
        let line = |label: &str, state: String| BenchLine { label: label.into(), state: state.into() };
        state.set_lines(ModelRc::from(Rc::new(VecModel::from(vec![
            line("Printer", if bench.printer.is_plugged() { "Terpasang" } else { "Tercabut" }.to_owned()),
            line("Pemindai", format!("{} lembar menunggu", bench.scanner.waiting())),
            line("Menunggu dikirim", format!("{queued} permohonan")),
            line("Pusat", if link.is_up() { "Tersambung" } else { "Terputus" }.to_owned()),
        ]))));
    });
    window.window().set_position(slint::LogicalPosition::new(BESIDE_KIOSK_PX, 0.0));
    window.show()?;
    Ok((window, timer))
}

fn connect(window: &BenchWindow, bench: &Bench, link: &Link) {
    let state = window.global::<BenchState>();
    let act = |change: fn(&Bench, &BenchState<'_>)| {
        let (bench, weak) = (bench.clone(), window.as_weak());
        move || {
            if let Some(window) = weak.upgrade() {
                change(&bench, &window.global::<BenchState>());
            }
        }
    };
    state.on_pull_paper(act(|bench, state| {
        bench.printer.paper_out();
        state.set_paper_loaded(false);
    }));
    state.on_load_paper(act(|bench, state| {
        bench.printer.paper_in();
        state.set_paper_loaded(true);
    }));
    state.on_open_cover(act(|bench, state| {
        bench.printer.open_cover(true);
        state.set_cover_closed(false);
    }));
    state.on_close_cover(act(|bench, state| {
        bench.printer.open_cover(false);
        state.set_cover_closed(true);
    }));
    state.on_toggle_near_end(act(|bench, state| {
        let near = !state.get_paper_near_end();
        bench.printer.near_end(near);
        state.set_paper_near_end(near);
    }));
    state.on_toggle_silence(act(|bench, state| {
        let answers = !state.get_printer_answers();
        bench.printer.silent(!answers);
        state.set_printer_answers(answers);
    }));
    state.on_unplug_printer(act(|bench, _| bench.printer.unplug()));
    state.on_replug_printer(act(|bench, _| bench.printer.replug()));
    state.on_toggle_dark(act(|bench, state| {
        let dark = !state.get_camera_dark();
        bench.camera.dark(dark);
        state.set_camera_dark(dark);
    }));
    state.on_lay_document(act(|bench, _| {
        if let Ok(letter) = specimen::police_letter(1) {
            bench.scanner.lay(&letter);
        }
    }));
    state.on_show_document(act(|bench, _| {
        if let Ok(letter) = specimen::police_letter(1) {
            bench.camera.hold(&letter, HELD_PERCENT);
        }
    }));
    state.on_show_slip_code(act(|bench, _| {
        if let Some(paper) = bench.printer.papers().last() {
            bench.camera.hold(&paper.held_up(), HELD_PERCENT);
        }
    }));
    let (cut, joined) = (link.clone(), link.clone());
    state.on_cut_network(move || cut.cut());
    state.on_join_network(move || joined.join());
}
