//! Small files that devices keep between two starts: paper counted, history. Written whole or not at all.
//!
//! Nothing about anybody is in them. The rule a newcomer would break: none of them is needed to serve a resident, so a file
//! that cannot be read is begun anew and never stops a start.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use thiserror::Error;

/// Why a small file was not written; the old one still stands.
#[derive(Debug, Error)]
pub enum KeepError {
    #[error("the record cannot be expressed")]
    Express(#[from] serde_json::Error),
    #[error("the file cannot be written")]
    Write(#[from] std::io::Error),
}

/// Writes beside the file and takes its place.
///
/// # Errors
/// Leaves the old file as it was.
pub fn write(path: &Path, record: &impl Serialize) -> Result<(), KeepError> {
    let text = serde_json::to_vec(record)?;
    let beside = path.with_extension("part");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(&text)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    Ok(())
}
