//! NIK, No. KK, names, dates, phones and slip numbers: what is hard, what only asks, what is fine.

use catalogue::number::{Kk, Nik, NumberError, SlipNumber, SlipNumberError, grouped, masked, masked_name};
use std::collections::BTreeSet;

use catalogue::{Answers, EntryKind, Finding, FindingId, Language, StepKind, Weight};
use jiff::civil::date;

use crate::{SHIPPED, TODAY};

#[test]
fn a_nik_has_sixteen_digits_and_a_possible_birth_date() {
    let check = |text: &str, expected: Result<(), NumberError>| assert_eq!(Nik::parse(text).map(|_| ()), expected, "{text}");
    check("3578014507900000", Ok(()));
    check("3578010507900000", Ok(()));
    check("1171013112990000", Ok(()));
    check("357801450790000", Err(NumberError::Missing(1)));
    check("", Err(NumberError::Missing(16)));
    check("35780145079000000", Err(NumberError::TooMany(1)));
    check("3578014507900O00", Err(NumberError::NotDigits));
    check("3578013213900000", Err(NumberError::NoSuchDate));
    check("3578017207900000", Err(NumberError::NoSuchDate));
    check("3578010007900000", Err(NumberError::NoSuchDate));
    // The 29th of February exists in 2000 and in 1904, not in 1990 or 2090.
    check("3578012902000000", Ok(()));
    check("3578012902900000", Err(NumberError::NoSuchDate));
}

#[test]
fn a_nik_tells_sex_and_date_but_never_the_century() {
    let woman = Nik::parse("3578014507900000").expect("well-formed");
    assert!(woman.is_woman());
    assert!(woman.agrees_with(date(1990, 7, 5)));
    assert!(!woman.agrees_with(date(1990, 7, 6)));
    let elder = Nik::parse("3578010507200000").expect("well-formed");
    assert!(elder.agrees_with(date(1920, 7, 5)) && elder.agrees_with(date(2020, 7, 5)));
    assert_eq!(elder.region(), "35.78.01");
    assert!(elder.is_invented());
}

#[test]
fn a_kk_number_adds_nothing_to_the_day() {
    assert!(Kk::parse("3578010101100000").is_ok());
    assert_eq!(Kk::parse("3578014101100000").map(|_| ()), Err(NumberError::NoSuchDate));
    let soon = Kk::parse("3578010112260000").expect("well-formed");
    assert!(soon.is_issued_after(date(2026, 11, 20)));
    assert!(!soon.is_issued_after(date(2026, 12, 1)));
}

/// What is said of a value typed for a step of this kind and id beside other answers.
fn examined(id: &str, kind: EntryKind, value: &str, others: &[(&str, &str)]) -> Option<FindingId> {
    let mut answers = Answers::default();
    for (id, other) in others {
        answers.set(id, other);
    }
    let mut step = SHIPPED.service("ktp-hilang").and_then(|service| service.step("nik")).expect("shipped").clone();
    step.id = id.to_owned();
    step.kind = StepKind::Entry { kind, optional: matches!(kind, EntryKind::Phone) };
    SHIPPED.examine(&step, value, &answers, TODAY).map(|finding| finding.id)
}

const WOMAN: &str = "3578014507900000";
const MAN: &str = "3578010507900000";

