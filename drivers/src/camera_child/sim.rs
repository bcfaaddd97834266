//! `klampid-camera-sim BEHAVIOUR [NODE]`: a camera's process with a simulated camera that misbehaves, for tests.
//!
//! BEHAVIOUR is the name of a fault of the simulated camera, or one of the ways below in which the process itself goes
//! wrong. With NODE, the camera is there while that file is. A field build cannot contain this program: it needs `sim`.
//!
//! The rule a newcomer would break: whatever goes wrong here goes wrong in bytes or in a process, for the reader has only those.

use drivers::camera::{Frame, FrameError, FrameSource, FrameSourceFactory, HEARTBEAT, PixelFormat, serve_standard, wire};
use drivers::sim::Lasting;
use drivers::sim::camera::{CameraFault, SimCamera};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The process gives up by itself after this, should a test forget it.
const LIFE_MAX: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let behaviour = args.next().unwrap_or_else(|| String::from("good"));
    let node = args.next().filter(|node| !node.is_empty()).map(PathBuf::from);
    let camera = SimCamera::new();
    camera.give(PixelFormat::Yuyv);
    if let Some(fault) = CameraFault::ALL.into_iter().find(|fault| fault.name() == behaviour) {
        camera.inject(fault, Lasting::FromNow);
        return serve_standard(AtNode { node, inner: camera.factory() });
    }
    let done = match behaviour.as_str() {
        "good" => return serve_standard(AtNode { node, inner: camera.factory() }),
        "grandchild" => {
            // A helper in the same group, which must die with it.
            match Command::new("sleep").arg("600").spawn() {
                Ok(_) => return serve_standard(AtNode { node, inner: camera.factory() }),
                Err(fault) => Err(fault),
            }
        }
        "die" => frames(&camera, 3),
        "half-message" => half_message(&camera),
        "garbage" => std::io::stdout().write_all(&[0x5A; 100_000]).map(|()| wait()),
        "huge-length" => opened().and_then(|mut out| {
            out.write_all(&[b'K', b'C', wire::VERSION, 2, 0xFF, 0xFF, 0xFF, 0x7F])?;
            out.flush()?;
            wait();
            Ok(())
        }),
        "flood" => flood(),
        "mute" => {
            wait();
            Ok(())
        }
        "stopped" => frames(&camera, 2).and_then(|()| {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP)?;
            wait();
            Ok(())
        }),
        _ => Err(std::io::ErrorKind::InvalidInput.into()),
    };
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn opened() -> std::io::Result<std::io::Stdout> {
    let mut out = std::io::stdout();
    wire::write_opened(&mut out)?;
    Ok(out)
}

fn frames(camera: &SimCamera, count: u64) -> std::io::Result<()> {
    let mut out = opened()?;
    for sequence in 0..count {
        wire::write_frame(&mut out, &frame(camera)?, sequence, 0)?;
    }
    Ok(())
}

fn frame(camera: &SimCamera) -> std::io::Result<Frame> {
    let source = camera.factory().open();
    source.and_then(|mut source| source.next_frame(Duration::from_secs(1))).map_err(std::io::Error::other)
}

fn half_message(camera: &SimCamera) -> std::io::Result<()> {
    let mut whole = Vec::new();
    wire::write_frame(&mut whole, &frame(camera)?, 1, 0)?;
    let mut out = opened()?;
    out.write_all(&whole[..whole.len() / 2])?;
    out.flush()?;
    wait();
    Ok(())
}

fn flood() -> std::io::Result<()> {
    let mut out = opened()?;
    let began = Instant::now();
    while began.elapsed() < LIFE_MAX {
        wire::write_heartbeat(&mut out)?;
    }
    Ok(())
}

fn wait() {
    let began = Instant::now();
    while began.elapsed() < LIFE_MAX {
        std::thread::park_timeout(HEARTBEAT);
    }
}

/// A camera that is there while a file is.
struct AtNode {
    node: Option<PathBuf>,
    inner: Arc<dyn FrameSourceFactory>,
}

impl FrameSourceFactory for AtNode {
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError> {
        if let Some(node) = self.node.as_ref().filter(|node| !node.exists()) {
            return Err(FrameError::Absent { place: node.display().to_string() });
        }
        Ok(Box::new(SourceAtNode { node: self.node.clone(), inner: self.inner.open()? }))
    }
}

struct SourceAtNode {
    node: Option<PathBuf>,
    inner: Box<dyn FrameSource>,
}

impl FrameSource for SourceAtNode {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, FrameError> {
        if self.node.as_ref().is_some_and(|node| !node.exists()) {
            return Err(FrameError::Unplugged);
        }
        self.inner.next_frame(timeout)
    }
}
