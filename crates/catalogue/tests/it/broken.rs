//! A mistake in the data is refused with file, line and what is wrong, and never half loaded.

use catalogue::Catalogue;

use crate::small::{self, ONE, THREE, TWO, assert_said, change, refused};
use crate::{BUNDLE, SHIPPED};

/// One change, and what is said of it: words at the line of the nth place of other words in the changed file.
struct Mistake {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    at: (&'static str, usize),
    said: &'static [&'static str],
}

const fn mistake(file: &'static str, from: &'static str, to: &'static str, at: (&'static str, usize), said: &'static [&'static str]) -> Mistake {
    Mistake { file, from, to, at, said }
}

fn check_all(mistakes: &[Mistake]) {
    for Mistake { file, from, to, at, said } in mistakes {
        let mut bundle = small::bundle();
        change(&mut bundle, file, from, to);
        assert_said(&bundle, &refused(&bundle), file, Some(*at), said);
    }
}

#[test]
fn a_key_or_a_word_that_is_misspelt_is_named() {
    check_all(&[
        mistake(ONE, "title = \"Urusan satu\"", "tilte = \"Urusan satu\"", ("tilte", 1), &["tilte"]),
        mistake(ONE, "forms = [\"F-1.02\"]", "forms = F-1.02", ("forms = ", 1), &[]),
        mistake(ONE, "class = \"K1\"", "class = \"K4\"", ("class", 1), &["K4"]),
        mistake(ONE, "menu = \"pendaftaran\"", "menu = \"pendaftran\"", ("menu", 1), &["pendaftran"]),
        mistake(ONE, "kind = \"choice\"", "kind = \"chioce\"", ("chioce", 1), &["chioce"]),
        mistake(ONE, "official = \"Urusan pertama\"\n", "", ("# UJ-01", 1), &["missing field", "official"]),
        mistake(ONE, "label = \"Hilang\"", "label = \" \"", ("label = \" \"", 1), &["empty"]),
        mistake("shared/reasons.toml", "code = \"R01\"", "kode = \"R01\"", ("kode", 1), &["kode"]),
        mistake("city.toml", "opens = \"07:30:00\"", "opens = \"25:30:00\"", ("opens", 1), &[]),
        mistake("city.toml", "opens = \"07:30:00\"", "opens = \"17:30:00\"", ("opens", 1), &["closes before it opens"]),
        mistake("city.toml", "working_days = [1, 2, 3, 4, 5]", "working_days = [0]", ("working_days", 1), &["1 (Monday)"]),
        mistake("city.toml", "sipil = ", "pendaftran = ", ("pendaftran", 1), &["pendaftran"]),
    ]);
}

