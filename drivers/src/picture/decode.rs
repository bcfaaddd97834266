//! Bytes of a JPEG, PNG or PNM picture to pixels, under limits.
//!
//! It is not a viewer: animation, transparency and colour profiles are ignored.
//!
//! The rule a newcomer would break: the announced size is read and refused before a decoder sees the bytes. A header that
//! announces a picture larger than the bytes can hold is `Truncated`, even when a decoder would fill the rest with grey.

use super::RgbPage;
use image::ImageFormat;
use thiserror::Error;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// What a picture may cost. All limits are inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Encoded size.
    pub bytes_max: usize,
    /// Decoded size in millions of pixels.
    pub megapixels_max: u32,
}

impl Default for Limits {
    /// Enough for an A4 page at 600 dpi in the clear, and for any camera we know.
    fn default() -> Self {
        Limits { bytes_max: 120_000_000, megapixels_max: 40 }
    }
}

/// The formats that scanners and cameras hand us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    Jpeg,
    Png,
    /// Portable bitmap, graymap or pixmap in its binary form.
    Pnm,
}

/// Why bytes are not a picture we take.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    #[error("the picture has {bytes} bytes, more than {bytes_max}")]
    TooManyBytes { bytes: usize, bytes_max: usize },
    #[error("the picture announces {width} x {height} pixels, more than {megapixels_max} megapixels")]
    TooManyPixels { width: u32, height: u32, megapixels_max: u32 },
    #[error("the bytes are neither JPEG, PNG nor PNM")]
    UnknownFormat,
    #[error("the picture ends before its pixels do")]
    Truncated,
    #[error("the picture's bytes contradict its format")]
    Damaged,
}

/// Which format do these bytes claim to be?
pub fn kind_of(bytes: &[u8]) -> Option<PictureKind> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(PictureKind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(PictureKind::Png),
        [b'P', b'4' | b'5' | b'6', space, ..] if space.is_ascii_whitespace() => Some(PictureKind::Pnm),
        _ => None,
    }
}

/// Width and height that the header announces, in pixels. Allocates nothing of that size.
///
/// # Errors
/// `UnknownFormat`, `Truncated` for a header that ends early, `Damaged` for one that contradicts itself.
pub fn announced_size(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    match kind_of(bytes).ok_or(DecodeError::UnknownFormat)? {
        PictureKind::Png => {
            // PNG specification, section 11.2.2: IHDR comes first, its sizes are big-endian at offsets 16 and 20.
            let field = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes);
            match (bytes.get(12..16), field(16), field(20)) {
                (Some(b"IHDR"), Some(width), Some(height)) => checked(width, height),
                (Some(other), ..) if other != b"IHDR" => Err(DecodeError::Damaged),
                _ => Err(DecodeError::Truncated),
            }
        }
        PictureKind::Jpeg => {
            // The decoder's own limit would turn a too large picture into a damaged one.
            let side_max = usize::from(u16::MAX);
            let options = DecoderOptions::default().set_max_width(side_max).set_max_height(side_max);
            let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
            decoder.decode_headers().map_err(|_| DecodeError::Damaged)?;
            let info = decoder.info().ok_or(DecodeError::Damaged)?;
            checked(u32::from(info.width), u32::from(info.height))
        }
        PictureKind::Pnm => pnm_header(bytes).and_then(|h| checked(h.width, h.height)),
    }
}

/// Decodes one page.
///
/// # Errors
/// The limits come first and cost nothing; then the format's own faults. See [`DecodeError`].
pub fn decode_page(bytes: &[u8], limits: &Limits) -> Result<RgbPage, DecodeError> {
    if bytes.len() > limits.bytes_max {
        return Err(DecodeError::TooManyBytes { bytes: bytes.len(), bytes_max: limits.bytes_max });
    }
    let (width, height) = announced_size(bytes)?;
    if u64::from(width) * u64::from(height) > u64::from(limits.megapixels_max) * 1_000_000 {
        return Err(DecodeError::TooManyPixels { width, height, megapixels_max: limits.megapixels_max });
    }
    let page = match kind_of(bytes).ok_or(DecodeError::UnknownFormat)? {
        PictureKind::Jpeg => decode_jpeg(bytes)?,
        PictureKind::Png => decode_plain(bytes, ImageFormat::Png, limits)?,
        PictureKind::Pnm => {
            let header = pnm_header(bytes)?;
            if bytes.len() - header.data_at < header.data_bytes {
                return Err(DecodeError::Truncated);
            }
            decode_plain(bytes, ImageFormat::Pnm, limits)?
        }
    };
    if (page.width(), page.height()) != (width, height) {
        return Err(DecodeError::Damaged);
    }
    Ok(page)
}

