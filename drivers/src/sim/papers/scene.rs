//! A paper laid under a camera or into a scanner: where it lies, how it is lit, what harms the picture; and the picture.
//!
//! It judges nothing; `label.rs` does, from the same numbers. The rule a newcomer would break: light, shadow and glare act
//! before the lens blurs, and noise comes after, as in a camera.

use super::canvas::{Canvas, Word};
use super::desk::Desk;
use super::dice::Dice;
use super::harm::{Harm, finish};
use crate::picture::RgbPage;
use image::RgbImage;
use imageproc::geometric_transformations::Projection;

/// Distance of the lens in heights of the picture. Document cameras hang at about one and a half.
const LENS_DISTANCE: f32 = 1.6;

/// One side of a drawn paper.
pub struct Drawn {
    pub(super) picture: RgbImage,
    half: RgbImage,
    /// What has to be read on it.
    pub words: Vec<Word>,
    /// Width and height in millimetres.
    pub size_mm: (f32, f32),
    pub(super) px_per_mm: f32,
}

impl Drawn {
    pub(super) fn of(canvas: Canvas, size_mm: (f32, f32)) -> Self {
        let width = canvas.picture.width();
        Drawn { half: halved(&canvas.picture), px_per_mm: width as f32 / size_mm.0, picture: canvas.picture, words: canvas.words, size_mm }
    }
}

impl Drawn {
    /// The sheet itself, flat and unharmed.
    pub fn page(&self) -> RgbPage {
        RgbPage::from_image(self.picture.clone()).expect("a sheet has pixels")
    }
}

/// How the paper lies before the lens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Share of the picture's tighter side that the paper spans.
    pub share: f32,
    /// Turned in its own plane, clockwise.
    pub turn_deg: f32,
    /// Leaning: the upper edge away from the lens.
    pub pitch_deg: f32,
    /// Leaning: the right edge away from the lens.
    pub yaw_deg: f32,
    /// From the middle, in shares of the picture.
    pub shift: (f32, f32),
}

impl Pose {
    pub(super) const STRAIGHT: Pose = Pose { share: 0.9, turn_deg: 0.0, pitch_deg: 0.0, yaw_deg: 0.0, shift: (0.0, 0.0) };
}

/// Everything a picture follows from.
pub struct Scene<'a> {
    pub paper: Option<&'a Drawn>,
    pub desk: Desk,
    /// Pixels of the picture.
    pub view: (u32, u32),
    pub pose: Pose,
    pub harm: Harm,
    /// Moves the desk's pattern, the lamp and the noise.
    pub seed: u64,
}

