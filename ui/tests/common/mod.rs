//! Every page in the states in which it looks different, as the kiosk would set it: shared by the tests and by the
//! example that draws them.
//!
//! It sets the global `Resident` and nothing else.
//! The rule a newcomer would break: a new page or state is added here first, so that every check meets it.

#![allow(dead_code, reason = "each test and the example uses its own part of the table")]

use std::error::Error;
use std::time::Duration;

use slint::{ComponentHandle, Image, Model, ModelRc, PhysicalSize, Rgb8Pixel, SharedPixelBuffer};
use ui::headless::Headless;
use ui::{AppWindow, CaptureMode, Card, Keys, OutputLine, OverlayKind, PageKind, PaperState, PrintButton, Resident, SlipLine, Tone, Weight, select_language};

pub const PORTRAIT: PhysicalSize = PhysicalSize { width: 1080, height: 1920 };
pub const LANDSCAPE: PhysicalSize = PhysicalSize { width: 1920, height: 1080 };
pub const DESK: PhysicalSize = PhysicalSize { width: 540, height: 960 };

/// Sets what differs from the canned values of the page.
pub type Set = fn(&Resident);

/// Every page, and the states in which it looks different.
pub const PAGES: &[(&str, PageKind, Set)] = &[
    ("idle", PageKind::Idle, |_| {}),
    ("home", PageKind::Home, |_| {}),
    ("requirements", PageKind::Requirements, |_| {}),
    ("requirements-printed", PageKind::Requirements, |r| {
        let mut page = r.get_requirements();
        page.print = PrintButton::Failed;
        r.set_requirements(page);
    }),
    ("exit", PageKind::Exit, |_| {}),
    ("privacy", PageKind::Privacy, |_| {}),
    ("choice", PageKind::Choice, |_| {}),
    ("entry-digits", PageKind::Entry, |r| enter(r, Keys::Digits, "3578 0145 0790 00", Weight::Hard)),
    ("entry-empty", PageKind::Entry, |r| enter(r, Keys::Digits, "", Weight::None)),
    ("entry-letters", PageKind::Entry, |r| {
        enter(r, Keys::Letters, "RADEN AYU SITI NURHALIZA KUSUMANINGTYAS PUTRI", Weight::Ask);
    }),
    ("entry-number", PageKind::Entry, |r| enter(r, Keys::Number, "K07-00", Weight::None)),
    ("entry-text", PageKind::Entry, |r| {
        enter(r, Keys::Text, "JL. KEDUNG COWEK GG. MAWAR NO. 12/B (BELAKANG PASAR), RT 03 RW 07", Weight::None);
    }),
    ("entry-email", PageKind::Entry, |r| enter(r, Keys::Email, "raden.ayu_kusumaningtyas+ktp@surabaya.example", Weight::Ask)),
    ("entry-pin", PageKind::Entry, |r| enter(r, Keys::Pin, "••••", Weight::None)),
    ("pick", PageKind::Pick, |_| {}),
    ("pick-empty", PageKind::Pick, |r| pick(r, "", 0, "")),
    ("pick-search", PageKind::Pick, search),
    ("pick-nothing", PageKind::Pick, |r| pick(r, "XQZ", 0, "Tidak ada nama kecamatan seperti itu. Coba tiga huruf pertama saja.")),
    ("capture-live", PageKind::Capture, |r| capture(r, CaptureMode::Live)),
    ("capture-scanner", PageKind::Capture, |r| capture(r, CaptureMode::Scanner)),
    ("capture-taking", PageKind::Capture, |r| capture(r, CaptureMode::Taking)),
    ("capture-review", PageKind::Capture, |r| capture(r, CaptureMode::Review)),
    ("capture-glare", PageKind::Capture, |r| hinted(r, "hint-lamp", [0.45, 0.3, 0.4, 0.25])),
    ("capture-cropped", PageKind::Capture, |r| hinted(r, "hint-whole", [0.0, 0.0, 1.0, 0.12])),
    ("capture-pages", PageKind::Capture, |r| capture(r, CaptureMode::Pages)),
    ("check", PageKind::Check, |_| {}),
    ("check-calm", PageKind::Check, |r| {
        let mut page = r.get_check();
        page.forecasts = ModelRc::default();
        page.warning = "".into();
        r.set_check(page);
    }),
    ("working", PageKind::Working, |_| {}),
    ("slip-printing", PageKind::Slip, |r| slip(r, PaperState::Printing, "Tunggu sebentar. Kertas keluar di bawah layar.")),
    ("slip-printed", PageKind::Slip, |r| slip(r, PaperState::Printed, "Ambil kertasnya di bawah layar, dan simpan baik-baik.")),
    ("slip-not-printed", PageKind::Slip, |r| {
        slip(r, PaperState::NotPrinted, "Kertas printer habis. Foto layar ini, permohonan Anda tetap aman.");
    }),
    ("slip-unknown", PageKind::Slip, |_| {}),
    ("slip-also", PageKind::Slip, also),
    ("goodbye", PageKind::Goodbye, |_| {}),
    ("read-code", PageKind::ReadCode, |_| {}),
    ("progress", PageKind::Progress, |_| {}),
    ("progress-outputs", PageKind::Progress, outputs),
    ("closed", PageKind::Closed, |_| {}),
    ("over-still-here", PageKind::Check, |r| r.set_overlay(OverlayKind::StillHere)),
    ("over-leave-asked", PageKind::Check, |r| r.set_overlay(OverlayKind::LeaveAsked)),
    ("over-staff-called", PageKind::Choice, |r| r.set_overlay(OverlayKind::StaffCalled)),
];

