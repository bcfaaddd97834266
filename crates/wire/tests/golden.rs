//! One example of every shape of version 1, frozen in `golden/`.
//! A difference here is a change of the contract: it needs a new version, not a new golden file.

use std::collections::BTreeMap;
use std::path::Path;

use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;
use wire::receipt::{Receipt, ReceiptError, SignedReceipt, manifest_sha256, public_key_base64};
use wire::v1::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("the test writes a valid time")
}

fn check<T: Serialize + DeserializeOwned>(name: &str, value: &T) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    let now = serde_json::to_string_pretty(value).expect("the shape serialises") + "\n";
    if std::env::var_os("KLAMPID_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, &now).expect("golden folder is writable");
    }
    let frozen = std::fs::read_to_string(&path).expect("golden file exists");
    assert_eq!(frozen, now, "{name}: the contract changed");
    let read: T = serde_json::from_str(&frozen).expect("the frozen text is still read");
    assert_eq!(serde_json::to_string_pretty(&read).expect("serialises") + "\n", frozen);
}

fn manifest() -> Manifest {
    let part = |name: &str, bytes| PartRef { name: name.into(), sha256: "ab".repeat(32), bytes };
    Manifest {
        key: Uuid::from_u128(0x0192_f0aa_0000_7000_8000_0000_0000_0001),
        kind: Kind::Application,
        number: "GBG-261121-0001-4".into(),
        kiosk: "GBG-1".into(),
        bundle: "cd".repeat(32),
        created_at: at("2026-11-20T07:10:00Z"),
        payload: part("payload", 1432),
        pages: vec![part("page-1", 310_221)],
    }
}

fn pages() -> BTreeMap<String, Vec<PageRef>> {
    let page = PageRef { part: "page-1".into(), findings: vec!["too-dark".into()], source: "camera".into() };
    BTreeMap::from([("surat-kehilangan".into(), vec![page])])
}

fn application() -> Application {
    Application {
        number: "GBG-261121-0001-4".into(),
        service: "ktp-hilang".into(),
        kelurahan: "35.78.07.1003".into(),
        language: "id".into(),
        answers: BTreeMap::from([("nik".into(), "3578014507900000".into())]),
        papers: pages(),
        token: "7ZK2M9QW4X8RT5CN3VHB".into(),
        pin_verifier: "$argon2id$v=19$m=19456,t=2,p=1$AAAA$BBBB".into(),
        submitted_at: at("2026-11-20T07:10:00Z"),
        promise: Promise { clock: "satu-kali-24-jam".into(), due_at: at("2026-11-23T07:10:00Z") },
        also: Vec::new(),
    }
}

fn follow_up() -> FollowUp {
    FollowUp {
        number: "GBG-261121-0001-4".into(),
        service: "ktp-hilang".into(),
        state: "perlu-perbaikan".into(),
        state_since: at("2026-11-20T08:00:00Z"),
        promise_due_at: at("2026-11-23T07:10:00Z"),
        history: vec![HistoryLine { state: "diajukan".into(), at: at("2026-11-20T07:10:00Z") }],
        repair: Some(Repair {
            permit: "P-1".into(),
            until: at("2026-12-04T08:00:00Z"),
            items: vec![RepairItem { item: "surat-kehilangan".into(), reason: "R01".into(), note: String::new() }],
            facts: BTreeMap::new(),
            held: Vec::new(),
        }),
        outputs: Vec::new(),
        also: Vec::new(),
    }
}

#[test]
fn every_shape_of_version_1_is_frozen() {
    check("manifest.json", &manifest());
    check("application.json", &Payload::Application(application()));
    check(
        "patch.json",
        &Payload::Patch(Patch {
            number: "GBG-261121-0001-4".into(),
            permit: "P-1".into(),
            answers: BTreeMap::new(),
            papers: pages(),
            submitted_at: at("2026-11-20T09:00:00Z"),
        }),
    );
    check("follow-up.json", &follow_up());
    check("follow-up-request.json", &FollowUpRequest { id: "7ZK2M9QW4X8RT5CN3VHB".into(), pin: "000000".into() });
    let mut problem = Problem::new(ProblemKind::Wait, "Tunggu sebentar");
    problem.wait_secs = Some(30);
    check("problem.json", &problem);
    let key = SigningKey::from_bytes(&[7; 32]);
    let receipt = Receipt {
        version: VERSION,
        key: manifest().key,
        number: manifest().number,
        manifest_sha256: manifest_sha256(b"{}"),
        accepted_at: at("2026-11-20T07:10:05Z"),
    };
    check("receipt.json", &SignedReceipt::sign(&receipt, &key));
}

