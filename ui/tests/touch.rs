//! A resident touches what can be seen, and the wish that stands on it goes out: through real pointer events.

mod common;

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use common::{DESK, LANDSCAPE, Look, PLAIN, PORTRAIT, open};
use slint::{ComponentHandle, SharedString};
use ui::headless::{Clock, Headless, TouchError};
use ui::{AppWindow, CaptureMode, Keys, OverlayKind, PageKind, PaperState, Resident, Weight};

type Outcome = Result<(), Box<dyn Error>>;
type Wishes = Rc<RefCell<Vec<String>>>;

fn headless() -> Headless {
    Headless::install(Clock::Hand, PORTRAIT).expect("nextest gives each test its own process")
}

/// Writes down every wish of the app as `name` or `name argument`.
fn listen(app: &AppWindow) -> Wishes {
    let wishes = Wishes::default();
    let resident = app.global::<Resident>();
    macro_rules! plain {
        ($($on:ident $name:literal),* $(,)?) => {$({
            let wishes = wishes.clone();
            resident.$on(move || wishes.borrow_mut().push($name.into()));
        })*};
    }
    macro_rules! with_text {
        ($($on:ident $name:literal),* $(,)?) => {$({
            let wishes = wishes.clone();
            resident.$on(move |text: SharedString| wishes.borrow_mut().push(format!("{} {text}", $name)));
        })*};
    }
    plain!(
        on_wake "wake", on_go_on "go-on", on_go_back "go-back", on_leave "leave", on_call_staff "call-staff",
        on_next_text_size "next-text-size", on_toggle_contrast "toggle-contrast", on_toggle_reach "toggle-reach",
        on_still_here "still-here", on_dismiss_call "dismiss-call", on_resume_interrupted "resume-interrupted",
        on_follow_up "follow-up", on_open_search "open-search", on_open_menus "open-menus", on_not_complete "not-complete", on_print_list "print-list", on_erase "erase",
        on_clear "clear", on_confirm_anyway "confirm-anyway", on_skip "skip",
        on_use_camera "use-camera", on_use_scanner "use-scanner", on_retake "retake",
        on_add_page "add-page", on_reprint "reprint", on_paper_came_out "paper-came-out",
        on_paper_did_not_come_out "paper-did-not-come-out", on_type_number "type-number",

    );
    with_text!(
        on_choose_language "choose-language", on_choose_event "choose-event", on_choose "choose", on_key "key",
        on_remove_page "remove-page", on_change "change",
    );
    wishes
}

