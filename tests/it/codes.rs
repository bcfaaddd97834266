//! Codes that are not ours, held before the real camera path.

use drivers::picture::RgbPage;
use flow::Intent;
use flow::view::Page;

use crate::stand::{Stand, bench, office};

/// A QR of any text as a picture.
fn code(text: &[u8]) -> RgbPage {
    const MODULE_PX: u32 = 8;
    let code = qrcode::QrCode::new(text).expect("short texts fit a QR");
    let modules = code.width() as u32;
    let side = (modules + 8) * MODULE_PX;
    let colors = code.to_colors();
    let pixels = (0..side * side).flat_map(|index| {
        let (x, y) = ((index % side / MODULE_PX).wrapping_sub(4), (index / side / MODULE_PX).wrapping_sub(4));
        let dark = x < modules && y < modules && colors[(y * modules + x) as usize] == qrcode::Color::Dark;
        [if dark { 0 } else { 255 }; 3]
    });
    RgbPage::new(side, side, pixels.collect()).expect("three bytes for each pixel")
}

#[test]
fn foreign_codes_are_named_and_lead_nowhere() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.touch(Intent::Wake);
    stand.until("home", |view| matches!(view.page, Page::Home { .. }));
    let foreign: [&[u8]; 4] = [b"https://phishing.example/masuk", b"halo", &[0, 159, 146, 150, 7], b"HTTPS://LACAK.KOTA-LAIN.GO.ID/T/7ZK2M9QW4X8RT5CN3VHB"];
    for text in foreign {
        stand.bench.camera.show_desk();
        stand.touch(Intent::FollowUp);
        stand.until("the camera looks for a code", |view| matches!(&view.page, Page::ReadCode { problem, .. } if problem.is_empty()));
        stand.bench.camera.hold(&code(text), 80);
        stand.until("the code is named as foreign", |view| matches!(&view.page, Page::ReadCode { problem, .. } if problem.contains("bukan e-Kitir")));
        stand.touch(Intent::GoBack);
        stand.until("home", |view| matches!(view.page, Page::Home { .. }));
    }
}
