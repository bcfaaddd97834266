//! Pages from picture files in a folder: a network scanner's drop folder, or a tray of test documents.
//!
//! It watches nothing and deletes nothing; every file counts once, until it is written anew.
//!
//! The rule a newcomer would break: a file's length is looked at before it is opened, because anybody may have put it there.

use super::{AcquireError, AcquireLimits, DocumentSource, ScannedPage, status_after};
use crate::picture::DecodeError;
use crate::status::{Condition, DeviceState, Status};
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

/// A folder with more files than this is not a tray.
const FILES_MAX: usize = 1000;
const EXTENSIONS: [&str; 7] = ["jpg", "jpeg", "png", "pnm", "ppm", "pgm", "pbm"];

/// A folder of pictures, taken in the order of their names.
pub struct Folder {
    folder: PathBuf,
    pages_per_acquire: usize,
    taken: HashMap<PathBuf, SystemTime>,
    last: Status,
}

impl Folder {
    /// Gives `pages_per_acquire` pages at a time, at least one; the limits of the acquire may lower that.
    pub fn new(folder: impl Into<PathBuf>, pages_per_acquire: usize) -> Self {
        let pages_per_acquire = pages_per_acquire.max(1);
        Folder { folder: folder.into(), pages_per_acquire, taken: HashMap::new(), last: Status::unknown() }
    }

    /// Files not taken yet, in order.
    fn waiting(&self) -> Result<Vec<(PathBuf, SystemTime)>, AcquireError> {
        let entries = std::fs::read_dir(&self.folder).map_err(|fault| match fault.kind() {
            std::io::ErrorKind::PermissionDenied => AcquireError::Permission,
            _ => AcquireError::Absent,
        })?;
        let mut files: Vec<_> = entries
            .take(FILES_MAX)
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| has_known_extension(path))
            .filter_map(|path| {
                let written = std::fs::metadata(&path).ok().filter(|m| m.is_file())?.modified().ok()?;
                Some((path, written))
            })
            .filter(|(path, written)| self.taken.get(path) != Some(written))
            .collect();
        files.sort();
        Ok(files)
    }

    fn take(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        let deadline = Instant::now() + limits.deadline();
        let count = self.pages_per_acquire.min(limits.pages_max);
        let files: Vec<_> = self.waiting()?.into_iter().take(count).collect();
        if files.is_empty() {
            return Err(AcquireError::NoDocument);
        }
        let mut pages = Vec::new();
        for (at, (path, written)) in files.into_iter().enumerate() {
            if cancel.load(Ordering::Acquire) {
                return Err(AcquireError::Cancelled);
            }
            if Instant::now() >= deadline {
                return Err(AcquireError::TimedOut { deadline_secs: limits.deadline_secs });
            }
            // A file that is refused is taken all the same, or it would block the tray for ever.
            self.taken.insert(path.clone(), written);
            let bytes = read_bounded(&path, at + 1, limits)?;
            pages.push(ScannedPage::checked(at + 1, bytes, limits)?);
        }
        Ok(pages)
    }
}

impl DocumentSource for Folder {
    fn acquire(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        let result = self.take(limits, cancel);
        self.last = status_after(result.as_ref().err());
        result
    }

    fn status(&self) -> Status {
        match self.waiting() {
            Err(_) => Status::of(DeviceState::NoDevice).with(Condition::SCANNER_ABSENT),
            Ok(files) if files.is_empty() && self.last.worst().is_none() => Status::of(DeviceState::Online).with(Condition::FEEDER_EMPTY),
            Ok(files) if !files.is_empty() => Status::of(DeviceState::Online),
            Ok(_) => self.last.clone(),
        }
    }
}

fn has_known_extension(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    EXTENSIONS.contains(&extension.as_str())
}

fn read_bounded(path: &Path, page: usize, limits: &AcquireLimits) -> Result<Vec<u8>, AcquireError> {
    let spool = |source| AcquireError::Spool { path: path.to_path_buf(), source };
    let file = std::fs::File::open(path).map_err(spool)?;
    let length = file.metadata().map_err(spool)?.len();
    let too_large = |bytes: usize| AcquireError::TooLarge { page, source: DecodeError::TooManyBytes { bytes, bytes_max: limits.page_bytes_max } };
    if length > limits.page_bytes_max as u64 {
        return Err(too_large(usize::try_from(length).unwrap_or(usize::MAX)));
    }
    let mut bytes = Vec::new();
    // The file may grow while it is read, so the reading is bounded too.
    file.take(limits.page_bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(spool)?;
    if bytes.len() > limits.page_bytes_max { Err(too_large(bytes.len())) } else { Ok(bytes) }
}
