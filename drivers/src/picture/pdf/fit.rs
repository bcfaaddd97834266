//! One page to a JPEG that fits its share of the budget, with few tries.
//!
//! A quarter of the rows is encoded twice to foresee the size; then the page is encoded once, rarely twice. The rule a
//! newcomer would break: encoding is what costs time (a tenth of a second for an A4 page at 200 dpi), so no search by trying.

use super::segments::{PlainJpeg, without_remarks};
use super::{LEGIBLE_DPI_MIN, SHEET_DPI_MAX, Sheet};
use crate::picture::RgbPage;
use crate::picture::encode::{QUALITY_MIN, fitted};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageError};

/// Above this a page only grows.
const QUALITY_MAX: u8 = 85;
/// Encodings of one page until its share is met or its smallest form is reached.
const TRIES_MAX: usize = 4;
/// What is foreseen is aimed this much below the share.
const AIM: f64 = 0.95;
/// A smaller copy has fewer pixels with more in each: bytes fall with this power of the side.
const SIDE_POWER: f64 = 1.5;
/// Rows of the sample: bands of this many, one band out of four.
const BAND_ROWS: u32 = 32;
const BAND_PERIOD: u32 = 4;
/// A pixel whose colours differ by more than this is coloured; ink of stamps and pens differs by more.
const GRAY_SPREAD_MAX: u8 = 44;
/// One coloured pixel in this many makes a page coloured: a blue signature is about one in three hundred.
const GRAY_PIXELS_PER_COLOURED: usize = 4000;

/// A finished picture.
#[derive(Clone)]
pub(super) struct Fitted {
    pub(super) jpeg: PlainJpeg,
    /// `None` for one that came finished.
    pub(super) quality: Option<u8>,
    /// Smaller would not be legible.
    pub(super) smallest: bool,
}

impl Fitted {
    pub(super) fn as_it_is(jpeg: PlainJpeg) -> Self {
        Fitted { jpeg, quality: None, smallest: false }
    }
}

/// What is foreseen for a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial {
    /// At its largest size, in the lowest and in the best quality.
    low_bytes: f64,
    high_bytes: f64,
    /// Long side in pixels: the largest that leaves, and the smallest that is legible.
    long_max_px: u32,
    long_min_px: u32,
    gray: bool,
}

impl Trial {
    /// Looks at a page.
    pub(super) fn of(page: &RgbPage, sheet: Sheet) -> Result<Self, ImageError> {
        let long = page.width().max(page.height());
        let long_max_px = long.min(sheet.long_side_px(SHEET_DPI_MAX));
        // A page that came smaller than is legible is not made smaller still.
        let long_min_px = long_max_px.min(sheet.long_side_px(LEGIBLE_DPI_MIN));
        let gray = is_gray(page);
        let (sample, share) = bands(page);
        let side = f64::from(long_max_px) / f64::from(long);
        let whole = |bytes: usize| bytes as f64 / share * side.powf(SIDE_POWER);
        let low_bytes = whole(encode(&sample, gray, QUALITY_MIN)?.len());
        let high_bytes = whole(encode(&sample, gray, QUALITY_MAX)?.len()).max(low_bytes);
        Ok(Trial { low_bytes, high_bytes, long_max_px, long_min_px, gray })
    }

    /// In its best form.
    pub(super) fn most_bytes(&self) -> usize {
        (self.high_bytes / AIM) as usize
    }

    /// In its smallest legible form.
    pub(super) fn least_bytes(&self) -> usize {
        let side = f64::from(self.long_min_px) / f64::from(self.long_max_px);
        (self.low_bytes * side.powf(SIDE_POWER)) as usize
    }

    /// Quality and long side that are foreseen to give `bytes`: quality falls first, then size.
    fn form_for(&self, bytes: f64) -> (u8, u32) {
        if bytes >= self.high_bytes {
            return (QUALITY_MAX, self.long_max_px);
        }
        if bytes >= self.low_bytes {
            // Between the two sizes that were seen, bytes grow about evenly in their logarithm.
            let share = (bytes / self.low_bytes).ln() / (self.high_bytes / self.low_bytes).ln();
            let quality = f64::from(QUALITY_MIN) + share * f64::from(QUALITY_MAX - QUALITY_MIN);
            return (quality as u8, self.long_max_px);
        }
        let side = (bytes / self.low_bytes).powf(1.0 / SIDE_POWER);
        (QUALITY_MIN, ((f64::from(self.long_max_px) * side) as u32).clamp(self.long_min_px, self.long_max_px))
    }
}

