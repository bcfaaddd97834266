//! From the machine to the [`View`]: every sentence chosen, nothing left to decide. What stands around every page is in `frame`.

mod frame;
mod home;
mod news;

use catalogue::{Step, StepKind, Text};

use crate::event::{Device, Health, Moment, PageFinding, Source, StoreHealth};
use crate::follow_up::PinProblem;
use crate::kiosk::wishes::{OFFER_NO, OFFER_YES};
use crate::kiosk::{Kiosk, Over, Place, WORKING_SAYS_AFTER};
use crate::papers::CaptureState;
use crate::session::{Kind, Session, Stage};
use crate::slip::List;
use crate::typing::Typing;
use crate::view::{
    Capture, CaptureMode, Card, Entry, Fact, Finding, Forecast, Notice, Overlay, Page, PaperLine, PaperState, PrintButton, Row, SlipLine, SlipPage, Thumb,
    Tone, View, Weight,
};
use crate::{Language, Say};

impl Kiosk {
    /// What to show now.
    pub fn view(&self, now: Moment) -> View {
        View { frame: self.frame(), page: self.page(now), overlay: self.overlay(now) }
    }

    fn page(&self, now: Moment) -> Page {
        match &self.place {
            Place::Idle => self.idle(),
            Place::Home(home) => self.home(home),
            Place::Session(session) => self.session_page(session, now),
            Place::FollowUp(follow_up) => self.follow_up_page(follow_up, now),
            Place::Resume(resume) if resume.opening => self.working(Say::ResumeOpening, now),
            Place::Resume(resume) => {
                let problem = resume.problem.map(|say| self.say(say));
                Page::Entry(self.entry(&resume.typing, self.say(Say::ResumeQuestion), self.say(Say::ResumeHelp), problem))
            }
            Place::Goodbye { title, sentence, wiped, .. } => Page::Goodbye {
                title: self.say(*title),
                sentence: sentence.clone(),
                wiped_id: wiped.map(|id| id.simple().to_string()[..8].to_ascii_uppercase()).unwrap_or_default(),
            },
        }
    }

    fn idle(&self) -> Page {
        let devices = &self.devices;
        let no_capture = devices.camera != Health::Ready && devices.scanner != Health::Ready;
        let told = [
            (devices.store != StoreHealth::Open, Say::NoticeClosed, Tone::Trouble),
            (devices.printer == Health::NotReady, Say::NoticeNoPaper, Tone::Attention),
            (devices.link == Health::NotReady, Say::NoticeNoLink, Tone::Attention),
            (no_capture, Say::NoticeNoCapture, Tone::Attention),
        ];
        let notices = told.into_iter().filter(|(holds, ..)| *holds).map(|(_, say, tone)| Notice { sentence: self.say(say), tone }).collect();
        Page::Idle { title: self.say(Say::IdleTitle), sentence: self.say(Say::IdleSentence), notices, interrupted: self.interrupted.is_some() }
    }

