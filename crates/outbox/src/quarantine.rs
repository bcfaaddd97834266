//! A damaged store is moved aside whole, and never deleted: it may hold the only copy of an application.
//!
//! What is inside stays sealed to central, so the moved files can be carried to central as they are.
//! The rule a newcomer would break: the `-wal` belongs to the file; a store moved without it loses its last commits.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// Name of the database file inside the outbox directory.
pub(crate) const STORE_FILE: &str = "outbox.sqlite";

const DAMAGED_PREFIX: &str = "outbox.damaged-";
const SIDE_FILES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Quarantined files of one second; more means that something replaces the file faster than we can move it.
const SAME_SECOND_MAX: u32 = 100;

/// A store that was moved aside at opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Where the damaged database file is now; its side files stand beside it under the same name.
    pub path: PathBuf,
    /// What the integrity check found, without any stored value.
    pub reason: String,
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// Renames the store and its side files; the main file goes last, so a crash in between repeats the move.
pub(crate) fn move_aside(dir: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let source = dir.join(STORE_FILE);
    for attempt in 1..=SAME_SECOND_MAX {
        let name = match attempt {
            1 => format!("{DAMAGED_PREFIX}{stamp}.sqlite"),
            n => format!("{DAMAGED_PREFIX}{stamp}-{n}.sqlite"),
        };
        let target = dir.join(name);
        if target.exists() {
            continue;
        }
        for suffix in SIDE_FILES {
            match fs::rename(with_suffix(&source, suffix), with_suffix(&target, suffix)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        fs::rename(&source, &target)?;
        sync_dir(dir)?;
        return Ok(target);
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "too many quarantined stores carry the same second"))
}

/// How many stores were moved aside since the day before `now`.
///
/// Each of them may have handed out numbers of today that nobody can read any more.
pub(crate) fn damaged_since_yesterday(dir: &Path, now: Timestamp) -> io::Result<u32> {
    let yesterday = now - jiff::SignedDuration::from_hours(24);
    let oldest_stamp = yesterday.strftime("%Y%m%d").to_string();
    let mut count = 0;
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let Some(rest) = name.to_str().and_then(|n| n.strip_prefix(DAMAGED_PREFIX)) else {
            continue;
        };
        let recent = rest.get(..8).is_some_and(|day| day >= oldest_stamp.as_str());
        if recent && rest.ends_with(".sqlite") {
            count += 1;
        }
    }
    Ok(count)
}

/// Makes a rename, creation or removal in `dir` durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    fs::File::open(dir)?.sync_all()
}
