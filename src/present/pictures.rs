//! Pixels that crossed a thread become Slint images here, on the UI thread.

use qrcode::{Color, EcLevel, QrCode};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

use crate::pictures::Shown;

/// Quiet zone around a QR, in modules (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;
/// Pixels per module: sharp at every size the page shows it.
const MODULE_PX: usize = 8;

pub fn image(shown: &Shown) -> Image {
    Image::from_rgb8(SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(&shown.rgb, shown.width, shown.height))
}

/// The QR of `text`, black on white; an empty image for an empty text.
pub fn qr(text: &str) -> Image {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return Image::default() };
    if text.is_empty() {
        return Image::default();
    }
    let modules = code.width();
    let side = (modules + 2 * QUIET_MODULES) * MODULE_PX;
    let colors = code.to_colors();
    let dark = |x: usize, y: usize| {
        let at = |pixel: usize| (pixel / MODULE_PX).checked_sub(QUIET_MODULES).filter(|module| *module < modules);
        matches!((at(x), at(y)), (Some(column), Some(row)) if colors[row * modules + column] == Color::Dark)
    };
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(side as u32, side as u32);
    for (index, pixel) in buffer.make_mut_slice().iter_mut().enumerate() {
        let shade = if dark(index % side, index / side) { 0 } else { 255 };
        *pixel = Rgb8Pixel { r: shade, g: shade, b: shade };
    }
    Image::from_rgb8(buffer)
}
