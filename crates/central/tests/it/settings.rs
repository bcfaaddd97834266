//! Settings: what is wrong is named with file, line and key.

use central::Settings;
use central::settings::SettingsError;

const GOOD: &str = r#"listen = "127.0.0.1:8443"
data_dir = "data"
catalogue_dir = "/usr/share/klampid/catalogue"

[tls]
cert_file = "tls-cert.pem"
key_file = "tls-key.pem"

[keys]
age_identity_file = "age-identity.txt"
receipt_key_file = "receipt-key.pem"
"#;

fn load(text: &str) -> Result<Settings, String> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("central.toml");
    std::fs::write(&path, text).expect("writable");
    Settings::load(&path).map_err(|reason| reason.to_string().replace(&format!("{}/", dir.path().display()), ""))
}

#[test]
fn paths_are_taken_from_the_files_folder_and_the_rest_has_defaults() {
    let settings = load(GOOD).expect("good settings load");
    assert!(settings.data_dir.is_absolute() && settings.data_dir.ends_with("data"));
    assert_eq!(settings.catalogue_dir, std::path::Path::new("/usr/share/klampid/catalogue"));
    assert!(settings.database_url.starts_with("sqlite:///") && settings.database_url.ends_with("/data/central.db?mode=rwc"));
    assert_eq!((settings.idle_limit_mins, settings.repair_deadline_days), (15, 14));
    assert_eq!(settings.catalogue_archive, settings.data_dir.join("catalogues"));
    let elsewhere = load(&GOOD.replacen("[tls]", "catalogue_archive = \"/srv/katalog\"\n\n[tls]", 1)).expect("good settings load");
    assert_eq!(elsewhere.catalogue_archive, std::path::Path::new("/srv/katalog"));
}

#[test]
fn the_shipped_example_loads() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/central.example.toml");
    assert_eq!(Settings::load(&path).expect("the example loads").repair_deadline_days, 14);
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let cases = [
        (format!("{GOOD}[office]\nidle_limit_minutes = 5\n"), "central.toml:13: unknown field `idle_limit_minutes`"),
        (format!("{GOOD}[office]\nidle_limit_mins = 0\n"), "central.toml:13: `idle_limit_mins` is 0, but must lie between 1 and 120"),
        (format!("{GOOD}\n[office]\nrepair_deadline_days = 91\n"), "central.toml:14: `repair_deadline_days` is 91, but must lie between 1 and 90"),
        (format!("{GOOD}[database]\nurl = \"mysql://x\"\n"), "central.toml:13: `url` must begin with `sqlite://` or `postgres://`"),
        (GOOD.replace("\"127.0.0.1:8443\"", "\"somewhere\""), "central.toml:1: invalid socket address"),
        (GOOD.replace("data_dir", "date_dir"), "central.toml:2: unknown field `date_dir`"),
        (GOOD.replace("key_file = \"tls-key.pem\"\n", ""), "central.toml:5: missing field `key_file`"),
        (GOOD.replace("[tls]", "[tls"), "central.toml:5: "),
    ];
    for (text, complaint) in cases {
        let reason = load(&text).expect_err(complaint);
        assert!(reason.starts_with(complaint), "wanted `{complaint}`, got `{reason}`");
    }
}

#[test]
fn a_missing_file_is_named() {
    let reason = Settings::load(std::path::Path::new("/nonexistent/central.toml")).expect_err("nothing is there");
    assert!(matches!(&reason, SettingsError::Read { path, .. } if path.ends_with("central.toml")));
}
