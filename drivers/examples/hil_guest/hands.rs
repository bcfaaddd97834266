//! What a person does between two checks: load a driver, turn a knob, and wait until something is so.
//!
//! The rule a newcomer would break: nothing here sleeps for a time that was found by trying. It waits for a level, and says
//! what it waited for when the level does not come.

use drivers::reader::GuardedReader;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Nothing here takes longer without being broken: an emulated processor is many times slower than a kiosk's, and a camera
/// whose resets have not helped is left alone for half a minute.
pub const PATIENCE: Duration = Duration::from_secs(45);
const LOOK: Duration = Duration::from_millis(20);

/// Waits until `level` gives a value.
pub fn until<T>(what: &str, level: impl FnMut() -> Option<T>) -> Result<T, String> {
    until_within(PATIENCE, what, level)
}

/// Waits until `level` gives a value, for `patience` at most.
pub fn until_within<T>(patience: Duration, what: &str, mut level: impl FnMut() -> Option<T>) -> Result<T, String> {
    let began = Instant::now();
    loop {
        if let Some(value) = level() {
            return Ok(value);
        }
        if began.elapsed() > patience {
            return Err(format!("within {} s there was no sign of: {what}", patience.as_secs()));
        }
        std::thread::park_timeout(LOOK);
    }
}

/// Waits until `path` is there.
pub fn until_there(path: &Path) -> Result<(), String> {
    until(&path.display().to_string(), || path.exists().then_some(()))
}

/// Runs a program of the guest and returns what it printed.
pub fn run(words: &[&str]) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("no program named")?;
    let output = Command::new(program).args(arguments).output().map_err(|fault| format!("{program}: {fault}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{}: {}: {}", words.join(" "), output.status, String::from_utf8_lossy(&output.stderr).trim()))
}

/// The field's reader, with time for an emulated processor.
pub fn patient_reader() -> GuardedReader {
    GuardedReader::default().with_hang_after(PATIENCE)
}

/// Any error as the text of a verdict, with its causes.
pub fn said(fault: impl std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text
}
