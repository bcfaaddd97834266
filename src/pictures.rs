//! Pages of the running session, in memory only: the JPEG until it is stored, a thumbnail until the session ends.
//!
//! Nothing here is ever written to a file. Ending the session wipes every buffer.

use std::collections::HashMap;
use std::sync::Arc;

use drivers::picture::{RgbPage, thumbnail};
use zeroize::Zeroize;

/// Pages one session may hold in memory at once.
pub const PICTURES_MAX: usize = 48;
/// Long side of a picture on the screen, in pixels.
const SHOWN_LONG_SIDE_PX: u32 = 900;
const THUMB_LONG_SIDE_PX: u32 = 240;

/// RGB pixels for the screen.
pub struct Shown {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

impl Shown {
    /// The page, small enough to draw at once.
    pub fn of(page: &RgbPage, long_side_px: u32) -> Self {
        let small = thumbnail(page, long_side_px);
        Self { width: small.width(), height: small.height(), rgb: small.pixels().to_vec() }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.rgb.zeroize();
    }
}

/// One page.
pub struct Picture {
    /// Gone once the page is stored.
    pub jpeg: Option<Vec<u8>>,
    pub large: Arc<Shown>,
    pub thumb: Arc<Shown>,
}

impl Picture {
    pub fn new(jpeg: Vec<u8>, page: &RgbPage) -> Self {
        Self { jpeg: Some(jpeg), large: Arc::new(Shown::of(page, SHOWN_LONG_SIDE_PX)), thumb: Arc::new(Shown::of(page, THUMB_LONG_SIDE_PX)) }
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        if let Some(jpeg) = &mut self.jpeg {
            jpeg.zeroize();
        }
    }
}

/// Pages by part name.
#[derive(Default)]
pub struct Pictures {
    by_part: HashMap<String, Picture>,
}

impl Pictures {
    /// False when the session holds too many pages already.
    pub fn put(&mut self, part: String, picture: Picture) -> bool {
        if self.by_part.len() >= PICTURES_MAX {
            return false;
        }
        self.by_part.insert(part, picture);
        true
    }

    pub fn get(&self, part: &str) -> Option<&Picture> {
        self.by_part.get(part)
    }

    /// The page is on disk: its full picture is no longer needed.
    pub fn forget_jpeg(&mut self, part: &str) {
        if let Some(picture) = self.by_part.get_mut(part)
            && let Some(mut jpeg) = picture.jpeg.take()
        {
            jpeg.zeroize();
        }
    }

    pub fn drop_one(&mut self, part: &str) {
        self.by_part.remove(part);
    }

    pub fn wipe(&mut self) {
        self.by_part.clear();
    }
}
