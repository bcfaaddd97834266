//! What a resident sees on a phone: number and PIN in, progress in plain words out.
//!
//! The least data: no name, no NIK, no answer. Only which items came back, why, and what to bring.

use std::sync::Arc;

use catalogue::{Catalogue, Language, StateTone};
use jiff::Timestamp;
use maud::{Markup, html};
use wire::v1::Repair;

use super::layout::{self, icon};
use crate::db::outputs::Output;
use crate::follow_up::{Found, Told};
use crate::office::Office;
use crate::progress::{Progress, Standing};
use crate::words;

/// Where the form goes and what stands above it.
pub struct Ask<'a> {
    pub language: Language,
    /// Empty: the number is asked too. Otherwise the slip's QR already said which application it is.
    pub token: Option<&'a str>,
    /// What was typed as a number before.
    pub number: &'a str,
    pub form_code: &'a str,
    pub complaint: Option<String>,
}

/// Picks one of two sentences.
pub fn say<'a>(language: Language, id: &'a str, en: &'a str) -> &'a str {
    if language == Language::En { en } else { id }
}

/// The form.
pub fn ask(office: &Arc<Office>, ask: &Ask<'_>) -> Markup {
    let language = ask.language;
    let action = ask.token.map_or_else(|| "/lacak".to_owned(), |token| format!("/t/{token}"));
    let other = format!("{action}?lang={}", say(language, "en", "id"));
    layout::resident(
        say(language, "Lacak permohonan", "Track an application"),
        office.catalogue().city.name.as_str(),
        language,
        Some(&other),
        &html! {
            h1 { (say(language, "Sampai di mana permohonan saya?", "How far is my application?")) }
            @if let Some(sentence) = &ask.complaint { (layout::message(StateTone::Attention, sentence)) }
            form.card method="post" action=(action) {
                input type="hidden" name="form_code" value=(ask.form_code);
                input type="hidden" name="lang" value=(language.code());
                @if ask.token.is_none() {
                    div.field {
                        label for="nomor" { (say(language, "Nomor pada e-Kitir", "Number on your slip")) }
                        input #nomor type="text" name="number" value=(ask.number) required maxlength="64" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="nomor-contoh";
                        p #nomor-contoh .help { (say(language, "Contoh: GBG-261121-0001-4", "For example: GBG-261121-0001-4")) }
                    }
                }
                div.field {
                    label for="pin" { (say(language, "PIN, 6 angka", "PIN, 6 digits")) }
                    input #pin type="text" name="pin" required inputmode="numeric" pattern="[0-9 ]*" maxlength="12" autocomplete="off" autofocus[ask.token.is_some()] aria-describedby="pin-di-mana";
                    p #pin-di-mana .help { (say(language, "PIN ada di dalam kotak pada e-Kitir Anda.", "The PIN stands in the box on your slip.")) }
                }
                button.wide type="submit" { (say(language, "Lihat", "Show")) }
            }
            p.help { (say(language, "Simpan e-Kitir baik-baik. Jangan beri tahu PIN kepada orang lain.", "Keep your slip safe. Do not tell anybody the PIN.")) }
        },
    )
}

/// The progress of everything the visit asked for.
pub fn progress(office: &Arc<Office>, language: Language, found: &Found, now: Timestamp) -> Markup {
    let city = &office.catalogue().city;
    let title = match found.also.len() {
        0 => service_title(&found.asked, language).to_owned(),
        also if language == Language::En => format!("Your {} applications", also + 1),
        also => format!("{} permohonan Anda", also + 1),
    };
    layout::resident(
        say(language, "Permohonan Anda", "Your application"),
        &city.name,
        language,
        None,
        &html! {
            h1 { (title) }
            @for told in std::iter::once(&found.asked).chain(&found.also) {
                section.visit {
                    @if !found.also.is_empty() { h2.of-visit { (service_title(told, language)) } }
                    p.number-large { (told.follow_up.number) }
                    (application(&View { language, told, now, is_one_of_several: !found.also.is_empty() }))
                }
            }
            p.office { (city.office.get(language)) }
            p { (city.helpdesk.get(language)) }
            p { a href={ "/lacak?lang=" (language.code()) } { (say(language, "Lacak permohonan lain", "Track another application")) } }
        },
    )
}

/// One application on the way to the page.
struct View<'a> {
    language: Language,
    told: &'a Told,
    now: Timestamp,
    /// Then each is told in short, so that a phone shows them all.
    is_one_of_several: bool,
}