    fn session_page(&self, session: &Session, now: Moment) -> Page {
        let service = session.service(&self.catalogue);
        match &session.stage {
            Stage::Requirements => {
                let today = self.today(now);
                let fact = |icon: &str, label: Say, text: String| Fact { icon: icon.into(), label: self.say(label), text };
                let clock = self.catalogue.service_clock(service, &session.answers, today).map(|clock| self.text(&clock.label)).unwrap_or_default();
                let place = crate::submit::collect(&self.catalogue, service, &session.answers, today, self.look.language);
                let human = service.human.as_ref().map(|human| self.text(human)).unwrap_or_default();
                let facts = [
                    fact("free", Say::FactFree, self.say(Say::FactFreeText)),
                    fact("clock", Say::FactClock, clock),
                    fact("place", Say::FactCollect, place),
                    fact("staff", Say::FactHuman, human),
                ];
                let none = PaperLine { name: self.say(Say::NoPaperNeeded), official: String::new(), note: String::new() };
                let papers = self.paper_lines(&service.bring);
                Page::Requirements {
                    title: self.say(Say::RequirementsTitle),
                    papers: if papers.is_empty() { vec![none] } else { papers },
                    facts: facts.into_iter().filter(|fact| !fact.text.is_empty()).collect(),
                    print: self.print_button(session),
                }
            }
            Stage::NotComplete => Page::Exit {
                title: self.say(Say::NotCompleteTitle),
                sentences: vec![self.say(Say::NotCompleteSentence), self.say(Say::NotCompleteReturn)],
                bring: self.paper_lines(&service.bring),
                print: self.print_button(session),
            },
            Stage::Exit { .. } => match session.exit(&self.catalogue) {
                Some(exit) => Page::Exit {
                    title: self.text(&exit.title),
                    sentences: exit.sentences.iter().map(|sentence| self.text(sentence)).chain(self.onward_sentence(session)).collect(),
                    bring: self.paper_lines(&exit.bring),
                    print: self.print_button(session),
                },
                None => self.working(Say::SendingTitle, now),
            },
            Stage::Offer(id) => self.offer(session, id),
            Stage::Privacy => self.privacy(),
            Stage::Step(_) => match session.step(&self.catalogue) {
                Some(step) => self.step_page(session, step, now),
                None => self.working(Say::SendingTitle, now),
            },
            Stage::Check => self.check_page(session, now),
            Stage::Sending => self.working(Say::SendingTitle, now),
            Stage::Slip => self.slip_page(session),
        }
    }

    /// "Layanan berikutnya: …", since the button has no room for a name.
    fn onward_sentence(&self, session: &Session) -> Option<String> {
        let service = self.onward(session)?;
        Some(self.catalogue.text(Say::OnwardName.id()).fill(self.look.language, &[("layanan", service.title.get(self.look.language))]))
    }

    /// "Sekalian …?"
    fn offer(&self, session: &Session, id: &str) -> Page {
        let card = |id: &str, label: Say, icon: &str| Card { id: id.into(), label: self.say(label), detail: String::new(), icon: icon.into(), selected: false };
        Page::Choice {
            question: session.offer(id, &self.catalogue).map(|also| self.text(&also.title)).unwrap_or_default(),
            help: self.say(Say::OfferHelp),
            cards: vec![card(OFFER_YES, Say::OfferYes, "yes"), card(OFFER_NO, Say::OfferNo, "no")],
        }
    }

    fn privacy(&self) -> Page {
        let city = &self.catalogue.city;
        let fact = |icon: &str, label: Say, text: String| Fact { icon: icon.into(), label: self.say(label), text };
        Page::Privacy {
            title: self.say(Say::PrivacyTitle),
            facts: vec![
                fact("staff", Say::PrivacyWho, format!("{}, {}", self.text(&city.office), city.name)),
                fact("papers", Say::PrivacyWhy, self.say(Say::PrivacyWhyText)),
                fact("clock", Say::PrivacyHowLong, self.say(Say::PrivacyHowLongText)),
                fact("phone", Say::PrivacyAsk, self.text(&city.helpdesk)),
            ],
        }
    }

    fn step_page(&self, session: &Session, step: &Step, now: Moment) -> Page {
        let mut help = step.help.as_ref().map(|help| self.text(help)).unwrap_or_default();
        if let Some(item) = session.repair_item() {
            let reason = self.catalogue.reasons.get(&item.reason).map(|reason| self.text(&reason.resident)).unwrap_or_default();
            help = if item.note.is_empty() { reason } else { format!("{reason} “{}”", item.note) };
        }
        match &step.kind {
            StepKind::Choice { choices } => Page::Choice {
                question: self.text(&step.question),
                help,
                cards: choices
                    .iter()
                    .map(|choice| Card {
                        id: choice.value.clone(),
                        label: self.text(&choice.label),
                        detail: choice.detail.as_ref().map(|detail| self.text(detail)).unwrap_or_default(),
                        icon: choice.icon.clone(),
                        selected: session.answers.value(&step.id) == choice.value,
                    })
                    .collect(),
            },
            StepKind::Pick { from, optional } => self.pick_page(session, step, *from, *optional, help),
            StepKind::Entry { optional, .. } => {
                let Some(typing) = &session.typing else { return self.working(Say::SendingTitle, now) };
                let mut entry = self.entry(typing, self.text(&step.question), help, None);
                let finding = session.examine(step, &typing.value(), &self.catalogue, self.today(now));
                let sure = session.sure.contains(&step.id);
                entry.finding =
                    finding.filter(|finding| (typing.is_full() || typing.tried) && !(sure && finding.id.weight() == catalogue::Weight::Ask)).map(|finding| {
                        Finding {
                            sentence: self.catalogue.finding_text(&finding, self.look.language),
                            weight: match finding.id.weight() {
                                catalogue::Weight::Hard => Weight::Hard,
                                catalogue::Weight::Ask => Weight::Ask,
                            },
                        }
                    });
                entry.skip = (*optional && typing.is_empty()).then(|| self.say(Say::Skip));
                Page::Entry(entry)
            }
            StepKind::Paper { paper, pages_max, .. } => self.capture_page(session, step, paper, *pages_max, help, now),
        }
    }

