//! `make demo`: with a display two windows to play with, without one a robot that walks the whole path and leaves proof.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use drivers::sim::{Bench, BenchOptions};
use kiosk::boot::{self, Running};
use kiosk::clock::SystemClock;
use kiosk::demo::devices::simulated;
use kiosk::demo::office::{Failure, OFFICER_LOGIN, Office};
use kiosk::demo::report::Report;
use kiosk::demo::robot::Robot;
use kiosk::demo::{desk, walk};
use kiosk::logging::chain;
use kiosk::mint::SystemChance;
use kiosk::present::Stage;
use slint::{ComponentHandle, PhysicalSize};
use ui::headless::{Clock, Headless};

/// The whole of Klampid on one desk, with simulated devices.
#[derive(Parser)]
#[command(name = "klampid-demo", version)]
struct Arguments {
    /// Walk the whole path by robot even when there is a display.
    #[arg(long)]
    robot: bool,
    /// Where the robot leaves pictures and summary.json.
    #[arg(long, default_value = "out/demo")]
    out: PathBuf,
    /// Folder with catalogue/ and printers/.
    #[arg(long, default_value = "config")]
    config: PathBuf,
}

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    let arguments = Arguments::parse();
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let done = if has_display && !arguments.robot { play(&arguments) } else { prove(&arguments) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("demo: {}", chain(reason.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// Two windows for people.
fn play(arguments: &Arguments) -> Result<(), Failure> {
    let data = arguments.out.with_file_name("demo-data");
    let office = Office::open(&data, &arguments.config.join("catalogue"))?;
    let bench = Bench::new(&BenchOptions::in_folder(&data))?;
    let stage = Stage::new()?;
    let running = start(&office, &bench, arguments, &stage)?;
    println!("Petugas : {}/petugas", office.central_url());
    println!("          masuk sebagai {OFFICER_LOGIN}, kata sandi {}", office.officer_password);
    println!("Ponsel  : {}/lacak", office.central_url());
    let _desk = desk::open(&bench, &office.link, &running.outbox)?;
    // A 1080×1920 screen, scaled to fit a desk.
    stage.window.window().set_size(slint::LogicalSize::new(540.0, 960.0));
    stage.run(false)?;
    running.stop();
    Ok(())
}

/// The robot resident and the robot officer; any step that fails is named.
fn prove(arguments: &Arguments) -> Result<(), Failure> {
    let began = Instant::now();
    let mut report = Report::begin(&arguments.out)?;
    let data = arguments.out.join("data");
    let office = Office::open(&data, &arguments.config.join("catalogue"))?;
    let bench = Bench::new(&BenchOptions::in_folder(&data))?;
    let headless = Headless::install(Clock::Real, PhysicalSize::new(1080, 1920))?;
    let stage = Stage::new()?;
    let running = start(&office, &bench, arguments, &stage)?;
    let mut robot = Robot::new(headless, stage.window.clone_strong(), arguments.out.join("screens"))?;

    let mut current = String::new();
    let walked = walk::walk(&mut robot, &bench, &office, &mut report, &mut |step| {
        println!("{:6.1} s  {step}", began.elapsed().as_secs_f64());
        current = step.to_owned();
    });
    if let Err(reason) = walked {
        let _the_reason_matters_more = robot.shoot("berhenti-di-sini");
        return Err(format!("step \"{current}\": {reason}").into());
    }
    report.screens = robot.seen.clone();
    report.bytes_printed = bench.printer.bytes_printed();
    report.seconds = began.elapsed().as_secs_f64();
    report.write()?;
    running.stop();
    println!("{:6.1} s  selesai: {} {}", report.seconds, report.number, arguments.out.join("summary.json").display());
    Ok(())
}

/// The kiosk of the field, with the bench's devices in place of real ones.
fn start(office: &Office, bench: &Bench, arguments: &Arguments, stage: &Stage) -> Result<Running, Failure> {
    let devices = simulated(bench, &arguments.config)?;
    let clock = Arc::new(SystemClock::start());
    let running = boot::start(office.settings.clone(), devices, clock, Box::new(SystemChance), stage.screen(), stage.preview())?;
    stage.connect(running.inbox.clone());
    Ok(running)
}
