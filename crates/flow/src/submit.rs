//! From "Kirim" to the slip: reserve, commit, print, in this order and each once.
//!
//! The number exists for the resident only after the commit; the print comes after that, and a print that went wrong never
//! undoes anything.

use catalogue::number::{masked, masked_name};
use catalogue::route::Route;
use catalogue::{Catalogue, Promise};
use jiff::civil::Date;

use crate::effect::{Body, Effect, Submission};
use crate::event::{Minted, Moment, Printed, StoreFault};
use crate::session::{Handed, HandedPaper, Kind, Session, Stage};
use crate::slip::{Slip, qr_text};
use crate::view::PaperState;
use crate::{Language, Say, Settings};

impl Session {
    /// "Kirim". A second press finds the session already sending.
    pub fn submit(&mut self, catalogue: &Catalogue, today: Date, out: &mut Vec<Effect>) {
        if self.stage != Stage::Check || !self.is_complete(catalogue, today) {
            return;
        }
        self.problem = None;
        self.stage = Stage::Sending;
        out.push(Effect::Reserve { repair: matches!(self.kind, Kind::Repair { .. }) });
    }

    /// Everything is minted: build the submission, and the slip that outlives a power cut.
    pub fn reserved(&mut self, minted: Minted, catalogue: &Catalogue, settings: &Settings, language: Language, now: Moment, out: &mut Vec<Effect>) {
        if self.stage != Stage::Sending {
            return;
        }
        let today = catalogue.city.local(now.wall).date();
        let (number, body) = match &self.kind {
            Kind::Repair { number, permit, .. } => (number.clone(), Body::Patch { permit: permit.clone() }),
            Kind::Application => {
                let Some(number) = minted.number.clone() else {
                    self.refused(StoreFault::Broken);
                    return;
                };
                let promise = self.service(catalogue).clock(&self.answers, today).promise(&catalogue.city, now.wall);
                self.slip = Some(Handed {
                    slip: self.make_slip(&number, &minted, &promise, catalogue, settings, language, now),
                    reprints: 0,
                    paper: HandedPaper(PaperState::Printing),
                    job: None,
                });
                let body = Body::Application {
                    service: self.service.clone(),
                    kelurahan: settings.kelurahan_code.clone(),
                    language: language.code().to_owned(),
                    token: minted.token,
                    pin_verifier: minted.pin_verifier,
                    clock: promise.clock,
                    due_at: promise.due_at,
                };
                (number, body)
            }
        };
        let kept = self.sendable(catalogue, today);
        let mut after = self.clone();
        after.stage = Stage::Slip;
        out.push(Effect::Enqueue(Box::new(Submission {
            session: self.id,
            key: minted.key,
            number,
            body,
            bundle: catalogue.hash.clone(),
            submitted_at: now.wall,
            answers: kept.values,
            papers: self.papers.iter().filter(|(id, _)| kept.pages.contains_key(*id)).map(|(id, pages)| (id.clone(), pages.clone())).collect(),
            draft_after: after.draft(),
        })));
    }

    /// On disk: now the slip may exist. Returns true when the session is over (a repair needs no new slip).
    pub fn enqueued(&mut self, out: &mut Vec<Effect>) -> bool {
        if self.stage != Stage::Sending {
            return false;
        }
        self.stage = Stage::Slip;
        let job = self.next_job();
        match &mut self.slip {
            Some(handed) => {
                handed.job = Some(job);
                out.push(Effect::PrintSlip { job, slip: Box::new(handed.slip.clone()) });
                false
            }
            None => true,
        }
    }

    /// The store refused; every answer is still here.
    pub fn refused(&mut self, fault: StoreFault) {
        self.slip = None;
        self.stage = Stage::Check;
        self.problem = Some(match fault {
            StoreFault::Full => Say::StoreFull,
            StoreFault::Broken => Say::StoreBroken,
        });
    }

    pub fn slip_print_ended(&mut self, outcome: Printed) {
        if let Some(handed) = &mut self.slip {
            handed.job = None;
            handed.paper = HandedPaper(match outcome {
                Printed::Printed => PaperState::Printed,
                Printed::NotPrinted => PaperState::NotPrinted,
                Printed::Unknown => PaperState::Unknown,
            });
        }
    }

    /// The resident says what they saw, where the machine does not know.
    pub fn paper_seen(&mut self, came_out: bool) {
        if let Some(handed) = &mut self.slip
            && handed.paper.0 == PaperState::Unknown
        {
            handed.paper = HandedPaper(if came_out { PaperState::Printed } else { PaperState::NotPrinted });
        }
    }

    /// The same slip again, marked as a copy. Same number, same PIN.
    pub fn reprint(&mut self, catalogue: &Catalogue, settings: &Settings, language: Language, out: &mut Vec<Effect>) {
        let job = self.next_job();
        let Some(handed) = &mut self.slip else { return };
        let may = matches!(handed.paper.0, PaperState::NotPrinted | PaperState::Unknown) && handed.reprints < settings.reprints_max;
        if !may {
            return;
        }
        handed.reprints += 1;
        handed.paper = HandedPaper(PaperState::Printing);
        handed.job = Some(job);
        let mark = catalogue.text(Say::ReprintMark.id()).fill(language, &[("n", &handed.reprints.to_string())]);
        let slip = Slip { mark: Some(mark), ..handed.slip.clone() };
        self.save(out);
        out.push(Effect::PrintSlip { job, slip: Box::new(slip) });
    }

    /// Answers that may be sent: those on the route, or those of the repair.
    fn sendable(&self, catalogue: &Catalogue, today: Date) -> catalogue::Answers {
        match &self.kind {
            Kind::Application => Route::walk(self.service(catalogue), &self.answers, today).keep(&self.answers),
            Kind::Repair { items, .. } => {
                let asked = |id: &String| items.iter().any(|item| item.item == *id);
                catalogue::Answers {
                    values: self.answers.values.iter().filter(|(id, _)| asked(id)).map(|(id, value)| (id.clone(), value.clone())).collect(),
                    pages: self.answers.pages.iter().filter(|(id, _)| asked(id)).map(|(id, count)| (id.clone(), *count)).collect(),
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a slip names everything it shows; a struct for one call would only rename it")]
    fn make_slip(&self, number: &str, minted: &Minted, promise: &Promise, catalogue: &Catalogue, settings: &Settings, language: Language, now: Moment) -> Slip {
        let say = |id: Say| catalogue.text(id.id()).get(language).to_owned();
        let city = &catalogue.city;
        let service = self.service(catalogue);
        Slip {
            city: city.name.clone(),
            office: city.office.get(language).to_owned(),
            kelurahan: settings.office.clone(),
            service: service.title.get(language).to_owned(),
            number_label: say(Say::SlipNumber),
            number: number.to_owned(),
            qr: qr_text(&city.tracking_url, &minted.token),
            pin_label: say(Say::SlipPin),
            pin: minted.pin.clone(),
            promise_label: say(Say::SlipPromise),
            promise: catalogue.moment_words(promise.due_at, language),
            collect_label: say(Say::SlipCollect),
            collect: format!("{}. {}", service.collect.get(language), say(Say::SlipBring)),
            compensation: city.compensation.get(language).to_owned(),
            masked_name: masked_name(self.answers.value("nama")),
            masked_nik: masked(self.answers.value("nik")),
            printed_label: say(Say::SlipSubmitted),
            submitted: catalogue.moment_words(now.wall, language),
            kiosk: settings.kiosk.clone(),
            helpdesk: city.helpdesk.get(language).to_owned(),
            mark: None,
        }
    }
}
