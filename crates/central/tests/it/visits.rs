//! One visit with several applications: accepted once, opened by one PIN, decided one by one.

use reqwest::{Method, StatusCode};
use uuid::Uuid;
use wire::v1::{ALSO_MAX, Application, FollowUp, Kind, PageRef, Patch, Payload, ProblemKind};

use crate::browser::{Browser, hidden};
use crate::harness::{CATALOGUE, NAME, PIN, Sent, Town, number_in, send, token};

const SERVICES: [&str; 3] = ["akta-kelahiran", "kk-tambah", "kia-baru"];

fn wishes() -> Vec<(&'static str, &'static str)> {
    vec![("lahir_pelapor", "ibu"), ("lahir_nik", "belum"), ("kk_tambah_alasan", "lahir"), ("kia_anak_nik", "belum"), ("bayi_nama", "DEWI LESTARI")]
}

fn birth(town: &Town, serial: u32) -> Sent {
    town.visit(&CATALOGUE, serial, &SERVICES, &wishes())
}

async fn told(town: &Town, id: &str) -> FollowUp {
    let answer = town.follow_up(id, PIN).await;
    assert_eq!(answer.status, StatusCode::OK, "{id}: {}", answer.text);
    answer.json()
}

#[tokio::test]
async fn birth_family_card_and_child_card_are_accepted_once_with_one_token() {
    let town = Town::new().await;
    let sent = birth(&town, 201);
    let first = town.accepted(&sent).await;
    let before = told(&town, &token(201)).await;
    town.clock.advance_secs(3600);
    assert_eq!(town.accepted(&sent).await, first, "the doubled post brings the same receipt");
    assert_eq!(told(&town, &token(201)).await, before, "and changes nothing");

    let all: Vec<&FollowUp> = std::iter::once(&before).chain(&before.also).collect();
    let services: Vec<&str> = all.iter().map(|one| one.service.as_str()).collect();
    let numbers: Vec<&str> = all.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(services, SERVICES);
    assert_eq!(numbers, [number_in(201, 0), number_in(201, 1), number_in(201, 2)]);
    for one in all {
        assert_eq!((one.state.as_str(), one.history.len(), one.also.is_empty()), ("diajukan", 1, one.service != SERVICES[0]), "{}", one.service);
        let wanted: Vec<&str> =
            CATALOGUE.service(&one.service).expect("offered").outputs.iter().filter(|output| output.when.is_none()).map(|output| output.id.as_str()).collect();
        assert_eq!(one.outputs.iter().map(|output| output.id.as_str()).collect::<Vec<_>>(), wanted);
        assert!(one.outputs.iter().all(|output| output.state == "diajukan" && output.due_at >= one.promise_due_at));
    }
}

#[tokio::test]
async fn any_number_of_the_visit_opens_all_of_it_the_asked_one_first() {
    let town = Town::new().await;
    town.accepted(&birth(&town, 202)).await;
    let second = told(&town, &number_in(202, 1)).await;
    assert_eq!(second.service, "kk-tambah");
    assert_eq!(second.also.iter().map(|one| one.service.as_str()).collect::<Vec<_>>(), ["akta-kelahiran", "kia-baru"]);
    let mut left = Vec::new();
    for id in [number_in(202, 0), number_in(202, 2), token(202)] {
        left.push(town.follow_up(&id, "000000").await.problem(ProblemKind::NoMatch).tries_left);
    }
    assert_eq!(left, [Some(4), Some(3), Some(2)], "one PIN, so its tries count together");
}

#[tokio::test]
async fn sixteen_posts_at_once_are_one_visit() {
    let town = Town::new().await;
    let sent = birth(&town, 203);
    for (name, bytes) in &sent.parts {
        assert_eq!(town.put_part(sent.manifest.key, name, bytes).await.status, StatusCode::NO_CONTENT);
    }
    let request = || town.kiosk(Method::PUT, &format!("/api/v1/submissions/{}", sent.manifest.key)).body(sent.body.clone());
    let all: Vec<_> = (0..16).map(|_| tokio::spawn(send(request()))).collect();
    for one in all {
        assert_eq!(one.await.expect("the task ends").status, StatusCode::OK);
    }
    let visit = told(&town, &token(203)).await;
    assert_eq!((visit.also.len(), visit.history.len(), visit.also[1].history.len()), (2, 1, 1));
}

