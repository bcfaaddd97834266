//! What a resident's wish does, by the place the resident is in.
//!
//! Nothing that the world does (devices, store, network, time) is handled here; that is the parent's part. The rule a newcomer
//! would break: a wish that makes no sense where the resident is has no effect at all, since a screen may be a moment old.

use std::sync::Arc;
use std::time::Duration;

use catalogue::{StepKind, Weight};
use jiff::civil::Date;

use super::{Kiosk, Over, Place, TEXT_STEPS};
use crate::Say;
use crate::effect::Effect;
use crate::event::{Intent, Moment};
use crate::follow_up::FollowUp;
use crate::home::{Found, Home};
use crate::interrupted::Resume;
use crate::session::Stage;

/// Values of the two cards of an offer.
pub(crate) const OFFER_YES: &str = "ya";
pub(crate) const OFFER_NO: &str = "tidak";

impl Kiosk {
    pub(super) fn touched(&mut self, intent: Intent, now: Moment, out: &mut Vec<Effect>) {
        let same_press = now.elapsed.saturating_sub(self.page_since) < Duration::from_millis(self.settings.double_touch_ms);
        self.last_touch = now.elapsed;
        match (self.over, &intent) {
            (Over::Nothing, _) => {}
            (_, Intent::StillHere) => {
                self.over = Over::Nothing;
                return;
            }
            (Over::StillHere | Over::LeaveAsked, Intent::Leave) => return self.leave(now, out),
            // A sheet covers the page: nothing under it can be touched.
            _ => return,
        }
        match intent {
            Intent::ChooseLanguage(language) => self.look.language = language,
            Intent::NextTextSize => self.look.text_step = (self.look.text_step + 1) % TEXT_STEPS,
            Intent::ToggleContrast => self.look.high_contrast = !self.look.high_contrast,
            Intent::ToggleReach => self.look.low_reach = !self.look.low_reach,
            Intent::CallStaff => self.over = Over::StaffCalled { until: now.elapsed + Duration::from_secs(self.settings.staff_wait_secs) },
            Intent::StillHere => {}
            Intent::Key(_) | Intent::Erase | Intent::Clear => self.wished(intent, now, out),
            _ if same_press => {}
            Intent::Leave => self.leave_wished(now, out),
            _ => self.wished(intent, now, out),
        }
    }

    fn wished(&mut self, intent: Intent, now: Moment, out: &mut Vec<Effect>) {
        match &mut self.place {
            Place::Idle => match intent {
                Intent::Wake => self.place = Place::Home(Home::Events),
                Intent::ResumeInterrupted if self.interrupted.is_some() => self.place = Place::Resume(Resume::begin()),
                _ => {}
            },
            Place::Home(_) if intent == Intent::FollowUp => self.place = Place::FollowUp(FollowUp::begin()),
            Place::Home(home) => match home.wished(intent, &self.catalogue) {
                Found::Nothing => {}
                Found::Service(id) => self.begin(&id, now, out),
                Found::Away => self.go_idle(),
            },
            Place::Resume(_) => self.resume_wished(intent, out),
            Place::FollowUp(follow_up) => match (intent, &follow_up) {
                (Intent::GoOn, FollowUp::Showing(answer)) if answer.repair.is_some() => self.begin_repair(now, out),
                (Intent::GoOn, FollowUp::Showing(_)) => self.go_idle(),
                (intent, _) => {
                    if !follow_up.intent(intent, out) {
                        self.place = Place::Home(Home::Events);
                    }
                }
            },
            Place::Session(_) => self.session_wished(intent, now, out),
            Place::Goodbye { .. } => self.go_idle(),
        }
    }