/// How the whole screen is shown.
pub struct Look {
    pub name: &'static str,
    pub language: &'static str,
    pub text_step: i32,
    pub high_contrast: bool,
    pub low_reach: bool,
    pub size: PhysicalSize,
}

/// The plain look, from which the others differ in one or two things.
pub const PLAIN: Look = Look { name: "id", language: "id", text_step: 1, high_contrast: false, low_reach: false, size: PORTRAIT };

/// A window that shows one page in one look, settled and ready to be touched.
pub fn open(headless: &Headless, look: &Look, kind: PageKind, set: Set) -> Result<AppWindow, Box<dyn Error>> {
    let app = AppWindow::new()?;
    app.show()?;
    select_language(look.language)?;
    let resident = app.global::<Resident>();
    resident.set_text_step(look.text_step);
    resident.set_high_contrast(look.high_contrast);
    resident.set_low_reach(look.low_reach);
    resident.set_page(kind);
    frame(&resident, kind);
    pictures(&resident)?;
    set(&resident);
    headless.resize(&app, look.size);
    headless.advance(Duration::from_millis(600));
    Ok(app)
}

/// The bands as the kiosk sets them for the page.
fn frame(resident: &Resident, kind: PageKind) {
    let (step, back, leave, primary) = match kind {
        PageKind::Idle => (None, false, false, ""),
        PageKind::Home => (None, false, true, ""),
        PageKind::Requirements => (Some(0), true, true, "Saya bawa semua"),
        PageKind::Exit | PageKind::Closed => (None, true, true, "Selesai"),
        PageKind::Privacy => (Some(0), true, true, "Saya setuju"),
        PageKind::Choice => (Some(1), true, true, ""),
        PageKind::Entry => (Some(2), true, true, "Lanjut"),
        PageKind::Pick => (Some(2), true, true, ""),
        PageKind::Capture => (Some(3), true, true, ""),
        PageKind::Check => (Some(4), true, true, "Kirim permohonan"),
        PageKind::Working => (Some(5), false, false, ""),
        PageKind::Slip => (Some(5), false, false, "Selesai"),
        PageKind::Goodbye => (None, false, false, "Kembali ke awal"),
        PageKind::ReadCode => (None, true, true, ""),
        PageKind::Progress => (None, false, true, "Selesai"),
    };
    if let Some(step) = step {
        resident.set_current_step(step);
    } else {
        resident.set_steps(ModelRc::default());
        resident.set_service("".into());
    }
    resident.set_may_go_back(back);
    resident.set_may_leave(leave);
    resident.set_primary_label(primary.into());
    resident.set_primary_enabled(kind != PageKind::Entry);
}

