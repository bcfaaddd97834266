//! A Video4Linux camera through nokhwa, in this process.
//!
//! It restarts nothing; the host does. The rules a newcomer would break, found by reading nokhwa 0.10.11:
//!
//! * The camera is not `Send` and waits for a frame without a limit: it lives in a process of its own (`ChildCamera`).
//! * After setting a format, any deviation is an error, so a ladder of exact formats is tried, and what nokhwa refuses for
//!   its own reasons is opened without it (`v4l2_plain`).
//! * The buffer is the whole memory map, not the picture: a JPEG is cut at its end marker.
//! * Four buffers are queued, so up to four frames are old after a pause; they are dropped here.
//! * Dropping it may panic after an unplug, so it is dropped inside `catch_unwind`.
//! * One USB camera makes several `/dev/video*`, with numbers that change: configure `/dev/v4l/by-id/…-index0`.

use super::v4l2_plain::PlainCamera;
use super::{Frame, FrameError, FrameSource, FrameSourceFactory, PixelFormat, list, moment};
use nokhwa::Camera;
use nokhwa::utils::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Frames the library queues in the driver (v4l 0.14, `io/mmap/stream.rs`).
const QUEUED_BUFFERS: usize = 4;
/// A frame older than this was queued before a pause.
const STALE_AFTER: Duration = Duration::from_millis(400);
/// No setting needs more entries.
const LADDER_STEPS_MAX: usize = 16;
const FORMATS: [FrameFormat; 5] = [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::GRAY, FrameFormat::RAWRGB];

/// Which camera, and which sizes to try in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct V4l2Settings {
    /// `/dev/v4l/by-id/…`, `/dev/v4l/by-path/…`, `/dev/videoN`, or `bus:1-2` for the camera at that USB port where no udev
    /// makes links.
    pub device: PathBuf,
    /// Width and height in pixels, best first.
    pub sizes: Vec<(u32, u32)>,
    /// Frames per second, best first.
    pub frames_per_s: Vec<u32>,
}

/// Why a list of arguments names no camera.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ArgumentError {
    #[error("the camera's device is missing")]
    NoDevice,
    #[error("{value} is not a list like {example}, of at most {LADDER_STEPS_MAX}")]
    BadList { value: String, example: &'static str },
    #[error("{value} is one argument too many")]
    TooMany { value: String },
}

impl V4l2Settings {
    /// Full HD first, since a page needs pixels; every UVC camera knows the last one.
    pub fn new(device: impl Into<PathBuf>) -> Self {
        V4l2Settings { device: device.into(), sizes: vec![(1920, 1080), (1280, 720), (1024, 768), (640, 480)], frames_per_s: vec![30, 25, 15] }
    }

    /// Arguments of a camera process: the device, the sizes (`1920x1080,640x480`), the frame rates (`30,15`).
    pub fn to_args(&self) -> Vec<OsString> {
        let sizes: Vec<String> = self.sizes.iter().map(|(width, height)| format!("{width}x{height}")).collect();
        let rates: Vec<String> = self.frames_per_s.iter().map(u32::to_string).collect();
        vec![self.device.clone().into_os_string(), sizes.join(",").into(), rates.join(",").into()]
    }

    /// The settings that [`V4l2Settings::to_args`] wrote; sizes and rates may be left out.
    ///
    /// # Errors
    /// Names the argument that is missing, wrong or too many.
    pub fn from_args(args: impl IntoIterator<Item = OsString>) -> Result<Self, ArgumentError> {
        let mut args = args.into_iter();
        let device = args.next().filter(|device| !device.is_empty()).ok_or(ArgumentError::NoDevice)?;
        let mut settings = V4l2Settings::new(device);
        if let Some(sizes) = args.next() {
            settings.sizes = listed(&sizes, "1920x1080,640x480", |text| {
                let (width, height) = text.split_once('x')?;
                Some((width.parse().ok()?, height.parse().ok()?)).filter(|(width, height)| *width > 0 && *height > 0)
            })?;
        }
        if let Some(rates) = args.next() {
            settings.frames_per_s = listed(&rates, "30,15", |text| text.parse().ok().filter(|rate| *rate > 0))?;
        }
        match args.next() {
            Some(extra) => Err(ArgumentError::TooMany { value: extra.to_string_lossy().into_owned() }),
            None => Ok(settings),
        }
    }

    /// The device node behind the configured place.
    ///
    /// # Errors
    /// `Absent`, or `Permission` for a folder that may not be searched.
    pub fn node(&self) -> Result<PathBuf, FrameError> {
        let absent = || FrameError::Absent { place: self.device.display().to_string() };
        if let Some(bus) = self.device.to_str().and_then(|text| text.strip_prefix("bus:")) {
            return list::node_at_bus(&list::ListRoots::default(), bus).ok_or_else(absent);
        }
        std::fs::canonicalize(&self.device).map_err(|fault| match fault.kind() {
            std::io::ErrorKind::PermissionDenied => FrameError::Permission,
            _ => absent(),
        })
    }

    /// The number N of `/dev/videoN`.
    fn index(&self, node: &Path) -> Result<u32, FrameError> {
        let name = node.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let digits = name.strip_prefix("video").and_then(|digits| digits.parse().ok());
        digits.ok_or_else(|| FrameError::Absent { place: self.device.display().to_string() })
    }

