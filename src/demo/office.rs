//! Everything around a kiosk, set up in one folder: keys, central, link, one officer, settings for the kiosk.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use central::clock::{Clock as CentralClock, SystemClock};
use jiff::Timestamp;

use super::link::Link;
use crate::settings::{CatalogueSettings, CentralSettings, Office as OfficeSettings, Settings, Store, Times};

/// The officer everybody signs in as, in demo and tests.
pub const OFFICER_LOGIN: &str = "sri.wahyuni";
pub const OFFICER_NAME: &str = "Sri Wahyuni (contoh)";
const HOST: &str = "localhost";
const START_WAIT: Duration = Duration::from_secs(30);

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A central at work, in a thread with its own runtime.
pub struct Office {
    pub dir: PathBuf,
    pub link: Link,
    /// Straight to central, past the link.
    pub central: SocketAddr,
    pub officer_password: String,
    pub settings: Settings,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What the central thread tells when it is ready.
struct Ready {
    address: SocketAddr,
    secret: Option<String>,
    password: Option<String>,
}

impl Office {
    /// Sets up `dir` (or uses what an earlier start left there) and starts central.
    pub fn open(dir: &Path, catalogue: &Path) -> Result<Self, Failure> {
        Self::open_with_clock(dir, catalogue, Arc::new(SystemClock))
    }

    pub fn open_with_clock(dir: &Path, catalogue: &Path, clock: Arc<dyn CentralClock>) -> Result<Self, Failure> {
        let central_dir = dir.join("central");
        let made_file = dir.join("made.json");
        let is_new = !made_file.exists();
        if is_new {
            std::fs::create_dir_all(dir)?;
            let made = central::init::init(&central_dir, HOST, clock.now())?;
            std::fs::write(&made_file, serde_json::to_vec(&(made.age_recipient, made.receipt_public_key))?)?;
        }
        let (recipient, receipt_key): (String, String) = serde_json::from_slice(&std::fs::read(&made_file)?)?;
        let mut central_settings = central::Settings::load(&central_dir.join("central.toml"))?;
        central_settings.listen = "127.0.0.1:0".parse()?;
        central_settings.catalogue_dir = catalogue.to_owned();

        let (tell, told) = mpsc::sync_channel::<Result<Ready, Failure>>(1);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("central".into()).spawn(move || serve(central_settings, clock, is_new, &tell, stopped))?;
        let ready = told.recv_timeout(START_WAIT)??;
        let secret_file = dir.join("kiosk.secret");
        let password_file = dir.join("officer.password");
        if let (Some(secret), Some(password)) = (&ready.secret, &ready.password) {
            std::fs::write(&secret_file, secret)?;
            std::fs::write(&password_file, password)?;
        }
        let link = Link::start(ready.address)?;
        let settings = Settings {
            office: OfficeSettings {
                kelurahan_code: "35.78.07.1003".into(),
                name: "Kelurahan Kapasari".into(),
                kiosk: "GTG-1".into(),
                number_block: "GTG".into(),
            },
            catalogue: CatalogueSettings { dir: catalogue.to_owned(), public_key: None },
            store: Store { dir: dir.join("kiosk"), mib_max: 1024 },
            central: CentralSettings {
                url: format!("https://{HOST}:{}", link.address().port()),
                ca_file: Some(central_dir.join("tls-ca.pem")),
                secret_file,
                seal_to: vec![recipient],
                receipt_key,
            },
            printer: None,
            camera: None,
            scanner: None,
            reader: None,
            times: Times::default(),
        };
        let officer_password = std::fs::read_to_string(password_file)?;
        Ok(Self { dir: dir.to_owned(), link, central: ready.address, officer_password, settings, stop: Some(stop), thread: Some(thread) })
    }

    /// Central's address for people and phones, past the link.
    pub fn central_url(&self) -> String {
        format!("https://{HOST}:{}", self.central.port())
    }

    /// The kiosk's settings as a technician would have written them.
    pub fn kiosk_toml(&self) -> String {
        let (office, central) = (&self.settings.office, &self.settings.central);
        let ca_file = central.ca_file.as_deref().unwrap_or(Path::new(""));
        format!(
            "[office]\nkelurahan_code = {:?}\nname = {:?}\nkiosk = {:?}\nnumber_block = {:?}\n\n[catalogue]\ndir = {:?}\n\n[store]\ndir = {:?}\nmib_max = {}\n\n\
             [central]\nurl = {:?}\nca_file = {ca_file:?}\nsecret_file = {:?}\nseal_to = {:?}\nreceipt_key = {:?}\n",
            office.kelurahan_code,
            office.name,
            office.kiosk,
            office.number_block,
            self.settings.catalogue.dir,
            self.settings.store.dir,
            self.settings.store.mib_max,
            central.url,
            central.secret_file,
            central.seal_to,
            central.receipt_key,
        )
    }

    pub fn ca_file(&self) -> PathBuf {
        self.dir.join("central/tls-ca.pem")
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _central_has_ended_already = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _a_panic_was_printed_by_the_thread = thread.join();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "central runs in this thread's own runtime")]
fn serve(
    settings: central::Settings,
    clock: Arc<dyn CentralClock>,
    is_new: bool,
    tell: &mpsc::SyncSender<Result<Ready, Failure>>,
    stopped: tokio::sync::oneshot::Receiver<()>,
) {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(reason) => {
            let _nobody_waits_any_more = tell.send(Err(reason.into()));
            return;
        }
    };
    runtime.block_on(async {
        let started = start(settings, Arc::clone(&clock), is_new).await;
        match started {
            Ok((running, ready)) => {
                if tell.send(Ok(ready)).is_ok() {
                    let _the_office_was_dropped = stopped.await;
                }
                running.stop().await;
            }
            Err(reason) => {
                let _nobody_waits_any_more = tell.send(Err(reason));
            }
        }
    });
}

async fn start(settings: central::Settings, clock: Arc<dyn CentralClock>, is_new: bool) -> Result<(central::Running, Ready), Failure> {
    let now: Timestamp = clock.now();
    let running = central::Central::start(settings, clock).await?;
    let (mut secret, mut password) = (None, None);
    if is_new {
        secret = Some(central::admin::add_kiosk(running.db(), "GTG-1", now).await?.to_string());
        let mut random = [0u8; 12];
        getrandom::fill(&mut random).map_err(|reason| reason.to_string())?;
        let chosen: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        central::admin::add_officer(running.db(), OFFICER_LOGIN, OFFICER_NAME, &chosen, now).await?;
        password = Some(chosen);
    }
    let ready = Ready { address: running.address, secret, password };
    Ok((running, ready))
}
