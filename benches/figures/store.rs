//! Answers, submissions and pages on disk: how many syncs each costs, counted by the kernel, and how long it takes.
//!
//! For counting, the bench starts itself under strace with an order in the environment, so nothing else has to be built.
//! Opening, the session key and closing cost the same for any count, so a run of none is the yardstick.
//! The rule a newcomer would break: the operations measured here and those counted there are the same functions.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kiosk::clock::{Clock, SystemClock};
use kiosk::demo::office::Failure;
use outbox::{Enqueue, Limits, NumberClaim, Outbox, Recipients, SessionKey};
use uuid::Uuid;

use crate::Ground;
use crate::page;
use crate::table::{Row, Spans, Verdict, show};
use crate::wait::pause;

/// Carries `OPERATION COUNT FOLDER` to the bench's own child.
pub const PROBE: &str = "KLAMPID_BENCH_PROBE";

const ANSWERS: u32 = 300;
const APPLICATIONS: u32 = 100;
/// Small enough that strace does not take minutes, large enough that one stray sync shows.
const COUNTED: u32 = 32;
const TIME_BAR: Duration = Duration::from_millis(20);
/// A finished draft for a lost KTP has about this size.
const DRAFT_BYTES: usize = 3_000;
const PAYLOAD_BYTES: usize = 4_000;
/// A photographed letter, as the camera page keeps it.
const LETTER_BYTES: usize = 500_000;
const BLOCK_BYTES: usize = 4_096;
/// Between two samples, so that the store's quiet-moment checkpoint falls between them as it does between two residents.
const LULL: Duration = Duration::from_millis(120);
const SHORT_LULL: Duration = Duration::from_millis(10);

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let folder = ground.folder("store")?;
    let raw = RawFile::create(&folder.join("raw-4k"), BLOCK_BYTES)?;
    let mut shelf = Shelf::open(&folder.join("timed"), quiet_soon())?;
    let (mut answers, mut applications, mut syncs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ANSWERS {
        syncs.push(raw.write_and_sync()?);
        answers.push(shelf.save_answer()?);
        pause(SHORT_LULL);
    }
    for _ in 0..APPLICATIONS {
        shelf.store_page(LETTER_BYTES)?;
        pause(LULL);
        syncs.push(raw.write_and_sync()?);
        applications.push(shelf.enqueue()?);
    }
    let syncs = Spans::of(syncs)?;
    let beside = format!("4 KiB written and fsynced on the same disk, between the samples: {}", syncs.two());
    let mut rows = Vec::new();
    for (what, spans) in [("answer durable (draft of 3 kB)", answers), ("enqueue durable (4 kB payload, one page adopted)", applications)] {
        let spans = Spans::of(spans)?;
        rows.push(Row {
            what: what.into(),
            measured: spans.three(),
            bar: format!("p95 ≤ {}", show(TIME_BAR)),
            verdict: Verdict::of(spans.at(95) <= TIME_BAR),
            beside: beside.clone(),
        });
    }
    let counting = Counting { folder: folder.join("counted") };
    let yardstick = counting.syncs("draft", 0)?;
    let of_answers = counting.syncs("draft", COUNTED)?.saturating_sub(yardstick);
    let of_pages = counting.syncs("page", COUNTED)?.saturating_sub(yardstick);
    let of_both = counting.syncs("application", COUNTED)?.saturating_sub(yardstick);
    let of_applications = of_both.saturating_sub(of_pages);
    for (what, syncs) in [("syncs of an answer", of_answers), ("syncs of a page", of_pages), ("syncs of an enqueue", of_applications)] {
        rows.push(Row {
            what: format!("{what}, counted by strace"),
            measured: format!("{syncs} syncs for {COUNTED} operations"),
            bar: "exactly 1 each".into(),
            verdict: Verdict::of(syncs == u64::from(COUNTED)),
            beside: format!("opening and closing the store: {yardstick} syncs"),
        });
    }
    rows.extend(page::measure(&folder)?);
    Ok(rows)
}

/// Limits of the field, except that a quiet moment begins sooner: a bench does not wait for two seconds between samples.
pub fn quiet_soon() -> Limits {
    Limits { idle_checkpoint_wait: Duration::from_millis(20), ..Limits::default() }
}

/// The child's side: does what the order says, and nothing else.
pub fn obey(order: &str) -> Result<(), Failure> {
    let mut words = order.splitn(3, ' ');
    let (Some(operation), Some(count), Some(folder)) = (words.next(), words.next(), words.next()) else {
        return Err(format!("{PROBE} is {order:?} and not OPERATION COUNT FOLDER").into());
    };
    // Checkpoints run in quiet moments and belong to no operation: none comes within this run.
    let limits = Limits { idle_checkpoint_wait: Duration::from_secs(3_600), wal_pages_max: 10_000_000, ..Limits::default() };
    let mut shelf = Shelf::open(Path::new(folder), limits)?;
    for _ in 0..count.parse::<u32>()? {
        let _strace_counts_and_nobody_times = match operation {
            "draft" => shelf.save_answer()?,
            "page" => shelf.store_page(LETTER_BYTES)?,
            "application" => shelf.store_page(LETTER_BYTES).and_then(|_| shelf.enqueue())?,
            other => return Err(format!("there is no operation {other:?}").into()),
        };
    }
    Ok(())
}

