//! What happens next: the resident's session as a pure machine.
//!
//! [`Kiosk::handle`] takes one event and the time and gives back effects; [`Kiosk::view`] tells what to show. Nothing here does
//! I/O, starts a thread, reads a clock or rolls a die, so a million sessions run in a test. Start reading at `kiosk`.
//! The rule a newcomer would break: an effect is a wish. What became of it comes back as an event, and only then counts.

pub mod effect;
pub mod event;
mod follow_up;
mod home;
mod interrupted;
mod kiosk;
mod papers;
mod say;
mod session;
pub mod settings;
mod show;
mod sight;
pub mod slip;
mod submit;
mod typing;
pub mod view;

pub use catalogue::Language;
pub use effect::Effect;
pub use event::{Event, Intent, Moment};
pub use kiosk::Kiosk;
pub use say::Say;
pub use settings::Settings;
