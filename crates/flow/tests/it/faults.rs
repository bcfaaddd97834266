//! Stores that refuse, devices that are gone, power that is cut.

use flow::event::{CaptureFault, Device, Health, StoreFault, StoreHealth};
use flow::view::{CaptureMode, Page, PaperState};
use flow::{Event, Intent};

use crate::world::{NIK, World, heading};

#[test]
fn a_full_store_refuses_the_submission_and_keeps_every_answer() {
    let mut world = World::new();
    world.enqueue_fault = Some(StoreFault::Full);
    world.go_to_slip();
    let Page::Check { warning, rows, .. } = world.page() else { panic!("back on the check page") };
    assert!(warning.contains("penuh"));
    assert!(rows.iter().any(|row| row.value == "3578 0145 0790 0000"));
    assert!(world.printed.is_empty());
    world.enqueue_fault = None;
    world.touch(Intent::GoOn);
    assert_eq!((world.submissions.len(), world.printed.len()), (1, 1));
}

#[test]
fn a_full_store_refuses_the_page_and_the_picture_stays() {
    let mut world = World::new();
    world.page_fault = Some(StoreFault::Full);
    world.go_to_first_question().answer_questions().type_person().take_page();
    let Page::Capture(capture) = world.page() else { panic!("still on the paper") };
    assert!(matches!(capture.mode, CaptureMode::Review { .. }));
    assert!(capture.problem.contains("penuh"));
    world.page_fault = None;
    world.touch(Intent::GoOn);
    let Page::Capture(capture) = world.page() else { panic!("still on the paper") };
    assert_eq!(capture.pages.len(), 1);
}

#[test]
fn a_nearly_full_store_takes_nothing_new_but_still_answers() {
    let mut world = World::new();
    world.event(Event::StoreChanged(StoreHealth::NearlyFull));
    let Page::Idle { notices, .. } = world.page() else { panic!("idle") };
    assert_eq!(notices.len(), 1);
    world.touch(Intent::Wake);
    assert_eq!(heading(&world.page()), "closed");
    world.touch(Intent::FollowUp);
    assert_eq!(heading(&world.page()), "code");
}

#[test]
fn missing_devices_are_told_before_anyone_queues() {
    let mut world = World::new();
    for (device, count) in [(Device::Printer, 1), (Device::Link, 2), (Device::Camera, 2), (Device::Scanner, 3)] {
        world.event(Event::DeviceChanged(device, Health::NotReady));
        let Page::Idle { notices, .. } = world.page() else { panic!("idle") };
        assert_eq!(notices.len(), count, "{device:?}");
    }
}

#[test]
fn without_a_camera_the_scanner_takes_over_and_back() {
    let mut world = World::new();
    world.event(Event::DeviceChanged(Device::Camera, Health::NotReady));
    world.go_to_first_question().answer_questions().type_person();
    let mode = |world: &World| match world.page() {
        Page::Capture(capture) => capture.mode,
        other => panic!("capture, not {}", heading(&other)),
    };
    assert_eq!(mode(&world), CaptureMode::Scanner);
    world.event(Event::DeviceChanged(Device::Camera, Health::Ready));
    world.event(Event::DeviceChanged(Device::Scanner, Health::NotReady));
    assert_eq!(mode(&world), CaptureMode::Live);
}

#[test]
fn a_page_that_could_not_be_taken_says_why_and_may_be_tried_again() {
    for fault in [CaptureFault::Empty, CaptureFault::NeedsStaff, CaptureFault::Unreadable, CaptureFault::Gone] {
        let mut world = World::new();
        world.go_to_first_question().answer_questions().type_person();
        let now = world.now();
        world.elapsed += std::time::Duration::from_secs(1);
        let now = flow::Moment { elapsed: world.elapsed, ..now };
        let _take = world.kiosk.handle(Event::Intent(Intent::GoOn), now);
        world.event(Event::PageNotTaken { part: "page-1".into(), fault });
        let Page::Capture(capture) = world.page() else { panic!("still on the paper") };
        assert!(!capture.problem.is_empty(), "{fault:?}");
        world.take_page();
        let Page::Capture(capture) = world.page() else { panic!("still on the paper") };
        assert_eq!(capture.pages.len(), 1, "{fault:?}");
    }
}

