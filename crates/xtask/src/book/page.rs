//! The frame of every page: head, way back to the index, and the edition that a signature is bound to.

use catalogue::{Bundle, Catalogue, Language};
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Page;

const STYLE: &str = include_str!("style.css");

/// Which catalogue this book is about.
pub struct Edition {
    pub city: String,
    pub hash: String,
    /// "versi 3, berlaku mulai 23 November 2026", or that it is not signed.
    pub version: String,
    pub printed: String,
}

impl Edition {
    pub fn of(catalogue: &Catalogue, bundle: &Bundle, today: Date) -> Self {
        let words = |date: Date| catalogue.date_words(date, Language::Id);
        let version = match bundle.seal() {
            Some(Ok(seal)) if seal.hash == catalogue.hash => format!("versi {}, berlaku mulai {}", seal.version, words(seal.valid_from)),
            Some(_) => "berubah sejak ditandatangani".to_owned(),
            None => "belum ditandatangani".to_owned(),
        };
        Self { city: catalogue.city.name.clone(), hash: catalogue.hash.clone(), version, printed: words(today) }
    }

    /// The part of the hash that people compare by eye.
    pub fn short_hash(&self) -> &str {
        &self.hash[..16]
    }
}

/// A whole page. `name` is the file, `title` stands in the head of the page too.
pub fn page(edition: &Edition, name: &str, title: &str, body: Markup) -> Page {
    let page = html! {
        (DOCTYPE)
        html lang="id" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Buku layanan " (edition.city) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header.top {
                    a href="index.html" { "Buku layanan kios Klampid" }
                    span { (edition.city) }
                }
                main { (body) }
                footer {
                    p { "Buku layanan " (edition.city) " · katalog " span.code { (edition.short_hash()) } " · " (edition.version) " · dicetak " (edition.printed) }
                }
            }
        }
    };
    Page { name: name.to_owned(), html: page.into_string() }
}

/// Room for remarks, and who stands for what was read.
pub fn signatures(edition: &Edition, roles: &[String]) -> Markup {
    html! {
        section.sign {
            h2 { "Catatan dan persetujuan" }
            p { "Coret dan tulis langsung di halaman ini. Tanda tangan berlaku untuk katalog " span.code { (edition.short_hash()) } " saja." }
            div.notes { "Catatan:" }
            table {
                thead { tr { th { "Sebagai" } th { "Nama dan NIP" } th { "Tanggal" } th { "Setuju / perlu diubah" } th { "Tanda tangan" } } }
                tbody { @for role in roles { tr.tall { td { (role) } td {} td {} td {} td {} } } }
            }
        }
    }
}
