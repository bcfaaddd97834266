//! What the coach, the reader of numbers and the devices say while a paper is taken: always told, never in the way.

use std::collections::BTreeSet;

use catalogue::PaperShape;
use flow::event::{Device, DeviceNotice, Health, HintKind, LiveLook, PageFinding, PageHint};
use flow::view::{Capture, CaptureMode, Page};
use flow::{Event, Intent};

use crate::world::{NIK, World};

/// More questions than any service asks before the person.
const PAGES_MAX: usize = 12;

fn capture(world: &World) -> Capture {
    match world.page() {
        Page::Capture(capture) => capture,
        _ => panic!("a paper is being taken"),
    }
}

fn at_camera() -> World {
    let mut world = World::new();
    world.event(Event::DeviceChanged(Device::Camera, Health::Ready));
    world.go_to_first_question().answer_questions().type_person();
    world
}

#[test]
fn every_finding_has_a_sentence_of_its_own_and_every_page_can_be_kept_with_it() {
    let mut sentences = BTreeSet::new();
    for finding in PageFinding::ALL {
        let mut world = at_camera();
        world.findings = vec![finding];
        world.touch(Intent::GoOn);
        let CaptureMode::Review { finding: Some(sentence), .. } = capture(&world).mode else { panic!("{finding:?} is told") };
        sentences.insert(sentence);
        world.touch(Intent::GoOn).touch(Intent::GoOn).touch(Intent::GoOn);
        let page = &world.submissions[0].papers["surat_kehilangan"][0];
        assert_eq!(page.findings, [finding], "what was said travels with the page");
    }
    assert_eq!(sentences.len(), PageFinding::ALL.len());
}

#[test]
fn the_hint_is_drawn_where_the_trouble_is_and_goes_with_it() {
    let mut world = at_camera();
    let hint = PageHint { kind: HintKind::LessLight, left: 400, top: 300, width: 200, height: 150 };
    (world.findings, world.hint) = (vec![PageFinding::Glare], Some(hint));
    world.touch(Intent::GoOn);
    assert!(matches!(capture(&world).mode, CaptureMode::Review { hint: Some(shown), .. } if shown == hint));
    world.touch(Intent::Retake);
    assert_eq!(capture(&world).mode, CaptureMode::Live);
}

#[test]
fn the_live_picture_says_one_short_sentence_and_only_while_it_is_live() {
    let mut world = at_camera();
    assert_eq!(capture(&world).live, "", "nothing is known yet");
    let mut sentences = BTreeSet::new();
    for look in [LiveLook::NoPaper, LiveLook::TooFar, LiveLook::TooDark, LiveLook::Moving, LiveLook::Good] {
        world.event(Event::LiveLooked(look));
        sentences.insert(capture(&world).live);
    }
    assert_eq!(sentences.len(), 5);
    world.touch(Intent::GoOn);
    assert_eq!(capture(&world).live, "");
}

#[test]
fn a_number_that_differs_is_told_during_review() {
    let mut world = at_camera();
    world.touch(Intent::GoOn);
    let CaptureMode::Review { part, finding: None, .. } = capture(&world).mode else { panic!("a good page") };
    world.event(Event::NumberDiffers { part });
    let CaptureMode::Review { finding: Some(_), .. } = capture(&world).mode else { panic!("the difference is told") };
    assert_eq!(world.view().frame.primary.expect("it may be kept").label, "Tetap pakai");
}

#[test]
fn a_number_read_late_still_reaches_the_officer() {
    let mut world = at_camera();
    world.take_page();
    let part = capture(&world).pages[0].part.clone();
    world.event(Event::NumberDiffers { part: part.clone() });
    world.event(Event::NumberDiffers { part });
    assert!(capture(&world).pages[0].warning);
    world.touch(Intent::GoOn).touch(Intent::GoOn);
    assert_eq!(world.submissions[0].papers["surat_kehilangan"][0].findings, [PageFinding::NumberDiffers], "said once");
}

#[test]
fn a_number_of_a_page_nobody_has_any_more_changes_nothing() {
    let mut world = at_camera();
    world.event(Event::NumberDiffers { part: "page-99".into() });
    world.touch(Intent::Leave).touch(Intent::Leave);
    world.event(Event::NumberDiffers { part: "page-1".into() });
    world.event(Event::LiveLooked(LiveLook::Good));
}

#[test]
fn the_devices_learn_the_shape_and_the_typed_number_of_a_card() {
    let mut world = World::new();
    world.event(Event::DeviceChanged(Device::Camera, Health::Ready));
    world.touch(Intent::Wake).touch(Intent::ChooseEvent("ktp-rusak".into())).touch(Intent::GoOn).touch(Intent::GoOn);
    world.choose("patah");
    for _ in 0..PAGES_MAX {
        match world.page() {
            Page::Choice { cards, .. } => {
                world.choose(&cards[0].id);
            }
            Page::Entry(_) => break,
            _ => panic!("questions come before the person"),
        }
    }
    world.type_person();
    world.touch(Intent::GoOn);
    let wanted = world.wanted.clone().expect("the old card was asked for");
    assert_eq!((wanted.shape, wanted.numbers.as_slice()), (PaperShape::Card, [NIK.to_owned()].as_slice()));
    assert!(!format!("{wanted:?}").contains(NIK));

    let mut world = at_camera();
    world.touch(Intent::GoOn);
    let wanted = world.wanted.clone().expect("a page was asked for");
    assert_eq!((wanted.shape, wanted.numbers.len()), (PaperShape::Any, 0), "a letter of loss has no shape and no number");
}

#[test]
fn what_a_device_needs_is_told_where_it_is_used() {
    let mut world = at_camera();
    world.event(Event::DeviceChanged(Device::Scanner, Health::Ready));
    let mut told = BTreeSet::new();
    for notice in DeviceNotice::ALL {
        world.event(Event::DeviceNoticed(Device::Camera, Some(notice)));
        told.insert(capture(&world).problem);
    }
    assert_eq!(told.len(), DeviceNotice::ALL.len(), "each notice has its own sentence");
    world.touch(Intent::UseScanner);
    assert_eq!(capture(&world).problem, "", "the camera's trouble is not the scanner's");
    world.event(Event::DeviceNoticed(Device::Scanner, Some(DeviceNotice::CloseLid)));
    assert!(capture(&world).problem.contains("Tutup"));
    world.event(Event::DeviceNoticed(Device::Scanner, None));
    assert_eq!(capture(&world).problem, "");
    world.event(Event::DeviceNoticed(Device::Link, Some(DeviceNotice::NoSlip)));
}
