//! What lens, sensor and compression do to a view.

use super::light::{Chance, View};
use super::{VIEW_HEIGHT, VIEW_WIDTH};
use image::GrayImage;
use image::codecs::jpeg::JpegEncoder;

/// Fractions to grey levels; a saturated sensor shows white.
pub(super) fn levels(view: &View) -> GrayImage {
    let bytes = view.iter().map(|value| value.clamp(0.0, 255.0).round() as u8).collect();
    GrayImage::from_raw(VIEW_WIDTH, VIEW_HEIGHT, bytes).expect("a view has one value for each pixel")
}

/// A lens out of focus.
pub(super) fn blur(picture: &GrayImage, sigma: f64) -> GrayImage {
    imageproc::filter::gaussian_blur_f32(picture, sigma as f32)
}

/// Sensor noise: the sum of two even chances for each pixel, at most `reach` grey levels.
pub(super) fn noise(mut picture: GrayImage, reach: u8, seed: u64) -> GrayImage {
    if reach == 0 {
        return picture;
    }
    let mut chance = Chance::new(seed ^ 0x5EED);
    let span = u32::from(reach) + 1;
    for pixel in picture.iter_mut() {
        let offset = i64::from(chance.below(span)) - i64::from(chance.below(span));
        *pixel = (i64::from(*pixel) + offset).clamp(0, 255) as u8;
    }
    picture
}

/// There and back through a JPEG.
pub(super) fn through_jpeg(picture: &GrayImage, quality: u8) -> Option<GrayImage> {
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    encoder.encode(picture.as_raw(), picture.width(), picture.height(), image::ExtendedColorType::L8).ok()?;
    Some(image::load_from_memory_with_format(&jpeg, image::ImageFormat::Jpeg).ok()?.into_luma8())
}
