//! Which items are asked again when an officer sends some back.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::Answers;
use crate::route::{End, Route};
use crate::schema::Service;

/// Items to ask again: the faulty ones, and every question that becomes newly reachable while they are open.
///
/// Faults that are not on the route of `answers` are left out, since nobody would see them asked.
pub fn reask(service: &Service, answers: &Answers, faults: &BTreeSet<String>, today: Date) -> Vec<String> {
    let before = Route::walk(service, answers, today);
    let mut open = answers.clone();
    for id in faults {
        open.values.remove(id);
        open.pages.remove(id);
    }
    let mut items: Vec<String> = before.answered.iter().filter(|step| faults.contains(&step.id)).map(|step| step.id.clone()).collect();
    // A removed choice closes the walk early; what lies behind it is asked when its new answer asks for it.
    if let End::Ask(step) = Route::walk(service, &open, today).end
        && !items.contains(&step.id)
        && !before.has(&step.id)
    {
        items.push(step.id.clone());
    }
    items
}
