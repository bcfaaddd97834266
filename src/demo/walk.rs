//! The whole path, step by step: resident, officer, resident again, officer to the end. Any step that fails names itself.

use std::time::{Duration, Instant};

use drivers::sim::Bench;
use ui::{CaptureMode, OverlayKind, PageKind, PaperState};

use super::browser::Browser;
use super::office::{Failure, Office};
use super::officer::Officer;
use super::report::{Report, StateLine};
use super::robot::Robot;
use super::specimen;

/// An invented woman, NIK serial 0000.
const NIK: &str = "3578014507900000";
const NO_KK: &str = "3578010101100000";
const NAME: &str = "SITI SPESIMEN";
const BORN: &str = "05071990";
const LETTER: &str = "surat_kehilangan";
/// Enough for a slip at life speed, or a delivery after the link came back.
const WAIT: Duration = Duration::from_secs(60);
/// How large papers are held before the lens.
const HELD_PERCENT: u32 = 96;

/// Walks everything and fills in the report. `step` is told before each step begins.
pub fn walk(robot: &mut Robot, bench: &Bench, office: &Office, report: &mut Report, step: &mut dyn FnMut(&str)) -> Result<(), Failure> {
    step("Bahasa di halaman awal");
    languages(robot)?;
    step("Syarat, daftar cetak, dan jalan keluar");
    requirements(robot, bench)?;
    step("Cak Takon");
    questions(robot)?;
    step("Data diri");
    person(robot)?;
    step("Surat difoto dan dipindai");
    papers(robot, bench)?;
    step("Periksa dan kirim tanpa jaringan");
    office.link.cut();
    send(robot, bench, office, report)?;
    step("Kurir mengantar begitu jaringan kembali");
    office.link.join();
    delivered(office, &report.number)?;
    step("Petugas memeriksa dan meminta satu perbaikan");
    send_back(office, report)?;
    step("Warga memperbaiki satu bagian dengan QR dan PIN");
    repair(robot, bench, report)?;
    step("Petugas menyelesaikan sampai kartu diambil");
    finish(office, report)?;
    step("Warga melihat hasil di kios dan di ponsel");
    look(robot, office, report)
}

fn languages(robot: &mut Robot) -> Result<(), Failure> {
    robot.at(PageKind::Idle, "awal")?;
    robot.until("camera, printer and scanner are ready", |resident| {
        use slint::Model;
        resident.get_idle().notices.row_count() == 0
    })?;
    robot.shoot("awal-siap")?;
    for (label, choice, name) in [("Bahasa", "English", "awal-inggris"), ("Language", "Indonesia", "awal-lagi")] {
        robot.touch(label)?;
        robot.touch(choice)?;
        robot.at(PageKind::Idle, name)?;
    }
    Ok(())
}

fn requirements(robot: &mut Robot, bench: &Bench) -> Result<(), Failure> {
    robot.touch("Sentuh layar untuk mulai")?;
    robot.at(PageKind::Home, "beranda")?;
    robot.touch("KTP saya hilang")?;
    robot.at(PageKind::Requirements, "syarat")?;
    robot.touch("Belum lengkap?")?;
    robot.at(PageKind::Exit, "belum-lengkap")?;
    robot.touch("Cetak daftar ini")?;
    if !bench.printer.wait_for_paper(1, WAIT) {
        return Err("the checklist did not come out of the printer".into());
    }
    robot.until("the list is printed", |resident| resident.get_exit().print == ui::PrintButton::Done)?;
    robot.touch("Kembali")?;
    robot.at(PageKind::Requirements, "syarat-lagi")?;
    robot.touch("Lengkap, mulai")?;
    robot.at(PageKind::Privacy, "privasi")?;
    robot.touch("Saya mengerti")
}

