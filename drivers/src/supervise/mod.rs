//! Deciding when a device is silent, when it is reset, and what its history was.
//!
//! Pure: it owns no thread, no device and no clock. Whoever owns a device tells a [`Watch`] what happened and when, and does
//! what comes back; a [`History`] keeps what was the matter and for how long.
//!
//! The rule a newcomer would break: silence is a fact of its own. Three poll periods without a word make the status
//! `Unknown`, whatever was known before, and only two resets may follow before a person is told.

mod history;
mod phase;
mod watch;

pub use history::{History, SPELLS_MAX, Spell};
pub use phase::{Happening, Phase, next_phase};
pub use watch::{Order, StatusChanged, Watch, WatchTiming};
