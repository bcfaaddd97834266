//! A Video4Linux camera without nokhwa, for what nokhwa 0.10.11 refuses though the camera works.
//!
//! It is the last step of the ladder: devices whose only frame intervals are fractions such as 1001/30000, that are set to
//! one at the moment, that give brightness under its kernel name GREY, or that choose a size of their own.
//!
//! The rule a newcomer would break: the driver answers a wish with what it can, so the answer is looked at, not the wish;
//! and a row may be longer than its pixels, which we refuse instead of showing a slanted picture.

use super::{Frame, FrameError, FrameSource, PixelFormat, moment};
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use v4l::buffer::Type;
use v4l::io::traits::CaptureStream;
use v4l::prelude::MmapStream;
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use v4l::{Device, Format, FourCC};

/// EBUSY and ENODEV of Linux.
const BUSY: i32 = 16;
const NO_DEVICE: i32 = 19;
const FORMATS: [(&[u8; 4], PixelFormat, u32); 5] = [
    (b"MJPG", PixelFormat::Jpeg, 0),
    (b"YUYV", PixelFormat::Yuyv, 2),
    (b"NV12", PixelFormat::Nv12, 1),
    (b"GREY", PixelFormat::Luma, 1),
    (b"RGB3", PixelFormat::Rgb, 3),
];

pub(super) struct PlainCamera {
    stream: Option<MmapStream<'static>>,
    format: PixelFormat,
    width: u32,
    height: u32,
}

impl PlainCamera {
    pub(super) fn open(node: &Path, sizes: &[(u32, u32)], frames_per_s: &[u32]) -> Result<Self, FrameError> {
        let opened = catch_unwind(|| Self::try_open(node, sizes, frames_per_s));
        opened.unwrap_or_else(|_| Err(FrameError::NoFormat { tried: String::from("the video library panicked") }))
    }

    fn try_open(node: &Path, sizes: &[(u32, u32)], frames_per_s: &[u32]) -> Result<Self, FrameError> {
        let device = Device::with_path(node).map_err(|fault| fault_of(&fault))?;
        let (width, height) = sizes.first().copied().unwrap_or((640, 480));
        let mut tried = String::new();
        for (code, format, row_bytes) in FORMATS {
            let got = match device.set_format(&Format::new(width, height, FourCC::new(code))) {
                Ok(got) => got,
                Err(fault) if matches!(fault.raw_os_error(), Some(BUSY | NO_DEVICE)) => return Err(fault_of(&fault)),
                Err(fault) => {
                    tried = fault.to_string();
                    continue;
                }
            };
            let padded = row_bytes > 0 && got.stride != 0 && got.stride != got.width * row_bytes;
            if got.fourcc != FourCC::new(code) || padded {
                tried = format!("{}x{} in {} with rows of {} bytes", got.width, got.height, got.fourcc, got.stride);
                continue;
            }
            // A wish only: a camera may have one rate.
            if let Some(rate) = frames_per_s.first() {
                let _ = device.set_params(&Parameters::with_fps(*rate));
            }
            let stream = MmapStream::new(&device, Type::VideoCapture).map_err(|fault| fault_of(&fault))?;
            log::info!(width = got.width, height = got.height; "camera_opened_plainly");
            return Ok(PlainCamera { stream: Some(stream), format, width: got.width, height: got.height });
        }
        Err(FrameError::NoFormat { tried })
    }
}

impl FrameSource for PlainCamera {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, FrameError> {
        let (format, width, height) = (self.format, self.width, self.height);
        let stream = self.stream.as_mut().ok_or(FrameError::Unplugged)?;
        stream.set_timeout(timeout.min(Duration::from_secs(60)));
        let grabbed = catch_unwind(AssertUnwindSafe(|| {
            let (bytes, meta) = stream.next()?;
            let used = bytes.get(..meta.bytesused as usize).filter(|used| !used.is_empty()).unwrap_or(bytes);
            let now = Instant::now();
            let age = moment::age_of_monotonic(meta.timestamp.into()).filter(|age| *age < Duration::from_secs(1)).unwrap_or_default();
            Ok::<_, std::io::Error>(Frame::from_buffer(format, width, height, used, now.checked_sub(age).unwrap_or(now)))
        }));
        match grabbed {
            Ok(Ok(frame)) => frame,
            Ok(Err(fault)) if fault.kind() == ErrorKind::TimedOut => Err(FrameError::TimedOut { waited_ms: timeout.as_millis() as u64 }),
            Ok(Err(fault)) => Err(fault_of(&fault)),
            Err(_) => Err(FrameError::Fault { reason: String::from("the video library panicked") }),
        }
    }
}

impl Drop for PlainCamera {
    fn drop(&mut self) {
        let stream = self.stream.take();
        if catch_unwind(AssertUnwindSafe(move || drop(stream))).is_err() {
            log::warn!("camera_drop_panicked");
        }
    }
}

fn fault_of(fault: &std::io::Error) -> FrameError {
    match fault.raw_os_error() {
        Some(BUSY) => FrameError::HeldByOther,
        Some(NO_DEVICE) => FrameError::Unplugged,
        _ if fault.kind() == ErrorKind::PermissionDenied => FrameError::Permission,
        _ => FrameError::Fault { reason: fault.to_string() },
    }
}
