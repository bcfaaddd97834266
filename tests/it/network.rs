//! Central down, slow, lying, doubled. Every application arrives once, and the slip never waits for it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, StatusCode, Uri};
use axum::{Router, response::IntoResponse};
use flow::Intent;
use flow::view::{Page, PaperState};
use kiosk::demo::office::Office;
use kiosk::demo::officer::Officer;

use crate::stand::{Stand, bench, office};

#[test]
fn without_a_network_the_slip_is_printed_and_the_application_arrives_later_once() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    office.link.cut();
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    let slip = stand.apply();
    assert_eq!(slip.paper, PaperState::Printed);
    stand.until_queued(1);
    office.link.join();
    stand.until_delivered();
    let mut officer = Officer::sign_in(&office).expect("the officer signs in");
    assert!(officer.sees(&slip.number).expect("the queue is shown"));
}

#[test]
fn a_link_that_breaks_every_few_bytes_still_delivers() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    // The manifest fits, a page of 100 KB does not: the first tries break, then the line holds a little longer.
    office.link.break_after_bytes(20_000);
    let slip = stand.apply();
    stand.until_queued(1);
    std::thread::park_timeout(Duration::from_millis(1500));
    stand.until_queued(1);
    office.link.join();
    stand.until_delivered();
    assert_eq!(stand.running.outbox.receipts(&slip.number).expect("the outbox answers").len(), 1);
}

#[test]
fn an_answer_that_is_lost_is_asked_for_again_and_nothing_is_doubled() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.to_check();
    office.link.swallow_answers();
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("printed", |slip| slip.paper == PaperState::Printed);
    std::thread::park_timeout(Duration::from_millis(800));
    office.link.cut();
    stand.until_queued(1);
    office.link.join();
    stand.until_delivered();
    let mut officer = Officer::sign_in(&office).expect("the officer signs in");
    assert_eq!(officer.read(&slip.number).expect("there once"), 1);
}

#[test]
fn without_central_a_follow_up_says_so_and_the_pin_may_be_typed_again() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    let slip = stand.apply();
    stand.until_delivered();
    stand.touch(Intent::GoOn);
    stand.until("goodbye", |view| matches!(view.page, Page::Goodbye { .. }));
    office.link.cut();
    stand.to_home();
    stand.touch(Intent::FollowUp);
    stand.until("the QR is asked for", |view| matches!(view.page, Page::ReadCode { .. }));
    stand.touch(Intent::TypeNumber);
    stand.fill("nomor permohonan", &slip.number.replace('-', ""));
    stand.fill("PIN", &slip.pin);
    stand.until(
        "the broken line is told",
        |view| matches!(&view.page, Page::Entry(entry) if entry.finding.as_ref().is_some_and(|finding| finding.sentence.contains("jaringan"))),
    );
    office.link.join();
    stand.fill("PIN", &slip.pin);
    stand.until("progress", |view| matches!(view.page, Page::Progress(_)));
}

/// How a false central answers a manifest.
#[derive(Clone, Copy)]
enum Lie {
    ServerError,
    Rubbish,
    ForeignReceipt,
    Late,
}

/// Somebody with central's certificate who is not central, for `lies` calls; then it is silent.
fn liar(office: &Office, lie: Lie) -> (SocketAddr, Arc<AtomicUsize>) {
    let told = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&told);
    let dir = office.dir.join("central");
    let (tell, address) = std::sync::mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime for a false central");
        #[expect(clippy::disallowed_methods, reason = "a false central in a thread of its own")]
        runtime.block_on(async move {
            let _already = rustls::crypto::ring::default_provider().install_default();
            let tls = axum_server::tls_rustls::RustlsConfig::from_pem_file(dir.join("tls-cert.pem"), dir.join("tls-key.pem"))
                .await
                .expect("central's own certificate");
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
            listener.set_nonblocking(true).expect("a socket can be made non-blocking");
            tell.send(listener.local_addr().expect("a bound socket has an address")).expect("the test waits");
            let app = Router::new().fallback(move |method: Method, uri: Uri, _body: Bytes| {
                let counted = Arc::clone(&counted);
                async move {
                    if uri.path() == "/healthz" {
                        return StatusCode::OK.into_response();
                    }
                    if method == Method::PUT {
                        counted.fetch_add(1, Ordering::AcqRel);
                    }
                    match lie {
                        Lie::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "kaput").into_response(),
                        Lie::Rubbish => (StatusCode::OK, "<html>login to the hotel wifi</html>").into_response(),
                        Lie::ForeignReceipt => (StatusCode::OK, r#"{"body":"{}","signature":"AAAA"}"#).into_response(),
                        Lie::Late => {
                            tokio::time::sleep(Duration::from_secs(3)).await;
                            StatusCode::GATEWAY_TIMEOUT.into_response()
                        }
                    }
                }
            });
            let server = axum_server::from_tcp_rustls(listener, tls).expect("the listener is usable");
            server.serve(app.into_make_service()).await.expect("it serves until the test ends");
        });
    });
    (address.recv().expect("the false central listens"), told)
}

#[test]
fn no_lie_removes_an_application_from_the_kiosk() {
    for lie in [Lie::ServerError, Lie::Rubbish, Lie::ForeignReceipt, Lie::Late] {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let office = office(dir.path());
        let (address, told) = liar(&office, lie);
        let mut settings = office.settings.clone();
        settings.central.url = format!("https://localhost:{}", address.port());
        let stand = Stand::start(settings, bench(dir.path()));
        let slip = stand.apply();
        assert_eq!(slip.paper, PaperState::Printed);
        let began = std::time::Instant::now();
        while told.load(Ordering::Acquire) < 2 && began.elapsed() < crate::stand::WAIT {
            std::thread::park_timeout(Duration::from_millis(50));
        }
        assert!(told.load(Ordering::Acquire) >= 2, "the courier gave up");
        stand.until_queued(1);
        stand.running.stop();
        // The real central gets it from the same disk.
        let stand = Stand::start(office.settings.clone(), bench(&dir.path().join("again")));
        stand.until_delivered();
        assert_eq!(stand.running.outbox.receipts(&slip.number).expect("the outbox answers").len(), 1);
    }
}

#[test]
fn whoever_cannot_prove_to_be_central_gets_nothing() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = office(dir.path());
    let other = Office::open(&dir.path().join("other"), &crate::stand::config_dir().join("catalogue")).expect("a second office");
    let mut settings = office.settings.clone();
    settings.central.url = other.settings.central.url.clone();
    let stand = Stand::start(settings, bench(dir.path()));
    let slip = stand.apply();
    std::thread::park_timeout(Duration::from_millis(1500));
    stand.until_queued(1);
    let mut officer = Officer::sign_in(&other).expect("the other officer signs in");
    assert!(!officer.sees(&slip.number).expect("the queue is shown"));
}
