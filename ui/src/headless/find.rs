//! Finding what a resident can see and touch, by the label that stands on it.
//!
//! Only elements with a working role count: the word inside a button is part of the button.
//! The rule a newcomer would break: a sheet over the page hides the page, so while one is open only its own elements
//! are found.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::{ComponentHandle, LogicalPosition};

/// A working element that is at least partly visible.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The accessible label, which is the visible one in the language of the page.
    pub label: String,
    /// False when the element is drawn as resting.
    pub enabled: bool,
    /// False when a part of it is scrolled or drawn out of sight.
    pub whole: bool,
    /// Left edge of the visible part, in logical pixels of the window.
    pub x: f32,
    /// Upper edge of the visible part, in logical pixels of the window.
    pub y: f32,
    /// Width of the visible part, in logical pixels.
    pub width: f32,
    /// Height of the visible part, in logical pixels.
    pub height: f32,
}

/// A strip thinner than this is not something a finger finds, in logical pixels.
const VISIBLE_LEAST: f32 = 8.0;

impl Place {
    /// The middle of the visible part.
    #[must_use]
    pub fn middle(&self) -> LogicalPosition {
        LogicalPosition::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    fn of(element: &ElementHandle) -> Self {
        let (position, size) = (element.absolute_position(), element.size());
        Self {
            label: element.accessible_label().unwrap_or_default().into(),
            enabled: element.accessible_enabled().unwrap_or(true),
            whole: true,
            x: position.x,
            y: position.y,
            width: size.width,
            height: size.height,
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.width && other.x < self.x + self.width && self.y < other.y + other.height && other.y < self.y + self.height
    }

    fn cut_to(mut self, frame: &Self) -> Self {
        let (right, bottom) = ((self.x + self.width).min(frame.x + frame.width), (self.y + self.height).min(frame.y + frame.height));
        let (width, height) = (self.width, self.height);
        self.x = self.x.max(frame.x);
        self.y = self.y.max(frame.y);
        self.width = right - self.x;
        self.height = bottom - self.y;
        // One pixel is rounding.
        self.whole &= self.width + 1.0 >= width && self.height + 1.0 >= height;
        self
    }
}

/// Every working element that can be seen now, in the order of the page.
pub(super) fn places<C: ComponentHandle + 'static>(component: &C) -> Vec<Place> {
    let window = component.window().size().to_logical(component.window().scale_factor());
    let glass = Place { label: String::new(), enabled: true, whole: true, x: 0.0, y: 0.0, width: window.width, height: window.height };
    let views: Vec<Place> = ElementHandle::find_by_element_id(component, "ScrollArea::view").map(|view| Place::of(&view)).collect();
    buttons(component)
        .iter()
        .map(Place::of)
        .filter(|place| place.overlaps(&glass))
        .map(|place| place.cut_to(&glass))
        .map(|place| match views.iter().find(|view| view.overlaps(&place)) {
            Some(view) => place.cut_to(view),
            None => place,
        })
        .filter(|place| place.width >= VISIBLE_LEAST && place.height >= VISIBLE_LEAST)
        .collect()
}

/// True while touches are swallowed because the page has just changed.
pub(super) fn guarded<C: ComponentHandle + 'static>(component: &C) -> bool {
    ElementHandle::find_by_element_id(component, "AppWindow::shield").next().is_some()
}

/// The texts that do not fit their place, of those that are in sight.
pub(super) fn clipped_texts<C: ComponentHandle + 'static>(component: &C) -> Vec<String> {
    ElementQuery::from_root(component)
        .match_predicate(|element| element.accessible_id().as_deref() == Some("clipped"))
        .find_all()
        .iter()
        .map(|element| element.accessible_label().unwrap_or_default().into())
        .collect()
}

fn buttons<C: ComponentHandle + 'static>(component: &C) -> Vec<ElementHandle> {
    let sheets = ElementQuery::from_root(component).match_inherits("Sheet").find_all();
    let within = match sheets.last() {
        Some(sheet) => sheet.query_descendants(),
        None => ElementQuery::from_root(component),
    };
    within.match_accessible_role(AccessibleRole::Button).find_all()
}
