//! Documents on their way to the printer, in files that have no name.
//!
//! A spooled file is unlinked before the first byte is written, so it is gone with its last handle: after the job, after a
//! panic, after a power cut. The rule a newcomer would break: nothing in the folder is anybody's to keep; whatever is found
//! at the start is removed.

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
const PIECE_BYTES: usize = 65_536;

/// Why a document cannot be spooled.
#[derive(Debug, Error)]
pub enum SpoolError {
    #[error("{path}: the spool folder cannot be used")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("{path}: the spool is not a folder of this user's own")]
    NotOurs { path: PathBuf },
    #[error("the document is larger than {bytes_max} bytes")]
    TooLarge { bytes_max: u64 },
    #[error("the document cannot be read where it comes from")]
    Source(#[source] std::io::Error),
    #[error("the document cannot be written to the spool")]
    Write(#[source] std::io::Error),
}

/// A private folder.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    next: AtomicU64,
}

impl Spool {
    /// Makes the folder if it is missing, closes it to everybody else, and removes the files a crash left behind.
    ///
    /// # Errors
    /// `NotOurs` for a symbolic link, a file, or a folder of another user; `Folder` for what the operating system refuses.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, SpoolError> {
        let folder = folder.into();
        let refused = |source| SpoolError::Folder { path: folder.clone(), source };
        match DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&folder) {
            Err(fault) if fault.kind() != std::io::ErrorKind::AlreadyExists => return Err(refused(fault)),
            Ok(()) | Err(_) => {}
        }
        let facts = std::fs::symlink_metadata(&folder).map_err(refused)?;
        if !facts.is_dir() || facts.uid() != rustix::process::geteuid().as_raw() {
            return Err(SpoolError::NotOurs { path: folder });
        }
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(FOLDER_MODE)).map_err(refused)?;
        let left_behind = remove_files(&folder).map_err(refused)?;
        if left_behind > 0 {
            log::warn!(files = left_behind; "sheet_spool_cleaned");
        }
        Ok(Spool { folder, next: AtomicU64::new(0) })
    }

    /// Takes a document in from wherever it comes.
    ///
    /// # Errors
    /// `TooLarge` as soon as one byte too many arrived, and nothing is kept then.
    pub fn receive(&self, mut from: impl Read, bytes_max: u64) -> Result<Spooled, SpoolError> {
        let mut file = self.nameless().map_err(SpoolError::Write)?;
        let mut buffer = vec![0; PIECE_BYTES];
        let mut bytes = 0_u64;
        loop {
            let count = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(fault) => return Err(SpoolError::Source(fault)),
            };
            bytes += count as u64;
            if bytes > bytes_max {
                return Err(SpoolError::TooLarge { bytes_max });
            }
            file.write_all(&buffer[..count]).map_err(SpoolError::Write)?;
        }
        Ok(Spooled { file: Arc::new(file), bytes })
    }

    fn nameless(&self) -> std::io::Result<File> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{}-{number}", std::process::id()));
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(FILE_MODE).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(file)
    }
}

/// A document in a file without a name. The last clone that is dropped frees it.
#[derive(Clone)]
pub struct Spooled {
    file: Arc<File>,
    bytes: u64,
}

impl Spooled {
    /// Number of bytes.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.file.read_at(buffer, offset)
    }
}

impl fmt::Debug for Spooled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spooled({} bytes •••)", self.bytes)
    }
}

/// Removes files and links, never a folder and never anything outside.
fn remove_files(folder: &Path) -> std::io::Result<usize> {
    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            std::fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}