#[test]
fn whatever_is_named_must_exist() {
    check_all(&[
        mistake(ONE, "forms = [\"F-1.02\"]", "forms = [\"F-9.99\"]", ("F-9.99", 1), &["no form `F-9.99`"]),
        mistake(ONE, "paper = \"surat-kehilangan\"", "paper = \"surat-hilang\"", ("surat-hilang", 1), &["no paper `surat-hilang`"]),
        mistake(
            ONE,
            "kind = \"paper\"\npaper = \"surat-kehilangan\"",
            "kind = \"paper\"\npaper = \"surat-hilang\"",
            ("[[step]]", 5),
            &["no paper `surat-hilang`"],
        ),
        mistake(TWO, "any = [\"buku-nikah\", ", "any = [\"buku-niah\", ", ("[[step]]", 6), &["no paper `buku-niah`"]),
        mistake(ONE, "path = \"kartu\"", "path = \"kertas\"", ("[[output]]", 1), &["no state path `kertas`"]),
        mistake(ONE, "place = \"kelurahan\"", "place = \"kelurhan\"", ("[[output]]", 1), &["no place `kelurhan`"]),
        mistake(ONE, "place = \"kelurahan\"", "place = \"kelurahan\"\nclock = \"besok\"", ("[[output]]", 1), &["no clock `besok`"]),
        mistake(ONE, "use = \"tujuh-hari-kerja\"", "use = \"tujuh-hari\"", ("[[clock]]", 1), &["no clock `tujuh-hari`"]),
        mistake(ONE, "reason = \"R04\"", "reason = \"R99\"", ("[[forecast]]", 1), &["no reason `R99`"]),
        mistake(ONE, "item = \"satu_tanggal\"", "item = \"satu_tangal\"", ("[[forecast]]", 1), &["satu_tangal", "never asked"]),
        mistake(ONE, "use = \"pemohon\"", "use = \"pemoon\"", ("[[step]]", 3), &["no shared group `pemoon`"]),
        mistake(ONE, "use = \"pemohon\"", "use = \"pemohon\"\nwithout = [\"telpon\"]", ("[[step]]", 3), &["`telpon`", "does not have"]),
        mistake(ONE, "kind = \"date\"", "kind = \"choice\"\nlist = \"agma\"", ("[[step]]", 4), &["no list `agma`"]),
        mistake(ONE, "service = \"uji-dua\"\nwith", "service = \"uji-duo\"\nwith", ("uji-duo", 1), &["`uji-duo`, which is not offered"]),
        mistake(ONE, "service = \"uji-dua\"\nwhen", "service = \"uji-duo\"\nwhen", ("uji-duo", 1), &["`uji-duo`, which is not offered"]),
        mistake(ONE, "service = \"uji-dua\"\nwhen", "service = \"uji-satu\"\nwhen", ("uji-satu\"\nwhen", 1), &["cannot lead on to itself"]),
        mistake(ONE, "dua_jenis = \"lama\"", "dua_jens = \"lama\"", ("dua_jens", 1), &["`dua_jens`", "never asks"]),
        mistake(ONE, "dua_jenis = \"baru\"", "dua_jenis = \"bru\"", ("\"bru\"", 1), &["`bru`", "none of its choices"]),
        mistake("index.toml", "\"uji-tiga\"", "\"uji-empat\"", ("uji-empat", 1), &["no file in services/ for `uji-empat`"]),
        mistake("index.toml", "service = \"uji-satu\"", "service = \"uji-stu\"", ("uji-stu", 1), &["not offered: `uji-stu`"]),
        mistake("index.toml", "service = \"uji-satu\"\n", "", ("id = \"satu\"", 1), &["needs one `service`"]),
        mistake("shared/states.toml", "start = \"diajukan\"", "start = \"diajkan\"", ("[[path]]", 1), &["unknown state `diajkan`"]),
        mistake("shared/states.toml", "antre-cetak = [\"dicetak\", \"ditahan\"]", "antre-cetak = []", ("[[path]]", 1), &["antre-cetak", "not marked terminal"]),
    ]);
}

