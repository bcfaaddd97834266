//! Slips become bytes that fit the paper, the line and the printer's language.

mod common;

use common::{PROFILES, QR_TEXT, profile, profile_path, slip};
use drivers::printer::{Block, Document, EncodeError, Profile, ProfileError, TextSize, encode, encode_job, sanitise, wrap};
use std::path::Path;

#[test]
fn a_slip_is_small_enough_for_its_line() {
    for (name, bytes_max) in PROFILES.map(|name| (name, if profile(name).native_qr { 1024 } else { 8192 })) {
        let bytes = encode(&slip("0426-7K2M-9XQ4"), &profile(name)).expect("the slip fits every shipped profile");
        assert!(bytes.len() <= bytes_max, "{name}: {} bytes", bytes.len());
    }
}

#[test]
fn the_longest_qr_text_that_we_allow_still_fits_the_raster_bar() {
    let long = Document(vec![Block::Qr { text: "K".repeat(60), module_dots_min: 4 }, Block::Cut]);
    for name in PROFILES {
        let bytes = encode(&long, &profile(name)).expect("sixty letters fit any shipped profile");
        assert!(bytes.len() <= 8192, "{name}: {} bytes", bytes.len());
    }
}

#[test]
fn a_qr_code_is_wide_enough_to_be_found_and_its_modules_wide_enough_to_be_read() {
    for name in PROFILES {
        let profile = profile(name);
        let bytes = encode(&Document(vec![Block::Qr { text: QR_TEXT.into(), module_dots_min: 1 }]), &profile).expect("a short text fits any shipped profile");
        let side_dots = if profile.native_qr {
            let at = find(&bytes, &[0x31, 0x43]).expect("the module size is sent") + 2;
            // Twenty-five letters at level M are version 2, 25 modules.
            u32::from(bytes[at]) * 25
        } else {
            let at = find(&bytes, &[0x1D, 0x76, 0x30, 0x00]).expect("a raster is sent");
            u32::from(u16::from_le_bytes([bytes[at + 6], bytes[at + 7]]))
        };
        assert!(profile.mm(side_dots) >= 24.0, "{name}: {} mm", profile.mm(side_dots));
        assert!(profile.mm(side_dots) / 25.0 >= 0.5, "{name}");
        assert!(side_dots < u32::from(profile.dots), "{name}");
    }
}

#[test]
fn no_text_can_carry_a_printer_command() {
    let hostile = "Ani\u{1b}@\u{1d}V\u{0}\u{10}\u{4}\u{1}\u{7f}\u{85}Budi";
    let bytes = encode(&Document(vec![Block::text(hostile)]), &profile("epson-tm-t82")).expect("text always fits");
    // Five bytes of set-up come first; everything behind them is letters and one line feed.
    assert_eq!(&bytes[5..], b"Ani@VBudi\n");
}

#[test]
fn letters_with_marks_lose_only_the_marks() {
    for (input, expected) in [
        ("Pasar Genténg, Sèlarong", "Pasar Genteng, Selarong"),
        ("“kutipan” – selesai…", "\"kutipan\" - selesai..."),
        ("a\u{301}b\tc\r\nd", "ab c\nd"),
        ("漢", "?"),
        ("", ""),
    ] {
        assert_eq!(sanitise(input), expected);
    }
}

#[test]
fn lines_break_at_words_and_never_exceed_the_columns() {
    for (text, columns, expected) in [
        ("Bawa slip ini", 32, vec!["Bawa slip ini"]),
        ("Bawa slip ini besok", 10, vec!["Bawa slip", "ini besok"]),
        ("kependudukan", 5, vec!["kepen", "duduk", "an"]),
        ("a\n\nb", 4, vec!["a", "", "b"]),
        ("No.    : 12", 32, vec!["No.    : 12"]),
        ("", 8, vec![""]),
    ] {
        assert_eq!(wrap(text, columns), expected, "{text:?} in {columns}");
    }
    for columns in 1..50 {
        let lines = wrap("Ambil di kelurahan ini dengan membawa surat kehilangan asli dari kepolisian.", columns);
        assert!(lines.iter().all(|line| line.len() <= columns), "{columns}");
    }
}

#[test]
fn a_box_shrinks_before_it_is_refused() {
    let boxed = |letters: usize| Document(vec![Block::Boxed { text: "7".repeat(letters), size: TextSize::Quad }]);
    let narrow = profile("generic-58mm");
    // Six letters with arrow and frame are 13 columns: they fit 32 columns at double size, not at triple.
    let bytes = encode(&boxed(6), &narrow).expect("six letters fit");
    assert!(find(&bytes, &[0x1D, 0x21, 0x11]).is_some());
    assert_eq!(encode(&boxed(40), &narrow), Err(EncodeError::BoxTooWide { letters: 40, columns: 32 }));
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let narrow = profile("generic-58mm");
    let qr = |text: String| Document(vec![Block::Qr { text, module_dots_min: 4 }]);
    assert!(matches!(encode(&qr("a".repeat(5000)), &narrow), Err(EncodeError::QrTooLong { letters: 5000 })));
    assert!(matches!(encode(&qr("a".repeat(900)), &narrow), Err(EncodeError::QrTooWide { .. })));
    let endless = Document((0..400).map(|_| Block::text("baris")).collect());
    assert!(matches!(encode(&endless, &narrow), Err(EncodeError::TooLong { .. })));
}

