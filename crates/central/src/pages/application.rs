//! One application as an officer sees it: doubts, answers with their form fields, pages, history, and what may be done now.

use std::collections::BTreeMap;

use catalogue::{Catalogue, Language, StateTone, Step, StepKind};
use jiff::Timestamp;
use maud::{Markup, html};

use super::acts::{Forms, forms};
use super::layout::{self, Band, icon};
use super::outputs;
use super::queue::{kelurahan_name, menu_name, service_title, standing_badge, state_badge, state_label};
use super::sheets;
use crate::bundles::Reading;
use crate::db::applications::{Application, AskedItem, Line};
use crate::db::outputs::Output;
use crate::dossier::Dossier;
use crate::notes;
use crate::office::Office;
use crate::pages::doubts;
use crate::progress::Progress;
use crate::recheck::Doubt;
use crate::words;

/// Everything the page is made of.
pub struct Shown<'a> {
    pub office: &'a Office,
    pub application: &'a Application,
    pub reading: &'a Reading,
    pub outputs: &'a [Output],
    /// Every application of the visit, this one among them.
    pub visit: &'a [Application],
    pub dossier: &'a Dossier,
    pub doubts: &'a [Doubt],
    pub history: &'a [Line],
    /// Names of officers by login.
    pub names: &'a BTreeMap<String, String>,
    /// What is asked again now.
    pub asked: &'a [AskedItem],
    pub now: Timestamp,
    pub message: Option<(StateTone, String)>,
    pub typed: &'a [(String, String)],
}

impl Shown<'_> {
    fn note(&self, sealed: &str) -> String {
        notes::open(self.office, sealed)
    }
}

