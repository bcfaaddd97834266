//! One picture from a camera, cheap to hand from thread to thread.
//!
//! The rule a newcomer would break: decode only what is needed, and only when it is needed. Brightness alone costs two
//! thirds of the colours, QR reading needs nothing else, and a frame nobody looks at is never decoded.

use super::convert::{Layout, Raw, shrunk};
use super::{FrameError, jpeg};
use crate::picture::{Limits, Luma, RgbPage, decode_page};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// A camera frame is never larger than this.
const FRAME_LIMITS: Limits = Limits { bytes_max: FRAME_BYTES_MAX, megapixels_max: 20 };
/// Bytes of one frame as it leaves the camera. Full HD in YUYV has four millions.
pub(super) const FRAME_BYTES_MAX: usize = 24_000_000;

/// The forms in which cameras give their pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    Rgb,
    Luma,
    Yuyv,
    Nv12,
    Jpeg,
}

impl PixelFormat {
    /// Bytes of a picture of this size; `None` for a JPEG, whose size follows from nothing, for a side of zero, for an odd
    /// side where the format pairs pixels, and for more than a frame may have.
    pub fn bytes_of(self, width: u32, height: u32) -> Option<usize> {
        let (wide, high) = (width as usize, height as usize);
        let pixels = wide.checked_mul(high).filter(|count| *count > 0)?;
        let bytes = match self {
            PixelFormat::Rgb => pixels.checked_mul(3)?,
            PixelFormat::Luma => pixels,
            PixelFormat::Yuyv if wide.is_multiple_of(2) => pixels.checked_mul(2)?,
            PixelFormat::Nv12 if wide.is_multiple_of(2) && high.is_multiple_of(2) => pixels.checked_add(pixels / 2)?,
            PixelFormat::Yuyv | PixelFormat::Nv12 | PixelFormat::Jpeg => return None,
        };
        (bytes <= FRAME_BYTES_MAX).then_some(bytes)
    }
}

/// A picture in the form in which the camera gave it.
#[derive(Clone)]
pub enum Pixels {
    /// `width * height * 3` bytes.
    Rgb(Arc<[u8]>),
    /// `width * height` bytes, 0 to 255.
    Luma(Arc<[u8]>),
    /// `width * height * 2` bytes, Y U Y V, ITU-R BT.601 limited range.
    Yuyv(Arc<[u8]>),
    /// `width * height * 3 / 2` bytes: a plane of Y, a plane of U V at half the resolution.
    Nv12(Arc<[u8]>),
    /// A whole JPEG, from its start marker to its end marker.
    Jpeg(Arc<[u8]>),
}

/// One frame.
#[derive(Clone)]
pub struct Frame {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The picture.
    pub pixels: Pixels,
    /// When the camera took it, as far as its driver tells; otherwise when the driver handed it over.
    pub taken_at: Instant,
}

impl Frame {
    /// A frame of colours.
    pub fn from_rgb(page: &RgbPage, taken_at: Instant) -> Self {
        Frame { width: page.width(), height: page.height(), pixels: Pixels::Rgb(page.pixels().into()), taken_at }
    }

    /// A frame from a buffer that begins with a JPEG. Cameras hand over the whole buffer, so everything behind the end
    /// marker is cut off.
    ///
    /// # Errors
    /// `Undecodable` when there is no whole JPEG.
    pub fn from_jpeg_buffer(buffer: &[u8], taken_at: Instant) -> Result<Self, FrameError> {
        let jpeg = jpeg::trimmed(buffer).filter(|jpeg| jpeg.len() <= FRAME_BYTES_MAX).ok_or(FrameError::Undecodable)?;
        let (width, height) = crate::picture::announced_size(jpeg).map_err(|_| FrameError::Undecodable)?;
        Ok(Frame { width, height, pixels: Pixels::Jpeg(jpeg.into()), taken_at })
    }

    /// A frame from a driver's buffer, which may be longer than the picture.
    ///
    /// # Errors
    /// `Undecodable` when the buffer holds no whole picture of this format and size.
    pub fn from_buffer(format: PixelFormat, width: u32, height: u32, buffer: &[u8], taken_at: Instant) -> Result<Self, FrameError> {
        if format == PixelFormat::Jpeg {
            return Frame::from_jpeg_buffer(buffer, taken_at);
        }
        let bytes: Arc<[u8]> = format.bytes_of(width, height).and_then(|wanted| buffer.get(..wanted)).ok_or(FrameError::Undecodable)?.into();
        let pixels = match format {
            PixelFormat::Rgb => Pixels::Rgb(bytes),
            PixelFormat::Luma => Pixels::Luma(bytes),
            PixelFormat::Yuyv => Pixels::Yuyv(bytes),
            PixelFormat::Nv12 => Pixels::Nv12(bytes),
            PixelFormat::Jpeg => Pixels::Jpeg(bytes),
        };
        Ok(Frame { width, height, pixels, taken_at })
    }

