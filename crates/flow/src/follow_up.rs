//! "Sampai mana permohonan saya?": QR or number, PIN, progress, and from there into a repair.

use catalogue::Catalogue;
use catalogue::number::SlipNumber;

use crate::Say;
use crate::effect::{CameraUse, Effect};
use crate::event::{FollowUpAnswer, FollowUpFault, Intent};
use crate::slip::token_in;
use crate::typing::{Field, PIN_DIGITS, Typing};

/// Where a resident stands who wants to know.
#[derive(Clone, Debug)]
pub enum FollowUp {
    Reading {
        problem: Option<Say>,
    },
    Number {
        typing: Typing,
        problem: Option<Say>,
    },
    Pin {
        id: String,
        typing: Typing,
        problem: Option<PinProblem>,
    },
    Asking {
        id: String,
    },
    /// Several applications of one visit: which one?
    Which(Vec<FollowUpAnswer>),
    Showing(Box<FollowUpAnswer>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinProblem {
    NoMatch { tries_left: Option<u32> },
    Wait { secs: u64 },
    Unreachable,
    Short,
}

impl FollowUp {
    pub fn begin() -> Self {
        Self::Reading { problem: None }
    }

    pub fn camera_use(&self) -> Option<CameraUse> {
        matches!(self, Self::Reading { .. }).then_some(CameraUse::Code)
    }

    /// A wish on one of these pages. Returns false when the resident leaves them backwards.
    pub fn intent(&mut self, intent: Intent, out: &mut Vec<Effect>) -> bool {
        match (&mut *self, intent) {
            (Self::Reading { .. }, Intent::TypeNumber) => *self = Self::Number { typing: Typing::new(Field::Number), problem: None },
            (Self::Reading { .. } | Self::Showing(_) | Self::Which(_), Intent::GoBack) => return false,
            (Self::Which(all), Intent::Choose(number)) => {
                if let Some(chosen) = all.iter().find(|answer| answer.number == number) {
                    *self = Self::Showing(Box::new(chosen.clone()));
                }
            }
            (Self::Number { .. } | Self::Pin { .. }, Intent::GoBack) => *self = Self::begin(),
            (Self::Number { typing, problem }, Intent::Key(key)) => {
                typing.key(key);
                *problem = None;
            }
            (Self::Pin { typing, problem, .. }, Intent::Key(key)) => {
                typing.key(key);
                *problem = None;
            }
            (Self::Number { typing, .. } | Self::Pin { typing, .. }, Intent::Erase) => typing.erase(),
            (Self::Number { typing, .. } | Self::Pin { typing, .. }, Intent::Clear) => typing.clear(),
            (Self::Number { typing, problem }, Intent::GoOn) => match SlipNumber::parse(&typing.value()) {
                Ok(number) => *self = Self::pin(number.to_string()),
                Err(_) => *problem = Some(Say::NumberUnknown),
            },
            (Self::Pin { typing, problem, .. }, Intent::GoOn) if typing.typed_chars() < PIN_DIGITS => *problem = Some(PinProblem::Short),
            (Self::Pin { id, typing, .. }, Intent::GoOn) => {
                out.push(Effect::AskFollowUp { id: id.clone(), pin: typing.value() });
                *self = Self::Asking { id: std::mem::take(id) };
            }
            _ => {}
        }
        true
    }

    /// A code was read. Only slips of this city lead on; anything else is named as foreign and nothing of it is used.
    pub fn code_read(&mut self, text: &str, catalogue: &Catalogue) {
        if let Self::Reading { problem } = self {
            match token_in(&catalogue.city.tracking_url, text) {
                Some(token) => *self = Self::pin(token),
                None => *problem = Some(Say::CodeForeign),
            }
        }
    }

    pub fn answered(&mut self, answer: Result<Box<FollowUpAnswer>, FollowUpFault>) {
        let Self::Asking { id } = self else { return };
        let id = std::mem::take(id);
        let again = |problem| Self::Pin { id, typing: Typing::new(Field::Pin), problem: Some(problem) };
        *self = match answer {
            Ok(answer) if answer.also.is_empty() => Self::Showing(answer),
            Ok(mut answer) => {
                let also = std::mem::take(&mut answer.also);
                Self::Which(std::iter::once(*answer).chain(also).collect())
            }
            Err(FollowUpFault::NoMatch { tries_left }) => again(PinProblem::NoMatch { tries_left }),
            Err(FollowUpFault::Wait { secs }) => again(PinProblem::Wait { secs }),
            Err(FollowUpFault::Unreachable) => again(PinProblem::Unreachable),
        };
    }

    fn pin(id: String) -> Self {
        Self::Pin { id, typing: Typing::new(Field::Pin), problem: None }
    }
}
