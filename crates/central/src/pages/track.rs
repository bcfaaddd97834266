//! What a resident sees on a phone: number and PIN in, progress in plain words out.
//!
//! The least data: no name, no NIK, no answer. Only which items came back, why, and what to bring.

use std::sync::Arc;

use catalogue::{Language, StateTone};
use jiff::Timestamp;
use maud::{Markup, html};
use wire::v1::{FollowUp, Repair};

use super::layout::{self, icon};
use crate::follow_up::{Found, Verdict};
use crate::office::Office;
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
        office.catalogue.city.name.as_str(),
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

/// The progress.
pub fn progress(office: &Arc<Office>, language: Language, found: &Found, now: Timestamp) -> Markup {
    let follow_up = &found.follow_up;
    let catalogue = &office.catalogue;
    let state = catalogue.state(&follow_up.state);
    let tone = state.map_or(StateTone::Plain, |state| state.tone);
    let (class, sign) = match tone {
        StateTone::Plain => ("plain", "clock"),
        StateTone::Attention => ("attention", "alert"),
        StateTone::Trouble => ("trouble", "alert"),
        StateTone::Done => ("done", "check"),
    };
    let sentence = state.map_or(follow_up.state.as_str(), |state| state.resident.get(language));
    let service = catalogue.service(&follow_up.service);
    layout::resident(
        say(language, "Permohonan Anda", "Your application"),
        &catalogue.city.name,
        language,
        None,
        &html! {
            h1 { (service.map_or(follow_up.service.as_str(), |service| service.title.get(language))) }
            p.number-large { (follow_up.number) }
            div.card.(class) role="status" { p.now { (icon(sign)) span { (sentence) } } }
            @if let Some(verdict) = &found.verdict { (verdict_card(office, language, verdict)) }
            @if let Some(repair) = &follow_up.repair { (repair_card(office, language, follow_up, repair)) }
            (promise_card(office, language, follow_up, now))
            section.card aria-labelledby="tahap" {
                h2 #tahap { (say(language, "Perjalanan permohonan", "Where it is")) }
                (stages(office, language, follow_up))
            }
            @if let Some(service) = service && !state.is_some_and(|state| state.terminal) {
                section.card aria-labelledby="ambil" {
                    h2 #ambil { (say(language, "Mengambil hasil", "Collecting the result")) }
                    p { (service.collect.get(language)) }
                }
            }
            p.office { (catalogue.city.office.get(language)) }
            p { (catalogue.city.helpdesk.get(language)) }
            p { a href={ "/lacak?lang=" (language.code()) } { (say(language, "Lacak permohonan lain", "Track another application")) } }
        },
    )
}

fn verdict_card(office: &Office, language: Language, verdict: &Verdict) -> Markup {
    let reason = office.catalogue.reasons.get(&verdict.reason);
    html! {
        @if reason.is_some() || !verdict.note.is_empty() {
            section.card aria-labelledby="mengapa" {
                h2 #mengapa { (say(language, "Mengapa", "Why")) }
                @if let Some(reason) = reason { p { (reason.resident.get(language)) } }
                @if !verdict.note.is_empty() { p { (say(language, "Pesan petugas: ", "From the officer: ")) "“" (verdict.note) "”" } }
            }
        }
    }
}

fn promise_card(office: &Office, language: Language, follow_up: &FollowUp, now: Timestamp) -> Markup {
    let state = office.catalogue.state(&follow_up.state);
    if state.is_some_and(|state| state.terminal) {
        return html! {};
    }
    let paused = state.is_some_and(|state| state.pauses_clock);
    let late = !paused && now > follow_up.promise_due_at;
    html! {
        section.card aria-labelledby="janji" {
            h2 #janji { (say(language, "Janji kami", "Our promise")) }
            @if paused {
                p.due { (icon("pause")) " " (say(language, "Waktu sedang berhenti.", "The clock has stopped for now.")) }
                p { (say(language, "Waktu berjalan lagi setelah langkah ini selesai.", "It runs again after this step.")) }
            } @else {
                p { (say(language, "Selesai paling lambat:", "Done at the latest:")) }
                p.due { (words::moment(&office.catalogue, follow_up.promise_due_at, language)) }
            }
            @if late { p { (say(language, "Kami terlambat dan mohon maaf.", "We are late and we apologise.")) " " (office.catalogue.city.compensation.get(language)) } }
        }
    }
}

