//! The guide box: the square on the screen into which a resident holds the code.
//!
//! Its size comes from measuring, not from taste; the table stands at [`GUIDE_BOX_CODE_SIDE_PX_MIN`].

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// From the left edge.
    pub left: u32,
    /// From the upper edge.
    pub top: u32,
    /// To the right.
    pub width: u32,
    /// Downwards.
    pub height: u32,
}

impl Region {
    /// What of the region lies in a picture of this size; `None` when nothing does.
    pub fn clipped(self, width: u32, height: u32) -> Option<Region> {
        let right = self.left.saturating_add(self.width).min(width);
        let bottom = self.top.saturating_add(self.height).min(height);
        let inside = self.left < right && self.top < bottom;
        inside.then(|| Region { left: self.left, top: self.top, width: right - self.left, height: bottom - self.top })
    }
}

/// Smallest side of our slip's code in the view, with its quiet zone, at which 99 % of pictures are read, in pixels.
pub const GUIDE_BOX_CODE_SIDE_PX_MIN: u32 = 160;

/// Side of the guide box as a share of the view's height: 324 pixels of 720. A code that fills half of the box still has the
/// smallest side, and one that fills all of it is sharp at arm's length.
pub const GUIDE_BOX_SHARE_OF_HEIGHT: f64 = 0.45;

/// Searched around the box, as a share of its side: nobody aims better than this.
const AROUND_BOX_SHARE: f64 = 0.15;

/// The guide box in a view of this size: a square in the middle.
pub fn guide_box(width: u32, height: u32) -> Region {
    let side = ((f64::from(height) * GUIDE_BOX_SHARE_OF_HEIGHT).round() as u32).clamp(1, width.max(1));
    Region { left: width.saturating_sub(side) / 2, top: height.saturating_sub(side) / 2, width: side, height: side }
}

/// The part of the view that is searched first when a resident was asked to aim.
pub(super) fn aimed_at(width: u32, height: u32) -> Region {
    let guide = guide_box(width, height);
    let around = (f64::from(guide.width) * AROUND_BOX_SHARE) as u32;
    Region {
        left: guide.left.saturating_sub(around),
        top: guide.top.saturating_sub(around),
        width: guide.width + 2 * around,
        height: guide.height + 2 * around,
    }
}