impl<'a> View<'a> {
    fn catalogue(&self) -> &'a Catalogue {
        &self.told.reading.catalogue
    }

    fn progress(&self) -> Progress<'a> {
        Progress::new(self.catalogue(), &self.told.follow_up.service, &self.told.outputs)
    }

    /// Ids on a page that may show several applications.
    fn id(&self, part: &str) -> String {
        format!("{part}-{}", self.told.follow_up.number)
    }

    fn say(&self, id: &'a str, en: &'a str) -> &'a str {
        say(self.language, id, en)
    }

    fn state_label(&self, id: &'a str) -> &'a str {
        self.catalogue().state(id).map_or(id, |state| state.label.get(self.language))
    }
}

fn service_title(told: &Told, language: Language) -> &str {
    let id = &told.follow_up.service;
    told.reading.catalogue.service(id).map_or(id, |service| service.title.get(language))
}

fn application(view: &View<'_>) -> Markup {
    let outputs = view.told.outputs.as_slice();
    html! {
        @if let ([only], false) = (outputs, view.is_one_of_several) {
            (state_card(view, &only.state))
            (verdict_cards(view))
            @if let Some(repair) = &view.told.follow_up.repair { (repair_card(view, repair)) }
            (promise_card(view, only))
            section.card aria-labelledby=(view.id("tahap")) {
                h2 id=(view.id("tahap")) { (view.say("Perjalanan permohonan", "Where it is")) }
                (stages(view, only))
            }
            (place_card(view, only))
        } @else {
            (verdict_cards(view))
            @if let Some(repair) = &view.told.follow_up.repair { (repair_card(view, repair)) }
            @for output in outputs { (output_card(view, output)) }
        }
    }
}

fn tone_of(view: &View<'_>, state: &str) -> (&'static str, &'static str) {
    match view.catalogue().state(state).map_or(StateTone::Plain, |state| state.tone) {
        StateTone::Plain => ("plain", "clock"),
        StateTone::Attention => ("attention", "alert"),
        StateTone::Trouble => ("trouble", "alert"),
        StateTone::Done => ("done", "check"),
    }
}

fn sentence<'a>(view: &View<'a>, state: &'a str) -> &'a str {
    view.catalogue().state(state).map_or(state, |state| state.resident.get(view.language))
}

fn state_card(view: &View<'_>, state: &str) -> Markup {
    let (class, sign) = tone_of(view, state);
    html! { div.card.(class) role="status" { p.now { (icon(sign)) span { (view.catalogue().state(state).map_or(state, |state| state.resident.get(view.language))) } } } }
}

/// One of several outputs: what it is, where it is, until when, and where it will be.
fn output_card(view: &View<'_>, output: &Output) -> Markup {
    let (class, sign) = tone_of(view, &output.state);
    let heading = view.id(&format!("hasil-{}", output.place_no));
    html! {
        section.card aria-labelledby=(heading) {
            h3.output.away[view.told.outputs.len() == 1] id=(heading) { (view.progress().title(output, view.language)) }
            p.state.(class) role="status" { (icon(sign)) span { (sentence(view, &output.state)) } }
            (promise(view, output))
            @if view.progress().is_open(output) { @if let Some(place) = place(view, output) { p { strong { (view.say("Diambil di: ", "Collect at: ")) } (place) } } }
            details { summary { (view.say("Perjalanannya", "Its way")) } div.inside { (stages(view, output)) } }
        }
    }
}

fn verdict_cards(view: &View<'_>) -> Markup {
    let (progress, told) = (view.progress(), view.told);
    html! {
        @for (index, verdict) in told.verdicts.iter().enumerate() {
            @let reason = view.catalogue().reasons.get(&verdict.reason);
            @let id = view.id(&format!("mengapa-{index}"));
            @let some = verdict.outputs.len() < told.outputs.len();
            @if reason.is_some() || !verdict.note.is_empty() {
                section.card aria-labelledby=(id) {
                    h2 id=(id) { (view.say("Mengapa", "Why")) }
                    @if some { p { strong { @for (index, output) in told.outputs.iter().filter(|output| verdict.outputs.contains(&output.id)).enumerate() {
                        @if index > 0 { ", " } (progress.title(output, view.language))
                    } } } }
                    @if let Some(reason) = reason { p { (reason.resident.get(view.language)) } }
                    @if !verdict.note.is_empty() { p { (view.say("Pesan petugas: ", "From the officer: ")) "“" (verdict.note) "”" } }
                }
            }
        }
    }
}

fn promise_card(view: &View<'_>, output: &Output) -> Markup {
    if !view.progress().is_open(output) {
        return html! {};
    }
    html! {
        section.card aria-labelledby=(view.id("janji")) {
            h2 id=(view.id("janji")) { (view.say("Janji kami", "Our promise")) }
            (promise(view, output))
        }
    }
}