#[test]
fn each_field_says_one_thing_and_the_hardest_first() {
    use EntryKind::{BirthDate, Date, Kk, Name, Nik, Phone, PlanDate};
    let check = |id: &str, kind, value: &str, others: &[(&str, &str)], expected: Option<FindingId>| {
        assert_eq!(examined(id, kind, value, others), expected, "{kind:?} {value:?}");
    };
    check("nik", Nik, WOMAN, &[], None);
    check("nik", Nik, "", &[], Some(FindingId::Empty));
    check("nik", Nik, "357801", &[], Some(FindingId::NikShort));
    check("nik", Nik, "35780145079000001", &[], Some(FindingId::NikDate));
    check("nik", Nik, "3578013213900000", &[], Some(FindingId::NikDate));
    check("nik", Nik, "9999994507900000", &[], Some(FindingId::NikRegion));
    check("nik", Nik, "1101014507900000", &[], None);
    check("nik", Nik, WOMAN, &[("no_kk", WOMAN)], Some(FindingId::SameNumber));
    check("nik", Nik, WOMAN, &[("tanggal_lahir", "1990-07-06")], Some(FindingId::NikBirthDate));
    check("no_kk", Kk, "3578010101100000", &[], None);
    check("no_kk", Kk, "35780101", &[], Some(FindingId::KkShort));
    check("no_kk", Kk, "3578014101100000", &[], Some(FindingId::KkDate));
    check("no_kk", Kk, "3578010112260000", &[], Some(FindingId::KkFuture));
    check("no_kk", Kk, "3578010101100000", &[("nik", "3578010101100000")], Some(FindingId::SameNumber));
    let old = Name { new: false };
    check("nama", old, "SUKARNO", &[], None);
    check("nama", old, "NYI AYU D'ARTA-PUTRI, S.H.", &[], None);
    check("nama", old, "R2D2", &[], Some(FindingId::NameSigns));
    check("nama", old, "   ", &[], Some(FindingId::Empty));
    check("nama", old, &"A".repeat(60), &[], None);
    check("nama", old, &"A".repeat(61), &[], Some(FindingId::NameLong));
    check("tanggal_lahir", BirthDate, "1990-07-05", &[("nik", WOMAN)], None);
    check("tanggal_lahir", BirthDate, "1990-07-06", &[("nik", WOMAN)], Some(FindingId::NikBirthDate));
    check("tanggal_lahir", BirthDate, "0507", &[], Some(FindingId::DateShort));
    check("tanggal_lahir", BirthDate, "31021990", &[], Some(FindingId::DateMissing));
    check("tanggal_lahir", BirthDate, "2026-11-21", &[], Some(FindingId::DateFuture));
    check("tanggal_lahir", BirthDate, "1890-01-01", &[], Some(FindingId::DateOld));
    check("surat_tanggal", Date, "2026-11-20", &[], None);
    check("surat_tanggal", Date, "2026-11-21", &[], Some(FindingId::DateFuture));
    check("berangkat", PlanDate, "2026-11-20", &[], None);
    check("berangkat", PlanDate, "2026-11-19", &[], Some(FindingId::DatePast));
    check("telepon", Phone, "", &[], None);
    check("telepon", Phone, "081200000000", &[], None);
    check("telepon", Phone, "6281200000000", &[], None);
    check("telepon", Phone, "12345", &[], Some(FindingId::PhoneShape));
    check("telepon", Phone, "08abcdefghij", &[], Some(FindingId::PhoneShape));
}

#[test]
fn a_day_is_stored_in_one_way_only() {
    for value in ["20261120", "2026-11-20T00:00:00", "+002026-11-20", "2026-W47-5", "2026-11-20 ", "-000001-01-01"] {
        let found = examined("surat_tanggal", EntryKind::Date, value, &[]);
        assert!(found.is_some_and(|id| id.weight() == Weight::Hard), "{value:?}: {found:?}");
    }
}

#[test]
fn times_numbers_and_letters_have_their_shapes() {
    use EntryKind::{Akta, Email, Letter, Number, Skpwni, Text, Time};
    let check = |kind, values: &[&str], expected: Option<FindingId>| {
        for value in values {
            assert_eq!(examined("isian", kind, value, &[]), expected, "{kind:?} {value:?}");
        }
    };
    check(Time, &["00.00", "09.30", "23.59"], None);
    check(Time, &["24.00", "9.30", "09:30", "09.60", "0930", "+1.30", "09.3", "09.30.00", "ab.cd"], Some(FindingId::TimeShape));
    check(Email, &["warga@contoh.id", "a.b@c.d.e"], None);
    check(Email, &["warga", "warga@contoh", "@contoh.id", "warga@.id", "warga@contoh."], Some(FindingId::EmailShape));
    let weight = Number { min: 500, max: 6000 };
    check(weight, &["500", "3250", "6000"], None);
    check(weight, &["499", "6001", "0", "-5", "+900", "tiga", "99999999999", "3.250"], Some(FindingId::NumberRange));
    check(Akta, &["3578-LU-05072026-0001"], None);
    check(Akta, &["123/1987", "3578-lu-05072026-0001", "3578-LU-05072026"], Some(FindingId::AktaShape));
    check(Akta, &["#1"], Some(FindingId::TextSigns));
    check(Akta, &[&"1".repeat(41)], Some(FindingId::TextLong));
    check(Skpwni, &["SKPWNI/3578/05072026/0001", "SKPWNI 3578"], None);
    check(Skpwni, &["3578/05072026/0001"], Some(FindingId::SkpwniShape));
    check(Letter, &["470/12/436.9/2026", "B-12 (salinan)"], None);
    check(Letter, &["470_12", "470\n12", "na\u{ef}ve"], Some(FindingId::TextSigns));
    check(Letter, &[&"1".repeat(41)], Some(FindingId::TextLong));
    check(Text { chars_max: 5 }, &["ABCDE"], None);
    check(Text { chars_max: 5 }, &["ABCDEF"], Some(FindingId::TextLong));
}

