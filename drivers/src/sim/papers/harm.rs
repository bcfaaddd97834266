//! What harms a picture: lens, movement, light, glare, a hand's shadow, noise, compression.
//!
//! The rule a newcomer would break: shade and shine are functions of the place, used by the picture and by the label alike;
//! a harm that only the picture knows would make the label a guess.

use super::dice::Dice;
use crate::picture::{Limits, RgbPage, decode_page};
use image::codecs::jpeg::JpegEncoder;

/// Blur of a lens in perfect focus, in pixels.
pub(super) const LENS_SIGMA_PX: f32 = 0.55;

/// A spot of reflected lamp. Places and radii in shares of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub x: f32,
    pub y: f32,
    pub radius_x: f32,
    pub radius_y: f32,
    /// Added brightness in its middle, 0 to 255 and above.
    pub strength: f32,
}

/// The shadow of a hand that reaches in from the right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HandShadow {
    /// Height of the hand's middle, in shares of the picture.
    pub y: f32,
    /// Where the fingertips end, counted from the left, in shares of the picture.
    pub tip_x: f32,
    /// Share of the light that is left in the full shadow.
    pub light_left: f32,
}

/// All that can be wrong at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Harm {
    /// Gaussian blur in pixels, on top of the lens.
    pub blur_sigma_px: f32,
    /// Length in pixels and angle of a movement during the exposure.
    pub motion: (f32, f32),
    /// Exposure: 1 is right.
    pub gain: f32,
    /// Light that lies over everything, 0 to 255.
    pub veil: f32,
    /// Deviation of the sensor's noise, 0 to 255.
    pub noise: f32,
    pub glare: Option<Spot>,
    pub shadow: Option<HandShadow>,
    /// 1 to 100; `None` for a device that does not compress.
    pub jpeg_quality: Option<u8>,
}

impl Harm {
    /// A good picture of an ordinary camera.
    pub(super) const NONE: Harm =
        Harm { blur_sigma_px: 0.0, motion: (0.0, 0.0), gain: 1.0, veil: 0.0, noise: 1.5, glare: None, shadow: None, jpeg_quality: Some(88) };

    /// Share of the light that a shadow leaves at this place.
    pub(super) fn shade(&self, x: f32, y: f32) -> f32 {
        let Some(hand) = self.shadow else { return 1.0 };
        // A palm and four fingers: the distance to the nearest of five rounded bars, with a soft rim.
        let palm = bar(x, y, (hand.tip_x + 0.22, hand.y), (1.3, hand.y + 0.1), 0.13);
        let finger = |index: i32| {
            let spread = index as f32 - 1.5;
            bar(x, y, (hand.tip_x + 0.03 * spread.abs(), hand.y + spread * 0.075), (hand.tip_x + 0.3, hand.y + spread * 0.05), 0.026)
        };
        let deep = (0..4).map(finger).fold(palm, f32::min);
        let cover = 1.0 - (deep / 0.03).clamp(0.0, 1.0);
        1.0 - (1.0 - hand.light_left) * cover
    }

    /// Brightness that a glare adds at this place.
    pub(super) fn shine(&self, x: f32, y: f32) -> f32 {
        let Some(spot) = self.glare else { return 0.0 };
        let far = ((x - spot.x) / spot.radius_x).powi(2) + ((y - spot.y) / spot.radius_y).powi(2);
        spot.strength * (-far * far).exp()
    }

    /// The value that comes out of the sensor for this light.
    pub(super) fn exposed(&self, light: f32) -> f32 {
        (light * self.gain + self.veil * (1.0 - light / 400.0)).clamp(0.0, 255.0)
    }
}

