//! A catalogue as it is handed out: all its files, their hash, a version, the day it becomes valid, and a signature over these.
//!
//! `bundle.toml` stands beside the files and names their hash; `bundle.sig` is the Ed25519 signature over the bytes of
//! `bundle.toml`. So nobody can change a question without the office's key, and nobody can bring back an older version.
//! A folder without `bundle.toml` is an unsigned catalogue; whether that is good enough is the kiosk's setting, not ours.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::load::Bundle;

/// Names that stand beside the files and are not part of the hash.
pub const SEAL: &str = "bundle.toml";
pub const SIGNATURE: &str = "bundle.sig";

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Grows by one with each bundle a city hands out.
    pub version: u64,
    /// First day on which kiosks use it.
    pub valid_from: Date,
    /// [`Bundle::hash`] of the files.
    pub hash: String,
}

/// Why a bundle is not taken.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SealError {
    #[error("the catalogue is not signed: {SEAL} or {SIGNATURE} is missing beside its files")]
    Unsigned,
    #[error("{SEAL}:{line}: {reason}")]
    Unreadable { line: usize, reason: String },
    #[error("the signature in {SIGNATURE} was not made with the office's key over this {SEAL}")]
    WrongSignature,
    #[error("the files were changed after signing: their hash is {found}, {SEAL} says {sealed}")]
    Changed { found: String, sealed: String },
    #[error("this is version {offered}, older than version {used} that was used before")]
    Older { offered: u64, used: u64 },
    #[error("this version is valid from {valid_from}, which lies ahead")]
    NotYet { valid_from: Date },
    #[error("`{0}` is no Ed25519 key in base64")]
    NoKey(String),
}

/// Reads the public key as it stands in settings: 32 bytes in base64.
pub fn public_key(text: &str) -> Result<VerifyingKey, SealError> {
    let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok()).ok_or_else(|| SealError::NoKey(text.to_owned()))
}

impl Bundle {
    /// The seal beside the files, unchecked; `None` for an unsigned folder.
    pub fn seal(&self) -> Option<Result<Seal, SealError>> {
        let text = self.seal_text.as_ref()?;
        Some(toml::from_str(text).map_err(|reason| SealError::Unreadable {
            line: reason.span().map_or(0, |span| 1 + text[..span.start].bytes().filter(|byte| *byte == b'\n').count()),
            reason: reason.message().to_owned(),
        }))
    }

    /// Checks signature, hash, day and version. `used` is the version that was accepted last.
    ///
    /// # Errors
    /// The first reason why it must not be taken.
    pub fn verify(&self, key: &VerifyingKey, today: Date, used: Option<u64>) -> Result<Seal, SealError> {
        let seal = self.seal().ok_or(SealError::Unsigned)??;
        let signature = self.signature.as_ref().ok_or(SealError::Unsigned)?;
        let signature = STANDARD.decode(signature.trim()).ok().and_then(|bytes| Signature::from_slice(&bytes).ok()).ok_or(SealError::WrongSignature)?;
        let sealed = self.seal_text.as_deref().unwrap_or_default();
        key.verify_strict(sealed.as_bytes(), &signature).map_err(|_| SealError::WrongSignature)?;
        let found = self.hash();
        if found != seal.hash {
            return Err(SealError::Changed { found, sealed: seal.hash });
        }
        if let Some(used) = used
            && seal.version < used
        {
            return Err(SealError::Older { offered: seal.version, used });
        }
        if seal.valid_from > today {
            return Err(SealError::NotYet { valid_from: seal.valid_from });
        }
        Ok(seal)
    }

    /// Seals the files as they are: gives the contents of [`SEAL`] and [`SIGNATURE`].
    pub fn sign(&self, key: &SigningKey, version: u64, valid_from: Date) -> (String, String) {
        let seal = Seal { version, valid_from, hash: self.hash() };
        let text = toml::to_string(&seal).expect("a seal is a number, a date and a text, which TOML can hold");
        let signature = STANDARD.encode(key.sign(text.as_bytes()).to_bytes());
        (text, format!("{signature}\n"))
    }
}
