//! Files that are no good as files: missing, too large, wrongly encoded, tables and translations out of shape.

use catalogue::{Bundle, Catalogue, LoadError};

use crate::BUNDLE;
use crate::small::{self, assert_said, change, refused};

#[test]
fn a_missing_file_is_named() {
    for file in ["city.toml", "index.toml", "shared/states.toml", "shared/findings.toml", "codes/lists.csv", "codes/kelurahan.csv", "shared/reasons.toml"] {
        let mut bundle = small::bundle();
        bundle.files.remove(file);
        assert_said(&small::bundle(), &refused(&bundle), file, None, &["this file is missing"]);
    }
}

#[test]
fn a_file_of_ten_megabytes_is_refused_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(dir.path().join("services")).expect("a folder");
    std::fs::write(dir.path().join("services/besar.toml"), vec![b'#'; 10 * 1024 * 1024]).expect("written");
    let Err(LoadError::TooLarge { path }) = Catalogue::load_dir(dir.path()) else { panic!("refused as too large") };
    assert!(path.ends_with("services/besar.toml"), "{path}");
}

#[test]
fn a_file_in_another_encoding_is_refused_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("city.toml"), b"# satu\n# dua\nname = \"Besuk\xe9\"\n").expect("written");
    let Err(LoadError::NotUtf8 { path, line }) = Bundle::read_dir(dir.path()) else { panic!("refused as no UTF-8") };
    assert!(path.ends_with("city.toml") && line == 3, "{path}:{line}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let gone = dir.path().join("katalog");
    let Err(LoadError::Read { path, .. }) = Catalogue::load_dir(&gone) else { panic!("refused") };
    assert_eq!(path, gone.display().to_string());
}

#[test]
fn a_table_with_a_bad_row_is_refused_with_its_line() {
    let check = |file: &str, from: &str, to: &str, at: &str, said: &[&str]| {
        let mut bundle = small::bundle();
        change(&mut bundle, file, from, to);
        assert_said(&bundle, &refused(&bundle), file, Some((at, 1)), said);
    };
    check("codes/kelurahan.csv", "35.78.01.1002,Kebraon", "35.78.01.1002", "35.78.01.1002", &["1 columns instead of 2"]);
    check("codes/lists.csv", "agama,2,Kristen", "agama,2,Kristen,lebih", "agama,2", &["4 columns instead of 3"]);
    check("codes/forms.csv", "form,title,group", "from,title,group", "F-1.01", &["form"]);
}

#[test]
fn occupations_stand_in_exactly_one_group() {
    const FILE: &str = "codes/occupation_groups.csv";
    let said = |from: &str, to: &str| {
        let mut bundle = small::bundle();
        change(&mut bundle, FILE, from, to);
        refused(&bundle).iter().map(|problem| format!("{problem}\n")).collect::<String>()
    };
    let twice = said("tangga\",house,3", "tangga\",house,2");
    assert!(twice.contains("occupation 2 stands in two groups") && twice.contains("occupation 3 stands in no group"), "{twice}");
    assert!(said("tangga\",house,3", "tangga\",house,300").contains("no occupation 300"));
}

const HEADER: &str = "msgid \"\"\nmsgstr \"\"\n\"Language: en\\n\"\n\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n\n";

