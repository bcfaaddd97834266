//! Repair: only what was asked, everything else byte for byte.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::StatusCode;
use wire::v1::{Kind, Patch, Payload, ProblemKind, Repair};

use crate::browser::{Browser, words_for};
use crate::harness::{NAME, NIK, Sent, Town};

/// An application whose police letter was sent back, and the permit to repair it.
async fn sent_back(town: &Town, serial: u32) -> (Sent, Repair) {
    let sent = town.application(serial);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(town).await;
    for to in ["verifikasi", "perlu-perbaikan"] {
        assert_eq!(browser.act(&sent.manifest.number, to, &words_for(to)).await.status, StatusCode::SEE_OTHER);
    }
    let repair = town.progress(&sent).await.repair.expect("it was sent back");
    (sent, repair)
}

fn files_of(town: &Town, sent: &Sent) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = town.data_dir().join("parts").join(sent.manifest.key.to_string());
    std::fs::read_dir(folder)
        .expect("the parts are there")
        .map(|entry| entry.expect("readable").path())
        .map(|path| (path.clone(), std::fs::read(path).expect("readable")))
        .collect()
}

#[tokio::test]
async fn the_resident_is_told_the_item_the_reason_the_note_and_nothing_else() {
    let town = Town::new().await;
    let (_, repair) = sent_back(&town, 50).await;
    let items: Vec<_> = repair.items.iter().map(|item| (item.item.as_str(), item.reason.as_str(), item.note.as_str())).collect();
    assert_eq!(items, [("surat_kehilangan", "R01", "Stempel terpotong")]);
    assert_eq!(repair.until, "2026-12-04T16:59:59Z".parse().expect("a valid time"), "fourteen days, to the end of the day in Surabaya");
    let told = format!("{:?}", repair.facts);
    assert!(!told.contains(NIK) && !told.contains(NAME), "{told}");
}

#[tokio::test]
async fn a_patch_brings_new_pages_and_leaves_the_first_submission_byte_for_byte() {
    let town = Town::new().await;
    let (sent, repair) = sent_back(&town, 51).await;
    let before = files_of(&town, &sent);
    town.clock.advance_secs(600);
    let patch = town.patch(&sent, &repair.permit, 0x5100);
    let receipt = town.accepted(&patch).await;
    assert_eq!(town.accepted(&patch).await, receipt, "sent twice, taken once");
    assert_eq!(files_of(&town, &sent), before);
    let told = town.progress(&sent).await;
    let states: Vec<&str> = told.history.iter().map(|line| line.state.as_str()).collect();
    assert_eq!(states, ["diajukan", "verifikasi", "perlu-perbaikan", "verifikasi"]);
    assert!(told.repair.is_none());

    let page = Browser::signed_in(&town).await.get(&format!("/petugas/permohonan/{}", sent.manifest.number)).await.text;
    for words in [NAME, "Diperbaiki", "Sebelum perbaikan (1 halaman)", "pemindai", &patch.manifest.key.to_string(), &sent.manifest.key.to_string()] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn a_patch_without_right_or_beyond_what_was_asked_is_refused() {
    let town = Town::new().await;
    let (sent, repair) = sent_back(&town, 52).await;
    let (_, permit_of_another) = sent_back(&town, 53).await;
    let with = |key: u128, permit: &str, change: &dyn Fn(&mut Patch)| {
        let mut patch = Patch {
            number: sent.manifest.number.clone(),
            permit: permit.into(),
            answers: BTreeMap::new(),
            papers: BTreeMap::new(),
            submitted_at: sent.manifest.created_at,
        };
        patch.papers =
            BTreeMap::from([("surat_kehilangan".into(), vec![wire::v1::PageRef { part: "page-a".into(), findings: vec![], source: "camera".into() }])]);
        change(&mut patch);
        let number = patch.number.clone();
        town.sealed(Kind::Patch, uuid::Uuid::from_u128(key), &number, &Payload::Patch(patch), "page-a", b"page")
    };
    let nothing = |_: &mut Patch| {};
    let late = |patch: &mut Patch| patch.submitted_at = "2026-12-05T00:00:00Z".parse().expect("a valid time");
    let cases: [(&str, Sent); 5] = [
        ("no permit", with(1, "", &nothing)),
        ("the permit of another application", with(2, &permit_of_another.permit, &nothing)),
        ("too late", with(3, &repair.permit, &late)),
        ("an answer nobody asked for", with(4, &repair.permit, &|patch| drop(patch.answers.insert("nik".into(), NIK.into())))),
        ("an unknown number", with(5, &repair.permit, &|patch| patch.number = "GBG-261120-9999-4".into())),
    ];
    for (case, patch) in cases {
        let answer = town.submit(&patch).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{case}: {}", answer.text);
        answer.problem(ProblemKind::NotInRepair);
    }
    assert_eq!(town.progress(&sent).await.state, "perlu-perbaikan");
    town.accepted(&town.patch(&sent, &repair.permit, 6)).await;
    town.submit(&town.patch(&sent, &repair.permit, 7)).await.problem(ProblemKind::NotInRepair);
}

#[tokio::test]
async fn a_second_request_for_repair_has_its_own_permit() {
    let town = Town::new().await;
    let (sent, first) = sent_back(&town, 54).await;
    town.accepted(&town.patch(&sent, &first.permit, 0x5401)).await;
    let browser = Browser::signed_in(&town).await;
    let words = [("item", "telepon"), ("reason-telepon", "R04"), ("item", "surat_kehilangan"), ("reason-surat_kehilangan", "R03")];
    assert_eq!(browser.act(&sent.manifest.number, "perlu-perbaikan", &words).await.status, StatusCode::SEE_OTHER);
    let second = town.progress(&sent).await.repair.expect("sent back again");
    assert_eq!(second.items.len(), 2);
    assert_ne!(first.permit, second.permit);
    town.submit(&town.patch(&sent, &first.permit, 0x5402)).await.problem(ProblemKind::NotInRepair);
    town.accepted(&town.patch(&sent, &second.permit, 0x5403)).await;
}
