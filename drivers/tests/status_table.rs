//! The table of conditions holds together, and availability follows from it.

use drivers::status::{Action, Actor, Availability, CommandResult, Condition, DeviceState, Notice, Severity, Status, TABLE};
use std::collections::HashSet;

const STATES: [DeviceState; 11] = [
    DeviceState::Online,
    DeviceState::Offline,
    DeviceState::PowerOff,
    DeviceState::NoDevice,
    DeviceState::Starting,
    DeviceState::DeviceBusy,
    DeviceState::HardwareError,
    DeviceState::UserError,
    DeviceState::PotentialFraud,
    DeviceState::FraudAttempt,
    DeviceState::Unknown,
];

#[test]
fn every_condition_has_one_row_and_every_code_is_read_out_once() {
    let conditions: HashSet<Condition> = TABLE.iter().map(|row| row.condition).collect();
    let codes: HashSet<&str> = TABLE.iter().map(|row| row.staff_code).collect();
    assert_eq!((conditions.len(), codes.len()), (TABLE.len(), TABLE.len()));
    for row in TABLE {
        assert_eq!(row.condition.row(), row);
        assert!(row.condition.to_string().starts_with(row.staff_code));
    }
}

#[test]
fn every_action_has_somebody_who_can_take_it() {
    for row in TABLE {
        let actor_fits = match row.action {
            Action::None | Action::Suspend => row.actor == Actor::Nobody,
            Action::Reset | Action::SoftwareError => row.actor == Actor::Machine,
            Action::Clear => row.actor == Actor::Staff,
            Action::Configuration | Action::Maintenance => row.actor == Actor::Technician,
            Action::Resident => row.actor == Actor::Resident,
        };
        assert!(actor_fits, "{}", row.condition);
    }
}

#[test]
fn an_error_makes_any_device_unavailable_and_a_warning_makes_none_so() {
    for state in STATES {
        let plain = Status::of(state).availability();
        let expected = match state {
            DeviceState::Online => Availability::Ready,
            DeviceState::DeviceBusy => Availability::Busy,
            _ => Availability::Unavailable,
        };
        assert_eq!(plain, expected, "{state:?}");
        for row in TABLE {
            let with = Status::of(state).with(row.condition).availability();
            let wanted = if row.severity == Severity::Error { Availability::Unavailable } else { expected };
            assert_eq!(with, wanted, "{state:?} with {}", row.condition);
        }
    }
}

#[test]
fn the_worst_condition_decides_who_acts() {
    let status = Status::of(DeviceState::UserError).with(Condition::ROLL_NEAR_END).with(Condition::COVER_OPEN);
    assert_eq!(status.required(), (Action::Clear, Actor::Staff));
    let stuck = Status::of(DeviceState::HardwareError).with(Condition::STREAM_ABANDONED);
    assert_eq!(stuck.required(), (Action::SoftwareError, Actor::Machine));
    assert_eq!(Status::of(DeviceState::Online).required(), (Action::None, Actor::Nobody));
}

#[test]
fn every_condition_has_words_for_staff_and_technician_and_blames_nobody() {
    for row in TABLE {
        for (who, words) in [("staff", row.staff), ("technician", row.technician)] {
            assert!(words.ends_with('.') && words.len() > 20, "{} {who}: {words}", row.condition);
            let plain = words.to_lowercase();
            for harsh in ["gagal", "invalid", "error"] {
                assert!(who == "technician" || !plain.contains(harsh), "{} {who}: {words}", row.condition);
            }
        }
        let longest = row.staff.split('.').map(|sentence| sentence.split_whitespace().count()).max().unwrap_or(0);
        assert!(longest <= 12, "{}: a sentence of {longest} words is too long to act upon", row.condition);
        if row.actor == Actor::Resident {
            assert!(row.notice.is_some(), "{}: a resident is to act but is told nothing", row.condition);
        }
        if row.severity == Severity::Info && row.actor != Actor::Resident {
            assert!(row.notice.is_none(), "{}: residents are not told what does not concern them", row.condition);
        }
    }
}

#[test]
fn every_notice_is_used() {
    for notice in Notice::ALL {
        assert!(TABLE.iter().any(|row| row.notice == Some(notice)), "{notice:?}");
    }
}

#[test]
fn every_command_result_has_its_own_word_and_exit_code() {
    let words: HashSet<&str> = CommandResult::ALL.iter().map(|result| result.word()).collect();
    let codes: HashSet<u8> = CommandResult::ALL.iter().map(|result| result.exit_code()).collect();
    assert_eq!((words.len(), codes.len()), (CommandResult::ALL.len(), CommandResult::ALL.len()));
    assert_eq!(CommandResult::Success.exit_code(), 0);
    assert!(CommandResult::ALL.iter().skip(1).all(|result| result.exit_code() >= 10), "1 and 2 belong to the program itself");
}
