//! Another city from data alone: the city's own few files laid over the common catalogue, in a new folder.
//!
//! A file of the city replaces the common one of the same name or is added; `codes/x.tambah.csv` adds rows to `codes/x.csv`.
//! Names in common sentences (`{kota}`) are filled by the city's own `[names]`, when the catalogue loads. What the city does not offer (by its
//! `index.toml`) is left out with its examples, search phrases and offers, and so is every translation that nothing says any more.
//! The rule a newcomer would break: no sentence is rewritten here. Where a common service leads a resident to one that this city
//! lacks, the check says so, and the city brings its own words.

mod services;
mod translations;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use catalogue::{Bundle, LoadError};
use serde::Deserialize;
use thiserror::Error;

/// Ending of a file that adds rows to a common table.
const MORE_ROWS: &str = ".tambah.csv";
/// What is offered; also how a folder is known for a catalogue's.
const INDEX: &str = "index.toml";

/// Why no catalogue was built.
#[derive(Debug, Error)]
pub enum CityError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("{}: {reason}", file.display())]
    File { file: PathBuf, reason: String },
    #[error("{} holds other files than an earlier run made (no index.toml in it): name an empty folder", .0.display())]
    NotOurs(PathBuf),
    #[error("{} cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// What was built.
#[derive(Debug, PartialEq, Eq)]
pub struct Built {
    /// Files in the new folder.
    pub files: usize,
    /// Services offered.
    pub services: usize,
    /// Files that the city brings itself.
    pub own: usize,
}

#[derive(Deserialize)]
struct IndexFile {
    services: Vec<String>,
}

#[derive(Deserialize)]
struct CityFile {
    languages: Vec<String>,
}

/// The common files with those of the city over them.
///
/// # Errors
/// [`CityError::File`] when the index or a table of the city cannot be used.
pub fn lay_over(base: &Bundle, own: &Bundle, own_dir: &Path) -> Result<Bundle, CityError> {
    let wrong = |file: &str, reason: String| CityError::File { file: own_dir.join(file), reason };
    let mut files = base.files.clone();
    for (name, text) in &own.files {
        match name.strip_suffix(MORE_ROWS) {
            Some(table) => {
                let table = format!("{table}.csv");
                let common = files.get_mut(&table).ok_or_else(|| wrong(name, format!("there is no {table} to add rows to")))?;
                *common = with_rows(common, text).map_err(|reason| wrong(name, reason))?;
            }
            None => _ = files.insert(name.clone(), text.clone()),
        }
    }
    let index: IndexFile = parsed(&files, INDEX).map_err(|reason| wrong(INDEX, reason))?;
    let city: CityFile = parsed(&files, "city.toml").map_err(|reason| wrong("city.toml", reason))?;
    let offered: BTreeSet<&str> = index.services.iter().map(String::as_str).collect();
    let languages: BTreeSet<&str> = city.languages.iter().map(String::as_str).collect();
    services::keep_offered(&mut files, &offered, own).map_err(|(file, reason)| wrong(&file, reason))?;
    translations::keep_needed(&mut files, &languages).map_err(|(file, reason)| wrong(&file, reason))?;
    Ok(Bundle::of(files))
}

/// Builds the city in `own_dir` over the common catalogue in `base_dir`, into the folder `out`.
///
/// # Errors
/// [`CityError`]; a folder that holds something else is never touched.
pub fn build(own_dir: &Path, base_dir: &Path, out: &Path) -> Result<Built, CityError> {
    let (base, own) = (Bundle::read_dir(base_dir)?, Bundle::read_dir(own_dir)?);
    let bundle = lay_over(&base, &own, own_dir)?;
    let services = bundle.files.keys().filter(|name| name.starts_with("services/")).count();
    replace(out, &bundle.files)?;
    Ok(Built { files: bundle.files.len(), services, own: own.files.len() })
}

/// Writes the files into `out`, which is new, empty, or from an earlier run.
fn replace(out: &Path, files: &BTreeMap<String, String>) -> Result<(), CityError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| CityError::Write { path, source }
    };
    let is_empty = fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty {
        if !out.join(INDEX).is_file() {
            return Err(CityError::NotOurs(out.to_owned()));
        }
        fs::remove_dir_all(out).map_err(at(out))?;
    }
    for (name, text) in files {
        let path = out.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        fs::write(&path, text).map_err(at(&path))?;
    }
    Ok(())
}

/// A table with the rows of another that has the same columns.
fn with_rows(table: &str, more: &str) -> Result<String, String> {
    let (head, rows) = more.split_once('\n').ok_or("this table has no rows")?;
    let columns = table.lines().next().unwrap_or_default();
    if head.trim() != columns.trim() {
        return Err(format!("its columns are `{}`, the common table has `{}`", head.trim(), columns.trim()));
    }
    Ok(format!("{}\n{rows}", table.trim_end()))
}

fn parsed<T: serde::de::DeserializeOwned>(files: &BTreeMap<String, String>, name: &str) -> Result<T, String> {
    let text = files.get(name).ok_or("this file is missing")?;
    toml::from_str(text).map_err(|reason| reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::with_rows;

    #[test]
    fn rows_are_added_only_to_a_table_with_the_same_columns() {
        assert_eq!(with_rows("code,name\n1,A\n", "code,name\n2,B\n"), Ok("code,name\n1,A\n2,B\n".into()));
        assert!(with_rows("code,name\n1,A\n", "code\n2\n").is_err_and(|reason| reason.contains("code,name")));
        assert!(with_rows("code,name\n", "code,name").is_err());
    }
}
