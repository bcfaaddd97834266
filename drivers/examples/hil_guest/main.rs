//! The program inside the guest of `make hil`: puts fake hardware on the wire and proves this crate's drivers against it.
//!
//! The fake hardware is the Linux kernel's: USB gadgets on a USB cable with both ends in the machine, and virtual cameras.
//! So the drivers meet real device nodes, real kernel drivers and real unplugging; only paper, glass and lenses are missing.
//! `tests/hil/run.sh` starts it, one word of work per part, and counts its lines.
//!
//! The rule a newcomer would break: nothing of a driver is copied here. What is proved is the code of the field.
//!
//! It pulls cables and unloads kernel modules. Do not run it on a machine that somebody uses.

mod camera;
mod checks;
mod code_reader;
mod far_end;
mod feeder;
mod gadget;
mod hands;
mod serial;
mod slip;
mod stderr_log;
mod usb;
mod vivid;

use std::process::ExitCode;
use std::time::Instant;

/// What was seen, or what was seen instead.
pub type Verdict = Result<String, String>;

/// Takes sentences with their verdicts and prints a line for each.
pub struct Report {
    started: Instant,
    failed: u32,
    checked: u32,
}

impl Report {
    /// Runs one check and says how it went. `sentence` is what the check proves.
    pub fn check(&mut self, sentence: &str, check: impl FnOnce() -> Verdict) -> bool {
        // So that the log between two of these lines belongs to this check.
        log::info!("check: {sentence}");
        let began = Instant::now();
        let verdict = check();
        let took_ms = began.elapsed().as_millis();
        self.checked += 1;
        match &verdict {
            Ok(seen) if seen.is_empty() => println!("PASS {sentence} ({took_ms} ms)"),
            Ok(seen) => println!("PASS {sentence} ({seen}, {took_ms} ms)"),
            Err(seen) => {
                self.failed += 1;
                log::error!("failed: {seen}");
                println!("FAIL {sentence}: {seen} ({took_ms} ms)");
            }
        }
        verdict.is_ok()
    }
}

fn main() -> ExitCode {
    stderr_log::start();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut report = Report { started: Instant::now(), failed: 0, checked: 0 };
    let set_up = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["usb"] => usb::prove(&mut report),
        ["serial"] => serial::prove(&mut report),
        ["code-reader"] => code_reader::prove(&mut report),
        ["camera"] => camera::prove(&mut report),
        ["vivid"] => vivid::prove(&mut report),
        _ => {
            eprintln!("hil_guest usb | serial | code-reader | camera | vivid");
            return ExitCode::from(2);
        }
    };
    // A part that could not be set up ends early; its missing lines are counted by whoever started it.
    if let Err(reason) = set_up {
        println!("FAIL the fake hardware can be set up: {reason}");
        return ExitCode::FAILURE;
    }
    println!("DONE {} checks in {} s", report.checked, report.started.elapsed().as_secs());
    if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
