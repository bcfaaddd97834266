//! The first page: what is in the book, service by service, in the office's three menus.

use catalogue::example::{self, Example};
use catalogue::{Class, Menu, Service, StepKind};
use maud::{Markup, html};

use super::page::{page as frame, signatures};
use super::parts::texts;
use super::shared::SHARED;
use super::{Book, BookError, Page};

pub fn page_name(service: &Service) -> String {
    format!("{}.html", service.id)
}

/// The class of a service in words.
pub fn class_words(class: Class) -> &'static str {
    match class {
        Class::K1 => "selesai diajukan di kios",
        Class::K2 => "diajukan di kios, lalu ada langkah petugas",
        Class::K3 => "dijelaskan di kios, kartunya dicetak",
    }
}

pub fn examples(book: &Book<'_>, service: &Service) -> Result<Vec<Example>, BookError> {
    example::read(book.bundle, &service.id).map_err(|problem| BookError::Examples(problem.to_string()))
}

/// The page itself.
pub fn page(book: &Book<'_>) -> Result<Page, BookError> {
    let mut menus = Vec::new();
    for menu in Menu::ALL {
        let mut rows = Vec::new();
        let mut services: Vec<&Service> = book.catalogue.services.values().filter(|service| service.menu == menu).collect();
        services.sort_by(|one, other| one.code.cmp(&other.code));
        for service in services {
            rows.push(row(book, service, examples(book, service)?.len()));
        }
        menus.push((book.catalogue.city.menus.get(&menu).map_or(menu.id(), |name| name.source()), rows));
    }
    let all: usize = book.catalogue.services.len();
    let body = html! {
        h1 { "Buku layanan kios Klampid" }
        p.lead { (book.catalogue.city.name) " · " (book.catalogue.city.office.source()) }
        table {
            tbody {
                tr { th { "Katalog" } td { span.code { (book.edition.hash) } } }
                tr { th { "Versi" } td { (book.edition.version) } }
                tr { th { "Dicetak" } td { (book.edition.printed) } }
                tr { th { "Isi" } td { (all) " layanan, " (book.catalogue.papers.len()) " kertas, " (book.catalogue.regions.len()) " wilayah" } }
            }
        }
        p { "Buku ini memuat semua yang ditanyakan dan dikatakan kios. Bacalah seperti warga, coret yang keliru, lalu tanda tangani. "
            "Kalimat berlatar kuning adalah terjemahan yang belum dibaca penutur asli." }
        h2 { "Yang dipakai bersama" }
        ul { @for (name, title) in SHARED { li { a href=(name) { (title) } } } }
        @for (menu, rows) in &menus {
            h2 { (menu) }
            table.menu {
                thead { tr { th { "Kode" } th { "Layanan" } th { "Kelas" } th { "Formulir" } th { "Tanya" } th { "Kertas" } th { "Akhir lain" } th { "Kasus" } th { "Contoh" } th { "Perlu ditinjau penutur asli" } } }
                tbody { @for row in rows { (row) } }
            }
        }
        h2 { "Kelas layanan" }
        ul { @for class in [Class::K1, Class::K2, Class::K3] { li { span.badge { (format!("{class:?}")) } " " (class_words(class)) } } }
        (signatures(&book.edition, &["Kepala Dinas".to_owned(), "Kepala bidang".to_owned()]))
    };
    Ok(frame(&book.edition, "index.html", "Daftar layanan", body))
}

fn row(book: &Book<'_>, service: &Service, examples: usize) -> Markup {
    let papers = service.steps.iter().filter(|step| matches!(step.kind, StepKind::Paper { .. })).count();
    html! {
        tr {
            td.whole { (service.code) }
            td { a href=(page_name(service)) { (service.title.source()) } }
            td { (format!("{:?}", service.class)) }
            td { (service.forms.join(", ")) }
            td { (service.steps.len() - papers) }
            td { (papers) }
            td { (service.exits.len()) }
            td { (service.cases.len()) }
            td { (examples) }
            td { (book.review_short(&texts(service))) }
        }
    }
}
