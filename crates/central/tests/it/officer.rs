//! Officers: the door, the queue, the application with its pages, and every state change the catalogue allows or not.

use reqwest::{Method, StatusCode};

use crate::browser::{Browser, hidden, seen_lines, words_for};
use crate::harness::{CATALOGUE, NAME, PASSWORD, Town, letter, send};

#[tokio::test]
async fn the_door_opens_to_the_right_password_only_and_closes_on_five_wrong_ones() {
    let town = Town::new().await;
    let mut browser = Browser::new(&town);
    for path in ["/petugas", "/petugas/permohonan/GBG-261120-0001-4", "/petugas/antrean.csv"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/petugas/masuk"));
    }
    for (login, password) in [("rina", "kata-sandi-yang-lain"), ("siapa", PASSWORD), ("rina", "")] {
        assert_eq!(browser.sign_in(login, password).await.status, StatusCode::UNAUTHORIZED);
    }
    let answer = browser.sign_in("rina", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    for attribute in ["__Host-", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(answer.header("set-cookie").contains(attribute), "{attribute}");
    }
    let mut stranger = Browser::new(&town);
    for _ in 0..5 {
        assert_eq!(stranger.sign_in("rina", "kata-sandi-yang-lain").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stranger.sign_in("rina", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    town.clock.advance_secs(30);
    assert_eq!(stranger.sign_in("rina", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_by_sign_out_and_by_idleness() {
    let town = Town::new().await;
    let browser = Browser::signed_in(&town).await;
    for _ in 0..3 {
        town.clock.advance_secs(14 * 60);
        assert_eq!(browser.get("/petugas").await.status, StatusCode::OK, "work keeps it open");
    }
    town.clock.advance_secs(15 * 60 + 1);
    assert_eq!(browser.get("/petugas").await.status, StatusCode::SEE_OTHER);

    let browser = Browser::signed_in(&town).await;
    let code = hidden(&browser.get("/petugas").await.text, "form_code");
    assert_eq!(browser.post("/petugas/keluar", &[("form_code", &code)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/petugas").await.status, StatusCode::SEE_OTHER, "the old cookie opens nothing");
}

#[tokio::test]
async fn a_form_that_is_not_ours_is_refused() {
    let town = Town::new().await;
    let sent = town.application(30);
    town.accepted(&sent).await;
    let number = &sent.manifest.number;
    let browser = Browser::signed_in(&town).await;
    let other = Browser::signed_in(&town).await;
    let code_of_another = hidden(&other.get("/petugas").await.text, "form_code");
    for code in ["", "0000", &code_of_another] {
        assert_eq!(browser.act_having_seen(number, "verifikasi", code, "1", &[]).await.status, StatusCode::FORBIDDEN);
    }
    let code = hidden(&browser.get("/petugas").await.text, "form_code");
    let elsewhere =
        town.open(Method::POST, &format!("/petugas/permohonan/{number}/tindakan")).header("cookie", &browser.cookie).header("sec-fetch-site", "cross-site");
    let elsewhere = elsewhere.header("content-type", "application/x-www-form-urlencoded").body(format!("form_code={code}&seen_lines=1&to=verifikasi"));
    assert_eq!(send(elsewhere).await.status, StatusCode::FORBIDDEN);
    assert_eq!(town.progress(&sent).await.state, "diajukan");
}

#[tokio::test]
async fn the_queue_filters_searches_sorts_and_saves() {
    let town = Town::new().await;
    for serial in 31..=33 {
        town.accepted(&town.application(serial)).await;
        town.clock.advance_secs(60);
    }
    let browser = Browser::signed_in(&town).await;
    browser.act("GBG-261120-0032-4", "verifikasi", &[]).await;
    let shown = |text: &str| -> Vec<u32> { (31..=33).filter(|serial| text.contains(&format!("permohonan/GBG-261120-00{serial}-4\""))).collect() };
    let cases: [(&str, &[u32]); 11] = [
        ("", &[31, 32, 33]),
        ("?keadaan=verifikasi", &[32]),
        ("?nomor=0033", &[33]),
        ("?nomor=gbg-261120-0031", &[31]),
        ("?nomor=%25", &[31, 32, 33]),
        ("?layanan=akta", &[]),
        ("?kelurahan=35.78.07.1003&urut=nomor", &[31, 32, 33]),
        ("?kelompok=pendaftaran", &[31, 32, 33]),
        ("?kelompok=sipil", &[]),
        ("?ragu=ya", &[]),
        ("?halaman=7", &[]),
    ];
    for (query, wanted) in cases {
        let page = browser.get(&format!("/petugas{query}")).await;
        assert_eq!((page.status, shown(&page.text).as_slice()), (StatusCode::OK, wanted), "{query}");
    }
    let newest = browser.get("/petugas?urut=terbaru").await.text;
    assert!(newest.find("0033-4") < newest.find("0031-4"));
    let table = browser.get("/petugas/antrean.csv?keadaan=verifikasi").await;
    assert_eq!(table.text.lines().count(), 2);
    assert!(table.text.contains("GBG-261120-0032-4,ktp-hilang,35.78.07.1003,verifikasi,20-11-2026 14.11"), "{}", table.text);
    assert!(!table.text.contains(NAME));
}

#[tokio::test]
async fn the_queue_says_how_an_application_stands_against_its_promise() {
    let town = Town::new().await;
    town.accepted(&town.application(34)).await;
    for (after_secs, words) in [(0, "Sisa 3 hari"), (68 * 3600, "Sisa 4 jam"), (5 * 3600, "Terlambat 1 jam")] {
        town.clock.advance_secs(after_secs);
        let browser = Browser::signed_in(&town).await;
        let page = browser.get("/petugas").await.text;
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn an_officer_sees_every_answer_and_the_page_image_itself() {
    let town = Town::new().await;
    let sent = town.application(35);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    let page = browser.get(&format!("/petugas/permohonan/{}", sent.manifest.number)).await;
    for words in [
        NAME,
        "F-1.02 I: NIK",
        "3578 0145 0790 0000",
        "5 Juli 1990",
        "Alasan kartu baru",
        "KTP saya hilang",
        "Surat kehilangan",
        "Gelap",
        "Kapasari",
        "Warga, di kios GBG-1",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert_eq!(page.header("cache-control"), "no-store");
    let src = page.text.split_once("<img src=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(src, _)| src);
    let response = town.open(Method::GET, src).header("cookie", &browser.cookie).send().await.expect("central answers");
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.bytes().await.expect("the image arrives").as_ref(), letter(0));

    assert_eq!(send(town.open(Method::GET, src)).await.status, StatusCode::SEE_OTHER, "nobody sees it without the door");
    for wrong in [src.replace("page-1", "payload"), src.replace("0035-4", "0036-4"), src.replace("page-1", "page-2")] {
        assert_eq!(browser.get(&wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

/// A way through the path to each state, by officers alone.
fn way_to(state: &str) -> Vec<&'static str> {
    let straight = ["verifikasi", "validasi-rekam-cetak", "antre-cetak", "dicetak", "dikirim-ke-kelurahan", "diterima-kelurahan", "diambil"];
    match state {
        "diajukan" => vec![],
        "perlu-perbaikan" => vec!["verifikasi", "perlu-perbaikan"],
        "ditolak" => vec!["verifikasi", "ditolak"],
        "dibatalkan" => vec!["dibatalkan"],
        "ditahan" => vec!["verifikasi", "validasi-rekam-cetak", "ditahan"],
        other => {
            let end = straight.iter().position(|state| *state == other).unwrap_or_else(|| panic!("the test knows no way to `{other}`"));
            straight[..=end].to_vec()
        }
    }
}

#[tokio::test]
async fn every_change_of_state_is_what_the_catalogue_says() {
    let town = Town::new().await;
    let catalogue = &*CATALOGUE;
    let path = catalogue.path(&catalogue.service("ktp-hilang").expect("the service is there").outputs[0].path).expect("and its path");
    let mut serial = 100;
    for from in path.states() {
        let held = from == "ditahan";
        let mut allowed: Vec<&str> = path.next(from).iter().map(String::as_str).collect();
        if held {
            // Released only to where it was held, or ended.
            allowed.retain(|to| *to == "validasi-rekam-cetak" || catalogue.state(to).is_some_and(|state| state.terminal));
        }
        let browser = Browser::signed_in(&town).await;
        serial += 1;
        let stays = town.application(serial);
        town.accepted(&stays).await;
        for step in way_to(from) {
            assert_eq!(browser.act(&stays.manifest.number, step, &words_for(step)).await.status, StatusCode::SEE_OTHER, "{step}");
        }
        let number = &stays.manifest.number;
        for to in path.states().into_iter().filter(|to| !allowed.contains(to)) {
            let answer = browser.act(number, to, &words_for(to)).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{from} → {to} is not allowed");
        }
        assert_eq!(town.progress(&stays).await.state, from);
        for to in allowed {
            serial += 1;
            let moves = town.application(serial);
            town.accepted(&moves).await;
            for step in way_to(from) {
                browser.act(&moves.manifest.number, step, &words_for(step)).await;
            }
            let answer = browser.act(&moves.manifest.number, to, &words_for(to)).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{from} → {to} is allowed: {}", answer.text);
            assert_eq!(town.progress(&moves).await.state, to);
        }
    }
}

#[tokio::test]
async fn an_act_without_its_words_is_asked_again_and_nothing_changes() {
    let town = Town::new().await;
    let sent = town.application(36);
    town.accepted(&sent).await;
    let number = &sent.manifest.number;
    let browser = Browser::signed_in(&town).await;
    browser.act(number, "verifikasi", &[]).await;
    let long = "x".repeat(201);
    let cases: [(&str, &[(&str, &str)]); 9] = [
        ("perlu-perbaikan", &[("item", "surat_kehilangan"), ("reason-surat_kehilangan", "R04")]),
        ("perlu-perbaikan", &[]),
        ("perlu-perbaikan", &[("item", "surat_kehilangan")]),
        ("perlu-perbaikan", &[("item", "surat_kehilangan"), ("reason-surat_kehilangan", "R99")]),
        ("perlu-perbaikan", &[("item", "paspor"), ("reason-paspor", "R01")]),
        ("perlu-perbaikan", &[("item", "surat_kehilangan"), ("reason-surat_kehilangan", "R01"), ("note-surat_kehilangan", &long)]),
        ("ditolak", &[("note", "karena")]),
        ("dibatalkan", &[("note", "  ")]),
        ("ditahan", &[]),
    ];
    for (to, words) in cases {
        let answer = browser.act(number, to, words).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{to} {words:?}: {}", answer.text);
        assert!(answer.text.contains("role=\"status\""));
    }
    assert_eq!(town.progress(&sent).await.state, "verifikasi");
}

#[tokio::test]
async fn only_reasons_that_fit_an_item_are_offered_for_it() {
    let town = Town::new().await;
    town.accepted(&town.application(40)).await;
    let browser = Browser::signed_in(&town).await;
    browser.act("GBG-261120-0040-4", "verifikasi", &[]).await;
    let page = browser.get("/petugas/permohonan/GBG-261120-0040-4").await.text;
    let offered = |item: &str| -> Vec<String> {
        let select = page.split_once(&format!("name=\"reason-{item}\"")).and_then(|(_, rest)| rest.split_once("</select>")).map_or("", |(select, _)| select);
        select.split("value=\"R").skip(1).map(|rest| format!("R{}", &rest[..2])).collect()
    };
    for (item, kind) in [("surat_kehilangan", catalogue::ItemKind::Paper), ("telepon", catalogue::ItemKind::Entry), ("alasan", catalogue::ItemKind::Choice)] {
        let fitting = CATALOGUE.reasons.values().filter(|reason| reason.applies.contains(&kind));
        let fitting: Vec<String> = fitting.map(|reason| reason.code.clone()).collect();
        assert!(!fitting.is_empty() && fitting.len() < CATALOGUE.reasons.len());
        assert_eq!(offered(item), fitting, "{item}");
    }
}

#[tokio::test]
async fn a_stale_form_is_told_the_truth_and_changes_nothing() {
    let town = Town::new().await;
    let sent = town.application(37);
    town.accepted(&sent).await;
    let number = &sent.manifest.number;
    let (first, second) = (Browser::signed_in(&town).await, Browser::signed_in(&town).await);
    let page = second.get(&format!("/petugas/permohonan/{number}")).await.text;
    let (code, seen) = (hidden(&page, "form_code"), seen_lines(&page));
    assert_eq!(first.act(number, "verifikasi", &[]).await.status, StatusCode::SEE_OTHER);
    let answer = second.act_having_seen(number, "dibatalkan", &code, &seen, &words_for("dibatalkan")).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("baru saja berubah") && answer.text.contains("Terima dan siapkan cetak"), "{}", answer.text);
    assert_eq!(town.progress(&sent).await.history.len(), 2);
}

#[tokio::test]
async fn a_hold_moves_the_promise_by_as_long_as_it_lasted() {
    let town = Town::new().await;
    let sent = town.application(38);
    town.accepted(&sent).await;
    let number = &sent.manifest.number;
    let due = town.progress(&sent).await.promise_due_at;
    let browser = Browser::signed_in(&town).await;
    browser.act(number, "verifikasi", &[]).await;
    browser.act(number, "ditahan", &[("note", "Blangko habis")]).await;
    town.clock.advance_secs(600);
    assert_eq!(town.progress(&sent).await.promise_due_at.as_second() - due.as_second(), 600, "it moves while it is held");
    browser.act(number, "verifikasi", &[]).await;
    town.clock.advance_secs(600);
    let told = town.progress(&sent).await;
    assert_eq!((told.promise_due_at.as_second() - due.as_second(), told.state.as_str()), (600, "verifikasi"));
}

#[tokio::test]
async fn what_an_officer_writes_is_shown_as_text_and_never_as_markup() {
    let town = Town::new().await;
    let sent = town.application(39);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    browser.act(&sent.manifest.number, "dibatalkan", &[("note", "<script>alert(1)</script> & \"kutip\"")]).await;
    let page = browser.get(&format!("/petugas/permohonan/{}", sent.manifest.number)).await.text;
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;") && !page.contains("<script"));
    assert!(page.contains("Rina Percobaan"), "the act carries its officer's name");
}
