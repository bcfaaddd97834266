//! What a resident may repair: the items an officer sent back, and whatever their new answers can open.
//!
//! Central computes it from the stored answers with the same catalogue as the kiosk, and hands out a permit that only
//! the right PIN brings forth. The permit is a code over number and history line, so it ends by itself when the state moves.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Service, reask};
use wire::v1;

use crate::db::DbError;
use crate::db::applications::{Application, AskedItem};
use crate::dossier::Dossier;
use crate::notes;
use crate::office::Office;

/// The state in which a patch is taken.
pub const STATE_ASKED: &str = "perlu-perbaikan";
/// The state a patch leads to.
pub const STATE_REPAIRED: &str = "verifikasi";

/// The open request for repair of an application.
pub struct Asked {
    pub permit: String,
    pub items: Vec<AskedItem>,
}

impl Asked {
    /// The request that `application` waits for; `None` in any other state.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn of(office: &Office, application: &Application) -> Result<Option<Self>, DbError> {
        if application.state != STATE_ASKED {
            return Ok(None);
        }
        let items = office.db.asked_items(&application.number, application.lines).await?;
        let permit = office.keys.code("permit", &[&application.number, &application.lines.to_string()]);
        Ok(Some(Self { permit, items }))
    }

    /// Items a patch may hold: the faulty ones and every step whose condition looks at one of them, however far.
    pub fn allowed(&self, service: &Service) -> BTreeSet<String> {
        let mut allowed: BTreeSet<String> = self.items.iter().map(|item| item.item.clone()).collect();
        // Conditions only look at earlier steps, so one pass in file order finds every follower.
        for step in &service.steps {
            if step.when.as_ref().is_some_and(|rule| rule.variables().iter().any(|name| allowed.contains(name))) {
                allowed.insert(step.id.clone());
            }
        }
        allowed
    }

    /// The request as the kiosk gets it.
    pub fn to_wire(&self, office: &Office, service: &Service, dossier: &Dossier) -> v1::Repair {
        let faults: BTreeSet<String> = self.items.iter().map(|item| item.item.clone()).collect();
        let answers = dossier.for_rules();
        let mut order = reask(service, &answers, &faults, office.today());
        for fault in &faults {
            if !order.contains(fault) {
                order.push(fault.clone());
            }
        }
        let first_reason = self.items.first().map_or("", |item| item.reason.as_str());
        let items = order
            .iter()
            .map(|id| match self.items.iter().find(|item| item.item == *id) {
                Some(item) => v1::RepairItem { item: id.clone(), reason: item.reason.clone(), note: notes::open(office, &item.note_sealed) },
                None => v1::RepairItem { item: id.clone(), reason: first_reason.to_owned(), note: String::new() },
            })
            .collect();
        let until = self.items.iter().map(|item| item.until).max().unwrap_or(office.now());
        v1::Repair { permit: self.permit.clone(), until, items, facts: self.facts(service, dossier) }
    }

    /// Answers outside the request that its conditions need to be computed, and no others.
    fn facts(&self, service: &Service, dossier: &Dossier) -> BTreeMap<String, String> {
        let allowed = self.allowed(service);
        let of_steps = service.steps.iter().filter(|step| allowed.contains(&step.id)).filter_map(|step| step.when.as_ref());
        let of_exits = service.exits.iter().map(|exit| &exit.when).filter(|rule| rule.variables().iter().any(|name| allowed.contains(name)));
        let needed: BTreeSet<String> = of_steps.chain(of_exits).flat_map(|rule| rule.variables()).filter(|name| !allowed.contains(name)).collect();
        dossier.answers.iter().filter(|(id, _)| needed.contains(*id)).map(|(id, value)| (id.clone(), value.clone())).collect()
    }
}
