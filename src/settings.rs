//! `kiosk.toml`: what a technician sets for one machine. Units stand in the names; an unknown key is a mistake, not a comment.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::devices::Turn;

/// Everything that differs between two kiosks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub office: Office,
    pub catalogue: CatalogueSettings,
    pub store: Store,
    pub central: CentralSettings,
    #[serde(default)]
    pub printer: Option<Printer>,
    #[serde(default)]
    pub camera: Option<Camera>,
    #[serde(default)]
    pub scanner: Option<Scanner>,
    #[serde(default)]
    pub times: Times,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Region code of the kelurahan, `35.78.07.1003`.
    pub kelurahan_code: String,
    /// As it stands in the top band and on the slip.
    pub name: String,
    /// Name of this kiosk, as central knows it.
    pub kiosk: String,
    /// Two to four capital letters that no other kiosk of the city has.
    pub number_block: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueSettings {
    pub dir: PathBuf,
    /// The office's Ed25519 key in base64; with it, only a signed catalogue is taken.
    #[serde(default)]
    pub public_key: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// On a disk that keeps what it was told to keep.
    pub dir: PathBuf,
    #[serde(default = "store_mib_max")]
    pub mib_max: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CentralSettings {
    /// `https://…`, without a path.
    pub url: String,
    /// Certificate central's own is signed with, PEM; absent means the public authorities of the system.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// File with this kiosk's secret, readable by the kiosk alone.
    pub secret_file: PathBuf,
    /// Central's age recipients; several are valid at once.
    pub seal_to: Vec<String>,
    /// Ed25519 key that receipts are signed with, base64.
    pub receipt_key: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printer {
    /// `/dev/serial/by-id/…`: a name that survives replugging.
    pub port: PathBuf,
    /// A file of `config/printers/`.
    pub profile: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Camera {
    /// `/dev/v4l/by-id/…`.
    pub device: PathBuf,
    /// The program in whose process the camera's driver runs; without it, `klampid-camera` beside this program.
    #[serde(default)]
    pub program: Option<PathBuf>,
    /// How it is mounted: 90 gives a page the long side of the sensor.
    #[serde(default)]
    pub turn_degrees: Turn,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scanner {
    /// A scanner that SANE knows.
    Sane {
        /// As `scanimage -L` prints it.
        device: String,
        #[serde(default)]
        args: Vec<String>,
    },
    /// Pictures that another program leaves in a folder.
    Folder { path: PathBuf },
}

/// Times that an office may want to change; absent ones are those of the design.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    pub idle_warning_secs: Option<u64>,
    pub idle_wipe_secs: Option<u64>,
    pub goodbye_secs: Option<u64>,
    pub staff_wait_secs: Option<u64>,
}

/// Why the settings cannot be used, with the place.
#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("{path}: the file cannot be read")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}:{line}: {reason}", path = path.display())]
    Text { path: PathBuf, line: usize, reason: String },
    #[error("{path}: {key} {reason}", path = path.display())]
    Value { path: PathBuf, key: &'static str, reason: &'static str },
}

impl Settings {
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// Parses `text`; relative paths in it count from the file's own folder.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        let mut settings: Self = toml::from_str(text).map_err(|reason| SettingsError::Text {
            path: path.to_owned(),
            line: reason.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1),
            reason: reason.message().to_owned(),
        })?;
        let wrong = |key, reason| Err(SettingsError::Value { path: path.to_owned(), key, reason });
        let block = &settings.office.number_block;
        if !(2..=4).contains(&block.len()) || !block.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return wrong("office.number_block", "must be two to four capital letters");
        }
        if !settings.central.url.starts_with("https://") {
            return wrong("central.url", "must begin with https://");
        }
        if settings.central.seal_to.is_empty() {
            return wrong("central.seal_to", "needs at least one age recipient");
        }
        settings.resolve(path.parent().unwrap_or(Path::new("")));
        Ok(settings)
    }

    fn resolve(&mut self, base: &Path) {
        let mut paths = vec![&mut self.catalogue.dir, &mut self.store.dir, &mut self.central.secret_file];
        paths.extend(self.central.ca_file.as_mut());
        if let Some(printer) = &mut self.printer {
            paths.push(&mut printer.profile);
        }
        if let Some(Scanner::Folder { path }) = &mut self.scanner {
            paths.push(path);
        }
        for path in paths {
            *path = base.join(&*path);
        }
    }

    /// What the flow needs of them.
    pub fn flow(&self) -> flow::Settings {
        let standard = flow::Settings::default();
        flow::Settings {
            kelurahan_code: self.office.kelurahan_code.clone(),
            office: self.office.name.clone(),
            kiosk: self.office.kiosk.clone(),
            idle_warning_secs: self.times.idle_warning_secs.unwrap_or(standard.idle_warning_secs),
            idle_wipe_secs: self.times.idle_wipe_secs.unwrap_or(standard.idle_wipe_secs),
            goodbye_secs: self.times.goodbye_secs.unwrap_or(standard.goodbye_secs),
            staff_wait_secs: self.times.staff_wait_secs.unwrap_or(standard.staff_wait_secs),
            ..standard
        }
    }
}

/// Room for about five hundred applications with three pages each.
fn store_mib_max() -> u64 {
    4096
}
