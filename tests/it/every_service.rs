//! The robot resident walks every service of the catalogue on the kiosk's own pages, from the search to its end: a slip, or the
//! card that says what to do instead. It reads what the pages show and touches what can be seen; the list is printed.

use std::time::{Duration, Instant};

use catalogue::route::{End, Route};
use catalogue::{Answers, Catalogue, Class, Menu, PickFrom, Service, Step, StepKind};
use flow::Intent;
use kiosk::demo::specimen;
use kiosk::present::Stage;
use slint::{ComponentHandle, Model, PhysicalSize};
use ui::headless::{Clock, Headless};
use ui::{CaptureMode, PageKind, PaperState, Resident};

use crate::stand::{Stand, WAIT, bench, config_dir, office};

/// Long enough for the guard of a new page to end, on the clock of the pages.
const LOOK: Duration = Duration::from_millis(450);
/// Times a page is scrolled before its words are given up.
const SCROLLS_MAX: usize = 14;

#[test]
fn every_service_of_population_registration_is_walked_to_its_end() {
    walk_menu(Menu::Pendaftaran);
}

#[test]
fn every_service_of_civil_registration_is_walked_to_its_end() {
    walk_menu(Menu::Sipil);
}

#[test]
fn every_service_of_data_updates_is_walked_to_its_end() {
    walk_menu(Menu::Pemutakhiran);
}

fn walk_menu(menu: Menu) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let catalogue = Catalogue::load_dir(&config_dir().join("catalogue")).expect("the shipped catalogue loads");
    let headless = Headless::install(Clock::Hand, PhysicalSize::new(1080, 1920)).expect("no other platform in this process");
    let stage = Stage::new().expect("the window can be made");
    let office = office(dir.path());
    let stand = Stand::start_on(office.settings.clone(), bench(dir.path()), Some(&stage));
    stage.window.show().expect("the window shows");
    stand.bench.camera.hold(&specimen::police_letter(1).expect("a font is installed"), 96);
    let mut robot = Robot { headless, stage, stand, catalogue: &catalogue };
    let mut services: Vec<&Service> = catalogue.services.values().filter(|service| service.menu == menu).collect();
    services.sort_by(|one, other| one.code.cmp(&other.code));
    assert!(services.len() >= 13, "{} services in this menu", services.len());
    let mut sent = 0;
    for service in services {
        let end = robot.walk(service);
        sent += u32::from(service.class != Class::K3);
        println!("{} {:<20} {end}", service.code, service.id);
    }
    robot.stand.until_delivered();
    println!("{sent} submissions delivered to central");
    robot.stand.running.stop();
}

struct Robot<'a> {
    headless: Headless,
    stage: Stage,
    stand: Stand,
    catalogue: &'a Catalogue,
}

