//! Pixels to figures: the paper is laid flat at a fixed size, cut into tiles, and its print is measured there.
//!
//! It decides nothing; `verdict.rs` does. The rule a newcomer would break: print is measured at a fixed number of pixels a
//! millimetre, so that the same blur gives the same figure whether the camera has one megapixel or twelve.

use super::letters::{self, Letters};
use super::outline::Found;
use super::quad::Quad;
use super::straighten::{flat_size, flatten};
use super::tiles::{Flat, Grid, slopes};
use super::{Expected, Region, Shape};
use crate::picture::RgbPage;

/// Long side of a flat sheet: 4.5 pixels a millimetre on A4, where 10 point print is 9 pixels high.
pub(super) const SHEET_LONG_PX: u32 = 1336;
/// Long side of a flat card: 7.8 pixels a millimetre, where the print of a KTP is 10 pixels high.
pub(super) const CARD_LONG_PX: u32 = 668;
/// What the outline may be off; nothing of the desk may enter the flat page.
const INSET_SHARE: f32 = 0.012;
/// Weaker marks are paper grain and print that shows through from the back.
const INK_CONTRAST_MIN: f32 = 16.0;
/// Marks weaker than this many deviations of the noise are noise.
const INK_NOISE_MIN: f32 = 6.5;
/// Print is expected between two tiles of print that are at most this far apart.
const GAP_TILES_MAX: isize = 7;
const WIDE_GAP_TILES_MAX: isize = 14;
/// A tile this white, with nothing on it, may be a reflection.
const GLARE_WHITE_SHARE: f32 = 0.75;
/// On paper this bright a reflection cannot be told from paper.
const GLARE_PAPER_MAX: f32 = 243.0;
/// A tile this much darker than the page is in a shadow.
const SHADE_SHARE: f32 = 0.6;
/// In a shadow darker than this nothing is legible.
pub(super) const SHADE_PAPER_MAX: u8 = 58;
/// Letters on a flat sheet are below, on a card laid flat at the same size above.
const SHEET_LETTER_PX_MAX: f32 = 14.5;
const CARD_LETTER_PX_MIN: f32 = 17.0;
const SHEET_LETTERS_MIN: usize = 120;
const CARD_LETTERS_MIN: usize = 60;

/// Which kind of paper the print itself speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sheet,
    Card,
}

/// Shares of the print, and where.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spoilt {
    /// With print on all four sides: print was there.
    pub(super) surrounded: f32,
    /// With print on two opposite sides at least: print was there unless the paper has a gap.
    pub(super) between: f32,
    pub(super) region: Option<Region>,
}

#[derive(Debug)]
pub(super) struct Measured {
    /// Brightness of the paper, 0 to 255.
    pub(super) paper: f32,
    /// Paper less ink, in half of the tiles with print.
    pub(super) contrast: f32,
    pub(super) noise: f32,
    /// Steepness of edges in the direction where it is least, in shares of the page's usual contrast.
    pub(super) sharpness: f32,
    /// The same for the steepest edges of the page, whatever they belong to; tells where there is hardly any print.
    pub(super) steepest: f32,
    /// Share of tiles with ink.
    pub(super) inked_share: f32,
    pub(super) letters: usize,
    pub(super) cut: [usize; 4],
    /// Told by the size of letters, when there are enough.
    pub(super) told: Option<Kind>,
    /// Share of tiles that are one dark area, such as a portrait's ground.
    pub(super) solid_share: f32,
    pub(super) glare: Spoilt,
    pub(super) shade: Spoilt,
    pub(super) mean_luma: f32,
}

pub(super) fn measure(page: &RgbPage, found: Option<&Found>, expected: &Expected) -> Measured {
    let picture = (page.width() as f32, page.height() as f32);
    let whole = Quad::frame(page.width(), page.height());
    let quad = match found {
        Some(found) if !found.fills => inset(&found.quad),
        _ => whole,
    };
    let shape = if found.is_some_and(|found| !found.fills) { expected.shape } else { Shape::Any };
    let first = Look::at(page, &quad, shape, picture, SHEET_LONG_PX);
    let told = first.told();
    let ratio = quad.true_ratio(picture);
    let looks_like_card = match (told, expected.shape) {
        (Some(kind), _) => kind == Kind::Card,
        (None, Shape::Any) => ratio.max(1.0 / ratio) > 1.5,
        (None, shape) => shape == Shape::Card,
    };
    let look = if looks_like_card && found.is_some() { Look::at(page, &quad, shape, picture, CARD_LONG_PX) } else { first };
    look.figures(page, &quad, told)
}

fn inset(quad: &Quad) -> Quad {
    let middle = super::quad::centre(&quad.corners);
    let by = 1.0 - 2.0 * INSET_SHARE;
    Quad { corners: quad.corners.map(|(x, y)| (middle.0 + (x - middle.0) * by, middle.1 + (y - middle.1) * by)) }
}

/// Should there be print on a tile?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expectation {
    None,
    Between,
    Surrounded,
}

