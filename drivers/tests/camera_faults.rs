//! The camera stalls, hangs and vanishes, and the host lives on.

mod common;

use common::{PATIENCE, desk, text_page};
use drivers::camera::{
    ABANDONED_THREADS_MAX, CameraEvent, CameraHost, Frame, FrameError, FrameSource, FrameSourceFactory, HostTiming, PixelFormat, RESETS_MAX, V4l2Settings,
};
use drivers::picture::encode_page;
use drivers::sim::Lasting;
use drivers::sim::camera::{CameraFault, SimCamera};
use drivers::status::{Action, Actor, Availability, Condition, DeviceState};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A second of life in a quarter of a second.
const FAST: HostTiming = HostTiming {
    look_ms: 5,
    open_ms: 400,
    stall_ms: 250,
    frozen_ms: 300,
    covered_ms: 300,
    reset_ms: 400,
    abandon_ms: 600,
    back_off_ms: 20,
    back_off_ms_max: 100,
    gone_look_ms: 50,
    escalated_ms: 300,
    healthy_ms: 500,
};

fn wait(level: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if level() {
            return true;
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
    false
}

#[test]
fn a_stall_is_noticed_within_a_second_and_shows_no_old_frame() {
    let desk = desk(576);
    let host = CameraHost::start(desk.bench.camera.factory());
    assert!(wait(|| host.newest().is_some()));
    desk.bench.camera.freeze(true);
    let began = Instant::now();
    assert!(wait(|| host.status().has(Condition::STREAM_STALLED)));
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    assert!(host.newest().is_none());
    desk.bench.camera.freeze(false);
    assert!(wait(|| host.status().availability() == Availability::Ready));
}

#[test]
fn hung_threads_are_abandoned_counted_and_bounded() {
    let desk = desk(576);
    let host = CameraHost::start_with(desk.bench.camera.factory(), FAST);
    assert!(wait(|| host.newest().is_some()));
    desk.bench.camera.freeze(true);
    assert!(wait(|| host.abandoned_threads() == ABANDONED_THREADS_MAX));
    let status = host.status();
    assert!(status.has(Condition::STREAM_ABANDONED));
    assert_eq!(status.device, DeviceState::HardwareError);
    assert_eq!(status.required(), (Action::SoftwareError, Actor::Machine));
    desk.bench.camera.freeze(false);
    assert!(wait(|| host.abandoned_threads() == 0), "threads that come back are counted no longer");
    assert!(wait(|| host.status().availability() == Availability::Ready));
}

#[test]
fn an_unplugged_camera_comes_back_by_itself() {
    let desk = desk(576);
    let host = CameraHost::start_with(desk.bench.camera.factory(), FAST);
    assert!(wait(|| host.status().device == DeviceState::Online));
    desk.bench.camera.unplug();
    assert!(wait(|| host.status().device == DeviceState::PowerOff));
    assert!(host.status().has(Condition::CAMERA_ABSENT));
    assert!(host.newest().is_none());
    desk.bench.camera.replug();
    assert!(wait(|| host.newest().is_some()));
    assert!(host.restarts() > 0);
}

#[test]
fn a_camera_that_was_never_there_is_no_device() {
    let host = CameraHost::start_with(Arc::new(V4l2Settings::new("/dev/v4l/by-id/tidak-ada")), FAST);
    assert!(wait(|| host.status().device == DeviceState::NoDevice));
    assert_eq!(host.status().availability(), Availability::Unavailable);
}

struct Panics;

impl FrameSource for Panics {
    fn next_frame(&mut self, _timeout: Duration) -> Result<Frame, FrameError> {
        panic!("the driver of a cheap camera")
    }
}

struct PanicsFactory;

impl FrameSourceFactory for PanicsFactory {
    fn open(&self) -> Result<Box<dyn FrameSource>, FrameError> {
        Ok(Box::new(Panics))
    }
}

#[test]
fn a_driver_that_panics_takes_nobody_with_it() {
    let host = CameraHost::start_with(Arc::new(PanicsFactory), FAST);
    assert!(wait(|| host.status().has(Condition::CAMERA_INOPERATIVE)));
    assert!(wait(|| host.restarts() > 2), "it is tried again, with pauses");
}

#[test]
fn what_stands_before_the_lens_can_be_exchanged_while_it_runs() {
    let desk = desk(576);
    let host = CameraHost::start_with(desk.bench.camera.factory(), FAST);
    desk.bench.camera.hold(&text_page(), 90);
    let paper_share = || {
        let luma = host.newest().and_then(|frame| frame.luma().ok())?;
        Some(luma.pixels().iter().filter(|p| **p > 200).count() * 100 / luma.pixels().len())
    };
    assert!(wait(|| paper_share().is_some_and(|percent| percent > 20)));
    desk.bench.camera.dark(true);
    assert!(wait(|| paper_share() == Some(0)));
    desk.bench.camera.dark(false);
    desk.bench.camera.show_desk();
    assert!(wait(|| paper_share() == Some(0)));
}

#[test]
fn a_folder_of_frames_is_played_in_order() {
    let desk = desk(576);
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(desk.bench.camera.play_folder(folder.path()).is_err(), "an empty folder shows nothing");
    for (name, side) in [("1.jpg", 40), ("2.jpg", 80)] {
        let small = drivers::picture::shrink(&text_page(), side);
        let jpeg = encode_page(&small, 100_000).expect("a small page fits").jpeg;
        std::fs::write(folder.path().join(name), jpeg).expect("writable");
    }
    desk.bench.camera.play_folder(folder.path()).unwrap_or_else(|fault| panic!("{fault}"));
    let mut source = desk.bench.camera.factory().open().expect("the camera is plugged in");
    let heights: Vec<u32> = (0..4).map(|_| source.next_frame(PATIENCE).expect("frames come").height).collect();
    assert_eq!(heights, [40, 80, 40, 80]);
}

/// A camera at which a page is held.
fn camera() -> SimCamera {
    let camera = SimCamera::new();
    camera.hold(&text_page(), 90);
    camera
}

#[test]
fn every_fault_ends_in_its_condition_and_a_cleared_one_in_frames() {
    let stalled = Some(Condition::STREAM_STALLED);
    for fault in CameraFault::ALL {
        let (expected, while_open) = match fault {
            CameraFault::HangInOpen => (stalled, false),
            CameraFault::HangMidFrame | CameraFault::Stall | CameraFault::GarbageJpeg | CameraFault::TruncatedJpeg => (stalled, true),
            CameraFault::Frozen => (Some(Condition::STREAM_FROZEN), true),
            CameraFault::Covered => (Some(Condition::LENS_COVERED), true),
            CameraFault::Unplugged => (Some(Condition::CAMERA_ABSENT), true),
            CameraFault::HeldByOther => (Some(Condition::CAMERA_HELD_BY_OTHER), false),
            CameraFault::Permission => (Some(Condition::CAMERA_PERMISSION), false),
            CameraFault::NoFormat => (Some(Condition::CAMERA_MISCONFIGURED), false),
            CameraFault::Dark | CameraFault::FormatChange | CameraFault::Slow => (None, true),
        };
        let camera = camera();
        if !while_open {
            camera.inject(fault, Lasting::FromNow);
        }
        let slow = HostTiming { stall_ms: 1500, ..FAST };
        let host = CameraHost::start_with(camera.factory(), if fault == CameraFault::Slow { slow } else { FAST });
        if while_open {
            assert!(wait(|| host.newest().is_some()), "{fault:?}");
            camera.inject(fault, Lasting::FromNow);
        }
        if let Some(expected) = expected {
            assert!(wait(|| host.status().has(expected)), "{fault:?}: {:?}", host.status());
            let unusable = expected.row().severity == drivers::status::Severity::Error;
            assert!(!unusable || host.newest().is_none(), "{fault:?}: no old frame is shown");
        } else {
            let frames = host.frames_seen();
            assert!(wait(|| host.frames_seen() > frames + 5), "{fault:?}");
            assert_eq!(host.status().availability(), Availability::Ready, "{fault:?}");
            assert!(host.status().conditions.is_empty(), "{fault:?}: {:?}", host.status());
        }
        camera.clear(fault);
        assert!(wait(|| host.newest().is_some() && host.status().conditions.is_empty()), "{fault:?} is over: {:?}", host.status());
    }
}

#[test]
fn a_fault_of_one_frame_or_of_a_moment_is_survived_without_a_reset() {
    for fault in [CameraFault::GarbageJpeg, CameraFault::TruncatedJpeg, CameraFault::Frozen, CameraFault::Covered, CameraFault::FormatChange, CameraFault::Slow]
    {
        let camera = camera();
        let host = CameraHost::start_with(camera.factory(), HostTiming { stall_ms: 1500, reset_ms: 3000, ..FAST });
        assert!(wait(|| host.newest().is_some()), "{fault:?}");
        for lasting in [Lasting::Once, Lasting::For(Duration::from_millis(150))] {
            camera.inject(fault, lasting);
            let frames = host.frames_seen();
            assert!(wait(|| host.frames_seen() > frames + 5), "{fault:?} {lasting:?}");
        }
        assert!(wait(|| host.status().conditions.is_empty()), "{fault:?}");
        assert_eq!(host.restarts(), 0, "{fault:?}");
    }
}

#[test]
fn a_frozen_picture_is_noticed_within_two_seconds() {
    let camera = camera();
    let host = CameraHost::start(camera.factory());
    assert!(wait(|| host.newest().is_some()));
    camera.inject(CameraFault::Frozen, Lasting::FromNow);
    let began = Instant::now();
    assert!(wait(|| host.status().has(Condition::STREAM_FROZEN)));
    let took = began.elapsed();
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(2), "{took:?}");
    assert!(host.newest().is_none());
    assert_eq!(host.status().availability(), Availability::Unavailable);
}

