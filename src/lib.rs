//! The kiosk: glue that joins `flow`, `outbox`, `drivers`, `wire` and `ui`, and decides nothing itself.
//!
//! Start reading at [`boot`] (what is put together) and [`app`] (the loop). Each outside thing has one module: [`devices`],
//! [`uplink`], [`present`]. The rule a newcomer would break: translate between crates here, by exhaustive `match`, and nowhere
//! else; only `present` may name Slint, only `uplink` may name tokio, `wire` and a URL.

pub mod app;
pub mod boot;
pub mod clock;
#[cfg(feature = "demo")]
pub mod demo;
pub mod devices;
pub mod effects;
pub mod event;
mod last_good;
pub mod logging;
pub mod mint;
pub mod paper;
pub mod pictures;
pub mod present;
pub mod settings;
pub mod uplink;
