//! Our slips and our simulated paper before three programs that none of us wrote: hardless reads the commands, hardless draws
//! the paper, and zxing-cpp reads the code from both papers.
//!
//! The decoder is the small package in `tests/decoder`, the reader a Python environment; `make test` builds both below
//! `out/tools`. `KLAMPID_FOREIGN_DECODER` and `KLAMPID_ZXING_PYTHON` name others. Where one is missing the test says so.

mod common;

use common::{PATIENCE, PROFILES, QR_TEXT, printer_for, profile, slip};
use drivers::link::Link;
use drivers::printer::{Cutter, Document, Profile, TEST_PAGE_QR, encode, test_page};
use drivers::sim::printer::{Paper, PaperPrinter, PaperPrinterOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const READ_CODES: &str = "
import sys, zxingcpp
from PIL import Image
for path in sys.argv[1:]:
    print('|'.join(sorted(code.text for code in zxingcpp.read_barcodes(Image.open(path)))))
";

/// The tool that `variable` names, or the one below `out/tools`; `None`, with a word, when it is not there.
fn tool(variable: &str, usual: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let path = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../out/tools").join(usual));
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there; `make test` builds it, or set {variable}", path.display());
    None
}

fn run(program: &Path, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap_or_else(|fault| panic!("{}: {fault}", program.display()));
    assert!(output.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What our simulated printer makes of the bytes.
fn our_paper(profile: &Profile, bytes: &[u8]) -> Paper {
    let printer = PaperPrinter::in_memory(PaperPrinterOptions { time_scale: 1_000_000.0, presenter: false, ..printer_for(profile) });
    let mut link = printer.direct_link();
    link.open().unwrap_or_else(|fault| panic!("{fault}"));
    link.write(bytes, Instant::now() + PATIENCE).unwrap_or_else(|fault| panic!("{fault}"));
    link.settle();
    printer.tear_off();
    assert_eq!(printer.papers().len(), 1, "{}", profile.name);
    printer.papers().remove(0)
}

/// Words and numbers line by line: frames, pictures and spaces are drawn differently by everybody.
fn words(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with('['))
        .map(|line| line.chars().map(|letter| if letter.is_ascii() && letter != '|' && letter != '+' { letter } else { ' ' }).collect::<String>())
        .map(|line| line.split_whitespace().filter(|word| word.contains(|letter: char| letter.is_ascii_alphanumeric())).collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect()
}

struct Sheet {
    name: String,
    code: &'static str,
    ours: Paper,
    foreign_text: PathBuf,
    foreign_picture: PathBuf,
}

/// Slip and test page of every model, by the foreign decoder and by our printer.
fn sheets(decoder: &Path, folder: &Path) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    for name in PROFILES {
        let profile = profile(name);
        let documents: [(&str, Document, &str); 2] = [("slip", slip("0426-7K2M-9XQ4"), QR_TEXT), ("page", test_page(&profile), TEST_PAGE_QR)];
        for (kind, document, code) in documents {
            let bytes = encode(&document, &profile).expect("both fit every shipped profile");
            // Hardless does not know the words of a presenter (FS P, GS e) and prints them as letters, so those are left out here.
            let plain = Profile { cutter: if profile.presenter.is_some() { Cutter::EscI } else { profile.cutter }, presenter: None, ..profile.clone() };
            let for_all = encode(&document, &plain).expect("both fit every shipped profile");
            let file = |end: &str| folder.join(format!("{name}-{kind}.{end}"));
            std::fs::write(file("bin"), &for_all).expect("the folder is writable");
            let width = if profile.dots <= 384 { "58" } else { "80" };
            let path = |end: &str| file(end).to_string_lossy().into_owned();
            run(decoder, &[width, &path("bin"), &path("txt"), &path("png")]);
            sheets.push(Sheet {
                name: format!("{name} {kind}"),
                code,
                ours: our_paper(&profile, &bytes),
                foreign_text: file("txt"),
                foreign_picture: file("png"),
            });
        }
    }
    sheets
}

#[test]
fn a_foreign_decoder_reads_the_same_words_from_our_bytes_as_our_simulated_printer() {
    let Some(decoder) = tool("KLAMPID_FOREIGN_DECODER", "decoder/debug/foreign-decoder") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for sheet in sheets(&decoder, folder.path()) {
        let foreign = std::fs::read_to_string(&sheet.foreign_text).expect("the decoder wrote it");
        assert!(words(&foreign).len() > 4, "{}: {foreign}", sheet.name);
        assert_eq!(words(&foreign), words(&sheet.ours.text), "{}:\n{foreign}\n{}", sheet.name, sheet.ours.text);
    }
}

#[test]
fn a_foreign_reader_reads_our_code_from_foreign_paper_and_from_ours() {
    let Some(decoder) = tool("KLAMPID_FOREIGN_DECODER", "decoder/debug/foreign-decoder") else { return };
    let Some(python) = tool("KLAMPID_ZXING_PYTHON", "zxing/bin/python") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sheets = sheets(&decoder, folder.path());
    let mut pictures = Vec::new();
    let mut expected = Vec::new();
    for (number, sheet) in sheets.iter().enumerate() {
        let ours = folder.path().join(format!("ours-{number}.png"));
        sheet.ours.with_margin(32).save(&ours).expect("the folder is writable");
        for (whose, picture) in [("foreign", sheet.foreign_picture.clone()), ("ours", ours)] {
            pictures.push(picture.to_string_lossy().into_owned());
            expected.push((format!("{} on {whose} paper", sheet.name), sheet.code.to_owned()));
        }
    }
    let mut args = vec!["-c", READ_CODES];
    args.extend(pictures.iter().map(String::as_str));
    let read: Vec<String> = run(&python, &args).lines().map(str::to_owned).collect();
    let found: Vec<(String, String)> = expected.iter().map(|(name, _)| name.clone()).zip(read).collect();
    assert_eq!(found, expected);
}
