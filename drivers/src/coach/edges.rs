//! Sides of a quad against the pixels: is there an edge along each, and where exactly?
//!
//! The rule a newcomer would break: a side that lies on the border of the picture has no edge to be seen; it counts neither
//! for nor against the quad and is never moved.

use super::outline::meeting;
use super::planes::Planes;
use super::quad::Quad;

/// Step of any colour across the side that counts as an edge. Sensor noise after averaging is below 3.
const STEP_MIN: f32 = 9.0;
const SAMPLES: usize = 32;
const REACH_PX: i32 = 5;
/// A refined corner that ran away is a refined corner gone wrong.
const CORNER_MOVE_PX_MAX: f32 = 9.0;

type Dot = (f32, f32);

fn on_border(planes: &Planes, (x, y): Dot) -> bool {
    let (w, h) = (planes.luma.width as f32, planes.luma.height as f32);
    x < 3.0 || y < 3.0 || x > w - 3.0 || y > h - 3.0
}

/// Largest step of any colour between two places.
fn step(planes: &Planes, a: Dot, b: Dot) -> f32 {
    planes.colours.iter().map(|plane| (plane.near(a.0, a.1) - plane.near(b.0, b.1)).abs()).fold(0.0, f32::max)
}

/// Place on a side and the unit vector across it.
fn across(a: Dot, b: Dot, share: f32) -> (Dot, Dot) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy).max(f32::EPSILON);
    ((a.0 + dx * share, a.1 + dy * share), (-dy / length, dx / length))
}

/// Share of the quad's rim that is an edge in the picture, 0 to 1.
pub(super) fn support(planes: &Planes, quad: &Quad) -> f32 {
    let (mut seen, mut edges) = (0.0, 0.0);
    for side in 0..4 {
        let (a, b) = (quad.corners[side], quad.corners[(side + 1) % 4]);
        for index in 0..SAMPLES {
            let (place, normal) = across(a, b, (index as f32 + 0.5) / SAMPLES as f32);
            if on_border(planes, place) {
                // Not a whole point: a quad along the border must not win by having nothing to prove.
                seen += 1.0;
                edges += 0.7;
                continue;
            }
            seen += 1.0;
            let at = |far: f32| (place.0 + normal.0 * far, place.1 + normal.1 * far);
            if step(planes, at(3.5), at(-3.5)) >= STEP_MIN {
                edges += 1.0;
            }
        }
    }
    edges / f32::max(seen, 1.0)
}

/// The quad with each side laid along the steepest steps near it.
pub(super) fn refined(planes: &Planes, quad: &Quad) -> Quad {
    let lines: [(Dot, Dot); 4] = std::array::from_fn(|side| {
        let (a, b) = (quad.corners[side], quad.corners[(side + 1) % 4]);
        fitted(planes, a, b).unwrap_or((a, b))
    });
    let mut exact = *quad;
    for corner in 0..4 {
        let Some(place) = meeting(lines[(corner + 3) % 4], lines[corner]) else { continue };
        let moved = (place.0 - quad.corners[corner].0).hypot(place.1 - quad.corners[corner].1);
        if moved <= CORNER_MOVE_PX_MAX {
            exact.corners[corner] = place;
        }
    }
    if exact.is_convex() { exact } else { *quad }
}

/// A straight line through the steepest places, as two points; the worst places are left out twice.
fn fitted(planes: &Planes, a: Dot, b: Dot) -> Option<(Dot, Dot)> {
    // Offsets across the side, over the place along it: offset = lean * share + start.
    let mut places: Vec<(f32, f32)> = (0..SAMPLES)
        .filter_map(|index| {
            let share = 0.06 + 0.88 * (index as f32 + 0.5) / SAMPLES as f32;
            let (place, normal) = across(a, b, share);
            if on_border(planes, place) {
                return None;
            }
            let at = |far: f32| (place.0 + normal.0 * far, place.1 + normal.1 * far);
            let steep = |far: i32| step(planes, at(far as f32 + 1.0), at(far as f32 - 1.0));
            let best = (-REACH_PX..=REACH_PX).max_by(|x, y| steep(*x).total_cmp(&steep(*y)))?;
            let (before, here, after) = (steep(best - 1), steep(best), steep(best + 1));
            if here < STEP_MIN {
                return None;
            }
            let curve = before - 2.0 * here + after;
            let between = if curve.abs() < 1e-3 { 0.0 } else { (0.5 * (before - after) / curve).clamp(-0.5, 0.5) };
            Some((share, best as f32 + between))
        })
        .collect();
    let mut line = None;
    for _ in 0..3 {
        if places.len() < SAMPLES / 4 {
            return None;
        }
        let count = places.len() as f32;
        let (mean_s, mean_o) = (places.iter().map(|p| p.0).sum::<f32>() / count, places.iter().map(|p| p.1).sum::<f32>() / count);
        let spread: f32 = places.iter().map(|p| (p.0 - mean_s).powi(2)).sum();
        let lean = places.iter().map(|p| (p.0 - mean_s) * (p.1 - mean_o)).sum::<f32>() / spread.max(1e-6);
        let start = mean_o - lean * mean_s;
        line = Some((lean, start));
        let mut errors: Vec<f32> = places.iter().map(|p| (p.1 - lean * p.0 - start).abs()).collect();
        errors.sort_by(f32::total_cmp);
        let limit = errors[errors.len() * 3 / 4].max(0.4);
        places.retain(|p| (p.1 - lean * p.0 - start).abs() <= limit);
    }
    let (lean, start) = line?;
    let end = |share: f32| {
        let (place, normal) = across(a, b, share);
        let far = lean * share + start;
        (place.0 + normal.0 * far, place.1 + normal.1 * far)
    };
    Some((end(0.0), end(1.0)))
}

/// Is there print outside the quad? Then the quad is a box on the paper and not the paper. Asked for scanners only, where
/// nothing but lid lies around the paper.
pub(super) fn print_outside(planes: &Planes, quad: &Quad) -> bool {
    const PRINT_STEP: u8 = 24;
    const PRINT_SHARE_MAX: f32 = 0.03;
    const MARGIN_PX: f32 = 5.0;
    let (mut seen, mut print) = (0_u32, 0_u32);
    let closed = &planes.colours[planes.colours.len() / 2];
    for y in (3..planes.luma.height.saturating_sub(3)).step_by(2) {
        for x in (3..planes.luma.width.saturating_sub(3)).step_by(2) {
            if !quad.is_within(x as f32, y as f32, MARGIN_PX) {
                seen += 1;
                // Print is what closing takes away.
                print += u32::from(closed.at(x, y).saturating_sub(planes.luma.at(x, y)) > PRINT_STEP);
            }
        }
    }
    seen > 50 && print as f32 > PRINT_SHARE_MAX * seen as f32
}
