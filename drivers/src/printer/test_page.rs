//! The page a technician prints to see whether a profile fits its printer.
//!
//! It names no person and no number. The rule a newcomer would break: everything on it can be judged by eye or by a camera:
//! a ruler that ends at the last dot, letters that fill the line exactly, a code to read, and a clean cut.

use super::document::{Block, Document, TextSize};
use super::profile::Profile;

/// What the code on the test page says.
pub const TEST_PAGE_QR: &str = "KLAMPID-UJI-PRINTER";
const MODULE_DOTS_MIN: u8 = 4;

/// The test page of a model.
pub fn test_page(profile: &Profile) -> Document {
    let columns = usize::from(profile.columns);
    let digits: String = (1..=columns).map(|column| char::from(b'0' + (column % 10) as u8)).collect();
    Document(vec![
        Block::heading("UJI PRINTER", TextSize::Double),
        Block::text(profile.name.clone()),
        Block::text(format!("{} dots, {} dpi, {} huruf", profile.dots, profile.dots_per_inch, profile.columns)),
        Block::Rule,
        Block::text(digits),
        Block::Scale,
        Block::FrameLetters,
        Block::Text { text: "Tebal".into(), size: TextSize::Single, bold: true, align: super::Align::Centre, inverse: false },
        Block::Text { text: " Terbalik ".into(), size: TextSize::Single, bold: false, align: super::Align::Right, inverse: true },
        Block::Qr { text: TEST_PAGE_QR.into(), module_dots_min: MODULE_DOTS_MIN },
        Block::Boxed { text: "123456".into(), size: TextSize::Triple },
        Block::Rule,
        Block::Cut,
    ])
}
