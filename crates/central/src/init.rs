//! `init`: makes everything a fresh central needs, once, and refuses to touch what is already there.
//!
//! Files are readable by their owner only. The rule a newcomer would break: a key is never overwritten, since losing it
//! makes every sealed application unreadable.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd};
use thiserror::Error;

use crate::keys::Keys;

/// Years for which the office's own certificate authority is good.
const CA_YEARS: i16 = 10;
/// Days for which the server certificate is good; the longest that browsers accept today.
const CERT_DAYS: i32 = 397;

/// Why nothing, or not everything, was made.
#[derive(Debug, Error)]
pub enum InitError {
    #[error("{} already exists; keys are never overwritten", .0.display())]
    Exists(PathBuf),
    #[error("{}: cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("`{host}` cannot stand in a certificate")]
    Host { host: String, source: rcgen::Error },
}

/// What belongs into `kiosk.toml`, and where the files are.
#[derive(Clone, Debug)]
pub struct Made {
    pub dir: PathBuf,
    pub host: String,
    pub age_recipient: String,
    pub receipt_public_key: String,
}

impl Made {
    /// Path of `central.toml`.
    pub fn settings_file(&self) -> PathBuf {
        self.dir.join("central.toml")
    }

    /// The certificate authority that kiosks pin.
    pub fn ca_file(&self) -> PathBuf {
        self.dir.join("tls-ca.pem")
    }

    /// The lines for `kiosk.toml`.
    pub fn kiosk_lines(&self) -> String {
        format!(
            "[central]\nurl = \"https://{}:8443\"\nseal_to = [\"{}\"]\nreceipt_key = \"{}\"\nca_file = \"{}\"\n",
            self.host,
            self.age_recipient,
            self.receipt_public_key,
            self.ca_file().display()
        )
    }
}

/// Makes keys, certificates and a settings file in `dir` for a central that is reached as `host`.
///
/// # Errors
/// [`InitError::Exists`] before anything is written when any of the files is there.
pub fn init(dir: &Path, host: &str, now: Timestamp) -> Result<Made, InitError> {
    let keys = Keys::generate();
    let tls = certificates(host, now).map_err(|source| InitError::Host { host: host.to_owned(), source })?;
    let files = [
        ("age-identity.txt", keys.identity_text().to_string()),
        ("receipt-key.pem", keys.receipt_pem().to_string()),
        ("tls-ca.pem", tls.ca_cert),
        ("tls-ca-key.pem", tls.ca_key),
        ("tls-cert.pem", tls.cert),
        ("tls-key.pem", tls.key),
        ("central.toml", SETTINGS.to_owned()),
    ];
    if let Some(there) = files.iter().map(|(name, _)| dir.join(name)).find(|path| path.exists()) {
        return Err(InitError::Exists(there));
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|source| InitError::Write { path: dir.to_owned(), source })?;
    for (name, text) in &files {
        let path = dir.join(name);
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|source| InitError::Write { path, source })?;
    }
    Ok(Made { dir: dir.to_owned(), host: host.to_owned(), age_recipient: keys.age_recipient(), receipt_public_key: keys.receipt_public_key() })
}

const SETTINGS: &str = r#"# Made by `klampid-central init`. Paths are taken from this file's folder.
listen = "0.0.0.0:8443"
data_dir = "data"
catalogue_dir = "catalogue"
# Earlier catalogues, each under its hash; without this line they are kept in `catalogues` in the data folder.
# catalogue_archive = "catalogues"

[tls]
cert_file = "tls-cert.pem"
key_file = "tls-key.pem"

[keys]
age_identity_file = "age-identity.txt"
receipt_key_file = "receipt-key.pem"
"#;

struct Tls {
    ca_cert: String,
    ca_key: String,
    cert: String,
    key: String,
}

/// A small authority of the office's own and one server certificate from it, so that the server's can be renewed without
/// visiting a kiosk.
fn certificates(host: &str, now: Timestamp) -> Result<Tls, rcgen::Error> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let day = |date: jiff::civil::Date| {
        let month = u8::try_from(date.month()).expect("a month is 1 to 12");
        date_time_ymd(i32::from(date.year()), month, u8::try_from(date.day()).expect("a day is 1 to 31"))
    };
    let yesterday = day(today.saturating_sub(1.day()));

    let mut ca = CertificateParams::new(Vec::new())?;
    ca.distinguished_name.push(DnType::CommonName, format!("Klampid central {host}"));
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    ca.not_before = yesterday;
    ca.not_after = day(today.saturating_add(i32::from(CA_YEARS).years()));
    let ca_key = KeyPair::generate()?;
    let ca_key_pem = ca_key.serialize_pem();
    let ca = CertifiedIssuer::self_signed(ca, ca_key)?;

    let mut server = CertificateParams::new(vec![host.to_owned(), "localhost".to_owned(), "127.0.0.1".to_owned()])?;
    server.distinguished_name.push(DnType::CommonName, host);
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.not_before = yesterday;
    server.not_after = day(today.saturating_add(CERT_DAYS.days()));
    let server_key = KeyPair::generate()?;
    let cert = server.signed_by(&server_key, &ca)?;
    Ok(Tls { ca_cert: ca.pem(), ca_key: ca_key_pem, cert: cert.pem(), key: server_key.serialize_pem() })
}
