//! What a resident may repair: the items an officer sent back, and whatever their new answers can open.
//!
//! Central computes it from the stored answers with the catalogue they were given under, and hands out a permit that only
//! the right PIN brings forth. The permit is a code over number and history line, so it ends with the request; another
//! output may move on meanwhile.

use std::collections::BTreeSet;

use catalogue::repair::needed_facts;
use catalogue::{Catalogue, Route, Service, reask};
use wire::v1;

use crate::db::DbError;
use crate::db::applications::AskedItem;
use crate::db::outputs::Output;
use crate::dossier::Dossier;
use crate::notes;
use crate::office::Office;
use crate::progress::STATE_ASKED;

/// The open request for repair of an application.
pub struct Asked {
    pub permit: String,
    pub items: Vec<AskedItem>,
}

impl Asked {
    /// The request that the application waits for; `None` when none of its outputs does.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn of(office: &Office, number: &str, outputs: &[Output]) -> Result<Option<Self>, DbError> {
        if !outputs.iter().any(|output| output.state == STATE_ASKED) {
            return Ok(None);
        }
        let (line_no, items) = office.db.asked_items(number).await?;
        let permit = office.keys.code("permit", &[number, &line_no.to_string()]);
        Ok(Some(Self { permit, items }))
    }

    /// Items a patch may hold: the faulty ones, and steps nobody was asked yet whose condition looks at one of them, however
    /// far. `held` are the steps of the old route; what is held and was not sent back stays as it is.
    pub fn allowed(&self, service: &Service, held: &BTreeSet<String>) -> BTreeSet<String> {
        let faults = self.faults();
        let mut affected = faults.clone();
        // Conditions only look at earlier steps, so one pass in file order finds every follower.
        for step in &service.steps {
            if step.when.as_ref().is_some_and(|rule| rule.variables().iter().any(|name| affected.contains(name))) {
                affected.insert(step.id.clone());
            }
        }
        affected.into_iter().filter(|item| faults.contains(item) || !held.contains(item)).collect()
    }

    /// The request as the kiosk gets it: what to ask again, and of the rest only names and what conditions look at.
    pub fn to_wire(&self, office: &Office, catalogue: &Catalogue, service: &Service, dossier: &Dossier) -> v1::Repair {
        let faults = self.faults();
        let answers = dossier.for_rules();
        let today = catalogue.city.local(dossier.first.submitted_at).date();
        let mut order = reask(catalogue, service, &answers, &faults, today);
        // What was sent back although it is not on the route is asked last rather than lost.
        order.extend(faults.iter().filter(|fault| !order.contains(*fault)).cloned().collect::<Vec<_>>());
        let items = order.iter().filter_map(|id| self.items.iter().find(|item| item.item == *id)).map(|item| v1::RepairItem {
            item: item.item.clone(),
            reason: item.reason.clone(),
            note: notes::open(office, &item.note_sealed),
        });
        let route = Route::walk(catalogue, service, &answers, today);
        let needed = needed_facts(service, &faults);
        let facts = route.answered.iter().filter(|step| needed.contains(step.id.as_str())).map(|step| (step.id.clone(), step.fact(&answers)));
        v1::Repair {
            permit: self.permit.clone(),
            until: self.items.iter().map(|item| item.until).max().unwrap_or(office.now()),
            items: items.collect(),
            facts: facts.collect(),
            held: route.answered.iter().map(|step| step.id.clone()).collect(),
        }
    }

    fn faults(&self) -> BTreeSet<String> {
        self.items.iter().map(|item| item.item.clone()).collect()
    }
}

/// Names of the steps on the route of what is held.
pub fn held_steps(catalogue: &Catalogue, service: &Service, dossier: &Dossier) -> BTreeSet<String> {
    let today = catalogue.city.local(dossier.first.submitted_at).date();
    Route::walk(catalogue, service, &dossier.for_rules(), today).answered.iter().map(|step| step.id.clone()).collect()
}