fn repair_card(office: &Office, language: Language, follow_up: &FollowUp, repair: &Repair) -> Markup {
    let service = office.catalogue.service(&follow_up.service);
    html! {
        section.card aria-labelledby="perbaiki" {
            h2 #perbaiki { (say(language, "Yang perlu Anda perbaiki", "What you need to mend")) }
            @for item in &repair.items {
                div.item {
                    h3 { (icon("paper")) " " (service.and_then(|service| service.step(&item.item)).map_or(item.item.as_str(), |step| step.label.get(language))) }
                    @if let Some(reason) = office.catalogue.reasons.get(&item.reason) { p { (reason.resident.get(language)) } }
                    @if !item.note.is_empty() { p { (say(language, "Pesan petugas: ", "From the officer: ")) "“" (item.note) "”" } }
                }
            }
            p {
                (say(language, "Datang ke kios Klampid mana pun. Bawa e-Kitir ini dan berkas di atas. ", "Come to any Klampid kiosk. Bring your slip and the papers above. "))
                (say(language, "Isian lain tidak perlu diulang.", "Nothing else has to be repeated."))
            }
            p.due { (say(language, "Paling lambat ", "At the latest ")) (words::moment(&office.catalogue, repair.until, language)) }
        }
    }
}

fn stages(office: &Office, language: Language, follow_up: &FollowUp) -> Markup {
    let catalogue = &office.catalogue;
    let path = catalogue.service(&follow_up.service).and_then(|service| catalogue.path(&service.path));
    let stages = path.map_or(&[][..], |path| path.stages.as_slice());
    // A state beside the straight way (repair, hold) is shown at the last stage that was reached.
    let here = stages
        .iter()
        .position(|stage| *stage == follow_up.state)
        .or_else(|| follow_up.history.iter().rev().find_map(|line| stages.iter().position(|stage| *stage == line.state)))
        .unwrap_or(0);
    let ended = catalogue.state(&follow_up.state).is_some_and(|state| state.terminal);
    let stopped = ended && !stages.contains(&follow_up.state);
    html! {
        ol.stages {
            @for (index, stage) in stages.iter().enumerate() {
                @let reached = follow_up.history.iter().rev().find(|line| line.state == *stage).filter(|_| index <= here);
                @let label = catalogue.state(stage).map_or(stage.as_str(), |state| state.label.get(language));
                @if index < here || (index == here && ended) {
                    li.past { span.sign { (icon("check")) } div { span.away { (say(language, "Selesai: ", "Done: ")) } (label) (when(office, reached.map(|line| line.at))) } }
                } @else if index == here {
                    li.here aria-current="step" { span.sign { (icon("dot")) } div { span.away { (say(language, "Sekarang: ", "Now: ")) } (label) (when(office, reached.map(|line| line.at))) } }
                } @else if !stopped {
                    li { span.sign {} div { span.away { (say(language, "Belum: ", "Not yet: ")) } (label) } }
                }
            }
            @if stopped {
                li.here.stopped {
                    span.sign { (icon("cross")) }
                    div { (catalogue.state(&follow_up.state).map_or(follow_up.state.as_str(), |state| state.label.get(language))) (when(office, Some(follow_up.state_since))) }
                }
            }
        }
    }
}

fn when(office: &Office, at: Option<Timestamp>) -> Markup {
    html! { @if let Some(at) = at { small { (words::short_moment(&office.catalogue, at)) } } }
}
