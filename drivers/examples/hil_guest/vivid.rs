//! A camera with faults: `CameraHost` against the kernel's `vivid`, which can refuse to start and be unplugged.
//!
//! The rule a newcomer would break: `vivid` refuses once each time it is told to, and a driver that tries several formats
//! survives that. To see a refusal, it has to be told again and again.

use crate::hands::{run, until, until_there};
use crate::{Report, camera};
use drivers::camera::V4l2Settings;
use drivers::status::{Availability, Condition, Severity, Status};
use std::path::Path;
use std::time::Instant;

const CAMERA: &str = "/dev/video0";

/// All checks of this part.
pub fn prove(report: &mut Report) -> Result<(), String> {
    plug()?;
    let settings = V4l2Settings { sizes: vec![(640, 360)], ..V4l2Settings::new(CAMERA) };
    report.check("a camera that refuses to start is told in a condition with an actor", || {
        let host = camera::start(&settings);
        let told = until("an error condition of the camera", || {
            run(&["v4l2-ctl", "-d", CAMERA, "--set-ctrl", "inject_vidioc_streamon_error=1"]).ok()?;
            error_of(&host.status())
        })?;
        let began = Instant::now();
        until("pictures after the fault is gone", || host.newest())?;
        Ok(format!("{told}; pictures {} ms after the fault is gone", began.elapsed().as_millis()))
    });

    let host = camera::start(&settings);
    report.check("a camera of the kernel gives pictures", || {
        let frame = until("a picture", || host.newest())?;
        Ok(format!("{}x{}", frame.width, frame.height))
    });
    report.check("a camera pulled while it streams is told as absent, without a picture left", || {
        let began = Instant::now();
        run(&["v4l2-ctl", "-d", CAMERA, "--set-ctrl", "disconnect=1"])?;
        until("CAMERA_ABSENT and no picture", || (host.status().has(Condition::CAMERA_ABSENT) && host.newest().is_none()).then_some(()))?;
        Ok(format!("{:?} after {} ms", host.status().device, began.elapsed().as_millis()))
    });
    report.check("a pulled camera is let go of", || until("nobody holds the camera", || run(&["rmmod", "vivid"]).ok()).map(|_| String::new()));
    report.check("a camera plugged in again gives pictures without a restart of the program", || {
        plug()?;
        let began = Instant::now();
        until("a picture", || host.newest())?;
        until("readiness", || (host.status().availability() == Availability::Ready).then_some(()))?;
        Ok(format!("after {} ms", began.elapsed().as_millis()))
    });
    report.check("an ended camera is let go of", || {
        drop(host);
        until("nobody holds the camera", || run(&["rmmod", "vivid"]).ok()).map(|_| String::new())
    });
    Ok(())
}

fn plug() -> Result<(), String> {
    // One device, one webcam input, capture only.
    run(&["modprobe", "vivid", "n_devs=1", "node_types=0x1", "num_inputs=1", "input_types=0x0"])?;
    until_there(Path::new(CAMERA))
}

/// The worst condition, when the camera cannot be used because of it.
fn error_of(status: &Status) -> Option<String> {
    let row = status.worst().filter(|row| row.severity == Severity::Error)?;
    Some(format!("{}, {:?} acts", row.condition, row.actor))
}
