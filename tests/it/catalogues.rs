//! A broken catalogue does not close an office that had a good one.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalogue::Bundle;
use ed25519_dalek::SigningKey;
use flow::view::Page;
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

/// Signs what is in `dir` now, and gives the office's public key as it stands in the settings.
fn sign(dir: &Path, version: u64, valid_from: jiff::civil::Date) -> String {
    let key = SigningKey::from_bytes(&[7; 32]);
    let (seal, signature) = Bundle::read_dir(dir).expect("readable").sign(&key, version, valid_from);
    std::fs::write(dir.join("bundle.toml"), seal).expect("writable");
    std::fs::write(dir.join("bundle.sig"), signature).expect("writable");
    STANDARD.encode(key.verifying_key().as_bytes())
}

#[test]
fn only_a_catalogue_signed_by_the_office_is_taken_and_the_last_good_one_goes_on() {
    let today = jiff::civil::date(2026, 1, 1);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let catalogue = dir.path().join("catalogue");
    copy(&config_dir().join("catalogue"), &catalogue);
    let mut settings = office.settings.clone();
    settings.catalogue.dir = catalogue.clone();
    settings.catalogue.public_key = Some(sign(&catalogue, 5, today));
    Stand::start(settings.clone(), bench(dir.path())).running.stop();

    let file = catalogue.join("shared/texts.toml");
    let text = std::fs::read_to_string(&file).expect("readable");
    let title = |stand: &Stand| match stand.until("idle", |view| matches!(view.page, Page::Idle { .. })).page {
        Page::Idle { title, .. } => title,
        other => panic!("{other:?}"),
    };
    let changed = text.replace("Urus surat kependudukan di sini", "Bayar di sini");
    let starts_with = |what: &str, expected: &str| {
        let stand = Stand::start(settings.clone(), bench(&dir.path().join(what)));
        assert_eq!(title(&stand), expected, "{what}");
        stand.running.stop();
    };
    std::fs::write(&file, &changed).expect("writable");
    starts_with("changed-after-signing", "Urus surat kependudukan di sini");
    sign(&catalogue, 4, today);
    starts_with("older-version", "Urus surat kependudukan di sini");
    sign(&catalogue, 6, jiff::civil::date(2999, 1, 1));
    starts_with("not-yet-valid", "Urus surat kependudukan di sini");
    std::fs::remove_file(catalogue.join("bundle.sig")).expect("it was there");
    starts_with("unsigned", "Urus surat kependudukan di sini");
    sign(&catalogue, 6, today);
    starts_with("signed-again", "Bayar di sini");
}
