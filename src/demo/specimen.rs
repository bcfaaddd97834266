//! A police letter that we drew ourselves: an invented person, NIK serial 0000, SPESIMEN across it.

use ab_glyph::{Font, FontVec, PxScale, ScaleFont};
use drivers::picture::RgbPage;

/// A4 at 150 dots per inch.
const WIDTH_PX: u32 = 1240;
const HEIGHT_PX: u32 = 1754;
const INK: [u8; 3] = [24, 26, 34];
const STAMP: [u8; 3] = [196, 60, 60];
const PAPER: [u8; 3] = [250, 249, 245];

/// Fonts of Debian's fonts-inter and fonts-dejavu-core.
const FONTS: [&str; 3] = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
];

/// The letter; `page` is printed in its corner.
pub fn police_letter(page: u32) -> Result<RgbPage, std::io::Error> {
    let font = FONTS
        .iter()
        .find_map(|path| FontVec::try_from_vec(std::fs::read(path).ok()?).ok())
        .ok_or_else(|| std::io::Error::other("no font: install fonts-dejavu-core"))?;
    let mut sheet = Sheet { pixels: PAPER.repeat((WIDTH_PX * HEIGHT_PX) as usize), font };
    sheet.line(420.0, 90.0, 40.0, INK, "SEKTOR CONTOH KOTA");
    sheet.line(330.0, 140.0, 30.0, INK, "Jalan Contoh Nomor 0, Surabaya (invensi)");
    sheet.bar(190, 100, 1140, 4, INK);
    sheet.line(210.0, 250.0, 36.0, INK, "SURAT KETERANGAN TANDA LAPOR KEHILANGAN");
    sheet.line(410.0, 300.0, 28.0, INK, "Nomor: SKTLK/0000/XI/2026/CONTOH");
    let body = [
        "Yang bertanda tangan di bawah ini menerangkan bahwa telah datang",
        "seorang perempuan yang melaporkan kehilangan barang:",
        "",
        "Nama        : SITI SPESIMEN",
        "NIK         : 3578014507900000",
        "Lahir       : Surabaya, 5 Juli 1990",
        "Barang      : 1 (satu) kartu tanda penduduk elektronik",
        "Hilang di   : sekitar pasar, hari Kamis pagi",
        "",
        "Surat ini dibuat sebagai bahan untuk mengurus kartu pengganti.",
        "Surat ini hanya contoh dan tidak berlaku untuk keperluan apa pun.",
    ];
    for (row, text) in body.iter().enumerate() {
        sheet.line(120.0, 400.0 + 56.0 * row as f32, 31.0, INK, text);
    }
    sheet.line(760.0, 1180.0, 30.0, INK, "Surabaya, 20 November 2026");
    sheet.line(760.0, 1240.0, 30.0, INK, "Petugas (contoh)");
    for turn in 0..3 {
        sheet.line(150.0 + 60.0 * turn as f32, 1420.0 + 90.0 * turn as f32, 84.0, STAMP, "S P E S I M E N");
    }
    sheet.line(1080.0, 60.0, 26.0, INK, &format!("hal. {page}"));
    Ok(RgbPage::new(WIDTH_PX, HEIGHT_PX, sheet.pixels).expect("width times height times three bytes were made"))
}

struct Sheet {
    pixels: Vec<u8>,
    font: FontVec,
}

impl Sheet {
    fn line(&mut self, x: f32, y: f32, height: f32, color: [u8; 3], text: &str) {
        let font = self.font.as_scaled(PxScale::from(height));
        let mut glyphs = Vec::new();
        let mut at = x;
        for character in text.chars() {
            let id = font.glyph_id(character);
            glyphs.push(id.with_scale_and_position(PxScale::from(height), ab_glyph::point(at, y)));
            at += font.h_advance(id);
        }
        for glyph in glyphs {
            let Some(outline) = self.font.outline_glyph(glyph) else { continue };
            let bounds = outline.px_bounds();
            let pixels = &mut self.pixels;
            outline.draw(|dx, dy, cover| dot(pixels, bounds.min.x as i64 + i64::from(dx), bounds.min.y as i64 + i64::from(dy), color, cover));
        }
    }

    fn bar(&mut self, y: i64, x: i64, to: i64, height: i64, color: [u8; 3]) {
        for row in y..y + height {
            for column in x..to {
                dot(&mut self.pixels, column, row, color, 1.0);
            }
        }
    }
}

fn dot(pixels: &mut [u8], x: i64, y: i64, color: [u8; 3], cover: f32) {
    if !(0..i64::from(WIDTH_PX)).contains(&x) || !(0..i64::from(HEIGHT_PX)).contains(&y) {
        return;
    }
    let at = (y as usize * WIDTH_PX as usize + x as usize) * 3;
    for (channel, ink) in color.iter().enumerate() {
        let paper = f32::from(pixels[at + channel]);
        pixels[at + channel] = (paper + (f32::from(*ink) - paper) * cover.clamp(0.0, 1.0)) as u8;
    }
}
