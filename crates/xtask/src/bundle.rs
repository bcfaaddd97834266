//! Making a catalogue ready to hand out: a key for the office, the signature over a folder, and a look at a signed one.
//!
//! The format and the checks are the `catalogue` crate's ([`catalogue::signed`]); here are the files and the order of things.
//! The rule a newcomer would break: nothing is signed that the whole check does not pass, so a signature always means "this works".

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalogue::signed::{SEAL, SIGNATURE, Seal, SealError, public_key};
use catalogue::{Bundle, LoadError};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jiff::civil::Date;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::check_catalogue::{self, CheckError, Verdict};

/// Only its owner may read the office's key.
const KEY_MODE: u32 = 0o600;

/// Why there is no new key.
#[derive(Debug, Error)]
pub enum NewKeyError {
    #[error("{} exists already; a key that is lost cannot be made again, so nothing is overwritten", .0.display())]
    Exists(PathBuf),
    #[error("{} cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("this machine gives no random numbers: {0}")]
    Chance(getrandom::Error),
}

/// Why a catalogue was not signed.
#[derive(Debug, Error)]
pub enum SignError {
    #[error("the key file {} cannot be read: {source}", path.display())]
    ReadKey { path: PathBuf, source: io::Error },
    #[error("{} holds no Ed25519 key in PKCS #8 PEM; `cargo xtask bundle new-key` makes one", .0.display())]
    NoKey(PathBuf),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error("the catalogue has {} problem(s) and is not signed:\n{}", .0.len(), .0.join("\n"))]
    Problems(Vec<String>),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("version {offered} is not newer than version {signed}, which is signed already: count on from there")]
    NotNewer { offered: u64, signed: u64 },
    #[error("{} cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// Why a signed catalogue is not taken.
#[derive(Debug, Error)]
pub enum VerifyError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Makes a key, writes it to `out`, and gives the public half as it stands in `kiosk.toml`.
///
/// # Errors
/// [`NewKeyError`]; an existing file is never touched.
pub fn new_key(out: &Path) -> Result<String, NewKeyError> {
    let mut chance = Zeroizing::new([0; 32]);
    getrandom::fill(chance.as_mut()).map_err(NewKeyError::Chance)?;
    let key = SigningKey::from_bytes(&chance);
    let pem = key.to_pkcs8_pem(LineEnding::LF).expect("an Ed25519 key always has a PKCS #8 form");
    let written = OpenOptions::new().write(true).create_new(true).mode(KEY_MODE).open(out).and_then(|mut file| {
        file.write_all(pem.as_bytes())?;
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(public_half(&key)),
        Err(source) if source.kind() == io::ErrorKind::AlreadyExists => Err(NewKeyError::Exists(out.to_owned())),
        Err(source) => Err(NewKeyError::Write { path: out.to_owned(), source }),
    }
}

/// Checks the catalogue in `dir` and writes `bundle.toml` and `bundle.sig` beside its files. `today` is for the check.
///
/// # Errors
/// [`SignError`]; then neither file is touched.
pub fn sign(dir: &Path, key_file: &Path, version: u64, valid_from: Date, today: Date) -> Result<(Seal, String), SignError> {
    let key = read_key(key_file)?;
    if let Verdict::Problems(problems) = check_catalogue::check(dir, today)? {
        return Err(SignError::Problems(problems));
    }
    let bundle = Bundle::read_dir(dir)?;
    // A seal that cannot be read binds nobody, so it does not stand in the way either.
    if let Some(Ok(seal)) = bundle.seal()
        && seal.version >= version
    {
        return Err(SignError::NotNewer { offered: version, signed: seal.version });
    }
    let (seal, signature) = bundle.sign(&key, version, valid_from);
    for (name, text) in [(SEAL, &seal), (SIGNATURE, &signature)] {
        let path = dir.join(name);
        fs::write(&path, text).map_err(|source| SignError::Write { path, source })?;
    }
    Ok((Seal { version, valid_from, hash: bundle.hash() }, public_half(&key)))
}

/// Looks at the signed catalogue in `dir` as a kiosk does that has this public key (base64) and used version `used` before.
///
/// # Errors
/// [`VerifyError`] with the first reason why a kiosk would not take it.
pub fn verify(dir: &Path, key: &str, used: Option<u64>, today: Date) -> Result<Seal, VerifyError> {
    let key = public_key(key)?;
    Ok(Bundle::read_dir(dir)?.verify(&key, today, used)?)
}

fn read_key(path: &Path) -> Result<SigningKey, SignError> {
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|source| SignError::ReadKey { path: path.to_owned(), source })?;
    SigningKey::from_pkcs8_pem(&text).map_err(|_| SignError::NoKey(path.to_owned()))
}

fn public_half(key: &SigningKey) -> String {
    STANDARD.encode(key.verifying_key().as_bytes())
}
