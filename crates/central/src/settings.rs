//! `central.toml` as typed settings, with units in the names.
//!
//! Unknown keys are refused, and every complaint names file, line and key. Relative paths are taken from the file's folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

/// Longest idle time an office may allow, in minutes.
pub const IDLE_LIMIT_MINS_MAX: u32 = 120;
/// Longest time for a repair, in days.
pub const REPAIR_DEADLINE_DAYS_MAX: u32 = 90;

/// Everything central is told from outside.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of the database file and the sealed parts.
    pub data_dir: PathBuf,
    /// Folder of the catalogue.
    pub catalogue_dir: PathBuf,
    /// Folder of every catalogue that submissions may still name, each under its hash; `catalogues` in the data folder by default.
    pub catalogue_archive: PathBuf,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    pub tls_cert_file: PathBuf,
    pub tls_key_file: PathBuf,
    pub age_identity_file: PathBuf,
    pub receipt_key_file: PathBuf,
    /// An officer who does nothing for this long is signed out.
    pub idle_limit_mins: u32,
    /// How long a resident has to repair what came back.
    pub repair_deadline_days: u32,
}

/// Why the settings were not taken.
#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("{}: cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}:{line}: {reason}", path.display())]
    Content { path: PathBuf, line: usize, reason: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: SocketAddr,
    data_dir: PathBuf,
    catalogue_dir: PathBuf,
    catalogue_archive: Option<PathBuf>,
    tls: Tls,
    keys: KeyFiles,
    #[serde(default)]
    database: Database,
    #[serde(default)]
    office: Office,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tls {
    cert_file: PathBuf,
    key_file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFiles {
    age_identity_file: PathBuf,
    receipt_key_file: PathBuf,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Database {
    url: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Office {
    idle_limit_mins: Option<Spanned<u32>>,
    repair_deadline_days: Option<Spanned<u32>>,
}

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// [`SettingsError`], with the line of the first thing that is wrong.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::Read { path: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, SettingsError> {
        let wrong = |at: usize, reason: String| SettingsError::Content { path: path.to_owned(), line: line_of(text, at), reason };
        let file: File = toml::from_str(text).map_err(|reason| wrong(reason.span().map_or(0, |span| span.start), reason.message().to_owned()))?;
        let within = |key: &str, value: Option<Spanned<u32>>, default: u32, max: u32| match value {
            None => Ok(default),
            Some(value) if (1..=max).contains(value.get_ref()) => Ok(value.into_inner()),
            Some(value) => Err(wrong(value.span().start, format!("`{key}` is {}, but must lie between 1 and {max}", value.get_ref()))),
        };
        let base = path.parent().unwrap_or(Path::new("."));
        let data_dir = base.join(&file.data_dir);
        let database_url = match file.database.url {
            None => format!("sqlite://{}?mode=rwc", data_dir.join("central.db").display()),
            Some(url) if url.get_ref().starts_with("sqlite://") || url.get_ref().starts_with("postgres://") => url.into_inner(),
            Some(url) => return Err(wrong(url.span().start, "`url` must begin with `sqlite://` or `postgres://`".into())),
        };
        Ok(Self {
            listen: file.listen,
            catalogue_dir: base.join(&file.catalogue_dir),
            catalogue_archive: file.catalogue_archive.map_or_else(|| data_dir.join("catalogues"), |archive| base.join(archive)),
            database_url,
            tls_cert_file: base.join(&file.tls.cert_file),
            tls_key_file: base.join(&file.tls.key_file),
            age_identity_file: base.join(&file.keys.age_identity_file),
            receipt_key_file: base.join(&file.keys.receipt_key_file),
            idle_limit_mins: within("idle_limit_mins", file.office.idle_limit_mins, 15, IDLE_LIMIT_MINS_MAX)?,
            repair_deadline_days: within("repair_deadline_days", file.office.repair_deadline_days, 14, REPAIR_DEADLINE_DAYS_MAX)?,
            data_dir,
        })
    }
}

/// Line of a byte position, counted from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}