#[test]
fn only_a_new_name_is_held_against_permendagri_73_of_2022_and_only_softly() {
    let check = |value: &str, expected: Option<FindingId>| {
        assert_eq!(examined("bayi_nama", EntryKind::Name { new: true }, value, &[]), expected, "{value}");
        let known = examined("nama", EntryKind::Name { new: false }, value, &[]);
        assert_eq!(known.filter(|id| id.weight() == Weight::Ask), None, "the name somebody has is not doubted: {value}");
    };
    check("ADI PUTRA", None);
    check("NUR AISYAH RAHMA", None);
    check("SUKARNO", Some(FindingId::NameOneWord));
    check("M ADI", Some(FindingId::NameShort));
    check("MOH. ADI", Some(FindingId::NameShort));
    check("ADI PUTRA, S.H.", Some(FindingId::NameShort));
    check("AD1 PUTRA", Some(FindingId::NameSigns));
    check(&"AB ".repeat(21), Some(FindingId::NameLong));
    assert_eq!((FindingId::NameOneWord.weight(), FindingId::NameShort.weight()), (Weight::Ask, Weight::Ask));
}

#[test]
fn one_person_may_have_two_roles_but_not_two_places_in_one_list() {
    let check = |id: &str, others: &[(&str, &str)], expected: Option<FindingId>| {
        assert_eq!(examined(id, EntryKind::Nik, WOMAN, others), expected, "{id} beside {others:?}")
    };
    check("anggota_2_nik", &[("anggota_1_nik", WOMAN)], Some(FindingId::NikTwice));
    check("anggota_10_nik", &[("anggota_1_nik", WOMAN)], Some(FindingId::NikTwice));
    check("saksi1_nik", &[("saksi2_nik", WOMAN)], Some(FindingId::NikTwice));
    check("anggota_2_nik", &[("anggota_1_nik", MAN)], None);
    check("anggota_2_nik", &[("anggota_2_nik", WOMAN)], None);
    check("ayah_nik", &[("nik", WOMAN), ("pelapor_nik", WOMAN)], None);
    check("anggota_1_nik", &[("nik", WOMAN), ("saksi_1_nik", WOMAN)], None);
}

#[test]
fn a_nik_is_compared_with_the_birth_date_of_its_own_person() {
    let nik = |id: &str, others: &[(&str, &str)]| examined(id, EntryKind::Nik, WOMAN, others);
    assert_eq!(nik("ayah_nik", &[("ayah_tanggal_lahir", "1960-01-02")]), Some(FindingId::NikBirthDate));
    assert_eq!(nik("ayah_nik", &[("ayah_tanggal_lahir", "1990-07-05"), ("tanggal_lahir", "1960-01-02")]), None);
    assert_eq!(nik("ayah_nik", &[("ibu_tanggal_lahir", "1960-01-02")]), None);
    let birth = |id: &str, others: &[(&str, &str)]| examined(id, EntryKind::BirthDate, "1960-01-02", others);
    assert_eq!(birth("ayah_tanggal_lahir", &[("ayah_nik", WOMAN)]), Some(FindingId::NikBirthDate));
    assert_eq!(birth("ayah_tanggal_lahir", &[("nik", WOMAN)]), None);
    assert_eq!(birth("tanggal_lahir", &[("nik", WOMAN)]), Some(FindingId::NikBirthDate));
}

