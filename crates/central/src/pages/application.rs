//! One application as an officer sees it: every answer, every page, the history, and what may be done now.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalogue::route::Route;
use catalogue::{Language, StateTone, Step, StepKind};
use jiff::Timestamp;
use maud::{Markup, html};

use super::acts::{Forms, forms};
use super::layout::{self, Band, icon};
use super::queue::{kelurahan_name, pauses, promise, service_title};
use crate::db::applications::{Application, AskedItem, Line};
use crate::dossier::{Dossier, Page};
use crate::notes;
use crate::office::Office;
use crate::words;

/// Everything the page is made of.
pub struct Shown<'a> {
    pub application: &'a Application,
    pub dossier: &'a Dossier,
    pub history: &'a [Line],
    /// Names of officers by login.
    pub names: &'a BTreeMap<String, String>,
    /// What is asked again now.
    pub asked: &'a [AskedItem],
    pub next: &'a [&'a str],
    pub now: Timestamp,
    pub message: Option<(StateTone, String)>,
    pub typed: &'a [(String, String)],
}

/// The page.
pub fn page(office: &Arc<Office>, band: &Band<'_>, shown: &Shown<'_>) -> Markup {
    let application = shown.application;
    let state = office.catalogue.state(&application.state);
    let service = office.catalogue.service(&application.service);
    let for_rules = shown.dossier.for_rules();
    let route = service.map(|service| Route::walk(service, &for_rules, office.catalogue.city.local(application.submitted_at).date()));
    let steps: Vec<&Step> = route.as_ref().map_or_else(Vec::new, |route| route.answered.clone());
    let forms_of = Forms {
        number: &application.number,
        state: &application.state,
        lines: application.lines,
        form_code: band.form_code,
        next: shown.next,
        steps: &steps,
        typed: shown.typed,
    };
    layout::office(
        &application.number,
        Some(band),
        &html! {
            p { a href="/petugas" { (icon("back")) "Antrean" } }
            div.head {
                h1 { (application.number) }
                (layout::badge(state.map_or(StateTone::Plain, |state| state.tone), state.map_or(&application.state, |state| state.label.get(Language::Id))))
                (promise(office, application, shown.now))
            }
            @if let Some((tone, sentence)) = &shown.message { (layout::message(*tone, sentence)) }
            div.split {
                div {
                    section.card aria-labelledby="ringkas" {
                        h2 #ringkas { "Ringkasan" }
                        dl.facts {
                            dt { "Layanan" } dd { (service_title(office, &application.service)) }
                            dt { "Kelurahan" } dd { (kelurahan_name(office, &application.kelurahan)) }
                            dt { "Masuk" } dd { (words::moment(&office.catalogue, application.submitted_at, Language::Id)) }
                            dt { "Dijanjikan paling lambat" }
                        dd {
                            @if pauses(office, application) { "Waktu berhenti dan berlanjut setelah langkah ini" }
                            @else { (words::moment(&office.catalogue, office.due_at(application, shown.now), Language::Id)) }
                        }
                        }
                    }
                    @if !shown.asked.is_empty() { (asked(office, shown)) }
                    section.card aria-labelledby="jawaban" {
                        h2 #jawaban { "Jawaban warga" }
                        dl.facts { @for step in &steps { (answer(office, shown.dossier, step)) } (unknown_answers(shown.dossier, &steps)) }
                    }
                    section.card aria-labelledby="berkas" {
                        h2 #berkas { "Berkas" }
                        @for (paper, pages) in &shown.dossier.papers { (paper_pages(office, shown, paper, pages)) }
                        @if shown.dossier.papers.is_empty() { p { "Tidak ada berkas." } }
                    }
                }
                div {
                    section.card aria-labelledby="tindakan" { h2 #tindakan { "Tindakan" } (forms(office, &forms_of)) }
                    section.card aria-labelledby="riwayat" { h2 #riwayat { "Riwayat" } (history(office, shown)) }
                }
            }
        },
    )
}

fn answer(office: &Office, dossier: &Dossier, step: &Step) -> Markup {
    if matches!(step.kind, StepKind::Paper { .. }) {
        return html! {};
    }
    let value = dossier.answers.get(&step.id).map_or("", String::as_str);
    html! {
        dt { (step.label.get(Language::Id)) }
        dd {
            @if value.is_empty() { "(dilewati)" } @else { (office.catalogue.answer_text(step, value, Language::Id)) }
            @if dossier.repaired.contains(&step.id) { (layout::badge(StateTone::Done, "Diperbaiki")) }
        }
    }
}

/// Answers to questions that are not on today's route; shown as they came rather than hidden.
fn unknown_answers(dossier: &Dossier, steps: &[&Step]) -> Markup {
    html! {
        @for (id, value) in &dossier.answers {
            @if !steps.iter().any(|step| step.id == *id) { dt { (id) " (pertanyaan lama)" } dd { (value) } }
        }
    }
}

fn paper_pages(office: &Office, shown: &Shown<'_>, paper: &str, pages: &[Page]) -> Markup {
    let label = step_label(office, shown.application, paper);
    html! {
        h3 { (label) @if shown.dossier.repaired.contains(paper) { " " (layout::badge(StateTone::Done, "Diperbaiki")) } }
        ul.sheets { @for (index, page) in pages.iter().enumerate() { li { (sheet(shown.application, label, index + 1, page)) } } }
        @if let Some(before) = shown.dossier.replaced.get(paper) {
            details { summary { "Sebelum perbaikan (" (before.len()) " halaman)" }
                div.inside { ul.sheets { @for (index, page) in before.iter().enumerate() { li { (sheet(shown.application, label, index + 1, page)) } } } } }
        }
    }
}

fn sheet(application: &Application, label: &str, page_no: usize, page: &Page) -> Markup {
    let href = format!("/petugas/permohonan/{}/berkas/{}/{}", application.number, page.key, page.part);
    let source = match page.source.as_str() {
        "scanner" => "pemindai",
        _ => "kamera",
    };
    html! {
        figure {
            a href=(href) { img src=(href) alt={ (label) ", halaman " (page_no) } loading="lazy"; }
            figcaption {
                a href=(href) { "Halaman " (page_no) ", buka ukuran penuh" } "Dari " (source)
                @for finding in &page.findings { " " (layout::badge(StateTone::Attention, finding_word(finding))) }
            }
        }
    }
}

fn finding_word(finding: &str) -> &str {
    match finding {
        "too-dark" => "Gelap",
        "blurred" => "Buram",
        "too-bright" => "Terlalu terang",
        other => other,
    }
}

fn asked(office: &Office, shown: &Shown<'_>) -> Markup {
    html! {
        section.card aria-labelledby="diminta" {
            h2 #diminta { "Menunggu perbaikan dari warga" }
            dl.facts {
                @for item in shown.asked {
                    dt { (step_label(office, shown.application, &item.item)) }
                    dd {
                        (reason_label(office, &item.reason))
                        @let note = notes::open(office, &item.note_sealed);
                        @if !note.is_empty() { " · “" (note) "”" }
                    }
                }
                @if let Some(item) = shown.asked.first() { dt { "Paling lambat" } dd { (words::moment(&office.catalogue, item.until, Language::Id)) } }
            }
        }
    }
}

fn history(office: &Office, shown: &Shown<'_>) -> Markup {
    html! {
        ol.history {
            @for line in shown.history.iter().rev() {
                li {
                    strong { (office.catalogue.state(&line.state).map_or(line.state.as_str(), |state| state.label.get(Language::Id))) }
                    small { (words::short_moment(&office.catalogue, line.at)) " · " (actor(shown, &line.actor)) }
                    @if !line.reason.is_empty() { p { (reason_label(office, &line.reason)) } }
                    @let note = notes::open(office, &line.note_sealed);
                    @if !note.is_empty() { p { "“" (note) "”" } }
                }
            }
        }
    }
}

fn actor(shown: &Shown<'_>, actor: &str) -> String {
    match actor.split_once(':') {
        Some(("kiosk", name)) => format!("Warga, di kios {name}"),
        Some(("petugas", login)) => shown.names.get(login).cloned().unwrap_or_else(|| login.to_owned()),
        _ => actor.to_owned(),
    }
}

fn reason_label(office: &Office, code: &str) -> String {
    office.catalogue.reasons.get(code).map_or_else(|| code.to_owned(), |reason| format!("{code} · {}", reason.label.get(Language::Id)))
}

fn step_label<'a>(office: &'a Office, application: &Application, item: &'a str) -> &'a str {
    office.catalogue.service(&application.service).and_then(|service| service.step(item)).map_or(item, |step| step.label.get(Language::Id))
}
