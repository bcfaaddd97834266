//! A document and a profile become ESC/POS bytes. Pure: same input, same bytes.
//!
//! It asks the printer nothing and appends no confirmation; the driver does that.
//!
//! The rule a newcomer would break: modes are tracked and sent only when they change, and a slip ends in the modes it began
//! with, since a slip may not depend on the one before it.

use super::document::{Align, Block, Document, TextSize};
use super::profile::{CodePage, Cutter, OnTimeout, PresenterCommands, Profile};
use super::qr::SizedQr;
use super::scale;
use super::text::{sanitise, wrap};
use thiserror::Error;

/// Height of font A, and the line feed that printers start with (Epson TM-T88III specification, `ESC 2`), in dots.
const FONT_DOTS: u32 = 24;
const LINE_DOTS: u32 = 30;
/// A slip longer than this is a mistake of the caller, in mm.
const SLIP_MM_MAX: u32 = 600;

/// Why a document cannot be expressed for a printer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum EncodeError {
    #[error("a QR text of {letters} letters is longer than any code")]
    QrTooLong { letters: usize },
    #[error("a QR code of {modules} modules is wider than {dots} dots at a legible size")]
    QrTooWide { modules: u32, dots: u16 },
    #[error("boxed text of {letters} letters does not fit {columns} columns")]
    BoxTooWide { letters: usize, columns: u8 },
    #[error("the slip is {mm} mm long, more than {SLIP_MM_MAX}")]
    TooLong { mm: u32 },
}

/// Bytes and the paper they need.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What goes to the printer.
    pub bytes: Vec<u8>,
    /// Paper used, in mm, rounded up.
    pub length_mm: u32,
}

impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Encoded({} bytes, {} mm •••)", self.bytes.len(), self.length_mm)
    }
}

/// The bytes of a document.
///
/// # Errors
/// See [`EncodeError`]; nothing is cut off silently.
pub fn encode(document: &Document, profile: &Profile) -> Result<Vec<u8>, EncodeError> {
    encode_job(document, profile).map(|encoded| encoded.bytes)
}

/// The bytes of a document and the length of the paper.
///
/// # Errors
/// See [`EncodeError`].
pub fn encode_job(document: &Document, profile: &Profile) -> Result<Encoded, EncodeError> {
    let mut slip = Writer::new(profile);
    for block in &document.0 {
        match block {
            Block::Text { text, size, bold, align, inverse } => {
                slip.mode(Mode { size: *size, bold: *bold, align: *align, inverse: *inverse });
                for line in wrap(&sanitise(text), usize::from(profile.columns) / size.factor()) {
                    slip.line(line.as_bytes(), *size);
                }
            }
            Block::Rule => {
                slip.mode(Mode::default());
                let stroke = glyphs(profile.code_page).thin;
                slip.line(&vec![stroke; usize::from(profile.columns)], TextSize::Single);
            }
            Block::Feed { lines } => slip.feed(*lines),
            Block::Qr { text, module_dots_min } => slip.qr(&SizedQr::fit(text, *module_dots_min, profile)?),
            Block::Boxed { text, size } => slip.boxed(text, *size)?,
            Block::Scale => slip.scale(),
            Block::FrameLetters => {
                slip.mode(Mode::default());
                slip.line(&glyphs(profile.code_page).all(), TextSize::Single);
            }
            Block::Cut => slip.cut(),
        }
    }
    slip.mode(Mode::default());
    let length_mm = profile.mm(slip.dots_high).ceil() as u32 + slip.cuts * u32::from(profile.feed_mm_after_cut);
    if length_mm > SLIP_MM_MAX {
        return Err(EncodeError::TooLong { mm: length_mm });
    }
    Ok(Encoded { bytes: slip.bytes, length_mm })
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Mode {
    size: TextSize,
    bold: bool,
    align: Align,
    inverse: bool,
}

struct Writer<'p> {
    profile: &'p Profile,
    bytes: Vec<u8>,
    mode: Mode,
    dots_high: u32,
    cuts: u32,
}

impl<'p> Writer<'p> {
    fn new(profile: &'p Profile) -> Self {
        // ESC @ resets the modes, ESC t selects the character table.
        let bytes = vec![0x1B, 0x40, 0x1B, 0x74, profile.code_page_number];
        Writer { profile, bytes, mode: Mode::default(), dots_high: 0, cuts: 0 }
    }

    fn mode(&mut self, wanted: Mode) {
        if wanted.align != self.mode.align {
            let n = match wanted.align {
                Align::Left => 0,
                Align::Centre => 1,
                Align::Right => 2,
            };
            self.bytes.extend([0x1B, 0x61, n]);
        }
        if wanted.size != self.mode.size {
            // GS ! takes width in the upper and height in the lower half, each as factor minus one.
            self.bytes.extend([0x1D, 0x21, (wanted.size.factor() as u8 - 1) * 0x11]);
        }
        if wanted.bold != self.mode.bold {
            self.bytes.extend([0x1B, 0x45, u8::from(wanted.bold)]);
        }
        if wanted.inverse != self.mode.inverse {
            self.bytes.extend([0x1D, 0x42, u8::from(wanted.inverse)]);
        }
        self.mode = wanted;
    }