#[test]
fn a_translation_file_out_of_shape_is_refused_with_its_line() {
    const FILE: &str = "lang/en/uji.po";
    let check = |entries: &str, at: Option<(&str, usize)>, said: &[&str]| {
        let mut bundle = small::bundle();
        bundle.files.insert(FILE.into(), format!("{HEADER}{entries}"));
        assert_said(&bundle, &refused(&bundle), FILE, at, said);
    };
    check("msgid \"Satu\nmsgstr \"One\"\n", Some(("msgid \"Satu", 1)), &["closing quote"]);
    check("msgid \"Sat\u{fc}\nmsgstr \"One\"\n", Some(("msgid \"Sat", 1)), &["closing quote"]);
    check("msgid \"Satu\"\nmsgstr \"\n", Some(("msgstr \"", 2)), &["closing quote"]);
    check("msgid \nmsgstr \"One\"\n", Some(("msgid ", 2)), &["two quotes"]);
    check("msgid Satu\nmsgstr \"One\"\n", Some(("msgid Satu", 1)), &["two quotes"]);
    check("msgid \"Satu\"\nmsgtsr \"One\"\n", Some(("msgtsr", 1)), &["begins with msgid"]);
    check("msgid \"Satu\"\nmsgstr \"On\"e\"\n", Some(("msgstr \"On\"", 1)), &["quote inside"]);
    check("msgid \"Satu\"\nmsgstr \"On\\e\"\n", Some(("msgstr \"On", 1)), &["stands only before"]);
    check("msgid \"Satu\"\n\nmsgstr \"One\"\n", Some(("msgid \"Satu\"", 1)), &["no msgstr"]);
    check("\"Satu\"\n", Some(("\"Satu\"", 1)), &["no msgid"]);
    check("#\nmsgid \"Satu\"\nmsgstr \"One\"\n", Some(("#\n", 1)), &["lone #"]);
    check("msgid \"Satu\"\nmsgstr \"One\"\nmsgid \"Dua\"\nmsgstr \"Two\"\n", Some(("msgid \"Dua\"", 1)), &["empty line"]);
    check("msgid \"Satu\"\nmsgstr \"One\"\n\nmsgid \"Satu\"\nmsgstr \"Single\"\n", Some(("msgid \"Satu\"", 2)), &["already"]);
    check("msgid \"Satu {n}\"\nmsgstr \"One {m}\"\n", Some(("msgid \"Satu", 1)), &["same {…} places"]);
    check("msgid \"Satu {n}\"\nmsgstr \"One\"\n", Some(("msgid \"Satu", 1)), &["same {…} places"]);
}

#[test]
fn a_translation_file_without_its_header_or_language_is_refused() {
    let mut bundle = small::bundle();
    bundle.files.insert("lang/en/uji.po".into(), "msgid \"Satu\"\nmsgstr \"One\"\n".into());
    assert_said(&bundle, &refused(&bundle), "lang/en/uji.po", None, &["no gettext file"]);
    let mut bundle = small::bundle();
    bundle.files.insert("lang/sunda/uji.po".into(), HEADER.into());
    assert_said(&bundle, &refused(&bundle), "lang/sunda/uji.po", None, &["lang/en, lang/jv or lang/mad"]);
}

#[test]
fn two_files_cannot_translate_one_sentence_in_two_ways() {
    let mut bundle = small::bundle();
    let entry = |english: &str| format!("{HEADER}msgid \"Satu\"\nmsgstr \"{english}\"\n");
    bundle.files.insert("lang/en/a.po".into(), entry("One"));
    bundle.files.insert("lang/en/b.po".into(), entry("One"));
    assert!(Catalogue::load(&bundle).is_ok(), "the same twice is no contradiction");
    bundle.files.insert("lang/en/b.po".into(), entry("Single"));
    assert_said(&bundle, &refused(&bundle), "lang/en/b.po", Some(("msgid \"Satu\"", 1)), &["two ways", "One", "Single"]);
}

#[test]
fn a_translation_file_cut_anywhere_is_taken_or_refused_but_never_stops_the_program() {
    const FILE: &str = "lang/jv/bersama.po";
    let whole: String = BUNDLE.files[FILE].chars().take(4000).collect();
    let mut small = small::bundle();
    small.files.retain(|name, _| name == "city.toml");
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        small.files.insert(FILE.into(), whole[..end].to_owned());
        // Nearly everything is missing here, so that only the translations are read.
        assert!(Catalogue::load(&small).is_err());
    }
}
