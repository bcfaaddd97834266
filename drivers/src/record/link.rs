//! The edge of a printer: a link that writes down what passes, and one that plays it back.
//!
//! The rule a newcomer would break: of what goes to a printer only listed questions and modes are kept, and of other devices'
//! links, such as an imager's, nothing but lengths, in both directions.

use super::event::{Data, Event, FaultWord, Kind};
use super::redact::{AskedId, IdInAnswers, NO_ID, of_write};
use super::replay::{Mismatch, Replay, wait_until};
use super::tape::Tape;
use crate::link::{Link, LinkError, WriteError};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Writes down what passes.
pub struct RecordingLink<L> {
    link: L,
    tape: Tape,
    is_open: bool,
    answers: IdInAnswers,
    unsent_bytes: usize,
    /// Looks since the last event that did not wait and found nothing.
    looks: u64,
}

impl<L: Link> RecordingLink<L> {
    /// Bytes are kept only on a tape of [`Kind::Printer`].
    pub fn new(link: L, tape: Tape) -> Self {
        RecordingLink { link, tape, is_open: false, answers: IdInAnswers::default(), unsent_bytes: 0, looks: 0 }
    }

    fn failed(&mut self, cause: &LinkError, sent_bytes: Option<usize>) {
        self.tape.note(&Event::Fail { fault: word_of(cause), number: sent_bytes.map(|bytes| bytes as u64) });
        self.is_open &= !matches!(cause, LinkError::Unplugged);
    }
}

impl<L: Link> Link for RecordingLink<L> {
    fn open(&mut self) -> Result<(), LinkError> {
        let opened = self.link.open();
        match &opened {
            Ok(()) if self.is_open => {}
            Ok(()) => {
                self.tape.note(&Event::Open);
                (self.is_open, self.answers) = (true, IdInAnswers::default());
            }
            Err(cause) => {
                self.tape.note(&Event::Refused { fault: word_of(cause), number: None });
                self.is_open = false;
            }
        }
        opened
    }

