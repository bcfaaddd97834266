//! Checking again what a kiosk has checked already: central trusts nothing that arrives.
//!
//! A doubt never refuses anything, since a resident holds the slip; it is put before the officer in words. Pure: the same
//! answers, bundle and times give the same doubts, so none is stored but their number. The rule a newcomer would break:
//! a day means the day of the submission, never today.

use std::collections::BTreeSet;

use catalogue::route::{End, Route};
use catalogue::{Answers, Catalogue, Finding, Service, StepKind};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::bundles::Reading;
use crate::db::outputs::Output;
use crate::visit::Claim;

/// How far a kiosk's clock may run ahead of central's, in seconds.
pub const AHEAD_SECS_MAX: i64 = 5 * 60;
/// How long a submission may have been under way, in days; kiosks escalate a stuck one after twenty hours.
pub const UNDER_WAY_DAYS_MAX: i64 = 30;
/// How far a promised moment may lie from the one the rules give, in seconds; slips are written to the minute.
pub const DUE_SECS_APART_MAX: i64 = 60;

/// One thing an officer should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Read with another catalogue than it was made with.
    UnknownBundle,
    /// The kiosk's clock runs ahead.
    FromTheFuture {
        secs: i64,
    },
    LongUnderWay {
        days: i64,
    },
    /// The catalogue it is read with does not have the service.
    ServiceGone,
    Unanswered {
        step: String,
    },
    NotAChoice {
        step: String,
    },
    /// The answers end somewhere else than in a submission.
    EndsElsewhere {
        exit: String,
    },
    /// Answered or shown, although nothing asks for it.
    OffRoute {
        item: String,
    },
    Finding {
        step: String,
        finding: Finding,
    },
    TooManyPages {
        step: String,
        pages: usize,
        pages_max: usize,
    },
    OtherClock {
        said: String,
        right: String,
    },
    OtherDue {
        said: Timestamp,
        right: Timestamp,
    },
    /// The answers lead to an output that is not there.
    OutputMissing {
        output: String,
    },
    /// An output is there that the answers do not lead to.
    OutputBeyond {
        output: String,
    },
}

/// One application of a visit and all that is known of it.
pub struct Arrived<'a> {
    pub reading: &'a Reading,
    /// What the slip says of this one.
    pub claim: &'a Claim,
    /// All of the visit, this one among them, in the order of the slip.
    pub visit: &'a [Claim],
    /// As they were sent first; the promise was made on these.
    pub sent: &'a Answers,
    /// As they are now, with every repair.
    pub answers: &'a Answers,
    pub outputs: &'a [Output],
    pub submitted_at: Timestamp,
    pub accepted_at: Timestamp,
}

