//! One visit, several services: birth, family card and child's card go out together and come back together.

use catalogue::route::{End, Route};
use catalogue::{Answers, Catalogue, Service, StepKind};
use flow::Intent;
use flow::view::{CaptureMode, Page, PaperState};
use kiosk::demo::specimen;

use crate::stand::{Stand, bench, config_dir, is_capture, office};

const SERVICES: [&str; 3] = ["akta-kelahiran", "kk-tambah", "kia-baru"];

#[test]
fn a_birth_gives_three_numbers_on_one_slip_and_central_knows_all_of_them() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let catalogue = Catalogue::load_dir(&config_dir().join("catalogue")).expect("the shipped catalogue loads");
    let office = office(dir.path());
    let stand = Stand::start(office.settings.clone(), bench(dir.path()));
    stand.bench.camera.hold(&specimen::police_letter(1).expect("a font is installed"), 96);
    let today = catalogue.city.local(stand.now()).date();
    let services: Vec<&Service> = SERVICES.iter().map(|id| catalogue.service(id).expect("it is offered")).collect();
    let mut sample = Answers::default();
    for service in &services {
        let (_, answers) = catalogue.sample_routes(service, today).into_iter().find(|(end, _)| end.is_none()).expect("it can be submitted");
        for (id, value) in answers.values {
            sample.values.entry(id).or_insert(value);
        }
    }
    stand.to_home();
    stand.touch(Intent::OpenSearch);
    stand.until("search", |view| matches!(view.page, Page::Pick(_)));
    stand.touch(Intent::Choose("akta-kelahiran".into()));
    stand.until("requirements", |view| matches!(view.page, Page::Requirements { .. }));
    stand.touch(Intent::GoOn);
    stand.until("privacy", |view| matches!(view.page, Page::Privacy { .. }));
    stand.touch(Intent::GoOn);
    let mut given = Answers::default();
    let mut asked = Vec::new();
    for count in 1..=services.len() {
        loop {
            let route = Route::walk_visit(&catalogue, &services[..count], &given, today);
            let step = match route.end {
                End::Ask(step) => step,
                End::Complete => break,
                End::Exit(exit) => panic!("the way ends at {}", exit.id),
            };
            assert!(!asked.contains(&step.id), "{} is asked twice", step.id);
            asked.push(step.id.clone());
            let value = sample.value(&step.id).to_owned();
            match &step.kind {
                StepKind::Paper { .. } => {
                    stand.until("the camera is live", is_capture(|mode| *mode == CaptureMode::Live));
                    stand.touch(Intent::GoOn);
                    stand.until("the picture is shown", is_capture(|mode| matches!(mode, CaptureMode::Review { .. })));
                    stand.touch(Intent::GoOn);
                    stand.until("the page is kept", is_capture(|mode| *mode == CaptureMode::Pages));
                    stand.touch(Intent::GoOn);
                    given.pages.insert(step.id.clone(), 1);
                    continue;
                }
                StepKind::Choice { .. } | StepKind::Pick { .. } => {
                    stand.until_asked(step.question.source());
                    stand.touch(Intent::Choose(value.clone()));
                }
                StepKind::Entry { .. } => {
                    stand.until_asked(step.question.source());
                    let typed = value.parse::<jiff::civil::Date>().map_or_else(|_| value.replace('.', ""), |date| date.strftime("%d%m%Y").to_string());
                    if typed.is_empty() {
                        stand.touch(Intent::Skip);
                    } else {
                        stand.type_text(&typed);
                        stand.touch(Intent::GoOn);
                        stand.touch(Intent::ConfirmAnyway);
                    }
                }
            }
            given.set(&step.id, &value);
        }
        if let Some(next) = services.get(count) {
            let offers = services[..count].iter().flat_map(|service| catalogue.offers(service, &given, today)).find(|also| also.service == next.id);
            given.values.extend(offers.expect("it is offered beside the others").with.clone());
            stand.until_asked(offers.expect("it was just found").title.source());
            stand.touch(Intent::Choose("ya".into()));
        }
    }
    // Whatever else fits is not wanted today.
    let view = stand.until("check or a further offer", |view| matches!(view.page, Page::Check { .. } | Page::Choice { .. }));
    if matches!(view.page, Page::Choice { .. }) {
        stand.touch(Intent::Choose("tidak".into()));
    }
    stand.until("check", |view| matches!(view.page, Page::Check { .. }));
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("the slip is printed", |slip| slip.paper == PaperState::Printed);
    assert_eq!(slip.also.len(), 2);
    stand.until_delivered();

    stand.touch(Intent::GoOn);
    stand.to_home();
    stand.touch(Intent::FollowUp);
    stand.until("the code page", |view| matches!(view.page, Page::ReadCode { .. }));
    stand.touch(Intent::TypeNumber);
    stand.until("the number", |view| matches!(view.page, Page::Entry(_)));
    stand.type_text(&slip.number.replace('-', ""));
    stand.touch(Intent::GoOn);
    stand.until("the PIN", |view| matches!(&view.page, Page::Entry(entry) if entry.question.contains("PIN")));
    stand.type_text(&slip.pin);
    stand.touch(Intent::GoOn);
    let view = stand.until("which one?", |view| matches!(view.page, Page::Choice { .. }));
    let Page::Choice { cards, .. } = view.page else { unreachable!("it was just waited for") };
    let numbers: Vec<&str> = cards.iter().map(|card| card.id.as_str()).collect();
    let printed: Vec<&str> = std::iter::once(slip.number.as_str()).chain(slip.also.iter().map(|line| line.number.as_str())).collect();
    assert_eq!(numbers, printed, "one QR and one PIN show them all");
    stand.touch(Intent::Choose(printed[2].to_owned()));
    let view = stand.until("its progress", |view| matches!(view.page, Page::Progress(_)));
    let Page::Progress(progress) = view.page else { unreachable!("it was just waited for") };
    assert_eq!((progress.number.as_str(), progress.service.as_str()), (printed[2], services[2].title.source()));
}
