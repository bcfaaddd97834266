//! The order in which one frame is searched: cheap and likely first, slow and unlikely only with a reason.
//!
//! It has no thread and no state. The rule a newcomer would break: the slow engine sees only the part of the view where
//! corners of a code were seen, and never a crowd of them.

use super::finders::{Evidence, look};
use super::flat::{cropped, flatten, sharpened, smoothed};
use super::payload::is_plausible;
use super::{Aim, CODES_PER_FRAME_MAX, QrDecoder, Reading};
use crate::picture::Luma;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// Largest part of a view that a slow engine is shown, in pixels: about half of a 720p view, some 10 ms of rqrr. A code that
/// takes more of the view is large enough for the first engine.
const SLOW_ENGINE_PX_MAX: u64 = 450_000;

/// Searches one frame until something is found, the ways are used up, or `deadline` passes.
pub(super) fn search(engines: &[Box<dyn QrDecoder>], luma: &Luma, aim: Aim, deadline: Instant) -> Reading {
    let mut search = Search { engines, deadline, panicked: vec![false; engines.len()], reading: Reading::default() };
    search.run(luma, aim);
    search.reading
}

struct Search<'a> {
    engines: &'a [Box<dyn QrDecoder>],
    deadline: Instant,
    panicked: Vec<bool>,
    reading: Reading,
}

impl Search<'_> {
    fn run(&mut self, luma: &Luma, aim: Aim) {
        if aim == Aim::GuideBox
            && let Some(part) = cropped(luma, super::guide::aimed_at(luma.width(), luma.height()))
        {
            self.ask(0, &part);
        }
        if !self.done() {
            self.ask(0, luma);
        }
        if self.done() || !self.in_time() {
            return;
        }
        let soft = smoothed(luma);
        let flat = flatten(&soft);
        let sighting = look(&flat);
        for (evidence, inverted) in [(sighting.dark, false), (sighting.light, true)] {
            let turned = |part: Option<Luma>| part.map(|part| if inverted { part.inverted() } else { part });
            match evidence {
                Evidence::None => {}
                // The first engine is fast even on a sheet of codes; the others are not.
                Evidence::Crowd => self.ask_about(0..1, turned(Some(flat.clone()))),
                Evidence::Here(region) => {
                    self.ask_about(0..1, turned(cropped(&flat, region)));
                    // Against grain the picture was smoothed, which costs the edges that a blurred code has left.
                    self.ask_about(0..1, turned(cropped(&soft, region).map(|part| flatten(&sharpened(&part)))));
                    if u64::from(region.width) * u64::from(region.height) <= SLOW_ENGINE_PX_MAX {
                        self.ask_about(1..self.engines.len(), turned(cropped(&flat, region)));
                    }
                }
            }
        }
    }

    /// Asks these engines in order about a part of the view, unless something was found already.
    fn ask_about(&mut self, engines: Range<usize>, part: Option<Luma>) {
        let Some(part) = part else { return };
        for engine in engines {
            if !self.done() {
                self.ask(engine, &part);
            }
        }
    }

    fn done(&self) -> bool {
        !self.reading.payloads.is_empty() || !self.reading.refused.is_empty()
    }

    /// Counts a search that ends for want of time.
    fn in_time(&mut self) -> bool {
        let in_time = Instant::now() < self.deadline;
        self.reading.skipped += u32::from(!in_time);
        in_time
    }

    fn ask(&mut self, engine: usize, picture: &Luma) {
        let Some(decoder) = self.engines.get(engine) else { return };
        let first = engine == 0 && self.reading == Reading::default();
        if self.panicked[engine] || (!first && !self.in_time()) {
            return;
        }
        let Ok(found) = catch_unwind(AssertUnwindSafe(|| decoder.decode(picture))) else {
            self.panicked[engine] = true;
            self.reading.panics += 1;
            log::warn!(engine = decoder.name(); "qr_engine_panicked");
            return;
        };
        for payload in found.into_iter().take(CODES_PER_FRAME_MAX) {
            match is_plausible(payload.bytes()) {
                Ok(_) if !self.reading.payloads.contains(&payload) => self.reading.payloads.push(payload),
                Ok(_) => {}
                Err(why) if !self.reading.refused.contains(&why) => self.reading.refused.push(why),
                Err(_) => {}
            }
        }
    }
}
