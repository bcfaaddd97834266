//! The language between a camera's process and the program that shows its pictures: messages on a pipe.
//!
//! Pure: bytes in, messages out. A message is `K C`, the version, its kind, the length of its body as four bytes, and the
//! body; all numbers are little-endian, since both ends are one machine.
//!
//! The rule a newcomer would break: the process at the other end contains the driver we do not trust. Every length is
//! checked before it is believed, and [`parse`] never panics and never asks for more than [`MESSAGE_BYTES_MAX`].

use super::frame::FRAME_BYTES_MAX;
use super::{Frame, FrameError, PixelFormat};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;
use thiserror::Error;

/// Bytes of one message at most: its head and the largest frame.
pub const MESSAGE_BYTES_MAX: usize = HEAD_BYTES + FRAME_HEAD_BYTES + FRAME_BYTES_MAX;
/// Version of this language; both ends come from one build, so any other is refused.
pub const VERSION: u8 = 1;
const HEAD_BYTES: usize = 8;
const FRAME_HEAD_BYTES: usize = 28;
const MARK: [u8; 2] = *b"KC";
/// Bytes of a fault's text; the rest is cut off.
const TEXT_BYTES_MAX: usize = 512;

const KIND_HEARTBEAT: u8 = 0;
const KIND_OPENED: u8 = 1;
const KIND_FRAME: u8 = 2;
const KIND_FAULT: u8 = 3;

/// What a camera's process says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// The process lives; its driver may still hang.
    Heartbeat,
    /// The camera is open.
    Opened,
    /// A picture.
    Frame(FrameHead, Payload<'a>),
    /// The camera is of no more use, and why. The process ends after this.
    Fault(FrameError),
}

/// What is known of a picture before its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHead {
    pub format: PixelFormat,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Counts the camera's frames; a gap means frames that nobody fetched in time.
    pub sequence: u64,
    /// When it was taken: microseconds of the system's monotonic clock.
    pub captured_us: u64,
}

/// A picture's bytes; they show people and papers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Payload<'a>(pub &'a [u8]);

impl std::fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payload({} bytes •••)", self.0.len())
    }
}

/// Why bytes are not our language. There is no way back into step: the process is ended.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum WireError {
    #[error("the bytes are not messages of a camera process")]
    Mark,
    #[error("the camera process speaks version {0}")]
    Version(u8),
    #[error("a message of unknown kind {0}")]
    Kind(u8),
    #[error("a message announces {bytes} bytes, more than {MESSAGE_BYTES_MAX}")]
    TooLong { bytes: usize },
    #[error("a message's body contradicts its head")]
    Body,
}

/// The message at the front of `bytes` and how many bytes it takes; `None` while it is not whole.
///
/// # Errors
/// See [`WireError`]. A wrong head is refused as soon as its first wrong byte is there.
pub fn parse(bytes: &[u8]) -> Result<Option<(Message<'_>, usize)>, WireError> {
    if bytes.iter().zip(MARK).any(|(got, wanted)| *got != wanted) {
        return Err(WireError::Mark);
    }
    if let Some(version) = bytes.get(2).filter(|version| **version != VERSION) {
        return Err(WireError::Version(*version));
    }
    if let Some(kind) = bytes.get(3).filter(|kind| **kind > KIND_FAULT) {
        return Err(WireError::Kind(*kind));
    }
    let Some((head, rest)) = bytes.split_at_checked(HEAD_BYTES) else { return Ok(None) };
    let length = number::<4>(head, 4).map_or(0, u32::from_le_bytes) as usize;
    let whole = HEAD_BYTES.saturating_add(length);
    if whole > MESSAGE_BYTES_MAX {
        return Err(WireError::TooLong { bytes: whole });
    }
    // Only a frame may be long, so that a wrong length of anything else is refused before it is waited for.
    if head[3] != KIND_FRAME && length > TEXT_BYTES_MAX + 9 {
        return Err(WireError::Body);
    }
    let Some(body) = rest.get(..length) else { return Ok(None) };
    let message = match head[3] {
        KIND_HEARTBEAT if body.is_empty() => Message::Heartbeat,
        KIND_OPENED if body.is_empty() => Message::Opened,
        KIND_FRAME => frame_of(body).ok_or(WireError::Body)?,
        KIND_FAULT => Message::Fault(fault_of(body).ok_or(WireError::Body)?),
        _ => return Err(WireError::Body),
    };
    Ok(Some((message, whole)))
}

/// Writes a heartbeat.
///
/// # Errors
/// Those of the pipe.
pub fn write_heartbeat(out: &mut impl Write) -> std::io::Result<()> {
    write_message(out, KIND_HEARTBEAT, &[], &[])
}

/// Says that the camera is open.
///
/// # Errors
/// Those of the pipe.
pub fn write_opened(out: &mut impl Write) -> std::io::Result<()> {
    write_message(out, KIND_OPENED, &[], &[])
}

/// Writes a picture in the form in which it came.
///
/// # Errors
/// Those of the pipe, and `InvalidData` for a frame that is too large.
pub fn write_frame(out: &mut impl Write, frame: &Frame, sequence: u64, captured_us: u64) -> std::io::Result<()> {
    let mut head = [0; FRAME_HEAD_BYTES];
    head[0] = tag_of(frame.format());
    head[4..8].copy_from_slice(&frame.width.to_le_bytes());
    head[8..12].copy_from_slice(&frame.height.to_le_bytes());
    head[12..20].copy_from_slice(&sequence.to_le_bytes());
    head[20..28].copy_from_slice(&captured_us.to_le_bytes());
    write_message(out, KIND_FRAME, &head, frame.bytes())
}

