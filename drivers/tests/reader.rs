//! QR codes are read as a lobby shows them: upside down, inverted, a little blurred, several at once, or not at all.

mod common;

use common::{QR_TEXT, qr_page};
use drivers::picture::{Luma, RgbPage};
use drivers::reader::{GuardedReader, Implausible, PAYLOAD_BYTES_MAX, QrDecoder, QrPayload, RqrrDecoder, RxingDecoder, THREADS_STUCK_MAX, is_plausible};
use drivers::sim::pictures::plain_code;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

fn gray(page: &RgbPage) -> image::GrayImage {
    let luma = page.luma();
    image::GrayImage::from_raw(luma.width(), luma.height(), luma.pixels().to_vec()).expect("the same size")
}

fn luma(picture: &image::GrayImage) -> Luma {
    Luma::new(picture.width(), picture.height(), picture.as_raw().clone()).expect("the same size")
}

/// A code somewhere in a camera view.
fn in_view(codes: &[(&str, i64, i64)]) -> image::GrayImage {
    let mut view = image::GrayImage::from_pixel(1280, 720, image::Luma([140]));
    for (text, x, y) in codes {
        image::imageops::overlay(&mut view, &gray(&qr_page(text.as_bytes(), 6)), *x, *y);
    }
    view
}

fn texts(found: &[QrPayload]) -> Vec<String> {
    let mut texts: Vec<String> = found.iter().filter_map(|p| p.text()).map(str::to_owned).collect();
    texts.sort();
    texts
}

#[test]
fn both_engines_read_a_code_in_every_ordinary_state() {
    let plain = in_view(&[(QR_TEXT, 500, 220)]);
    let engines: [Box<dyn QrDecoder>; 2] = [Box::new(RxingDecoder), Box::new(RqrrDecoder)];
    for engine in engines {
        for (state, picture) in [
            ("upright", plain.clone()),
            ("upside down", image::imageops::rotate180(&plain)),
            ("turned", image::imageops::rotate90(&plain)),
            ("a bit blurred", image::imageops::blur(&plain, 1.2)),
        ] {
            assert_eq!(texts(&engine.decode(&luma(&picture))), [QR_TEXT], "{} {state}", engine.name());
        }
    }
}

#[test]
fn a_white_code_on_black_is_read_too() {
    let mut inverted = in_view(&[(QR_TEXT, 500, 220)]);
    image::imageops::invert(&mut inverted);
    assert_eq!(texts(&GuardedReader::default().read(&luma(&inverted)).payloads), [QR_TEXT]);
}

#[test]
fn a_code_of_7_000_digits_kanji_and_bytes_are_refused_by_type() {
    let digits = "7".repeat(7_000);
    for (payload, expected) in [
        (digits.as_bytes(), Implausible::TooLong { bytes: 7_000 }),
        ("住民票".as_bytes(), Implausible::NotPrintable { at: 0 }),
        (&[b'K', b'L', 0x00, 0x01, 0xFE][..], Implausible::NotPrintable { at: 2 }),
        (b"KLP1\r\n", Implausible::NotPrintable { at: 4 }),
    ] {
        let picture = plain_code(payload, 5).expect("a code holds this");
        let reading = GuardedReader::default().read(&picture);
        assert_eq!((reading.payloads, reading.refused), (vec![], vec![expected]));
    }
}

#[test]
fn length_and_characters_decide_what_is_plausible() {
    let long = "x".repeat(PAYLOAD_BYTES_MAX);
    let longer = "x".repeat(PAYLOAD_BYTES_MAX + 1);
    for (bytes, expected) in [
        (QR_TEXT.as_bytes(), Ok(QR_TEXT)),
        (long.as_bytes(), Ok(long.as_str())),
        (b" ~", Ok(" ~")),
        (b"", Err(Implausible::Empty)),
        (longer.as_bytes(), Err(Implausible::TooLong { bytes: PAYLOAD_BYTES_MAX + 1 })),
        (b"a\tb", Err(Implausible::NotPrintable { at: 1 })),
        (b"ab\x7F", Err(Implausible::NotPrintable { at: 2 })),
        ("naïf".as_bytes(), Err(Implausible::NotPrintable { at: 2 })),
    ] {
        assert_eq!(is_plausible(bytes), expected);
    }
}

#[test]
fn several_codes_in_view_are_all_found_and_each_once() {
    let view = in_view(&[("KLP1:SATU", 40, 200), ("KLP1:DUA", 520, 60), ("https://contoh.invalid/x", 900, 380)]);
    let reading = GuardedReader::default().read(&luma(&view));
    assert_eq!(texts(&reading.payloads), ["KLP1:DUA", "KLP1:SATU", "https://contoh.invalid/x"]);
}

