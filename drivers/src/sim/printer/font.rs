//! Letters of the simulated printer: a monospace font of the system, or a small built-in one.
//!
//! Frame letters are drawn by hand, because they have to touch each other whatever the font says.

use ab_glyph::{Font, FontVec, PxScale, ScaleFont};
use font8x8::UnicodeFonts;
use std::path::{Path, PathBuf};

/// Where letters come from.
#[derive(Clone, Debug, Default)]
pub enum FontChoice {
    /// The first of the usual monospace fonts below `/usr/share/fonts`, else the built-in one.
    #[default]
    System,
    /// This regular and this bold font file; the built-in one when a file is unusable.
    Files { regular: PathBuf, bold: PathBuf },
    /// 8 by 8 dots, the same on every machine.
    BuiltIn,
}

/// Packages fonts-dejavu-core and fonts-noto-mono.
const KNOWN: [(&str, &str); 2] = [
    ("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"),
    ("/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf", "/usr/share/fonts/truetype/noto/NotoSansMono-Bold.ttf"),
];

pub(super) enum Face {
    Outline { regular: FontVec, bold: FontVec },
    BuiltIn,
}

impl Face {
    pub(super) fn load(choice: &FontChoice) -> Self {
        let read = |path: &Path| FontVec::try_from_vec(std::fs::read(path).ok()?).ok();
        let pair = |regular: &Path, bold: &Path| Some(Face::Outline { regular: read(regular)?, bold: read(bold)? });
        let found = match choice {
            FontChoice::System => KNOWN.iter().find_map(|(regular, bold)| pair(regular.as_ref(), bold.as_ref())),
            FontChoice::Files { regular, bold } => pair(regular, bold),
            FontChoice::BuiltIn => None,
        };
        found.unwrap_or(Face::BuiltIn)
    }

    /// Names the dots of one letter in a cell of the given size.
    pub(super) fn draw(&self, letter: char, wide: u32, high: u32, bold: bool, mut dot: impl FnMut(u32, u32)) {
        if let Some(frame) = frame_of(letter) {
            return draw_frame(frame, wide, high, dot);
        }
        match self {
            Face::Outline { regular, bold: heavy } => {
                draw_outline(if bold { heavy } else { regular }, letter, wide, high, dot);
            }
            Face::BuiltIn => {
                let rows =
                    font8x8::BASIC_FONTS.get(letter).or_else(|| font8x8::LATIN_FONTS.get(letter)).or_else(|| font8x8::BASIC_FONTS.get('?')).unwrap_or_default();
                for y in 0..high {
                    for x in 0..wide {
                        let (column, row) = (x * 8 / wide, (y * 8 / high) as usize);
                        if rows[row] & (1 << column) != 0 {
                            dot(x, y);
                            if bold && x + 1 < wide {
                                dot(x + 1, y);
                            }
                        }
                    }
                }
            }
        }
    }
}

fn draw_outline(font: &FontVec, letter: char, wide: u32, high: u32, mut dot: impl FnMut(u32, u32)) {
    let id = font.glyph_id(letter);
    let unit = PxScale { x: 1.0, y: 1.0 };
    let advance = font.as_scaled(unit).h_advance(id).max(0.01);
    let scale = PxScale { x: wide as f32 / advance, y: high as f32 };
    let baseline = font.as_scaled(scale).ascent();
    let glyph = id.with_scale_and_position(scale, ab_glyph::point(0.0, baseline));
    if let Some(outline) = font.outline_glyph(glyph) {
        let bounds = outline.px_bounds();
        outline.draw(|x, y, cover| {
            let (x, y) = (x as i32 + bounds.min.x as i32, y as i32 + bounds.min.y as i32);
            // A thermal dot is black or white.
            if cover > 0.45 && (0..wide as i32).contains(&x) && (0..high as i32).contains(&y) {
                dot(x as u32, y as u32);
            }
        });
    }
}

/// Which arms a frame letter has, and how thick.
#[derive(Clone, Copy)]
struct FrameLetter {
    left: bool,
    right: bool,
    up: bool,
    down: bool,
    thick: bool,
}

fn frame_of(letter: char) -> Option<FrameLetter> {
    let arms = |left, right, up, down, thick| Some(FrameLetter { left, right, up, down, thick });
    match letter {
        '─' => arms(true, true, false, false, false),
        '│' => arms(false, false, true, true, false),
        '═' => arms(true, true, false, false, true),
        '║' => arms(false, false, true, true, true),
        '╔' => arms(false, true, false, true, true),
        '╗' => arms(true, false, false, true, true),
        '╚' => arms(false, true, true, false, true),
        '╝' => arms(true, false, true, false, true),
        _ => None,
    }
}

fn draw_frame(frame: FrameLetter, wide: u32, high: u32, mut dot: impl FnMut(u32, u32)) {
    let stroke = (wide / if frame.thick { 4 } else { 8 }).max(2);
    let (mid_x, mid_y) = ((wide - stroke) / 2, (high - stroke) / 2);
    let within = |at: u32, from: u32, to: u32| (from..to).contains(&at);
    for y in 0..high {
        for x in 0..wide {
            let level = within(y, mid_y, mid_y + stroke) && ((frame.left && x < mid_x + stroke) || (frame.right && x >= mid_x));
            let upright = within(x, mid_x, mid_x + stroke) && ((frame.up && y < mid_y + stroke) || (frame.down && y >= mid_y));
            if level || upright {
                dot(x, y);
            }
        }
    }
}

/// ASCII, and those letters of table 437 that slips use.
pub(super) fn letter_of(byte: u8) -> char {
    match byte {
        0x20..=0x7E => char::from(byte),
        0xC4 => '─',
        0xB3 => '│',
        0xCD => '═',
        0xBA => '║',
        0xC9 => '╔',
        0xBB => '╗',
        0xC8 => '╚',
        0xBC => '╝',
        0xAF => '»',
        _ => '?',
    }
}
