//! A small catalogue: three services of its own over the shipped shared files, one language, the regions of one city.

use catalogue::{Bundle, Catalogue, LoadError, Problem};

use crate::BUNDLE;

/// The service that has everything a service can have, and its neighbours.
pub const ONE: &str = "services/uji-satu.toml";
pub const TWO: &str = "services/uji-dua.toml";
pub const THREE: &str = "services/uji-tiga.toml";

/// The small catalogue as it is when nothing is wrong.
pub fn bundle() -> Bundle {
    let shared = BUNDLE.files.iter().filter(|(name, _)| !["services/", "examples/", "lang/"].iter().any(|folder| name.starts_with(folder)));
    let mut files: std::collections::BTreeMap<String, String> = shared.map(|(name, text)| (name.clone(), text.clone())).collect();
    for (name, text) in [
        ("index.toml", include_str!("small/index.toml")),
        (ONE, include_str!("small/uji-satu.toml")),
        (TWO, include_str!("small/uji-dua.toml")),
        (THREE, include_str!("small/uji-tiga.toml")),
        ("examples/uji-satu.toml", include_str!("small/uji-satu.contoh.toml")),
        ("examples/uji-dua.toml", include_str!("small/uji-dua.contoh.toml")),
        ("examples/uji-tiga.toml", include_str!("small/uji-tiga.contoh.toml")),
    ] {
        files.insert(name.to_owned(), text.to_owned());
    }
    let cities = files.get_mut("codes/kecamatan.csv").expect("the region table is shipped");
    *cities = cities.lines().filter(|line| line.starts_with("code") || line.starts_with("35.78")).map(|line| format!("{line}\n")).collect();
    let city = files.get_mut("city.toml").expect("the city is shipped");
    *city = city.replace("languages = [\"id\", \"en\", \"jv\", \"mad\"]", "languages = [\"id\"]");
    Bundle::of(files)
}

/// Changes the first `from` to `to` in one file.
pub fn change(bundle: &mut Bundle, file: &str, from: &str, to: &str) {
    let text = bundle.files.get_mut(file).unwrap_or_else(|| panic!("{file} is there"));
    assert!(text.contains(from), "{file} no longer contains {from:?}");
    *text = text.replacen(from, to, 1);
}

/// What is said of a bundle that must be refused.
pub fn refused(bundle: &Bundle) -> Vec<Problem> {
    match Catalogue::load(bundle) {
        Err(LoadError::Data(problems)) => problems,
        Err(other) => panic!("another refusal: {other}"),
        Ok(_) => panic!("a bundle was accepted that must be refused"),
    }
}

/// The line, from 1, of the nth place, from 1, at which `words` stand in a file.
pub fn line(bundle: &Bundle, file: &str, words: &str, nth: usize) -> usize {
    let text = &bundle.files[file];
    let (offset, _) = text.match_indices(words).nth(nth - 1).unwrap_or_else(|| panic!("{file} has {words:?} {nth} times"));
    1 + text[..offset].matches('\n').count()
}

/// Asserts that one problem stands in this file, at the line of the nth `at` (or anywhere, without), and says all `words`.
pub fn assert_said(bundle: &Bundle, problems: &[Problem], file: &str, at: Option<(&str, usize)>, words: &[&str]) {
    let wanted = at.map(|(at, nth)| line(bundle, file, at, nth));
    let fits =
        |problem: &&Problem| problem.file == file && wanted.is_none_or(|line| problem.line == line) && words.iter().all(|word| problem.message.contains(word));
    let all: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
    assert!(problems.iter().any(|problem| fits(&problem)), "not said: {file}:{wanted:?} {words:?}\nbut:\n{all}");
}

#[test]
fn the_small_catalogue_is_right_before_anything_is_broken() {
    let bundle = bundle();
    let catalogue = Catalogue::load(&bundle).expect("nothing is wrong with it");
    let report = catalogue::check::check(&catalogue, &bundle, crate::TODAY);
    assert_eq!(report.problems, []);
    assert_eq!(report.examples, 8);
}
