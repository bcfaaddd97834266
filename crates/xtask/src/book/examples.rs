//! The examples of a service, each with where its answers really lead.

use catalogue::example::Example;
use catalogue::route::End;
use catalogue::{Language, Route, Service};
use maud::{Markup, html};

use super::Book;

/// All examples. One that does not hold says so; the check refuses it as well.
pub fn list(book: &Book<'_>, service: &Service, examples: &[Example]) -> Markup {
    html! { @for example in examples { (block(book, service, example)) } }
}

fn block(book: &Book<'_>, service: &Service, example: &Example) -> Markup {
    let catalogue = book.catalogue;
    let answers = example.answers(catalogue, service);
    let route = Route::walk(catalogue, service, &answers, example.today);
    let end = match &route.end {
        End::Complete => "permohonan dikirim".to_owned(),
        End::Exit(exit) => format!("kartu cetak “{}”", exit.title.source()),
        End::Ask(step) => format!("belum selesai, menunggu “{}”", step.label.source()),
    };
    let said =
        route.answered.iter().map(|step| (step.label.source(), answers.value(&step.id))).zip(&route.answered).filter(|((_, value), _)| !value.is_empty());
    let said: Vec<String> = said.map(|((label, value), step)| format!("{label}: {}", catalogue.answer_text(step, value, Language::Id))).collect();
    let case = example.case.as_ref().and_then(|id| service.cases.iter().find(|case| case.id == *id));
    let papers: Vec<&str> = example.papers.iter().map(|id| book.paper(id).map_or(id.as_str(), |paper| paper.name.source())).collect();
    let title = |id: &String| service.outputs.iter().find(|output| output.id == *id).map_or(id.clone(), |output| output.title.source().to_owned());
    let outputs: Vec<String> = example.outputs.iter().map(title).collect();
    let clock = example.clock.as_deref().and_then(|id| catalogue.clock(id));
    html! {
        div.question {
            h3 { (example.name) }
            p.about { (catalogue.date_words(example.today, Language::Id)) @if let Some(case) = case { " · kasus: " (case.title.source()) } }
            p { (said.join(" · ")) }
            p { strong { "Berakhir di: " (end) "." }
                @if !papers.is_empty() { " Kertas: " (papers.join(", ")) "." }
                @if !outputs.is_empty() { " Hasil: " (outputs.join(", ")) "." }
                @if let Some(clock) = clock { " Janji: " (clock.label.source()) "." }
            }
            @for wrong in &example.run(catalogue, service) { p { span.badge.bad { "tidak sesuai" } " " (wrong) } }
        }
    }
}
