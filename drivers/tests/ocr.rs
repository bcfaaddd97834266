//! Typed numbers against scanned pages: warns when both readings agree on another number, says nothing otherwise.

use ab_glyph::{Font, FontVec, Glyph, PxScale, ScaleFont, point};
use drivers::ocr::{Comparison, Digits, DigitsError, Glance, Ocr, OcrError, OcrSettings, Zone, glance, runs_in};
use drivers::picture::Luma;
use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

const NIK: &str = "3578014507900000";
const KK: &str = "3578010101200000";

fn digits(text: &str) -> Digits {
    Digits::new(text).expect("test numbers are numbers")
}

#[test]
fn runs_of_digits_are_found_among_letters_and_spaces() {
    for (text, expected) in [
        ("NIK : 3578014507900000", vec![NIK]),
        ("NIK : 3578 0145 0790 0000", vec![NIK]),
        ("NIK : 35780145O79OOOOO", vec![NIK]),
        ("No. 3578010101200000  RT/RW 003/007", vec![KK]),
        ("12345", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(runs_in(text), expected, "{text:?}");
    }
}

#[test]
fn one_wrong_digit_is_near_and_another_number_is_nothing() {
    let run = |text: &str| vec![text.to_owned()];
    assert_eq!(glance(&digits(NIK), &run(NIK)), Glance::Same);
    assert_eq!(glance(&digits(NIK), &run(&format!("99{NIK}9"))), Glance::Same);
    assert_eq!(glance(&digits(NIK), &run("3578014507910000")), Glance::Near(digits("3578014507910000")));
    assert_eq!(glance(&digits(NIK), &run(KK)), Glance::Nothing);
    assert_eq!(glance(&digits(NIK), &[]), Glance::Nothing);
}

#[test]
fn what_is_no_number_is_refused() {
    assert_eq!(Digits::new("3578 0145-0790.0000").map(|d| d.as_str().to_owned()), Ok(NIK.to_owned()));
    assert_eq!(Digits::new("35780145O7900000"), Err(DigitsError::NotADigit));
    assert_eq!(Digits::new("12345"), Err(DigitsError::Length { digits: 5 }));
    assert_eq!(format!("{:?}", digits(NIK)), "Digits(16 •••)");
}

proptest! {
    #[test]
    fn no_text_and_no_number_panics(text in ".{0,400}", typed in "[0-9]{6,32}") {
        let _any = glance(&digits(&typed), &runs_in(&text));
    }
}

/// A page in a system font, like a form from a printer; `None` where the font is not installed.
fn page(lines: &[String], letters_px: f32, noise: u8) -> Option<Luma> {
    let path = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
    let font = FontVec::try_from_vec(std::fs::read(path).ok()?).ok()?;
    let (width, height) = (1414_u32, 1000_u32);
    let mut pixels = vec![238_u8; (width * height) as usize];
    let scaled = font.as_scaled(PxScale::from(letters_px));
    for (number, line) in lines.iter().enumerate() {
        let (mut x, y) = (60.0, 80.0 + number as f32 * letters_px * 1.6);
        for letter in line.chars() {
            let glyph: Glyph = font.glyph_id(letter).with_scale_and_position(PxScale::from(letters_px), point(x, y));
            x += scaled.h_advance(glyph.id);
            if let Some(outline) = font.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                outline.draw(|dx, dy, cover| {
                    let (px, py) = (bounds.min.x as u32 + dx, bounds.min.y as u32 + dy);
                    if px < width && py < height {
                        let at = (py * width + px) as usize;
                        pixels[at] = pixels[at].min((238.0 - 205.0 * cover) as u8);
                    }
                });
            }
        }
    }
    let mut state = 12_345_u32;
    for pixel in &mut pixels {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *pixel = pixel.saturating_sub((state >> 24) as u8 % noise.max(1));
    }
    Luma::new(width, height, pixels)
}

