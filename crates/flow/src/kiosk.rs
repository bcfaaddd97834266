//! The whole machine: which place the resident is in, and what each event does there.
//!
//! One [`Kiosk`] owns everything; it is driven by one thread. Places are few and exclusive; what a place needs lives inside
//! its variant, so a session's data cannot outlive the session. What a resident's wish does stands in `wishes`.

pub(crate) mod wishes;

use std::sync::Arc;
use std::time::Duration;

use catalogue::Catalogue;
use jiff::civil::Date;
use uuid::Uuid;

use crate::effect::{CameraUse, Effect};
use crate::event::{Device, DeviceNotice, Event, FollowUpFault, Health, Job, Moment, Printed, StoreHealth};
use crate::follow_up::FollowUp;
use crate::home::Home;
use crate::interrupted::{Interrupted, Resume};
use crate::papers::Sources;
use crate::session::{Kind, ListPrint, Session, Stage};
use crate::view::PrintButton;
use crate::{Language, Say, Settings};

/// Number of text sizes: 0.85, 1.0, 1.25, 1.5.
const TEXT_STEPS: u8 = 4;
/// The size everybody starts with.
const TEXT_STEP_START: u8 = 1;
/// "Working" changes its sentence after these, so that nobody looks at a still page.
pub(crate) const WORKING_SAYS_AFTER: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(10)];
/// Every device and every question answers long before; whoever does not is given up, so that no page stands still for ever.
const WORKING_MAX: Duration = Duration::from_secs(120);

/// The kiosk as a pure machine.
pub struct Kiosk {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) settings: Settings,
    pub(crate) place: Place,
    pub(crate) look: Look,
    pub(crate) devices: Devices,
    pub(crate) interrupted: Option<Interrupted>,
    pub(crate) over: Over,
    pub(crate) last_touch: Duration,
    /// When the page changed last, and when work that is being waited for began.
    pub(crate) page_since: Duration,
    camera_use: Option<CameraUse>,
}

/// Where the resident is. Exactly one.
pub(crate) enum Place {
    Idle,
    Home(Home),
    Session(Box<Session>),
    FollowUp(FollowUp),
    Resume(Resume),
    Goodbye { until: Duration, wiped: Option<Uuid>, title: Say, sentence: String },
}

/// How the screen looks for this person; reset when they leave.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub language: Language,
    pub text_step: u8,
    pub high_contrast: bool,
    pub low_reach: bool,
}

pub(crate) struct Devices {
    pub printer: Health,
    pub camera: Health,
    pub scanner: Health,
    pub link: Health,
    pub store: StoreHealth,
    /// What a resident is told of camera, scanner and printer.
    pub notices: [Option<DeviceNotice>; 3],
}

/// What lies over the page.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Over {
    Nothing,
    StillHere,
    LeaveAsked,
    StaffCalled { until: Duration },
}

impl Kiosk {
    /// A kiosk that has just been switched on. `Err` lists sentences that the catalogue does not give.
    pub fn new(catalogue: Arc<Catalogue>, settings: Settings) -> Result<Self, Vec<String>> {
        let missing = catalogue.missing_texts(Say::ALL.iter().map(|say| say.id()));
        if !missing.is_empty() {
            return Err(missing.into_iter().map(str::to_owned).collect());
        }
        let look = Look::new(catalogue.city.first_language());
        Ok(Self {
            catalogue,
            settings,
            place: Place::Idle,
            look,
            devices: Devices {
                printer: Health::NotReady,
                camera: Health::Absent,
                scanner: Health::Absent,
                link: Health::NotReady,
                store: StoreHealth::Open,
                notices: [None; 3],
            },
            interrupted: None,
            over: Over::Nothing,
            last_touch: Duration::ZERO,
            page_since: Duration::ZERO,
            camera_use: None,
        })
    }

