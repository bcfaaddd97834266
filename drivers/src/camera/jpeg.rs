//! What a camera's JPEG needs before anybody sees it: an end, and brightness without colours.
//!
//! The rule a newcomer would break: a camera hands over its whole buffer, and what lies behind the end marker is left over
//! from older pictures. Markers are walked, since an embedded thumbnail has markers of its own.

use crate::picture::Luma;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Brightness only: two thirds of the time of the colours. `None` for a broken picture or one of too many pixels.
pub(super) fn luma_of(jpeg: &[u8], megapixels_max: u32) -> Option<Luma> {
    let (width, height) = crate::picture::announced_size(jpeg).ok()?;
    if u64::from(width) * u64::from(height) > u64::from(megapixels_max) * 1_000_000 {
        return None;
    }
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    Luma::new(width, height, decoder.decode().ok()?)
}

/// From the start marker to the end marker; `None` when the buffer does not begin with a whole JPEG.
pub(super) fn trimmed(buffer: &[u8]) -> Option<&[u8]> {
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
