//! Klampid central: accepts what kiosks send exactly once, tells residents how far it is, and lets officers decide.
//!
//! It never shows a resident a page of a kiosk, never talks to a device, and keeps nothing personal outside sealed parts.
//! Start reading at [`intake`] (accepting), then [`acts`] (deciding) and [`follow_up`] (telling).
//! The rule a newcomer would break: the database holds numbers, states and times, and never a name, a NIK or an answer.

pub mod acts;
pub mod admin;
pub mod bundles;
pub mod chance;
pub mod clock;
pub mod db;
pub mod dossier;
pub mod follow_up;
pub mod forms;
pub mod guard;
pub mod init;
pub mod intake;
pub mod keys;
pub mod log_names;
pub mod notes;
pub mod office;
pub mod pages;
pub mod problem;
pub mod progress;
pub mod recheck;
pub mod repair;
pub mod routes;
pub mod server;
pub mod settings;
pub mod store;
pub mod verify;
pub mod visit;
pub mod words;

pub use server::{Central, Running, StartError};
pub use settings::Settings;
