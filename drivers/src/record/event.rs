//! The words of a recording: what can happen at the edge of a device, and how each thing is written.
//!
//! It reads no text; `parse` does. The rule a newcomer would break: there is no free text in an event, so that nothing personal
//! can hide in one.

use crate::status::{Condition, DeviceState, Status, TABLE};
use std::fmt;

/// Whose edge was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Printer,
    Camera,
    Scanner,
    /// A reader of codes: an imager, or a camera that reads.
    Reader,
}

impl Kind {
    pub(super) const ALL: [(Kind, &'static str); 4] =
        [(Kind::Printer, "printer"), (Kind::Camera, "camera"), (Kind::Scanner, "scanner"), (Kind::Reader, "reader")];

    /// As it stands in the first line.
    pub fn word(self) -> &'static str {
        word_of(&Kind::ALL, self)
    }
}

/// Bytes that passed a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Questions, modes and answers, which say nothing about a person.
    Kept(Vec<u8>),
    /// Anything else: only how many there were.
    Withheld { bytes: usize },
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Data::Kept(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Data::Withheld { bytes } => write!(f, "*{bytes}"),
        }
    }
}

/// The form in which a picture came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    Jpeg,
    Png,
    Pnm,
    Yuyv,
    Luma,
    Nv12,
    Rgb,
}

impl PictureFormat {
    pub(super) const ALL: [(PictureFormat, &'static str); 7] = [
        (PictureFormat::Jpeg, "mjpg"),
        (PictureFormat::Png, "png"),
        (PictureFormat::Pnm, "pnm"),
        (PictureFormat::Yuyv, "yuyv"),
        (PictureFormat::Luma, "grey"),
        (PictureFormat::Nv12, "nv12"),
        (PictureFormat::Rgb, "rgb"),
    ];
}

/// All that is kept of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureFacts {
    pub format: PictureFormat,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    pub bytes: usize,
    /// 32 bits of a hash of the bytes: two pictures are told apart, and none can be drawn from it.
    pub print: u32,
}

impl fmt::Display for PictureFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}x{} {} {:08x}", word_of(&PictureFormat::ALL, self.format), self.width, self.height, self.bytes, self.print)
    }
}

macro_rules! fault_words {
    ($( $name:ident = $word:literal, )*) => {
        /// Why something did not work. One list for all devices, so that one word means one thing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FaultWord { $( #[doc = concat!("`", $word, "`")] $name, )* }

        impl FaultWord {
            /// Every word.
            pub const ALL: &[(FaultWord, &'static str)] = &[ $( (FaultWord::$name, $word), )* ];
        }
    };
}

fault_words! {
    NoDevice = "no-device", Held = "held", Permission = "permission", Unplugged = "unplugged", TimedOut = "timed-out", Setup = "setup", Faulty = "faulty",
    NoFormat = "no-format", Undecodable = "undecodable", Frozen = "frozen", Hung = "hung", Stuck = "stuck", Program = "program",
    NoDocument = "no-document", Jammed = "jammed", DoubleFeed = "double-feed", CoverOpen = "cover-open", Silent = "silent", Foreign = "foreign",
    Unsupported = "unsupported", NoMemory = "no-memory", Refused = "refused", Crashed = "crashed", Cancelled = "cancelled", Truncated = "truncated",
    TooLarge = "too-large", NoPicture = "no-picture", Spool = "spool",
    EmptyCode = "empty-code", LongCode = "long-code", StrangeCode = "strange-code", Noise = "noise", Unusable = "unusable",
}

impl FaultWord {
    /// As it is written.
    pub fn word(self) -> &'static str {
        word_of(FaultWord::ALL, self)
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The device was opened.
    Open,
    /// It could not be opened. The number is the fault's own, such as milliseconds waited.
    Refused { fault: FaultWord, number: Option<u64> },
    /// It was closed.
    Close,
    /// The driver wrote.
    Out(Data),
    /// The device answered, or spoke unasked.
    In(Data),
    /// The operating system held back so many bytes.
    Unsent { bytes: usize },
    /// The last call ended so. On a link the number is that of bytes that had left, and its absence means a read.
    Fail { fault: FaultWord, number: Option<u64> },
    /// The plug was looked at, and what was seen has changed.
    Present(bool),
    /// A camera gave a picture.
    Frame(PictureFacts),
    /// A scan began that may have so many pages.
    Acquire { pages_max: usize },
    /// A scanner gave a page.
    Page(PictureFacts),
    /// The scan ended well.
    Done { pages: usize },
    /// A code came, of so many bytes.
    Code { bytes: usize },
    /// So many calls in a row gave nothing.
    Quiet { times: u64 },
    /// So many looks at a link that did not wait found nothing, and the next one fails.
    Looked { times: u64 },
    /// What the device says of itself, when it has changed.
    Status(Status),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = |f: &mut fmt::Formatter<'_>, name: &str, fault: &FaultWord, number: &Option<u64>| {
            write!(f, "{name} {}", fault.word())?;
            number.map_or(Ok(()), |number| write!(f, " {number}"))
        };
        match self {
            Event::Open => write!(f, "open"),
            Event::Refused { fault: word, number } => fault(f, "refused", word, number),
            Event::Close => write!(f, "close"),
            Event::Out(data) => write!(f, "out {data}"),
            Event::In(data) => write!(f, "in {data}"),
            Event::Unsent { bytes } => write!(f, "unsent {bytes}"),
            Event::Fail { fault: word, number } => fault(f, "fail", word, number),
            Event::Present(there) => write!(f, "present {}", if *there { "yes" } else { "no" }),
            Event::Frame(facts) => write!(f, "frame {facts}"),
            Event::Acquire { pages_max } => write!(f, "acquire {pages_max}"),
            Event::Page(facts) => write!(f, "page {facts}"),
            Event::Done { pages } => write!(f, "done {pages}"),
            Event::Code { bytes } => write!(f, "code {bytes}"),
            Event::Quiet { times } => write!(f, "quiet {times}"),
            Event::Looked { times } => write!(f, "looked {times}"),
            Event::Status(status) => {
                write!(f, "status {}", word_of(&STATES, status.device))?;
                status.conditions.iter().try_for_each(|condition| write!(f, " {}", condition.row().staff_code))
            }
        }
    }
}

pub(super) const STATES: [(DeviceState, &str); 11] = [
    (DeviceState::Online, "online"),
    (DeviceState::Offline, "offline"),
    (DeviceState::PowerOff, "power-off"),
    (DeviceState::NoDevice, "no-device"),
    (DeviceState::Starting, "starting"),
    (DeviceState::DeviceBusy, "busy"),
    (DeviceState::HardwareError, "hardware-error"),
    (DeviceState::UserError, "user-error"),
    (DeviceState::PotentialFraud, "potential-fraud"),
    (DeviceState::FraudAttempt, "fraud-attempt"),
    (DeviceState::Unknown, "unknown"),
];

/// The condition of a staff code.
pub(super) fn condition_of(code: &str) -> Option<Condition> {
    TABLE.iter().find(|row| row.staff_code == code).map(|row| row.condition)
}

/// The word of a value in a list that names every value.
fn word_of<T: Copy + PartialEq>(list: &[(T, &'static str)], value: T) -> &'static str {
    list.iter().find(|(one, _)| *one == value).map_or("unknown", |(_, word)| word)
}

/// The value of a word.
pub(super) fn value_of<T: Copy>(list: &[(T, &'static str)], word: &str) -> Option<T> {
    list.iter().find(|(_, one)| *one == word).map(|(value, _)| *value)
}
