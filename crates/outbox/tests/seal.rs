//! What is sealed here opens with the standard age program, with any of the configured keys, and with nothing else.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use outbox::{Recipients, RecipientsError, seal};
use support::{Desk, contains, has_program, plaintext};

#[test]
fn the_standard_age_program_opens_an_envelope_with_either_of_two_keys() {
    if !has_program("age") || !has_program("age-keygen") {
        println!("skipped: the programs age and age-keygen are not installed");
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    let keys = ["running.txt", "spare.txt"].map(|name| dir.path().join(name));
    let recipients: Vec<String> = keys.iter().map(|path| new_key(path)).collect();
    let recipients = Recipients::parse(&recipients).expect("age-keygen prints keys that parse");
    for bytes in [0, 1, 65_535, 65_536, 65_537, 2_000_000] {
        let message = plaintext(bytes, 7);
        let envelope = dir.path().join("envelope.age");
        fs::write(&envelope, seal(&recipients, &message)).expect("the envelope is written");
        for key in &keys {
            let opened = Command::new("age").args(["-d", "-i"]).arg(key).arg(&envelope).output().expect("age runs");
            assert!(opened.status.success(), "age refuses an envelope of {bytes} bytes");
            assert_eq!(opened.stdout, message, "{bytes} bytes");
        }
    }
}

fn new_key(path: &Path) -> String {
    let made = Command::new("age-keygen").arg("-o").arg(path).output().expect("age-keygen runs");
    assert!(made.status.success());
    let public = Command::new("age-keygen").arg("-y").arg(path).output().expect("age-keygen runs");
    String::from_utf8(public.stdout).expect("a key is ASCII")
}

#[test]
fn a_stranger_cannot_open_an_envelope_and_it_shows_nothing() {
    let desk = Desk::new();
    let stranger = age::x25519::Identity::generate();
    let sealed = seal(&desk.recipients(), &plaintext(4_000, 1));
    assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
    assert!(!contains(&sealed, support::CANARY));
    assert!(age::decrypt(&stranger, &sealed).is_err());
    assert_eq!(desk.unseal(&sealed), plaintext(4_000, 1));
    assert_ne!(sealed, seal(&desk.recipients(), &plaintext(4_000, 1)), "no two envelopes are alike");
}

#[test]
fn an_envelope_with_one_changed_byte_does_not_open() {
    let desk = Desk::new();
    let sealed = seal(&desk.recipients(), &plaintext(1_000, 1));
    for position in [30, 100, sealed.len() / 2, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[position] ^= 1;
        assert!(age::decrypt(&desk.identity, &changed).is_err(), "byte {position}");
    }
}

#[test]
fn a_list_of_keys_that_cannot_be_used_is_refused_with_the_position() {
    let good = Desk::new().identity.to_public().to_string();
    let mut typo = good.clone();
    typo.replace_range(10..11, if &good[10..11] == "q" { "p" } else { "q" });
    let weak = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z".to_owned();
    let secret = Desk::new().secret_key_text();
    assert_eq!(Recipients::parse::<&str>(&[]).err(), Some(RecipientsError::Empty));
    assert_eq!(Recipients::parse(&vec![good.clone(); 17]).err(), Some(RecipientsError::TooMany { count: 17 }));
    assert_eq!(Recipients::parse(&[good.clone(), weak]).err(), Some(RecipientsError::Weak { position: 2 }));
    for bad in [typo, secret, "ssh-ed25519 AAAA".to_owned(), String::new()] {
        let refused = Recipients::parse(&[good.clone(), bad]).err();
        assert!(matches!(refused, Some(RecipientsError::NotAKey { position: 2, .. })), "{refused:?}");
    }
    assert!(Recipients::parse(&[format!(" {good}\n")]).is_ok(), "space around a key is harmless");
}
