//! Accepting: exactly once, or not at all with a reason the kiosk can act upon.

use reqwest::{Method, StatusCode};
use uuid::Uuid;
use wire::receipt::SignedReceipt;
use wire::v1::{Kind, PART_BYTES_MAX, Payload, ProblemKind};

use crate::harness::{Sent, Town, send, vouches_for};

#[tokio::test]
async fn the_same_submission_twice_brings_the_very_same_receipt() {
    let town = Town::new().await;
    let sent = town.application(1);
    let first = town.submit(&sent).await;
    town.clock.advance_secs(3600);
    let second = town.submit(&sent).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert_eq!(first.text, second.text);
    assert!(vouches_for(&first.json(), &sent.body));
    assert_eq!(town.progress(&sent).await.history.len(), 1);
}

#[tokio::test]
async fn sixteen_at_once_are_one_application_and_one_receipt() {
    let town = Town::new().await;
    let sent = town.application(2);
    for (name, bytes) in &sent.parts {
        assert_eq!(town.put_part(sent.manifest.key, name, bytes).await.status, StatusCode::NO_CONTENT);
    }
    let mut all = Vec::new();
    for _ in 0..16 {
        let request = town.kiosk(Method::PUT, &format!("/api/v1/submissions/{}", sent.manifest.key)).body(sent.body.clone());
        all.push(tokio::spawn(send(request)));
    }
    let mut texts = Vec::new();
    for one in all {
        let answer = one.await.expect("the task ends");
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    assert_eq!(town.progress(&sent).await.history.len(), 1);
}

#[tokio::test]
async fn the_same_key_with_another_manifest_is_a_conflict_and_changes_nothing() {
    let town = Town::new().await;
    let sent = town.application(3);
    let receipt = town.accepted(&sent).await;
    let mut other = sent.manifest.clone();
    other.created_at = town.clock_later();
    let other = Sent::new(other, Vec::new());
    town.submit(&other).await.problem(ProblemKind::Conflict);
    assert_eq!(town.submit(&sent).await.json::<SignedReceipt>(), receipt);
}

#[tokio::test]
async fn a_number_or_a_token_belongs_to_one_application() {
    let town = Town::new().await;
    town.accepted(&town.application(4)).await;
    let mut same_number = town.application(4);
    same_number.manifest.key = Uuid::from_u128(99);
    let same_number = Sent::new(same_number.manifest, same_number.parts);
    town.submit(&same_number).await.problem(ProblemKind::Conflict);
}

#[tokio::test]
async fn a_part_keeps_its_first_bytes() {
    let town = Town::new().await;
    let key = Uuid::from_u128(5);
    assert_eq!(town.put_part(key, "page-1", b"one").await.status, StatusCode::NO_CONTENT);
    assert_eq!(town.put_part(key, "page-1", b"one").await.status, StatusCode::NO_CONTENT);
    town.put_part(key, "page-1", b"two").await.problem(ProblemKind::Conflict);
}

#[tokio::test]
async fn missing_parts_are_named_and_then_accepted() {
    let town = Town::new().await;
    let sent = town.application(6);
    let problem = town.put_manifest(sent.manifest.key, &sent.body).await.problem(ProblemKind::PartsMissing);
    assert_eq!(problem.missing, ["payload", "page-1"]);
    town.accepted(&sent).await;
}

#[tokio::test]
async fn a_part_with_another_hash_is_named_and_makes_room_for_the_right_one() {
    let town = Town::new().await;
    let sent = town.application(7);
    assert_eq!(town.put_part(sent.manifest.key, "page-1", b"damaged on the way").await.status, StatusCode::NO_CONTENT);
    let (_, payload) = sent.parts.last().expect("a payload");
    town.put_part(sent.manifest.key, "payload", payload).await;
    let problem = town.put_manifest(sent.manifest.key, &sent.body).await.problem(ProblemKind::PartsMissing);
    assert_eq!(problem.missing, ["page-1"]);
    town.accepted(&sent).await;
}

#[tokio::test]
async fn a_part_above_the_limit_is_refused_announced_or_not() {
    let town = Town::new().await;
    let key = Uuid::from_u128(8);
    let max = usize::try_from(PART_BYTES_MAX).expect("fits");
    assert_eq!(town.put_part(key, "just-right", &vec![7; max]).await.status, StatusCode::NO_CONTENT);
    town.put_part(key, "too-large", &vec![7; max + 1]).await.problem(ProblemKind::TooLarge);
    let path = town.dir.path().join("large");
    std::fs::write(&path, vec![7; max + 1]).expect("the temporary folder is writable");
    let unannounced = tokio::fs::File::open(path).await.expect("just written");
    send(town.kiosk(Method::PUT, &format!("/api/v1/submissions/{key}/parts/unannounced")).body(unannounced)).await.problem(ProblemKind::TooLarge);
}

#[tokio::test]
async fn what_cannot_be_opened_or_contradicts_itself_is_unreadable() {
    let town = Town::new().await;
    let good = town.application(9);
    let Payload::Application(application) = payload_of(&town, &good) else { panic!("an application was built") };
    let stranger = age::x25519::Identity::generate().to_public();
    let to_a_stranger = age::encrypt(&stranger, b"{}").expect("sealing into memory");
    let sealed = |change: &dyn Fn(&mut wire::v1::Application)| {
        let mut changed = application.clone();
        change(&mut changed);
        town.seal(&serde_json::to_vec(&Payload::Application(changed)).expect("JSON"))
    };
    let cases: [(&str, Vec<u8>); 9] = [
        ("sealed to a stranger", to_a_stranger),
        ("not sealed at all", b"{\"kind\":\"application\"}".to_vec()),
        ("no JSON inside", town.seal(b"rubbish")),
        ("another number inside", sealed(&|application| application.number = "GBG-261120-9999-4".into())),
        ("unknown service", sealed(&|application| application.service = "paspor".into())),
        ("a token that is none", sealed(&|application| application.token = "short".into())),
        ("a PIN instead of its verifier", sealed(&|application| application.pin_verifier = "482915".into())),
        ("a kelurahan that is no code", sealed(&|application| application.kelurahan = "Kapasari".into())),
        ("pages that were not sent", sealed(&|application| application.papers.values_mut().for_each(|pages| pages[0].part = "page-9".into()))),
    ];
    for (index, (case, payload)) in cases.into_iter().enumerate() {
        let key = Uuid::from_u128(0x0009_0000 + index as u128);
        let mut manifest = good.manifest.clone();
        manifest.key = key;
        manifest.payload.bytes = payload.len() as u64;
        manifest.payload.sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&payload));
        let sent = Sent::new(manifest, vec![good.parts[0].clone(), ("payload".into(), payload)]);
        let answer = town.submit(&sent).await;
        assert_eq!(answer.status.as_u16(), ProblemKind::Unreadable.status(), "{case}: {}", answer.text);
        answer.problem(ProblemKind::Unreadable);
    }
    town.accepted(&good).await;
}

