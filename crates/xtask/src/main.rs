//! `cargo xtask`: reads the arguments and the clock, and says how it went. The commands are in the library.

use std::process::ExitCode;

use clap::Parser;
use xtask::commands::{self, Arguments, Outcome};

/// Today by the machine's clock, in the time zone of most of the cities.
#[expect(clippy::disallowed_methods, reason = "this is the one place of this program that reads the machine's clock")]
fn today() -> jiff::civil::Date {
    jiff::tz::Offset::constant(7).to_datetime(jiff::Timestamp::now()).date()
}

fn main() -> ExitCode {
    match commands::run(Arguments::parse(), today()) {
        Ok(Outcome::Good(said)) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Ok(Outcome::Problems(problems, meaning)) => {
            for problem in &problems {
                println!("{problem}");
            }
            eprintln!("{meaning}");
            ExitCode::FAILURE
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
