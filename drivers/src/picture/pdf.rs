//! Pages become one PDF within a byte budget.
//!
//! Each page of the PDF is one sheet (A4, or a card) with one picture on it, embedded as JPEG. The file holds no names, no dates
//! and no producer: the same pages give the same bytes, and what a scanner or camera wrote beside a picture is left behind.
//!
//! The rule a newcomer would break: the budget is shared by need, not by head. A page that is small in its best quality
//! gives its rest to the others. Quality is given up before size, and size never below [`LEGIBLE_DPI_MIN`]: a page that
//! nobody can read is worse than the error that says so.

mod embed;
mod fit;
mod segments;

use super::decode::{DecodeError, Limits, decode_page, kind_of};
use super::{PictureKind, RgbPage};
use fit::{Fitted, Trial};
use segments::PlainJpeg;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use thiserror::Error;

/// The whole PDF is at most this large unless the caller says otherwise.
pub const PDF_BYTES_MAX_DEFAULT: usize = 2_000_000;
/// A page leaves with at most this many pixels an inch of its sheet.
pub const SHEET_DPI_MAX: u32 = 200;
/// Below this resolution 8-point print is no longer legible, so no page gets smaller than this.
pub const LEGIBLE_DPI_MIN: u32 = 100;
/// More pages than this are a mistake: the thickest bundle of a service has a dozen.
pub const PDF_PAGES_MAX: usize = 60;

/// Two slow cores are all that a kiosk has, and the one that paints is among them.
const THREADS_MAX: usize = 2;
/// Objects and names around one picture, and around all of them; a test counts them.
const PAGE_FRAME_BYTES: usize = 720;
const FILE_FRAME_BYTES: usize = 400;
/// Rounds of sharing again what pages at their smallest size took more than was foreseen.
const ROUNDS_MAX: usize = 4;

/// The sheet a page is shown on; a picture that is wider than high turns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// 210 x 297 mm.
    A4,
    /// A card of the size ID-1 (ISO/IEC 7810), 85.6 x 53.98 mm: a KTP.
    Card,
}

impl Sheet {
    /// Short and long side in points, 1/72 inch.
    pub fn points(self) -> (f32, f32) {
        match self {
            Sheet::A4 => (595.276, 841.89),
            Sheet::Card => (153.014, 242.646),
        }
    }

    /// Pixels of the long side at this resolution. A card's print is smaller than a letter's, so its inch counts twice.
    fn long_side_px(self, dpi: u32) -> u32 {
        match self {
            Sheet::A4 => (dpi * 2970).div_ceil(254),
            Sheet::Card => (2 * dpi * 856).div_ceil(254),
        }
    }
}

/// One page to be.
#[derive(Clone)]
pub struct PdfPage {
    sheet: Sheet,
    picture: Source,
}

#[derive(Clone)]
enum Source {
    Pixels(RgbPage),
    Jpeg(Vec<u8>),
}

impl PdfPage {
    /// A page of pixels.
    pub fn pixels(sheet: Sheet, page: RgbPage) -> Self {
        PdfPage { sheet, picture: Source::Pixels(page) }
    }

    /// A page that is a JPEG already, such as the result of [`super::encode_page`]. It is embedded as it is, without its
    /// remarks, as long as it fits.
    pub fn jpeg(sheet: Sheet, jpeg: Vec<u8>) -> Self {
        PdfPage { sheet, picture: Source::Jpeg(jpeg) }
    }
}

impl fmt::Debug for PdfPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PdfPage({:?} •••)", self.sheet)
    }
}

/// How a page stands in the finished file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdfPageFacts {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// JPEG quality, 1 to 100; none for a JPEG that was embedded as it came.
    pub quality: Option<u8>,
}

/// The finished file.
#[derive(Clone, PartialEq, Eq)]
pub struct PagesPdf {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// In the order of the pages.
    pub pages: Vec<PdfPageFacts>,
}

