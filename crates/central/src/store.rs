//! Sealed parts on disk: one object per part, under the submission's key.
//!
//! A part appears whole or not at all: written aside, synced, linked to its name, and the folder synced. It stays sealed;
//! this module never opens one. The rule a newcomer would break: a name is never overwritten, since the receipt vouches
//! for its bytes.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;
use wire::v1::{PARTS_MAX, PartRef};

/// Longest part name, in bytes.
pub const PART_NAME_BYTES_MAX: usize = 64;

/// Why a part was not stored or not read.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("the name already holds other bytes")]
    OtherBytes,
    #[error("the submission already has {PARTS_MAX} parts")]
    TooMany,
    #[error("the folder of sealed parts cannot be used")]
    Io(#[from] io::Error),
}

/// How the parts on disk compare with a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Right,
    Missing,
    /// The name holds bytes with another hash.
    Wrong,
}

/// The folder of sealed parts.
#[derive(Clone, Debug)]
pub struct Store {
    parts: PathBuf,
    aside: PathBuf,
}

impl Store {
    /// Opens or makes the folder below `data_dir`, readable by its owner only.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let store = Self { parts: data_dir.join("parts"), aside: data_dir.join("aside") };
        for folder in [data_dir, &store.parts, &store.aside] {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        Ok(store)
    }

    /// Removes what a crash left half-written; it was never promised to anybody. Only for the process that serves.
    ///
    /// # Errors
    /// The disk.
    pub fn clear_aside(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.aside)? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    /// May `name` be a part's name? Lower-case letters, digits and hyphens only, so that it is a harmless file name.
    pub fn name_is_plain(name: &str) -> bool {
        (1..=PART_NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    }

    /// Keeps `bytes` under `key` and `name`; a repeat with the same bytes is fine. `aside_name` is a fresh random id.
    ///
    /// # Errors
    /// [`StoreError::OtherBytes`] when the name is taken, [`StoreError::TooMany`] beyond [`PARTS_MAX`].
    pub fn put(&self, key: Uuid, name: &str, bytes: &[u8], aside_name: Uuid) -> Result<(), StoreError> {
        let folder = self.folder(key);
        let path = folder.join(name);
        match fs::read(&path) {
            Ok(held) if held == bytes => return Ok(()),
            Ok(_) => return Err(StoreError::OtherBytes),
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => {}
            Err(reason) => return Err(reason.into()),
        }
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => sync_folder(&self.parts)?,
            Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists => {}
            Err(reason) => return Err(reason.into()),
        }
        if fs::read_dir(&folder)?.count() >= PARTS_MAX {
            return Err(StoreError::TooMany);
        }
        let aside = self.aside.join(aside_name.to_string());
        let linked = write_synced(&aside, bytes).and_then(|()| fs::hard_link(&aside, &path));
        // The link carries the bytes now, or nothing does; either way the first name has served.
        let removed = fs::remove_file(&aside);
        match linked {
            Ok(()) => {}
            Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists && fs::read(&path)? == bytes => {}
            Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists => return Err(StoreError::OtherBytes),
            Err(reason) => return Err(reason.into()),
        }
        removed?;
        sync_folder(&folder)?;
        Ok(())
    }

    /// Compares a stored part with what a manifest says about it, by reading it again.
    ///
    /// # Errors
    /// The disk.
    pub fn check(&self, key: Uuid, part: &PartRef) -> io::Result<Held> {
        match fs::read(self.folder(key).join(&part.name)) {
            Ok(bytes) if bytes.len() as u64 == part.bytes && hex::encode(Sha256::digest(&bytes)) == part.sha256 => Ok(Held::Right),
            Ok(_) => Ok(Held::Wrong),
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => Ok(Held::Missing),
            Err(reason) => Err(reason),
        }
    }

    /// Frees the name of a part that no accepted manifest names, so that the right bytes can come. The caller holds the
    /// key's lock and has seen that the submission is not accepted.
    ///
    /// # Errors
    /// The disk.
    pub fn set_aside(&self, key: Uuid, name: &str, aside_name: Uuid) -> io::Result<()> {
        fs::rename(self.folder(key).join(name), self.aside.join(aside_name.to_string()))?;
        sync_folder(&self.folder(key))
    }

    /// The sealed bytes of a part.
    ///
    /// # Errors
    /// The disk, or no such part.
    pub fn read(&self, key: Uuid, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.folder(key).join(name))
    }

    fn folder(&self, key: Uuid) -> PathBuf {
        self.parts.join(key.hyphenated().to_string())
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the names inside a folder durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
