//! What a visit's residents said and showed, as it stands now: the sealed first submission with its patches laid over it.
//!
//! Applications of one visit share it, so a repair of a shared item mends it for all of them. Nothing is ever merged on disk.
//! The rule a newcomer would break: a patch adds a layer; the bytes under it stay.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalogue::route::End;
use catalogue::{Answers, Catalogue, Route, Step};
use jiff::Timestamp;
use thiserror::Error;
use uuid::Uuid;
use wire::v1::{self, Payload};
use zeroize::Zeroizing;

use crate::bundles::Reading;
use crate::db::outputs::Output;
use crate::db::{DbError, applications::Application};
use crate::keys::UnsealError;
use crate::office::Office;
use crate::recheck::{Arrived, Doubt};
use crate::visit::{Claim, claims, for_rules};

/// Why a dossier could not be opened. Each means damage, since only checked submissions are accepted.
#[derive(Debug, Error)]
pub enum DossierError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("a sealed part cannot be read")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    #[error("a sealed payload does not have the shape it was accepted with")]
    Shape,
    #[error("the reading thread stopped")]
    Stopped,
}

/// One page image and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub key: Uuid,
    pub part: String,
    pub findings: Vec<String>,
    pub source: String,
}

/// The visit with every patch applied.
pub struct Dossier {
    /// What the slip says of each application, in its order.
    pub claims: Vec<Claim>,
    pub first: v1::Application,
    pub answers: BTreeMap<String, String>,
    pub papers: BTreeMap<String, Vec<Page>>,
    /// Pages that a patch has replaced, oldest first.
    pub replaced: BTreeMap<String, Vec<Page>>,
    /// Items that some patch has touched.
    pub repaired: BTreeSet<String>,
}

/// What a visit holds, seen from one of its applications.
#[derive(Default)]
pub struct Asked<'a> {
    /// Asked and answered, in order.
    pub on_route: Vec<&'a Step>,
    /// Steps of the service that were answered although nothing asks for them now.
    pub off_route: Vec<&'a Step>,
    /// What an officer may ask again: the route, and the question it stops at.
    pub may_go_back: Vec<&'a Step>,
    /// Items that only other applications of the visit ask for.
    pub elsewhere: BTreeSet<&'a str>,
    /// Answers to questions that no catalogue at hand has.
    pub unknown: Vec<&'a str>,
}

impl std::fmt::Debug for Dossier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dossier").field("first", &self.first).finish_non_exhaustive()
    }
}

impl Dossier {
    /// Opens the submission an application came with, and every patch of its visit.
    ///
    /// # Errors
    /// [`DossierError`].
    pub async fn open(office: &Arc<Office>, application: &Application) -> Result<Self, DossierError> {
        let Payload::Application(first) = payload(office, application.key).await? else { return Err(DossierError::Shape) };
        let mut dossier = Self::of(application.key, first);
        for key in office.db.patches(application.key).await? {
            let Payload::Patch(patch) = payload(office, key).await? else { return Err(DossierError::Shape) };
            dossier.lay_over(key, &patch);
        }
        Ok(dossier)
    }

    /// A submission that nothing has been laid over yet.
    pub fn of(key: Uuid, first: v1::Application) -> Self {
        Self {
            claims: claims(&first),
            answers: first.answers.clone(),
            papers: pages_of(key, &first.papers),
            first,
            replaced: BTreeMap::new(),
            repaired: BTreeSet::new(),
        }
    }

    /// Lays a patch over it.
    pub fn lay_over(&mut self, key: Uuid, patch: &v1::Patch) {
        for (item, answer) in &patch.answers {
            self.repaired.insert(item.clone());
            self.answers.insert(item.clone(), answer.clone());
        }
        for (item, pages) in pages_of(key, &patch.papers) {
            self.repaired.insert(item.clone());
            if let Some(before) = self.papers.insert(item.clone(), pages) {
                self.replaced.entry(item).or_default().extend(before);
            }
        }
    }

