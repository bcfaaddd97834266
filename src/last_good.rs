//! The catalogue that worked last time, kept beside the data: a typing mistake in a file must not close an office.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use catalogue::{Bundle, Catalogue, LoadError};
use thiserror::Error;

use crate::logging::{chain, note};

const FILE: &str = "catalogue.last-good.json";

/// Why the kiosk refuses to start.
#[derive(Debug, Error)]
#[error("the catalogue in {dir} cannot be used, and no earlier one is kept")]
pub struct NoCatalogue {
    pub dir: PathBuf,
    pub source: LoadError,
}

/// Loads `dir`; when it is broken, the catalogue that was used last.
pub fn load(dir: &Path, data_dir: &Path) -> Result<Catalogue, NoCatalogue> {
    let kept = data_dir.join(FILE);
    let fresh = Bundle::read_dir(dir).and_then(|bundle| Catalogue::load(&bundle).map(|catalogue| (catalogue, bundle)));
    match fresh {
        Ok((catalogue, bundle)) => {
            if let Err(reason) = keep(&kept, &bundle) {
                note("catalogue.not-kept", &[("reason", &reason)]);
            }
            Ok(catalogue)
        }
        Err(source) => {
            note("catalogue.broken", &[("reason", &chain(&source))]);
            match restore(&kept) {
                Some(catalogue) => {
                    note("catalogue.last-good", &[("hash", &catalogue.hash)]);
                    Ok(catalogue)
                }
                None => Err(NoCatalogue { dir: dir.to_owned(), source }),
            }
        }
    }
}

fn keep(path: &Path, bundle: &Bundle) -> io::Result<()> {
    let text = serde_json::to_string(&bundle.files).map_err(io::Error::other)?;
    if fs::read_to_string(path).is_ok_and(|kept| kept == text) {
        return Ok(());
    }
    let fresh = path.with_extension("new");
    fs::write(&fresh, text)?;
    fs::File::open(&fresh)?.sync_all()?;
    fs::rename(&fresh, path)
}

fn restore(path: &Path) -> Option<Catalogue> {
    let files: BTreeMap<String, String> = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    Catalogue::load(&Bundle { files }).ok()
}
