//! A disk without room, and a disk with a damaged file.

use flow::Intent;
use flow::view::Page;

use crate::stand::{Stand, bench, office};

#[test]
fn a_full_disk_takes_no_new_application_and_says_so() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let mut settings = office.settings.clone();
    settings.store.mib_max = 4;
    let stand = Stand::start(settings, bench(dir.path()));
    stand.until(
        "the idle page says so",
        |view| matches!(&view.page, Page::Idle { notices, .. } if notices.iter().any(|notice| notice.sentence.contains("loket"))),
    );
    stand.touch(Intent::Wake);
    stand.until(
        "closed, with what to do",
        |view| matches!(&view.page, Page::Closed { sentences, .. } if sentences.iter().any(|sentence| sentence.contains("loket"))),
    );
    stand.touch(Intent::ChooseEvent("ktp-hilang".into()));
    stand.until("still closed", |view| matches!(view.page, Page::Closed { .. }));
}

#[test]
fn a_damaged_store_is_moved_aside_whole_and_the_kiosk_goes_on() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    office.link.cut();
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.apply();
    stand.running.stop();
    let file = office.settings.store.dir.join("outbox.sqlite");
    let mut bytes = std::fs::read(&file).expect("the store is there");
    let middle = bytes.len() / 2;
    for byte in &mut bytes[100..middle] {
        *byte ^= 0xA5;
    }
    std::fs::write(&file, &bytes).expect("writable");
    let stand = Stand::start(office.settings.clone(), bench(&dir.path().join("again")));
    let aside = std::fs::read_dir(&office.settings.store.dir)
        .expect("readable")
        .flatten()
        .filter(|entry| entry.file_name() != "outbox.sqlite")
        .any(|entry| walk(&entry.path()).iter().any(|path| std::fs::read(path).is_ok_and(|kept| kept == bytes)));
    assert!(aside, "the damaged file is kept byte for byte");
    stand.apply();
}

fn walk(path: &std::path::Path) -> Vec<std::path::PathBuf> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().flat_map(|entry| walk(&entry.path())).collect(),
        Err(_) => vec![path.to_owned()],
    }
}
