//! What the kiosk sees: QR codes read and not read, papers judged, pages made into one PDF.
//!
//! The pictures are made by the simulators from seeds, so another machine judges the same ones.

use std::hint::black_box;
use std::time::{Duration, Instant};

use drivers::coach::{Expected, Origin, Shape, examine};
use drivers::picture::{PDF_BYTES_MAX_DEFAULT, PdfPage, RgbPage, Sheet, pdf_of_pages, shrink};
use drivers::reader::{GuardedReader, QrDecoder, RxingDecoder};
use drivers::sim::papers::{HELD_OUT_SEEDS, ladder};
use drivers::sim::pictures::{EMPTY_KINDS, SIDE_PX_PROMISED, SLIP_TEXT, empty_view, promised_set};
use kiosk::demo::office::Failure;
use kiosk::demo::specimen;

use crate::Ground;
use crate::table::{Row, Spans, Verdict, show};

const TURNS: u32 = 16;
const READ_BAR: f64 = 0.99;
const FRAME_BAR: Duration = Duration::from_millis(15);
const EMPTY_SEEDS: u64 = 12;
const VERDICTS: usize = 20;
const VERDICT_BAR: Duration = Duration::from_millis(150);
const WRONG_REFUSALS_BAR: f32 = 0.02;
const MISSES_BAR: f32 = 0.05;
const PDF_PAGES: usize = 10;
const PDF_ROUNDS: usize = 3;
const PDF_BAR: Duration = Duration::from_secs(3);
/// A4 at 200 dpi.
const A4_LONG_SIDE_PX: u32 = 2339;
/// Long side of an A4 page of two megapixels.
const TWO_MEGAPIXELS_LONG_SIDE_PX: u32 = 1682;

pub fn measure(_ground: &Ground) -> Result<Vec<Row>, Failure> {
    let mut rows = codes()?;
    rows.extend(papers()?);
    rows.push(pdf()?);
    Ok(rows)
}

fn codes() -> Result<Vec<Row>, Failure> {
    let reader = GuardedReader::default();
    let (mut spans, mut alone, mut read, mut alone_read) = (Vec::new(), Vec::new(), 0_usize, 0_usize);
    let shots = promised_set(SIDE_PX_PROMISED, TURNS);
    for shot in &shots {
        let view = shot.picture().ok_or("the slip's text fits a code")?;
        let begun = Instant::now();
        let reading = reader.read(black_box(&view));
        spans.push(begun.elapsed());
        read += usize::from(reading.payloads.iter().any(|payload| payload.text() == Some(SLIP_TEXT)));
        let begun = Instant::now();
        let one = RxingDecoder.decode(black_box(&view));
        alone.push(begun.elapsed());
        alone_read += usize::from(one.iter().any(|payload| payload.text() == Some(SLIP_TEXT)));
    }
    let share = read as f64 / shots.len() as f64;
    let (spans, alone) = (Spans::of(spans)?, Spans::of(alone)?);
    let (mut ghosts, mut empty) = (0, Vec::new());
    for kind in EMPTY_KINDS {
        for seed in 0..EMPTY_SEEDS {
            let view = empty_view(kind, seed);
            let begun = Instant::now();
            ghosts += reader.read(black_box(&view)).payloads.len();
            empty.push(begun.elapsed());
        }
    }
    let empty = Spans::of(empty)?;
    Ok(vec![
        Row {
            what: format!("own slip of {SIDE_PX_PROMISED} px in 720p read: {} pictures, blur to 1.5, all turns, five lights", shots.len()),
            measured: format!("{:.2} %", share * 100.0),
            bar: format!("≥ {:.0} %", READ_BAR * 100.0),
            verdict: Verdict::of(share >= READ_BAR),
            beside: format!("rxing alone: {:.2} %", alone_read as f64 / shots.len() as f64 * 100.0),
        },
        Row {
            what: "the same, one frame through both engines".into(),
            measured: spans.three(),
            bar: format!("p50 ≤ {}", show(FRAME_BAR)),
            verdict: Verdict::of(spans.at(50) <= FRAME_BAR),
            beside: format!("rxing alone: {}", alone.two()),
        },
        Row {
            what: format!("QR seen in {} pictures without one", empty.count()),
            measured: format!("{ghosts} (p50 {}, worst {})", show(empty.at(50)), show(empty.worst())),
            bar: "0".into(),
            verdict: Verdict::of(ghosts == 0),
            beside: format!("{} kinds: text, grids, faces of noise, …", EMPTY_KINDS.len()),
        },
    ])
}

