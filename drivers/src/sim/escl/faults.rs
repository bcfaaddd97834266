//! What can be wrong with the simulated eSCL scanner, and for how long.
//!
//! Mechanics (paper, jam, cover, plug) are not here: they are done to the machine itself. The rule a newcomer would break: a
//! fault changes the bytes on the wire and nothing else, so that the code under test has to find it there.

use crate::sim::Lasting;
use std::time::Instant;

/// A fault of the scanner's programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A page is not ready: 503, with or without `Retry-After`.
    NotReady { retry_after_secs: Option<u32> },
    /// The same, said as 410, as some Xerox devices do.
    NotReadyAs410,
    /// No job can start: 503.
    Occupied,
    /// A job starts, and half a second later that is said.
    LateStart,
    /// The user may not: 403.
    Forbidden,
    /// 500 for a page.
    InternalError,
    /// The new job's address is a path only.
    RelativeLocation,
    /// The new job's address names a host that is not us.
    WrongHostLocation,
    /// The new job's address is not told.
    NoLocation,
    /// A page's head is sent, announcing a picture, and the connection ends.
    HeadOnly,
    /// Half of a picture, properly announced and sent as such.
    CutPicture,
    /// Half of a picture, and the connection ends.
    CutConnection,
    /// A page that is no picture.
    Rubbish,
    /// A picture whose head announces 30,000 by 30,000 pixels.
    LyingPicture,
    /// A page announced with a length of 1 GB.
    Announced1Gb,
    /// A page of 1 GB that comes piece by piece without an announced length.
    Streamed1Gb,
    /// The feeder never gets empty.
    EndlessFeed,
    /// A page stops in the middle and the connection stays open.
    HangInPage,
    /// Requests are read and never answered.
    Mute,
    /// Jobs cannot be ended: 405.
    DeleteRefused,
    /// XML answers are rubbish.
    GarbageXml,
    /// XML answers hold entities within entities.
    XmlBomb,
    /// XML answers never end.
    EndlessXml,
    /// What answers does not speak HTTP.
    NotHttp,
    /// Pages come at this speed.
    Slow { bytes_per_s: u32 },
}

/// When a fault ends by itself.
#[derive(Clone, Copy, Debug)]
enum Until {
    /// After so many occasions.
    Times(u32),
    Moment(Instant),
    Healed,
}

/// The faults that hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    held: Vec<(Fault, Until)>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault, lasting: Lasting, now: Instant) {
        let until = match lasting {
            Lasting::Once => Until::Times(1),
            Lasting::Times(times) => Until::Times(times),
            Lasting::For(time) => Until::Moment(now + time),
            Lasting::FromNow => Until::Healed,
        };
        self.held.push((fault, until));
    }

    pub(super) fn heal(&mut self) {
        self.held.clear();
    }

    /// The first fault that is meant, used up by one.
    pub(super) fn take(&mut self, meant: impl Fn(Fault) -> bool, now: Instant) -> Option<Fault> {
        self.held.retain(|(_, until)| match until {
            Until::Times(left) => *left > 0,
            Until::Moment(end) => now < *end,
            Until::Healed => true,
        });
        let (fault, until) = self.held.iter_mut().find(|(fault, _)| meant(*fault))?;
        if let Until::Times(left) = until {
            *left -= 1;
        }
        Some(*fault)
    }
}
