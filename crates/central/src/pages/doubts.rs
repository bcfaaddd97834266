//! What the rules doubt about an application, in words for the officer.

use catalogue::{Catalogue, Language};
use maud::{Markup, html};

use super::layout::icon;
use crate::recheck::Doubt;
use crate::words;

/// The card, or nothing when there is no doubt.
pub fn card(catalogue: &Catalogue, service: &str, doubts: &[Doubt]) -> Markup {
    html! {
        @if !doubts.is_empty() {
            section.card.attention aria-labelledby="ragu" {
                h2 #ragu { (icon("alert")) " Perlu diperiksa" }
                p { "Pemeriksaan ulang di kantor menemukan ini. Warga sudah memegang e-Kitir, jadi permohonan tetap diterima." }
                ul { @for doubt in doubts { li { (sentence(catalogue, service, doubt)) } } }
            }
        }
    }
}

/// One doubt as one or two sentences.
pub fn sentence(catalogue: &Catalogue, service: &str, doubt: &Doubt) -> String {
    let label = |step: &str| {
        catalogue.service(service).and_then(|service| service.step(step)).map_or_else(|| format!("“{step}”"), |step| step.label.get(Language::Id).to_owned())
    };
    let output = |id: &str| {
        let known = catalogue.service(service).and_then(|service| service.outputs.iter().find(|output| output.id == id));
        known.map_or_else(|| id.to_owned(), |output| output.title.get(Language::Id).to_owned())
    };
    let clock = |id: &str| catalogue.clock(id).map_or_else(|| id.to_owned(), |clock| clock.label.get(Language::Id).to_owned());
    let moment = |at| words::moment(catalogue, at, Language::Id);
    match doubt {
        Doubt::UnknownBundle => "Katalog yang dipakai kios itu tidak dikenal di sini. Permohonan ini dibaca dengan katalog sekarang.".into(),
        Doubt::FromTheFuture { secs } => {
            format!("Jam kios lebih cepat {} dari jam kantor. Waktu masuk mungkin keliru.", words::span(*secs, Language::Id))
        }
        Doubt::LongUnderWay { days } => format!("Baru tiba {days} hari setelah diajukan menurut kios. Waktu masuk mungkin keliru."),
        Doubt::ServiceGone => "Layanan ini tidak ada lagi di katalog. Jawaban tidak dapat diperiksa ulang.".into(),
        Doubt::Unanswered { step } => format!("{}: belum ada jawabannya.", label(step)),
        Doubt::NotAChoice { step } => format!("{}: jawabannya bukan salah satu pilihan.", label(step)),
        Doubt::EndsElsewhere { exit } => {
            let found = catalogue.service(service).and_then(|service| service.exits.iter().find(|known| known.id == *exit));
            format!("Jawaban ini berakhir di “{}”, bukan di permohonan.", found.map_or(exit.as_str(), |exit| exit.title.get(Language::Id)))
        }
        Doubt::OffRoute { item } => format!("{}: tidak ditanyakan untuk jawaban seperti ini.", label(item)),
        Doubt::Finding { step, finding } => format!("{}: {}", label(step), catalogue.finding_text(finding, Language::Id)),
        Doubt::TooManyPages { step, pages, pages_max } => format!("{}: {pages} halaman, paling banyak {pages_max}.", label(step)),
        Doubt::OtherClock { said, right } => format!("e-Kitir memakai janji “{}”. Menurut aturan: “{}”.", clock(said), clock(right)),
        Doubt::OtherDue { said, right } => format!("e-Kitir menjanjikan {}. Menurut aturan: {}.", moment(*said), moment(*right)),
        Doubt::OutputMissing { output: id } => format!("Menurut jawaban, “{}” juga perlu dibuat. Di sini belum ada.", output(id)),
        Doubt::OutputBeyond { output: id } => format!("Menurut jawaban, “{}” tidak perlu dibuat.", output(id)),
    }
}