impl Robot<'_> {
    /// Walks one service to its end and says what that was.
    fn walk(&mut self, service: &Service) -> String {
        let today = self.catalogue.city.local(self.stand.now()).date();
        let samples = self.catalogue.sample_routes(service, today);
        let wanted = |end: &Option<String>| if service.class == Class::K3 { end.is_some() } else { end.is_none() };
        let (end, sample) = samples.into_iter().find(|(end, _)| wanted(end)).expect("every service has its end");
        self.find(service);
        self.at("requirements", |resident| resident.get_page() == PageKind::Requirements);
        self.press("Lengkap, mulai");
        if service.class != Class::K3 {
            self.at("privacy", |resident| resident.get_page() == PageKind::Privacy);
            self.press("Saya mengerti");
        }
        let mut given = Answers::default();
        while let End::Ask(step) = Route::walk(self.catalogue, service, &given, today).end {
            self.answer(step, &sample);
            match &step.kind {
                StepKind::Paper { .. } => {
                    given.pages.insert(step.id.clone(), sample.page_count(&step.id));
                }
                _ => given.set(&step.id, sample.value(&step.id)),
            }
        }
        let said = match &end {
            Some(id) => self.card(service, id),
            None => self.submit(service),
        };
        self.home();
        said
    }

    /// Types the service's name into the search and touches its card.
    fn find(&mut self, service: &Service) {
        self.press("Sentuh layar untuk mulai");
        self.at("home", |resident| resident.get_page() == PageKind::Home);
        self.press("Cari layanan");
        self.at("search", |resident| resident.get_page() == PageKind::Pick);
        let title = service.title.source().to_owned();
        let mut typed = String::new();
        for character in title.to_uppercase().chars().filter(|character| character.is_ascii_alphabetic() || *character == ' ') {
            self.key(character);
            typed.push(character);
            let now = typed.trim_end().to_owned();
            self.at("the letters are there", |resident| resident.get_pick().typed.trim_end() == now);
            if typed.len() >= 4 && self.resident(|resident| resident.get_pick().cards.iter().take(3).any(|card| card.id == service.id.as_str())) {
                return self.press(&title);
            }
        }
        panic!("{} is not found by its own name", service.id);
    }

    fn answer(&mut self, step: &Step, sample: &Answers) {
        let question = step.question.source().to_owned();
        let value = sample.value(&step.id);
        match &step.kind {
            StepKind::Choice { choices } => {
                self.at(&question, |resident| resident.get_page() == PageKind::Choice && resident.get_choice().question == question);
                let choice = choices.iter().find(|choice| choice.value == value).expect("the sample gives a choice");
                self.press(choice.label.source());
            }
            StepKind::Entry { .. } => {
                self.at(&question, |resident| resident.get_page() == PageKind::Entry && resident.get_entry().question == question);
                if value.is_empty() {
                    return self.press("Lewati");
                }
                self.type_text(&keys_for(value));
                self.press("Lanjut");
                // Invented people contradict themselves here and there: "sudah benar?" is answered with yes.
                self.settle();
                let is_doubted = |resident: &Resident<'_>| {
                    resident.get_page() == PageKind::Entry && resident.get_entry().question == question && resident.get_entry().weight == ui::Weight::Ask
                };
                if self.resident(is_doubted) {
                    self.press("Ya, sudah benar");
                }
            }
            StepKind::Pick { from, .. } => {
                self.at(&question, |resident| resident.get_page() == PageKind::Pick && resident.get_pick().question == question);
                if value.is_empty() {
                    return self.press("Lewati");
                }
                let name = match from {
                    PickFrom::Region(_) => self.catalogue.regions[value].name.clone(),
                    PickFrom::Occupation => self.catalogue.list_label("pekerjaan", value).expect("the sample gives a code").source().to_owned(),
                };
                for character in name.to_uppercase().chars().filter(|character| character.is_ascii_alphabetic()).take(6) {
                    self.key(character);
                }
                self.at("the row is offered", |resident| resident.get_pick().cards.iter().any(|card| card.id == value));
                self.press(&name);
            }
            StepKind::Paper { .. } => self.photograph(),
        }
    }

    fn photograph(&mut self) {
        self.at("the camera is live", |resident| {
            resident.get_page() == PageKind::Capture && resident.get_capture().mode == CaptureMode::Live && resident.get_primary_enabled()
        });
        self.press("Ambil foto");
        self.at("the picture is shown", |resident| resident.get_capture().mode == CaptureMode::Review);
        let keep = self.resident(|resident| resident.get_primary_label().to_string());
        self.press(&keep);
        self.at("the page is kept", |resident| resident.get_capture().mode == CaptureMode::Pages);
        self.press("Lanjut");
    }

    fn card(&mut self, service: &Service, id: &str) -> String {
        let exit = service.exits.iter().find(|exit| exit.id == id).expect("the exit is the service's own");
        let title = exit.title.source().to_owned();
        self.at(&title, |resident| resident.get_page() == PageKind::Exit && resident.get_exit().title == title);
        let before = self.stand.bench.printer.papers().len();
        self.press("Cetak daftar ini");
        assert!(self.stand.bench.printer.wait_for_paper(before + 1, WAIT), "{}: the card is printed", service.id);
        self.at("the card is printed", |resident| resident.get_exit().print == ui::PrintButton::Done);
        format!("card: {title}")
    }

    fn submit(&mut self, service: &Service) -> String {
        for _ in 0..5 {
            self.at("check or an offer", |resident| matches!(resident.get_page(), PageKind::Check | PageKind::Choice));
            if self.resident(|resident| resident.get_page() == PageKind::Check) {
                break;
            }
            let question = self.resident(|resident| resident.get_choice().question.clone());
            self.press("Tidak, ini saja");
            self.at("the next page", |resident| resident.get_page() == PageKind::Check || resident.get_choice().question != question);
        }
        self.press("Kirim");
        self.at("the slip is printed", |resident| resident.get_page() == PageKind::Slip && resident.get_slip().paper == PaperState::Printed);
        let slip = self.resident(|resident| resident.get_slip());
        assert_eq!(slip.service, service.title.source(), "the slip names its service");
        self.press("Selesai");
        self.at("goodbye", |resident| resident.get_page() == PageKind::Goodbye);
        format!("slip {}, {}", slip.number, slip.promise)
    }

    /// Back to the idle page, whatever is shown.
    fn home(&mut self) {
        for _ in 0..4 {
            if self.resident(|resident| resident.get_page() == PageKind::Idle) {
                return;
            }
            self.stand.touch(if self.resident(|resident| resident.get_page() == PageKind::Goodbye) { Intent::Wake } else { Intent::Leave });
            self.settle();
            if self.resident(|resident| resident.get_overlay() == ui::OverlayKind::LeaveAsked) {
                self.stand.touch(Intent::Leave);
                self.settle();
            }
        }
        self.at("idle", |resident| resident.get_page() == PageKind::Idle);
    }

    // --- Eyes and fingers ---

    fn resident<T>(&self, read: impl Fn(&Resident<'_>) -> T) -> T {
        read(&self.stage.window.global::<Resident>())
    }

    /// Waits until the pages show what is wanted.
    fn at(&self, what: &str, level: impl Fn(&Resident<'_>) -> bool) {
        let began = Instant::now();
        let resident = self.stage.window.global::<Resident>();
        loop {
            self.headless.advance(Duration::from_millis(16));
            if level(&resident) {
                return;
            }
            assert!(began.elapsed() < WAIT, "{what}: did not come; the page is {:?} with {:?}", resident.get_page(), self.headless.labels(&self.stage.window));
            std::thread::park_timeout(Duration::from_millis(3));
        }
    }

    /// Gives the app time to answer the last touch.
    fn settle(&self) {
        let end = Instant::now() + Duration::from_millis(60);
        while Instant::now() < end {
            self.headless.advance(Duration::from_millis(16));
            std::thread::park_timeout(Duration::from_millis(3));
        }
    }

    /// Touches the first thing that carries this label, scrolling down until it is in sight.
    fn press(&self, label: &str) {
        self.stand.clock.advance(Duration::from_secs(1));
        self.headless.advance(LOOK);
        // What is on the page but not yet to be touched waits for the app's answer to the last key.
        let waits = |place: &ui::headless::Place| place.label == label && !place.enabled;
        let began = Instant::now();
        while self.headless.places(&self.stage.window).iter().any(waits) && began.elapsed() < WAIT {
            self.settle();
        }
        for _ in 0..SCROLLS_MAX {
            let places = self.headless.places(&self.stage.window);
            let place = |wanted: &str| places.iter().find(|place| place.label == wanted && place.enabled).map(|place| place.middle());
            let (middle, found) = match (place(label), place("Ke bawah")) {
                (Some(middle), _) => (middle, true),
                (None, Some(down)) => (down, false),
                (None, None) => panic!("\"{label}\" is not there: {:?}", self.headless.labels(&self.stage.window)),
            };
            self.headless.touch(&self.stage.window, middle.x, middle.y).expect("the window takes touches");
            if found {
                return;
            }
            self.headless.advance(LOOK);
        }
        panic!("\"{label}\" is not on the page, however far it is scrolled");
    }

    fn key(&self, character: char) {
        let label = if character == ' ' { "Spasi".to_owned() } else { character.to_string() };
        self.headless.touch_label(&self.stage.window, &label).unwrap_or_else(|reason| panic!("key {label:?}: {reason}"));
    }

    fn type_text(&self, text: &str) {
        for character in text.chars() {
            self.key(character);
        }
    }
}

/// The keys that make a stored value: a date is typed day first, a time without its dot.
fn keys_for(value: &str) -> String {
    match value.parse::<jiff::civil::Date>() {
        Ok(date) => date.strftime("%d%m%Y").to_string(),
        Err(_) if value.len() == 5 && value.as_bytes()[2] == b'.' => value.replace('.', ""),
        Err(_) => value.to_owned(),
    }
}
