//! The mechanics of the simulated scanner: glass, tray, cover, path, and the one job it can do at a time.
//!
//! It knows no HTTP. The rule a newcomer would break: paper is conserved; a sheet that was drawn in is gone from the tray even
//! when its page never arrives, as it is in a real one.

use super::http::Request;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What kind of device it is and how strict it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// As it calls itself.
    pub make_and_model: String,
    /// Its `Server` header; empty for none.
    pub server: String,
    pub glass: bool,
    pub feeder: bool,
    pub duplex: bool,
    /// It says 404 too early to whoever asks for the next page without this pause.
    pub pause_between_pages: Duration,
    pub host: HostTemper,
    /// Over an empty feeder it starts jobs that never end, instead of refusing them.
    pub starts_on_empty: bool,
    /// It refuses more than this, whatever it announces.
    pub dpi_max: u32,
}

/// What it wants in the `Host` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostTemper {
    Anything,
    /// A port has to be in it.
    Port,
    /// `localhost` for whoever starts a job.
    Localhost,
}

impl Model {
    /// A well-behaved one with glass and a duplex feeder.
    pub fn generic() -> Self {
        Model {
            make_and_model: "Klampid Simulated MFP".into(),
            server: String::new(),
            glass: true,
            feeder: true,
            duplex: true,
            pause_between_pages: Duration::ZERO,
            host: HostTemper::Anything,
            starts_on_empty: false,
            dpi_max: 600,
        }
    }

    /// Only glass.
    pub fn flatbed() -> Self {
        Model { feeder: false, duplex: false, ..Model::generic() }
    }

    /// Only a feeder; its capabilities hold no `Platen`.
    pub fn sheet_fed() -> Self {
        Model { glass: false, ..Model::generic() }
    }
}

/// A sheet of paper: the pictures of its sides.
#[derive(Clone)]
pub(super) struct Sheet {
    pub(super) front: Vec<u8>,
    pub(super) back: Option<Vec<u8>>,
}

/// The job under way.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) number: u64,
    from_feeder: bool,
    duplex: bool,
    /// The back of the sheet that was drawn in last.
    turned: Option<Vec<u8>>,
    glass_done: bool,
    last_page: Option<Instant>,
}

/// How the next page turns out.
pub(super) enum Draw {
    Page(Vec<u8>),
    NoMore,
    Stuck,
    NotReady,
}

pub(super) struct Machine {
    pub(super) model: Model,
    pub(super) glass: Option<Vec<u8>>,
    pub(super) tray: VecDeque<Sheet>,
    pub(super) jammed: bool,
    pub(super) double_feed: bool,
    pub(super) cover_open: bool,
    pub(super) warming: bool,
    /// The sheet after this many jams.
    pub(super) jam_after: Option<u32>,
    pub(super) page_takes: Duration,
    pub(super) job: Option<Job>,
    pub(super) jobs_started: u64,
    pub(super) jobs_ended: u64,
    pub(super) heard: VecDeque<Request>,
}

/// Why a job does not start.
pub(super) enum Refusal {
    /// Settings or state.
    Conflict,
    /// Another job is under way.
    Occupied,
}

impl Machine {
    pub(super) fn new(model: Model) -> Self {
        Machine {
            model,
            glass: None,
            tray: VecDeque::new(),
            jammed: false,
            double_feed: false,
            cover_open: false,
            warming: false,
            jam_after: None,
            page_takes: Duration::ZERO,
            job: None,
            jobs_started: 0,
            jobs_ended: 0,
            heard: VecDeque::new(),
        }
    }

    pub(super) fn start(&mut self, settings: &str) -> Result<u64, Refusal> {
        let element = |name: &str| {
            let (_, rest) = settings.split_once(&format!(":{name}>"))?;
            rest.split('<').next().map(str::to_owned)
        };
        let from_feeder = element("InputSource").as_deref() == Some("Feeder");
        let duplex = element("Duplex").as_deref() == Some("true");
        let dpi: u32 = element("XResolution").and_then(|dpi| dpi.parse().ok()).unwrap_or(300);
        if self.job.is_some() {
            return Err(Refusal::Occupied);
        }
        let lacks = if from_feeder { !self.model.feeder || (duplex && !self.model.duplex) } else { !self.model.glass };
        let empty = if from_feeder { self.tray.is_empty() && !self.model.starts_on_empty } else { false };
        if lacks || empty || self.jammed || self.cover_open || self.double_feed || dpi > self.model.dpi_max {
            return Err(Refusal::Conflict);
        }
        self.jobs_started += 1;
        self.job = Some(Job { number: self.jobs_started, from_feeder, duplex, turned: None, glass_done: false, last_page: None });
        Ok(self.jobs_started)
    }

    /// Is the next page asked for sooner than this device can bear?
    pub(super) fn is_hurried(&self, now: Instant) -> bool {
        let last_page = self.job.as_ref().and_then(|job| job.last_page);
        last_page.is_some_and(|at| now.saturating_duration_since(at) < self.model.pause_between_pages)
    }

    /// Draws the next page; `endless` leaves every sheet in the tray.
    pub(super) fn draw(&mut self, number: u64, endless: bool, now: Instant) -> Draw {
        if self.jammed || self.cover_open || self.double_feed {
            return Draw::Stuck;
        }
        let Some(job) = self.job.as_mut().filter(|job| job.number == number) else {
            return Draw::NoMore;
        };
        if !job.from_feeder {
            let done = std::mem::replace(&mut job.glass_done, true);
            return match self.glass.clone().filter(|_| !done) {
                Some(page) => Draw::Page(page),
                None => self.finish(),
            };
        }
        if let Some(back) = job.turned.take() {
            job.last_page = Some(now);
            return Draw::Page(back);
        }
        match &mut self.jam_after {
            Some(0) => {
                self.jam_after = None;
                self.jammed = true;
                return Draw::Stuck;
            }
            Some(sheets) => *sheets -= 1,
            None => {}
        }
        let sheet = if endless { self.tray.front().cloned() } else { self.tray.pop_front() };
        let Some(sheet) = sheet else {
            return if job.last_page.is_none() && self.model.starts_on_empty { Draw::NotReady } else { self.finish() };
        };
        if job.duplex {
            job.turned = Some(sheet.back.unwrap_or_else(|| sheet.front.clone()));
        }
        job.last_page = Some(now);
        Draw::Page(sheet.front)
    }

    /// The page has been sent: a Brother's clock begins here.
    pub(super) fn sent(&mut self, now: Instant) {
        if let Some(job) = &mut self.job {
            job.last_page = Some(now);
        }
    }

    /// A job without more pages is over by itself, and the scanner is free.
    fn finish(&mut self) -> Draw {
        self.job = None;
        Draw::NoMore
    }

    /// True when there was such a job.
    pub(super) fn end(&mut self, number: u64) -> bool {
        let is = self.job.as_ref().is_some_and(|job| job.number == number);
        if is {
            self.job = None;
            self.jobs_ended += 1;
        }
        is
    }
}