    /// Every format to try, best first: a compressed one of any size before a raw one, as raw Full HD comes at five frames
    /// a second over USB 2.
    fn ladder(&self) -> Vec<CameraFormat> {
        let mut ladder = Vec::new();
        for format in FORMATS {
            for (width, height) in self.sizes.iter().take(LADDER_STEPS_MAX) {
                for rate in self.frames_per_s.iter().take(LADDER_STEPS_MAX) {
                    ladder.push(CameraFormat::new(Resolution::new(*width, *height), format, *rate));
                }
            }
        }
        ladder
    }
}

fn listed<T>(text: &OsString, example: &'static str, one: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, ArgumentError> {
    let text = text.to_string_lossy();
    let values: Option<Vec<T>> = text.split(',').map(|part| one(part.trim())).collect();
    let bad = || ArgumentError::BadList { value: text.clone().into_owned(), example };
    values.filter(|values| values.len() <= LADDER_STEPS_MAX).ok_or_else(bad)
}

impl FrameSourceFactory for V4l2Settings {
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError> {
        let node = self.node()?;
        let index = self.index(&node)?;
        // Permission is looked at first, because the library turns it into a text.
        if let Err(fault) = std::fs::OpenOptions::new().read(true).write(true).open(&node) {
            return Err(match fault.kind() {
                std::io::ErrorKind::PermissionDenied => FrameError::Permission,
                std::io::ErrorKind::ResourceBusy => FrameError::HeldByOther,
                _ => FrameError::Absent { place: self.device.display().to_string() },
            });
        }
        let mut tried = String::from("nothing tried");
        for exact in self.ladder() {
            match catch_unwind(AssertUnwindSafe(|| open_exact(index, exact))) {
                Ok(Ok(camera)) => {
                    log::info!(width = exact.width(), height = exact.height(), frames_per_s = exact.frame_rate(); "camera_opened");
                    return Ok(Box::new(V4l2Camera { camera: Some(camera), stamps_lie: false }));
                }
                Ok(Err(reason)) => match reason_of(&reason) {
                    Some(fault) => return Err(fault),
                    None => tried = reason,
                },
                Err(_) => tried = String::from("the camera library panicked"),
            }
        }
        // What nokhwa refuses for reasons of its own: frame intervals like 1001/30000, brightness as "GREY", stepless sizes.
        match PlainCamera::open(&node, &self.sizes, &self.frames_per_s) {
            Ok(camera) => Ok(Box::new(camera)),
            Err(FrameError::NoFormat { tried: plain }) => Err(FrameError::NoFormat { tried: format!("{tried}; {plain}") }),
            Err(fault) => Err(fault),
        }
    }

    fn is_present(&self) -> bool {
        !matches!(self.node(), Err(FrameError::Absent { .. }))
    }
}

fn open_exact(index: u32, exact: CameraFormat) -> Result<Camera, String> {
    let formats = [exact.format()];
    let wanted = RequestedFormat::with_formats(RequestedFormatType::Exact(exact), &formats);
    let mut camera = Camera::new(CameraIndex::Index(index), wanted).map_err(|fault| fault.to_string())?;
    camera.open_stream().map_err(|fault| fault.to_string())?;
    Ok(camera)
}

/// The library hands on the operating system's text. EBUSY is number 16, ENODEV 19, and both end the search.
fn reason_of(text: &str) -> Option<FrameError> {
    if text.contains("os error 16)") {
        return Some(FrameError::HeldByOther);
    }
    text.contains("os error 19)").then_some(FrameError::Unplugged)
}

/// An open camera. Stays in the thread that made it.
pub struct V4l2Camera {
    camera: Option<Camera>,
    /// Its capture times cannot be right, so they are not looked at.
    stamps_lie: bool,
}

impl V4l2Camera {
    fn grab(&mut self) -> Result<(Frame, Duration), FrameError> {
        let camera = self.camera.as_mut().ok_or(FrameError::Unplugged)?;
        // The library offers no time limit here; whoever owns this process notices the silence and kills it.
        let buffer = match catch_unwind(AssertUnwindSafe(|| camera.frame())) {
            Ok(Ok(buffer)) => buffer,
            Ok(Err(fault)) => {
                let reason = fault.to_string();
                return Err(reason_of(&reason).unwrap_or(FrameError::Fault { reason }));
            }
            Err(_) => return Err(FrameError::Fault { reason: String::from("the camera library panicked") }),
        };
        let now = Instant::now();
        let age = buffer.capture_timestamp().and_then(moment::age_of_wall).filter(|_| !self.stamps_lie).unwrap_or_default();
        let taken_at = now.checked_sub(age).unwrap_or(now);
        let size = buffer.resolution();
        let format = match buffer.source_frame_format() {
            FrameFormat::MJPEG => PixelFormat::Jpeg,
            FrameFormat::YUYV => PixelFormat::Yuyv,
            FrameFormat::NV12 => PixelFormat::Nv12,
            FrameFormat::GRAY => PixelFormat::Luma,
            FrameFormat::RAWRGB => PixelFormat::Rgb,
            FrameFormat::RAWBGR => return Err(FrameError::Undecodable),
        };
        Ok((Frame::from_buffer(format, size.width(), size.height(), buffer.buffer(), taken_at)?, age))
    }
}

impl FrameSource for V4l2Camera {
    fn next_frame(&mut self, _timeout: Duration) -> Result<Frame, FrameError> {
        for _ in 0..=QUEUED_BUFFERS {
            let (frame, age) = self.grab()?;
            if age < STALE_AFTER {
                return Ok(frame);
            }
        }
        // More old frames than fit the queue: the clock of this camera is wrong.
        self.stamps_lie = true;
        log::warn!("camera_stamps_lie");
        self.grab().map(|(frame, _)| frame)
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
