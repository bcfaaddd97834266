//! QR codes in a brightness picture: engines behind one trait, and a guard around them.
//!
//! It does not know what a code means; a payload is opaque bytes, and it prints as `•••`. What cannot be a payload of ours by
//! length or characters is refused by type.
//!
//! The rule a newcomer would break: an engine is never called outside [`GuardedReader`]. A picture can panic an engine
//! (WanzenBug/rqrr issue 54) or keep it busy for minutes (issue 50), and a frame from a camera is anybody's picture.

mod engines;
mod finders;
mod flat;
mod frame;
mod guide;
mod payload;
mod worker;

pub use engines::{RqrrDecoder, RxingDecoder};
pub use guide::{GUIDE_BOX_CODE_SIDE_PX_MIN, GUIDE_BOX_SHARE_OF_HEIGHT, Region, guide_box};
pub use payload::{Implausible, PAYLOAD_BYTES_MAX, QrPayload, is_plausible};
pub use worker::THREADS_STUCK_MAX;

use crate::picture::Luma;
use image::imageops::{self, FilterType};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use worker::Worker;

/// More codes than this in one frame are not a resident's slip; the rest is dropped.
pub const CODES_PER_FRAME_MAX: usize = 16;
/// A frame larger than this is shrunk first: more pixels cost time and do not help an engine.
pub const FRAME_LONG_SIDE_PX_MAX: u32 = 1920;
/// Default time for all engines on one frame: five to eight tries a second leave the processor for the preview.
pub const FRAME_BUDGET_DEFAULT: Duration = Duration::from_millis(150);
/// An engine that is silent for this long on one frame is taken as hung.
pub const ENGINE_HANG_AFTER: Duration = Duration::from_secs(1);

/// One way to find codes.
pub trait QrDecoder: Send + Sync {
    /// Name for the technician's page.
    fn name(&self) -> &'static str;

    /// Every dark code on light ground in the picture; empty when there is none. May panic or take long on a hostile picture.
    fn decode(&self, luma: &Luma) -> Vec<QrPayload>;
}

/// Where a code is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// Anywhere, as on a scanned page.
    Anywhere,
    /// In the guide box, where it wins over a code elsewhere in the view, such as on a poster behind.
    GuideBox,
}

/// What one frame gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Distinct payloads of printable ASCII, at most [`CODES_PER_FRAME_MAX`].
    pub payloads: Vec<QrPayload>,
    /// Why codes that were read are not handed on; each reason once.
    pub refused: Vec<Implausible>,
    /// Engines that panicked on this frame.
    pub panics: u32,
    /// Steps that were left out because the frame's time was up.
    pub skipped: u32,
    /// No engine answered: one hangs on this frame, or as many as may are hanging on earlier ones.
    pub hung: bool,
}

/// All engines, each under `catch_unwind`, the later ones only with a reason and while the frame's time lasts.
///
/// The first engine sees the whole view. Where it finds nothing, the light is taken out of the picture and corners of codes
/// are looked for; the part around them is shown to every engine in order, inverted if the corners are. An engine that has
/// started cannot be interrupted, so engines run on a thread of their own, which is abandoned and counted when it hangs.
///
/// Measured on pictures of 1280x720 at the optimisation of the tests: see `tests/qr_figures.rs`, which asserts the figures.
pub struct GuardedReader {
    engines: Arc<[Box<dyn QrDecoder>]>,
    frame_budget: Duration,
    hang_after: Duration,
    worker: Mutex<Option<Worker>>,
    stuck: Arc<AtomicU32>,
}

impl Default for GuardedReader {
    /// rxing first, rqrr second: on 179 reference pictures rxing read 92 % and rqrr 54 %, at a tenth of the time.
    fn default() -> Self {
        GuardedReader::new(vec![Box::new(RxingDecoder), Box::new(RqrrDecoder)], FRAME_BUDGET_DEFAULT)
    }
}

impl GuardedReader {
    /// A reader over `engines`, asked in this order, with [`ENGINE_HANG_AFTER`].
    pub fn new(engines: Vec<Box<dyn QrDecoder>>, frame_budget: Duration) -> Self {
        GuardedReader { engines: engines.into(), frame_budget, hang_after: ENGINE_HANG_AFTER, worker: Mutex::new(None), stuck: Arc::default() }
    }

    /// The same reader with another patience for a silent engine.
    #[must_use]
    pub fn with_hang_after(self, hang_after: Duration) -> Self {
        GuardedReader { hang_after, ..self }
    }

    /// Reads one frame, a code being anywhere. Blocks for [`ENGINE_HANG_AFTER`] at most; usually some milliseconds.
    pub fn read(&self, luma: &Luma) -> Reading {
        self.read_at(luma, Aim::Anywhere)
    }

    /// Reads one frame. The first step that finds something ends the search.
    pub fn read_at(&self, luma: &Luma, aim: Aim) -> Reading {
        let deadline = Instant::now() + self.frame_budget;
        let luma = shrunk(luma).unwrap_or_else(|| luma.clone());
        let mut slot = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = slot.take().or_else(|| Worker::start(self.engines.clone(), &self.stuck));
        let answer = worker.and_then(|worker| worker.read(luma, aim, deadline, self.hang_after));
        match answer {
            Some((worker, reading)) => {
                *slot = Some(worker);
                reading
            }
            None => Reading { hung: true, ..Reading::default() },
        }
    }

    /// Threads that are stuck in an engine at this moment, at most [`THREADS_STUCK_MAX`].
    pub fn stuck_threads(&self) -> u32 {
        self.stuck.load(Ordering::Acquire)
    }
}

fn shrunk(luma: &Luma) -> Option<Luma> {
    let long = luma.width().max(luma.height());
    if long <= FRAME_LONG_SIDE_PX_MAX {
        return None;
    }
    let scaled = |side: u32| ((u64::from(side) * u64::from(FRAME_LONG_SIDE_PX_MAX) / u64::from(long)) as u32).max(1);
    let small = imageops::resize(&luma.to_image(), scaled(luma.width()), scaled(luma.height()), FilterType::Triangle);
    Luma::new(small.width(), small.height(), small.into_raw())
}