#[tokio::test]
async fn rubbish_as_a_manifest_is_malformed() {
    let town = Town::new().await;
    let sent = town.application(10);
    let key = sent.manifest.key;
    let text = String::from_utf8(sent.body.clone()).expect("JSON is text");
    let cases = [
        String::new(),
        "<html>Bad Gateway</html>".into(),
        text.replace("GBG-261120-0010-4", "../../etc/passwd"),
        text.replace("page-1", "../page"),
        text.replace("page-1", "payload"),
        text.replacen("\"sha256\":\"", "\"sha256\":\"ZZ", 1),
        text.replacen('{', "{\"extra\":1,", 1),
    ];
    for body in cases {
        town.put_manifest(key, body.as_bytes()).await.problem(ProblemKind::Malformed);
    }
    town.put_manifest(Uuid::from_u128(77), &sent.body).await.problem(ProblemKind::Malformed);
    town.put_manifest(key, &vec![b' '; 65 * 1024]).await.problem(ProblemKind::TooLarge);
    send(town.kiosk(Method::PUT, "/api/v1/submissions/not-a-key").body("{}")).await.problem(ProblemKind::Malformed);
    send(town.kiosk(Method::PUT, &format!("/api/v1/submissions/{key}/parts/UPPER")).body("x")).await.problem(ProblemKind::Malformed);
}

#[tokio::test]
async fn an_unknown_kiosk_is_told_so_and_leaves_nothing() {
    let town = Town::new().await;
    let sent = town.application(11);
    let path = format!("/api/v1/submissions/{}", sent.manifest.key);
    send(town.open(Method::PUT, &path).body(sent.body.clone())).await.problem(ProblemKind::UnknownKiosk);
    send(town.open(Method::PUT, &path).bearer_auth("0".repeat(64)).body(sent.body.clone())).await.problem(ProblemKind::UnknownKiosk);
    send(town.open(Method::PUT, &format!("{path}/parts/page-1")).body("x")).await.problem(ProblemKind::UnknownKiosk);
    let mut manifest = sent.manifest.clone();
    manifest.kiosk = "GBG-2".into();
    let other = Sent::new(manifest, sent.parts.clone());
    town.submit(&other).await.problem(ProblemKind::UnknownKiosk);
    assert_eq!(town.follow_up(&sent.manifest.number, "000000").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_patch_dressed_as_an_application_is_unreadable() {
    let town = Town::new().await;
    let sent = town.application(12);
    town.accepted(&sent).await;
    let mut patch = town.patch(&sent, "no-permit", 0x1200);
    patch.manifest.kind = Kind::Application;
    let patch = Sent::new(patch.manifest, patch.parts);
    town.submit(&patch).await.problem(ProblemKind::Unreadable);
}

fn payload_of(town: &Town, sent: &Sent) -> Payload {
    let keys = central::keys::Keys::load(&town.dir.path().join("age-identity.txt"), &town.dir.path().join("receipt-key.pem")).expect("init's keys");
    let plain = keys.unseal(&sent.parts.last().expect("a payload").1).expect("sealed to this central");
    serde_json::from_slice(&plain).expect("a payload")
}
