//! "Sampai mana permohonan saya?" and the repair of one item.

use std::collections::BTreeMap;

use flow::effect::Body;
use flow::event::{Device, FollowUpAnswer, FollowUpFault, Health, RepairItem, RepairOrder};
use flow::slip::qr_text;
use flow::view::{Page, StageState, Tone};
use flow::{Event, Intent};

use crate::world::{PIN, TOKEN, World, heading};

const URL: &str = "https://lacak-klampid.surabaya.go.id";
const NUMBER: &str = "GBG-261120-0001-";

fn number() -> String {
    catalogue::number::SlipNumber::mint("GBG", jiff::civil::date(2026, 11, 20), 1).expect("a valid number").to_string()
}

fn answer(state: &str, repair: Option<RepairOrder>) -> FollowUpAnswer {
    let at = |text: &str| text.parse().expect("a valid time");
    FollowUpAnswer {
        number: number(),
        service: "ktp-hilang".into(),
        state: state.into(),
        promise_due_at: at("2026-11-23T07:10:00Z"),
        history: vec![
            ("diajukan".into(), at("2026-11-20T07:10:00Z")),
            ("verifikasi".into(), at("2026-11-20T08:00:00Z")),
            (state.into(), at("2026-11-20T09:00:00Z")),
        ],
        repair,
        outputs: Vec::new(),
        also: Vec::new(),
    }
}

fn order() -> RepairOrder {
    RepairOrder {
        permit: "IZIN-1".into(),
        items: vec![RepairItem { item: "surat_kehilangan".into(), reason: "R01".into(), note: "Stempel tidak terlihat".into() }],
        held: ["ktp_fisik", "alasan", "surat_polisi", "cetak_6_bulan", "nik", "no_kk", "nama", "tanggal_lahir", "telepon", "surat_kehilangan"]
            .map(str::to_owned)
            .into(),
        facts: BTreeMap::new(),
    }
}

fn to_pin(world: &mut World) {
    world.touch(Intent::Wake).touch(Intent::FollowUp);
    world.event(Event::CodeRead(qr_text(URL, TOKEN)));
}

#[test]
fn qr_and_pin_show_where_the_application_is() {
    let mut world = World::new();
    world.follow_up = Ok(answer("antre-cetak", None));
    to_pin(&mut world);
    let Page::Entry(entry) = world.page() else { panic!("the PIN is asked for") };
    assert_eq!(entry.shown, "");
    world.type_text(PIN);
    let Page::Entry(entry) = world.page() else { panic!("still there") };
    assert_eq!(entry.shown, "●●●●●●", "a PIN is never shown");
    world.touch(Intent::GoOn);
    assert_eq!(world.asked, [(TOKEN.to_owned(), PIN.to_owned())]);
    let Page::Progress(page) = world.page() else { panic!("progress") };
    assert_eq!(page.now, "Kartu Anda menunggu giliran cetak.");
    assert_eq!(page.promise, "Paling lambat Senin, 23 November 2026 pukul 14.10");
    assert_eq!(page.stages[3].state, StageState::Now);
    assert!(page.stages[4..].iter().all(|stage| stage.state == StageState::Later));
}

#[test]
fn a_foreign_code_is_named_and_its_text_never_used() {
    let mut world = World::new();
    world.touch(Intent::Wake).touch(Intent::FollowUp);
    for text in ["https://phishing.example/", "\u{0}\u{7}biner", "WIFI:S:kantor;;", &qr_text("https://lacak.kota-lain.go.id", TOKEN)] {
        world.event(Event::CodeRead(text.to_owned()));
        let Page::ReadCode { problem, .. } = world.page() else { panic!("still reading") };
        assert!(!problem.is_empty() && !problem.contains(text));
    }
    assert!(world.asked.is_empty());
}

