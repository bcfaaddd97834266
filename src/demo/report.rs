//! What a run leaves in `out/demo/`: the slip as picture and text, what its QR says, the number, the states with their times.

use std::path::{Path, PathBuf};

use drivers::picture::{Limits, RgbPage, decode_page};
use drivers::reader::GuardedReader;
use drivers::sim::printer::Paper;
use image::GenericImageView;
use serde::Serialize;

use super::office::Failure;

/// Margin around the paper in `slip.png`, in dots: the quiet zone of a photograph.
const MARGIN_DOTS: u32 = 32;

#[derive(Serialize)]
pub struct StateLine {
    pub state: String,
    pub at: jiff::Timestamp,
}

#[derive(Serialize)]
pub struct Report {
    #[serde(skip)]
    pub dir: PathBuf,
    pub number: String,
    pub states: Vec<StateLine>,
    pub slip_bytes: usize,
    pub bytes_printed: u64,
    /// Read from `slip.png`, not from memory.
    pub slip_qr_text: String,
    pub slip_height_mm: u32,
    pub screens: Vec<String>,
    pub seconds: f64,
    #[serde(skip)]
    pin: String,
}

impl Report {
    /// An empty report in an empty folder.
    pub fn begin(dir: &Path) -> Result<Self, Failure> {
        if dir.exists() {
            std::fs::remove_dir_all(dir)?;
        }
        std::fs::create_dir_all(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            number: String::new(),
            states: Vec::new(),
            slip_bytes: 0,
            bytes_printed: 0,
            slip_qr_text: String::new(),
            slip_height_mm: 0,
            screens: Vec::new(),
            seconds: 0.0,
            pin: String::new(),
        })
    }

    /// Keeps the paper, and reads from its picture and text what a resident reads from it.
    pub fn take_slip(&mut self, paper: &Paper) -> Result<(), Failure> {
        let picture = self.dir.join("slip.png");
        paper.with_margin(MARGIN_DOTS).save(&picture)?;
        std::fs::write(self.dir.join("slip.txt"), &paper.text)?;
        self.slip_bytes = paper.bytes;
        // 203 dots per inch.
        self.slip_height_mm = paper.image.height() * 254 / 2030;
        let page = self.slip_picture()?;
        let reading = GuardedReader::default().read(&page.luma());
        let text = reading.payloads.first().and_then(|payload| payload.text()).ok_or("the QR on slip.png cannot be read")?;
        self.slip_qr_text = text.to_owned();
        self.pin = pin_on(&paper.text).ok_or("no PIN of six digits can be found on the slip")?;
        if self.slip_qr_text.contains(&self.pin) {
            return Err("the PIN stands in the QR".into());
        }
        if !paper.text.contains(&self.number) {
            return Err("the slip does not show the number of the screen".into());
        }
        Ok(())
    }

    /// `slip.png` as something to hold before a camera.
    pub fn slip_picture(&self) -> Result<RgbPage, Failure> {
        let bytes = std::fs::read(self.dir.join("slip.png"))?;
        let picture = image::load_from_memory(&bytes)?;
        // Only the part with the QR is held up: a hand's length from the lens nobody shows the whole slip.
        let (width, height) = picture.dimensions();
        let part = if height > width { picture.crop_imm(0, height / 8, width, width.min(height - height / 8)) } else { picture };
        let mut png = std::io::Cursor::new(Vec::new());
        part.write_to(&mut png, image::ImageFormat::Png)?;
        Ok(decode_page(png.get_ref(), &Limits::default())?)
    }

    /// As a person reads it from the paper.
    pub fn pin(&self) -> &str {
        &self.pin
    }

    /// The path behind the QR's host.
    pub fn tracking_path(&self) -> Result<String, Failure> {
        let rest = self.slip_qr_text.split_once("://").map_or("", |(_, rest)| rest);
        let at = rest.find('/').ok_or("the QR is not an address")?;
        Ok(rest[at..].to_owned())
    }

    pub fn write(&self) -> Result<(), Failure> {
        std::fs::write(self.dir.join("summary.json"), serde_json::to_string_pretty(self)? + "\n")?;
        Ok(())
    }
}

/// The only group of exactly six digits that stands alone on the slip.
fn pin_on(text: &str) -> Option<String> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric()))
        .find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}
