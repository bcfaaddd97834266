//! Lines to events. Pure, with limits; a wrong line is named by its number.
//!
//! The rule a newcomer would break: a recording may have been edited by hand or cut off anywhere, so nothing is taken at its word:
//! every number has a limit before it is believed.

use super::event::{Data, Event, FaultWord, Kind, PictureFacts, PictureFormat, STATES, condition_of, value_of};
use crate::status::Status;
use std::fmt;
use thiserror::Error;

/// Version of this language.
pub(super) const VERSION: u32 = 1;
/// A recording is never longer than this.
pub const RECORDING_BYTES_MAX: usize = 8_000_000;
/// Nor has more events than this.
pub const EVENTS_MAX: usize = 200_000;
/// A link reads at most 256 bytes at once; twice that in hexadecimal, and the words.
pub const LINE_BYTES_MAX: usize = 1_200;
/// A day; a longer pause is no recording of one session.
const PAUSE_MS_MAX: u64 = 86_400_000;
/// Larger than any picture that our drivers take.
const PICTURE_SIDE_PX_MAX: u32 = 65_535;
/// Characters of a model's name.
pub(super) const MODEL_CHARS_MAX: usize = 60;

/// A line that cannot be read, and why.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}: {cause}")]
pub struct ParseError {
    /// Counted from one; zero is the whole text.
    pub line: usize,
    #[source]
    pub cause: WrongLine,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum WrongLine {
    #[error("the recording is larger than {RECORDING_BYTES_MAX} bytes")]
    RecordingTooLong,
    #[error("there are more than {EVENTS_MAX} events")]
    TooManyEvents,
    #[error("the line is longer than {LINE_BYTES_MAX} bytes")]
    LineTooLong,
    #[error("the first line is not that of a recording")]
    Head,
    #[error("this version of recordings is not known")]
    Version,
    #[error("this kind of device is not known")]
    Kind,
    #[error("the line does not begin with + and milliseconds")]
    Pause,
    #[error("this word is not known")]
    Word,
    #[error("a number is missing, malformed or too large")]
    Number,
    #[error("bytes are neither pairs of hexadecimal digits nor * and a length")]
    Data,
    #[error("there is more on the line than the word takes")]
    Surplus,
}

/// One event and when it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Line of the text, counted from one.
    pub line: usize,
    /// Milliseconds since the event before.
    pub after_ms: u64,
    pub event: Event,
}

/// A whole recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    pub kind: Kind,
    /// Model or profile, as whoever recorded it called it.
    pub model: String,
    pub lines: Vec<Line>,
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let wrong = |line, cause| Err(ParseError { line, cause });
        if text.len() > RECORDING_BYTES_MAX {
            return wrong(0, WrongLine::RecordingTooLong);
        }
        let mut numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line));
        let (kind, model) = match numbered.next() {
            None => return wrong(1, WrongLine::Head),
            Some((at, line)) => head_of(line).map_err(|cause| ParseError { line: at, cause })?,
        };
        let mut lines = Vec::new();
        for (line, text) in numbered.filter(|(_, text)| !text.is_empty() && !text.starts_with('#')) {
            if lines.len() == EVENTS_MAX {
                return wrong(line, WrongLine::TooManyEvents);
            }
            let (after_ms, event) = line_of(text).map_err(|cause| ParseError { line, cause })?;
            lines.push(Line { line, after_ms, event });
        }
        Ok(Recording { kind, model, lines })
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", head(self.kind, &self.model))?;
        self.lines.iter().try_for_each(|line| writeln!(f, "+{} {}", line.after_ms, line.event))
    }
}

/// The first line of a recording.
pub(super) fn head(kind: Kind, model: &str) -> String {
    format!("# klampid-recording {VERSION} {} {model}", kind.word())
}

/// A model's name may be part of a first line.
pub(super) fn is_model(model: &str) -> bool {
    (1..=MODEL_CHARS_MAX).contains(&model.len()) && model.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
}

fn head_of(line: &str) -> Result<(Kind, String), WrongLine> {
    if line.len() > LINE_BYTES_MAX {
        return Err(WrongLine::LineTooLong);
    }
    let words: Vec<&str> = line.split(' ').collect();
    let ["#", "klampid-recording", version, kind, model] = words[..] else { return Err(WrongLine::Head) };
    if version.parse() != Ok(VERSION) {
        return Err(WrongLine::Version);
    }
    let kind = value_of(&Kind::ALL, kind).ok_or(WrongLine::Kind)?;
    if is_model(model) { Ok((kind, model.to_owned())) } else { Err(WrongLine::Head) }
}

