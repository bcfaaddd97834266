//! Pictures and their sheets to the bytes of a PDF.
//!
//! The rule a newcomer would break: nothing that differs from run to run, and nobody's name, may enter: no document
//! information, no identifier, no dates.

use super::fit::Fitted;
use super::{PagesPdf, PdfPage, PdfPageFacts};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};

const CATALOG: i32 = 1;
const TREE: i32 = 2;
const FIRST_PAGE: i32 = 3;
/// Page, content, picture.
const OBJECTS_PER_PAGE: i32 = 3;

/// Writes the file. There are as many pictures as pages.
pub(super) fn write(pages: &[PdfPage], pictures: Vec<Fitted>) -> PagesPdf {
    let mut pdf = Pdf::new();
    let (catalog, tree) = (Ref::new(CATALOG), Ref::new(TREE));
    let ids = |at: usize| {
        let first = FIRST_PAGE + OBJECTS_PER_PAGE * i32::try_from(at).expect("the number of pages is limited");
        (Ref::new(first), Ref::new(first + 1), Ref::new(first + 2))
    };
    let count = i32::try_from(pictures.len()).expect("the number of pages is limited");
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids((0..pictures.len()).map(|at| ids(at).0)).count(count);
    let name = Name(b"P");
    for (at, (page, picture)) in pages.iter().zip(&pictures).enumerate() {
        let (page_id, content_id, picture_id) = ids(at);
        let (width, height) = (picture.jpeg.width, picture.jpeg.height);
        let (short, long) = page.sheet.points();
        let (sheet_width, sheet_height) = if width > height { (long, short) } else { (short, long) };
        let mut entry = pdf.page(page_id);
        entry.media_box(Rect::new(0.0, 0.0, sheet_width, sheet_height)).parent(tree).contents(content_id);
        entry.resources().x_objects().pair(name, picture_id);
        entry.finish();

        // As large as the sheet allows, in the middle.
        let scale = (sheet_width / width as f32).min(sheet_height / height as f32);
        let (shown_width, shown_height) = (width as f32 * scale, height as f32 * scale);
        let mut content = Content::new();
        content.transform([shown_width, 0.0, 0.0, shown_height, (sheet_width - shown_width) / 2.0, (sheet_height - shown_height) / 2.0]);
        content.x_object(name);
        pdf.stream(content_id, &content.finish());

        let mut object = pdf.image_xobject(picture_id, &picture.jpeg.bytes);
        let side = |px: u32| i32::try_from(px).expect("a JPEG has at most 65,535 pixels a side");
        object.filter(Filter::DctDecode);
        object.width(side(width)).height(side(height)).bits_per_component(8);
        if picture.jpeg.gray {
            object.color_space().device_gray();
        } else {
            object.color_space().device_rgb();
        }
        object.finish();
    }
    let facts = pictures.iter().map(|picture| PdfPageFacts { width: picture.jpeg.width, height: picture.jpeg.height, quality: picture.quality });
    PagesPdf { pages: facts.collect(), bytes: pdf.finish() }
}
