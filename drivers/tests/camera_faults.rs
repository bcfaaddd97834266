//! The camera stalls, hangs and vanishes, and the host lives on.

mod common;

use common::{PATIENCE, desk, text_page};
use drivers::camera::{ABANDONED_THREADS_MAX, CameraHost, Frame, FrameError, FrameSource, FrameSourceFactory, HostTiming, V4l2Settings};
use drivers::picture::encode_page;
use drivers::status::{Action, Actor, Availability, Condition, DeviceState};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A second of life in a tenth of a second.
const FAST: HostTiming = HostTiming { look_ms: 5, stall_ms: 200, abandon_ms: 500, back_off_ms: 20, back_off_ms_max: 100 };

fn wait(level: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if level() {
            return true;
        }
        std::thread::yield_now();
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

#[test]
fn a_jpeg_is_cut_at_its_end_marker_and_decodes_alike_in_both_ways() {
    let page = drivers::picture::shrink(&text_page(), 200);
    let jpeg = encode_page(&page, 100_000).expect("a small page fits").jpeg;
    let mut buffer = jpeg.clone();
    buffer.extend([0; 5000]);
    buffer.extend([0xFF, 0xD9, 1, 2, 3]);
    let frame = Frame::from_jpeg_buffer(&buffer, Instant::now()).expect("a JPEG is in front");
    assert!(matches!(&frame.pixels, drivers::camera::Pixels::Jpeg(kept) if kept.len() == jpeg.len()));
    let (direct, by_colour) = (frame.luma().expect("decodes"), frame.rgb().expect("decodes").luma());
    let apart = direct.pixels().iter().zip(by_colour.pixels()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(apart.expect("there are pixels") <= 6, "{apart:?}");
    for broken in [&jpeg[..jpeg.len() / 2], &[0xFF, 0xD8], b"bukan gambar", &[]] {
        assert!(Frame::from_jpeg_buffer(broken, Instant::now()).is_err());
    }
}
