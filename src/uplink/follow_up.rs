//! One question, one answer: how far is this application?

use flow::event::{FollowUpAnswer, FollowUpFault, OutputNews, RepairItem, RepairOrder};
use reqwest::Method;
use std::time::Duration;
use wire::v1::{FollowUp, FollowUpRequest, ProblemKind};

use super::client::{Answer, Client};
use crate::logging::{chain, note};

/// A resident stands and waits: better a clear "not now" than a long silence.
const ANSWER_WAIT: Duration = Duration::from_secs(15);
/// Said when central asks to wait but not how long.
const WAIT_SECS_DEFAULT: u64 = 30;

pub async fn ask(client: &Client, id: String, pin: String) -> Result<FollowUpAnswer, FollowUpFault> {
    let body = serde_json::to_vec(&FollowUpRequest { id, pin }).expect("two strings can always be written");
    let call = client.call(Method::POST, "/api/v1/follow-up", "application/json", body);
    match tokio::time::timeout(ANSWER_WAIT, call).await {
        Ok(Ok(Answer::Good(bytes))) => match serde_json::from_slice::<FollowUp>(&bytes) {
            Ok(answer) => Ok(translate(answer)),
            Err(_) => Err(FollowUpFault::Unreachable),
        },
        Ok(Ok(Answer::Refused(problem))) => Err(match problem.kind() {
            Some(ProblemKind::NoMatch) => FollowUpFault::NoMatch { tries_left: problem.tries_left },
            Some(ProblemKind::Wait) => FollowUpFault::Wait { secs: problem.wait_secs.unwrap_or(WAIT_SECS_DEFAULT) },
            _ => FollowUpFault::Unreachable,
        }),
        Ok(Ok(Answer::Strange(_))) | Err(_) => Err(FollowUpFault::Unreachable),
        Ok(Err(reason)) => {
            note("follow-up.unanswered", &[("reason", &chain(&reason))]);
            Err(FollowUpFault::Unreachable)
        }
    }
}

fn translate(answer: FollowUp) -> FollowUpAnswer {
    FollowUpAnswer {
        number: answer.number,
        service: answer.service,
        state: answer.state,
        promise_due_at: answer.promise_due_at,
        history: answer.history.into_iter().map(|line| (line.state, line.at)).collect(),
        repair: answer.repair.map(|repair| RepairOrder {
            permit: repair.permit,
            items: repair.items.into_iter().map(|item| RepairItem { item: item.item, reason: item.reason, note: item.note }).collect(),
            held: repair.held.into_iter().collect(),
            facts: repair.facts,
        }),
        outputs: answer.outputs.into_iter().map(|output| OutputNews { id: output.id, state: output.state, due_at: output.due_at }).collect(),
        also: answer.also.into_iter().map(translate).collect(),
    }
}
