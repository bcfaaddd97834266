//! The slip that every printer here has to print, and how to tell that it is on the paper.
//!
//! It is read back from the drawn paper by the QR reader, so that a slip counts only when its dots are right.

use crate::Verdict;
use crate::hands::patient_reader;
use drivers::picture::Luma;
use drivers::printer::{Block, Document, Permit, PrintJob, TextSize};
use drivers::sim::printer::Paper;

const CODE: &str = "KLAMPID-HIL-SLIP-0000";
const HEADING: &str = "UJI KABEL";
/// White around the drawn paper, in dots: a code needs a quiet zone of four modules.
const MARGIN: u32 = 32;

/// Text, a code, a frame and a cut.
pub fn job() -> PrintJob {
    let document = Document(vec![
        Block::heading(HEADING, TextSize::Double),
        Block::Rule,
        Block::text("Selembar struk dari ujung ke ujung."),
        Block::Qr { text: CODE.into(), module_dots_min: 6 },
        Block::Boxed { text: "0000".into(), size: TextSize::Triple },
        Block::Cut,
    ]);
    PrintJob { token: 1, document, permit: Permit::new() }
}

/// Are the heading and the code on the paper?
pub fn is_on(paper: &Paper) -> Verdict {
    if !paper.text.contains(HEADING) {
        return Err(format!("the heading is not on {paper:?}"));
    }
    let (width, height) = (paper.image.width() + 2 * MARGIN, paper.image.height() + 2 * MARGIN);
    let dots = image::GrayImage::from_fn(width, height, |x, y| match (x.checked_sub(MARGIN), y.checked_sub(MARGIN)) {
        (Some(x), Some(y)) => paper.image.get_pixel_checked(x, y).copied().unwrap_or(image::Luma([255])),
        _ => image::Luma([255]),
    });
    let luma = Luma::new(width, height, dots.into_raw()).ok_or("the paper has no size")?;
    let reading = patient_reader().read(&luma);
    if reading.payloads.iter().any(|payload| payload.text() == Some(CODE)) {
        return Ok(format!("{} bytes, its code is read from the paper", paper.bytes));
    }
    Err(format!("the code cannot be read from {paper:?}: {reading:?}"))
}