impl fmt::Debug for PagesPdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PagesPdf({} pages, {} bytes •••)", self.pages.len(), self.bytes.len())
    }
}

/// Why there is no PDF.
#[derive(Debug, Error)]
pub enum PdfError {
    #[error("a PDF needs at least one page")]
    NoPages,
    #[error("{pages} pages are more than {PDF_PAGES_MAX}")]
    TooManyPages { pages: usize },
    #[error("{pages} pages need {bytes_needed} bytes to stay legible at {LEGIBLE_DPI_MIN} dpi, and {bytes_max} are allowed")]
    BudgetTooSmall { pages: usize, bytes_needed: usize, bytes_max: usize },
    #[error("page {page} is no JPEG that can be embedded")]
    NotAJpeg { page: usize },
    #[error("page {page} is not a whole picture")]
    Picture { page: usize, source: DecodeError },
    #[error("the JPEG encoder refused page {page}")]
    Encoder { page: usize, source: image::ImageError },
    #[error("no thread for the pages")]
    Thread(#[source] std::io::Error),
}

/// Puts the pages into one PDF of at most `bytes_max` bytes.
///
/// # Errors
/// `BudgetTooSmall` when even the smallest legible pages are too large together; the others say which page, counted from one.
pub fn pdf_of_pages(pages: &[PdfPage], bytes_max: usize) -> Result<PagesPdf, PdfError> {
    if pages.is_empty() {
        return Err(PdfError::NoPages);
    }
    if pages.len() > PDF_PAGES_MAX {
        return Err(PdfError::TooManyPages { pages: pages.len() });
    }
    let frame_bytes = FILE_FRAME_BYTES + pages.len() * PAGE_FRAME_BYTES;
    let too_small = |bytes_needed: usize| PdfError::BudgetTooSmall { pages: pages.len(), bytes_needed: bytes_needed + frame_bytes, bytes_max };
    let budget = bytes_max.checked_sub(frame_bytes).ok_or_else(|| too_small(0))?;

    let ready: Vec<Option<PlainJpeg>> = pages.iter().enumerate().map(|(at, page)| as_it_is(at, page)).collect::<Result<_, _>>()?;
    let ready_bytes: Option<usize> = ready.iter().map(|jpeg| jpeg.as_ref().map(|jpeg| jpeg.bytes.len())).sum();
    if ready_bytes.is_some_and(|bytes| bytes <= budget) {
        return Ok(embed::write(pages, ready.into_iter().flatten().map(Fitted::as_it_is).collect()));
    }

    let refused = |at: usize| move |source| PdfError::Encoder { page: at + 1, source };
    let trials: Vec<Trial> = on_two_threads(pages, |at, page| {
        let picture = pixels_of(at, page)?;
        Trial::of(&picture, page.sheet).map_err(refused(at))
    })?;
    let wants: Vec<usize> = trials.iter().zip(&ready).map(|(trial, jpeg)| jpeg.as_ref().map_or(trial.most_bytes(), |jpeg| jpeg.bytes.len())).collect();
    // What a page takes at its smallest is foreseen first and known once it was tried.
    let mut leasts: Vec<usize> = trials.iter().zip(&wants).map(|(trial, want)| trial.least_bytes().min(*want)).collect();
    let mut fitted: Vec<Option<Fitted>> = vec![None; pages.len()];
    for round in 1..=ROUNDS_MAX {
        // The last round asks for the smallest form of every page, so that what is needed is known and not foreseen.
        let shares = if round < ROUNDS_MAX { shares(&wants, &leasts, budget) } else { vec![0; pages.len()] };
        let before = &fitted;
        fitted = on_two_threads(pages, |at, page| {
            if let Some(done) = before[at].as_ref().filter(|done| done.smallest || done.jpeg.bytes.len() <= shares[at]) {
                return Ok(Some(done.clone()));
            }
            let came = ready[at].as_ref();
            if let Some(jpeg) = came.filter(|jpeg| jpeg.bytes.len() <= shares[at]) {
                return Ok(Some(Fitted::as_it_is(jpeg.clone())));
            }
            let picture = pixels_of(at, page)?;
            let made = fit::to_share(&picture, &trials[at], shares[at]).map_err(refused(at))?;
            Ok(Some(match came.filter(|jpeg| made.smallest && jpeg.bytes.len() <= made.jpeg.bytes.len()) {
                Some(jpeg) => Fitted { smallest: true, ..Fitted::as_it_is(jpeg.clone()) },
                None => made,
            }))
        })?;
        let sizes: Vec<usize> = fitted.iter().flatten().map(|page| page.jpeg.bytes.len()).collect();
        if sizes.iter().sum::<usize>() <= budget {
            return Ok(embed::write(pages, fitted.into_iter().flatten().collect()));
        }
        for (at, done) in fitted.iter().flatten().enumerate().filter(|(_, done)| done.smallest) {
            leasts[at] = done.jpeg.bytes.len();
        }
    }
    Err(too_small(leasts.iter().sum()))
}

/// The JPEG that can be embedded as it came, if the page is one.
fn as_it_is(at: usize, page: &PdfPage) -> Result<Option<PlainJpeg>, PdfError> {
    match &page.picture {
        Source::Pixels(_) => Ok(None),
        Source::Jpeg(bytes) if kind_of(bytes) == Some(PictureKind::Jpeg) => {
            // A picture that does not decode here does not decode at the officer's desk.
            decode_page(bytes, &Limits::default()).map_err(|source| PdfError::Picture { page: at + 1, source })?;
            let plain = segments::without_remarks(bytes).ok_or(PdfError::NotAJpeg { page: at + 1 })?;
            Ok(Some(plain).filter(|jpeg| jpeg.width.max(jpeg.height) <= page.sheet.long_side_px(SHEET_DPI_MAX)))
        }
        Source::Jpeg(_) => Err(PdfError::NotAJpeg { page: at + 1 }),
    }
}

fn pixels_of(at: usize, page: &PdfPage) -> Result<std::borrow::Cow<'_, RgbPage>, PdfError> {
    match &page.picture {
        Source::Pixels(pixels) => Ok(std::borrow::Cow::Borrowed(pixels)),
        Source::Jpeg(bytes) => decode_page(bytes, &Limits::default()).map(std::borrow::Cow::Owned).map_err(|source| PdfError::Picture { page: at + 1, source }),
    }
}

