//! Whatever is answered, changed or sent back: only what is new is asked, and everything else stays as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use catalogue::repair::{Held, needed_facts};
use catalogue::route::{End, Route};
use catalogue::{Answers, EntryKind, Level, PickFrom, Service, Step, StepKind, reask};
use proptest::prelude::*;

use crate::{SHIPPED, TODAY};

/// Random applications looked at by each property; about ten for each service.
const CASES: u32 = 600;

/// One submission or exit of each service to start from, since random answers mostly leave at the first exit.
static STARTS: LazyLock<Vec<(&'static Service, Answers)>> = LazyLock::new(|| {
    let start = |service: &'static Service| {
        let mut samples = SHIPPED.sample_routes(service, TODAY);
        samples.sort_by_key(|(exit, _)| exit.is_some());
        (service, samples.swap_remove(0).1)
    };
    SHIPPED.services.values().map(start).collect()
});

/// Those that end in a submission: only these can come back.
static SUBMITTED: LazyLock<Vec<(&'static Service, Answers)>> =
    LazyLock::new(|| STARTS.iter().filter(|(service, start)| Route::walk(&SHIPPED, service, start, TODAY).is_complete()).cloned().collect());

/// A number that depends on the seed and the step alone.
fn dice(seed: u64, step: &Step, sides: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    (seed, &step.id).hash(&mut hasher);
    (hasher.finish() % sides as u64) as usize
}

/// A random answer that counts as one.
fn answer(answers: &mut Answers, step: &Step, seed: u64) {
    let days = [
        "1926-01-01",
        "1990-07-05",
        "2008-02-29",
        "2009-11-20",
        "2009-11-21",
        "2020-11-20",
        "2022-06-01",
        "2026-02-01",
        "2026-09-20",
        "2026-10-30",
        "2026-11-20",
        "2027-01-15",
    ];
    let among: Vec<String> = match &step.kind {
        StepKind::Choice { choices } => choices.iter().map(|choice| choice.value.clone()).collect(),
        StepKind::Entry { kind: EntryKind::Nik, .. } => vec!["3578010507900000".into(), "3578014507900000".into()],
        StepKind::Entry { kind, .. } if kind.is_date() => days.map(str::to_owned).to_vec(),
        StepKind::Entry { kind: EntryKind::Number { min, max }, .. } => [*min, *max, (min + max) / 2].map(|number| number.to_string()).to_vec(),
        StepKind::Entry { .. } => vec!["SATU".into(), "DUA".into()],
        StepKind::Pick { from: PickFrom::Occupation, .. } => vec!["1".into(), "88".into()],
        StepKind::Pick { from: PickFrom::Region(Level::Kelurahan), .. } => vec!["35.78.01.1001".into(), "35.78.13.1005".into()],
        StepKind::Pick { .. } => vec!["35.78.01".into(), "11.01.01".into()],
        StepKind::Paper { pages_min, pages_max, .. } => {
            answers.pages.insert(step.id.clone(), pages_min + dice(seed, step, pages_max - pages_min + 1));
            return;
        }
    };
    let skipped = matches!(step.kind, StepKind::Entry { optional: true, .. } | StepKind::Pick { optional: true, .. }) && seed.is_multiple_of(3);
    answers.set(&step.id, if skipped { "" } else { &among[dice(seed, step, among.len())] });
}

fn ids(route: &Route<'_>) -> Vec<String> {
    route.answered.iter().map(|step| step.id.clone()).collect()
}

fn end(route: &Route<'_>) -> String {
    match &route.end {
        End::Ask(step) => format!("ask {}", step.id),
        End::Exit(exit) => format!("exit {}", exit.id),
        End::Complete => "complete".into(),
    }
}

/// An application: the start with one answer in four thrown anew, or the start itself when that submission leads elsewhere.
fn application(starts: &'static [(&'static Service, Answers)], at: usize, seed: u64) -> (&'static Service, Answers) {
    let (service, start) = &starts[at % starts.len()];
    let mut answers = start.clone();
    for step in service.steps.iter().filter(|step| dice(seed, step, 4) == 0 || !step.is_answered(start)) {
        answer(&mut answers, step, seed);
    }
    let route = Route::walk(&SHIPPED, service, &answers, TODAY);
    let answers = if route.is_complete() || !Route::walk(&SHIPPED, service, start, TODAY).is_complete() { route.keep(&answers) } else { start.clone() };
    (service, answers)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_repair_asks_the_faults_and_what_they_newly_open_and_nothing_else(at in 0usize..58, seed: u64, fresh_seed: u64, fault_seed: u64, dense in 1usize..6) {
        let (service, old) = application(&SUBMITTED, at, seed);
        let old_route = Route::walk(&SHIPPED, service, &old, TODAY);
        let steps: BTreeSet<String> = ids(&old_route).into_iter().collect();
        let named: BTreeSet<String> = service.steps.iter().filter(|step| dice(fault_seed, step, 2 * dense) == 0).map(|step| step.id.clone()).collect();
        let again = reask(&SHIPPED, service, &old, &named, TODAY);
        let faults: BTreeSet<String> = named.intersection(&steps).cloned().collect();
        prop_assert_eq!(again.iter().cloned().collect::<BTreeSet<_>>(), faults.clone());
        prop_assert_eq!(again.len(), faults.len());

        let fact = |id: &str| service.step(id).map(|step| (id.to_owned(), step.fact(&old)));
        let all: BTreeMap<String, String> = steps.iter().filter_map(|id| fact(id)).collect();
        let few: BTreeMap<String, String> = needed_facts(service, &faults).into_iter().filter(|id| steps.contains(*id)).filter_map(fact).collect();
        prop_assert!(few.keys().all(|id| !faults.contains(id)));
        let mut fresh = Answers::default();
        let mut asked = Vec::new();
        let repair = loop {
            let repair = Route::walk_repair(&SHIPPED, service, Held { steps: &steps, facts: &few, faults: &faults }, &fresh, TODAY);
            let End::Ask(step) = repair.end else { break repair };
            prop_assert!(faults.contains(&step.id) || !steps.contains(&step.id), "{} was in order", step.id);
            prop_assert!(asked.len() < service.steps.len(), "it asks for ever");
            asked.push(step.id.clone());
            answer(&mut fresh, step, fresh_seed);
        };
        prop_assert_eq!(&ids(&repair), &asked);

        // What central holds afterwards: the old answers with the patch over them.
        let mut merged = old.clone();
        for step in service.steps.iter().filter(|step| faults.contains(&step.id) || !steps.contains(&step.id)) {
            merged.values.remove(&step.id);
            merged.pages.remove(&step.id);
            answer(&mut merged, step, fresh_seed);
        }
        let full = Route::walk(&SHIPPED, service, &merged, TODAY);
        let new: Vec<String> = ids(&full).into_iter().filter(|id| faults.contains(id) || !steps.contains(id)).collect();
        prop_assert_eq!(&asked, &new, "{}: faults {:?}, {} and {}", service.id, faults, end(&repair), end(&full));
        prop_assert_eq!(end(&repair), end(&full), "{}: faults {:?}", service.id, faults);
        for step in full.answered.iter().filter(|step| !new.contains(&step.id)) {
            prop_assert_eq!(step.fact(&merged), step.fact(&old), "{} changed", step.id);
        }
        let informed = Route::walk_repair(&SHIPPED, service, Held { steps: &steps, facts: &all, faults: &faults }, &fresh, TODAY);
        prop_assert_eq!((ids(&informed), end(&informed)), (ids(&repair), end(&repair)), "the needed facts do not suffice");
    }

    #[test]
    fn an_earlier_answer_can_change_and_all_that_still_counts_is_kept(at in 0usize..58, seed: u64, new_seed: u64, which: usize) {
        let (service, old) = application(&STARTS, at, seed);
        let before = Route::walk(&SHIPPED, service, &old, TODAY);
        let place = which % before.answered.len();
        let changed = before.answered[place];
        let mut answers = old.clone();
        answer(&mut answers, changed, new_seed);
        let after = Route::walk(&SHIPPED, service, &answers, TODAY);
        prop_assert_eq!(&ids(&after)[..=place], &ids(&before)[..=place], "what came before the change does not move");
        if let End::Ask(step) = after.end {
            prop_assert!(!before.has(&step.id), "{} is asked again", step.id);
        }
        let kept = after.keep(&answers);
        for step in &after.answered {
            prop_assert_eq!(step.fact(&kept), step.fact(&answers), "{} was lost", step.id);
        }
        for id in kept.values.keys().chain(kept.pages.keys()) {
            prop_assert!(after.has(id), "{} is sent although nobody is asked for it", id);
        }
        let again = Route::walk(&SHIPPED, service, &kept, TODAY);
        prop_assert_eq!((ids(&again), end(&again)), (ids(&after), end(&after)), "what is dropped does not matter");
        // The old answer given again leads back: nothing was deleted on the way.
        match changed.kind {
            StepKind::Paper { .. } => { answers.pages.insert(changed.id.clone(), old.page_count(&changed.id)); }
            _ => answers.set(&changed.id, old.value(&changed.id)),
        }
        prop_assert_eq!(ids(&Route::walk(&SHIPPED, service, &answers, TODAY)), ids(&before));
    }
}