#[test]
fn nothing_is_read_where_nothing_is() {
    let noise =
        image::GrayImage::from_fn(640, 480, |x, y| image::Luma([((x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) >> 24) as u8]));
    for picture in [in_view(&[]), gray(&common::text_page()), noise] {
        assert!(GuardedReader::default().read(&luma(&picture)).payloads.is_empty());
    }
}

#[test]
fn the_smallest_and_the_largest_frames_do_no_harm() {
    for (width, height) in [(1, 1), (1, 700), (16, 16), (4000, 3000)] {
        let frame = Luma::new(width, height, vec![200; (width * height) as usize]).expect("the same size");
        assert!(GuardedReader::default().read(&frame).payloads.is_empty());
    }
}

#[test]
fn a_payload_that_is_not_text_stays_bytes() {
    let page = qr_page(&[0xFF, 0x00, 0xC3, 0x28, 0x80], 6);
    let found = RqrrDecoder.decode(&page.luma());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].bytes(), found[0].text()), (&[0xFF, 0x00, 0xC3, 0x28, 0x80][..], None));
}

struct Panicking;

impl QrDecoder for Panicking {
    fn name(&self) -> &'static str {
        "panicking"
    }

    fn decode(&self, _luma: &Luma) -> Vec<QrPayload> {
        panic!("a picture that an engine does not survive")
    }
}

struct Blind;

impl QrDecoder for Blind {
    fn name(&self) -> &'static str {
        "blind"
    }

    fn decode(&self, _luma: &Luma) -> Vec<QrPayload> {
        Vec::new()
    }
}

#[test]
fn an_engine_that_panics_leaves_the_frame_to_the_next_one() {
    let reader = GuardedReader::new(vec![Box::new(Panicking), Box::new(RxingDecoder)], Duration::from_secs(60));
    let reading = reader.read(&luma(&in_view(&[(QR_TEXT, 300, 100)])));
    assert_eq!((texts(&reading.payloads), reading.panics), (vec![QR_TEXT.to_owned()], 1));
}

#[test]
fn when_the_time_is_up_the_next_engine_is_not_asked() {
    let reader = GuardedReader::new(vec![Box::new(Blind), Box::new(Panicking)], Duration::ZERO);
    let reading = reader.read(&luma(&in_view(&[(QR_TEXT, 300, 100)])));
    assert_eq!((reading.skipped, reading.panics), (1, 0));
}

/// Does not come back until it is let go.
struct Stuck(Arc<AtomicBool>);

impl QrDecoder for Stuck {
    fn name(&self) -> &'static str {
        "stuck"
    }

    fn decode(&self, _luma: &Luma) -> Vec<QrPayload> {
        while !self.0.load(Ordering::Acquire) {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        vec![QrPayload::new(QR_TEXT.into())]
    }
}

#[test]
fn an_engine_that_hangs_is_left_behind_and_counted_and_serves_again_when_it_comes_back() {
    let released = Arc::new(AtomicBool::new(false));
    let patience = Duration::from_millis(60);
    let reader = GuardedReader::new(vec![Box::new(Stuck(released.clone()))], Duration::from_secs(60)).with_hang_after(patience);
    let frame = luma(&in_view(&[]));
    for stuck in 1..=THREADS_STUCK_MAX {
        assert!(reader.read(&frame).hung);
        assert_eq!(reader.stuck_threads(), stuck);
    }
    // As many as may are stuck: the frame is refused at once and no thread is added.
    let started = Instant::now();
    assert!(reader.read(&frame).hung);
    assert!(started.elapsed() < patience, "{:?}", started.elapsed());
    assert_eq!(reader.stuck_threads(), THREADS_STUCK_MAX);
    released.store(true, Ordering::Release);
    let deadline = Instant::now() + common::PATIENCE;
    while reader.stuck_threads() > 0 {
        assert!(Instant::now() < deadline, "{} threads are still stuck", reader.stuck_threads());
        std::thread::park_timeout(Duration::from_millis(2));
    }
    assert_eq!(texts(&reader.read(&frame).payloads), [QR_TEXT]);
}

#[test]
fn what_was_read_does_not_show_in_a_log() {
    let reading = GuardedReader::default().read(&luma(&in_view(&[(QR_TEXT, 300, 100)])));
    assert!(!reading.payloads.is_empty());
    assert!(!format!("{reading:?}").contains("KLP1"));
}
