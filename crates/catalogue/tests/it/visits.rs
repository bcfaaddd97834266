//! One visit, many services: what they share is asked once, and what one knows for the other is not asked at all.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::route::{End, Route};
use catalogue::{Answers, Service, example};

use crate::{BUNDLE, SHIPPED};

/// Walks a visit to its end with what is known already, answering each question with `known`, and tells what was asked.
fn walk(services: &[&Service], start: &Answers, known: &Answers, today: jiff::civil::Date) -> (Vec<String>, Vec<String>, String) {
    let mut answers = start.clone();
    let mut asked = Vec::new();
    loop {
        let route = Route::walk_visit(&SHIPPED, services, &answers, today);
        let all: Vec<String> = route.answered.iter().map(|step| step.id.clone()).collect();
        match route.end {
            End::Complete => return (asked, all, "complete".into()),
            End::Exit(exit) => return (asked, all, format!("exit {}", exit.id)),
            End::Ask(step) if asked.contains(&step.id) || !step.is_answered(known) => return (asked, all, format!("ask {}", step.id)),
            End::Ask(step) => {
                asked.push(step.id.clone());
                match known.pages.get(&step.id) {
                    Some(pages) => drop(answers.pages.insert(step.id.clone(), *pages)),
                    None => answers.set(&step.id, known.value(&step.id)),
                }
            }
        }
    }
}

/// Finished examples of each service, as answers with their day.
fn submissions(service: &Service) -> Vec<(Answers, jiff::civil::Date)> {
    let examples = example::read(&BUNDLE, &service.id).expect("they can be read");
    examples.iter().filter(|example| example.end == "submit").map(|example| (example.answers(&SHIPPED, service), example.today)).collect()
}

#[test]
fn every_offer_goes_on_with_what_is_known() {
    let mut offers = 0;
    let mut shared = BTreeMap::new();
    for service in SHIPPED.services.values() {
        for (answers, today) in submissions(service) {
            for offer in SHIPPED.offers(service, &answers, today) {
                offers += 1;
                let other = SHIPPED.service(&offer.service).expect("offered");
                let mut start = answers.clone();
                offer.with.iter().for_each(|(id, value)| start.set(id, value));
                // What the second service alone would be asked: any answers will do that it has in an example or a sample route.
                let mut known =
                    SHIPPED.sample_routes(other, today).into_iter().find(|(exit, _)| exit.is_none()).map(|(_, answers)| answers).unwrap_or_default();
                for step in &other.steps {
                    if let (false, catalogue::StepKind::Choice { choices }) = (step.is_answered(&known), &step.kind) {
                        known.set(&step.id, &choices[0].value);
                    }
                }
                let (asked, all, end) = walk(&[service, other], &start, &known, today);
                let once: BTreeSet<&String> = all.iter().collect();
                assert_eq!(once.len(), all.len(), "{} then {}: a step stands twice", service.id, other.id);
                for id in &asked {
                    assert!(!offer.with.contains_key(id), "{} then {}: `{id}` is known and asked", service.id, other.id);
                    assert!(!Route::walk(&SHIPPED, service, &answers, today).has(id), "{} then {}: `{id}` is asked twice", service.id, other.id);
                }
                let common = Route::walk(&SHIPPED, service, &answers, today).answered.iter().filter(|step| other.step(&step.id).is_some()).count();
                shared.entry((service.id.clone(), other.id.clone())).and_modify(|most: &mut usize| *most = (*most).max(common)).or_insert(common);
                assert!(!asked.is_empty() || !end.starts_with("exit"), "{} offers {}, which only shows {end}", service.id, other.id);
            }
        }
    }
    println!("{offers} offers; questions shared: {shared:?}");
    assert!(offers >= 20, "{offers} offers in the examples");
    assert!(shared.values().filter(|common| **common >= 4).count() >= 5, "{shared:?}");
}

/// Walks a chain of services from the example of the first that offers it, and gives the ids of what each further one asks.
fn chain(ids: &[&str], known: &[(&str, &str)]) -> Vec<Vec<String>> {
    let services: Vec<&Service> = ids.iter().map(|id| SHIPPED.service(id).expect("shipped")).collect();
    let offers_next = |(answers, today): &(Answers, jiff::civil::Date)| SHIPPED.offers(services[0], answers, *today).iter().any(|also| also.service == ids[1]);
    let (mut answers, today) = submissions(services[0]).into_iter().find(offers_next).expect("an example that offers the next");
    let mut asked = Vec::new();
    for at in 1..services.len() {
        let offer = services[..at]
            .iter()
            .flat_map(|service| SHIPPED.offers(service, &answers, today))
            .find(|also| also.service == ids[at])
            .unwrap_or_else(|| panic!("{} is offered", ids[at]));
        offer.with.iter().for_each(|(id, value)| answers.set(id, value));
        let mut own = Vec::new();
        loop {
            let route = Route::walk_visit(&SHIPPED, &services[..=at], &answers, today);
            let step = match route.end {
                End::Complete => break,
                End::Exit(exit) => panic!("{} leaves at {}", ids[at], exit.id),
                End::Ask(step) => step,
            };
            assert!(!own.contains(&step.id), "{} asks `{}` for ever", ids[at], step.id);
            own.push(step.id.clone());
            match (&step.kind, known.iter().find(|(id, _)| *id == step.id)) {
                (catalogue::StepKind::Paper { pages_min, .. }, _) => drop(answers.pages.insert(step.id.clone(), *pages_min)),
                (_, Some((_, value))) => answers.set(&step.id, value),
                (catalogue::StepKind::Choice { choices }, None) => answers.set(&step.id, &choices[0].value),
                _ => answers.set(&step.id, "1990-07-05"),
            }
        }
        asked.push(own);
    }
    asked
}

#[test]
fn a_birth_leads_to_the_family_card_and_the_childs_card_without_asking_twice() {
    let asked = chain(&["akta-kelahiran", "kk-tambah", "kia-baru"], &[("tambah_akta", "proses"), ("tambah_shdk", "4")]);
    println!("{asked:?}");
    for own in &asked {
        for known in ["nik", "no_kk", "nama", "tanggal_lahir", "telepon", "bayi_nama", "bayi_jk", "bayi_tanggal_lahir", "kk_tambah_alasan", "kia_anak_nik"] {
            assert!(!own.contains(&known.to_owned()), "`{known}` is asked again: {own:?}");
        }
    }
    let all: Vec<&String> = asked.iter().flatten().collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "the second and the third ask the same: {asked:?}");
    assert_eq!(all.iter().filter(|id| **id == "kk_foto").count(), 1, "the family card is shown once: {asked:?}");
}

#[test]
fn a_death_leads_to_the_family_card_without_asking_twice() {
    let asked = chain(&["akta-kematian", "kk-kurang"], &[]);
    println!("{asked:?}");
    for known in ["nik", "no_kk", "nama", "almarhum_nik", "almarhum_nama", "kk_kurang_alasan"] {
        assert!(!asked[0].contains(&known.to_owned()), "`{known}` is asked again: {asked:?}");
    }
}
