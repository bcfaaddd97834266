//! Central takes submissions of 1 MB at the pace of a busy city: 20 a second for 20 seconds, on one file database.
//!
//! Real HTTPS on 127.0.0.1, requests in the order of the kiosk's courier: manifest, the parts central lacks, manifest again.
//! Submissions leave at fixed times whether or not earlier ones are done, so a stall shows in every one behind it.
//! Clients and central share this machine's cores; the row says how much of them the clients took.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalogue::Bundle;
use catalogue::number::SlipNumber;
use jiff::{SignedDuration, Timestamp};
use kiosk::clock::{Clock, SystemClock};
use kiosk::demo::office::{Failure, Office};
use kiosk::mint::{self, SystemChance};
use outbox::{Recipients, seal};
use reqwest::{Certificate, Client, Method, StatusCode, header};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;
use wire::receipt::{SignedReceipt, manifest_sha256};
use wire::v1::{Application, Kind, Manifest, PageRef, PartRef, Payload, Problem, ProblemKind, Promise};

use crate::Ground;
use crate::store::{RawFile, filler};
use crate::table::{Row, Spans, Verdict, show};

const PER_SECOND: u32 = 20;
const SECONDS: u32 = 20;
const SUBMISSIONS: u32 = PER_SECOND * SECONDS;
/// With its payload and both envelopes a submission is 1 MB.
const PAGE_BYTES: usize = 1_000_000;
const BAR: Duration = Duration::from_millis(50);
/// As many connections as kiosks that send at the same moment.
const KIOSKS: usize = 8;
const CALL_WAIT: Duration = Duration::from_secs(30);
const CLIENT_THREAD: &str = "bench-client";
const PAGE_PART: &str = "surat-1";
const RAW_ROUNDS: usize = 100;
/// proc_pid_stat(5) counts in these.
const TICKS_PER_SEC: f64 = 100.0;

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let data = ground.folder("accept")?;
    let catalogue = ground.shipped("config/catalogue");
    let office = Office::open(&data, &catalogue)?;
    let town = Town::of(&office, Bundle::read_dir(&catalogue)?.hash())?;
    let submissions: Vec<Arc<Submission>> = (1..=SUBMISSIONS).map(|serial| town.submission(serial).map(Arc::new)).collect::<Result<_, _>>()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name(CLIENT_THREAD).enable_all().build()?;
    #[expect(clippy::disallowed_methods, reason = "the bench's own thread owns this runtime")]
    let storm = runtime.block_on(storm(&office, submissions))?;

    let raw = RawFile::create(&data.join("raw-1m"), PAGE_BYTES)?;
    let raw = Spans::of((0..RAW_ROUNDS).map(|_| raw.write_and_sync()).collect::<Result<_, _>>()?)?;
    let (whole, manifests, round_trips) = (Spans::of(storm.whole)?, Spans::of(storm.manifests)?, Spans::of(storm.round_trips)?);
    let cores = std::thread::available_parallelism()?.get();
    let share = |secs: f64| secs / (storm.took.as_secs_f64() * cores as f64) * 100.0;
    Ok(vec![
        Row {
            what: format!("central accepts a submission of 1 MB, {PER_SECOND}/s for {SECONDS} s, one file database, first byte to receipt"),
            measured: whole.three(),
            bar: format!("p95 ≤ {}", show(BAR)),
            verdict: Verdict::of(whole.at(95) <= BAR),
            beside: format!(
                "{} accepted in {}, worst {}; {cores} cores shared: clients took {:.0} %, central {:.0} %; an empty HTTPS call: {}; 1 MB written and fsynced alone: {}",
                whole.count(),
                show(storm.took),
                show(whole.worst()),
                share(storm.client_secs),
                share(storm.central_secs),
                round_trips.two(),
                raw.two()
            ),
        },
        Row::without_bar(
            "the manifest that ends a submission, until its signed receipt",
            manifests.three(),
            "parts hashed, payload opened, one transaction, receipt signed".into(),
        ),
    ])
}

/// What every submission of this office has in common.
struct Town {
    recipients: Recipients,
    sealed_page: Arc<Vec<u8>>,
    pin_verifier: String,
    now: Timestamp,
    kiosk: String,
    block: String,
    kelurahan: String,
    /// Hash of the catalogue that central has, so that it reads with the one it holds.
    bundle: String,
}