    /// Takes one event; the effects are to be carried out in order.
    pub fn handle(&mut self, event: Event, now: Moment) -> Vec<Effect> {
        let mut out = Vec::new();
        let before = self.page_key();
        match event {
            Event::Intent(intent) => self.touched(intent, now, &mut out),
            Event::DeadlineReached => self.deadline_reached(now, &mut out),
            Event::DeviceChanged(device, health) => *self.devices.of(device) = health,
            Event::StoreChanged(health) => self.store_changed(health, &mut out),
            Event::DraftFound { session, lasts } => self.interrupted = Some(Interrupted { session, ends_at: now.elapsed + lasts, wrong_tries: 0 }),
            Event::DraftOpened(draft) => self.draft_opened(draft.unwrap_or_default(), now, &mut out),
            Event::StoreRefused(_) => self.store_refused(),
            Event::PageTaken { part, findings, hint, .. } => self.in_session(|session, _| session.page_taken(&part, findings, hint)),
            Event::LiveLooked(look) => self.in_session(|session, _| session.live_looked(look)),
            Event::NumberDiffers { part } => self.in_session(|session, _| session.number_differs(&part)),
            Event::DeviceNoticed(device, notice) => self.devices.notice(device, notice),
            Event::PageNotTaken { part, fault } => self.in_session(|session, _| session.page_not_taken(&part, fault)),
            Event::PageStored { part } => self.in_session(|session, catalogue| session.page_stored(&part, catalogue, &mut out)),
            Event::CodeRead(text) => {
                if let Place::FollowUp(follow_up) = &mut self.place {
                    follow_up.code_read(&text, &self.catalogue);
                }
            }
            Event::Reserved(minted) => {
                let (settings, language) = (self.settings.clone(), self.look.language);
                self.in_session(|session, catalogue| session.reserved(*minted, catalogue, &settings, language, now, &mut out));
            }
            Event::Enqueued { .. } => self.enqueued(now, &mut out),
            Event::EnqueueRefused(fault) => self.in_session(|session, _| session.refused(fault)),
            Event::PrintEnded { job, outcome } => self.print_ended(job, outcome),
            Event::FollowUpAnswered(answer) => {
                if let Place::FollowUp(follow_up) = &mut self.place {
                    follow_up.answered(answer);
                }
            }
        }
        if self.page_key() != before {
            self.page_since = now.elapsed;
        }
        let sources = self.sources();
        if let Place::Session(session) = &mut self.place
            && let Some(capture) = &mut session.capture
        {
            capture.tend_source(sources);
        }
        self.tend_camera(&mut out);
        out
    }

    /// When [`Event::DeadlineReached`] is wanted, on the clock of [`Moment::elapsed`].
    pub fn deadline(&self, now: Moment) -> Option<Duration> {
        let interrupted = self.interrupted.map(|found| found.ends_at);
        let own = match (&self.place, self.over) {
            (Place::Idle, _) => None,
            (Place::Goodbye { until, .. }, _) => Some(*until),
            (_, Over::StaffCalled { until }) => Some(until),
            _ if self.is_working() => WORKING_SAYS_AFTER.iter().chain([&WORKING_MAX]).map(|after| self.page_since + *after).find(|at| *at > now.elapsed),
            (_, Over::StillHere) => Some((now.elapsed + Duration::from_secs(1)).min(self.last_touch + self.settings.wipe_after())),
            _ => Some(self.last_touch + self.settings.warn_after()),
        };
        own.into_iter().chain(interrupted).min()
    }

    /// Whether a session is being worked on: restarts and updates wait for it to end.
    pub fn is_in_session(&self) -> bool {
        matches!(self.place, Place::Session(_))
    }

    /// The question or paper being asked for, for whoever answers without eyes: a robot, a screen reader.
    pub fn asked(&self) -> Option<&str> {
        match &self.place {
            Place::Session(session) => match &session.stage {
                Stage::Step(id) => Some(id),
                _ => None,
            },
            _ => None,
        }
    }

    /// The session a print job may belong to right now.
    pub fn live_session(&self) -> Option<Uuid> {
        match &self.place {
            Place::Session(session) => Some(session.id),
            _ => None,
        }
    }

    fn begin(&mut self, service: &str, now: Moment, out: &mut Vec<Effect>) {
        if self.devices.store != StoreHealth::Open || self.catalogue.service(service).is_none() {
            return;
        }
        let session = Session::new(now.fresh_id, Kind::Application, service);
        self.open_session(session, out);
    }

    fn begin_repair(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let Place::FollowUp(FollowUp::Showing(answer)) = &self.place else { return };
        let Some(order) = answer.repair.clone() else { return };
        if self.devices.store != StoreHealth::Open || self.catalogue.service(&answer.service).is_none() {
            return;
        }
        let kind = Kind::Repair { number: answer.number.clone(), permit: order.permit, items: order.items, held: order.held, facts: order.facts };
        let mut session = Session::new(now.fresh_id, kind, &answer.service);
        session.advance(&self.catalogue, self.catalogue.city.local(now.wall).date());
        self.open_session(session, out);
    }

    fn open_session(&mut self, session: Session, out: &mut Vec<Effect>) {
        // One session at a time: whoever was cut off before has now been followed by somebody else.
        if let Some(found) = self.interrupted.take() {
            out.push(Effect::EndSession { session: found.session });
        }
        out.push(Effect::BeginSession { session: session.id });
        self.place = Place::Session(Box::new(session));
    }

