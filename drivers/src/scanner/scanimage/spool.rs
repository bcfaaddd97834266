//! A private folder for the pages of one scan.
//!
//! It is not a store: it is gone when its owner is. The rule a newcomer would break: only our own user may look into it, from
//! the moment it exists.

use crate::scanner::AcquireError;
use std::path::{Path, PathBuf};

/// A folder that only we may read and that is gone afterwards.
pub(super) struct PrivateFolder {
    pub(super) path: PathBuf,
}

impl PrivateFolder {
    pub(super) fn below(parent: &Path, run: u64) -> Result<Self, AcquireError> {
        use std::os::unix::fs::DirBuilderExt;
        let path = parent.join(format!("scan-{}-{run:x}", std::process::id()));
        match std::fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => Ok(PrivateFolder { path }),
            Err(source) => Err(AcquireError::Spool { path, source }),
        }
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        if std::fs::remove_dir_all(&self.path).is_err() {
            log::warn!("scan_spool_not_removed");
        }
    }
}
