//! The pages on which a service is found, and the page that narrows a long list while letters are typed.

use catalogue::search::RESULTS_MAX;
use catalogue::{Menu, PickFrom, Row, Service, Step};

use crate::Say;
use crate::event::StoreHealth;
use crate::home::Home;
use crate::kiosk::Kiosk;
use crate::session::Session;
use crate::view::{Card, Page, Pick};

impl Kiosk {
    pub(super) fn home(&self, home: &Home) -> Page {
        if self.devices.store != StoreHealth::Open {
            let sentences = vec![self.say(Say::ClosedSentence), self.say(Say::ClosedQueued)];
            return Page::Closed { title: self.say(Say::ClosedTitle), sentences };
        }
        match home {
            Home::Events => self.events(),
            Home::Event(id) => self.event(id),
            Home::Search(typing) => self.search(&typing.value()),
            Home::Menus => {
                let card = |menu: Menu| plain_card(menu.id(), self.menu_name(menu), menu_icon(menu));
                Page::Choice { question: self.say(Say::MenuQuestion), help: String::new(), cards: Menu::ALL.map(card).to_vec() }
            }
            Home::Menu(menu) => {
                let mut services: Vec<&Service> = self.catalogue.services.values().filter(|service| service.menu == *menu).collect();
                services.sort_by(|one, other| one.code.cmp(&other.code));
                let cards = services.into_iter().map(|service| self.service_card(service)).collect();
                Page::Choice { question: self.menu_name(*menu), help: self.say(Say::MenuServices), cards }
            }
        }
    }

    fn events(&self) -> Page {
        let event = |event: &catalogue::LifeEvent| Card {
            id: event.id.clone(),
            label: self.text(&event.label),
            detail: self.text(&event.detail),
            icon: event.icon.clone(),
            selected: false,
        };
        Page::Home {
            title: self.say(Say::HomeTitle),
            events: self.catalogue.events.iter().map(event).collect(),
            search: self.say(Say::Search),
            menus: self.say(Say::AllServices),
        }
    }

    fn event(&self, id: &str) -> Page {
        let event = self.catalogue.events.iter().find(|event| event.id == id);
        let card = |behind: &catalogue::EventService| Card {
            id: behind.service.clone(),
            label: self.text(&behind.label),
            detail: behind.detail.as_ref().map(|detail| self.text(detail)).unwrap_or_default(),
            icon: behind.icon.clone(),
            selected: false,
        };
        Page::Choice {
            question: event.map(|event| self.text(&event.label)).unwrap_or_default(),
            help: self.say(Say::WhichOne),
            cards: event.into_iter().flat_map(|event| &event.services).map(card).collect(),
        }
    }

    fn search(&self, typed: &str) -> Page {
        let found = self.catalogue.find_services(typed);
        // Before anything is typed, the commonest ones stand there.
        let commonest = || self.catalogue.events.iter().filter_map(|event| event.services.first()).filter_map(|behind| self.catalogue.service(&behind.service));
        let shown: Vec<&Service> = if typed.is_empty() { commonest().take(RESULTS_MAX).collect() } else { found };
        Page::Pick(Pick {
            question: self.say(Say::SearchQuestion),
            help: self.say(Say::SearchHelp),
            typed: typed.to_owned(),
            hint: self.say(Say::SearchHint),
            nothing: if shown.is_empty() { self.say(Say::SearchNothing) } else { String::new() },
            cards: shown.into_iter().map(|service| self.service_card(service)).collect(),
            skip: None,
        })
    }

    pub(super) fn pick_page(&self, session: &Session, step: &Step, from: PickFrom, optional: bool, help: String) -> Page {
        let typed = session.typing.as_ref().map(|typing| typing.value()).unwrap_or_default();
        let rows = self.catalogue.rows(from, &typed, self.look.language);
        let chosen = session.answers.value(&step.id);
        let card = |row: Row| Card { selected: row.code == chosen, id: row.code, label: row.label, detail: row.detail, icon: String::new() };
        Page::Pick(Pick {
            question: self.text(&step.question),
            help: if help.is_empty() { self.say(Say::PickHelp) } else { help },
            hint: self.say(Say::PickHint),
            nothing: if rows.is_empty() { self.say(Say::PickNothing) } else { String::new() },
            cards: rows.into_iter().map(card).collect(),
            skip: (optional && typed.is_empty()).then(|| self.say(Say::Skip)),
            typed,
        })
    }

    fn service_card(&self, service: &Service) -> Card {
        Card { id: service.id.clone(), label: self.text(&service.title), detail: self.text(&service.official), icon: String::new(), selected: false }
    }

    fn menu_name(&self, menu: Menu) -> String {
        self.catalogue.city.menus.get(&menu).map(|name| self.text(name)).unwrap_or_default()
    }
}

fn plain_card(id: &str, label: String, icon: &str) -> Card {
    Card { id: id.into(), label, detail: String::new(), icon: icon.into(), selected: false }
}

fn menu_icon(menu: Menu) -> &'static str {
    match menu {
        Menu::Pendaftaran => "ktp",
        Menu::Sipil => "akta",
        Menu::Pemutakhiran => "edit",
    }
}
