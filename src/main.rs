//! The kiosk program of the field: arguments, real devices, the window, the event loop. It contains no simulator.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use kiosk::boot;
use kiosk::clock::SystemClock;
use kiosk::logging::{chain, note};
use kiosk::mint::SystemChance;
use kiosk::present::Stage;
use kiosk::settings::Settings;

/// Klampid kiosk: a fullscreen civil-registration terminal.
#[derive(Parser)]
#[command(name = "klampid-kiosk", version)]
struct Arguments {
    /// Settings of this kiosk.
    #[arg(long, default_value = "/etc/klampid/kiosk.toml")]
    config: PathBuf,
    /// Show the window as it is instead of filling the screen.
    #[arg(long)]
    windowed: bool,
}

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            note("stopped", &[("reason", &chain(reason.as_ref()))]);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::load(&arguments.config)?;
    let devices = boot::real_devices(&settings)?;
    let stage = Stage::new()?;
    let running = boot::start(settings, devices, Arc::new(SystemClock::start()), Box::new(SystemChance), stage.screen(), stage.preview())?;
    stage.connect(running.inbox.clone());
    stage.run(!arguments.windowed)?;
    running.stop();
    Ok(())
}
