//! What surrounds every answer: headers, limits, health.

use reqwest::{Method, StatusCode};

use crate::harness::{Town, send};

#[tokio::test]
async fn every_answer_carries_an_id_and_the_headers_that_keep_a_browser_safe() {
    let town = Town::new().await;
    let mut ids = Vec::new();
    for path in ["/lacak", "/petugas", "/gaya.css", "/healthz", "/nowhere", "/T/7ZK2M9QW4X8RT5CN0001"] {
        let answer = send(town.open(Method::GET, path)).await;
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!((answer.header("x-content-type-options"), answer.header("referrer-policy")), ("nosniff", "no-referrer"), "{path}");
        ids.push(answer.header("x-request-id").to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 6);
}

#[tokio::test]
async fn health_is_told_and_strange_addresses_are_not_found() {
    let town = Town::new().await;
    let cases = [
        ("/healthz", StatusCode::OK),
        ("/readyz", StatusCode::OK),
        ("/", StatusCode::SEE_OTHER),
        ("/lacak", StatusCode::OK),
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/T/..%2F..%2Fetc", StatusCode::NOT_FOUND),
        ("/T/https%3A%2F%2Fexample.com", StatusCode::NOT_FOUND),
        ("/api/v1/follow-up", StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (path, status) in cases {
        assert_eq!(send(town.open(Method::GET, path)).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn no_page_needs_a_script_or_anything_from_elsewhere() {
    let town = Town::new().await;
    for path in ["/lacak", "/petugas/masuk", "/T/7ZK2M9QW4X8RT5CN0001"] {
        let page = send(town.open(Method::GET, path)).await.text;
        assert!(!page.contains("<script") && !page.contains("style=\"") && !page.contains("http://") && !page.contains("src=\"https"), "{path}");
        assert!(page.contains("<html lang=\"id\">") && page.contains("name=\"viewport\""), "{path}");
    }
}

#[tokio::test]
async fn a_form_beyond_its_limit_is_refused() {
    let town = Town::new().await;
    let request = town.open(Method::POST, "/lacak").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(send(request.body(format!("number={}", "A".repeat(70_000)))).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
