//! Examples: a person's answers and where they must lead. Written beside the services, run as tests, shown in the book.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_spanned::Spanned;

use crate::load::{Bundle, Problem};
use crate::route::{End, Route};
use crate::schema::Service;
use crate::step::StepKind;
use crate::{Answers, Catalogue};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExamplesFile {
    example: Vec<Spanned<Example>>,
}

/// One example.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    pub name: String,
    #[serde(default)]
    pub case: Option<String>,
    pub today: Date,
    /// `submit`, or `exit:<id>`.
    pub end: String,
    #[serde(default)]
    pub papers: Vec<String>,
    #[serde(default)]
    pub outputs: Vec<String>,
    #[serde(default)]
    pub clock: Option<String>,
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Line in its file.
    #[serde(skip)]
    pub line: usize,
}

/// The examples of one service.
pub fn read(bundle: &Bundle, service: &str) -> Result<Vec<Example>, Problem> {
    let file = file_of(service);
    if !bundle.files.contains_key(&file) {
        return Ok(Vec::new());
    }
    let parsed = bundle.parse::<ExamplesFile>(&file)?;
    Ok(parsed
        .example
        .into_iter()
        .map(|spanned| {
            let line = bundle.line(&file, spanned.span().start);
            Example { line, ..spanned.into_inner() }
        })
        .collect())
}

/// Where the examples of a service stand.
pub fn file_of(service: &str) -> String {
    format!("examples/{service}.toml")
}

impl Example {
    /// The answers with every paper shown that the route asks for.
    pub fn answers(&self, catalogue: &Catalogue, service: &Service) -> Answers {
        let mut answers = Answers { values: self.answers.clone(), ..Answers::default() };
        let papers =
            service.steps.iter().filter_map(|step| if let StepKind::Paper { pages_min, .. } = step.kind { Some((step.id.clone(), pages_min)) } else { None });
        answers.pages.extend(papers);
        let route = Route::walk(catalogue, service, &answers, self.today);
        answers.pages.retain(|id, _| route.has(id));
        answers
    }

    /// What does not hold of this example; each sentence says what happened instead.
    pub fn run(&self, catalogue: &Catalogue, service: &Service) -> Vec<String> {
        let mut said = Vec::new();
        let answers = self.answers(catalogue, service);
        let route = Route::walk(catalogue, service, &answers, self.today);
        let end = match &route.end {
            End::Ask(step) => format!("ask:{}", step.id),
            End::Exit(exit) => format!("exit:{}", exit.id),
            End::Complete => "submit".to_owned(),
        };
        if end != self.end {
            let hint = if end.starts_with("ask:") { " (an answer is missing, or it is no choice)" } else { "" };
            said.push(format!("it ends at `{end}` instead of `{}`{hint}", self.end));
        }
        for id in self.answers.keys().filter(|id| !route.has(id)) {
            said.push(format!("`{id}` is never asked on this route"));
        }
        for (id, finding) in catalogue.findings(service, &answers, self.today) {
            said.push(format!("`{id}` would be refused while typing: {}", finding.id.key()));
        }
        if let Some(case) = &self.case {
            let facts = crate::facts::Facts::of_walked(catalogue, service, &route, &answers, self.today);
            match service.cases.iter().find(|known| known.id == *case) {
                None => said.push(format!("the service has no case `{case}`")),
                Some(known) if !known.when.as_ref().is_none_or(|rule| rule.holds(&facts)) => {
                    said.push(format!("these answers are no example of the case `{case}`"))
                }
                Some(_) => {}
            }
        }
        if end == "submit" && end == self.end {
            let papers: Vec<&str> =
                route.answered.iter().filter_map(|step| if let StepKind::Paper { paper, .. } = &step.kind { Some(paper.as_str()) } else { None }).collect();
            compare(&mut said, "papers", &papers, &self.papers);
            let outputs: Vec<&str> = catalogue.outputs(service, &answers, self.today).into_iter().map(|output| output.id.as_str()).collect();
            compare(&mut said, "outputs", &outputs, &self.outputs);
            let clock = catalogue.service_clock(service, &answers, self.today).map(|clock| clock.id.clone());
            if clock != self.clock {
                said.push(format!("the clock is `{}` instead of `{}`", clock.unwrap_or_default(), self.clock.clone().unwrap_or_default()));
            }
        }
        said
    }
}

fn compare(said: &mut Vec<String>, what: &str, real: &[&str], expected: &[String]) {
    if real != expected {
        said.push(format!("{what} = {real:?} instead of {expected:?}"));
    }
}
