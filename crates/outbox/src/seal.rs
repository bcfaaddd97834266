//! The envelope: bytes sealed to central's public keys in the binary `age` format (age-encryption.org/v1).
//!
//! The standard `age -d -i key.txt` opens what [`seal`] makes, so a submission rescued from a broken terminal needs no
//! tool of ours. It is not armoured and not signed; who sent it is proven by the wire.
//! The rule a newcomer would break: there is no opening here. The terminal holds no private key.

use std::fmt;
use std::io::Write;
use std::str::FromStr;

use age::x25519;

/// Keys one envelope may be sealed to: the running one, the next one, and a spare kept in a safe.
const RECIPIENTS_MAX: usize = 16;

/// The public keys every submission is sealed to; any one of the private keys opens it.
#[derive(Clone)]
pub struct Recipients(Vec<x25519::Recipient>);

/// Why a list of keys cannot be used. Positions count from 1, as a person reads the settings file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RecipientsError {
    /// Without a key nothing could be sealed.
    #[error("no recipient key is configured")]
    Empty,
    /// More keys than an envelope may carry.
    #[error("{count} recipient keys are configured, at most {RECIPIENTS_MAX} are used")]
    TooMany {
        /// How many there are.
        count: usize,
    },
    /// Not an `age1…` X25519 key.
    #[error("recipient key {position} is not an age X25519 key: {reason}")]
    NotAKey {
        /// Position in the list, from 1.
        position: usize,
        /// What the parser says.
        reason: &'static str,
    },
    /// A well-formed key that nobody can hold the private half of.
    #[error("recipient key {position} is a weak point: anybody could open what is sealed to it")]
    Weak {
        /// Position in the list, from 1.
        position: usize,
    },
}

impl Recipients {
    /// Parses `age1…` keys as printed by `age-keygen -y`.
    ///
    /// # Errors
    /// See [`RecipientsError`]; one bad key refuses the whole list, since sealing to fewer keys than configured would
    /// be noticed only when central cannot read.
    pub fn parse<S: AsRef<str>>(keys: &[S]) -> Result<Self, RecipientsError> {
        if keys.is_empty() {
            return Err(RecipientsError::Empty);
        }
        if keys.len() > RECIPIENTS_MAX {
            return Err(RecipientsError::TooMany { count: keys.len() });
        }
        let mut recipients = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            let position = index + 1;
            let text = key.as_ref().trim();
            let recipient = x25519::Recipient::from_str(text).map_err(|reason| RecipientsError::NotAKey { position, reason })?;
            if WEAK_KEYS.contains(&text.to_ascii_lowercase().as_str()) {
                return Err(RecipientsError::Weak { position });
            }
            recipients.push(recipient);
        }
        Ok(Self(recipients))
    }
}

/// Public keys only: they are printed in the settings and may be in a log.
impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(ToString::to_string)).finish()
    }
}

/// Seals `plaintext` to all recipients; the result is a complete binary age file.
///
/// The file key and nonce come from the operating system: the format allows no other source.
#[must_use]
pub fn seal(recipients: &Recipients, plaintext: &[u8]) -> Vec<u8> {
    let encryptor = age::Encryptor::with_recipients(recipients.0.iter().map(|recipient| recipient as &dyn age::Recipient))
        .expect("a non-empty list of X25519 recipients carries no conflicting labels");
    let mut sealed = Vec::with_capacity(plaintext.len() + plaintext.len() / 4_096 + 256 + 160 * recipients.0.len());
    let mut writer = encryptor.wrap_output(&mut sealed).expect("writing to a vector cannot fail");
    writer.write_all(plaintext).expect("writing to a vector cannot fail");
    writer.finish().expect("writing to a vector cannot fail");
    sealed
}

/// The points of small order of RFC 7748 §7 and their twins above the prime, as age keys.
/// A shared secret with one of them is all zero, on which the age library stops the process.
const WEAK_KEYS: [&str; 14] = [
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqsuwj9m",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqk67yly",
    "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
    "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhzqqxqejhu",
    "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
    "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz8ts72fzt7",
    "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
    "age1anllllllllllllllllllllllllllllllllllllllllllllllllls3hcv9z",
    "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
    "age1ahlllllllllllllllllllllllllllllllllllllllllllllllllsh3g6la",
    "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
    "age1amlllllllllllllllllllllllllllllllllllllllllllllllllsam3fc4",
];
