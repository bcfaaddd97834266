//! The test page shows the width, the darkness, the letters, a code and a cut, and all of it can be checked.

mod common;

use common::{PATIENCE, PROFILES, desk_for, driver, profile};
use drivers::printer::{Permit, PrintJob, Printer, TEST_PAGE_QR, test_page};
use drivers::reader::GuardedReader;

#[test]
fn the_test_page_of_every_model_is_whole_and_its_code_is_read() {
    for name in PROFILES {
        let profile = profile(name);
        let desk = desk_for(&profile);
        let mut printer = driver(&desk, profile.clone());
        printer.print(&PrintJob { token: 1, document: test_page(&profile), permit: Permit::new() });
        assert!(desk.bench.printer.wait_until_idle(PATIENCE), "{name}");
        desk.bench.printer.tear_off();
        let papers = desk.bench.printer.papers();
        assert_eq!((papers.len(), desk.bench.printer.unknown_commands()), (1, 0), "{name}: one paper, cut once");
        let paper = &papers[0];
        let texts: Vec<String> = GuardedReader::default().read(&paper.held_up().luma()).payloads.iter().filter_map(|p| p.text().map(str::to_owned)).collect();
        assert_eq!(texts, [TEST_PAGE_QR], "{name}");
        assert!(paper.text.contains(&profile.name) && paper.text.contains(&format!("{} dots", profile.dots)), "{name}: {}", paper.text);
        let ruler = paper.text.lines().find(|line| line.starts_with("1234567890")).unwrap_or_else(|| panic!("{name}: no ruler of letters"));
        assert_eq!(ruler.len(), usize::from(profile.columns), "{name}: the letters fill the line");
        check_scale(name, &paper.image, &profile);
    }
}

/// First and last dot black in the same row, and four steps of grey that grow darker from left to right.
fn check_scale(name: &str, image: &image::GrayImage, profile: &drivers::printer::Profile) {
    let (wide, high) = image.dimensions();
    let black = |x: u32, y: u32| image.get_pixel(x, y).0[0] == 0;
    // A rule of frame letters is a line from edge to edge, too, but no tick stands on it.
    let is_base = |y: &u32| (0..wide).all(|x| black(x, *y)) && black(0, y - 5) && black(wide - 1, y - 5);
    let base = (5..high).find(is_base).unwrap_or_else(|| panic!("{name}: no base line from edge to edge"));
    let ticks = (0..wide).filter(|x| black(*x, base - 5)).count();
    let millimetres = profile.mm(u32::from(profile.dots));
    let expected = (millimetres / 10.0) as usize + 1;
    assert!((expected..=expected + 1).contains(&ticks), "{name}: {ticks} ticks on {millimetres} mm");
    let ink = |step: u32| {
        let (from, to) = (wide * step / 4, wide * (step + 1) / 4);
        let dots = (from..to).flat_map(|x| (base + 4..base + 36).map(move |y| (x, y))).filter(|(x, y)| black(*x, *y)).count();
        dots as f64 / f64::from((to - from) * 32)
    };
    for (step, share) in [(0, 0.25), (1, 0.5), (2, 0.75), (3, 1.0)] {
        assert!((ink(step) - share).abs() < 0.04, "{name}: step {step} is {}", ink(step));
    }
}
