//! Silence becomes `Unknown`, resets are bounded and wait for people, and history is kept and bounded.

use drivers::status::{Condition, DeviceState, Status};
use drivers::supervise::{Happening, History, Order, Phase, SPELLS_MAX, Watch, WatchTiming, next_phase};
use proptest::prelude::*;
use std::time::Duration;

const TIMING: WatchTiming = WatchTiming { poll: Duration::from_millis(500), command: Duration::from_secs(30), reset: Duration::from_secs(5) };

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn online() -> Status {
    Status::of(DeviceState::Online)
}

fn told(orders: &[Order]) -> Vec<Status> {
    orders.iter().filter_map(|order| if let Order::Tell(change) = order { Some(change.status.clone()) } else { None }).collect()
}

fn resets(orders: &[Order]) -> usize {
    orders.iter().filter(|order| matches!(order, Order::Reset { .. })).count()
}

#[test]
fn every_phase_meets_every_happening_and_only_these_are_impossible() {
    use Happening::*;
    use Phase::*;
    let impossible = [
        (Unseen, CommandEnded),
        (Watched, CommandEnded),
        (Watched, ResetEnded),
        (Commanding, ResetEnded),
        (Commanding, CommandBegan),
        (Resetting, CommandBegan),
        (Escalated, AilingMayReset),
        (Gone, CommandBegan),
        (Gone, AilingMayReset),
        (Gone, AilingSpent),
    ];
    for phase in Phase::ALL {
        for happening in Happening::ALL {
            let is_possible = next_phase(phase, happening).is_some();
            assert_eq!(is_possible, !impossible.contains(&(phase, happening)), "{phase:?} {happening:?}");
        }
        assert_eq!(next_phase(phase, Unplugged), Some(Gone), "a pulled cable ends every phase");
        let after_plug = next_phase(phase, Plugged).expect("plugging in is always possible");
        assert!(matches!(after_plug, Unseen | Watched | Commanding), "{phase:?}: nothing stays given up after plugging in");
    }
}

#[test]
fn three_poll_periods_of_silence_are_unknown_and_one_word_heals() {
    let mut watch = Watch::new(TIMING, ms(0));
    assert_eq!(told(&watch.answered(online(), true, ms(100))), [online()]);
    assert_eq!(watch.tick(ms(1500)), []);
    let silent = told(&watch.tick(ms(1600)));
    assert_eq!(silent, [Status::unknown().with(Condition::LINK_SILENT)]);
    assert_eq!(told(&watch.answered(online(), true, ms(1700))), [online()]);
    assert_eq!(watch.phase(), Phase::Watched);
}

#[test]
fn a_status_is_told_once_and_numbered() {
    let mut watch = Watch::new(TIMING, ms(0));
    let open = Status::of(DeviceState::UserError).with(Condition::COVER_OPEN);
    let mut numbers = Vec::new();
    for (at, status) in [(1, online()), (2, online()), (3, open.clone()), (4, open), (5, online())] {
        for order in watch.answered(status, true, ms(at)) {
            if let Order::Tell(change) = order {
                numbers.push((change.sequence, change.at));
            }
        }
    }
    assert_eq!(numbers, [(1, ms(1)), (2, ms(3)), (3, ms(5))]);
}

#[test]
fn two_resets_and_then_a_person() {
    let mut watch = Watch::new(TIMING, ms(0));
    watch.answered(online(), true, ms(0));
    let mut now = 0;
    let mut reset_attempts = 0;
    let mut last = None;
    while now < 60_000 && watch.phase() != Phase::Escalated {
        now += 500;
        let orders = watch.tick(ms(now));
        if resets(&orders) == 1 {
            reset_attempts += 1;
            watch.reset_ended(ms(now + 100));
        }
        last = told(&orders).pop().or(last);
    }
    assert_eq!(reset_attempts, 2);
    let status = last.expect("silence was told");
    assert!(status.has(Condition::LINK_LOST), "{status:?}");
    assert_eq!(status.required().1, drivers::status::Actor::Technician);
    assert_eq!(resets(&watch.tick(ms(now + 60_000))), 0, "nothing is reset any more");
    watch.plugged(ms(now + 61_000));
    assert_eq!(watch.phase(), Phase::Unseen, "a new cable is a new chance");
}