fn papers() -> Result<Vec<Row>, Failure> {
    let page = shrink(&specimen::police_letter(1)?, TWO_MEGAPIXELS_LONG_SIDE_PX);
    let expected = Expected { shape: Shape::A4, side: None, from: Origin::Camera };
    let mut spans = Vec::new();
    for _ in 0..VERDICTS {
        let begun = Instant::now();
        black_box(examine(black_box(&page), &expected));
        spans.push(begun.elapsed());
    }
    let spans = Spans::of(spans)?;
    let (mut refused, mut missed, mut cases) = (0.0_f32, 0.0_f32, 0);
    for seed in HELD_OUT_SEEDS {
        let ladder = ladder(seed);
        refused = refused.max(ladder.wrong_refusal_share());
        missed = missed.max(ladder.miss_share());
        cases += ladder.outcomes.len();
    }
    Ok(vec![
        Row {
            what: format!("coach's verdict on a page of {:.1} megapixels", f64::from(page.width()) * f64::from(page.height()) / 1e6),
            measured: spans.three(),
            bar: format!("p95 ≤ {}", show(VERDICT_BAR)),
            verdict: Verdict::of(spans.at(95) <= VERDICT_BAR),
            beside: "one core".into(),
        },
        Row {
            what: format!("coach on the ladder of {cases} degraded papers, seeds it was not tuned with: wrong refusals"),
            measured: format!("worst seed {:.1} %", refused * 100.0),
            bar: format!("≤ {:.0} %", WRONG_REFUSALS_BAR * 100.0),
            verdict: Verdict::of(refused <= WRONG_REFUSALS_BAR),
            beside: "of papers that an officer can read by the written rule".into(),
        },
        Row {
            what: "the same: misses".into(),
            measured: format!("worst seed {:.1} %", missed * 100.0),
            bar: format!("≤ {:.0} %", MISSES_BAR * 100.0),
            verdict: Verdict::of(missed <= MISSES_BAR),
            beside: "of papers that an officer cannot read by the written rule".into(),
        },
    ])
}

fn pdf() -> Result<Row, Failure> {
    let letters: Vec<RgbPage> = (0..PDF_PAGES).map(|index| specimen::police_letter(index as u32 + 1)).collect::<Result<_, _>>()?;
    let pages: Vec<PdfPage> = letters
        .iter()
        .map(|page| {
            let image = image::RgbImage::from_raw(page.width(), page.height(), page.pixels().to_vec()).expect("a page holds its own pixels");
            let (width, height) = (A4_LONG_SIDE_PX * page.width() / page.height(), A4_LONG_SIDE_PX);
            let sized = image::imageops::resize(&image, width, height, image::imageops::FilterType::CatmullRom);
            PdfPage::pixels(Sheet::A4, RgbPage::new(width, height, sized.into_raw()).expect("the picture has its own size"))
        })
        .collect();
    let (mut spans, mut bytes) = (Vec::new(), 0);
    for _ in 0..PDF_ROUNDS {
        let begun = Instant::now();
        bytes = black_box(pdf_of_pages(black_box(&pages), PDF_BYTES_MAX_DEFAULT)?).bytes.len();
        spans.push(begun.elapsed());
    }
    let spans = Spans::of(spans)?;
    Ok(Row {
        what: format!("{PDF_PAGES} pages of A4 at 200 dpi into one PDF"),
        measured: format!("worst {} ({bytes} bytes)", show(spans.worst())),
        bar: format!("≤ {} and ≤ {PDF_BYTES_MAX_DEFAULT} bytes", show(PDF_BAR)),
        verdict: Verdict::of(spans.worst() <= PDF_BAR && bytes <= PDF_BYTES_MAX_DEFAULT),
        beside: "both cores".into(),
    })
}
