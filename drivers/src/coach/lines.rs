//! Quads from the straight pieces of a contour, for papers whose area is not the whole story: a reflection on the desk that
//! grows onto the paper, a thumb over its side, a shadow that bites a piece off.
//!
//! It sees a contour and no pixels. The rule a newcomer would break: these quads only propose; the score of `outline.rs`
//! prefers the plain hull wherever that fits as well.

use super::outline::meeting;
use super::quad::{Quad, distance};
use imageproc::geometry::approximate_polygon_dp;
use imageproc::point::Point;

/// Pieces shorter than this share of the contour's width and height together are no sides.
const PIECE_SHARE_MIN: f32 = 0.05;
const LINES_MAX: usize = 7;
const PROPOSALS_MAX: usize = 3;
/// Two pieces within these lie on one line.
const SAME_ANGLE_RAD: f32 = 0.09;
const SAME_OFFSET_PX: f32 = 4.0;
/// Opposite sides of a leaning paper may run together this much, neighbours are at least this far from parallel.
const OPPOSITE_RAD_MAX: f32 = 0.6;
const NEIGHBOUR_RAD_MIN: f32 = 0.8;

struct Line {
    from: (f32, f32),
    to: (f32, f32),
    /// Lengths of all pieces on it.
    length: f32,
}

impl Line {
    /// Angle between 0 and pi.
    fn angle(&self) -> f32 {
        (self.to.1 - self.from.1).atan2(self.to.0 - self.from.0).rem_euclid(std::f32::consts::PI)
    }

    fn distance_to(&self, (x, y): (f32, f32)) -> f32 {
        let (dx, dy) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        ((x - self.from.0) * dy - (y - self.from.1) * dx).abs() / dx.hypot(dy).max(f32::EPSILON)
    }
}

/// The smaller angle between two directions.
fn between(a: f32, b: f32) -> f32 {
    let apart = (a - b).abs();
    apart.min(std::f32::consts::PI - apart)
}

/// Quads whose sides lie on long straight pieces of the contour, the best supported first. `is_border` names points where
/// the picture ends and therefore nothing is known.
pub(super) fn quads(contour: &[Point<i32>], is_border: impl Fn(&Point<i32>) -> bool) -> Vec<Quad> {
    let lines = lines(contour, is_border);
    let mut quads: Vec<(f32, Quad)> = Vec::new();
    let count = lines.len();
    for a in 0..count {
        for b in a + 1..count {
            if between(lines[a].angle(), lines[b].angle()) > OPPOSITE_RAD_MAX {
                continue;
            }
            for c in 0..count {
                for d in c + 1..count {
                    // Each pair of pairs once.
                    if [a, b].contains(&c) || [a, b].contains(&d) || c < a || between(lines[c].angle(), lines[d].angle()) > OPPOSITE_RAD_MAX {
                        continue;
                    }
                    quads.extend(quad([&lines[a], &lines[c], &lines[b], &lines[d]]));
                }
            }
        }
    }
    quads.sort_by(|x, y| y.0.total_cmp(&x.0));
    quads.into_iter().take(PROPOSALS_MAX).map(|(_, quad)| quad).collect()
}

fn lines(contour: &[Point<i32>], is_border: impl Fn(&Point<i32>) -> bool) -> Vec<Line> {
    let span = |pick: fn(&Point<i32>) -> i32| (contour.iter().map(pick).max().unwrap_or(0) - contour.iter().map(pick).min().unwrap_or(0)) as f32;
    let least = PIECE_SHARE_MIN * (span(|p| p.x) + span(|p| p.y));
    let corners = approximate_polygon_dp(contour, 2.0, true);
    let mut pieces: Vec<((f32, f32), (f32, f32))> = corners
        .iter()
        .zip(corners.iter().cycle().skip(1))
        .filter(|(a, b)| !(is_border(a) && is_border(b)))
        .map(|(a, b)| ((a.x as f32, a.y as f32), (b.x as f32, b.y as f32)))
        .filter(|(a, b)| distance(*a, *b) >= least)
        .collect();
    pieces.sort_by(|x, y| distance(y.0, y.1).total_cmp(&distance(x.0, x.1)));
    let mut lines: Vec<Line> = Vec::new();
    for (from, to) in pieces {
        let piece = Line { from, to, length: distance(from, to) };
        let is_same = |line: &Line| {
            between(line.angle(), piece.angle()) < SAME_ANGLE_RAD && line.distance_to(from) < SAME_OFFSET_PX && line.distance_to(to) < SAME_OFFSET_PX
        };
        if let Some(index) = lines.iter().position(is_same) {
            lines[index].length += piece.length;
        } else if lines.len() < LINES_MAX {
            lines.push(piece);
        }
    }
    lines
}

/// The quad of four lines in order round, with the share of its rim that the pieces support.
fn quad(sides: [&Line; 4]) -> Option<(f32, Quad)> {
    let mut corners = [(0.0, 0.0); 4];
    for i in 0..4 {
        let (one, two) = (sides[i], sides[(i + 1) % 4]);
        if between(one.angle(), two.angle()) < NEIGHBOUR_RAD_MIN {
            return None;
        }
        corners[i] = meeting((one.from, one.to), (two.from, two.to))?;
    }
    let quad = Quad::ordered(corners);
    let rim: f32 = quad.sides_px().iter().sum();
    let support = sides.iter().map(|line| line.length).sum::<f32>() / rim.max(1.0);
    quad.is_convex().then_some((support.min(1.0) * quad.area_px().sqrt(), quad))
}
