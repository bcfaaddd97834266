//! What is kept of a picture, and a picture drawn from that: the same form and size, and nothing of what was on it.
//!
//! The rule a newcomer would break: two pictures that differed must differ when they are drawn again, and two that were the same
//! must be the same, because that is how a frozen camera is noticed.

use super::event::{PictureFacts, PictureFormat};
use crate::camera::{Frame, PixelFormat};
use crate::picture::PictureKind;
use crate::scanner::ScannedPage;
use image::{ExtendedColorType, ImageEncoder};
use std::time::Instant;

/// Upright bands of a drawn picture, one for each bit of the hash.
const BANDS: usize = 32;
const DARK: u8 = 70;
const LIGHT: u8 = 210;
/// Quality of a drawn JPEG.
const JPEG_QUALITY: u8 = 60;

pub(super) fn of_frame(frame: &Frame) -> PictureFacts {
    let format = match frame.format() {
        PixelFormat::Jpeg => PictureFormat::Jpeg,
        PixelFormat::Yuyv => PictureFormat::Yuyv,
        PixelFormat::Luma => PictureFormat::Luma,
        PixelFormat::Nv12 => PictureFormat::Nv12,
        PixelFormat::Rgb => PictureFormat::Rgb,
    };
    PictureFacts { format, width: frame.width, height: frame.height, bytes: frame.bytes().len(), print: print(frame.bytes()) }
}

pub(super) fn of_page(page: &ScannedPage) -> PictureFacts {
    let format = match page.kind {
        PictureKind::Jpeg => PictureFormat::Jpeg,
        PictureKind::Png => PictureFormat::Png,
        PictureKind::Pnm => PictureFormat::Pnm,
    };
    PictureFacts { format, width: page.width, height: page.height, bytes: page.bytes.len(), print: print(&page.bytes) }
}

/// A frame of this form and size; `None` for a form that no camera gives.
pub(super) fn frame(facts: &PictureFacts, taken_at: Instant) -> Option<Frame> {
    let format = match facts.format {
        PictureFormat::Jpeg => return Frame::from_jpeg_buffer(&jpeg(facts)?, taken_at).ok(),
        PictureFormat::Yuyv => PixelFormat::Yuyv,
        PictureFormat::Luma => PixelFormat::Luma,
        PictureFormat::Nv12 => PixelFormat::Nv12,
        PictureFormat::Rgb => PixelFormat::Rgb,
        PictureFormat::Png | PictureFormat::Pnm => return None,
    };
    let bytes = format.bytes_of(facts.width, facts.height)?;
    Frame::from_buffer(format, facts.width, facts.height, &banded(facts.print, bytes, bytes / facts.height as usize), taken_at).ok()
}

/// A page of this form and size; `None` for a form that no scanner gives.
pub(super) fn page(facts: &PictureFacts) -> Option<ScannedPage> {
    let (bytes, kind) = match facts.format {
        PictureFormat::Jpeg => (jpeg(facts)?, PictureKind::Jpeg),
        PictureFormat::Png => {
            let mut png = Vec::new();
            image::codecs::png::PngEncoder::new(&mut png).write_image(&grey(facts), facts.width, facts.height, ExtendedColorType::L8).ok()?;
            (png, PictureKind::Png)
        }
        PictureFormat::Pnm => {
            let mut pnm = format!("P5\n{} {}\n255\n", facts.width, facts.height).into_bytes();
            pnm.extend(grey(facts));
            (pnm, PictureKind::Pnm)
        }
        PictureFormat::Yuyv | PictureFormat::Luma | PictureFormat::Nv12 | PictureFormat::Rgb => return None,
    };
    Some(ScannedPage { bytes, kind, width: facts.width, height: facts.height })
}

fn jpeg(facts: &PictureFacts) -> Option<Vec<u8>> {
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
    encoder.write_image(&grey(facts), facts.width, facts.height, ExtendedColorType::L8).ok()?;
    Some(jpeg)
}

fn grey(facts: &PictureFacts) -> Vec<u8> {
    banded(facts.print, facts.width as usize * facts.height as usize, facts.width as usize)
}

/// Rows of bands; a row too narrow for all of them shows the others in the rows below.
fn banded(print: u32, bytes: usize, row_bytes: usize) -> Vec<u8> {
    let row_bytes = row_bytes.max(1);
    let level = |at: usize| {
        let band = if row_bytes >= BANDS { at % row_bytes * BANDS / row_bytes } else { at % BANDS };
        if print >> band & 1 == 1 { DARK } else { LIGHT }
    };
    (0..bytes).map(level).collect()
}

/// FNV-1a over eight bytes at a time, folded to 32 bits.
fn print(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    let start = 0xCBF2_9CE4_8422_2325 ^ bytes.len() as u64;
    let hash = words.iter().fold(start, |hash, word| (hash ^ u64::from_le_bytes(*word)).wrapping_mul(0x0100_0000_01B3).rotate_left(29));
    let hash = rest.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3));
    (hash ^ (hash >> 32)) as u32
}
