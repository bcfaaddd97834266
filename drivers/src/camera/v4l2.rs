//! A Video4Linux camera through nokhwa.
//!
//! It restarts nothing; the host does. The rules a newcomer would break, found by reading nokhwa 0.10.11:
//!
//! * The camera is not `Send` and waits for a frame without a limit: create, use and drop it in the host's thread.
//! * After setting a format, any deviation is an error, so a ladder of exact formats is tried.
//! * The buffer is the whole memory map, not the picture: a JPEG is cut at its end marker.
//! * Dropping it may panic after an unplug, so it is dropped inside `catch_unwind`.
//! * One USB camera makes several `/dev/video*`, with numbers that change: configure `/dev/v4l/by-id/…-index0`.

use super::{Frame, FrameError, FrameSource, FrameSourceFactory};
use crate::picture::RgbPage;
use nokhwa::Camera;
use nokhwa::utils::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Which camera, and which sizes to try in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct V4l2Settings {
    /// `/dev/v4l/by-id/…` or `/dev/videoN`.
    pub device: PathBuf,
    /// Width and height in pixels, best first.
    pub sizes: Vec<(u32, u32)>,
    /// Frames per second, best first.
    pub frames_per_s: Vec<u32>,
}

impl V4l2Settings {
    /// Full HD first, since a page needs pixels; every UVC camera knows the last one.
    pub fn new(device: impl Into<PathBuf>) -> Self {
        V4l2Settings { device: device.into(), sizes: vec![(1920, 1080), (1280, 720), (1024, 768), (640, 480)], frames_per_s: vec![30, 25, 15] }
    }

    /// The number N of the `/dev/videoN` behind the configured path.
    fn index(&self) -> Result<u32, FrameError> {
        let absent = || FrameError::Absent { place: self.device.display().to_string() };
        let node = std::fs::canonicalize(&self.device).map_err(|fault| match fault.kind() {
            std::io::ErrorKind::PermissionDenied => FrameError::Permission,
            _ => absent(),
        })?;
        let name = node.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        name.strip_prefix("video").and_then(|digits| digits.parse().ok()).ok_or_else(absent)
    }
}

impl FrameSourceFactory for V4l2Settings {
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError> {
        let index = self.index()?;
        // Permission is looked at first, because the library turns it into a text.
        if let Err(fault) = std::fs::OpenOptions::new().read(true).write(true).open(&self.device) {
            return Err(match fault.kind() {
                std::io::ErrorKind::PermissionDenied => FrameError::Permission,
                std::io::ErrorKind::ResourceBusy => FrameError::HeldByOther,
                _ => FrameError::Absent { place: self.device.display().to_string() },
            });
        }
        let mut last = String::from("nothing tried");
        for format in [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::GRAY] {
            for (width, height) in &self.sizes {
                for frames_per_s in &self.frames_per_s {
                    let exact = CameraFormat::new(Resolution::new(*width, *height), format, *frames_per_s);
                    match catch_unwind(AssertUnwindSafe(|| open_exact(index, exact))) {
                        Ok(Ok(camera)) => {
                            log::info!(width = *width, height = *height, frames_per_s = *frames_per_s; "camera_opened");
                            return Ok(Box::new(V4l2Camera { camera: Some(camera) }));
                        }
                        Ok(Err(reason)) if is_busy(&reason) => return Err(FrameError::HeldByOther),
                        Ok(Err(reason)) => last = reason,
                        Err(_) => last = String::from("the camera library panicked"),
                    }
                }
            }
        }
        Err(FrameError::NoFormat { tried: last })
    }
}

fn open_exact(index: u32, exact: CameraFormat) -> Result<Camera, String> {
    let formats = [exact.format()];
    let wanted = RequestedFormat::with_formats(RequestedFormatType::Exact(exact), &formats);
    let mut camera = Camera::new(CameraIndex::Index(index), wanted).map_err(|fault| fault.to_string())?;
    camera.open_stream().map_err(|fault| fault.to_string())?;
    Ok(camera)
}

/// The library hands on the operating system's text; EBUSY is number 16.
fn is_busy(reason: &str) -> bool {
    reason.contains("os error 16")
}

/// An open camera. Stays in the thread that made it.
pub struct V4l2Camera {
    camera: Option<Camera>,
}

impl FrameSource for V4l2Camera {
    fn next_frame(&mut self, _timeout: Duration) -> Result<Frame, FrameError> {
        let Some(camera) = self.camera.as_mut() else {
            return Err(FrameError::Unplugged);
        };
        // The library offers no time limit here; the host notices a missing heartbeat instead.
        let got = catch_unwind(AssertUnwindSafe(|| camera.frame()));
        let buffer = match got {
            Ok(Ok(buffer)) => buffer,
            Ok(Err(fault)) => {
                let reason = fault.to_string();
                // ENODEV is number 19.
                let gone = reason.contains("os error 19");
                return Err(if gone { FrameError::Unplugged } else { FrameError::Fault { reason } });
            }
            Err(_) => return Err(FrameError::Fault { reason: String::from("the camera library panicked") }),
        };
        let taken_at = Instant::now();
        let size = buffer.resolution();
        match buffer.source_frame_format() {
            FrameFormat::MJPEG => Frame::from_jpeg_buffer(buffer.buffer(), taken_at),
            FrameFormat::GRAY => {
                let wanted = size.width() as usize * size.height() as usize;
                let bytes = buffer.buffer().get(..wanted).ok_or(FrameError::Undecodable)?;
                let pixels = super::Pixels::Luma(bytes.into());
                Ok(Frame { width: size.width(), height: size.height(), pixels, taken_at })
            }
            FrameFormat::YUYV => {
                let page = rgb_of_yuyv(size.width(), size.height(), buffer.buffer()).ok_or(FrameError::Undecodable)?;
                Ok(Frame::from_rgb(&page, taken_at))
            }
            _ => Err(FrameError::Undecodable),
        }
    }
}

impl Drop for V4l2Camera {
    fn drop(&mut self) {
        let camera = self.camera.take();
        if catch_unwind(AssertUnwindSafe(move || drop(camera))).is_err() {
            log::warn!("camera_drop_panicked");
        }
    }
}

/// Two pixels in four bytes (Y U Y V), ITU-R BT.601 in integer arithmetic.
fn rgb_of_yuyv(width: u32, height: u32, buffer: &[u8]) -> Option<RgbPage> {
    let wanted = width as usize * height as usize * 2;
    let mut rgb = Vec::with_capacity(wanted / 2 * 3);
    for pair in buffer.get(..wanted)?.chunks_exact(4) {
        let (u, v) = (i32::from(pair[1]) - 128, i32::from(pair[3]) - 128);
        for luma in [pair[0], pair[2]] {
            let y = (i32::from(luma) - 16) * 298;
            let red = (y + 409 * v + 128) >> 8;
            let green = (y - 100 * u - 208 * v + 128) >> 8;
            let blue = (y + 516 * u + 128) >> 8;
            rgb.extend([red, green, blue].map(|c| c.clamp(0, 255) as u8));
        }
    }
    RgbPage::new(width, height, rgb)
}