    fn capture_page(&self, session: &Session, step: &Step, paper: &str, pages_max: usize, help: String, now: Moment) -> Page {
        let Some(capture) = &session.capture else { return self.working(Say::SendingTitle, now) };
        let sources = self.sources();
        let (camera, scanner) = (sources.camera == Health::Ready, sources.scanner == Health::Ready);
        let first_finding = |findings: &[PageFinding]| findings.first().map(|finding| self.say(finding.say()));
        let (mode, instruction) = match &capture.state {
            CaptureState::Live if capture.source == Source::Scanner => (CaptureMode::Scanner, Say::CaptureScanner),
            CaptureState::Live => (CaptureMode::Live, Say::CaptureCamera),
            CaptureState::Taking { .. } => (CaptureMode::Taking, Say::CaptureTaking),
            CaptureState::Review { part, findings, hint } => {
                (CaptureMode::Review { part: part.clone(), finding: first_finding(findings), hint: *hint }, Say::CaptureReview)
            }
            CaptureState::Storing { .. } => (CaptureMode::Taking, Say::CaptureStoring),
            CaptureState::Pages => (CaptureMode::Pages, Say::CapturePages),
        };
        let instruction = match &capture.state {
            CaptureState::Live if !help.is_empty() && capture.problem.is_none() => help,
            _ => self.say(instruction),
        };
        let is_live = capture.state == CaptureState::Live;
        let mode_is_live = is_live && capture.source == Source::Camera;
        let device = if capture.source == Source::Scanner { Device::Scanner } else { Device::Camera };
        let problem = match (is_live, camera || scanner) {
            (true, false) => Some(Say::CaptureNoDevice),
            // What the device needs now goes before what went wrong a moment ago.
            (true, true) => self.devices.told(device).map(|notice| notice.say()).or(capture.problem),
            (false, _) => capture.problem,
        };
        Page::Capture(Capture {
            paper: self.catalogue.paper(paper).map(|paper| self.text(&paper.name)).unwrap_or_default(),
            instruction,
            mode,
            pages: self.thumbs(session, &step.id),
            pages_max,
            may_use_camera: camera,
            may_use_scanner: scanner,
            problem: problem.map(|say| self.say(say)).unwrap_or_default(),
            live: if mode_is_live { capture.live.say().map(|say| self.say(say)).unwrap_or_default() } else { String::new() },
        })
    }

    fn thumbs(&self, session: &Session, step: &str) -> Vec<Thumb> {
        let pages = session.papers.get(step).map_or(&[][..], Vec::as_slice);
        let label = |index: usize| self.catalogue.text(Say::PageLabel.id()).fill(self.look.language, &[("n", &(index + 1).to_string())]);
        pages.iter().enumerate().map(|(index, page)| Thumb { part: page.part.clone(), label: label(index), warning: !page.findings.is_empty() }).collect()
    }