#[test]
fn a_rule_is_readable_looks_back_and_can_turn_out_both_ways() {
    const RULE: &str = "when = \"satu_alasan == 'hilang'\"";
    check_all(&[
        mistake(ONE, RULE, "when = \"satu_alasan == \"", ("[[step]]", 2), &["cannot be read"]),
        mistake(ONE, RULE, "when = \"satu_alsan == 'hilang'\"", ("[[step]]", 2), &["`satu_alsan`", "not asked before"]),
        mistake(ONE, RULE, "when = \"nik != ''\"", ("[[step]]", 2), &["`nik`", "not asked before"]),
        mistake(ONE, RULE, "when = \"satu_alasan == 'hilng'\"", ("[[step]]", 2), &["'hilng', which it never is"]),
        mistake(ONE, RULE, "when = \"satu_alasan in ['hilang', 'rsak']\"", ("[[step]]", 2), &["'rsak', which it never is"]),
        mistake(ONE, RULE, "when = \"satu_alasan == 'hilang' || satu_alasan != 'hilang'\"", ("[[step]]", 2), &["always holds"]),
        mistake(ONE, RULE, "when = \"satu_alasan == 'hilang' && satu_alasan == 'rusak'\"", ("[[step]]", 2), &["never holds"]),
        mistake(ONE, RULE, "when = \"1 < 2\"", ("[[step]]", 2), &["always holds"]),
        mistake(ONE, RULE, "when = \"satu_alasan + 'x'\"", ("[[step]]", 2), &["instead of true or false"]),
        mistake(ONE, RULE, "when = \"umur(satu_alasan) > 3\"", ("[[step]]", 2), &["does not work", "umur"]),
        mistake(ONE, RULE, "when = \"age(satu_alasan, today) > 3\"", ("[[step]]", 2), &["`age`", "1 value"]),
        mistake(ONE, RULE, "when = \"satu_alasan == 'hilang' && age_on(satu_alasan) > 3\"", ("[[step]]", 2), &["`age_on`", "2 values"]),
        mistake(ONE, "when = \"satu_alasan == 'rusak'\"", "when = \"satu_alasan == 'rusk'\"", ("[[exit]]", 1), &["'rusk', which it never is"]),
        mistake(ONE, "when = \"satu_alasan == 'rusak'\"", "when = \"satu_alsan == 'rusak'\"", ("[[exit]]", 1), &["`satu_alsan`", "never asked"]),
        mistake(ONE, "when = \"satu_alasan == 'rusak'\"", "when = \"kota.lapor_lahir_hari > 3\"", ("[[exit]]", 1), &["looks at no question"]),
        mistake(ONE, "> 60\"", "> kota.surat_hari\"", ("[[forecast]]", 1), &["`kota.surat_hari`", "not in [rules]"]),
        mistake(ONE, "days_since(satu_tanggal) > 60", "days_since(satu_tanggal) > -2", ("[[forecast]]", 1), &["always holds"]),
        mistake(TWO, "when = \"dua_jenis == 'lama'\"", "when = \"dua_jenis == 'lma'\"", ("[[output]]", 1), &["'lma', which it never is"]),
        mistake(TWO, "number(dua_banyak) > 2", "1 / number(dua_banyak) > 0", ("[[step]]", 4), &["does not work", "zero"]),
        mistake(TWO, "number(dua_banyak) > 2", "5 % number(dua_banyak) > 0", ("[[step]]", 4), &["does not work", "zero"]),
    ]);
}

#[test]
fn each_class_has_what_it_needs_and_nothing_else() {
    const OUTPUT: &str = "\n[[output]]\nid = \"kartu\"\ntitle = \"Kartu\"\npath = \"kartu\"\nplace = \"kelurahan\"\n";
    const CASES: &str = "[[case]]\nid = \"lama\"\ntitle = \"Sudah lama\"\nwhen = \"satu_lama == 'ya'\"\n[[case]]\nid = \"baru\"\ntitle = \"Masih baru\"\nwhen = \"satu_lama == 'tidak'\"\n";
    check_all(&[
        mistake(
            THREE,
            "\n[[step]]",
            "\n[[output]]\nid = \"kartu\"\ntitle = \"Kartu\"\npath = \"kartu\"\nplace = \"kelurahan\"\n\n[[step]]",
            ("[[output]]", 1),
            &["K3", "no [[output]]"],
        ),
        mistake(THREE, "\n[[step]]", "\n[[clock]]\nuse = \"satu-kali-24-jam\"\n\n[[step]]", ("[[clock]]", 1), &["K3", "no [[clock]]"]),
        mistake(TWO, "human = \"Petugas melihat rumah Anda.\"\n", "", ("class", 1), &["`human`", "K2"]),
        mistake(ONE, "class = \"K1\"", "class = \"K1\"\nhuman = \"Petugas datang.\"", ("class", 1), &["`human`", "K2"]),
        mistake(ONE, OUTPUT, "", ("class", 1), &["at least one [[output]]"]),
        mistake(ONE, "use = \"satu-kali-24-jam\"", "use = \"satu-kali-24-jam\"\nwhen = \"satu_lama == 'tidak'\"", ("[[clock]]", 2), &["last [[clock]]"]),
        mistake(ONE, CASES, "", ("class", 1), &["at least one [[case]]"]),
        mistake(ONE, "title = \"Masih baru\"\nwhen = \"satu_lama == 'tidak'\"", "title = \"Masih baru\"", ("[[case]]", 1), &["each needs a `when`"]),
        mistake(ONE, "sentences = [\"Temui petugas di loket.\"]", "sentences = []", ("[[exit]]", 2), &["says nothing"]),
    ]);
}

