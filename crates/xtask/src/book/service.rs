//! The page of one service, from what it is to who signs for it.

use catalogue::{Bring, Class, Exit, Output, Service, StepKind};
use maud::{Markup, html};

use super::page::{page as frame, signatures};
use super::parts::{Row, texts};
use super::{Book, BookError, Page, examples, flow, index, questions};

/// The page itself.
pub fn page(book: &Book<'_>, service: &Service) -> Result<Page, BookError> {
    let examples = index::examples(book, service)?;
    let body = html! {
        p { span.badge { (service.code) } " " span.badge { (format!("{:?}", service.class)) } " " (book.review_badges(&texts(service))) }
        h1 { (service.title.source()) }
        p.lead { (service.official.source()) }
        (summary(book, service))
        h2 { "Untuk siapa" }
        (cases(book, service))
        h2 { "Yang dibawa" }
        p { "Disebut sebelum pertanyaan pertama." }
        (bring(book, &service.bring))
        h2 { "Alur" }
        (flow::diagram(book, service))
        h2 { "Pertanyaan dan kertas" }
        (questions::list(book, service))
        h2 { "Kertas yang diminta" }
        (papers(book, service))
        @if !service.exits.is_empty() {
            h2 { "Jalan yang berakhir di kartu cetak" }
            @for exit in &service.exits { (exit_box(book, service, exit)) }
        }
        @if !service.outputs.is_empty() {
            h2 { "Hasil" }
            @for output in &service.outputs { (output_box(book, service, output)) }
        }
        @if !service.forecasts.is_empty() {
            h2 { "Peringatan sebelum dikirim" }
            p { "Muncul di halaman periksa. Warga tetap boleh mengirim." }
            @for forecast in &service.forecasts {
                div.question {
                    h3 { (forecast.reason) " · " (book.catalogue.reasons.get(&forecast.reason).map_or("", |reason| reason.label.source())) }
                    p.about { "Yang perlu dibetulkan: " (service.step(&forecast.item).map_or(forecast.item.as_str(), |step| step.label.source())) " · " span.code { (forecast.id) } }
                    div.when { (book.condition(service, Some(&forecast.when), "")) }
                    (book.in_languages(&[Row::of("Kalimat", &forecast.text)]))
                }
            }
        }
        @if !service.also.is_empty() {
            h2 { "Ditawarkan sekalian" }
            @for also in &service.also {
                div.question {
                    h3 { @if let Some(other) = book.catalogue.service(&also.service) { a href=(index::page_name(other)) { (other.title.source()) } } }
                    p.about { "Yang sudah diketahui: " (with(book, &also.service, &also.with)) }
                    div.when { (book.condition(service, also.when.as_ref(), "Selalu ditawarkan.")) }
                    (book.in_languages(&[Row::of("Kalimat", &also.title)]))
                }
            }
        }
        h2 { "Contoh" }
        p { "Semua orang di sini rekaan. Setiap contoh dijalankan pemeriksa." }
        (examples::list(book, service, &examples))
        (signatures(&book.edition, &book.signers()))
    };
    Ok(frame(&book.edition, &index::page_name(service), service.title.source(), body))
}

fn summary(book: &Book<'_>, service: &Service) -> Markup {
    let menu = book.catalogue.city.menus.get(&service.menu).map_or(service.menu.id(), |name| name.source());
    let mut said = vec![Row::of("Judul", &service.title), Row::of("Nama resmi", &service.official)];
    said.extend(service.human.as_ref().map(|human| Row::of("Langkah petugas", human)));
    html! {
        table {
            tbody {
                tr { th { "Menu" } td { (menu) } }
                tr { th { "Kelas" } td { (format!("{:?}", service.class)) ": " (index::class_words(service.class)) @if service.gentle { " · dengan kata yang lembut" } } }
                tr { th { "Dasar hukum" } td { ul { @for law in &service.law { li { (law) @if law.contains("perlu dicek") { " " span.badge.warn { "perlu dicek" } } } } } } }
                tr { th { "Formulir" } td { ul { @for form in &service.forms { li { strong { (form) } " " (book.catalogue.forms.get(form).map_or("", String::as_str)) } } } } }
                @if service.class != Class::K3 {
                    tr { th { "Janji waktu" } td { @for used in &service.clocks {
                        p { strong { (book.catalogue.clock(&used.clock).map_or("", |clock| clock.label.source())) } ". " (book.condition(service, used.when.as_ref(), "Untuk yang lain.")) }
                    } } }
                }
                tr { th { "Dicari dengan" } td { (service.search.join(" · ")) } }
            }
        }
        (book.in_languages(&said))
    }
}

fn cases(book: &Book<'_>, service: &Service) -> Markup {
    html! {
        table {
            thead { tr { th { "Kasus" } th { "Kapan" } th { "Kode" } } }
            tbody { @for case in &service.cases { tr {
                td { (case.title.source()) }
                td { (book.condition(service, case.when.as_ref(), "Semua yang memakai layanan ini.")) }
                td { span.code { (case.id) } }
            } } }
        }
    }
}