/// Distance of a point to a rounded bar; zero inside.
fn bar(x: f32, y: f32, from: (f32, f32), to: (f32, f32), radius: f32) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let along = (((x - from.0) * dx + (y - from.1) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    ((x - from.0 - along * dx).hypot(y - from.1 - along * dy) - radius).max(0.0)
}

/// Light to pixels: lens, movement, exposure, noise, compression.
pub(super) fn finish(light: Vec<f32>, (width, height): (u32, u32), harm: &Harm, seed: u64) -> RgbPage {
    let (w, h) = (width as usize, height as usize);
    let mut light = smear(light, w, h, harm.motion);
    let sigma = LENS_SIGMA_PX.hypot(harm.blur_sigma_px);
    let kernel = gaussian(sigma);
    light = along_rows(&light, w, h, &kernel);
    light = along_columns(&light, w, h, &kernel);
    let mut dice = Dice::of(seed, "noise");
    let pixels: Vec<u8> = light.iter().map(|value| (harm.exposed(*value) + dice.bell() * harm.noise + 0.5) as u8).collect();
    let page = RgbPage::new(width, height, pixels).expect("three values for every pixel of the view");
    match harm.jpeg_quality {
        Some(quality) => {
            let mut jpeg = Vec::new();
            let encoded = JpegEncoder::new_with_quality(&mut jpeg, quality).encode(page.pixels(), width, height, image::ExtendedColorType::Rgb8);
            encoded.ok().and_then(|()| decode_page(&jpeg, &Limits::default()).ok()).unwrap_or(page)
        }
        None => page,
    }
}

fn gaussian(sigma: f32) -> Vec<f32> {
    let radius = (sigma * 3.0).ceil() as i32;
    let raw: Vec<f32> = (-radius..=radius).map(|i| (-((i * i) as f32) / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f32 = raw.iter().sum();
    raw.into_iter().map(|value| value / sum).collect()
}

fn along_rows(light: &[f32], w: usize, h: usize, kernel: &[f32]) -> Vec<f32> {
    let radius = kernel.len() / 2;
    let mut out = vec![0.0; light.len()];
    for y in 0..h {
        let (row, target) = (&light[y * w * 3..(y + 1) * w * 3], &mut out[y * w * 3..(y + 1) * w * 3]);
        for (tap, weight) in kernel.iter().enumerate() {
            for x in 0..w {
                let from = (x + tap).saturating_sub(radius).min(w - 1);
                for c in 0..3 {
                    target[x * 3 + c] += row[from * 3 + c] * weight;
                }
            }
        }
    }
    out
}

fn along_columns(light: &[f32], w: usize, h: usize, kernel: &[f32]) -> Vec<f32> {
    let radius = kernel.len() / 2;
    let mut out = vec![0.0; light.len()];
    for y in 0..h {
        for (tap, weight) in kernel.iter().enumerate() {
            let from = (y + tap).saturating_sub(radius).min(h - 1) * w * 3;
            let row = &light[from..from + w * 3];
            for (target, value) in out[y * w * 3..(y + 1) * w * 3].iter_mut().zip(row) {
                *target += value * weight;
            }
        }
    }
    out
}

fn smear(light: Vec<f32>, w: usize, h: usize, (length, angle_deg): (f32, f32)) -> Vec<f32> {
    if length < 1.0 {
        return light;
    }
    let steps = (length * 1.5).ceil() as i32;
    let (dx, dy) = (angle_deg.to_radians().cos(), angle_deg.to_radians().sin());
    let mut out = vec![0.0; light.len()];
    for step in 0..=steps {
        let far = (step as f32 / steps as f32 - 0.5) * length;
        let (shift_x, shift_y) = ((far * dx).round() as i64, (far * dy).round() as i64);
        for y in 0..h {
            let from_y = (y as i64 + shift_y).clamp(0, h as i64 - 1) as usize;
            for x in 0..w {
                let from_x = (x as i64 + shift_x).clamp(0, w as i64 - 1) as usize;
                for c in 0..3 {
                    out[(y * w + x) * 3 + c] += light[(from_y * w + from_x) * 3 + c] / (steps + 1) as f32;
                }
            }
        }
    }
    out
}