    fn draft_opened(&mut self, draft: Vec<u8>, now: Moment, out: &mut Vec<Effect>) {
        let today = self.today(now);
        let (Place::Resume(resume), Some(found)) = (&mut self.place, &mut self.interrupted) else { return };
        resume.opening = false;
        if let Some(mut session) =
            resume.opens(&draft).filter(|session| !session.services.is_empty() && session.services.iter().all(|id| self.catalogue.service(id).is_some()))
        {
            self.interrupted = None;
            if session.slip.is_none() {
                session.advance(&self.catalogue, today);
            } else {
                session.stage = Stage::Slip;
            }
            self.place = Place::Session(Box::new(session));
            return;
        }
        found.wrong_tries += 1;
        resume.typing.clear();
        resume.problem = Some(Say::ResumeNoMatch);
        if found.wrong_tries >= self.settings.resume_tries_max {
            out.push(Effect::EndSession { session: found.session });
            self.interrupted = None;
            self.go_idle();
        }
    }

    fn enqueued(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let Place::Session(session) = &mut self.place else { return };
        if session.enqueued(out) {
            let Kind::Repair { number, .. } = &session.kind else { return };
            let sentence = self.catalogue.text(Say::RepairDoneSentence.id()).fill(self.look.language, &[("nomor", number)]);
            self.end_session(Say::RepairDone, sentence, now, out);
        }
    }

    fn print_ended(&mut self, job: Job, outcome: Printed) {
        let Place::Session(session) = &mut self.place else { return };
        if session.print.job == Some(job) {
            let state = if outcome == Printed::Printed { PrintButton::Done } else { PrintButton::Failed };
            session.print = ListPrint { state: Some(state), job: None };
        } else if session.slip.as_ref().is_some_and(|handed| handed.job == Some(job)) {
            session.slip_print_ended(outcome);
        }
    }

    fn print_list(&mut self, out: &mut Vec<Effect>) {
        let Some(list) = self.list() else { return };
        let Place::Session(session) = &mut self.place else { return };
        if session.print.job.is_none() {
            let job = session.next_job();
            session.print = ListPrint { state: Some(PrintButton::Busy), job: Some(job) };
            out.push(Effect::PrintList { job, list: Box::new(list) });
        }
    }

    /// Who has not begun to answer is not let into a session that cannot be stored.
    fn store_changed(&mut self, health: StoreHealth, out: &mut Vec<Effect>) {
        self.devices.store = health;
        if let Place::Session(session) = &self.place
            && health != StoreHealth::Open
            && matches!(session.stage, Stage::Requirements | Stage::Privacy)
            && session.answers.values.is_empty()
        {
            out.push(Effect::EndSession { session: session.id });
            self.place = Place::Home(Home::Events);
        }
    }

    fn store_refused(&mut self) {
        let Place::Session(session) = &mut self.place else { return };
        session.page_not_stored();
        session.problem = Some(Say::StoreFull);
    }

    /// "Keluar": asked once more where something would be lost.
    fn leave_wished(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let would_lose = match &self.place {
            Place::Session(session) => !session.answers.values.is_empty() && matches!(session.stage, Stage::Step(_) | Stage::Check | Stage::Privacy),
            _ => false,
        };
        if would_lose {
            self.over = Over::LeaveAsked;
        } else if !self.is_working() {
            self.leave(now, out);
        }
    }

    fn leave(&mut self, now: Moment, out: &mut Vec<Effect>) {
        self.over = Over::Nothing;
        match &self.place {
            Place::Session(_) => {
                let sentence = self.catalogue.text(Say::GoodbyeSentence.id()).get(self.look.language).to_owned();
                self.end_session(Say::Goodbye, sentence, now, out);
            }
            _ => self.go_idle(),
        }
    }

    fn end_session(&mut self, title: Say, sentence: String, now: Moment, out: &mut Vec<Effect>) {
        let Place::Session(session) = &self.place else { return };
        out.push(Effect::EndSession { session: session.id });
        let until = now.elapsed + Duration::from_secs(self.settings.goodbye_secs);
        self.place = Place::Goodbye { until, wiped: Some(session.id), title, sentence };
        self.over = Over::Nothing;
    }

    fn go_idle(&mut self) {
        self.place = Place::Idle;
        self.over = Over::Nothing;
        self.look = Look::new(self.catalogue.city.first_language());
    }

    fn deadline_reached(&mut self, now: Moment, out: &mut Vec<Effect>) {
        if let Some(found) = self.interrupted
            && now.elapsed >= found.ends_at
        {
            self.interrupted = None;
            out.push(Effect::EndSession { session: found.session });
            if matches!(self.place, Place::Resume(_)) {
                self.go_idle();
            }
        }
        match (&self.place, self.over) {
            (Place::Idle, _) => {}
            (Place::Goodbye { until, .. }, _) if now.elapsed >= *until => self.go_idle(),
            (Place::Goodbye { .. }, _) => {}
            (_, Over::StaffCalled { until }) if now.elapsed < until => {}
            (_, Over::StaffCalled { .. }) => {
                self.over = Over::Nothing;
                self.last_touch = now.elapsed;
            }
            _ if self.is_working() => {
                if now.elapsed >= self.page_since + WORKING_MAX {
                    self.give_up_waiting(now);
                }
            }
            _ => self.tend_idleness(now, out),
        }
    }

