//! What can be wrong with the simulated eSCL scanner, and for how long.
//!
//! Mechanics (paper, jam, cover, plug) are not here: they are done to the machine itself. The rule a newcomer would break: a
//! fault changes the bytes on the wire and nothing else, so that the code under test has to find it there.

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

/// For how long a fault holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    Once,
    Times(u32),
    UntilHealed,
}

/// The faults that hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    held: Vec<(Fault, Option<u32>)>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault, lasting: Lasting) {
        let times = match lasting {
            Lasting::Once => Some(1),
            Lasting::Times(times) => Some(times),
            Lasting::UntilHealed => None,
        };
        self.held.push((fault, times));
    }

    pub(super) fn heal(&mut self) {
        self.held.clear();
    }

    /// The first fault that is meant, used up by one.
    pub(super) fn take(&mut self, meant: impl Fn(Fault) -> bool) -> Option<Fault> {
        let at = self.held.iter().position(|(fault, times)| meant(*fault) && *times != Some(0))?;
        let (fault, times) = &mut self.held[at];
        if let Some(times) = times {
            *times -= 1;
        }
        Some(*fault)
    }
}
