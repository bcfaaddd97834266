//! Figures to advice. All thresholds stand here, each with the reason for its place.
//!
//! The rule a newcomer would break: a threshold is moved only together with the ladder (`sim::papers::ladder`), looking at
//! both numbers: a coach that refuses good pictures teaches people to press "keep it anyway".

use super::measure::{Kind, Measured};
use super::outline::Found;
use super::quad::Quad;
use super::{Advice, Expected, Finding, Hint, Origin, Scores, Shape, Side};
use crate::picture::RgbPage;

/// Darker paper is black on black on an officer's screen.
const PAPER_LUMA_MIN: f32 = 72.0;
/// Print weaker than this many deviations of the noise drowns in it.
const CONTRAST_TO_NOISE_MIN: f32 = 4.6;
/// Print that differs less from bright paper is washed out.
const WASHED_CONTRAST_MAX: f32 = 28.0;
const WASHED_PAPER_MIN: f32 = 190.0;
/// Fewer tiles with ink than this are dust.
const INKED_SHARE_MIN: f32 = 0.006;
const PRINT_LETTERS_MIN: usize = 8;
const SMEARED_SHARE_MIN: f32 = 0.15;
/// Desk and paper alike as bright as can be: not an empty paper but no picture.
const WHITE_OUT_LUMA_MIN: f32 = 251.0;
/// Print at the working size has edges of 0.3 and more when sharp; when letters run together, less than this.
const SHARPNESS_MIN: f32 = 0.2;
/// Pixels a millimetre below which 10 point print on a sheet, and the print of a card, are too small to make out.
const SHEET_PX_PER_MM_MIN: f32 = 2.4;
const CARD_PX_PER_MM_MIN: f32 = 4.0;
/// The most foreshortened corner may be this much coarser.
const CORNER_SHARE_MIN: f32 = 0.98;
/// Beyond, it cannot be told which side is up.
const TURN_DEG_MAX: f32 = 36.0;
/// Contact of the paper with the border of the picture, in shares of that border.
const CONTACT_MAX: f32 = 0.02;
/// A scanner's page that ends at the border of the picture, and is this much off its proportions, is cut.
const SCAN_CONTACT_MIN: f32 = 0.3;
const SHORT_SHARE_MIN: f32 = 0.06;
/// Letters cut by the border of a picture without desk.
const CUT_LETTERS_MAX: usize = 2;
const GLARE_SHARE_MAX: f32 = 0.012;
/// A large reflection swallows the print on its sides too; a gap of the paper does not come so large and so white.
const WIDE_GLARE_SHARE_MAX: f32 = 0.10;
const SHADE_SHARE_MAX: f32 = 0.02;
/// A copied photograph on a sheet is as dark as a deep shadow, and smaller.
const WIDE_SHADE_SHARE_MAX: f32 = 0.07;
/// On a card a portrait may be as dark as a shadow; only a larger one counts.
const CARD_SHADE_SHARE_MAX: f32 = 0.16;
/// Long by short side between A4 (1.414) and a card (1.586), with the error of a leaning paper.
const SHEET_RATIO_MAX: f32 = 1.53;
const CARD_RATIO_MIN: f32 = 1.46;
/// A card's front has some two hundred letters, its back a few words.
const BACK_LETTERS_MAX: usize = 45;
const FRONT_LETTERS_MIN: usize = 120;
/// A portrait covers a tenth of a card.
const PORTRAIT_SHARE_MIN: f32 = 0.05;
/// Without an outline, fewer things like letters are a desk.
const DESK_LETTERS_MAX: usize = 150;
const DESK_LUMA_MAX: f32 = 165.0;

