//! The edge of a document scanner: what was asked, how many pages of what size came, and what the scanner says of itself.
//!
//! The pages themselves are never written. The rule a newcomer would break: a replayed page has the size and the form of the recorded
//! one and shows bands, so whoever judges pages is not tested by a replay.

use super::event::{Event, FaultWord, Kind, PictureFacts};
use super::picture::{of_page, page};
use super::replay::{Mismatch, Replay};
use super::tape::Tape;
use crate::picture::DecodeError;
use crate::scanner::{AcquireError, AcquireLimits, DocumentSource, ScannedPage};
use crate::status::Status;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

/// Writes down what a scanner does.
pub struct RecordingSource<S> {
    source: S,
    tape: Tape,
    told: Mutex<Option<Status>>,
}

impl<S: DocumentSource> RecordingSource<S> {
    /// Records this scanner.
    pub fn new(source: S, tape: Tape) -> Self {
        RecordingSource { source, tape, told: Mutex::new(None) }
    }

    fn tell(&self, status: Status) -> Status {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.as_ref() != Some(&status) {
            self.tape.note(&Event::Status(status.clone()));
            *told = Some(status.clone());
        }
        status
    }
}

impl<S: DocumentSource> DocumentSource for RecordingSource<S> {
    fn acquire(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        self.tape.note(&Event::Acquire { pages_max: limits.pages_max });
        let pages = self.source.acquire(limits, cancel);
        match &pages {
            Ok(pages) => {
                pages.iter().for_each(|page| self.tape.note(&Event::Page(of_page(page))));
                self.tape.note(&Event::Done { pages: pages.len() });
            }
            Err(cause) => {
                let (fault, number) = word_of(cause);
                self.tape.note(&Event::Fail { fault, number });
            }
        }
        pages
    }

    fn status(&self) -> Status {
        self.tell(self.source.status())
    }

    fn refresh(&mut self) -> Status {
        let status = self.source.refresh();
        self.tell(status)
    }
}

/// Plays a scanner's recording. Nothing takes time.
pub struct ReplaySource {
    replay: Replay,
    status: Mutex<Status>,
}

impl ReplaySource {
    /// Plays to one owner; keep a clone of `replay` to ask how it went.
    pub fn new(replay: Replay) -> Self {
        ReplaySource { replay: replay.for_kind(Kind::Scanner), status: Mutex::new(Status::unknown()) }
    }

    fn play(&self, limits: &AcquireLimits) -> Result<Result<Vec<ScannedPage>, AcquireError>, Mismatch> {
        enum Next {
            Page(PictureFacts),
            Done(usize),
            Fail(FaultWord, Option<u64>),
        }
        // What it said of itself and nobody asked for is passed over.
        let told = |event: &Event| if let Event::Status(status) = event { Some(status.clone()) } else { None };
        while let Some(status) = self.replay.take_if(told) {
            *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
        }
        let ask = Event::Acquire { pages_max: limits.pages_max };
        self.replay.expect(&ask, |event| (*event == ask).then_some(()))?;
        let mut pages = Vec::new();
        loop {
            let next = self.replay.expect(&Event::Done { pages: pages.len() }, |event| match event {
                Event::Page(facts) => Some(Next::Page(*facts)),
                Event::Done { pages } => Some(Next::Done(*pages)),
                Event::Fail { fault, number } => Some(Next::Fail(*fault, *number)),
                _ => None,
            })?;
            match next {
                Next::Page(facts) => pages.push(page(&facts).ok_or_else(|| self.replay.withheld())?),
                Next::Done(count) if count == pages.len() => return Ok(Ok(pages)),
                Next::Done(_) => return Err(self.replay.withheld()),
                Next::Fail(fault, number) => return Ok(Err(fault_of(fault, number))),
            }
        }
    }
}

impl DocumentSource for ReplaySource {
    fn acquire(&mut self, limits: &AcquireLimits, _cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        self.play(limits).unwrap_or_else(|mismatch| Err(AcquireError::Foreign { reason: mismatch.to_string() }))
    }

