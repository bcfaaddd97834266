//! Taking a paper: live picture, one page at a time, kept or taken again.
//!
//! A page the machine dislikes can always be kept; its findings travel with it, so the officer knows.

use catalogue::{Catalogue, EntryKind, PaperNumber, StepKind};
use jiff::civil::Date;

use crate::Say;
use crate::effect::{CameraUse, Effect, Page};
use crate::event::{CaptureFault, Health, Intent, LiveLook, PageFinding, PageHint, Source, Wanted};
use crate::session::Session;

/// What lies before camera or scanner right now.
#[derive(Clone, Debug)]
pub struct Capture {
    pub state: CaptureState,
    pub source: Source,
    pub problem: Option<Say>,
    /// What the live picture shows.
    pub live: LiveLook,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CaptureState {
    Live,
    Taking { part: String },
    Review { part: String, findings: Vec<PageFinding>, hint: Option<PageHint> },
    Storing { part: String, findings: Vec<PageFinding> },
    Pages,
}

impl Capture {
    pub fn new(has_pages: bool) -> Self {
        Self { state: if has_pages { CaptureState::Pages } else { CaptureState::Live }, source: Source::Camera, problem: None, live: LiveLook::default() }
    }

    /// Whether the camera should be running for this page.
    pub fn camera_use(&self) -> Option<CameraUse> {
        let live = matches!(self.state, CaptureState::Live | CaptureState::Taking { .. });
        (live && self.source == Source::Camera).then_some(CameraUse::Document)
    }

    /// The device or the store is busy with a page.
    pub fn is_working(&self) -> bool {
        matches!(self.state, CaptureState::Taking { .. } | CaptureState::Storing { .. })
    }

    /// Not while a page is between hand and disk.
    pub fn may_go_back(&self) -> bool {
        !self.is_working()
    }

    /// Takes the other source when the chosen one cannot work and the other can.
    pub fn tend_source(&mut self, sources: Sources) {
        if self.state != CaptureState::Live {
            return;
        }
        self.source = match (self.source, sources.camera, sources.scanner) {
            (Source::Camera, camera, Health::Ready) if camera != Health::Ready => Source::Scanner,
            (Source::Scanner, Health::Ready, scanner) if scanner != Health::Ready => Source::Camera,
            (source, ..) => source,
        };
    }
}

/// Which sources can be used.
#[derive(Clone, Copy, Debug)]
pub struct Sources {
    pub camera: Health,
    pub scanner: Health,
}

impl Session {
    /// A wish on the page that takes a paper. Wishes that make no sense in the present state do nothing.
    pub fn paper_intent(&mut self, intent: Intent, catalogue: &Catalogue, today: Date, out: &mut Vec<Effect>) {
        let Some(step) = self.step(catalogue) else { return };
        let StepKind::Paper { paper, pages_max, .. } = &step.kind else { return };
        let (id, pages_max) = (step.id.clone(), *pages_max);
        let wanted = self.wanted(paper, catalogue);
        let Some(capture) = self.capture.clone() else { return };
        let kept = self.answers.page_count(&id);
        match (intent, capture.state) {
            (Intent::UseCamera, CaptureState::Live) => self.set_capture(CaptureState::Live, Source::Camera, None),
            (Intent::UseScanner, CaptureState::Live) => self.set_capture(CaptureState::Live, Source::Scanner, None),
            (Intent::GoOn, CaptureState::Live) => {
                self.parts_named += 1;
                let part = format!("page-{}", self.parts_named);
                out.push(Effect::TakePage { part: part.clone(), wanted, source: capture.source });
                self.set_capture(CaptureState::Taking { part }, capture.source, None);
            }
            (Intent::Retake, CaptureState::Review { part, .. }) => {
                out.push(Effect::DropPicture { part });
                self.set_capture(CaptureState::Live, capture.source, None);
            }
            (Intent::GoOn, CaptureState::Review { part, findings, .. }) => {
                out.push(Effect::StorePage { session: self.id, part: part.clone() });
                self.set_capture(CaptureState::Storing { part, findings }, capture.source, None);
            }
            (Intent::AddPage, CaptureState::Pages) if kept < pages_max => self.set_capture(CaptureState::Live, capture.source, None),
            (Intent::RemovePage(part), CaptureState::Pages) => self.remove_page(&id, &part, out),
            (Intent::GoOn, CaptureState::Pages) if kept > 0 => {
                self.advance(catalogue, today);
                self.save(out);
            }
            _ => {}
        }
    }

    pub fn page_taken(&mut self, part: &str, findings: Vec<PageFinding>, hint: Option<PageHint>) {
        if let Some(capture) = &mut self.capture
            && capture.state == (CaptureState::Taking { part: part.to_owned() })
        {
            capture.state = CaptureState::Review { part: part.to_owned(), findings, hint };
        }
    }

