//! Long lists by a few letters: every place of the city by its own name, same names apart, slips, and occupations.

use catalogue::{Language, Level, PickFrom, Row};

use crate::SHIPPED;

const KELURAHAN: PickFrom = PickFrom::Region(Level::Kelurahan);
const KECAMATAN: PickFrom = PickFrom::Region(Level::Kecamatan);
const KABUPATEN: PickFrom = PickFrom::Region(Level::Kabupaten);

fn rows(from: PickFrom, typed: &str) -> Vec<Row> {
    let rows = SHIPPED.rows(from, typed, Language::Id);
    assert!(rows.len() <= 7, "{typed:?} gives {} rows", rows.len());
    for row in &rows {
        assert!(SHIPPED.has_row(from, &row.code), "{typed:?} offers {row:?}, which is not in the list");
    }
    rows
}

/// "Name (where it lies)" of each row.
fn said(from: PickFrom, typed: &str) -> Vec<String> {
    rows(from, typed).into_iter().map(|row| format!("{} ({})", row.label, row.detail)).collect()
}

#[test]
fn every_place_of_the_city_is_found_by_its_own_name() {
    let check = |from: PickFrom, dots: usize, count: usize| {
        let own: Vec<_> = SHIPPED.regions.values().filter(|region| region.code.starts_with("35.78.") && region.code.matches('.').count() == dots).collect();
        assert_eq!(own.len(), count);
        for region in own {
            for typed in [region.name.clone(), region.name.to_uppercase(), region.name.replace(' ', "")] {
                let place = rows(from, &typed).iter().position(|row| row.code == region.code);
                assert!(place.is_some_and(|place| place < 3), "{typed:?} finds {} at {place:?}", region.code);
            }
        }
    };
    check(KELURAHAN, 3, 153);
    check(KECAMATAN, 2, 31);
}

#[test]
fn every_kabupaten_and_kecamatan_of_the_country_is_a_row() {
    let count = |dots: usize| SHIPPED.regions.keys().filter(|code| code.matches('.').count() == dots).count();
    assert_eq!((count(0), count(1), count(2)), (38, 514, 7285));
    // One in seven, since each search looks at all of them.
    for region in SHIPPED.regions.values().filter(|region| region.code.matches('.').count() == 1).step_by(7) {
        let bare = region.name.trim_start_matches("Kabupaten ").trim_start_matches("Kota ");
        for typed in [region.name.as_str(), bare] {
            assert!(rows(KABUPATEN, typed).iter().any(|row| row.code == region.code), "{typed}");
        }
    }
    assert!(said(KABUPATEN, "sidoardjo").contains(&"Kabupaten Sidoarjo (Jawa Timur)".to_owned()), "{:?}", said(KABUPATEN, "sidoardjo"));
    assert!(said(KABUPATEN, "gersik").contains(&"Kabupaten Gresik (Jawa Timur)".to_owned()), "{:?}", said(KABUPATEN, "gersik"));
    assert!(!SHIPPED.has_row(KELURAHAN, "35.78"));
    assert!(!SHIPPED.has_row(KECAMATAN, "35.78.01.1001"));
    assert!(!SHIPPED.has_row(KABUPATEN, "99.99"));
    assert!(!SHIPPED.has_row(KELURAHAN, ""));
}

#[test]
fn names_are_found_with_slips_and_without_spaces() {
    let first = |typed: &str, label: &str| assert_eq!(rows(KELURAHAN, typed).first().map(|row| row.label.as_str()), Some(label), "{typed:?}");
    first("tembok dukuh", "Tembok Dukuh");
    first("tembok duku", "Tembok Dukuh");
    first("tembokdukuh", "Tembok Dukuh");
    first("tembok dukhu", "Tembok Dukuh");
    first("tmbok dukuh", "Tembok Dukuh");
    first("alunalun contong", "Alun-alun Contong");
    first("alun alun contong", "Alun-alun Contong");
    assert_eq!(rows(KELURAHAN, "xyzzy"), []);
    assert_eq!(
        rows(KELURAHAN, "tembok dukuh").first().and_then(|row| SHIPPED.region_words(&row.code)),
        Some("Tembok Dukuh, Bubutan, Kota Surabaya, Jawa Timur".into())
    );
}

#[test]
fn places_with_one_name_are_told_apart_by_where_they_lie() {
    let wonorejo = said(KELURAHAN, "wonorejo");
    assert!(
        wonorejo.iter().any(|row| row.starts_with("Wonorejo (Rungkut,")) && wonorejo.iter().any(|row| row.starts_with("Wonorejo (Tegalsari,")),
        "{wonorejo:?}"
    );
    assert_eq!(said(KECAMATAN, "bubutan").first().map(String::as_str), Some("Bubutan (Kota Surabaya, Jawa Timur)"));
    assert!(said(KELURAHAN, "bubutan").first().is_some_and(|row| row.starts_with("Bubutan (Bubutan,")));
    for row in rows(KECAMATAN, "sukolilo") {
        assert!(!row.detail.is_empty());
    }
}

#[test]
fn the_own_city_and_province_come_first() {
    let near = rows(KECAMATAN, "gubeng");
    assert!(near.first().is_some_and(|row| row.code.starts_with("35.78")), "{near:?}");
    let typed_nothing = rows(KECAMATAN, "");
    assert!(typed_nothing.len() == 7 && typed_nothing.iter().all(|row| row.code.starts_with("35.78")), "{typed_nothing:?}");
}

#[test]
fn an_occupation_is_found_by_a_word_of_it_or_of_its_group() {
    let found = |typed: &str| rows(PickFrom::Occupation, typed).into_iter().map(|row| row.label).collect::<Vec<_>>();
    let check = |typed: &str, label: &str| assert!(found(typed).iter().any(|found| found == label), "{typed:?} finds {:?}", found(typed));
    for choice in &SHIPPED.lists["pekerjaan"] {
        check(choice.label.source(), choice.label.source());
        assert!(SHIPPED.has_row(PickFrom::Occupation, &choice.value));
    }
    for group in &SHIPPED.occupation_groups {
        let rows = rows(PickFrom::Occupation, group.label.source());
        assert!(rows.iter().any(|row| group.codes.contains(&row.code)), "{:?}", group.label.source());
    }
    assert_eq!(found("").len(), 7.min(SHIPPED.occupation_groups.len()));
    assert_eq!(found("xyzzy"), Vec::<String>::new());
    assert!(!SHIPPED.has_row(PickFrom::Occupation, "100"));
}
