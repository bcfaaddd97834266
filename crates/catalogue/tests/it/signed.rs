//! A bundle is taken only with the office's signature over exactly these files, at its time, and never backwards.

use catalogue::Bundle;
use catalogue::signed::{SEAL, SIGNATURE, SealError, public_key};
use ed25519_dalek::SigningKey;
use jiff::civil::date;

use crate::TODAY;
use crate::small::{self, change};

const VERSION: u64 = 7;

fn key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

fn signed() -> Bundle {
    let bundle = small::bundle();
    let (seal, signature) = bundle.sign(&key(1), VERSION, TODAY);
    bundle.with_seal(seal, signature)
}

/// The seal as it stands beside the files, and the signature over it.
fn seal_and_signature() -> (String, String) {
    small::bundle().sign(&key(1), VERSION, TODAY)
}

#[test]
fn what_was_signed_is_taken_on_its_day_and_after() {
    let bundle = signed();
    for (today, used) in [(TODAY, None), (date(2030, 1, 1), Some(VERSION)), (TODAY, Some(VERSION - 1))] {
        let seal = bundle.verify(&key(1).verifying_key(), today, used).expect("it is in order");
        assert_eq!((seal.version, seal.valid_from, seal.hash), (VERSION, TODAY, small::bundle().hash()));
    }
    assert_eq!(bundle.hash(), small::bundle().hash(), "the seal is no part of the hash");
}

#[test]
fn each_fault_has_its_own_refusal() {
    let office = key(1).verifying_key();
    let (seal, signature) = seal_and_signature();
    let sealed = |seal: &str, signature: &str| small::bundle().with_seal(seal.to_owned(), signature.to_owned());
    let refused = |bundle: &Bundle, today, used| bundle.verify(&office, today, used).expect_err("it must not be taken");

    let mut changed = signed();
    change(&mut changed, small::ONE, "Apa alasannya?", "Apa alasanmu?");
    assert_eq!(refused(&changed, TODAY, None), SealError::Changed { found: changed.hash(), sealed: small::bundle().hash() });
    let mut fewer = signed();
    fewer.files.remove(small::THREE);
    assert!(matches!(refused(&fewer, TODAY, None), SealError::Changed { .. }));

    assert_eq!(refused(&sealed(&seal.replace("version = 7", "version = 8"), &signature), TODAY, None), SealError::WrongSignature);
    assert_eq!(refused(&sealed(&format!("{seal}\n"), &signature), TODAY, None), SealError::WrongSignature);
    assert_eq!(refused(&sealed(&seal, "bukan tanda tangan"), TODAY, None), SealError::WrongSignature);
    assert_eq!(refused(&sealed(&seal, &signature[4..]), TODAY, None), SealError::WrongSignature);
    assert_eq!(signed().verify(&key(2).verifying_key(), TODAY, None), Err(SealError::WrongSignature));

    assert_eq!(refused(&signed(), TODAY, Some(VERSION + 1)), SealError::Older { offered: VERSION, used: VERSION + 1 });
    assert_eq!(refused(&signed(), date(2026, 11, 19), None), SealError::NotYet { valid_from: TODAY });
    assert_eq!(refused(&small::bundle(), TODAY, None), SealError::Unsigned);

    let damaged = sealed(&seal.replace("valid_from = ", "valid_from : "), &signature);
    assert!(matches!(refused(&damaged, TODAY, None), SealError::Unreadable { line: 2, .. }), "{:?}", refused(&damaged, TODAY, None));
    let foreign = sealed(&format!("{seal}kunci = 1\n"), &signature);
    assert!(matches!(refused(&foreign, TODAY, None), SealError::Unreadable { line: 4, .. }), "{:?}", refused(&foreign, TODAY, None));
}

#[test]
fn the_seal_travels_beside_the_files_in_their_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let bundle = small::bundle();
    for (name, text) in &bundle.files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
    let (seal, signature) = bundle.sign(&key(1), VERSION, TODAY);
    std::fs::write(dir.path().join(SEAL), seal).expect("written");
    let half = Bundle::read_dir(dir.path()).expect("it can be read");
    assert_eq!(half.verify(&key(1).verifying_key(), TODAY, None), Err(SealError::Unsigned), "a seal without signature");
    std::fs::write(dir.path().join(SIGNATURE), signature).expect("written");
    let read = Bundle::read_dir(dir.path()).expect("it can be read");
    assert_eq!(read.hash(), bundle.hash());
    assert_eq!(read.verify(&key(1).verifying_key(), TODAY, None).map(|seal| seal.version), Ok(VERSION));
    assert_eq!(read.files, bundle.files, "the seal is no catalogue file");
}

#[test]
fn a_key_is_thirty_two_bytes_in_base64() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let office = key(1).verifying_key();
    assert_eq!(public_key(&format!(" {}\n", STANDARD.encode(office.as_bytes()))), Ok(office));
    for text in ["", "kunci", "AAAA", &STANDARD.encode([1; 31])] {
        assert_eq!(public_key(text), Err(SealError::NoKey(text.to_owned())));
    }
}
