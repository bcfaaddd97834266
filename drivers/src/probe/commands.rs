//! Which command is which function.
//!
//! The rule a newcomer would break: a command gives back a report or a failure, never an exit code of its own.

use crate::arguments::Command;
use crate::leash::Work;
use crate::report::{Failure, Report};
use crate::{camera, conditions, decode, list, number, print, scan, sheet, status};

/// As it is typed.
pub fn name(command: &Command) -> &'static str {
    match command {
        Command::List { .. } => "list",
        Command::Status(_) => "status",
        Command::Print { .. } => "print",
        Command::Scan(_) => "scan",
        Command::Grab { .. } => "grab",
        Command::Decode { .. } => "decode",
        Command::Sheet { .. } => "sheet",
        Command::ReadNumber { .. } => "read-number",
        Command::Conditions { .. } => "conditions",
        Command::CameraChild { .. } => "camera-child",
    }
}

/// Runs it to its end.
pub fn run(command: Command, work: &Work) -> Report {
    let done: Result<Report, Failure> = match command {
        Command::List { cari_detik } => Ok(list::list(cari_detik, work)),
        Command::Status(arguments) => status::status(&arguments, work),
        Command::Print { device, what, profile } => print::print(&device, &what, &profile, work),
        Command::Scan(arguments) => scan::scan(&arguments, work),
        Command::Grab { device, out, coach } => camera::grab(&device, &out, coach, work),
        Command::Decode { device, show } => decode::decode(&device, show, work),
        Command::Sheet { device, file, cert } => sheet::sheet(&device, &file, cert.as_deref(), work),
        Command::ReadNumber { file, digits, show } => number::read_number(&file, &digits, show, work),
        Command::Conditions { markdown } => Ok(conditions::conditions(markdown)),
        // It has no report and was run before.
        Command::CameraChild { .. } => Ok(Report::fine()),
    };
    done.unwrap_or_else(Report::from)
}