impl Scene<'_> {
    /// Millimetres of the paper to pixels of the picture; `None` without a paper.
    pub fn projection(&self) -> Option<Projection> {
        let paper = self.paper?;
        let (width, height) = (self.view.0 as f32, self.view.1 as f32);
        let (w, h) = paper.size_mm;
        let (turn, pitch, yaw) = (self.pose.turn_deg.to_radians(), self.pose.pitch_deg.to_radians(), self.pose.yaw_deg.to_radians());
        let reach = LENS_DISTANCE * w.max(h);
        let seen = |x: f32, y: f32| {
            let (x, y) = (x - w / 2.0, y - h / 2.0);
            let (x, y) = (x * turn.cos() - y * turn.sin(), x * turn.sin() + y * turn.cos());
            // The upper edge (negative y) and the right edge (positive x) go away from the lens.
            let z = -y * pitch.sin() + x * yaw.sin();
            let far = reach / (reach + z);
            (x * yaw.cos() * far, y * pitch.cos() * far)
        };
        let corners = [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)];
        let flat = corners.map(|(x, y)| seen(x, y));
        let span = |pick: fn(&(f32, f32)) -> f32| {
            let low = flat.iter().map(pick).fold(f32::MAX, f32::min);
            let high = flat.iter().map(pick).fold(f32::MIN, f32::max);
            (low, high)
        };
        let ((left, right), (top, bottom)) = (span(|p| p.0), span(|p| p.1));
        let scale = (width / (right - left)).min(height / (bottom - top)) * self.pose.share;
        let (cx, cy) = (width * (0.5 + self.pose.shift.0), height * (0.5 + self.pose.shift.1));
        let place = |(x, y): (f32, f32)| (cx + (x - (left + right) / 2.0) * scale, cy + (y - (top + bottom) / 2.0) * scale);
        Projection::from_control_points(corners, flat.map(place))
    }

    /// The paper's corners in pixels of the picture, clockwise from its own top left.
    pub fn corners(&self) -> Option<[(f32, f32); 4]> {
        let (projection, (w, h)) = (self.projection()?, self.paper?.size_mm);
        Some([(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)].map(|corner| projection * corner))
    }

    pub(super) fn lamp(&self) -> Lamp {
        let mut dice = Dice::of(self.seed, "lamp");
        Lamp { across: dice.between(-0.14, 0.14), down: dice.between(-0.14, 0.14) }
    }

    /// The picture as the device delivers it.
    pub fn picture(&self) -> RgbPage {
        let (width, height) = self.view;
        let back = self.projection().map(Projection::invert);
        let mut dice = Dice::of(self.seed, "desk");
        let desk_seed = dice.next() as u32;
        let lamp = self.lamp();
        let texture = self.paper.zip(self.projection()).map(|(paper, projection)| {
            let (a, b) = (projection * (paper.size_mm.0 / 2.0, paper.size_mm.1 / 2.0), projection * (paper.size_mm.0 / 2.0 + 1.0, paper.size_mm.1 / 2.0));
            let view_px_per_mm = (a.0 - b.0).hypot(a.1 - b.1);
            if view_px_per_mm < paper.px_per_mm / 1.9 { (&paper.half, paper.px_per_mm / 2.0) } else { (&paper.picture, paper.px_per_mm) }
        });
        let mut light = Vec::with_capacity(width as usize * height as usize * 3);
        for y in 0..height {
            for x in 0..width {
                let (fx, fy) = (x as f32 + 0.5, y as f32 + 0.5);
                let (share_x, share_y) = (fx / width as f32, fy / height as f32);
                let on_paper = back.and_then(|back| sample(texture?, back * (fx, fy)));
                let colour = on_paper.unwrap_or_else(|| {
                    // Paper lifts a little from the desk and throws a thin shadow to its lower right.
                    let edge = back.is_some_and(|back| texture.is_some_and(|t| sample(t, back * (fx - 3.0, fy - 3.0)).is_some()));
                    let desk = self.desk.colour(fx, fy, desk_seed).map(f32::from);
                    if edge { desk.map(|c| c * 0.78) } else { desk }
                });
                let lit = lamp.light(share_x, share_y) * self.harm.shade(share_x, share_y);
                let shine = self.harm.shine(share_x, share_y);
                light.extend(colour.map(|c| c * lit + shine));
            }
        }
        finish(light, self.view, &self.harm, self.seed)
    }
}

/// Every four pixels to their average.
fn halved(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn((picture.width() / 2).max(1), (picture.height() / 2).max(1), |x, y| {
        let dot = |dx: u32, dy: u32| picture.get_pixel((2 * x + dx).min(picture.width() - 1), (2 * y + dy).min(picture.height() - 1)).0.map(u32::from);
        let (a, b, c, d) = (dot(0, 0), dot(1, 0), dot(0, 1), dot(1, 1));
        image::Rgb(std::array::from_fn(|i| ((a[i] + b[i] + c[i] + d[i] + 2) / 4) as u8))
    })
}

/// One lamp, brighter on one side of the desk.
pub(super) struct Lamp {
    across: f32,
    down: f32,
}

impl Lamp {
    /// Share of the light that arrives at this place, given in shares of the picture.
    pub(super) fn light(&self, x: f32, y: f32) -> f32 {
        0.93 + self.across * (x - 0.5) + self.down * (y - 0.5)
    }
}

/// Bilinear look into a texture at millimetres; `None` beside it.
fn sample((texture, px_per_mm): (&RgbImage, f32), (x_mm, y_mm): (f32, f32)) -> Option<[f32; 3]> {
    let (width, height) = texture.dimensions();
    let (x, y) = (x_mm * px_per_mm - 0.5, y_mm * px_per_mm - 0.5);
    if !(x > -0.5 && y > -0.5 && x < width as f32 - 0.5 && y < height as f32 - 0.5) {
        return None;
    }
    let (left, top) = (x.max(0.0) as u32, y.max(0.0) as u32);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (u, v) = ((x - left as f32).max(0.0), (y - top as f32).max(0.0));
    let dot = |x, y| texture.get_pixel(x, y).0.map(f32::from);
    let (a, b, c, d) = (dot(left, top), dot(right, top), dot(left, bottom), dot(right, bottom));
    Some(std::array::from_fn(|i| (a[i] * (1.0 - u) + b[i] * u) * (1.0 - v) + (c[i] * (1.0 - u) + d[i] * u) * v))
}