/// The page.
pub fn page(band: &Band<'_>, shown: &Shown<'_>) -> Markup {
    let application = shown.application;
    let catalogue: &Catalogue = &shown.reading.catalogue;
    let progress = Progress::new(catalogue, &application.service, shown.outputs);
    let asked = shown.dossier.asked_of(catalogue, &application.service);
    let next = progress.next_of_all();
    let forms_of_all = Forms {
        catalogue,
        number: &application.number,
        output: "",
        state: progress.leading().map_or("", |output| &output.state),
        lines: application.lines,
        form_code: band.form_code,
        next: &next,
        steps: &asked.may_go_back,
        typed: shown.typed,
    };
    let slip_clock = shown.dossier.claim(&application.number).map_or("", |claim| &claim.clock);
    let cards = outputs::Shown { catalogue, progress, slip_clock, now: shown.now, forms: forms_of_all };
    layout::office(
        &application.number,
        Some(band),
        &html! {
            p { a href="/petugas" { (icon("back")) "Antrean" } }
            div.head {
                h1 { (application.number) }
                (state_badge(catalogue, &application.state))
                (standing_badge(progress.standing(shown.now), shown.now))
            }
            @if let Some((tone, sentence)) = &shown.message { (layout::message(*tone, sentence)) }
            div.split {
                div {
                    (doubts::card(catalogue, &application.service, shown.doubts))
                    (summary(shown))
                    @if !shown.asked.is_empty() { (asked_again(shown)) }
                    (forecasts(shown))
                    section.card aria-labelledby="jawaban" {
                        h2 #jawaban { "Jawaban warga" }
                        dl.facts {
                            @for step in &asked.on_route { (answer(shown, step, None)) }
                            @for step in &asked.off_route { (answer(shown, step, Some("Di luar alur"))) }
                            @for id in &asked.unknown { @if let Some(value) = shown.dossier.answers.get(*id) { dt { (id) " (pertanyaan lama)" } dd { (value) } } }
                        }
                    }
                    section.card aria-labelledby="berkas" {
                        h2 #berkas { "Berkas" }
                        (sheets::papers(catalogue, application, shown.dossier, &asked.elsewhere))
                    }
                }
                div {
                    section.card aria-labelledby="tindakan" {
                        h2 #tindakan { @if shown.outputs.len() > 1 { "Tindakan untuk semua hasil" } @else { "Tindakan" } }
                        @if next.is_empty() && progress.summary().closed { p { "Permohonan ini sudah selesai. Tidak ada tindakan lagi." } }
                        @else if next.is_empty() { p { "Setiap hasil berjalan sendiri. Pilih tindakan pada hasilnya di bawah." } }
                        @else { (forms(&forms_of_all)) }
                    }
                    (outputs::cards(&cards))
                    section.card aria-labelledby="riwayat" { h2 #riwayat { "Riwayat" } (history(shown, &progress)) }
                }
            }
        },
    )
}

fn summary(shown: &Shown<'_>) -> Markup {
    let office = shown.office;
    let application = shown.application;
    let catalogue: &Catalogue = &shown.reading.catalogue;
    let service = catalogue.service(&application.service);
    html! {
        section.card aria-labelledby="ringkas" {
            h2 #ringkas { "Ringkasan" }
            dl.facts {
                dt { "Layanan" }
                dd {
                    (service_title(catalogue, &application.service))
                    @if let Some(service) = service { small { (service.code) " · " (service.official.get(Language::Id)) @if !service.forms.is_empty() { " · " (service.forms.join(", ")) } } }
                }
                dt { "Kelompok" } dd { (menu_name(office, &application.menu)) }
                @if let Some(human) = service.and_then(|service| service.human.as_ref()) { dt { "Langkah petugas" } dd { (human.get(Language::Id)) } }
                dt { "Kelurahan" } dd { (kelurahan_name(office, &application.kelurahan)) }
                dt { "Masuk" } dd { (words::moment(catalogue, application.submitted_at, Language::Id)) }
            }
            @if shown.visit.len() > 1 {
                h3 { "Diurus sekalian dalam kunjungan ini" }
                ul { @for other in shown.visit.iter().filter(|other| other.number != application.number) {
                    li { a href={ "/petugas/permohonan/" (other.number) } { (other.number) } " · " (service_title(catalogue, &other.service)) " · " (state_label(catalogue, &other.state)) }
                } }
            }
        }
    }
}

fn forecasts(shown: &Shown<'_>) -> Markup {
    let catalogue: &Catalogue = &shown.reading.catalogue;
    let day = catalogue.city.local(shown.application.submitted_at).date();
    let service = catalogue.service(&shown.application.service);
    let held = service.map_or_else(Vec::new, |service| catalogue.forecast(service, &shown.dossier.for_rules(), day));
    html! {
        @if !held.is_empty() {
            section.card aria-labelledby="perkiraan" {
                h2 #perkiraan { "Perkiraan kios" }
                p.help { "Warga sudah melihat kalimat ini sebelum mengirim." }
                dl.facts { @for forecast in held {
                    dt { (step_label(catalogue, &shown.application.service, &forecast.item)) }
                    dd { (forecast.text.get(Language::Id)) small { (reason_label(catalogue, &forecast.reason)) } }
                } }
            }
        }
    }
}

fn answer(shown: &Shown<'_>, step: &Step, remark: Option<&str>) -> Markup {
    if matches!(step.kind, StepKind::Paper { .. }) {
        return html! {};
    }
    let value = shown.dossier.answers.get(&step.id).map_or("", String::as_str);
    html! {
        dt { (step.label.get(Language::Id)) @if let Some(field) = &step.field { small { (field) } } }
        dd {
            @if value.is_empty() { "(dilewati)" } @else { (shown.reading.catalogue.answer_text(step, value, Language::Id)) }
            @if shown.dossier.repaired.contains(&step.id) { (layout::badge(StateTone::Done, "Diperbaiki")) }
            @if let Some(remark) = remark { (layout::badge(StateTone::Attention, remark)) }
        }
    }
}

fn asked_again(shown: &Shown<'_>) -> Markup {
    let catalogue: &Catalogue = &shown.reading.catalogue;
    html! {
        section.card aria-labelledby="diminta" {
            h2 #diminta { "Menunggu perbaikan dari warga" }
            dl.facts {
                @for item in shown.asked {
                    dt { (step_label(catalogue, &shown.application.service, &item.item)) }
                    dd { (reason_label(catalogue, &item.reason)) @if !item.note_sealed.is_empty() { " · “" (shown.note(&item.note_sealed)) "”" } }
                }
                @if let Some(item) = shown.asked.first() { dt { "Paling lambat" } dd { (words::moment(catalogue, item.until, Language::Id)) } }
            }
        }
    }
}

fn history(shown: &Shown<'_>, progress: &Progress<'_>) -> Markup {
    let catalogue: &Catalogue = &shown.reading.catalogue;
    let about = |line: &Line| shown.outputs.iter().find(|output| !line.output.is_empty() && output.id == line.output);
    html! {
        ol.history {
            @for line in shown.history.iter().rev() {
                li {
                    strong { (state_label(catalogue, &line.state)) }
                    @if let Some(output) = about(line) { " · " (progress.title(output, Language::Id)) }
                    small { (words::short_moment(catalogue, line.at)) " · " (actor(shown, &line.actor)) }
                    @if !line.reason.is_empty() { p { (reason_label(catalogue, &line.reason)) } }
                    @if !line.note_sealed.is_empty() { p { "“" (shown.note(&line.note_sealed)) "”" } }
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

fn reason_label(catalogue: &Catalogue, code: &str) -> String {
    catalogue.reasons.get(code).map_or_else(|| code.to_owned(), |reason| format!("{code} · {}", reason.label.get(Language::Id)))
}

/// The officer's word for an item, or its id.
pub fn step_label<'a>(catalogue: &'a Catalogue, service: &str, item: &'a str) -> &'a str {
    catalogue.service(service).and_then(|service| service.step(item)).map_or(item, |step| step.label.get(Language::Id))
}