#[test]
fn nothing_is_reset_while_a_resident_shows_a_paper() {
    let mut watch = Watch::new(TIMING, ms(0));
    watch.hold_resets(true);
    let mut orders = Vec::new();
    for at in (0..60_000).step_by(500) {
        orders.extend(watch.tick(ms(at)));
    }
    assert_eq!(resets(&orders), 0);
    assert_eq!(watch.phase(), Phase::Silent, "it is still told that nothing is known");
    watch.hold_resets(false);
    let after: Vec<Order> = (60_000..64_000).step_by(500).flat_map(|at| watch.tick(ms(at))).collect();
    assert_eq!(resets(&after), 1);
}

#[test]
fn a_long_command_is_no_silence_until_its_own_limit() {
    let mut watch = Watch::new(TIMING, ms(0));
    watch.answered(online(), true, ms(0));
    assert!(watch.command_began(ms(100)));
    assert!(!watch.command_began(ms(200)), "one command at a time");
    assert_eq!(watch.tick(ms(29_000)), []);
    assert_eq!(told(&watch.tick(ms(30_200))).len(), 1, "a command without an end is silence too");
    watch.command_ended(ms(31_000));
    assert_eq!(told(&watch.answered(online(), true, ms(31_100))), [online()]);
}

#[test]
fn an_ailing_device_is_reset_only_when_it_ails_for_a_while() {
    let mut watch = Watch::new(TIMING, ms(0));
    let ailing = Status::of(DeviceState::HardwareError).with(Condition::PRINTER_FAULT);
    let mut orders = Vec::new();
    for at in 1..=2 {
        orders.extend(watch.answered(ailing.clone(), true, ms(at)));
    }
    assert_eq!(resets(&orders), 0);
    assert_eq!(resets(&watch.answered(ailing, true, ms(3))), 1);
}

#[test]
fn history_counts_spells_and_says_when_the_next_is_due() {
    let mut history = History::default();
    let low = online().with(Condition::ROLL_NEAR_END);
    let day = 86_400;
    for start in [0, 3 * day, 6 * day] {
        history.note(&low, start);
        history.note(&low, start + 60);
        history.note(&online(), start + 120);
    }
    assert_eq!((history.count("P-11"), history.total_secs("P-11")), (3, 360));
    assert_eq!(history.mean_secs_between("P-11"), Some(3 * day));
    assert_eq!(history.next_expected_secs("P-11"), Some(9 * day));
    assert_eq!(history.mean_secs_between("P-12"), None);
    history.note(&low, -5 * day);
    assert!(history.total_secs("P-11") == 360, "a clock set back makes no negative time");
}

#[test]
fn history_is_bounded() {
    let mut history = History::default();
    for at in 0..1000 {
        history.note(&online().with(Condition::COVER_OPEN), at * 10);
        history.note(&online(), at * 10 + 5);
    }
    assert_eq!(history.spells("P-21").count(), SPELLS_MAX);
    assert_eq!(history.count("P-21"), 1000);
}

proptest! {
    /// Whatever happens in whatever order: numbers grow, resets stay bounded, and nothing is ordered to be reset while held.
    #[test]
    fn no_order_of_events_resets_more_than_twice_without_a_sign_of_life(steps in prop::collection::vec((0u8..8, 1u64..4000), 1..200)) {
        let mut watch = Watch::new(TIMING, ms(0));
        let (mut now, mut held, mut since_sign, mut sequence) = (0, false, 0, 0);
        for (what, after) in steps {
            now += after;
            let orders = match what {
                0 => { since_sign = 0; watch.answered(online(), true, ms(now)) }
                1 => watch.tick(ms(now)),
                2 => { let _may = watch.command_began(ms(now)); Vec::new() }
                3 => { if watch.phase() == Phase::Commanding { watch.command_ended(ms(now)); } Vec::new() }
                4 => { if watch.phase() == Phase::Resetting { watch.reset_ended(ms(now)); } Vec::new() }
                5 => { since_sign = 0; watch.unplugged(ms(now)) }
                6 => { since_sign = 0; watch.plugged(ms(now)) }
                _ => { held = !held; watch.hold_resets(held); Vec::new() }
            };
            prop_assert!(resets(&orders) == 0 || !held);
            since_sign += resets(&orders);
            prop_assert!(since_sign <= 2);
            for order in &orders {
                if let Order::Tell(change) = order {
                    prop_assert_eq!(change.sequence, sequence + 1);
                    sequence = change.sequence;
                }
            }
        }
    }
}