#[test]
fn a_typed_number_serves_as_well_and_a_wrong_digit_is_noticed() {
    let mut world = World::new();
    world.follow_up = Ok(answer("verifikasi", None));
    world.touch(Intent::Wake).touch(Intent::FollowUp).touch(Intent::TypeNumber);
    let right: String = number().replace('-', "");
    let wrong = right.replace("0001", "0002");
    world.type_text(&wrong).touch(Intent::GoOn);
    let Page::Entry(entry) = world.page() else { panic!("still typing") };
    assert!(entry.finding.is_some());
    world.touch(Intent::Clear).type_text(&right);
    let Page::Entry(entry) = world.page() else { panic!("still typing") };
    assert!(entry.shown.starts_with(NUMBER));
    world.touch(Intent::GoOn).type_text(PIN).touch(Intent::GoOn);
    assert_eq!(world.asked[0].0, number());
    assert_eq!(heading(&world.page()), "progress");
}

#[test]
fn a_wrong_pin_is_told_with_what_is_left_and_typed_anew() {
    let cases = [
        (FollowUpFault::NoMatch { tries_left: Some(3) }, "Nomor dan PIN tidak cocok. Sisa 3 kali."),
        (FollowUpFault::NoMatch { tries_left: None }, "Nomor dan PIN tidak cocok. Periksa lagi."),
        (FollowUpFault::Wait { secs: 30 }, "Terlalu sering mencoba. Tunggu 30 detik."),
        (FollowUpFault::Unreachable, "Maaf, jaringan sedang putus. Coba lagi nanti."),
    ];
    for (fault, sentence) in cases {
        let mut world = World::new();
        world.follow_up = Err(fault);
        to_pin(&mut world);
        world.type_text(PIN).touch(Intent::GoOn);
        let Page::Entry(entry) = world.page() else { panic!("the PIN again") };
        assert_eq!((entry.finding.expect("a reason").sentence.as_str(), entry.shown.as_str()), (sentence, ""));
    }
}

#[test]
fn a_short_pin_is_not_sent() {
    let mut world = World::new();
    to_pin(&mut world);
    world.type_text("123").touch(Intent::GoOn);
    assert!(world.asked.is_empty());
}

#[test]
fn a_repair_asks_that_item_only_and_goes_back_under_the_same_number() {
    let mut world = World::new();
    world.follow_up = Ok(answer("perlu-perbaikan", Some(order())));
    to_pin(&mut world);
    world.type_text(PIN).touch(Intent::GoOn);
    let Page::Progress(page) = world.page() else { panic!("progress") };
    assert_eq!(page.promise, "", "the clock stands still until the repair");
    assert_eq!((page.tone, page.repairs.len(), page.repairs[0].name.as_str()), (Tone::Attention, 1, "Surat kehilangan"));
    world.touch(Intent::GoOn);
    let Page::Capture(capture) = world.page() else { panic!("the paper at once, not {}", heading(&world.page())) };
    assert!(capture.instruction.contains("Stempel tidak terlihat"), "what, why and the officer's words");
    world.take_page().touch(Intent::GoOn);
    let Page::Check { rows, papers, .. } = world.page() else { panic!("check") };
    assert_eq!((rows.len(), papers.len()), (0, 1), "nothing else is shown");
    world.touch(Intent::GoOn);
    let [submission] = &world.submissions[..] else { panic!("exactly one") };
    assert_eq!(submission.number, number());
    assert_eq!(submission.body, Body::Patch { permit: "IZIN-1".into() });
    assert!(submission.answers.is_empty());
    assert_eq!(submission.papers.keys().collect::<Vec<_>>(), ["surat_kehilangan"]);
    assert!(world.printed.is_empty(), "the old slip stays good");
    let Page::Goodbye { sentence, .. } = world.page() else { panic!("goodbye") };
    assert!(sentence.contains(&number()));
}

#[test]
fn without_a_camera_the_number_is_typed() {
    let mut world = World::new();
    world.event(Event::DeviceChanged(Device::Camera, Health::NotReady));
    world.touch(Intent::Wake).touch(Intent::FollowUp);
    let Page::ReadCode { sentence, .. } = world.page() else { panic!("code page") };
    assert!(sentence.contains("Ketik nomor"));
}