#[test]
fn a_device_that_never_answers_is_given_up_and_the_page_still_ends() {
    let mut world = World::new();
    world.go_to_first_question().answer_questions().type_person();
    let now = world.now();
    world.elapsed += std::time::Duration::from_secs(1);
    let _nobody_carries_this_out = world.kiosk.handle(Event::Intent(Intent::GoOn), flow::Moment { elapsed: world.elapsed, ..now });
    world.wait(std::time::Duration::from_secs(119));
    assert_eq!(world.view().overlay, None, "no idle warning while a device works");
    world.wait(std::time::Duration::from_secs(2));
    let Page::Capture(capture) = world.page() else { panic!("still on the paper") };
    assert!(capture.mode == CaptureMode::Live && capture.problem.contains("tidak menjawab"));
    world.wait(std::time::Duration::from_secs(70));
    assert_eq!(world.ended.len(), 1, "and is wiped like every page");
}

#[test]
fn after_a_power_cut_nothing_is_shown_until_the_nik_is_typed() {
    let mut world = World::new();
    world.go_to_first_question().answer_questions().type_person();
    world.restart();
    let Page::Idle { interrupted, .. } = world.page() else { panic!("idle") };
    assert!(interrupted);
    world.touch(Intent::ResumeInterrupted);
    let Page::Entry(entry) = world.page() else { panic!("the NIK is asked for") };
    assert!(entry.shown.is_empty());
    world.type_text("3578014507910000").touch(Intent::GoOn);
    assert_eq!(heading(&world.page()), "Ketik NIK untuk melanjutkan");
    world.type_text(NIK).touch(Intent::GoOn);
    assert_eq!(heading(&world.page()), "capture: Surat kehilangan dari polisi");
    world.take_page().touch(Intent::GoOn).touch(Intent::GoOn);
    assert_eq!(world.submissions[0].answers["nik"], NIK);
}

#[test]
fn three_wrong_niks_or_a_quarter_of_an_hour_destroy_the_interrupted_draft() {
    let mut world = World::new();
    world.go_to_first_question().answer_questions().type_person();
    world.restart();
    world.touch(Intent::ResumeInterrupted);
    for _ in 0..3 {
        world.type_text("3578014507910000").touch(Intent::GoOn);
    }
    assert_eq!((heading(&world.page()), world.ended.len(), world.draft.is_none()), ("idle".into(), 1, true));

    let mut world = World::new();
    world.go_to_first_question().answer_questions().type_person();
    world.restart();
    world.wait(std::time::Duration::from_secs(901));
    assert_eq!((world.ended.len(), world.draft.is_none()), (1, true));
    let Page::Idle { interrupted, .. } = world.page() else { panic!("idle") };
    assert!(!interrupted);
}

#[test]
fn the_next_resident_never_sees_an_interrupted_session() {
    let mut world = World::new();
    world.go_to_first_question().answer_questions().type_person();
    world.restart();
    world.go_to_first_question();
    assert_eq!(world.ended.len(), 1, "the old key is destroyed before the new session begins");
    world.touch(Intent::Leave).touch(Intent::Leave).touch(Intent::Wake).touch(Intent::GoBack);
    let Page::Idle { interrupted, .. } = world.page() else { panic!("idle") };
    assert!(!interrupted);
}

#[test]
fn a_power_cut_between_commit_and_print_still_gives_the_slip() {
    let mut world = World::new();
    world.go_to_slip();
    let number = world.submissions[0].number.clone();
    world.restart();
    world.touch(Intent::ResumeInterrupted).type_text(NIK).touch(Intent::GoOn);
    let Page::Slip(page) = world.page() else { panic!("the slip again") };
    assert_eq!((page.number, page.paper), (number.clone(), PaperState::Unknown));
    world.touch(Intent::PaperDidNotComeOut).touch(Intent::Reprint);
    let (_, slip) = world.printed.last().expect("a copy was printed");
    assert_eq!((slip.number.clone(), slip.mark.as_deref()), (number, Some("CETAK ULANG 1")));
    assert_eq!(world.submissions.len(), 1, "never minted anew");
}
