//! From what the lens sees to what the guide frame shows: turned upright, cut to the shape of a page or of a code.
//!
//! The live picture and the page that is taken are cut alike, so that what stands in the frame is what is sent.

use drivers::picture::RgbPage;
use flow::effect::CameraUse;
use image::{RgbImage, imageops};

/// How the camera is mounted, clockwise from upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "u16")]
pub enum Turn {
    #[default]
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl TryFrom<u16> for Turn {
    type Error = String;

    fn try_from(degrees: u16) -> Result<Self, String> {
        match degrees {
            0 => Ok(Self::None),
            90 => Ok(Self::Quarter),
            180 => Ok(Self::Half),
            270 => Ok(Self::ThreeQuarters),
            other => Err(format!("a camera is mounted at 0, 90, 180 or 270 degrees, not at {other}")),
        }
    }
}

/// Width and height of an upright A4 page, and of a code.
fn shape(purpose: CameraUse) -> (u32, u32) {
    match purpose {
        CameraUse::Document => (210, 297),
        CameraUse::Code => (1, 1),
    }
}

/// The middle of `page`, turned, as large as fits the shape.
pub fn framed(page: &RgbPage, turn: Turn, purpose: CameraUse) -> RgbPage {
    let Some(picture) = RgbImage::from_raw(page.width(), page.height(), page.pixels().to_vec()) else { return page.clone() };
    let upright = match turn {
        Turn::None => picture,
        Turn::Quarter => imageops::rotate90(&picture),
        Turn::Half => imageops::rotate180(&picture),
        Turn::ThreeQuarters => imageops::rotate270(&picture),
    };
    let (width, height) = upright.dimensions();
    let (wide, high) = shape(purpose);
    let (cut_width, cut_height) = (width.min(height * wide / high), height.min(width * high / wide));
    let cut = imageops::crop_imm(&upright, (width - cut_width) / 2, (height - cut_height) / 2, cut_width, cut_height).to_image();
    RgbPage::new(cut_width, cut_height, cut.into_raw()).unwrap_or_else(|| page.clone())
}

#[cfg(test)]
mod tests {
    use super::{CameraUse, RgbPage, Turn, framed};

    /// A picture whose left half is black.
    fn half_black(width: u32, height: u32) -> RgbPage {
        let pixels = (0..height).flat_map(|_| (0..width).flat_map(|x| [if x < width / 2 { 0 } else { 255 }; 3])).collect();
        RgbPage::new(width, height, pixels).expect("the pixels fit the size")
    }

    #[test]
    fn a_wide_picture_gives_an_upright_page_from_its_middle() {
        let page = framed(&half_black(1280, 720), Turn::None, CameraUse::Document);
        assert_eq!((page.width(), page.height()), (509, 720));
        assert_eq!((page.pixels()[0], page.pixels()[3 * 508]), (0, 255), "the middle is still the middle");
    }

    #[test]
    fn a_camera_on_its_side_is_turned_upright() {
        let page = framed(&half_black(1920, 1080), Turn::Quarter, CameraUse::Document);
        assert_eq!((page.width(), page.height()), (1080, 1527));
        let top_is_black = page.pixels()[0] == 0;
        assert!(top_is_black, "turned clockwise, left becomes top");
    }

    #[test]
    fn a_code_is_looked_for_in_a_square() {
        let page = framed(&half_black(640, 480), Turn::Half, CameraUse::Code);
        assert_eq!((page.width(), page.height()), (480, 480));
        assert_eq!(page.pixels()[0], 255, "upside down, right becomes left");
    }
}
