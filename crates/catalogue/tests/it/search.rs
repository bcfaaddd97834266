//! People find their service by the words they use, with slips, in dialect, half typed; and nothing by nonsense.

use crate::{BUNDLE, SHIPPED};

/// Share of the written phrasings whose service must stand among the first three, in percent.
const HITS_PERCENT_MIN: usize = 95;

fn found(typed: &str) -> Vec<&'static str> {
    SHIPPED.find_services(typed).into_iter().map(|service| service.id.as_str()).collect()
}

/// The written list of everyday phrasings with the service each means.
fn phrasings() -> Vec<(&'static str, &'static str)> {
    BUNDLE.files["examples/search.csv"].lines().skip(1).map(|line| line.rsplit_once(',').unwrap_or_else(|| panic!("{line} has two columns"))).collect()
}

#[test]
fn everyday_phrasings_find_their_service_among_the_first_three() {
    let all = phrasings();
    assert!(all.len() >= 200, "{} phrasings are too few to mean something", all.len());
    let mut misses = Vec::new();
    let mut first = 0;
    for (phrase, service) in &all {
        assert!(SHIPPED.service(service).is_some(), "{service} is not offered");
        let found = found(phrase);
        first += usize::from(found.first() == Some(service));
        if !found.iter().take(3).any(|id| id == service) {
            misses.push(format!("{phrase:?} finds {:?} instead of {service}", &found[..found.len().min(3)]));
        }
    }
    let hits = all.len() - misses.len();
    println!("{hits} of {} phrasings among the first three, {first} as the first\n{}", all.len(), misses.join("\n"));
    assert!(hits * 100 >= all.len() * HITS_PERCENT_MIN, "{hits} of {}:\n{}", all.len(), misses.join("\n"));
}

#[test]
fn the_same_words_always_find_the_same_services_in_the_same_order() {
    let again = catalogue::Catalogue::load(&BUNDLE).expect("the shipped catalogue is right");
    for (phrase, _) in phrasings() {
        let other: Vec<&str> = again.find_services(phrase).into_iter().map(|service| service.id.as_str()).collect();
        assert_eq!(found(phrase), other, "{phrase}");
        let shouted = phrase.to_uppercase();
        assert_eq!(found(&shouted), other, "{shouted}");
        assert!(other.len() <= catalogue::search::RESULTS_MAX);
    }
}

#[test]
fn slips_of_the_finger_are_forgiven() {
    let check = |typed: &str, service: &str| assert!(found(typed).iter().take(3).any(|id| *id == service), "{typed:?} finds {:?}", found(typed));
    check("ktp hilnag", "ktp-hilang");
    check("ktp hlang", "ktp-hilang");
    check("akta kelahirn", "akta-kelahiran");
    check("akta kemtian", "akta-kematian");
    check("pindha datang", "pindah-datang");
    check("legalisri", "legalisir");
    check("prekaman", "perekaman");
    check("golongn darah", "data-golongan-darah");
    check("K.T.P. hilang!!", "ktp-hilang");
    check("  ktp   hilang  ", "ktp-hilang");
    check("ktp-el rusak", "ktp-rusak");
}

#[test]
fn four_letters_are_enough_for_a_word_that_says_much() {
    let check = |typed: &str, service: &str| assert!(found(typed).iter().take(3).any(|id| *id == service), "{typed:?} finds {:?}", found(typed));
    check("lega", "legalisir");
    check("pere", "perekaman");
    check("darah"[..4].trim(), "data-golongan-darah");
    check("kk h", "kk-hilang");
    check("ikd", "ikd");
    check("skt", "sktt");
    check("pp02", "ktp-hilang");
    check("PP-02", "ktp-hilang");
}

#[test]
fn a_title_finds_its_own_service_first_or_among_three() {
    for service in SHIPPED.services.values() {
        let found = found(service.title.source());
        assert!(found.iter().take(3).any(|id| *id == service.id), "{:?} finds {found:?}", service.title.source());
    }
}

#[test]
fn nonsense_and_nothing_find_nothing() {
    for typed in ["", " ", "...", "-", "xyzzy", "qwertyuiop", "zzzz", "🙂", "asdfgh jklqw", "12345678"] {
        assert_eq!(found(typed), Vec::<&str>::new(), "{typed:?}");
    }
    let long = "hilang ".repeat(2000);
    assert!(found(&long).len() <= catalogue::search::RESULTS_MAX);
}
