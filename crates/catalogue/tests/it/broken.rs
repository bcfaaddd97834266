//! A broken catalogue is refused with file, line and reason, and never half loaded.

use catalogue::{Catalogue, LoadError};

use crate::{BUNDLE, SHIPPED};

/// Changes `from` to `to` in one file of the shipped catalogue and returns what is said of it.
fn problems(file: &str, from: &str, to: &str) -> String {
    let mut bundle = BUNDLE.clone();
    let text = bundle.files.get_mut(file).expect("the file exists");
    assert!(text.contains(from), "{file} no longer contains {from:?}");
    *text = text.replacen(from, to, 1);
    match Catalogue::load(&bundle) {
        Err(LoadError::Data(problems)) => problems.iter().map(|problem| format!("{problem}\n")).collect(),
        Err(other) => panic!("another refusal: {other}"),
        Ok(_) => panic!("accepted although {from:?} became {to:?}"),
    }
}

const SERVICE: &str = "services/ktp-hilang.toml";

#[test]
fn each_mistake_is_named_with_file_and_line() {
    let check = |file: &str, from: &str, to: &str, said: &[&str]| {
        let problems = problems(file, from, to);
        for word in said {
            assert!(problems.contains(word), "{word:?} is not said of {to:?}:\n{problems}");
        }
    };
    check(SERVICE, "form = \"F-1.02\"", "form = F-1.02", &["services/ktp-hilang.toml:6:"]);
    check(SERVICE, "form = \"F-1.02\"", "fomr = \"F-1.02\"", &["services/ktp-hilang.toml", "fomr"]);
    check(SERVICE, "path = \"kartu\"", "path = \"kertas\"", &["services/ktp-hilang.toml:7:", "kertas"]);
    check(SERVICE, "when = \"ktp_fisik == 'tidak'\"", "when = \"ktp_fisik == \"", &["services/ktp-hilang.toml", "cannot be read"]);
    check(SERVICE, "when = \"ktp_fisik == 'tidak'\"", "when = \"ktp_fsik == 'tidak'\"", &["perekaman", "ktp_fsik"]);
    check(SERVICE, "when = \"ktp_fisik == 'tidak'\"", "when = \"ktp_fisik == 'tdak'\"", &["never holds", "tdak"]);
    check(SERVICE, "when = \"ktp_fisik == 'tidak'\"", "when = \"ktp_fisik + 'x'\"", &["instead of true or false"]);
    check(SERVICE, "when = \"alasan == 'rusak'\"", "when = \"alasan == 'rusak' || alasan != 'rusak'\"", &["always holds"]);
    check(SERVICE, "value = \"belum\"", "value = \"ya\"", &["its own value"]);
    check(SERVICE, "paper = \"surat-kehilangan\"\npages_min = 1", "paper = \"surat-hilang\"\npages_min = 1", &["there is no paper `surat-hilang`"]);
    check(SERVICE, "pages_max = 4", "pages_max = 400", &["pages_min and pages_max"]);
    check(SERVICE, "kind = \"choice\"", "kind = \"chioce\"", &["services/ktp-hilang.toml", "chioce"]);
    check(SERVICE, "use = \"pemohon\"", "use = \"pemoon\"", &["no shared group `pemoon`"]);
    check(SERVICE, "hours = 24", "when = \"alasan == 'hilang'\"\nhours = 24", &["last [[clock]]"]);
    check(
        SERVICE,
        "title = { id = \"KTP saya hilang\", en = \"Lost KTP\" }",
        "title = { en = \"Lost KTP\" }",
        &["services/ktp-hilang.toml", "needs at least `id"],
    );
    check("index.toml", "services = [\"ktp-hilang\"]", "services = [\"ktp-hilang\", \"kk-baru\"]", &["index.toml:3:", "kk-baru"]);
    check("index.toml", "service = \"ktp-hilang\"", "service = \"ktp-hlang\"", &["index.toml", "ktp-hlang"]);
    check("shared/states.toml", "start = \"diajukan\"", "start = \"diajkan\"", &["unknown state `diajkan`"]);
    check("shared/states.toml", "antre-cetak = [\"dicetak\", \"ditahan\"]", "antre-cetak = []", &["antre-cetak", "not marked terminal"]);
    check("shared/findings.toml", "kk-depan", "kk-depn", &["`kk-depan` is missing"]);
    check("city.toml", "opens = \"07:30:00\"", "opens = \"25:30:00\"", &["city.toml:21:"]);
    check("codes/kecamatan.csv", "11.01.01,Bakongan", "11.01.01", &["codes/kecamatan.csv:2:"]);
}

#[test]
fn a_missing_file_is_named() {
    let mut bundle = BUNDLE.clone();
    bundle.files.remove("city.toml");
    let said = Catalogue::load(&bundle).expect_err("refused").to_string();
    assert!(said.contains("city.toml: this file is missing"), "{said}");
}

#[test]
fn every_problem_is_told_at_once() {
    let mut bundle = BUNDLE.clone();
    for file in ["city.toml", "index.toml", SERVICE] {
        bundle.files.get_mut(file).expect("exists").push_str("\nkunci_asing = 1\n");
    }
    let Err(LoadError::Data(problems)) = Catalogue::load(&bundle) else { panic!("refused") };
    let files: std::collections::BTreeSet<&str> = problems.iter().map(|problem| problem.file.as_str()).collect();
    assert!(files.is_superset(&["city.toml", "index.toml", SERVICE].into()), "{problems:?}");
}

#[test]
fn the_hash_changes_with_any_byte_and_only_then() {
    let mut other = BUNDLE.clone();
    assert_eq!(other.hash(), SHIPPED.hash);
    other.files.get_mut("city.toml").expect("exists").push('\n');
    assert_ne!(other.hash(), SHIPPED.hash);
}

#[test]
fn every_shipped_text_has_an_english_translation() {
    let untranslated: Vec<(&str, usize)> = BUNDLE
        .files
        .iter()
        .filter(|(name, _)| name.ends_with(".toml"))
        .flat_map(|(name, text)| text.lines().enumerate().map(move |(number, line)| (name.as_str(), number + 1, line)))
        .filter(|(_, _, line)| line.contains("{ id = \"") && !line.contains("en = \""))
        .map(|(name, number, _)| (name, number))
        .collect();
    assert!(untranslated.is_empty(), "{untranslated:?}");
}

#[test]
fn no_resident_text_blames_or_uses_forbidden_words() {
    for (name, text) in &BUNDLE.files {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
            let lower = line.to_lowercase();
            for word in ["gagal", "error", "invalid", "berhasil"] {
                assert!(!lower.contains(word), "{name}:{}: {word}", number + 1);
            }
        }
    }
}
