//! A resident and a world around the machine: touches go in, effects are carried out at once, everything is remembered.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use catalogue::Catalogue;
use flow::effect::Submission;
use flow::event::{Device, FollowUpAnswer, FollowUpFault, Health, Job, Minted, PageFinding, PageHint, Printed, Source, StoreFault, Wanted};
use flow::slip::Slip;
use flow::view::{Page, View};
use flow::{Effect, Event, Intent, Kiosk, Moment, Settings};
use uuid::Uuid;

pub static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/catalogue");
    Arc::new(Catalogue::load_dir(&dir).expect("the shipped catalogue loads"))
});

/// An invented woman, NIK serial 0000.
pub const NIK: &str = "3578014507900000";
pub const NO_KK: &str = "3578010101100000";
pub const NAME: &str = "SITI SPESIMEN";
pub const TOKEN: &str = "7ZK2M9QW4X8RT5CN3VHB";
pub const PIN: &str = "482913";

/// How the world treats the machine.
pub struct World {
    pub kiosk: Kiosk,
    pub elapsed: Duration,
    pub wall: jiff::Timestamp,
    pub paper: Printed,
    pub findings: Vec<PageFinding>,
    pub hint: Option<PageHint>,
    /// What the last page was expected to be.
    pub wanted: Option<Wanted>,
    pub enqueue_fault: Option<StoreFault>,
    pub page_fault: Option<StoreFault>,
    pub follow_up: Result<FollowUpAnswer, FollowUpFault>,
    /// The draft on disk, and the one that replaced it at submission.
    pub draft: Option<Vec<u8>>,
    pub submissions: Vec<Submission>,
    pub printed: Vec<(Job, Slip)>,
    pub lists: usize,
    pub ended: Vec<Uuid>,
    pub asked: Vec<(String, String)>,
    pub effects: Vec<Effect>,
    next_id: u128,
    next_serial: u32,
}

impl World {
    pub fn new() -> Self {
        let settings = Settings { kelurahan_code: "35.78.07.1003".into(), office: "Kelurahan Kapasari".into(), kiosk: "GBG-1".into(), ..Settings::default() };
        let kiosk = Kiosk::new(CATALOGUE.clone(), settings).expect("every sentence is in the catalogue");
        let mut world = Self {
            kiosk,
            elapsed: Duration::from_secs(1),
            wall: "2026-11-20T07:10:00Z".parse().expect("a valid time"),
            paper: Printed::Printed,
            findings: Vec::new(),
            hint: None,
            wanted: None,
            enqueue_fault: None,
            page_fault: None,
            follow_up: Err(FollowUpFault::Unreachable),
            draft: None,
            submissions: Vec::new(),
            printed: Vec::new(),
            lists: 0,
            ended: Vec::new(),
            asked: Vec::new(),
            effects: Vec::new(),
            next_id: 1,
            next_serial: 1,
        };
        for device in [Device::Printer, Device::Camera, Device::Scanner, Device::Link] {
            world.event(Event::DeviceChanged(device, Health::Ready));
        }
        world
    }

    /// A new machine over the same disk, as after a power cut.
    pub fn restart(&mut self) {
        let old = std::mem::replace(self, Self::new());
        (self.draft, self.submissions, self.printed, self.ended) = (old.draft, old.submissions, old.printed, old.ended);
        (self.next_id, self.next_serial) = (old.next_id, old.next_serial);
        if self.draft.is_some() {
            self.event(Event::DraftFound { session: Uuid::from_u128(1), lasts: Duration::from_secs(900) });
        }
    }

    pub fn now(&mut self) -> Moment {
        self.next_id += 1;
        Moment { wall: self.wall, elapsed: self.elapsed, fresh_id: Uuid::from_u128(self.next_id) }
    }

    pub fn view(&self) -> View {
        self.kiosk.view(Moment { wall: self.wall, elapsed: self.elapsed, fresh_id: Uuid::nil() })
    }

    pub fn page(&self) -> Page {
        self.view().page
    }

    /// Lets time pass, waking the machine at every deadline it names.
    pub fn wait(&mut self, time: Duration) {
        let until = self.elapsed + time;
        for _ in 0..1000 {
            let now = self.now();
            match self.kiosk.deadline(now) {
                Some(at) if at <= until => {
                    self.elapsed = at.max(self.elapsed);
                    self.event(Event::DeadlineReached);
                    let now = self.now();
                    if self.kiosk.deadline(now) == Some(at) {
                        break;
                    }
                }
                _ => break,
            }
        }
        self.elapsed = until;
    }

    /// One deliberate touch, long after the one before.
    pub fn touch(&mut self, intent: Intent) -> &mut Self {
        self.elapsed += Duration::from_secs(1);
        self.event(Event::Intent(intent));
        self
    }