/// Both shapes grew after they were frozen: what was written before is still read, and what is not used is not written.
#[test]
fn a_visit_with_several_applications_stands_beside_what_was_frozen_before() {
    let also = |serial: u32, service: &str| AlsoApplication {
        number: format!("GBG-261121-{serial:04}-7"),
        service: service.into(),
        clock: "satu-kali-24-jam".into(),
        due_at: at("2026-11-23T07:10:00Z"),
    };
    check(
        "application-visit.json",
        &Payload::Application(Application { service: "akta-kelahiran".into(), also: vec![also(2, "kk-tambah"), also(3, "kia-baru")], ..application() }),
    );
    let output = |id: &str, state: &str| OutputProgress { id: id.into(), state: state.into(), due_at: at("2026-11-23T07:10:00Z") };
    let one = |number: &str, service: &str, outputs: Vec<OutputProgress>| FollowUp {
        number: number.into(),
        service: service.into(),
        state: "verifikasi".into(),
        repair: None,
        outputs,
        ..follow_up()
    };
    let mut visit = one("GBG-261121-0001-4", "akta-kelahiran", vec![output("akta", "verifikasi"), output("kk", "siap-unduh")]);
    visit.repair = Some(Repair {
        permit: "P-2".into(),
        until: at("2026-12-04T08:00:00Z"),
        items: vec![RepairItem { item: "bayi_nama".into(), reason: "R04".into(), note: String::new() }],
        facts: BTreeMap::from([("lahir_tempat".into(), "faskes".into())]),
        held: vec!["lahir_tempat".into(), "bayi_nama".into(), "nik".into()],
    });
    visit.also = vec![one("GBG-261121-0003-7", "kia-baru", vec![output("kia", "verifikasi")])];
    check("follow-up-visit.json", &visit);
}

#[test]
fn an_unknown_field_is_refused_not_ignored() {
    let mut value = serde_json::to_value(manifest()).expect("serialises");
    value["extra"] = 1.into();
    assert!(serde_json::from_value::<Manifest>(value).is_err());
}

#[test]
fn every_problem_kind_is_read_back_from_its_document() {
    for kind in ProblemKind::ALL {
        assert_eq!(Problem::new(kind, "x").kind(), Some(kind));
    }
    let foreign: Problem = serde_json::from_str(r#"{"type":"about:blank","title":"Bad Gateway","status":502}"#).expect("a proxy's problem is readable");
    assert_eq!(foreign.kind(), None);
}

#[test]
fn a_receipt_is_believed_only_for_its_own_submission_and_key() {
    let central = SigningKey::from_bytes(&[1; 32]);
    let stranger = SigningKey::from_bytes(&[2; 32]);
    let manifest = b"{\"number\":\"x\"}";
    let key = Uuid::from_u128(5);
    let receipt = Receipt { version: 1, key, number: "x".into(), manifest_sha256: manifest_sha256(manifest), accepted_at: at("2026-11-20T07:10:05Z") };
    let signed = SignedReceipt::sign(&receipt, &central);
    let public = public_key_base64(&central);

    assert_eq!(signed.verify(&public, key, manifest), Ok(receipt));
    assert_eq!(signed.verify(&public_key_base64(&stranger), key, manifest), Err(ReceiptError::Signature));
    assert_eq!(signed.verify("AAAA", key, manifest), Err(ReceiptError::Key));
    assert_eq!(signed.verify(&public, Uuid::from_u128(6), manifest), Err(ReceiptError::OtherSubmission));
    assert_eq!(signed.verify(&public, key, b"{}"), Err(ReceiptError::OtherSubmission));
    let mut altered = signed.clone();
    altered.body = altered.body.replace("\"x\"", "\"y\"");
    assert_eq!(altered.verify(&public, key, manifest), Err(ReceiptError::Signature));
}
