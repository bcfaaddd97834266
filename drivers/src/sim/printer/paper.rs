//! The paper: one byte a dot, growing downwards, and what stands on it as plain text.
//!
//! The rule a newcomer would break: dots right of the printable width are lost, as on paper; nothing wraps in here.

use super::font::{Face, letter_of};
use image::{GrayImage, Luma};

/// Longer than this the paper is cut off at the top, in dots: two metres.
const ROWS_MAX: u32 = 16_000;
const CELL_WIDE: u32 = 12;
const CELL_HIGH: u32 = 24;
const INK: u8 = 0;
const WHITE: u8 = 255;

/// One paper that came out.
#[derive(Clone)]
pub struct Paper {
    /// As wide as the print head; black on white.
    pub image: GrayImage,
    /// Line by line; pictures in square brackets.
    pub text: String,
    /// Bytes that it took.
    pub bytes: usize,
    /// Where it went.
    pub whereabouts: Whereabouts,
}

/// Where a cut paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// Cut off, at a printer without a presenter.
    Tray,
    /// In the output of a presenter.
    Output,
    /// Somebody took it from there.
    Hand,
    /// Drawn in; only staff get it.
    Bin,
    /// Pushed out.
    Floor,
}

impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Paper({}x{}, {} bytes)", self.image.width(), self.image.height(), self.bytes)
    }
}

/// Where a line or picture stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    Left,
    Centre,
    Right,
}

/// One letter with its modes.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) byte: u8,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bold: bool,
    pub(super) inverse: bool,
}

impl Cell {
    pub(super) fn dots_wide(&self) -> u32 {
        self.width * CELL_WIDE
    }
}

pub(super) struct Canvas {
    width: u32,
    rows: Vec<u8>,
    text: String,
    inked: bool,
}

