//! Which text of the catalogue stands in which box, on the screen and on paper.
//!
//! It follows what `flow` shows on each page. The rule a newcomer would break: a text that can stand in several boxes has a
//! line for each of them here, since the narrowest decides.

use std::borrow::Cow;

use catalogue::{Bring, Catalogue, Finding, FindingId, Language, Paper, PickFrom, Service, Step, StepKind, Text};

use super::boxes::{self, LabelBox};

/// Where a text stands.
#[derive(Clone, Copy)]
pub enum Room {
    Screen(&'static LabelBox),
    Paper { name: &'static str, letters_max: usize },
}

impl Room {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Screen(label_box) => label_box.name,
            Self::Paper { name, .. } => name,
        }
    }
}

const SLIP: Room = Room::Paper { name: "line of the slip", letters_max: boxes::PAPER_LETTERS };
/// The head of the printed list is printed double.
const LIST_HEAD: Room = Room::Paper { name: "head of the printed list", letters_max: boxes::PAPER_LETTERS_DOUBLE };

/// Fixed texts that stand on the button that goes on.
const PRIMARY_TEXTS: [&str; 11] =
    ["syarat-lengkap", "lanjut", "selesai", "kirim", "privasi-mengerti", "foto-ambil", "pindai-ambil", "foto-pakai", "foto-tetap", "lanjut-tanpa", "perbaiki"];
/// The button of an exit that leads on; `{layanan}` is the service's title.
const ONWARD_TEXT: &str = "lanjut-ke";
/// Digits that a finding about a number counts at most.
const DIGITS_MISSING: usize = 16;

/// One text in one box.
pub struct Label<'a> {
    pub text: Cow<'a, Text>,
    pub room: Room,
    /// File and, where it is known, the line from which on the text stands; 0 is the whole file.
    pub file: String,
    pub line: usize,
    /// Id of what it belongs to.
    pub of: &'a str,
}

/// Every label of the catalogue.
pub fn all(catalogue: &Catalogue) -> Vec<Label<'_>> {
    let mut out = Vec::new();
    for service in catalogue.services.values() {
        of_service(catalogue, service, &mut out);
    }
    let mut put = |text, room, file: &str, of| out.push(Label { text: Cow::Borrowed(text), room, file: file.to_owned(), line: 0, of });
    for event in &catalogue.events {
        put(&event.label, Room::Screen(&boxes::CARD), "index.toml", event.id.as_str());
        put(&event.label, Room::Screen(&boxes::QUESTION_HEAD), "index.toml", &event.id);
        put(&event.detail, Room::Screen(&boxes::CARD_DETAIL), "index.toml", &event.id);
        for behind in &event.services {
            put(&behind.label, Room::Screen(&boxes::CARD), "index.toml", &event.id);
            if let Some(detail) = &behind.detail {
                put(detail, Room::Screen(&boxes::CARD_DETAIL), "index.toml", &event.id);
            }
        }
    }
    for place in catalogue.places.values() {
        put(&place.text, Room::Screen(&boxes::FACT), "shared/places.toml", &place.id);
        put(&place.text, SLIP, "shared/places.toml", &place.id);
    }
    for clock in catalogue.clocks.values() {
        put(&clock.label, Room::Screen(&boxes::FACT), "shared/clocks.toml", &clock.id);
    }
    for state in catalogue.states.values() {
        put(&state.resident, Room::Screen(&boxes::BOX_SENTENCE), "shared/states.toml", &state.id);
    }
    for reason in catalogue.reasons.values() {
        put(&reason.resident, Room::Screen(&boxes::BOX_SENTENCE), "shared/reasons.toml", &reason.code);
    }
    for choice in catalogue.occupation_groups.iter().map(|group| &group.label) {
        put(choice, Room::Screen(&boxes::CARD), "codes/occupation_groups.csv", "pekerjaan");
    }
    for choice in catalogue.lists.get("pekerjaan").into_iter().flatten() {
        put(&choice.label, Room::Screen(&boxes::CARD), "codes/lists.csv", "pekerjaan");
        put(&choice.label, Room::Screen(&boxes::CHECK_VALUE), "codes/lists.csv", "pekerjaan");
    }
    for menu in catalogue.city.menus.values() {
        put(menu, Room::Screen(&boxes::CARD), "city.toml", "menus");
    }
    for (text, room) in [
        (&catalogue.city.office, SLIP),
        (&catalogue.city.helpdesk, SLIP),
        (&catalogue.city.helpdesk, Room::Screen(&boxes::FACT)),
        (&catalogue.city.compensation.text, SLIP),
    ] {
        put(text, room, "city.toml", "city");
    }
    for id in PRIMARY_TEXTS {
        put(catalogue.text(id), Room::Screen(&boxes::PRIMARY_BUTTON), "shared/texts.toml", id);
    }
    findings(catalogue, &mut out);
    out
}

