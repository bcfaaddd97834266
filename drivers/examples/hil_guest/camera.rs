//! A camera that shows our pictures: `CameraHost` and the QR reader against `v4l2loopback`.
//!
//! What is seen here went through a device node, the driver's format ladder and a memory map of the kernel. The optics are
//! missing.

use crate::feeder::{Feeder, Packing};
use crate::hands::{PATIENCE, patient_reader, run, until, until_there, until_within};
use crate::{Report, Verdict};
use drivers::camera::{CameraHost, ChildCamera, ChildLimits, V4l2Settings};
use drivers::picture::RgbPage;
use drivers::status::{Availability, Condition, DeviceState};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const CAMERA: &str = "/dev/video10";
/// On an emulated processor a program needs longer to start than a driver hangs in the field.
const EMULATED: ChildLimits = ChildLimits { open_ms: 20_000, mute_ms: 8000, frame_ms: 8000 };
const FIRST: &str = "KLAMPID-HIL-FIRST";
const SECOND: &str = "KLAMPID-HIL-SECOND";

/// All checks of this part.
pub fn prove(report: &mut Report) -> Result<(), String> {
    load_camera()?;
    let small = Feeder::start(Path::new(CAMERA), Packing::Yuyv, &code_page(FIRST, 640, 480)?)?;
    let host = start(&V4l2Settings::new(CAMERA));
    report.check("a code before the camera is read from YUYV at 640x480", || reads(&host, FIRST, (640, 480)));
    report.check("another code laid before the running camera is read", || {
        small.show(&code_page(SECOND, 640, 480)?)?;
        reads(&host, SECOND, (640, 480))
    });
    report.check("a camera that stops sending is told, and its last picture is taken away", || {
        small.pause(true);
        let began = Instant::now();
        until("no picture and no readiness", || (host.newest().is_none() && host.status().availability() != Availability::Ready).then_some(()))?;
        Ok(format!("{:?} after {} ms", host.status().worst().map(|row| row.staff_code), began.elapsed().as_millis()))
    });
    report.check("a camera that sends again is used again", || {
        small.pause(false);
        reads(&host, SECOND, (640, 480))
    });
    report.check("a picture that stands still to the last bit is told as frozen, and taken away", || {
        small.freeze(true);
        let began = Instant::now();
        until("STREAM_FROZEN and no picture", || (host.status().has(Condition::STREAM_FROZEN) && host.newest().is_none()).then_some(()))?;
        let told_ms = began.elapsed().as_millis();
        small.freeze(false);
        reads(&host, SECOND, (640, 480)).map(|_| format!("after {told_ms} ms"))
    });
    report.check("a second program is refused or served, but never hangs the first", || {
        let second = start(&V4l2Settings::new(CAMERA));
        until("a word about the second program", || (second.status().device != DeviceState::Starting).then_some(()))?;
        reads(&host, SECOND, (640, 480))
    });
    report.check("an ended camera is let go of", || {
        drop(host);
        until("nobody but the feeder holds the camera", || (holders(CAMERA) == 1).then_some(String::new()))
    });
    drop(small);
    unload_camera()?;

    load_camera()?;
    let large = Feeder::start(Path::new(CAMERA), Packing::Mjpeg, &code_page(FIRST, 1280, 720)?)?;
    let host = start(&V4l2Settings::new(CAMERA));
    report.check("a code before the camera is read from MJPEG at 1280x720", || reads(&host, FIRST, (1280, 720)));
    drop(host);
    drop(large);
    Ok(())
}

/// Open descriptors of a device, in all programs of the guest.
fn holders(device: &str) -> usize {
    // Numbers are programs; "self" would count this one again.
    let is_program = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().chars().all(|c| c.is_ascii_digit());
    let programs = std::fs::read_dir("/proc").into_iter().flatten().flatten().filter(is_program);
    let descriptors = programs.filter_map(|program| std::fs::read_dir(program.path().join("fd")).ok()).flatten().flatten();
    descriptors.filter(|descriptor| std::fs::read_link(descriptor.path()).is_ok_and(|target| target == Path::new(device))).count()
}

/// As in the field: the driver runs in the process of `klampid-camera`, which stands beside this program.
pub fn start(settings: &V4l2Settings) -> CameraHost {
    let camera = ChildCamera::new(ChildCamera::program_beside_this("klampid-camera"), settings);
    CameraHost::start(Arc::new(camera.with_limits(EMULATED)))
}

fn load_camera() -> Result<(), String> {
    // As UVC cameras do, it offers capture only while somebody feeds it.
    run(&["modprobe", "v4l2loopback", "exclusive_caps=1", "video_nr=10", "card_label=HIL"])?;
    until_there(Path::new(CAMERA))
}

/// Fails as long as somebody holds it.
fn unload_camera() -> Result<(), String> {
    until("the virtual camera can be unloaded", || run(&["rmmod", "v4l2loopback"]).ok()).map(|_| ())
}

/// Waits for a picture of this size with this code.
fn reads(host: &CameraHost, code: &str, size: (u32, u32)) -> Verdict {
    let reader = patient_reader();
    let mut pictures = 0;
    let seen = until_within(PATIENCE, &format!("the code {code}"), || {
        let frame = host.newest()?;
        pictures += 1;
        let reading = reader.read(&frame.luma().ok()?);
        reading.payloads.iter().any(|payload| payload.text() == Some(code)).then_some((frame.width, frame.height))
    });
    match seen {
        Ok(seen) if seen == size => Ok(format!("picture {pictures}")),
        Ok((width, height)) => Err(format!("the picture has {width}x{height}")),
        Err(reason) => Err(format!("{reason}; {pictures} pictures, {:?}", host.status())),
    }
}

/// A white page with a code in the middle.
fn code_page(text: &str, width: u32, height: u32) -> Result<RgbPage, String> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).map_err(|fault| fault.to_string())?;
    let modules = code.width() as u32;
    // Four modules of white on each side.
    let module_px = width.min(height) / (modules + 8);
    let (left, top) = ((width - modules * module_px) / 2, (height - modules * module_px) / 2);
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let at = |from: u32, begin: u32| from.checked_sub(begin).map(|past| past / module_px).filter(|module| *module < modules);
            let dark = match (at(x, left), at(y, top)) {
                (Some(column), Some(row)) => code[(column as usize, row as usize)] == qrcode::Color::Dark,
                _ => false,
            };
            rgb.extend([if dark { 30 } else { 225 }; 3]);
        }
    }
    RgbPage::new(width, height, rgb).ok_or_else(|| String::from("the page has no size"))
}
