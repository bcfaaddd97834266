//! Repeats one durable operation, so that its syncs can be counted from outside and its time be seen.
//!
//! `strace -f -c -e trace=fsync,fdatasync sync_probe DIRECTORY draft|page|enqueue COUNT` counts;
//! without strace it prints the times. Checkpoints are kept out by a quiet wait that never ends within the run: in the
//! terminal they run in quiet moments and belong to no operation.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use outbox::{Enqueue, Limits, NumberClaim, Outbox, Recipients, SessionKey};
use uuid::Uuid;

/// The operations that promise one sync.
pub const OPERATIONS: [&str; 3] = ["draft", "page", "enqueue"];

const PAGE_BYTES: usize = 2_000_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, operation, count] = arguments.as_slice() else {
        eprintln!("usage: sync_probe DIRECTORY draft|page|enqueue COUNT");
        return ExitCode::from(2);
    };
    let Ok(count) = count.parse() else {
        eprintln!("{count} is not a count");
        return ExitCode::from(2);
    };
    let mut spans = run(Path::new(directory), operation, count);
    spans.sort_unstable();
    if let (Some(median), Some(p95)) = (spans.get(spans.len() / 2), spans.get(spans.len() * 95 / 100)) {
        println!("{operation}: {count} times, median {median:?}, p95 {p95:?}");
    }
    ExitCode::SUCCESS
}

/// Opens a store in `directory` and performs `operation` `count` times; answers how long each took.
pub fn run(directory: &Path, operation: &str, count: u32) -> Vec<Duration> {
    let identity = age::x25519::Identity::generate();
    let recipients = Recipients::parse(&[identity.to_public().to_string()]).expect("a fresh key parses");
    let limits = Limits { idle_checkpoint_wait: Duration::from_secs(3_600), wal_pages_max: 10_000_000, ..Limits::default() };
    let morning: Timestamp = "2025-03-10T01:00:00Z".parse().expect("a valid time");
    let session = Uuid::from_u128(1);
    let (outbox, _) = Outbox::open(directory, recipients, limits, morning).expect("the store opens");
    outbox.begin_session(session, SessionKey::from_bytes([7; 32]), morning).expect("the session begins");
    let page = vec![0x5a; PAGE_BYTES];
    (0..count)
        .map(|n| {
            let now = morning + SignedDuration::from_secs(n.into());
            let page = page.clone();
            let begun = Instant::now();
            match operation {
                "draft" => outbox.save_draft(session, &[b'a'; 3_000], now).expect("the draft is saved"),
                "page" => {
                    outbox.store_page(session, "letter-1", page).expect("the page is stored");
                }
                "enqueue" => {
                    outbox.enqueue(application(n, session, now)).expect("it is queued");
                }
                other => panic!("{other} is none of {OPERATIONS:?}"),
            }
            begun.elapsed()
        })
        .collect()
}

fn application(n: u32, session: Uuid, now: Timestamp) -> Enqueue {
    Enqueue {
        key: Uuid::from_u64_pair(2, n.into()),
        session,
        number: format!("SBY-{n}"),
        claim: NumberClaim::Fresh,
        kind: "probe".to_owned(),
        wire_version: 1,
        manifest: vec![b'm'; 500],
        payload_name: "payload".to_owned(),
        payload: vec![b'p'; 8_000],
        pages: Vec::new(),
        draft_after: Some(vec![b'd'; 1_000]),
        serial: None,
        now,
    }
}
