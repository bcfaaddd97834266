//! Nothing personal outside the sealed parts: neither in the database, nor in the folder, nor in the log.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use wire::v1::ProblemKind;

use crate::browser::{Browser, hidden, words_for};
use crate::harness::{NAME, NIK, PASSWORD, PIN, Town, token};

/// Everything any crate logs, at every level.
struct Everything(Mutex<String>);

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut lines = self.0.lock().expect("no holder panics");
        lines.push_str(&format!("{} {}\n", record.target(), record.args()));
    }

    fn flush(&self) {}
}

static LOG: Everything = Everything(Mutex::new(String::new()));

#[tokio::test]
async fn no_name_no_nik_no_pin_and_no_token_is_found_anywhere() {
    // Under one process per test this is the only logger; elsewhere the first one wins and the files are still searched.
    if log::set_logger(&LOG).is_ok() {
        log::set_max_level(log::LevelFilter::Debug);
    }
    let mut town = Town::new().await;
    let sent = town.application(60);
    town.accepted(&sent).await;
    let browser = Browser::signed_in(&town).await;
    browser.get(&format!("/petugas/permohonan/{}", sent.manifest.number)).await;
    browser.act(&sent.manifest.number, "verifikasi", &[]).await;
    browser.act(&sent.manifest.number, "perlu-perbaikan", &words_for("perlu-perbaikan")).await;
    town.follow_up(&token(60), "135790").await.problem(ProblemKind::NoMatch);
    let repair = town.progress(&sent).await.repair.expect("it was sent back");
    town.accepted(&town.patch(&sent, &repair.permit, 0x6000)).await;
    let form = browser.get(&format!("/T/{}", token(60))).await;
    browser.post(&format!("/T/{}", token(60)), &[("form_code", &hidden(&form.text, "form_code")), ("pin", PIN)]).await;
    browser.act(&sent.manifest.number, "dibatalkan", &[("note", NAME)]).await;
    town.stop().await;

    let secrets = [NIK, NAME, PIN, "135790", &token(60), PASSWORD, "Stempel terpotong", &town.kiosk_secret, &repair.permit];
    // The archive of catalogues holds what everybody may read, its invented examples among it.
    let archive = town.data_dir().join("catalogues");
    let files: Vec<PathBuf> = files_below(&town.data_dir()).into_iter().filter(|path| !path.starts_with(&archive)).collect();
    assert!(files.len() >= 5, "database, payloads and pages: {files:?}");
    for path in files {
        let bytes = std::fs::read(&path).expect("readable");
        for secret in secrets {
            assert!(!holds(&bytes, secret), "`{secret}` in {}", path.display());
        }
    }
    let lines = LOG.0.lock().expect("no holder panics");
    assert!(lines.contains("submission-accepted number=GBG-261120-0060-4"), "the log was caught");
    for secret in secrets {
        assert!(!holds(lines.as_bytes(), secret), "`{secret}` was logged");
    }
}

/// Does `secret` stand here in any case? Six digits inside a longer run of letters are a hash that happens to look so.
fn holds(bytes: &[u8], secret: &str) -> bool {
    let alone = |at: usize| {
        let beside = [at.checked_sub(1), Some(at + secret.len())].into_iter().flatten().filter_map(|index| bytes.get(index));
        secret.len() > 8 || !beside.into_iter().any(u8::is_ascii_alphanumeric)
    };
    bytes.windows(secret.len()).enumerate().any(|(at, window)| window.eq_ignore_ascii_case(secret.as_bytes()) && alone(at))
}

#[test]
fn the_search_itself_finds_what_it_looks_for() {
    let cases = [("pin=482915;", true), ("a482915f", false), ("x siti PERCOBAAN y", true), ("SITI", false)];
    for (text, found) in cases {
        assert_eq!(holds(text.as_bytes(), PIN) || holds(text.as_bytes(), NAME), found, "{text}");
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}
