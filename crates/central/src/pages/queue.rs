//! The officers' queue: what waits, how old it is, and how it stands against its promise.

use std::sync::Arc;

use catalogue::{Language, StateTone};
use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{self, Band};
use crate::db::applications::{Application, Filter, Order, QUEUE_ROWS_MAX};
use crate::office::Office;
use crate::words::{self, TimeLeft};

/// Names of the orders in the address and on the page.
pub const ORDERS: [(Order, &str, &str); 4] = [
    (Order::Due, "janji", "Janji terdekat"),
    (Order::Oldest, "terlama", "Terlama dulu"),
    (Order::Newest, "terbaru", "Terbaru dulu"),
    (Order::Number, "nomor", "Nomor"),
];

/// What the page shows.
pub struct Shown<'a> {
    pub filter: &'a Filter,
    pub rows: &'a [Application],
    pub rows_all: i64,
    pub kelurahan: &'a [String],
    pub now: Timestamp,
}

/// The page.
pub fn page(office: &Arc<Office>, band: &Band<'_>, shown: &Shown<'_>) -> Markup {
    let pages = ((shown.rows_all + QUEUE_ROWS_MAX - 1) / QUEUE_ROWS_MAX).max(1);
    layout::office(
        "Antrean",
        Some(band),
        &html! {
            div.above {
                h1 { "Antrean permohonan" }
                p { strong { (shown.rows_all) } " permohonan · " a href={ "/petugas/antrean.csv?" (query(shown.filter, 0)) } { "Simpan sebagai tabel" } }
            }
            (filter_form(office, shown))
            @if shown.rows.is_empty() {
                div.card.empty { p { "Tidak ada permohonan di sini. Ubah saringan di atas untuk melihat yang lain." } }
            } @else {
                table {
                    thead { tr { th scope="col" { "Nomor" } th scope="col" { "Layanan" } th scope="col" { "Kelurahan" } th scope="col" { "Keadaan" } th scope="col" { "Masuk" } th scope="col" { "Batas janji" } } }
                    tbody { @for row in shown.rows { (line(office, row, shown.now)) } }
                }
            }
            @if pages > 1 {
                nav.pager aria-label="Halaman" {
                    @if shown.filter.page > 0 { a href={ "/petugas?" (query(shown.filter, shown.filter.page - 1)) } { "Sebelumnya" } }
                    span { "Halaman " (shown.filter.page + 1) " dari " (pages) }
                    @if shown.filter.page + 1 < pages { a href={ "/petugas?" (query(shown.filter, shown.filter.page + 1)) } { "Berikutnya" } }
                }
            }
        },
    )
}

fn line(office: &Office, row: &Application, now: Timestamp) -> Markup {
    let state = office.catalogue.state(&row.state);
    let age = words::span(now.as_second() - row.submitted_at.as_second(), Language::Id);
    html! {
        tr {
            td.number { a href={ "/petugas/permohonan/" (row.number) } { (row.number) } }
            td data-label="Layanan" { (service_title(office, &row.service)) }
            td data-label="Kelurahan" { (kelurahan_name(office, &row.kelurahan)) }
            td data-label="Keadaan" { (layout::badge(state.map_or(StateTone::Plain, |state| state.tone), state.map_or(&row.state, |state| state.label.get(Language::Id)))) }
            td data-label="Masuk" { (words::short_moment(&office.catalogue, row.submitted_at)) small { (age) " lalu" } }
            td data-label="Batas janji" { (promise(office, row, now)) @if !pauses(office, row) { small { (words::short_moment(&office.catalogue, office.due_at(row, now))) } } }
        }
    }
}

/// Does the promised clock stand still? Then there is no last moment to show.
pub fn pauses(office: &Office, row: &Application) -> bool {
    office.catalogue.state(&row.state).is_some_and(|state| state.pauses_clock)
}

/// How an application stands against its promise, in a sign and words.
pub fn promise(office: &Office, row: &Application, now: Timestamp) -> Markup {
    let state = office.catalogue.state(&row.state);
    if state.is_some_and(|state| state.terminal) {
        return layout::badge(StateTone::Plain, "Selesai");
    }
    if state.is_some_and(|state| state.pauses_clock) {
        return html! { span.badge.plain { (layout::icon("pause")) "Waktu berhenti" } };
    }
    let (left, sentence) = words::time_left(office.due_at(row, now), now);
    match left {
        TimeLeft::Comfortable => html! { span.badge.done { (layout::icon("clock")) (sentence) } },
        TimeLeft::Soon => html! { span.badge.attention { (layout::icon("alert")) (sentence) } },
        TimeLeft::Late => html! { span.badge.trouble { (layout::icon("cross")) (sentence) } },
    }
}

fn filter_form(office: &Office, shown: &Shown<'_>) -> Markup {
    let filter = shown.filter;
    html! {
        form.card.filter method="get" action="/petugas" role="search" {
            div.field { label for="nomor" { "Cari nomor" } input #nomor type="search" name="nomor" value=(filter.number) maxlength="32" autocapitalize="characters"; }
            div.field { label for="keadaan" { "Keadaan" } select #keadaan name="keadaan" {
                option value="" { "Semua" }
                @for state in office.catalogue.states.values() { option value=(state.id) selected[state.id == filter.state] { (state.label.get(Language::Id)) } }
            } }
            div.field { label for="layanan" { "Layanan" } select #layanan name="layanan" {
                option value="" { "Semua" }
                @for service in office.catalogue.services.values() { option value=(service.id) selected[service.id == filter.service] { (service.title.get(Language::Id)) } }
            } }
            div.field { label for="kelurahan" { "Kelurahan" } select #kelurahan name="kelurahan" {
                option value="" { "Semua" }
                @for code in shown.kelurahan { option value=(code) selected[*code == filter.kelurahan] { (kelurahan_name(office, code)) } }
            } }
            div.field { label for="urut" { "Urutkan" } select #urut name="urut" {
                @for (order, id, label) in ORDERS { option value=(id) selected[order == filter.order] { (label) } }
            } }
            div.check { input #tutup type="checkbox" name="tutup" value="ya" checked[filter.with_closed]; label for="tutup" { "Tampilkan yang selesai" } }
            button type="submit" { (layout::icon("search")) "Tampilkan" }
        }
    }
}

/// The filter as it stands in an address. Every value is of harmless letters by the time it is a filter.
fn query(filter: &Filter, page: i64) -> String {
    let order = ORDERS.iter().find(|(order, ..)| *order == filter.order).map_or("", |(_, id, _)| id);
    let closed = if filter.with_closed { "&tutup=ya" } else { "" };
    format!("nomor={}&keadaan={}&layanan={}&kelurahan={}&urut={order}{closed}&halaman={page}", filter.number, filter.state, filter.service, filter.kelurahan)
}

/// Title of a service, or its id when the catalogue has let it go.
pub fn service_title<'a>(office: &'a Office, id: &'a str) -> &'a str {
    office.catalogue.service(id).map_or(id, |service| service.title.get(Language::Id))
}

/// Name of a kelurahan, or its code.
pub fn kelurahan_name<'a>(office: &'a Office, code: &'a str) -> &'a str {
    office.catalogue.regions.get(code).map_or(code, |region| &region.name)
}
