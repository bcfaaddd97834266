//! A central with one kiosk and one officer, and the invented people who use them.
//!
//! Nothing here reaches into the server: it speaks HTTPS with the certificate `init` made, as a kiosk or a browser does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use catalogue::{Answers, Catalogue};
use central::clock::{Clock, HandClock};
use central::init::{Made, init};
use central::{Central, Running, Settings, admin, verify};
use jiff::{Span, Timestamp};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use wire::receipt::{SignedReceipt, manifest_sha256};
use wire::v1::{self, AlsoApplication, FollowUp, Kind, Manifest, PageRef, PartRef, Patch, Payload, Problem, ProblemKind, Promise};

use crate::robot;

pub const NIK: &str = "3578014507900000";
pub const NAME: &str = "SITI PERCOBAAN";
pub const PIN: &str = "482915";
pub const PASSWORD: &str = "sandi-percobaan-panjang";
/// Friday, 20 November 2026, 14.10 in Surabaya.
pub const START: &str = "2026-11-20T07:10:00Z";
const WAIT_SECS_MAX: u64 = 20;

/// One central in its own folder.
pub struct Town {
    pub dir: tempfile::TempDir,
    pub made: Made,
    pub clock: Arc<HandClock>,
    pub client: reqwest::Client,
    pub kiosk_secret: String,
    catalogue_dir: PathBuf,
    running: Option<Running>,
}

impl Town {
    /// A fresh central with kiosk `GBG-1` and officer `rina`, and the shipped catalogue.
    pub async fn new() -> Self {
        Self::with_catalogue(catalogue_dir()).await
    }

