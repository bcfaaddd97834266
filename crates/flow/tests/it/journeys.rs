//! What residents do: apply, turn around, mend, change their mind.

use std::collections::BTreeMap;

use flow::effect::Body;
use flow::event::PageFinding;
use flow::view::{CaptureMode, Page, PrintButton, Weight};
use flow::{Intent, Language};

use crate::world::{NAME, NIK, NO_KK, World, heading, source_word};

#[test]
fn a_resident_who_lost_the_ktp_leaves_with_a_number() {
    let mut world = World::new();
    world.go_to_slip();
    let [submission] = &world.submissions[..] else { panic!("exactly one submission") };
    assert_eq!(submission.number, "GBG-261120-0001-".to_owned() + &submission.number[16..]);
    let expected: BTreeMap<String, String> = [
        ("ktp_fisik", "ya"),
        ("alasan", "hilang"),
        ("surat_polisi", "ya"),
        ("cetak_6_bulan", "tidak"),
        ("nik", NIK),
        ("no_kk", NO_KK),
        ("nama", NAME),
        ("tanggal_lahir", "1990-07-05"),
        ("telepon", ""),
    ]
    .map(|(id, value)| (id.to_owned(), value.to_owned()))
    .into();
    assert_eq!(submission.answers, expected);
    assert_eq!(submission.papers["surat_kehilangan"][0].source, source_word());
    let Body::Application { clock, due_at, .. } = &submission.body else { panic!("a new application") };
    assert_eq!(clock, "satu-kali-24-jam");
    // Friday 14.10 plus 24 hours on working days is Monday 14.10.
    assert_eq!(due_at.to_string(), "2026-11-23T07:10:00Z");
    assert_eq!(world.printed.len(), 1);
    let slip = &world.printed[0].1;
    assert_eq!(slip.promise, "Senin, 23 November 2026 pukul 14.10");
    assert_eq!((slip.masked_nik.as_str(), slip.masked_name.as_str()), ("3578 **** **** 0000", "S*** S*******"));
    assert!(!slip.qr.contains(&slip.pin) && !slip.qr.contains(NIK));
    world.touch(Intent::GoOn);
    assert_eq!(heading(&world.page()), "goodbye");
    assert_eq!(world.ended.len(), 1);
    assert_eq!(world.draft, None);
}

#[test]
fn paths_that_end_elsewhere_say_what_to_do() {
    let check = |answers: &[&str], title: &str| {
        let mut world = World::new();
        world.go_to_first_question();
        for answer in answers {
            world.choose(answer);
        }
        let page = world.page();
        assert_eq!(heading(&page), format!("exit: {title}"));
        let Page::Exit { sentences, bring, .. } = page else { unreachable!("the heading said so") };
        assert!(!sentences.is_empty() && !bring.is_empty());
        assert!(world.submissions.is_empty());
    };
    check(&["tidak", "belum"], "Anda perlu perekaman dulu");
    check(&["tidak", "ya"], "Ini KTP pertama Anda");
    check(&["ya", "rusak"], "KTP rusak ditukar dengan yang baru");
    check(&["ya", "berubah"], "Perbarui data di KK dulu");
    check(&["ya", "pindah"], "KTP dengan alamat baru");
    check(&["ya", "hilang", "belum"], "Minta surat kehilangan dulu");
}

#[test]
fn who_is_not_ready_gets_the_list_on_paper() {
    let mut world = World::new();
    world.touch(Intent::Wake).touch(Intent::ChooseEvent("ktp-hilang".into())).touch(Intent::NotComplete);
    assert_eq!(heading(&world.page()), "exit: Lengkapi dulu, lalu kembali");
    world.touch(Intent::PrintList);
    assert_eq!(world.lists, 1);
    let Page::Exit { print, .. } = world.page() else { panic!("still on the list") };
    assert_eq!(print, PrintButton::Done);
}

#[test]
fn one_answer_is_changed_and_the_check_page_comes_straight_back() {
    let mut world = World::new();
    world.go_to_check();
    assert_eq!(heading(&world.page()), "check");
    world.touch(Intent::Change("nama".into()));
    assert_eq!(heading(&world.page()), "Ketik nama lengkap Anda");
    world.touch(Intent::Clear).type_text("SITI BARU").touch(Intent::GoOn);
    assert_eq!(heading(&world.page()), "check");
    world.touch(Intent::GoOn);
    assert_eq!(world.submissions[0].answers["nama"], "SITI BARU");
}

#[test]
fn a_changed_answer_drops_what_it_made_unreachable() {
    let mut world = World::new();
    world.go_to_first_question().choose("tidak").choose("ya");
    world.touch(Intent::GoBack).touch(Intent::GoBack).choose("ya");
    world.choose("hilang").choose("ya").choose("tidak").type_person().take_page().touch(Intent::GoOn).touch(Intent::GoOn);
    assert!(!world.submissions[0].answers.contains_key("perekaman"));
}

