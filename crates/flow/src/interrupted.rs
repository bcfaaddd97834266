//! A session that a power cut or crash cut off: taken up again only by somebody who knows its NIK.
//!
//! Nothing of the draft is shown before the NIK matches; after a few wrong ones, or a quarter of an hour, it is destroyed.

use std::time::Duration;

use catalogue::EntryKind;
use uuid::Uuid;

use crate::Say;
use crate::session::Session;
use crate::typing::{Field, Typing};

/// A draft found at start.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted {
    pub session: Uuid,
    /// When it is destroyed unasked.
    pub ends_at: Duration,
    pub wrong_tries: u32,
}

/// The NIK being asked for.
#[derive(Clone, Debug)]
pub struct Resume {
    pub typing: Typing,
    pub problem: Option<Say>,
    /// The draft is being opened.
    pub opening: bool,
}

impl Resume {
    pub fn begin() -> Self {
        Self { typing: Typing::new(Field::Entry(EntryKind::Nik)), problem: None, opening: false }
    }

    /// The session in the draft, if it is this person's.
    pub fn opens(&self, draft: &[u8]) -> Option<Session> {
        let session: Session = serde_json::from_slice(draft).ok()?;
        let nik = session.answers.value("nik");
        (!nik.is_empty() && nik == self.typing.value()).then_some(session)
    }
}