    /// A fresh central with another catalogue.
    pub async fn with_catalogue(catalogue_dir: PathBuf) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let start: Timestamp = START.parse().expect("a valid time");
        let made = init(dir.path(), "localhost", start).expect("a fresh folder is made");
        let clock = Arc::new(HandClock::new(start));
        let mut settings = settings(&made);
        settings.catalogue_dir.clone_from(&catalogue_dir);
        let running = Central::start(settings, Arc::clone(&clock) as Arc<dyn Clock>).await.expect("a fresh central starts");
        let kiosk_secret = admin::add_kiosk(running.db(), "GBG-1", start).await.expect("a kiosk").to_string();
        admin::add_officer(running.db(), "rina", "Rina Percobaan", PASSWORD, start).await.expect("an officer");
        let client = client(&made.ca_file());
        Self { dir, made, clock, client, kiosk_secret, catalogue_dir, running: Some(running) }
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.running.as_ref().expect("central runs").address
    }

    pub async fn stop(&mut self) {
        self.running.take().expect("central runs").stop().await;
    }

    /// Starts again over the same folder.
    pub async fn start(&mut self) {
        let mut settings = settings(&self.made);
        settings.catalogue_dir.clone_from(&self.catalogue_dir);
        let running = Central::start(settings, Arc::clone(&self.clock) as Arc<dyn Clock>).await;
        self.running = Some(running.expect("central starts again over its own folder"));
    }

    /// From the next start on, central has another catalogue.
    pub fn take_catalogue(&mut self, catalogue_dir: PathBuf) {
        self.catalogue_dir = catalogue_dir;
    }

    /// A request without any credential, as a browser sends it.
    pub fn open(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("https://{}{path}", self.address()))
    }

    /// A request of the kiosk.
    pub fn kiosk(&self, method: Method, path: &str) -> RequestBuilder {
        self.open(method, path).bearer_auth(&self.kiosk_secret)
    }

    pub async fn put_part(&self, key: Uuid, name: &str, bytes: &[u8]) -> Answer {
        send(self.kiosk(Method::PUT, &format!("/api/v1/submissions/{key}/parts/{name}")).body(bytes.to_vec())).await
    }

    pub async fn put_manifest(&self, key: Uuid, body: &[u8]) -> Answer {
        send(self.kiosk(Method::PUT, &format!("/api/v1/submissions/{key}")).body(body.to_vec())).await
    }

    /// Uploads every part and then the manifest.
    pub async fn submit(&self, sent: &Sent) -> Answer {
        for (name, bytes) in &sent.parts {
            let answer = self.put_part(sent.manifest.key, name, bytes).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{name}: {}", answer.text);
        }
        self.put_manifest(sent.manifest.key, &sent.body).await
    }

    /// Submits and believes the receipt.
    pub async fn accepted(&self, sent: &Sent) -> SignedReceipt {
        let answer = self.submit(sent).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let receipt: SignedReceipt = answer.json();
        let read = receipt.verify(&self.made.receipt_public_key, sent.manifest.key, &sent.body).expect("central's own signature");
        assert_eq!(read.number, sent.manifest.number);
        receipt
    }

    pub async fn follow_up(&self, id: &str, pin: &str) -> Answer {
        let body = serde_json::json!({ "id": id, "pin": pin }).to_string();
        send(self.kiosk(Method::POST, "/api/v1/follow-up").body(body)).await
    }

    /// The progress, with the right PIN.
    pub async fn progress(&self, sent: &Sent) -> FollowUp {
        let answer = self.follow_up(&sent.manifest.number, PIN).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    /// A new application for a lost KTP, sealed to this central; `serial` makes number, token and key its own.
    pub fn application(&self, serial: u32) -> Sent {
        self.visit(&CATALOGUE, serial, &["ktp-hilang"], &[])
    }

    /// One visit with an application for each of `services`, filled in by a robot that has these `wishes`.
    pub fn visit(&self, catalogue: &Catalogue, serial: u32, services: &[&str], wishes: &[(&str, &str)]) -> Sent {
        let application = self.filled(catalogue, serial, services, wishes);
        self.sent(catalogue, serial, application)
    }

    /// What a kiosk would put into the payload of such a visit.
    pub fn filled(&self, catalogue: &Catalogue, serial: u32, services: &[&str], wishes: &[(&str, &str)]) -> v1::Application {
        let submitted_at = self.clock.now();
        let answers = robot::fill(catalogue, services, wishes, catalogue.city.local(submitted_at).date());
        let promise = |service: &str| {
            let service = catalogue.service(service).unwrap_or_else(|| panic!("`{service}` is offered"));
            let promise = catalogue.promise(service, &answers, submitted_at).expect("a service with a submission has a clock");
            Promise { clock: promise.clock, due_at: promise.due_at }
        };
        let also = services.iter().enumerate().skip(1).map(|(place, service)| {
            let Promise { clock, due_at } = promise(service);
            AlsoApplication { number: number_in(serial, place), service: (*service).into(), clock, due_at }
        });
        v1::Application {
            number: number_in(serial, 0),
            service: services[0].into(),
            kelurahan: "35.78.07.1003".into(),
            language: "id".into(),
            papers: papers(&answers),
            answers: answers.values.clone(),
            token: token(serial),
            pin_verifier: verify::hash(PIN),
            submitted_at,
            promise: promise(services[0]),
            also: also.collect(),
        }
    }

    /// A payload with a drawn letter for each page it names, under its catalogue's hash.
    pub fn sent(&self, catalogue: &Catalogue, serial: u32, application: v1::Application) -> Sent {
        let names = application.papers.values().flatten().map(|page| page.part.clone());
        let pages: Vec<(String, Vec<u8>)> = (0_u8..).zip(names).map(|(shade, name)| (name, letter(shade * 8))).collect();
        let number = application.number.clone();
        let key = Uuid::from_u128(u128::from(serial) << 8 | 1);
        let mut sent = self.sealed_pages(Kind::Application, key, &number, &Payload::Application(application), &pages);
        sent.manifest.bundle.clone_from(&catalogue.hash);
        Sent::new(sent.manifest, sent.parts)
    }

    /// A repair of the police letter.
    pub fn patch(&self, of: &Sent, permit: &str, key: u128) -> Sent {
        let number = of.manifest.number.clone();
        let patch = Patch {
            number: number.clone(),
            permit: permit.into(),
            answers: BTreeMap::new(),
            papers: BTreeMap::from([("surat_kehilangan".into(), vec![page("page-a", "scanner")])]),
            submitted_at: self.clock.now(),
        };
        self.sealed(Kind::Patch, Uuid::from_u128(key), &number, &Payload::Patch(patch), "page-a", &letter(90))
    }

    pub fn sealed(&self, kind: Kind, key: Uuid, number: &str, payload: &Payload, page_name: &str, page: &[u8]) -> Sent {
        self.sealed_pages(kind, key, number, payload, &[(page_name.into(), page.to_vec())])
    }

    /// The pages in order, and the payload as the last part.
    pub fn sealed_pages(&self, kind: Kind, key: Uuid, number: &str, payload: &Payload, pages: &[(String, Vec<u8>)]) -> Sent {
        let mut parts: Vec<(String, Vec<u8>)> = pages.iter().map(|(name, page)| (name.clone(), self.seal(page))).collect();
        let sealed_payload = self.seal(&serde_json::to_vec(payload).expect("a payload is JSON"));
        let manifest = Manifest {
            key,
            kind,
            number: number.into(),
            kiosk: "GBG-1".into(),
            bundle: CATALOGUE.hash.clone(),
            created_at: self.clock.now(),
            payload: part_ref("payload", &sealed_payload),
            pages: parts.iter().map(|(name, bytes)| part_ref(name, bytes)).collect(),
        };
        parts.push(("payload".into(), sealed_payload));
        Sent::new(manifest, parts)
    }

    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let recipient: age::x25519::Recipient = self.made.age_recipient.parse().expect("init made a recipient");
        age::encrypt(&recipient, plain).expect("sealing into memory")
    }

    /// A moment after now, without moving the clock.
    pub fn clock_later(&self) -> Timestamp {
        self.clock.now().checked_add(Span::new().seconds(1)).expect("in range")
    }

    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }
}

