//! Labels that do not fit are found, with their place; and the boxes are those of the screens.

use std::fs;
use std::path::Path;

use catalogue::Bundle;
use xtask::fit::boxes::{self, ALL, METRICS, TYPE};
use xtask::fit::fonts::{FontError, Fonts, Heaviness};
use xtask::fit::{self};

use crate::{changed, line_of, loaded, shipped, tree};

fn findings(bundle: &Bundle) -> Vec<String> {
    let fonts = Fonts::installed().expect("fonts-inter is installed where tests run");
    fit::check(&loaded(bundle), bundle, &fonts).iter().map(ToString::to_string).collect()
}

#[test]
fn every_label_that_is_shipped_fits() {
    assert_eq!(findings(&shipped()), Vec::<String>::new());
}

#[test]
fn a_label_that_is_too_long_is_named_with_file_line_box_and_excess() {
    const SERVICE: &str = "services/ktp-hilang.toml";
    let long = "Apakah Anda masih ingat dengan pasti kapan kartu yang hilang itu terakhir kali dicetak oleh kantor kami di kota ini?";
    let cases = [
        (SERVICE, "question = \"Kenapa Anda perlu KTP baru?\"", long, "question at the head of a page", "lines, there are 4"),
        (SERVICE, "label = \"KTP saya hilang\"", "Pertanggungjawabannyasendirisepenuhnya", "label of a card", "alone is"),
        (SERVICE, "title = \"KTP saya hilang\"", "KTP saya hilang entah di mana dan entah kapan", "service in the top band", "lines, there are 2"),
        (SERVICE, "title = \"KTP saya hilang\"", "Dipertanggungjawabkan", "head of the printed list", "a line of paper has 16"),
    ];
    for (file, from, to, room, words) in cases {
        let key = from.split('"').next().unwrap_or_default();
        let mut bundle = changed(shipped(), file, from, &format!("{key}\"{to}\""));
        // The sentence is new to every translator; without translations it is said in Indonesian.
        bundle.files.retain(|name, _| !name.ends_with(".po"));
        let line = line_of(&bundle, file, to);
        let said = findings(&bundle);
        let found = said.iter().any(|finding| finding.starts_with(&format!("{file}:{line}: ")) && finding.contains(room) && finding.contains(words));
        assert!(found, "{to} gave {said:#?}");
    }
}

#[test]
fn a_translation_that_is_too_long_is_named_where_the_translator_wrote_it() {
    const FILE: &str = "lang/jv/ktp-kia.po";
    let bundle = shipped();
    let source = "Kenapa Anda perlu KTP baru?";
    let entry = bundle.files[FILE].split_once(&format!("msgid \"{source}\"\n")).map(|(_, rest)| rest.lines().next().unwrap_or_default().to_owned());
    let entry = entry.expect("the question is translated into Javanese");
    let bundle = changed(bundle, FILE, &entry, &format!("msgstr \"{}\"", "panjenengan ".repeat(12).trim_end()));
    let line = line_of(&bundle, FILE, &format!("msgid \"{source}\""));
    let said = findings(&bundle);
    assert!(said.iter().any(|finding| finding.starts_with(&format!("{FILE}:{line}: ")) && finding.contains("(jv, ")), "{said:#?}");
}

#[test]
fn a_name_that_the_city_puts_in_counts_too() {
    const SENTENCE: &str = "Bila suami atau istri ada di KK lain di {kota}.";
    let bundle = changed(shipped(), "city.toml", "kota = \"", "kota = \"Pertanggungjawabannyasendirisepenuhnya");
    let said = findings(&bundle);
    for file in ["services/kk-pisah.toml", "lang/en/kk.po"] {
        let place = format!("{file}:{}: ", line_of(&bundle, file, SENTENCE));
        assert!(said.iter().any(|finding| finding.starts_with(&place) && finding.contains("note beside a paper")), "{place} is not in {said:#?}");
    }
}

#[test]
fn a_sign_that_no_font_has_is_found() {
    let bundle = changed(shipped(), "city.toml", "helpdesk = \"", "helpdesk = \"\u{1f600} ");
    let said = findings(&bundle);
    assert!(said.iter().any(|finding| finding.starts_with("city.toml:") && finding.contains("draw")), "{said:#?}");
}

