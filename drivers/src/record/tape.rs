//! Where events are written: one line each, at once, up to a limit.
//!
//! It never disturbs the device: a full disk or a full tape ends the recording and nothing else. The rule a newcomer would
//! break: whoever wraps a device notes an event only after the device's own call has returned, so that the pauses are the device's.

use super::event::{Event, Kind};
use super::parse::{EVENTS_MAX, MODEL_CHARS_MAX, RECORDING_BYTES_MAX, head};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A tape never holds more, so that what was recorded can be read.
pub const TAPE_BYTES_MAX: usize = RECORDING_BYTES_MAX;

/// Why nothing more is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TapeEnd {
    /// The limit of the tape is reached.
    Full,
    /// The file or pipe behind it takes nothing more.
    Fault(std::io::ErrorKind),
}

/// A recording under way. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Tape {
    kind: Kind,
    reel: Arc<Mutex<Reel>>,
}

struct Reel {
    out: Box<dyn Write + Send>,
    bytes_left: usize,
    events_left: usize,
    last_at: Instant,
    quiet: u64,
    quiet_at: Instant,
    end: Option<TapeEnd>,
}

impl Tape {
    /// Begins a recording of at most `bytes_max` bytes, and never more than [`TAPE_BYTES_MAX`]. Of the model's name, characters
    /// other than letters, digits, dot, underscore and hyphen become hyphens.
    pub fn new(kind: Kind, model: &str, out: impl Write + Send + 'static, bytes_max: usize) -> Self {
        let now = Instant::now();
        let bytes_left = bytes_max.min(TAPE_BYTES_MAX);
        let reel = Reel { out: Box::new(out), bytes_left, events_left: EVENTS_MAX, last_at: now, quiet: 0, quiet_at: now, end: None };
        let tape = Tape { kind, reel: Arc::new(Mutex::new(reel)) };
        tape.reel().line(&head(kind, &plain(model)));
        tape
    }

    /// Begins a recording in a new file that only this user may read.
    ///
    /// # Errors
    /// The file is there already, or cannot be made.
    pub fn to_file(kind: Kind, model: &str, path: &Path, bytes_max: usize) -> std::io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt;
        let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        Ok(Tape::new(kind, model, file, bytes_max))
    }

    /// Begins a recording in memory.
    pub fn in_memory(kind: Kind, model: &str) -> (Self, MemoryTape) {
        let memory = MemoryTape::default();
        (Tape::new(kind, model, memory.clone(), TAPE_BYTES_MAX), memory)
    }

    /// Whose edge is recorded.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Why nothing more is written; `None` while it is.
    pub fn ended(&self) -> Option<TapeEnd> {
        self.reel().end
    }

    /// Writes what is held back, which is a number of calls that gave nothing.
    pub fn flush(&self) {
        self.reel().flush_quiet();
    }

    pub(super) fn note(&self, event: &Event) {
        let mut reel = self.reel();
        reel.flush_quiet();
        reel.event(event, Instant::now());
    }

    /// One more call gave nothing. They are counted and written together, before the next event.
    pub(super) fn note_quiet(&self) {
        let mut reel = self.reel();
        (reel.quiet, reel.quiet_at) = (reel.quiet.saturating_add(1), Instant::now());
    }

    fn reel(&self) -> MutexGuard<'_, Reel> {
        self.reel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reel {
    fn flush_quiet(&mut self) {
        if self.quiet > 0 {
            let (times, at) = (std::mem::take(&mut self.quiet), self.quiet_at);
            self.event(&Event::Quiet { times }, at);
        }
    }

    fn event(&mut self, event: &Event, at: Instant) {
        let after_ms = at.saturating_duration_since(self.last_at).as_millis() as u64;
        // What is cut off of this pause is part of the next one.
        self.last_at += Duration::from_millis(after_ms);
        if self.events_left == 0 {
            self.stop(TapeEnd::Full);
        }
        self.events_left = self.events_left.saturating_sub(1);
        self.line(&format!("+{after_ms} {event}"));
    }

    fn line(&mut self, line: &str) {
        if self.end.is_some() {
            return;
        }
        match self.bytes_left.checked_sub(line.len() + 1) {
            None => self.stop(TapeEnd::Full),
            Some(left) => {
                self.bytes_left = left;
                if let Err(fault) = writeln!(self.out, "{line}").and_then(|()| self.out.flush()) {
                    self.stop(TapeEnd::Fault(fault.kind()));
                }
            }
        }
    }

    fn stop(&mut self, end: TapeEnd) {
        if self.end.is_none() {
            log::warn!(why:? = end; "recording_ended");
            self.end = Some(end);
        }
    }
}

impl Drop for Reel {
    fn drop(&mut self) {
        self.flush_quiet();
    }
}

/// The text of a recording in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryTape(Arc<Mutex<Vec<u8>>>);

impl MemoryTape {
    /// What was written so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for MemoryTape {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn plain(model: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter.to_ascii_lowercase() } else { '-' };
    let plain: String = model.chars().take(MODEL_CHARS_MAX).map(letter).collect();
    if plain.is_empty() { "unnamed".into() } else { plain }
}
