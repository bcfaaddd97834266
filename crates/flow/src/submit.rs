//! From "Kirim" to the slip: reserve, commit, print, in this order and each once.
//!
//! The number exists for the resident only after the commit; the print comes after that, and a print that went wrong never
//! undoes anything.

use catalogue::number::{masked, masked_name};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;

use crate::effect::{AlsoApplication, Body, Effect, Submission};
use crate::event::{Minted, Moment, Printed, StoreFault};
use crate::session::{Handed, HandedPaper, Kind, Session, Stage};
use crate::slip::{AlsoLine, Slip, qr_text};
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
        let numbers = if self.kind == Kind::Application { self.services.len() } else { 0 };
        out.push(Effect::Reserve { numbers });
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
                let Some(applications) = self.applications(&minted.numbers, catalogue, now) else {
                    self.refused(StoreFault::Broken);
                    return;
                };
                let [main, also @ ..] = applications.as_slice() else { return };
                self.slip = Some(Handed {
                    slip: self.make_slip(&applications, &minted, catalogue, settings, language, now),
                    reprints: 0,
                    paper: HandedPaper(PaperState::Printing),
                    job: None,
                });
                let body = Body::Application {
                    service: main.service.clone(),
                    kelurahan: settings.kelurahan_code.clone(),
                    language: language.code().to_owned(),
                    token: minted.token,
                    pin_verifier: minted.pin_verifier,
                    clock: main.clock.clone(),
                    due_at: main.due_at,
                    also: also.to_vec(),
                };
                (main.number.clone(), body)
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

    /// Each service of the visit with its number and promise; `None` when numbers are missing.
    fn applications(&self, numbers: &[String], catalogue: &Catalogue, now: Moment) -> Option<Vec<AlsoApplication>> {
        let services = self.services(catalogue);
        if numbers.len() < services.len() || services.is_empty() {
            return None;
        }
        let application = |(service, number): (&Service, &String)| {
            let promise = catalogue.promise(service, &self.answers, now.wall)?;
            Some(AlsoApplication { number: number.clone(), service: service.id.clone(), clock: promise.clock, due_at: promise.due_at })
        };
        services.into_iter().zip(numbers).map(application).collect()
    }

    /// Answers that may be sent: those on the route of the visit, or those of the repair.
    fn sendable(&self, catalogue: &Catalogue, today: Date) -> catalogue::Answers {
        self.route(catalogue, today).keep(&self.answers)
    }

    fn make_slip(
        &self,
        applications: &[AlsoApplication],
        minted: &Minted,
        catalogue: &Catalogue,
        settings: &Settings,
        language: Language,
        now: Moment,
    ) -> Slip {
        let say = |id: Say| catalogue.text(id.id()).get(language).to_owned();
        let city = &catalogue.city;
        let today = city.local(now.wall).date();
        let line = |application: &AlsoApplication| AlsoLine {
            service: catalogue.service(&application.service).map(|service| service.title.get(language).to_owned()).unwrap_or_default(),
            number: application.number.clone(),
            promise: catalogue.moment_words(application.due_at, language),
            collect: catalogue.service(&application.service).map(|service| collect(catalogue, service, &self.answers, today, language)).unwrap_or_default(),
        };
        let mut lines = applications.iter().map(line);
        let main = lines.next().unwrap_or_else(|| AlsoLine { service: String::new(), number: String::new(), promise: String::new(), collect: String::new() });
        let also: Vec<AlsoLine> = lines.collect();
        // Only the clocks of the 1×24 h promise are paid for.
        let compensated = applications.iter().any(|application| catalogue.clock(&application.clock).is_some_and(|clock| clock.compensated));
        Slip {
            city: city.name.clone(),
            office: city.office.get(language).to_owned(),
            kelurahan: settings.office.clone(),
            service: main.service,
            number_label: say(Say::SlipNumber),
            number: main.number,
            qr: qr_text(&city.tracking_url, &minted.token),
            pin_label: say(Say::SlipPin),
            pin: minted.pin.clone(),
            promise_label: say(Say::SlipPromise),
            promise: main.promise,
            collect_label: say(Say::SlipCollect),
            collect: format!("{}. {}", main.collect, say(Say::SlipBring)),
            compensation: if compensated { city.compensation.text.get(language).to_owned() } else { String::new() },
            masked_name: masked_name(self.answers.value("nama")),
            masked_nik: masked(self.answers.value("nik")),
            printed_label: say(Say::SlipSubmitted),
            submitted: catalogue.moment_words(now.wall, language),
            kiosk: settings.kiosk.clone(),
            helpdesk: city.helpdesk.get(language).to_owned(),
            also_label: if also.is_empty() { String::new() } else { say(Say::SlipAlso) },
            also,
            mark: None,
        }
    }
}

/// Where the results are collected: one place, or each output with its own.
pub(crate) fn collect(catalogue: &Catalogue, service: &Service, answers: &catalogue::Answers, today: Date, language: Language) -> String {
    let outputs = catalogue.outputs(service, answers, today);
    let place = |output: &catalogue::Output| catalogue.place(&output.place).map(|place| place.text.get(language).to_owned()).unwrap_or_default();
    let mut places: Vec<String> = outputs.iter().map(|output| place(output)).collect();
    places.dedup();
    match places.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        _ => outputs.iter().map(|output| format!("{}: {}", output.title.get(language), place(output))).collect::<Vec<_>>().join(". "),
    }
}
