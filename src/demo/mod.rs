//! A whole office on one desk: real central behind a cuttable link, simulated devices with the real wire, a robot resident
//! and a robot officer. Only built with feature `demo`; the field program contains none of it.
//!
//! The kiosk in here is the kiosk of the field: it sees a serial port, frames, pages and HTTPS, and cannot tell.
//! The rule a newcomer would break: nothing here reaches into the kiosk; it touches pages, papers and web forms.

pub mod browser;
pub mod desk;
pub mod devices;
pub mod link;
pub mod office;
pub mod officer;
pub mod report;
pub mod robot;
pub mod specimen;
pub mod walk;
