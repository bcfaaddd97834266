//! What can go wrong with a simulated camera, and for how long.
//!
//! It bends no frame itself; the source asks here what holds. The rule a newcomer would break: `Once` is spent by the frame
//! or the opening that shows it, so only they may ask with [`Faults::spend`].

use crate::sim::lasting::Lasting;
use std::collections::BTreeMap;
use std::time::Instant;

/// What can go wrong with a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CameraFault {
    /// The driver does not come back from opening.
    HangInOpen,
    /// The driver does not come back from a frame.
    HangMidFrame,
    /// No frame comes, but the driver keeps its time limit.
    Stall,
    /// The same frame again and again, to the last bit.
    Frozen,
    /// The light is off.
    Dark,
    /// Something lies on the lens.
    Covered,
    /// A JPEG whose picture data is rubbish.
    GarbageJpeg,
    /// A JPEG that ends too early, as after a lost USB packet.
    TruncatedJpeg,
    /// Frames of half the size in another format.
    FormatChange,
    /// The plug is out; once: out and in again.
    Unplugged,
    /// Two frames a second.
    Slow,
    /// Another program holds the device (EBUSY).
    HeldByOther,
    /// The user may not open the device (EACCES).
    Permission,
    /// The device offers none of our formats.
    NoFormat,
}

impl CameraFault {
    /// Every fault.
    pub const ALL: [CameraFault; 14] = [
        CameraFault::HangInOpen,
        CameraFault::HangMidFrame,
        CameraFault::Stall,
        CameraFault::Frozen,
        CameraFault::Dark,
        CameraFault::Covered,
        CameraFault::GarbageJpeg,
        CameraFault::TruncatedJpeg,
        CameraFault::FormatChange,
        CameraFault::Unplugged,
        CameraFault::Slow,
        CameraFault::HeldByOther,
        CameraFault::Permission,
        CameraFault::NoFormat,
    ];

    /// A word for command lines.
    pub fn name(self) -> &'static str {
        match self {
            CameraFault::HangInOpen => "hang-in-open",
            CameraFault::HangMidFrame => "hang-mid-frame",
            CameraFault::Stall => "stall",
            CameraFault::Frozen => "frozen",
            CameraFault::Dark => "dark",
            CameraFault::Covered => "covered",
            CameraFault::GarbageJpeg => "garbage-jpeg",
            CameraFault::TruncatedJpeg => "truncated-jpeg",
            CameraFault::FormatChange => "format-change",
            CameraFault::Unplugged => "unplugged",
            CameraFault::Slow => "slow",
            CameraFault::HeldByOther => "held-by-other",
            CameraFault::Permission => "permission",
            CameraFault::NoFormat => "no-format",
        }
    }
}

#[derive(Clone, Copy)]
enum Until {
    /// So many occasions are left; never zero.
    Spent(u32),
    Moment(Instant),
    Cleared,
}

/// The faults that hold.
#[derive(Default)]
pub(super) struct Faults(BTreeMap<CameraFault, Until>);

impl Faults {
    pub(super) fn inject(&mut self, fault: CameraFault, lasting: Lasting, now: Instant) {
        let until = match lasting {
            Lasting::Once | Lasting::Times(0 | 1) => Until::Spent(1),
            Lasting::Times(times) => Until::Spent(times),
            Lasting::For(time) => Until::Moment(now + time),
            Lasting::FromNow => Until::Cleared,
        };
        self.0.insert(fault, until);
    }

    pub(super) fn clear(&mut self, fault: CameraFault) {
        self.0.remove(&fault);
    }

    /// Does it hold now?
    pub(super) fn holds(&self, fault: CameraFault, now: Instant) -> bool {
        match self.0.get(&fault) {
            None => false,
            Some(Until::Spent(_) | Until::Cleared) => true,
            Some(Until::Moment(end)) => now < *end,
        }
    }

    /// Does it hold now? A fault for one occasion is over after this.
    pub(super) fn spend(&mut self, fault: CameraFault, now: Instant) -> bool {
        let holds = self.holds(fault, now);
        match self.0.get_mut(&fault) {
            Some(Until::Spent(left)) if *left > 1 => *left -= 1,
            Some(Until::Spent(_)) => drop(self.0.remove(&fault)),
            Some(Until::Moment(_)) if !holds => drop(self.0.remove(&fault)),
            _ => {}
        }
        holds
    }

    /// When it ends by itself.
    pub(super) fn end(&self, fault: CameraFault) -> Option<Instant> {
        match self.0.get(&fault) {
            Some(Until::Moment(end)) => Some(*end),
            _ => None,
        }
    }
}