/// Writes why the camera is of no more use.
///
/// # Errors
/// Those of the pipe.
pub fn write_fault(out: &mut impl Write, fault: &FrameError) -> std::io::Result<()> {
    let (code, number, text) = match fault {
        FrameError::TimedOut { waited_ms } => (0, *waited_ms, ""),
        FrameError::Absent { place } => (1, 0, place.as_str()),
        FrameError::HeldByOther => (2, 0, ""),
        FrameError::Permission => (3, 0, ""),
        FrameError::NoFormat { tried } => (4, 0, tried.as_str()),
        FrameError::Unplugged => (5, 0, ""),
        FrameError::Fault { reason } => (6, 0, reason.as_str()),
        FrameError::Undecodable => (7, 0, ""),
        FrameError::Frozen => (8, 0, ""),
        FrameError::Hung { waited_ms } => (9, *waited_ms, ""),
        FrameError::Stuck { processes } => (10, *processes as u64, ""),
        FrameError::Program { reason, .. } => (11, 0, reason.as_str()),
    };
    let mut head = [0; 9];
    head[0] = code;
    head[1..].copy_from_slice(&number.to_le_bytes());
    let cut = (0..=text.len().min(TEXT_BYTES_MAX)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    write_message(out, KIND_FAULT, &head, &text.as_bytes()[..cut])
}

fn write_message(out: &mut impl Write, kind: u8, first: &[u8], second: &[u8]) -> std::io::Result<()> {
    let length = first.len() + second.len();
    let announced = u32::try_from(length).ok().filter(|_| HEAD_BYTES + length <= MESSAGE_BYTES_MAX);
    let announced = announced.ok_or(std::io::ErrorKind::InvalidData)?;
    let mut head = Vec::with_capacity(HEAD_BYTES + first.len());
    head.extend(MARK);
    head.extend([VERSION, kind]);
    head.extend(announced.to_le_bytes());
    head.extend(first);
    out.write_all(&head)?;
    out.write_all(second)?;
    out.flush()
}

impl FrameHead {
    /// The frame, checked like one that comes from a driver.
    ///
    /// # Errors
    /// `Undecodable` when bytes and head do not fit.
    pub fn frame(&self, payload: Payload<'_>, taken_at: Instant) -> Result<Frame, FrameError> {
        let frame = Frame::from_buffer(self.format, self.width, self.height, payload.0, taken_at)?;
        let fits = (frame.width, frame.height) == (self.width, self.height);
        if fits { Ok(frame) } else { Err(FrameError::Undecodable) }
    }
}

fn frame_of(body: &[u8]) -> Option<Message<'_>> {
    let (head, payload) = body.split_at_checked(FRAME_HEAD_BYTES)?;
    let head = FrameHead {
        format: format_of(head[0])?,
        width: number(head, 4).map(u32::from_le_bytes)?,
        height: number(head, 8).map(u32::from_le_bytes)?,
        sequence: number(head, 12).map(u64::from_le_bytes)?,
        captured_us: number(head, 20).map(u64::from_le_bytes)?,
    };
    let fits = match head.format {
        PixelFormat::Jpeg => !payload.is_empty(),
        raw => raw.bytes_of(head.width, head.height) == Some(payload.len()),
    };
    fits.then_some(Message::Frame(head, Payload(payload)))
}

fn fault_of(body: &[u8]) -> Option<FrameError> {
    let code = *body.first()?;
    let value = number(body, 1).map(u64::from_le_bytes)?;
    let text = || String::from_utf8_lossy(&body[9..]).into_owned();
    Some(match code {
        0 => FrameError::TimedOut { waited_ms: value },
        1 => FrameError::Absent { place: text() },
        2 => FrameError::HeldByOther,
        3 => FrameError::Permission,
        4 => FrameError::NoFormat { tried: text() },
        5 => FrameError::Unplugged,
        6 => FrameError::Fault { reason: text() },
        7 => FrameError::Undecodable,
        8 => FrameError::Frozen,
        9 => FrameError::Hung { waited_ms: value },
        10 => FrameError::Stuck { processes: usize::try_from(value).ok()? },
        11 => FrameError::Program { program: PathBuf::new(), reason: text() },
        _ => return None,
    })
}

fn tag_of(format: PixelFormat) -> u8 {
    match format {
        PixelFormat::Jpeg => 1,
        PixelFormat::Yuyv => 2,
        PixelFormat::Luma => 3,
        PixelFormat::Nv12 => 4,
        PixelFormat::Rgb => 5,
    }
}

fn format_of(tag: u8) -> Option<PixelFormat> {
    [PixelFormat::Jpeg, PixelFormat::Yuyv, PixelFormat::Luma, PixelFormat::Nv12, PixelFormat::Rgb].into_iter().find(|format| tag_of(*format) == tag)
}

fn number<const BYTES: usize>(bytes: &[u8], at: usize) -> Option<[u8; BYTES]> {
    bytes.get(at..at + BYTES)?.try_into().ok()
}
