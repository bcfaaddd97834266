//! Talks to one device without the kiosk, for a technician at a bench.
//!
//! It changes no setting. `printer` prints a short test slip, so it needs paper.
//!
//! ```text
//! cargo run -p drivers --example probe -- printer /dev/ttyUSB0 config/printers/epson-tm-t82.toml
//! cargo run -p drivers --example probe -- camera /dev/v4l/by-id/usb-…-video-index0 [frame.jpg]
//! cargo run -p drivers --example probe -- scanner 'test' [page.jpg]
//! cargo run -p drivers --example probe -- folder /path/to/pictures
//! ```

use drivers::camera::{CameraHost, V4l2Settings};
use drivers::coach::{Expected, Origin, examine, glance};
use drivers::link::SerialLink;
use drivers::picture::{PAGE_BYTES_MAX_DEFAULT, encode_page};
use drivers::printer::{Block, Document, EscPos, PrintJob, Printer, Profile, TextSize};
use drivers::reader::GuardedReader;
use drivers::scanner::{AcquireLimits, DocumentSource, Folder, ScanImage, ScanImageSettings};
use drivers::status::Status;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

const CAMERA_SECS: u64 = 10;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["printer", port, profile] => printer(port, Path::new(profile)),
        ["camera", device] => camera(device, None),
        ["camera", device, out] => camera(device, Some(Path::new(out))),
        ["scanner", device] => scanner(&mut ScanImage::new(ScanImageSettings::flatbed(*device)), None),
        ["scanner", device, out] => scanner(&mut ScanImage::new(ScanImageSettings::flatbed(*device)), Some(Path::new(out))),
        ["folder", folder] => scanner(&mut Folder::new(*folder, 1), None),
        _ => {
            eprintln!("probe printer PORT PROFILE | camera DEVICE [OUT] | scanner DEVICE [OUT] | folder PATH");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            let mut cause = fault.source();
            while let Some(deeper) = cause {
                eprintln!("  because: {deeper}");
                cause = deeper.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn show(status: &Status) {
    println!("{:?}, {:?}, required {:?}", status.availability(), status.device, status.required());
    for condition in &status.conditions {
        println!("  {condition}: {:?}", condition.row().severity);
    }
}

fn printer(port: &str, profile: &Path) -> Result<(), Box<dyn Error>> {
    let profile = Profile::load(profile)?;
    let mut printer = EscPos::new(SerialLink::new(port, profile.baud), profile);
    show(&printer.status());
    let document = Document(vec![
        Block::heading("UJI PRINTER", TextSize::Double),
        Block::Rule,
        Block::text(format!("Model: {}", printer.profile().name)),
        Block::Qr { text: "KLAMPID-UJI".into(), module_dots_min: 4 },
        Block::Boxed { text: "123456".into(), size: TextSize::Triple },
        Block::Cut,
    ]);
    let began = Instant::now();
    println!("{:?} after {} ms", printer.print(&PrintJob { token: 1, document }), began.elapsed().as_millis());
    show(&printer.status());
    Ok(())
}

fn camera(device: &str, out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let host = CameraHost::start(Arc::new(V4l2Settings::new(device)));
    let reader = GuardedReader::default();
    let began = Instant::now();
    let mut last_second = 0;
    while began.elapsed() < Duration::from_secs(CAMERA_SECS) {
        std::thread::park_timeout(Duration::from_millis(200));
        if let Some(frame) = host.newest() {
            let luma = frame.luma()?;
            let reading = reader.read(&luma);
            if !reading.payloads.is_empty() {
                println!("{} codes in view", reading.payloads.len());
            }
            if began.elapsed().as_secs() != last_second {
                last_second = began.elapsed().as_secs();
                println!("{}x{}, {} frames, {:?}", frame.width, frame.height, host.frames_seen(), glance(&luma));
            }
        }
    }
    show(&host.status());
    if let (Some(out), Some(frame)) = (out, host.newest()) {
        std::fs::write(out, encode_page(&frame.rgb()?, PAGE_BYTES_MAX_DEFAULT)?.jpeg)?;
    }
    Ok(())
}

fn scanner(source: &mut dyn DocumentSource, out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let limits = AcquireLimits::default();
    let pages = source.acquire(&limits, &AtomicBool::new(false));
    show(&source.status());
    for page in pages? {
        let decoded = page.decode(&limits)?;
        println!("{page:?}: {:?}", examine(&decoded, &Expected::any(Origin::Scanner)));
        if let Some(out) = out {
            std::fs::write(out, encode_page(&decoded, PAGE_BYTES_MAX_DEFAULT)?.jpeg)?;
        }
    }
    Ok(())
}
