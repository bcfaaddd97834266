//! What passes at the edge of a device, written as lines, and played back to the same driver.
//!
//! It is no log and no capture for later study of a resident's papers: what people print, show or scan is never written, only how
//! long it was. A field build does not have this module (feature `record`).
//!
//! A recording is text, one event a line, each with the milliseconds since the one before:
//!
//! ```text
//! # klampid-recording 1 printer epson-tm-t82
//! +12 open
//! +3 out 100401
//! +4 in 16
//! +20 out *256
//! +1 fail timed-out 128
//! ```
//!
//! | line | who wrote it |
//! | --- | --- |
//! | `open`, `refused WORD [N]`, `close` | any device that is opened |
//! | `out HEX`, `out *LENGTH`, `in HEX`, `in *LENGTH`, `unsent N` | a link; withheld bytes are a length |
//! | `fail WORD [N]` | how the last call ended; on a link, `N` bytes of a write had left, and without `N` it was a read |
//! | `present yes`, `frame FORMAT WxH BYTES PRINT` | a camera |
//! | `acquire PAGES`, `page FORMAT WxH BYTES PRINT`, `done PAGES` | a scanner |
//! | `code LENGTH` | a code reader |
//! | `quiet TIMES` | so many calls of a code reader, or waits of a link, gave nothing |
//! | `looked TIMES` | so many looks at a link that did not wait found nothing, and the next one fails |
//! | `status STATE CODE…` | what a scanner or a reader says of itself has changed |
//!
//! The rule a newcomer would break: redaction is done by what may be kept (`redact`), never by what must be left out.

mod codes;
mod event;
mod frames;
mod link;
mod parse;
mod picture;
mod redact;
mod replay;
mod source;
mod tape;

pub use codes::{RecordingCodes, ReplayCodes};
pub use event::{Data, Event, FaultWord, Kind, PictureFacts, PictureFormat};
pub use frames::{RecordingFrames, ReplayFrames};
pub use link::{RecordingLink, ReplayLink};
pub use parse::{EVENTS_MAX, LINE_BYTES_MAX, Line, ParseError, RECORDING_BYTES_MAX, Recording, WrongLine};
pub use replay::{Mismatch, Replay};
pub use source::{RecordingSource, ReplaySource};
pub use tape::{MemoryTape, TAPE_BYTES_MAX, Tape, TapeEnd};
