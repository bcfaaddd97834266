//! A ruler and a grey bar as one raster, to see dead dots, the printable width and the darkness of the head.
//!
//! It prints no letter. The rule a newcomer would break: the picture is exactly as wide as the head, so that a profile with a
//! wrong width shows at the right edge.

use super::profile::Profile;

const TICK_ROWS: u32 = 16;
const GREY_ROWS: u32 = 40;
/// Two-dot cells, so that the steps also differ on a head that smears single dots.
const CELL_DOTS: u32 = 2;
/// A cell of four by four is black below this, of 16: a quarter, a half, three quarters, all.
const STEPS: [u32; 4] = [4, 8, 12, 16];
/// Order in which the cells of a four by four square turn black (ordered dithering after Bayer).
const ORDER: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];

/// `GS v 0` and its height in dots.
pub(super) fn raster(profile: &Profile) -> (Vec<u8>, u32) {
    let rows = TICK_ROWS + GREY_ROWS;
    let mut bytes = vec![0x1D, 0x76, 0x30, 0x00];
    bytes.extend((profile.dots / 8).to_le_bytes());
    bytes.extend((rows as u16).to_le_bytes());
    for y in 0..rows {
        for first in (0..u32::from(profile.dots)).step_by(8) {
            let byte = (0..8).fold(0_u8, |byte, bit| if is_black(profile, first + bit, y) { byte | 0x80 >> bit } else { byte });
            bytes.push(byte);
        }
    }
    (bytes, rows)
}

fn is_black(profile: &Profile, x: u32, y: u32) -> bool {
    let dots = u32::from(profile.dots);
    if y < TICK_ROWS {
        // First and last dot, a base line, and a tick every ten millimetres.
        let at_tick = (0..).map(|tick| profile.dots_of_mm(tick * 10)).take_while(|at| *at <= x).last() == Some(x);
        return x == 0 || x + 1 == dots || y + 2 >= TICK_ROWS || at_tick;
    }
    let step = STEPS[(x * STEPS.len() as u32 / dots) as usize];
    ORDER[(y / CELL_DOTS % 4) as usize][(x / CELL_DOTS % 4) as usize] < step
}
