//! One resident's session: what was answered, where it stands, and how it moves on.
//!
//! The draft is this struct as JSON, so everything that must survive a power cut is a field here, and everything that must
//! not (what is being typed, what lies before the camera) is `#[serde(skip)]`.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::repair::Held;
use catalogue::route::{End, Route};
use catalogue::{Also, Answers, Catalogue, Class, Exit, Finding, Service, Step, StepKind};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::effect::{Effect, Page};
use crate::event::{Job, RepairItem};
use crate::papers::Capture;
use crate::slip::Slip;
use crate::typing::{Field, Typing};
use crate::view::{PaperState, PrintButton};

/// Services in one visit; the slip has room for so many.
pub const SERVICES_MAX: usize = 4;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: Uuid,
    pub kind: Kind,
    /// Services of this visit in the order they were chosen; the first began it. Never empty.
    pub services: Vec<String>,
    /// Further services that were offered and not wanted.
    pub declined: BTreeSet<String>,
    /// The notice about personal data was understood.
    pub privacy_known: bool,
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Application,
    /// Only the items are asked, and what their new answers make necessary; everything else stays with central.
    Repair {
        number: String,
        permit: String,
        items: Vec<RepairItem>,
        held: BTreeSet<String>,
        facts: BTreeMap<String, String>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Requirements,
    /// "Belum lengkap?"
    NotComplete,
    Privacy,
    Step(String),
    Exit {
        service: String,
        exit: String,
    },
    /// A further service is offered.
    Offer(String),
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
            services: vec![service.to_owned()],
            declined: BTreeSet::new(),
            privacy_known: false,
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

    /// The service that began the visit.
    pub fn service<'a>(&self, catalogue: &'a Catalogue) -> &'a Service {
        self.services(catalogue).first().copied().expect("a session is only begun for a service of this catalogue")
    }

    pub fn services<'a>(&self, catalogue: &'a Catalogue) -> Vec<&'a Service> {
        self.services.iter().filter_map(|id| catalogue.service(id)).collect()
    }

    /// The way through the visit, or through the repair.
    pub fn route<'a>(&self, catalogue: &'a Catalogue, today: Date) -> Route<'a> {
        match &self.kind {
            Kind::Application => Route::walk_visit(catalogue, &self.services(catalogue), &self.answers, today),
            Kind::Repair { items, held, facts, .. } => {
                let faults = items.iter().map(|item| item.item.clone()).collect();
                Route::walk_repair(catalogue, self.service(catalogue), Held { steps: held, facts, faults: &faults }, &self.answers, today)
            }
        }
    }

    /// What the rules say of a value beside the answers that still count: who was taken off the list blocks nobody.
    pub fn examine(&self, step: &Step, value: &str, catalogue: &Catalogue, today: Date) -> Option<Finding> {
        catalogue.examine(step, value, &self.route(catalogue, today).keep(&self.answers), today)
    }

    /// The resident tried to go on: from now on every finding is shown.
    pub fn tried(&mut self) {
        if let Some(typing) = &mut self.typing {
            typing.tried = true;
        }
    }

    fn find_step<'a>(&self, id: &str, catalogue: &'a Catalogue) -> Option<&'a Step> {
        self.services(catalogue).into_iter().find_map(|service| service.step(id))
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

    /// Goes to the first thing that is not answered yet, to an exit, to an offer, or to the check page.
    pub fn advance(&mut self, catalogue: &Catalogue, today: Date) {
        self.typing = None;
        self.capture = None;
        self.problem = None;
        let stage = match self.route(catalogue, today).end {
            End::Ask(step) => Stage::Step(step.id.clone()),
            End::Exit(exit) => {
                let owner = self.services(catalogue).into_iter().find(|service| service.exits.iter().any(|own| std::ptr::eq(own, exit)));
                Stage::Exit { service: owner.map(|service| service.id.clone()).unwrap_or_default(), exit: exit.id.clone() }
            }
            End::Complete => self.next_offer(catalogue, today).map_or(Stage::Check, |also| Stage::Offer(also.service.clone())),
        };
        if stage == Stage::Check {
            self.from_check = false;
        }
        self.enter(catalogue, stage);
    }

    /// A further service that fits these answers and was not offered before.
    fn next_offer<'a>(&self, catalogue: &'a Catalogue, today: Date) -> Option<&'a Also> {
        if self.kind != Kind::Application || self.services.len() >= SERVICES_MAX {
            return None;
        }
        let offers = self.services(catalogue).into_iter().flat_map(|service| catalogue.offers(service, &self.answers, today));
        offers.into_iter().find(|also| !self.services.contains(&also.service) && !self.declined.contains(&also.service))
    }

    /// The offer of this service, as one of the visit's services makes it.
    pub fn offer<'a>(&self, service: &str, catalogue: &'a Catalogue) -> Option<&'a Also> {
        self.services(catalogue).into_iter().flat_map(|own| &own.also).find(|also| also.service == service)
    }

    /// "Ya, sekalian" or "Tidak, ini saja".
    pub fn answer_offer(&mut self, service: &str, wanted: bool, catalogue: &Catalogue, today: Date, out: &mut Vec<Effect>) {
        if let (true, Some(also)) = (wanted, self.offer(service, catalogue)) {
            self.answers.values.extend(also.with.clone());
            self.services.push(service.to_owned());
        } else {
            self.declined.insert(service.to_owned());
        }
        self.advance(catalogue, today);
        self.save(out);
    }

    /// The exit being shown.
    pub fn exit<'a>(&self, catalogue: &'a Catalogue) -> Option<&'a Exit> {
        match &self.stage {
            Stage::Exit { service, exit } => catalogue.service(service)?.exits.iter().find(|own| own.id == *exit),
            _ => None,
        }
    }

    /// Whether the exit being shown ends only a further service, and the visit can go on without it.
    pub fn may_go_on_without(&self) -> bool {
        matches!(&self.stage, Stage::Exit { service, .. } if self.services.len() > 1 && self.services.first() != Some(service))
    }

    /// Goes on after an exit: without the further service, or with the service the exit leads to. False when the visit ends here.
    pub fn leave_exit(&mut self, catalogue: &Catalogue, today: Date, out: &mut Vec<Effect>) -> bool {
        let Stage::Exit { service, .. } = self.stage.clone() else { return false };
        if self.may_go_on_without() {
            self.services.retain(|own| *own != service);
            self.declined.insert(service);
            self.advance(catalogue, today);
        } else if let (Kind::Application, Some(onward)) = (&self.kind, self.exit(catalogue).and_then(|exit| exit.onward.as_ref())) {
            self.services = vec![onward.service.clone()];
            self.declined.clear();
            self.answers.values.extend(onward.with.clone());
            self.enter(catalogue, Stage::Requirements);
        } else {
            return false;
        }
        self.save(out);
        true
    }

    /// Shows `stage`, with what it needs to be worked on.
    pub fn enter(&mut self, catalogue: &Catalogue, stage: Stage) {
        self.typing = None;
        self.capture = None;
        self.print = ListPrint::default();
        if let Stage::Step(id) = &stage
            && let Some(step) = self.find_step(id, catalogue)
        {
            match &step.kind {
                StepKind::Choice { .. } => {}
                StepKind::Entry { kind, .. } => {
                    self.typing = Some(match self.answers.values.get(id) {
                        Some(value) => Typing::with_value(*kind, value),
                        None => Typing::new(Field::Entry(*kind)),
                    });
                }
                StepKind::Pick { .. } => self.typing = Some(Typing::new(Field::Search)),
                StepKind::Paper { .. } => self.capture = Some(Capture::new(self.answers.page_count(id) > 0)),
            }
        }
        self.stage = stage;
    }

    /// One page back; false when there is none.
    pub fn back(&mut self, catalogue: &Catalogue, today: Date) -> bool {
        let route = self.route(catalogue, today);
        let before = |id: Option<&str>| id.map_or_else(|| route.answered.last().copied(), |id| route.before(id)).map(|step| Stage::Step(step.id.clone()));
        let is_repair = self.kind != Kind::Application;
        let first = if self.asks_privacy(catalogue) { Stage::Privacy } else { Stage::Requirements };
        let stage = match &self.stage {
            Stage::Step(_) if self.from_check && route.is_complete() => {
                self.from_check = false;
                Stage::Check
            }
            Stage::Step(id) => match before(Some(id)) {
                Some(step) => step,
                None if is_repair => return false,
                None => first,
            },
            Stage::Check | Stage::Exit { .. } | Stage::Offer(_) => before(None).unwrap_or(first),
            Stage::Privacy | Stage::NotComplete => Stage::Requirements,
            Stage::Requirements | Stage::Sending | Stage::Slip => return false,
        };
        self.enter(catalogue, stage);
        true
    }

    /// A service that only explains keeps nothing, so there is nothing to give notice of.
    pub fn asks_privacy(&self, catalogue: &Catalogue) -> bool {
        self.service(catalogue).class != Class::K3
    }

    /// Nothing is left to ask: it may be sent.
    pub fn is_complete(&self, catalogue: &Catalogue, today: Date) -> bool {
        self.route(catalogue, today).is_complete()
    }

    /// Whether the check page offers to change this answer.
    pub fn may_change(&self, id: &str, catalogue: &Catalogue, today: Date) -> bool {
        self.route(catalogue, today).has(id)
    }

    /// The step being shown.
    pub fn step<'a>(&self, catalogue: &'a Catalogue) -> Option<&'a Step> {
        match &self.stage {
            Stage::Step(id) => self.find_step(id, catalogue),
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