fn checked(width: u32, height: u32) -> Result<(u32, u32), DecodeError> {
    if width == 0 || height == 0 { Err(DecodeError::Damaged) } else { Ok((width, height)) }
}

fn decode_jpeg(bytes: &[u8]) -> Result<RgbPage, DecodeError> {
    // A decoder in its forgiving mode paints the missing part of a cut-off picture grey, so the end marker is looked for.
    if !bytes.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]) {
        return Err(DecodeError::Truncated);
    }
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let pixels = decoder.decode().map_err(|_| DecodeError::Damaged)?;
    let (width, height) = decoder.dimensions().ok_or(DecodeError::Damaged)?;
    let (width, height) = (u32::try_from(width), u32::try_from(height));
    match (width, height) {
        (Ok(width), Ok(height)) => RgbPage::new(width, height, pixels).ok_or(DecodeError::Damaged),
        _ => Err(DecodeError::Damaged),
    }
}

fn decode_plain(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<RgbPage, DecodeError> {
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(bytes), format);
    let mut memory = image::Limits::default();
    // Up to eight bytes a pixel while decoding 16-bit colour with transparency.
    memory.max_alloc = Some(u64::from(limits.megapixels_max) * 8_000_000 + 1_000_000);
    reader.limits(memory);
    let picture = reader.decode().map_err(|fault| match fault {
        image::ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => DecodeError::Truncated,
        other if ends_early(&other) => DecodeError::Truncated,
        _ => DecodeError::Damaged,
    })?;
    RgbPage::from_image(picture.into_rgb8()).ok_or(DecodeError::Damaged)
}

/// The PNG decoder wraps the end of its input into a format error, so the cause is looked up in the chain.
fn ends_early(fault: &(dyn std::error::Error + 'static)) -> bool {
    const CHAIN_MAX: usize = 8;
    std::iter::successors(Some(fault), |f| f.source()).take(CHAIN_MAX).any(|link| {
        link.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof)
            || link.to_string().to_ascii_lowercase().contains("unexpected end")
    })
}

struct PnmHeader {
    width: u32,
    height: u32,
    data_at: usize,
    data_bytes: usize,
}

/// Netpbm's pbm(5), pgm(5) and ppm(5): fields apart by white space, `#` comments to the end of the line, one white space
/// before the data.
fn pnm_header(bytes: &[u8]) -> Result<PnmHeader, DecodeError> {
    const HEADER_BYTES_MAX: usize = 512;
    let head = &bytes[..bytes.len().min(HEADER_BYTES_MAX)];
    let mut at = 2;
    let mut field = || -> Result<u32, DecodeError> {
        loop {
            match head.get(at) {
                Some(b'#') => at += head[at..].iter().position(|b| *b == b'\n').ok_or(DecodeError::Truncated)? + 1,
                Some(b) if b.is_ascii_whitespace() => at += 1,
                Some(b) if b.is_ascii_digit() => break,
                Some(_) => return Err(DecodeError::Damaged),
                None => return Err(DecodeError::Truncated),
            }
        }
        let digits = head[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let text = std::str::from_utf8(&head[at..at + digits]).map_err(|_| DecodeError::Damaged)?;
        at += digits;
        text.parse().map_err(|_| DecodeError::Damaged)
    };
    let (width, height) = (field()?, field()?);
    let (bits_per_sample, samples) = match bytes[1] {
        b'4' => (1, 1),
        kind => {
            let depth = if field()? > 255 { 16 } else { 8 };
            (depth, if kind == b'6' { 3 } else { 1 })
        }
    };
    let row_bytes = (u64::from(width) * samples * bits_per_sample).div_ceil(8);
    let data_bytes = usize::try_from(row_bytes.saturating_mul(u64::from(height))).unwrap_or(usize::MAX);
    if at >= bytes.len() {
        return Err(DecodeError::Truncated);
    }
    Ok(PnmHeader { width, height, data_at: at + 1, data_bytes })
}
