//! Catalogues: a submission is read, shown and repaired with the one it was made under, and an unknown one is marked.

use std::process::Command;

use reqwest::StatusCode;

use crate::browser::{Browser, words_for};
use crate::harness::{CATALOGUE, Town, catalogue_dir, edited_catalogue, number_in};

/// An earlier year, in which cards were fetched at the kecamatan.
const EARLIER: (&str, &str, &str) = ("services/ktp-hilang.toml", "place = \"kelurahan\"", "place = \"kecamatan\"");
const UNKNOWN: &str = "Katalog yang dipakai kios itu tidak dikenal di sini.";

fn place(id: &str) -> &'static str {
    CATALOGUE.place(id).expect("a known place").text.get(catalogue::Language::Id)
}

#[tokio::test]
async fn a_submission_of_the_previous_bundle_is_read_shown_and_repaired_with_it() {
    let (_folder, dir, earlier) = edited_catalogue(&[EARLIER]);
    let mut town = Town::with_catalogue(dir).await;
    let waiting = town.visit(&earlier, 501, &["ktp-hilang"], &[]);
    let under_way = town.visit(&earlier, 502, &["ktp-hilang"], &[]);
    town.accepted(&waiting).await;
    town.stop().await;
    town.take_catalogue(catalogue_dir());
    town.start().await;
    town.accepted(&under_way).await;
    town.accepted(&town.application(503)).await;

    let browser = Browser::signed_in(&town).await;
    for (serial, own, other) in [(501, "kecamatan", "kelurahan"), (502, "kecamatan", "kelurahan"), (503, "kelurahan", "kecamatan")] {
        let page = browser.get(&format!("/petugas/permohonan/{}", number_in(serial, 0))).await.text;
        assert!(page.contains(place(own)) && !page.contains(place(other)), "{serial}: {page}");
        assert!(!page.contains("Perlu diperiksa"), "{serial}: {page}");
    }
    for to in ["verifikasi", "perlu-perbaikan"] {
        assert_eq!(browser.act(&number_in(502, 0), to, &words_for(to)).await.status, StatusCode::SEE_OTHER);
    }
    let repair = town.progress(&under_way).await.repair.expect("it was sent back");
    town.accepted(&town.patch(&under_way, &repair.permit, 0x5020)).await;
    assert_eq!(town.progress(&under_way).await.state, "verifikasi");
}

#[tokio::test]
async fn an_unknown_bundle_is_accepted_marked_and_understood_once_it_is_added() {
    let (_folder, dir, other) = edited_catalogue(&[EARLIER]);
    let town = Town::new().await;
    town.accepted(&town.visit(&other, 504, &["ktp-hilang"], &[])).await;
    let browser = Browser::signed_in(&town).await;
    let path = format!("/petugas/permohonan/{}", number_in(504, 0));
    let marked = browser.get(&path).await.text;
    assert!(marked.contains(UNKNOWN) && marked.contains(place("kelurahan")), "it is read with the current one: {marked}");
    assert!(browser.get("/petugas?ragu=ya").await.text.contains(&number_in(504, 0)));

    let config = town.made.settings_file();
    let add = |folder: &std::path::Path| {
        Command::new(env!("CARGO_BIN_EXE_klampid-central"))
            .args(["catalogue", "add"])
            .arg(folder)
            .arg("--config")
            .arg(&config)
            .output()
            .expect("the program starts")
    };
    let output = add(&dir);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), other.hash, "{}", String::from_utf8_lossy(&output.stderr));
    assert!(add(&dir).status.success(), "adding it twice is no mistake");
    let understood = browser.get(&path).await.text;
    assert!(!understood.contains(UNKNOWN) && understood.contains(place("kecamatan")), "{understood}");

    let broken = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(broken.path().join("index.toml"), "services = 7\n").expect("writable");
    let refused = add(broken.path());
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("index.toml"), "{}", String::from_utf8_lossy(&refused.stderr));
    assert_eq!(std::fs::read_dir(town.data_dir().join("catalogues")).expect("the archive").count(), 2, "the current one and the added one");
}

#[tokio::test]
async fn a_copy_that_was_tampered_with_is_not_believed() {
    let (folder, dir, earlier) = edited_catalogue(&[EARLIER]);
    let mut town = Town::with_catalogue(dir).await;
    town.accepted(&town.visit(&earlier, 505, &["ktp-hilang"], &[])).await;
    town.stop().await;
    let file = town.data_dir().join("catalogues").join(&earlier.hash).join("services/ktp-hilang.toml");
    let text = std::fs::read_to_string(&file).expect("the copy is there");
    std::fs::write(&file, text.replace("pages_max = 4", "pages_max = 3")).expect("writable");
    let mut same = crate::harness::settings(&town.made);
    same.catalogue_dir = folder.path().join("catalogue");
    let refused = central::Central::start(same, town.clock.clone()).await;
    assert!(matches!(refused, Err(central::StartError::Catalogue(central::bundles::ArchiveError::Damaged(_)))));
    town.take_catalogue(catalogue_dir());
    town.start().await;
    let browser = Browser::signed_in(&town).await;
    assert!(browser.get(&format!("/petugas/permohonan/{}", number_in(505, 0))).await.text.contains(UNKNOWN));
}

#[tokio::test]
async fn what_a_crash_left_in_the_archive_is_gone_after_the_start() {
    let mut town = Town::new().await;
    town.stop().await;
    let torn = town.data_dir().join("catalogues/.half-written");
    std::fs::create_dir(&torn).expect("writable");
    town.start().await;
    assert!(!torn.exists());
}
