//! A QR code as printer commands: the printer's own where the profile has it, a raster elsewhere.
//!
//! The rule a newcomer would break: a native code that does not fit the paper is silently not printed (Epson TM-T88III
//! specification, p.535), so the size is computed here for both ways and refused before a byte is sent.

use super::encode::EncodeError;
use super::profile::Profile;
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

/// Below this a phone or kiosk camera does not resolve the modules of a thermal print.
const MODULE_MM_MIN: f64 = 0.5;
/// A code narrower than this is hard to find for a hand-held camera.
const CODE_MM_WANTED: f64 = 24.0;
/// ISO/IEC 18004, section 9.1: four modules of quiet zone on every side.
const QUIET_MODULES: u32 = 4;
/// `GS ( k` function 167 knows modules of 1 to 16 dots.
const MODULE_DOTS_MAX: u32 = 16;

/// A code with its size on a certain paper.
pub(super) struct SizedQr {
    code: QrCode,
    text: String,
    pub(super) module_dots: u32,
}

impl SizedQr {
    /// Chooses the smallest module that makes the code findable and fits the paper.
    pub(super) fn fit(text: &str, module_dots_min: u8, profile: &Profile) -> Result<Self, EncodeError> {
        let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).map_err(|_| EncodeError::QrTooLong { letters: text.chars().count() })?;
        let modules = code.width() as u32;
        let dots_per_mm = f64::from(profile.dots_per_inch) / 25.4;
        let for_module = (MODULE_MM_MIN * dots_per_mm - 0.01).ceil() as u32;
        let for_code = (CODE_MM_WANTED * dots_per_mm / f64::from(modules)).ceil() as u32;
        let floor = for_module.max(u32::from(module_dots_min)).max(1);
        let fits = u32::from(profile.dots) / (modules + 2 * QUIET_MODULES);
        if floor > fits || floor > MODULE_DOTS_MAX {
            return Err(EncodeError::QrTooWide { modules, dots: profile.dots });
        }
        let module_dots = floor.max(for_code).min(fits).min(MODULE_DOTS_MAX);
        Ok(SizedQr { code, text: text.to_owned(), module_dots })
    }

    /// Width and height without the quiet zone, in dots.
    pub(super) fn side_dots(&self) -> u32 {
        self.code.width() as u32 * self.module_dots
    }

    /// Height of the quiet zone above or below, in dots.
    pub(super) fn quiet_dots(&self) -> u32 {
        QUIET_MODULES * self.module_dots
    }

    /// `GS ( k`: model 2, module size, level M, store, print (Epson TM-T81 specification, p.105).
    pub(super) fn native(&self) -> Vec<u8> {
        let data = self.text.as_bytes();
        // A version 40 code holds fewer than 3,000 bytes, so the length fits two bytes.
        let stored = (data.len() + 3) as u16;
        let mut bytes = vec![0x1D, 0x28, 0x6B, 0x04, 0x00, 0x31, 0x41, 0x32, 0x00];
        bytes.extend([0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x43, self.module_dots as u8]);
        bytes.extend([0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x45, 0x31]);
        bytes.extend([0x1D, 0x28, 0x6B]);
        bytes.extend(stored.to_le_bytes());
        bytes.extend([0x31, 0x50, 0x30]);
        bytes.extend(data);
        bytes.extend([0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x51, 0x30]);
        bytes
    }

    /// `GS v 0`: one bit a dot, most significant bit left, 1 is black.
    pub(super) fn raster(&self) -> Vec<u8> {
        let side = self.side_dots();
        let row_bytes = side.div_ceil(8) as u16;
        let mut bytes = vec![0x1D, 0x76, 0x30, 0x00];
        bytes.extend(row_bytes.to_le_bytes());
        bytes.extend((side as u16).to_le_bytes());
        for y in 0..side {
            let mut row = vec![0u8; usize::from(row_bytes)];
            for x in 0..side {
                let module = ((x / self.module_dots) as usize, (y / self.module_dots) as usize);
                if self.code[module] == Color::Dark {
                    row[(x / 8) as usize] |= 0x80 >> (x % 8);
                }
            }
            bytes.extend(row);
        }
        bytes
    }
}
