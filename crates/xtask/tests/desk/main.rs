//! What people do at their desk with a catalogue: measure it, read it as a book, sign it, build another city's.
//!
//! Everything here works on the catalogue that is shipped, in memory or in a folder that goes away. One file per thing done.

mod books;
mod cities;
mod fits;
mod signs;

use std::path::{Path, PathBuf};

use catalogue::{Bundle, Catalogue};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 23);

/// A folder of the tree.
fn tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The catalogue that is shipped.
fn shipped() -> Bundle {
    Bundle::read_dir(&tree("config/catalogue")).expect("the shipped catalogue can be read")
}

/// The bundle with one piece of one file replaced.
fn changed(mut bundle: Bundle, file: &str, from: &str, to: &str) -> Bundle {
    let text = bundle.files.get_mut(file).unwrap_or_else(|| panic!("{file} is part of the catalogue"));
    assert!(text.contains(from), "{file} says {from}");
    *text = text.replacen(from, to, 1);
    bundle
}

fn loaded(bundle: &Bundle) -> Catalogue {
    Catalogue::load(bundle).expect("the catalogue loads")
}

/// The line of a file, counted from 1, on which these words first stand.
fn line_of(bundle: &Bundle, file: &str, words: &str) -> usize {
    1 + bundle.files[file].lines().position(|line| line.contains(words)).unwrap_or_else(|| panic!("{file} says {words}"))
}
