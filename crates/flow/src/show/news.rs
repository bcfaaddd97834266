//! The pages of "how far is my application?": the code, number and PIN, and what central answered.

use crate::Say;
use crate::event::{FollowUpAnswer, Health, Moment};
use crate::follow_up::FollowUp;
use crate::kiosk::Kiosk;
use crate::view::{Card, OutputLine, Page, PaperLine, ProgressPage, Stage as StageLine, StageState, Tone};

impl Kiosk {
    pub(super) fn follow_up_page(&self, follow_up: &FollowUp, now: Moment) -> Page {
        match follow_up {
            FollowUp::Reading { problem } => Page::ReadCode {
                title: self.say(Say::CodeTitle),
                sentence: self.say(match (self.devices.reader, self.devices.camera) {
                    (Health::Ready, _) => Say::CodeReader,
                    (_, Health::Ready) => Say::CodeSentence,
                    _ => Say::CodeNoCamera,
                }),
                problem: problem.map(|say| self.say(say)).unwrap_or_default(),
            },
            FollowUp::Number { typing, problem } => {
                Page::Entry(self.entry(typing, self.say(Say::NumberQuestion), self.say(Say::NumberHelp), problem.map(|say| self.say(say))))
            }
            FollowUp::Pin { typing, problem, .. } => {
                Page::Entry(self.entry(typing, self.say(Say::PinQuestion), self.say(Say::PinHelp), problem.map(|problem| self.pin_problem(problem))))
            }
            FollowUp::Asking { .. } => self.working(Say::AskingTitle, now),
            FollowUp::Which(all) => self.which(all),
            FollowUp::Showing(answer) => self.progress(answer),
        }
    }

    fn progress(&self, answer: &FollowUpAnswer) -> Page {
        let service = self.catalogue.service(&answer.service);
        let state = self.catalogue.state(&answer.state);
        let output = answer.outputs.first().and_then(|news| service?.outputs.iter().find(|output| output.id == news.id));
        let path = output.or_else(|| service?.outputs.first()).and_then(|output| self.catalogue.path(&output.path));
        let when = |id: &str| answer.history.iter().rev().find(|(state, _)| state == id).map(|(_, at)| self.catalogue.moment_words(*at, self.look.language));
        let stages = path.map_or(&[][..], |path| &path.stages);
        // A state beside the straight way (repair, hold) counts as the last stage reached before it.
        let reached = stages.iter().rposition(|stage| answer.history.iter().any(|(state, _)| state == stage));
        let is_on_way = stages.contains(&answer.state);
        let stage = |(index, id): (usize, &String)| StageLine {
            label: self.catalogue.state(id).map(|state| self.text(&state.label)).unwrap_or_default(),
            when: when(id).unwrap_or_default(),
            state: match (Some(index).cmp(&reached), is_on_way) {
                (std::cmp::Ordering::Less, _) => StageState::Done,
                (std::cmp::Ordering::Equal, true) => StageState::Now,
                (std::cmp::Ordering::Equal, false) => StageState::Done,
                (std::cmp::Ordering::Greater, _) => StageState::Later,
            },
        };
        // A clock that stands still promises nothing.
        let no_promise = state.is_some_and(|state| state.terminal || state.pauses_clock);
        let promise = self.catalogue.moment_words(answer.promise_due_at, self.look.language);
        Page::Progress(ProgressPage {
            title: self.say(Say::ProgressTitle),
            number: answer.number.clone(),
            service: service.map(|service| self.text(&service.title)).unwrap_or_default(),
            now: state.map(|state| self.text(&state.resident)).unwrap_or_default(),
            tone: tone(state),
            promise: if no_promise { String::new() } else { self.catalogue.text(Say::ProgressPromise.id()).fill(self.look.language, &[("saat", &promise)]) },
            stages: stages.iter().enumerate().map(stage).collect(),
            outputs: self.output_lines(answer),
            repairs: self.repairs(answer),
        })
    }

    /// Several applications of one visit, one card each.
    fn which(&self, all: &[FollowUpAnswer]) -> Page {
        let card = |answer: &FollowUpAnswer| Card {
            id: answer.number.clone(),
            label: self.catalogue.service(&answer.service).map(|service| self.text(&service.title)).unwrap_or_default(),
            detail: self.catalogue.state(&answer.state).map(|state| self.text(&state.resident)).unwrap_or_default(),
            icon: if answer.repair.is_some() { "repair".into() } else { "papers".into() },
            selected: false,
        };
        Page::Choice { question: self.say(Say::WhichNews), help: String::new(), cards: all.iter().map(card).collect() }
    }

    /// Each output with its own state; nothing when there is only one, which the stages show.
    fn output_lines(&self, answer: &FollowUpAnswer) -> Vec<OutputLine> {
        if answer.outputs.len() < 2 {
            return Vec::new();
        }
        let service = self.catalogue.service(&answer.service);
        let line = |news: &crate::event::OutputNews| {
            let state = self.catalogue.state(&news.state);
            let no_promise = state.is_some_and(|state| state.terminal || state.pauses_clock);
            let due = self.catalogue.moment_words(news.due_at, self.look.language);
            OutputLine {
                label: service
                    .and_then(|service| service.outputs.iter().find(|output| output.id == news.id))
                    .map(|output| self.text(&output.title))
                    .unwrap_or_default(),
                now: state.map(|state| self.text(&state.resident)).unwrap_or_default(),
                tone: tone(state),
                promise: if no_promise { String::new() } else { self.catalogue.text(Say::ProgressPromise.id()).fill(self.look.language, &[("saat", &due)]) },
            }
        };
        answer.outputs.iter().map(line).collect()
    }

    fn repairs(&self, answer: &FollowUpAnswer) -> Vec<PaperLine> {
        let service = self.catalogue.service(&answer.service);
        let line = |item: &crate::event::RepairItem| PaperLine {
            name: service.and_then(|service| service.step(&item.item)).map(|step| self.text(&step.label)).unwrap_or_default(),
            official: self.catalogue.reasons.get(&item.reason).map(|reason| self.text(&reason.resident)).unwrap_or_default(),
            note: item.note.clone(),
        };
        answer.repair.iter().flat_map(|order| &order.items).map(line).collect()
    }
}

fn tone(state: Option<&catalogue::State>) -> Tone {
    match state.map(|state| state.tone) {
        Some(catalogue::StateTone::Attention) => Tone::Attention,
        Some(catalogue::StateTone::Trouble) => Tone::Trouble,
        Some(catalogue::StateTone::Done) => Tone::Done,
        Some(catalogue::StateTone::Plain) | None => Tone::Plain,
    }
}