fn of_service<'a>(catalogue: &'a Catalogue, service: &'a Service, out: &mut Vec<Label<'a>>) {
    let file = format!("services/{}.toml", service.id);
    for step in &service.steps {
        of_step(step, out);
        if let StepKind::Paper { paper, .. } = &step.kind
            && let Some(paper) = catalogue.paper(paper)
        {
            of_paper(paper, out);
        }
    }
    of_bring(catalogue, &service.bring, &file, out);
    for exit in &service.exits {
        of_bring(catalogue, &exit.bring, &file, out);
    }
    let mut put = |text, room, of| out.push(Label { text: Cow::Borrowed(text), room, file: file.clone(), line: 0, of });
    put(&service.title, Room::Screen(&boxes::TOP_TITLE), service.id.as_str());
    put(&service.title, Room::Screen(&boxes::CARD), &service.id);
    put(&service.title, SLIP, &service.id);
    put(&service.title, LIST_HEAD, &service.id);
    if let Some(human) = &service.human {
        put(human, Room::Screen(&boxes::FACT), &service.id);
    }
    for output in &service.outputs {
        put(&output.title, Room::Screen(&boxes::BOX_HEAD), &output.id);
        put(&output.title, SLIP, &output.id);
    }
    for forecast in &service.forecasts {
        put(&forecast.text, Room::Screen(&boxes::BOX_SENTENCE), &forecast.id);
    }
    for also in &service.also {
        put(&also.title, Room::Screen(&boxes::QUESTION_HEAD), &also.service);
        put(&also.title, Room::Screen(&boxes::QUESTION_COLUMN), &also.service);
    }
    for exit in &service.exits {
        put(&exit.title, Room::Screen(&boxes::QUESTION_HEAD), &exit.id);
        put(&exit.title, Room::Screen(&boxes::QUESTION_COLUMN), &exit.id);
        put(&exit.title, LIST_HEAD, &exit.id);
        for sentence in &exit.sentences {
            put(sentence, Room::Screen(&boxes::EXIT_SENTENCE), &exit.id);
            put(sentence, SLIP, &exit.id);
        }
    }
    for target in service.exits.iter().filter_map(|exit| exit.onward.as_ref()).filter_map(|onward| catalogue.service(&onward.service)) {
        let text = Cow::Owned(catalogue.text(ONWARD_TEXT).with("layanan", &target.title));
        out.push(Label { text, room: Room::Screen(&boxes::PRIMARY_BUTTON), file: format!("services/{}.toml", target.id), line: 0, of: &target.id });
    }
}

fn of_step<'a>(step: &'a Step, out: &mut Vec<Label<'a>>) {
    let (file, line) = &step.place;
    let mut put = |text, room| out.push(Label { text: Cow::Borrowed(text), room: Room::Screen(room), file: file.clone(), line: *line, of: &step.id });
    // A list to pick from shrinks its question to one line, and a paper shows its name instead.
    if matches!(step.kind, StepKind::Choice { .. } | StepKind::Entry { .. } | StepKind::Pick { from: PickFrom::Occupation, .. }) {
        put(&step.question, &boxes::QUESTION_HEAD);
        put(&step.question, &boxes::QUESTION_COLUMN);
    }
    if let Some(help) = &step.help {
        put(help, &boxes::HELP);
    }
    put(&step.label, &boxes::CHECK_LABEL);
    put(&step.label, &boxes::BOX_HEAD);
    if let StepKind::Choice { choices } = &step.kind {
        for choice in choices {
            put(&choice.label, &boxes::CARD);
            put(&choice.label, &boxes::CHECK_VALUE);
            if let Some(detail) = &choice.detail {
                put(detail, &boxes::CARD_DETAIL);
            }
        }
    }
}

fn of_bring<'a>(catalogue: &'a Catalogue, bring: &'a [Bring], file: &str, out: &mut Vec<Label<'a>>) {
    for bring in bring {
        if let Some(paper) = catalogue.paper(&bring.paper) {
            of_paper(paper, out);
        }
        if let Some(note) = &bring.note {
            let mut put = |room| out.push(Label { text: Cow::Borrowed(note), room, file: file.to_owned(), line: 0, of: &bring.paper });
            put(Room::Screen(&boxes::PAPER_NOTE));
            put(SLIP);
        }
    }
}

fn of_paper<'a>(paper: &'a Paper, out: &mut Vec<Label<'a>>) {
    let mut put = |text, room| out.push(Label { text: Cow::Borrowed(text), room, file: "shared/papers/".into(), line: 0, of: &paper.id });
    put(&paper.name, Room::Screen(&boxes::PAPER_NAME));
    put(&paper.name, Room::Screen(&boxes::QUESTION_HEAD));
    put(&paper.name, Room::Screen(&boxes::QUESTION_COLUMN));
    put(&paper.name, SLIP);
    put(&paper.official, Room::Screen(&boxes::PAPER_OFFICIAL));
    put(&paper.official, SLIP);
    put(&paper.instruction, Room::Screen(&boxes::HELP));
}

fn findings<'a>(catalogue: &'a Catalogue, out: &mut Vec<Label<'a>>) {
    for id in FindingId::ALL {
        let finding = Finding { id, count: Some(DIGITS_MISSING), range: Some((1, 9000)) };
        // The sentence comes filled in, one language at a time; a text that says the same everywhere carries each of them.
        for language in Language::ALL.into_iter().filter(|language| catalogue.city.languages.contains(language)) {
            let text = Cow::Owned(Text::same(&catalogue.finding_text(&finding, language)));
            out.push(Label { text, room: Room::Screen(&boxes::FINDING), file: "shared/findings.toml".into(), line: 0, of: id.key() });
        }
    }
}
