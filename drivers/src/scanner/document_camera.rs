//! A document camera as a scanner: the sharpest of a few fresh frames becomes the page.
//!
//! It straightens and judges nothing beyond choosing; whether there is a paper at all is seen by those who look at the page.
//!
//! The rule a newcomer would break: the first frames of a camera are dark and blurred while it finds light and focus, and
//! those queued before the wish may show the last resident's paper. Only frames taken after the wish count.

use super::{AcquireError, AcquireLimits, DocumentSource, ScannedPage};
use crate::camera::{CameraHost, Frame, FrameError, FrameSourceFactory, HostTiming, PixelFormat};
use crate::picture::judge;
use crate::status::{Condition, DeviceState, Status};
use image::ExtendedColorType;
use image::ImageEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A look for the next frame comes this often.
const LOOK_STEP: Duration = Duration::from_millis(10);
/// Nothing but small print in solid noise grows larger than this as PNG; then a JPEG of the best quality is taken.
const PNG_MEGAPIXELS_MAX: u64 = 4;
const JPEG_QUALITY: u8 = 95;

/// How a page is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentCameraSettings {
    /// Frames younger than this after opening are not used: the camera looks for light and focus.
    pub warm_up_ms: u64,
    /// Frames of which the sharpest is taken; at least one.
    pub frames: u32,
    /// A camera that has given no frame for this long, its opening included, will not give one.
    pub frame_ms: u64,
}

impl Default for DocumentCameraSettings {
    /// Auto exposure of UVC cameras settles within about twenty frames.
    fn default() -> Self {
        DocumentCameraSettings { warm_up_ms: 800, frames: 5, frame_ms: 8000 }
    }
}

/// A camera above a desk. It is open only while a page is taken.
pub struct DocumentCamera {
    factory: Arc<dyn FrameSourceFactory>,
    settings: DocumentCameraSettings,
    timing: HostTiming,
    last: Status,
}

impl DocumentCamera {
    /// A document camera over any source of frames.
    pub fn new(factory: Arc<dyn FrameSourceFactory>, settings: DocumentCameraSettings) -> Self {
        DocumentCamera { factory, settings, timing: HostTiming::default(), last: Status::unknown() }
    }

