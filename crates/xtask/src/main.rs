//! `cargo xtask`: the commands by name. What they do is in the library.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::check_catalogue::{self, Verdict};

/// Looks at the tree.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Load a catalogue folder and name everything that is wrong in it, as file:line: message
    CheckCatalogue {
        #[arg(default_value = "config/catalogue")]
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::CheckCatalogue { dir } => match check_catalogue::check(&dir) {
            Ok(Verdict::Good(summary)) => {
                println!("{summary}");
                ExitCode::SUCCESS
            }
            Ok(Verdict::Problems(problems)) => {
                for problem in &problems {
                    println!("{problem}");
                }
                eprintln!("{} problem(s); a kiosk would refuse this catalogue and keep its last good one", problems.len());
                ExitCode::FAILURE
            }
            Err(reason) => {
                eprintln!("{reason}");
                ExitCode::FAILURE
            }
        },
    }
}
