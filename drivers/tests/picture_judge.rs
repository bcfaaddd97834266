//! Drawn pages are degraded in steps: good ones pass, bad ones are named, and the step between is where people see it too.

mod common;

use common::text_page;
use drivers::picture::{Finding, Luma, judge};

fn page() -> image::GrayImage {
    let luma = text_page().luma();
    image::GrayImage::from_raw(luma.width(), luma.height(), luma.pixels().to_vec()).expect("the same size")
}

fn findings(picture: &image::GrayImage) -> Vec<Finding> {
    let (width, height) = picture.dimensions();
    judge(&Luma::new(width, height, picture.as_raw().clone()).expect("the same size")).findings
}

fn changed(percent: i32, plus: i32) -> image::GrayImage {
    let mut picture = page();
    for dot in picture.pixels_mut() {
        dot.0[0] = (i32::from(dot.0[0]) * percent / 100 + plus).clamp(0, 255) as u8;
    }
    picture
}

#[test]
fn a_sharp_bright_page_is_good() {
    assert_eq!(findings(&page()), []);
}

#[test]
fn less_light_is_tolerated_until_it_is_too_dark() {
    for (percent, expected) in [(80, vec![]), (50, vec![]), (28, vec![Finding::TooDark]), (15, vec![Finding::TooDark])] {
        assert_eq!(findings(&changed(percent, 0)), expected, "light at {percent} %");
    }
}

#[test]
fn glare_is_named_when_the_ink_is_gone() {
    for (percent, plus, expected) in [(70, 70, vec![]), (25, 195, vec![Finding::TooBright]), (12, 225, vec![Finding::TooBright])] {
        assert_eq!(findings(&changed(percent, plus)), expected, "ink lifted by {plus}");
    }
}

#[test]
fn blur_is_tolerated_until_letters_run_together() {
    let blurred = |sigma: f32| image::imageops::blur(&page(), sigma);
    for (sigma, expected) in [(0.4, vec![]), (0.7, vec![]), (2.2, vec![Finding::Blurred]), (4.0, vec![Finding::Blurred])] {
        assert_eq!(findings(&blurred(sigma)), expected, "sigma {sigma}");
    }
}

#[test]
fn sharpness_falls_with_every_step_of_blur() {
    let sharpness = |sigma: f32| {
        let blurred = image::imageops::blur(&page(), sigma);
        judge(&Luma::new(blurred.width(), blurred.height(), blurred.into_raw()).expect("the same size")).sharpness
    };
    let steps: Vec<f32> = [0.3, 0.6, 1.0, 1.5, 2.2, 3.0].map(sharpness).to_vec();
    println!("{steps:?}");
    assert!(steps.windows(2).all(|pair| pair[0] > pair[1]), "{steps:?}");
}

#[test]
fn a_dark_sharp_page_is_called_dark_and_not_blurred() {
    assert_eq!(findings(&changed(20, 0)), [Finding::TooDark]);
}

#[test]
fn an_empty_page_is_blank_and_nothing_else() {
    let white = image::GrayImage::from_pixel(827, 1169, image::Luma([245]));
    assert_eq!(findings(&white), [Finding::Blank]);
    let covered = image::GrayImage::from_pixel(640, 480, image::Luma([6]));
    assert_eq!(findings(&covered), [Finding::TooDark, Finding::Blank], "a covered lens");
}

#[test]
fn sensor_noise_does_not_make_a_blurred_page_sharp() {
    let mut blurred = image::imageops::blur(&page(), 4.0);
    let mut seed = 20_261_121_u32;
    for dot in blurred.pixels_mut() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = i32::from((seed >> 24) as u8 % 9) - 4;
        dot.0[0] = (i32::from(dot.0[0]) + noise).clamp(0, 255) as u8;
    }
    assert_eq!(findings(&blurred), [Finding::Blurred]);
}

#[test]
fn the_smallest_pictures_are_judged_without_a_fault() {
    for (width, height) in [(1, 1), (2, 3), (3, 2), (5000, 1)] {
        let luma = Luma::new(width, height, vec![128; (width * height) as usize]).expect("the same size");
        assert_eq!(judge(&luma).findings, [Finding::Blank]);
    }
}
