//! Pieces that several pages share: sentences in all languages side by side, conditions, papers, review marks.

use catalogue::{Language, Paper, Rule, Service, Text};
use maud::{Markup, html};

use super::Book;
use super::review::Signed;
use super::words::Speaker;

/// What stands in the head of a column for a language.
fn language_name(language: Language) -> &'static str {
    match language {
        Language::Id => "Indonesia",
        Language::En => "Inggris",
        Language::Jv => "Jawa",
        Language::Mad => "Madura",
    }
}

/// One row of sentences: what it is, the sentence, and a smaller one under it.
pub struct Row<'a> {
    pub what: String,
    pub text: &'a Text,
    pub detail: Option<&'a Text>,
}

impl<'a> Row<'a> {
    pub fn of(what: impl Into<String>, text: &'a Text) -> Self {
        Self { what: what.into(), text, detail: None }
    }
}

impl Book<'_> {
    /// Sentences in every language of the city, with a mark where a native speaker has not signed.
    pub fn in_languages(&self, rows: &[Row<'_>]) -> Markup {
        let languages = &self.catalogue.city.languages;
        html! {
            table.words {
                thead { tr { th {} @for language in languages { th { (language_name(*language)) } } } }
                tbody { @for row in rows { tr { th { (row.what) } @for language in languages { (self.cell(row, *language)) } } } }
            }
        }
    }

    fn cell(&self, row: &Row<'_>, language: Language) -> Markup {
        let all = std::iter::once(row.text).chain(row.detail);
        let state = all.map(|text| self.review.of_text(text, language)).max_by_key(|signed| *signed as u8).unwrap_or(Signed::Yes);
        html! {
            td.waiting[state == Signed::Waiting].missing[state == Signed::Missing] {
                (row.text.get(language))
                @if let Some(detail) = row.detail { span.detail { (detail.get(language)) } }
                @if state == Signed::Waiting { span.mark { "✎ perlu ditinjau penutur asli" } }
                @if state == Signed::Missing { span.mark { "belum diterjemahkan" } }
            }
        }
    }

    /// "Hanya bila …", in words as far as they go, and in CEL.
    pub fn condition(&self, service: &Service, rule: Option<&Rule>, otherwise: &str) -> Markup {
        let speaker = Speaker { catalogue: self.catalogue, service };
        html! {
            @match rule {
                None => (otherwise),
                Some(rule) => {
                    @if let Some(words) = speaker.say(rule) { "Bila " (words) "." }
                    code { (rule.source()) }
                }
            }
        }
    }

    /// A paper by its id, with its name and official name.
    pub fn paper(&self, id: &str) -> Option<&Paper> {
        self.catalogue.paper(id)
    }

    /// Languages of the city other than Indonesian.
    pub fn translated_into(&self) -> impl Iterator<Item = Language> + '_ {
        self.catalogue.city.languages.iter().copied().filter(|language| *language != Language::Id)
    }

    /// How many of these texts are signed in a language, out of how many.
    pub fn signed(&self, texts: &[&Text], language: Language) -> (usize, usize) {
        let mut sources: Vec<&&Text> = texts.iter().collect();
        sources.sort_by_key(|text| text.source());
        sources.dedup_by_key(|text| text.source());
        let signed = sources.iter().filter(|text| self.review.of_text(text, language) == Signed::Yes).count();
        (signed, sources.len())
    }

    /// "Jawa: 40 dari 40 perlu ditinjau penutur asli", as a badge for each language.
    pub fn review_badges(&self, texts: &[&Text]) -> Markup {
        html! {
            @for language in self.translated_into() {
                @let (signed, all) = self.signed(texts, language);
                @if signed == all {
                    span.badge.good { (language_name(language)) ": semua ditinjau" } " "
                } @else {
                    span.badge.warn { (language_name(language)) ": " (all - signed) " dari " (all) " perlu ditinjau penutur asli" } " "
                }
            }
        }
    }

    /// "Jawa 40 · Madura 12": how many sentences wait, for the narrow column of the index.
    pub fn review_short(&self, texts: &[&Text]) -> Markup {
        let waiting = |language: Language| {
            let (signed, all) = self.signed(texts, language);
            (language, all - signed)
        };
        let waiting: Vec<(Language, usize)> = self.translated_into().map(waiting).filter(|(_, count)| *count > 0).collect();
        html! {
            @if waiting.is_empty() { span.badge.good { "sudah semua" } }
            @for (language, count) in waiting { span.badge.warn { (language_name(language)) ": " (count) } " " }
        }
    }

    /// Who signs a page: the service's owner, the law, and a native speaker for each language.
    pub fn signers(&self) -> Vec<String> {
        let speakers = self.translated_into().map(|language| match language {
            Language::En => "Pembaca bahasa Inggris".to_owned(),
            other => format!("Penutur asli bahasa {}", language_name(other)),
        });
        ["Penanggung jawab layanan", "Bagian hukum"].map(str::to_owned).into_iter().chain(speakers).collect()
    }
}

/// Every text that a service says on its own, for counting reviews.
pub fn texts(service: &Service) -> Vec<&Text> {
    use catalogue::StepKind;
    let mut all = vec![&service.title, &service.official];
    all.extend(&service.human);
    all.extend(service.bring.iter().filter_map(|bring| bring.note.as_ref()));
    for step in &service.steps {
        all.extend([&step.label, &step.question]);
        all.extend(step.help.iter().chain(&step.unit));
        if let StepKind::Choice { choices } = &step.kind {
            all.extend(choices.iter().flat_map(|choice| std::iter::once(&choice.label).chain(&choice.detail)));
        }
    }
    all.extend(service.outputs.iter().map(|output| &output.title));
    all.extend(service.cases.iter().map(|case| &case.title));
    all.extend(service.forecasts.iter().map(|forecast| &forecast.text));
    all.extend(service.also.iter().map(|also| &also.title));
    all.extend(
        service
            .exits
            .iter()
            .flat_map(|exit| std::iter::once(&exit.title).chain(&exit.sentences).chain(exit.bring.iter().filter_map(|bring| bring.note.as_ref()))),
    );
    all
}
