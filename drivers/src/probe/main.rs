//! `klampid-probe`: talks to one device from a terminal without the kiosk, for a technician in an office.
//!
//! It changes no setting and keeps nothing but the files it is told to write. It joins the parts of this folder and prints;
//! every command returns a report.
//!
//! The rule a newcomer would break: what a device, a page or a code holds is somebody's paper. It is shown or written only
//! where the command line asks for it.

mod arguments;
mod camera;
mod commands;
mod conditions;
mod decode;
mod files;
mod leash;
mod list;
mod number;
mod place;
mod print;
mod report;
mod scan;
mod sheet;
mod status;
mod watched;
mod words;

use arguments::{Command, Refusal};
use report::Report;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(Refusal::Help(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(Refusal::Wrong { report, json }) => {
            let _nobody_may_hear = say(&report, "", json);
            return ExitCode::from(report::End::WrongLine.exit_code());
        }
    };
    if let Command::CameraChild { args } = arguments.command {
        return camera::child(args);
    }
    let (json, name, limit) = (arguments.json, commands::name(&arguments.command), arguments.limit());
    ExitCode::from(leash::run(limit, move |work| commands::run(arguments.command, work), |report| say(report, name, json).is_ok()))
}

/// Prints one report. An error means that nobody reads any more, as behind `| head`.
fn say(report: &Report, command: &str, json: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", report.json(command))?;
    } else {
        for line in &report.lines {
            writeln!(out, "{line}")?;
        }
        for complaint in &report.complaints {
            eprintln!("{complaint}");
        }
    }
    out.flush()
}