/// A submission as a kiosk holds it.
pub struct Sent {
    pub manifest: Manifest,
    pub body: Vec<u8>,
    pub parts: Vec<(String, Vec<u8>)>,
}

impl Sent {
    pub fn new(manifest: Manifest, parts: Vec<(String, Vec<u8>)>) -> Self {
        Self { body: serde_json::to_vec(&manifest).expect("a manifest is JSON"), manifest, parts }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text).unwrap_or_else(|reason| panic!("{reason}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The refusal, which must be one of ours.
    #[track_caller]
    pub fn problem(&self, kind: ProblemKind) -> Problem {
        let problem: Problem = self.json();
        assert_eq!((problem.kind(), self.status.as_u16()), (Some(kind), kind.status()), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        problem
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.timeout(Duration::from_secs(WAIT_SECS_MAX)).send().await.expect("central answers");
    let (status, headers) = (response.status(), response.headers().clone());
    let text = String::from_utf8_lossy(&response.bytes().await.expect("the answer arrives whole")).into_owned();
    Answer { status, headers, text }
}

pub fn settings(made: &Made) -> Settings {
    let mut settings = Settings::load(&made.settings_file()).expect("init writes settings that load");
    settings.listen = "127.0.0.1:0".parse().expect("an address");
    settings.catalogue_dir = catalogue_dir();
    settings
}

pub fn client(ca_file: &Path) -> reqwest::Client {
    // Somebody else in this process may have been first, with the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(&std::fs::read(ca_file).expect("init made an authority")).expect("a certificate");
    reqwest::Client::builder().tls_certs_only([ca]).redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

pub fn token(serial: u32) -> String {
    format!("7ZK2M9QW4X8RT5CN{serial:04}")
}

fn part_ref(name: &str, bytes: &[u8]) -> PartRef {
    PartRef { name: name.into(), sha256: hex::encode(Sha256::digest(bytes)), bytes: bytes.len() as u64 }
}

/// Number of the application at `place` on the slip.
pub fn number_in(serial: u32, place: usize) -> String {
    if place == 0 { format!("GBG-261120-{serial:04}-4") } else { format!("GBG-261120-{serial:04}{place}-4") }
}

fn page(part: &str, source: &str) -> PageRef {
    PageRef { part: part.into(), findings: vec!["too-dark".into()], source: source.into() }
}

/// A part for every page that was shown: `page-1`, `page-2`, …
fn papers(answers: &Answers) -> BTreeMap<String, Vec<PageRef>> {
    let mut page_no = 0;
    let mut one = || {
        page_no += 1;
        page(&format!("page-{page_no}"), "camera")
    };
    answers.pages.iter().map(|(paper, count)| (paper.clone(), (0..*count).map(|_| one()).collect())).collect()
}

/// The catalogue that is shipped.
pub fn catalogue_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/catalogue")
}

/// The catalogue that is shipped, loaded once.
pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load_dir(&catalogue_dir()).expect("the shipped catalogue loads"));

/// A copy of the shipped catalogue in which each named file is edited. The folder goes with the returned guard.
pub fn edited_catalogue(edits: &[(&str, &str, &str)]) -> (tempfile::TempDir, PathBuf, Catalogue) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut bundle = catalogue::Bundle::read_dir(&catalogue_dir()).expect("the shipped catalogue is readable");
    for (file, from, to) in edits {
        let text = bundle.files.get_mut(*file).unwrap_or_else(|| panic!("{file} is shipped"));
        assert!(text.contains(from), "{file} holds `{from}`");
        *text = text.replacen(from, to, 1);
    }
    for (name, text) in &bundle.files {
        let path = dir.path().join("catalogue").join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }
    let folder = dir.path().join("catalogue");
    let catalogue = Catalogue::load_dir(&folder).expect("the edited catalogue loads");
    (dir, folder, catalogue)
}

/// A drawn letter as JPEG; `shade` makes two of them differ.
pub fn letter(shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(620, 877, |x, y| {
        let in_text = (70..550).contains(&x) && (120..760).contains(&y) && (y / 9) % 3 == 0 && (x / 37 + y / 27) % 7 != 0;
        let in_head = (210..410).contains(&x) && (50..80).contains(&y);
        if in_text || in_head { image::Rgb([40, 40, 60]) } else { image::Rgb([250 - shade, 248 - shade, 240 - shade]) }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("a JPEG into memory");
    bytes.into_inner()
}

/// Bytes of the receipt do not depend on when it is asked for, so this names it.
pub fn vouches_for(receipt: &SignedReceipt, body: &[u8]) -> bool {
    receipt.body.contains(&manifest_sha256(body))
}
