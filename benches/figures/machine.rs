//! What the figures were measured on: processor, cores, kernel, memory, and the file system under the data folder.

use std::path::Path;

use kiosk::clock::{Clock, SystemClock};
use kiosk::demo::office::Failure;

/// Lines for the head of the report.
pub fn describe(data: &Path) -> Result<Vec<String>, Failure> {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo")?;
    let field = |name: &str| cpuinfo.lines().find_map(|line| line.strip_prefix(name)?.split_once(": ").map(|(_, value)| value.to_owned()));
    let model = field("model name").or_else(|| field("Model")).unwrap_or_else(|| "unnamed processor".into());
    let speed = field("cpu MHz").map(|mhz| format!(", {mhz} MHz")).unwrap_or_default();
    let cores = std::thread::available_parallelism()?;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let meminfo = std::fs::read_to_string("/proc/meminfo")?;
    let memory_kib: u64 = meminfo.lines().next().and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse().ok()).unwrap_or(0);
    let now = SystemClock::start().now().wall;
    Ok(vec![
        format!("measured at {now:.0}"),
        format!("processor: {model}{speed}, {cores} cores; {} MiB of memory; Linux {}", memory_kib / 1024, kernel.trim()),
        format!("data folder on {}", file_system(data)?),
        format!("load average at the start: {}", load()?),
    ])
}

/// The three load averages; above the number of cores, every figure here is a guess.
pub fn load() -> Result<String, Failure> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    Ok(text.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}

/// Type and device of the mount that `path` lies on.
fn file_system(path: &Path) -> Result<String, Failure> {
    let path = path.canonicalize()?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo")?;
    // proc_pid_mountinfo(5): the mount point is the fifth field; type, source and options follow the lone hyphen.
    let of = |line: &str| {
        let (before, after) = line.split_once(" - ")?;
        let point = before.split(' ').nth(4)?.to_owned();
        let mut after = after.split(' ');
        Some((point, after.next()?.to_owned(), after.next()?.to_owned()))
    };
    let found = mounts.lines().filter_map(of).filter(|(point, ..)| path.starts_with(point)).max_by_key(|(point, ..)| point.len());
    let (point, kind, device) = found.ok_or("no mount holds the data folder")?;
    Ok(format!("{kind} ({device} at {point})"))
}