fn line_of(text: &str) -> Result<(u64, Event), WrongLine> {
    if text.len() > LINE_BYTES_MAX {
        return Err(WrongLine::LineTooLong);
    }
    let mut words = text.split(' ');
    let pause = words.next().and_then(|word| word.strip_prefix('+')).ok_or(WrongLine::Pause)?;
    let after_ms = number(Some(pause), PAUSE_MS_MAX).map_err(|_| WrongLine::Pause)?;
    let event = event_of(words.next().unwrap_or_default(), &mut words)?;
    if words.next().is_some() { Err(WrongLine::Surplus) } else { Ok((after_ms, event)) }
}

fn event_of<'a>(word: &str, rest: &mut impl Iterator<Item = &'a str>) -> Result<Event, WrongLine> {
    let mut size = || number(rest.next(), RECORDING_BYTES_MAX as u64 * 100).map(|size| size as usize);
    Ok(match word {
        "open" => Event::Open,
        "close" => Event::Close,
        "out" => Event::Out(data(rest.next())?),
        "in" => Event::In(data(rest.next())?),
        "unsent" => Event::Unsent { bytes: size()? },
        "acquire" => Event::Acquire { pages_max: size()? },
        "done" => Event::Done { pages: size()? },
        "code" => Event::Code { bytes: size()? },
        "quiet" => Event::Quiet { times: number(rest.next(), PAUSE_MS_MAX)? },
        "looked" => Event::Looked { times: number(rest.next(), PAUSE_MS_MAX)? },
        "refused" | "fail" => {
            let fault = rest.next().and_then(|word| value_of(FaultWord::ALL, word)).ok_or(WrongLine::Word)?;
            let number = rest.next().map(|word| number(Some(word), u64::MAX)).transpose()?;
            if word == "fail" { Event::Fail { fault, number } } else { Event::Refused { fault, number } }
        }
        "present" => match rest.next() {
            Some("yes") => Event::Present(true),
            Some("no") => Event::Present(false),
            _ => return Err(WrongLine::Word),
        },
        "frame" => Event::Frame(picture(rest)?),
        "page" => Event::Page(picture(rest)?),
        "status" => {
            let device = rest.next().and_then(|word| value_of(&STATES, word)).ok_or(WrongLine::Word)?;
            let mut status = Status::of(device);
            for code in rest {
                status = status.with(condition_of(code).ok_or(WrongLine::Word)?);
            }
            Event::Status(status)
        }
        _ => return Err(WrongLine::Word),
    })
}

fn picture<'a>(rest: &mut impl Iterator<Item = &'a str>) -> Result<PictureFacts, WrongLine> {
    let format = rest.next().and_then(|word| value_of(&PictureFormat::ALL, word)).ok_or(WrongLine::Word)?;
    let (width, height) = rest.next().and_then(|word| word.split_once('x')).ok_or(WrongLine::Number)?;
    let side = |word| number(Some(word), u64::from(PICTURE_SIDE_PX_MAX)).map(|side| side as u32);
    let (width, height) = (side(width)?, side(height)?);
    let bytes = number(rest.next(), RECORDING_BYTES_MAX as u64 * 100)? as usize;
    let print = rest.next().filter(|word| word.len() == 8).and_then(|word| u32::from_str_radix(word, 16).ok()).ok_or(WrongLine::Number)?;
    Ok(PictureFacts { format, width, height, bytes, print })
}

fn data(word: Option<&str>) -> Result<Data, WrongLine> {
    let word = word.ok_or(WrongLine::Data)?;
    if let Some(length) = word.strip_prefix('*') {
        return Ok(Data::Withheld { bytes: number(Some(length), RECORDING_BYTES_MAX as u64).map_err(|_| WrongLine::Data)? as usize });
    }
    let digit = |byte: u8| (byte as char).to_digit(16).filter(|_| !byte.is_ascii_uppercase()).map(|digit| digit as u8);
    let (pairs, odd) = word.as_bytes().as_chunks::<2>();
    if pairs.is_empty() || !odd.is_empty() {
        return Err(WrongLine::Data);
    }
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes.map(Data::Kept).ok_or(WrongLine::Data)
}

fn number(word: Option<&str>, max: u64) -> Result<u64, WrongLine> {
    let word = word.filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())).ok_or(WrongLine::Number)?;
    word.parse().ok().filter(|number| *number <= max).ok_or(WrongLine::Number)
}
