//! Codes without any camera: edge to edge on the pixels, for what is about the code and not about the view.

use super::slip::code_modules;
use crate::picture::Luma;

/// White around everything, in pixels.
const BORDER_PX: usize = 16;

/// One code, every module `module_px` pixels wide, at level M or, when it does not fit, at level L. `None` when it fits neither.
pub fn plain_code(payload: &[u8], module_px: u32) -> Option<Luma> {
    sheet(&[code_modules(payload)?], 1, module_px as usize)
}

/// `columns` by `rows` codes with running numbers, every module `module_px` pixels wide: what keeps an engine busy.
pub fn sheet_of_codes(columns: u32, rows: u32, module_px: u32) -> Option<Luma> {
    let codes: Option<Vec<_>> = (0..columns * rows).map(|number| code_modules(format!("LEMBAR-{number:06}").as_bytes())).collect();
    sheet(&codes?, columns as usize, module_px as usize)
}

fn sheet(codes: &[Vec<Vec<bool>>], columns: usize, module_px: usize) -> Option<Luma> {
    let side = codes.iter().map(Vec::len).max()? * module_px;
    let (width, height) = (columns.max(1) * side + 2 * BORDER_PX, codes.len().div_ceil(columns.max(1)) * side + 2 * BORDER_PX);
    let mut pixels = vec![225_u8; width * height];
    for (number, code) in codes.iter().enumerate() {
        let (left, top) = (number % columns * side + BORDER_PX, number / columns * side + BORDER_PX);
        for (y, row) in code.iter().enumerate() {
            for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
                for line in 0..module_px {
                    let at = (top + y * module_px + line) * width + left + x * module_px;
                    pixels[at..at + module_px].fill(25);
                }
            }
        }
    }
    Luma::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?, pixels)
}