    fn close(&mut self) {
        self.link.close();
        if std::mem::take(&mut self.is_open) {
            self.tape.note(&Event::Close);
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WriteError> {
        let written = self.link.write(bytes, deadline);
        self.looks = 0;
        self.tape.note(&Event::Out(redacted(self.tape.kind(), bytes)));
        if let Err(fault) = &written {
            self.failed(&fault.cause, Some(fault.sent_bytes));
        }
        written
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        let read = self.link.read(buffer, timeout);
        let looks = std::mem::take(&mut self.looks);
        match &read {
            // A wait for nothing decides what the driver does next; a look does so only when the next one fails.
            Ok(0) if timeout.is_zero() => self.looks = looks.saturating_add(1),
            Ok(0) => self.tape.note_quiet(),
            Ok(count) if self.tape.kind() == Kind::Printer => {
                let bytes = self.answers.exchanged(&buffer[..*count], NO_ID);
                self.tape.note(&Event::In(Data::Kept(bytes)));
            }
            Ok(count) => self.tape.note(&Event::In(Data::Withheld { bytes: *count })),
            Err(cause) => {
                if looks > 0 {
                    self.tape.note(&Event::Looked { times: looks });
                }
                self.failed(cause, None);
            }
        }
        read
    }

    fn unsent_bytes(&mut self) -> usize {
        let bytes = self.link.unsent_bytes();
        if std::mem::replace(&mut self.unsent_bytes, bytes) != bytes {
            self.tape.note(&Event::Unsent { bytes });
        }
        bytes
    }
}

fn redacted(kind: Kind, bytes: &[u8]) -> Data {
    if kind == Kind::Printer { of_write(bytes) } else { Data::Withheld { bytes: bytes.len() } }
}

/// Plays a printer's recording to its driver. Silence costs the driver the time it waits, and nothing else takes time.
///
/// Answers come when the driver reads, in the order in which they were recorded between its writes and after as many waits for
/// nothing; an id that was asked for is put back into its answer.
pub struct ReplayLink {
    replay: Replay,
    asked: AskedId,
    answers: IdInAnswers,
    heard: VecDeque<u8>,
    is_open: bool,
    unsent_bytes: usize,
    /// Waits for nothing that are still to come before the next answer.
    quiet: u64,
    /// Looks that find nothing before the next read fails.
    looks: u64,
}

impl ReplayLink {
    /// Plays to one driver; keep a clone of `replay` to ask how it went.
    pub fn new(replay: Replay) -> Self {
        let replay = replay.for_kind(Kind::Printer);
        ReplayLink {
            replay,
            asked: AskedId::default(),
            answers: IdInAnswers::default(),
            heard: VecDeque::new(),
            is_open: false,
            unsent_bytes: 0,
            quiet: 0,
            looks: 0,
        }
    }

    /// Takes in what the device said before the driver's next act.
    fn hear(&mut self) -> Result<(), Mismatch> {
        enum Said {
            Bytes(Vec<u8>),
            Unsent(usize),
            Nothing,
        }
        (self.quiet, self.looks) = (0, 0);
        while let Some(said) = self.replay.take_if(|event| match event {
            Event::In(Data::Kept(bytes)) => Some(Said::Bytes(bytes.clone())),
            Event::Unsent { bytes } => Some(Said::Unsent(*bytes)),
            Event::Quiet { .. } | Event::Looked { .. } => Some(Said::Nothing),
            _ => None,
        }) {
            match said {
                Said::Bytes(bytes) => self.heard.extend(self.answers.exchanged(&bytes, self.asked.last())),
                Said::Unsent(bytes) => self.unsent_bytes = bytes,
                Said::Nothing => {}
            }
        }
        if self.replay.next_is(is_withheld) { Err(self.replay.withheld()) } else { Ok(()) }
    }

    /// One read's worth at most, so that reads are cut as they were.
    fn hear_one(&mut self) -> Result<(), Mismatch> {
        let unsent = |event: &Event| if let Event::Unsent { bytes } = event { Some(*bytes) } else { None };
        while let Some(bytes) = self.replay.take_if(unsent) {
            self.unsent_bytes = bytes;
        }
        if self.quiet == 0 {
            let quiet = |event: &Event| if let Event::Quiet { times } = event { Some(*times) } else { None };
            self.quiet = self.replay.take_if(quiet).unwrap_or(0);
        }
        if self.quiet > 0 {
            return Ok(());
        }
        let kept = |event: &Event| if let Event::In(Data::Kept(bytes)) = event { Some(bytes.clone()) } else { None };
        match self.replay.take_if(kept) {
            Some(bytes) => {
                self.heard.extend(self.answers.exchanged(&bytes, self.asked.last()));
                Ok(())
            }
            None if self.replay.next_is(is_withheld) => Err(self.replay.withheld()),
            None => Ok(()),
        }
    }
}

fn is_withheld(event: &Event) -> bool {
    matches!(event, Event::In(Data::Withheld { .. }))
}

fn off_the_track(mismatch: &Mismatch) -> LinkError {
    LinkError::Faulty { place: "the recording".into(), reason: mismatch.to_string() }
}

impl Link for ReplayLink {
    fn open(&mut self) -> Result<(), LinkError> {
        if self.is_open {
            return Ok(());
        }
        self.hear().map_err(|mismatch| off_the_track(&mismatch))?;
        let opened = self.replay.expect(&Event::Open, |event| match event {
            Event::Open => Some(Ok(())),
            Event::Refused { fault, .. } => Some(Err(*fault)),
            _ => None,
        });
        match opened {
            Ok(Ok(())) => {
                self.heard.clear();
                (self.is_open, self.answers) = (true, IdInAnswers::default());
                Ok(())
            }
            Ok(Err(fault)) => Err(fault_of(fault)),
            Err(mismatch) => Err(off_the_track(&mismatch)),
        }
    }

    fn close(&mut self) {
        if !std::mem::take(&mut self.is_open) {
            return;
        }
        // What disagrees is kept by the replay; a close has nobody to tell.
        let _ = self.hear().and_then(|()| self.replay.expect(&Event::Close, |event| matches!(event, Event::Close).then_some(())));
        self.heard.clear();
    }

    fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<(), WriteError> {
        let off = |mismatch: Mismatch| WriteError { sent_bytes: 0, cause: off_the_track(&mismatch) };
        self.hear().map_err(off)?;
        let out = redacted(Kind::Printer, bytes);
        self.replay.expect(&Event::Out(out.clone()), |event| (*event == Event::Out(out)).then_some(())).map_err(off)?;
        let failed = self.replay.take_if(|event| match event {
            Event::Fail { fault, number: Some(sent) } => Some((*fault, usize::try_from(*sent).unwrap_or(usize::MAX))),
            _ => None,
        });
        let sent_bytes = failed.map_or(bytes.len(), |(_, sent)| sent.min(bytes.len()));
        self.asked.wrote(&bytes[..sent_bytes]);
        match failed {
            None => Ok(()),
            Some((fault, _)) => {
                self.is_open &= fault != FaultWord::Unplugged;
                Err(WriteError { sent_bytes, cause: fault_of(fault) })
            }
        }
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        if self.heard.is_empty() {
            self.hear_one().map_err(|mismatch| off_the_track(&mismatch))?;
        }
        if self.heard.is_empty() {
            let failed = |event: &Event| if let Event::Fail { fault, number: None } = event { Some(*fault) } else { None };
            let looked = |event: &Event| if let Event::Looked { times } = event { Some(*times) } else { None };
            self.looks = self.looks.max(self.replay.take_if(looked).unwrap_or(0));
            if timeout.is_zero() && self.looks > 0 {
                self.looks -= 1;
                return Ok(0);
            }
            if self.quiet == 0
                && let Some(fault) = self.replay.take_if(failed)
            {
                self.is_open &= fault != FaultWord::Unplugged;
                return Err(fault_of(fault));
            }
            self.quiet = self.quiet.saturating_sub(u64::from(!timeout.is_zero()));
            wait_until(Instant::now() + timeout);
            return Ok(0);
        }
        let count = buffer.len().min(self.heard.len());
        for (place, byte) in buffer.iter_mut().zip(self.heard.drain(..count)) {
            *place = byte;
        }
        Ok(count)
    }

    fn unsent_bytes(&mut self) -> usize {
        let unsent = |event: &Event| if let Event::Unsent { bytes } = event { Some(*bytes) } else { None };
        if let Some(bytes) = self.replay.take_if(unsent) {
            self.unsent_bytes = bytes;
        }
        self.unsent_bytes
    }
}

fn word_of(cause: &LinkError) -> FaultWord {
    match cause {
        LinkError::NoDevice { .. } => FaultWord::NoDevice,
        LinkError::HeldByOther { .. } => FaultWord::Held,
        LinkError::Permission { .. } => FaultWord::Permission,
        LinkError::Unplugged => FaultWord::Unplugged,
        LinkError::TimedOut => FaultWord::TimedOut,
        LinkError::Setup { .. } => FaultWord::Setup,
        LinkError::Faulty { .. } => FaultWord::Faulty,
    }
}

/// A word that no link says is a fault of the line.
fn fault_of(word: FaultWord) -> LinkError {
    let place = || String::from("the recording");
    match word {
        FaultWord::NoDevice => LinkError::NoDevice { place: place() },
        FaultWord::Held => LinkError::HeldByOther { place: place() },
        FaultWord::Permission => LinkError::Permission { place: place() },
        FaultWord::Unplugged => LinkError::Unplugged,
        FaultWord::TimedOut => LinkError::TimedOut,
        FaultWord::Setup => LinkError::Setup { place: place(), reason: "as recorded".into() },
        other => LinkError::Faulty { place: place(), reason: format!("as recorded: {}", other.word()) },
    }
}