struct Counting {
    folder: PathBuf,
}

impl Counting {
    /// Syncs of a child that performs `operation` `count` times in a fresh store.
    fn syncs(&self, operation: &str, count: u32) -> Result<u64, Failure> {
        let store = self.folder.join(format!("{operation}-{count}"));
        std::fs::create_dir_all(&store)?;
        let record = self.folder.join(format!("{operation}-{count}.calls"));
        let status = Command::new("strace")
            .args(["-f", "-e", "trace=fsync,fdatasync,sync_file_range,msync", "-o"])
            .arg(&record)
            .arg(std::env::current_exe()?)
            .env(PROBE, format!("{operation} {count} {}", store.display()))
            .stdout(Stdio::null())
            .status()
            .map_err(|reason| format!("strace cannot be started ({reason}): install the package strace"))?;
        if !status.success() {
            return Err(format!("the probe of {count} × {operation} did not finish").into());
        }
        // A call that another thread interrupts takes two lines; only the one with the result counts.
        let calls = std::fs::read_to_string(&record)?;
        Ok(calls.lines().filter(|line| line.contains("sync") && line.trim_end().ends_with("= 0")).count() as u64)
    }
}

/// An open store with a running session, and invented things to put into it.
pub struct Shelf {
    outbox: Outbox,
    session: Uuid,
    now: Timestamp,
    pages: Vec<String>,
    stored: u32,
    queued: u32,
    filler: Vec<u8>,
}

impl Shelf {
    pub fn open(folder: &Path, limits: Limits) -> Result<Self, Failure> {
        let recipient = central::keys::Keys::generate().age_recipient();
        let moment = SystemClock::start().now();
        let (outbox, _) = Outbox::open(folder, Recipients::parse(&[recipient])?, limits, moment.wall)?;
        outbox.begin_session(moment.fresh_id, SessionKey::from_bytes([7; 32]), moment.wall)?;
        Ok(Self { outbox, session: moment.fresh_id, now: moment.wall, pages: Vec::new(), stored: 0, queued: 0, filler: filler(page::PAGE_BYTES) })
    }

    pub fn save_answer(&self) -> Result<Duration, Failure> {
        let draft = &self.filler[..DRAFT_BYTES];
        let begun = Instant::now();
        self.outbox.save_draft(self.session, draft, self.now)?;
        Ok(begun.elapsed())
    }

    pub fn store_page(&mut self, bytes: usize) -> Result<Duration, Failure> {
        self.stored += 1;
        let (name, page) = (format!("surat-{}", self.stored), self.filler[..bytes].to_vec());
        let begun = Instant::now();
        self.outbox.store_page(self.session, &name, page)?;
        let span = begun.elapsed();
        self.pages.push(name);
        Ok(span)
    }

    /// Queues an application that adopts the pages stored since the last one.
    pub fn enqueue(&mut self) -> Result<Duration, Failure> {
        self.queued += 1;
        let order = Enqueue {
            key: Uuid::from_u64_pair(2, self.queued.into()),
            session: self.session,
            number: format!("GTG-261120-{:04}-0", self.queued),
            claim: NumberClaim::Fresh,
            kind: "application".into(),
            wire_version: kiosk::uplink::WIRE_VERSION,
            manifest: self.filler[..500].to_vec(),
            payload_name: kiosk::uplink::PAYLOAD_PART.into(),
            payload: self.filler[..PAYLOAD_BYTES].to_vec(),
            pages: std::mem::take(&mut self.pages),
            draft_after: Some(self.filler[..DRAFT_BYTES].to_vec()),
            serial: None,
            now: self.now,
        };
        let begun = Instant::now();
        self.outbox.enqueue(order)?;
        Ok(begun.elapsed())
    }

    /// Ends the session with all its pages, and begins another one.
    pub fn next_session(&mut self) -> Result<(), Failure> {
        self.outbox.destroy_session(self.session)?;
        self.session = SystemClock::start().now().fresh_id;
        self.pages.clear();
        Ok(self.outbox.begin_session(self.session, SessionKey::from_bytes([7; 32]), self.now)?)
    }

    /// What a photographed page looks like to a cipher: bytes without a pattern.
    pub fn filler(&self) -> &[u8] {
        &self.filler
    }
}

/// Bytes without a pattern, the same in every run (xorshift64, Marsaglia 2003).
pub fn filler(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut filled = Vec::with_capacity(bytes + 8);
    while filled.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        filled.extend(state.to_le_bytes());
    }
    filled.truncate(bytes);
    filled
}

/// One file that is overwritten and synced: the least any durable write costs on this disk.
pub struct RawFile {
    file: std::fs::File,
    block: Vec<u8>,
}

impl RawFile {
    pub fn create(path: &Path, bytes: usize) -> Result<Self, Failure> {
        let raw = Self { file: std::fs::File::create(path)?, block: filler(bytes) };
        raw.write_and_sync()?;
        Ok(raw)
    }

    pub fn write_and_sync(&self) -> Result<Duration, Failure> {
        let begun = Instant::now();
        std::os::unix::fs::FileExt::write_all_at(&self.file, &self.block, 0)?;
        self.file.sync_all()?;
        Ok(begun.elapsed())
    }
}