    /// The form of the picture.
    pub fn format(&self) -> PixelFormat {
        match &self.pixels {
            Pixels::Rgb(_) => PixelFormat::Rgb,
            Pixels::Luma(_) => PixelFormat::Luma,
            Pixels::Yuyv(_) => PixelFormat::Yuyv,
            Pixels::Nv12(_) => PixelFormat::Nv12,
            Pixels::Jpeg(_) => PixelFormat::Jpeg,
        }
    }

    /// The picture's bytes as the camera gave them.
    pub fn bytes(&self) -> &[u8] {
        match &self.pixels {
            Pixels::Rgb(bytes) | Pixels::Luma(bytes) | Pixels::Yuyv(bytes) | Pixels::Nv12(bytes) | Pixels::Jpeg(bytes) => bytes,
        }
    }

    /// Colours, for a page.
    ///
    /// # Errors
    /// `Undecodable` for a broken JPEG.
    pub fn rgb(&self) -> Result<RgbPage, FrameError> {
        self.scaled(1)
    }

    /// Colours for the screen, the long side at most `long_side_px`: shrunk by a whole number, so a little smaller than
    /// asked. Cheap: 1.7 ms for a JPEG of 640x480, 13 ms for one of 1920x1080.
    ///
    /// # Errors
    /// `Undecodable` for a broken JPEG.
    pub fn preview(&self, long_side_px: u32) -> Result<RgbPage, FrameError> {
        self.scaled(self.width.max(self.height).div_ceil(long_side_px.max(1)).max(1) as usize)
    }

    /// Brightness, for QR reading and judging. Never goes by way of the colours, unless the camera gave colours.
    ///
    /// # Errors
    /// `Undecodable` for a broken JPEG.
    pub fn luma(&self) -> Result<Luma, FrameError> {
        let luma = match &self.pixels {
            Pixels::Rgb(bytes) => RgbPage::new(self.width, self.height, bytes.to_vec()).map(|page| page.luma()),
            Pixels::Luma(bytes) => Luma::new(self.width, self.height, bytes.to_vec()),
            Pixels::Yuyv(_) | Pixels::Nv12(_) => self.raw().and_then(|raw| raw.luma()),
            Pixels::Jpeg(bytes) => jpeg::luma_of(bytes, FRAME_LIMITS.megapixels_max),
        };
        luma.ok_or(FrameError::Undecodable)
    }

    fn scaled(&self, step: usize) -> Result<RgbPage, FrameError> {
        let page = match &self.pixels {
            Pixels::Yuyv(_) | Pixels::Nv12(_) => self.raw().and_then(|raw| raw.rgb(step)),
            Pixels::Luma(bytes) => PixelFormat::Luma.bytes_of(self.width, self.height).filter(|wanted| *wanted == bytes.len()).and_then(|_| {
                let (wide, high, small) = shrunk::<1>(self.width as usize, self.height as usize, bytes, step);
                RgbPage::new(wide as u32, high as u32, small.iter().flat_map(|p| [*p; 3]).collect())
            }),
            Pixels::Rgb(bytes) => RgbPage::new(self.width, self.height, bytes.to_vec()).and_then(|page| shrunk_page(page, step)),
            Pixels::Jpeg(bytes) => decode_page(bytes, &FRAME_LIMITS).ok().and_then(|page| shrunk_page(page, step)),
        };
        page.ok_or(FrameError::Undecodable)
    }

    fn raw(&self) -> Option<Raw<'_>> {
        let (layout, bytes) = match &self.pixels {
            Pixels::Yuyv(bytes) => (Layout::Yuyv, bytes),
            Pixels::Nv12(bytes) => (Layout::Nv12, bytes),
            Pixels::Rgb(_) | Pixels::Luma(_) | Pixels::Jpeg(_) => return None,
        };
        let wanted = self.format().bytes_of(self.width, self.height)?;
        (bytes.len() == wanted).then_some(Raw { layout, width: self.width as usize, height: self.height as usize, bytes })
    }
}

fn shrunk_page(page: RgbPage, step: usize) -> Option<RgbPage> {
    if step == 1 {
        return Some(page);
    }
    let (wide, high, small) = shrunk::<3>(page.width() as usize, page.height() as usize, page.pixels(), step);
    RgbPage::new(wide as u32, high as u32, small)
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({:?} {}x{} •••)", self.format(), self.width, self.height)
    }
}
