//! What two programs agreed: the words kiosk and central exchange, one module per frozen version.
//!
//! This crate holds shapes, not behaviour: no HTTP client, no routes, no storage.
//! The rule a newcomer would break: a released version never changes. A new field that old readers must understand is a
//! new version; `golden/*.json` holds one example of every shape, and a test refuses a silent change.

pub mod receipt;
pub mod v1;
