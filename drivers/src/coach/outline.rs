//! Where does the paper lie? Masks on a small copy, their outer contours, the best quad among them, its sides made exact.
//!
//! It knows paper by being one convex, plausibly shaped area with an edge all round, and by nothing that is printed on it.
//!
//! The rule a newcomer would break: no single threshold finds paper on every desk, so several masks propose and
//! one score decides; a mask that finds nothing is not a fault.

use super::Origin;
use super::edges;
use super::planes::{Plane, Planes};
use super::quad::{Quad, distance};
use crate::picture::RgbPage;
use image::GrayImage;
use imageproc::contours::{BorderType, Contour, find_contours};
use imageproc::distance_transform::Norm;
use imageproc::geometry::convex_hull;
use imageproc::point::Point;

/// Paper that covers less of the picture than this is not looked for.
const AREA_SHARE_MIN: f32 = 0.025;
/// A quad below this score is no paper.
const SCORE_MIN: f32 = 0.42;
/// Long by short side of anything we call paper, perspective included.
const RATIO_MAX: f32 = 2.3;
/// Contours beyond the largest few are desk.
const CONTOURS_MAX: usize = 3;

/// A paper in the picture.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// In pixels of the input.
    pub(super) quad: Quad,
    /// Length of the paper's contact with the left, top, right and lower border of the picture, in shares of that border.
    pub(super) contact: [f32; 4],
    /// The paper is the picture; no desk is seen.
    pub(super) fills: bool,
}

struct Candidate {
    quad: Quad,
    contact: [f32; 4],
    score: f32,
}

/// The paper, or `None` when nothing in the picture looks like one.
pub(super) fn find(page: &RgbPage, from: Origin) -> Option<Found> {
    let planes = Planes::of_page(page);
    let picture = (page.width() as f32, page.height() as f32);
    let best = best_candidate(&planes, from);
    match best {
        Some(candidate) => Some(found_in(&planes, candidate, picture)),
        None if from == Origin::Scanner || is_all_paper(&planes) => {
            Some(Found { quad: Quad::frame(page.width(), page.height()), contact: [0.0; 4], fills: true })
        }
        None => None,
    }
}

/// For live frames: the quad only, in pixels of the frame.
pub(super) fn find_quick(planes: &Planes, picture: (f32, f32)) -> Option<Found> {
    let whiteness = planes.whiteness();
    let mut candidates = proposals(&whiteness, level_between(&whiteness, 0), planes);
    candidates.extend(proposals(&planes.strangeness(), level_between(&planes.strangeness(), 0), planes));
    let best = candidates.into_iter().filter(|c| c.score >= SCORE_MIN).max_by(|a, b| a.score.total_cmp(&b.score))?;
    Some(found_in(planes, best, picture))
}

fn found_in(planes: &Planes, candidate: Candidate, picture: (f32, f32)) -> Found {
    let exact = edges::refined(planes, &candidate.quad);
    let quad = exact.scaled(planes.scale.0, planes.scale.1);
    // A paper that the picture was cut to has no desk around it and no side outside either.
    let fills = candidate.contact.iter().all(|share| *share > 0.9);
    Found { quad: if fills { Quad::frame(picture.0 as u32, picture.1 as u32) } else { quad }, contact: candidate.contact, fills }
}

fn best_candidate(planes: &Planes, from: Origin) -> Option<Candidate> {
    let (whiteness, strangeness) = (planes.whiteness(), planes.strangeness());
    let first = level_between(&whiteness, 0);
    let upper = level_between(&whiteness, first);
    let mut candidates = proposals(&whiteness, first, planes);
    candidates.extend(proposals(&whiteness, upper, planes));
    let odd = level_between(&strangeness, 0);
    candidates.extend(proposals(&strangeness, odd, planes));
    if odd > 24 {
        candidates.extend(proposals(&strangeness, 18, planes));
    }
    let clear = |candidate: &Candidate| candidate.score >= SCORE_MIN && (from == Origin::Camera || !edges::print_outside(planes, &candidate.quad));
    candidates.into_iter().filter(clear).max_by(|a, b| a.score.total_cmp(&b.score))
}

/// Quads around the largest bright areas of a plane.
fn proposals(plane: &Plane, level: u8, planes: &Planes) -> Vec<Candidate> {
    // One pixel of margin, since a contour that runs along the border is not followed otherwise.
    let (w, h) = (plane.width as u32, plane.height as u32);
    let mask = GrayImage::from_fn(w + 2, h + 2, |x, y| {
        let inside = (1..=w).contains(&x) && (1..=h).contains(&y);
        image::Luma([if inside && plane.at(x as usize - 1, y as usize - 1) > level { 255 } else { 0 }])
    });
    let mask = imageproc::morphology::open(&mask, Norm::LInf, 2);
    let mut contours: Vec<(f32, Contour<i32>)> = find_contours::<i32>(&mask)
        .into_iter()
        .filter(|contour| contour.border_type == BorderType::Outer && contour.points.len() >= 8)
        .map(|contour| (polygon_area(&contour.points), contour))
        .filter(|(area, _)| *area >= AREA_SHARE_MIN * (w * h) as f32)
        .collect();
    contours.sort_by(|a, b| b.0.total_cmp(&a.0));
    contours.iter().take(CONTOURS_MAX).filter_map(|(area, contour)| candidate(contour, *area, planes)).collect()
}

