//! Runs a program with a leash: its output is bounded, its time is bounded, and it is killed with all its children.
//!
//! The rule a newcomer would break: a killed program may stay inside the operating system for ever (a USB transfer that does
//! not return), so even the wait after the kill has an end, and the program is then left behind and counted by the caller.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time for a killed program to vanish.
const KILLED_WAIT: Duration = Duration::from_secs(2);
/// Looks at clock, cancel flag and child this often.
const LOOK_STEP: Duration = Duration::from_millis(20);
const PIECE_BYTES: usize = 65_536;
/// Pieces under way between the reading thread and its owner.
const PIECES_MAX: usize = 8;

/// How a program ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// By itself; its standard output is whole.
    Exited { status: ExitStatus, output: Vec<u8> },
    /// Killed: it said more than it may.
    TooMuchOutput { bytes: usize },
    /// Killed at the deadline.
    TimedOut,
    /// Killed on request.
    Cancelled,
    /// It does not vanish.
    Hung,
}

/// Leash of one run.
pub(crate) struct Leash<'a> {
    pub(crate) deadline: Instant,
    pub(crate) output_bytes_max: usize,
    pub(crate) cancel: &'a AtomicBool,
    /// A folder whose size counts as output too.
    pub(crate) spool: Option<(&'a Path, u64)>,
}

/// Starts the program and stays with it until it is gone.
pub(crate) fn run(command: &mut Command, leash: &Leash<'_>) -> std::io::Result<Ended> {
    run_with_input(command, None, leash)
}

/// The same for a program that reads `input`. A program that does not read it is not waited for.
pub(crate) fn run_with_input(command: &mut Command, input: Option<Vec<u8>>, leash: &Leash<'_>) -> std::io::Result<Ended> {
    let mut child = command
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A group of its own, so that helpers it started die with it.
        .process_group(0)
        .spawn()?;
    let stdout = child.stdout.take().expect("standard output was asked to be a pipe");
    let (sender, pieces) = crossbeam_channel::bounded::<Vec<u8>>(PIECES_MAX);
    let reading = std::thread::Builder::new().name("child-output".into()).spawn(move || {
        let mut stdout = stdout;
        let mut buffer = vec![0; PIECE_BYTES];
        while let Ok(count) = stdout.read(&mut buffer) {
            if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    let writing = match (input, child.stdin.take()) {
        (Some(input), Some(mut stdin)) => std::thread::Builder::new()
            .name("child-input".into())
            .spawn(move || {
                // A program that ends early breaks the pipe; its exit code says more than this error.
                let _ = stdin.write_all(&input);
            })
            .map(|_| ()),
        _ => Ok(()),
    };
    if let Err(fault) = reading.map(|_| ()).and(writing) {
        kill(&mut child);
        return Err(fault);
    }
    let mut output = Vec::new();
    let mut closed = false;
    loop {
        if leash.cancel.load(Ordering::Acquire) {
            return Ok(if kill(&mut child) { Ended::Cancelled } else { Ended::Hung });
        }
        if Instant::now() >= leash.deadline {
            return Ok(if kill(&mut child) { Ended::TimedOut } else { Ended::Hung });
        }
        match pieces.recv_timeout(LOOK_STEP) {
            Ok(piece) => output.extend(piece),
            Err(crossbeam_channel::RecvTimeoutError::Timeout) => {}
            Err(crossbeam_channel::RecvTimeoutError::Disconnected) => closed = true,
        }
        let spooled = leash.spool.map_or(0, |(folder, _)| folder_bytes(folder));
        let spool_full = leash.spool.is_some_and(|(_, bytes_max)| spooled > bytes_max);
        if output.len() > leash.output_bytes_max || spool_full {
            let bytes = output.len().max(spooled as usize);
            return Ok(if kill(&mut child) { Ended::TooMuchOutput { bytes } } else { Ended::Hung });
        }
        if closed {
            if let Some(status) = child.try_wait()? {
                return Ok(Ended::Exited { status, output });
            }
            std::thread::park_timeout(LOOK_STEP);
        }
    }
}

/// Kills the whole group; false when the program is still there afterwards.
fn kill(child: &mut Child) -> bool {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let deadline = Instant::now() + KILLED_WAIT;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(_)) => return true,
            Ok(None) => std::thread::park_timeout(LOOK_STEP),
            Err(_) => return false,
        }
    }
    false
}

fn folder_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
}
