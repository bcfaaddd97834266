//! Is a page legible? A judgement of brightness and sharpness that a resident can act upon.
//!
//! It advises and never blocks: the resident may keep a page that this file dislikes. It does not know what is on the page.
//!
//! The rule a newcomer would break: sharpness is measured against the page's own contrast, so that a dark sharp page is
//! called dark and not blurred. The thresholds are proven by `tests/picture_judge.rs` on drawn pages degraded in steps;
//! change a threshold only together with that test.

use super::Luma;
use super::encode::fitted;
use image::imageops::{self, FilterType};

/// Pages are compared at this size, where 10-point print on A4 is about 14 pixels high.
pub const JUDGE_LONG_SIDE_PX: u32 = 1024;
/// A page whose brightest tenth (the paper) stays below this is too dark. Dark-corner desk lamps give about 110.
pub const PAPER_LUMA_MIN: u8 = 80;
/// A page whose darkest hundredth (the ink) is above this is washed out by light.
pub const INK_LUMA_MAX: u8 = 185;
/// A page whose ink and paper differ by less than this shows nothing.
pub const BLANK_CONTRAST_MAX: u8 = 18;
/// Steepest edges of the page in shares of its contrast per pixel. Sharp print gives 0.45 and more; print that an officer
/// cannot read any more gives less than this.
pub const ACUITY_MIN: f32 = 0.28;

/// Dust and sensor noise do not make ink: this share of the darkest (and brightest) pixels is ignored.
const OUTLIER_SHARE: f64 = 0.002;
const PAPER_SHARE: f64 = 0.10;
const EDGE_SHARE: f64 = 0.002;

/// One thing that is wrong with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    TooDark,
    TooBright,
    Blurred,
    Blank,
}

/// What the page looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Steepest edges in shares of the contrast per pixel, 0 to 1; see [`ACUITY_MIN`].
    pub sharpness: f32,
    /// Average brightness, 0 to 255.
    pub mean_luma: f32,
    /// In the order of [`Finding`]; empty for a good page.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Nothing to complain about.
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Judges one page or preview frame.
pub fn judge(luma: &Luma) -> Verdict {
    let (width, height) = fitted(luma.width(), luma.height(), JUDGE_LONG_SIDE_PX);
    let small = if (width, height) == (luma.width(), luma.height()) {
        luma.to_image()
    } else {
        imageops::resize(&luma.to_image(), width, height, FilterType::Triangle)
    };
    let tones = Histogram::of(small.as_raw().iter().copied());
    let (ink, paper_peak) = (tones.darkest(OUTLIER_SHARE), tones.brightest(OUTLIER_SHARE));
    let contrast = paper_peak.saturating_sub(ink);
    let edges = edge_histogram(small.as_raw(), width as usize, height as usize);
    let steepest = edges.brightest(EDGE_SHARE);
    let sharpness = if contrast == 0 { 0.0 } else { (f32::from(steepest) / f32::from(contrast)).min(1.0) };

    let mut findings = Vec::new();
    if tones.brightest(PAPER_SHARE) < PAPER_LUMA_MIN {
        findings.push(Finding::TooDark);
    }
    let blank = contrast < BLANK_CONTRAST_MAX;
    let blurred = !blank && sharpness < ACUITY_MIN;
    // Blur lightens thin ink by itself, so glare is only named on a page that is sharp.
    if !blank && !blurred && ink > INK_LUMA_MAX {
        findings.push(Finding::TooBright);
    }
    if blurred {
        findings.push(Finding::Blurred);
    }
    if blank {
        findings.push(Finding::Blank);
    }
    Verdict { sharpness, mean_luma: tones.mean(), findings }
}

/// Brightness step to the right and downwards, the larger of both, smoothed over two pixels against sensor noise.
fn edge_histogram(pixels: &[u8], width: usize, height: usize) -> Histogram {
    if width < 3 || height < 3 {
        return Histogram::of(std::iter::empty());
    }
    let at = |x: usize, y: usize| u16::from(pixels[y * width + x]);
    let steps = (0..height - 2).flat_map(move |y| {
        (0..width - 2).map(move |x| {
            let right = (at(x, y) + at(x, y + 1)).abs_diff(at(x + 1, y) + at(x + 1, y + 1)) / 2;
            let down = (at(x, y) + at(x + 1, y)).abs_diff(at(x, y + 1) + at(x + 1, y + 1)) / 2;
            right.max(down) as u8
        })
    });
    Histogram::of(steps)
}

struct Histogram {
    counts: [u64; 256],
    total: u64,
}

impl Histogram {
    fn of(values: impl Iterator<Item = u8>) -> Self {
        let mut counts = [0; 256];
        let mut total = 0;
        for value in values {
            counts[usize::from(value)] += 1;
            total += 1;
        }
        Histogram { counts, total }
    }

    /// The value below which `share` of all pixels lie.
    fn darkest(&self, share: f64) -> u8 {
        self.passed(share, (0..=255).collect())
    }

    /// The value above which `share` of all pixels lie.
    fn brightest(&self, share: f64) -> u8 {
        self.passed(share, (0..=255).rev().collect())
    }

    fn passed(&self, share: f64, order: Vec<u8>) -> u8 {
        let wanted = (self.total as f64 * share) as u64;
        let mut seen = 0;
        let last = order.last().copied().unwrap_or(0);
        for value in order {
            seen += self.counts[usize::from(value)];
            if seen > wanted {
                return value;
            }
        }
        last
    }

    fn mean(&self) -> f32 {
        if self.total == 0 {
            return 0.0;
        }
        let sum: u64 = self.counts.iter().enumerate().map(|(value, count)| value as u64 * count).sum();
        (sum as f64 / self.total as f64) as f32
    }
}
