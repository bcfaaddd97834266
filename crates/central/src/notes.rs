//! The few free words an officer writes. They may name a person, so they are sealed before they reach the database.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::office::Office;

/// Longest note, in characters; it must fit on a kiosk page in large type.
pub const NOTE_CHARS_MAX: usize = 200;

/// Seals a note for the database; an empty one stays empty.
pub fn seal(office: &Office, note: &str) -> String {
    if note.is_empty() { String::new() } else { STANDARD.encode(office.keys.seal(note.as_bytes())) }
}

/// Opens a stored note. One that cannot be opened reads as what it is, since a page must not be lost over it.
pub fn open(office: &Office, sealed: &str) -> String {
    if sealed.is_empty() {
        return String::new();
    }
    let plain = STANDARD.decode(sealed).ok().and_then(|bytes| office.keys.unseal(&bytes).ok());
    plain.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()).unwrap_or_else(|| "(catatan tidak terbaca)".to_owned())
}
