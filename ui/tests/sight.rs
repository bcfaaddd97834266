//! What must be in sight without scrolling: the commonest events, the search, the keys beside what they find.
//!
//! Other tests ask whether a page can be used at all; these ask whether an impatient or frail hand finds it at once.

mod common;

use std::error::Error;

use common::{LANDSCAPE, Look, PAGES, PLAIN, PORTRAIT, open};
use slint::{ComponentHandle, Model};
use ui::headless::{Clock, Headless, Place};
use ui::{AppWindow, PageKind, Resident};

type Outcome = Result<(), Box<dyn Error>>;

const LARGEST: i32 = 3;

fn headless() -> Headless {
    Headless::install(Clock::Hand, PORTRAIT).expect("nextest gives each test its own process")
}

/// The elements of `wanted` that lie on the glass with nothing cut off.
fn whole(headless: &Headless, app: &AppWindow, wanted: &[String]) -> Vec<Place> {
    headless.places(app).into_iter().filter(|place| place.whole && wanted.contains(&place.label)).collect()
}

fn events(app: &AppWindow) -> Vec<String> {
    app.global::<Resident>().get_home().events.iter().map(|event| event.label.into()).collect()
}

fn answers(app: &AppWindow) -> Vec<String> {
    app.global::<Resident>().get_pick().cards.iter().map(|card| card.label.into()).collect()
}

fn keys() -> Vec<String> {
    "QWERTYUIOPASDFGHJKLZXCVBNM".chars().map(String::from).chain(["Spasi".to_owned(), "Hapus".to_owned()]).collect()
}

#[test]
fn six_events_the_search_and_following_up_are_in_sight_on_the_home_page() -> Outcome {
    let headless = headless();
    for look in [PLAIN, Look { high_contrast: true, ..PLAIN }, Look { size: LANDSCAPE, ..PLAIN }] {
        let app = open(&headless, &look, PageKind::Home, |_| {})?;
        let all = events(&app);
        assert!(all.len() > 6, "the preview has only {} events", all.len());
        let seen = whole(&headless, &app, &all[..6]);
        assert_eq!(seen.len(), 6, "at {:?} only {seen:?}", look.size);
        let ways: Vec<String> = ["Cari: ketik keperluan Anda", "Lacak permohonan", "Semua layanan"].map(str::to_owned).into();
        assert_eq!(whole(&headless, &app, &ways).len(), 3, "at {:?}", look.size);
    }
    Ok(())
}

#[test]
fn the_search_is_in_sight_however_large_the_text_and_low_the_page() -> Outcome {
    let headless = headless();
    for size in [PORTRAIT, LANDSCAPE] {
        for low_reach in [false, true] {
            let app = open(&headless, &Look { text_step: LARGEST, low_reach, size, ..PLAIN }, PageKind::Home, |_| {})?;
            for label in ["Cari: ketik keperluan Anda", "Lacak permohonan"] {
                assert!(headless.find(&app, label)?.whole, "{label:?} at {size:?}, low {low_reach}");
            }
        }
    }
    Ok(())
}

#[test]
fn three_cards_stand_over_the_keys_at_the_largest_text() -> Outcome {
    let headless = headless();
    for language in ["id", "en", "jv"] {
        let look = Look { language, text_step: LARGEST, ..PLAIN };
        let app = open(&headless, &look, PageKind::Pick, |_| {})?;
        let seen = whole(&headless, &app, &answers(&app));
        assert!(seen.len() >= 3, "in {language} only {seen:?}");
    }
    Ok(())
}

#[test]
fn every_letter_is_in_sight_on_a_page_with_answers() -> Outcome {
    let headless = headless();
    for size in [PORTRAIT, LANDSCAPE] {
        for low_reach in [false, true] {
            for text_step in [1, LARGEST] {
                for (name, kind, set) in PAGES.iter().filter(|(_, kind, _)| *kind == PageKind::Pick) {
                    let app = open(&headless, &Look { text_step, low_reach, size, ..PLAIN }, *kind, *set)?;
                    let seen = whole(&headless, &app, &keys());
                    assert_eq!(seen.len(), keys().len(), "{name} at {size:?}, text step {text_step}, low {low_reach}: {seen:?}");
                    let cards = answers(&app);
                    assert!(cards.is_empty() || !whole(&headless, &app, &cards).is_empty(), "{name}: no answer is in sight");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn an_icon_nobody_drew_leaves_its_place_empty() -> Outcome {
    let headless = headless();
    let drawn = |icon: &'static str| -> Result<Vec<u8>, Box<dyn Error>> {
        let app = open(&headless, &PLAIN, PageKind::Choice, |_| {})?;
        let resident = app.global::<Resident>();
        let mut page = resident.get_choice();
        let cards: Vec<_> = page.cards.iter().map(|card| ui::Card { icon: icon.into(), ..card }).collect();
        page.cards = cards.as_slice().into();
        resident.set_choice(page);
        Ok(headless.screenshot(&app)?.as_bytes().to_vec())
    };
    let nothing = drawn("nobody drew this")?;
    assert_eq!(nothing, drawn("nor this one")?);
    assert_ne!(nothing, drawn("ktp")?);
    Ok(())
}
