//! An answer, a page and a submission each cost exactly one sync, counted by the kernel's own record of calls.
//!
//! This binary starts itself under strace with the probe of `examples/sync_probe.rs`. The syncs of opening, of the
//! session key and of closing are the same for any count, so a run of none is the yardstick; a run of N and one of 2N
//! must lie N and 2N above it. Checkpoints are kept out: they run in quiet moments, see the probe.

mod support;
#[allow(dead_code, reason = "as an example it has a main of its own")]
#[path = "../examples/sync_probe.rs"]
mod sync_probe;

use std::fs;
use std::process::{Command, Stdio};

const PROBE: &str = "OUTBOX_SYNC_PROBE";

#[test]
fn each_durable_operation_costs_exactly_one_sync() {
    if let Ok(order) = std::env::var(PROBE) {
        return obey(&order);
    }
    if !support::has_program("strace") {
        println!("skipped: the program strace is not installed");
        return;
    }
    for operation in sync_probe::OPERATIONS {
        let yardstick = syncs(operation, 0);
        let counts = [8, 16].map(|count| syncs(operation, count) - yardstick);
        assert_eq!(counts, [8, 16], "{operation}: syncs of 8 and of 16 operations");
    }
}

fn obey(order: &str) {
    let (operation, count) = order.split_once(' ').expect("an order is an operation and a count");
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    sync_probe::run(dir.path(), operation, count.parse().expect("a count"));
}

fn syncs(operation: &str, count: u32) -> i64 {
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    let record = dir.path().join("calls");
    let status = Command::new("strace")
        .args(["-f", "-e", "trace=fsync,fdatasync", "-o"])
        .arg(&record)
        .arg(std::env::current_exe().expect("this test has a path"))
        .args(["--exact", "each_durable_operation_costs_exactly_one_sync"])
        .env(PROBE, format!("{operation} {count}"))
        .stdout(Stdio::null())
        .status()
        .expect("strace runs");
    assert!(status.success(), "the probe {operation} {count} did not finish");
    let calls = fs::read_to_string(record).expect("strace writes its record");
    let returned = calls.lines().filter(|line| line.contains("sync") && line.contains("= "));
    returned.filter(|line| line.trim_end().ends_with("= 0")).count() as i64
}
