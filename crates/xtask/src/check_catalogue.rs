//! Looks at a catalogue as the kiosk and central do, and then longer than they have time for, and tells a person what is wrong.
//!
//! The rules are the `catalogue` crate's; only whether a label fits its box is found out here, by [`crate::fit`], since that needs
//! the fonts. What passes is what a kiosk accepts and what a city may hand out.

use std::path::{Path, PathBuf};

use catalogue::check::Report;
use catalogue::{Bundle, Catalogue, LoadError};
use jiff::civil::Date;
use thiserror::Error;

use crate::fit::{self, fonts::Fonts};

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

/// Loads the folder `dir` and looks at everything in it. `today` decides where ages and deadlines turn.
///
/// # Errors
/// [`CheckError`] when a file cannot be read or is too large, or the fonts of the kiosk are not installed; wrong content is a
/// [`Verdict`].
pub fn check(dir: &Path, today: Date) -> Result<Verdict, CheckError> {
    let cannot = |reason: String| CheckError { dir: dir.to_owned(), reason };
    let bundle = Bundle::read_dir(dir).map_err(|reason| cannot(chain(&reason)))?;
    match Catalogue::load(&bundle) {
        Ok(catalogue) => {
            let fonts = Fonts::installed().map_err(|reason| cannot(chain(&reason)))?;
            let mut report = catalogue::check::check(&catalogue, &bundle, today);
            report.problems.extend(fit::check(&catalogue, &bundle, &fonts));
            match report.problems.is_empty() {
                true => Ok(Verdict::Good(summary(&catalogue, &report))),
                false => Ok(problems(dir, &report.problems)),
            }
        }
        Err(LoadError::Data(found)) => Ok(problems(dir, &found)),
        Err(other) => Err(cannot(chain(&other))),
    }
}

fn problems(dir: &Path, found: &[catalogue::Problem]) -> Verdict {
    Verdict::Problems(found.iter().map(|problem| format!("{}/{problem}", dir.display())).collect())
}

/// An error with everything that caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        said = format!("{said}: {cause}");
        inner = cause.source();
    }
    said
}

fn summary(catalogue: &Catalogue, report: &Report) -> String {
    let steps: usize = catalogue.services.values().map(|service| service.steps.len()).sum();
    let exits: usize = catalogue.services.values().map(|service| service.exits.len()).sum();
    let cases: usize = catalogue.services.values().map(|service| service.cases.len()).sum();
    format!(
        "{}: {} services, {cases} cases, {steps} steps, {exits} exits, {} examples, {} routes walked, {} regions, catalogue {}",
        catalogue.city.name,
        catalogue.services.len(),
        report.examples,
        report.routes(),
        catalogue.regions.len(),
        &catalogue.hash[..12]
    )
}
