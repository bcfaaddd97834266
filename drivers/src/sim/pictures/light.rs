//! The desk, the light of the room, and chance.
//!
//! Values are brightness from 0 to 255 as fractions; more than 255 is a saturated sensor, which [`super::lens`] clips.

use super::{VIEW_HEIGHT, VIEW_WIDTH};

/// Brightness of the view before the lens.
pub(super) type View = Vec<f64>;

/// The light of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Light {
    /// An office lamp.
    Even,
    /// A power cut: a fifth of the light, and the sensor's noise with it.
    Dim,
    /// A window on one side: five to one across the view.
    Gradient,
    /// A lamp mirrored beside the code, wide and soft.
    Glare,
    /// A window behind: dazzling around the paper, and little contrast under a veil on it.
    Backlight,
}

impl Light {
    /// Every light.
    pub const ALL: [Light; 5] = [Light::Even, Light::Dim, Light::Gradient, Light::Glare, Light::Backlight];

    /// Noise that a sensor adds because it amplifies, in grey levels.
    pub(super) fn extra_noise(self) -> u8 {
        match self {
            Light::Dim => 4,
            Light::Backlight => 2,
            Light::Even | Light::Gradient | Light::Glare => 0,
        }
    }

    /// Puts the light on the view; `middle` and `side_px` say where the code is.
    pub(super) fn shine(self, view: &mut View, middle: [f64; 2], side_px: f64) {
        each(view, |x, y, value| match self {
            Light::Even => value,
            Light::Dim => value * 0.2 + 3.0,
            Light::Gradient => value * (1.1 - 0.88 * x / f64::from(VIEW_WIDTH)),
            Light::Glare => value + 110.0 * bump(x - middle[0] - 0.6 * side_px, y - middle[1] - 0.2 * side_px, 0.35 * side_px),
            Light::Backlight => {
                let window = 1.0 - bump(x - middle[0], y - middle[1], 1.6 * side_px);
                95.0 + value * 0.25 + 160.0 * (2.0 * window - 1.0).max(0.0)
            }
        });
    }
}

/// A small saturated spot over the right edge of the code, away from the corners.
pub(super) fn highlight(view: &mut View, middle: [f64; 2], side_px: f64) {
    each(view, |x, y, value| value + 900.0 * bump(x - middle[0] - 0.3 * side_px, y - middle[1], 0.03 * side_px));
}

/// An empty desk: grey with a slow grain.
pub(super) fn desk(seed: u64) -> View {
    let mut view = vec![0.0; (VIEW_WIDTH * VIEW_HEIGHT) as usize];
    let phase = (seed % 628) as f64 / 100.0;
    each(&mut view, |x, y, _| 132.0 + 10.0 * (x / 190.0 + phase).sin() + 7.0 * (y / 47.0 + x / 400.0 + phase).sin());
    view
}

fn each(view: &mut View, mut change: impl FnMut(f64, f64, f64) -> f64) {
    for (y, row) in view.chunks_exact_mut(VIEW_WIDTH as usize).enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            *value = change(x as f64, y as f64, *value);
        }
    }
}

/// A hill of height one.
fn bump(dx: f64, dy: f64, sigma: f64) -> f64 {
    let distance = (dx * dx + dy * dy) / (2.0 * sigma * sigma);
    if distance > 12.0 { 0.0 } else { (-distance).exp() }
}

/// Repeatable chance (Steele, Lea and Flood 2014, "SplitMix").
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Chance(seed)
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Zero up to, and without, `end`; zero when `end` is zero.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        ((self.bits() >> 32) * u64::from(end) >> 32) as u32
    }

    /// Between minus and plus `reach`.
    pub(super) fn within(&mut self, reach: f64) -> f64 {
        ((self.bits() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * reach
    }
}
