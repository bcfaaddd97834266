//! Starting and stopping: loads everything, or says what is missing, and then serves HTTPS.
//!
//! A central that starts can do its whole work: keys, catalogue, database and folder are all checked before it listens.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::bundles::{self, ArchiveError};
use crate::chance;
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::keys::{KeyError, Keys};
use crate::log_names::Event;
use crate::office::Office;
use crate::routes;
use crate::settings::Settings;
use crate::store::Store;

/// How long running requests may finish when central stops.
const STOP_SECS_MAX: u64 = 5;

/// Why central does not start.
#[derive(Debug, Error)]
pub enum StartError {
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Catalogue(#[from] ArchiveError),
    #[error("the database cannot be used")]
    Db(#[from] DbError),
    #[error("{}: cannot be used as data folder", path.display())]
    Store { path: PathBuf, source: io::Error },
    #[error("{}: {reason}", path.display())]
    Tls { path: PathBuf, reason: String },
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
}

/// The program, as a value to be started.
pub struct Central;

/// A central that serves.
pub struct Running {
    /// Where it listens; the real port when port 0 was asked for.
    pub address: SocketAddr,
    office: Arc<Office>,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<io::Result<()>>,
}

impl Central {
    /// Loads everything and starts to serve.
    ///
    /// # Errors
    /// [`StartError`]; nothing listens then.
    pub async fn start(settings: Settings, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
        let keys = Keys::load(&settings.age_identity_file, &settings.receipt_key_file)?;
        let tls = tls(&settings)?;
        let store = Store::open(&settings.data_dir)
            .and_then(|store| store.clear_aside().map(|()| store))
            .map_err(|source| StartError::Store { path: settings.data_dir.clone(), source })?;
        let archive = &settings.catalogue_archive;
        bundles::clear_aside(archive).map_err(|source| ArchiveError::Write { path: archive.clone(), source })?;
        let catalogue = bundles::add(archive, &settings.catalogue_dir, Uuid::from_bytes(*chance::bytes::<16>()))?;
        let db = Db::open(&settings.database_url, clock.now()).await?;
        let listen = settings.listen;
        let listener = TcpListener::bind(listen).and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
        let listener = listener.map_err(|source| StartError::Listen { address: listen, source })?;
        let address = listener.local_addr().map_err(|source| StartError::Listen { address: listen, source })?;

        let office = Arc::new(Office::new(settings, catalogue, db, store, keys, clock));
        let handle = Handle::new();
        let service = routes::router(Arc::clone(&office)).into_make_service_with_connect_info::<SocketAddr>();
        // Without TCP_NODELAY a small answer waits for the kiosk's delayed acknowledgement, 40 ms each time.
        let acceptor = RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor::new());
        let server = axum_server::from_tcp(listener).map_err(|source| StartError::Listen { address, source })?.acceptor(acceptor).handle(handle.clone());
        #[expect(clippy::disallowed_methods, reason = "`Running` owns this task and waits for its end")]
        let serving = tokio::spawn(server.serve(service));
        Event::Started.log(&[("address", &address), ("catalogue", &office.catalogue().hash)]);
        Ok(Running { address, office, handle, serving })
    }
}

impl Running {
    /// The open database, for the programs that add kiosks and officers beside a running central.
    pub fn db(&self) -> &Db {
        &self.office.db
    }

    /// What kiosks seal to, and what they check receipts with.
    pub fn public_keys(&self) -> (String, String) {
        (self.office.keys.age_recipient(), self.office.keys.receipt_public_key())
    }

    /// Lets running requests finish, closes the database, and returns when nothing is open any more.
    pub async fn stop(self) {
        self.handle.graceful_shutdown(Some(Duration::from_secs(STOP_SECS_MAX)));
        // The task only ends with the listener; an end by panic has already been logged.
        let _ = self.serving.await;
        self.office.db.close().await;
        Event::Stopped.log(&[("address", &self.address)]);
    }
}

fn tls(settings: &Settings) -> Result<RustlsConfig, StartError> {
    let wrong = |path: &PathBuf, reason: String| StartError::Tls { path: path.clone(), reason };
    let certs: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&settings.tls_cert_file).and_then(Iterator::collect);
    let certs = certs.map_err(|reason| wrong(&settings.tls_cert_file, reason.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&settings.tls_key_file).map_err(|reason| wrong(&settings.tls_key_file, reason.to_string()))?;
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|reason| wrong(&settings.tls_cert_file, reason.to_string()))?
        .with_no_client_auth()
        .with_single_cert(certs, key)
        .map_err(|reason| wrong(&settings.tls_cert_file, reason.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
