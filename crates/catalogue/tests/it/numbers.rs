//! NIK, No. KK, names, dates, phones and slip numbers: what is hard, what only asks, what is fine.

use catalogue::number::{Kk, Nik, NumberError, SlipNumber, SlipNumberError, grouped, masked, masked_name};
use catalogue::{Answers, EntryKind, FindingId, Weight};
use jiff::civil::date;

use crate::SHIPPED;

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

fn examined(kind: EntryKind, value: &str, others: &[(&str, &str)]) -> Option<FindingId> {
    let mut answers = Answers::default();
    for (id, other) in others {
        answers.set(id, other);
    }
    SHIPPED.examine(kind, value, &answers, date(2026, 11, 20)).map(|finding| finding.id)
}

#[test]
fn each_field_says_one_thing_and_the_hardest_first() {
    use EntryKind::{BirthDate, Kk, Name, Nik, Phone};
    let check = |kind, value: &str, others: &[(&str, &str)], expected: Option<FindingId>| {
        assert_eq!(examined(kind, value, others), expected, "{kind:?} {value:?}");
    };
    check(Nik, "3578014507900000", &[], None);
    check(Nik, "", &[], Some(FindingId::Empty));
    check(Nik, "357801", &[], Some(FindingId::NikShort));
    check(Nik, "3578013213900000", &[], Some(FindingId::NikDate));
    check(Nik, "9999994507900000", &[], Some(FindingId::NikRegion));
    check(Nik, "1171014507900000", &[], None);
    check(Nik, "3578014507900000", &[("no_kk", "3578014507900000")], Some(FindingId::SameNumber));
    check(Nik, "3578014507900000", &[("tanggal_lahir", "1990-07-06")], Some(FindingId::NikBirthDate));
    check(Kk, "3578010101100000", &[], None);
    check(Kk, "3578010112260000", &[], Some(FindingId::KkFuture));
    check(Kk, "3578010101100000", &[("nik", "3578010101100000")], Some(FindingId::SameNumber));
    check(Name, "SUKARNO", &[], None);
    check(Name, "NYI AYU D'ARTA-PUTRI, S.H.", &[], None);
    check(Name, "R2D2", &[], Some(FindingId::NameSigns));
    check(Name, "   ", &[], Some(FindingId::Empty));
    check(Name, &"A".repeat(61), &[], Some(FindingId::NameLong));
    check(BirthDate, "1990-07-05", &[("nik", "3578014507900000")], None);
    check(BirthDate, "1990-07-06", &[("nik", "3578014507900000")], Some(FindingId::NikBirthDate));
    check(BirthDate, "0507", &[], Some(FindingId::DateShort));
    check(BirthDate, "31021990", &[], Some(FindingId::DateMissing));
    check(BirthDate, "2026-11-21", &[], Some(FindingId::DateFuture));
    check(BirthDate, "1890-01-01", &[], Some(FindingId::DateOld));
    check(Phone, "", &[], None);
    check(Phone, "081200000000", &[], None);
    check(Phone, "12345", &[], Some(FindingId::PhoneShape));
}

#[test]
fn doubts_ask_and_only_impossibilities_stop() {
    let asking: Vec<FindingId> = FindingId::ALL.into_iter().filter(|id| id.weight() == Weight::Ask).collect();
    assert_eq!(asking, [FindingId::NikRegion, FindingId::NikBirthDate, FindingId::KkFuture, FindingId::DateOld, FindingId::PhoneShape]);
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
