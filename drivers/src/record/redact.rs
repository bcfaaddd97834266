//! What of a printer's bytes may be kept: a closed list of questions and modes. Pure.
//!
//! The rule a newcomer would break: a write is kept only when it consists of listed commands from its first byte to its last;
//! one byte that is not on the list withholds the whole write. Texts, pictures and codes can so never be kept, however a driver cuts
//! them. Commands after the Epson command reference.

use super::event::Data;

/// Stands for the four id bytes of `GS ( H` in a recording: an id is the token of somebody's slip.
pub(super) const NO_ID: [u8; 4] = *b"0000";
/// `GS ( H` function 48 without its id.
const ASK_ID: [u8; 7] = [0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30];
/// Head and function of its answer.
const TOLD_ID: [u8; 2] = [0x37, 0x22];

/// Questions and modes, whole. `DLE EOT n`, `GS r n`, `GS I n`, `GS a n`, `DLE DC4 8` and `ESC @`.
const KEPT: [&[u8]; 24] = [
    &[0x10, 0x04, 1],
    &[0x10, 0x04, 2],
    &[0x10, 0x04, 3],
    &[0x10, 0x04, 4],
    &[0x10, 0x04, 20],
    &[0x1D, 0x72, 1],
    &[0x1D, 0x72, 2],
    &[0x1D, 0x49, 1],
    &[0x1D, 0x49, 2],
    &[0x1D, 0x49, 3],
    &[0x1D, 0x49, 65],
    &[0x1D, 0x49, 66],
    &[0x1D, 0x49, 67],
    &[0x1D, 0x49, 69],
    &[0x1D, 0x61, 0],
    &[0x1D, 0x61, 0x01],
    &[0x1D, 0x61, 0x02],
    &[0x1D, 0x61, 0x04],
    &[0x1D, 0x61, 0x08],
    &[0x1D, 0x61, 0x0E],
    &[0x1D, 0x61, 0x0F],
    &[0x1D, 0x61, 0xFF],
    &[0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08],
    &[0x1B, 0x40],
];

/// What is kept of one write to a printer.
pub(super) fn of_write(bytes: &[u8]) -> Data {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        if let Some(command) = KEPT.iter().find(|command| rest.starts_with(command)) {
            kept.extend_from_slice(command);
            rest = &rest[command.len()..];
        } else if let Some((_, after)) = rest.strip_prefix(&ASK_ID).and_then(|after| after.split_first_chunk::<4>()) {
            kept.extend(ASK_ID.iter().chain(&NO_ID));
            rest = after;
        } else {
            return Data::Withheld { bytes: bytes.len() };
        }
    }
    Data::Kept(kept)
}

/// Follows what is written, and knows the last id that was asked for, however the writes were cut.
#[derive(Clone, Debug, Default)]
pub(super) struct AskedId {
    seen: Vec<u8>,
    id: Option<[u8; 4]>,
}

impl AskedId {
    pub(super) fn wrote(&mut self, bytes: &[u8]) {
        const WHOLE: usize = ASK_ID.len() + NO_ID.len();
        self.seen.extend_from_slice(bytes);
        let asked = self.seen.windows(WHOLE).rev().find_map(|window| window.strip_prefix(&ASK_ID));
        self.id = asked.and_then(|id| id.try_into().ok()).or(self.id);
        let old = self.seen.len().saturating_sub(WHOLE - 1);
        self.seen.drain(..old);
    }

    /// The last id; the one of recordings before any was asked for.
    pub(super) fn last(&self) -> [u8; 4] {
        self.id.unwrap_or(NO_ID)
    }
}

/// Exchanges the id in a printer's answers, however the reads were cut.
#[derive(Clone, Debug, Default)]
pub(super) struct IdInAnswers {
    /// Bytes of the answer seen so far: its two first ones, then its id.
    at: usize,
}

impl IdInAnswers {
    /// The same bytes with `id` in place of any id.
    pub(super) fn exchanged(&mut self, bytes: &[u8], id: [u8; 4]) -> Vec<u8> {
        bytes.iter().map(|byte| self.pass(*byte, id)).collect()
    }

    fn pass(&mut self, byte: u8, id: [u8; 4]) -> u8 {
        if let Some(place) = self.at.checked_sub(TOLD_ID.len()) {
            self.at = if place + 1 == id.len() { 0 } else { self.at + 1 };
            return id[place];
        }
        self.at = match self.at {
            at if byte == TOLD_ID[at] => at + 1,
            _ => usize::from(byte == TOLD_ID[0]),
        };
        byte
    }
}
