//! Finding a service, going from one to the next, and several services in one visit.

use flow::effect::Body;
use flow::view::Page;
use flow::{Intent, Language};

use crate::world::{CATALOGUE, World, heading};

fn sample(service: &str, end: Option<&str>) -> catalogue::Answers {
    let service = CATALOGUE.service(service).expect("the service is offered");
    let today = jiff::civil::date(2026, 11, 20);
    let samples = CATALOGUE.sample_routes(service, today);
    samples.into_iter().find(|(found, _)| found.as_deref() == end).expect("such a route exists").1
}

#[test]
fn a_service_is_found_by_a_life_event_by_words_and_by_the_office_menus() {
    let mut world = World::new();
    world.touch(Intent::Wake).touch(Intent::OpenSearch).type_text("ktp ilang");
    let Page::Pick(pick) = world.page() else { panic!("the search") };
    assert_eq!(pick.cards[0].id, "ktp-hilang");
    world.touch(Intent::Choose("ktp-hilang".into()));
    assert_eq!(heading(&world.page()), "requirements");

    let mut world = World::new();
    world.touch(Intent::Wake).touch(Intent::OpenMenus).choose("sipil");
    let Page::Choice { cards, .. } = world.page() else { panic!("the services of a menu") };
    assert_eq!(cards.len(), 20);
    world.touch(Intent::GoBack).touch(Intent::GoBack);
    assert_eq!(heading(&world.page()), "home");
}

#[test]
fn words_that_mean_nothing_say_so_and_begin_nothing() {
    let mut world = World::new();
    world.touch(Intent::Wake).touch(Intent::OpenSearch).type_text("zzzzqq");
    let Page::Pick(pick) = world.page() else { panic!("the search") };
    assert!(pick.cards.is_empty() && !pick.nothing.is_empty());
    world.choose("no-such-service");
    assert_eq!(heading(&world.page()), heading(&Page::Pick(pick)));
}

#[test]
fn the_wrong_service_leads_to_the_right_one_with_what_was_answered() {
    let mut world = World::new();
    world.go_to_first_question().choose("ya").choose("rusak");
    let Page::Exit { sentences, .. } = world.page() else { panic!("this service ends here") };
    assert_eq!(sentences.last().expect("it says where to go on"), "Layanan berikutnya: KTP saya rusak");
    assert_eq!(world.view().frame.primary.expect("it leads on").label, "Lanjut ke layanannya");
    world.touch(Intent::GoOn);
    assert_eq!((heading(&world.page()).as_str(), world.view().frame.service.as_str()), ("requirements", "KTP saya rusak"));
    world.touch(Intent::GoOn);
    assert_ne!(heading(&world.page()), "privacy", "the notice was understood already");
}

#[test]
fn one_visit_files_birth_family_card_and_child_card_under_three_numbers() {
    let mut world = World::new();
    world.touch(Intent::Wake).touch(Intent::OpenSearch).choose("akta-kelahiran");
    let mut answers = sample("akta-kelahiran", None);
    for other in ["kk-tambah", "kia-baru"].map(|service| sample(service, None)) {
        for (id, value) in other.values {
            answers.values.entry(id).or_insert(value);
        }
    }
    let mut asked = Vec::new();
    let mut offers = 0;
    while !matches!(world.page(), Page::Check { .. }) {
        match world.kiosk.asked().map(str::to_owned) {
            Some(step) => {
                assert!(asked.last() == Some(&step) || !asked.contains(&step), "{step} is asked twice");
                asked.push(step);
                answer_one(&mut world, &answers, "the visit");
            }
            None if matches!(world.page(), Page::Choice { .. }) => {
                offers += 1;
                world.choose("ya");
            }
            None => answer_one(&mut world, &answers, "the visit"),
        }
        assert!(asked.len() < 200, "the visit has no end");
    }
    assert!(offers >= 2, "family card and child card are offered");
    world.touch(Intent::GoOn);
    let [submission] = &world.submissions[..] else { panic!("one visit is one submission") };
    let Body::Application { service, also, .. } = &submission.body else { panic!("an application") };
    assert_eq!(service, "akta-kelahiran");
    let also: Vec<&str> = also.iter().map(|also| also.service.as_str()).collect();
    assert!(also.contains(&"kk-tambah") && also.contains(&"kia-baru"), "{also:?}");
    let slip = &world.printed[0].1;
    assert_eq!(slip.also.len(), also.len());
    let numbers: std::collections::BTreeSet<&str> = slip.also.iter().map(|line| line.number.as_str()).chain([slip.number.as_str()]).collect();
    assert_eq!(numbers.len(), also.len() + 1, "each has its own number");
}

#[test]
fn every_service_can_be_walked_on_the_pages_to_each_of_its_ends() {
    let mut walked = 0;
    for service in CATALOGUE.services.values() {
        for (end, answers) in CATALOGUE.sample_routes(service, jiff::civil::date(2026, 11, 20)) {
            let mut world = World::new();
            world.touch(Intent::Wake).touch(Intent::ChooseLanguage(Language::Mad)).touch(Intent::ChooseLanguage(Language::Id));
            world.touch(Intent::OpenSearch).choose(&service.id);
            let until = match &end {
                Some(exit) => {
                    let exit = service.exits.iter().find(|own| own.id == *exit).expect("the exit is the service's own");
                    format!("exit: {}", exit.title.source())
                }
                None => "check".into(),
            };
            walk(&mut world, &answers, &until, &service.id);
            if end.is_none() {
                world.touch(Intent::GoOn);
                assert_eq!(heading(&world.page()), "slip", "{}", service.id);
                assert_eq!(world.submissions.len(), 1, "{}", service.id);
            }
            walked += 1;
        }
    }
    assert!(walked > 200, "{walked} ends");
}

/// Answers whatever is asked until the page says `until`, refusing every further service that is offered.
fn walk(world: &mut World, answers: &catalogue::Answers, until: &str, service: &str) {
    for _ in 0..100 {
        if heading(&world.page()) == until {
            return;
        }
        if matches!(world.page(), Page::Choice { .. }) && world.kiosk.asked().is_none() {
            world.choose("tidak");
            continue;
        }
        let before = format!("{:?}", world.page());
        answer_one(world, answers, service);
        assert_ne!(format!("{:?}", world.page()), before, "{service}: the page does not go on: {}", heading(&world.page()));
    }
    panic!("{service}: {until} is never reached, the page is {}", heading(&world.page()));
}

fn answer_one(world: &mut World, answers: &catalogue::Answers, service: &str) {
    match world.page() {
        Page::Requirements { .. } | Page::Privacy { .. } | Page::Capture(_) => {
            world.touch(Intent::GoOn);
        }
        Page::Choice { .. } | Page::Pick(_) | Page::Entry(_) => {
            let step = world.kiosk.asked().expect("a question is asked").to_owned();
            let value = answers.value(&step).to_owned();
            match world.page() {
                Page::Entry(_) | Page::Pick(_) if value.is_empty() => {
                    world.touch(Intent::Skip);
                }
                Page::Entry(_) => {
                    let typed = value.parse::<jiff::civil::Date>().map_or_else(|_| value.clone(), |date| date.strftime("%d%m%Y").to_string());
                    world.type_text(&typed).touch(Intent::GoOn);
                    if world.kiosk.asked() == Some(step.as_str()) {
                        world.touch(Intent::ConfirmAnyway);
                    }
                }
                _ => {
                    world.choose(&value);
                }
            }
        }
        other => panic!("{service}: {} on the way", heading(&other)),
    }
}
