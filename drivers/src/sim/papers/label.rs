//! Can an officer read it? The label of a drawn picture, by rule from how it was made, never by looking at its pixels.
//!
//! The rule, for each word that has to be read (see [`Grade`] for the figures): the letters are large enough in pixels, blur
//! and movement are short against their height, ink differs enough from paper and from noise, the paper is not black, the
//! word is inside the picture. A picture is readable when hardly a word fails, unreadable when one word in fifty is lost;
//! between lies what people argue about, and that is counted neither as a refusal nor as a miss.
//!
//! Beside the words: two hundredths of a side outside the picture make a paper unreadable (nobody can tell what stood there),
//! and so do an empty desk, the wrong paper, the wrong side, and a turn by which nobody can tell which side is up.
//!
//! The rule a newcomer would break: limits here are about people and stand still; the coach's thresholds follow them.

use super::canvas::Word;
use super::harm::LENS_SIGMA_PX;
use super::scene::Scene;

/// Can an officer read it?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    Readable,
    /// People would argue.
    Doubtful,
    Unreadable,
}

/// A figure with the value up to which it is good, and from which on a word is lost.
struct Grade {
    good: f32,
    lost: f32,
}

/// Height of small letters in pixels, where they are foreshortened most. Reading charts of document scanning ask for five
/// to six pixels.
const LETTER_PX: Grade = Grade { good: 5.5, lost: 4.2 };
/// Deviation of the blur by letter height. At a sixth, a fifth of the contrast of strokes is left; at 0.28 nothing.
const BLUR: Grade = Grade { good: 0.165, lost: 0.28 };
/// Length of the movement by letter height.
const MOTION: Grade = Grade { good: 0.45, lost: 1.1 };
/// Levels between ink and paper, of 255.
const CONTRAST: Grade = Grade { good: 70.0, lost: 30.0 };
/// Deviation of the noise by that contrast.
const NOISE: Grade = Grade { good: 0.16, lost: 0.5 };
/// Brightness of the paper, of 255.
const PAPER: Grade = Grade { good: 92.0, lost: 52.0 };
/// Part of a side outside the picture.
const OUTSIDE: Grade = Grade { good: 0.002, lost: 0.018 };
/// Turn in degrees.
const TURN: Grade = Grade { good: 31.0, lost: 42.0 };
/// Share of the words, by area.
const LOST_SHARE: Grade = Grade { good: 0.002, lost: 0.02 };
const DOUBTFUL_SHARE_MAX: f32 = 0.02;

impl Grade {
    /// More is worse, or less is worse when `lost` is below `good`.
    fn of(&self, value: f32) -> Label {
        let worse_is_more = self.lost > self.good;
        match () {
            () if (value <= self.good) == worse_is_more || value == self.good => Label::Readable,
            () if (value < self.lost) == worse_is_more => Label::Doubtful,
            () => Label::Unreadable,
        }
    }
}

/// The label of a scene with the right side of the right paper.
pub(super) fn label(scene: &Scene<'_>) -> Label {
    let (Some(paper), Some(corners)) = (scene.paper, scene.corners()) else { return Label::Unreadable };
    let (mut all, mut lost, mut doubtful) = (0.0, 0.0, 0.0);
    for word in &paper.words {
        let weight = word.area.width * word.area.height;
        all += weight;
        match word_label(scene, word) {
            Label::Readable => {}
            Label::Doubtful => doubtful += weight,
            Label::Unreadable => lost += weight,
        }
    }
    if all == 0.0 {
        return Label::Unreadable;
    }
    let by_words = match LOST_SHARE.of(lost / all) {
        Label::Readable if doubtful / all > DOUBTFUL_SHARE_MAX => Label::Doubtful,
        label => label,
    };
    by_words.max(OUTSIDE.of(outside_share(corners, scene.view))).max(TURN.of(scene.pose.turn_deg.abs()))
}

/// How deep a corner lies outside, in shares of the paper's short side.
fn outside_share(corners: [(f32, f32); 4], view: (u32, u32)) -> f32 {
    let side = |i: usize| (corners[i].0 - corners[(i + 1) % 4].0).hypot(corners[i].1 - corners[(i + 1) % 4].1);
    let short = (0..4).map(side).fold(f32::MAX, f32::min);
    let deep = |(x, y): &(f32, f32)| (-x).max(-y).max(x - view.0 as f32).max(y - view.1 as f32).max(0.0);
    corners.iter().map(deep).fold(0.0, f32::max) / short
}

fn word_label(scene: &Scene<'_>, word: &Word) -> Label {
    let area = word.area;
    [0.1, 0.5, 0.9]
        .map(|share| point_label(scene, word, (area.left + area.width * share, area.top + area.height * 0.5)))
        .into_iter()
        .max()
        .unwrap_or(Label::Unreadable)
}

fn point_label(scene: &Scene<'_>, word: &Word, (x, y): (f32, f32)) -> Label {
    let Some(projection) = scene.projection() else { return Label::Unreadable };
    let (here, right, below) = (projection * (x, y), projection * (x + 0.5, y), projection * (x, y + 0.5));
    let px_per_mm = (right.0 - here.0).hypot(right.1 - here.1).min((below.0 - here.0).hypot(below.1 - here.1)) * 2.0;
    let (width, height) = (scene.view.0 as f32, scene.view.1 as f32);
    if !(0.0..width).contains(&here.0) || !(0.0..height).contains(&here.1) {
        return Label::Unreadable;
    }
    let (share_x, share_y) = (here.0 / width, here.1 / height);
    let harm = &scene.harm;
    let lit = scene.lamp().light(share_x, share_y) * harm.shade(share_x, share_y);
    let seen = |luma: f32| harm.exposed(luma * lit + harm.shine(share_x, share_y));
    let (paper, contrast) = (seen(word.paper_luma), (seen(word.paper_luma) - seen(word.ink_luma)).abs());
    let letter_px = word.x_height_mm * px_per_mm;
    [
        LETTER_PX.of(letter_px),
        BLUR.of(LENS_SIGMA_PX.hypot(harm.blur_sigma_px) / letter_px),
        MOTION.of(harm.motion.0 / letter_px),
        CONTRAST.of(contrast),
        NOISE.of(harm.noise / contrast.max(0.1)),
        PAPER.of(paper),
    ]
    .into_iter()
    .max()
    .unwrap_or(Label::Unreadable)
}