#[test]
fn without_the_fonts_nothing_is_green() {
    let nowhere = tempfile::tempdir().expect("a temporary folder can be made");
    let refused = Fonts::below(&[nowhere.path()]).err().expect("an empty folder has no fonts");
    assert!(matches!(refused, FontError::Missing { package: "fonts-inter", .. }), "{refused}");
    assert!(refused.to_string().contains("apt install fonts-inter"), "{refused}");
}

#[test]
fn heavier_and_longer_words_are_wider() {
    let fonts = Fonts::installed().expect("fonts-inter is installed where tests run");
    let width = |words: &str, weight| fonts.width(words, 100.0, weight);
    assert!(width("Kartu Keluarga", Heaviness::Heavy) > width("Kartu Keluarga", Heaviness::Regular));
    assert!(width("Kartu Keluarga", Heaviness::Regular) > width("Kartu", Heaviness::Regular));
    // Inter's em is about as wide as two letters.
    assert!((80.0..220.0).contains(&width("Kart", Heaviness::Regular)));
}

#[test]
fn the_boxes_rest_on_the_numbers_of_the_theme() {
    let metrics = read("ui/theme/metrics.slint");
    for (name, pixels) in METRICS {
        assert_eq!(in_portrait(&value(&metrics, name)), pixels, "Metrics.{name}");
    }
    let typography = read("ui/theme/typography.slint");
    assert!(typography.contains(&format!("1.25 : {}", boxes::LARGEST_FACTOR)), "the largest of the four text sizes");
    assert!(value(&typography, "head-factor").contains(&format!("min(factor, {})", boxes::HEAD_FACTOR_LANDSCAPE)));
    for (name, base, factor_max) in TYPE {
        let formula = value(&typography, name);
        let (first, growth) = formula.split_once(" * ").expect("a size is a base times its growth");
        assert_eq!(first.parse(), Ok(base), "Type.{name}");
        let growth = if growth.starts_with("band-factor") { value(&typography, "band-factor") } else { growth.to_owned() };
        let cap = growth.split_once("min(factor, ").map(|(_, rest)| rest.split(')').next().unwrap_or_default().parse());
        let expected =
            if growth.starts_with("head-factor") || cap.is_none() { boxes::LARGEST_FACTOR } else { cap.and_then(Result::ok).expect("a cap is a number") };
        assert_eq!(expected, factor_max, "growth of Type.{name}");
    }
}

#[test]
fn the_boxes_rest_on_what_the_components_say() {
    for label_box in ALL {
        let text = read(label_box.component);
        for phrase in label_box.rests_on {
            assert!(
                text.contains(phrase),
                "{}: `{phrase}` is gone, so measure “{}” anew in crates/xtask/src/fit/boxes.rs",
                label_box.component,
                label_box.name
            );
        }
        assert!(label_box.width > 0.0 && label_box.lines_max > 0, "{}", label_box.name);
    }
}

#[test]
fn a_line_of_paper_has_the_letters_of_the_narrowest_printer() {
    let profile = read("config/printers/generic-58mm.toml");
    assert!(profile.contains(&format!("columns = {}\n", boxes::PAPER_LETTERS)), "{profile}");
}

fn read(path: &str) -> String {
    fs::read_to_string(tree(path)).unwrap_or_else(|reason| panic!("{}: {reason}", Path::new(path).display()))
}

/// What stands behind `name:` up to the semicolon.
fn value(slint: &str, name: &str) -> String {
    let (_, rest) = slint.split_once(&format!("> {name}: ")).unwrap_or_else(|| panic!("the theme has {name}"));
    rest.split(';').next().unwrap_or_default().to_owned()
}

/// `(landscape ? 128 : 140) * unit` → 140, `24 * unit` → 24.
fn in_portrait(formula: &str) -> f32 {
    let base = formula.strip_suffix(" * unit").unwrap_or_else(|| panic!("`{formula}` is a number of units"));
    let base = base.trim_matches(['(', ')']);
    let base = base.split_once(" : ").map_or(base, |(_, portrait)| portrait);
    base.parse().unwrap_or_else(|_| panic!("`{base}` is a number"))
}
