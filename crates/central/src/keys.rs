//! Central's three secrets: the age identity that opens what kiosks sealed, the Ed25519 key that signs receipts, and a
//! key for message codes derived from it.
//!
//! Not the TLS key: that belongs to the listener. The rule a newcomer would break: what is unsealed stays in memory, in a
//! buffer that wipes itself; nothing here ever writes plaintext.

use std::io;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;
use wire::receipt::{Receipt, SignedReceipt, public_key_base64};
use zeroize::Zeroizing;

use crate::chance;

/// Bytes of a message code that are kept; 128 bits are beyond guessing.
const CODE_BYTES: usize = 16;

/// Why a key file was not taken.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("{}: cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: holds no {what}", path.display())]
    Shape { path: PathBuf, what: &'static str },
}

/// The sealed bytes cannot be opened with our identity. Deliberately says no more.
#[derive(Debug, Error)]
#[error("not sealed to this central, or damaged")]
pub struct UnsealError;

/// The loaded secrets. Never printed.
pub struct Keys {
    identity: age::x25519::Identity,
    receipt: SigningKey,
    code_key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(•••)")
    }
}

impl Keys {
    /// New keys from the kernel's randomness.
    pub fn generate() -> Self {
        Self::from_parts(age::x25519::Identity::generate(), SigningKey::from_bytes(&chance::bytes::<32>()))
    }

    /// Reads both key files.
    ///
    /// # Errors
    /// Names the file that is missing or of another shape.
    pub fn load(identity_file: &Path, receipt_file: &Path) -> Result<Self, KeyError> {
        let read = |path: &Path| std::fs::read_to_string(path).map(Zeroizing::new).map_err(|source| KeyError::Read { path: path.to_owned(), source });
        let text = read(identity_file)?;
        let identity = text
            .lines()
            .find(|line| line.starts_with("AGE-SECRET-KEY-1"))
            .and_then(|line| line.trim().parse().ok())
            .ok_or_else(|| KeyError::Shape { path: identity_file.to_owned(), what: "age X25519 identity" })?;
        let receipt = SigningKey::from_pkcs8_pem(&read(receipt_file)?)
            .map_err(|_| KeyError::Shape { path: receipt_file.to_owned(), what: "Ed25519 key in PKCS #8 PEM" })?;
        Ok(Self::from_parts(identity, receipt))
    }

    fn from_parts(identity: age::x25519::Identity, receipt: SigningKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"klampid central code key 1");
        hash.update(receipt.as_bytes());
        Self { identity, code_key: Zeroizing::new(hash.finalize().into()), receipt }
    }

    /// Text of the identity file.
    pub fn identity_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("# public key: {}\n{}\n", self.age_recipient(), self.identity.to_string().expose_secret()))
    }

    /// Text of the receipt key file.
    pub fn receipt_pem(&self) -> Zeroizing<String> {
        self.receipt.to_pkcs8_pem(LineEnding::LF).expect("an Ed25519 key always has a PKCS #8 form")
    }

    /// What a kiosk seals to (`age1…`).
    pub fn age_recipient(&self) -> String {
        self.identity.to_public().to_string()
    }

    /// What a kiosk checks receipts with.
    pub fn receipt_public_key(&self) -> String {
        public_key_base64(&self.receipt)
    }

    pub fn sign(&self, receipt: &Receipt) -> SignedReceipt {
        SignedReceipt::sign(receipt, &self.receipt)
    }

    /// Opens what was sealed to us.
    ///
    /// # Errors
    /// [`UnsealError`] for another recipient, a damaged byte, or no age file at all.
    pub fn unseal(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        age::decrypt(&self.identity, sealed).map(Zeroizing::new).map_err(|_| UnsealError)
    }

    /// Seals to ourselves, for the few free words that central stores.
    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        age::encrypt(&self.identity.to_public(), plain).expect("sealing into memory to a valid recipient cannot fail")
    }

    /// A keyed code over `fields`, in hexadecimal: permits, form tokens and the names under which tries are counted.
    /// Each field is preceded by its length, so no two lists of fields meet in one code.
    pub fn code(&self, purpose: &str, fields: &[&str]) -> String {
        let mut hash = Sha256::new();
        hash.update(self.code_key.as_slice());
        for field in std::iter::once(&purpose).chain(fields) {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hex::encode(&hash.finalize()[..CODE_BYTES])
    }
}

/// Compares two secrets without telling by time where they differ.
pub fn same_secret(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// SHA-256 in lower-case hexadecimal: how central remembers tokens, cookies and kiosk secrets, all of which are too long
/// to be guessed back.
pub fn fingerprint(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