    fn check_page(&self, session: &Session, now: Moment) -> Page {
        let today = self.today(now);
        let route = session.route(&self.catalogue, today);
        let (papers, answers): (Vec<&Step>, Vec<&Step>) = route.answered.iter().copied().partition(|step| matches!(step.kind, StepKind::Paper { .. }));
        let answer_row = |step: &Step| {
            let value = session.answers.value(&step.id);
            let value = if value.is_empty() { self.say(Say::Empty) } else { self.catalogue.answer_text(step, value, self.look.language) };
            Row { id: step.id.clone(), label: self.text(&step.label), value, changeable: true, parts: Vec::new() }
        };
        let paper_row = |step: &Step| {
            let parts: Vec<String> = session.papers.get(&step.id).into_iter().flatten().map(|page| page.part.clone()).collect();
            let value = self.catalogue.text(Say::Pages.id()).fill(self.look.language, &[("n", &parts.len().to_string())]);
            Row { id: step.id.clone(), label: self.text(&step.label), value, changeable: true, parts }
        };
        Page::Check {
            title: self.say(Say::CheckTitle),
            rows: answers.into_iter().map(answer_row).collect(),
            papers: papers.into_iter().map(paper_row).collect(),
            warning: session.problem.map(|say| self.say(say)).unwrap_or_default(),
            forecasts: self.forecasts(session, today),
        }
    }

    fn forecasts(&self, session: &Session, today: jiff::civil::Date) -> Vec<Forecast> {
        if session.kind != Kind::Application {
            return Vec::new();
        }
        let services = session.services(&self.catalogue);
        let line = |(service, forecast): (&catalogue::Service, &catalogue::Forecast)| Forecast {
            item: forecast.item.clone(),
            label: service.step(&forecast.item).map(|step| self.text(&step.label)).unwrap_or_default(),
            sentence: self.text(&forecast.text),
            mend: self.say(Say::Mend),
        };
        services
            .iter()
            .flat_map(|service| self.catalogue.forecast(service, &session.answers, today).into_iter().map(|forecast| (*service, forecast)))
            .map(line)
            .collect()
    }

    fn slip_page(&self, session: &Session) -> Page {
        let Some(handed) = &session.slip else { return Page::Goodbye { title: self.say(Say::Goodbye), sentence: String::new(), wiped_id: String::new() } };
        let slip = &handed.slip;
        let paper = handed.paper.0;
        let sentence = match paper {
            PaperState::Printing => Say::SlipPrinting,
            PaperState::Printed => Say::SlipPrinted,
            PaperState::NotPrinted => Say::SlipNotPrinted,
            PaperState::Unknown => Say::SlipUnknown,
        };
        let may_reprint = paper == PaperState::NotPrinted && handed.reprints < self.settings.reprints_max;
        Page::Slip(SlipPage {
            title: self.say(Say::SlipTitle),
            service: slip.service.clone(),
            number: slip.number.clone(),
            qr: slip.qr.clone(),
            pin: slip.pin.clone(),
            pin_label: slip.pin_label.clone(),
            promise: format!("{} {}", slip.promise_label, slip.promise),
            collect: format!("{}: {}", slip.collect_label, slip.collect),
            also: slip
                .also
                .iter()
                .map(|line| SlipLine {
                    service: line.service.clone(),
                    number: line.number.clone(),
                    promise: format!("{} {}", slip.promise_label, line.promise),
                })
                .collect(),
            paper,
            sentence: self.say(sentence),
            may_reprint,
            reprint: self.say(Say::Reprint),
            ask: (paper == PaperState::Unknown).then(|| (self.say(Say::CameOut), self.say(Say::DidNotComeOut))),
        })
    }

    fn entry(&self, typing: &Typing, question: String, help: String, problem: Option<String>) -> Entry {
        let count = typing.exact_chars().map(|all| {
            let values = [("ada", typing.typed_chars().to_string()), ("semua", all.to_string())];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            self.catalogue.text(Say::CountOf.id()).fill(self.look.language, &values)
        });
        let is_date = typing.field == crate::typing::Field::Entry(catalogue::EntryKind::BirthDate);
        Entry {
            question,
            help,
            keys: typing.keys(),
            shown: typing.shown(),
            pattern: if is_date { self.say(Say::DatePattern) } else { String::new() },
            count: count.unwrap_or_default(),
            finding: problem.map(|sentence| Finding { sentence, weight: Weight::Hard }),
            skip: None,
        }
    }

