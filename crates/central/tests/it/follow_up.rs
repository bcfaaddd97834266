//! Following up: PIN tries are counted, delayed and forgiven; strangers learn nothing.

use reqwest::{Method, StatusCode};
use wire::v1::{FollowUp, ProblemKind};

use crate::browser::{Browser, hidden};
use crate::harness::{PIN, Sent, Town, send, token};

async fn town_with(serial: u32) -> (Town, Sent) {
    let town = Town::new().await;
    let sent = town.application(serial);
    town.accepted(&sent).await;
    (town, sent)
}

#[tokio::test]
async fn number_and_token_in_any_case_tell_the_same() {
    let (town, sent) = town_with(20).await;
    let by_number = town.progress(&sent).await;
    assert_eq!((by_number.state.as_str(), by_number.history.len(), by_number.repair.is_none()), ("diajukan", 1, true));
    for id in [token(20), token(20).to_lowercase(), sent.manifest.number.to_lowercase(), format!(" {} ", sent.manifest.number)] {
        let answer = town.follow_up(&id, PIN).await;
        assert_eq!(answer.status, StatusCode::OK, "{id}: {}", answer.text);
        assert_eq!(answer.json::<FollowUp>(), by_number);
    }
}

#[tokio::test]
async fn five_wrong_pins_wait_half_a_minute_and_each_further_one_twice_as_long() {
    let (town, sent) = town_with(21).await;
    let number = &sent.manifest.number;
    for left in [4, 3, 2, 1] {
        let problem = town.follow_up(number, "000000").await.problem(ProblemKind::NoMatch);
        assert_eq!((problem.tries_left, problem.wait_secs), (Some(left), None));
    }
    for wait in [30, 60, 120, 240, 480, 960, 1920, 3600, 3600] {
        let problem = town.follow_up(number, "000000").await.problem(ProblemKind::NoMatch);
        assert_eq!((problem.tries_left, problem.wait_secs), (Some(0), Some(wait)));
        let right_but_early = town.follow_up(number, PIN).await;
        assert_eq!(right_but_early.header("retry-after"), wait.to_string());
        assert_eq!(right_but_early.problem(ProblemKind::Wait).wait_secs, Some(wait));
        town.clock.advance_secs(i64::try_from(wait).expect("fits"));
    }
    town.progress(&sent).await;
    let problem = town.follow_up(number, "000000").await.problem(ProblemKind::NoMatch);
    assert_eq!(problem.tries_left, Some(4), "the right PIN forgives");
}

#[tokio::test]
async fn the_token_does_not_give_five_more_tries() {
    let (town, sent) = town_with(22).await;
    for id in [sent.manifest.number.clone(), token(22), sent.manifest.number.clone(), token(22), sent.manifest.number.clone()] {
        town.follow_up(&id, "111111").await.problem(ProblemKind::NoMatch);
    }
    town.follow_up(&token(22), PIN).await.problem(ProblemKind::Wait);
}