/// A submission as a kiosk holds it.
struct Submission {
    key: Uuid,
    manifest: Vec<u8>,
    payload: Vec<u8>,
    page: Arc<Vec<u8>>,
}

impl Town {
    fn of(office: &Office, bundle: String) -> Result<Self, Failure> {
        let recipients = Recipients::parse(&office.settings.central.seal_to)?;
        let settings = &office.settings.office;
        Ok(Self {
            sealed_page: Arc::new(seal(&recipients, &filler(PAGE_BYTES))),
            recipients,
            pin_verifier: mint::pin_verifier(&mint::pin(&mut SystemChance), &mut SystemChance),
            now: SystemClock::start().now().wall,
            kiosk: settings.kiosk.clone(),
            block: settings.number_block.clone(),
            kelurahan: settings.kelurahan_code.clone(),
            bundle,
        })
    }

    fn submission(&self, serial: u32) -> Result<Submission, Failure> {
        let day = self.now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let number = SlipNumber::mint(&self.block, day, serial).ok_or("the day's numbers are used up")?.to_string();
        let page = PageRef { part: PAGE_PART.into(), findings: Vec::new(), source: "camera".into() };
        let application = Application {
            number: number.clone(),
            service: "ktp-hilang".into(),
            kelurahan: self.kelurahan.clone(),
            language: "id".into(),
            answers: answers(),
            papers: BTreeMap::from([("surat_kehilangan".to_owned(), vec![page])]),
            token: mint::token(&mut SystemChance),
            pin_verifier: self.pin_verifier.clone(),
            submitted_at: self.now,
            promise: Promise { clock: "satu-kali-24-jam".into(), due_at: self.now + SignedDuration::from_hours(24) },
            also: Vec::new(),
        };
        let payload = seal(&self.recipients, &serde_json::to_vec(&Payload::Application(application))?);
        let manifest = Manifest {
            key: SystemClock::start().now().fresh_id,
            kind: Kind::Application,
            number,
            kiosk: self.kiosk.clone(),
            bundle: self.bundle.clone(),
            created_at: self.now,
            payload: part(kiosk::uplink::PAYLOAD_PART, &payload),
            pages: vec![part(PAGE_PART, &self.sealed_page)],
        };
        Ok(Submission { key: manifest.key, manifest: serde_json::to_vec(&manifest)?, payload, page: Arc::clone(&self.sealed_page) })
    }
}

fn part(name: &str, bytes: &[u8]) -> PartRef {
    // The hash of a manifest is the hash of any bytes.
    PartRef { name: name.into(), sha256: manifest_sha256(bytes), bytes: bytes.len() as u64 }
}

fn answers() -> BTreeMap<String, String> {
    let all = [
        ("ktp_fisik", "ya"),
        ("alasan", "hilang"),
        ("surat_polisi", "ya"),
        ("cetak_6_bulan", "tidak"),
        ("nik", "3578014507900000"),
        ("no_kk", "3578010101100000"),
        ("nama", "SITI SPESIMEN"),
        ("tanggal_lahir", "1990-07-05"),
        ("telepon", ""),
    ];
    all.into_iter().map(|(id, value)| (id.to_owned(), value.to_owned())).collect()
}

struct Storm {
    whole: Vec<Duration>,
    manifests: Vec<Duration>,
    round_trips: Vec<Duration>,
    took: Duration,
    client_secs: f64,
    central_secs: f64,
}

