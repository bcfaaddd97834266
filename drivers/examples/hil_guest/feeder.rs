//! Writes pictures into a virtual camera (`v4l2loopback`), as a lens would.
//!
//! The rule a newcomer would break: the format holds only for the descriptor that set it, so format and pictures go through
//! one open device; and the feeder has to run before anybody asks what sizes the camera offers.

use crate::hands::said;
use drivers::picture::{PAGE_BYTES_MAX_DEFAULT, RgbPage, encode_page};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use v4l::format::{Format, FourCC};
use v4l::video::Output;
use v4l::video::output::Parameters;

const FRAMES_PER_S: u32 = 15;

/// How the virtual camera packs its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Two bytes a pixel: brightness and, in turns, two differences of colour.
    Yuyv,
    /// One JPEG a frame.
    Mjpeg,
}

/// Different noise, so that no two frames in a row are the same to the last bit: no sensor gives the same twice.
const NOISES: u8 = 4;

/// A thread that shows one picture again and again, until it is given another.
pub struct Feeder {
    shown: Arc<Shown>,
    packing: Packing,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Shown {
    /// The picture with each noise.
    frames: Mutex<Vec<Vec<u8>>>,
    paused: AtomicBool,
    frozen: AtomicBool,
    stop: AtomicBool,
}

impl Feeder {
    /// Begins to show `page`, whose size becomes the camera's.
    pub fn start(device: &Path, packing: Packing, page: &RgbPage) -> Result<Self, String> {
        let mut camera = v4l::Device::with_path(device).map_err(said)?;
        let code = match packing {
            Packing::Yuyv => FourCC::new(b"YUYV"),
            Packing::Mjpeg => FourCC::new(b"MJPG"),
        };
        let mut wanted = Format::new(page.width(), page.height(), code);
        wanted.size = page.width() * page.height() * 2;
        let got = camera.set_format(&wanted).map_err(said)?;
        if (got.width, got.height, got.fourcc) != (wanted.width, wanted.height, wanted.fourcc) {
            return Err(format!("the virtual camera wants another format: {got}"));
        }
        camera.set_params(&Parameters::with_fps(FRAMES_PER_S)).map_err(said)?;

        let shown = Arc::new(Shown {
            frames: Mutex::new(packed(packing, page)?),
            paused: AtomicBool::new(false),
            frozen: AtomicBool::new(false),
            stop: AtomicBool::new(false),
        });
        let own = Arc::clone(&shown);
        let run = move || {
            let mut noise = 0;
            while !own.stop.load(Ordering::Acquire) {
                if !own.frozen.load(Ordering::Acquire) {
                    noise = (noise + 1) % usize::from(NOISES);
                }
                if !own.paused.load(Ordering::Acquire) {
                    let frame = own.frames.lock().unwrap_or_else(PoisonError::into_inner)[noise].clone();
                    if let Err(fault) = camera.write_all(&frame) {
                        log::warn!(reason:% = fault; "feeder_write_refused");
                    }
                }
                std::thread::park_timeout(Duration::from_secs(1) / FRAMES_PER_S);
            }
        };
        let thread = std::thread::Builder::new().name("feeder".into()).spawn(run).map_err(said)?;
        Ok(Feeder { shown, packing, thread: Some(thread) })
    }

    /// Shows another picture of the same size from the next frame on.
    pub fn show(&self, page: &RgbPage) -> Result<(), String> {
        *self.shown.frames.lock().unwrap_or_else(PoisonError::into_inner) = packed(self.packing, page)?;
        Ok(())
    }

    /// Sends the same frame again and again, as a camera does whose program has crashed behind its USB chip.
    pub fn freeze(&self, frozen: bool) {
        self.shown.frozen.store(frozen, Ordering::Release);
    }

    /// Stops sending frames without letting go of the camera, as a camera does that hangs.
    pub fn pause(&self, paused: bool) {
        self.shown.paused.store(paused, Ordering::Release);
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.shown.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // It never waits for a reader: v4l2loopback takes every frame at once.
            let _ = thread.join();
        }
    }
}

/// The picture with each noise, packed.
fn packed(packing: Packing, page: &RgbPage) -> Result<Vec<Vec<u8>>, String> {
    (0..NOISES)
        .map(|noise| {
            // A faint dot in a corner that wanders with the noise.
            let mut rgb = page.pixels().to_vec();
            for sample in rgb.iter_mut().skip(usize::from(noise) * 24).take(24) {
                *sample = sample.wrapping_sub(40);
            }
            let page = RgbPage::new(page.width(), page.height(), rgb).ok_or("the picture has no size")?;
            match packing {
                // 128 means "no colour".
                Packing::Yuyv => Ok(page.luma().pixels().iter().flat_map(|brightness| [*brightness, 128]).collect()),
                Packing::Mjpeg => Ok(encode_page(&page, PAGE_BYTES_MAX_DEFAULT).map_err(said)?.jpeg),
            }
        })
        .collect()
}
