//! Ctrl-c and time limits: the command works on a thread of its own, and this one looks at clock and keyboard.
//!
//! The rule a newcomer would break: the first ctrl-c asks and does not kill, because a slip under way has to be voided and a
//! scanner's program has to be ended; the second one, or a command that does not listen, ends the tool at once.

use crate::report::{End, Failure, Report};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use drivers::status::CommandResult;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A command has limits of its own; the leash pulls this much later.
const SLACK: Duration = Duration::from_secs(1);
/// For a command that was asked to stop: a cut takes seconds, a killed program two.
const GRACE: Duration = Duration::from_secs(6);
const LOOK_STEP: Duration = Duration::from_millis(40);
/// Reports under way.
const REPORTS_MAX: usize = 64;
/// What a shell expects of a program that ctrl-c ended.
const INTERRUPTED: i32 = 130;

type Hook = Box<dyn Fn() + Send>;

/// The wish to stop, as commands see it.
#[derive(Default)]
pub struct Stop {
    asked: AtomicBool,
    hooks: Mutex<Vec<Hook>>,
    /// What is true of a command that is left behind.
    last_words: Mutex<Option<Report>>,
}

impl Stop {
    /// For drivers that look at a flag.
    pub fn flag(&self) -> &AtomicBool {
        &self.asked
    }

    /// Is it time to stop?
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }

    /// Runs this when it is time to stop; at once if it is already.
    pub fn also(&self, hook: impl Fn() + Send + 'static) {
        let mut hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_asked() {
            hook();
        }
        hooks.push(Box::new(hook));
    }

    /// What is said should the command not end when asked to: a slip may be out although nobody waited for it.
    pub fn if_left_behind(&self, report: Report) {
        *self.last_words.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
    }

    fn left_behind(&self, why: CommandResult) -> Report {
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner).take();
        let end = End::Device(why);
        words.map_or_else(|| Failure::plain(end, "Alat tidak mau berhenti; ditinggalkan.").into(), |words| Report { end: Some(end), ..words })
    }

    fn ask(&self) {
        let hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.asked.swap(true, Ordering::AcqRel) {
            hooks.iter().for_each(|hook| hook());
        }
    }

    /// Waits for this long, or until it is time to stop.
    pub fn wait(&self, at_most: Duration) {
        let end = Instant::now() + at_most;
        while !self.is_asked() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::park_timeout(left.min(LOOK_STEP));
        }
    }
}

/// What a command works with.
pub struct Work {
    pub stop: Arc<Stop>,
    /// For the whole command.
    pub limit: Duration,
    tell: Sender<Report>,
}

impl Work {
    /// Says something on the way. Nobody listening means that it is time to stop.
    pub fn tell(&self, report: Report) {
        if self.tell.send(report).is_err() {
            self.stop.ask();
        }
    }
}

/// Runs one command to its end and hands every report to `say`, which is false when nobody can hear it any more. The result is
/// the exit code.
pub fn run(limit: Duration, command: impl FnOnce(&Work) -> Report + Send + 'static, mut say: impl FnMut(&Report) -> bool) -> u8 {
    let pressed = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the second signal finds what the first has left.
        let hooked = signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&pressed))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&pressed)));
        if let Err(fault) = hooked {
            return ended(Failure::tool("Alat ini tidak dapat menerima ctrl-c.", &fault).into(), &mut say);
        }
    }
    let (tell, reports) = bounded(REPORTS_MAX);
    let stop = Arc::new(Stop::default());
    let work = Work { stop: Arc::clone(&stop), limit, tell };
    let spawned = std::thread::Builder::new().name("probe-work".into()).spawn(move || {
        let report = command(&work);
        work.tell(report);
    });
    if let Err(fault) = spawned {
        return ended(Failure::tool("Tidak ada utas untuk bekerja.", &fault).into(), &mut say);
    }
    follow(&reports, &stop, &pressed, limit, &mut say)
}

fn follow(reports: &Receiver<Report>, stop: &Stop, pressed: &AtomicBool, limit: Duration, say: &mut impl FnMut(&Report) -> bool) -> u8 {
    let began = Instant::now();
    let mut stopped: Option<(Instant, CommandResult)> = None;
    loop {
        match reports.recv_timeout(LOOK_STEP) {
            Ok(mut report) => {
                if let (Some(End::Device(CommandResult::Canceled)), Some((_, why))) = (report.end, stopped) {
                    report.end = Some(End::Device(why));
                }
                if report.end.is_some() {
                    return ended(report, say);
                }
                if !say(&report) {
                    stop.ask();
                    stopped.get_or_insert((Instant::now(), CommandResult::Canceled));
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return ended(Failure::plain(End::Tool, "Alat ini berhenti karena kesalahannya sendiri.").into(), say),
        }
        let why = match (pressed.load(Ordering::Acquire), began.elapsed() > limit.saturating_add(SLACK)) {
            (true, _) => Some(CommandResult::Canceled),
            (false, true) => Some(CommandResult::TimedOut),
            (false, false) => None,
        };
        if let (Some(why), None) = (why, stopped) {
            stop.ask();
            stopped = Some((Instant::now(), why));
        }
        if let Some((_, why)) = stopped.filter(|(at, _)| at.elapsed() > GRACE) {
            return ended(stop.left_behind(why), say);
        }
    }
}

fn ended(report: Report, say: &mut impl FnMut(&Report) -> bool) -> u8 {
    let _nobody_may_be_left_to_hear = say(&report);
    report.end.unwrap_or(End::FINE).exit_code()
}