impl Arrived<'_> {
    /// Everything the rules doubt, the gravest first.
    pub fn doubts(&self) -> Vec<Doubt> {
        let catalogue: &Catalogue = &self.reading.catalogue;
        let mut doubts = Vec::new();
        if !self.reading.known {
            doubts.push(Doubt::UnknownBundle);
        }
        let today = catalogue.city.local(self.submitted_at).date();
        self.doubt_times(&mut doubts);
        let Some(service) = catalogue.service(&self.claim.service) else {
            doubts.push(Doubt::ServiceGone);
            return doubts;
        };
        self.doubt_route(catalogue, service, today, &mut doubts);
        self.doubt_values(catalogue, service, today, &mut doubts);
        self.doubt_strays(catalogue, today, &mut doubts);
        self.doubt_promise(catalogue, service, &mut doubts);
        self.doubt_outputs(catalogue, service, today, &mut doubts);
        doubts
    }

    fn doubt_times(&self, doubts: &mut Vec<Doubt>) {
        let under_way_secs = self.accepted_at.duration_since(self.submitted_at).as_secs();
        if under_way_secs < -AHEAD_SECS_MAX {
            doubts.push(Doubt::FromTheFuture { secs: -under_way_secs });
        }
        let days = under_way_secs / (24 * 3600);
        if days > UNDER_WAY_DAYS_MAX {
            doubts.push(Doubt::LongUnderWay { days });
        }
    }

    fn doubt_route(&self, catalogue: &Catalogue, service: &Service, today: Date, doubts: &mut Vec<Doubt>) {
        match Route::walk(catalogue, service, self.answers, today).end {
            End::Complete => {}
            End::Exit(exit) => doubts.push(Doubt::EndsElsewhere { exit: exit.id.clone() }),
            End::Ask(step) if matches!(step.kind, StepKind::Choice { .. }) && !self.answers.value(&step.id).is_empty() => {
                doubts.push(Doubt::NotAChoice { step: step.id.clone() });
            }
            End::Ask(step) => doubts.push(Doubt::Unanswered { step: step.id.clone() }),
        }
    }

    fn doubt_values(&self, catalogue: &Catalogue, service: &Service, today: Date, doubts: &mut Vec<Doubt>) {
        for (step, finding) in catalogue.findings(service, self.answers, today) {
            doubts.push(Doubt::Finding { step, finding });
        }
        for step in Route::walk(catalogue, service, self.answers, today).answered {
            let pages = self.answers.page_count(&step.id);
            if let StepKind::Paper { pages_max, .. } = step.kind
                && pages > pages_max
            {
                doubts.push(Doubt::TooManyPages { step: step.id.clone(), pages, pages_max });
            }
        }
    }

    /// Items that no application of the visit asks for. Each is said once: by the first application that has such a step, or
    /// by the first of all.
    fn doubt_strays(&self, catalogue: &Catalogue, today: Date, doubts: &mut Vec<Doubt>) {
        let services: Vec<&Service> = self.visit.iter().filter_map(|claim| catalogue.service(&claim.service)).collect();
        let walk = |answers| services.iter().map(|service| Route::walk(catalogue, service, answers, today)).collect::<Vec<_>>();
        // A repair may leave an answer behind that was asked for when it was given.
        let routes: Vec<Route<'_>> = walk(self.answers).into_iter().chain(walk(self.sent)).collect();
        let asked: BTreeSet<&str> = routes.iter().flat_map(|route| &route.answered).map(|step| step.id.as_str()).collect();
        let unfinished = routes.iter().any(|route| !route.is_complete());
        let items: BTreeSet<&String> = self.answers.values.keys().chain(self.answers.pages.keys()).collect();
        for item in items.into_iter().filter(|item| !asked.contains(item.as_str())) {
            let owner = services.iter().find(|service| service.step(item).is_some());
            // Behind the place where a route stops short nothing can be told apart.
            if owner.is_some() && unfinished {
                continue;
            }
            let owner = owner.map(|service| service.id.as_str()).or(self.visit.first().map(|claim| claim.service.as_str()));
            if owner == Some(self.claim.service.as_str()) {
                doubts.push(Doubt::OffRoute { item: item.clone() });
            }
        }
    }

    fn doubt_promise(&self, catalogue: &Catalogue, service: &Service, doubts: &mut Vec<Doubt>) {
        let Some(right) = catalogue.promise(service, self.sent, self.submitted_at) else { return };
        if right.clock != self.claim.clock {
            doubts.push(Doubt::OtherClock { said: self.claim.clock.clone(), right: right.clock });
        }
        if self.claim.due_at.duration_since(right.due_at).as_secs().abs() > DUE_SECS_APART_MAX {
            doubts.push(Doubt::OtherDue { said: self.claim.due_at, right: right.due_at });
        }
    }

    fn doubt_outputs(&self, catalogue: &Catalogue, service: &Service, today: Date, doubts: &mut Vec<Doubt>) {
        // The one output from before outputs had names stands for whatever the answers lead to.
        if self.outputs.iter().any(|output| output.id.is_empty()) {
            return;
        }
        let right = catalogue.outputs(service, self.answers, today);
        let missing = right.iter().filter(|known| self.outputs.iter().all(|output| output.id != known.id));
        doubts.extend(missing.map(|known| Doubt::OutputMissing { output: known.id.clone() }));
        let beyond = self.outputs.iter().filter(|output| right.iter().all(|known| output.id != known.id));
        doubts.extend(beyond.map(|output| Doubt::OutputBeyond { output: output.id.clone() }));
    }
}
