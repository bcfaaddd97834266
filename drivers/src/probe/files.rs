//! Files named on the command line: read under a limit, written for this user alone.
//!
//! The rule a newcomer would break: a picture or a PDF that is written here is somebody's paper, so nobody else may read it.

use crate::report::{End, Failure};
use drivers::picture::{Limits, RgbPage, decode_page};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const OWNER_ONLY: u32 = 0o600;

/// The whole file, of at most `bytes_max` bytes.
pub fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let refused = |fault: std::io::Error| Failure::file(format!("Berkas {} tidak dapat dibaca.", path.display()), &fault);
    let facts = std::fs::metadata(path).map_err(refused)?;
    if !facts.is_file() {
        return Err(Failure::wrong(format!("{} bukan berkas.", path.display())));
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    std::fs::File::open(path).map_err(refused)?.take(bytes_max + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::wrong(format!("Berkas {} lebih besar dari {bytes_max} byte.", path.display())));
    }
    Ok(bytes)
}

/// The picture in a file.
pub fn picture(path: &Path) -> Result<RgbPage, Failure> {
    let limits = Limits::default();
    let bytes = read(path, limits.bytes_max as u64)?;
    decode_page(&bytes, &limits).map_err(|fault| Failure::file(format!("Berkas {} bukan gambar yang utuh.", path.display()), &fault))
}

/// Writes the file anew.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|fault| Failure::tool(format!("Berkas {} tidak dapat ditulis.", path.display()), &fault))
}

/// Is there a place for this file? Asked before a device is, so that no page is taken in vain.
pub fn can_be_written(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() { Ok(()) } else { Err(Failure::plain(End::WrongLine, format!("Folder {} tidak ada.", folder.display()))) }
}