#[test]
fn each_label_utters_its_wish() -> Outcome {
    let cases: &[(PageKind, common::Set, &str, &str)] = &[
        (PageKind::Idle, |_| {}, "Sentuh layar untuk mulai", "wake"),
        (PageKind::Idle, |_| {}, "Lanjutkan permohonan yang terputus", "resume-interrupted"),
        (PageKind::Home, |_| {}, "KTP saya hilang", "choose-event ktp-lost"),
        (PageKind::Home, |_| {}, "Lacak permohonan", "follow-up"),
        (PageKind::Home, |_| {}, "Cari: ketik keperluan Anda", "open-search"),
        (PageKind::Home, |_| {}, "Semua layanan", "open-menus"),
        (PageKind::Home, |_| {}, "Panggil petugas", "call-staff"),
        (PageKind::Home, |_| {}, "Huruf", "next-text-size"),
        (PageKind::Home, |_| {}, "Kontras", "toggle-contrast"),
        (PageKind::Home, |_| {}, "Turunkan", "toggle-reach"),
        (PageKind::Requirements, |_| {}, "Belum lengkap?", "not-complete"),
        (PageKind::Requirements, |_| {}, "Cetak daftar ini", "print-list"),
        (PageKind::Requirements, |_| {}, "Saya bawa semua", "go-on"),
        (PageKind::Exit, |_| {}, "Cetak daftar ini", "print-list"),
        (PageKind::Privacy, |_| {}, "Kembali", "go-back"),
        (PageKind::Privacy, |_| {}, "Keluar", "leave"),
        (PageKind::Choice, |_| {}, "KTP saya rusak", "choose broken"),
        (PageKind::Entry, |_| {}, "7", "key 7"),
        (PageKind::Entry, |_| {}, "Hapus", "erase"),
        (PageKind::Entry, |_| {}, "Hapus semua", "clear"),
        (PageKind::Entry, |_| {}, "Saya tidak tahu", "skip"),
        (PageKind::Entry, |r| keys(r, Keys::Letters), "Q", "key Q"),
        (PageKind::Entry, |r| keys(r, Keys::Letters), "'", "key '"),
        (PageKind::Entry, |r| keys(r, Keys::Letters), "Spasi", "key  "),
        (PageKind::Entry, |r| keys(r, Keys::Letters), "Ya, sudah benar", "confirm-anyway"),
        (PageKind::Entry, |r| keys(r, Keys::Number), "K", "key K"),
        (PageKind::Entry, |r| keys(r, Keys::Text), "/", "key /"),
        (PageKind::Entry, |r| keys(r, Keys::Text), "(", "key ("),
        (PageKind::Entry, |r| keys(r, Keys::Text), "Spasi", "key  "),
        (PageKind::Entry, |r| keys(r, Keys::Text), "7", "key 7"),
        (PageKind::Entry, |r| keys(r, Keys::Email), "a", "key a"),
        (PageKind::Entry, |r| keys(r, Keys::Email), "@", "key @"),
        (PageKind::Entry, |r| keys(r, Keys::Email), "+", "key +"),
        (PageKind::Entry, |r| keys(r, Keys::Email), "Hapus", "erase"),
        (PageKind::Pick, |_| {}, "T", "key T"),
        (PageKind::Pick, |_| {}, "Spasi", "key  "),
        (PageKind::Pick, |_| {}, "Hapus", "erase"),
        (PageKind::Pick, |_| {}, "Hapus semua", "clear"),
        (PageKind::Pick, |_| {}, "Tambaksari", "choose tambaksari"),
        (PageKind::Pick, |_| {}, "Saya tidak tahu", "skip"),
        (PageKind::Capture, |r| mode(r, CaptureMode::Live), "Pakai pemindai", "use-scanner"),
        (PageKind::Capture, |r| mode(r, CaptureMode::Scanner), "Pakai kamera", "use-camera"),
        (PageKind::Capture, |r| mode(r, CaptureMode::Review), "Ulangi foto", "retake"),
        (PageKind::Capture, |r| mode(r, CaptureMode::Pages), "Tambah halaman", "add-page"),
        (PageKind::Capture, |r| mode(r, CaptureMode::Pages), "Hapus Halaman 2", "remove-page p2"),
        (PageKind::Check, |_| {}, "Foto surat yang baru: Surat kehilangan dari polisi", "change police-letter"),
        (PageKind::Check, |_| {}, "Perbaiki nomor: Nomor Kartu Keluarga", "change kk"),
        (PageKind::Check, |_| {}, "Ubah Nama lengkap", "change name"),
        (PageKind::Check, |_| {}, "Ubah Surat kehilangan dari polisi", "change police-letter"),
        (PageKind::Check, |_| {}, "Kirim permohonan", "go-on"),
        (PageKind::Slip, |_| {}, "Ya, kertas keluar", "paper-came-out"),
        (PageKind::Slip, |_| {}, "Tidak ada kertas", "paper-did-not-come-out"),
        (PageKind::Slip, |_| {}, "Cetak ulang e-Kitir", "reprint"),
        (PageKind::ReadCode, |_| {}, "Ketik nomor saja", "type-number"),
        (PageKind::Check, |r| r.set_overlay(OverlayKind::StillHere), "Ya, saya masih di sini", "still-here"),
        (PageKind::Check, |r| r.set_overlay(OverlayKind::StillHere), "Keluar sekarang", "leave"),
        (PageKind::Check, |r| r.set_overlay(OverlayKind::LeaveAsked), "Tidak, lanjutkan", "still-here"),
        (PageKind::Check, |r| r.set_overlay(OverlayKind::LeaveAsked), "Ya, keluar", "leave"),
        (PageKind::Check, |r| r.set_overlay(OverlayKind::StaffCalled), "Mengerti", "dismiss-call"),
    ];
    let headless = headless();
    for (kind, set, label, wish) in cases {
        let app = open(&headless, &PLAIN, *kind, *set)?;
        let wishes = listen(&app);
        headless.scroll_and_touch_label(&app, "Ke bawah", label).map_err(|cause| format!("{kind:?}: {cause}"))?;
        assert_eq!(*wishes.borrow(), [*wish], "touching {label:?} on {kind:?}");
    }
    Ok(())
}

#[test]
fn the_same_labels_work_on_every_shape_of_window() -> Outcome {
    let headless = headless();
    for look in [Look { size: LANDSCAPE, ..PLAIN }, Look { size: DESK, ..PLAIN }, Look { low_reach: true, ..PLAIN }, Look { text_step: 3, ..PLAIN }] {
        let app = open(&headless, &look, PageKind::Home, |_| {})?;
        let wishes = listen(&app);
        headless.scroll_and_touch_label(&app, "Ke bawah", "Lacak permohonan")?;
        assert_eq!(*wishes.borrow(), ["follow-up"], "at {:?}, text step {}", look.size, look.text_step);
    }
    Ok(())
}

#[test]
fn a_language_is_chosen_from_the_sheet() -> Outcome {
    let headless = headless();
    let app = open(&headless, &PLAIN, PageKind::Idle, |_| {})?;
    let wishes = listen(&app);
    headless.touch_label(&app, "Bahasa")?;
    assert!(app.get_covered());
    headless.touch_label(&app, "English")?;
    assert_eq!(*wishes.borrow(), ["choose-language en"]);
    assert!(!app.get_covered());
    ui::select_language("en")?;
    assert!(headless.labels(&app).contains(&"Touch the screen to start".to_owned()), "{:?}", headless.labels(&app));
    Ok(())
}

