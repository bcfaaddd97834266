//! What the paper lies on: wood, cloth, batik, a white table, the lid or the glass of a scanner.
//!
//! A desk is a colour for every pixel and knows no paper. The rule a newcomer would break: a desk must not be flat, since a
//! coach that finds papers only on flat grey finds none in an office.

use super::canvas::Colour;

/// What the paper lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Desk {
    DarkWood,
    LightWood,
    GreyCloth,
    /// Strong pattern with edges everywhere.
    Batik,
    /// Hardly darker than paper.
    WhiteTable,
    /// White lid of a flatbed scanner.
    ScannerLid,
    /// Black behind a scanner's feeder.
    ScannerBlack,
}

/// The desks that a camera sees.
pub const CAMERA_DESKS: [Desk; 5] = [Desk::DarkWood, Desk::LightWood, Desk::GreyCloth, Desk::Batik, Desk::WhiteTable];

impl Desk {
    /// Colour at this pixel. `seed` moves the pattern.
    pub(super) fn colour(self, x: f32, y: f32, seed: u32) -> Colour {
        let (x, y) = (x + (seed % 911) as f32, y + (seed % 577) as f32);
        let grain = |fine: f32| smooth_noise(x * fine, y * fine, seed);
        match self {
            Desk::DarkWood => wood(x, y, seed, [92.0, 60.0, 38.0], 26.0),
            Desk::LightWood => wood(x, y, seed, [178.0, 142.0, 98.0], 30.0),
            Desk::GreyCloth => {
                let weave = if (x as i32 / 2 + y as i32 / 2) % 2 == 0 { 6.0 } else { -6.0 };
                shade([112.0, 116.0, 122.0], weave + (grain(0.35) - 0.5) * 16.0)
            }
            Desk::Batik => {
                let ring = ((x * 0.045).sin() + (y * 0.045).cos() + ((x + y) * 0.021).sin()) * 1.7;
                match () {
                    () if ring.fract().abs() < 0.22 => shade([196.0, 150.0, 70.0], (grain(0.2) - 0.5) * 20.0),
                    () if ring > 0.6 => shade([70.0, 38.0, 26.0], (grain(0.2) - 0.5) * 18.0),
                    () => shade([112.0, 58.0, 34.0], (grain(0.2) - 0.5) * 18.0),
                }
            }
            Desk::WhiteTable => shade([196.0, 194.0, 188.0], (grain(0.08) - 0.5) * 10.0),
            Desk::ScannerLid => shade([226.0, 227.0, 228.0], (grain(0.05) - 0.5) * 4.0),
            Desk::ScannerBlack => shade([18.0, 18.0, 20.0], (grain(0.3) - 0.5) * 6.0),
        }
    }
}

fn wood(x: f32, y: f32, seed: u32, colour: [f32; 3], depth: f32) -> Colour {
    let bend = smooth_noise(x * 0.006, y * 0.02, seed) * 60.0;
    let rings = ((y + bend) * 0.16).sin() * 0.35 + smooth_noise(x * 0.012, (y + bend) * 0.55, seed ^ 7) - 0.5;
    shade(colour, rings * depth)
}

fn shade(colour: [f32; 3], by: f32) -> Colour {
    colour.map(|c| (c + by).clamp(0.0, 255.0) as u8)
}

/// Value noise between 0 and 1, smooth between the points of a grid of side 1.
pub(super) fn smooth_noise(x: f32, y: f32, seed: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let corner = |dx: i32, dy: i32| {
        let mut mixed = (left as i32 + dx) as u32;
        mixed = mixed.wrapping_mul(0x85EB_CA6B) ^ ((top as i32 + dy) as u32).wrapping_mul(0xC2B2_AE35) ^ seed.wrapping_mul(0x27D4_EB2F);
        mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
        mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297A_2D39);
        (mixed >> 8) as f32 / (1 << 24) as f32
    };
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - left), ease(y - top));
    let upper = corner(0, 0) * (1.0 - u) + corner(1, 0) * u;
    let lower = corner(0, 1) * (1.0 - u) + corner(1, 1) * u;
    upper * (1.0 - v) + lower * v
}