#[test]
fn a_step_has_what_its_kind_needs() {
    check_all(&[
        mistake(ONE, "question = \"Kapan suratnya?\"\n", "", ("[[step]]", 4), &["needs `question`"]),
        mistake(ONE, "id = \"satu_tanggal\"\n", "", ("[[step]]", 4), &["needs `id`"]),
        mistake(ONE, "field = \"F-1.02 II\"\n", "", ("[[step]]", 4), &["`field`"]),
        mistake(
            ONE,
            "use = \"pemohon\"\nfield = \"F-1.02 I\"",
            "use = \"pemohon\"\nquestion = \"Siapa?\"",
            ("[[step]]", 3),
            &["takes everything from the group"],
        ),
        mistake(ONE, "{ value = \"rusak\", label = \"Rusak\" }", "{ value = \"hilang\", label = \"Rusak\" }", ("[[step]]", 1), &["its own value"]),
        mistake(
            ONE,
            "choice = [{ value = \"ya\", label = \"Ya\" }, { value = \"tidak\", label = \"Tidak\" }]",
            "choice = [{ value = \"ya\", label = \"Ya\" }]",
            ("[[step]]", 2),
            &["needs 2 to"],
        ),
        mistake(ONE, "label = \"Surat kehilangan\"", "label = \"Surat kehilangan\"\npages_max = 400", ("[[step]]", 5), &["pages_min and pages_max"]),
        mistake(TWO, "max = 9\n", "", ("[[step]]", 3), &["`min` and `max`"]),
        mistake(TWO, "level = \"kelurahan\"\n", "", ("[[step]]", 4), &["needs a `level`"]),
        mistake(TWO, "more = \"Ada orang lain?\"\n", "", ("[[step]]", 5), &["a repeated group needs", "`more`"]),
        mistake(TWO, "repeat_max = 3", "repeat_max = 1", ("[[step]]", 5), &["a repeated group needs"]),
        mistake(TWO, "as = \"dua\"\n", "", ("[[step]]", 5), &["a repeated group needs", "`as`"]),
        mistake(TWO, "any = [\"buku-nikah\", \"akta-perkawinan\"]", "any = [\"buku-nikah\"]\npaper = \"kk\"", ("[[step]]", 6), &["`any` belongs"]),
        mistake("shared/steps/pemohon.toml", "kind = \"nik\"", "use = \"pemohon\"", ("[[step]]", 1), &["cannot use another", "itself"]),
    ]);
}

#[test]
fn two_things_never_share_one_name() {
    check_all(&[
        mistake(ONE, "id = \"satu_tanggal\"", "id = \"satu_lama\"", ("[[step]]", 4), &["two steps", "`satu_lama`"]),
        mistake(ONE, "id = \"lain\"\nwhen", "id = \"rusak\"\nwhen", ("[[exit]]", 2), &["two exits", "`rusak`"]),
        mistake(ONE, "id = \"baru\"", "id = \"lama\"", ("[[case]]", 2), &["two cases", "`lama`"]),
        mistake(TWO, "id = \"data\"", "id = \"surat\"", ("[[output]]", 2), &["two outputs", "`surat`"]),
        mistake(THREE, "code = \"UJ-03\"", "code = \"UJ-01\"", ("code", 1), &["same code UJ-01"]),
        mistake(THREE, "id = \"uji-tiga\"", "id = \"uji-satu\"", ("id = ", 1), &["belongs into services/uji-satu.toml"]),
        mistake(THREE, "id = \"uji-tiga\"", "id = \"uji-satu\"", ("id = ", 1), &["already describes the service `uji-satu`"]),
        mistake("shared/papers/bersama.toml", "id = \"ktp\"", "id = \"kk\"", ("[[paper]]", 2), &["already describes the paper `kk`"]),
        mistake("shared/steps/orang.toml", "id = \"orang\"", "id = \"orang-lahir\"", ("id = ", 1), &["already describes the shared group"]),
        mistake("index.toml", "\"uji-dua\", ", "\"uji-satu\", \"uji-dua\", ", ("\"uji-satu\"", 2), &["offered twice"]),
        mistake(
            "index.toml",
            "[[event]]",
            "[[event]]\nid = \"satu\"\nicon = \"ktp\"\nlabel = \"Lagi\"\ndetail = \"Lagi\"\nservice = \"uji-satu\"\n\n[[event]]",
            ("id = \"satu\"", 2),
            &["two cards", "`satu`"],
        ),
    ]);
}

