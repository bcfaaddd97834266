//! Pictures of documents: decode under limits, shrink, encode under a byte budget.
//!
//! It does not straighten, crop or read pictures (see [`crate::coach`]), and it keeps none. A picture holds somebody's papers, therefore every
//! type in here prints as `•••`.
//!
//! The rule a newcomer would break: a picture's header is a claim. Sizes are checked before anything is allocated for it,
//! and again after decoding.

mod decode;
mod encode;
mod judge;
mod pdf;

pub use decode::{DecodeError, Limits, PictureKind, announced_size, decode_page, kind_of};
pub use encode::{EncodeError, EncodedPage, PAGE_BYTES_MAX_DEFAULT, PAGE_LONG_SIDE_PX, encode_page, shrink, thumbnail};
pub use judge::{Finding, Verdict, judge};
pub use pdf::{LEGIBLE_DPI_MIN, PDF_BYTES_MAX_DEFAULT, PDF_PAGES_MAX, PagesPdf, PdfError, PdfPage, PdfPageFacts, SHEET_DPI_MAX, Sheet, pdf_of_pages};

use std::fmt;

/// Red, green, blue; 8 bits each, row by row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct RgbPage {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Brightness only; 0 is black, 255 is white, row by row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Luma {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl RgbPage {
    /// `None` unless `pixels` holds exactly `width * height * 3` bytes and neither side is zero.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let bytes = (width as usize).checked_mul(height as usize)?.checked_mul(3)?;
        (bytes > 0 && bytes == pixels.len()).then_some(RgbPage { width, height, pixels })
    }

    /// Pixels from left to right.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// `width * height * 3` bytes.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The bytes themselves, for a caller that hands them on.
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// Brightness after ITU-R BT.601, in integer arithmetic.
    pub fn luma(&self) -> Luma {
        let pixels = self.pixels.chunks_exact(3).map(|p| ((u32::from(p[0]) * 77 + u32::from(p[1]) * 150 + u32::from(p[2]) * 29) >> 8) as u8).collect();
        Luma { width: self.width, height: self.height, pixels }
    }

    pub(crate) fn to_image(&self) -> image::RgbImage {
        image::RgbImage::from_raw(self.width, self.height, self.pixels.clone()).expect("the constructor checked the number of bytes")
    }

    pub(crate) fn from_image(picture: image::RgbImage) -> Option<Self> {
        let (width, height) = picture.dimensions();
        RgbPage::new(width, height, picture.into_raw())
    }
}

impl Luma {
    /// `None` unless `pixels` holds exactly `width * height` bytes and neither side is zero.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let bytes = (width as usize).checked_mul(height as usize)?;
        (bytes > 0 && bytes == pixels.len()).then_some(Luma { width, height, pixels })
    }

    /// Pixels from left to right.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// `width * height` bytes.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The same picture with black and white exchanged.
    #[must_use]
    pub fn inverted(&self) -> Luma {
        Luma { width: self.width, height: self.height, pixels: self.pixels.iter().map(|p| 255 - p).collect() }
    }

    pub(crate) fn to_image(&self) -> image::GrayImage {
        image::GrayImage::from_raw(self.width, self.height, self.pixels.clone()).expect("the constructor checked the number of bytes")
    }
}

impl fmt::Debug for RgbPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RgbPage({}x{} •••)", self.width, self.height)
    }
}

impl fmt::Debug for Luma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Luma({}x{} •••)", self.width, self.height)
    }
}
