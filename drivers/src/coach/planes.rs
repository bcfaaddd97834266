//! A small copy of a picture in three colour planes, print removed: what is left is paper, desk and shadow.
//!
//! The rule a newcomer would break: print is removed by closing (brighten, then darken again), not by blur; blur would move
//! the paper's edge and turn a page full of text grey like the desk.

use crate::picture::{Luma, RgbPage};

/// Long side of the small copy. A4 print lines are about 3 pixels high here.
pub(super) const SMALL_LONG_SIDE_PX: u32 = 480;
/// Half the side of the window that swallows print.
const PRINT_RADIUS_PX: usize = 4;

/// One plane of bytes.
#[derive(Clone)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<u8>,
}

/// Red, green and blue with print removed, and brightness with print.
pub(super) struct Planes {
    pub(super) colours: Vec<Plane>,
    pub(super) luma: Plane,
    /// Pixels of the input for one pixel here.
    pub(super) scale: (f32, f32),
}

impl Plane {
    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        self.values[y * self.width + x]
    }

    /// Nearest pixel, held at the border.
    pub(super) fn near(&self, x: f32, y: f32) -> f32 {
        let clamp = |value: f32, limit: usize| (value.max(0.0) as usize).min(limit - 1);
        f32::from(self.at(clamp(x, self.width), clamp(y, self.height)))
    }

    fn of(width: usize, height: usize, values: Vec<u8>) -> Self {
        Plane { width, height, values }
    }

    /// Closing: every dark thing narrower than the window goes. The picture goes on beyond its border, so that a narrow strip
    /// of desk between paper and border stays desk.
    fn closed(&self, radius: usize) -> Plane {
        let margin = 2 * radius;
        let (w, h) = (self.width + 2 * margin, self.height + 2 * margin);
        let held = |at: usize, limit: usize| at.saturating_sub(margin).min(limit - 1);
        let values = (0..w * h).map(|i| self.at(held(i % w, self.width), held(i / w, self.height))).collect();
        let closed = Plane::of(w, h, values).windowed(radius, u8::max).windowed(radius, u8::min);
        let rows = closed.values.chunks_exact(w).skip(margin).take(self.height);
        Plane::of(self.width, self.height, rows.flat_map(|row| &row[margin..margin + self.width]).copied().collect())
    }

    /// The picked value of each window. Generic and by whole rows, so that the compiler can use wide instructions.
    fn windowed(&self, radius: usize, pick: impl Fn(u8, u8) -> u8) -> Plane {
        let (w, h) = (self.width, self.height);
        let take = |out: &mut [u8], from: &[u8]| out.iter_mut().zip(from).for_each(|(value, other)| *value = pick(*value, *other));
        let mut rows = self.values.clone();
        for (line, out) in self.values.chunks_exact(w).zip(rows.chunks_exact_mut(w)) {
            for shift in 1..=radius.min(w - 1) {
                take(&mut out[..w - shift], &line[shift..]);
                take(&mut out[shift..], &line[..w - shift]);
            }
        }
        let mut both = rows.clone();
        for shift in 1..=radius.min(h - 1) {
            take(&mut both[..(h - shift) * w], &rows[shift * w..]);
            take(&mut both[shift * w..], &rows[..(h - shift) * w]);
        }
        Plane::of(w, h, both)
    }
}

/// Averages of blocks of whole pixels, so that nothing thin is skipped. `C` values a pixel.
fn shrunk<const C: usize>(pixels: &[u8], size: (u32, u32), long_side_px: u32) -> (Vec<Plane>, (f32, f32)) {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let step = size.0.max(size.1).div_ceil(long_side_px).max(1) as usize;
    let (w, h) = ((width / step).max(1), (height / step).max(1));
    let mut planes = vec![Plane::of(w, h, vec![0; w * h]); C];
    let mut sums = vec![[0_u32; C]; w];
    for y in 0..h {
        sums.fill([0; C]);
        let rows = y * step..((y + 1) * step).min(height);
        let (row_count, column_count) = (rows.len() as u32, step.min(width) as u32);
        for row in rows {
            let line = &pixels[row * width * C..(row + 1) * width * C];
            for (sum, block) in sums.iter_mut().zip(line.chunks(step * C)) {
                for dot in block.chunks_exact(C) {
                    for (total, value) in sum.iter_mut().zip(dot) {
                        *total += u32::from(*value);
                    }
                }
            }
        }
        for (x, sum) in sums.iter().enumerate() {
            for (plane, total) in planes.iter_mut().zip(sum) {
                plane.values[y * w + x] = (total / (row_count * column_count)) as u8;
            }
        }
    }
    let scale = (step.min(width) as f32, step.min(height) as f32);
    (planes, scale)
}

impl Planes {
    pub(super) fn of_page(page: &RgbPage) -> Self {
        let (raw, scale) = shrunk::<3>(page.pixels(), (page.width(), page.height()), SMALL_LONG_SIDE_PX);
        let luma = raw[0].values.iter().zip(&raw[1].values).zip(&raw[2].values);
        let luma = luma.map(|((r, g), b)| ((u32::from(*r) * 77 + u32::from(*g) * 150 + u32::from(*b) * 29) >> 8) as u8).collect();
        let luma = Plane::of(raw[0].width, raw[0].height, luma);
        Planes { colours: raw.iter().map(|plane| plane.closed(PRINT_RADIUS_PX)).collect(), luma, scale }
    }

    /// For live frames: brightness only, half as fine.
    pub(super) fn of_luma(picture: &Luma) -> Self {
        let (raw, scale) = shrunk::<1>(picture.pixels(), (picture.width(), picture.height()), SMALL_LONG_SIDE_PX / 2);
        Planes { colours: vec![raw[0].closed(PRINT_RADIUS_PX / 2)], luma: raw[0].clone(), scale }
    }

    /// The darkest of the three colours: high on paper, low on wood and cloth.
    pub(super) fn whiteness(&self) -> Plane {
        let mut least = self.colours[0].clone();
        for plane in &self.colours[1..] {
            for (value, other) in least.values.iter_mut().zip(&plane.values) {
                *value = (*value).min(*other);
            }
        }
        least
    }

    /// Blue less red around the middle. Paper and cards are cooler than wood whatever the lamp does. Flat for one plane.
    pub(super) fn blueness(&self) -> Plane {
        let (first, last) = (&self.colours[0], &self.colours[self.colours.len() - 1]);
        let values = first.values.iter().zip(&last.values).map(|(red, blue)| (128 + (i16::from(*blue) - i16::from(*red)) / 2).clamp(0, 255) as u8);
        Plane::of(first.width, first.height, values.collect())
    }

    /// How far each pixel is from the colour that is usual at the border of the picture.
    pub(super) fn strangeness(&self) -> Plane {
        let (w, h) = (self.luma.width, self.luma.height);
        let mut sum = vec![0_u32; w * h];
        for plane in &self.colours {
            let mut border: Vec<u8> = plane.values[..w].iter().chain(&plane.values[(h - 1) * w..]).copied().collect();
            border.extend((0..h).flat_map(|y| [plane.at(0, y), plane.at(w - 1, y)]));
            border.sort_unstable();
            let usual = border[border.len() / 2];
            for (total, value) in sum.iter_mut().zip(&plane.values) {
                *total += u32::from(value.abs_diff(usual));
            }
        }
        Plane::of(w, h, sum.into_iter().map(|total| total.min(255) as u8).collect())
    }
}
