//! The commands of `cargo xtask` by name, and what each of them says at its end.
//!
//! What they do is in the modules beside this one. The rule a newcomer would break: a command says what went wrong and ends with
//! a failure; it never half-finishes in silence.

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use jiff::civil::Date;

use crate::check_catalogue::{self, Verdict};
use crate::{book, bundle, city};

/// Looks at the tree, and makes the catalogue ready for people and kiosks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
pub struct Arguments {
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
    /// Write the catalogue book: every service as a page to read, print, mark up and sign
    Book {
        #[arg(default_value = "config/catalogue")]
        dir: PathBuf,
        #[arg(long, default_value = "out/book")]
        out: PathBuf,
    },
    /// Sign a catalogue, or look at a signed one
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Build the catalogue of another city from its own files laid over the common ones, and check it
    City {
        /// The city's own files
        dir: PathBuf,
        #[arg(long)]
        out: PathBuf,
        #[arg(long, default_value = "config/catalogue")]
        base: PathBuf,
    },
}

#[derive(Subcommand)]
enum BundleCommand {
    /// Make the office's key; prints the public half for kiosk.toml
    NewKey {
        #[arg(long)]
        out: PathBuf,
    },
    /// Check a catalogue and write bundle.toml and bundle.sig beside its files
    Sign {
        #[arg(long, default_value = "config/catalogue")]
        dir: PathBuf,
        /// The office's private key
        #[arg(long)]
        key: PathBuf,
        /// One more than the version before
        #[arg(long)]
        version: u64,
        /// First day on which kiosks use it, as YYYY-MM-DD
        #[arg(long)]
        valid_from: Date,
    },
    /// Look at a signed catalogue as a kiosk does
    Verify {
        #[arg(long, default_value = "config/catalogue")]
        dir: PathBuf,
        /// The public key as it stands in kiosk.toml
        #[arg(long)]
        public_key: String,
        /// The version the kiosk used before
        #[arg(long)]
        used: Option<u64>,
    },
}

/// What a command leaves behind.
pub enum Outcome {
    Good(String),
    /// Problems found in the data, each with its place, and what they mean.
    Problems(Vec<String>, String),
}

/// Does what was asked for. `today` is the city's day.
///
/// # Errors
/// The error of the command, as it is to be shown.
pub fn run(arguments: Arguments, today: Date) -> Result<Outcome, Box<dyn Error>> {
    Ok(match arguments.command {
        Command::CheckCatalogue { dir } => checked(check_catalogue::check(&dir, today)?, String::new()),
        Command::Book { dir, out } => {
            let pages = book::write(&dir, &out, today)?;
            Outcome::Good(format!("{pages} pages; open {}", out.join("index.html").display()))
        }
        Command::Bundle(BundleCommand::NewKey { out }) => {
            let public = bundle::new_key(&out)?;
            Outcome::Good(format!("the private key is in {}; keep it off the kiosks\npublic_key = \"{public}\"", out.display()))
        }
        Command::Bundle(BundleCommand::Sign { dir, key, version, valid_from }) => {
            let (seal, public) = bundle::sign(&dir, &key, version, valid_from, today)?;
            Outcome::Good(format!(
                "{} is signed: version {}, valid from {}, catalogue {}\npublic_key = \"{public}\"",
                dir.display(),
                seal.version,
                seal.valid_from,
                &seal.hash[..12]
            ))
        }
        Command::Bundle(BundleCommand::Verify { dir, public_key, used }) => {
            let seal = bundle::verify(&dir, &public_key, used, today)?;
            Outcome::Good(format!("a kiosk takes it: version {}, valid from {}, catalogue {}", seal.version, seal.valid_from, &seal.hash[..12]))
        }
        Command::City { dir, out, base } => {
            let built = city::build(&dir, &base, &out)?;
            let said =
                format!("{}: {} files, {} of them the city's own or changed by it, {} services\n", out.display(), built.files, built.own, built.services);
            checked(check_catalogue::check(&out, today)?, said)
        }
    })
}

fn checked(verdict: Verdict, before: String) -> Outcome {
    match verdict {
        Verdict::Good(summary) => Outcome::Good(format!("{before}{summary}")),
        Verdict::Problems(problems) => {
            let meaning = format!("{} problem(s); this catalogue is not fit to be handed out", problems.len());
            Outcome::Problems(problems, meaning)
        }
    }
}
