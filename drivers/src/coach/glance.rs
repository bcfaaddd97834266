//! A fast first look at a live frame: is a paper there, is it still, is it light enough? The page says "closer", "hold it".
//!
//! It judges no print; [`super::examine`] does, once the picture is taken. The rule a newcomer would break: stillness is a
//! relation between two frames, so it is asked of two glances and never of one.

use super::outline::find_quick;
use super::planes::Planes;
use super::quad::{Quad, distance};
use super::{Expected, Help, Shape};
use crate::picture::Luma;
use std::fmt;

/// Brightest tenth of a frame in which nothing will be legible.
const BRIGHT_LUMA_MIN: u8 = 70;
/// Part of the frame's long side that a corner may move between two frames of a still paper.
const CORNER_MOVE_SHARE_MAX: f32 = 0.012;
/// Average change of the coarse picture, 0 to 255, between two frames of a still scene.
const CHANGE_MAX: f32 = 5.0;
/// A sheet, and a card, should span at least this much of the frame's tighter side.
const SHEET_SPAN_MIN: f32 = 0.6;
const CARD_SPAN_MIN: f32 = 0.4;
const COARSE: (usize, usize) = (16, 12);

/// What one live frame shows.
#[derive(Clone, PartialEq)]
pub struct Glance {
    /// The paper in pixels of the frame.
    pub outline: Option<Quad>,
    /// Share of the frame that the paper covers, 0 to 1.
    pub coverage: f32,
    /// The paper touches the border of the frame.
    pub touches_border: bool,
    /// Nothing will be legible in this light.
    pub is_dark: bool,
    size: (u32, u32),
    coarse: Vec<u8>,
}

impl fmt::Debug for Glance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glance(outline {:?}, coverage {:.2}, dark {} •••)", self.outline, self.coverage, self.is_dark)
    }
}

/// Looks at one frame. At most 15 ms for 640x480; larger frames cost one pass over their pixels more.
pub fn glance(frame: &Luma) -> Glance {
    let planes = Planes::of_luma(frame);
    let size = (frame.width(), frame.height());
    let picture = (size.0 as f32, size.1 as f32);
    let found = find_quick(&planes);
    let mut tones = planes.luma.values.clone();
    tones.sort_unstable();
    let (w, h) = (planes.luma.width, planes.luma.height);
    let coarse = (0..COARSE.0 * COARSE.1)
        .map(|i| {
            let span = |index: usize, count: usize, length: usize| (index * length / count)..(((index + 1) * length).div_ceil(count));
            let (columns, rows) = (span(i % COARSE.0, COARSE.0, w), span(i / COARSE.0, COARSE.1, h));
            let count = (columns.len() * rows.len()).max(1) as u32;
            let sum: u32 = rows.flat_map(|y| columns.clone().map(move |x| (x, y))).map(|(x, y)| u32::from(planes.luma.at(x, y))).sum();
            (sum / count) as u8
        })
        .collect();
    Glance {
        outline: found.as_ref().map(|found| found.quad),
        coverage: found.as_ref().map_or(0.0, |found| (found.quad.area_px() / (picture.0 * picture.1)).clamp(0.0, 1.0)),
        touches_border: found.is_some_and(|found| !found.fills && found.contact.iter().any(|share| *share > 0.02)),
        is_dark: tones[(tones.len() - 1) * 9 / 10] < BRIGHT_LUMA_MIN,
        size,
        coarse,
    }
}

impl Glance {
    /// Did nothing move since that earlier frame of the same camera?
    pub fn is_steady_since(&self, earlier: &Glance) -> bool {
        if self.size != earlier.size {
            return false;
        }
        let change: u32 = self.coarse.iter().zip(&earlier.coarse).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        let calm = change as f32 / self.coarse.len().max(1) as f32 <= CHANGE_MAX;
        let limit = CORNER_MOVE_SHARE_MAX * self.size.0.max(self.size.1) as f32;
        let still = match (&self.outline, &earlier.outline) {
            (Some(now), Some(then)) => now.corners.iter().zip(then.corners).all(|(a, b)| distance(*a, b) <= limit),
            (None, None) => true,
            _ => false,
        };
        calm && still
    }

    /// What to tell the resident while the camera is live; `None` when the picture may be taken.
    pub fn help(&self, earlier: Option<&Glance>, expected: &Expected) -> Option<Help> {
        let Some(outline) = &self.outline else {
            return Some(if self.is_dark { Help::MoreLight } else { Help::LayOtherPaper });
        };
        let (left, top, right, bottom) = outline.bounds();
        let span = ((right - left) / self.size.0 as f32).max((bottom - top) / self.size.1 as f32);
        let span_min = if expected.shape == Shape::Card { CARD_SPAN_MIN } else { SHEET_SPAN_MIN };
        match () {
            () if self.is_dark => Some(Help::MoreLight),
            () if self.touches_border => Some(Help::MoveAway),
            () if span < span_min => Some(Help::MoveCloser),
            () if !earlier.is_some_and(|earlier| self.is_steady_since(earlier)) => Some(Help::HoldStill),
            () => None,
        }
    }
}