    fn session_wished(&mut self, intent: Intent, now: Moment, out: &mut Vec<Effect>) {
        let today = self.today(now);
        let catalogue = Arc::clone(&self.catalogue);
        let (settings, language) = (self.settings.clone(), self.look.language);
        let Place::Session(session) = &mut self.place else { return };
        match (session.stage.clone(), intent) {
            (Stage::Slip, Intent::GoOn) if session.slip.as_ref().is_none_or(|handed| handed.job.is_none()) => self.leave(now, out),
            (Stage::Slip, Intent::Reprint) => session.reprint(&catalogue, &settings, language, out),
            (Stage::Slip, Intent::PaperCameOut) => session.paper_seen(true),
            (Stage::Slip, Intent::PaperDidNotComeOut) => session.paper_seen(false),
            (Stage::Sending | Stage::Slip, _) => {}
            (_, Intent::GoBack) if session.capture.as_ref().is_some_and(|capture| !capture.may_go_back()) => {}
            (_, Intent::GoBack) => {
                let stays = session.back(&catalogue, today);
                if !stays {
                    self.leave_wished(now, out);
                }
            }
            (Stage::Requirements, Intent::GoOn) if session.asks_privacy(&catalogue) && !session.privacy_known => session.enter(&catalogue, Stage::Privacy),
            (Stage::Requirements, Intent::GoOn) => session.advance(&catalogue, today),
            (Stage::Requirements, Intent::NotComplete) => session.enter(&catalogue, Stage::NotComplete),
            (Stage::Requirements | Stage::NotComplete | Stage::Exit { .. }, Intent::PrintList) => self.print_list(out),
            (Stage::NotComplete, Intent::GoOn) => self.leave(now, out),
            (Stage::Exit { .. }, Intent::GoOn) => {
                let goes_on = session.leave_exit(&catalogue, today, out);
                if !goes_on {
                    self.leave(now, out);
                }
            }
            (Stage::Offer(service), Intent::Choose(answer)) => session.answer_offer(&service, answer == OFFER_YES, &catalogue, today, out),
            (Stage::Privacy, Intent::GoOn) => {
                session.privacy_known = true;
                session.advance(&catalogue, today);
            }
            (Stage::Step(id), intent) => self.step_wished(&id, intent, today, out),
            (Stage::Check, Intent::Change(id)) if session.may_change(&id, &catalogue, today) => {
                session.from_check = true;
                session.enter(&catalogue, Stage::Step(id));
            }
            (Stage::Check, Intent::GoOn) => session.submit(&catalogue, today, out),
            _ => {}
        }
    }

    fn step_wished(&mut self, id: &str, intent: Intent, today: Date, out: &mut Vec<Effect>) {
        let catalogue = Arc::clone(&self.catalogue);
        let Place::Session(session) = &mut self.place else { return };
        let Some(step) = session.step(&catalogue) else { return };
        match (&step.kind, intent) {
            (StepKind::Choice { choices }, Intent::Choose(value)) if choices.iter().any(|choice| choice.value == value) => {
                session.answer(id, &value, &catalogue, today, out);
            }
            (StepKind::Choice { .. }, _) => {}
            (StepKind::Pick { from, .. }, Intent::Choose(code)) if catalogue.has_row(*from, &code) => session.answer(id, &code, &catalogue, today, out),
            (StepKind::Pick { optional: true, .. }, Intent::Skip) => session.answer(id, "", &catalogue, today, out),
            (StepKind::Pick { .. }, intent) => {
                let Some(typing) = &mut session.typing else { return };
                match intent {
                    Intent::Key(key) => typing.key(key),
                    Intent::Erase => typing.erase(),
                    Intent::Clear => typing.clear(),
                    _ => {}
                }
            }
            (StepKind::Paper { .. }, intent) => session.paper_intent(intent, &catalogue, today, out),
            (StepKind::Entry { optional, .. }, intent) => {
                let Some(typing) = &mut session.typing else { return };
                match intent {
                    Intent::Key(key) => {
                        typing.key(key);
                        session.sure.remove(id);
                    }
                    Intent::Erase => typing.erase(),
                    Intent::Clear => typing.clear(),
                    Intent::Skip if *optional => session.answer(id, "", &catalogue, today, out),
                    Intent::GoOn | Intent::ConfirmAnyway => {
                        let value = typing.value();
                        let finding = session.examine(step, &value, &catalogue, today);
                        let doubts = finding.filter(|finding| finding.id.weight() == Weight::Hard || !session.sure.contains(id));
                        match doubts {
                            Some(finding) if finding.id.weight() == Weight::Hard || intent == Intent::GoOn => session.tried(),
                            Some(_) => {
                                session.sure.insert(id.to_owned());
                                session.answer(id, &value, &catalogue, today, out);
                            }
                            None if value.is_empty() => session.tried(),
                            None => session.answer(id, &value, &catalogue, today, out),
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn resume_wished(&mut self, intent: Intent, out: &mut Vec<Effect>) {
        let Place::Resume(resume) = &mut self.place else { return };
        match intent {
            Intent::Key(key) => {
                resume.typing.key(key);
                resume.problem = None;
            }
            Intent::Erase => resume.typing.erase(),
            Intent::Clear => resume.typing.clear(),
            Intent::GoOn if resume.typing.is_full() && !resume.opening => {
                resume.opening = true;
                out.push(Effect::OpenDraft);
            }
            Intent::GoOn => resume.problem = Some(Say::ResumeShort),
            Intent::GoBack => self.go_idle(),
            _ => {}
        }
    }
}