/// One flat page with its tiles and letters.
struct Look {
    grid: Grid,
    inked: Vec<bool>,
    letters: Letters,
}

impl Look {
    fn at(page: &RgbPage, quad: &Quad, shape: Shape, picture: (f32, f32), long_px: u32) -> Self {
        let (width, height) = flat_size(quad, shape, picture, long_px);
        // A small picture is brought to the size at which print is judged; blur shows there as blur.
        let grow = (long_px as f32 / width.max(height) as f32).min(8.0);
        let side = |px: u32| ((px as f32 * grow).round() as u32).clamp(1, long_px);
        let (width, height) = (side(width), side(height));
        let grey = |d: [u8; 3]| [((u32::from(d[0]) * 77 + u32::from(d[1]) * 150 + u32::from(d[2]) * 29) >> 8) as u8];
        let luma = flatten(page, quad, width, height, grey).map_or_else(|| vec![mean_luma(page) as u8; (width * height) as usize], |dots| dots.concat());
        let grid = Grid::of(&Flat { width: width as usize, height: height as usize, luma });
        let ink_min = INK_CONTRAST_MIN.max(INK_NOISE_MIN * grid.noise * SMOOTHED_NOISE);
        let inked: Vec<bool> = grid.tiles.iter().map(|t| f32::from(t.contrast()) >= ink_min).collect();
        let letters = letters::find(&grid, &inked);
        Look { grid, inked, letters }
    }

    fn told(&self) -> Option<Kind> {
        match self.letters.median_px {
            px if px <= SHEET_LETTER_PX_MAX && self.letters.count >= SHEET_LETTERS_MIN => Some(Kind::Sheet),
            px if px >= CARD_LETTER_PX_MIN && self.letters.count >= CARD_LETTERS_MIN => Some(Kind::Card),
            _ => None,
        }
    }

    fn figures(self, page: &RgbPage, quad: &Quad, told: Option<Kind>) -> Measured {
        let grid = &self.grid;
        let inked_count = self.inked.iter().filter(|inked| **inked).count();
        // Print is judged where letters stand; a heavy blur leaves no letters, then wherever there is ink.
        let print: Vec<bool> = if self.letters.count >= FEW_LETTERS {
            self.letters.tiles.iter().zip(&self.inked).map(|(letters, inked)| *letters && *inked).collect()
        } else {
            self.inked.clone()
        };
        let over = |which: &[bool], of: &dyn Fn(usize) -> f32| -> Vec<f32> { which.iter().enumerate().filter(|(_, on)| **on).map(|(i, _)| of(i)).collect() };
        let tiles = &grid.tiles;
        let contrasts = over(&print, &|i| f32::from(tiles[i].contrast()));
        let usual = share_of(contrasts.clone(), 0.5).max(1.0);
        let slopes = slopes(grid, if self.letters.count >= FEW_LETTERS { &self.letters.boxes } else { &[] });
        let slope = |way: usize| share_of(over(&print, &|i| f32::from(slopes[i][way])), FINE_SHARE) / (usual * WAY_PX[way]);
        let everywhere = vec![true; tiles.len()];
        let paper_of = |i: usize| f32::from(tiles[i].paper);
        let paper = if inked_count > 0 { share_of(over(&print, &paper_of), 0.6) } else { share_of(over(&everywhere, &paper_of), 0.5) };
        let solid = |t: &super::tiles::Tile| f32::from(t.median) < 0.68 * paper;
        let is_bold = |i: usize| f32::from(tiles[i].contrast()) >= usual;
        let bold: Vec<bool> = print.iter().enumerate().map(|(i, on)| *on && is_bold(i)).collect();
        let steep = |way: usize| share_of(over(&bold, &|i| f32::from(slopes[i][way]) / f32::from(tiles[i].contrast().max(1))), 0.95) / WAY_PX[way];
        let expected_print = self.expected_print();
        Measured {
            paper,
            contrast: usual,
            noise: grid.noise,
            sharpness: (0..WAY_PX.len()).map(slope).fold(f32::MAX, f32::min),
            steepest: (0..WAY_PX.len()).map(steep).fold(f32::MAX, f32::min),
            inked_share: inked_count as f32 / tiles.len().max(1) as f32,
            letters: self.letters.count,
            cut: self.letters.cut,
            told,
            solid_share: tiles.iter().filter(|t| solid(t)).count() as f32 / tiles.len().max(1) as f32,
            glare: self.glare(paper, &expected_print, quad, page),
            shade: self.shade(paper, &expected_print, quad, page),
            mean_luma: mean_luma(page),
        }
    }