fn questions(robot: &mut Robot) -> Result<(), Failure> {
    robot.answer("Apakah Anda pernah punya kartu KTP-el?", "Ya, pernah", "tanya-kartu")?;
    robot.answer("Kenapa Anda perlu KTP baru?", "KTP saya rusak", "tanya-alasan")?;
    robot.at(PageKind::Exit, "jalan-keluar-rusak")?;
    robot.touch("Kembali")?;
    robot.answer("Kenapa Anda perlu KTP baru?", "KTP saya hilang", "tanya-alasan-lagi")?;
    robot.answer("Surat kehilangan dari polisi sudah dibawa?", "Ya, saya bawa", "tanya-surat")?;
    robot.answer("Apakah KTP itu dicetak kurang dari 6 bulan lalu?", "Tidak, sudah lama", "tanya-cetak")
}

fn person(robot: &mut Robot) -> Result<(), Failure> {
    let question = "Ketik NIK Anda";
    robot.until(question, |resident| resident.get_entry().question == question)?;
    robot.type_text(&NIK[..14])?;
    robot.touch("Lanjut")?;
    robot.until("the missing digits are counted", |resident| resident.get_entry().finding.contains("kurang 2 angka"))?;
    robot.shoot("nik-kurang")?;
    robot.type_text(&NIK[14..])?;
    robot.touch("Lanjut")?;
    robot.fill("Ketik nomor Kartu Keluarga", NO_KK, "nomor-kk")?;
    robot.fill("Ketik nama lengkap Anda", "SITI SPESIMN", "nama")?;
    let question = "Ketik tanggal lahir Anda";
    robot.until(question, |resident| resident.get_entry().question == question)?;
    robot.type_text("06071990")?;
    robot.until("the NIK and the date are compared", |resident| resident.get_entry().weight == ui::Weight::Ask)?;
    robot.shoot("tanggal-ragu")?;
    robot.touch("Hapus semua")?;
    robot.fill(question, BORN, "tanggal-lahir")?;
    let question = "Nomor telepon yang bisa dihubungi";
    robot.until(question, |resident| resident.get_entry().question == question)?;
    robot.shoot("telepon")?;
    robot.touch("Lewati")
}

fn papers(robot: &mut Robot, bench: &Bench) -> Result<(), Failure> {
    let letter = specimen::police_letter(1)?;
    bench.camera.hold(&letter, HELD_PERCENT);
    bench.camera.dark(true);
    live(robot, "kamera-gelap")?;
    take(robot)?;
    robot.until("the dark page is named", |resident| resident.get_capture().review_finding.contains("gelap"))?;
    robot.shoot("foto-gelap")?;
    robot.touch("Ulangi foto")?;
    bench.camera.dark(false);
    live(robot, "kamera")?;
    take(robot)?;
    robot.until("the page is fine", |resident| resident.get_capture().review_finding.is_empty())?;
    robot.shoot("foto-jelas")?;
    robot.touch("Pakai ini")?;
    pages(robot, 1)?;
    robot.touch("Tambah halaman")?;
    live(robot, "kamera-halaman-2")?;
    robot.touch("Pakai pemindai")?;
    robot.until("the scanner is asked", |resident| resident.get_capture().mode == CaptureMode::Scanner)?;
    robot.touch("Pindai halaman")?;
    robot.until("the empty scanner is named", |resident| !resident.get_capture().problem.is_empty())?;
    robot.shoot("pemindai-kosong")?;
    bench.scanner.lay(&specimen::police_letter(2)?);
    robot.touch("Pindai halaman")?;
    robot.until("the scanned page is shown", |resident| resident.get_capture().mode == CaptureMode::Review)?;
    robot.shoot("pindaian")?;
    robot.touch("Pakai ini")?;
    pages(robot, 2)?;
    robot.shoot("halaman-surat")?;
    robot.touch("Lanjut")
}

fn live(robot: &mut Robot, name: &str) -> Result<(), Failure> {
    robot.until(name, |resident| {
        resident.get_page() == PageKind::Capture && resident.get_capture().mode == CaptureMode::Live && resident.get_live_picture().size().width > 0
    })?;
    // The preview shows what lies there now, not what lay there before.
    robot.settle()?;
    robot.settle()?;
    robot.shoot(name)
}

