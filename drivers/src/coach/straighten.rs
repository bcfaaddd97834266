//! A paper in a picture to a flat upright page.
//!
//! It enhances nothing: no contrast is stretched and no print is guessed. The rule a newcomer would break: a page is never
//! made larger than it was seen, and a strip around the outline is kept, since the outline may be off by a pixel or two.

use super::Shape;
use super::quad::Quad;
use crate::picture::RgbPage;
use imageproc::geometric_transformations::Projection;

/// Long side of a straightened page: 240 dpi on A4, above what any later step keeps.
pub const STRAIGHT_LONG_SIDE_PX_MAX: u32 = 2800;
/// The strip around the outline that is kept, in shares of a side.
const MARGIN_SHARE: f32 = 0.006;
/// A paper that covers this much of the picture and is this level is left as it is.
const FILLS_SHARE: f32 = 0.96;
const LEVEL_DEG: f32 = 0.7;
const SIDE_PX_MIN: f32 = 8.0;

/// The paper inside `quad`, upright, in the proportions of `shape` (of the paper itself for [`Shape::Any`]).
///
/// A paper that already fills its picture, and a quad that is none (crossed, vanishing, far outside), leave the page as it
/// is: a picture that cannot be straightened is still a picture.
pub fn straighten(page: &RgbPage, quad: &Quad, shape: Shape) -> RgbPage {
    let picture = (page.width() as f32, page.height() as f32);
    let fills = quad.area_px() >= FILLS_SHARE * picture.0 * picture.1 && quad.tilt_deg().abs() < LEVEL_DEG;
    let (wide, high) = quad.mean_size_px();
    if fills || !quad.is_convex() || wide < SIDE_PX_MIN || high < SIDE_PX_MIN || !reaches_into(quad, picture) {
        return page.clone();
    }
    let (width, height) = flat_size(quad, shape, picture, STRAIGHT_LONG_SIDE_PX_MAX);
    let Some(dots) = flatten(page, &grown(quad), width, height, |dot| dot) else { return page.clone() };
    RgbPage::new(width, height, dots.concat()).unwrap_or_else(|| page.clone())
}

/// No corner further outside than the picture is large.
fn reaches_into(quad: &Quad, picture: (f32, f32)) -> bool {
    quad.corners.iter().all(|(x, y)| (-picture.0..2.0 * picture.0).contains(x) && (-picture.1..2.0 * picture.1).contains(y))
}

/// Pixels of the flat paper: as large as its longest side was seen, at most `long_side_px_max`.
pub(super) fn flat_size(quad: &Quad, shape: Shape, picture: (f32, f32), long_side_px_max: u32) -> (u32, u32) {
    let seen = quad.true_ratio(picture);
    let ratio = match shape.size_mm() {
        Some((long, short)) if seen >= 1.0 => long / short,
        Some((long, short)) => short / long,
        None => seen,
    };
    let sides = quad.sides_px();
    let (wide, high) = (sides[0].max(sides[2]), sides[1].max(sides[3]));
    let long = wide.max(high).min(long_side_px_max as f32);
    let (width, height) = if ratio >= 1.0 { (long, long / ratio) } else { (long * ratio, long) };
    (width.round().max(1.0) as u32, height.round().max(1.0) as u32)
}

fn grown(quad: &Quad) -> Quad {
    let middle = super::quad::centre(&quad.corners);
    let by = 1.0 + 2.0 * MARGIN_SHARE;
    Quad { corners: quad.corners.map(|(x, y)| (middle.0 + (x - middle.0) * by, middle.1 + (y - middle.1) * by)) }
}

