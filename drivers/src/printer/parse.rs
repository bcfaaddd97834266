//! Bytes from a printer become replies. Pure, tolerant, never panics.
//!
//! It does not say what a reply means; `realtime` does.
//!
//! The rule a newcomer would break: a printer speaks unasked. A raster block that happens to contain `10 04 n` makes it send
//! a status byte (Epson TM-T88III specification, p.72), ASB reports come when a cover opens, and XOFF comes in between. A
//! byte that fits nothing is `Stray`, never an error. Patterns after the same specification, appendix G:
//!
//! | bits | is |
//! | --- | --- |
//! | `0xx1xx10` | a DLE EOT reply |
//! | `0xx1xx00` | the first of four ASB bytes |
//! | `0xx0xxxx` | a GS r or GS I reply, when one was asked for |
//! | `00010001`, `00010011` | XON, XOFF |
//! | `37 .. 00` | a block |

/// A block longer than this is noise that began with 37 hex.
pub const BLOCK_BYTES_MAX: usize = 80;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
const BLOCK_HEAD: u8 = 0x37;

/// What the last question was, since some replies cannot be told from their bits alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// Nothing whose reply needs context.
    #[default]
    Nothing,
    /// `GS r 1`: a byte `0xx0xxxx` is its reply.
    PaperStatus,
    /// `GS I 1`: a byte `0xx0xxxx` is its reply.
    ModelId,
    /// `DLE EOT 20`: `10 0F` begins six bytes of full status.
    FullStatus,
}

/// Bits of a Custom FULL STATUS reply (KPM150H command reference, p.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullStatus {
    pub paper: u8,
    pub user: u8,
    pub recoverable: u8,
    pub unrecoverable: u8,
}

/// One thing a printer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To DLE EOT 1 to 4; which one is known only to the asker.
    RealTime(u8),
    /// Automatic status back.
    Asb([u8; 4]),
    /// To GS r 1.
    PaperStatus(u8),
    /// To GS I 1.
    ModelId(u8),
    /// GS ( H function 48: the job with this id is physically printed.
    ProcessId([u8; 4]),
    /// Any other block, without head and end.
    Block(Vec<u8>),
    /// To DLE EOT 20.
    FullStatus(FullStatus),
    XOn,
    XOff,
    /// Fits nothing.
    Stray(u8),
}

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Idle,
    Asb(Vec<u8>),
    Block(Vec<u8>),
    Full(Vec<u8>),
}

/// Sorts a stream of bytes into replies, across reads.
#[derive(Clone, Debug, Default)]
pub struct Demux {
    state: State,
}

impl Demux {
    /// Forgets a half-read reply, for use after the link was reopened.
    pub fn reset(&mut self) {
        self.state = State::Idle;
    }

    /// Takes one byte; gives a reply when it completes one.
    pub fn push(&mut self, byte: u8, expect: Expect) -> Option<Reply> {
        match std::mem::take(&mut self.state) {
            State::Idle => self.begin(byte, expect),
            State::Asb(mut got) => {
                if byte == XOFF || byte == XON {
                    self.state = State::Asb(got);
                    return Some(if byte == XON { Reply::XOn } else { Reply::XOff });
                }
                // Bytes two to four have bits 4 and 7 clear; anything else means that the first byte was noise.
                if byte & 0x90 != 0 {
                    return self.begin(byte, expect);
                }
                got.push(byte);
                match <[u8; 4]>::try_from(got.as_slice()) {
                    Ok(asb) => Some(Reply::Asb(asb)),
                    Err(_) => {
                        self.state = State::Asb(got);
                        None
                    }
                }
            }
            State::Block(mut got) => {
                if byte == 0 {
                    return Some(block(got));
                }
                got.push(byte);
                if got.len() < BLOCK_BYTES_MAX {
                    self.state = State::Block(got);
                    None
                } else {
                    Some(Reply::Stray(BLOCK_HEAD))
                }
            }
            State::Full(mut got) => {
                got.push(byte);
                match got.as_slice() {
                    [_, 0x0F, paper, user, recoverable, unrecoverable] => {
                        Some(Reply::FullStatus(FullStatus { paper: *paper, user: *user, recoverable: *recoverable, unrecoverable: *unrecoverable }))
                    }
                    [_, second] if *second != 0x0F => {
                        self.state = State::Idle;
                        self.begin(byte, Expect::Nothing)
                    }
                    _ => {
                        self.state = State::Full(got);
                        None
                    }
                }
            }
        }
    }

    fn begin(&mut self, byte: u8, expect: Expect) -> Option<Reply> {
        match byte {
            XON => Some(Reply::XOn),
            XOFF => Some(Reply::XOff),
            BLOCK_HEAD => {
                self.state = State::Block(Vec::new());
                None
            }
            0x10 if expect == Expect::FullStatus => {
                self.state = State::Full(vec![byte]);
                None
            }
            _ if byte & 0x93 == 0x12 => Some(Reply::RealTime(byte)),
            _ if byte & 0x93 == 0x10 => {
                self.state = State::Asb(vec![byte]);
                None
            }
            _ if byte & 0x90 == 0 && expect == Expect::PaperStatus => Some(Reply::PaperStatus(byte)),
            _ if byte & 0x90 == 0 && expect == Expect::ModelId => Some(Reply::ModelId(byte)),
            _ => Some(Reply::Stray(byte)),
        }
    }
}

/// Function 48 answers `22 d1 d2 d3 d4` between head and end (Epson command reference, GS ( H).
fn block(got: Vec<u8>) -> Reply {
    match got.as_slice() {
        [0x22, d1, d2, d3, d4] => Reply::ProcessId([*d1, *d2, *d3, *d4]),
        _ => Reply::Block(got),
    }
}

/// What a block other than a process id says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The printer went offline; what its cause bytes mean differs per model, so the driver asks (Epson, GS ( H function 49).
    WentOffline,
    /// The buffers were cleared (Epson, DLE DC4 function 8).
    BuffersCleared,
}

/// Reads a block, without head and end. `None` for one that is not known.
pub fn notice(block: &[u8]) -> Option<Notice> {
    const CAUSE_BYTES_MAX: usize = 10;
    match block {
        [0x23, causes @ ..] if causes.len() <= CAUSE_BYTES_MAX && causes.iter().all(|byte| (0x40..0x80).contains(byte)) => Some(Notice::WentOffline),
        [0x25] => Some(Notice::BuffersCleared),
        _ => None,
    }
}

/// Sorts a whole buffer at once.
pub fn parse(bytes: &[u8], expect: Expect) -> Vec<Reply> {
    let mut demux = Demux::default();
    bytes.iter().filter_map(|byte| demux.push(*byte, expect)).collect()
}
