//! A drawn page is degraded in steps: good ones pass, bad ones are named, and no size or content of a picture is a fault.

mod common;

use common::text_page;
use drivers::coach::{Advice, Expected, Finding, Origin, Quad, Shape, examine, glance, straighten};
use drivers::picture::{Luma, RgbPage};
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn scanned(picture: &image::RgbImage) -> Advice {
    examine(&page_of(picture), &Expected { shape: Shape::A4, side: None, from: Origin::Scanner })
}

fn page_of(picture: &image::RgbImage) -> RgbPage {
    RgbPage::new(picture.width(), picture.height(), picture.as_raw().clone()).expect("a picture has its own size")
}

fn image_of(page: &RgbPage) -> image::RgbImage {
    image::RgbImage::from_raw(page.width(), page.height(), page.pixels().to_vec()).expect("a page has its own size")
}

fn picture() -> image::RgbImage {
    image_of(&text_page())
}

fn changed(percent: i32, plus: i32) -> image::RgbImage {
    let mut picture = picture();
    for value in picture.iter_mut() {
        *value = (i32::from(*value) * percent / 100 + plus).clamp(0, 255) as u8;
    }
    picture
}

#[test]
fn a_sharp_bright_page_is_good() {
    let advice = scanned(&picture());
    assert_eq!(advice.findings, []);
    assert_eq!(advice.hint, None);
}

#[test]
fn less_light_is_tolerated_until_it_is_too_dark() {
    for (percent, expected) in [(80, vec![]), (50, vec![]), (25, vec![Finding::TooDark]), (15, vec![Finding::TooDark])] {
        assert_eq!(scanned(&changed(percent, 0)).findings, expected, "light at {percent} %");
    }
}

#[test]
fn too_much_light_is_named_when_the_ink_is_gone() {
    for (percent, plus, expected) in [(70, 70, vec![]), (40, 150, vec![]), (12, 225, vec![Finding::TooBright])] {
        assert_eq!(scanned(&changed(percent, plus)).findings, expected, "ink lifted by {plus}");
    }
}

#[test]
fn blur_is_tolerated_until_letters_run_together() {
    for (sigma, expected) in [(0.4, vec![]), (0.7, vec![]), (3.4, vec![Finding::Blurred]), (6.0, vec![Finding::Blurred])] {
        let advice = scanned(&image::imageops::blur(&picture(), sigma));
        assert_eq!(advice.findings, expected, "sigma {sigma}: {:?}", advice.scores);
    }
}

#[test]
fn sharpness_falls_with_every_step_of_blur() {
    let sharpness = |sigma: f32| scanned(&image::imageops::blur(&picture(), sigma)).scores.sharpness;
    let steps: Vec<f32> = [0.3, 0.9, 1.5, 2.2, 3.0, 4.5].map(sharpness).to_vec();
    println!("{steps:?}");
    assert!(steps.windows(2).all(|pair| pair[0] > pair[1]), "{steps:?}");
}

#[test]
fn an_empty_page_is_blank_and_nothing_else() {
    let white = image::RgbImage::from_pixel(827, 1169, image::Rgb([245; 3]));
    assert_eq!(scanned(&white).findings, [Finding::Blank]);
    let covered = image::RgbImage::from_pixel(640, 480, image::Rgb([6; 3]));
    for from in [Origin::Camera, Origin::Scanner] {
        assert_eq!(examine(&page_of(&covered), &Expected::any(from)).findings, [Finding::TooDark, Finding::Blank], "a covered lens");
    }
}

#[test]
fn sensor_noise_does_not_make_a_blurred_page_sharp() {
    let mut blurred = image::imageops::blur(&picture(), 5.0);
    let mut seed = 20_261_121_u32;
    for value in blurred.iter_mut() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = i32::from((seed >> 24) as u8 % 9) - 4;
        *value = (i32::from(*value) + noise).clamp(0, 255) as u8;
    }
    assert_eq!(scanned(&blurred).findings, [Finding::Blurred]);
}

