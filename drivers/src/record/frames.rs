//! The edge of a camera: frames as facts about pictures, and plugs.
//!
//! A source that was dropped is not written down, since it is dropped on another thread than the one that looks at the plug,
//! and their order would be chance. The rule a newcomer would break: a camera's pauses are what its host judges it by, so
//! here, and only here, a replay keeps them.

use super::event::{Event, FaultWord, Kind};
use super::picture::{frame, of_frame};
use super::replay::{Replay, wait_until};
use super::tape::Tape;
use crate::camera::{Frame, FrameError, FrameSource, FrameSourceFactory};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Writes down what a camera gives.
pub struct RecordingFrames {
    factory: Arc<dyn FrameSourceFactory>,
    tape: Tape,
    was_present: AtomicBool,
}

impl RecordingFrames {
    /// Records every camera that this factory opens.
    pub fn new(factory: Arc<dyn FrameSourceFactory>, tape: Tape) -> Self {
        RecordingFrames { factory, tape, was_present: AtomicBool::new(true) }
    }
}

impl FrameSourceFactory for RecordingFrames {
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError> {
        match self.factory.open() {
            Ok(source) => {
                self.tape.note(&Event::Open);
                Ok(Box::new(RecordingFrameSource { source, tape: self.tape.clone() }))
            }
            Err(cause) => {
                let (fault, number) = word_of(&cause);
                self.tape.note(&Event::Refused { fault, number });
                Err(cause)
            }
        }
    }

    fn is_present(&self) -> bool {
        let present = self.factory.is_present();
        if self.was_present.swap(present, Ordering::AcqRel) != present {
            self.tape.note(&Event::Present(present));
        }
        present
    }
}

struct RecordingFrameSource {
    source: Box<dyn FrameSource>,
    tape: Tape,
}

impl FrameSource for RecordingFrameSource {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, FrameError> {
        let got = self.source.next_frame(timeout);
        match &got {
            Ok(frame) => self.tape.note(&Event::Frame(of_frame(frame))),
            Err(cause) => {
                let (fault, number) = word_of(cause);
                self.tape.note(&Event::Fail { fault, number });
            }
        }
        got
    }
}

/// Plays a camera's recording with its pauses; when it is over, no frame comes any more.
#[derive(Clone)]
pub struct ReplayFrames {
    replay: Replay,
    present: Arc<AtomicBool>,
}

impl ReplayFrames {
    /// Plays to one host; keep a clone of `replay` to ask how it went.
    pub fn new(replay: Replay) -> Self {
        ReplayFrames { replay: replay.for_kind(Kind::Camera), present: Arc::new(AtomicBool::new(true)) }
    }

    /// The plug is where the recording has it by now.
    fn plug(&self) {
        let seen = |event: &Event| if let Event::Present(present) = event { Some(*present) } else { None };
        while self.replay.next_is(|event| seen(event).is_some()) && self.replay.due_at().is_some_and(|due| due <= Instant::now()) {
            if let Some(present) = self.replay.take_if(seen) {
                self.present.store(present, Ordering::Release);
            }
        }
    }

    /// Waits for the next line that is not about the plug. False when there is none within `timeout`.
    fn is_due(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        loop {
            self.plug();
            let due = self.replay.due_at().filter(|due| *due <= deadline);
            wait_until(due.unwrap_or(deadline));
            match due {
                None => return false,
                Some(_) if self.replay.next_is(|event| matches!(event, Event::Present(_))) => {}
                Some(_) => return true,
            }
        }
    }
}

/// Longest wait for the moment at which a recording opens its camera.
const OPEN_WAIT: Duration = Duration::from_secs(10);

impl FrameSourceFactory for ReplayFrames {
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError> {
        if self.replay.is_over() || !self.is_due(OPEN_WAIT) {
            return Err(FrameError::Absent { place: "the recording is over".into() });
        }
        let opened = self.replay.expect(&Event::Open, |event| match event {
            Event::Open => Some(Ok(())),
            Event::Refused { fault, number } => Some(Err((*fault, *number))),
            _ => None,
        });
        match opened {
            Ok(Ok(())) => Ok(Box::new(ReplayFrameSource(self.clone()))),
            Ok(Err((fault, number))) => Err(fault_of(fault, number)),
            Err(mismatch) => Err(FrameError::Fault { reason: mismatch.to_string() }),
        }
    }

    fn is_present(&self) -> bool {
        self.plug();
        self.present.load(Ordering::Acquire)
    }
}

struct ReplayFrameSource(ReplayFrames);

impl FrameSource for ReplayFrameSource {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, FrameError> {
        let replay = &self.0.replay;
        let began = Instant::now();
        if !self.0.is_due(timeout) || replay.next_is(|event| matches!(event, Event::Open)) {
            // The recorded host had closed the camera by now; this one will soon.
            wait_until(began + timeout);
            return Err(FrameError::TimedOut { waited_ms: began.elapsed().as_millis() as u64 });
        }
        let next = replay.take_if(|event| match event {
            Event::Frame(facts) => Some(Ok(*facts)),
            Event::Fail { fault, number } => Some(Err(fault_of(*fault, *number))),
            _ => None,
        });
        match next {
            Some(Ok(facts)) => frame(&facts, Instant::now()).ok_or(FrameError::Undecodable),
            Some(Err(cause)) => Err(cause),
            None => Err(FrameError::Fault { reason: replay.withheld().to_string() }),
        }
    }
}

fn word_of(cause: &FrameError) -> (FaultWord, Option<u64>) {
    match cause {
        FrameError::TimedOut { waited_ms } => (FaultWord::TimedOut, Some(*waited_ms)),
        FrameError::Absent { .. } => (FaultWord::NoDevice, None),
        FrameError::HeldByOther => (FaultWord::Held, None),
        FrameError::Permission => (FaultWord::Permission, None),
        FrameError::NoFormat { .. } => (FaultWord::NoFormat, None),
        FrameError::Unplugged => (FaultWord::Unplugged, None),
        FrameError::Fault { .. } => (FaultWord::Faulty, None),
        FrameError::Undecodable => (FaultWord::Undecodable, None),
        FrameError::Frozen => (FaultWord::Frozen, None),
        FrameError::Hung { waited_ms } => (FaultWord::Hung, Some(*waited_ms)),
        FrameError::Stuck { processes } => (FaultWord::Stuck, Some(*processes as u64)),
        FrameError::Program { .. } => (FaultWord::Program, None),
    }
}

/// A word that no camera says is a fault of the camera.
fn fault_of(word: FaultWord, number: Option<u64>) -> FrameError {
    let number = number.unwrap_or_default();
    match word {
        FaultWord::TimedOut => FrameError::TimedOut { waited_ms: number },
        FaultWord::NoDevice => FrameError::Absent { place: "the recording".into() },
        FaultWord::Held => FrameError::HeldByOther,
        FaultWord::Permission => FrameError::Permission,
        FaultWord::NoFormat => FrameError::NoFormat { tried: "as recorded".into() },
        FaultWord::Unplugged => FrameError::Unplugged,
        FaultWord::Undecodable => FrameError::Undecodable,
        FaultWord::Frozen => FrameError::Frozen,
        FaultWord::Hung => FrameError::Hung { waited_ms: number },
        FaultWord::Stuck => FrameError::Stuck { processes: usize::try_from(number).unwrap_or(usize::MAX) },
        FaultWord::Program => FrameError::Program { program: "the recording".into(), reason: "as recorded".into() },
        other => FrameError::Fault { reason: format!("as recorded: {}", other.word()) },
    }
}
