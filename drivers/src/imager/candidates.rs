//! Where an imager may be plugged in: the names that stay the same when numbers change.
//!
//! It opens nothing and grabs nothing. The rule a newcomer would break: a list is not a choice. The keyboard of a technician
//! is in it too, so a person names the imager in the settings.

use std::path::{Path, PathBuf};

/// More names than this are not listed.
const CANDIDATES_MAX: usize = 64;

/// How a candidate would be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateKind {
    /// By [`super::SerialImager`].
    Serial,
    /// By [`super::HidImager`].
    Keyboard,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// How it would be read.
    pub kind: CandidateKind,
    /// Its lasting path.
    pub path: PathBuf,
}

/// Everything under `/dev` that may be an imager, serial ones first, by name.
pub fn candidates() -> Vec<Candidate> {
    candidates_in(Path::new("/dev"))
}

/// The same for another folder than `/dev`.
pub fn candidates_in(dev: &Path) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (kind, folder, ending) in [(CandidateKind::Serial, "serial/by-id", ""), (CandidateKind::Keyboard, "input/by-id", "-event-kbd")] {
        // A missing folder means that nothing of this kind is plugged in.
        let entries = std::fs::read_dir(dev.join(folder)).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with(ending));
        found.extend(paths.map(|path| Candidate { kind, path }));
    }
    found.sort();
    found.truncate(CANDIDATES_MAX);
    found
}
