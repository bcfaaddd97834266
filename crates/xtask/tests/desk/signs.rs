//! A catalogue is signed, taken, and not taken when anything about it is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use catalogue::signed::SealError;
use jiff::civil::date;
use tempfile::TempDir;
use xtask::bundle::{self, NewKeyError, SignError, VerifyError};
use xtask::city;

use crate::{TODAY, tree};

/// A small catalogue in a folder of its own, and a key beside it.
struct Office {
    _folder: TempDir,
    catalogue: PathBuf,
    key: PathBuf,
    public_key: String,
}

fn office() -> Office {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (catalogue, key) = (folder.path().join("catalogue"), folder.path().join("kantor.pem"));
    city::build(&tree("config/cities/contoh"), &tree("config/catalogue"), &catalogue).expect("the sample city can be built");
    let public_key = bundle::new_key(&key).expect("a key can be made");
    Office { _folder: folder, catalogue, key, public_key }
}

impl Office {
    fn sign(&self, version: u64) -> Result<(), SignError> {
        bundle::sign(&self.catalogue, &self.key, version, TODAY, TODAY).map(|_| ())
    }

    fn refused(&self, used: Option<u64>) -> SealError {
        match bundle::verify(&self.catalogue, &self.public_key, used, TODAY) {
            Err(VerifyError::Seal(reason)) => reason,
            other => panic!("this must not be taken: {other:?}"),
        }
    }
}

#[test]
fn what_is_signed_is_taken_with_its_version_and_day() {
    let office = office();
    assert_eq!(office.refused(None), SealError::Unsigned);
    let (seal, public_key) = bundle::sign(&office.catalogue, &office.key, 7, TODAY, TODAY).expect("a good catalogue is signed");
    assert_eq!(public_key, office.public_key);
    let taken = bundle::verify(&office.catalogue, &office.public_key, Some(6), TODAY).expect("a signed catalogue is taken");
    assert_eq!((taken, seal.version), (seal, 7));
}

#[test]
fn what_was_changed_moved_back_or_signed_by_another_is_not_taken() {
    let office = office();
    office.sign(3).expect("a good catalogue is signed");
    assert_eq!(office.refused(Some(4)), SealError::Older { offered: 3, used: 4 });
    let other = office.key.with_file_name("lain.pem");
    let others_key = bundle::new_key(&other).expect("a second key can be made");
    assert!(matches!(bundle::verify(&office.catalogue, &others_key, None, TODAY), Err(VerifyError::Seal(SealError::WrongSignature))));
    assert!(matches!(bundle::verify(&office.catalogue, "bukan kunci", None, TODAY), Err(VerifyError::Seal(SealError::NoKey(_)))));
    let tomorrow = date(2026, 11, 22);
    assert!(matches!(bundle::verify(&office.catalogue, &office.public_key, None, tomorrow), Err(VerifyError::Seal(SealError::NotYet { .. }))));

    let city = office.catalogue.join("city.toml");
    let text = fs::read_to_string(&city).expect("the file is there");
    fs::write(&city, text.replace("25.000", "50.000")).expect("the file can be changed");
    assert!(matches!(office.refused(None), SealError::Changed { .. }));
    fs::write(&city, text).expect("the file can be put back");

    let seal = office.catalogue.join("bundle.toml");
    let text = fs::read_to_string(&seal).expect("the seal is there");
    fs::write(&seal, text.replace("version = 3", "version = 9")).expect("the seal can be changed");
    assert_eq!(office.refused(None), SealError::WrongSignature);
}

#[test]
fn versions_only_grow() {
    let office = office();
    office.sign(3).expect("a good catalogue is signed");
    assert!(matches!(office.sign(3), Err(SignError::NotNewer { offered: 3, signed: 3 })));
    assert!(matches!(office.sign(2), Err(SignError::NotNewer { offered: 2, signed: 3 })));
    office.sign(4).expect("the next version is signed");
}

#[test]
fn a_catalogue_with_a_problem_is_not_signed_and_stays_as_it_was() {
    let office = office();
    let file = office.catalogue.join("services/data-alamat.toml");
    let text = fs::read_to_string(&file).expect("the file is there");
    fs::write(&file, text.replace("alamat_sebab == 'pindah'", "alamat_sebab == 'pndah'")).expect("the file can be changed");
    let Err(SignError::Problems(problems)) = office.sign(1) else { panic!("a misspelt value must not be signed") };
    assert!(problems.iter().any(|problem| problem.contains("services/data-alamat.toml:")), "{problems:?}");
    assert!(!office.catalogue.join("bundle.toml").exists() && !office.catalogue.join("bundle.sig").exists());
}

#[test]
fn a_key_is_private_never_overwritten_and_told_apart_from_other_files() {
    let office = office();
    let mode = fs::metadata(&office.key).expect("the key is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(matches!(bundle::new_key(&office.key), Err(NewKeyError::Exists(_))));
    let before = fs::read_to_string(&office.key).expect("the key is there");
    assert!(before.starts_with("-----BEGIN PRIVATE KEY-----"));

    let gone = bundle::sign(&office.catalogue, &office.key.with_file_name("tidak-ada.pem"), 1, TODAY, TODAY);
    assert!(matches!(&gone, Err(SignError::ReadKey { path, .. }) if path.ends_with("tidak-ada.pem")), "{gone:?}");
    let text = office.key.with_file_name("catatan.txt");
    fs::write(&text, "bukan kunci\n").expect("a file can be written");
    let no_key = bundle::sign(&office.catalogue, &text, 1, TODAY, TODAY).err().map(|reason| reason.to_string());
    assert!(no_key.as_ref().is_some_and(|reason| reason.contains("catatan.txt") && reason.contains("new-key")), "{no_key:?}");
    assert_eq!(fs::read_to_string(&office.key).expect("the key is there"), before);
}