#[test]
fn the_smallest_pictures_are_judged_without_a_fault() {
    for (width, height) in [(1, 1), (2, 3), (3, 2), (5000, 1), (1, 5000), (33, 32)] {
        let page = RgbPage::new(width, height, vec![128; (width * height * 3) as usize]).expect("the same size");
        for from in [Origin::Camera, Origin::Scanner] {
            assert_eq!(examine(&page, &Expected::any(from)).findings, [Finding::Blank], "{width}x{height}");
        }
        assert_eq!(straighten(&page, &Quad::frame(width, height), Shape::A4), page);
        let seen = glance(&page.luma());
        assert!(seen.outline.is_none() && seen.is_steady_since(&seen), "{width}x{height}");
    }
}

#[test]
fn a_picture_of_36_megapixels_is_examined_in_seconds() {
    let small = picture();
    let large = image::RgbImage::from_fn(5047, 7134, |x, y| *small.get_pixel(x * small.width() / 5047, y * small.height() / 7134));
    let began = Instant::now();
    assert_eq!(scanned(&large).findings, []);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn what_is_no_quad_leaves_the_page_as_it_is() {
    let page = text_page();
    let crossed = Quad { corners: [(100.0, 100.0), (500.0, 600.0), (500.0, 100.0), (100.0, 600.0)] };
    let vanishing = Quad { corners: [(100.0, 100.0); 4] };
    let far = Quad { corners: [(-9e6, -9e6), (9e6, -9e6), (9e6, 9e6), (-9e6, 9e6)] };
    let nowhere = Quad { corners: [(f32::NAN, 0.0), (10.0, 0.0), (10.0, f32::INFINITY), (0.0, 10.0)] };
    for quad in [crossed, vanishing, far, nowhere, Quad::frame(page.width(), page.height())] {
        assert_eq!(straighten(&page, &quad, Shape::Any), page, "{quad:?}");
    }
}

fn any_page() -> impl Strategy<Value = RgbPage> {
    // Noise, stripes and blocks: the last two give contours and runs of every length.
    (1_u32..260, 1_u32..260, any::<u64>(), 0_u32..3).prop_map(|(width, height, seed, kind)| {
        let value = |x: u32, y: u32, c: u32| {
            let (x, y) = match kind {
                0 => (x, y),
                1 => (x / 7, 0),
                _ => (x / 40, y / 30),
            };
            let mixed = (u64::from(x) << 40 | u64::from(y) << 16 | u64::from(c)).wrapping_add(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            (mixed >> 56) as u8
        };
        let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| (0..3).map(move |c| value(x, y, c)))).collect();
        RgbPage::new(width, height, pixels).expect("three values for each pixel")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_pixels_are_a_fault(page in any_page(), shape in 0_usize..4, scanner in any::<bool>()) {
        let shape = [Shape::A4, Shape::A5, Shape::Card, Shape::Any][shape];
        let from = if scanner { Origin::Scanner } else { Origin::Camera };
        let advice = examine(&page, &Expected { shape, side: None, from });
        prop_assert!(advice.findings.is_sorted());
        prop_assert_eq!(advice.hint.is_none(), advice.findings.is_empty());
        for score in [advice.scores.sharpness, advice.scores.glare_share, advice.scores.coverage] {
            prop_assert!((0.0..=1.0).contains(&score), "{:?}", advice.scores);
        }
        if let Some(outline) = advice.outline {
            let flat = straighten(&page, &outline, shape);
            prop_assert!(flat.width() > 0 && flat.height() > 0);
        }
        let luma: Luma = page.luma();
        let _ = glance(&luma).help(None, &Expected::any(from));
    }

    #[test]
    fn no_corners_are_a_fault(corners in prop::array::uniform8(-2000.0_f32..2000.0)) {
        let page = RgbPage::new(300, 200, vec![90; 300 * 200 * 3]).expect("the same size");
        let quad = Quad { corners: std::array::from_fn(|i| (corners[2 * i], corners[2 * i + 1])) };
        let flat = straighten(&page, &quad, Shape::Card);
        prop_assert!(u64::from(flat.width()) * u64::from(flat.height()) < 40_000_000);
        let ordered = Quad::ordered(quad.corners);
        prop_assert!(!ordered.is_convex() || ordered.tilt_deg().abs() <= 90.0);
    }
}
