//! What the tests of this crate share: profiles from the shipped data, a slip of invented text, a bench and a driver with
//! short waits. It proves nothing by itself.
#![allow(dead_code, reason = "every test binary uses another part of this file")]

use drivers::link::SerialLink;
use drivers::picture::RgbPage;
use drivers::printer::{Align, Block, Document, EscPos, Permit, PrintJob, Profile, TextSize, Timing};
use drivers::sim::printer::PaperPrinterOptions;
use drivers::sim::{Bench, BenchOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// End of every wait in the tests.
pub const PATIENCE: Duration = Duration::from_secs(20);
pub const QR_TEXT: &str = "KLP1:SBY:0426-7K2M-9XQ4-3";

/// Short limits, so that a missing confirmation is noticed in a second instead of a quarter of a minute.
pub const SHORT: Timing = Timing { status_ms: 180, poll_ms: 30, ask_ms: 2_000, xoff_ms: 2_000, assumed_mm_per_s: 3000, cutter_ms: 900 };

pub fn profile_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/printers").join(format!("{name}.toml"))
}

pub fn profile(name: &str) -> Profile {
    Profile::load(&profile_path(name)).unwrap_or_else(|fault| panic!("{fault}"))
}

/// A slip in the order of a real one.
pub fn slip(number: &str) -> Document {
    let centred = |text: &str| Block::Text { text: text.into(), size: TextSize::Single, bold: false, align: Align::Centre, inverse: false };
    Document(vec![
        centred("Pemerintah Kota Surabaya"),
        centred("Kelurahan Contoh Jaya"),
        Block::Rule,
        Block::text("KTP-el hilang"),
        Block::heading(number, TextSize::Double),
        Block::Qr { text: QR_TEXT.into(), module_dots_min: 4 },
        Block::Boxed { text: "482913".into(), size: TextSize::Double },
        Block::text("Paling lambat Senin 23 November 2026 pukul 14.10"),
        Block::text("Ambil di kelurahan ini. Bawa slip dan surat kehilangan asli dari kepolisian."),
        Block::text("B*** S****** - 3578**********00"),
        Block::Rule,
        Block::Cut,
    ])
}

pub fn job(token: u32, number: &str) -> PrintJob {
    PrintJob { token, document: slip(number), permit: Permit::new() }
}

pub struct Desk {
    pub bench: Bench,
    pub folder: tempfile::TempDir,
}

/// A bench whose printer is twenty times faster than life.
pub fn desk(dots: u32) -> Desk {
    desk_with(PaperPrinterOptions { dots, ..PaperPrinterOptions::default() })
}

/// A bench with the printer that a profile describes: its width, its resolution and its presenter.
pub fn desk_for(profile: &Profile) -> Desk {
    desk_with(printer_for(profile))
}

/// The simulated printer that a profile describes.
pub fn printer_for(profile: &Profile) -> PaperPrinterOptions {
    PaperPrinterOptions {
        dots: u32::from(profile.dots),
        dots_per_inch: u32::from(profile.dots_per_inch),
        presenter: profile.presenter.is_some(),
        ..PaperPrinterOptions::default()
    }
}

/// A bench with this printer, twenty times faster than life.
pub fn desk_with(printer: PaperPrinterOptions) -> Desk {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let mut options = BenchOptions::in_folder(folder.path());
    options.printer = PaperPrinterOptions { time_scale: 20.0, ..printer };
    let bench = Bench::new(&options).unwrap_or_else(|fault| panic!("{fault}"));
    Desk { bench, folder }
}

/// A driver of this profile at the bench's printer, which is told that the printer is as fast as the bench makes it.
pub fn driver(desk: &Desk, profile: Profile) -> EscPos<SerialLink> {
    let profile = Profile { speed_mm_per_s: profile.speed_mm_per_s.saturating_mul(20), ..profile };
    EscPos::with_timing(SerialLink::new(desk.bench.printer.path(), profile.baud), profile, SHORT)
}

/// Every shipped profile by the name of its file.
pub const PROFILES: [&str; 9] =
    ["bixolon-srp-e300", "custom-kpm150h", "custom-vkp80", "epson-tm-m30", "epson-tm-t82", "epson-tm-t88", "generic-58mm", "generic-80mm", "pos-58"];

/// A page of text-like strokes, black on white, A4 at about 100 dpi.
pub fn text_page() -> RgbPage {
    let (width, height) = (827_u32, 1169_u32);
    let mut page = image::RgbImage::from_pixel(width, height, image::Rgb([244, 243, 240]));
    // Words are rows of upright, slanted and level strokes two pixels wide, like print at this size.
    for line in 0..40_u32 {
        let top = 60 + line * 26;
        let mut x = 70;
        let mut letter = line * 7;
        while x < width - 80 {
            letter = letter.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7FFF_FFFF;
            for step in 0..12 {
                let slant = if letter & 1 == 1 { step / 4 } else { 0 };
                for pen in 0..2 {
                    page.put_pixel(x + slant + pen, top + step, image::Rgb([28, 27, 30]));
                    if letter & 2 == 2 && step < 8 {
                        page.put_pixel(x + step, top + (letter % 11) + pen, image::Rgb([28, 27, 30]));
                    }
                }
            }
            x += if letter.is_multiple_of(6) { 22 } else { 12 };
        }
    }
    RgbPage::new(width, height, page.into_raw()).expect("the picture has its own size")
}

/// A code as a picture with its quiet zone, `module_px` pixels a module.
pub fn qr_page(text: &[u8], module_px: u32) -> RgbPage {
    let code = qrcode_of(text);
    let side = code.len() as u32;
    let px = (side + 8) * module_px;
    let picture = image::RgbImage::from_fn(px, px, |x, y| {
        let (column, row) = (x / module_px, y / module_px);
        let inside = (4..side + 4).contains(&column) && (4..side + 4).contains(&row);
        let dark = inside && code[(row - 4) as usize][(column - 4) as usize];
        image::Rgb(if dark { [15; 3] } else { [240; 3] })
    });
    RgbPage::new(px, px, picture.into_raw()).expect("the picture has its own size")
}

fn qrcode_of(text: &[u8]) -> Vec<Vec<bool>> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).expect("test texts fit a code");
    let dark: Vec<bool> = code.to_colors().iter().map(|c| *c == qrcode::Color::Dark).collect();
    dark.chunks(code.width()).map(<[bool]>::to_vec).collect()
}