#[test]
fn an_exit_reached_from_the_check_page_cannot_be_sent() {
    let mut world = World::new();
    world.go_to_check().touch(Intent::Change("alasan".into())).choose("rusak");
    assert!(heading(&world.page()).starts_with("exit"));
    world.touch(Intent::GoOn);
    assert!(world.submissions.is_empty());
}

#[test]
fn back_goes_one_page_at_a_time_and_keeps_answers() {
    let mut world = World::new();
    world.go_to_first_question().answer_questions().type_text(NIK).touch(Intent::GoOn);
    world.touch(Intent::GoBack);
    let Page::Entry(entry) = world.page() else { panic!("the NIK again") };
    assert_eq!(entry.shown, "3578 0145 0790 0000");
    for _ in 0..4 {
        world.touch(Intent::GoBack);
    }
    let Page::Choice { cards, .. } = world.page() else { panic!("the first question") };
    assert!(cards[0].selected);
    world.touch(Intent::GoBack).touch(Intent::GoBack);
    assert_eq!(heading(&world.page()), "requirements");
}

#[test]
fn hard_findings_stop_and_soft_ones_only_ask() {
    let mut world = World::new();
    world.go_to_first_question().answer_questions();
    let finding = |world: &World| match world.page() {
        Page::Entry(entry) => entry.finding,
        other => panic!("an entry, not {}", heading(&other)),
    };
    world.type_text("35780145079000").touch(Intent::GoOn);
    assert_eq!(finding(&world).expect("two digits are missing").sentence, "NIK kurang 2 angka. NIK ada 16 angka, lihat di KK.");
    world.type_text("00").touch(Intent::GoOn);
    world.type_text(NO_KK).touch(Intent::GoOn).type_text(NAME).touch(Intent::GoOn);
    world.type_text("06071990");
    let doubt = finding(&world).expect("the NIK says the fifth");
    assert_eq!((doubt.weight, doubt.sentence.as_str()), (Weight::Ask, "NIK dan tanggal lahir berbeda. Sudah benar?"));
    world.touch(Intent::GoOn);
    assert_eq!(heading(&world.page()), "Ketik tanggal lahir Anda");
    world.touch(Intent::ConfirmAnyway);
    assert_eq!(heading(&world.page()), "Nomor telepon yang bisa dihubungi");
}

#[test]
fn a_dark_page_is_named_and_may_be_kept_or_taken_again() {
    let mut world = World::new();
    world.findings = vec![PageFinding::TooDark];
    world.go_to_first_question().answer_questions().type_person().touch(Intent::GoOn);
    let Page::Capture(capture) = world.page() else { panic!("the page is being looked at") };
    assert!(matches!(capture.mode, CaptureMode::Review { finding: Some(_), .. }));
    assert_eq!(world.view().frame.primary.expect("it may be kept").label, "Tetap pakai");
    world.touch(Intent::Retake);
    world.findings.clear();
    world.take_page().touch(Intent::AddPage).take_page();
    let Page::Capture(capture) = world.page() else { panic!("two pages") };
    assert_eq!(capture.pages.len(), 2);
    world.touch(Intent::RemovePage(capture.pages[0].part.clone()));
    world.touch(Intent::GoOn);
    assert_eq!(heading(&world.page()), "check");
    world.touch(Intent::GoOn);
    assert_eq!(world.submissions[0].papers["surat_kehilangan"].len(), 1);
}

#[test]
fn the_language_can_be_changed_anywhere_and_is_reset_for_the_next_person() {
    let mut world = World::new();
    world.touch(Intent::ChooseLanguage(Language::En));
    let Page::Idle { sentence, .. } = world.page() else { panic!("idle") };
    assert_eq!(sentence, "KTP, KK, certificates and moving. Free, no account.");
    world.go_to_first_question();
    assert_eq!(heading(&world.page()), "Have you ever had a KTP-el card?");
    world.touch(Intent::Leave);
    world.touch(Intent::Wake);
    assert_eq!(world.view().frame.language, Language::Id);
}

#[test]
fn leaving_with_answers_is_asked_once_more() {
    let mut world = World::new();
    world.go_to_first_question().choose("ya").touch(Intent::Leave);
    assert!(world.view().overlay.is_some());
    world.touch(Intent::StillHere);
    assert_eq!(heading(&world.page()), "Kenapa Anda perlu KTP baru?");
    world.touch(Intent::Leave).touch(Intent::Leave);
    assert_eq!(heading(&world.page()), "goodbye");
    assert_eq!(world.ended.len(), 1);
}

#[test]
fn the_service_leaves_the_top_band_with_the_resident() {
    let mut world = World::new();
    world.go_to_slip();
    assert_eq!(world.view().frame.service, "KTP saya hilang");
    world.touch(Intent::GoOn);
    assert_eq!(world.view().frame.service, "");
}
