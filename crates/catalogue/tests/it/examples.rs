//! Every example of every service holds, and every case and exit has one.

use std::collections::BTreeMap;

use catalogue::example;

use crate::{BUNDLE, SHIPPED};

#[test]
fn every_example_leads_where_it_says() {
    let mut all = 0;
    let mut said = Vec::new();
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for service in SHIPPED.services.values() {
        let examples = example::read(&BUNDLE, &service.id).unwrap_or_else(|problem| panic!("{problem}"));
        for example in &examples {
            let file = example::file_of(&service.id);
            said.extend(example.run(&SHIPPED, service).into_iter().map(|what| format!("{file}:{}: {}: {what}", example.line, example.name)));
            *ends.entry(example.end.split(':').next().unwrap_or_default().to_owned()).or_default() += 1;
        }
        for case in &service.cases {
            if !examples.iter().any(|example| example.case.as_ref() == Some(&case.id)) {
                said.push(format!("{}: no example of the case {}", service.id, case.id));
            }
        }
        for exit in &service.exits {
            if !examples.iter().any(|example| example.end == format!("exit:{}", exit.id)) {
                said.push(format!("{}: no example ends at {}", service.id, exit.id));
            }
        }
        all += examples.len();
    }
    let cases: usize = SHIPPED.services.values().map(|service| service.cases.len()).sum();
    println!("{all} examples of {} services and {cases} cases: {ends:?}", SHIPPED.services.len());
    assert!(said.is_empty(), "{}", said.join("\n"));
    assert!(all >= cases && ends.values().sum::<usize>() == all);
}

#[test]
fn an_example_says_what_happened_instead() {
    let service = SHIPPED.service("ktp-hilang").expect("shipped");
    let mut example = example::read(&BUNDLE, "ktp-hilang").expect("it can be read").swap_remove(0);
    assert_eq!(example.run(&SHIPPED, service), Vec::<String>::new());
    example.end = "exit:rusak".into();
    example.answers.insert("perekaman".into(), "ya".into());
    let said = example.run(&SHIPPED, service).join("\n");
    assert!(said.contains("`submit` instead of `exit:rusak`") && said.contains("`perekaman` is never asked"), "{said}");
}
