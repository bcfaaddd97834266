//! temporary
use drivers::coach;
use drivers::sim::papers::{self, TUNING_SEED};

#[test]
fn sheet() {
    let name = std::env::var("LADDER").unwrap_or_default();
    let out = std::env::var("OUT").unwrap_or("/tmp/sheet.png".into());
    let seed = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(TUNING_SEED);
    let columns: u32 = std::env::var("COLS").ok().and_then(|s| s.parse().ok()).unwrap_or(5);
    let cell: u32 = std::env::var("CELL").ok().and_then(|s| s.parse().ok()).unwrap_or(360);
    let list: Vec<_> = papers::cases(seed).into_iter().filter(|c| name.split('|').any(|n| c.name.contains(n))).collect();
    let rows = (list.len() as u32).div_ceil(columns);
    let mut sheet = image::RgbImage::new(columns * cell, rows * cell);
    for (i, case) in list.iter().enumerate() {
        let page = case.picture();
        let t = std::time::Instant::now();
        let advice = coach::examine(&page, &case.expected);
        println!("{i:3} {:50} {:?} {:?} {:?} {} ms", case.name, case.label, advice.findings, advice.scores, t.elapsed().as_millis());
        let mut picture = image::RgbImage::from_raw(page.width(), page.height(), page.pixels().to_vec()).unwrap();
        if let Some(q) = advice.outline {
            for s in 0..4 {
                let (a, b) = (q.corners[s], q.corners[(s + 1) % 4]);
                for k in 0..4000 {
                    let f = k as f32 / 4000.0;
                    let (x, y) = (a.0 + (b.0 - a.0) * f, a.1 + (b.1 - a.1) * f);
                    for d in -3..=3 { for e in -3..=3 {
                        let (x, y) = (x as i32 + d, y as i32 + e);
                        if x >= 0 && y >= 0 && (x as u32) < picture.width() && (y as u32) < picture.height() {
                            picture.put_pixel(x as u32, y as u32, if s == 0 { image::Rgb([0, 255, 0]) } else { image::Rgb([255, 0, 0]) });
                        }
                    }}
                }
            }
        }
        let f = (cell - 6) as f32 / picture.width().max(picture.height()) as f32;
        let small = image::imageops::resize(&picture, (picture.width() as f32 * f) as u32, (picture.height() as f32 * f) as u32, image::imageops::FilterType::Triangle);
        image::imageops::overlay(&mut sheet, &small, i64::from((i as u32 % columns) * cell), i64::from((i as u32 / columns) * cell));
    }
    sheet.save(&out).unwrap();
}
