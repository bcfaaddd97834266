//! `docs/devices.md` holds every condition with its words, exactly as the table has them, so that people can read them through.

use drivers::status::{Actor, Severity, TABLE};
use std::fmt::Write;
use std::path::Path;

const BEGIN: &str = "<!-- conditions: written by `cargo run -p drivers --features probe --bin klampid-probe -- conditions --markdown` -->";
const END: &str = "<!-- end of conditions -->";

fn expected() -> String {
    let mut text = String::from("| Kode | Berat | Siapa | Petugas membaca | Teknisi membaca |\n| --- | --- | --- | --- | --- |\n");
    for row in TABLE {
        let severity = match row.severity {
            Severity::Info => "kabar",
            Severity::Warning => "awas",
            Severity::Error => "henti",
        };
        let actor = match row.actor {
            Actor::Nobody => "–",
            Actor::Machine => "mesin",
            Actor::Resident => "warga",
            Actor::Staff => "petugas",
            Actor::Technician => "teknisi",
        };
        let _ = writeln!(text, "| {} | {severity} | {actor} | {} | {} |", row.staff_code, row.staff, row.technician);
    }
    text
}

#[test]
fn the_document_holds_the_words_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/devices.md");
    let text = std::fs::read_to_string(&path).expect("docs/devices.md is part of the tree");
    let between = text.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).expect("the marks around the conditions are there").0;
    assert_eq!(between.trim(), expected().trim(), "write it anew with the command between the marks");
}
