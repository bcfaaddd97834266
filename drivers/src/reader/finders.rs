//! Where corners of a code may be: runs of dark and light in the proportion 1:1:3:1:1 (ISO/IEC 18004, section 6.3.3).
//!
//! It reads no code and is no engine. It answers whether a slow engine is worth its time, and on which part of the view.
//!
//! The rule a newcomer would break: the number of corners is bounded. A sheet full of codes keeps rqrr busy for minutes
//! (WanzenBug/rqrr issue 50), so a crowd is an answer of its own.

use super::guide::Region;
use crate::picture::Luma;

/// More corners than four codes have are a crowd, for which no slow engine is started.
pub(super) const CORNERS_MAX: usize = 12;
/// Two corners are enough to look closer: an engine may see the third where this scan does not.
const CORNERS_MIN: usize = 2;
/// Lines between two scanned lines, plus one.
const LINE_STEP: usize = 2;
/// Shortest corner, in pixels: seven modules of a bit less than two pixels.
const CORNER_PX_MIN: usize = 12;
/// Around the outermost corners, in modules: half a corner, the quiet zone, and room for a lean.
const MARGIN_MODULES: f64 = 10.0;
/// Grey levels from the middle at which a pixel of a flattened picture counts: on a plain place everything is near the middle,
/// and its grain may not look like corners.
const FROM_MIDDLE: u8 = 16;

/// What the scan found for one polarity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Evidence {
    /// Nothing worth a closer look.
    None,
    /// A code may be here.
    Here(Region),
    /// More corners than [`CORNERS_MAX`].
    Crowd,
}

/// Evidence for dark codes on light ground and for light codes on dark ground, in a flattened picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sighting {
    pub(super) dark: Evidence,
    pub(super) light: Evidence,
}

#[derive(Clone, Copy, Debug)]
struct Corner {
    x: f64,
    y: f64,
    module_px: f64,
}

/// Scans a flattened picture, once for each polarity.
pub(super) fn look(flat: &Luma) -> Sighting {
    Sighting { dark: judge(&corners(flat, |level| level < 128 - FROM_MIDDLE)), light: judge(&corners(flat, |level| level > 127 + FROM_MIDDLE)) }
}

/// At most one more than [`CORNERS_MAX`] corners whose ink is where `is_ink` says.
fn corners(flat: &Luma, is_ink: impl Fn(u8) -> bool + Copy) -> Vec<Corner> {
    let width = flat.width() as usize;
    let mut found: Vec<Corner> = Vec::new();
    let mut edges: Vec<usize> = Vec::with_capacity(width + 1);
    for (y, line) in flat.pixels().chunks_exact(width).enumerate().step_by(LINE_STEP) {
        edges.clear();
        edges.push(0);
        edges.extend(line.windows(2).enumerate().filter(|(_, pair)| is_ink(pair[0]) != is_ink(pair[1])).map(|(x, _)| x + 1));
        edges.push(width);
        // Runs take turns, so every second window begins with ink.
        for part in edges.windows(6).skip(usize::from(!is_ink(line[0]))).step_by(2) {
            let span = part[5] - part[0];
            if span < CORNER_PX_MIN || !has_proportions(&runs(part)) {
                continue;
            }
            if let Some(corner) = confirmed(flat, is_ink, (part[2] + part[3]) / 2, y, span)
                && !found.iter().any(|old| (old.x - corner.x).hypot(old.y - corner.y) < 4.0 * old.module_px)
            {
                found.push(corner);
                if found.len() > CORNERS_MAX {
                    return found;
                }
            }
        }
    }
    found
}

fn runs(edges: &[usize]) -> [usize; 5] {
    std::array::from_fn(|run| edges[run + 1] - edges[run])
}

/// 1:1:3:1:1, each run within three quarters of a module: blur and a lean shift edges.
fn has_proportions(runs: &[usize; 5]) -> bool {
    let total: usize = runs.iter().sum();
    // In units of a 28th of the corner, so that three quarters of a module are three units.
    let is = |run: usize, modules: usize| (run * 28).abs_diff(modules * 4 * total) <= 3 * total;
    is(runs[0], 1) && is(runs[1], 1) && is(runs[2], 3) && is(runs[3], 1) && is(runs[4], 1)
}

/// The same proportions along the column through the middle, of about the same size.
fn confirmed(flat: &Luma, is_ink: impl Fn(u8) -> bool, x: usize, y: usize, span: usize) -> Option<Corner> {
    let (width, height) = (flat.width() as usize, flat.height() as usize);
    let ink = |y: usize| is_ink(flat.pixels()[y * width + x]);
    let reach = span * 3 / 2;
    let mut edges = [0_usize; 6];
    // From the middle outwards: three changes of colour on each side; the end of the view counts as one.
    for (side, step_down) in [(0, false), (1, true)] {
        let (mut at, mut colour) = (y, ink(y));
        for change in 0..3 {
            loop {
                let next = if step_down { at + 1 } else { at.checked_sub(1)? };
                if next >= height || next.abs_diff(y) > reach {
                    return None;
                }
                at = next;
                if ink(at) != colour {
                    colour = !colour;
                    break;
                }
            }
            edges[if side == 0 { 2 - change } else { 3 + change }] = if side == 0 { at + 1 } else { at };
        }
    }
    let column = runs(&edges);
    let total: usize = column.iter().sum();
    let alike = total * 5 >= span * 2 && total * 2 <= span * 5;
    (alike && has_proportions(&column)).then(|| Corner { x: x as f64, y: (edges[2] + edges[3]) as f64 / 2.0, module_px: span.max(total) as f64 / 7.0 })
}

fn judge(corners: &[Corner]) -> Evidence {
    if corners.len() > CORNERS_MAX {
        return Evidence::Crowd;
    }
    if corners.len() < CORNERS_MIN {
        return Evidence::None;
    }
    let ends = |value: fn(&Corner) -> f64| corners.iter().map(value).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    let ((left, right), (top, bottom)) = (ends(|c| c.x), ends(|c| c.y));
    let module_px = ends(|c| c.module_px).1;
    // With two corners only, the third lies as far away as they are from each other.
    let unseen = if corners.len() == 2 { (right - left).hypot(bottom - top) } else { 0.0 };
    let margin = MARGIN_MODULES * module_px + unseen;
    let from = |value: f64| (value - margin).max(0.0) as u32;
    let (left, top, right, bottom) = (from(left), from(top), (right + margin) as u32, (bottom + margin) as u32);
    Evidence::Here(Region { left, top, width: right - left, height: bottom - top })
}
