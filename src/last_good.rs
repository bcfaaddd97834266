//! The catalogue that worked last time, kept beside the data: a typing mistake in a file must not close an office.
//!
//! With the office's public key in the settings, a catalogue is taken only with a good signature, a version that is not older
//! than the last one used, and a first day that has come. Whatever is wrong with a new one, the last good one goes on.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use catalogue::signed::{SealError, public_key};
use catalogue::{Bundle, Catalogue, LoadError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::logging::{chain, note};
use crate::settings::CatalogueSettings;

const FILE: &str = "catalogue.last-good.json";

/// Why the kiosk refuses to start.
#[derive(Debug, Error)]
#[error("the catalogue in {dir} cannot be used, and no earlier one is kept")]
pub struct NoCatalogue {
    pub dir: PathBuf,
    pub source: Refused,
}

/// Why a catalogue is not taken.
#[derive(Debug, Error)]
pub enum Refused {
    #[error(transparent)]
    Broken(#[from] LoadError),
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// What is kept: the files, and the version they were signed as.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: Option<u64>,
    files: BTreeMap<String, String>,
}

/// Loads the catalogue of `settings`; when it may not be used, the one that was used last. `today` is the city's day.
///
/// # Errors
/// [`NoCatalogue`] when nothing was kept either.
pub fn load(settings: &CatalogueSettings, data_dir: &Path, today: Date) -> Result<Catalogue, NoCatalogue> {
    let path = data_dir.join(FILE);
    let kept = read(&path);
    match fresh(settings, kept.as_ref().and_then(|kept| kept.version), today) {
        Ok((catalogue, fresh)) => {
            if let Err(reason) = keep(&path, &fresh) {
                note("catalogue.not-kept", &[("reason", &reason)]);
            }
            Ok(catalogue)
        }
        Err(source) => {
            note("catalogue.broken", &[("reason", &chain(&source))]);
            match kept.and_then(|kept| Catalogue::load(&Bundle::of(kept.files)).ok()) {
                Some(catalogue) => {
                    note("catalogue.last-good", &[("hash", &catalogue.hash)]);
                    Ok(catalogue)
                }
                None => Err(NoCatalogue { dir: settings.dir.clone(), source }),
            }
        }
    }
}

fn fresh(settings: &CatalogueSettings, used: Option<u64>, today: Date) -> Result<(Catalogue, Kept), Refused> {
    let bundle = Bundle::read_dir(&settings.dir)?;
    let version = match &settings.public_key {
        Some(key) => Some(bundle.verify(&public_key(key)?, today, used)?.version),
        None => used,
    };
    let catalogue = Catalogue::load(&bundle)?;
    Ok((catalogue, Kept { version, files: bundle.files }))
}

fn keep(path: &Path, kept: &Kept) -> io::Result<()> {
    let text = serde_json::to_string(kept).map_err(io::Error::other)?;
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let fresh = path.with_extension("new");
    fs::write(&fresh, text)?;
    fs::File::open(&fresh)?.sync_all()?;
    fs::rename(&fresh, path)
}

fn read(path: &Path) -> Option<Kept> {
    serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
}