#[test]
fn the_length_of_the_paper_is_known_beforehand() {
    let one = encode_job(&Document(vec![Block::text("satu")]), &profile("epson-tm-t82")).expect("fits");
    let two = encode_job(&Document(vec![Block::text("satu"), Block::text("dua")]), &profile("epson-tm-t82")).expect("fits");
    assert!(one.length_mm >= 3 && two.length_mm > one.length_mm);
}

#[test]
fn a_slip_does_not_show_in_a_log() {
    let shown = format!("{:?} {:?}", slip("0426-7K2M"), encode_job(&slip("0426-7K2M"), &profile("epson-tm-t82")));
    for secret in ["0426", "482913", "KLP1", "B***"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn every_shipped_profile_loads() {
    for name in PROFILES {
        assert!(!profile(name).name.is_empty());
    }
}

#[test]
fn a_presenter_is_described_whole_or_refused() {
    let good = std::fs::read_to_string(profile_path("custom-vkp80")).expect("the profile is shipped");
    let presenter = profile("custom-vkp80").presenter.expect("the model has one");
    assert_eq!((presenter.steps, presenter.timeout_secs), (12, 30));
    for (from, to, reason) in [
        ("steps_mm = 60", "steps_mm = 4", "outside 5 to 400"),
        ("mm_per_step = 5.0", "mm_per_step = 0.2", "300 steps"),
        ("timeout_secs = 30", "timeout_secs = 0", "outside 5 to 120"),
        ("on_timeout = \"retract\"", "on_timeout = \"burn\"", "unknown variant"),
        ("commands = \"fs-p\"", "commands = \"fs-p\"\nblink = true", "unknown field"),
        ("cutter = \"presenter\"", "cutter = \"esc-i\"", "is not \"presenter\""),
    ] {
        assert!(good.contains(from), "the shipped profile still says {from}");
        match Profile::parse(Path::new("printer.toml"), &good.replace(from, to)) {
            Err(ProfileError::Wrong { reason: said, .. }) => assert!(said.contains(reason), "{to}: {said}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}

#[test]
fn every_shipped_profile_is_in_the_list_of_these_tests() {
    let folder = profile_path("x").parent().expect("profiles are in a folder").to_path_buf();
    let mut shipped: Vec<String> =
        std::fs::read_dir(folder).expect("the folder is shipped").filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned())).collect();
    shipped.sort();
    assert_eq!(shipped, PROFILES);
}

#[test]
fn a_wrong_profile_is_refused_with_its_line() {
    let good = std::fs::read_to_string(profile_path("epson-tm-t82")).expect("the profile is shipped");
    for (from, to, line, reason) in [
        ("dots = 576", "dots = 577", 3, "multiple of 8"),
        ("dots = 576", "dots = 64", 3, "outside 192 to 1280"),
        ("columns = 48", "columns = 49", 5, "48 letters"),
        ("confirm_level = 3", "confirm_level = 7", 10, "not 0 to 4"),
        ("baud = 115200", "baud = 115201", 13, "none of"),
        ("native_qr = true", "native_qr = true\ncolour = true", 7, "unknown field"),
        ("automatic_status = true", "automatic_status = true\nmodel_ids = [\"2\"]", 17, "not hexadecimal"),
        ("roll_mm = 80000", "roll_mm = 80", 17, "outside 5000 to 500000"),
        ("feed_mm_after_cut = 15", "feed_mm_after_cut = 150", 18, "outside 0 to 100"),
        ("\"04b8:0e15\"", "\"04b8-0e15\"", 22, "not hexadecimal"),
        ("cutter = \"partial-feed\"", "cutter = \"presenter\"", 8, "no section [presenter]"),
        ("confirm_level = 3", "confirm_level = 0", 16, "answers nothing"),
        ("cutter = \"partial-feed\"", "cutter = \"saw\"", 8, "unknown variant"),
        ("name = \"Epson TM-T82\"", "name = \" \"", 2, "empty"),
    ] {
        assert!(good.contains(from), "the shipped profile still says {from}");
        match Profile::parse(Path::new("printer.toml"), &good.replace(from, to)) {
            Err(ProfileError::Wrong { line: found, reason: said, .. }) => {
                assert_eq!(found, line, "{to}: {said}");
                assert!(said.contains(reason), "{to}: {said}");
            }
            other => panic!("{to}: {other:?}"),
        }
    }
    assert!(matches!(Profile::load(Path::new("/nowhere.toml")), Err(ProfileError::Unreadable { .. })));
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}
