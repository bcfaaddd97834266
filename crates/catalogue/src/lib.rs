//! What the city asks: services, questions, papers, rules, numbers and promises, as data that is checked when it loads.
//!
//! The catalogue decides *what* is asked and what the answers mean; it never decides what happens on a screen (`flow`) and
//! never reads a clock or an environment variable: the same files and the same answers give the same result in the kiosk, in
//! the server and next year. Start reading at [`schema`] (the shapes), then [`route`] (what is asked next).
//! The rule a newcomer would break: a fact about one city or one service belongs into `config/catalogue/`, never here.

mod answers;
pub mod check;
mod city;
mod compile;
pub mod example;
pub mod facts;
pub mod finding;
mod load;
pub mod number;
mod pick;
mod po;
mod promise;
mod raw;
pub mod repair;
pub mod route;
mod rule;
pub mod schema;
pub mod search;
pub mod signed;
mod states;
pub mod step;
mod text;
mod trial;
pub mod walk;

pub use answers::Answers;
pub use city::{City, Compensation, CompensationPer, Figure, Region};
pub use finding::{Finding, FindingId, Weight};
pub use load::{Bundle, LoadError, Problem};
pub use pick::Row;
pub use promise::{Clock, Lateness, Promise};
pub use repair::reask;
pub use route::Route;
pub use rule::Rule;
pub use schema::{
    Also, Bring, Case, Catalogue, Class, ClockUse, EventService, Exit, Forecast, LifeEvent, Menu, Onward, Output, Paper, PaperNumber, PaperShape, Place,
    Reason, Service,
};
pub use states::{State, StatePath, StateTone};
pub use step::{Choice, EntryKind, ItemKind, Level, OccupationGroup, PickFrom, Section, Step, StepKind};
pub use text::{Dictionary, Language, Text};
