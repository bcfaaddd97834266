//! A fresh central is made by one command, once, and works at once.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use central::init::{InitError, init};
use central::keys::Keys;

fn now() -> jiff::Timestamp {
    crate::harness::START.parse().expect("a valid time")
}

#[test]
fn every_file_is_its_owners_alone_and_none_is_ever_overwritten() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let made = init(dir.path(), "klampid.example", now()).expect("a fresh folder is made");
    let names = ["age-identity.txt", "receipt-key.pem", "tls-ca.pem", "tls-ca-key.pem", "tls-cert.pem", "tls-key.pem", "central.toml"];
    for name in names {
        let mode = std::fs::metadata(dir.path().join(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let before: Vec<_> = names.iter().map(|name| std::fs::read(dir.path().join(name)).expect("readable")).collect();
    assert!(matches!(init(dir.path(), "klampid.example", now()), Err(InitError::Exists(_))));
    let after: Vec<_> = names.iter().map(|name| std::fs::read(dir.path().join(name)).expect("readable")).collect();
    assert_eq!(before, after);

    let keys = Keys::load(&dir.path().join("age-identity.txt"), &dir.path().join("receipt-key.pem")).expect("the keys load");
    assert_eq!((keys.age_recipient(), keys.receipt_public_key()), (made.age_recipient.clone(), made.receipt_public_key.clone()));
    let lines = made.kiosk_lines();
    for part in ["https://klampid.example:8443", &made.age_recipient, &made.receipt_public_key, "tls-ca.pem"] {
        assert!(lines.contains(part), "{part}: {lines}");
    }
}

#[test]
fn a_key_file_of_another_shape_is_named() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    init(dir.path(), "klampid.example", now()).expect("a fresh folder is made");
    let (identity, receipt) = (dir.path().join("age-identity.txt"), dir.path().join("receipt-key.pem"));
    for (first, second, complaint) in [(&receipt, &receipt, "holds no age X25519 identity"), (&identity, &identity, "holds no Ed25519 key in PKCS #8 PEM")] {
        let reason = Keys::load(first, second).expect_err(complaint).to_string();
        assert!(reason.ends_with(complaint), "{reason}");
    }
}

#[test]
fn the_program_makes_registers_and_says_what_is_wrong() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_klampid-central")).args(arguments).output().expect("the program starts");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let folder = dir.path().join("central");
    let folder = folder.to_str().expect("a plain path");
    let config = format!("{folder}/central.toml");
    let (done, lines, _) = run(&["init", "--dir", folder, "--host", "localhost"]);
    assert!(done && lines.contains("seal_to = [\"age1"), "{lines}");
    let (done, secret, _) = run(&["kiosk", "add", "--name", "GBG-1", "--config", &config]);
    assert!(done && secret.trim().len() == 64, "{secret}");
    let (done, password, _) = run(&["officer", "add", "--name", "Rina Percobaan", "--login", "rina", "--config", &config]);
    assert!(done && password.trim().len() == 23, "{password}");
    let cases: [(&[&str], &str); 4] = [
        (&["init", "--dir", folder, "--host", "localhost"], "already exists"),
        (&["kiosk", "add", "--name", "kios satu", "--config", &config], "a kiosk's name has capitals"),
        (&["officer", "add", "--name", "R", "--login", "Rina!", "--config", &config], "a login has small letters"),
        (&["serve", "--config", "/nonexistent.toml"], "/nonexistent.toml: cannot be read"),
    ];
    for (arguments, complaint) in cases {
        let (done, _, said) = run(arguments);
        assert!(!done && said.contains(complaint), "{arguments:?}: {said}");
    }
}
