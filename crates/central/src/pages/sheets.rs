//! The page images of an application: what stands now, what a repair replaced, and what the machine thought of each.

use std::collections::BTreeSet;

use catalogue::{Catalogue, StateTone};
use maud::{Markup, html};

use super::application::step_label;
use super::layout;
use crate::db::applications::Application;
use crate::dossier::{Dossier, Page};

/// Every paper but those that only another application of the visit asks for.
pub fn papers(catalogue: &Catalogue, application: &Application, dossier: &Dossier, elsewhere: &BTreeSet<&str>) -> Markup {
    let own: Vec<_> = dossier.papers.iter().filter(|(paper, _)| !elsewhere.contains(paper.as_str())).collect();
    html! {
        @for (paper, pages) in &own {
            @let label = step_label(catalogue, &application.service, paper);
            h3 { (label) @if dossier.repaired.contains(*paper) { " " (layout::badge(StateTone::Done, "Diperbaiki")) } }
            (list(application, label, pages))
            @if let Some(before) = dossier.replaced.get(*paper) {
                details { summary { "Sebelum perbaikan (" (before.len()) " halaman)" } div.inside { (list(application, label, before)) } }
            }
        }
        @if own.is_empty() { p { "Tidak ada berkas." } }
    }
}

fn list(application: &Application, label: &str, pages: &[Page]) -> Markup {
    html! { ul.sheets { @for (index, page) in pages.iter().enumerate() { li { (sheet(application, label, index + 1, page)) } } } }
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
        "blank" => "Kosong",
        "glare" => "Silau",
        "cropped" => "Terpotong",
        "too-far" => "Terlalu jauh",
        "tilted" => "Miring",
        "shadow" => "Berbayang",
        "wrong-shape" => "Mungkin kertas lain",
        "wrong-side" => "Mungkin sisi belakang",
        "number-differs" => "Nomor berbeda dengan isian",
        other => other,
    }
}
