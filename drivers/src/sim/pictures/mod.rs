//! Pictures of a slip as a camera sees it, made from numbers: size, turn, tilt, light, blur, noise, compression.
//!
//! It is not a ray tracer: light is a factor and an offset for each pixel, which is what decides whether an engine reads.
//!
//! The rule a newcomer would break: the same [`Shot`] gives the same picture on every machine. Chance comes from its seed,
//! and nothing in here looks at a clock.

mod empty;
mod flatbed;
mod lens;
mod light;
mod slip;

pub use empty::{EMPTY_KINDS, EmptyKind, empty_view};
pub use flatbed::{plain_code, sheet_of_codes};
pub use light::Light;
pub use slip::code_modules;

use crate::picture::Luma;
use light::Chance;
use slip::Slip;

/// The view of the camera that reads slips.
pub const VIEW_WIDTH: u32 = 1280;
/// See [`VIEW_WIDTH`].
pub const VIEW_HEIGHT: u32 = 720;
/// A payload as our slips carry it: 42 ASCII characters, which make a code of 29 modules at level M, 37 with its quiet zone.
pub const SLIP_TEXT: &str = "KLP1:SBY:0426-7K2M-9XQ4-3:A3F09C517E2B44D1";
/// Smallest size that the reader promises to read, in pixels with the quiet zone.
pub const SIDE_PX_PROMISED: f64 = 160.0;

/// One picture to be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// What the code says.
    pub text: String,
    /// Side of the code with its quiet zone of four modules, in pixels of the view, before the tilt.
    pub side_px: f64,
    /// Turn in the plane of the paper, clockwise.
    pub turn_degrees: f64,
    /// The paper leans away from the camera by this much.
    pub tilt_degrees: f64,
    /// Gaussian blur of the lens, in pixels.
    pub blur_sigma: f64,
    /// The light of the room.
    pub light: Light,
    /// Largest deviation of one pixel by sensor noise, in grey levels.
    pub noise: u8,
    /// White code on black paper.
    pub inverted: bool,
    /// A small saturated highlight on one edge of the code, as a plastic sleeve makes it.
    pub highlight: bool,
    /// The picture passes through a JPEG of this quality, 1 to 100.
    pub jpeg_quality: Option<u8>,
    /// Chance: where the code lies by parts of a pixel, and the noise.
    pub seed: u64,
}

impl Shot {
    /// Our own slip at the promised size, straight, sharp, in even light.
    pub fn own_slip() -> Self {
        Shot {
            text: SLIP_TEXT.into(),
            side_px: SIDE_PX_PROMISED,
            turn_degrees: 0.0,
            tilt_degrees: 0.0,
            blur_sigma: 0.0,
            light: Light::Even,
            noise: 2,
            inverted: false,
            highlight: false,
            jpeg_quality: None,
            seed: 1,
        }
    }

    /// The picture: one slip near the middle of the view. `None` when the text fits no code.
    pub fn picture(&self) -> Option<Luma> {
        let mut chance = Chance::new(self.seed);
        let centre = [f64::from(VIEW_WIDTH) / 2.0 + chance.within(40.0), f64::from(VIEW_HEIGHT) / 2.0 + chance.within(25.0)];
        self.picture_at(&[(self.text.as_str(), centre)])
    }

    /// Several slips in one view, each with its text and the middle of its code in pixels.
    pub fn picture_at(&self, codes: &[(&str, [f64; 2])]) -> Option<Luma> {
        let slips: Option<Vec<Slip>> = codes.iter().map(|(text, centre)| Slip::new(text, *centre, self)).collect();
        let slips = slips?;
        let mut view = light::desk(self.seed);
        for slip in &slips {
            slip.draw(&mut view);
        }
        let middle = codes.first().map_or([0.0, 0.0], |(_, centre)| *centre);
        self.light.shine(&mut view, middle, self.side_px);
        if self.highlight {
            light::highlight(&mut view, middle, self.side_px);
        }
        let sharp = lens::levels(&view);
        let soft = if self.blur_sigma > 0.0 { lens::blur(&sharp, self.blur_sigma) } else { sharp };
        let noisy = lens::noise(soft, self.noise.saturating_add(self.light.extra_noise()), self.seed);
        let seen = match self.jpeg_quality {
            Some(quality) => lens::through_jpeg(&noisy, quality)?,
            None => noisy,
        };
        Luma::new(VIEW_WIDTH, VIEW_HEIGHT, seen.into_raw())
    }
}

/// The set that the reader is measured by: the own slip at `side_px`, sharp to blur 1.5, all around, in every light.
pub fn promised_set(side_px: f64, turns: u32) -> Vec<Shot> {
    let mut shots = Vec::new();
    for (number, light) in Light::ALL.into_iter().enumerate() {
        for blur_step in 0..4_u32 {
            for turn in 0..turns {
                let turn_degrees = 360.0 * f64::from(turn) / f64::from(turns.max(1));
                let seed = (number as u64) << 32 | u64::from(blur_step) << 16 | u64::from(turn);
                shots.push(Shot { side_px, turn_degrees, blur_sigma: f64::from(blur_step) / 2.0, light, seed, ..Shot::own_slip() });
            }
        }
    }
    shots
}

/// What goes beyond the promise, each with its name: where a second and a third engine may earn their place.
pub fn hard_set() -> Vec<(&'static str, Shot)> {
    let slip = Shot::own_slip();
    let mut shots = Vec::new();
    for turn in 0..12_u32 {
        let base = Shot { turn_degrees: f64::from(turn) * 30.0 + 7.0, seed: 900 + u64::from(turn), blur_sigma: 0.7, ..slip.clone() };
        shots.extend([
            ("inverted", Shot { inverted: true, ..base.clone() }),
            ("highlight", Shot { highlight: true, ..base.clone() }),
            ("tilt 20", Shot { tilt_degrees: 20.0, ..base.clone() }),
            ("tilt 35", Shot { tilt_degrees: 35.0, side_px: 200.0, ..base.clone() }),
            ("noise 24", Shot { noise: 24, ..base.clone() }),
            ("noise 48", Shot { noise: 48, side_px: 200.0, ..base.clone() }),
            ("jpeg 60", Shot { jpeg_quality: Some(60), ..base.clone() }),
            ("jpeg 25", Shot { jpeg_quality: Some(25), ..base.clone() }),
            ("blur 2.0", Shot { blur_sigma: 2.0, ..base.clone() }),
            ("blur 2.5, 240 px", Shot { blur_sigma: 2.5, side_px: 240.0, ..base.clone() }),
            ("120 px", Shot { side_px: 120.0, ..base.clone() }),
            ("100 px", Shot { side_px: 100.0, blur_sigma: 0.4, ..base.clone() }),
            ("dim, noise 12", Shot { light: Light::Dim, noise: 12, ..base.clone() }),
            ("glare, tilt 20", Shot { light: Light::Glare, tilt_degrees: 20.0, ..base.clone() }),
        ]);
    }
    shots
}