/// Warps the inside of a quad to `width` by `height` dots. Where the picture is finer than the result, whole pixels are
/// averaged first, so that nothing thin is skipped. `None` for a quad that is none.
pub(super) fn flatten<const C: usize>(page: &RgbPage, quad: &Quad, width: u32, height: u32, of: impl Fn([u8; 3]) -> [u8; C]) -> Option<Vec<[u8; C]>> {
    let projection = quad.projection_from(width as f32, height as f32)?;
    let (wide, high) = quad.mean_size_px();
    let step = ((wide / width as f32).min(high / height as f32)).floor().clamp(1.0, 64.0) as usize;
    let source = Reduced::of(page, quad, step, of);
    let mut out = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        for x in 0..width {
            out.push(source.at(&projection, x as f32 + 0.5, y as f32 + 0.5));
        }
    }
    Some(out)
}

/// The part of a page around a quad, with whole pixels averaged.
struct Reduced<const C: usize> {
    dots: Vec<[u8; C]>,
    width: usize,
    height: usize,
    left: f32,
    top: f32,
    step: f32,
}

impl<const C: usize> Reduced<C> {
    fn of(page: &RgbPage, quad: &Quad, step: usize, of: impl Fn([u8; 3]) -> [u8; C]) -> Self {
        let (page_w, page_h) = (page.width() as usize, page.height() as usize);
        let (l, t, r, b) = quad.bounds();
        let low = |value: f32, limit: usize| (value.floor().max(0.0) as usize).saturating_sub(2).min(limit.saturating_sub(1));
        let high = |value: f32, limit: usize| (value.ceil().max(1.0) as usize + 2).min(limit);
        let (left, top) = (low(l, page_w), low(t, page_h));
        let (right, bottom) = (high(r, page_w).max(left + 1), high(b, page_h).max(top + 1));
        let (width, height) = (((right - left) / step).max(1), ((bottom - top) / step).max(1));
        let mut dots = Vec::with_capacity(width * height);
        let pixels = page.pixels();
        let dot = |x: usize, y: usize| {
            let at = (y.min(page_h - 1) * page_w + x.min(page_w - 1)) * 3;
            of([pixels[at], pixels[at + 1], pixels[at + 2]])
        };
        let mut sums = vec![[0_u32; C]; width];
        for y in 0..height {
            if step == 1 {
                dots.extend((0..width).map(|x| dot(left + x, top + y)));
                continue;
            }
            sums.fill([0; C]);
            for row in 0..step {
                for (x, sum) in sums.iter_mut().enumerate() {
                    for column in 0..step {
                        for (total, value) in sum.iter_mut().zip(dot(left + x * step + column, top + y * step + row)) {
                            *total += u32::from(value);
                        }
                    }
                }
            }
            let count = (step * step) as u32;
            dots.extend(sums.iter().map(|sum| sum.map(|total| (total / count) as u8)));
        }
        Reduced { dots, width, height, left: left as f32, top: top as f32, step: step as f32 }
    }

    /// Bilinear between the four nearest; the border goes on outside.
    fn at(&self, projection: &Projection, x: f32, y: f32) -> [u8; C] {
        let (x, y) = projection * &(x, y);
        let place = |value: f32, start: f32, limit: usize| ((value - start) / self.step - 0.5).clamp(0.0, (limit - 1) as f32);
        let (fx, fy) = (place(x, self.left, self.width), place(y, self.top, self.height));
        let (left, top) = (fx as usize, fy as usize);
        let (right, below) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        // Sixteenths of sixteenths are finer than a byte can show.
        let (u, v) = (((fx - left as f32) * 256.0) as u32, ((fy - top as f32) * 256.0) as u32);
        let (a, b) = (&self.dots[top * self.width + left], &self.dots[top * self.width + right]);
        let (c, d) = (&self.dots[below * self.width + left], &self.dots[below * self.width + right]);
        std::array::from_fn(|i| {
            let upper = u32::from(a[i]) * (256 - u) + u32::from(b[i]) * u;
            let lower = u32::from(c[i]) * (256 - u) + u32::from(d[i]) * u;
            ((upper * (256 - v) + lower * v + 32_768) >> 16) as u8
        })
    }
}