    /// The live picture looks different now.
    pub fn live_looked(&mut self, look: LiveLook) {
        if let Some(capture) = &mut self.capture {
            capture.live = look;
        }
    }

    /// The number on a page is not the one that was typed. Said late or early: the finding travels with the page in any case.
    pub fn number_differs(&mut self, part: &str) {
        let named = PageFinding::NumberDiffers;
        match self.capture.as_mut().map(|capture| &mut capture.state) {
            Some(CaptureState::Review { part: shown, findings, .. } | CaptureState::Storing { part: shown, findings }) if shown == part => {
                if !findings.contains(&named) {
                    findings.push(named);
                }
            }
            _ => {
                let kept = self.papers.values_mut().flatten().find(|page| page.part == part);
                if let Some(page) = kept.filter(|page| !page.findings.contains(&named)) {
                    page.findings.push(named);
                }
            }
        }
    }

    /// The shape of a paper, and every number of its kind that was typed in this session.
    fn wanted(&self, paper: &str, catalogue: &Catalogue) -> Wanted {
        let Some(paper) = catalogue.paper(paper) else { return Wanted::default() };
        let kind = paper.number.map(|number| match number {
            PaperNumber::Nik => EntryKind::Nik,
            PaperNumber::Kk => EntryKind::Kk,
        });
        let is_of_kind = |step: &&catalogue::Step| matches!((&step.kind, kind), (StepKind::Entry { kind: typed, .. }, Some(kind)) if *typed == kind);
        let steps = self.services.iter().filter_map(|id| catalogue.service(id)).flat_map(|service| &service.steps);
        let mut numbers: Vec<String> = steps.filter(is_of_kind).map(|step| self.answers.value(&step.id).to_owned()).filter(|value| !value.is_empty()).collect();
        numbers.sort();
        numbers.dedup();
        Wanted { shape: paper.shape, numbers }
    }

    pub fn page_not_taken(&mut self, part: &str, fault: CaptureFault) {
        if let Some(capture) = &mut self.capture
            && capture.state == (CaptureState::Taking { part: part.to_owned() })
        {
            capture.state = CaptureState::Live;
            capture.problem = Some(match fault {
                CaptureFault::Empty => Say::ScannerEmpty,
                CaptureFault::NeedsStaff => Say::ScannerNeedsStaff,
                CaptureFault::Unreadable => Say::PageUnreadable,
                CaptureFault::Gone => Say::DeviceGone,
            });
        }
    }

    pub fn page_stored(&mut self, part: &str, catalogue: &Catalogue, out: &mut Vec<Effect>) {
        let Some(step) = self.step(catalogue) else { return };
        let Some(capture) = &mut self.capture else { return };
        let CaptureState::Storing { part: storing, findings } = &capture.state else { return };
        if storing != part {
            return;
        }
        let page = Page { part: part.to_owned(), findings: findings.clone(), source: capture.source.word().to_owned() };
        capture.state = CaptureState::Pages;
        let pages = self.papers.entry(step.id.clone()).or_default();
        pages.push(page);
        self.answers.pages.insert(step.id.clone(), pages.len());
        self.save(out);
    }

    /// Nobody answered: the page can be taken, or kept, again.
    pub fn give_up_page(&mut self) {
        match self.capture.as_ref().map(|capture| capture.state.clone()) {
            Some(CaptureState::Taking { part }) => self.page_not_taken(&part, CaptureFault::Gone),
            Some(CaptureState::Storing { .. }) => self.page_not_stored(),
            Some(CaptureState::Live | CaptureState::Review { .. } | CaptureState::Pages) | None => {}
        }
    }

    /// The store refused the page; the picture is still there and can be kept again.
    pub fn page_not_stored(&mut self) {
        if let Some(capture) = &mut self.capture
            && let CaptureState::Storing { part, findings } = &capture.state
        {
            capture.state = CaptureState::Review { part: part.clone(), findings: findings.clone(), hint: None };
            capture.problem = Some(Say::StoreFull);
        }
    }

    fn remove_page(&mut self, id: &str, part: &str, out: &mut Vec<Effect>) {
        let Some(pages) = self.papers.get_mut(id) else { return };
        let before = pages.len();
        pages.retain(|page| page.part != part);
        if pages.len() == before {
            return;
        }
        let left = pages.len();
        self.answers.pages.insert(id.to_owned(), left);
        out.push(Effect::DropPage { session: self.id, part: part.to_owned() });
        if left == 0 {
            self.set_capture(CaptureState::Live, Source::Camera, None);
        }
        self.save(out);
    }

    fn set_capture(&mut self, state: CaptureState, source: Source, problem: Option<Say>) {
        self.capture = Some(Capture { state, source, problem, live: LiveLook::default() });
    }
}