impl Canvas {
    pub(super) fn new(width: u32) -> Self {
        Canvas { width, rows: Vec::new(), text: String::new(), inked: false }
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    pub(super) fn clear(&mut self) {
        *self = Canvas::new(self.width);
    }

    /// `None` when nothing is on it: a white strip is nobody's slip.
    pub(super) fn paper(&self, bytes: usize) -> Option<Paper> {
        let image = GrayImage::from_raw(self.width, self.height(), self.rows.clone())?;
        self.inked.then(|| Paper { image, text: self.text.clone(), bytes, whereabouts: Whereabouts::Tray })
    }

    fn height(&self) -> u32 {
        self.rows.len() as u32 / self.width
    }

    /// Moves the paper without ink; gives the dots moved.
    pub(super) fn feed(&mut self, dots: u32) -> u32 {
        if self.height() + dots <= ROWS_MAX {
            self.rows.resize(self.rows.len() + (dots * self.width) as usize, WHITE);
        }
        dots
    }

    pub(super) fn blank_line(&mut self, spacing_dots: u32) -> u32 {
        self.text.push('\n');
        self.feed(spacing_dots)
    }

    /// Draws one line and moves on.
    pub(super) fn line(&mut self, cells: &[Cell], stand: Stand, spacing_dots: u32, face: &Face) -> u32 {
        let wide: u32 = cells.iter().map(Cell::dots_wide).sum();
        let tallest = cells.iter().map(|cell| cell.height).max().unwrap_or(1) * CELL_HIGH;
        let left = self.left_of(wide, stand);
        let top = self.height();
        let dots = self.feed(spacing_dots.max(tallest));
        let mut x = left;
        for cell in cells {
            let high = cell.height * CELL_HIGH;
            // Letters of different sizes stand on one base line.
            let y = top + tallest - high;
            let letter = letter_of(cell.byte);
            let mut dots = Vec::new();
            face.draw(letter, cell.dots_wide(), high, cell.bold, |dx, dy| dots.push((dx, dy)));
            if cell.inverse {
                self.fill(x, y, cell.dots_wide(), high);
                dots.iter().for_each(|(dx, dy)| self.dot(x + dx, y + dy, WHITE));
            } else {
                dots.iter().for_each(|(dx, dy)| self.dot(x + dx, y + dy, INK));
            }
            self.inked |= cell.inverse || !dots.is_empty();
            x += cell.dots_wide();
        }
        let indent = " ".repeat((left / CELL_WIDE) as usize);
        let words: String = cells.iter().map(|cell| letter_of(cell.byte)).collect();
        self.text.push_str(format!("{indent}{words}").trim_end());
        self.text.push('\n');
        dots
    }

    /// Draws a code that the printer makes itself; a code that is too wide is left out.
    pub(super) fn qr(&mut self, code: &qrcode::QrCode, module_dots: u32, payload: &[u8], stand: Stand) -> u32 {
        let side = code.width() as u32 * module_dots;
        if side > self.width {
            return 0;
        }
        let left = self.left_of(side, stand);
        let top = self.height();
        let dots = self.feed(side);
        for (index, colour) in code.to_colors().into_iter().enumerate() {
            if colour == qrcode::Color::Dark {
                let (column, row) = (index as u32 % code.width() as u32, index as u32 / code.width() as u32);
                self.fill(left + column * module_dots, top + row * module_dots, module_dots, module_dots);
            }
        }
        self.inked = true;
        self.text.push_str(&format!("[QR: {}]\n", String::from_utf8_lossy(payload)));
        dots
    }

    /// Draws a picture of bits.
    pub(super) fn raster(&mut self, data: &[u8], row_bytes: u32, rows: u32, zoom_x: u32, zoom_y: u32, stand: Stand) -> u32 {
        let wide = row_bytes * 8 * zoom_x;
        let left = self.left_of(wide, stand);
        let top = self.height();
        let dots = self.feed(rows * zoom_y);
        for row in 0..rows {
            for column in 0..row_bytes * 8 {
                let byte = data.get((row * row_bytes + column / 8) as usize).copied().unwrap_or(0);
                if byte & (0x80 >> (column % 8)) != 0 {
                    self.fill(left + column * zoom_x, top + row * zoom_y, zoom_x, zoom_y);
                    self.inked = true;
                }
            }
        }
        self.text.push_str(&format!("[gambar {wide}x{}]\n", rows * zoom_y));
        dots
    }

    fn left_of(&self, wide: u32, stand: Stand) -> u32 {
        let room = self.width.saturating_sub(wide);
        match stand {
            Stand::Left => 0,
            Stand::Centre => room / 2,
            Stand::Right => room,
        }
    }

    fn fill(&mut self, x: u32, y: u32, wide: u32, high: u32) {
        for dy in 0..high {
            for dx in 0..wide {
                self.dot(x + dx, y + dy, INK);
            }
        }
    }

    fn dot(&mut self, x: u32, y: u32, value: u8) {
        if x < self.width
            && let Some(dot) = self.rows.get_mut((y * self.width + x) as usize)
        {
            *dot = value;
        }
    }
}

impl Paper {
    /// Just cut off, and not yet in any presenter.
    pub(super) fn is_fresh(&self) -> bool {
        self.whereabouts == Whereabouts::Tray
    }

    /// The paper with a white margin around it, as a person would photograph it, in dots.
    pub fn with_margin(&self, margin: u32) -> GrayImage {
        let (width, height) = (self.image.width() + 2 * margin, self.image.height() + 2 * margin);
        let mut framed = GrayImage::from_pixel(width, height, Luma([WHITE]));
        image::imageops::overlay(&mut framed, &self.image, i64::from(margin), i64::from(margin));
        framed
    }

    /// The paper as colours with a white margin, to be held before the simulated camera.
    pub fn held_up(&self) -> crate::picture::RgbPage {
        const MARGIN_DOTS: u32 = 32;
        let framed = self.with_margin(MARGIN_DOTS);
        let (width, height) = framed.dimensions();
        let rgb = framed.into_raw().into_iter().flat_map(|dot| [dot; 3]).collect();
        crate::picture::RgbPage::new(width, height, rgb).expect("a margin makes every side at least one dot")
    }
}
