//! What the program can be told on its command line. Words only; what they do is in `main`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "klampid-central", version, about = "Klampid central: accepts applications, tells residents, lets officers decide")]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Make keys, certificates and a settings file, once
    Init {
        #[arg(long)]
        dir: PathBuf,
        /// Name under which kiosks and phones reach this machine
        #[arg(long)]
        host: String,
    },
    /// Register a kiosk and print its secret once
    Kiosk {
        #[command(subcommand)]
        command: KioskCommand,
    },
    /// Register an officer
    Officer {
        #[command(subcommand)]
        command: OfficerCommand,
    },
    /// Keep catalogues that kiosks may still use
    Catalogue {
        #[command(subcommand)]
        command: CatalogueCommand,
    },
    /// Serve until told to stop
    Serve {
        #[arg(long, default_value = "central.toml")]
        config: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum KioskCommand {
    /// Add a kiosk, or give it a new secret
    Add {
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "central.toml")]
        config: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum CatalogueCommand {
    /// Check a catalogue and keep a copy under its hash, for submissions that were made with it
    Add {
        folder: PathBuf,
        #[arg(long, default_value = "central.toml")]
        config: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum OfficerCommand {
    /// Add an officer, or give a new password
    Add {
        #[arg(long)]
        name: String,
        #[arg(long)]
        login: String,
        /// Read the password from standard input instead of making one
        #[arg(long)]
        password_stdin: bool,
        #[arg(long, default_value = "central.toml")]
        config: PathBuf,
    },
}