    fn status(&self) -> Status {
        let told = |event: &Event| if let Event::Status(status) = event { Some(status.clone()) } else { None };
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(newer) = self.replay.take_if(told) {
            *status = newer;
        }
        status.clone()
    }
}

fn word_of(cause: &AcquireError) -> (FaultWord, Option<u64>) {
    let page_number = |page: &usize| Some(*page as u64);
    match cause {
        AcquireError::NoDocument => (FaultWord::NoDocument, None),
        AcquireError::Jammed => (FaultWord::Jammed, None),
        AcquireError::DoubleFeed => (FaultWord::DoubleFeed, None),
        AcquireError::CoverOpen => (FaultWord::CoverOpen, None),
        AcquireError::Busy => (FaultWord::Held, None),
        AcquireError::Absent => (FaultWord::NoDevice, None),
        AcquireError::Silent => (FaultWord::Silent, None),
        AcquireError::Foreign { .. } => (FaultWord::Foreign, None),
        AcquireError::Unsupported { .. } => (FaultWord::Unsupported, None),
        AcquireError::Permission => (FaultWord::Permission, None),
        AcquireError::NoMemory => (FaultWord::NoMemory, None),
        AcquireError::Device => (FaultWord::Faulty, None),
        AcquireError::Refused { code } => (FaultWord::Refused, u64::try_from(*code).ok()),
        AcquireError::Program { .. } => (FaultWord::Program, None),
        AcquireError::Crashed => (FaultWord::Crashed, None),
        AcquireError::Cancelled => (FaultWord::Cancelled, None),
        AcquireError::TimedOut { deadline_secs } => (FaultWord::TimedOut, Some(*deadline_secs)),
        AcquireError::Hung => (FaultWord::Hung, None),
        AcquireError::Truncated { page } => (FaultWord::Truncated, page_number(page)),
        AcquireError::TooLarge { page, .. } => (FaultWord::TooLarge, page_number(page)),
        AcquireError::NotAPicture { page, .. } => (FaultWord::NoPicture, page_number(page)),
        AcquireError::Spool { .. } => (FaultWord::Spool, None),
    }
}

/// A word that no scanner says is a fault of the scanner.
fn fault_of(word: FaultWord, number: Option<u64>) -> AcquireError {
    let page = number.and_then(|number| usize::try_from(number).ok()).unwrap_or(1);
    let as_recorded = || String::from("as recorded");
    let not_kept = || std::io::Error::other("the recording does not keep it");
    match word {
        FaultWord::NoDocument => AcquireError::NoDocument,
        FaultWord::Jammed => AcquireError::Jammed,
        FaultWord::DoubleFeed => AcquireError::DoubleFeed,
        FaultWord::CoverOpen => AcquireError::CoverOpen,
        FaultWord::Held => AcquireError::Busy,
        FaultWord::NoDevice => AcquireError::Absent,
        FaultWord::Silent => AcquireError::Silent,
        FaultWord::Foreign => AcquireError::Foreign { reason: as_recorded() },
        FaultWord::Unsupported => AcquireError::Unsupported { what: as_recorded() },
        FaultWord::Permission => AcquireError::Permission,
        FaultWord::NoMemory => AcquireError::NoMemory,
        FaultWord::Refused => AcquireError::Refused { code: number.and_then(|code| i32::try_from(code).ok()).unwrap_or(-1) },
        FaultWord::Program => AcquireError::Program { program: as_recorded().into(), source: not_kept() },
        FaultWord::Crashed => AcquireError::Crashed,
        FaultWord::Cancelled => AcquireError::Cancelled,
        FaultWord::TimedOut => AcquireError::TimedOut { deadline_secs: number.unwrap_or_default() },
        FaultWord::Hung => AcquireError::Hung,
        FaultWord::Truncated => AcquireError::Truncated { page },
        FaultWord::TooLarge => AcquireError::TooLarge { page, source: DecodeError::TooManyPixels { width: 0, height: 0, megapixels_max: 0 } },
        FaultWord::NoPicture => AcquireError::NotAPicture { page, source: DecodeError::UnknownFormat },
        FaultWord::Spool => AcquireError::Spool { path: as_recorded().into(), source: not_kept() },
        _ => AcquireError::Device,
    }
}
