//! A sheet that is drawn upon in millimetres: fills, lines, text. It remembers where each word stands.
//!
//! It knows no camera. The rule a newcomer would break: whatever an officer has to read is written with [`Canvas::text`],
//! since the ladder's labels follow from the words remembered there; decoration is drawn with the other calls.

use ab_glyph::{Font, FontVec, PxScale, ScaleFont};
use font8x8::UnicodeFonts;
use image::{Rgb, RgbImage};
use std::sync::OnceLock;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];
pub(super) const BLACK: Colour = [26, 25, 28];

/// Millimetres from the top left of the sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RectMm {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

/// One word, or another mark that an officer has to make out, such as the portrait on a card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Word {
    /// Where it stands.
    pub area: RectMm,
    /// Height of its small letters in millimetres.
    pub x_height_mm: f32,
    /// Brightness of its ink, 0 to 255.
    pub ink_luma: f32,
    /// Brightness of the paper under it, 0 to 255.
    pub paper_luma: f32,
}

/// How a piece of text is set.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    /// Height of a line from ascender to descender, in millimetres; 10 point print has about 3.5.
    pub(super) em_mm: f32,
    pub(super) bold: bool,
    pub(super) colour: Colour,
}

impl Pen {
    pub(super) const fn plain(em_mm: f32) -> Self {
        Pen { em_mm, bold: false, colour: BLACK }
    }
    pub(super) const fn heavy(em_mm: f32) -> Self {
        Pen { em_mm, bold: true, colour: BLACK }
    }
}

/// The sheet.
pub(super) struct Canvas {
    pub(super) picture: RgbImage,
    pub(super) words: Vec<Word>,
    px_per_mm: f32,
}

impl Canvas {
    pub(super) fn new(width_mm: f32, height_mm: f32, px_per_mm: f32, paper: Colour) -> Self {
        let side = |mm: f32| (mm * px_per_mm).round().max(1.0) as u32;
        Canvas { picture: RgbImage::from_pixel(side(width_mm), side(height_mm), Rgb(paper)), words: Vec::new(), px_per_mm }
    }

    /// Every pixel from its place in millimetres and its colour so far.
    pub(super) fn paint(&mut self, mut colour: impl FnMut(f32, f32, Colour) -> Colour) {
        let scale = self.px_per_mm;
        for (x, y, dot) in self.picture.enumerate_pixels_mut() {
            dot.0 = colour((x as f32 + 0.5) / scale, (y as f32 + 0.5) / scale, dot.0);
        }
    }

    pub(super) fn fill(&mut self, area: RectMm, colour: Colour) {
        let edge = |mm: f32, limit: u32| ((mm * self.px_per_mm).round().max(0.0) as u32).min(limit);
        let (width, height) = self.picture.dimensions();
        for y in edge(area.top, height)..edge(area.top + area.height, height) {
            for x in edge(area.left, width)..edge(area.left + area.width, width) {
                self.picture.put_pixel(x, y, Rgb(colour));
            }
        }
    }

    /// A level or upright rule of this thickness.
    pub(super) fn rule(&mut self, left: f32, top: f32, width: f32, height: f32, colour: Colour) {
        self.fill(RectMm { left, top, width: width.max(1.0 / self.px_per_mm), height: height.max(1.0 / self.px_per_mm) }, colour);
    }

    pub(super) fn frame(&mut self, area: RectMm, thick_mm: f32, colour: Colour) {
        self.rule(area.left, area.top, area.width, thick_mm, colour);
        self.rule(area.left, area.top + area.height - thick_mm, area.width, thick_mm, colour);
        self.rule(area.left, area.top, thick_mm, area.height, colour);
        self.rule(area.left + area.width - thick_mm, area.top, thick_mm, area.height, colour);
    }

    /// One line of text whose top left is here; its words are remembered. Returns its width in millimetres.
    pub(super) fn text(&mut self, left: f32, top: f32, text: &str, pen: Pen) -> f32 {
        let mut at = left;
        for word in text.split_inclusive(' ') {
            let wide = self.letters(at, top, word, pen);
            let letters_mm = wide * word.trim_end().chars().count() as f32 / word.chars().count().max(1) as f32;
            let x_height_mm = pen.em_mm * x_height_share(word);
            if !word.trim().is_empty() {
                let area = RectMm { left: at, top: top + pen.em_mm * 0.22, width: letters_mm, height: pen.em_mm * 0.62 };
                let paper_luma = self.luma_at(at - 0.3, top + pen.em_mm * 0.5);
                self.words.push(Word { area, x_height_mm, ink_luma: luma_of(pen.colour), paper_luma });
            }
            at += wide;
        }
        at - left
    }

    pub(super) fn centred(&mut self, middle: f32, top: f32, text: &str, pen: Pen) {
        let wide = self.width_mm(text, pen);
        self.text(middle - wide / 2.0, top, text, pen);
    }

