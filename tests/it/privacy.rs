//! Nothing personal in a log line or on the kiosk's disk in the clear, during a session or after it.

use std::path::Path;
use std::sync::Mutex;

use flow::Intent;
use flow::view::{Page, PaperState};

use crate::stand::{NAME, NIK, NO_KK, Stand, bench, office};

static LINES: Mutex<String> = Mutex::new(String::new());

/// Keeps every line of every crate, down to the finest level.
struct Ear;

impl log::Log for Ear {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut lines = LINES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.push_str(&format!("{} {}\n", record.target(), record.args()));
    }

    fn flush(&self) {}
}

fn found(dir: &Path, secret: &str) -> Vec<String> {
    let mut places = Vec::new();
    for entry in std::fs::read_dir(dir).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            places.extend(found(&path, secret));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
        {
            places.push(path.display().to_string());
        }
    }
    places
}

#[test]
fn no_log_line_and_no_file_holds_who_the_resident_is() {
    log::set_logger(&Ear).expect("this process has no other logger");
    log::set_max_level(log::LevelFilter::Trace);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let store = office.settings.store.dir.clone();
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.to_check();
    for secret in [NIK, NO_KK, NAME] {
        assert_eq!(found(&store, secret), Vec::<String>::new(), "{secret} stands on the disk during the session");
    }
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("printed", |slip| slip.paper == PaperState::Printed);
    stand.until_delivered();
    stand.touch(Intent::GoOn);
    stand.until("goodbye", |view| matches!(view.page, Page::Goodbye { .. }));
    let token = slip.qr.rsplit('/').next().expect("the QR ends with the token").to_owned();
    let lines = LINES.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    assert!(lines.contains("courier.delivered"), "the log was really heard");
    for secret in [NIK, NO_KK, NAME, &slip.pin, &token] {
        assert_eq!(found(&store, secret), Vec::<String>::new(), "{secret} stays on the disk after the session");
        assert_eq!(found(&office.dir.join("central"), secret), Vec::<String>::new(), "{secret} stands at central in the clear");
        let line = lines.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a log line holds {secret}");
    }
}
