//! Pictures that are too large, cut off or lying are refused, and pages fit their budget.

mod common;

use common::text_page;
use drivers::picture::{DecodeError, EncodeError, Limits, PAGE_BYTES_MAX_DEFAULT, PAGE_LONG_SIDE_PX, RgbPage, decode_page, encode_page, thumbnail};
use std::time::{Duration, Instant};

const LIMITS: Limits = Limits { bytes_max: 5_000_000, megapixels_max: 10 };

fn png(page: &RgbPage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_raw(page.width(), page.height(), page.pixels().to_vec())
        .expect("a page has its own size")
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("writing into memory");
    bytes.into_inner()
}

fn pnm(page: &RgbPage) -> Vec<u8> {
    let mut bytes = format!("P6\n# komentar\n{} {}\n255\n", page.width(), page.height()).into_bytes();
    bytes.extend(page.pixels());
    bytes
}

fn small() -> RgbPage {
    drivers::picture::shrink(&text_page(), 300)
}

#[test]
fn whole_pictures_of_every_kind_decode() {
    let page = small();
    let jpeg = encode_page(&page, 500_000).expect("a small page fits").jpeg;
    for (name, bytes) in [("png", png(&page)), ("pnm", pnm(&page)), ("jpeg", jpeg)] {
        let decoded = decode_page(&bytes, &LIMITS).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!((decoded.width(), decoded.height()), (page.width(), page.height()), "{name}");
        if name != "jpeg" {
            assert_eq!(decoded, page, "{name}");
        }
    }
    let gray = [b"P5 4 2 255\n".as_slice(), &[0, 50, 100, 150, 200, 250, 255, 1]].concat();
    assert_eq!(decode_page(&gray, &LIMITS).expect("a graymap").luma().pixels()[5], 250);
    let bits = [b"P4\n9 2\n".as_slice(), &[0xFF, 0x80, 0x00, 0x00]].concat();
    assert_eq!(decode_page(&bits, &LIMITS).expect("a bitmap").width(), 9);
}

#[test]
fn cut_off_pictures_are_truncated_wherever_they_are_cut() {
    let page = small();
    let jpeg = encode_page(&page, 500_000).expect("a small page fits").jpeg;
    for (name, bytes) in [("png", png(&page)), ("pnm", pnm(&page)), ("jpeg", jpeg)] {
        for percent in [60, 80, 95] {
            let cut = &bytes[..bytes.len() * percent / 100];
            assert_eq!(decode_page(cut, &LIMITS), Err(DecodeError::Truncated), "{name} at {percent} %");
        }
        for length in 0..40 {
            assert!(decode_page(&bytes[..length], &LIMITS).is_err(), "{name} of {length} bytes");
        }
    }
}

#[test]
fn a_header_that_announces_too_much_costs_nothing() {
    let mut lying_png = png(&small());
    lying_png[16..24].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF]);
    let mut lying_jpeg = encode_page(&small(), 500_000).expect("a small page fits").jpeg;
    let sof = lying_jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).expect("a baseline JPEG has this marker");
    lying_jpeg[sof + 5..sof + 9].copy_from_slice(&[0xF0, 0x00, 0xF0, 0x00]);
    let lying_pnm = b"P6\n60000 60000\n255\n".to_vec();
    for (name, bytes) in [("png", lying_png), ("jpeg", lying_jpeg), ("pnm", lying_pnm)] {
        let began = Instant::now();
        let error = decode_page(&bytes, &LIMITS);
        assert!(matches!(error, Err(DecodeError::TooManyPixels { .. })), "{name}: {error:?}");
        assert!(began.elapsed() < Duration::from_secs(1), "{name}");
    }
}

#[test]
fn more_bytes_than_allowed_are_not_even_looked_at() {
    let bytes = vec![0; 100_000_000];
    assert_eq!(decode_page(&bytes, &LIMITS), Err(DecodeError::TooManyBytes { bytes: 100_000_000, bytes_max: 5_000_000 }));
}

#[test]
fn what_is_no_picture_is_said_to_be_none() {
    for bytes in [&b"%PDF-1.7"[..], b"GIF89a......", b"", b"P7\n1 1\n", b"RIFF....WEBP"] {
        assert_eq!(decode_page(bytes, &LIMITS), Err(DecodeError::UnknownFormat));
    }
    for bytes in [&b"P6\n0 5\n255\n"[..], b"P6\n5 x\n255\n", b"P6\n99999999999 5\n255\n"] {
        assert_eq!(decode_page(bytes, &LIMITS), Err(DecodeError::Damaged), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_page_fits_its_budget_and_its_size() {
    // Noise is the hardest thing to compress; a real page is far from it.
    let noise = (0..900 * 1300_u32 * 3).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let large = RgbPage::new(900, 1300, noise).expect("the bytes follow from the size");
    for bytes_max in [PAGE_BYTES_MAX_DEFAULT, 400_000, 90_000] {
        let encoded = encode_page(&large, bytes_max).unwrap_or_else(|fault| panic!("{bytes_max}: {fault}"));
        assert!(encoded.jpeg.len() <= bytes_max && encoded.width.max(encoded.height) <= PAGE_LONG_SIDE_PX);
        let back = decode_page(&encoded.jpeg, &LIMITS).expect("our own JPEG decodes");
        assert_eq!((back.width(), back.height()), (encoded.width, encoded.height));
    }
    let wide = RgbPage::new(2600, 40, vec![250; 2600 * 40 * 3]).expect("the bytes follow from the size");
    let encoded = encode_page(&wide, PAGE_BYTES_MAX_DEFAULT).expect("white is small");
    assert_eq!((encoded.width, encoded.height), (PAGE_LONG_SIDE_PX, 30));
    let large = thumbnail(&large, 300);
    assert!(matches!(encode_page(&large, 100), Err(EncodeError::BudgetTooSmall { bytes_max: 100 })));
}

#[test]
fn small_copies_keep_their_shape() {
    let page = text_page();
    let copy = thumbnail(&page, 160);
    assert_eq!((copy.width(), copy.height()), (113, 160));
    assert_eq!(thumbnail(&copy, 5000), copy, "nothing is ever made larger");
    assert!(!format!("{page:?}").contains("pixels"), "pages print as •••");
}
