//! Taste that can be checked in the sources: translations are complete, files are short, colours are legible, words are
//! kind, and nothing imports what it must not know.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const LINES_MAX: usize = 250;
/// Contrast of every text on its ground, as WCAG 2.2 defines it.
const CONTRAST_LEAST: f64 = 10.0;
const LANGUAGES: [&str; 3] = ["en", "jv", "mad"];
const UNKIND: [&str; 3] = ["gagal", "invalid", "error"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `.slint` file, by its path from the crate.
fn slint_files() -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the crate's own folder is readable") {
            let path = entry.expect("the crate's own folder is readable").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "slint") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(root(), &mut found);
    let name = |path: &Path| path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned();
    found.iter().map(|path| (name(path), fs::read_to_string(path).expect("a source is text"))).collect()
}

/// The quoted strings that stand right after `before`.
fn quoted_after<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.strip_prefix('"')?.split_once('"').map(|(inside, _)| inside))
}

fn translations(language: &str) -> BTreeMap<String, String> {
    let path = root().join("lang").join(language).join("LC_MESSAGES/ui.po");
    let text = fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
    let ids = quoted_after(&text, "\nmsgid ").map(str::to_owned);
    ids.zip(quoted_after(&text, "\nmsgstr ").map(str::to_owned)).filter(|(id, _)| !id.is_empty()).collect()
}

#[test]
fn every_word_on_a_button_is_translated() {
    let files = slint_files();
    let said: Vec<(&String, &str)> = files.iter().flat_map(|(name, text)| quoted_after(text, "@tr(").map(move |id| (name, id))).collect();
    assert!(said.len() > 50, "the search found only {} texts", said.len());
    for language in LANGUAGES {
        let known = translations(language);
        for (name, id) in &said {
            let word = known.get(*id).unwrap_or_else(|| panic!("{language}: {id:?} of {name} is not in the catalogue"));
            assert!(!word.is_empty(), "{language}: {id:?} has no words");
            assert_eq!(word.matches("{}").count(), id.matches("{}").count(), "{language}: places in {word:?}");
        }
        for id in known.keys() {
            assert!(said.iter().any(|(_, said)| said == id), "{language}: nobody says {id:?} any more");
        }
    }
}

#[test]
fn every_icon_has_a_file_and_every_file_is_drawn() {
    let table = fs::read_to_string(root().join("components/icon.slint")).expect("the table is a file of this crate");
    let named: Vec<&str> = quoted_after(&table, "root.name == ").collect();
    let everything: String = slint_files().into_values().collect();
    let files = fs::read_dir(root().join("icons")).expect("the icons are a folder of this crate");
    let drawn: Vec<String> = files.map(|file| file.expect("a folder can be read").file_name().to_string_lossy().trim_end_matches(".svg").to_owned()).collect();
    assert!(drawn.len() > 50, "the search found only {} icons", drawn.len());
    for name in &named {
        assert!(table.contains(&format!("\"{name}\" ? @image-url(\"../icons/{name}.svg\")")), "{name} shows another picture");
    }
    for file in &drawn {
        assert!(named.contains(&file.as_str()) || everything.contains(&format!("icons/{file}.svg")), "nothing shows {file}.svg");
    }
}

#[test]
fn a_slint_file_is_short_enough_to_read() {
    for (name, text) in slint_files() {
        assert!(text.lines().count() <= LINES_MAX, "{name} has {} lines", text.lines().count());
    }
}

#[test]
fn no_text_blames_or_speaks_machine() {
    for (name, text) in slint_files() {
        for spoken in text.split('"').skip(1).step_by(2) {
            let lower = spoken.to_lowercase();
            assert!(!UNKIND.iter().any(|word| lower.contains(word)), "{name} says {spoken:?}");
        }
    }
    for language in LANGUAGES {
        for (id, word) in translations(language) {
            let lower = word.to_lowercase();
            assert!(!UNKIND.iter().any(|unkind| lower.contains(unkind)), "{language} says {word:?} for {id:?}");
        }
    }
}

#[test]
fn components_know_only_the_theme_and_pages_only_their_own_global() {
    for (name, text) in slint_files() {
        let imports: Vec<&str> = quoted_after(&text, "from ").collect();
        let knows = |part: &str| imports.iter().any(|path| path.contains(part));
        if name.starts_with("components/") {
            assert!(!knows("state/") && !knows("pages/"), "{name} imports {imports:?}");
        }
        if name.starts_with("theme/") {
            assert!(imports.iter().all(|path| !path.contains('/')), "{name} imports {imports:?}");
        }
        if name.starts_with("pages/resident/") {
            assert!(imports.iter().all(|path| !path.contains("state/") || path.ends_with("state/resident.slint")));
        }
        assert!(!knows("std-widgets"), "{name} imports {imports:?}");
    }
}

#[test]
fn every_text_is_legible_on_its_ground() {
    let palette = fs::read_to_string(root().join("theme/palette.slint")).expect("the palette is a file of this crate");
    let pairs: Vec<(&str, &str)> = palette
        .split("{ ground: ")
        .skip(1)
        .filter_map(|rest| {
            let (ground, rest) = rest.split_once(", text: ")?;
            Some((ground, rest.split_once(',')?.0))
        })
        .collect();
    assert!(pairs.len() >= 20, "only {} pairs found", pairs.len());
    for (ground, text) in pairs {
        let contrast = contrast(luminance(ground), luminance(text));
        assert!(contrast >= CONTRAST_LEAST, "{text} on {ground} has {contrast:.1}");
    }
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance of `#rrggbb` (WCAG 2.2, definition of relative luminance).
fn luminance(colour: &str) -> f64 {
    let channel = |from: usize| {
        let value = u8::from_str_radix(&colour[from..from + 2], 16).expect("the palette is written as #rrggbb");
        let share = f64::from(value) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