pub(super) fn advise(page: &RgbPage, expected: &Expected, found: Option<&Found>, measured: &Measured) -> Advice {
    let picture = (page.width() as f32, page.height() as f32);
    let mut findings = Vec::new();
    let has_ink = measured.inked_share >= INKED_SHARE_MIN;
    // Without an outline only a bright ground full of sharp letters is a paper; wood and batik have edges enough.
    let is_paper_anyway = measured.letters > DESK_LETTERS_MAX && measured.paper > DESK_LUMA_MAX && measured.sharpness >= SHARPNESS_MIN;
    let has_paper = found.is_some() || is_paper_anyway;
    let drowned = has_ink && measured.contrast < CONTRAST_TO_NOISE_MIN * measured.noise;
    let dark = measured.paper < PAPER_LUMA_MIN || drowned;
    let sharpness = measured.sharpness;
    // A heavy blur leaves no letters but smears ink over many tiles; a fold or a paper's side leaves ink in a few.
    let has_print = has_ink && (measured.letters >= PRINT_LETTERS_MIN || measured.inked_share >= SMEARED_SHARE_MIN);
    let blank = !has_print || !has_paper;
    let white_out = blank && expected.from == Origin::Camera && measured.mean_luma > WHITE_OUT_LUMA_MIN;
    // Darkness hides edges too, and blur pales thin ink, so each is named only where the other does not explain it.
    let has_much_print = measured.letters >= BACK_LETTERS_MAX;
    let blurred = !blank && !dark && sharpness < SHARPNESS_MIN && (has_much_print || measured.steepest < SHARPNESS_MIN);
    let ratio = found.map(|found| found.quad.true_ratio(picture)).map(|ratio| ratio.max(1.0 / ratio));
    // A camera's picture without an outline has the camera's proportions, which say nothing.
    let has_shape = found.is_some_and(|found| !found.fills || expected.from == Origin::Scanner);
    let wrong_shape = has_shape && ratio.is_some_and(|ratio| is_wrong_shape(expected.shape, measured.told, ratio));

    let mut add = |finding, holds: bool| {
        if holds {
            findings.push(finding);
        }
    };
    add(Finding::TooDark, dark);
    add(Finding::Blank, blank && !white_out);
    add(Finding::WrongShape, !blank && wrong_shape);
    add(Finding::WrongSide, !blank && !dark && !blurred && is_wrong_side(expected, measured));
    add(Finding::Cropped, found.is_some_and(|found| is_cropped(found, measured, expected, ratio)));
    if let Some(found) = found.filter(|found| !found.fills && !wrong_shape) {
        let fineness = Fineness::of(&found.quad, size_mm(expected.shape, measured.told), picture);
        let least = if is_card(expected.shape, measured.told) { CARD_PX_PER_MM_MIN } else { SHEET_PX_PER_MM_MIN };
        let far = fineness.mean < least;
        add(Finding::TooFar, far);
        let leaning = !far && fineness.worst_corner < CORNER_SHARE_MIN * least;
        add(Finding::Tilted, leaning || found.quad.tilt_deg().abs() > TURN_DEG_MAX);
    }
    let glare = measured.glare.surrounded > GLARE_SHARE_MAX || measured.glare.between > WIDE_GLARE_SHARE_MAX;
    add(Finding::Glare, !blank && !dark && glare);
    let (shade_max, wide_shade_max) =
        if is_card(expected.shape, measured.told) { (CARD_SHADE_SHARE_MAX, CARD_SHADE_SHARE_MAX) } else { (SHADE_SHARE_MAX, WIDE_SHADE_SHARE_MAX) };
    add(Finding::Shadow, !blank && !dark && (measured.shade.surrounded > shade_max || measured.shade.between > wide_shade_max));
    add(Finding::Blurred, blurred);
    let washed = !blank && !dark && !blurred && measured.paper >= WASHED_PAPER_MIN && measured.contrast < WASHED_CONTRAST_MAX;
    add(Finding::TooBright, washed || white_out);
    findings.sort_unstable();

    let hint = findings.first().map(|finding| hint(*finding, page, found, measured));
    let scores = Scores {
        sharpness: sharpness.clamp(0.0, 1.0),
        glare_share: measured.glare.surrounded,
        mean_luma: measured.mean_luma,
        tilt_deg: found.map_or(0.0, |found| found.quad.tilt_deg()),
        coverage: found.map_or(0.0, |found| (found.quad.area_px() / (picture.0 * picture.1)).clamp(0.0, 1.0)),
    };
    Advice { findings, outline: found.map(|found| found.quad), hint, scores }
}

fn is_card(shape: Shape, told: Option<Kind>) -> bool {
    shape == Shape::Card || (shape == Shape::Any && told == Some(Kind::Card))
}

fn size_mm(shape: Shape, told: Option<Kind>) -> (f32, f32) {
    let usual = if told == Some(Kind::Card) { Shape::Card } else { Shape::A4 };
    shape.size_mm().or(usual.size_mm()).unwrap_or((297.0, 210.0))
}

