//! Where a resident looks for the right service: life events, the search, the office's own menus.
//!
//! Nothing is begun here; choosing a service is the machine's affair. The search never has a wrong answer, only a nearer one.

use catalogue::{Catalogue, Menu};

use crate::event::Intent;
use crate::typing::{Field, Typing};

/// The page being looked at.
#[derive(Clone, Debug)]
pub enum Home {
    Events,
    /// A life event behind which several services stand.
    Event(String),
    Search(Typing),
    Menus,
    Menu(Menu),
}

/// What a wish led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Still looking.
    Nothing,
    Service(String),
    /// Back to the first page.
    Away,
}

impl Home {
    pub fn wished(&mut self, intent: Intent, catalogue: &Catalogue) -> Found {
        match (&mut *self, intent) {
            (_, Intent::OpenSearch) => *self = Self::Search(Typing::new(Field::Search)),
            (_, Intent::OpenMenus) => *self = Self::Menus,
            (Self::Events, Intent::ChooseEvent(id)) => match catalogue.events.iter().find(|event| event.id == id).map(|event| event.services.as_slice()) {
                Some([only]) => return Found::Service(only.service.clone()),
                Some(_) => *self = Self::Event(id),
                None => {}
            },
            (Self::Menus, Intent::Choose(id)) => {
                if let Some(menu) = Menu::ALL.into_iter().find(|menu| menu.id() == id) {
                    *self = Self::Menu(menu);
                }
            }
            (Self::Event(_) | Self::Menu(_) | Self::Search(_), Intent::Choose(id)) if catalogue.service(&id).is_some() => return Found::Service(id),
            (Self::Search(typing), Intent::Key(key)) => typing.key(key),
            (Self::Search(typing), Intent::Erase) => typing.erase(),
            (Self::Search(typing), Intent::Clear) => typing.clear(),
            (Self::Menu(_), Intent::GoBack) => *self = Self::Menus,
            (Self::Event(_) | Self::Search(_) | Self::Menus, Intent::GoBack) => *self = Self::Events,
            (Self::Events, Intent::GoBack) => return Found::Away,
            _ => {}
        }
        Found::Nothing
    }

    /// Changes exactly when another page is shown.
    pub fn page_key(&self) -> String {
        match self {
            Self::Events => "home".into(),
            Self::Event(id) => format!("home event {id}"),
            Self::Search(_) => "home search".into(),
            Self::Menus => "home menus".into(),
            Self::Menu(menu) => format!("home menu {}", menu.id()),
        }
    }
}