/// The promise in words; nothing once it has been met or ended.
fn promise(view: &View<'_>, output: &Output) -> Markup {
    let progress = view.progress();
    let catalogue = view.catalogue();
    let clock = if output.clock.is_empty() { view.told.slip_clock.as_str() } else { &output.clock };
    let lateness = progress.lateness(output, clock, view.now);
    let standing = progress.standing_of(output, view.now);
    html! {
        @match standing {
            Standing::Paused => {
                p.due { (icon("pause")) " " (view.say("Waktu sedang berhenti.", "The clock has stopped for now.")) }
                p { (view.say("Waktu berjalan lagi setelah langkah ini selesai.", "It runs again after this step.")) }
            }
            Standing::Owed(due_at) => {
                p { (view.say("Selesai paling lambat:", "Done at the latest:")) }
                p.due { (words::moment(catalogue, due_at, view.language)) }
            }
            Standing::Kept | Standing::Ended => {}
        }
        @if lateness.late && standing != Standing::Ended {
            p {
                (view.say("Kami terlambat dan mohon maaf.", "We are late and we apologise."))
                @if lateness.owed_rupiah > 0 { " " (catalogue.city.compensation.text.get(view.language)) }
            }
        }
    }
}

fn place<'a>(view: &View<'a>, output: &Output) -> Option<&'a str> {
    let known = view.progress().described(output)?;
    view.catalogue().place(&known.place).map(|place| place.text.get(view.language))
}

fn place_card(view: &View<'_>, output: &Output) -> Markup {
    html! {
        @if let Some(place) = place(view, output).filter(|_| view.progress().is_open(output)) {
            section.card aria-labelledby=(view.id("ambil")) {
                h2 id=(view.id("ambil")) { (view.say("Mengambil hasil", "Collecting the result")) }
                p { (place) }
            }
        }
    }
}

fn repair_card(view: &View<'_>, repair: &Repair) -> Markup {
    let service = view.catalogue().service(&view.told.follow_up.service);
    html! {
        section.card aria-labelledby=(view.id("perbaiki")) {
            h2 id=(view.id("perbaiki")) { (view.say("Yang perlu Anda perbaiki", "What you need to mend")) }
            @for item in &repair.items {
                div.item {
                    h3 { (icon("paper")) " " (service.and_then(|service| service.step(&item.item)).map_or(item.item.as_str(), |step| step.label.get(view.language))) }
                    @if let Some(reason) = view.catalogue().reasons.get(&item.reason) { p { (reason.resident.get(view.language)) } }
                    @if !item.note.is_empty() { p { (view.say("Pesan petugas: ", "From the officer: ")) "“" (item.note) "”" } }
                }
            }
            p {
                (view.say("Datang ke kios Klampid mana pun. Bawa e-Kitir ini dan berkas di atas. ", "Come to any Klampid kiosk. Bring your slip and the papers above. "))
                (view.say("Isian lain tidak perlu diulang.", "Nothing else has to be repeated."))
            }
            p.due { (view.say("Paling lambat ", "At the latest ")) (words::moment(view.catalogue(), repair.until, view.language)) }
        }
    }
}

fn stages(view: &View<'_>, output: &Output) -> Markup {
    let stages = view.progress().path(output).map_or(&[][..], |path| path.stages.as_slice());
    // A state beside the straight way (repair, hold) is shown at the last stage that was reached.
    let here = stages.iter().position(|stage| *stage == output.stage).unwrap_or(0);
    let ended = !view.progress().is_open(output);
    let stopped = ended && !stages.contains(&output.state);
    let lines = || view.told.history.iter().rev().filter(|line| line.touches(&output.id));
    html! {
        ol.stages {
            @for (index, stage) in stages.iter().enumerate() {
                @let reached = lines().find(|line| line.state == *stage).filter(|_| index <= here).map(|line| line.at);
                @let label = view.state_label(stage);
                @if index < here || (index == here && ended) {
                    li.past { span.sign { (icon("check")) } div { span.away { (view.say("Selesai: ", "Done: ")) } (label) (when(view, reached)) } }
                } @else if index == here {
                    li.here aria-current="step" { span.sign { (icon("dot")) } div { span.away { (view.say("Sekarang: ", "Now: ")) } (label) (when(view, reached)) } }
                } @else if !stopped {
                    li { span.sign {} div { span.away { (view.say("Belum: ", "Not yet: ")) } (label) } }
                }
            }
            @if stopped {
                li.here.stopped { span.sign { (icon("cross")) } div { (view.state_label(&output.state)) (when(view, Some(output.state_since))) } }
            }
        }
    }
}

fn when(view: &View<'_>, at: Option<Timestamp>) -> Markup {
    html! { @if let Some(at) = at { small { (words::short_moment(view.catalogue(), at)) } } }
}
