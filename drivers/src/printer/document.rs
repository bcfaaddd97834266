//! What a slip says, without a word about any printer.
//!
//! The rule a newcomer would break: no control characters, no widths, no model names in here. A document that needs to know
//! its printer belongs into the encoder.

use super::permit::Permit;
use std::fmt;

/// Height and width of letters in multiples of the printer's font A, 1 to 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextSize {
    #[default]
    Single,
    Double,
    Triple,
    Quad,
}

impl TextSize {
    /// 1 to 4.
    pub fn factor(self) -> usize {
        match self {
            TextSize::Single => 1,
            TextSize::Double => 2,
            TextSize::Triple => 3,
            TextSize::Quad => 4,
        }
    }
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Centre,
    Right,
}

/// One piece of a slip, from top to bottom.
#[derive(Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph, wrapped at words.
    Text { text: String, size: TextSize, bold: bool, align: Align, inverse: bool },
    /// A line across the paper.
    Rule,
    /// Empty lines of font A.
    Feed { lines: u8 },
    /// A QR code at error correction level M, centred. A module is at least `module_dots_min` dots and 0.5 mm.
    Qr { text: String, module_dots_min: u8 },
    /// Short text in a frame with an arrow pointing at it.
    Boxed { text: String, size: TextSize },
    /// A ruler with a tick every 10 mm and a bar in four steps of grey, both from the first dot of the head to the last.
    Scale,
    /// Every letter beyond ASCII that frames and rules use on this printer, once.
    FrameLetters,
    /// Feeds to the cutter and cuts; on a model without a cutter, feeds to the tear bar.
    Cut,
}

impl Block {
    /// Plain text at the left.
    pub fn text(text: impl Into<String>) -> Self {
        Block::Text { text: text.into(), size: TextSize::Single, bold: false, align: Align::Left, inverse: false }
    }

    /// Centred text of the given size.
    pub fn heading(text: impl Into<String>, size: TextSize) -> Self {
        Block::Text { text: text.into(), size, bold: true, align: Align::Centre, inverse: false }
    }
}

impl fmt::Debug for Block {
    /// A slip names a person, so only its shape is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Block::Text { text, size, .. } => write!(f, "Text({size:?}, {} letters •••)", text.chars().count()),
            Block::Rule => f.write_str("Rule"),
            Block::Feed { lines } => write!(f, "Feed({lines})"),
            Block::Qr { text, .. } => write!(f, "Qr({} letters •••)", text.chars().count()),
            Block::Boxed { size, .. } => write!(f, "Boxed({size:?}, •••)"),
            Block::Scale => f.write_str("Scale"),
            Block::FrameLetters => f.write_str("FrameLetters"),
            Block::Cut => f.write_str("Cut"),
        }
    }
}

/// A whole slip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document(pub Vec<Block>);

/// One order to print.
#[derive(Clone, Debug)]
pub struct PrintJob {
    /// Handed in by the caller and different for each attempt, so that the echo of an older attempt is not taken for this one.
    pub token: u32,
    /// What to print.
    pub document: Document,
    /// Asked before the first byte and between pieces; whoever ends the session revokes it.
    pub permit: Permit,
}