    /// An answer never came: the page says so, as if the device or central had said it.
    fn give_up_waiting(&mut self, now: Moment) {
        self.last_touch = now.elapsed;
        match &mut self.place {
            Place::Session(session) => session.give_up_page(),
            Place::FollowUp(follow_up) => follow_up.answered(Err(FollowUpFault::Unreachable)),
            Place::Resume(resume) => resume.opening = false,
            Place::Idle | Place::Home(_) | Place::Goodbye { .. } => {}
        }
    }

    fn tend_idleness(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let untouched = now.elapsed.saturating_sub(self.last_touch);
        if untouched >= self.settings.wipe_after() {
            self.over = Over::Nothing;
            match &self.place {
                Place::Session(_) => {
                    let sentence = self.catalogue.text(Say::WipedSentence.id()).get(self.look.language).to_owned();
                    self.end_session(Say::Wiped, sentence, now, out);
                }
                _ => self.go_idle(),
            }
        } else if untouched >= self.settings.warn_after() {
            self.over = Over::StillHere;
        }
    }

    /// The camera runs exactly while a page needs it.
    fn tend_camera(&mut self, out: &mut Vec<Effect>) {
        let wanted = match &self.place {
            Place::Session(session) => session.capture.as_ref().and_then(|capture| capture.camera_use()),
            Place::FollowUp(follow_up) => follow_up.camera_use(),
            _ => None,
        };
        if wanted != self.camera_use {
            self.camera_use = wanted;
            out.push(Effect::UseCamera(wanted));
        }
    }

    pub(crate) fn is_working(&self) -> bool {
        match &self.place {
            Place::Session(session) => session.stage == Stage::Sending || session.capture.as_ref().is_some_and(|capture| capture.is_working()),
            Place::FollowUp(follow_up) => matches!(follow_up, FollowUp::Asking { .. }),
            Place::Resume(resume) => resume.opening,
            _ => false,
        }
    }

    pub(crate) fn sources(&self) -> Sources {
        Sources { camera: self.devices.camera, scanner: self.devices.scanner }
    }

    pub(crate) fn today(&self, now: Moment) -> Date {
        self.catalogue.city.local(now.wall).date()
    }

    fn in_session(&mut self, act: impl FnOnce(&mut Session, &Catalogue)) {
        if let Place::Session(session) = &mut self.place {
            act(session, &self.catalogue);
        }
    }

    /// Changes exactly when another page is shown.
    fn page_key(&self) -> String {
        match &self.place {
            Place::Idle => "idle".into(),
            Place::Home(home) => home.page_key(),
            Place::Session(session) => format!("session {:?} {:?}", session.stage, session.capture.as_ref().map(|capture| &capture.state)),
            Place::FollowUp(FollowUp::Reading { .. }) => "code".into(),
            Place::FollowUp(FollowUp::Number { .. }) => "number".into(),
            Place::FollowUp(FollowUp::Pin { .. }) => "pin".into(),
            Place::FollowUp(FollowUp::Asking { .. }) => "asking".into(),
            Place::FollowUp(FollowUp::Which(_)) => "which".into(),
            Place::FollowUp(FollowUp::Showing(_)) => "showing".into(),
            Place::Resume(resume) => format!("resume {}", resume.opening),
            Place::Goodbye { .. } => "goodbye".into(),
        }
    }
}

impl Look {
    fn new(language: Language) -> Self {
        Self { language, text_step: TEXT_STEP_START, high_contrast: false, low_reach: false }
    }
}

impl Devices {
    fn of(&mut self, device: Device) -> &mut Health {
        match device {
            Device::Printer => &mut self.printer,
            Device::Camera => &mut self.camera,
            Device::Scanner => &mut self.scanner,
            Device::Link => &mut self.link,
        }
    }

    fn notice(&mut self, device: Device, notice: Option<DeviceNotice>) {
        if let Some(place) = Self::place(device) {
            self.notices[place] = notice;
        }
    }

    /// What a resident is told of a device now.
    pub fn told(&self, device: Device) -> Option<DeviceNotice> {
        Self::place(device).and_then(|place| self.notices[place])
    }

    fn place(device: Device) -> Option<usize> {
        match device {
            Device::Camera => Some(0),
            Device::Scanner => Some(1),
            Device::Printer => Some(2),
            Device::Link => None,
        }
    }
}