/// Print and proportions have to agree, since either alone errs on a leaning or unusual paper.
fn is_wrong_shape(expected: Shape, told: Option<Kind>, ratio: f32) -> bool {
    match (expected, told) {
        (Shape::Card, Some(Kind::Sheet)) => ratio < SHEET_RATIO_MAX,
        (Shape::A4 | Shape::A5, Some(Kind::Card)) => ratio > CARD_RATIO_MIN,
        _ => false,
    }
}

fn is_wrong_side(expected: &Expected, measured: &Measured) -> bool {
    let has_portrait = measured.solid_share >= PORTRAIT_SHARE_MIN;
    match (expected.shape, expected.side) {
        (Shape::Card, Some(Side::Front)) => measured.letters < BACK_LETTERS_MAX && !has_portrait,
        (Shape::Card, Some(Side::Back)) => measured.letters >= FRONT_LETTERS_MIN && has_portrait && measured.told == Some(Kind::Card),
        _ => false,
    }
}

/// A camera has to see desk all round. A scanner's page may end where its picture ends, so there only cut print counts.
fn is_cropped(found: &Found, measured: &Measured, expected: &Expected, ratio: Option<f32>) -> bool {
    let print_is_cut = measured.cut.iter().any(|cut| *cut > CUT_LETTERS_MAX);
    // Shorter than its kind should be, and at the border: the rest is outside, even where no print was cut.
    let is_short = expected.shape.size_mm().zip(ratio).is_some_and(|((long, short), seen)| (seen / (long / short) - 1.0).abs() > SHORT_SHARE_MIN);
    match expected.from {
        _ if found.fills => print_is_cut,
        Origin::Camera => found.contact.iter().any(|share| *share > CONTACT_MAX),
        Origin::Scanner => (print_is_cut || is_short) && found.contact.iter().any(|share| *share > SCAN_CONTACT_MIN),
    }
}

/// Pixels a millimetre: over the whole paper, and where it is coarsest.
struct Fineness {
    mean: f32,
    worst_corner: f32,
}

impl Fineness {
    fn of(quad: &Quad, (long, short): (f32, f32), picture: (f32, f32)) -> Self {
        let (w, h) = if quad.true_ratio(picture) >= 1.0 { (long, short) } else { (short, long) };
        let mean = (quad.area_px() / (w * h)).sqrt();
        let Some(projection) = quad.projection_from(w, h) else { return Fineness { mean, worst_corner: mean } };
        // Print keeps a margin, so a tenth in from each corner is where it may be coarsest.
        let at = |u: f32, v: f32| {
            let (x, y) = (w * u, h * v);
            let (here, right, below) = (projection * (x, y), projection * (x + 1.0, y), projection * (x, y + 1.0));
            super::quad::distance(here, right).min(super::quad::distance(here, below))
        };
        let worst_corner = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)].into_iter().map(|(u, v)| at(u, v)).fold(f32::MAX, f32::min);
        Fineness { mean, worst_corner }
    }
}

fn hint(finding: Finding, page: &RgbPage, found: Option<&Found>, measured: &Measured) -> Hint {
    let paper = found.map(|found| found.quad.region(page.width(), page.height()));
    let (region, arrow) = match finding {
        Finding::Glare => (measured.glare.region, None),
        Finding::Shadow => (measured.shade.region, None),
        Finding::Cropped => (paper, found.and_then(|found| way_in(found, measured))),
        Finding::TooDark | Finding::TooBright => (None, None),
        Finding::Blank | Finding::WrongShape | Finding::WrongSide | Finding::TooFar | Finding::Tilted | Finding::Blurred => (paper, None),
    };
    Hint { help: finding.help(), region, arrow }
}

/// Away from the border it touches most; `None` when it is cut on opposite sides and only distance helps.
fn way_in(found: &Found, measured: &Measured) -> Option<(f32, f32)> {
    let cut = |side: usize| found.contact[side] > CONTACT_MAX || (found.fills && measured.cut[side] > CUT_LETTERS_MAX);
    let way = |low: usize, high: usize| f32::from(i8::from(cut(low)) - i8::from(cut(high)));
    let arrow = (way(0, 2), way(1, 3));
    (arrow != (0.0, 0.0)).then_some(arrow)
}
