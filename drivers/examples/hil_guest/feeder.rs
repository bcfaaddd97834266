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

/// A thread that shows one picture again and again, until it is given another.
pub struct Feeder {
    shown: Arc<Shown>,
    packing: Packing,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Shown {
    frame: Mutex<Vec<u8>>,
    paused: AtomicBool,
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

        let frame = Mutex::new(packed(packing, page)?);
        let shown = Arc::new(Shown { frame, paused: AtomicBool::new(false), stop: AtomicBool::new(false) });
        let own = Arc::clone(&shown);
        let run = move || {
            while !own.stop.load(Ordering::Acquire) {
                if !own.paused.load(Ordering::Acquire) {
                    let frame = own.frame.lock().unwrap_or_else(PoisonError::into_inner).clone();
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
        *self.shown.frame.lock().unwrap_or_else(PoisonError::into_inner) = packed(self.packing, page)?;
        Ok(())
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

fn packed(packing: Packing, page: &RgbPage) -> Result<Vec<u8>, String> {
    match packing {
        // 128 means "no colour".
        Packing::Yuyv => Ok(page.luma().pixels().iter().flat_map(|brightness| [*brightness, 128]).collect()),
        Packing::Mjpeg => Ok(encode_page(page, PAGE_BYTES_MAX_DEFAULT).map_err(said)?.jpeg),
    }
}
