//! A camera's process hangs, lies, floods, dies and is pulled out, and nothing of it stays behind.
//!
//! The process is a real one; what is asked about it is asked of `/proc`.

mod common;

use common::PATIENCE;
use drivers::camera::{CameraHost, ChildCamera, ChildLimits, FrameError, FrameSource, FrameSourceFactory, PixelFormat, V4l2Settings};
use drivers::sim::camera::CameraFault;
use drivers::status::{Availability, Condition, DeviceState};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_klampid-camera-sim");
const FIELD_PROGRAM: &str = env!("CARGO_BIN_EXE_klampid-camera");
const SHORT: ChildLimits = ChildLimits { open_ms: 1200, mute_ms: 900, frame_ms: 700 };

/// A word that is on the command line of this test's processes alone.
fn token(test: &str) -> String {
    format!("token-{test}-{}", std::process::id())
}

fn camera(behaviour: &str, node: &str, token: &str) -> ChildCamera {
    ChildCamera::with_args(PROGRAM, [behaviour, node, token].map(Into::into)).with_limits(SHORT)
}

/// Processes with this word on their command line, and everything in their groups.
fn processes(token: &str) -> BTreeSet<u32> {
    let all: Vec<(u32, u32, bool)> = std::fs::read_dir("/proc")
        .expect("a Linux machine")
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // proc(5): behind the name in brackets stand the state, the parent and the group.
            let group = stat.rsplit(')').next()?.split_whitespace().nth(2)?.parse().ok()?;
            let words = std::fs::read(entry.path().join("cmdline")).ok()?;
            let is_ours = words.windows(token.len()).any(|part| part == token.as_bytes());
            Some((pid, group, is_ours))
        })
        .collect();
    let groups: BTreeSet<u32> = all.iter().filter(|(_, _, ours)| *ours).map(|(_, group, _)| *group).collect();
    all.into_iter().filter(|(_, group, _)| groups.contains(group)).map(|(pid, ..)| pid).collect()
}

/// Really gone: not even a zombie is left.
fn are_gone(pids: &BTreeSet<u32>) -> bool {
    wait(|| pids.iter().all(|pid| !Path::new(&format!("/proc/{pid}")).exists()))
}

