//! An imager in serial mode (CDC-ACM, "USB-COM"), or on a real serial line.
//!
//! It never writes: an imager in presentation mode needs no trigger, and a byte sent to the wrong device may be a command.
//!
//! The rule a newcomer would break: configure a path that survives a new number, `/dev/serial/by-id/…`. After an unplug the
//! port is opened again by that path and by nothing else.

use super::{CodeError, CodeSource, Framing, Health, Line, Lines, Repeats, look_for};
use crate::link::{Link, LinkError};
use crate::reader::QrPayload;
use crate::status::Status;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// One read.
const READ_BYTES: usize = 512;
/// Codes that came together and wait to be asked for; more than a resident holds up at once.
const WAITING_MAX: usize = 8;

/// An imager behind a link.
pub struct SerialImager<L> {
    link: L,
    path: PathBuf,
    lines: Lines,
    repeats: Repeats,
    health: Health,
    open: bool,
    waiting: VecDeque<Line>,
}

impl<L: Link> SerialImager<L> {
    /// A closed imager; the first [`CodeSource::next`] opens it. `path` is what the link opens and is used in errors.
    pub fn new(link: L, path: impl Into<PathBuf>, framing: Framing) -> Self {
        SerialImager {
            link,
            path: path.into(),
            lines: Lines::new(framing),
            repeats: Repeats::default(),
            health: Health::new(),
            open: false,
            waiting: VecDeque::new(),
        }
    }

    fn open(&mut self, deadline: Instant) -> Result<(), CodeError> {
        if !self.open {
            let (link, path) = (&mut self.link, &self.path);
            look_for(&mut self.health, path, deadline, || link.open().map_err(|fault| explain(fault, path)))?;
            self.open = true;
            log::info!("code_reader_opened");
        }
        Ok(())
    }

    fn unplugged(&mut self) -> CodeError {
        self.link.close();
        self.open = false;
        self.lines.clear();
        self.health.failed(CodeError::Unplugged, Instant::now())
    }

    /// The next waiting line as an answer; `None` when it is a repetition.
    fn answer(&mut self, line: Line, at: Instant) -> Option<Result<QrPayload, CodeError>> {
        match line {
            Line::Code(payload) => {
                self.health.good_code();
                self.repeats.is_new(&payload, at).then_some(Ok(payload))
            }
            Line::Refused(why) => Some(Err(self.health.failed(CodeError::Refused(why), at))),
            Line::Noise => Some(Err(self.health.failed(CodeError::Noise, at))),
        }
    }
}

impl<L: Link> CodeSource for SerialImager<L> {
    fn next(&mut self, timeout: Duration) -> Result<Option<QrPayload>, CodeError> {
        let deadline = Instant::now() + timeout;
        self.open(deadline)?;
        let mut buffer = [0; READ_BYTES];
        let mut last_look = false;
        loop {
            while let Some(line) = self.waiting.pop_front() {
                if let Some(answer) = self.answer(line, Instant::now()) {
                    return answer.map(Some);
                }
            }
            // The end of the time counts even while a device never stops sending.
            if last_look {
                return Ok(None);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            last_look = left.is_zero();
            let wait = if self.lines.is_under_way() { left.min(super::PAUSE_INSIDE_CODE_MAX) } else { left };
            let count = match self.link.read(&mut buffer, wait) {
                Ok(count) => count,
                Err(_) => return Err(self.unplugged()),
            };
            let now = Instant::now();
            let ended = self.lines.take(&buffer[..count], now);
            if self.waiting.len() + ended.len() > WAITING_MAX {
                log::warn!(lines = ended.len(); "code_reader_floods");
            }
            self.waiting.extend(ended.into_iter().take(WAITING_MAX));
        }
    }

    fn status(&self) -> Status {
        self.health.status()
    }
}

fn explain(fault: LinkError, path: &std::path::Path) -> CodeError {
    let path = path.to_path_buf();
    match fault {
        LinkError::NoDevice { .. } => CodeError::NoDevice { path },
        LinkError::HeldByOther { .. } => CodeError::HeldByOther { path },
        LinkError::Permission { .. } => CodeError::Permission { path },
        LinkError::Unplugged => CodeError::Unplugged,
        LinkError::TimedOut => CodeError::Unusable { path, reason: "it does not open in time".into() },
        LinkError::Setup { reason, .. } | LinkError::Faulty { reason, .. } => CodeError::Unusable { path, reason },
    }
}
