//! Writes what the drivers log to standard error, with milliseconds since the start, so that a failed check can be understood.

use log::kv::{Error, Key, Value, VisitSource};
use log::{LevelFilter, Log, Metadata, Record};
use std::sync::OnceLock;
use std::time::Instant;

struct StderrLog {
    started: OnceLock<Instant>,
}

static LOG: StderrLog = StderrLog { started: OnceLock::new() };

/// Begins to write.
pub fn start() {
    LOG.started.get_or_init(Instant::now);
    if log::set_logger(&LOG).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
}

struct Fields(String);

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.0 += &format!(" {key}={value}");
        Ok(())
    }
}

impl Log for StderrLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // The libraries below us say much more than helps.
        metadata.target().starts_with("drivers") || metadata.target().starts_with("hil_guest")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut fields = Fields(String::new());
        let _ = record.key_values().visit(&mut fields);
        let after_ms = self.started.get().map_or(0, |started| started.elapsed().as_millis());
        eprintln!("{after_ms:>7} ms {} {}{}", record.level(), record.args(), fields.0);
    }

    fn flush(&self) {}
}