#[test]
fn doubts_ask_and_only_impossibilities_stop() {
    use FindingId::{AktaShape, DateOld, EmailShape, KkFuture, NameOneWord, NameShort, NikBirthDate, NikRegion, PhoneShape, SkpwniShape};
    let asking: BTreeSet<&str> = FindingId::ALL.into_iter().filter(|id| id.weight() == Weight::Ask).map(FindingId::key).collect();
    let doubts = [NikRegion, NikBirthDate, KkFuture, DateOld, PhoneShape, EmailShape, AktaShape, SkpwniShape, NameOneWord, NameShort];
    assert_eq!(asking, doubts.map(FindingId::key).into());
    assert_eq!(FindingId::ALL.map(FindingId::key).into_iter().collect::<BTreeSet<_>>().len(), FindingId::ALL.len(), "each has its own sentence");
}

#[test]
fn every_finding_has_a_sentence_with_its_numbers_filled_in() {
    for id in FindingId::ALL {
        let finding = Finding { id, count: Some(3), range: Some((500, 6000)) };
        for language in Language::ALL {
            let said = SHIPPED.finding_text(&finding, language);
            assert!(!said.is_empty() && !said.contains(['{', '}']), "{}: {said}", id.key());
        }
    }
    let said = SHIPPED.finding_text(&Finding { id: FindingId::NumberRange, count: None, range: Some((500, 6000)) }, Language::Id);
    assert!(said.contains("500") && said.contains("6000"), "{said}");
}

#[test]
fn what_arrives_is_looked_at_again_without_trust() {
    let service = SHIPPED.service("kk-pisah").expect("shipped");
    let (_, good) = SHIPPED.sample_routes(service, TODAY).into_iter().find(|(exit, _)| exit.is_none()).expect("it ends in a submission");
    assert_eq!(SHIPPED.findings(service, &good, TODAY), []);
    let mut bad = good.clone();
    bad.set("nik", "357801");
    let said: Vec<(String, FindingId)> = SHIPPED.findings(service, &bad, TODAY).into_iter().map(|(id, finding)| (id, finding.id)).collect();
    assert_eq!(said, [("nik".to_owned(), FindingId::NikShort)]);
}

#[test]
fn a_slip_number_is_read_however_it_is_typed() {
    let number = SlipNumber::mint("GBG", date(2026, 11, 21), 1).expect("a valid block");
    let typed = [number.to_string(), number.to_string().to_lowercase(), number.to_string().replace('-', ""), number.to_string().replace('-', " ")];
    for text in typed {
        assert_eq!(SlipNumber::parse(&text), Ok(number.clone()), "{text}");
    }
    assert_eq!(SlipNumber::parse("halo"), Err(SlipNumberError::Form));
    assert_eq!(SlipNumber::mint("GBG", date(2026, 11, 21), 10_000), None);
    assert_eq!(SlipNumber::mint("gbg", date(2026, 11, 21), 1), None);
}

#[test]
fn the_check_digit_finds_every_single_wrong_digit() {
    for serial in [1, 17, 420, 9999] {
        let number = SlipNumber::mint("SBY", date(2026, 2, 3), serial).expect("valid").to_string();
        for at in 0..number.len() {
            let original = char::from(number.as_bytes()[at]);
            for digit in ('0'..='9').filter(|digit| original.is_ascii_digit() && *digit != original) {
                let mut wrong = number.clone();
                wrong.replace_range(at..=at, &digit.to_string());
                assert_eq!(SlipNumber::parse(&wrong), Err(SlipNumberError::CheckDigit), "{wrong}");
            }
        }
    }
}

#[test]
fn numbers_and_names_are_masked_for_paper() {
    assert_eq!(masked("3578014507900000"), "3578 **** **** 0000");
    assert_eq!(masked("357"), "•••");
    assert_eq!(masked_name("SITI NUR SPESIMEN"), "S*** N** S*******");
    assert_eq!(grouped("3578014507900000"), "3578 0145 0790 0000");
}
