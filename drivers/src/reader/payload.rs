//! What a code said: opaque bytes, and the check whether they could be something that a kiosk was ever meant to read.
//!
//! It looks at length and characters only. What a payload means, and whether it is ours, is decided by the caller.
//!
//! The rule a newcomer would break: a payload is somebody's paper. It prints as `•••`, and a refusal names a place and a
//! number, never the bytes.

use std::fmt;
use thiserror::Error;

/// Longest payload that is handed on, in bytes. Our slips carry about 40 and the address on a civil document about 200; a
/// code that holds more than this has over 100 modules a side, which no camera view at slip distance resolves.
pub const PAYLOAD_BYTES_MAX: usize = 1024;

/// The payload of one code.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct QrPayload(Vec<u8>);

impl QrPayload {
    /// Wraps what an engine or an imager read.
    pub fn new(bytes: Vec<u8>) -> Self {
        QrPayload(bytes)
    }

    /// The bytes as they are.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The payload as text, when it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl fmt::Debug for QrPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrPayload({} bytes •••)", self.0.len())
    }
}

/// Why bytes cannot be a payload that a kiosk reads.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq, Hash)]
pub enum Implausible {
    /// The code is empty.
    #[error("the code says nothing")]
    Empty,
    /// Longer than [`PAYLOAD_BYTES_MAX`].
    #[error("the code says {bytes} bytes, more than {PAYLOAD_BYTES_MAX}")]
    TooLong { bytes: usize },
    /// A character that is not printable ASCII: binary data, kanji, a control character.
    #[error("byte {at} of the code is not a printable ASCII character")]
    NotPrintable { at: usize },
}

/// The bytes as text, if they are printable ASCII (space to tilde) of a bearable length. Pure; says nothing about meaning.
///
/// # Errors
/// [`Implausible`], the length being checked before the characters.
pub fn is_plausible(bytes: &[u8]) -> Result<&str, Implausible> {
    if bytes.is_empty() {
        return Err(Implausible::Empty);
    }
    if bytes.len() > PAYLOAD_BYTES_MAX {
        return Err(Implausible::TooLong { bytes: bytes.len() });
    }
    if let Some(at) = bytes.iter().position(|byte| !matches!(byte, b' '..=b'~')) {
        return Err(Implausible::NotPrintable { at });
    }
    // Printable ASCII is UTF-8; the error cannot happen and still has a truthful value.
    std::str::from_utf8(bytes).map_err(|fault| Implausible::NotPrintable { at: fault.valid_up_to() })
}
