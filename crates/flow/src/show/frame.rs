//! What stands around every page: bands, steps, and the one primary button.
//!
//! The rule a newcomer would break: a page never offers a second primary button; what goes on stands here, in one place.

use catalogue::{Catalogue, Section};

use crate::Say;
use crate::event::{Health, Source};
use crate::follow_up::FollowUp;
use crate::kiosk::{Kiosk, Place};
use crate::papers::CaptureState;
use crate::session::{Kind, Session, Stage};
use crate::typing::Field;
use crate::view::{Frame, PaperState, Primary};

impl Kiosk {
    pub(super) fn frame(&self) -> Frame {
        let session = match &self.place {
            Place::Session(session) => Some(session),
            _ => None,
        };
        let steps = [Say::StepRequirements, Say::StepAsk, Say::StepData, Say::StepPapers, Say::StepCheck, Say::StepSend];
        let section = session.and_then(|session| section_of(session, &self.catalogue));
        Frame {
            city: self.catalogue.city.name.clone(),
            office: self.settings.office.clone(),
            service: session.map(|session| self.service_shown(session)).unwrap_or_default(),
            language: self.look.language,
            languages: self.catalogue.city.languages.clone(),
            text_step: self.look.text_step,
            high_contrast: self.look.high_contrast,
            low_reach: self.look.low_reach,
            steps: if section.is_some() { steps.iter().map(|say| self.say(*say)).collect() } else { Vec::new() },
            current_step: section.map_or(0, |section| section as usize),
            may_go_back: self.may_go_back(),
            may_leave: !matches!(self.place, Place::Idle | Place::Goodbye { .. })
                && !self.is_working()
                && !session.is_some_and(|session| session.stage == Stage::Slip),
            primary: self.primary(),
        }
    }

    /// The service that the page shown belongs to.
    fn service_shown(&self, session: &Session) -> String {
        let services = session.services(&self.catalogue);
        let asking = match &session.stage {
            Stage::Step(id) => services.iter().find(|service| service.step(id).is_some()).copied(),
            Stage::Exit { service, .. } => self.catalogue.service(service),
            _ => None,
        };
        self.text(&asking.unwrap_or_else(|| session.service(&self.catalogue)).title)
    }

    fn may_go_back(&self) -> bool {
        match &self.place {
            Place::Idle | Place::Goodbye { .. } => false,
            Place::Session(session) => !matches!(session.stage, Stage::Sending | Stage::Slip) && !self.is_working(),
            _ => !self.is_working(),
        }
    }

    fn primary(&self) -> Option<Primary> {
        let on = |say: Say| Some(Primary { label: self.say(say), enabled: true });
        match &self.place {
            Place::Idle | Place::Home(_) | Place::Goodbye { .. } => None,
            Place::Resume(resume) => (!resume.opening).then(|| Primary { label: self.say(Say::GoOn), enabled: !resume.typing.is_empty() }),
            Place::FollowUp(FollowUp::Number { typing, .. } | FollowUp::Pin { typing, .. }) => {
                Some(Primary { label: self.say(Say::GoOn), enabled: !typing.is_empty() })
            }
            Place::FollowUp(FollowUp::Showing(answer)) => on(if answer.repair.is_some() { Say::Repair } else { Say::Done }),
            Place::FollowUp(_) => None,
            Place::Session(session) => match &session.stage {
                Stage::Requirements => on(Say::HaveAll),
                Stage::NotComplete => on(Say::Done),
                Stage::Exit { .. } => Some(Primary { label: self.after_exit(session), enabled: true }),
                Stage::Offer(_) => None,
                Stage::Privacy => on(Say::PrivacyUnderstood),
                Stage::Check => on(Say::Send),
                Stage::Sending => None,
                Stage::Slip => {
                    let is_printing = session.slip.as_ref().is_some_and(|handed| handed.paper.0 == PaperState::Printing);
                    Some(Primary { label: self.say(Say::Done), enabled: !is_printing })
                }
                Stage::Step(_) => match (&session.typing, session.capture.as_ref().map(|capture| &capture.state)) {
                    (Some(typing), _) if typing.field == Field::Search => None,
                    (Some(typing), _) => Some(Primary { label: self.say(Say::GoOn), enabled: !typing.is_empty() }),
                    (None, Some(CaptureState::Live)) => self.take_button(session),
                    (None, Some(CaptureState::Review { findings, .. })) => on(if findings.is_empty() { Say::KeepPage } else { Say::KeepAnyway }),
                    (None, Some(CaptureState::Pages)) => on(Say::GoOn),
                    (None, _) => None,
                },
            },
        }
    }

    /// What follows an exit: the visit without this service, the service it leads to, or the end.
    fn after_exit(&self, session: &Session) -> String {
        if session.may_go_on_without() {
            return self.say(Say::GoOnWithout);
        }
        self.say(if self.onward(session).is_some() { Say::OnwardTo } else { Say::Done })
    }

    /// The service that the exit being shown leads to.
    pub(super) fn onward(&self, session: &Session) -> Option<&catalogue::Service> {
        let goes_on = session.kind == Kind::Application && !session.may_go_on_without();
        let onward = session.exit(&self.catalogue).and_then(|exit| exit.onward.as_ref()).filter(|_| goes_on);
        onward.and_then(|onward| self.catalogue.service(&onward.service))
    }

    /// "Ambil foto" or "Pindai halaman", while that device is ready.
    fn take_button(&self, session: &Session) -> Option<Primary> {
        let (say, health) = match session.capture.as_ref()?.source {
            Source::Camera => (Say::TakePhoto, self.devices.camera),
            Source::Scanner => (Say::ScanPage, self.devices.scanner),
        };
        Some(Primary { label: self.say(say), enabled: health == Health::Ready })
    }
}

fn section_of(session: &Session, catalogue: &Catalogue) -> Option<Section> {
    Some(match &session.stage {
        Stage::Requirements | Stage::Privacy => Section::Requirements,
        Stage::NotComplete | Stage::Exit { .. } => return None,
        Stage::Step(_) => session.step(catalogue)?.section(),
        Stage::Offer(_) | Stage::Check => Section::Check,
        Stage::Sending | Stage::Slip => Section::Send,
    })
}
