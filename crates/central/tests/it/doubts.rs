//! Central checks again what a kiosk sent: a doubt is shown to the officer in words and refuses nothing.

use jiff::Span;
use wire::v1::{Application, PageRef};

use crate::browser::Browser;
use crate::harness::{CATALOGUE, Town, number_in};

const MARK: &str = "Perlu diperiksa";

type Change = &'static dyn Fn(&mut Application);

fn later(at: jiff::Timestamp, days: i64, hours: i64) -> jiff::Timestamp {
    at.checked_add(Span::new().hours(days * 24 + hours)).expect("in range")
}

#[tokio::test]
async fn everything_the_rules_do_not_give_is_said_to_the_officer_and_accepted() {
    let cases: [(&str, Change); 12] = [
        ("“warna”: tidak ditanyakan untuk jawaban seperti ini.", &|application| drop(application.answers.insert("warna".into(), "biru".into()))),
        ("Alasan kartu baru: jawabannya bukan salah satu pilihan.", &|application| drop(application.answers.insert("alasan".into(), "bosan".into()))),
        ("NIK: NIK kurang 3 angka.", &|application| drop(application.answers.insert("nik".into(), "3578014507900".into()))),
        ("Nama lengkap: belum ada jawabannya.", &|application| drop(application.answers.remove("nama"))),
        ("Surat kehilangan: belum ada jawabannya.", &|application| drop(application.papers.remove("surat_kehilangan"))),
        ("Jawaban ini berakhir di “Minta surat kehilangan dulu”", &|application| drop(application.answers.insert("surat_polisi".into(), "belum".into()))),
        ("Surat kehilangan: 5 halaman, paling banyak 4.", &|application| {
            let page = |page_no: usize| PageRef { part: format!("page-{page_no}"), findings: Vec::new(), source: "camera".into() };
            application.papers.insert("surat_kehilangan".into(), (1..=5).map(page).collect());
        }),
        ("e-Kitir menjanjikan Selasa, 24 November 2026 pukul 14.10. Menurut aturan: Senin, 23 November 2026 pukul 14.10.", &|application| {
            application.promise.due_at = later(application.promise.due_at, 1, 0);
        }),
        ("e-Kitir memakai janji “7 hari kerja”.", &|application| application.promise.clock = "tujuh-hari-kerja".into()),
        ("Jam kios lebih cepat 2 jam dari jam kantor.", &|application| application.submitted_at = later(application.submitted_at, 0, 2)),
        ("Baru tiba 45 hari setelah diajukan menurut kios.", &|application| application.submitted_at = later(application.submitted_at, -45, 0)),
        ("“foto_rumah”: tidak ditanyakan", &|application| {
            let moved = application.papers.remove("surat_kehilangan").expect("it was shown");
            application.papers.insert("surat_kehilangan".into(), moved[..0].to_vec());
            application.papers.insert("foto_rumah".into(), moved);
        }),
    ];
    let town = Town::new().await;
    let browser = Browser::signed_in(&town).await;
    for (serial, (sentence, change)) in (401..).zip(cases) {
        let mut application = town.filled(&CATALOGUE, serial, &["ktp-hilang"], &[]);
        change(&mut application);
        town.accepted(&town.sent(&CATALOGUE, serial, application)).await;
        let page = browser.get(&format!("/petugas/permohonan/{}", number_in(serial, 0))).await.text;
        assert!(page.contains(MARK) && page.contains(sentence), "{sentence}: {page}");
    }
    let queue = browser.get("/petugas?ragu=ya").await.text;
    assert_eq!(queue.matches("permohonan/GBG-").count(), 12, "the queue marks each of them");
}

#[tokio::test]
async fn what_the_rules_give_is_not_doubted_and_a_minute_is_no_difference() {
    let town = Town::new().await;
    let mut application = town.filled(&CATALOGUE, 420, &["ktp-hilang"], &[]);
    application.promise.due_at = application.promise.due_at.checked_add(Span::new().seconds(59)).expect("in range");
    application.submitted_at = application.submitted_at.checked_sub(Span::new().seconds(1)).expect("in range");
    town.accepted(&town.sent(&CATALOGUE, 420, application)).await;
    let browser = Browser::signed_in(&town).await;
    let page = browser.get(&format!("/petugas/permohonan/{}", number_in(420, 0))).await.text;
    assert!(!page.contains(MARK), "{page}");
    assert_eq!(browser.get("/petugas?ragu=ya").await.text.matches("permohonan/GBG-").count(), 0);
}

#[tokio::test]
async fn a_submission_that_waited_days_for_the_network_is_not_doubted_for_it() {
    let town = Town::new().await;
    let sent = town.application(421);
    town.clock.advance_secs(6 * 86_400);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    let page = browser.get(&format!("/petugas/permohonan/{}", number_in(421, 0))).await.text;
    assert!(!page.contains(MARK) && page.contains("Terlambat"), "{page}");
}

#[tokio::test]
async fn a_question_that_was_left_out_can_be_sent_back() {
    let town = Town::new().await;
    let mut application = town.filled(&CATALOGUE, 422, &["ktp-hilang"], &[]);
    application.answers.remove("nama");
    let sent = town.sent(&CATALOGUE, 422, application);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    let number = number_in(422, 0);
    browser.act(&number, "verifikasi", &[]).await;
    browser.act(&number, "perlu-perbaikan", &[("item", "nama"), ("reason-nama", "R04")]).await;
    let repair = town.progress(&sent).await.repair.expect("it was sent back");
    assert_eq!(repair.items.iter().map(|item| item.item.as_str()).collect::<Vec<_>>(), ["nama"]);
    assert!(!repair.held.contains(&"nama".to_owned()) && repair.held.contains(&"nik".to_owned()));
}

#[tokio::test]
async fn a_repair_that_settles_a_doubt_takes_the_mark_away() {
    let town = Town::new().await;
    let mut application = town.filled(&CATALOGUE, 423, &["ktp-hilang"], &[]);
    let page = |page_no: usize| PageRef { part: format!("page-{page_no}"), findings: Vec::new(), source: "camera".into() };
    application.papers.insert("surat_kehilangan".into(), (1..=5).map(page).collect());
    let sent = town.sent(&CATALOGUE, 423, application);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    let number = number_in(423, 0);
    assert_eq!(browser.get("/petugas?ragu=ya").await.text.matches("permohonan/GBG-").count(), 1);
    browser.act(&number, "verifikasi", &[]).await;
    browser.act(&number, "perlu-perbaikan", &[("item", "surat_kehilangan"), ("reason-surat_kehilangan", "R01")]).await;
    let repair = town.progress(&sent).await.repair.expect("it was sent back");
    town.accepted(&town.patch(&sent, &repair.permit, 0x4230)).await;
    assert_eq!(browser.get("/petugas?ragu=ya").await.text.matches("permohonan/GBG-").count(), 0);
    assert!(!browser.get(&format!("/petugas/permohonan/{number}")).await.text.contains(MARK));
}
