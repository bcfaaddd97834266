//! Idle warning, then wipe, on every page; and the pages that end by themselves.

use std::time::Duration;

use flow::view::{Overlay, Page};
use flow::{Event, Intent};

use crate::world::{World, heading};

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Brings a fresh world to one page.
type Way = fn(&mut World);

const PAGES: [(&str, Way); 9] = [
    ("home", |world| {
        world.touch(Intent::Wake);
    }),
    ("requirements", |world| {
        world.touch(Intent::Wake).touch(Intent::ChooseEvent("ktp-hilang".into()));
    }),
    ("privacy", |world| {
        world.touch(Intent::Wake).touch(Intent::ChooseEvent("ktp-hilang".into())).touch(Intent::GoOn);
    }),
    ("question", |world| {
        world.go_to_first_question();
    }),
    ("entry", |world| {
        world.go_to_first_question().answer_questions();
    }),
    ("capture", |world| {
        world.go_to_first_question().answer_questions().type_person();
    }),
    ("check", |world| {
        world.go_to_check();
    }),
    ("slip", |world| {
        world.go_to_slip();
    }),
    ("code", |world| {
        world.touch(Intent::Wake).touch(Intent::FollowUp);
    }),
];

#[test]
fn every_page_warns_after_45_seconds_and_is_wiped_20_later() {
    for (name, go) in PAGES {
        let mut world = World::new();
        go(&mut world);
        world.wait(secs(44));
        assert_eq!(world.view().overlay, None, "{name}: too early");
        world.wait(secs(1));
        assert_eq!(world.view().overlay, Some(Overlay::StillHere { seconds_left: 20 }), "{name}");
        world.wait(secs(5));
        assert_eq!(world.view().overlay, Some(Overlay::StillHere { seconds_left: 15 }), "{name}: the seconds run");
        let in_session = world.kiosk.is_in_session();
        world.wait(secs(15));
        assert_eq!(heading(&world.page()), if in_session { "goodbye" } else { "idle" }, "{name}");
        assert_eq!(world.ended.len(), usize::from(in_session), "{name}: the key is destroyed");
        assert_eq!(world.draft, None, "{name}");
        world.wait(secs(8));
        assert_eq!(heading(&world.page()), "idle", "{name}");
    }
}

#[test]
fn one_touch_extends_as_often_as_wanted() {
    let mut world = World::new();
    world.go_to_first_question();
    for _ in 0..10 {
        world.wait(secs(50));
        assert!(world.view().overlay.is_some());
        world.touch(Intent::StillHere);
        assert!(world.view().overlay.is_none());
    }
    assert_eq!(heading(&world.page()), "Apakah Anda pernah punya kartu KTP-el?");
}

#[test]
fn a_touch_on_the_covered_page_does_nothing() {
    let mut world = World::new();
    world.go_to_first_question().wait(secs(46));
    world.touch(Intent::Choose("ya".into()));
    assert_eq!(heading(&world.page()), "Apakah Anda pernah punya kartu KTP-el?");
}

#[test]
fn the_page_waits_three_minutes_for_the_officer() {
    let mut world = World::new();
    world.go_to_first_question().touch(Intent::CallStaff);
    world.wait(secs(179));
    assert!(matches!(world.view().overlay, Some(Overlay::StaffCalled { .. })));
    assert!(world.ended.is_empty());
    world.wait(secs(2));
    assert_eq!(world.view().overlay, None);
    world.wait(secs(46));
    assert!(matches!(world.view().overlay, Some(Overlay::StillHere { .. })));
}

#[test]
fn the_clock_on_the_wall_may_step_back_a_day() {
    let mut world = World::new();
    world.go_to_first_question();
    world.wall = world.wall.checked_sub(jiff::SignedDuration::from_hours(24)).expect("within range");
    world.event(Event::DeadlineReached);
    assert_eq!(world.view().overlay, None);
    world.wait(secs(46));
    assert!(world.view().overlay.is_some(), "waiting is measured by the clock that never steps");
}

#[test]
fn waiting_pages_say_more_after_3_and_10_seconds() {
    let mut world = World::new();
    world.touch(Intent::Wake).touch(Intent::FollowUp);
    world.event(Event::CodeRead(flow::slip::qr_text("https://lacak-klampid.surabaya.go.id", crate::world::TOKEN)));
    world.type_text("123456");
    // The answer is held back: the effect is asked for directly, without the world carrying it out.
    let now = world.now();
    world.elapsed += secs(1);
    let _asked = world.kiosk.handle(Event::Intent(Intent::GoOn), flow::Moment { elapsed: world.elapsed, ..now });
    let sentence = |world: &World| match world.page() {
        Page::Working { sentence, .. } => sentence,
        other => panic!("working, not {}", heading(&other)),
    };
    let first = sentence(&world);
    world.wait(secs(4));
    let second = sentence(&world);
    world.wait(secs(7));
    let third = sentence(&world);
    assert!(first != second && second != third && first != third);
}