    /// The answers as the catalogue's rules see them.
    pub fn for_rules(&self) -> Answers {
        for_rules(&self.answers, self.papers.iter().map(|(id, pages)| (id.clone(), pages.len())))
    }

    /// The answers as they were sent first.
    pub fn as_sent(&self) -> Answers {
        for_rules(&self.first.answers, self.first.papers.iter().map(|(id, pages)| (id.clone(), pages.len())))
    }

    /// The items of one application, by whether and by whom they are asked.
    pub fn asked_of<'a>(&'a self, catalogue: &'a Catalogue, service: &str) -> Asked<'a> {
        let day = catalogue.city.local(self.first.submitted_at).date();
        let answers = self.for_rules();
        let walk = |id: &str| catalogue.service(id).map(|service| (service, Route::walk(catalogue, service, &answers, day)));
        let others = self.claims.iter().filter(|claim| claim.service != service).filter_map(|claim| walk(&claim.service));
        let mut elsewhere: BTreeSet<&str> = others.flat_map(|(_, route)| route.answered).map(|step| step.id.as_str()).collect();
        let given = |step: &Step| self.answers.contains_key(&step.id) || self.papers.contains_key(&step.id);
        let mut asked = Asked::default();
        if let Some((service, route)) = walk(service) {
            asked.may_go_back = route.answered.clone();
            if let End::Ask(open) = route.end {
                asked.may_go_back.push(open);
            }
            asked.on_route = route.answered;
            let off_route = service.steps.iter().filter(|step| given(step) && !elsewhere.contains(step.id.as_str()));
            asked.off_route = off_route.filter(|step| asked.on_route.iter().all(|known| known.id != step.id)).collect();
        }
        let own: BTreeSet<&str> = asked.on_route.iter().chain(&asked.off_route).map(|step| step.id.as_str()).collect();
        elsewhere.retain(|id| !own.contains(id));
        let items = self.answers.keys().map(String::as_str);
        asked.unknown = items.filter(|id| !own.contains(id) && !elsewhere.contains(id)).collect();
        asked.elsewhere = elsewhere;
        asked
    }

    /// What the slip says of the application with this number; an application is never stored without.
    pub fn claim(&self, number: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.number == number)
    }

    /// What the rules doubt about one application of the visit.
    pub fn doubts(&self, reading: &Reading, number: &str, outputs: &[Output], accepted_at: Timestamp) -> Vec<Doubt> {
        let Some(claim) = self.claim(number) else { return Vec::new() };
        let (sent, answers) = (self.as_sent(), self.for_rules());
        let arrived =
            Arrived { reading, claim, visit: &self.claims, sent: &sent, answers: &answers, outputs, submitted_at: self.first.submitted_at, accepted_at };
        arrived.doubts()
    }
}

/// Reads and opens a submission's payload.
async fn payload(office: &Arc<Office>, key: Uuid) -> Result<Payload, DossierError> {
    let name = office.db.payload_part(key).await?;
    let plain = open_part(office, key, name).await?;
    serde_json::from_slice(&plain).map_err(|_| DossierError::Shape)
}

/// Reads and opens one sealed part, on a thread that may block.
///
/// # Errors
/// [`DossierError`].
pub async fn open_part(office: &Arc<Office>, key: Uuid, name: String) -> Result<Zeroizing<Vec<u8>>, DossierError> {
    let office = Arc::clone(office);
    let work = move || Ok(office.keys.unseal(&office.store.read(key, &name)?)?);
    tokio::task::spawn_blocking(work).await.map_err(|_| DossierError::Stopped)?
}

fn pages_of(key: Uuid, papers: &BTreeMap<String, Vec<v1::PageRef>>) -> BTreeMap<String, Vec<Page>> {
    let page = |page: &v1::PageRef| Page { key, part: page.part.clone(), findings: page.findings.clone(), source: page.source.clone() };
    papers.iter().map(|(id, pages)| (id.clone(), pages.iter().map(page).collect())).collect()
}
