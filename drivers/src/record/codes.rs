//! The edge of a reader of codes: that one came and how long it was.
//!
//! A payload is somebody's paper, and a short number could be guessed from any hash, so only its length is kept. The rule a newcomer
//! would break: a replayed code consists of question marks, so what a payload means is not tested by a replay.

use super::event::{Event, FaultWord, Kind};
use super::replay::{Replay, wait_until};
use super::tape::Tape;
use crate::imager::{CodeError, CodeSource};
use crate::reader::{Implausible, PAYLOAD_BYTES_MAX, QrPayload};
use crate::status::Status;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Writes down that codes came.
pub struct RecordingCodes<S> {
    source: S,
    tape: Tape,
    told: Mutex<Option<Status>>,
}

impl<S: CodeSource> RecordingCodes<S> {
    /// Records this reader.
    pub fn new(source: S, tape: Tape) -> Self {
        RecordingCodes { source, tape, told: Mutex::new(None) }
    }
}

impl<S: CodeSource> CodeSource for RecordingCodes<S> {
    fn next(&mut self, timeout: Duration) -> Result<Option<QrPayload>, CodeError> {
        let next = self.source.next(timeout);
        match &next {
            Ok(None) => self.tape.note_quiet(),
            Ok(Some(payload)) => self.tape.note(&Event::Code { bytes: payload.bytes().len() }),
            Err(cause) => {
                let (fault, number) = word_of(cause);
                self.tape.note(&Event::Fail { fault, number });
            }
        }
        next
    }

    fn status(&self) -> Status {
        let status = self.source.status();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.as_ref() != Some(&status) {
            self.tape.note(&Event::Status(status.clone()));
            *told = Some(status.clone());
        }
        status
    }
}

/// Plays a reader's recording. A call that gave nothing gives nothing at once; only after the last line a call takes its time.
pub struct ReplayCodes {
    replay: Replay,
    status: Mutex<Status>,
    quiet: u64,
}

impl ReplayCodes {
    /// Plays to one owner; keep a clone of `replay` to ask how it went.
    pub fn new(replay: Replay) -> Self {
        ReplayCodes { replay: replay.for_kind(Kind::Reader), status: Mutex::new(Status::unknown()), quiet: 0 }
    }

    fn told(&self, every: bool) -> Status {
        let told = |event: &Event| if let Event::Status(status) = event { Some(status.clone()) } else { None };
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(newer) = self.replay.take_if(told) {
            *status = newer;
            if !every {
                break;
            }
        }
        status.clone()
    }
}

impl CodeSource for ReplayCodes {
    fn next(&mut self, timeout: Duration) -> Result<Option<QrPayload>, CodeError> {
        if self.quiet == 0 {
            self.told(true);
            let quiet = |event: &Event| if let Event::Quiet { times } = event { Some(*times) } else { None };
            self.quiet = self.replay.take_if(quiet).unwrap_or(0);
        }
        if self.quiet > 0 {
            self.quiet -= 1;
            return Ok(None);
        }
        if self.replay.is_over() {
            wait_until(Instant::now() + timeout);
            return Ok(None);
        }
        let next = self.replay.expect(&Event::Quiet { times: 1 }, |event| match event {
            Event::Code { bytes } => Some(Ok(*bytes)),
            Event::Fail { fault, number } => Some(Err(fault_of(*fault, *number))),
            _ => None,
        });
        match next {
            Ok(Ok(bytes)) => Ok(Some(QrPayload::new(vec![b'?'; bytes.min(PAYLOAD_BYTES_MAX)]))),
            Ok(Err(cause)) => Err(cause),
            Err(mismatch) => Err(CodeError::Unusable { path: "recording".into(), reason: mismatch.to_string() }),
        }
    }

    fn status(&self) -> Status {
        if self.quiet > 0 { self.status.lock().unwrap_or_else(PoisonError::into_inner).clone() } else { self.told(false) }
    }
}

fn word_of(cause: &CodeError) -> (FaultWord, Option<u64>) {
    match cause {
        CodeError::NoDevice { .. } => (FaultWord::NoDevice, None),
        CodeError::Unplugged => (FaultWord::Unplugged, None),
        CodeError::HeldByOther { .. } => (FaultWord::Held, None),
        CodeError::Permission { .. } => (FaultWord::Permission, None),
        CodeError::Unusable { .. } => (FaultWord::Unusable, None),
        CodeError::Noise => (FaultWord::Noise, None),
        CodeError::Refused(Implausible::Empty) => (FaultWord::EmptyCode, None),
        CodeError::Refused(Implausible::TooLong { bytes }) => (FaultWord::LongCode, Some(*bytes as u64)),
        CodeError::Refused(Implausible::NotPrintable { at }) => (FaultWord::StrangeCode, Some(*at as u64)),
    }
}

/// A word that no reader says is noise.
fn fault_of(word: FaultWord, number: Option<u64>) -> CodeError {
    let number = number.and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
    let path = || "recording".into();
    match word {
        FaultWord::NoDevice => CodeError::NoDevice { path: path() },
        FaultWord::Unplugged => CodeError::Unplugged,
        FaultWord::Held => CodeError::HeldByOther { path: path() },
        FaultWord::Permission => CodeError::Permission { path: path() },
        FaultWord::Unusable => CodeError::Unusable { path: path(), reason: "as recorded".into() },
        FaultWord::EmptyCode => CodeError::Refused(Implausible::Empty),
        FaultWord::LongCode => CodeError::Refused(Implausible::TooLong { bytes: number }),
        FaultWord::StrangeCode => CodeError::Refused(Implausible::NotPrintable { at: number }),
        _ => CodeError::Noise,
    }
}