    /// Something an officer has to recognise, but that is no text.
    pub(super) fn remember(&mut self, area: RectMm, detail_mm: f32, ink_luma: f32, paper_luma: f32) {
        self.words.push(Word { area, x_height_mm: detail_mm, ink_luma, paper_luma });
    }

    fn luma_at(&self, left: f32, top: f32) -> f32 {
        let (width, height) = self.picture.dimensions();
        let at = |mm: f32, limit: u32| ((mm * self.px_per_mm).max(0.0) as u32).min(limit - 1);
        luma_of(self.picture.get_pixel(at(left, width), at(top, height)).0)
    }

    pub(super) fn width_mm(&self, text: &str, pen: Pen) -> f32 {
        match faces(pen.bold) {
            Some(font) => {
                let scaled = font.as_scaled(PxScale::from(pen.em_mm));
                text.chars().map(|letter| scaled.h_advance(font.glyph_id(letter))).sum()
            }
            None => text.chars().count() as f32 * pen.em_mm * BUILT_IN_ADVANCE,
        }
    }

    /// Draws without remembering; for stamps and ornaments. Returns the width in millimetres.
    pub(super) fn letters(&mut self, left: f32, top: f32, text: &str, pen: Pen) -> f32 {
        let px = self.px_per_mm;
        let Some(font) = faces(pen.bold) else { return self.built_in(left, top, text, pen) };
        let scale = PxScale::from(pen.em_mm * px);
        let scaled = font.as_scaled(scale);
        let mut at = left * px;
        for letter in text.chars() {
            let id = font.glyph_id(letter);
            let glyph = id.with_scale_and_position(scale, ab_glyph::point(at, top * px + scaled.ascent()));
            if let Some(outline) = font.outline_glyph(glyph) {
                let corner = outline.px_bounds().min;
                outline.draw(|x, y, cover| self.blend(x as i64 + corner.x as i64, y as i64 + corner.y as i64, pen.colour, cover));
            }
            at += scaled.h_advance(id);
        }
        at / px - left
    }

    /// The tiny letters, for a machine without fonts.
    fn built_in(&mut self, left: f32, top: f32, text: &str, pen: Pen) -> f32 {
        let (cell_w, cell_h) = (pen.em_mm * BUILT_IN_ADVANCE, pen.em_mm * 0.72);
        for (index, letter) in text.chars().enumerate() {
            let rows = font8x8::BASIC_FONTS.get(letter).unwrap_or_default();
            for (row, bits) in rows.iter().enumerate() {
                for column in (0..8).filter(|column| bits & (1 << column) != 0) {
                    let dot = RectMm {
                        left: left + (index as f32 + column as f32 / 8.0) * cell_w,
                        top: top + pen.em_mm * 0.2 + row as f32 / 8.0 * cell_h,
                        width: cell_w / if pen.bold { 5.0 } else { 8.0 },
                        height: cell_h / 8.0,
                    };
                    self.fill(dot, pen.colour);
                }
            }
        }
        text.chars().count() as f32 * cell_w
    }

    fn blend(&mut self, x: i64, y: i64, colour: Colour, cover: f32) {
        let (width, height) = self.picture.dimensions();
        if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
            && x < width
            && y < height
        {
            let dot = self.picture.get_pixel_mut(x, y);
            for (under, over) in dot.0.iter_mut().zip(colour) {
                *under = (f32::from(*under) * (1.0 - cover) + f32::from(over) * cover) as u8;
            }
        }
    }
}

const BUILT_IN_ADVANCE: f32 = 0.62;

/// Small letters have about 0.47 of the line's height in DejaVu Sans (x-height 0.547 em, line 1.164 em). A word of capitals
/// and digits (0.63) is read by less than its height, since capitals have finer detail.
fn x_height_share(word: &str) -> f32 {
    if word.chars().any(char::is_lowercase) { 0.47 } else { 0.54 }
}

pub(super) fn luma_of(colour: Colour) -> f32 {
    f32::from(colour[0]) * 0.299 + f32::from(colour[1]) * 0.587 + f32::from(colour[2]) * 0.114
}

/// Packages fonts-dejavu-core, fonts-liberation, fonts-noto-core.
const KNOWN: [(&str, &str); 3] = [
    ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
    ("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf", "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf"),
    ("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf"),
];

fn faces(bold: bool) -> Option<&'static FontVec> {
    static FACES: OnceLock<Option<(FontVec, FontVec)>> = OnceLock::new();
    let read = |path: &str| FontVec::try_from_vec(std::fs::read(path).ok()?).ok();
    let pair = FACES.get_or_init(|| KNOWN.iter().find_map(|(regular, heavy)| Some((read(regular)?, read(heavy)?)))).as_ref()?;
    Some(if bold { &pair.1 } else { &pair.0 })
}
