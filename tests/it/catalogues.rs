//! A broken catalogue does not close an office that had a good one.

use std::path::Path;

use kiosk::boot::BootError;

use crate::stand::{Stand, bench, config_dir, office};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("writable");
    for entry in std::fs::read_dir(from).expect("readable").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn the_last_good_catalogue_serves_until_the_broken_one_is_mended() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let catalogue = dir.path().join("catalogue");
    copy(&config_dir().join("catalogue"), &catalogue);
    let mut settings = office.settings.clone();
    settings.catalogue.dir = catalogue.clone();
    Stand::start(settings.clone(), bench(dir.path())).running.stop();

    let file = catalogue.join("services/ktp-hilang.toml");
    let text = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, text.replace("kind = \"choice\"", "kind = \"pilihan\"")).expect("writable");
    let stand = Stand::start(settings, bench(&dir.path().join("again")));
    stand.to_questions();
    stand.question("pernah punya");
}

#[test]
fn without_any_good_catalogue_the_kiosk_refuses_to_start_and_names_the_line() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let catalogue = dir.path().join("catalogue");
    copy(&config_dir().join("catalogue"), &catalogue);
    let file = catalogue.join("city.toml");
    let text = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, text.replace("opens = \"07:30:00\"", "opens = \"pagi\"")).expect("writable");
    let mut settings = office.settings.clone();
    settings.catalogue.dir = catalogue;
    let Err(refusal) = Stand::try_start(settings, bench(dir.path())) else { panic!("it started") };
    assert!(matches!(refusal, BootError::Catalogue(_)));
    let said = kiosk::logging::chain(&refusal);
    assert!(said.contains("city.toml:") && !said.contains("city.toml:0"), "{said}");
}