fn candidate(contour: &Contour<i32>, area: f32, planes: &Planes) -> Option<Candidate> {
    let (w, h) = (planes.luma.width as i32, planes.luma.height as i32);
    let quad = Quad::ordered(four_sides(convex_hull(contour.points.clone()))?).moved(-0.5);
    if !quad.is_convex() {
        return None;
    }
    let (wide, high) = quad.mean_size_px();
    let ratio = (wide / high).max(high / wide);
    if ratio > RATIO_MAX {
        return None;
    }
    let touching = |near: fn(&Point<i32>, i32, i32) -> bool, along: fn(&Point<i32>) -> i32, length: i32| {
        let mut places: Vec<i32> = contour.points.iter().filter(|p| near(p, w, h)).map(along).collect();
        places.sort_unstable();
        places.dedup();
        places.len() as f32 / length as f32
    };
    let contact = [
        touching(|p, _, _| p.x <= 1, |p| p.y, h),
        touching(|p, _, _| p.y <= 1, |p| p.x, w),
        touching(|p, w, _| p.x >= w, |p| p.y, h),
        touching(|p, _, h| p.y >= h, |p| p.x, w),
    ];
    let fill = (area / quad.area_px().max(1.0)).min(1.0);
    let support = edges::support(planes, &quad);
    let plausible = if (1.2..1.85).contains(&ratio) { 1.0 } else { 0.8 };
    let size = (quad.area_px() / (w * h) as f32).clamp(0.0, 1.0).powf(0.2);
    Some(Candidate { quad, contact, score: fill * fill * support * plausible * size })
}

impl Quad {
    fn moved(mut self, by: f32) -> Self {
        self.corners = self.corners.map(|(x, y)| (x + by, y + by));
        self
    }
}

fn polygon_area(points: &[Point<i32>]) -> f32 {
    let next = points.iter().cycle().skip(1);
    (points.iter().zip(next).map(|(a, b)| i64::from(a.x) * i64::from(b.y) - i64::from(b.x) * i64::from(a.y)).sum::<i64>().abs() as f32) / 2.0
}

/// The hull with its shortest sides taken away, their neighbours prolonged until they meet, until four are left. Rounded
/// and bitten corners become corners again.
fn four_sides(hull: Vec<Point<i32>>) -> Option<[(f32, f32); 4]> {
    let mut points: Vec<(f32, f32)> = hull.into_iter().map(|p| (p.x as f32, p.y as f32)).collect();
    while points.len() > 4 {
        let count = points.len();
        // The side whose removal adds the least area.
        let (index, corner) = (0..count)
            .filter_map(|i| {
                let (before, a, b, after) = (points[(i + count - 1) % count], points[i], points[(i + 1) % count], points[(i + 2) % count]);
                let corner = meeting((before, a), (after, b))?;
                let added = ((a.0 - corner.0) * (b.1 - corner.1) - (a.1 - corner.1) * (b.0 - corner.0)).abs();
                // The new corner lies beyond both ends, or the neighbours run apart.
                let beyond = distance(before, corner) >= distance(before, a) && distance(after, corner) >= distance(after, b);
                beyond.then_some((i, corner, added))
            })
            .min_by(|x, y| x.2.total_cmp(&y.2))
            .map(|(i, corner, _)| (i, corner))?;
        points[index] = corner;
        points.remove((index + 1) % count);
    }
    points.try_into().ok()
}

/// Where two lines meet; `None` when they hardly do.
pub(super) fn meeting(one: ((f32, f32), (f32, f32)), two: ((f32, f32), (f32, f32))) -> Option<(f32, f32)> {
    let ((ax, ay), (bx, by)) = one;
    let ((cx, cy), (dx, dy)) = two;
    let (ux, uy, vx, vy) = (bx - ax, by - ay, dx - cx, dy - cy);
    let cross = ux * vy - uy * vx;
    if cross.abs() < 1e-3 * ux.hypot(uy) * vx.hypot(vy) || cross == 0.0 {
        return None;
    }
    let along = ((cx - ax) * vy - (cy - ay) * vx) / cross;
    Some((ax + along * ux, ay + along * uy))
}

/// Otsu's level among the values above `from`: where the remaining values fall apart into two groups best.
fn level_between(plane: &Plane, from: u8) -> u8 {
    let mut counts = [0_u64; 256];
    for value in plane.values.iter().filter(|value| **value >= from) {
        counts[usize::from(*value)] += 1;
    }
    let total: u64 = counts.iter().sum();
    let sum: f64 = counts.iter().enumerate().map(|(value, count)| value as f64 * *count as f64).sum();
    let (mut below, mut below_sum) = (0_u64, 0.0);
    let mut best = (from, -1.0);
    for (value, count) in counts.iter().enumerate().skip(usize::from(from)) {
        below += count;
        below_sum += value as f64 * *count as f64;
        if below == 0 || below == total {
            continue;
        }
        let (low, high) = (below_sum / below as f64, (sum - below_sum) / (total - below) as f64);
        let apart = below as f64 * (total - below) as f64 * (high - low) * (high - low);
        if apart > best.1 {
            best = (value as u8, apart);
        }
    }
    best.0
}

/// Without any quad: does the border of the picture look like the paper's margin all round?
fn is_all_paper(planes: &Planes) -> bool {
    let whiteness = planes.whiteness();
    let (w, h) = (whiteness.width, whiteness.height);
    let mut border: Vec<u8> = whiteness.values[..w].iter().chain(&whiteness.values[(h - 1) * w..]).copied().collect();
    border.extend((0..h).flat_map(|y| [whiteness.at(0, y), whiteness.at(w - 1, y)]));
    border.sort_unstable();
    let mut all = whiteness.values.clone();
    all.sort_unstable();
    let at = |sorted: &[u8], share: f32| i32::from(sorted[((sorted.len() - 1) as f32 * share) as usize]);
    let (low, usual) = (at(&border, 0.08), at(&border, 0.5));
    usual - low <= 28 && usual * 100 >= at(&all, 0.97) * 82
}