#[tokio::test]
async fn a_visit_that_cannot_be_kept_whole_is_not_kept_at_all() {
    let town = Town::new().await;
    town.accepted(&birth(&town, 204)).await;
    let filled = |serial: u32, change: &dyn Fn(&mut Application)| {
        let mut application = town.filled(&CATALOGUE, serial, &SERVICES, &wishes());
        change(&mut application);
        town.sent(&CATALOGUE, serial, application)
    };
    let taken = filled(205, &|application| application.also[1].number = number_in(204, 2));
    town.submit(&taken).await.problem(ProblemKind::Conflict);
    type Change = &'static dyn Fn(&mut Application);
    let cases: [(&str, Change); 6] = [
        ("one service twice", &|application| application.also[0].service = "akta-kelahiran".into()),
        ("one number twice", &|application| application.also[1].number = application.also[0].number.clone()),
        ("the first number again", &|application| application.also[1].number = application.number.clone()),
        ("an unknown service", &|application| application.also[1].service = "paspor".into()),
        ("a number that is none", &|application| application.also[0].number = "../../etc".into()),
        ("more than a slip has room for", &|application| {
            let more = (0..=ALSO_MAX).map(|place| wire::v1::AlsoApplication {
                number: number_in(999, place + 1),
                service: format!("layanan-{place}"),
                ..application.also[0].clone()
            });
            application.also = more.collect();
        }),
    ];
    for (serial, (case, change)) in (206..).zip(cases) {
        let answer = town.submit(&filled(serial, change)).await;
        assert_eq!(answer.status.as_u16(), ProblemKind::Unreadable.status(), "{case}: {}", answer.text);
        answer.problem(ProblemKind::Unreadable);
        assert_eq!(town.follow_up(&number_in(serial, 0), PIN).await.status, StatusCode::NOT_FOUND, "{case}: nothing of it is here");
    }
    assert_eq!(town.follow_up(&number_in(205, 0), PIN).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_queue_lists_each_application_under_its_own_menu_and_service() {
    let town = Town::new().await;
    town.accepted(&birth(&town, 220)).await;
    let browser = Browser::signed_in(&town).await;
    let cases: [(&str, &[usize]); 4] = [("", &[0, 1, 2]), ("?kelompok=sipil", &[0]), ("?kelompok=pendaftaran", &[1, 2]), ("?layanan=kia-baru", &[2])];
    for (query, wanted) in cases {
        let page = browser.get(&format!("/petugas{query}")).await.text;
        let shown: Vec<usize> = (0..3).filter(|place| page.contains(&format!("permohonan/{}\"", number_in(220, *place)))).collect();
        assert_eq!(shown, wanted, "{query}");
    }
    assert_eq!(browser.get("/petugas/antrean.csv").await.text.lines().count(), 4);
}

#[tokio::test]
async fn an_application_shows_its_own_answers_and_the_way_to_the_others() {
    let town = Town::new().await;
    let sent = birth(&town, 221);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    let label = |service: &str, step: &str| {
        CATALOGUE.service(service).and_then(|service| service.step(step)).expect("a step").label.get(catalogue::Language::Id).to_owned()
    };
    let (of_birth, of_card) = (label("akta-kelahiran", "lahir_penolong"), label("kia-baru", "kia_proses"));
    for (place, own, foreign) in [(0, &of_birth, &of_card), (2, &of_card, &of_birth)] {
        let page = browser.get(&format!("/petugas/permohonan/{}", number_in(221, place))).await.text;
        let answers = page.split_once("id=\"jawaban\"").and_then(|(_, rest)| rest.split_once("id=\"berkas\"")).map_or("", |(answers, _)| answers);
        assert!(answers.contains(own.as_str()) && !answers.contains(foreign.as_str()), "{place}: {answers}");
        assert!(answers.contains(NAME) && answers.contains("DEWI LESTARI"), "shared answers stand on each");
        for other in (0..3).filter(|other| *other != place) {
            assert!(page.contains(&format!("href=\"/petugas/permohonan/{}\"", number_in(221, other))));
        }
        assert!(!page.contains("Perlu diperiksa") && !page.contains("pertanyaan lama"), "{page}");
    }
    let image = |place| format!("/petugas/permohonan/{}/berkas/{}/page-1", number_in(221, place), sent.manifest.key);
    for place in 0..3 {
        assert_eq!(browser.get(&image(place)).await.status, StatusCode::OK, "pages stand once and are seen from each");
    }
}

#[tokio::test]
async fn what_the_kiosk_forecast_is_told_to_the_officer_too() {
    let town = Town::new().await;
    let unsigned: Vec<_> = wishes().into_iter().chain([("lahir_skl_ttd", "tidak")]).collect();
    let sent = town.visit(&CATALOGUE, 224, &SERVICES, &unsigned);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    let page = browser.get(&format!("/petugas/permohonan/{}", number_in(224, 0))).await.text;
    let forecast = CATALOGUE.service("akta-kelahiran").and_then(|service| service.forecasts.iter().find(|forecast| forecast.item == "lahir_skl_ttd"));
    let forecast = forecast.expect("a letter without signature is foreseen");
    assert!(page.contains("Perkiraan kios") && page.contains(forecast.text.get(catalogue::Language::Id)) && page.contains(&forecast.reason), "{page}");
    let other = browser.get(&format!("/petugas/permohonan/{}", number_in(224, 2))).await.text;
    assert!(!other.contains(forecast.text.get(catalogue::Language::Id)), "it is about the birth alone");
}

#[tokio::test]
async fn a_repair_of_a_shared_answer_mends_it_for_all_of_the_visit() {
    let town = Town::new().await;
    let sent = birth(&town, 222);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    let number = number_in(222, 0);
    browser.act(&number, "verifikasi", &[]).await;
    let words = [("item", "bayi_nama"), ("reason-bayi_nama", "R04"), ("note-bayi_nama", "Ejaan beda")];
    assert_eq!(browser.act(&number, "perlu-perbaikan", &words).await.status, StatusCode::SEE_OTHER);

    let asked = told(&town, &number_in(222, 2)).await;
    assert_eq!(asked.state, "diajukan", "the card of the child is not held up");
    let repair = asked.also.iter().find_map(|one| one.repair.clone()).expect("the birth waits for a repair");
    assert_eq!(repair.items.iter().map(|item| item.item.as_str()).collect::<Vec<_>>(), ["bayi_nama"]);
    assert!(repair.held.contains(&"nik".to_owned()) && !format!("{:?}", repair.facts).contains(NAME));

    let patch = |key: u128, item: &str| {
        let patch = Patch {
            number: number.clone(),
            permit: repair.permit.clone(),
            answers: [(item.to_owned(), "DEWI LESTARI PUTRI".to_owned())].into(),
            papers: std::collections::BTreeMap::<String, Vec<PageRef>>::new(),
            submitted_at: town.clock_later(),
        };
        town.sealed_pages(Kind::Patch, Uuid::from_u128(key), &number, &Payload::Patch(patch), &[])
    };
    town.submit(&patch(0x2221, "nama")).await.problem(ProblemKind::NotInRepair);
    town.accepted(&patch(0x2222, "bayi_nama")).await;
    assert_eq!(told(&town, &number).await.state, "verifikasi");
    for place in [0, 2] {
        let page = browser.get(&format!("/petugas/permohonan/{}", number_in(222, place))).await.text;
        assert!(page.contains("DEWI LESTARI PUTRI") && page.contains("Diperbaiki"), "{place}");
    }
}

#[tokio::test]
async fn the_phone_shows_every_application_of_the_visit() {
    let town = Town::new().await;
    town.accepted(&birth(&town, 223)).await;
    let browser = Browser::signed_in(&town).await;
    browser.act(&number_in(223, 1), "verifikasi", &[]).await;
    let code = hidden(&browser.get("/lacak").await.text, "form_code");
    let page = browser.post(&format!("/T/{}", token(223)), &[("form_code", &code), ("pin", PIN)]).await.text;
    for service in SERVICES {
        let service = CATALOGUE.service(service).expect("offered");
        assert!(page.contains(service.title.get(catalogue::Language::Id)), "{}", service.id);
    }
    assert!(page.contains("3 permohonan Anda") && (0..3).all(|place| page.contains(&number_in(223, place))), "{page}");
    assert!(page.contains("Petugas sedang memeriksa permohonan Anda.") && page.contains("Permohonan Anda sudah kami terima."));
    assert!(!page.contains(NAME) && !page.contains("DEWI LESTARI") && !page.contains("method=\"post\" action=\"/petugas"));
}
