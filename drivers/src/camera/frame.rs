//! One picture from a camera, cheap to hand from thread to thread.
//!
//! The rule a newcomer would break: decode only what is needed. Brightness alone costs two thirds of the colours, and QR
//! reading needs nothing else.

use super::FrameError;
use crate::picture::{Limits, Luma, RgbPage, decode_page};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// A camera frame is never larger than this.
const FRAME_LIMITS: Limits = Limits { bytes_max: 24_000_000, megapixels_max: 20 };

/// The form in which a camera gave its picture.
#[derive(Clone)]
pub enum Pixels {
    /// `width * height * 3` bytes.
    Rgb(Arc<[u8]>),
    /// `width * height` bytes.
    Luma(Arc<[u8]>),
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
    /// When the driver got it.
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
        let jpeg = trim_jpeg(buffer).ok_or(FrameError::Undecodable)?;
        let (width, height) = crate::picture::announced_size(jpeg).map_err(|_| FrameError::Undecodable)?;
        Ok(Frame { width, height, pixels: Pixels::Jpeg(jpeg.into()), taken_at })
    }

    /// Colours, for the preview or a page.
    ///
    /// # Errors
    /// `Undecodable` for a broken JPEG.
    pub fn rgb(&self) -> Result<RgbPage, FrameError> {
        let page = match &self.pixels {
            Pixels::Rgb(bytes) => RgbPage::new(self.width, self.height, bytes.to_vec()),
            Pixels::Luma(bytes) => RgbPage::new(self.width, self.height, bytes.iter().flat_map(|p| [*p; 3]).collect()),
            Pixels::Jpeg(jpeg) => decode_page(jpeg, &FRAME_LIMITS).ok(),
        };
        page.ok_or(FrameError::Undecodable)
    }

    /// Brightness, for QR reading and judging.
    ///
    /// # Errors
    /// `Undecodable` for a broken JPEG.
    pub fn luma(&self) -> Result<Luma, FrameError> {
        let luma = match &self.pixels {
            Pixels::Rgb(bytes) => RgbPage::new(self.width, self.height, bytes.to_vec()).map(|page| page.luma()),
            Pixels::Luma(bytes) => Luma::new(self.width, self.height, bytes.to_vec()),
            Pixels::Jpeg(jpeg) => luma_of_jpeg(jpeg),
        };
        luma.ok_or(FrameError::Undecodable)
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({}x{} •••)", self.width, self.height)
    }
}

fn luma_of_jpeg(jpeg: &[u8]) -> Option<Luma> {
    let (width, height) = crate::picture::announced_size(jpeg).ok()?;
    if u64::from(width) * u64::from(height) > u64::from(FRAME_LIMITS.megapixels_max) * 1_000_000 {
        return None;
    }
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    Luma::new(width, height, decoder.decode().ok()?)
}

/// From the start marker to the end marker. Markers are walked, since an embedded thumbnail has markers of its own.
fn trim_jpeg(buffer: &[u8]) -> Option<&[u8]> {
    if !buffer.starts_with(&[0xFF, 0xD8]) {
        return None;
    }
    let mut at = 2;
    // ITU-T T.81, annex B: a marker is FF and a code; all but a few are followed by a two-byte length.
    loop {
        let code = match (buffer.get(at)?, buffer.get(at + 1)?) {
            (0xFF, 0xFF) => {
                at += 1;
                continue;
            }
            (0xFF, code) => *code,
            _ => return None,
        };
        at += 2;
        match code {
            0xD9 => return Some(&buffer[..at]),
            0x01 | 0xD0..=0xD7 => {}
            _ => {
                let length = u16::from_be_bytes([*buffer.get(at)?, *buffer.get(at + 1)?]);
                at += usize::from(length.max(2));
                if code == 0xDA {
                    // Picture data: FF 00 is a stuffed byte and FF D0 to D7 are restarts; any other marker ends it.
                    while !matches!((buffer.get(at)?, buffer.get(at + 1)?), (0xFF, code) if !matches!(code, 0x00 | 0xD0..=0xD7 | 0xFF)) {
                        at += 1;
                    }
                }
            }
        }
    }
}