fn take(robot: &mut Robot) -> Result<(), Failure> {
    robot.touch("Ambil foto")?;
    robot.until("the picture is shown", |resident| resident.get_capture().mode == CaptureMode::Review)
}

fn pages(robot: &mut Robot, count: usize) -> Result<(), Failure> {
    use slint::Model;
    robot.until("the page is kept", |resident| resident.get_capture().mode == CaptureMode::Pages && resident.get_capture().pages.row_count() == count)
}

fn send(robot: &mut Robot, bench: &Bench, office: &Office, report: &mut Report) -> Result<(), Failure> {
    robot.at(PageKind::Check, "periksa")?;
    robot.touch("Ubah Nama lengkap")?;
    robot.until("the name again", |resident| resident.get_page() == PageKind::Entry)?;
    robot.touch("Hapus semua")?;
    robot.fill("Ketik nama lengkap Anda", NAME, "nama-diubah")?;
    robot.at(PageKind::Check, "periksa-lagi")?;
    let before = bench.printer.papers().len();
    robot.touch("Kirim")?;
    robot.at(PageKind::Slip, "kitir-mencetak")?;
    robot.until("the slip is printed", |resident| resident.get_slip().paper == PaperState::Printed)?;
    robot.shoot("kitir")?;
    if office.link.is_up() {
        return Err("the slip was to be printed without a network".into());
    }
    if !bench.printer.wait_for_paper(before + 1, WAIT) {
        return Err("the slip did not come out of the printer".into());
    }
    let paper = bench.printer.papers().pop().ok_or("the tray is empty")?;
    report.number = robot.resident(|resident| resident.get_slip().number.to_string());
    report.take_slip(&paper)?;
    robot.touch("Selesai")?;
    robot.at(PageKind::Goodbye, "pamit")?;
    robot.until("the service has left the top band", |resident| resident.get_service().is_empty())
}

/// Central holds it.
fn delivered(office: &Office, number: &str) -> Result<(), Failure> {
    let mut officer = Officer::sign_in(office)?;
    let began = Instant::now();
    while began.elapsed() < WAIT {
        if officer.sees(number)? {
            return Ok(());
        }
        std::thread::park_timeout(Duration::from_millis(250));
    }
    Err(format!("{number} did not reach central within {} s", WAIT.as_secs()).into())
}

fn send_back(office: &Office, report: &Report) -> Result<(), Failure> {
    let number = &report.number;
    let mut officer = Officer::sign_in(office)?;
    let pictures = officer.read(number)?;
    if pictures != 2 {
        return Err(format!("the officer sees {pictures} pages instead of 2").into());
    }
    let words = officer.words(number)?;
    if !words.contains(NAME) || !words.contains("3578 0145 0790 0000") {
        return Err("the officer does not see what the resident typed".into());
    }
    officer.press(number, "Mulai periksa")?;
    officer.send_back(number, LETTER, "R01", "Stempel di pojok kanan tidak terlihat.")
}

fn repair(robot: &mut Robot, bench: &Bench, report: &Report) -> Result<(), Failure> {
    robot.at(PageKind::Idle, "awal-setelah-pamit")?;
    robot.touch("Sentuh layar untuk mulai")?;
    robot.at(PageKind::Home, "beranda-lacak")?;
    bench.camera.show_desk();
    robot.touch("Lacak permohonan")?;
    robot.at(PageKind::ReadCode, "tunjukkan-qr")?;
    bench.camera.hold(&report.slip_picture()?, HELD_PERCENT);
    robot.until("the QR of the slip is read", |resident| resident.get_page() == PageKind::Entry)?;
    bench.camera.show_desk();
    let wrong = if report.pin() == "000000" { "111111" } else { "000000" };
    robot.type_text(wrong)?;
    robot.shoot("pin")?;
    robot.touch("Lanjut")?;
    robot.until("the wrong PIN is told", |resident| resident.get_page() == PageKind::Entry && resident.get_entry().finding.contains("tidak cocok"))?;
    robot.shoot("pin-tidak-cocok")?;
    robot.type_text(report.pin())?;
    robot.touch("Lanjut")?;
    robot.at(PageKind::Progress, "perlu-perbaikan")?;
    robot.touch("Perbaiki sekarang")?;
    bench.camera.hold(&specimen::police_letter(1)?, HELD_PERCENT);
    live(robot, "perbaikan-kamera")?;
    take(robot)?;
    robot.shoot("perbaikan-foto")?;
    robot.touch("Pakai ini")?;
    pages(robot, 1)?;
    robot.touch("Lanjut")?;
    robot.at(PageKind::Check, "perbaikan-periksa")?;
    robot.touch("Kirim")?;
    robot.at(PageKind::Goodbye, "perbaikan-selesai")
}

