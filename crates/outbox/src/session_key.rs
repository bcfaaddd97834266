//! The key of one session: in memory while the session lives, in `session.key` so that a power cut loses no answer,
//! and destroyed when the session ends.
//!
//! Destroying overwrites the file, syncs it and unlinks it. On flash storage the old block may survive inside the
//! drive; the data partition is encrypted by the platform for that reason.
//! The rule a newcomer would break: the key never enters the database and is never copied to another file.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::quarantine::sync_dir;

const KEY_FILE: &str = "session.key";
const MAGIC: &[u8; 16] = b"klampid-session1";
const KEY_BYTES: usize = 32;
const CHECK_BYTES: usize = 8;
const BODY_BYTES: usize = MAGIC.len() + 16 + 8 + KEY_BYTES;
const FILE_BYTES: usize = BODY_BYTES + CHECK_BYTES;
const NONCE_BYTES: usize = 24;

/// The secret one session's drafts are sealed under. It is wiped from memory when dropped and prints as `•••`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionKey([u8; KEY_BYTES]);

impl SessionKey {
    /// Takes 32 bytes fresh from the system's random source; a key is used for one session only.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(•••)")
    }
}

/// The envelope of a draft could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvelopeError {
    #[error("the system gave no random bytes")]
    NoRandom,
    #[error("the draft does not open under the session key")]
    DoesNotOpen,
}

/// A key together with the session it belongs to.
pub(crate) struct HeldKey {
    pub(crate) session: Uuid,
    pub(crate) began_at: Timestamp,
    pub(crate) key: SessionKey,
}

impl HeldKey {
    /// Seals a draft: random nonce, then XChaCha20-Poly1305, bound to the session id.
    ///
    /// Twenty-four random bytes do not repeat in the life of a terminal; a counter would, after a restart.
    pub(crate) fn seal(&self, plaintext: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| EnvelopeError::NoRandom)?;
        let payload = Payload { msg: plaintext, aad: self.session.as_bytes() };
        let body = self.cipher().encrypt(XNonce::from_slice(&nonce), payload).expect("a draft is far below the 256 GB one XChaCha20-Poly1305 message may hold");
        let mut sealed = Vec::with_capacity(NONCE_BYTES + body.len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or(EnvelopeError::DoesNotOpen)?;
        let payload = Payload { msg: body, aad: self.session.as_bytes() };
        self.cipher().decrypt(XNonce::from_slice(nonce), payload).map(Zeroizing::new).map_err(|_| EnvelopeError::DoesNotOpen)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.key.0).into())
    }
}

/// What stands in the key file.
pub(crate) enum FoundKey {
    Absent,
    /// Torn while being written: its session never began, so nothing is sealed under it.
    Torn,
    Whole(HeldKey),
}

pub(crate) struct KeyFile {
    dir: PathBuf,
    path: PathBuf,
}

impl KeyFile {
    pub(crate) fn in_dir(dir: &Path) -> Self {
        Self { dir: dir.to_path_buf(), path: dir.join(KEY_FILE) }
    }

    /// Writes the key durably; returns only when it would survive a power cut.
    pub(crate) fn create(&self, held: &HeldKey) -> io::Result<()> {
        let bytes = encode(held);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
        file.write_all(&bytes[..])?;
        file.sync_all()?;
        sync_dir(&self.dir)
    }

    pub(crate) fn read(&self) -> io::Result<FoundKey> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(decode(&Zeroizing::new(bytes)).map_or(FoundKey::Torn, FoundKey::Whole)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(FoundKey::Absent),
            Err(error) => Err(error),
        }
    }

    /// Overwrites, syncs and unlinks the key; succeeds when there is none.
    pub(crate) fn destroy(&self) -> io::Result<()> {
        let mut file = match OpenOptions::new().write(true).open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        file.write_all(&[0; FILE_BYTES])?;
        file.sync_all()?;
        fs::remove_file(&self.path)?;
        sync_dir(&self.dir)
    }
}

fn encode(held: &HeldKey) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_BYTES));
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(held.session.as_bytes());
    bytes.extend_from_slice(&held.began_at.as_millisecond().to_be_bytes());
    bytes.extend_from_slice(&held.key.0);
    let check = Sha256::digest(&bytes[..]);
    bytes.extend_from_slice(&check[..CHECK_BYTES]);
    bytes
}

fn decode(bytes: &[u8]) -> Option<HeldKey> {
    let (body, check) = bytes.split_at_checked(BODY_BYTES)?;
    if check != &Sha256::digest(body)[..CHECK_BYTES] {
        return None;
    }
    let rest = body.strip_prefix(MAGIC.as_slice())?;
    let (session, rest) = rest.split_first_chunk::<16>()?;
    let (began_at_ms, rest) = rest.split_first_chunk::<8>()?;
    let key: &[u8; KEY_BYTES] = rest.try_into().ok()?;
    Some(HeldKey { session: Uuid::from_bytes(*session), began_at: Timestamp::from_millisecond(i64::from_be_bytes(*began_at_ms)).ok()?, key: SessionKey(*key) })
}
