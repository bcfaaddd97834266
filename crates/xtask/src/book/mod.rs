//! The catalogue book: the whole catalogue as plain pages that an official reads, prints, marks up and signs, without this tool.
//!
//! It shows what is there and checks nothing; a book can be made of a catalogue that loads but does not pass the check, since
//! that is when people need to read it. Start at `service.rs` (one page per service), then `flow.rs` (its diagram).
//! The rule a newcomer would break: nothing is summarised away. What a resident can be asked or told stands in the book.

mod examples;
mod flow;
mod index;
mod page;
mod parts;
mod questions;
mod review;
mod service;
mod shared;
mod words;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use catalogue::{Bundle, Catalogue, LoadError};
use jiff::civil::Date;
use thiserror::Error;

use page::Edition;
use review::Review;

/// Why there is no book.
#[derive(Debug, Error)]
pub enum BookError {
    #[error("the catalogue cannot be loaded: {0}")]
    Catalogue(#[from] LoadError),
    #[error("the examples cannot be read: {0}")]
    Examples(String),
    #[error("{} cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// One page by its file name.
pub struct Page {
    pub name: String,
    pub html: String,
}

/// What every page looks things up in.
struct Book<'a> {
    catalogue: &'a Catalogue,
    bundle: &'a Bundle,
    review: Review,
    edition: Edition,
}

/// The pages of a catalogue. `today` is printed on each of them.
///
/// # Errors
/// [`BookError::Examples`] when a file of examples is no such file.
pub fn make(catalogue: &Catalogue, bundle: &Bundle, today: Date) -> Result<Vec<Page>, BookError> {
    let edition = Edition::of(catalogue, bundle, today);
    let book = Book { catalogue, bundle, review: Review::of(bundle), edition };
    let mut pages = vec![index::page(&book)?];
    pages.extend(shared::pages(&book));
    for service in catalogue.services.values() {
        pages.push(service::page(&book, service)?);
    }
    Ok(pages)
}

/// Writes the book of the catalogue in `dir` into the folder `out`, and tells how many pages it has.
///
/// # Errors
/// [`BookError`] when the catalogue does not load or a page cannot be written.
pub fn write(dir: &Path, out: &Path, today: Date) -> Result<usize, BookError> {
    let bundle = Bundle::read_dir(dir)?;
    let catalogue = Catalogue::load(&bundle)?;
    let pages = make(&catalogue, &bundle, today)?;
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| BookError::Write { path, source }
    };
    fs::create_dir_all(out).map_err(at(out))?;
    for page in &pages {
        let path = out.join(&page.name);
        fs::write(&path, &page.html).map_err(at(&path))?;
    }
    Ok(pages.len())
}
