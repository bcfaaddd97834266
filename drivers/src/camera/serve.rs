//! The inside of a camera's process: opens the camera and writes its frames to standard output.
//!
//! It restarts nothing: at the first fault it says so and ends, and whoever started it starts another.
//!
//! The rule a newcomer would break: the thread that touches the camera writes nothing, because a reader that pauses would
//! fill the driver's queue with old frames; it fills a slot for the newest frame. And the thread that writes touches no
//! camera, so that the process can end while its driver hangs.

use super::wire::{write_fault, write_frame, write_heartbeat, write_opened};
use super::{Frame, FrameError, FrameSourceFactory, moment};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thiserror::Error;

/// A process that has nothing to say says so this often.
pub const HEARTBEAT: Duration = Duration::from_millis(250);
/// Longest wait for a frame before the camera thread looks whether it should end.
const FRAME_WAIT: Duration = Duration::from_secs(1);

/// Why the process ended.
#[derive(Debug, Error)]
pub enum ServeEnd {
    #[error("the camera is of no more use")]
    Camera(#[source] FrameError),
    #[error("nobody reads the frames any more")]
    Reader(#[source] std::io::Error),
    #[error("the program that started this one is gone")]
    Parent,
    #[error("a thread cannot be started")]
    Thread(#[source] std::io::Error),
}

#[derive(Default)]
struct Slot {
    opened: bool,
    newest: Option<(Frame, u64)>,
    ended: Option<FrameError>,
    parent_gone: bool,
    leave: bool,
}

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    filled: Condvar,
}

impl Shared {
    fn change(&self, what: impl FnOnce(&mut Slot)) {
        what(&mut self.lock());
        self.filled.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the kernel to kill this process when the thread that started it ends. Belt to the braces of [`serve`], which ends
/// when its input or output closes: it also catches a process that hangs.
pub fn leash_to_parent() {
    if let Err(fault) = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL)) {
        log::warn!(reason = fault.to_string().as_str(); "camera_process_without_leash");
    }
}

/// The whole main function of a camera's process: leash, standard input and output, exit code. Does not print.
pub fn serve_standard(factory: impl FrameSourceFactory + 'static) -> ExitCode {
    leash_to_parent();
    // The standard library's own output would look for line ends in every picture.
    let output = match std::io::stdout().as_fd().try_clone_to_owned() {
        Ok(output) => std::fs::File::from(output),
        Err(_) => return ExitCode::FAILURE,
    };
    match serve(factory, std::io::stdin(), output) {
        ServeEnd::Parent | ServeEnd::Reader(_) => ExitCode::SUCCESS,
        ServeEnd::Camera(_) | ServeEnd::Thread(_) => ExitCode::FAILURE,
    }
}

/// Opens the camera and writes its frames until it is of no more use, `input` ends, or `output` closes. Meant to be the
/// last thing a main function does: a thread that hangs in the driver is left to the end of the process.
///
/// # Errors
/// Always ends, and says why.
pub fn serve(factory: impl FrameSourceFactory + 'static, input: impl Read + Send + 'static, mut output: impl Write) -> ServeEnd {
    let shared = Arc::new(Shared::default());
    let (camera, parent) = (Arc::clone(&shared), Arc::clone(&shared));
    let spawned = std::thread::Builder::new().name("camera-grab".into()).spawn(move || {
        let end = catch_unwind(AssertUnwindSafe(|| grab(&camera, &factory)));
        let fault = end.unwrap_or_else(|_| FrameError::Fault { reason: String::from("the camera thread panicked") });
        camera.change(|slot| slot.ended = Some(fault));
    });
    if let Err(fault) = spawned {
        return ServeEnd::Thread(fault);
    }
    let spawned = std::thread::Builder::new().name("camera-parent".into()).spawn(move || {
        let mut input = input;
        let mut byte = [0];
        while matches!(input.read(&mut byte), Ok(count) if count > 0) {}
        parent.change(|slot| slot.parent_gone = true);
    });
    if let Err(fault) = spawned {
        return ServeEnd::Thread(fault);
    }
    let end = write_all(&shared, &mut output);
    shared.change(|slot| slot.leave = true);
    end
}

fn grab(shared: &Shared, factory: &dyn FrameSourceFactory) -> FrameError {
    let mut source = match factory.open() {
        Ok(source) => source,
        Err(fault) => return fault,
    };
    shared.change(|slot| slot.opened = true);
    let mut sequence = 0;
    while !shared.lock().leave {
        match source.next_frame(FRAME_WAIT) {
            Ok(frame) => {
                sequence += 1;
                shared.change(|slot| slot.newest = Some((frame, sequence)));
            }
            Err(FrameError::TimedOut { .. } | FrameError::Undecodable) => {}
            Err(fault) => return fault,
        }
    }
    FrameError::TimedOut { waited_ms: 0 }
}

fn write_all(shared: &Shared, output: &mut impl Write) -> ServeEnd {
    let mut told_opened = false;
    loop {
        let slot = shared.lock();
        let idle = |slot: &mut Slot| slot.newest.is_none() && slot.ended.is_none() && !slot.parent_gone && slot.opened == told_opened;
        let (mut slot, _) = shared.filled.wait_timeout_while(slot, HEARTBEAT, idle).unwrap_or_else(PoisonError::into_inner);
        if slot.parent_gone {
            return ServeEnd::Parent;
        }
        let (opened, newest, ended) = (slot.opened, slot.newest.take(), slot.ended.take());
        // The pipe may be full, and nobody may wait for this lock meanwhile.
        drop(slot);
        let nothing = opened == told_opened && newest.is_none() && ended.is_none();
        let written = (|| {
            if nothing {
                return write_heartbeat(output);
            }
            if opened && !told_opened {
                write_opened(output)?;
            }
            if let Some((frame, sequence)) = &newest {
                write_frame(output, frame, *sequence, moment::monotonic_us(frame.taken_at))?;
            }
            ended.as_ref().map_or(Ok(()), |fault| write_fault(output, fault))
        })();
        told_opened = opened;
        match (written, ended) {
            (Err(fault), _) => return ServeEnd::Reader(fault),
            (Ok(()), Some(fault)) => return ServeEnd::Camera(fault),
            (Ok(()), None) => {}
        }
    }
}