#[test]
fn touching_anywhere_on_the_idle_page_wakes_it() -> Outcome {
    let headless = headless();
    let app = open(&headless, &PLAIN, PageKind::Idle, |_| {})?;
    let wishes = listen(&app);
    headless.touch(&app, 540.0, 300.0)?;
    assert_eq!(*wishes.borrow(), ["wake"]);
    Ok(())
}

#[test]
fn what_is_resting_says_so_and_utters_nothing() -> Outcome {
    let headless = headless();
    let app = open(&headless, &PLAIN, PageKind::Entry, |_| {})?;
    let wishes = listen(&app);
    let refusal = headless.touch_label(&app, "Lanjut").expect_err("the primary action rests until the NIK is whole");
    assert!(matches!(refusal, TouchError::Disabled { .. }), "{refusal}");
    headless.touch(&app, 900.0, 1830.0)?;
    assert_eq!(wishes.borrow().len(), 0);
    Ok(())
}

#[test]
fn a_label_that_is_not_there_is_answered_with_those_that_are() -> Outcome {
    let headless = headless();
    let app = open(&headless, &PLAIN, PageKind::Choice, |_| {})?;
    let refusal = headless.touch_label(&app, "Bukan di sini").expect_err("no such card");
    match refusal {
        TouchError::NotThere { there, .. } => assert!(there.contains(&"KTP saya rusak".to_owned()), "{there:?}"),
        other => return Err(other.into()),
    }
    Ok(())
}

#[test]
fn a_sheet_hides_what_lies_under_it() -> Outcome {
    let headless = headless();
    let app = open(&headless, &PLAIN, PageKind::Choice, |r| r.set_overlay(OverlayKind::StillHere))?;
    let wishes = listen(&app);
    assert_eq!(headless.labels(&app), ["Ya, saya masih di sini", "Keluar sekarang"]);
    headless.touch(&app, 540.0, 520.0)?;
    headless.touch(&app, 120.0, 1830.0)?;
    assert_eq!(wishes.borrow().len(), 0, "{:?}", wishes.borrow());
    Ok(())
}

#[test]
fn a_double_press_does_one_thing() -> Outcome {
    let headless = headless();
    let app = open(&headless, &PLAIN, PageKind::Choice, |_| {})?;
    let wishes = listen(&app);
    let weak = app.as_weak();
    let noted = wishes.clone();
    app.global::<Resident>().on_choose(move |id| {
        noted.borrow_mut().push(format!("choose {id}"));
        let Some(app) = weak.upgrade() else { return };
        app.global::<Resident>().set_page(PageKind::Home);
    });
    let place = headless.find(&app, "KTP saya rusak")?.middle();
    headless.touch(&app, place.x, place.y)?;
    headless.touch(&app, place.x, place.y)?;
    assert_eq!(*wishes.borrow(), ["choose broken"]);
    headless.run_until(Duration::from_secs(1), || !app.get_guarded())?;
    headless.touch_label(&app, "KTP saya hilang")?;
    assert_eq!(*wishes.borrow(), ["choose broken", "choose-event ktp-lost"]);
    Ok(())
}

#[test]
fn a_key_pressed_twice_types_twice() -> Outcome {
    let headless = headless();
    let app = open(&headless, &PLAIN, PageKind::Entry, |_| {})?;
    let wishes = listen(&app);
    headless.touch_label(&app, "5")?;
    headless.touch_label(&app, "5")?;
    assert_eq!(*wishes.borrow(), ["key 5", "key 5"]);
    Ok(())
}

#[test]
fn news_from_another_thread_reaches_the_page() -> Outcome {
    let headless = Headless::install(Clock::Real, PORTRAIT)?;
    let app = AppWindow::new()?;
    app.show()?;
    let weak = app.as_weak();
    let sender = std::thread::spawn(move || {
        slint::invoke_from_event_loop(move || {
            if let Some(app) = weak.upgrade() {
                app.global::<Resident>().set_page(PageKind::Goodbye);
            }
        })
    });
    headless.run_until(Duration::from_secs(10), || app.global::<Resident>().get_page() == PageKind::Goodbye)?;
    sender.join().expect("the sender only sends")?;
    Ok(())
}

#[test]
fn the_four_faces_of_the_paper_look_different() -> Outcome {
    let headless = headless();
    let mut seen = Vec::new();
    for paper in [PaperState::Printing, PaperState::Printed, PaperState::NotPrinted, PaperState::Unknown] {
        let app = open(&headless, &PLAIN, PageKind::Slip, |_| {})?;
        let resident = app.global::<Resident>();
        let mut page = resident.get_slip();
        page.paper = paper;
        resident.set_slip(page);
        let picture = headless.screenshot(&app)?;
        assert!(!seen.contains(&picture.as_bytes().to_vec()), "{paper:?} looks like another state");
        seen.push(picture.as_bytes().to_vec());
    }
    Ok(())
}

fn keys(resident: &Resident<'_>, keys: Keys) {
    let mut page = resident.get_entry();
    page.keys = keys;
    page.weight = Weight::Ask;
    resident.set_entry(page);
}

fn mode(resident: &Resident<'_>, mode: CaptureMode) {
    let mut page = resident.get_capture();
    page.mode = mode;
    resident.set_capture(page);
}
