//! The shape of files: how long, how they open, and what no finished file contains.
//!
//! The forbidden words are put together at compile time, so that this file does not contain them either.

use super::Finding;
use crate::code::{line_of, without_words};
use crate::tree::{File, Tree};

/// Longest `.rs` file, in lines; most are a third of it.
pub const LINES_MAX: usize = 500;
/// From here on a file opens with a paragraph.
pub const OPENS_FROM_LINES: usize = 40;
/// A program's `main.rs` joins and does not decide.
pub const MAIN_LINES_MAX: usize = 100;

/// Words of people who meant to come back, in any text.
const UNFINISHED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
/// Code that hides a test or waits blindly, with what to do instead.
const REFUSED: [(&str, &str); 7] = [
    ("todo!", "finish it, or return a typed error"),
    ("unimplemented!", "finish it, or return a typed error"),
    ("#[ignore", "a test that does not run proves nothing: make it fast, or a program in benches/"),
    ("should_panic", "say what is wrong in the result and assert on that"),
    ("thread::sleep", "wait for a level with an end"),
    ("unsafe {", "use a safe wrapper such as rustix"),
    ("dbg!", "assert on it in a test instead"),
];
/// Paths of somebody's machine.
const MACHINE_PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/")];

/// No `.rs` file is longer than [`LINES_MAX`], and `main.rs` of a product stays under [`MAIN_LINES_MAX`].
pub fn short(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".rs") {
        let lines = file.line_count();
        if lines > LINES_MAX {
            findings.push(Finding::new(&file.path, 0, format!("{lines} lines, at most {LINES_MAX}: move one concern into a module of its own")));
        }
        let is_main = file.path == "src/main.rs" || (file.path.starts_with("crates/") && file.path.ends_with("/src/main.rs"));
        if is_main && lines >= MAIN_LINES_MAX {
            findings.push(Finding::new(&file.path, 0, format!("{lines} lines: a main.rs stays under {MAIN_LINES_MAX}, the rest belongs into the library")));
        }
    }
    findings
}

/// Every `.rs` file above [`OPENS_FROM_LINES`] opens with `//!`.
pub fn opens(tree: &Tree) -> Vec<Finding> {
    let silent = tree.ending(".rs").filter(|file| file.line_count() > OPENS_FROM_LINES && !file.text.starts_with("//!"));
    silent.map(|file| Finding::new(&file.path, 1, "open with //!: what this is, what it is not, the rule a newcomer would break")).collect()
}

/// Nothing unfinished, nothing skipped, no blind wait.
pub fn finished(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !is_foreign(file)) {
        for (number, line) in file.lines() {
            for word in UNFINISHED.iter().filter(|word| line.contains(**word)) {
                findings.push(Finding::new(&file.path, number, format!("`{word}`: finish it now, or open an issue and say here what holds until then")));
            }
        }
    }
    for file in tree.ending(".rs") {
        let code = without_words(&file.text);
        for (text, instead) in REFUSED {
            for (at, _) in code.match_indices(text).filter(|(at, _)| !code[..*at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')) {
                findings.push(Finding::new(&file.path, line_of(&code, at), format!("`{text}` has no place here: {instead}")));
            }
        }
    }
    findings
}

/// No trailing spaces, a line break at the end of every file, no tabs in what people align by eye.
pub fn clean(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !is_foreign(file)) {
        for (number, line) in file.lines() {
            if line.ends_with([' ', '\t', '\r']) {
                findings.push(Finding::new(&file.path, number, "spaces at the end of a line: remove them"));
            }
        }
        if !file.text.is_empty() && !file.text.ends_with('\n') {
            findings.push(Finding::new(&file.path, file.line_count(), "the last line has no end: add a line break"));
        }
    }
    findings
}

/// No text names a folder of somebody's machine.
pub fn at_home_anywhere(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !is_foreign(file)) {
        for (number, line) in file.lines() {
            for path in MACHINE_PATHS.iter().filter(|path| line.contains(**path)) {
                findings.push(Finding::new(&file.path, number, format!("`{path}` is a folder of one machine: name a path of the product or a relative one")));
            }
        }
    }
    findings
}

/// Texts that others wrote or a machine made; a seed of a fuzz target is an input, byte by byte.
fn is_foreign(file: &File) -> bool {
    file.path == "Cargo.lock" || file.path == "fuzz/Cargo.lock" || file.path == "LICENSE" || file.path.ends_with(".svg") || file.is_in(&["fuzz/seeds/"])
}
