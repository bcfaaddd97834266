//! One application as it stands now: the sealed first submission with its patches laid over it, in order.
//!
//! Nothing is ever merged on disk. The rule a newcomer would break: a patch adds a layer; the bytes under it stay.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalogue::Answers;
use thiserror::Error;
use uuid::Uuid;
use wire::v1::{self, Payload};
use zeroize::Zeroizing;

use crate::db::{DbError, applications::Application};
use crate::keys::UnsealError;
use crate::office::Office;

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

/// The application with every patch applied.
pub struct Dossier {
    pub first: v1::Application,
    pub answers: BTreeMap<String, String>,
    pub papers: BTreeMap<String, Vec<Page>>,
    /// Pages that a patch has replaced, oldest first.
    pub replaced: BTreeMap<String, Vec<Page>>,
    /// Items that some patch has touched.
    pub repaired: BTreeSet<String>,
}

impl std::fmt::Debug for Dossier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dossier").field("first", &self.first).finish_non_exhaustive()
    }
}

impl Dossier {
    /// Opens the first submission and every patch.
    ///
    /// # Errors
    /// [`DossierError`].
    pub async fn open(office: &Arc<Office>, application: &Application) -> Result<Self, DossierError> {
        let Payload::Application(first) = payload(office, application.key).await? else { return Err(DossierError::Shape) };
        let papers = pages_of(application.key, &first.papers);
        let mut dossier = Self { answers: first.answers.clone(), papers, first, replaced: BTreeMap::new(), repaired: BTreeSet::new() };
        for key in office.db.patches(&application.number).await? {
            let Payload::Patch(patch) = payload(office, key).await? else { return Err(DossierError::Shape) };
            dossier.lay_over(key, patch);
        }
        Ok(dossier)
    }

    fn lay_over(&mut self, key: Uuid, patch: v1::Patch) {
        for (item, answer) in patch.answers {
            self.repaired.insert(item.clone());
            self.answers.insert(item, answer);
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
        Answers { values: self.answers.clone(), pages: self.papers.iter().map(|(id, pages)| (id.clone(), pages.len())).collect() }
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
