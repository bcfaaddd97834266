//! `klampid-central`: the program. It reads arguments and hands everything else to the library.

mod arguments;

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use central::clock::{Clock, SystemClock};
use central::db::Db;
use central::{Central, Settings, admin, bundles, chance, init};
use clap::Parser;
use zeroize::Zeroizing;

use crate::arguments::{Arguments, CatalogueCommand, Command, KioskCommand, OfficerCommand};

#[expect(clippy::disallowed_methods, reason = "the attribute below makes the program's only runtime, on its only main thread")]
#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::new().filter_level(log::LevelFilter::Warn).filter_module("central", log::LevelFilter::Info).parse_default_env().init();
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("klampid-central: {}", chain(&*reason));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Box<dyn std::error::Error>> {
    let clock = Arc::new(SystemClock);
    match command {
        Command::Init { dir, host } => {
            let made = init::init(&dir, &host, clock.now())?;
            println!("# made {}\n# lines for kiosk.toml:\n{}", made.settings_file().display(), made.kiosk_lines());
        }
        Command::Kiosk { command: KioskCommand::Add { name, config } } => {
            let db = open(&config, &clock).await?;
            println!("{}", admin::add_kiosk(&db, &name, clock.now()).await?.as_str());
            db.close().await;
        }
        Command::Officer { command: OfficerCommand::Add { name, login, password_stdin, config } } => {
            let mut password = chance::password();
            if password_stdin {
                let mut typed = Zeroizing::new(String::new());
                std::io::stdin().read_to_string(&mut typed)?;
                password = Zeroizing::new(typed.trim_end_matches(['\r', '\n']).to_owned());
            }
            let db = open(&config, &clock).await?;
            admin::add_officer(&db, &login, &name, &password, clock.now()).await?;
            db.close().await;
            if !password_stdin {
                println!("{}", password.as_str());
            }
        }
        Command::Catalogue { command: CatalogueCommand::Add { folder, config } } => {
            let settings = Settings::load(&config)?;
            central::store::Store::open(&settings.data_dir)?;
            println!("{}", bundles::add(&settings.catalogue_archive, &folder, uuid::Uuid::from_bytes(*chance::bytes::<16>()))?.hash);
        }
        Command::Serve { config } => {
            let running = Central::start(Settings::load(&config)?, clock).await?;
            println!("https://{}", running.address);
            told_to_stop().await?;
            running.stop().await;
        }
    }
    Ok(())
}

async fn open(config: &Path, clock: &SystemClock) -> Result<Db, Box<dyn std::error::Error>> {
    let settings = Settings::load(config)?;
    central::store::Store::open(&settings.data_dir)?;
    Ok(Db::open(&settings.database_url, clock.now()).await?)
}

async fn told_to_stop() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

fn chain(reason: &dyn std::error::Error) -> String {
    let mut text = reason.to_string();
    let mut cause = reason.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}
