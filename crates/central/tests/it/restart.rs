//! Stopping and starting keeps everything: receipts, states, sessions, sealed pages.

use reqwest::StatusCode;

use crate::browser::{Browser, words_for};
use crate::harness::Town;

#[tokio::test]
async fn a_restart_keeps_receipts_states_sessions_and_pages() {
    let mut town = Town::new().await;
    let sent = town.application(70);
    let receipt = town.accepted(&sent).await;
    let cookie = {
        let browser = Browser::signed_in(&town).await;
        browser.act(&sent.manifest.number, "verifikasi", &words_for("verifikasi")).await;
        browser.cookie
    };
    let before = town.progress(&sent).await;
    // What a power cut leaves half-written is gone after the start.
    let torn = town.data_dir().join("aside").join("half-written");
    std::fs::write(&torn, b"half").expect("writable");
    town.stop().await;
    town.start().await;
    assert!(!torn.exists());
    assert_eq!(town.progress(&sent).await, before);
    assert_eq!(town.accepted(&sent).await, receipt);
    let mut browser = Browser::new(&town);
    browser.cookie = cookie;
    assert_eq!(browser.get(&format!("/petugas/permohonan/{}", sent.manifest.number)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_submission_that_was_only_half_uploaded_is_finished_after_a_restart() {
    let mut town = Town::new().await;
    let sent = town.application(71);
    let (name, bytes) = &sent.parts[0];
    assert_eq!(town.put_part(sent.manifest.key, name, bytes).await.status, StatusCode::NO_CONTENT);
    town.stop().await;
    town.start().await;
    town.accepted(&sent).await;
}

#[tokio::test]
async fn a_database_of_a_newer_central_is_left_alone() {
    let mut town = Town::new().await;
    town.stop().await;
    let url = crate::harness::settings(&town.made).database_url;
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.expect("the file opens");
    sqlx::query("INSERT INTO schema_step (step, name, applied_at) VALUES (999, 'later', 0)").execute(&pool).await.expect("written");
    pool.close().await;
    let refused = central::Central::start(crate::harness::settings(&town.made), town.clock.clone()).await;
    assert!(matches!(refused, Err(central::StartError::Db(central::db::DbError::Newer(999)))));
}
