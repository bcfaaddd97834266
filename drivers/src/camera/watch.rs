//! Is the picture alive? Pure: frames and moments in, durations out.
//!
//! It judges no page. The rule a newcomer would break: two frames of a living sensor are never the same to the last bit,
//! because a sensor is noisy even before a still page; but a covered lens gives the same black again and again, so a frozen
//! stream is only called so while the picture is not black.

use super::Frame;
use crate::picture::Luma;
use std::time::{Duration, Instant};

/// Same frames in a row below which nothing is said: a slow camera may give two alike by chance.
const SAME_FRAMES_MIN: u32 = 4;
/// A picture whose mean is above this is not covered. Cheap sensors give 2 to 8 behind a finger, a dim office 25 and more.
const COVERED_MEAN_MAX: u32 = 10;
/// A picture whose brightest and darkest patch are further apart than this shows something.
const COVERED_SPREAD_MAX: u8 = 8;
/// Patches in a row and in a column; a patch is large enough to average the noise away.
const PATCHES: usize = 8;
/// Brightness is looked at this often; it costs a decoding.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Of a raw frame, this many pieces of this many bytes are compared; a JPEG is compared whole.
const PIECES: usize = 512;
const PIECE_BYTES: usize = 128;
const WHOLE_BYTES_MAX: usize = 1_000_000;

/// What a look at the brightness gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Mean brightness, 0 to 255.
    pub mean: u32,
    /// Brightest patch less darkest patch.
    pub spread: u8,
}

impl Look {
    /// Looks at a picture in eight by eight patches.
    pub fn at(luma: &Luma) -> Look {
        let (width, height) = (luma.width() as usize, luma.height() as usize);
        let mut patches = Vec::with_capacity(PATCHES * PATCHES);
        for row in 0..PATCHES {
            for column in 0..PATCHES {
                let (top, bottom) = (row * height / PATCHES, (row + 1) * height / PATCHES);
                let (left, right) = (column * width / PATCHES, (column + 1) * width / PATCHES);
                let count = (bottom - top) * (right - left);
                let sum: usize = (top..bottom).map(|y| luma.pixels()[y * width + left..y * width + right].iter().map(|p| usize::from(*p)).sum::<usize>()).sum();
                if let Some(mean) = sum.checked_div(count) {
                    patches.push(mean as u8);
                }
            }
        }
        let (least, most) = (patches.iter().min().copied().unwrap_or(0), patches.iter().max().copied().unwrap_or(0));
        let mean = patches.iter().map(|p| u32::from(*p)).sum::<u32>().checked_div(patches.len() as u32).unwrap_or(0);
        Look { mean, spread: most - least }
    }

    /// Nearly black, and nothing in it.
    pub fn is_covered(self) -> bool {
        self.mean <= COVERED_MEAN_MAX && self.spread <= COVERED_SPREAD_MAX
    }
}

/// What a stream of frames looks like over time.
#[derive(Clone, Debug, Default)]
pub struct PictureWatch {
    print: Option<u64>,
    same_frames: u32,
    same_since: Option<Instant>,
    covered_since: Option<Instant>,
    looked_at: Option<Instant>,
}

impl PictureWatch {
    /// Takes in one frame. False when it turned out to be broken: then it should not be shown.
    pub fn see(&mut self, frame: &Frame, now: Instant) -> bool {
        let print = fingerprint(frame.bytes());
        if self.print == Some(print) {
            self.same_frames = self.same_frames.saturating_add(1);
        } else {
            (self.print, self.same_frames, self.same_since) = (Some(print), 1, Some(now));
        }
        if self.looked_at.is_some_and(|at| now.saturating_duration_since(at) < LOOK_EVERY) {
            return true;
        }
        let Ok(luma) = frame.luma() else {
            self.looked_at = None;
            return false;
        };
        self.looked_at = Some(now);
        let covered = Look::at(&luma).is_covered();
        self.covered_since = if covered { self.covered_since.or(Some(now)) } else { None };
        true
    }

    /// How long the same picture has been coming; zero while it is black or changes.
    pub fn frozen_for(&self, now: Instant) -> Duration {
        let same = self.same_since.filter(|_| self.same_frames >= SAME_FRAMES_MIN && self.covered_since.is_none());
        same.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    /// How long the lens has been covered.
    pub fn covered_for(&self, now: Instant) -> Duration {
        self.covered_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }
}

/// FNV-1a over eight bytes at a time; the whole of a small frame, and pieces from all over a large one.
fn fingerprint(bytes: &[u8]) -> u64 {
    let mix = |hash: u64, part: &[u8]| {
        let (words, rest) = part.as_chunks::<8>();
        let hash = words.iter().fold(hash, |hash, word| (hash ^ u64::from_le_bytes(*word)).wrapping_mul(0x0100_0000_01B3).rotate_left(29));
        rest.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
    };
    let start = 0xCBF2_9CE4_8422_2325 ^ bytes.len() as u64;
    if bytes.len() <= WHOLE_BYTES_MAX {
        return mix(start, bytes);
    }
    bytes.chunks(bytes.len() / PIECES).fold(start, |hash, part| mix(hash, &part[..part.len().min(PIECE_BYTES)]))
}