#[test]
fn a_shipped_service_is_refused_like_a_small_one() {
    const FILE: &str = "services/ktp-hilang.toml";
    let mut bundle = BUNDLE.clone();
    change(&mut bundle, FILE, "when = \"alasan == 'rusak'\"", "when = \"alasan == 'rsak'\"");
    change(&mut bundle, "services/kk-tambah.toml", "use = \"kk-wali\"", "use = \"kk-wli\"");
    let problems = refused(&bundle);
    assert_said(&bundle, &problems, FILE, Some(("[[exit]]\nid = \"rusak\"", 1)), &["`alasan`", "'rsak'"]);
    assert_said(&bundle, &problems, "services/kk-tambah.toml", None, &["no shared group `kk-wli`"]);
}

#[test]
fn every_problem_is_told_at_once() {
    let mut bundle = small::bundle();
    let broken = ["index.toml", "shared/clocks.toml", "shared/papers/bersama.toml", ONE, TWO, THREE];
    for file in broken {
        bundle.files.get_mut(file).expect("exists").insert_str(0, "kunci_asing = 1\n");
    }
    let problems = refused(&bundle);
    for file in broken {
        assert_said(&bundle, &problems, file, Some(("kunci_asing", 1)), &["kunci_asing"]);
    }
}

#[test]
fn a_rule_that_was_never_tried_is_false_over_what_it_cannot_measure() {
    use catalogue::{Rule, facts::Facts};
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let mut facts = Facts::new(&SHIPPED, service, crate::TODAY);
    let rule = Rule::compile("1 / number(nik) > 0").expect("it can be read");
    for (nik, holds) in [("0", Err("zero")), ("1", Ok(true)), ("x", Ok(false)), ("-9223372036854775808", Ok(false))] {
        facts.set("nik", nik);
        match (rule.try_holds(&facts), holds) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{nik}"),
            (Err(said), Err(word)) => assert!(said.contains(word), "{said}"),
            (found, _) => panic!("{nik}: {found:?}"),
        }
        assert_eq!(rule.holds(&facts), holds.unwrap_or(false), "{nik}");
    }
    let overflow = Rule::compile("number(nik) / -1 > 0 || number(nik) * 2 > 0").expect("it can be read");
    facts.set("nik", "-9223372036854775808");
    assert!(overflow.try_holds(&facts).is_err(), "a number too large is told, not wrapped");
}

#[test]
fn a_rule_longer_or_deeper_than_any_reason_is_refused_and_overflows_nothing() {
    use catalogue::Rule;
    let nested = |depth: usize| format!("{}nik == ''{}", "(".repeat(depth), ")".repeat(depth));
    let check = |source: &str, said: &str| {
        let reason = Rule::compile(source).expect_err("refused");
        assert!(reason.contains(said), "{reason}");
    };
    assert!(Rule::compile(&nested(20)).is_ok());
    check(&nested(200), "cannot be read");
    check(&nested(100_000), "letters long");
    check(&"!".repeat(100_000), "letters long");
    check(&"nik == '' || ".repeat(20_000), "letters long");
    check("nik == 'é", "cannot be read");
    check("", "cannot be read");
}

#[test]
fn the_hash_changes_with_any_byte_and_only_then() {
    let mut other = BUNDLE.clone();
    assert_eq!(other.hash(), SHIPPED.hash);
    other.files.get_mut("city.toml").expect("exists").push('\n');
    assert_ne!(other.hash(), SHIPPED.hash);
    assert!(Catalogue::load(&small::bundle()).is_ok_and(|small| small.hash != SHIPPED.hash));
}

#[test]
fn no_resident_text_blames_or_uses_forbidden_words() {
    for (name, text) in BUNDLE.files.iter().filter(|(name, _)| name.ends_with(".toml")) {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
            let lower = line.to_lowercase();
            for word in ["gagal", "error", "invalid", "berhasil"] {
                assert!(!lower.contains(word), "{name}:{}: {word}", number + 1);
            }
        }
    }
}