    fn working(&self, title: Say, now: Moment) -> Page {
        let waited = now.elapsed.saturating_sub(self.page_since);
        let sentence = match WORKING_SAYS_AFTER {
            [_, long] if waited >= long => Say::Working10,
            [short, _] if waited >= short => Say::Working3,
            _ => Say::Working0,
        };
        Page::Working { title: self.say(title), sentence: self.say(sentence) }
    }

    fn overlay(&self, now: Moment) -> Option<Overlay> {
        match self.over {
            Over::Nothing => None,
            Over::StillHere => {
                let left = (self.last_touch + self.settings.wipe_after()).saturating_sub(now.elapsed);
                Some(Overlay::StillHere { seconds_left: left.as_secs_f64().ceil() as u32 })
            }
            Over::LeaveAsked => Some(Overlay::LeaveAsked { title: self.say(Say::LeaveTitle), sentence: self.say(Say::LeaveSentence) }),
            Over::StaffCalled { .. } => Some(Overlay::StaffCalled { sentence: self.say(Say::StaffSentence) }),
        }
    }

    fn print_button(&self, session: &Session) -> PrintButton {
        match (session.print.state, self.devices.printer) {
            (Some(state), _) => state,
            (None, Health::Ready) => PrintButton::Offered,
            (None, Health::NotReady | Health::Absent) => PrintButton::Hidden,
        }
    }

    /// The checklist that can be printed from the page being shown.
    pub(crate) fn list(&self) -> Option<List> {
        let Place::Session(session) = &self.place else { return None };
        let service = session.service(&self.catalogue);
        let (title, sentences, bring) = match &session.stage {
            Stage::Requirements | Stage::NotComplete => (&service.title, Vec::new(), &service.bring),
            Stage::Exit { .. } => {
                let exit = session.exit(&self.catalogue)?;
                (&exit.title, exit.sentences.iter().map(|sentence| self.text(sentence)).collect(), &exit.bring)
            }
            _ => return None,
        };
        Some(List {
            city: self.catalogue.city.name.clone(),
            office: self.settings.office.clone(),
            title: self.text(title),
            sentences,
            bring_label: self.say(Say::BringLabel),
            bring: self.paper_lines(bring).into_iter().map(|line| (line.name, if line.note.is_empty() { line.official } else { line.note })).collect(),
            helpdesk: self.text(&self.catalogue.city.helpdesk),
        })
    }

    fn paper_lines(&self, bring: &[catalogue::schema::Bring]) -> Vec<PaperLine> {
        let line = |bring: &catalogue::schema::Bring| {
            let paper = self.catalogue.paper(&bring.paper)?;
            let note = bring.note.as_ref().map(|note| self.text(note)).unwrap_or_default();
            Some(PaperLine { name: self.text(&paper.name), official: self.text(&paper.official), note })
        };
        bring.iter().filter_map(line).collect()
    }

    fn pin_problem(&self, problem: PinProblem) -> String {
        let fill = |say: Say, n: String| self.catalogue.text(say.id()).fill(self.look.language, &[("n", &n)]);
        match problem {
            PinProblem::Short => self.say(Say::PinShort),
            PinProblem::NoMatch { tries_left: None } => self.say(Say::PinNoMatch),
            PinProblem::NoMatch { tries_left: Some(left) } => fill(Say::PinNoMatchTries, left.to_string()),
            PinProblem::Wait { secs } => fill(Say::PinWait, secs.to_string()),
            PinProblem::Unreachable => self.say(Say::PinUnreachable),
        }
    }

    pub(crate) fn say(&self, say: Say) -> String {
        self.catalogue.text(say.id()).get(self.look.language).to_owned()
    }

    fn text(&self, text: &Text) -> String {
        text.get(self.look.language).to_owned()
    }

    /// The language the resident chose.
    pub fn language(&self) -> Language {
        self.look.language
    }
}