#[tokio::test]
async fn tries_sent_all_at_once_are_counted_one_by_one() {
    let (town, sent) = town_with(23).await;
    let body = serde_json::json!({ "id": sent.manifest.number, "pin": "111111" }).to_string();
    let tries: Vec<_> = (0..12).map(|_| tokio::spawn(send(town.kiosk(Method::POST, "/api/v1/follow-up").body(body.clone())))).collect();
    let mut looked_at = 0;
    for one in tries {
        looked_at += u32::from(one.await.expect("the task ends").status == StatusCode::NOT_FOUND);
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn an_unknown_number_answers_word_for_word_like_a_wrong_pin() {
    let (town, sent) = town_with(24).await;
    for _ in 0..7 {
        let wrong = town.follow_up(&sent.manifest.number, "000000").await;
        let unknown = town.follow_up("GBG-261120-7777-4", "000000").await;
        assert_eq!((wrong.status, wrong.text), (unknown.status, unknown.text));
    }
}

#[tokio::test]
async fn tries_survive_a_restart_and_a_clock_that_steps_back() {
    let (mut town, sent) = town_with(25).await;
    for _ in 0..5 {
        town.follow_up(&sent.manifest.number, "000000").await.problem(ProblemKind::NoMatch);
    }
    town.stop().await;
    town.start().await;
    town.follow_up(&sent.manifest.number, PIN).await.problem(ProblemKind::Wait);
    town.clock.advance_secs(-86_400);
    assert_eq!(town.follow_up(&sent.manifest.number, PIN).await.status, StatusCode::OK, "a clock that stepped back a day locks nobody out for a day");
}

#[tokio::test]
async fn one_address_cannot_try_number_after_number() {
    let (town, sent) = town_with(26).await;
    let browser = Browser::new(&town);
    let code = hidden(&browser.get("/lacak").await.text, "form_code");
    for serial in 0..30 {
        let number = format!("GBG-261120-{serial:04}-9");
        let answer = browser.post("/lacak", &[("form_code", &code), ("number", &number), ("pin", "000000")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    let answer = browser.post("/lacak", &[("form_code", &code), ("number", &sent.manifest.number), ("pin", PIN)]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    town.progress(&sent).await;
}

#[tokio::test]
async fn the_slips_qr_opens_a_page_that_asks_for_the_pin_and_then_tells() {
    let (town, sent) = town_with(27).await;
    let browser = Browser::new(&town);
    for path in [format!("/T/{}", token(27)), format!("/t/{}", token(27).to_lowercase())] {
        let form = browser.get(&path).await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.text.contains("PIN, 6 angka") && !form.text.contains(&sent.manifest.number));
        let code = hidden(&form.text, "form_code");
        let told = browser.post(&path, &[("form_code", &code), ("lang", "id"), ("pin", "482 915")]).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        for words in [sent.manifest.number.as_str(), "Permohonan Anda sudah kami terima.", "Senin, 23 November 2026 pukul 14.10"] {
            assert!(told.text.contains(words), "{words}: {}", told.text);
        }
        for secret in [crate::harness::NAME, crate::harness::NIK, PIN] {
            assert!(!told.text.contains(secret));
        }
    }
    let english = browser.get(&format!("/T/{}?lang=en", token(27))).await;
    assert!(english.text.contains("<html lang=\"en\">") && english.text.contains("PIN, 6 digits"));
}

/// Serial, the officer's way, the words on it, what the resident reads, and whether the note is among it.
type Ended = (u32, &'static [&'static str], &'static [(&'static str, &'static str)], &'static str, bool);

#[tokio::test]
async fn a_refused_resident_is_told_why_and_a_taker_is_told_to_nobody() {
    let town = Town::new().await;
    let officer = Browser::signed_in(&town).await;
    let cases: [Ended; 3] = [
        (90, &["verifikasi", "ditolak"], &[("reason", "R06"), ("note", "Bawa KK asli")], "Nomor ini sedang tidak aktif.", true),
        (91, &["dibatalkan"], &[("note", "Bawa KK asli")], "Permohonan ini dibatalkan.", true),
        (
            92,
            &["verifikasi", "validasi-rekam-cetak", "antre-cetak", "dicetak", "dikirim-ke-kelurahan", "diterima-kelurahan", "diambil"],
            &[("note", "Bawa KK asli")],
            "Kartu sudah diambil.",
            false,
        ),
    ];
    for (serial, way, words, sentence, note_is_shown) in cases {
        let sent = town.application(serial);
        town.accepted(&sent).await;
        for to in way {
            assert_eq!(officer.act(&sent.manifest.number, to, words).await.status, StatusCode::SEE_OTHER, "{to}");
        }
        let code = hidden(&officer.get("/lacak").await.text, "form_code");
        let told = officer.post("/lacak", &[("form_code", &code), ("number", &sent.manifest.number), ("pin", PIN)]).await.text;
        assert!(told.contains(sentence) && told.contains("Bawa KK asli") == note_is_shown, "{told}");
    }
}

#[tokio::test]
async fn a_form_without_its_code_or_from_another_site_is_not_looked_at() {
    let (town, sent) = town_with(28).await;
    let browser = Browser::new(&town);
    let fields = format!("number={}&pin={PIN}", sent.manifest.number);
    let bare = town.open(Method::POST, "/lacak").header("content-type", "application/x-www-form-urlencoded").body(fields.clone());
    assert_eq!(send(bare).await.status, StatusCode::FORBIDDEN);
    let code = hidden(&browser.get("/lacak").await.text, "form_code");
    let elsewhere = town.open(Method::POST, "/lacak").header("content-type", "application/x-www-form-urlencoded").header("sec-fetch-site", "cross-site");
    assert_eq!(send(elsewhere.body(format!("{fields}&form_code={code}"))).await.status, StatusCode::FORBIDDEN);
    town.clock.advance_secs(4 * 3600);
    let old = browser.post("/lacak", &[("form_code", &code), ("number", &sent.manifest.number), ("pin", PIN)]).await;
    assert_eq!(old.status, StatusCode::FORBIDDEN);
}
