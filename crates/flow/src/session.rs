//! One resident's session: what was answered, where it stands, and how it moves on.
//!
//! The draft is this struct as JSON, so everything that must survive a power cut is a field here, and everything that must
//! not (what is being typed, what lies before the camera) is `#[serde(skip)]`.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::route::{End, Route};
use catalogue::{Answers, Catalogue, Service, Step, StepKind};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::effect::{Effect, Page};
use crate::event::{Job, RepairItem};
use crate::papers::Capture;
use crate::slip::Slip;
use crate::typing::{Field, Typing};
use crate::view::{PaperState, PrintButton};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: Uuid,
    pub kind: Kind,
    pub service: String,
    pub answers: Answers,
    pub papers: BTreeMap<String, Vec<Page>>,
    /// Questions whose doubt the resident answered with "sudah benar".
    pub sure: BTreeSet<String>,
    pub stage: Stage,
    /// The step being shown was opened from the check page.
    pub from_check: bool,
    /// Names of pages are never used twice in a session.
    pub parts_named: u32,
    pub jobs_begun: u32,
    pub slip: Option<Handed>,
    #[serde(skip)]
    pub typing: Option<Typing>,
    #[serde(skip)]
    pub capture: Option<Capture>,
    #[serde(skip)]
    pub print: ListPrint,
    /// What could not be done, said on the check page.
    #[serde(skip)]
    pub problem: Option<crate::Say>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Kind {
    Application,
    /// Only the items are asked; everything else stays with central.
    Repair {
        number: String,
        permit: String,
        items: Vec<RepairItem>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Requirements,
    /// "Belum lengkap?"
    NotComplete,
    Privacy,
    Step(String),
    Exit(String),
    Check,
    Sending,
    Slip,
}

/// The slip after submission, and what became of its paper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handed {
    pub slip: Slip,
    pub reprints: u32,
    #[serde(skip)]
    pub paper: HandedPaper,
    #[serde(skip)]
    pub job: Option<Job>,
}

/// A slip read back from a draft has an unknown fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandedPaper(pub PaperState);

impl Default for HandedPaper {
    fn default() -> Self {
        Self(PaperState::Unknown)
    }
}

/// Printing of a checklist.
#[derive(Clone, Debug, Default)]
pub struct ListPrint {
    pub state: Option<PrintButton>,
    pub job: Option<Job>,
}

impl Session {
    pub fn new(id: Uuid, kind: Kind, service: &str) -> Self {
        Self {
            id,
            kind,
            service: service.to_owned(),
            answers: Answers::default(),
            papers: BTreeMap::new(),
            sure: BTreeSet::new(),
            stage: Stage::Requirements,
            from_check: false,
            parts_named: 0,
            jobs_begun: 0,
            slip: None,
            typing: None,
            capture: None,
            print: ListPrint::default(),
            problem: None,
        }
    }

