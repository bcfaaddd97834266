//! Labels that do not fit: every text of the catalogue in every language of the city, laid into the box it stands in, at the
//! largest text size. Words wrap, so the longest word must fit a line, and the lines must not be more than the box has.
//!
//! Neither the screen nor the printer decides here; the boxes are in [`boxes`], the widths in [`fonts`], the texts in `labels.rs`.
//! The rule a newcomer would break: a box is never made larger to silence a finding. The words are made shorter.

pub mod boxes;
pub mod fonts;
mod labels;
mod places;

use std::collections::BTreeSet;

use catalogue::{Bundle, Catalogue, Language, Problem};
use unicode_linebreak::linebreaks;

use boxes::LabelBox;
use fonts::Fonts;
use labels::{Label, Room};
use places::Places;

/// Looks at every label of a loaded catalogue. Findings stand in file order, each with what to do.
pub fn check(catalogue: &Catalogue, bundle: &Bundle, fonts: &Fonts) -> Vec<Problem> {
    let places = Places::of(catalogue, bundle);
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for label in labels::all(catalogue) {
        for language in &catalogue.city.languages {
            let words = label.text.get(*language);
            // The same words in the same room are found once, where they stand first.
            if !seen.insert((label.room.name(), words.to_owned())) {
                continue;
            }
            if let Some(too_long) = too_long(words, &label.room, fonts) {
                let (file, line) = places.of_label(&label, *language);
                problems.push(Problem { file, line, message: message(&label, *language, words, &too_long) });
            }
        }
    }
    problems.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    problems
}

/// How a text does not fit.
#[derive(Debug, PartialEq)]
enum TooLong {
    /// A word without a place to break, and the width it has and may have, in pixels.
    Word { word: String, width: f32, room: f32 },
    /// Lines it takes, lines there are, and letters beyond the last of them.
    Lines { takes: usize, has: usize, letters: usize },
    /// A word longer than a line of paper, in letters.
    PaperWord { word: String, letters: usize, room: usize },
    /// Signs that no font can draw.
    Signs { signs: Vec<char>, package: Option<&'static str> },
}

fn too_long(words: &str, room: &Room, fonts: &Fonts) -> Option<TooLong> {
    match room {
        Room::Screen(label_box) => too_long_on_screen(words, label_box, fonts),
        Room::Paper { letters_max, .. } => words
            .split_whitespace()
            .map(|word| (word, word.chars().count()))
            .find(|(_, letters)| letters > letters_max)
            .map(|(word, letters)| TooLong::PaperWord { word: word.to_owned(), letters, room: *letters_max }),
    }
}

fn too_long_on_screen(words: &str, label_box: &LabelBox, fonts: &Fonts) -> Option<TooLong> {
    let signs = fonts.missing(words, label_box.weight);
    if !signs.is_empty() {
        return Some(TooLong::Signs { signs, package: fonts.package_for_more() });
    }
    let width = |part: &str| fonts.width(part, label_box.size, label_box.weight);
    let mut lines = 1;
    let mut at = 0.0;
    let mut letters_beyond = 0;
    let mut from = 0;
    for (to, _) in linebreaks(words) {
        let part = &words[from..to];
        from = to;
        // A space at the end of a line takes no room.
        let word = width(part.trim_end());
        if word > label_box.width {
            return Some(TooLong::Word { word: part.trim_end().to_owned(), width: word, room: label_box.width });
        }
        if at + word > label_box.width {
            lines += 1;
            at = 0.0;
        }
        at += width(part);
        if lines > label_box.lines_max {
            letters_beyond += part.chars().count();
        }
    }
    (lines > label_box.lines_max).then_some(TooLong::Lines { takes: lines, has: label_box.lines_max, letters: letters_beyond })
}

fn message(label: &Label<'_>, language: Language, words: &str, too_long: &TooLong) -> String {
    let what = match too_long {
        TooLong::Word { word, width, room } => format!("“{word}” alone is {width:.0} px wide, a line has {room:.0}: use shorter words"),
        TooLong::Lines { takes, has, letters } => format!("it takes {takes} lines, there are {has}: shorten it by about {letters} letters"),
        TooLong::PaperWord { word, letters, room } => format!("“{word}” has {letters} letters, a line of paper has {room}: use shorter words"),
        TooLong::Signs { signs, package: None } => format!("no font of the kiosk can draw {signs:?}: write it otherwise"),
        TooLong::Signs { signs, package: Some(package) } => format!("Inter cannot draw {signs:?}: write it otherwise, or run apt install {package}"),
    };
    format!("“{words}” ({}, {} of `{}`) does not fit: {what}", language.code(), label.room.name(), label.of)
}
