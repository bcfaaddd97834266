//! Things on a page that have the size of letters: counted and measured, never read.
//!
//! The rule a newcomer would break: a letter is told by size only. Words whose letters run together count as one, a ruled
//! line or a portrait as none.

use super::tiles::{Grid, TILE_PX};

/// Heights of what may be a letter, in pixels of the flat page.
const HEIGHT_PX: std::ops::RangeInclusive<u16> = 4..=48;
/// A word of this many times its height is still print, a longer one is a rule.
const LENGTH_MAX: u16 = 14;
/// More runs of ink than this on one page are noise, and counting ends.
const RUNS_MAX: usize = 400_000;

/// What was found.
pub(super) struct Letters {
    pub(super) count: usize,
    /// Height that half of them do not reach, in pixels of the flat page. Zero without letters.
    pub(super) median_px: f32,
    /// One flag for each tile: print stands here.
    pub(super) tiles: Vec<bool>,
    /// Left, top, right, bottom of each, inclusive.
    pub(super) boxes: Vec<[u16; 4]>,
    /// Print cut off at the left, upper, right, lower border.
    pub(super) cut: [usize; 4],
}

/// First and last column of ink in a row, and the name of the mark it belongs to.
type Run = (u16, u16, u32);

#[derive(Clone, Copy)]
struct Mark {
    left: u16,
    right: u16,
    top: u16,
    bottom: u16,
}

/// Looks at the tiles for which `inked` says that they hold ink.
pub(super) fn find(grid: &Grid, inked: &[bool]) -> Letters {
    let marks = marks(grid, inked);
    let mut tiles = vec![false; grid.tiles.len()];
    let (mut heights, mut boxes) = (Vec::new(), Vec::new());
    let mut cut = [0; 4];
    let (w, h) = (grid.smooth.width as u16, grid.smooth.height as u16);
    for mark in &marks {
        let (wide, high) = (mark.right - mark.left + 1, mark.bottom - mark.top + 1);
        if !HEIGHT_PX.contains(&high) || wide < 2 || wide > high.saturating_mul(LENGTH_MAX) {
            continue;
        }
        heights.push(high);
        boxes.push([mark.left, mark.top, mark.right, mark.bottom]);
        let (column, row) = (usize::from(mark.left + wide / 2) / TILE_PX, usize::from(mark.top + high / 2) / TILE_PX);
        tiles[row * grid.columns + column] = true;
        for (side, at_border) in [mark.left == 0, mark.top == 0, mark.right + 1 >= w, mark.bottom + 1 >= h].into_iter().enumerate() {
            cut[side] += usize::from(at_border);
        }
    }
    heights.sort_unstable();
    let median_px = heights.get(heights.len() / 2).map_or(0.0, |height| f32::from(*height));
    Letters { count: heights.len(), median_px, tiles, boxes, cut }
}

/// Connected areas of ink as boxes, found by runs along rows and joined across rows.
fn marks(grid: &Grid, inked: &[bool]) -> Vec<Mark> {
    let (w, h) = (grid.smooth.width, grid.smooth.height);
    if w > usize::from(u16::MAX) || h > usize::from(u16::MAX) {
        return Vec::new();
    }
    // Ink is darker than the middle between the tile's paper and ink.
    let middle: Vec<u8> = grid.tiles.iter().zip(inked).map(|(t, inked)| if *inked { t.ink + t.contrast() / 2 } else { 0 }).collect();
    let mut parents: Vec<u32> = Vec::new();
    let mut boxes: Vec<Mark> = Vec::new();
    let mut above: Vec<Run> = Vec::new();
    let mut here: Vec<Run> = Vec::new();
    for y in 0..h {
        here.clear();
        let row = &grid.smooth.luma[y * w..(y + 1) * w];
        let levels = &middle[y / TILE_PX * grid.columns..(y / TILE_PX + 1) * grid.columns];
        let mut first_above = 0;
        let mut x = 0;
        while x < w {
            if row[x] >= levels[x / TILE_PX] {
                x += 1;
                continue;
            }
            let left = x;
            while x < w && row[x] < levels[x / TILE_PX] {
                x += 1;
            }
            let (left, right) = (left as u16, (x - 1) as u16);
            let name = parents.len() as u32;
            parents.push(name);
            boxes.push(Mark { left, right, top: y as u16, bottom: y as u16 });
            while first_above < above.len() && above[first_above].1 + 1 < left {
                first_above += 1;
            }
            for &(_, _, other) in above[first_above..].iter().take_while(|run| run.0 <= right + 1) {
                join(&mut parents, &mut boxes, name, other);
            }
            here.push((left, right, name));
            if parents.len() > RUNS_MAX {
                return Vec::new();
            }
        }
        std::mem::swap(&mut above, &mut here);
    }
    (0..parents.len()).filter(|i| parents[*i] == *i as u32).map(|i| boxes[i]).collect()
}

fn root(parents: &mut [u32], mut of: u32) -> u32 {
    while parents[of as usize] != of {
        parents[of as usize] = parents[parents[of as usize] as usize];
        of = parents[of as usize];
    }
    of
}

fn join(parents: &mut [u32], boxes: &mut [Mark], one: u32, two: u32) {
    let (a, b) = (root(parents, one), root(parents, two));
    if a == b {
        return;
    }
    let (into, from) = (a.min(b), a.max(b));
    parents[from as usize] = into;
    let (other, own) = (boxes[from as usize], &mut boxes[into as usize]);
    own.left = own.left.min(other.left);
    own.right = own.right.max(other.right);
    own.top = own.top.min(other.top);
    own.bottom = own.bottom.max(other.bottom);
}
