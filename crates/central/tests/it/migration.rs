//! A database from before visits and outputs: every application goes on as one with a single output.

use reqwest::StatusCode;
use sha2::{Digest, Sha256};

use crate::browser::{Browser, words_for};
use crate::harness::{CATALOGUE, PIN, Sent, Town, number_in, settings, token};

const FIRST_STEP: &str = include_str!("../../migrations/0001_start.sql");

/// Puts a submission where an earlier central left it: parts on disk, rows as the first step of the schema has them.
async fn left_behind(town: &Town, pool: &sqlx::AnyPool, sent: &Sent, serial: u32, history: &[(&str, i64)]) {
    let folder = town.data_dir().join("parts").join(sent.manifest.key.to_string());
    std::fs::create_dir_all(&folder).expect("writable");
    for (name, bytes) in &sent.parts {
        std::fs::write(folder.join(name), bytes).expect("writable");
    }
    let (number, key) = (number_in(serial, 0), sent.manifest.key.to_string());
    let (state, since) = history.last().expect("a history");
    let token_sha256 = hex::encode(Sha256::digest(token(serial).as_bytes()));
    let submitted = town.clock_later().as_millisecond() - 1000;
    let due = "2026-11-23T07:10:00Z".parse::<jiff::Timestamp>().expect("a valid time").as_millisecond();
    let closed = i64::from(matches!(*state, "diambil" | "ditolak" | "dibatalkan"));
    sqlx::query("INSERT INTO submission VALUES ($1, 'application', $2, 'GBG-1', $3, 'aa', '{}', 'sig', $4)")
        .bind(&key)
        .bind(&number)
        .bind("ab".repeat(32))
        .bind(submitted)
        .execute(pool)
        .await
        .expect("a submission");
    for (name, bytes) in &sent.parts {
        sqlx::query("INSERT INTO part VALUES ($1, $2, $3, 'aa', $4)")
            .bind(&key)
            .bind(name)
            .bind(i64::from(name == "payload"))
            .bind(bytes.len() as i64)
            .execute(pool)
            .await
            .expect("a part");
    }
    sqlx::query("INSERT INTO application VALUES ($1, $2, 'ktp-hilang', '35.78.07.1003', $3, $4, $5, $6, $7, $8, $9)")
        .bind(&number)
        .bind(&key)
        .bind(token_sha256)
        .bind(submitted)
        .bind(due)
        .bind(*state)
        .bind(submitted + since * 1000)
        .bind(history.len() as i64)
        .bind(closed)
        .execute(pool)
        .await
        .expect("an application");
    for (line_no, (state, after_secs)) in (1_i64..).zip(history) {
        sqlx::query("INSERT INTO history VALUES ($1, $2, $3, $4, 'petugas:rina', '', '')")
            .bind(&number)
            .bind(line_no)
            .bind(submitted + after_secs * 1000)
            .bind(*state)
            .execute(pool)
            .await
            .expect("a line");
    }
    if *state == "perlu-perbaikan" {
        sqlx::query("INSERT INTO repair_item VALUES ($1, $2, 'surat_kehilangan', 'R01', '', $3)")
            .bind(&number)
            .bind(history.len() as i64)
            .bind(due + 86_400_000)
            .execute(pool)
            .await
            .expect("an item");
    }
}

#[tokio::test]
async fn applications_from_before_outputs_go_on_where_they_were() {
    let mut town = Town::new().await;
    town.stop().await;
    let file = town.data_dir().join("central.db");
    for name in ["central.db", "central.db-wal", "central.db-shm"] {
        let _ = std::fs::remove_file(town.data_dir().join(name));
    }
    let url = settings(&town.made).database_url;
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.expect("a fresh file");
    sqlx::raw_sql(FIRST_STEP).execute(&pool).await.expect("the first step");
    sqlx::query("CREATE TABLE schema_step (step BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)").execute(&pool).await.expect("made");
    sqlx::query("INSERT INTO schema_step VALUES (1, '0001_start', 0)").execute(&pool).await.expect("written");
    let waiting = [("diajukan", 0)];
    let held = [("diajukan", 0), ("verifikasi", 60), ("validasi-rekam-cetak", 120), ("ditahan", 180)];
    let asked = [("diajukan", 0), ("verifikasi", 60), ("perlu-perbaikan", 120)];
    let done = [
        ("diajukan", 0),
        ("verifikasi", 60),
        ("validasi-rekam-cetak", 70),
        ("antre-cetak", 80),
        ("dicetak", 90),
        ("dikirim-ke-kelurahan", 99),
        ("diterima-kelurahan", 120),
        ("diambil", 400_000),
    ];
    let all: [(u32, &[(&str, i64)]); 4] = [(601, &waiting), (602, &held), (603, &asked), (604, &done)];
    let mut sent = Vec::new();
    for (serial, history) in all {
        let one = town.application(serial);
        left_behind(&town, &pool, &one, serial, history).await;
        sent.push(one);
    }
    let verifier = central::verify::hash(crate::harness::PASSWORD);
    sqlx::query("INSERT INTO officer VALUES ('rina', 'Rina Percobaan', $1, 0)").bind(verifier).execute(&pool).await.expect("an officer");
    let secret = hex::encode(Sha256::digest(town.kiosk_secret.as_bytes()));
    sqlx::query("INSERT INTO kiosk VALUES ('GBG-1', $1, 0)").bind(secret).execute(&pool).await.expect("a kiosk");
    pool.close().await;
    assert!(file.exists());
    town.start().await;

    let output = &CATALOGUE.service("ktp-hilang").expect("offered").outputs[0].id;
    for ((serial, history), one) in all.iter().zip(&sent) {
        let told = town.progress(one).await;
        let state = history.last().expect("a history").0;
        assert_eq!((told.state.as_str(), told.history.len(), told.outputs.len()), (state, history.len(), 1), "{serial}");
        assert_eq!((told.outputs[0].id.as_str(), told.outputs[0].state.as_str()), (output.as_str(), state));
        assert_eq!(town.follow_up(&token(*serial), PIN).await.status, StatusCode::OK);
    }
    let browser = Browser::signed_in(&town).await;
    assert_eq!(browser.act(&number_in(601, 0), "verifikasi", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.act(&number_in(602, 0), "verifikasi", &words_for("verifikasi")).await.status, StatusCode::CONFLICT, "it was held elsewhere");
    assert_eq!(browser.act(&number_in(602, 0), "validasi-rekam-cetak", &[]).await.status, StatusCode::SEE_OTHER);
    let repair = town.progress(&sent[2]).await.repair.expect("it waits for a repair");
    town.accepted(&town.patch(&sent[2], &repair.permit, 0x6030)).await;
    assert_eq!(town.progress(&sent[2]).await.state, "verifikasi");
    let page = browser.get(&format!("/petugas/permohonan/{}", number_in(604, 0))).await.text;
    assert!(!page.contains("Janji terlewat") && page.contains("Permohonan ini sudah selesai."), "it was there in time: {page}");
    assert!(page.contains("Katalog yang dipakai kios itu tidak dikenal"));
}