    /// For each tile: print, or print on all sides, or print on two opposite sides.
    fn expected_print(&self) -> Vec<Expectation> {
        let (columns, rows) = (self.grid.columns as isize, self.grid.rows as isize);
        let place = |i: usize, reach: isize| {
            let (column, row) = (i as isize % columns, i as isize / columns);
            let near = |dx: isize, dy: isize| {
                (1..=reach).any(|far| {
                    let (x, y) = (column + dx * far, row + dy * far);
                    (0..columns).contains(&x) && (0..rows).contains(&y) && self.letters.tiles[(y * columns + x) as usize]
                })
            };
            (near(-1, 0) && near(1, 0), near(0, -1) && near(0, 1))
        };
        let expect = |i: usize| match (place(i, GAP_TILES_MAX), place(i, WIDE_GAP_TILES_MAX)) {
            _ if self.letters.tiles[i] => Expectation::Surrounded,
            ((true, true), _) => Expectation::Surrounded,
            (_, (true, _) | (_, true)) => Expectation::Between,
            _ => Expectation::None,
        };
        (0..self.grid.tiles.len()).map(expect).collect()
    }

    /// Tiles that are white all over where print is expected.
    fn glare(&self, paper: f32, expected: &[Expectation], quad: &Quad, page: &RgbPage) -> Spoilt {
        if paper > GLARE_PAPER_MAX {
            return Spoilt::default();
        }
        self.spoilt(expected, quad, page, |i| {
            let tile = &self.grid.tiles[i];
            tile.white_share >= GLARE_WHITE_SHARE && !self.letters.tiles[i]
        })
    }

    /// Tiles that are much darker than the page where print is expected.
    fn shade(&self, paper: f32, expected: &[Expectation], quad: &Quad, page: &RgbPage) -> Spoilt {
        self.spoilt(expected, quad, page, |i| {
            let tile = &self.grid.tiles[i];
            f32::from(tile.paper) < SHADE_SHARE * paper && tile.paper < SHADE_PAPER_MAX
        })
    }

    fn spoilt(&self, expected: &[Expectation], quad: &Quad, page: &RgbPage, is_spoilt: impl Fn(usize) -> bool) -> Spoilt {
        let print = self.letters.tiles.iter().filter(|on| **on).count();
        let places: Vec<usize> = (0..expected.len()).filter(|i| expected[*i] != Expectation::None && is_spoilt(*i)).collect();
        if places.is_empty() {
            return Spoilt::default();
        }
        let (columns, rows) = (self.grid.columns as f32, self.grid.rows as f32);
        let place = |i: &usize| ((*i % self.grid.columns) as f32, (*i / self.grid.columns) as f32);
        let least = |pick: fn((f32, f32)) -> f32| places.iter().map(|i| pick(place(i))).fold(f32::MAX, f32::min);
        let most = |pick: fn((f32, f32)) -> f32| places.iter().map(|i| pick(place(i))).fold(0.0, f32::max) + 1.0;
        let flat = (least(|p| p.0), least(|p| p.1), most(|p| p.0), most(|p| p.1));
        let surrounded = places.iter().filter(|i| expected[**i] == Expectation::Surrounded).count();
        let share = |count: usize| count as f32 / (print + count).max(1) as f32;
        Spoilt { surrounded: share(surrounded), between: share(places.len()), region: in_picture(quad, (columns, rows), flat, page) }
    }
}

/// With fewer letters than this, anything inked is looked at.
const FEW_LETTERS: usize = 12;
/// The page is as sharp as this share of its print at most: small print is lost before headings are.
const FINE_SHARE: f32 = 0.35;
/// What the light smoothing of the tiles leaves of noise.
const SMOOTHED_NOISE: f32 = 0.375;
/// Distance of the neighbours whose steps a tile counts.
const WAY_PX: [f32; 4] = [1.0, 1.0, std::f32::consts::SQRT_2, std::f32::consts::SQRT_2];

/// A rectangle of the flat page as a rectangle of the picture, in shares.
fn in_picture(quad: &Quad, size: (f32, f32), flat: (f32, f32, f32, f32), page: &RgbPage) -> Option<Region> {
    let projection = quad.projection_from(size.0, size.1)?;
    let corners = [(flat.0, flat.1), (flat.2, flat.1), (flat.2, flat.3), (flat.0, flat.3)].map(|corner| projection * corner);
    Some(Quad { corners }.region(page.width(), page.height()))
}

impl Quad {
    /// The smallest upright rectangle around it, in shares of the picture.
    pub(super) fn region(&self, width: u32, height: u32) -> Region {
        let (left, top, right, bottom) = self.bounds();
        let share = |value: f32, of: u32| (value / of as f32).clamp(0.0, 1.0);
        Region { left: share(left, width), top: share(top, height), right: share(right, width), bottom: share(bottom, height) }
    }
}

/// The value that this share of all values does not exceed; zero of none.
fn share_of(mut values: Vec<f32>, share: f32) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get((values.len().saturating_sub(1) as f32 * share) as usize).copied().unwrap_or(0.0)
}

fn mean_luma(page: &RgbPage) -> f32 {
    // Every third row of every third column is plenty for an average.
    let (mut sum, mut count) = (0_u64, 0_u64);
    for row in page.pixels().chunks_exact(page.width() as usize * 3).step_by(3) {
        for dot in row.chunks_exact(3).step_by(3) {
            sum += (u64::from(dot[0]) * 77 + u64::from(dot[1]) * 150 + u64::from(dot[2]) * 29) >> 8;
            count += 1;
        }
    }
    sum as f32 / count.max(1) as f32
}
