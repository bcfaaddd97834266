//! What is wrong with a picture of a paper, in words a resident can act upon, and the paper made upright.
//!
//! Everything here is a pure function of pixels and of what is expected. It reads no text, knows no resident and keeps no
//! picture. Start at [`examine`] for a taken picture, [`glance`] for a live frame, [`straighten`] for the page that is kept.
//!
//! It advises and never blocks: a picture it dislikes may be kept, and the caller records that.
//!
//! The rule a newcomer would break: a finding is made only on evidence in the picture. What cannot be told honestly, such as
//! upside down, is not a finding; and the thresholds in `verdict.rs` change only together with the ladder in
//! `sim::papers`, which counts wrong refusals and misses on seeds that were not tuned with.

mod edges;
mod glance;
mod letters;
mod lines;
mod measure;
mod outline;
mod planes;
mod quad;
mod straighten;
mod tiles;
mod verdict;

pub use glance::{Glance, glance};
pub use quad::Quad;
pub use straighten::{STRAIGHT_LONG_SIDE_PX_MAX, straighten};

use crate::picture::RgbPage;

/// The paper that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// 210 x 297 mm, upright or lying (ISO 216).
    A4,
    /// 148 x 210 mm, upright or lying (ISO 216).
    A5,
    /// A card such as the KTP: ID-1, 85.60 x 53.98 mm (ISO/IEC 7810).
    Card,
    /// Whatever paper comes.
    Any,
}

impl Shape {
    /// Long and short side in millimetres; `None` for any.
    pub fn size_mm(self) -> Option<(f32, f32)> {
        match self {
            Shape::A4 => Some((297.0, 210.0)),
            Shape::A5 => Some((210.0, 148.0)),
            Shape::Card => Some((85.6, 53.98)),
            Shape::Any => None,
        }
    }
}

/// The side that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Front,
    Back,
}

/// Where the picture comes from. A scanner's page fills its picture; a camera sees the desk around the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    Camera,
    Scanner,
}

/// What the resident was asked to lay down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expected {
    pub shape: Shape,
    /// `None` when either side will do.
    pub side: Option<Side>,
    pub from: Origin,
}

impl Expected {
    /// Any paper, either side.
    pub fn any(from: Origin) -> Self {
        Expected { shape: Shape::Any, side: None, from }
    }
}

/// One thing that is wrong with a picture, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// Too little light to read, or so little that the picture is noise.
    TooDark,
    /// No paper, or nothing on it.
    Blank,
    /// A card where a sheet is expected, or the reverse.
    WrongShape,
    /// The other side of the card is expected.
    WrongSide,
    /// A side of the paper lies outside the picture.
    Cropped,
    /// The print is too small in the picture.
    TooFar,
    /// Turned or leaning so far that straightening does not mend it.
    Tilted,
    /// A reflection hides print.
    Glare,
    /// A shadow hides print.
    Shadow,
    /// Letters run together.
    Blurred,
    /// Print is washed out by light.
    TooBright,
}

/// What a resident can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Help {
    MoveCloser,
    MoveAway,
    LayFlat,
    MoreLight,
    TurnFromLamp,
    HoldStill,
    TurnOver,
    /// Also: lay a paper at all.
    LayOtherPaper,
}

impl Finding {
    /// What helps against it.
    pub fn help(self) -> Help {
        match self {
            Finding::TooDark | Finding::Shadow => Help::MoreLight,
            Finding::TooBright | Finding::Glare => Help::TurnFromLamp,
            Finding::Blank | Finding::WrongSide => Help::TurnOver,
            Finding::WrongShape => Help::LayOtherPaper,
            Finding::Cropped => Help::MoveAway,
            Finding::TooFar => Help::MoveCloser,
            Finding::Tilted => Help::LayFlat,
            Finding::Blurred => Help::HoldStill,
        }
    }
}

/// A rectangle in shares of the picture, 0 to 1 from the top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

/// What a drawing over the picture needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hint {
    /// What helps against the most important finding.
    pub help: Help,
    /// The place it is about: a reflection, a shadow, the paper.
    pub region: Option<Region>,
    /// The way the paper has to move, each part -1, 0 or 1; right and down are positive.
    pub arrow: Option<(f32, f32)>,
}

/// Figures behind the advice, for the record and for staff.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// Steepness of the letters' edges at a fixed print size, 0 (nothing) to 1 (ideal). Zero without letters.
    pub sharpness: f32,
    /// Share of the print that a reflection hides, 0 to 1.
    pub glare_share: f32,
    /// Average brightness of the whole picture, 0 to 255.
    pub mean_luma: f32,
    /// The paper's turn from upright, clockwise, -45 to 45 degrees. Zero without an outline.
    pub tilt_deg: f32,
    /// Share of the picture that the paper covers, 0 to 1. Zero without an outline.
    pub coverage: f32,
}

/// What the coach says about a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// The most important first; empty for a good picture.
    pub findings: Vec<Finding>,
    /// The paper in pixels of the input. The whole picture when the paper fills it.
    pub outline: Option<Quad>,
    /// For the first finding; `None` for a good picture.
    pub hint: Option<Hint>,
    pub scores: Scores,
}

impl Advice {
    /// Nothing to complain about.
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Examines one taken picture. Any size is taken; the work beyond one pass over the pixels is bounded by fixed working
/// sizes, so that 2 megapixels cost well below 150 ms and 36 megapixels a few times that.
pub fn examine(page: &RgbPage, expected: &Expected) -> Advice {
    let found = outline::find(page, expected.from);
    let measured = measure::measure(page, found.as_ref(), expected);
    verdict::advise(page, expected, found.as_ref(), &measured)
}
