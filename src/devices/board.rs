//! The board: what every device says of itself comes together here, on one thread.
//!
//! It tells the flow what changed, orders bounded resets, and keeps each device's history on disk. It asks no device
//! anything. The rule a newcomer would break: a desk reports on every poll, changed or not, because what the board listens for
//! is silence: a desk that hangs inside a driver stops reporting, and three poll periods later its device is `Unknown`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use drivers::status::{Actor, Availability, Condition, Notice, Severity, Status};
use drivers::supervise::{History, Order, StatusChanged, Watch, WatchTiming};
use flow::Event;
use flow::event::{Device, DeviceNotice, Health};

use crate::clock::Clock;
use crate::event::Inbox;
use crate::logging::{chain, note};

/// Reports that may wait; a full board loses reports, which looks like silence and is told as such.
const REPORTS_MAX: usize = 256;
/// The board looks for silence this often.
const TICK: Duration = Duration::from_millis(250);
/// A history is written this often at most; what is lost in a power cut is some minutes of it.
const WRITE_EVERY: Duration = Duration::from_secs(300);

enum Report {
    /// A device has a desk now, with these times; `reset` asks the desk to reset it.
    Joined {
        device: Device,
        timing: WatchTiming,
        reset: Option<Box<dyn Fn() -> bool + Send>>,
    },
    Status {
        device: Device,
        status: Status,
        solicited: bool,
    },
    CommandBegan(Device),
    CommandEnded(Device),
    ResetEnded(Device),
    HoldResets(bool),
}

/// Handle for desks and app. Nothing here blocks.
#[derive(Clone)]
pub struct Board {
    reports: Sender<Report>,
}

impl Board {
    /// Starts the board; histories lie in `folder`.
    pub fn start(inbox: Inbox, clock: Arc<dyn Clock>, folder: &Path) -> Self {
        let (reports, inbound) = bounded(REPORTS_MAX);
        let keeper = Keeper { inbox, clock, folder: folder.to_owned(), began: Instant::now(), devices: Vec::new() };
        std::thread::Builder::new().name("device-board".into()).spawn(move || keeper.serve(&inbound)).expect("the system can start a thread at boot");
        Self { reports }
    }

    pub fn joined(&self, device: Device, timing: WatchTiming, reset: Option<Box<dyn Fn() -> bool + Send>>) {
        self.report(Report::Joined { device, timing, reset });
    }

    /// How a device is. `solicited` when it was asked.
    pub fn status(&self, device: Device, status: Status, solicited: bool) {
        self.report(Report::Status { device, status, solicited });
    }

    pub fn command_began(&self, device: Device) {
        self.report(Report::CommandBegan(device));
    }

    pub fn command_ended(&self, device: Device) {
        self.report(Report::CommandEnded(device));
    }

    pub fn reset_ended(&self, device: Device) {
        self.report(Report::ResetEnded(device));
    }

    /// No reset while a resident shows a paper.
    pub fn hold_resets(&self, held: bool) {
        self.report(Report::HoldResets(held));
    }

    fn report(&self, report: Report) {
        let _a_lost_report_looks_like_silence = self.reports.try_send(report);
    }
}

/// What the flow needs of four layers of truth. What only the resident can mend leaves the device on offer, with a word.
pub(super) fn health(status: &Status) -> Health {
    let only_resident =
        status.conditions.iter().map(|condition| condition.row()).filter(|row| row.severity == Severity::Error).all(|row| row.actor == Actor::Resident);
    match status.availability() {
        Availability::Ready | Availability::Busy => Health::Ready,
        Availability::Unavailable if only_resident && !status.conditions.is_empty() => Health::Ready,
        Availability::Unavailable => Health::NotReady,
    }
}

/// What a resident is told: the gravest condition that concerns one.
fn notice(status: &Status) -> Option<DeviceNotice> {
    let concerns = |row: &&drivers::status::Row| row.severity >= Severity::Warning || row.condition == Condition::SLIP_NOT_TAKEN;
    let gravest =
        status.conditions.iter().map(|condition| condition.row()).filter(|row| row.notice.is_some()).filter(concerns).max_by_key(|row| row.severity)?;
    gravest.notice.map(|notice| match notice {
        Notice::NoSlip => DeviceNotice::NoSlip,
        Notice::TakeSlip => DeviceNotice::TakeSlip,
        Notice::NoScanner => DeviceNotice::NoScanner,
        Notice::LayPaper => DeviceNotice::LayPaper,
        Notice::LayAgain => DeviceNotice::LayAgain,
        Notice::CloseLid => DeviceNotice::CloseLid,
        Notice::WaitScanner => DeviceNotice::WaitScanner,
        Notice::NoCamera => DeviceNotice::NoCamera,
        Notice::WaitCamera => DeviceNotice::WaitCamera,
        Notice::UseCamera => DeviceNotice::UseCamera,
    })
}