fn bring(book: &Book<'_>, bring: &[Bring]) -> Markup {
    html! {
        @if bring.is_empty() { p { "Tidak ada." } } @else {
            table {
                thead { tr { th { "Kertas" } th { "Nama resmi" } th { "Catatan" } } }
                tbody { @for bring in bring { @if let Some(paper) = book.paper(&bring.paper) { tr {
                    td { a href={ "kertas.html#" (paper.id) } { (paper.name.source()) } }
                    td { (paper.official.source()) }
                    td { @if let Some(note) = &bring.note { (note.source()) } }
                } } } }
            }
        }
    }
}

/// Papers in front of the camera, with what may stand in for each.
fn papers(book: &Book<'_>, service: &Service) -> Markup {
    let asked = service.steps.iter().enumerate().filter_map(|(at, step)| match &step.kind {
        StepKind::Paper { paper, .. } => Some((at + 1, step, book.paper(paper)?)),
        _ => None,
    });
    html! {
        table {
            thead { tr { th { "No." } th { "Kertas" } th { "Boleh diganti dengan" } th { "Kapan" } } }
            tbody { @for (number, step, paper) in asked { tr {
                td { (number) }
                td { (paper.name.source()) br; span.soft { (questions::kind_words(step)) } }
                td { (alternatives(book, service, &paper.id)) }
                td { (book.condition(service, step.when.as_ref(), "Selalu.")) }
            } } }
        }
    }
}

/// Other papers on the cards among which this one is chosen ("Mana yang Anda bawa?").
fn alternatives(book: &Book<'_>, service: &Service, id: &str) -> String {
    let mut names = Vec::new();
    for step in &service.steps {
        let StepKind::Choice { choices } = &step.kind else { continue };
        if step.id.ends_with("_jenis") && choices.iter().any(|choice| choice.value == id) {
            names.extend(choices.iter().filter(|choice| choice.value != id).filter_map(|choice| book.paper(&choice.value)).map(|paper| paper.name.source()));
        }
    }
    if names.is_empty() { "tidak ada".to_owned() } else { names.join(", ") }
}

fn exit_box(book: &Book<'_>, service: &Service, exit: &Exit) -> Markup {
    let mut rows = vec![Row::of("Judul", &exit.title)];
    rows.extend(exit.sentences.iter().enumerate().map(|(at, sentence)| Row::of(format!("Kalimat {}", at + 1), sentence)));
    html! {
        div.question id={ "a-" (exit.id) } {
            h3 { (exit.title.source()) }
            p.about { span.code { (exit.id) } }
            div.when { (book.condition(service, Some(&exit.when), "")) }
            (book.in_languages(&rows))
            @if !exit.bring.is_empty() { h3 { "Yang perlu dibawa" } (bring(book, &exit.bring)) }
            @if let Some(onward) = &exit.onward && let Some(other) = book.catalogue.service(&onward.service) {
                p { "Kios menawarkan lanjut ke " a href=(index::page_name(other)) { (other.title.source()) } ". Yang sudah diketahui: " (with(book, &onward.service, &onward.with)) }
            }
        }
    }
}

fn output_box(book: &Book<'_>, service: &Service, output: &Output) -> Markup {
    let place = book.catalogue.place(&output.place).map_or("", |place| place.text.source());
    let path = book.catalogue.path(&output.path);
    let stages = path.into_iter().flat_map(|path| &path.stages).map(|state| book.catalogue.state(state).map_or(state.as_str(), |state| state.label.source()));
    html! {
        div.question {
            h3 { (output.title.source()) }
            table { tbody {
                tr { th { "Kapan" } td { (book.condition(service, output.when.as_ref(), "Selalu.")) } }
                tr { th { "Diambil di" } td { (place) } }
                tr { th { "Janji waktu" } td { (output.clock.as_deref().and_then(|id| book.catalogue.clock(id)).map_or("mengikuti janji layanan", |clock| clock.label.source())) } }
                tr { th { "Jalannya" } td { (stages.collect::<Vec<_>>().join(" → ")) } }
            } }
            (book.in_languages(&[Row::of("Nama hasil", &output.title)]))
        }
    }
}

/// Answers that another service gets from this one.
fn with(book: &Book<'_>, service: &str, with: &std::collections::BTreeMap<String, String>) -> String {
    let Some(other) = book.catalogue.service(service) else { return String::new() };
    let said = with.iter().filter_map(|(id, value)| {
        let step = other.step(id)?;
        Some(format!("{}: {}", step.label.source(), book.catalogue.answer_text(step, value, catalogue::Language::Id)))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { "tidak ada".to_owned() } else { said.join("; ") }
}