    fn take(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<ScannedPage, AcquireError> {
        let began = Instant::now();
        let deadline = began + limits.deadline();
        // A camera that is away is not waited for.
        if !self.factory.is_present() {
            self.last = Status::of(DeviceState::NoDevice).with(Condition::CAMERA_ABSENT);
            return Err(AcquireError::Absent);
        }
        let host = CameraHost::start_with(Arc::clone(&self.factory), self.timing);
        host.hold_resets(true);
        let taken = self.sharpest(&host, began, deadline, limits, cancel);
        let status = host.status();
        self.last = if taken.is_ok() { Status::of(DeviceState::Online) } else { status };
        let frame = taken?;
        ScannedPage::checked(1, encoded(&frame, limits)?, limits)
    }

    fn sharpest(&self, host: &CameraHost, began: Instant, deadline: Instant, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Frame, AcquireError> {
        let patience = Duration::from_millis(self.settings.frame_ms);
        let mut got_at = began;
        let mut warm_at: Option<Instant> = None;
        let mut after = began;
        let mut best: Option<(f32, Frame)> = None;
        let mut seen = 0;
        loop {
            if cancel.load(Ordering::Acquire) {
                return Err(AcquireError::Cancelled);
            }
            let now = Instant::now();
            if now >= deadline || now.saturating_duration_since(got_at) >= patience {
                return match (best, host.last_fault()) {
                    (Some((_, frame)), _) => Ok(frame),
                    (None, Some(fault)) => Err(of_fault(&fault)),
                    (None, None) => Err(AcquireError::TimedOut { deadline_secs: limits.deadline_secs }),
                };
            }
            // What only another person can put right is not waited for.
            if best.is_none()
                && let Some(fault) = host.last_fault().filter(is_final)
            {
                return Err(of_fault(&fault));
            }
            let Some(frame) = host.newest_after(after) else {
                std::thread::park_timeout(LOOK_STEP);
                continue;
            };
            (after, got_at) = (frame.taken_at, now);
            let warm = *warm_at.get_or_insert(now + Duration::from_millis(self.settings.warm_up_ms));
            if frame.taken_at < warm {
                continue;
            }
            if u64::from(frame.width) * u64::from(frame.height) > u64::from(limits.megapixels_max) * 1_000_000 {
                let (width, height, megapixels_max) = (frame.width, frame.height, limits.megapixels_max);
                return Err(AcquireError::TooLarge { page: 1, source: crate::picture::DecodeError::TooManyPixels { width, height, megapixels_max } });
            }
            let Ok(luma) = frame.luma() else { continue };
            seen += 1;
            let sharpness = judge(&luma).sharpness;
            if best.as_ref().is_none_or(|(most, _)| sharpness > *most) {
                best = Some((sharpness, frame));
            }
            if seen >= self.settings.frames.max(1)
                && let Some((_, frame)) = best
            {
                return Ok(frame);
            }
        }
    }
}

impl DocumentSource for DocumentCamera {
    fn acquire(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        if cancel.load(Ordering::Acquire) {
            return Err(AcquireError::Cancelled);
        }
        if limits.pages_max == 0 {
            return Ok(Vec::new());
        }
        self.take(limits, cancel).map(|page| vec![page])
    }

    /// While no page is taken, only the presence of the camera is known.
    fn status(&self) -> Status {
        if !self.factory.is_present() {
            return Status::of(DeviceState::NoDevice).with(Condition::CAMERA_ABSENT);
        }
        if self.last.has(Condition::CAMERA_ABSENT) { Status::unknown() } else { self.last.clone() }
    }
}

/// A fault that no second opening within one page cures.
fn is_final(fault: &FrameError) -> bool {
    matches!(
        fault,
        FrameError::HeldByOther
            | FrameError::Permission
            | FrameError::NoFormat { .. }
            | FrameError::Absent { .. }
            | FrameError::Unplugged
            | FrameError::Program { .. }
            | FrameError::Stuck { .. }
    )
}

fn of_fault(fault: &FrameError) -> AcquireError {
    match fault {
        FrameError::Absent { .. } | FrameError::Unplugged => AcquireError::Absent,
        FrameError::HeldByOther => AcquireError::Busy,
        FrameError::Permission => AcquireError::Permission,
        FrameError::Stuck { .. } => AcquireError::Hung,
        FrameError::Program { program, reason } => AcquireError::Program { program: program.clone(), source: std::io::Error::other(reason.clone()) },
        FrameError::TimedOut { .. }
        | FrameError::NoFormat { .. }
        | FrameError::Fault { .. }
        | FrameError::Undecodable
        | FrameError::Frozen
        | FrameError::Hung { .. } => AcquireError::Device,
    }
}

/// A camera's own JPEG stays as it is. Anything else becomes a PNG, or a JPEG where a PNG would be too large.
fn encoded(frame: &Frame, limits: &AcquireLimits) -> Result<Vec<u8>, AcquireError> {
    if frame.format() == PixelFormat::Jpeg {
        return Ok(frame.bytes().to_vec());
    }
    let page = frame.rgb().map_err(|_| AcquireError::Device)?;
    let (width, height) = (page.width(), page.height());
    let mut bytes = Vec::new();
    if u64::from(width) * u64::from(height) <= PNG_MEGAPIXELS_MAX * 1_000_000 {
        let png = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
        png.write_image(page.pixels(), width, height, ExtendedColorType::Rgb8).map_err(|_| AcquireError::NoMemory)?;
        if bytes.len() <= limits.page_bytes_max {
            return Ok(bytes);
        }
        bytes.clear();
    }
    let jpeg = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    jpeg.write_image(page.pixels(), width, height, ExtendedColorType::Rgb8).map_err(|_| AcquireError::NoMemory)?;
    Ok(bytes)
}
