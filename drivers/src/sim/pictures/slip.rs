//! A slip of paper with a code on it, seen through a pinhole.
//!
//! Coordinates on the paper count in sides of the code, from its middle. The rule a newcomer would break: edges are drawn by
//! sampling each pixel nine times, since a code with hard edges is easier to read than any camera's picture.

use super::light::View;
use super::{Shot, VIEW_HEIGHT, VIEW_WIDTH};
use qrcode::{Color, EcLevel, QrCode};

const PAPER: f64 = 222.0;
const INK: f64 = 34.0;
/// ISO/IEC 18004, section 9.1: four modules of quiet zone on every side.
const QUIET_MODULES: usize = 4;
/// Half width and half height of the paper, in sides of the code.
const PAPER_HALF: [f64; 2] = [0.75, 1.1];
/// Distance of the pinhole from the picture, in pixels: a lens of about 60 degrees.
const FOCAL_PX: f64 = 1100.0;
/// Samples along each side of a pixel.
const SAMPLES: usize = 3;

/// The modules of a code with its quiet zone, row by row; true is dark. Level M, or L when that does not hold the text; `None`
/// when neither does.
pub fn code_modules(text: &[u8]) -> Option<Vec<Vec<bool>>> {
    let code = [EcLevel::M, EcLevel::L].into_iter().find_map(|level| QrCode::with_error_correction_level(text, level).ok())?;
    let side = code.width() + 2 * QUIET_MODULES;
    let inside = QUIET_MODULES..side - QUIET_MODULES;
    let dark = |x: usize, y: usize| inside.contains(&x) && inside.contains(&y) && code[(x - QUIET_MODULES, y - QUIET_MODULES)] == Color::Dark;
    Some((0..side).map(|y| (0..side).map(|x| dark(x, y)).collect()).collect())
}

pub(super) struct Slip {
    modules: Vec<Vec<bool>>,
    centre: [f64; 2],
    side_px: f64,
    turn: (f64, f64),
    tilt: (f64, f64),
    inverted: bool,
}

impl Slip {
    pub(super) fn new(text: &str, centre: [f64; 2], shot: &Shot) -> Option<Self> {
        let modules = code_modules(text.as_bytes())?;
        let turn = shot.turn_degrees.to_radians().sin_cos();
        Some(Slip { modules, centre, side_px: shot.side_px, turn, tilt: shot.tilt_degrees.to_radians().sin_cos(), inverted: shot.inverted })
    }

    /// Draws the slip over the view; what lies outside of the view is cut off.
    pub(super) fn draw(&self, view: &mut View) {
        let reach = (PAPER_HALF[0].hypot(PAPER_HALF[1]) * self.side_px * 1.3).ceil();
        let columns = bounds(self.centre[0], reach, VIEW_WIDTH);
        for y in bounds(self.centre[1], reach, VIEW_HEIGHT) {
            for x in columns.clone() {
                let at = y * VIEW_WIDTH as usize + x;
                view[at] = self.seen(x, y, view[at]);
            }
        }
    }

    /// Mean brightness of one pixel, `below` being what the paper lies on.
    fn seen(&self, x: usize, y: usize, below: f64) -> f64 {
        let mut sum = 0.0;
        for sample in 0..SAMPLES * SAMPLES {
            let part = |count: usize| (count as f64 + 0.5) / SAMPLES as f64;
            let point = self.on_paper(x as f64 + part(sample % SAMPLES), y as f64 + part(sample / SAMPLES));
            sum += self.brightness(point).unwrap_or(below);
        }
        sum / (SAMPLES * SAMPLES) as f64
    }

    /// From the view back to the paper: the pinhole first, then the turn.
    fn on_paper(&self, x: f64, y: f64) -> [f64; 2] {
        let (right, down) = (x - self.centre[0], y - self.centre[1]);
        let (tilt_sin, tilt_cos) = self.tilt;
        let along = down * FOCAL_PX / (FOCAL_PX * tilt_cos - down * tilt_sin);
        let across = right * (FOCAL_PX + along * tilt_sin) / FOCAL_PX;
        let (sin, cos) = self.turn;
        [(across * cos + along * sin) / self.side_px, (along * cos - across * sin) / self.side_px]
    }

    /// `None` beside the paper.
    fn brightness(&self, [u, v]: [f64; 2]) -> Option<f64> {
        if u.abs() > PAPER_HALF[0] || v.abs() > PAPER_HALF[1] {
            return None;
        }
        let dark = if u.abs() < 0.5 && v.abs() < 0.5 {
            let side = self.modules.len();
            let module = |offset: f64| (((offset + 0.5) * side as f64) as usize).min(side - 1);
            self.modules[module(v)][module(u)]
        } else {
            print_beside(u, v)
        };
        Some(if dark == self.inverted { PAPER } else { INK })
    }
}

/// Lines of something like print above and below the code.
fn print_beside(u: f64, v: f64) -> bool {
    if v.abs() < 0.58 || u.abs() > 0.65 {
        return false;
    }
    let (line, letter) = ((v.abs() - 0.58) / 0.09, (u + 0.65) / 0.03);
    let stroke = (line as u32).wrapping_mul(31).wrapping_add(letter as u32).wrapping_mul(2_654_435_761) >> 29;
    line.fract() < 0.55 && stroke > 2 && (letter.fract() < 0.35 || (stroke > 5 && line.fract() < 0.15))
}

fn bounds(centre: f64, reach: f64, end: u32) -> std::ops::Range<usize> {
    let clip = |value: f64| value.clamp(0.0, f64::from(end)) as usize;
    clip(centre - reach)..clip(centre + reach)
}
