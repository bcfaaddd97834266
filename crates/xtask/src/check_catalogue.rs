//! Loads a catalogue exactly as the kiosk and central do, and tells a person what is wrong and where.
//!
//! It has no rules of its own: what passes here is what a kiosk accepts, because both ask the `catalogue` crate.

use std::path::{Path, PathBuf};

use catalogue::{Catalogue, LoadError};
use thiserror::Error;

/// What came of looking.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One line about what the catalogue holds.
    Good(String),
    /// Each line as `path:line: message`, with the path as a terminal can open it.
    Problems(Vec<String>),
}

/// The catalogue could not even be looked at.
#[derive(Debug, Error)]
#[error("{}: {reason}", dir.display())]
pub struct CheckError {
    pub dir: PathBuf,
    pub reason: String,
}

/// Loads the folder `dir`.
///
/// # Errors
/// [`CheckError`] when a file cannot be read or is too large; wrong content is a [`Verdict`].
pub fn check(dir: &Path) -> Result<Verdict, CheckError> {
    match Catalogue::load_dir(dir) {
        Ok(catalogue) => Ok(Verdict::Good(summary(&catalogue))),
        Err(LoadError::Data(problems)) => Ok(Verdict::Problems(problems.iter().map(|problem| format!("{}/{problem}", dir.display())).collect())),
        Err(LoadError::Read { path, source }) => Err(CheckError { dir: dir.to_owned(), reason: format!("{path} cannot be read: {source}") }),
        Err(other @ LoadError::TooLarge { .. }) => Err(CheckError { dir: dir.to_owned(), reason: other.to_string() }),
    }
}

fn summary(catalogue: &Catalogue) -> String {
    let steps: usize = catalogue.services.values().map(|service| service.steps.len()).sum();
    let exits: usize = catalogue.services.values().map(|service| service.exits.len()).sum();
    format!(
        "{}: {} service(s), {steps} step(s), {exits} exit(s), {} region(s), catalogue {}",
        catalogue.city.name,
        catalogue.services.len(),
        catalogue.regions.len(),
        &catalogue.hash[..12]
    )
}
