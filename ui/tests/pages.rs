//! Every page, in every language and shape: each working element says what it is, is large enough for a finger and
//! lies on the glass, and no text is cut off.

mod common;

use std::collections::HashSet;
use std::error::Error;
use std::time::Duration;

use common::{DESK, LANDSCAPE, Look, PAGES, PLAIN, PORTRAIT, open};
use ui::AppWindow;
use ui::headless::{Clock, Headless};

type Outcome = Result<(), Box<dyn Error>>;

/// Smallest side of what a finger must hit, in pixels of the 1080×1920 reference, less one for rounding.
const TOUCH_LEAST: f32 = 95.0;
/// Screens that a page may be long before something is wrong with it.
const SCREENS_MAX: usize = 12;

fn check_pages(look: &Look) -> Outcome {
    let headless = Headless::install(Clock::Hand, look.size)?;
    for (name, kind, set) in PAGES {
        let app = open(&headless, look, *kind, *set)?;
        let mut seen = HashSet::new();
        for _ in 0..SCREENS_MAX {
            check_screen(&headless, &app, name, look)?;
            seen.extend(headless.labels(&app));
            if !scroll_on(&headless, &app, look)? {
                break;
            }
        }
        assert!(!seen.is_empty(), "{name}: nothing to touch");
    }
    Ok(())
}

fn check_screen(headless: &Headless, app: &AppWindow, name: &str, look: &Look) -> Outcome {
    let clipped = headless.clipped_texts(app);
    assert!(clipped.is_empty(), "{name} in {} at text step {}: cut off {clipped:?}", look.language, look.text_step);
    let unit = if look.size.width > look.size.height { 1.0 } else { look.size.width as f32 / 1080.0 };
    let mut labels = HashSet::new();
    for place in headless.places(app) {
        assert!(!place.label.trim().is_empty(), "{name}: an element without a label at {},{}", place.x, place.y);
        assert!(labels.insert(place.label.clone()), "{name}: two elements are labelled {:?}", place.label);
        if place.whole {
            let least = place.width.min(place.height);
            assert!(least >= TOUCH_LEAST * unit, "{name}: {:?} is only {least} px", place.label);
        }
    }
    Ok(())
}

/// Presses the button that scrolls down; false when there is none or the page ends here.
fn scroll_on(headless: &Headless, app: &AppWindow, look: &Look) -> Result<bool, Box<dyn Error>> {
    let down = match look.language {
        "en" => "Down",
        "jv" => "Mudhun",
        "mad" => "Ka bâbâ",
        _ => "Ke bawah",
    };
    if headless.find(app, down).is_err() {
        return Ok(false);
    }
    headless.touch_label(app, down)?;
    headless.advance(Duration::from_millis(400));
    Ok(true)
}

#[test]
fn pages_are_whole_in_indonesian() -> Outcome {
    check_pages(&PLAIN)
}

#[test]
fn pages_are_whole_in_indonesian_at_the_largest_text() -> Outcome {
    check_pages(&Look { text_step: 3, ..PLAIN })
}

#[test]
fn pages_are_whole_in_javanese_at_the_largest_text() -> Outcome {
    check_pages(&Look { language: "jv", text_step: 3, ..PLAIN })
}

#[test]
fn pages_are_whole_in_madurese_at_the_largest_text() -> Outcome {
    check_pages(&Look { language: "mad", text_step: 3, ..PLAIN })
}

#[test]
fn pages_are_whole_in_english_at_the_largest_text() -> Outcome {
    check_pages(&Look { language: "en", text_step: 3, ..PLAIN })
}

#[test]
fn pages_are_whole_in_low_reach() -> Outcome {
    check_pages(&Look { low_reach: true, text_step: 3, ..PLAIN })
}

#[test]
fn pages_are_whole_in_landscape() -> Outcome {
    check_pages(&Look { size: LANDSCAPE, ..PLAIN })
}

#[test]
fn pages_are_whole_in_landscape_at_the_largest_text() -> Outcome {
    check_pages(&Look { size: LANDSCAPE, text_step: 3, ..PLAIN })
}

#[test]
fn pages_are_whole_in_high_contrast_on_a_desk() -> Outcome {
    check_pages(&Look { size: DESK, high_contrast: true, ..PLAIN })
}

#[test]
fn a_text_too_long_for_its_place_is_noticed() -> Outcome {
    let headless = Headless::install(Clock::Hand, PORTRAIT)?;
    let app = open(&headless, &PLAIN, ui::PageKind::Choice, |resident| {
        resident.set_primary_label("Kirim permohonan yang sangat panjang ini ".repeat(8).into());
    })?;
    assert!(!headless.clipped_texts(&app).is_empty());
    Ok(())
}
