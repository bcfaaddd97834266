//! A picture with its light taken out: every place gets the contrast of its own surroundings.
//!
//! It is not made for eyes. The rule a newcomer would break: contrast below [`RANGE_FLOOR`] is grain and stays weak, or the
//! grain of an empty wall would fill the view with edges.

use super::guide::Region;
use crate::picture::Luma;

/// Side of a block in pixels. Means and ranges are taken over blocks, which costs a fraction of a window for each pixel.
const BLOCK_PX: usize = 8;
/// Blocks on each side of a block that count as its surroundings: 7 blocks are 56 pixels, more than a code's corner at the
/// sizes that need help.
const REACH_BLOCKS: usize = 3;
/// Grey levels between dark and light below which a place is taken as plain.
const RANGE_FLOOR: i32 = 40;

/// Every pixel stretched around the mean of its surroundings to 128 plus or minus half of `STRETCH`.
pub(super) fn flatten(luma: &Luma) -> Luma {
    const STRETCH: i32 = 230;
    let (width, height) = (luma.width() as usize, luma.height() as usize);
    let mut pixels = luma.pixels().to_vec();
    let (columns, rows) = (width.div_ceil(BLOCK_PX), height.div_ceil(BLOCK_PX));
    let blocks = surroundings(&measure(&pixels, width, height), columns, rows);
    for (y, line) in pixels.chunks_exact_mut(width).enumerate() {
        let row = &blocks[y / BLOCK_PX * columns..][..columns];
        for (part, block) in line.chunks_mut(BLOCK_PX).zip(row) {
            let gain = (STRETCH << 8) / block.range().max(RANGE_FLOOR);
            let mean = block.mean();
            for pixel in part {
                *pixel = (128 + (((i32::from(*pixel) - mean) * gain) >> 8)).clamp(0, 255) as u8;
            }
        }
    }
    Luma::new(luma.width(), luma.height(), pixels).expect("no pixel was added or taken away")
}

/// One part of a picture. `None` when nothing of the region lies inside.
pub(super) fn cropped(luma: &Luma, region: Region) -> Option<Luma> {
    let region = region.clipped(luma.width(), luma.height())?;
    let lines = luma.pixels().chunks_exact(luma.width() as usize).skip(region.top as usize).take(region.height as usize);
    let pixels = lines.flat_map(|line| &line[region.left as usize..][..region.width as usize]).copied().collect();
    Luma::new(region.width, region.height, pixels)
}

/// Edges that a lens out of focus took away, in part: what a wide smoothing removes is added again. Costs grain, so it comes
/// after smoothing.
pub(super) fn sharpened(luma: &Luma) -> Luma {
    /// Times of smoothing; four are a Gaussian of about 1.4 pixels.
    const WIDE: usize = 4;
    /// How much of the removed is added, in quarters.
    const QUARTERS: i32 = 8;
    let wide = (0..WIDE).fold(luma.clone(), |soft, _| smoothed(&soft));
    let sharp = |(here, around): (&u8, &u8)| (i32::from(*here) + (i32::from(*here) - i32::from(*around)) * QUARTERS / 4).clamp(0, 255) as u8;
    Luma::new(luma.width(), luma.height(), luma.pixels().iter().zip(wide.pixels()).map(sharp).collect()).expect("no pixel was added or taken away")
}

#[derive(Clone, Copy)]
struct Block {
    darkest: u8,
    lightest: u8,
    sum: u32,
    count: u32,
}

impl Block {
    const NOTHING: Block = Block { darkest: 255, lightest: 0, sum: 0, count: 0 };

    fn with(self, other: Block) -> Block {
        Block {
            darkest: self.darkest.min(other.darkest),
            lightest: self.lightest.max(other.lightest),
            sum: self.sum + other.sum,
            count: self.count + other.count,
        }
    }

    fn mean(self) -> i32 {
        (self.sum / self.count.max(1)) as i32
    }

    fn range(self) -> i32 {
        i32::from(self.lightest) - i32::from(self.darkest)
    }
}

fn measure(pixels: &[u8], width: usize, height: usize) -> Vec<Block> {
    let columns = width.div_ceil(BLOCK_PX);
    let mut blocks = vec![Block::NOTHING; columns * height.div_ceil(BLOCK_PX)];
    for (y, line) in pixels.chunks_exact(width).enumerate() {
        let row = &mut blocks[y / BLOCK_PX * columns..][..columns];
        for (part, block) in line.chunks(BLOCK_PX).zip(row) {
            for pixel in part {
                block.darkest = block.darkest.min(*pixel);
                block.lightest = block.lightest.max(*pixel);
                block.sum += u32::from(*pixel);
            }
            block.count += part.len() as u32;
        }
    }
    blocks
}

/// Every block joined with its neighbours, first along the rows and then along the columns.
fn surroundings(blocks: &[Block], columns: usize, rows: usize) -> Vec<Block> {
    let near = |at: usize, end: usize| at.saturating_sub(REACH_BLOCKS)..(at + REACH_BLOCKS + 1).min(end);
    let all = 0..rows * columns;
    let across: Vec<Block> =
        all.clone().map(|at| near(at % columns, columns).fold(Block::NOTHING, |sum, x| sum.with(blocks[at / columns * columns + x]))).collect();
    all.map(|at| near(at / columns, rows).fold(Block::NOTHING, |sum, y| sum.with(across[y * columns + at % columns]))).collect()
}

/// Binomial smoothing, 1 2 1 in both directions, against grain; the outermost pixels stay as they are.
pub(super) fn smoothed(luma: &Luma) -> Luma {
    let (width, height) = (luma.width() as usize, luma.height() as usize);
    if width < 3 || height < 3 {
        return luma.clone();
    }
    let pixels = luma.pixels();
    let mut out = pixels.to_vec();
    let mut column = vec![0_u16; width];
    for y in 1..height - 1 {
        let line = |row: usize| &pixels[row * width..][..width];
        let (above, here, below) = (line(y - 1), line(y), line(y + 1));
        for (sum, ((a, h), b)) in column.iter_mut().zip(above.iter().zip(here).zip(below)) {
            *sum = u16::from(*a) + 2 * u16::from(*h) + u16::from(*b);
        }
        for (pixel, part) in out[y * width + 1..][..width - 2].iter_mut().zip(column.windows(3)) {
            *pixel = ((part[0] + 2 * part[1] + part[2] + 8) >> 4) as u8;
        }
    }
    Luma::new(luma.width(), luma.height(), out).expect("no pixel was added or taken away")
}
