//! `klampid-camera DEVICE [SIZES [RATES]]`: the process in which a camera's driver runs, so that it can be killed.
//!
//! It is started by the kiosk and speaks `drivers::camera::wire` on standard output. It is not for people, and it restarts
//! nothing: it ends at the first fault.
//!
//! The rule a newcomer would break: nothing else may be written to standard output.

use drivers::camera::{V4l2Settings, serve_standard};
use std::process::ExitCode;

/// The usual exit code for wrong arguments (`sysexits.h`).
const USAGE: u8 = 64;

fn main() -> ExitCode {
    match V4l2Settings::from_args(std::env::args_os().skip(1)) {
        Ok(settings) => serve_standard(settings),
        Err(fault) => {
            eprintln!("klampid-camera DEVICE [1920x1080,640x480 [30,15]]: {fault}");
            ExitCode::from(USAGE)
        }
    }
}