/// Encodes the page for at most `share_bytes`, or in its smallest legible form.
pub(super) fn to_share(page: &RgbPage, trial: &Trial, share_bytes: usize) -> Result<Fitted, ImageError> {
    let mut aim = share_bytes as f64 * AIM;
    let mut tries_left = TRIES_MAX;
    loop {
        let (quality, long_px) = if tries_left > 1 { trial.form_for(aim) } else { (QUALITY_MIN, trial.long_min_px) };
        let (width, height) = fitted(page.width(), page.height(), long_px);
        let small = shrunk(page, width, height);
        let bytes = encode(small.as_ref().unwrap_or(page), trial.gray, quality)?;
        let smallest = quality == QUALITY_MIN && long_px == trial.long_min_px;
        if bytes.len() <= share_bytes || smallest {
            let jpeg = without_remarks(&bytes).expect("our own encoder writes a JPEG of 8 bits with one or three components");
            return Ok(Fitted { jpeg, quality: Some(quality), smallest });
        }
        // What was foreseen was too small by this factor.
        aim *= share_bytes as f64 / bytes.len() as f64 * AIM;
        tries_left -= 1;
    }
}

fn encode(page: &RgbPage, gray: bool, quality: u8) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::with_capacity(page.pixels().len() / 8);
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    if gray {
        encoder.encode(page.luma().pixels(), page.width(), page.height(), ExtendedColorType::L8)?;
    } else {
        encoder.encode(page.pixels(), page.width(), page.height(), ExtendedColorType::Rgb8)?;
    }
    Ok(bytes)
}

/// A quarter of the rows, in bands from top to bottom, and which share of the page they are.
fn bands(page: &RgbPage) -> (RgbPage, f64) {
    let row_bytes = page.width() as usize * 3;
    let period_bytes = row_bytes * (BAND_ROWS * BAND_PERIOD) as usize;
    if page.height() < BAND_ROWS * BAND_PERIOD * 2 {
        return (page.clone(), 1.0);
    }
    let pixels: Vec<u8> = page.pixels().chunks(period_bytes).flat_map(|period| &period[..period.len().min(row_bytes * BAND_ROWS as usize)]).copied().collect();
    let rows = (pixels.len() / row_bytes) as u32;
    let sample = RgbPage::new(page.width(), rows, pixels).expect("whole rows were taken");
    (sample, f64::from(rows) / f64::from(page.height()))
}

fn is_gray(page: &RgbPage) -> bool {
    let coloured = page.pixels().chunks_exact(3).filter(|p| p[0].max(p[1]).max(p[2]) - p[0].min(p[1]).min(p[2]) > GRAY_SPREAD_MAX).count();
    coloured * GRAY_PIXELS_PER_COLOURED < page.pixels().len() / 3
}

/// A smaller copy by averaging areas, in whole numbers; `None` when the size stays.
fn shrunk(page: &RgbPage, width: u32, height: u32) -> Option<RgbPage> {
    if (width, height) == (page.width(), page.height()) {
        return None;
    }
    let columns = weights(page.width() as usize, width as usize);
    let rows = weights(page.height() as usize, height as usize);
    let (row_bytes, small_row_bytes) = (page.width() as usize * 3, width as usize * 3);
    let mut pixels = vec![0; small_row_bytes * height as usize];
    let mut sums = vec![0_u32; row_bytes];
    for (row, target) in rows.iter().zip(pixels.chunks_exact_mut(small_row_bytes)) {
        sums.fill(0);
        for (step, weight) in row.weights.iter().enumerate() {
            let source = &page.pixels()[(row.first + step) * row_bytes..][..row_bytes];
            for (sum, value) in sums.iter_mut().zip(source) {
                *sum += weight * u32::from(*value);
            }
        }
        for (column, pixel) in columns.iter().zip(target.chunks_exact_mut(3)) {
            let mut colour = [0_u64; 3];
            for (step, weight) in column.weights.iter().enumerate() {
                let source = &sums[(column.first + step) * 3..][..3];
                for (sum, value) in colour.iter_mut().zip(source) {
                    *sum += u64::from(*weight) * u64::from(*value);
                }
            }
            for (value, sum) in pixel.iter_mut().zip(colour) {
                *value = (sum >> (2 * WEIGHT_BITS)).min(255) as u8;
            }
        }
    }
    RgbPage::new(width, height, pixels)
}

const WEIGHT_BITS: u32 = 12;

/// The source pixels under one target pixel.
struct Span {
    first: usize,
    /// Together 1 << WEIGHT_BITS.
    weights: Vec<u32>,
}

fn weights(from: usize, to: usize) -> Vec<Span> {
    (0..to)
        .map(|at| {
            // In units of 1/to of a source pixel, the target pixel covers [at * from, (at + 1) * from).
            let (begin, end) = (at * from, (at + 1) * from);
            let (first, last) = (begin / to, (end - 1) / to);
            let mut left = 1_u32 << WEIGHT_BITS;
            let mut weights: Vec<u32> = (first..=last)
                .map(|source| {
                    let covered = end.min((source + 1) * to) - begin.max(source * to);
                    let weight = ((covered << WEIGHT_BITS) / from) as u32;
                    left -= weight;
                    weight
                })
                .collect();
            // What rounding lost goes to the middle, so that white stays white.
            let middle = weights.len() / 2;
            weights[middle] += left;
            Span { first, weights }
        })
        .collect()
}