#[test]
fn a_still_page_is_not_a_frozen_picture_and_a_dark_room_is_not_a_covered_lens() {
    let camera = camera();
    let host = CameraHost::start_with(camera.factory(), FAST);
    for dark in [false, true] {
        camera.dark(dark);
        assert!(wait(|| host.newest().is_some()));
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(1200) {
            let status = host.status();
            assert!(status.conditions.is_empty(), "{status:?}");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

#[test]
fn two_resets_that_do_not_help_call_the_technician() {
    let camera = camera();
    let host = CameraHost::start_with(camera.factory(), HostTiming { escalated_ms: 60_000, ..FAST });
    assert!(wait(|| host.newest().is_some()));
    camera.inject(CameraFault::Stall, Lasting::FromNow);
    assert!(wait(|| host.status().has(Condition::CAMERA_INOPERATIVE)));
    assert_eq!(host.status().required(), (Action::Maintenance, Actor::Technician));
    let events = host.take_events();
    let attempts: Vec<u32> = events.iter().filter_map(|event| if let CameraEvent::Reset { attempt } = event { Some(*attempt) } else { None }).collect();
    assert_eq!(attempts, (1..=RESETS_MAX).collect::<Vec<_>>());
    assert!(events.contains(&CameraEvent::Escalated), "{events:?}");
    camera.clear(CameraFault::Stall);
    camera.unplug();
    assert!(wait(|| host.status().has(Condition::CAMERA_ABSENT)), "the plug is looked at even while nothing is tried");
    camera.replug();
    assert!(wait(|| host.newest().is_some()), "a new plug is a new beginning");
}

#[test]
fn nothing_is_reset_inside_a_capture() {
    let camera = camera();
    let host = CameraHost::start_with(camera.factory(), FAST);
    assert!(wait(|| host.newest().is_some()));
    host.hold_resets(true);
    camera.inject(CameraFault::Stall, Lasting::FromNow);
    assert!(wait(|| host.status().has(Condition::STREAM_STALLED)));
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(4 * FAST.reset_ms) {
        assert_eq!(host.restarts(), 0);
        std::thread::park_timeout(Duration::from_millis(20));
    }
    host.hold_resets(false);
    assert!(wait(|| host.restarts() > 0));
}

#[test]
fn a_change_of_format_in_the_middle_is_told_and_shown() {
    let camera = camera();
    let host = CameraHost::start_with(camera.factory(), FAST);
    assert!(wait(|| host.newest().is_some()));
    camera.inject(CameraFault::FormatChange, Lasting::FromNow);
    assert!(wait(|| host.newest().is_some_and(|frame| frame.format() == PixelFormat::Yuyv)));
    let frame = host.newest().expect("frames come");
    assert_eq!((frame.width, frame.height), (640, 360));
    assert_eq!(frame.rgb().map(|page| (page.width(), page.height())), Ok((640, 360)));
    let change = CameraEvent::FormatChanged { from: (PixelFormat::Rgb, 1280, 720), to: (PixelFormat::Yuyv, 640, 360) };
    let events = host.take_events();
    assert!(events.contains(&change), "{events:?}");
    assert!(host.take_events().is_empty());
}

#[test]
fn a_replugged_camera_is_back_within_five_seconds_with_the_field_s_waits() {
    let camera = camera();
    let host = CameraHost::start(camera.factory());
    assert!(wait(|| host.newest().is_some()));
    for _ in 0..2 {
        camera.unplug();
        let began = Instant::now();
        assert!(wait(|| host.status().has(Condition::CAMERA_ABSENT)));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        camera.replug();
        let began = Instant::now();
        assert!(wait(|| host.newest().is_some()));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