fn finish(office: &Office, report: &Report) -> Result<(), Failure> {
    let number = &report.number;
    let mut officer = Officer::sign_in(office)?;
    let began = Instant::now();
    while !officer.words(number)?.contains("Terima dan siapkan cetak") {
        if began.elapsed() > WAIT {
            return Err("the repair did not reach central".into());
        }
        std::thread::park_timeout(Duration::from_millis(250));
    }
    let pictures = officer.read(number)?;
    if pictures == 0 {
        return Err("the officer sees no page after the repair".into());
    }
    for button in ["Terima dan siapkan cetak", "Masukkan antrean cetak", "Kartu sudah dicetak", "Kartu sudah dikirim", "Kartu sudah tiba"] {
        officer.press(number, button)?;
    }
    Ok(())
}

fn look(robot: &mut Robot, office: &Office, report: &mut Report) -> Result<(), Failure> {
    robot.at(PageKind::Idle, "awal-ketiga")?;
    robot.touch("Sentuh layar untuk mulai")?;
    robot.at(PageKind::Home, "beranda-ketiga")?;
    robot.touch("Lacak permohonan")?;
    robot.at(PageKind::ReadCode, "ketik-nomor-saja")?;
    robot.touch("Ketik nomor saja")?;
    robot.fill("Ketik nomor permohonan", &report.number.replace('-', ""), "nomor")?;
    robot.fill("Ketik PIN", report.pin(), "pin-lagi")?;
    robot.at(PageKind::Progress, "siap-diambil")?;
    robot.until("the card is at the kelurahan", |resident| resident.get_progress().now.contains("sudah di kelurahan"))?;
    robot.touch("Selesai")?;
    robot.at(PageKind::Idle, "awal-akhir")?;
    if robot.resident(|resident| resident.get_overlay()) != OverlayKind::None {
        return Err("something still lies over the idle page".into());
    }

    let mut phone = Browser::new(&office.central_url(), &office.ca_file())?;
    phone.open(&report.tracking_path()?)?;
    phone.submit("Lihat", &[("pin", report.pin())])?;
    if !phone.words().contains(&report.number) {
        return Err(format!("the phone does not show the application: {}", phone.words()).into());
    }
    std::fs::write(report.dir.join("ponsel.html"), &phone.page)?;

    let mut officer = Officer::sign_in(office)?;
    officer.hand_over(&report.number, "Siti Spesimen, sendiri")?;
    report.states = history(office, report)?;
    Ok(())
}

/// States with times, asked the way a kiosk asks.
fn history(office: &Office, report: &Report) -> Result<Vec<StateLine>, Failure> {
    let secret = std::fs::read_to_string(&office.settings.central.secret_file)?;
    let mut kiosk = Browser::new(&office.central_url(), &office.ca_file())?;
    kiosk.bearer = Some(secret.trim().to_owned());
    let body = serde_json::json!({ "id": report.number, "pin": report.pin() });
    let answer: wire::v1::FollowUp = serde_json::from_slice(&kiosk.send_json("/api/v1/follow-up", body.to_string().into_bytes())?)?;
    Ok(answer.history.into_iter().map(|line| StateLine { state: line.state, at: line.at }).collect())
}
