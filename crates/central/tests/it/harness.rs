//! A central with one kiosk and one officer, and the invented people who use them.
//!
//! Nothing here reaches into the server: it speaks HTTPS with the certificate `init` made, as a kiosk or a browser does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use central::clock::{Clock, HandClock};
use central::init::{Made, init};
use central::{Central, Running, Settings, admin, verify};
use jiff::{Span, Timestamp};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use wire::receipt::{SignedReceipt, manifest_sha256};
use wire::v1::{self, FollowUp, Kind, Manifest, PageRef, PartRef, Patch, Payload, Problem, ProblemKind, Promise};

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
    running: Option<Running>,
}

impl Town {
    /// A fresh central with kiosk `GBG-1` and officer `rina`.
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let start: Timestamp = START.parse().expect("a valid time");
        let made = init(dir.path(), "localhost", start).expect("a fresh folder is made");
        let clock = Arc::new(HandClock::new(start));
        let running = Central::start(settings(&made), Arc::clone(&clock) as Arc<dyn Clock>).await.expect("a fresh central starts");
        let kiosk_secret = admin::add_kiosk(running.db(), "GBG-1", start).await.expect("a kiosk").to_string();
        admin::add_officer(running.db(), "rina", "Rina Percobaan", PASSWORD, start).await.expect("an officer");
        let client = client(&made.ca_file());
        Self { dir, made, clock, client, kiosk_secret, running: Some(running) }
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.running.as_ref().expect("central runs").address
    }

    pub async fn stop(&mut self) {
        self.running.take().expect("central runs").stop().await;
    }

    /// Starts again over the same folder.
    pub async fn start(&mut self) {
        let running = Central::start(settings(&self.made), Arc::clone(&self.clock) as Arc<dyn Clock>).await;
        self.running = Some(running.expect("central starts again over its own folder"));
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

    /// A new application sealed to this central; `serial` makes number, token and key its own.
    pub fn application(&self, serial: u32) -> Sent {
        let application = v1::Application {
            number: format!("GBG-261120-{serial:04}-4"),
            service: "ktp-hilang".into(),
            kelurahan: "35.78.07.1003".into(),
            language: "id".into(),
            answers: answers(),
            papers: papers("page-1", "camera"),
            token: token(serial),
            pin_verifier: verify::hash(PIN),
            submitted_at: self.clock.now(),
            promise: Promise { clock: "satu-kali-24-jam".into(), due_at: "2026-11-23T07:10:00Z".parse().expect("a valid time") },
        };
        self.sealed(
            Kind::Application,
            Uuid::from_u128(u128::from(serial) << 8 | 1),
            &application.number.clone(),
            &Payload::Application(application),
            "page-1",
            &letter(0),
        )
    }

    /// A repair of the police letter.
    pub fn patch(&self, of: &Sent, permit: &str, key: u128) -> Sent {
        let number = of.manifest.number.clone();
        let patch = Patch {
            number: number.clone(),
            permit: permit.into(),
            answers: BTreeMap::new(),
            papers: papers("page-a", "scanner"),
            submitted_at: self.clock.now(),
        };
        self.sealed(Kind::Patch, Uuid::from_u128(key), &number, &Payload::Patch(patch), "page-a", &letter(90))
    }

    pub fn sealed(&self, kind: Kind, key: Uuid, number: &str, payload: &Payload, page_name: &str, page: &[u8]) -> Sent {
        let sealed_page = self.seal(page);
        let sealed_payload = self.seal(&serde_json::to_vec(payload).expect("a payload is JSON"));
        let manifest = Manifest {
            key,
            kind,
            number: number.into(),
            kiosk: "GBG-1".into(),
            bundle: "ab".repeat(32),
            created_at: self.clock.now(),
            payload: part_ref("payload", &sealed_payload),
            pages: vec![part_ref(page_name, &sealed_page)],
        };
        Sent::new(manifest, vec![(page_name.into(), sealed_page), ("payload".into(), sealed_payload)])
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
    settings.catalogue_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/catalogue");
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

fn papers(part: &str, source: &str) -> BTreeMap<String, Vec<PageRef>> {
    let page = PageRef { part: part.into(), findings: vec!["too-dark".into()], source: source.into() };
    BTreeMap::from([("surat_kehilangan".into(), vec![page])])
}

fn answers() -> BTreeMap<String, String> {
    let all = [
        ("ktp_fisik", "ya"),
        ("alasan", "hilang"),
        ("surat_polisi", "ya"),
        ("cetak_6_bulan", "tidak"),
        ("nik", NIK),
        ("no_kk", "3578010101100000"),
        ("nama", NAME),
        ("tanggal_lahir", "1990-07-05"),
        ("telepon", "081200000000"),
    ];
    all.into_iter().map(|(id, value)| (id.to_owned(), value.to_owned())).collect()
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
