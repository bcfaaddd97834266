//! Paper is counted, and the end of the roll is foretold only where there is something to tell from.

mod common;

use common::{PATIENCE, desk_for, driver, job, profile};
use drivers::printer::{Agreement, METER_DAYS_MAX, MeterSettings, Printer, PrinterEvent, RollMeter};
use drivers::status::{Condition, DeviceState, Status};

const SETTINGS: MeterSettings = MeterSettings { roll_mm: 80_000, low_mm: 4_000, near_end_mm: 6_000 };

fn online() -> Status {
    Status::of(DeviceState::Online)
}

#[test]
fn what_is_left_is_what_was_not_used() {
    let mut meter = RollMeter::new(SETTINGS);
    assert_eq!((meter.used_mm(), meter.left_mm(), meter.condition()), (0, 80_000, None));
    meter.printed(75_999, 1);
    assert_eq!((meter.left_mm(), meter.condition()), (4_001, None));
    meter.printed(1, 1);
    assert_eq!(meter.condition(), Some(Condition::ROLL_ESTIMATE_LOW));
    meter.printed(u32::MAX, 1);
    assert_eq!(meter.left_mm(), 0);
    meter.roll_changed();
    assert_eq!((meter.left_mm(), meter.condition()), (80_000, None));
}

#[test]
fn nothing_is_foretold_from_less_than_two_whole_days() {
    for (printed, today, expected) in [
        (&[][..], 9, None),
        (&[(5, 1_000)][..], 5, None),
        (&[(5, 1_000), (6, 1_000)], 6, None),
        // Two whole days of 1 m; 78 m are left less what today took.
        (&[(5, 1_000), (6, 1_000)], 7, Some(78.0)),
        (&[(5, 1_000), (6, 1_000), (7, 500)], 7, Some(77.5)),
        // A closed day counts as a day.
        (&[(5, 1_000), (8, 1_000)], 9, Some(156.0)),
        // Nothing but today: yesterday and the day before nobody came.
        (&[(7, 1_000)], 7, None),
        // The clock was set back a week: no forecast from a time that has not been.
        (&[(5, 1_000), (6, 1_000)], 1, None),
    ] {
        let mut meter = RollMeter::new(SETTINGS);
        printed.iter().for_each(|(day, mm)| meter.printed(*mm, *day));
        assert_eq!(meter.days_left(today), expected, "{printed:?} seen from day {today}");
    }
}

#[test]
fn a_new_roll_keeps_the_pace_and_the_history_has_an_end() {
    let mut meter = RollMeter::new(SETTINGS);
    (0..1_000).for_each(|day| meter.printed(100, day));
    meter.roll_changed();
    assert_eq!(meter.days_left(1_000), Some(800.0));
    let stored = toml::to_string(&meter).expect("a meter is plain data");
    assert!(stored.matches("day =").count() <= METER_DAYS_MAX, "{stored}");
    let read: RollMeter = toml::from_str(&stored).expect("what was stored is read");
    assert_eq!(read, meter);
}

#[test]
fn a_roll_was_changed_when_paper_was_out_and_is_in_again() {
    type Step = (Status, bool);
    let out = || Status::of(DeviceState::UserError).with(Condition::ROLL_OUT);
    let cases: [(&str, Vec<Step>); 5] = [
        ("out and in", vec![(online(), false), (out(), false), (out(), false), (online(), true), (online(), false)]),
        ("never out", vec![(online(), false), (Status::of(DeviceState::UserError).with(Condition::COVER_OPEN), false), (online(), false)]),
        ("silence says nothing", vec![(out(), false), (Status::unknown(), false), (Status::of(DeviceState::PowerOff), false), (online(), true)]),
        ("cover still open", vec![(out(), false), (Status::of(DeviceState::UserError).with(Condition::COVER_OPEN), false), (online(), true)]),
        ("a one-way model says nothing", vec![(online().with(Condition::LINK_ONE_WAY), false)]),
    ];
    for (name, steps) in cases {
        let mut meter = RollMeter::new(SETTINGS);
        meter.printed(50_000, 1);
        for (at, (status, changed)) in steps.iter().enumerate() {
            assert_eq!(meter.observe(status), *changed, "{name}, step {at}");
        }
        let any = steps.iter().any(|(_, changed)| *changed);
        assert_eq!(meter.used_mm(), if any { 0 } else { 50_000 }, "{name}");
    }
}

#[test]
fn the_sensor_is_right_where_it_and_the_estimate_differ() {
    let near = || online().with(Condition::ROLL_NEAR_END);
    for (used_mm, sensor, left_mm, agreement) in [
        (75_000, true, 5_000, Agreement::Agrees),
        (74_000, true, 6_000, Agreement::Agrees),
        // Somebody put in half a roll.
        (40_000, true, 6_000, Agreement::SensorEarlier { mm: 34_000 }),
        (70_000, false, 10_000, Agreement::NotCompared),
        (90_000, false, 0, Agreement::SensorLater { mm: 16_000 }),
    ] {
        let mut meter = RollMeter::new(SETTINGS);
        meter.printed(used_mm, 1);
        assert!(!meter.observe(&if sensor { near() } else { online() }));
        assert_eq!((meter.left_mm(), meter.agreement(true)), (left_mm, agreement), "{used_mm}");
    }
    let mut meter = RollMeter::new(SETTINGS);
    meter.printed(40_000, 1);
    meter.observe(&near());
    meter.printed(2_500, 1);
    assert_eq!((meter.left_mm(), meter.condition()), (3_500, Some(Condition::ROLL_ESTIMATE_LOW)));
}

#[test]
fn the_driver_s_count_is_near_the_paper_that_moved_and_never_below_it() {
    for name in ["epson-tm-t82", "epson-tm-t88", "generic-58mm", "custom-vkp80"] {
        let profile = profile(name);
        let desk = desk_for(&profile);
        let mut printer = driver(&desk, profile);
        printer.status();
        for token in 0..3 {
            let _ = printer.print(&job(token, "0426-AAAA"));
            assert!(desk.bench.printer.wait_until_idle(PATIENCE), "{name}");
        }
        let counted = f64::from(printer.poll().paper_mm);
        let moved = desk.bench.printer.paper_mm();
        assert!(counted >= moved - 1.0 && counted < moved * 1.2, "{name}: counted {counted}, moved {moved}");
        assert_eq!(printer.poll().paper_mm, 0, "{name}: told once");
    }
}

#[test]
fn the_driver_tells_a_changed_roll() {
    let profile = profile("epson-tm-t82");
    let desk = desk_for(&profile);
    let mut printer = driver(&desk, profile);
    printer.poll();
    desk.bench.printer.paper_out();
    assert!(printer.status().has(Condition::ROLL_OUT));
    desk.bench.printer.paper_in();
    printer.status();
    assert_eq!(printer.poll().events, [PrinterEvent::RollChanged]);
}
