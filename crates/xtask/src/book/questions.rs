//! Every question and every paper of a service, in the order in which they may come, with everything that is said beside them.

use catalogue::{EntryKind, Level, PickFrom, Section, Service, Step, StepKind};
use maud::{Markup, html};

use super::Book;
use super::parts::Row;

/// What is asked for, in an official's words.
pub fn kind_words(step: &Step) -> String {
    let optional = |optional: bool| if optional { ", boleh dilewati" } else { "" };
    match &step.kind {
        StepKind::Choice { choices } => format!("pilihan dari {} kartu", choices.len()),
        StepKind::Entry { kind, optional: may_skip } => {
            let kind = match kind {
                EntryKind::Nik => "NIK, 16 angka".to_owned(),
                EntryKind::Kk => "nomor KK, 16 angka".to_owned(),
                EntryKind::Name { new: true } => "nama yang didaftarkan (aturan nama Permendagri 73/2022)".to_owned(),
                EntryKind::Name { new: false } => "nama".to_owned(),
                EntryKind::BirthDate => "tanggal lahir".to_owned(),
                EntryKind::Date => "tanggal, hari ini atau sebelumnya".to_owned(),
                EntryKind::PlanDate => "tanggal, hari ini atau sesudahnya".to_owned(),
                EntryKind::Time => "jam (HH.MM)".to_owned(),
                EntryKind::Phone => "nomor telepon".to_owned(),
                EntryKind::Email => "alamat surel".to_owned(),
                EntryKind::Text { chars_max } => format!("teks, paling banyak {chars_max} huruf"),
                EntryKind::Number { min, max } => {
                    format!("angka {min} sampai {max}{}", step.unit.as_ref().map(|unit| format!(" {}", unit.source())).unwrap_or_default())
                }
                EntryKind::Akta => "nomor akta".to_owned(),
                EntryKind::Skpwni => "nomor surat pindah".to_owned(),
                EntryKind::Letter => "nomor surat".to_owned(),
            };
            format!("diketik: {kind}{}", optional(*may_skip))
        }
        StepKind::Pick { from, optional: may_skip } => {
            let from = match from {
                PickFrom::Region(Level::Kelurahan) => "kelurahan di kota ini",
                PickFrom::Region(Level::Kecamatan) => "kecamatan di Indonesia",
                PickFrom::Region(Level::Kabupaten) => "kabupaten atau kota di Indonesia",
                PickFrom::Occupation => "daftar pekerjaan",
            };
            format!("dipilih dari {from}{}", optional(*may_skip))
        }
        StepKind::Paper { pages_min, pages_max, .. } if pages_min == pages_max => format!("kertas, {pages_min} halaman"),
        StepKind::Paper { pages_min, pages_max, .. } => format!("kertas, {pages_min} sampai {pages_max} halaman"),
    }
}

/// "id" of a step on its page.
pub fn anchor(step: &Step) -> String {
    format!("t-{}", step.id)
}

fn section_words(section: Section) -> &'static str {
    match section {
        Section::Ask => "pertanyaan",
        Section::Data => "isian",
        Section::Papers => "kertas",
        Section::Requirements | Section::Check | Section::Send => "lain",
    }
}

/// All of them, numbered as in the diagram.
pub fn list(book: &Book<'_>, service: &Service) -> Markup {
    html! { @for (at, step) in service.steps.iter().enumerate() { (question(book, service, at + 1, step)) } }
}

fn question(book: &Book<'_>, service: &Service, number: usize, step: &Step) -> Markup {
    let mut rows = vec![Row::of("Pertanyaan", &step.question), Row::of("Nama pendek", &step.label)];
    rows.extend(step.help.as_ref().map(|help| Row::of("Bantuan", help)));
    if let StepKind::Choice { choices } = &step.kind {
        rows.extend(choices.iter().map(|choice| Row { what: choice.value.clone(), text: &choice.label, detail: choice.detail.as_ref() }));
    }
    let paper = if let StepKind::Paper { paper, .. } = &step.kind { book.paper(paper) } else { None };
    if let Some(paper) = paper {
        rows.extend([Row::of("Kertas", &paper.name), Row::of("Nama resmi", &paper.official), Row::of("Petunjuk", &paper.instruction)]);
    }
    html! {
        div.question id=(anchor(step)) {
            h3 { (number) ". " (step.question.source()) }
            p.about {
                (section_words(step.section())) " · " (kind_words(step))
                @match &step.field {
                    Some(field) => { " · mengisi " strong { (field) } }
                    None => { @if matches!(step.kind, StepKind::Choice { .. }) { " · hanya untuk menentukan jalan" } }
                }
                " · " span.code { (step.id) }
            }
            @if step.when.is_some() { div.when { (book.condition(service, step.when.as_ref(), "")) } }
            (book.in_languages(&rows))
        }
    }
}
