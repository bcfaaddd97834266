//! What every request may reach: the open database, the sealed parts, the keys, the catalogues and the clock.
//!
//! It holds no behaviour of its own; each operation lives in its own module and takes what it needs from here.

use std::sync::Arc;

use catalogue::Catalogue;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::bundles::Bundles;
use crate::clock::Clock;
use crate::db::Db;
use crate::keys::Keys;
use crate::settings::Settings;
use crate::store::Store;
use crate::verify::Verifier;

/// Locks that submissions are spread over; two share one now and then, which only makes one wait.
const KEY_LOCKS: usize = 64;

/// One running central.
pub struct Office {
    pub settings: Settings,
    pub bundles: Bundles,
    pub db: Db,
    pub store: Store,
    pub keys: Keys,
    pub verifier: Verifier,
    /// A sealed payload of nobody, opened for unknown numbers so that they cost the same.
    pub stand_in: Vec<u8>,
    clock: Arc<dyn Clock>,
    key_locks: Vec<Mutex<()>>,
}

impl Office {
    pub fn new(settings: Settings, catalogue: Catalogue, db: Db, store: Store, keys: Keys, clock: Arc<dyn Clock>) -> Self {
        let stand_in = keys.seal(&[b' '; 1024]);
        let key_locks = (0..KEY_LOCKS).map(|_| Mutex::new(())).collect();
        let bundles = Bundles::new(catalogue, settings.catalogue_archive.clone());
        Self { settings, bundles, db, store, keys, verifier: Verifier::default(), stand_in, clock, key_locks }
    }

    /// The catalogue of today.
    pub fn catalogue(&self) -> &Catalogue {
        self.bundles.current()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The city's own date.
    pub fn today(&self) -> Date {
        self.catalogue().city.local(self.now()).date()
    }

    /// Lets one request at a time work on a submission's parts.
    pub async fn lock_key(&self, key: Uuid) -> MutexGuard<'_, ()> {
        let index = usize::from(key.as_bytes()[15]) % self.key_locks.len();
        self.key_locks[index].lock().await
    }
}
