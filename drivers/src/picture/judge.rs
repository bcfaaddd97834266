//! The four plainest findings of the scan coach, for callers that know nothing of the paper they wait for.
//!
//! It measures nothing by itself. The rule a newcomer would break: new callers ask [`crate::coach::examine`], which says what
//! was expected; this stays only as long as somebody calls it.

use super::{Luma, RgbPage};
use crate::coach::{self, Expected, Origin};

/// One thing that is wrong with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    TooDark,
    TooBright,
    Blurred,
    Blank,
}

/// What the page looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// See [`coach::Scores::sharpness`].
    pub sharpness: f32,
    /// Average brightness, 0 to 255.
    pub mean_luma: f32,
    /// In the order of [`Finding`]; empty for a good page.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Nothing to complain about.
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Judges one page or preview frame.
pub fn judge(luma: &Luma) -> Verdict {
    let pixels = luma.pixels().iter().flat_map(|value| [*value; 3]).collect();
    let page = RgbPage::new(luma.width(), luma.height(), pixels).expect("three bytes for each of the picture's own pixels");
    let advice = coach::examine(&page, &Expected::any(Origin::Scanner));
    let mut findings: Vec<Finding> = advice.findings.iter().filter_map(|finding| plain(*finding)).collect();
    findings.sort_unstable();
    Verdict { sharpness: advice.scores.sharpness, mean_luma: advice.scores.mean_luma, findings }
}

fn plain(finding: coach::Finding) -> Option<Finding> {
    match finding {
        coach::Finding::TooDark => Some(Finding::TooDark),
        coach::Finding::TooBright => Some(Finding::TooBright),
        coach::Finding::Blurred => Some(Finding::Blurred),
        coach::Finding::Blank => Some(Finding::Blank),
        coach::Finding::WrongShape
        | coach::Finding::WrongSide
        | coach::Finding::Cropped
        | coach::Finding::TooFar
        | coach::Finding::Tilted
        | coach::Finding::Glare
        | coach::Finding::Shadow => None,
    }
}