    pub fn service<'a>(&self, catalogue: &'a Catalogue) -> &'a Service {
        catalogue.service(&self.service).expect("a session is only begun for a service of this catalogue")
    }

    pub fn draft(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a session holds only text, numbers and lists, which JSON can hold")
    }

    pub fn save(&self, out: &mut Vec<Effect>) {
        out.push(Effect::SaveDraft { session: self.id, draft: self.draft() });
    }

    /// A job of this session that was never begun before.
    pub fn next_job(&mut self) -> Job {
        self.jobs_begun += 1;
        Job { session: self.id, serial: self.jobs_begun }
    }

    /// Goes to the first thing that is not answered yet, to an exit, or to the check page.
    pub fn advance(&mut self, catalogue: &Catalogue, today: Date) {
        self.typing = None;
        self.capture = None;
        self.problem = None;
        let service = self.service(catalogue);
        let stage = match (&self.kind, Route::walk(service, &self.answers, today).end) {
            (Kind::Repair { items, .. }, _) => match items.iter().filter_map(|item| service.step(&item.item)).find(|step| !step.is_answered(&self.answers)) {
                Some(step) => Stage::Step(step.id.clone()),
                None => Stage::Check,
            },
            (Kind::Application, End::Ask(step)) => Stage::Step(step.id.clone()),
            (Kind::Application, End::Exit(exit)) => Stage::Exit(exit.id.clone()),
            (Kind::Application, End::Complete) => Stage::Check,
        };
        if stage == Stage::Check {
            self.from_check = false;
        }
        self.enter(catalogue, stage);
    }

    /// Shows `stage`, with what it needs to be worked on.
    pub fn enter(&mut self, catalogue: &Catalogue, stage: Stage) {
        self.typing = None;
        self.capture = None;
        self.print = ListPrint::default();
        if let Stage::Step(id) = &stage
            && let Some(step) = self.service(catalogue).step(id)
        {
            match &step.kind {
                StepKind::Choice { .. } => {}
                StepKind::Entry { kind, .. } => {
                    self.typing = Some(match self.answers.values.get(id) {
                        Some(value) => Typing::with_value(*kind, value),
                        None => Typing::new(Field::Entry(*kind)),
                    });
                }
                StepKind::Paper { .. } => self.capture = Some(Capture::new(self.answers.page_count(id) > 0)),
            }
        }
        self.stage = stage;
    }

    /// One page back; false when there is none.
    pub fn back(&mut self, catalogue: &Catalogue, today: Date) -> bool {
        let service = self.service(catalogue);
        let route = Route::walk(service, &self.answers, today);
        let before = |id: Option<&str>| match &self.kind {
            Kind::Application => id.map_or_else(|| route.answered.last().copied(), |id| route.before(id)).map(|step| step.id.clone()),
            Kind::Repair { items, .. } => {
                let at = id.map_or(items.len(), |id| items.iter().position(|item| item.item == id).unwrap_or(0));
                at.checked_sub(1).map(|at| items[at].item.clone())
            }
        };
        let is_repair = matches!(self.kind, Kind::Repair { .. });
        let stage = match &self.stage {
            Stage::Step(_) if self.from_check && self.is_complete(catalogue, today) => {
                self.from_check = false;
                Stage::Check
            }
            Stage::Step(id) => match before(Some(id)) {
                Some(step) => Stage::Step(step),
                None if is_repair => return false,
                None => Stage::Privacy,
            },
            Stage::Check | Stage::Exit(_) => match before(None) {
                Some(step) => Stage::Step(step),
                None => Stage::Privacy,
            },
            Stage::Privacy | Stage::NotComplete => Stage::Requirements,
            Stage::Requirements | Stage::Sending | Stage::Slip => return false,
        };
        self.enter(catalogue, stage);
        true
    }

    /// Nothing is left to ask: it may be sent.
    pub fn is_complete(&self, catalogue: &Catalogue, today: Date) -> bool {
        let service = self.service(catalogue);
        match &self.kind {
            Kind::Application => Route::walk(service, &self.answers, today).is_complete(),
            Kind::Repair { items, .. } => items.iter().filter_map(|item| service.step(&item.item)).all(|step| step.is_answered(&self.answers)),
        }
    }

    /// Whether the check page offers to change this answer.
    pub fn may_change(&self, id: &str, catalogue: &Catalogue, today: Date) -> bool {
        match &self.kind {
            Kind::Application => Route::walk(self.service(catalogue), &self.answers, today).has(id),
            Kind::Repair { items, .. } => items.iter().any(|item| item.item == id),
        }
    }

    /// The step being shown.
    pub fn step<'a>(&self, catalogue: &'a Catalogue) -> Option<&'a Step> {
        match &self.stage {
            Stage::Step(id) => self.service(catalogue).step(id),
            _ => None,
        }
    }

    /// The order to mend the step being shown, in a repair.
    pub fn repair_item(&self) -> Option<&RepairItem> {
        match (&self.kind, &self.stage) {
            (Kind::Repair { items, .. }, Stage::Step(id)) => items.iter().find(|item| item.item == *id),
            _ => None,
        }
    }

    /// Stores an answer and moves on.
    pub fn answer(&mut self, id: &str, value: &str, catalogue: &Catalogue, today: Date, out: &mut Vec<Effect>) {
        self.answers.set(id, value);
        self.advance(catalogue, today);
        self.save(out);
    }
}
