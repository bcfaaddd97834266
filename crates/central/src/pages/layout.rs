//! The frame around every page, its few icons, and the small pieces that several pages share.
//!
//! Colour never speaks alone: a badge always has an icon and a word.

use catalogue::{Language, StateTone};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The one style sheet; no page has another, and none loads anything from elsewhere.
pub const STYLE: &str = include_str!("style.css");

/// Who is signed in, for the band at the top.
pub struct Band<'a> {
    pub name: &'a str,
    pub form_code: &'a str,
}

/// A whole officer's page.
pub fn office(title: &str, band: Option<&Band<'_>>, body: &Markup) -> Markup {
    document(
        title,
        Language::Id,
        "petugas",
        &html! {
            header.band {
                a.mark href="/petugas" { (icon("shield")) span { "Klampid" } }
                @if let Some(band) = band {
                    div.who {
                        span { (icon("person")) (band.name) }
                        form method="post" action="/petugas/keluar" {
                            input type="hidden" name="form_code" value=(band.form_code);
                            button.quiet type="submit" { "Keluar" }
                        }
                    }
                }
            }
            main #isi { (body) }
        },
    )
}

/// A whole resident's page, one narrow column for a phone.
pub fn resident(title: &str, city: &str, language: Language, other_language_href: Option<&str>, body: &Markup) -> Markup {
    document(
        title,
        language,
        "warga",
        &html! {
            header.band {
                span.mark { (icon("shield")) span { (city) } }
                @if let Some(href) = other_language_href {
                    @if language == Language::En {
                        a.language href=(href) lang="id" hreflang="id" { "Bahasa Indonesia" }
                    } @else {
                        a.language href=(href) lang="en" hreflang="en" { "English" }
                    }
                }
            }
            main #isi { (body) }
        },
    )
}

/// A page with nothing but a sentence and what to do.
pub fn notice(title: &str, sentence: &str) -> Markup {
    document(
        title,
        Language::Id,
        "warga",
        &html! {
            header.band { span.mark { (icon("shield")) span { "Klampid" } } }
            main #isi { h1 { (title) } p { (sentence) } p { a.button href="/lacak" { "Lacak permohonan" } } }
        },
    )
}

fn document(title: &str, language: Language, audience: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Klampid" }
                link rel="stylesheet" href="/gaya.css";
                link rel="icon" href="data:,";
            }
            body.(audience) {
                a.skip href="#isi" { @if language == Language::En { "Skip to content" } @else { "Langsung ke isi" } }
                (body)
            }
        }
    }
}

/// A state's word with its colour and sign.
pub fn badge(tone: StateTone, word: &str) -> Markup {
    let (class, sign) = match tone {
        StateTone::Plain => ("plain", "dot"),
        StateTone::Attention => ("attention", "alert"),
        StateTone::Trouble => ("trouble", "cross"),
        StateTone::Done => ("done", "check"),
    };
    html! { span.badge.(class) { (icon(sign)) (word) } }
}

/// A message above a page: what happened and what to do.
pub fn message(tone: StateTone, sentence: &str) -> Markup {
    let (class, sign) = match tone {
        StateTone::Done => ("done", "check"),
        StateTone::Trouble => ("trouble", "cross"),
        StateTone::Attention | StateTone::Plain => ("attention", "alert"),
    };
    html! { p.message.(class) role="status" { (icon(sign)) span { (sentence) } } }
}

/// Our own drawings, 24×24, drawn in the colour of the text; always beside a word, so hidden from readers.
pub fn icon(name: &str) -> Markup {
    let path = match name {
        "shield" => "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z M9 12l2 2 4-4",
        "person" => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4 21c1-4 4-6 8-6s7 2 8 6",
        "check" => "M5 13l4 4L19 7",
        "cross" => "M6 6l12 12 M18 6L6 18",
        "alert" => "M12 4l9 16H3z M12 10v4 M12 17v.5",
        "clock" => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5l3 2",
        "pause" => "M9 6v12 M15 6v12",
        "paper" => "M6 3h8l4 4v14H6z M14 3v4h4 M9 12h6 M9 16h6",
        "back" => "M15 5l-7 7 7 7",
        "search" => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l5 5",
        _ => "M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
    };
    PreEscaped(format!(r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{path}"/></svg>"#))
}