    /// Two touches within a blink.
    pub fn double_touch(&mut self, intent: Intent) {
        self.touch(intent.clone());
        self.elapsed += Duration::from_millis(90);
        self.event(Event::Intent(intent));
    }

    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for key in text.chars() {
            self.touch(Intent::Key(key));
        }
        self
    }

    pub fn choose(&mut self, value: &str) -> &mut Self {
        self.touch(Intent::Choose(value.into()))
    }

    pub fn event(&mut self, event: Event) {
        let now = self.now();
        let effects = self.kiosk.handle(event, now);
        for effect in effects {
            self.effects.push(effect.clone());
            if let Some(answer) = self.carry_out(effect) {
                self.event(answer);
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::SaveDraft { draft, .. } => self.draft = Some(draft),
            Effect::EndSession { session } => {
                self.draft = None;
                self.ended.push(session);
            }
            Effect::OpenDraft => return Some(Event::DraftOpened(self.draft.clone().ok_or(StoreFault::Broken))),
            Effect::TakePage { part, source, wanted } => {
                self.wanted = Some(wanted);
                return Some(Event::PageTaken { part, findings: self.findings.clone(), hint: self.hint, source });
            }
            Effect::StorePage { part, .. } => {
                return Some(match self.page_fault {
                    Some(fault) => Event::StoreRefused(fault),
                    None => Event::PageStored { part },
                });
            }
            Effect::Reserve { numbers } => {
                let number = |serial| catalogue::number::SlipNumber::mint("GBG", jiff::civil::date(2026, 11, 20), serial).expect("a valid number").to_string();
                let numbers = (self.next_serial..).take(numbers).map(number).collect();
                let minted = Minted {
                    key: Uuid::from_u128(9000 + u128::from(self.next_serial)),
                    numbers,
                    token: TOKEN.into(),
                    pin: PIN.into(),
                    pin_verifier: "$argon2id$".into(),
                };
                return Some(Event::Reserved(Box::new(minted)));
            }
            Effect::Enqueue(submission) => {
                if let Some(fault) = self.enqueue_fault {
                    return Some(Event::EnqueueRefused(fault));
                }
                self.next_serial += 1;
                self.draft = Some(submission.draft_after.clone());
                let number = submission.number.clone();
                self.submissions.push(*submission);
                return Some(Event::Enqueued { number });
            }
            Effect::PrintSlip { job, slip } => {
                self.printed.push((job, *slip));
                return Some(Event::PrintEnded { job, outcome: self.paper });
            }
            Effect::PrintList { job, .. } => {
                self.lists += 1;
                return Some(Event::PrintEnded { job, outcome: self.paper });
            }
            Effect::AskFollowUp { id, pin } => {
                self.asked.push((id, pin));
                return Some(Event::FollowUpAnswered(self.follow_up.clone().map(Box::new)));
            }
            Effect::BeginSession { .. } | Effect::UseCamera(_) | Effect::DropPicture { .. } | Effect::DropPage { .. } => {}
        }
        None
    }

    // --- Stretches of the way that many stories share ---

    pub fn go_to_first_question(&mut self) -> &mut Self {
        self.touch(Intent::Wake).touch(Intent::ChooseEvent("ktp-hilang".into())).touch(Intent::GoOn).touch(Intent::GoOn)
    }

    pub fn answer_questions(&mut self) -> &mut Self {
        self.choose("ya").choose("hilang").choose("ya").choose("tidak")
    }

    pub fn type_person(&mut self) -> &mut Self {
        self.type_text(NIK).touch(Intent::GoOn);
        self.type_text(NO_KK).touch(Intent::GoOn);
        self.type_text(NAME).touch(Intent::GoOn);
        self.type_text("05071990").touch(Intent::GoOn);
        self.touch(Intent::Skip)
    }

    pub fn take_page(&mut self) -> &mut Self {
        self.touch(Intent::GoOn).touch(Intent::GoOn)
    }

    pub fn go_to_check(&mut self) -> &mut Self {
        self.go_to_first_question().answer_questions().type_person().take_page().touch(Intent::GoOn)
    }

    pub fn go_to_slip(&mut self) -> &mut Self {
        self.go_to_check().touch(Intent::GoOn)
    }
}

/// What the page asks, in one word and its text, for short assertions.
pub fn heading(page: &Page) -> String {
    match page {
        Page::Idle { .. } => "idle".into(),
        Page::Home { .. } => "home".into(),
        Page::Requirements { .. } => "requirements".into(),
        Page::Exit { title, .. } => format!("exit: {title}"),
        Page::Privacy { .. } => "privacy".into(),
        Page::Choice { question, .. } => question.clone(),
        Page::Entry(entry) => entry.question.clone(),
        Page::Pick(pick) => pick.question.clone(),
        Page::Capture(capture) => format!("capture: {}", capture.paper),
        Page::Check { .. } => "check".into(),
        Page::Working { title, .. } => format!("working: {title}"),
        Page::Slip(_) => "slip".into(),
        Page::Goodbye { .. } => "goodbye".into(),
        Page::ReadCode { .. } => "code".into(),
        Page::Progress(_) => "progress".into(),
        Page::Closed { .. } => "closed".into(),
    }
}

/// A page taken by the camera is where the machine put it.
pub fn source_word() -> &'static str {
    Source::Camera.word()
}
