//! Every way through every service, walked to its end.

use std::collections::BTreeSet;

use catalogue::route::{End, Route};
use catalogue::{Answers, Service, StepKind, reask};
use jiff::civil::{Date, date};

use crate::SHIPPED;

const TODAY: Date = date(2026, 11, 20);
/// No service has more ways than this; more would mean that the walk does not end.
const WAYS_MAX: usize = 100_000;

/// Answers every open question in every possible way; typed fields get one plausible value.
fn walk_all(service: &Service) -> Vec<(Answers, Option<String>)> {
    let mut open = vec![Answers::default()];
    let mut ends = Vec::new();
    while let Some(answers) = open.pop() {
        assert!(ends.len() + open.len() < WAYS_MAX);
        match Route::walk(service, &answers, TODAY).end {
            End::Complete => ends.push((answers, None)),
            End::Exit(exit) => ends.push((answers, Some(exit.id.clone()))),
            End::Ask(step) => match &step.kind {
                StepKind::Choice { choices } => open.extend(choices.iter().map(|choice| {
                    let mut next = answers.clone();
                    next.set(&step.id, &choice.value);
                    next
                })),
                StepKind::Entry { .. } => {
                    let mut next = answers;
                    next.set(&step.id, "1990-07-05");
                    open.push(next);
                }
                StepKind::Paper { pages_min, .. } => {
                    let mut next = answers;
                    next.pages.insert(step.id.clone(), *pages_min);
                    open.push(next);
                }
            },
        }
    }
    ends
}

#[test]
fn every_way_ends_and_every_exit_is_reached() {
    for service in SHIPPED.services.values() {
        let ends = walk_all(service);
        let reached: BTreeSet<&str> = ends.iter().filter_map(|(_, exit)| exit.as_deref()).collect();
        let written: BTreeSet<&str> = service.exits.iter().map(|exit| exit.id.as_str()).collect();
        assert_eq!(reached, written, "{}: an exit nobody can reach", service.id);
        assert!(ends.iter().any(|(_, exit)| exit.is_none()), "{}: nobody can submit", service.id);
        let asked: BTreeSet<&str> = ends.iter().flat_map(|(answers, _)| Route::walk(service, answers, TODAY).answered).map(|step| step.id.as_str()).collect();
        assert_eq!(asked.len(), service.steps.len(), "{}: a question nobody is asked", service.id);
    }
}

#[test]
fn only_answers_on_the_route_are_kept() {
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let mut answers = Answers::default();
    for (id, value) in [("ktp_fisik", "ya"), ("perekaman", "belum"), ("alasan", "hilang")] {
        answers.set(id, value);
    }
    let kept = Route::walk(service, &answers, TODAY).keep(&answers);
    assert_eq!(kept.values.keys().collect::<Vec<_>>(), ["alasan", "ktp_fisik"]);
}

#[test]
fn a_repair_asks_the_faulty_items_and_nothing_else() {
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    for (answers, exit) in walk_all(service).into_iter().filter(|(_, exit)| exit.is_none()) {
        assert_eq!(exit, None);
        for step in &service.steps {
            let on_route = Route::walk(service, &answers, TODAY).has(&step.id);
            let items = reask(service, &answers, &BTreeSet::from([step.id.clone()]), TODAY);
            assert_eq!(items.contains(&step.id), on_route, "{}", step.id);
            assert_eq!(items.len(), usize::from(on_route), "{}: {items:?}", step.id);
        }
    }
}
