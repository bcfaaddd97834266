//! What the city asks: services, questions, papers, rules, numbers and promises, as data that is checked when it loads.
//!
//! The catalogue decides *what* is asked and what the answers mean; it never decides what happens on a screen (`flow`) and
//! never reads a clock or an environment variable: the same files and the same answers give the same result in the kiosk, in
//! the server and next year. Start reading at [`schema`] (the shapes), then [`route`] (what is asked next).
//! The rule a newcomer would break: a fact about one city or one service belongs into `config/catalogue/`, never here.

mod answers;
mod city;
mod compile;
pub mod finding;
mod load;
pub mod number;
mod promise;
mod raw;
mod repair;
pub mod route;
mod rule;
pub mod schema;
mod states;
mod text;

pub use answers::Answers;
pub use city::{City, Region};
pub use finding::{Finding, FindingId, Weight};
pub use load::{Bundle, LoadError, Problem};
pub use promise::{Clock, Promise};
pub use repair::reask;
pub use route::Route;
pub use rule::{Facts, Rule};
pub use schema::{Catalogue, Choice, EntryKind, Exit, LifeEvent, Paper, Reason, Section, Service, Step, StepKind};
pub use states::{State, StatePath, StateTone};
pub use text::{Language, Text};
