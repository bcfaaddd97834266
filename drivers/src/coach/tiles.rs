//! A flat page cut into square tiles: how bright the paper is in each, how dark the ink, how steep the edges.
//!
//! It knows nothing of papers or findings. The rule a newcomer would break: a tile is described by shares of its own pixels
//! (the brightest tenth, the darkest fiftieth), never by its extremes, which are noise and dust.

/// Side of a tile: one or two lines of print at the working size.
pub(super) const TILE_PX: usize = 32;
const PAPER_SHARE: usize = 10;
const INK_SHARE: usize = 40;
/// Of the pixels around letters this part is the steepest.
const SLOPE_SHARE: usize = 20;
/// From here on a pixel is as good as white.
const SATURATED: u8 = 250;

/// A flat grey page.
pub(super) struct Flat {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) luma: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tile {
    /// Brightness of the brightest tenth.
    pub(super) paper: u8,
    /// Brightness of the darkest fortieth.
    pub(super) ink: u8,
    pub(super) median: u8,
    /// Share of pixels that are as good as white.
    pub(super) white_share: f32,
    /// Average step between a pixel and its smoothed self.
    rough: f32,
}

impl Tile {
    pub(super) fn contrast(&self) -> u8 {
        self.paper.saturating_sub(self.ink)
    }
}

pub(super) struct Grid {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) tiles: Vec<Tile>,
    /// Deviation of the noise in the flat page, 0 to 255.
    pub(super) noise: f32,
    /// The page, lightly smoothed against noise.
    pub(super) smooth: Flat,
}

impl Grid {
    pub(super) fn of(flat: &Flat) -> Self {
        let smooth = smoothed(flat);
        let (columns, rows) = (flat.width.div_ceil(TILE_PX), flat.height.div_ceil(TILE_PX));
        let tiles: Vec<Tile> = (0..columns * rows).map(|i| tile(flat, &smooth, (i % columns) * TILE_PX, (i / columns) * TILE_PX)).collect();
        // The calmest third of the tiles is bare paper; white-out hides noise, so such tiles do not count.
        let mut rough: Vec<f32> = tiles.iter().filter(|t| t.white_share < 0.3 && t.paper > 4).map(|t| t.rough).collect();
        rough.sort_by(f32::total_cmp);
        // Mean deviation of normal noise is 0.8 of its standard deviation; the smoothing keeps 0.2 of the noise out of it.
        let noise = rough.get(rough.len() / 3).map_or(0.0, |r| r / 0.64);
        Grid { columns, rows, tiles, noise, smooth }
    }
}

fn tile(flat: &Flat, smooth: &Flat, left: usize, top: usize) -> Tile {
    let (right, bottom) = ((left + TILE_PX).min(flat.width), (top + TILE_PX).min(flat.height));
    let mut tones = [0_u16; 256];
    let (mut count, mut white, mut rough) = (0_usize, 0_usize, 0_u32);
    let width = flat.width;
    for y in top..bottom {
        let row = y * width;
        for x in left..right {
            let here = smooth.luma[row + x];
            tones[usize::from(here)] += 1;
            white += usize::from(flat.luma[row + x] >= SATURATED);
            rough += u32::from(flat.luma[row + x].abs_diff(here));
            count += 1;
        }
    }
    Tile {
        paper: from_above(&tones, count / PAPER_SHARE),
        ink: from_below(&tones, count / INK_SHARE),
        median: from_below(&tones, count / 2),
        white_share: white as f32 / count.max(1) as f32,
        rough: rough as f32 / count.max(1) as f32,
    }
}

fn from_above(counts: &[u16; 256], mut left_over: usize) -> u8 {
    (0..=255_u8).rev().find(|value| take(&mut left_over, counts[usize::from(*value)])).unwrap_or(0)
}

fn from_below(counts: &[u16; 256], mut left_over: usize) -> u8 {
    (0..=255_u8).find(|value| take(&mut left_over, counts[usize::from(*value)])).unwrap_or(255)
}

/// For each tile, the step between neighbours that only a twentieth exceeds: to the right, downwards, and along both
/// diagonals. A movement leaves the steps across it, so the smallest of them tells. Only pixels inside `boxes` count
/// (left, top, right, bottom, all inclusive), so that ruled lines and portraits say nothing about print.
pub(super) fn slopes(grid: &Grid, boxes: &[[u16; 4]]) -> Vec<[u8; 4]> {
    let smooth = &grid.smooth;
    let (w, h) = (smooth.width, smooth.height);
    let mut wanted = vec![boxes.is_empty(); w * h];
    for [left, top, right, bottom] in boxes {
        for y in usize::from(*top).saturating_sub(1)..(usize::from(*bottom) + 2).min(h) {
            wanted[y * w + usize::from(*left).saturating_sub(1)..y * w + (usize::from(*right) + 2).min(w)].fill(true);
        }
    }
    let tile = |index: usize| {
        let (left, top) = (index % grid.columns * TILE_PX, index / grid.columns * TILE_PX);
        let (mut steps, mut count) = ([[0_u16; 256]; 4], 0);
        for y in top..(top + TILE_PX).min(h) {
            let (row, below) = (y * w, (y + 1).min(h - 1) * w);
            for x in (left..(left + TILE_PX).min(w)).filter(|x| wanted[row + x]) {
                let here = smooth.luma[row + x];
                let (before, after) = (x.saturating_sub(1), (x + 1).min(w - 1));
                let near = [smooth.luma[row + after], smooth.luma[below + x], smooth.luma[below + after], smooth.luma[below + before]];
                for (counts, value) in steps.iter_mut().zip(near) {
                    counts[usize::from(here.abs_diff(value))] += 1;
                }
                count += 1;
            }
        }
        steps.map(|counts| from_above(&counts, count / SLOPE_SHARE))
    };
    (0..grid.tiles.len()).map(tile).collect()
}

/// Counts down; true when these pixels reach the share.
fn take(left_over: &mut usize, count: u16) -> bool {
    match left_over.checked_sub(usize::from(count)) {
        Some(rest) if count == 0 || rest > 0 => {
            *left_over = rest;
            false
        }
        Some(_) | None => count > 0,
    }
}

/// Weights 1 2 1 in both directions.
fn smoothed(flat: &Flat) -> Flat {
    let (w, h) = (flat.width, flat.height);
    let mut level = vec![0_u16; w * h];
    for (row, out) in flat.luma.chunks_exact(w).zip(level.chunks_exact_mut(w)) {
        for x in 0..w {
            out[x] = u16::from(row[x.saturating_sub(1)]) + 2 * u16::from(row[x]) + u16::from(row[(x + 1).min(w - 1)]);
        }
    }
    let mut luma = vec![0; w * h];
    for y in 0..h {
        let (above, below) = (y.saturating_sub(1) * w, (y + 1).min(h - 1) * w);
        for x in 0..w {
            luma[y * w + x] = ((level[above + x] + 2 * level[y * w + x] + level[below + x] + 8) >> 4) as u8;
        }
    }
    Flat { width: w, height: h, luma }
}
