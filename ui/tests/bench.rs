//! The simulator panel of the demo utters what its buttons say, and the gallery shows every component whole.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use slint::{ComponentHandle, PhysicalSize};
use ui::headless::{Clock, Headless};
use ui::{BenchState, BenchWindow, GalleryWindow};

type Outcome = Result<(), Box<dyn Error>>;

const DESK: PhysicalSize = PhysicalSize { width: 760, height: 960 };
const PORTRAIT: PhysicalSize = PhysicalSize { width: 1080, height: 1920 };
/// Screens that the gallery may be long.
const SCREENS_MAX: usize = 30;

/// A button as it stands when the bench is fresh or turned, and the wish it utters.
const BUTTONS: &[(bool, &str, &str)] = &[
    (false, "Kertas habis", "pull-paper"),
    (true, "Isi kertas", "load-paper"),
    (false, "Buka tutup", "open-cover"),
    (true, "Tutup printer", "close-cover"),
    (false, "Hampir habis", "toggle-near-end"),
    (true, "Printer menjawab lagi", "toggle-silence"),
    (false, "Cabut printer", "unplug-printer"),
    (true, "Pasang lagi", "replug-printer"),
    (false, "Putus jaringan", "cut-network"),
    (true, "Sambung jaringan", "join-network"),
    (false, "Taruh dokumen di pemindai", "lay-document"),
    (false, "Perlihatkan dokumen ke kamera", "show-document"),
    (false, "Perlihatkan QR slip terakhir", "show-slip-code"),
    (true, "Terangkan kamera", "toggle-dark"),
];

#[test]
fn each_button_of_the_bench_utters_its_wish() -> Outcome {
    let headless = Headless::install(Clock::Hand, DESK)?;
    for (turned, label, wish) in BUTTONS {
        let bench = BenchWindow::new()?;
        bench.show()?;
        let state = bench.global::<BenchState>();
        state.set_paper_loaded(!turned);
        state.set_cover_closed(!turned);
        state.set_paper_near_end(*turned);
        state.set_printer_answers(!turned);
        state.set_printer_plugged(!turned);
        state.set_network_up(!turned);
        state.set_camera_dark(*turned);
        let wishes = Rc::new(RefCell::new(Vec::new()));
        macro_rules! listen {
            ($($on:ident $name:literal),* $(,)?) => {$({
                let wishes = wishes.clone();
                state.$on(move || wishes.borrow_mut().push($name));
            })*};
        }
        listen!(
            on_pull_paper "pull-paper", on_load_paper "load-paper", on_open_cover "open-cover",
            on_close_cover "close-cover", on_toggle_near_end "toggle-near-end", on_toggle_silence "toggle-silence",
            on_unplug_printer "unplug-printer", on_replug_printer "replug-printer", on_cut_network "cut-network",
            on_join_network "join-network", on_lay_document "lay-document", on_show_document "show-document",
            on_show_slip_code "show-slip-code", on_toggle_dark "toggle-dark",
        );
        headless.scroll_and_touch_label(&bench, "Ke bawah", label)?;
        assert_eq!(*wishes.borrow(), [*wish], "touching {label:?}");
    }
    Ok(())
}

#[test]
fn the_gallery_is_whole_at_the_largest_text() -> Outcome {
    let headless = Headless::install(Clock::Hand, PORTRAIT)?;
    let gallery = GalleryWindow::new()?;
    ui::select_language("id")?;
    gallery.set_text_step(3);
    gallery.show()?;
    for screen in 0..SCREENS_MAX {
        let clipped = headless.clipped_texts(&gallery);
        assert!(clipped.is_empty(), "screen {screen}: cut off {clipped:?}");
        if headless.find(&gallery, "Ke bawah").is_err() {
            return Ok(());
        }
        headless.touch_label(&gallery, "Ke bawah")?;
        headless.advance(Duration::from_millis(400));
    }
    Err("the gallery has no end".into())
}