async fn storm(office: &Office, submissions: Vec<Arc<Submission>>) -> Result<Storm, Failure> {
    let callers = (0..KIOSKS).map(|_| Caller::new(office).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    let mut round_trips = Vec::new();
    for caller in callers.iter().cycle().take(RAW_ROUNDS + KIOSKS) {
        let begun = Instant::now();
        caller.call(Method::GET, "/healthz", Vec::new()).await?;
        round_trips.push(begun.elapsed());
    }
    // The first call of each kiosk made its connection; a courier keeps it.
    round_trips.drain(..KIOSKS);

    let before = CpuTime::read()?;
    let begun = Instant::now();
    let mut pace = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut under_way = JoinSet::new();
    for (submission, caller) in submissions.into_iter().zip(callers.iter().cycle()) {
        pace.tick().await;
        let caller = Arc::clone(caller);
        under_way.spawn(async move { caller.submit(&submission).await });
    }
    let (mut whole, mut manifests) = (Vec::new(), Vec::new());
    while let Some(done) = under_way.join_next().await {
        let (span, manifest) = done??;
        whole.push(span);
        manifests.push(manifest);
    }
    let (took, after) = (begun.elapsed(), CpuTime::read()?);
    let client_secs = after.clients_secs - before.clients_secs;
    Ok(Storm { whole, manifests, round_trips, took, client_secs, central_secs: after.all_secs - before.all_secs - client_secs })
}

/// One kiosk's way to central.
struct Caller {
    http: Client,
    url: String,
    secret: String,
    receipt_key: String,
}

impl Caller {
    fn new(office: &Office) -> Result<Self, Failure> {
        // Fails only when a provider is installed already, which is just as good.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let authority = Certificate::from_pem_bundle(&std::fs::read(office.ca_file())?)?;
        let http = Client::builder().https_only(true).timeout(CALL_WAIT).tls_certs_only(authority).build()?;
        let central = &office.settings.central;
        let secret = std::fs::read_to_string(&central.secret_file)?.trim().to_owned();
        Ok(Self { http, url: office.central_url(), secret, receipt_key: central.receipt_key.clone() })
    }

    async fn call(&self, method: Method, path: &str, body: Vec<u8>) -> Result<(StatusCode, Vec<u8>), reqwest::Error> {
        let request = self.http.request(method, format!("{}{path}", self.url)).header(header::CONTENT_TYPE, "application/octet-stream");
        let response = request.bearer_auth(&self.secret).body(body).send().await?;
        Ok((response.status(), response.bytes().await?.to_vec()))
    }

    /// First byte to believed receipt, and the last request of it alone.
    async fn submit(&self, submission: &Submission) -> Result<(Duration, Duration), Failure> {
        let path = format!("/api/v1/submissions/{}", submission.key);
        let (first, last) = (submission.manifest.clone(), submission.manifest.clone());
        let bodies = [(kiosk::uplink::PAYLOAD_PART, submission.payload.clone()), (PAGE_PART, submission.page.to_vec())];
        let begun = Instant::now();
        let (_, answer) = self.call(Method::PUT, &path, first).await?;
        let problem: Problem = serde_json::from_slice(&answer)?;
        if problem.kind() != Some(ProblemKind::PartsMissing) || problem.missing.len() != bodies.len() {
            return Err(format!("central did not ask for the parts: {}", problem.title).into());
        }
        for (name, body) in bodies {
            let (status, _) = self.call(Method::PUT, &format!("{path}/parts/{name}"), body).await?;
            if !status.is_success() {
                return Err(format!("central did not take the part {name}: {status}").into());
            }
        }
        let manifest_begun = Instant::now();
        let (status, answer) = self.call(Method::PUT, &path, last).await?;
        let ended = Instant::now();
        if !status.is_success() {
            return Err(format!("central did not accept: {status} {}", String::from_utf8_lossy(&answer)).into());
        }
        let receipt: SignedReceipt = serde_json::from_slice(&answer)?;
        receipt.verify(&self.receipt_key, submission.key, &submission.manifest)?;
        Ok((ended - begun, ended - manifest_begun))
    }
}

/// Processor time of this process so far, and of its client threads.
struct CpuTime {
    all_secs: f64,
    clients_secs: f64,
}

impl CpuTime {
    fn read() -> Result<Self, Failure> {
        let mut clients_secs = 0.0;
        for thread in std::fs::read_dir("/proc/self/task")? {
            let folder = thread?.path();
            // A thread may end between the listing and the reading.
            if let Ok(name) = std::fs::read_to_string(folder.join("comm"))
                && name.trim() == CLIENT_THREAD
            {
                clients_secs += secs_in(&folder.join("stat")).unwrap_or(0.0);
            }
        }
        Ok(Self { all_secs: secs_in(Path::new("/proc/self/stat"))?, clients_secs })
    }
}

/// User and system time, fields 14 and 15 of proc_pid_stat(5); the name in field 2 may hold spaces and ends with `)`.
fn secs_in(stat: &Path) -> Result<f64, Failure> {
    let text = std::fs::read_to_string(stat)?;
    let (_, fields) = text.rsplit_once(')').ok_or("the stat file has no name")?;
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().unwrap_or(0)).sum();
    Ok(ticks as f64 / TICKS_PER_SEC)
}
