//! From files to a checked [`Catalogue`], or to every reason why not, each with file and line.
//!
//! Loading needs nothing but the files' contents, so a bundle can come from a folder, an archive or a test.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::Catalogue;
use crate::compile::compile;

/// Largest catalogue file, in bytes; the region table is the largest real one.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Files that belong to a catalogue.
const KINDS: [&str; 4] = [".toml", ".csv", ".po", ".sig"];
/// Folders below the catalogue's own.
const FOLDER_DEPTH_MAX: usize = 4;

/// The contents of a catalogue's files by their path inside the folder, always with `/`.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    pub files: BTreeMap<String, String>,
    /// `bundle.toml` and `bundle.sig` when the folder is signed ([`crate::signed`]); no part of the hash.
    pub(crate) seal_text: Option<String>,
    pub(crate) signature: Option<String>,
}

/// Something wrong in the data, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    /// One-based; 0 when it concerns the whole file.
    pub line: usize,
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// Why there is no catalogue.
#[derive(Debug, Error)]
pub enum LoadError {
    #[error("the catalogue file {path} cannot be read")]
    Read { path: String, source: std::io::Error },
    #[error("the catalogue file {path} is larger than {FILE_BYTES_MAX} bytes")]
    TooLarge { path: String },
    #[error("the catalogue file {path} is not written in UTF-8 at line {line}: save it as UTF-8")]
    NotUtf8 { path: String, line: usize },
    #[error("the catalogue has {} problem(s):\n{}", .0.len(), .0.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
    Data(Vec<Problem>),
}

impl Bundle {
    /// A bundle of these files, unsigned.
    pub fn of(files: BTreeMap<String, String>) -> Self {
        Self { files, ..Self::default() }
    }

    /// The bundle with the seal that stands beside its files.
    #[must_use]
    pub fn with_seal(mut self, seal: String, signature: String) -> Self {
        self.seal_text = Some(seal);
        self.signature = Some(signature);
        self
    }

    /// Reads every `.toml`, `.csv` and `.po` below `dir`.
    pub fn read_dir(dir: &Path) -> Result<Self, LoadError> {
        let mut bundle = Self::default();
        bundle.read_below(dir, "", 0)?;
        Ok(bundle)
    }

    /// SHA-256 over names and contents, lower-case hexadecimal.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for (name, text) in &self.files {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hex::encode(hash.finalize())
    }

    fn read_below(&mut self, dir: &Path, prefix: &str, depth: usize) -> Result<(), LoadError> {
        let at = |path: &Path| path.display().to_string();
        let entries = std::fs::read_dir(dir).map_err(|source| LoadError::Read { path: at(dir), source })?;
        for entry in entries {
            let entry = entry.map_err(|source| LoadError::Read { path: at(dir), source })?;
            let path = entry.path();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let about = entry.metadata().map_err(|source| LoadError::Read { path: at(&path), source })?;
            if about.is_dir() && depth < FOLDER_DEPTH_MAX {
                self.read_below(&path, &format!("{name}/"), depth + 1)?;
            } else if KINDS.iter().any(|kind| name.ends_with(kind)) {
                if about.len() > FILE_BYTES_MAX {
                    return Err(LoadError::TooLarge { path: at(&path) });
                }
                let text = std::fs::read(&path).map_err(|source| LoadError::Read { path: at(&path), source })?;
                let text = String::from_utf8(text)
                    .map_err(|reason| LoadError::NotUtf8 { path: at(&path), line: line_at(reason.as_bytes(), reason.utf8_error().valid_up_to()) })?;
                match name.as_str() {
                    crate::signed::SEAL => self.seal_text = Some(text),
                    crate::signed::SIGNATURE => self.signature = Some(text),
                    _ => {
                        self.files.insert(name, text);
                    }
                }
            }
        }
        Ok(())
    }

    /// Parses one file into its shape, turning the parser's message into a [`Problem`] with a line.
    pub(crate) fn parse<T: DeserializeOwned>(&self, file: &str) -> Result<T, Problem> {
        let text = self.files.get(file).ok_or_else(|| Problem { file: file.to_owned(), line: 0, message: "this file is missing".into() })?;
        toml::from_str(text).map_err(|reason| Problem {
            file: file.to_owned(),
            line: reason.span().map_or(0, |span| line_of(text, span.start)),
            message: reason.message().to_owned(),
        })
    }

    /// Files below `folder/` with this ending, in name order.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let prefix = format!("{folder}/");
        self.files.keys().filter(move |name| name.starts_with(&prefix) && name.ends_with(".toml")).map(String::as_str)
    }

    pub(crate) fn line(&self, file: &str, offset: usize) -> usize {
        self.files.get(file).map_or(0, |text| line_of(text, offset))
    }
}

impl Catalogue {
    /// Checks and compiles a bundle.
    pub fn load(bundle: &Bundle) -> Result<Self, LoadError> {
        compile(bundle).map_err(LoadError::Data)
    }

    /// Reads, checks and compiles the folder `dir`.
    pub fn load_dir(dir: &Path) -> Result<Self, LoadError> {
        Self::load(&Bundle::read_dir(dir)?)
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    line_at(text.as_bytes(), offset)
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    bytes.iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}
