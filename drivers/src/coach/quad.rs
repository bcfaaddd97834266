//! Four corners of a paper in a picture, and what follows from them by geometry alone.
//!
//! It sees no pixels. The rule a newcomer would break: corners go clockwise from the top left *of the picture*; a paper that
//! lies upside down has the same quad as one that lies right.

use imageproc::geometric_transformations::Projection;

/// Four corners in pixels, clockwise from the top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quad {
    pub corners: [(f32, f32); 4],
}

/// Focal lengths of document cameras and webcams, in long sides of the picture.
const FOCAL_MIN: f32 = 0.6;
const FOCAL_MAX: f32 = 4.0;

impl Quad {
    /// The whole picture.
    pub fn frame(width: u32, height: u32) -> Self {
        let (w, h) = (width as f32, height as f32);
        Quad { corners: [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)] }
    }

    /// Orders four corners clockwise so that the first side points to the right as nearly as may be.
    pub fn ordered(mut corners: [(f32, f32); 4]) -> Self {
        let middle = centre(&corners);
        corners.sort_by(|a, b| (a.1 - middle.1).atan2(a.0 - middle.0).total_cmp(&(b.1 - middle.1).atan2(b.0 - middle.0)));
        let level = |start: usize| {
            // A side and its opposite together, so that one crooked side does not decide.
            let (a, b, c, d) = (corners[start], corners[(start + 1) % 4], corners[(start + 2) % 4], corners[(start + 3) % 4]);
            let (dx, dy) = (b.0 - a.0 + c.0 - d.0, b.1 - a.1 + c.1 - d.1);
            dx / dx.hypot(dy).max(f32::EPSILON)
        };
        let start = (0..4).max_by(|a, b| level(*a).total_cmp(&level(*b))).unwrap_or(0);
        corners.rotate_left(start);
        Quad { corners }
    }

    /// The same quad in a picture that is `factor` times as large.
    #[must_use]
    pub fn scaled(&self, factor_x: f32, factor_y: f32) -> Self {
        Quad { corners: self.corners.map(|(x, y)| (x * factor_x, y * factor_y)) }
    }

    /// Square pixels inside.
    pub fn area_px(&self) -> f32 {
        let c = &self.corners;
        (0..4).map(|i| c[i].0 * c[(i + 1) % 4].1 - c[(i + 1) % 4].0 * c[i].1).sum::<f32>().abs() / 2.0
    }

    /// Lengths of the upper, right, lower and left side in pixels.
    pub fn sides_px(&self) -> [f32; 4] {
        std::array::from_fn(|i| distance(self.corners[i], self.corners[(i + 1) % 4]))
    }

    /// Middle of upper and lower side, and of left and right side: width and height in pixels.
    pub fn mean_size_px(&self) -> (f32, f32) {
        let sides = self.sides_px();
        ((sides[0] + sides[2]) / 2.0, (sides[1] + sides[3]) / 2.0)
    }

    /// Left, top, right, bottom of the smallest upright rectangle around it.
    pub fn bounds(&self) -> (f32, f32, f32, f32) {
        let fold = |pick: fn(&(f32, f32)) -> f32, start: f32, by: fn(f32, f32) -> f32| self.corners.iter().map(pick).fold(start, by);
        (fold(|p| p.0, f32::MAX, f32::min), fold(|p| p.1, f32::MAX, f32::min), fold(|p| p.0, f32::MIN, f32::max), fold(|p| p.1, f32::MIN, f32::max))
    }

    /// Turn of the upper and lower side from level, clockwise, in degrees.
    pub fn tilt_deg(&self) -> f32 {
        let [a, b, c, d] = self.corners;
        (b.1 - a.1 + c.1 - d.1).atan2(b.0 - a.0 + c.0 - d.0).to_degrees()
    }

    /// Every corner turns the same way and no side has vanished.
    pub fn is_convex(&self) -> bool {
        let c = &self.corners;
        let turn = |i: usize| {
            let (a, b, d) = (c[i], c[(i + 1) % 4], c[(i + 2) % 4]);
            (b.0 - a.0) * (d.1 - b.1) - (b.1 - a.1) * (d.0 - b.0)
        };
        (0..4).all(|i| turn(i) > 0.0) && self.sides_px().iter().all(|side| *side >= 2.0)
    }

    /// Width by height of the flat paper, with perspective taken out, when the lens looks at the middle of a picture of
    /// this size (Zhang and He, "Whiteboard scanning and image enhancement", 2007, section 4).
    pub fn true_ratio(&self, picture: (f32, f32)) -> f32 {
        let (wide, high) = self.mean_size_px();
        let plain = wide / high.max(f32::EPSILON);
        let at = |i: usize| ((self.corners[i].0 - picture.0 / 2.0), (self.corners[i].1 - picture.1 / 2.0));
        // The paper's own names: m1 top left, m2 top right, m3 bottom left, m4 bottom right.
        let (m1, m2, m3, m4) = (at(0), at(1), at(3), at(2));
        let cross = |a: (f32, f32), b: (f32, f32)| (a.1 - b.1, b.0 - a.0, a.0 * b.1 - a.1 * b.0);
        let dot = |a: (f32, f32, f32), b: (f32, f32)| a.0 * b.0 + a.1 * b.1 + a.2;
        let k2 = dot(cross(m1, m4), m3) / dot(cross(m2, m4), m3);
        let k3 = dot(cross(m1, m4), m2) / dot(cross(m3, m4), m2);
        let n2 = (k2 * m2.0 - m1.0, k2 * m2.1 - m1.1, k2 - 1.0);
        let n3 = (k3 * m3.0 - m1.0, k3 * m3.1 - m1.1, k3 - 1.0);
        let long = picture.0.max(picture.1);
        let focal_squared = -(n2.0 * n3.0 + n2.1 * n3.1) / (n2.2 * n3.2);
        // Leaning about one axis only, the focal length does not follow from the picture; then the usual one is taken.
        let usual = 1.6 * long;
        let well_posed = n2.2.abs() > 0.03 && n3.2.abs() > 0.03 && focal_squared.is_finite() && focal_squared > 0.0;
        let focal = if well_posed { focal_squared.sqrt().clamp(FOCAL_MIN * long, FOCAL_MAX * long) } else { usual };
        let length = |n: (f32, f32, f32)| ((n.0 * n.0 + n.1 * n.1) / (focal * focal) + n.2 * n.2).sqrt();
        let ratio = length(n2) / length(n3);
        if ratio.is_finite() && (0.5..2.0).contains(&(ratio / plain)) { ratio } else { plain }
    }

    /// Is the point inside, or at most `slack` pixels outside?
    pub(super) fn is_within(&self, x: f32, y: f32, slack: f32) -> bool {
        (0..4).all(|i| {
            let (a, b) = (self.corners[i], self.corners[(i + 1) % 4]);
            let length = distance(a, b).max(f32::EPSILON);
            ((b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0)) / length >= -slack
        })
    }

    /// From a flat paper of this size to the picture.
    pub(crate) fn projection_from(&self, width: f32, height: f32) -> Option<Projection> {
        if !self.is_convex() || !self.corners.iter().all(|(x, y)| x.is_finite() && y.is_finite()) {
            return None;
        }
        Projection::from_control_points([(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)], self.corners)
    }
}

pub(super) fn centre(points: &[(f32, f32)]) -> (f32, f32) {
    let count = points.len().max(1) as f32;
    (points.iter().map(|p| p.0).sum::<f32>() / count, points.iter().map(|p| p.1).sum::<f32>() / count)
}

pub(super) fn distance(a: (f32, f32), b: (f32, f32)) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}
