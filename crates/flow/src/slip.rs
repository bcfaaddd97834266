//! What is printed, as content: the e-Kitir and the "bring this" list. How it looks on paper is the printer side's affair.
//!
//! The QR carries the tracking address with an opaque token and nothing else; nothing derived from the PIN goes into it.

use serde::{Deserialize, Serialize};

/// The e-Kitir, from top to bottom.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    pub city: String,
    pub office: String,
    pub kelurahan: String,
    pub service: String,
    pub number_label: String,
    pub number: String,
    pub qr: String,
    pub pin_label: String,
    pub pin: String,
    pub promise_label: String,
    pub promise: String,
    pub collect_label: String,
    pub collect: String,
    pub compensation: String,
    pub masked_name: String,
    pub masked_nik: String,
    pub printed_label: String,
    pub submitted: String,
    pub kiosk: String,
    pub helpdesk: String,
    /// Heading over the further services; empty when there are none.
    #[serde(default)]
    pub also_label: String,
    #[serde(default)]
    pub also: Vec<AlsoLine>,
    /// `CETAK ULANG n`, across the slip.
    pub mark: Option<String>,
}

/// A further service of the visit on the slip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlsoLine {
    pub service: String,
    pub number: String,
    pub promise: String,
    pub collect: String,
}

impl std::fmt::Debug for Slip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slip").field("number", &self.number).field("pin", &"•••").field("mark", &self.mark).finish_non_exhaustive()
    }
}

/// A printed checklist: what to bring, or what to do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    pub city: String,
    pub office: String,
    pub title: String,
    pub sentences: Vec<String>,
    pub bring_label: String,
    /// Name and official name.
    pub bring: Vec<(String, String)>,
    pub helpdesk: String,
}

/// Upper-case base32 of Crockford without I, L, O, U: QR's alphanumeric mode, and nothing to confuse.
pub const TOKEN_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters in a token: 100 bits.
pub const TOKEN_CHARS: usize = 20;

/// The text of the QR: `HTTPS://HOST/T/TOKEN`, all capitals so that the symbol stays small.
pub fn qr_text(tracking_url: &str, token: &str) -> String {
    format!("{}/T/{token}", tracking_url.trim_end_matches('/')).to_ascii_uppercase()
}

/// The token inside a scanned text, or `None` when the code is not one of this city's slips.
pub fn token_in(tracking_url: &str, scanned: &str) -> Option<String> {
    let scanned = scanned.trim().to_ascii_uppercase();
    let token = scanned.strip_prefix(&format!("{}/T/", tracking_url.trim_end_matches('/').to_ascii_uppercase()))?;
    let fits = token.len() == TOKEN_CHARS && token.bytes().all(|byte| TOKEN_ALPHABET.contains(&byte));
    fits.then(|| token.to_owned())
}
