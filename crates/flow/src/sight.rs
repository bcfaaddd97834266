//! What a machine sees of a paper and says of itself, in the words the flow can turn into sentences.
//!
//! It judges nothing: the devices' side fills these in. The rule a newcomer would break: a finding never stops anybody. It is
//! told, the page may be kept, and the finding travels with it.

use catalogue::PaperShape;

use crate::Say;

/// What the machine thinks of a page. It may always be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageFinding {
    TooDark,
    TooBright,
    Glare,
    Blurred,
    Blank,
    Cropped,
    TooFar,
    Tilted,
    Shadow,
    WrongShape,
    WrongSide,
    NumberDiffers,
}

impl PageFinding {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::TooDark,
        Self::TooBright,
        Self::Glare,
        Self::Blurred,
        Self::Blank,
        Self::Cropped,
        Self::TooFar,
        Self::Tilted,
        Self::Shadow,
        Self::WrongShape,
        Self::WrongSide,
        Self::NumberDiffers,
    ];

    /// The word that travels with the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::TooDark => "too-dark",
            Self::TooBright => "too-bright",
            Self::Glare => "glare",
            Self::Blurred => "blurred",
            Self::Blank => "blank",
            Self::Cropped => "cropped",
            Self::TooFar => "too-far",
            Self::Tilted => "tilted",
            Self::Shadow => "shadow",
            Self::WrongShape => "wrong-shape",
            Self::WrongSide => "wrong-side",
            Self::NumberDiffers => "number-differs",
        }
    }

    /// The sentence for the resident.
    pub(crate) fn say(self) -> Say {
        match self {
            Self::TooDark => Say::TooDark,
            Self::TooBright => Say::TooBright,
            Self::Glare => Say::Glare,
            Self::Blurred => Say::Blurred,
            Self::Blank => Say::Blank,
            Self::Cropped => Say::Cropped,
            Self::TooFar => Say::TooFar,
            Self::Tilted => Say::Tilted,
            Self::Shadow => Say::Shadow,
            Self::WrongShape => Say::WrongShape,
            Self::WrongSide => Say::WrongSide,
            Self::NumberDiffers => Say::NumberDiffers,
        }
    }
}

/// Where on the picture something is, and what to do there; drawn over the picture. In thousandths of its sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageHint {
    pub kind: HintKind,
    pub left: u16,
    pub top: u16,
    pub width: u16,
    pub height: u16,
}

/// What the drawn hint asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintKind {
    Closer,
    LayFlat,
    MoreLight,
    LessLight,
    HoldStill,
    TurnOver,
    OtherPaper,
    ShowWhole,
}

/// What the live picture shows, for one short sentence under it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LiveLook {
    /// Nothing is known yet, or nothing is worth saying.
    #[default]
    Unsure,
    NoPaper,
    TooFar,
    TooDark,
    Moving,
    Good,
}

impl LiveLook {
    pub(crate) fn say(self) -> Option<Say> {
        match self {
            Self::Unsure => None,
            Self::NoPaper => Some(Say::LiveNoPaper),
            Self::TooFar => Some(Say::LiveTooFar),
            Self::TooDark => Some(Say::LiveTooDark),
            Self::Moving => Some(Say::LiveMoving),
            Self::Good => Some(Say::LiveGood),
        }
    }
}

/// What a resident is told of a device. Never why, only how to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceNotice {
    NoSlip,
    TakeSlip,
    NoScanner,
    LayPaper,
    LayAgain,
    CloseLid,
    WaitScanner,
    NoCamera,
    WaitCamera,
    UseCamera,
}

impl DeviceNotice {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::NoSlip,
        Self::TakeSlip,
        Self::NoScanner,
        Self::LayPaper,
        Self::LayAgain,
        Self::CloseLid,
        Self::WaitScanner,
        Self::NoCamera,
        Self::WaitCamera,
        Self::UseCamera,
    ];

    pub(crate) fn say(self) -> Say {
        match self {
            Self::NoSlip => Say::NoticeNoPaper,
            Self::TakeSlip => Say::TakeSlip,
            Self::NoScanner => Say::NoScanner,
            Self::LayPaper => Say::ScannerEmpty,
            Self::LayAgain => Say::LayAgain,
            Self::CloseLid => Say::CloseLid,
            Self::WaitScanner => Say::WaitScanner,
            Self::NoCamera => Say::NoCamera,
            Self::WaitCamera => Say::WaitCamera,
            Self::UseCamera => Say::UseCameraInstead,
        }
    }
}

/// What a page is expected to be.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub shape: PaperShape,
    /// Numbers that were typed and may stand on it.
    pub numbers: Vec<String>,
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").field("shape", &self.shape).field("numbers", &format_args!("{} •••", self.numbers.len())).finish()
    }
}
