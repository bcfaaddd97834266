//! Touching the glass: pointer events at a place, or at the middle of what carries a label.
//!
//! The rule a newcomer would break: a touch never scrolls and never waits for a label to come; what is not on the
//! glass now is an error that says what is.

use std::time::Duration;

use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, PlatformError};

use super::{Headless, Place, find};

/// How long a finger stays down, so that pressed looks and flick detection see a real press.
const PRESS: Duration = Duration::from_millis(48);
/// Longest wait for a page that swallows touches because it has just come.
const GUARD_LIMIT: Duration = Duration::from_secs(2);
/// Presses of the button that scrolls down, before a label is said not to be on the page.
const SCROLLS_MAX: usize = 20;

/// Something could not be touched.
#[derive(Debug, thiserror::Error)]
pub enum TouchError {
    /// No visible working element carries the label.
    #[error("nothing on the page is labelled {label:?}; there are {there:?}")]
    NotThere {
        /// The label looked for.
        label: String,
        /// The labels that are on the page.
        there: Vec<String>,
    },
    /// It is there, and it does not work now.
    #[error("{label:?} is on the page and cannot be used now; there are {there:?}")]
    Disabled {
        /// The label looked for.
        label: String,
        /// The labels that are on the page.
        there: Vec<String>,
    },
    /// More than one element carries the label, so a touch would be a guess.
    #[error("{count} elements on the page are labelled {label:?}")]
    Ambiguous {
        /// The label looked for.
        label: String,
        /// How many carry it.
        count: usize,
    },
    /// The page swallows touches for longer than a page may.
    #[error("the page takes no touch, {limit:?} after it came")]
    Guarded {
        /// How long was waited.
        limit: Duration,
    },
    /// The window refused the pointer event.
    #[error("the window took no pointer event")]
    Window(#[source] PlatformError),
}

impl Headless {
    /// Presses and releases at a place, in logical pixels of the window.
    ///
    /// # Errors
    ///
    /// [`TouchError::Window`] when the window takes no events.
    pub fn touch(&self, component: &impl ComponentHandle, x: f32, y: f32) -> Result<(), TouchError> {
        let position = LogicalPosition::new(x, y);
        let button = PointerEventButton::Left;
        let send = |event| component.window().dispatch_event_with_result(event).map_err(TouchError::Window);
        send(WindowEvent::PointerMoved { position })?;
        send(WindowEvent::PointerPressed { position, button })?;
        self.advance(PRESS);
        send(WindowEvent::PointerReleased { position, button })?;
        send(WindowEvent::PointerExited)?;
        self.step();
        Ok(())
    }

    /// Every working element that can be seen now, in the order of the page.
    pub fn places<C: ComponentHandle + 'static>(&self, component: &C) -> Vec<Place> {
        self.step();
        find::places(component)
    }

    /// The labels of [`Headless::places`].
    pub fn labels<C: ComponentHandle + 'static>(&self, component: &C) -> Vec<String> {
        self.places(component).into_iter().map(|place| place.label).collect()
    }

    /// The texts in sight that do not fit their place; a page that shows one is not finished.
    pub fn clipped_texts<C: ComponentHandle + 'static>(&self, component: &C) -> Vec<String> {
        self.step();
        find::clipped_texts(component)
    }

    /// Where the working element with this label is.
    ///
    /// # Errors
    ///
    /// [`TouchError::NotThere`], [`TouchError::Disabled`] or [`TouchError::Ambiguous`]; the first two list what is there.
    pub fn find<C: ComponentHandle + 'static>(&self, component: &C, label: &str) -> Result<Place, TouchError> {
        let places = self.places(component);
        let mut found: Vec<Place> = places.iter().filter(|place| place.label == label).cloned().collect();
        let there = || places.iter().map(|place| place.label.clone()).collect();
        match found.len() {
            0 => Err(TouchError::NotThere { label: label.into(), there: there() }),
            1 if found[0].enabled => Ok(found.remove(0)),
            1 => Err(TouchError::Disabled { label: label.into(), there: there() }),
            count => Err(TouchError::Ambiguous { label: label.into(), count }),
        }
    }

    /// Touches the working element with this label, once the page takes touches.
    ///
    /// # Errors
    ///
    /// As [`Headless::find`], and [`TouchError::Guarded`] when the page keeps swallowing touches.
    pub fn touch_label<C: ComponentHandle + 'static>(&self, component: &C, label: &str) -> Result<(), TouchError> {
        self.run_until(GUARD_LIMIT, || !find::guarded(component)).map_err(|late| TouchError::Guarded { limit: late.limit })?;
        let middle = self.find(component, label)?.middle();
        self.touch(component, middle.x, middle.y)
    }

    /// Presses `down_label`, the button that scrolls down, until the label is on the glass, and then touches it.
    ///
    /// # Errors
    ///
    /// As [`Headless::touch_label`]; the labels listed are those of the lowest place reached.
    pub fn scroll_and_touch_label<C: ComponentHandle + 'static>(&self, component: &C, down_label: &str, label: &str) -> Result<(), TouchError> {
        for _ in 0..SCROLLS_MAX {
            match self.touch_label(component, label) {
                Err(TouchError::NotThere { .. }) if self.find(component, down_label).is_ok() => {
                    self.touch_label(component, down_label)?;
                    self.advance(GUARD_LIMIT / 4);
                }
                outcome => return outcome,
            }
        }
        self.touch_label(component, label)
    }
}
