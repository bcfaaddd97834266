//! `kiosk.toml`: the example is right, and each mistake is named with its line or key.

use std::path::Path;

use kiosk::settings::Settings;

const EXAMPLE: &str = include_str!("../../config/kiosk.example.toml");

#[test]
fn the_shipped_example_is_read_whole() {
    let settings = Settings::parse(EXAMPLE, Path::new("/etc/klampid/kiosk.toml")).expect("the example is right");
    assert_eq!(settings.office.number_block, "GTG");
    assert_eq!(settings.printer.expect("a printer").profile, Path::new("/etc/klampid/printers/epson-tm-t82.toml"));
    assert!(settings.camera.is_some() && settings.scanner.is_some());
}

#[test]
fn each_mistake_is_named_with_line_or_key() {
    let check = |from: &str, to: &str, said: &str| {
        assert!(EXAMPLE.contains(from), "the example no longer holds {from:?}");
        let refusal = Settings::parse(&EXAMPLE.replacen(from, to, 1), Path::new("kiosk.toml")).expect_err("refused").to_string();
        assert!(refusal.contains(said), "{refusal:?} does not say {said:?}");
    };
    check("mib_max = 4096", "mib_maks = 4096", "kiosk.toml:21: ");
    check("mib_max = 4096", "mib_maks = 4096", "mib_maks");
    check("number_block = \"GTG\"", "number_block = \"gtg\"", "office.number_block");
    check("url = \"https://", "url = \"http://", "central.url");
    check("seal_to = [\"age1REPLACE\"]", "seal_to = []", "central.seal_to");
    check("kind = \"sane\"", "kind = \"twain\"", "twain");
    check("turn_degrees = 90", "turn_degrees = 45", "not at 45");
    check("[office]", "[ofice]", "ofice");
}

#[test]
fn a_missing_file_is_named() {
    let refusal = Settings::load(Path::new("/nonexistent/kiosk.toml")).expect_err("refused").to_string();
    assert!(refusal.contains("/nonexistent/kiosk.toml"));
}
