//! Pixels to a JPEG that fits a byte budget, and smaller copies for the screen.
//!
//! The rule a newcomer would break: quality is given up before size, since an officer has to read the small print; below
//! [`QUALITY_MIN`] the page shrinks instead.

use super::RgbPage;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use thiserror::Error;

/// A page that leaves the kiosk is at most this large unless the caller says otherwise.
pub const PAGE_BYTES_MAX_DEFAULT: usize = 2_000_000;
/// Long side of a page that leaves the kiosk: about 170 dpi on A4, where 8-point print is still legible.
pub const PAGE_LONG_SIDE_PX: u32 = 2000;
/// Below this JPEG quality the blocks disturb small print more than a smaller page does.
pub const QUALITY_MIN: u8 = 55;
const QUALITY_STEPS: [u8; 4] = [85, 75, 65, QUALITY_MIN];
const SHRINK_STEPS_MAX: u32 = 8;
const LONG_SIDE_PX_MIN: u32 = 64;

/// A finished page.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedPage {
    /// JPEG.
    pub jpeg: Vec<u8>,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The JPEG quality that fitted, 1 to 100.
    pub quality: u8,
}

impl std::fmt::Debug for EncodedPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EncodedPage({}x{}, {} bytes •••)", self.width, self.height, self.jpeg.len())
    }
}

/// Why a page could not be encoded.
#[derive(Debug, Error)]
pub enum EncodeError {
    #[error("even a page of {LONG_SIDE_PX_MIN} pixels does not fit into {bytes_max} bytes")]
    BudgetTooSmall { bytes_max: usize },
    #[error("the JPEG encoder refused the page")]
    Encoder(#[source] image::ImageError),
}

/// Encodes a page as JPEG in at most `bytes_max` bytes, its long side at most [`PAGE_LONG_SIDE_PX`].
///
/// # Errors
/// `BudgetTooSmall` when no legible size fits.
pub fn encode_page(page: &RgbPage, bytes_max: usize) -> Result<EncodedPage, EncodeError> {
    let mut long_side_px = PAGE_LONG_SIDE_PX.min(page.width().max(page.height()));
    for _ in 0..SHRINK_STEPS_MAX {
        let small = shrink(page, long_side_px);
        for quality in QUALITY_STEPS {
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, quality)
                .encode(small.pixels(), small.width(), small.height(), image::ExtendedColorType::Rgb8)
                .map_err(EncodeError::Encoder)?;
            if jpeg.len() <= bytes_max {
                return Ok(EncodedPage { jpeg, width: small.width(), height: small.height(), quality });
            }
        }
        long_side_px = long_side_px * 3 / 4;
        if long_side_px < LONG_SIDE_PX_MIN {
            break;
        }
    }
    Err(EncodeError::BudgetTooSmall { bytes_max })
}

/// The page with its long side at most `long_side_px`; a smaller page is copied as it is.
pub fn shrink(page: &RgbPage, long_side_px: u32) -> RgbPage {
    resize(page, long_side_px, FilterType::CatmullRom)
}

/// A small copy for a list on the screen. Cheaper and softer than [`shrink`].
pub fn thumbnail(page: &RgbPage, long_side_px: u32) -> RgbPage {
    resize(page, long_side_px, FilterType::Triangle)
}

fn resize(page: &RgbPage, long_side_px: u32, filter: FilterType) -> RgbPage {
    let (width, height) = fitted(page.width(), page.height(), long_side_px);
    if (width, height) == (page.width(), page.height()) {
        return page.clone();
    }
    let small = imageops::resize(&page.to_image(), width, height, filter);
    RgbPage::from_image(small).expect("both sides are at least one pixel")
}

/// Sides scaled so that the longer one is at most `long_side_px`; never larger than before, never zero.
pub(super) fn fitted(width: u32, height: u32, long_side_px: u32) -> (u32, u32) {
    let long = width.max(height);
    let target = long_side_px.max(1);
    if long <= target {
        return (width, height);
    }
    let scaled = |side: u32| ((u64::from(side) * u64::from(target) / u64::from(long)) as u32).max(1);
    (scaled(width), scaled(height))
}