    fn line(&mut self, letters: &[u8], size: TextSize) {
        self.bytes.extend(letters);
        self.bytes.push(b'\n');
        self.dots_high += LINE_DOTS.max(FONT_DOTS * size.factor() as u32);
    }

    fn feed(&mut self, lines: u8) {
        if lines > 0 {
            self.bytes.extend([0x1B, 0x64, lines]);
            self.dots_high += u32::from(lines) * LINE_DOTS;
        }
    }

    fn qr(&mut self, qr: &SizedQr) {
        self.mode(Mode { align: Align::Centre, ..Mode::default() });
        // Whole lines, because the unit of ESC J differs between models.
        let quiet_lines = qr.quiet_dots().div_ceil(LINE_DOTS) as u8;
        self.feed(quiet_lines);
        let drawn = if self.profile.native_qr { qr.native() } else { qr.raster() };
        self.bytes.extend(drawn);
        self.dots_high += qr.side_dots();
        self.feed(quiet_lines);
    }

    /// Three lines joined by a line feed of the letters' height: at 24 units or less a printer feeds by the letters.
    fn boxed(&mut self, text: &str, wanted: TextSize) -> Result<(), EncodeError> {
        const ARROW_AND_SIDES: usize = 7;
        let plain = sanitise(text).replace('\n', " ");
        let letters = plain.trim();
        let columns = usize::from(self.profile.columns);
        let size = [TextSize::Quad, TextSize::Triple, TextSize::Double, TextSize::Single]
            .into_iter()
            .filter(|size| *size <= wanted)
            .find(|size| (letters.len() + ARROW_AND_SIDES) * size.factor() <= columns)
            .ok_or(EncodeError::BoxTooWide { letters: letters.len(), columns: self.profile.columns })?;
        let g = glyphs(self.profile.code_page);
        let edge = |left: u8, right: u8| {
            let mut line = b"   ".to_vec();
            line.push(left);
            line.extend(vec![g.thick; letters.len() + 2]);
            line.push(right);
            line
        };
        let mut middle = vec![g.arrow, g.arrow, b' ', g.side, b' '];
        middle.extend(letters.as_bytes());
        middle.extend([b' ', g.side]);
        self.mode(Mode { size, bold: true, align: Align::Centre, inverse: false });
        self.bytes.extend([0x1B, 0x33, FONT_DOTS as u8]);
        for line in [edge(g.corners[0], g.corners[1]), middle, edge(g.corners[2], g.corners[3])] {
            self.line(&line, size);
        }
        self.bytes.extend([0x1B, 0x32]);
        Ok(())
    }

    fn cut(&mut self) {
        self.mode(Mode::default());
        self.feed(self.profile.cut_feed_lines);
        self.cuts += 1;
        self.bytes.extend(cut_command(self.profile));
    }

    fn scale(&mut self) {
        self.mode(Mode::default());
        let (bytes, dots) = scale::raster(self.profile);
        self.bytes.extend(bytes);
        self.dots_high += dots;
    }
}

/// The words that cut, and present where there is a presenter. Empty for a tear bar.
pub(super) fn cut_command(profile: &Profile) -> Vec<u8> {
    match (profile.cutter, profile.presenter) {
        (Cutter::None, _) => Vec::new(),
        (Cutter::FullFeed, _) => vec![0x1D, 0x56, 65, 0],
        (Cutter::PartialFeed, _) => vec![0x1D, 0x56, 66, 0],
        // A profile file cannot name a presenter without its section; one made by hand still gets its cut.
        (Cutter::EscI, _) | (Cutter::Presenter, None) => vec![0x1B, 0x69],
        (Cutter::EscM, _) => vec![0x1B, 0x6D],
        (Cutter::Presenter, Some(presenter)) => match presenter.commands {
            PresenterCommands::FsP => {
                let end = match presenter.on_timeout {
                    OnTimeout::Eject => b'E',
                    OnTimeout::Retract => b'R',
                };
                // Steps, no blinking, what happens to a slip left behind, and when.
                vec![0x1C, 0x50, presenter.steps, 0, end, presenter.timeout_secs]
            }
            PresenterCommands::GsE => vec![0x1B, 0x69, 0x1D, 0x65, 3, presenter.steps],
        },
    }
}

struct Glyphs {
    thin: u8,
    thick: u8,
    side: u8,
    corners: [u8; 4],
    arrow: u8,
}

impl Glyphs {
    fn all(&self) -> Vec<u8> {
        let mut letters = vec![self.thin, self.thick, self.side, self.arrow];
        letters.extend(self.corners);
        letters
    }
}

/// Frame letters per table. Tables 437 and 850 hold the same ones at the same places.
fn glyphs(page: CodePage) -> Glyphs {
    match page {
        CodePage::Pc437 | CodePage::Pc850 => Glyphs { thin: 0xC4, thick: 0xCD, side: 0xBA, corners: [0xC9, 0xBB, 0xC8, 0xBC], arrow: 0xAF },
        CodePage::Wpc1252 => Glyphs { thin: b'-', thick: b'-', side: b'|', corners: [b'+'; 4], arrow: 0xBB },
        CodePage::Ascii => Glyphs { thin: b'-', thick: b'-', side: b'|', corners: [b'+'; 4], arrow: b'>' },
    }
}
