//! Bytes of a serial imager to codes. Pure: time is handed in.
//!
//! The rule a newcomer would break: after noise everything is thrown away up to the next terminator, because the rest of a
//! torn code looks like a code.

use super::PAUSE_INSIDE_CODE_MAX;
use crate::reader::{Implausible, PAYLOAD_BYTES_MAX, QrPayload, is_plausible};
use std::time::{Duration, Instant};

/// How an imager wraps its codes, as its manual's "prefix" and "suffix" settings say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framing {
    /// Bytes before every code, such as STX. Cut off; a code without them is torn and refused as noise.
    pub prefix: Vec<u8>,
    /// Each of these bytes ends a code; an empty line between two of them is nothing.
    pub terminators: Vec<u8>,
    /// Longest pause between two bytes of a code.
    pub pause_max: Duration,
}

impl Default for Framing {
    /// No prefix; a code ends with CR, LF or ETX, which are the factory settings we have met.
    fn default() -> Self {
        Framing { prefix: Vec::new(), terminators: vec![b'\r', b'\n', 0x03], pause_max: PAUSE_INSIDE_CODE_MAX }
    }
}

/// A line that begins this soon after half a code was given up is taken as its rest, and thrown away.
pub const REST_OF_TORN: Duration = Duration::from_secs(1);

/// What a line turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A whole code.
    Code(QrPayload),
    /// A whole code that no kiosk reads.
    Refused(Implausible),
    /// Bytes that no code contains, a code without its prefix, or half a code.
    Noise,
}

/// Collects bytes until a terminator comes.
#[derive(Debug)]
pub struct Lines {
    framing: Framing,
    /// At most one byte more than prefix and payload may have; the rest is only counted.
    held: Vec<u8>,
    count: usize,
    noisy: bool,
    last_at: Option<Instant>,
    torn_at: Option<Instant>,
}

impl Lines {
    /// Nothing collected yet.
    pub fn new(framing: Framing) -> Self {
        Lines { framing, held: Vec::new(), count: 0, noisy: false, last_at: None, torn_at: None }
    }

    /// Bytes that came together at this moment. Gives what ended, in order.
    pub fn take(&mut self, bytes: &[u8], at: Instant) -> Vec<Line> {
        let mut ended: Vec<Line> = self.tick(at).into_iter().collect();
        for byte in bytes {
            if self.framing.terminators.contains(byte) {
                ended.extend(self.end());
                continue;
            }
            if self.count == 0 {
                self.noisy = self.torn_at.take().is_some_and(|torn| at.saturating_duration_since(torn) < REST_OF_TORN);
            }
            // A control character may be part of the prefix; any other byte beyond printable ASCII is noise. UTF-8 is let
            // through here and refused as a whole, because it is a paper's doing and not the cable's.
            let control = *byte < b' ' || *byte == 0x7F;
            self.noisy |= control && self.framing.prefix.get(self.count) != Some(byte);
            if self.held.len() <= self.framing.prefix.len() + PAYLOAD_BYTES_MAX {
                self.held.push(*byte);
            }
            self.count = self.count.saturating_add(1);
            self.last_at = Some(at);
        }
        ended
    }

    /// Time passes. Half a code is given up as noise when the pause is too long.
    pub fn tick(&mut self, at: Instant) -> Option<Line> {
        let since = self.last_at.filter(|_| self.count > 0)?;
        if at.saturating_duration_since(since) <= self.framing.pause_max {
            return None;
        }
        self.clear();
        self.torn_at = Some(at);
        Some(Line::Noise)
    }

    /// Forgets half a code, as after an unplug.
    pub fn clear(&mut self) {
        self.held.clear();
        self.count = 0;
        self.noisy = false;
        self.last_at = None;
        self.torn_at = None;
    }

    /// Is a code under way?
    pub fn is_under_way(&self) -> bool {
        self.count > 0
    }

    fn end(&mut self) -> Option<Line> {
        if self.count == 0 {
            return None;
        }
        let line = match self.held.strip_prefix(self.framing.prefix.as_slice()) {
            _ if self.noisy => Line::Noise,
            None => Line::Noise,
            Some(_) if self.count > self.framing.prefix.len() + PAYLOAD_BYTES_MAX => {
                Line::Refused(Implausible::TooLong { bytes: self.count - self.framing.prefix.len() })
            }
            Some(payload) if std::str::from_utf8(payload).is_err() => Line::Noise,
            Some(payload) => match is_plausible(payload) {
                Ok(_) => Line::Code(QrPayload::new(payload.to_vec())),
                Err(why) => Line::Refused(why),
            },
        };
        self.clear();
        Some(line)
    }
}
