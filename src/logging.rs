//! Log lines from a closed list: `config/log_events.toml` names each, with its level, its fields and who acts upon it.
//!
//! A field holds a number, a code or a path of the machine; never an answer, a name, a NIK, a PIN, a token or a picture.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::LazyLock;

use serde::Deserialize;

/// One kind of line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub level: Level,
    #[serde(default)]
    pub fields: Vec<String>,
    /// Who acts upon it: `nobody`, `staff`, `technician` or `developers`.
    pub actor: String,
    pub meaning: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A bug of ours.
    Error,
    /// The world misbehaved and we coped.
    Warn,
    Info,
}

/// The closed list.
pub static LINES: LazyLock<BTreeMap<String, Line>> =
    LazyLock::new(|| toml::from_str(include_str!("../config/log_events.toml")).expect("a test parses this very file"));

/// Writes one line of the closed list. A name that is not on it is a bug, and says so in its own line.
pub fn note(name: &str, fields: &[(&str, &dyn Display)]) {
    let level = match LINES.get(name).map(|line| line.level) {
        Some(Level::Info) => log::Level::Info,
        Some(Level::Warn) => log::Level::Warn,
        Some(Level::Error) | None => log::Level::Error,
    };
    let fields: String = fields.iter().map(|(key, value)| format!(" {key}={value}")).collect();
    log::log!(target: "kiosk", level, "{name}{fields}");
}

/// The whole chain of an error, outermost first.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
