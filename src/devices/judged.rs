//! A raw page becomes a page that can be kept: examined, straightened when it is good, encoded, and looked over for the number
//! that was typed.
//!
//! It takes no picture. The rule a newcomer would break: a page with a finding is shown and sent as it was seen, because the
//! drawn hint points at a place of that picture; only a good page is straightened.

use drivers::coach::{Advice, Expected, Finding, Help, Origin, Shape, examine, straighten};
use drivers::picture::{PAGE_BYTES_MAX_DEFAULT, RgbPage, encode_page};
use flow::event::{CaptureFault, HintKind, PageFinding, PageHint, Wanted};

use crate::pictures::Picture;

/// A page as it will be kept.
pub struct Judged {
    pub picture: Picture,
    pub page: RgbPage,
    pub findings: Vec<PageFinding>,
    pub hint: Option<PageHint>,
}

/// What the coach is told to expect.
pub fn expected(wanted: &Wanted, from: Origin) -> Expected {
    let shape = match wanted.shape {
        catalogue::PaperShape::Any => Shape::Any,
        catalogue::PaperShape::Sheet => Shape::A4,
        catalogue::PaperShape::Card => Shape::Card,
    };
    Expected { shape, side: None, from }
}

/// Examines and encodes one page.
///
/// # Errors
/// `Unreadable` when it cannot be encoded at all.
pub fn judge(seen: RgbPage, wanted: &Wanted, from: Origin) -> Result<Judged, CaptureFault> {
    let expected = expected(wanted, from);
    let advice = examine(&seen, &expected);
    let page = match &advice.outline {
        Some(outline) if advice.is_good() => straighten(&seen, outline, expected.shape),
        _ => seen,
    };
    let encoded = encode_page(&page, PAGE_BYTES_MAX_DEFAULT).map_err(|_| CaptureFault::Unreadable)?;
    let picture = Picture::new(encoded.jpeg, &page);
    Ok(Judged { picture, page, findings: advice.findings.iter().map(|finding| page_finding(*finding)).collect(), hint: hint(&advice) })
}

fn page_finding(finding: Finding) -> PageFinding {
    match finding {
        Finding::TooDark => PageFinding::TooDark,
        Finding::Blank => PageFinding::Blank,
        Finding::WrongShape => PageFinding::WrongShape,
        Finding::WrongSide => PageFinding::WrongSide,
        Finding::Cropped => PageFinding::Cropped,
        Finding::TooFar => PageFinding::TooFar,
        Finding::Tilted => PageFinding::Tilted,
        Finding::Glare => PageFinding::Glare,
        Finding::Shadow => PageFinding::Shadow,
        Finding::Blurred => PageFinding::Blurred,
        Finding::TooBright => PageFinding::TooBright,
    }
}

fn hint(advice: &Advice) -> Option<PageHint> {
    let hint = advice.hint.as_ref()?;
    let kind = match hint.help {
        Help::MoveCloser => HintKind::Closer,
        Help::MoveAway => HintKind::ShowWhole,
        Help::LayFlat => HintKind::LayFlat,
        Help::MoreLight => HintKind::MoreLight,
        Help::TurnFromLamp => HintKind::LessLight,
        Help::HoldStill => HintKind::HoldStill,
        Help::TurnOver => HintKind::TurnOver,
        Help::LayOtherPaper => HintKind::OtherPaper,
    };
    let thousandths = |share: f32| (share.clamp(0.0, 1.0) * 1000.0) as u16;
    let (left, top, right, bottom) = hint.region.map_or((0.0, 0.0, 1.0, 1.0), |region| (region.left, region.top, region.right, region.bottom));
    Some(PageHint { kind, left: thousandths(left), top: thousandths(top), width: thousandths(right - left), height: thousandths(bottom - top) })
}