struct Watched {
    device: Device,
    watch: Watch,
    reset: Option<Box<dyn Fn() -> bool + Send>>,
    history: History,
    written: Instant,
    told: Option<Health>,
    noticed: Option<DeviceNotice>,
}

struct Keeper {
    inbox: Inbox,
    clock: Arc<dyn Clock>,
    folder: PathBuf,
    began: Instant,
    devices: Vec<Watched>,
}

impl Keeper {
    fn serve(mut self, reports: &Receiver<Report>) {
        loop {
            match reports.recv_timeout(TICK) {
                Ok(report) => self.take(report),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.write_all(),
            }
            let now = self.began.elapsed();
            for at in 0..self.devices.len() {
                let orders = self.devices[at].watch.tick(now);
                self.obey(at, orders);
            }
        }
    }

    fn take(&mut self, report: Report) {
        let now = self.began.elapsed();
        match report {
            Report::Joined { device, timing, reset } => {
                let history = self.read(device);
                let watch = Watch::new(timing, now);
                self.devices.push(Watched { device, watch, reset, history, written: Instant::now(), told: None, noticed: None });
            }
            Report::Status { device, status, solicited } => self.with(device, |watched| watched.watch.answered(status, solicited, now)),
            Report::CommandBegan(device) => self.with(device, |watched| {
                watched.watch.command_began(now);
                Vec::new()
            }),
            Report::CommandEnded(device) => self.with(device, |watched| {
                watched.watch.command_ended(now);
                Vec::new()
            }),
            Report::ResetEnded(device) => self.with(device, |watched| {
                watched.watch.reset_ended(now);
                Vec::new()
            }),
            Report::HoldResets(held) => self.devices.iter_mut().for_each(|watched| watched.watch.hold_resets(held)),
        }
    }

    fn with(&mut self, device: Device, what: impl FnOnce(&mut Watched) -> Vec<Order>) {
        if let Some(at) = self.devices.iter().position(|watched| watched.device == device) {
            let orders = what(&mut self.devices[at]);
            self.obey(at, orders);
        }
    }

    fn obey(&mut self, at: usize, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Tell(change) => self.tell(at, &change),
                Order::Reset { attempt } => {
                    let watched = &mut self.devices[at];
                    note("device.reset", &[("device", &word(watched.device)), ("attempt", &attempt)]);
                    let is_ordered = watched.reset.as_ref().is_some_and(|reset| reset());
                    if !is_ordered {
                        // Nothing can be reset, or its desk hangs: the watch goes on to the next step by itself.
                        watched.watch.reset_ended(self.began.elapsed());
                    }
                }
            }
        }
    }

    fn tell(&mut self, at: usize, change: &StatusChanged) {
        let now_secs = self.clock.now().wall.as_second();
        let watched = &mut self.devices[at];
        watched.history.note(&change.status, now_secs);
        let codes: Vec<&str> = change.status.conditions.iter().map(|condition| condition.row().staff_code).collect();
        let state = format!("{:?}", change.status.device);
        note("device.status", &[("device", &word(watched.device)), ("state", &state), ("codes", &codes.join(",")), ("sequence", &change.sequence)]);
        let health = health(&change.status);
        // A device that is just being opened is not yet news.
        let is_starting = change.status.device == drivers::status::DeviceState::Starting;
        if !is_starting && watched.told != Some(health) && self.inbox.flow(Event::DeviceChanged(watched.device, health)) {
            watched.told = Some(health);
        }
        let noticed = notice(&change.status);
        if watched.noticed != noticed && self.inbox.flow(Event::DeviceNoticed(watched.device, noticed)) {
            watched.noticed = noticed;
        }
        if watched.written.elapsed() >= WRITE_EVERY {
            self.write(at);
        }
    }

    fn path(&self, device: Device) -> PathBuf {
        self.folder.join(format!("history-{}.json", word(device)))
    }

    /// A history that cannot be read is begun anew: it forecasts, it proves nothing.
    fn read(&self, device: Device) -> History {
        let Ok(text) = std::fs::read(self.path(device)) else { return History::default() };
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn write(&mut self, at: usize) {
        let path = self.path(self.devices[at].device);
        self.devices[at].written = Instant::now();
        if let Err(reason) = super::keep::write(&path, &self.devices[at].history) {
            note("device.history-not-written", &[("reason", &chain(&reason))]);
        }
    }

    fn write_all(&mut self) {
        (0..self.devices.len()).for_each(|at| self.write(at));
    }
}

fn word(device: Device) -> &'static str {
    match device {
        Device::Printer => "printer",
        Device::Camera => "camera",
        Device::Scanner => "scanner",
        Device::Link => "link",
        Device::Reader => "reader",
    }
}
