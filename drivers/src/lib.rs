//! Hardware behind narrow blocking traits: a slip printer, a camera, a document scanner, a QR reader.
//!
//! This crate is not aware of residents, services or the network, and knows none of our other crates. A caller owns one
//! thread per device and calls these traits from there; nothing in here may be called from the thread that paints.
//!
//! The rule a newcomer would break: whatever can hang (a scanner program, a camera thread) is either killed or abandoned
//! and counted. No call waits without a limit, and silence of a device is `Unknown`, never its last known value.
//!
//! Start reading at [`status`], then [`printer`]. The simulated devices are in `sim` (feature `sim`) and speak the wire of
//! the real ones, so that the code under test is the code of the field.

pub mod status;
pub mod supervise;

mod child;
pub mod link;

pub mod printer;
pub mod sheet;

pub mod camera;
pub mod scanner;

pub mod coach;
pub mod ocr;
pub mod picture;

pub mod imager;
pub mod reader;

#[cfg(feature = "record")]
pub mod record;

#[cfg(feature = "sim")]
pub mod sim;
