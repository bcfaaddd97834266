//! What stands before the simulated lens, and what its sensor makes of it.
//!
//! It is pure: a picture in, a picture or a driver's buffer out. The rule a newcomer would break: a living sensor never gives
//! the same bytes twice, so every frame gets its own noise, or a healthy camera would look frozen.

use crate::camera::{Frame, FrameError, PixelFormat};
use crate::picture::RgbPage;
use image::codecs::jpeg::JpegEncoder;
use std::time::Instant;

/// Size of the picture when a page is held before the lens.
pub const VIEW_PX: (u32, u32) = (1280, 720);
/// Brightness of the desk.
const DESK: [u8; 3] = [118, 114, 108];
/// What remains of the light in the dark.
const DARK_SHARE_PERCENT: u32 = 12;
/// What comes through a finger on the lens.
const COVERED: u8 = 3;
/// Every so many bytes one is noisy.
const NOISE_STRIDE: usize = 97;
const JPEG_QUALITY: u8 = 85;
/// What a driver's buffer has behind a picture that is shorter than the last one.
const LEFT_OVER: [u8; 4096] = [0x5A; 4096];

pub(super) fn desk() -> RgbPage {
    let pixels = DESK.repeat((VIEW_PX.0 * VIEW_PX.1) as usize);
    RgbPage::new(VIEW_PX.0, VIEW_PX.1, pixels).expect("the number of bytes follows from the size")
}

pub(super) fn on_desk(picture: &RgbPage, share_percent: u32) -> RgbPage {
    let room = (VIEW_PX.0 * share_percent / 100, VIEW_PX.1 * share_percent / 100);
    let wide = u64::from(picture.width()) * u64::from(room.1) > u64::from(picture.height()) * u64::from(room.0);
    let (width, height) = if wide {
        (room.0, (u64::from(picture.height()) * u64::from(room.0) / u64::from(picture.width())) as u32)
    } else {
        ((u64::from(picture.width()) * u64::from(room.1) / u64::from(picture.height())) as u32, room.1)
    };
    let (width, height) = (width.max(1), height.max(1));
    let sized = image::imageops::resize(&picture.to_image(), width, height, image::imageops::FilterType::Triangle);
    let mut view = desk().to_image();
    image::imageops::overlay(&mut view, &sized, i64::from((VIEW_PX.0 - width) / 2), i64::from((VIEW_PX.1 - height) / 2));
    RgbPage::from_image(view).expect("the view is never empty")
}

pub(super) fn dimmed(picture: &RgbPage) -> RgbPage {
    let pixels = picture.pixels().iter().map(|p| (u32::from(*p) * DARK_SHARE_PERCENT / 100) as u8).collect();
    RgbPage::new(picture.width(), picture.height(), pixels).expect("the size does not change")
}

/// The same size, black but for the sensor's own noise.
pub(super) fn covered(picture: &RgbPage) -> RgbPage {
    RgbPage::new(picture.width(), picture.height(), vec![COVERED; picture.pixels().len()]).expect("the size does not change")
}

/// The noise of the `count`th frame: single bits, different in each.
pub(super) fn noisy(picture: RgbPage, count: u64) -> RgbPage {
    let (width, height) = (picture.width(), picture.height());
    let mut pixels = picture.into_pixels();
    let start = (count % NOISE_STRIDE as u64) as usize;
    let mut dice = count.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for byte in pixels.iter_mut().skip(start).step_by(NOISE_STRIDE) {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *byte ^= (dice >> 63) as u8;
    }
    RgbPage::new(width, height, pixels).expect("the size does not change")
}

/// A driver's buffer: the picture in this format, and what was left over behind it.
pub(super) fn buffer_of(picture: &RgbPage, format: PixelFormat) -> Vec<u8> {
    match format {
        PixelFormat::Rgb => picture.pixels().to_vec(),
        PixelFormat::Luma => picture.luma().pixels().to_vec(),
        PixelFormat::Jpeg => {
            let mut jpeg = Vec::new();
            let encoded = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY).encode(
                picture.pixels(),
                picture.width(),
                picture.height(),
                image::ExtendedColorType::Rgb8,
            );
            if encoded.is_err() {
                jpeg.clear();
            }
            jpeg.extend(LEFT_OVER);
            jpeg
        }
        PixelFormat::Yuyv => yuv_rows(picture)
            .flat_map(|row| row.as_chunks::<2>().0.iter().flat_map(|[one, two]| [one[0], one[1], two[0], one[2]]).collect::<Vec<u8>>())
            .collect(),
        PixelFormat::Nv12 => {
            let rows: Vec<_> = yuv_rows(picture).collect();
            let mut bytes: Vec<u8> = rows.iter().flatten().map(|yuv| yuv[0]).collect();
            bytes.extend(rows.iter().step_by(2).flat_map(|row| row.iter().step_by(2).flat_map(|yuv| [yuv[1], yuv[2]])));
            bytes
        }
    }
}

/// ITU-R BT.601, limited range, row by row.
fn yuv_rows(picture: &RgbPage) -> impl Iterator<Item = Vec<[u8; 3]>> {
    picture.pixels().chunks_exact(picture.width() as usize * 3).map(|row| {
        let yuv = |[r, g, b]: &[u8; 3]| {
            let (r, g, b) = (i32::from(*r), i32::from(*g), i32::from(*b));
            let y = ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16;
            let u = ((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128;
            let v = ((112 * r - 94 * g - 18 * b + 128) >> 8) + 128;
            [y, u, v].map(|part| part.clamp(0, 255) as u8)
        };
        row.as_chunks::<3>().0.iter().map(yuv).collect()
    })
}

/// The largest even size within the picture, for formats that pair pixels.
pub(super) fn even(picture: &RgbPage) -> Option<RgbPage> {
    let (width, height) = (picture.width() & !1, picture.height() & !1);
    RgbPage::from_image(image::imageops::crop_imm(&picture.to_image(), 0, 0, width, height).to_image())
}

/// A frame of these pixels as a driver would hand it over.
pub(super) fn frame_of(picture: &RgbPage, format: PixelFormat, taken_at: Instant) -> Result<Frame, FrameError> {
    match format {
        PixelFormat::Rgb => Ok(Frame::from_rgb(picture, taken_at)),
        PixelFormat::Yuyv | PixelFormat::Nv12 => {
            let picture = even(picture).ok_or(FrameError::Undecodable)?;
            Frame::from_buffer(format, picture.width(), picture.height(), &buffer_of(&picture, format), taken_at)
        }
        PixelFormat::Luma | PixelFormat::Jpeg => Frame::from_buffer(format, picture.width(), picture.height(), &buffer_of(picture, format), taken_at),
    }
}
