//! What every test here needs: a directory, a key pair, a fixed time, and an invented application.
//!
//! The resident is invented and her NIK ends in 0000; it doubles as the canary that must never be found on the disk.
#![allow(dead_code, reason = "each test binary uses its own share of these")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use age::secrecy::ExposeSecret;
use jiff::{SignedDuration, Timestamp};
use outbox::{Enqueue, Limits, NumberClaim, Opening, Outbox, Recipients, SessionKey};
use tempfile::TempDir;
use uuid::Uuid;

/// An invented NIK. Every plaintext of these tests carries it, no file ever may.
pub const CANARY: &[u8] = b"3578014507900000";

pub struct Desk {
    pub dir: TempDir,
    pub limits: Limits,
    pub identity: age::x25519::Identity,
}

impl Desk {
    pub fn new() -> Self {
        Self::with(limits())
    }

    pub fn with(limits: Limits) -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary directory can be made"), limits, identity: age::x25519::Identity::generate() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn recipients(&self) -> Recipients {
        Recipients::parse(&[self.identity.to_public().to_string()]).expect("a generated key parses")
    }

    pub fn try_open(&self, now: Timestamp) -> Result<(Outbox, Opening), outbox::OpenError> {
        Outbox::open(self.path(), self.recipients(), self.limits.clone(), now)
    }

    pub fn open(&self, now: Timestamp) -> (Outbox, Opening) {
        self.try_open(now).expect("the store opens")
    }

    /// Opens what was sealed to this desk's key, as central would.
    pub fn unseal(&self, sealed: &[u8]) -> Vec<u8> {
        age::decrypt(&self.identity, sealed).expect("what was sealed to this key opens with it")
    }

    pub fn secret_key_text(&self) -> String {
        self.identity.to_string().expose_secret().to_owned()
    }

    /// Fails when any file of the outbox holds the canary in the clear.
    pub fn assert_no_canary(&self, moment: &str) {
        for entry in fs::read_dir(self.path()).expect("the directory lists") {
            let path = entry.expect("the entry reads").path();
            let bytes = fs::read(&path).unwrap_or_default();
            assert!(!contains(&bytes, CANARY), "{moment}: {} holds the canary", path.display());
        }
    }
}

/// Small limits, and no checkpoint unless a test asks for quiet moments.
pub fn limits() -> Limits {
    Limits {
        store_bytes_max: 64 << 20,
        reserve_bytes: 4 << 20,
        payload_bytes_max: 64 << 10,
        manifest_bytes_max: 8 << 10,
        draft_bytes_max: 32 << 10,
        idle_checkpoint_wait: Duration::from_secs(3_600),
        ..Limits::default()
    }
}

/// A fixed morning plus `secs` seconds.
pub fn at(secs: i64) -> Timestamp {
    let morning: Timestamp = "2025-03-10T01:00:00Z".parse().expect("a valid time");
    morning + SignedDuration::from_secs(secs)
}

pub fn session(n: u64) -> Uuid {
    Uuid::from_u64_pair(0x5e55, n)
}

pub fn key(n: u64) -> Uuid {
    Uuid::from_u64_pair(0x6e4, n)
}

pub fn secret(n: u8) -> SessionKey {
    SessionKey::from_bytes([n; 32])
}

/// Bytes that carry the canary and are not all alike.
pub fn plaintext(bytes: usize, salt: u8) -> Vec<u8> {
    let mut text: Vec<u8> = CANARY.iter().copied().cycle().take(bytes).collect();
    for (index, byte) in text.iter_mut().enumerate().skip(CANARY.len()) {
        if index % 64 >= CANARY.len() {
            *byte = byte.wrapping_add(salt).wrapping_add((index / 64) as u8);
        }
    }
    text
}

/// A new application without pages; tests change what they are about.
pub fn application(n: u64, of_session: Uuid, now: Timestamp) -> Enqueue {
    Enqueue {
        key: key(n),
        session: of_session,
        number: format!("SBY-250310-{n:04}-K"),
        claim: NumberClaim::Fresh,
        kind: "ktp-lost".to_owned(),
        wire_version: 1,
        manifest: b"{\"wire\":1}".to_vec(),
        payload_name: "payload".to_owned(),
        payload: plaintext(2_000, n as u8),
        pages: Vec::new(),
        draft_after: None,
        serial: None,
        now,
    }
}

/// One whole visit: begin, enqueue, wipe.
pub fn visit(outbox: &Outbox, n: u64, now: Timestamp) {
    outbox.begin_session(session(n), secret(n as u8), now).expect("the session begins");
    outbox.enqueue(application(n, session(n), now)).expect("the application is queued");
    outbox.destroy_session(session(n)).expect("the session is wiped");
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Whether a program can be started; tests that need it say so when it is missing.
pub fn has_program(name: &str) -> bool {
    std::process::Command::new(name).arg("--version").stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status().is_ok()
}
