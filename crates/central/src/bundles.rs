//! The catalogues central can read with: the current one, and every earlier one kept in the archive under its hash.
//!
//! A submission names the bundle it was made with and is read, shown and repaired with that one. The rule a newcomer would
//! break: a folder of the archive is believed only after its contents have hashed to its name.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use catalogue::{Bundle, Catalogue, LoadError};
use thiserror::Error;
use uuid::Uuid;

use crate::log_names::Event;

/// Earlier catalogues held in memory at once; the one used longest ago makes room.
pub const BUNDLES_HELD_MAX: usize = 6;

/// Why a catalogue was not put into the archive.
#[derive(Debug, Error)]
pub enum ArchiveError {
    #[error("the catalogue cannot be used")]
    Catalogue(#[from] LoadError),
    #[error("a catalogue file would lie outside its folder: {0}")]
    Path(String),
    #[error("{}: cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{}: holds other files than its name says; put it aside by hand", .0.display())]
    Damaged(PathBuf),
}

/// A catalogue, and whether it is the one that was asked for.
#[derive(Clone)]
pub struct Reading {
    pub catalogue: Arc<Catalogue>,
    /// False when the bundle is unknown here and the current one has to do.
    pub known: bool,
}

/// The current catalogue and the archive of earlier ones.
pub struct Bundles {
    current: Arc<Catalogue>,
    archive: PathBuf,
    /// Earlier ones, newest use last; `None` for a folder that cannot be used.
    held: Mutex<Vec<(String, Option<Arc<Catalogue>>)>>,
}

impl Bundles {
    pub fn new(current: Catalogue, archive: PathBuf) -> Self {
        Self { current: Arc::new(current), archive, held: Mutex::new(Vec::new()) }
    }

    /// The catalogue that new submissions should be made with.
    pub fn current(&self) -> &Arc<Catalogue> {
        &self.current
    }

    /// The catalogue with this hash, or the current one in its place. May read the disk the first time.
    pub async fn of(&self, hash: &str) -> Reading {
        if hash == self.current.hash {
            return Reading { catalogue: Arc::clone(&self.current), known: true };
        }
        let held = match self.look(hash) {
            Some(held) => held,
            None => {
                let (archive, hash_of) = (self.archive.clone(), hash.to_owned());
                let read = tokio::task::spawn_blocking(move || read(&archive, &hash_of)).await;
                match read {
                    Ok(Some(found)) => {
                        self.keep(hash, found.clone());
                        found
                    }
                    // Nothing there yet: `catalogue add` may bring it at any time.
                    _ => None,
                }
            }
        };
        match held {
            Some(catalogue) => Reading { catalogue, known: true },
            None => Reading { catalogue: Arc::clone(&self.current), known: false },
        }
    }

    /// The catalogues with these hashes, each read once.
    pub async fn all(&self, hashes: impl Iterator<Item = &str>) -> BTreeMap<String, Reading> {
        let mut all = BTreeMap::new();
        for hash in hashes {
            if !all.contains_key(hash) {
                all.insert(hash.to_owned(), self.of(hash).await);
            }
        }
        all
    }

    fn look(&self, hash: &str) -> Option<Option<Arc<Catalogue>>> {
        let mut held = self.held.lock().expect("no holder of this lock can panic: each only moves pointers");
        let index = held.iter().position(|(name, _)| name == hash)?;
        let entry = held.remove(index);
        let found = entry.1.clone();
        held.push(entry);
        Some(found)
    }

    fn keep(&self, hash: &str, found: Option<Arc<Catalogue>>) {
        let mut held = self.held.lock().expect("no holder of this lock can panic: each only moves pointers");
        held.retain(|(name, _)| name != hash);
        if held.len() >= BUNDLES_HELD_MAX {
            held.remove(0);
        }
        held.push((hash.to_owned(), found));
    }
}

/// `None` when the archive has no such folder, `Some(None)` when it has one that cannot be used.
fn read(archive: &Path, hash: &str) -> Option<Option<Arc<Catalogue>>> {
    // The hash comes from outside; only one that looks like a hash may become a path.
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let folder = archive.join(hash);
    if !folder.is_dir() {
        return None;
    }
    match Catalogue::load_dir(&folder) {
        Ok(catalogue) if catalogue.hash == hash => Some(Some(Arc::new(catalogue))),
        Ok(_) => {
            Event::BundleUnusable.log(&[("hash", &hash), ("because", &"contents")]);
            Some(None)
        }
        Err(_) => {
            Event::BundleUnusable.log(&[("hash", &hash), ("because", &"load")]);
            Some(None)
        }
    }
}

/// Checks the catalogue in `folder` and keeps a copy of its files in `archive` under its hash; a copy that is there already
/// is left alone. `aside_name` is a fresh random id.
///
/// # Errors
/// [`ArchiveError`]; the archive is as before then.
pub fn add(archive: &Path, folder: &Path, aside_name: Uuid) -> Result<Catalogue, ArchiveError> {
    let bundle = Bundle::read_dir(folder)?;
    let catalogue = Catalogue::load(&bundle)?;
    let place = archive.join(&catalogue.hash);
    if place.exists() {
        let there = Bundle::read_dir(&place)?;
        return if there.hash() == catalogue.hash { Ok(catalogue) } else { Err(ArchiveError::Damaged(place)) };
    }
    if let Some(name) = bundle.files.keys().find(|name| !Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))) {
        return Err(ArchiveError::Path(name.clone()));
    }
    let aside = archive.join(format!(".{aside_name}"));
    let written = write_folder(&aside, &bundle.files).and_then(|()| match fs::rename(&aside, &place) {
        // Another central beside this one was faster with the same files.
        Err(_) if place.is_dir() => fs::remove_dir_all(&aside),
        renamed => renamed.and_then(|()| File::open(archive)?.sync_all()),
    });
    written.map_err(|source| {
        // What was half-written is of no use to anybody; that it cannot be removed either is the same fault again.
        let _ = fs::remove_dir_all(&aside);
        ArchiveError::Write { path: place.clone(), source }
    })?;
    Event::BundleArchived.log(&[("hash", &catalogue.hash)]);
    Ok(catalogue)
}

/// Removes what a crash left half-written in the archive. Only for the process that serves.
///
/// # Errors
/// The disk.
pub fn clear_aside(archive: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(archive) {
        Ok(entries) => entries,
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(reason) => return Err(reason),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn write_folder(folder: &Path, files: &BTreeMap<String, String>) -> io::Result<()> {
    let make = |folder: &Path| DirBuilder::new().recursive(true).mode(0o700).create(folder);
    make(folder)?;
    for (name, text) in files {
        let path = folder.join(name);
        make(path.parent().unwrap_or(folder))?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    Ok(())
}