fn enter(resident: &Resident, keys: Keys, shown: &str, weight: Weight) {
    let mut page = resident.get_entry();
    page.keys = keys;
    page.shown = shown.into();
    page.weight = weight;
    match keys {
        Keys::Digits => {}
        Keys::Letters => {
            page.question = "Siapa nama lengkap Anda?".into();
            page.help = "Tulis persis seperti di Kartu Keluarga, tanpa gelar.".into();
            page.pattern = "NAMA LENGKAP".into();
            page.finding = "Nama ini panjang sekali. Apakah sudah sama dengan Kartu Keluarga?".into();
            page.count = "".into();
            page.skip = "".into();
        }
        Keys::Number => {
            page.question = "Berapa nomor permohonan Anda?".into();
            page.help = "Nomor ada di bagian atas e-Kitir.".into();
            page.pattern = "K00-0000-0".into();
            page.count = "".into();
            page.skip = "".into();
        }
        Keys::Text => {
            page.question = "Di mana alamat rumah Anda?".into();
            page.help = "Tulis nama jalan, gang dan nomor rumah.".into();
            page.pattern = "JL. PASAR NO. 1".into();
            page.count = "".into();
            page.skip = "".into();
        }
        Keys::Email => {
            page.question = "Apa alamat surel Anda?".into();
            page.help = "Surel dipakai untuk mengirim akta dalam bentuk berkas.".into();
            page.pattern = "nama@contoh.id".into();
            page.finding = "Alamat ini panjang sekali. Apakah sudah benar?".into();
            page.count = "".into();
            page.skip = "Saya tidak punya".into();
        }
        Keys::Pin => {
            page.question = "Berapa PIN Anda?".into();
            page.help = "PIN ada di dalam kotak pada e-Kitir. Masih ada 3 kesempatan.".into();
            page.pattern = "••••••".into();
            page.count = "4 dari 6 angka".into();
            page.skip = "".into();
        }
    }
    resident.set_entry(page);
}

fn pick(resident: &Resident, typed: &str, cards: usize, nothing: &str) {
    let mut page = resident.get_pick();
    page.typed = typed.into();
    page.cards = page.cards.iter().take(cards).collect::<Vec<_>>().as_slice().into();
    page.nothing = nothing.into();
    resident.set_pick(page);
}

/// Services found by everyday words, whose names are as long as names of services are.
fn search(resident: &Resident) {
    let card = |id: &str, label: &str, detail: &str, icon: &str| Card {
        id: id.into(),
        label: label.into(),
        detail: detail.into(),
        icon: icon.into(),
        selected: false,
    };
    let mut page = resident.get_pick();
    page.question = "Apa yang mau Anda urus?".into();
    page.help = "Ketik dengan kata Anda sendiri, misalnya KTP patah.".into();
    page.typed = "KK ILANG".into();
    page.hint = "Misalnya KTP patah".into();
    page.skip = "".into();
    page.cards = [
        card("kk-lost", "Kartu Keluarga hilang atau rusak", "Cetak ulang Kartu Keluarga", "kk"),
        card("kk-head", "Perubahan kepala keluarga karena kepala keluarga meninggal", "Kartu Keluarga baru", "family"),
        card("kk-split", "Mau pisah Kartu Keluarga", "Kartu Keluarga sendiri, alamat tetap", "house"),
        card("ktp-lost", "KTP saya hilang", "Cetak ulang KTP-el", "ktp"),
        card("akta-lost", "Akta hilang atau rusak", "Kutipan kedua akta pencatatan sipil", "akta"),
    ]
    .as_slice()
    .into();
    resident.set_pick(page);
}

/// One visit with as many further services as a slip has room for.
fn also(resident: &Resident) {
    let line = |service: &str, number: &str, promise: &str| SlipLine { service: service.into(), number: number.into(), promise: promise.into() };
    slip(resident, PaperState::Printed, "Ambil kertasnya di bawah layar, dan simpan baik-baik.");
    let mut page = resident.get_slip();
    page.service = "Akta kelahiran anak".into();
    page.also = [
        line("Kartu Keluarga baru karena ada anggota keluarga yang lahir", "GBG-261121-0002-2", "Paling lambat Senin 23 November 2026 pukul 14.10."),
        line("Kartu Identitas Anak", "GBG-261121-0003-0", "Paling lambat Rabu 25 November 2026 pukul 12.00."),
        line("Cetak ulang KTP-el karena status perkawinan berubah", "GBG-261121-0004-9", "Paling lambat Rabu 25 November 2026 pukul 12.00."),
    ]
    .as_slice()
    .into();
    page.number = "GBG-261121-0001-4".into();
    resident.set_slip(page);
}