fn kk_page(number: &str) -> Option<Luma> {
    let lines = ["SPESIMEN  KARTU KELUARGA".to_owned(), format!("No. {number}"), "Nama Kepala Keluarga : SITI CONTOH".into(), "Alamat : JL. CONTOH 12".into()];
    page(&lines, 30.0, 12)
}

/// The reader, or a word why it is not tried.
fn reader() -> Option<Ocr> {
    // A busy machine may take its time; how long a reading may take is tested apart.
    let ocr = Ocr::new(OcrSettings { limit_ms: 120_000, ..OcrSettings::default() });
    if ocr.is_present() && kk_page(KK).is_some() {
        return Some(ocr);
    }
    println!("skipped: tesseract with its Indonesian data, or the DejaVu font, is not installed");
    None
}

#[test]
fn a_typed_number_that_stands_on_the_page_agrees() {
    let (Some(ocr), Some(page)) = (reader(), kk_page(KK)) else { return };
    let go = AtomicBool::new(false);
    for zone in [Zone::Whole, Zone::Upper { percent: 30 }] {
        let found = ocr.compare(&page, zone, &digits(KK), &go).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(found, Comparison::Agrees, "{zone:?}");
    }
}

#[test]
fn a_slip_of_the_finger_is_noticed() {
    let (Some(ocr), Some(page)) = (reader(), kk_page(KK)) else { return };
    let go = AtomicBool::new(false);
    let typed = digits("3578010107200000");
    let found = ocr.compare(&page, Zone::Whole, &typed, &go).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(found, Comparison::Differs { read: digits(KK) });
}

#[test]
fn a_page_without_the_number_says_nothing() {
    let (Some(ocr), Some(page)) = (reader(), kk_page("-")) else { return };
    let go = AtomicBool::new(false);
    let found = ocr.compare(&page, Zone::Whole, &digits(KK), &go).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(found, Comparison::NotRead);
}

#[test]
fn without_tesseract_nothing_breaks() {
    let ocr = Ocr::new(OcrSettings { program: PathBuf::from("/tidak/ada/tesseract"), ..OcrSettings::default() });
    assert!(!ocr.is_present());
    let page = Luma::new(40, 40, vec![200; 1600]).expect("the size fits");
    let found = ocr.compare(&page, Zone::Whole, &digits(KK), &AtomicBool::new(false));
    assert!(matches!(found, Err(OcrError::NotInstalled { .. })), "{found:?}");
}

/// A program of a few lines instead of Tesseract.
fn program(folder: &tempfile::TempDir, script: &str) -> Ocr {
    let path = folder.path().join("tesseract");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the folder is writable");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
    Ocr::new(OcrSettings { program: path, limit_ms: 700, ..OcrSettings::default() })
}

#[test]
fn a_reader_that_hangs_or_floods_or_refuses_is_ended_and_named() {
    let page = Luma::new(400, 400, vec![200; 160_000]).expect("the size fits");
    let go = AtomicBool::new(false);
    for (script, expected) in [
        ("sleep 60", "TimedOut"),
        ("while true; do echo 12345678901234567890; done", "TooMuchText"),
        ("exit 1", "Refused"),
        ("head -c 10 >/dev/null; echo 1; exit 3", "Refused"),
        ("kill -9 $$", "Refused"),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ocr = program(&folder, script);
        let began = Instant::now();
        let fault = ocr.compare(&page, Zone::Whole, &digits(KK), &go).expect_err(script);
        assert!(format!("{fault:?}").starts_with(expected), "{script}: {fault:?}");
        assert!(began.elapsed() < Duration::from_secs(10), "{script}");
    }
}

#[test]
fn a_resident_who_goes_on_is_not_kept_waiting() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ocr = program(&folder, "sleep 60");
    let page = Luma::new(40, 40, vec![200; 1600]).expect("the size fits");
    let found = ocr.compare(&page, Zone::Whole, &digits(KK), &AtomicBool::new(true));
    assert!(matches!(found, Err(OcrError::Cancelled)), "{found:?}");
}