/// Bytes for each page: as much as it wants up to one common level, never less than its least, together at most `budget`
/// unless the leasts alone are more.
fn shares(wants: &[usize], leasts: &[usize], budget: usize) -> Vec<usize> {
    let at_level = |level: usize| -> Vec<usize> { wants.iter().zip(leasts).map(|(want, least)| level.clamp(*least, (*want).max(*least))).collect() };
    let (mut low, mut high) = (0, budget);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if at_level(middle).iter().sum::<usize>() <= budget {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    at_level(low)
}

/// Runs `work` for every page on at most [`THREADS_MAX`] threads; results stand in the order of the pages.
fn on_two_threads<T: Send>(pages: &[PdfPage], work: impl Fn(usize, &PdfPage) -> Result<T, PdfError> + Sync) -> Result<Vec<T>, PdfError> {
    let next = AtomicUsize::new(0);
    let run = || -> Vec<(usize, Result<T, PdfError>)> {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(page) = pages.get(at) else { return done };
            done.push((at, work(at, page)));
        }
    };
    let mut done = std::thread::scope(|scope| -> Result<Vec<_>, PdfError> {
        let mut threads = Vec::new();
        for _ in 1..THREADS_MAX.min(pages.len()) {
            threads.push(std::thread::Builder::new().name("pdf-page".into()).spawn_scoped(scope, run).map_err(PdfError::Thread)?);
        }
        let mut done = run();
        for thread in threads {
            done.extend(thread.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault)));
        }
        Ok(done)
    })?;
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
