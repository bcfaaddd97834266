//! The officers' queue: what waits, how old it is, and how it stands against its promise.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalogue::{Catalogue, Language, Menu, StateTone};
use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{self, Band};
use crate::bundles::Reading;
use crate::db::applications::Application;
use crate::db::outputs::Output;
use crate::db::queue::{Filter, Order, QUEUE_ROWS_MAX};
use crate::office::Office;
use crate::progress::{Progress, Standing};
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
    /// Outputs of the rows, by number.
    pub outputs: &'a BTreeMap<String, Vec<Output>>,
    /// Catalogues of the rows, by the hash they name.
    pub readings: &'a BTreeMap<String, Reading>,
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
                    tbody { @for row in shown.rows { (line(office, shown, row)) } }
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

fn line(office: &Office, shown: &Shown<'_>, row: &Application) -> Markup {
    let catalogue = shown.readings.get(&row.bundle).map_or(office.catalogue(), |reading| &reading.catalogue);
    let outputs = shown.outputs.get(&row.number).map_or(&[][..], Vec::as_slice);
    let progress = Progress::new(catalogue, &row.service, outputs);
    let standing = progress.standing(shown.now);
    let age = words::span(shown.now.as_second() - row.submitted_at.as_second(), Language::Id);
    let parted = outputs.iter().any(|output| output.state != row.state);
    html! {
        tr {
            td.number { a href={ "/petugas/permohonan/" (row.number) } { (row.number) } @if row.doubts > 0 { (layout::badge(StateTone::Attention, "Perlu diperiksa")) } }
            td data-label="Layanan" { (service_title(catalogue, &row.service)) small { (menu_name(office, &row.menu)) } }
            td data-label="Kelurahan" { (kelurahan_name(office, &row.kelurahan)) }
            td data-label="Keadaan" {
                (state_badge(catalogue, &row.state))
                @if parted { @for output in outputs { small { (progress.title(output, Language::Id)) ": " (state_label(catalogue, &output.state)) } } }
            }
            td data-label="Masuk" { (words::short_moment(catalogue, row.submitted_at)) small { (age) " lalu" } }
            td data-label="Batas janji" { (standing_badge(standing, shown.now)) @if let Standing::Owed(due_at) = standing { small { (words::short_moment(catalogue, due_at)) } } }
        }
    }
}

/// A state's word with its colour and sign.
pub fn state_badge(catalogue: &Catalogue, id: &str) -> Markup {
    layout::badge(catalogue.state(id).map_or(StateTone::Plain, |state| state.tone), state_label(catalogue, id))
}

/// The officer's word for a state.
pub fn state_label<'a>(catalogue: &'a Catalogue, id: &'a str) -> &'a str {
    catalogue.state(id).map_or(id, |state| state.label.get(Language::Id))
}

/// How something stands against its promise, in a sign and words.
pub fn standing_badge(standing: Standing, now: Timestamp) -> Markup {
    let due_at = match standing {
        Standing::Ended => return layout::badge(StateTone::Plain, "Selesai"),
        Standing::Kept => return layout::badge(StateTone::Done, "Sudah siap"),
        Standing::Paused => return html! { span.badge.plain { (layout::icon("pause")) "Waktu berhenti" } },
        Standing::Owed(due_at) => due_at,
    };
    let (left, sentence) = words::time_left(due_at, now);
    match left {
        TimeLeft::Comfortable => html! { span.badge.done { (layout::icon("clock")) (sentence) } },
        TimeLeft::Soon => html! { span.badge.attention { (layout::icon("alert")) (sentence) } },
        TimeLeft::Late => html! { span.badge.trouble { (layout::icon("cross")) (sentence) } },
    }
}

fn filter_form(office: &Office, shown: &Shown<'_>) -> Markup {
    let filter = shown.filter;
    let catalogue = office.catalogue();
    html! {
        form.card.filter method="get" action="/petugas" role="search" {
            div.field { label for="nomor" { "Cari nomor" } input #nomor type="search" name="nomor" value=(filter.number) maxlength="32" autocapitalize="characters"; }
            div.field { label for="keadaan" { "Keadaan" } select #keadaan name="keadaan" {
                option value="" { "Semua" }
                @for state in catalogue.states.values() { option value=(state.id) selected[state.id == filter.state] { (state.label.get(Language::Id)) } }
            } }
            div.field { label for="kelompok" { "Kelompok" } select #kelompok name="kelompok" {
                option value="" { "Semua" }
                @for menu in Menu::ALL { option value=(menu.id()) selected[menu.id() == filter.menu] { (menu_name(office, menu.id())) } }
            } }
            div.field { label for="layanan" { "Layanan" } select #layanan name="layanan" {
                option value="" { "Semua" }
                @for menu in Menu::ALL {
                    optgroup label=(menu_name(office, menu.id())) {
                        @for service in catalogue.services.values().filter(|service| service.menu == menu) {
                            option value=(service.id) selected[service.id == filter.service] { (service.title.get(Language::Id)) }
                        }
                    }
                }
            } }
            div.field { label for="kelurahan" { "Kelurahan" } select #kelurahan name="kelurahan" {
                option value="" { "Semua" }
                @for code in shown.kelurahan { option value=(code) selected[*code == filter.kelurahan] { (kelurahan_name(office, code)) } }
            } }
            div.field { label for="urut" { "Urutkan" } select #urut name="urut" {
                @for (order, id, label) in ORDERS { option value=(id) selected[order == filter.order] { (label) } }
            } }
            div.check { input #tutup type="checkbox" name="tutup" value="ya" checked[filter.with_closed]; label for="tutup" { "Tampilkan yang selesai" } }
            div.check { input #ragu type="checkbox" name="ragu" value="ya" checked[filter.doubted]; label for="ragu" { "Hanya yang perlu diperiksa" } }
            button type="submit" { (layout::icon("search")) "Tampilkan" }
        }
    }
}

/// The filter as it stands in an address. Every value is of harmless letters by the time it is a filter.
fn query(filter: &Filter, page: i64) -> String {
    let order = ORDERS.iter().find(|(order, ..)| *order == filter.order).map_or("", |(_, id, _)| id);
    let closed = if filter.with_closed { "&tutup=ya" } else { "" };
    let doubted = if filter.doubted { "&ragu=ya" } else { "" };
    format!(
        "nomor={}&keadaan={}&kelompok={}&layanan={}&kelurahan={}&urut={order}{closed}{doubted}&halaman={page}",
        filter.number, filter.state, filter.menu, filter.service, filter.kelurahan
    )
}

/// Title of a service, or its id when the catalogue has let it go.
pub fn service_title<'a>(catalogue: &'a Catalogue, id: &'a str) -> &'a str {
    catalogue.service(id).map_or(id, |service| service.title.get(Language::Id))
}

/// Name of one of the office's menus, or its id.
pub fn menu_name<'a>(office: &'a Office, id: &'a str) -> &'a str {
    let menu = Menu::ALL.into_iter().find(|menu| menu.id() == id);
    menu.and_then(|menu| office.catalogue().city.menus.get(&menu)).map_or(id, |name| name.get(Language::Id))
}

/// Name of a kelurahan, or its code.
pub fn kelurahan_name<'a>(office: &'a Office, code: &'a str) -> &'a str {
    office.catalogue().regions.get(code).map_or(code, |region| &region.name)
}
