//! The table of conditions holds together, and availability follows from it.

use drivers::status::{Action, Actor, Availability, Condition, DeviceState, Severity, Status, TABLE};
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