#[test]
fn only_answers_on_the_route_are_kept() {
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let mut answers = Answers::default();
    for (id, value) in [("ktp_fisik", "ya"), ("perekaman", "belum"), ("alasan", "hilang"), ("asing", "ya")] {
        answers.set(id, value);
    }
    let kept = Route::walk(&SHIPPED, service, &answers, TODAY).keep(&answers);
    assert_eq!(kept.values.keys().collect::<Vec<_>>(), ["alasan", "ktp_fisik"]);
}

#[test]
fn an_exit_that_a_mended_answer_and_a_held_later_one_open_together_is_taken() {
    use crate::small::{self, ONE, change};
    let mut bundle = small::bundle();
    change(
        &mut bundle,
        ONE,
        "[[forecast]]",
        "[[exit]]\nid = \"bersama\"\nwhen = \"satu_lama == 'tidak' && days_since(satu_tanggal) > 60\"\ntitle = \"Bersama\"\nsentences = [\"Temui petugas.\"]\n\n[[forecast]]",
    );
    let catalogue = catalogue::Catalogue::load(&bundle).expect("it loads");
    let service = catalogue.service("uji-satu").expect("there");
    let steps: BTreeSet<String> = service.steps.iter().map(|step| step.id.clone()).collect();
    let faults = BTreeSet::from(["satu_lama".to_owned()]);
    assert_eq!(needed_facts(service, &faults), BTreeSet::from(["satu_tanggal"]));
    let facts = BTreeMap::from([("satu_tanggal".to_owned(), "2026-01-05".to_owned())]);
    let mut fresh = Answers::default();
    fresh.set("satu_lama", "tidak");
    let repair = Route::walk_repair(&catalogue, service, Held { steps: &steps, facts: &facts, faults: &faults }, &fresh, TODAY);
    assert_eq!((ids(&repair), end(&repair)), (vec!["satu_lama".to_owned()], "exit bersama".to_owned()));
}