/// An application of which several things come, each in another state.
fn outputs(resident: &Resident) {
    let line = |label: &str, now: &str, tone: Tone, promise: &str| OutputLine { label: label.into(), now: now.into(), tone, promise: promise.into() };
    let mut page = resident.get_progress();
    page.service = "Akta kelahiran anak".into();
    page.now = "Satu sudah bisa diambil, yang lain masih dikerjakan.".into();
    page.tone = Tone::Plain;
    page.promise = "".into();
    page.repairs = ModelRc::default();
    page.outputs = [
        line("Kutipan Akta Kelahiran", "Sudah bisa diambil di Kelurahan Dukuh Sutorejo.", Tone::Done, ""),
        line("Kartu Keluarga baru", "Sedang diperiksa petugas.", Tone::Plain, "Paling lambat Senin 23 November 2026 pukul 14.10."),
        line("Kartu Identitas Anak", "Foto anak perlu diambil ulang.", Tone::Attention, "Setelah diperbaiki, paling lambat 1 hari kerja."),
        line("KTP-el ibu", "Blangko KTP-el sedang habis. Kami mohon maaf.", Tone::Trouble, "Kabar berikutnya paling lambat Rabu 25 November 2026."),
    ]
    .as_slice()
    .into();
    resident.set_progress(page);
}

/// A page that was taken, with a place to look at.
fn hinted(resident: &Resident, icon: &str, [left, top, width, height]: [f32; 4]) {
    capture(resident, CaptureMode::Review);
    let mut page = resident.get_capture();
    page.review_hint = ui::PageHint { icon: icon.into(), left, top, width, height };
    resident.set_capture(page);
}

fn capture(resident: &Resident, mode: CaptureMode) {
    let mut page = resident.get_capture();
    page.mode = mode;
    resident.set_capture(page);
    if mode == CaptureMode::Pages {
        resident.set_primary_label("Lanjut".into());
    }
}

fn slip(resident: &Resident, paper: PaperState, sentence: &str) {
    let mut page = resident.get_slip();
    page.paper = paper;
    page.sentence = sentence.into();
    page.ask_yes = "".into();
    page.ask_no = "".into();
    page.may_reprint = paper == PaperState::NotPrinted;
    resident.set_slip(page);
}

/// A drawn letter for the camera and a real code for the slip.
fn pictures(resident: &Resident) -> Result<(), Box<dyn Error>> {
    resident.set_live_picture(letter(1280, 960));
    resident.set_review_picture(letter(900, 1200));
    let code = qrcode::QrCode::new(b"https://klampid.example/t/00000000000000000000")?;
    let side = u32::try_from(code.width())?;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side + 8, side + 8);
    let width = pixels.width();
    for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (index as u32 % width, index as u32 / width);
        let inside = (4..side + 4).contains(&x) && (4..side + 4).contains(&y);
        let dark = inside && code[((x - 4) as usize, (y - 4) as usize)] == qrcode::Color::Dark;
        *pixel = if dark { Rgb8Pixel::new(0, 0, 0) } else { Rgb8Pixel::new(255, 255, 255) };
    }
    resident.set_slip_qr(Image::from_rgb8(pixels));
    Ok(())
}

/// A sheet of lines lying on a table.
fn letter(width: u32, height: u32) -> Image {
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    let (paper_height, paper_width) = (height * 86 / 100, height * 61 / 100);
    let (left, top) = ((width - paper_width) / 2, height * 7 / 100);
    for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (index as u32 % width, index as u32 / width);
        let (column, row) = (x.wrapping_sub(left), y.wrapping_sub(top));
        *pixel = if column >= paper_width || row >= paper_height {
            Rgb8Pixel::new(118, 96, 74)
        } else if (paper_width / 10..paper_width * 9 / 10).contains(&column)
            && (paper_height / 8..paper_height * 4 / 5).contains(&row)
            && row % 26 < 7
            && (column + row) % 61 > 9
        {
            Rgb8Pixel::new(70, 70, 80)
        } else {
            Rgb8Pixel::new(236, 233, 226)
        };
    }
    Image::from_rgb8(pixels)
}
