//! The outputs of an application as an officer sees them: state, promise, place, lateness, and each its own act.

use catalogue::{Catalogue, Language};
use jiff::Timestamp;
use maud::{Markup, html};

use super::acts::{Forms, forms};
use super::queue::{standing_badge, state_badge};
use crate::db::outputs::Output;
use crate::progress::{Progress, Standing};
use crate::words;

/// What the cards are made of.
pub struct Shown<'a> {
    pub catalogue: &'a Catalogue,
    pub progress: Progress<'a>,
    /// The clock on the slip, for an output from before outputs had their own.
    pub slip_clock: &'a str,
    pub now: Timestamp,
    /// The forms of the application as a whole; each output's own differ from them in what they are about.
    pub forms: Forms<'a>,
}

/// One card for each output, with its own acts where it may go its own way.
pub fn cards(shown: &Shown<'_>) -> Markup {
    let outputs = shown.progress.outputs();
    html! {
        @for output in outputs {
            @let heading = format!("hasil-{}", output.place_no);
            @let next = shown.progress.next_of(output);
            section.card aria-labelledby=(heading) {
                h2 id=(heading) { "Hasil: " (shown.progress.title(output, Language::Id)) }
                p { (state_badge(shown.catalogue, &output.state)) " " (standing_badge(shown.progress.standing_of(output, shown.now), shown.now)) }
                (facts(shown, output))
                @if !next.is_empty() { (forms(&Forms { output: shown.progress.id(output), state: &output.state, next: &next, ..shown.forms })) }
            }
        }
    }
}

fn facts(shown: &Shown<'_>, output: &Output) -> Markup {
    let known = shown.progress.described(output);
    let clock = if output.clock.is_empty() { shown.slip_clock } else { &output.clock };
    let place = known.and_then(|known| shown.catalogue.place(&known.place));
    let late = words::lateness(shown.progress.lateness(output, clock, shown.now));
    html! {
        dl.facts.tight {
            dt { "Paling lambat" }
            dd {
                @if shown.progress.standing_of(output, shown.now) == Standing::Paused { "Waktu berhenti dan berlanjut setelah langkah ini" }
                @else { (words::moment(shown.catalogue, shown.progress.due_at(output, shown.now), Language::Id)) }
            }
            @if let Some(clock) = shown.catalogue.clock(clock) { dt { "Janji" } dd { (clock.label.get(Language::Id)) } }
            @if let Some(late) = late { dt { "Janji terlewat" } dd.late { (late) } }
            @if let Some(place) = place { dt { "Diambil di" } dd { (place.text.get(Language::Id)) } }
        }
    }
}