fn wait(level: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if level() {
            return true;
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
    false
}

/// Frames until the first fault that is not a mere time limit.
fn run_out(source: &mut dyn FrameSource) -> (usize, FrameError) {
    let deadline = Instant::now() + PATIENCE;
    let mut frames = 0;
    while Instant::now() < deadline {
        match source.next_frame(Duration::from_millis(300)) {
            Ok(_) => frames += 1,
            Err(FrameError::TimedOut { .. } | FrameError::Undecodable) => {}
            Err(fault) => return (frames, fault),
        }
    }
    panic!("the source neither ends nor is ended after {frames} frames");
}

#[test]
fn a_camera_in_its_own_process_gives_fresh_frames_and_leaves_nothing_behind() {
    let token = token("good");
    let mut source = camera("good", "", &token).open().unwrap_or_else(|fault| panic!("{fault}"));
    for _ in 0..5 {
        let asked = Instant::now();
        let frame = source.next_frame(PATIENCE).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!((frame.format(), frame.width, frame.height), (PixelFormat::Yuyv, 1280, 720));
        let age = asked.saturating_duration_since(frame.taken_at);
        assert!(age < Duration::from_millis(500), "{age:?}");
        assert!(frame.taken_at <= Instant::now());
    }
    let pids = processes(&token);
    assert_eq!(pids.len(), 1);
    drop(source);
    assert!(are_gone(&pids));
}

#[test]
fn frames_that_waited_in_the_pipe_keep_their_moment() {
    let token = token("pause");
    let mut source = camera("good", "", &token).open().unwrap_or_else(|fault| panic!("{fault}"));
    source.next_frame(PATIENCE).unwrap_or_else(|fault| panic!("{fault}"));
    // Nobody reads for longer than every limit; this is no fault of the camera.
    let until = Instant::now() + Duration::from_millis(2 * SHORT.frame_ms);
    while Instant::now() < until {
        std::thread::park_timeout(until.saturating_duration_since(Instant::now()));
    }
    let asked = Instant::now();
    let deadline = asked + PATIENCE;
    let mut old = 0;
    while Instant::now() < deadline {
        let frame = source.next_frame(PATIENCE).unwrap_or_else(|fault| panic!("{fault}"));
        if frame.taken_at > asked {
            assert!(old <= 3, "{old} old frames came first");
            return;
        }
        old += 1;
    }
    panic!("no fresh frame after the pause");
}

#[test]
fn whatever_a_process_does_wrong_it_is_ended_within_its_limits() {
    let hung = |fault: &FrameError| matches!(fault, FrameError::Hung { .. });
    let faulty = |fault: &FrameError| matches!(fault, FrameError::Fault { .. });
    type Check<'a> = &'a dyn Fn(&FrameError) -> bool;
    let cases: [(&str, Check<'_>); 16] = [
        (CameraFault::HangInOpen.name(), &hung),
        (CameraFault::HangMidFrame.name(), &hung),
        (CameraFault::Stall.name(), &hung),
        (CameraFault::GarbageJpeg.name(), &|fault| hung(fault) || *fault == FrameError::Undecodable),
        (CameraFault::TruncatedJpeg.name(), &hung),
        (CameraFault::HeldByOther.name(), &|fault| *fault == FrameError::HeldByOther),
        (CameraFault::Permission.name(), &|fault| *fault == FrameError::Permission),
        (CameraFault::NoFormat.name(), &|fault| matches!(fault, FrameError::NoFormat { .. })),
        (CameraFault::Unplugged.name(), &|fault| matches!(fault, FrameError::Absent { .. })),
        ("mute", &hung),
        ("half-message", &hung),
        ("stopped", &hung),
        ("garbage", &faulty),
        ("huge-length", &faulty),
        ("flood", &faulty),
        ("die", &faulty),
    ];
    for (behaviour, expected) in cases {
        let token = token(behaviour);
        let factory = camera(behaviour, "", &token);
        let began = Instant::now();
        let fault = match factory.open() {
            Err(fault) => fault,
            Ok(mut source) => {
                let pids = processes(&token);
                // A JPEG with a whole frame around rubbish is found out only when it is decoded.
                let (frames, fault) = if behaviour == CameraFault::GarbageJpeg.name() {
                    let frame = source.next_frame(PATIENCE);
                    (0, frame.and_then(|frame| frame.luma()).err().unwrap_or(FrameError::Frozen))
                } else {
                    run_out(source.as_mut())
                };
                assert!(frames <= 3, "{behaviour}: {frames} frames");
                if behaviour != CameraFault::GarbageJpeg.name() {
                    assert!(are_gone(&pids), "{behaviour}: killed before the source is dropped");
                    assert!(source.next_frame(Duration::ZERO).is_err(), "{behaviour}");
                }
                fault
            }
        };
        assert!(expected(&fault), "{behaviour}: {fault:?}");
        assert!(began.elapsed() < Duration::from_secs(6), "{behaviour}: {:?}", began.elapsed());
        assert!(wait(|| processes(&token).is_empty()), "{behaviour}");
        assert_eq!(factory.lost_processes(), 0, "{behaviour}");
    }
}

#[test]
fn helpers_of_the_process_die_with_it() {
    let token = token("grandchild");
    let mut source = camera("grandchild", "", &token).open().unwrap_or_else(|fault| panic!("{fault}"));
    assert!(source.next_frame(PATIENCE).is_ok());
    let pids = processes(&token);
    assert_eq!(pids.len(), 2, "the camera and its helper");
    drop(source);
    assert!(wait(|| pids.iter().all(|pid| is_dead(*pid))));
}

/// Gone, or dead and waiting for a parent that never asks, as in a container without an init.
fn is_dead(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.is_empty() || stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

#[test]
fn fifty_openings_leak_no_process_no_thread_and_no_file() {
    let token = token("fifty");
    let factory = camera("good", "", &token);
    let count = |what: &str| std::fs::read_dir(format!("/proc/self/{what}")).map_or(0, Iterator::count);
    let (threads, files) = (count("task"), count("fd"));
    for round in 0..50 {
        let mut source = factory.open().unwrap_or_else(|fault| panic!("round {round}: {fault}"));
        if round % 5 == 0 {
            assert!(source.next_frame(PATIENCE).is_ok(), "round {round}");
        }
    }
    assert!(wait(|| processes(&token).is_empty()));
    assert_eq!((count("task"), count("fd")), (threads, files));
    assert_eq!(factory.lost_processes(), 0);
    // The same through hosts, which have threads of their own.
    let factory: Arc<dyn FrameSourceFactory> = Arc::new(factory);
    for round in 0..10 {
        let host = CameraHost::start(Arc::clone(&factory));
        if round % 3 == 0 {
            assert!(wait(|| host.newest().is_some()), "round {round}");
        }
    }
    assert!(wait(|| processes(&token).is_empty()));
    assert!(wait(|| (count("task"), count("fd")) == (threads, files)), "{} threads, {} files", count("task"), count("fd"));
}

#[test]
fn a_hung_driver_is_killed_by_the_host_and_no_thread_is_abandoned() {
    let token = token("host");
    let factory: Arc<dyn FrameSourceFactory> = Arc::new(camera(CameraFault::HangMidFrame.name(), "", &token));
    let host = CameraHost::start(factory);
    assert!(wait(|| processes(&token).len() == 1));
    let first = processes(&token);
    assert!(wait(|| host.status().has(Condition::STREAM_STALLED)), "{:?}", host.status());
    assert!(are_gone(&first), "the hung process is really gone");
    assert!(wait(|| host.restarts() > 0));
    assert_eq!(host.abandoned_threads(), 0);
    assert!(wait(|| host.status().has(Condition::CAMERA_INOPERATIVE)), "two resets did not help: {:?}", host.status());
    drop(host);
    assert!(wait(|| processes(&token).is_empty()));
}

#[test]
fn a_replugged_camera_comes_back_in_a_new_process_within_five_seconds() {
    let token = token("replug");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let node = folder.path().join("video0");
    std::fs::write(&node, "").expect("writable");
    let factory = camera("good", node.to_str().expect("a plain name"), &token).at_device(&node);
    let host = CameraHost::start(Arc::new(factory));
    assert!(wait(|| host.newest().is_some()));
    std::fs::remove_file(&node).expect("it is there");
    let began = Instant::now();
    assert!(wait(|| host.status().has(Condition::CAMERA_ABSENT)));
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(host.status().device, DeviceState::PowerOff);
    assert!(wait(|| processes(&token).is_empty()), "no process is started for a camera that is away");
    std::fs::write(&node, "").expect("writable");
    let began = Instant::now();
    assert!(wait(|| host.newest().is_some()));
    let took = began.elapsed();
    println!("back after {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(host.status().availability(), Availability::Ready);
}

#[test]
fn a_process_whose_starter_is_gone_ends_by_itself() {
    for closes in ["input", "output"] {
        let mut child = Command::new(PROGRAM).arg("good").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program is built with the tests");
        let mut output = child.stdout.take().expect("a pipe");
        let mut some = [0; 1000];
        assert!(output.read(&mut some).expect("it speaks") > 0);
        if closes == "input" {
            drop(child.stdin.take());
            let (sender, ended) = std::sync::mpsc::sync_channel(1);
            // What is still in the pipe is read, or the process could not say its last word.
            let draining = std::thread::spawn(move || {
                let _ = std::io::copy(&mut output, &mut std::io::sink());
                let _ = sender.send(());
            });
            assert!(ended.recv_timeout(PATIENCE).is_ok(), "{closes}");
            draining.join().expect("the copy ended");
        } else {
            drop(output);
        }
        let deadline = Instant::now() + PATIENCE;
        while child.try_wait().expect("it is our child").is_none() {
            assert!(Instant::now() < deadline, "{closes}: it lives on");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

#[test]
fn a_missing_program_is_a_wrong_setting() {
    let host = CameraHost::start(Arc::new(ChildCamera::with_args("/tidak/ada/klampid-camera", [])));
    assert!(wait(|| host.status().has(Condition::CAMERA_MISCONFIGURED)), "{:?}", host.status());
    assert!(matches!(host.last_fault(), Some(FrameError::Program { .. })));
}

#[test]
fn the_field_s_program_says_what_is_missing() {
    let absent = V4l2Settings::new("/dev/v4l/by-id/tidak-ada");
    let factory = ChildCamera::new(FIELD_PROGRAM, &absent);
    assert!(!factory.is_present());
    assert!(matches!(factory.open().map(|_| ()), Err(FrameError::Absent { place }) if place.contains("tidak-ada")));
    // A file that is no camera.
    assert!(matches!(ChildCamera::new(FIELD_PROGRAM, &V4l2Settings::new("/dev/null")).open().map(|_| ()), Err(FrameError::Absent { .. })));
    let wrong = Command::new(FIELD_PROGRAM).stdin(Stdio::null()).output().expect("the program is built with the tests");
    assert_eq!(wrong.status.code(), Some(64));
    assert!(wrong.stdout.is_empty(), "standard output is for frames");
    let beside = ChildCamera::program_beside_this("klampid-camera");
    assert_eq!(beside.file_name().and_then(|name| name.to_str()), Some("klampid-camera"));
    assert!(beside.is_absolute());
}
