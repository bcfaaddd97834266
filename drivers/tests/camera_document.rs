//! A camera above a desk gives one page: the sharpest fresh frame, or a word that says why not.

mod common;

use common::{PATIENCE, text_page};
use drivers::camera::PixelFormat;
use drivers::picture::{PictureKind, RgbPage, encode_page, judge};
use drivers::scanner::{AcquireError, AcquireLimits, DocumentCamera, DocumentCameraSettings, DocumentSource};
use drivers::sim::Lasting;
use drivers::sim::camera::{CameraFault, SimCamera};
use drivers::status::{Condition, DeviceState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const QUICK: DocumentCameraSettings = DocumentCameraSettings { warm_up_ms: 100, frames: 4, frame_ms: 1500 };
static GO: AtomicBool = AtomicBool::new(false);

fn camera() -> SimCamera {
    let camera = SimCamera::new();
    camera.hold(&text_page(), 95);
    camera
}

fn acquire(camera: &SimCamera, limits: &AcquireLimits) -> (Result<Vec<drivers::scanner::ScannedPage>, AcquireError>, DocumentCamera) {
    let mut source = DocumentCamera::new(camera.factory(), QUICK);
    (source.acquire(limits, &GO), source)
}

#[test]
fn a_page_is_taken_in_the_camera_s_own_jpeg_or_as_png() {
    for (format, kind) in [(PixelFormat::Jpeg, PictureKind::Jpeg), (PixelFormat::Yuyv, PictureKind::Png), (PixelFormat::Rgb, PictureKind::Png)] {
        let camera = camera();
        camera.give(format);
        let (pages, source) = acquire(&camera, &AcquireLimits::default());
        let pages = pages.unwrap_or_else(|fault| panic!("{format:?}: {fault}"));
        assert_eq!(pages.len(), 1, "{format:?}");
        assert_eq!((pages[0].kind, pages[0].width, pages[0].height), (kind, 1280, 720), "{format:?}");
        assert!(pages[0].decode(&AcquireLimits::default()).is_ok(), "{format:?}");
        assert_eq!(source.status().device, DeviceState::Online, "{format:?}");
    }
}

#[test]
fn the_sharpest_of_the_frames_is_taken() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sharp = drivers::picture::shrink(&text_page(), 800);
    let picture = image::RgbImage::from_raw(sharp.width(), sharp.height(), sharp.pixels().to_vec()).expect("its own size");
    let blurred = image::imageops::fast_blur(&picture, 3.0);
    let blurred = RgbPage::new(sharp.width(), sharp.height(), blurred.into_raw()).expect("its own size");
    for (name, page) in [("1", &blurred), ("2", &sharp), ("3", &blurred), ("4", &blurred)] {
        std::fs::write(folder.path().join(name), encode_page(page, 2_000_000).expect("fits").jpeg).expect("writable");
    }
    let camera = SimCamera::new();
    camera.play_folder(folder.path()).unwrap_or_else(|fault| panic!("{fault}"));
    let (pages, _) = acquire(&camera, &AcquireLimits::default());
    let page = pages.unwrap_or_else(|fault| panic!("{fault}"))[0].decode(&AcquireLimits::default()).expect("it was decoded before");
    let (got, best, worst) = (judge(&page.luma()).sharpness, judge(&sharp.luma()).sharpness, judge(&blurred.luma()).sharpness);
    assert!((got - best).abs() < (got - worst).abs(), "{got} of {worst} to {best}");
}

#[test]
fn limits_and_faults_have_their_own_words() {
    let limits = AcquireLimits::default();
    let tiny = AcquireLimits { megapixels_max: 0, ..limits };
    let camera_ok = camera();
    assert!(matches!(acquire(&camera_ok, &tiny).0, Err(AcquireError::TooLarge { page: 1, .. })));
    camera_ok.give(PixelFormat::Jpeg);
    let few = AcquireLimits { page_bytes_max: 1000, ..limits };
    assert!(matches!(acquire(&camera_ok, &few).0, Err(AcquireError::TooLarge { .. })));
    assert!(matches!(acquire(&camera_ok, &AcquireLimits { pages_max: 0, ..limits }).0, Ok(pages) if pages.is_empty()));
    type Check = fn(&AcquireError) -> bool;
    let cases: [(CameraFault, Check); 7] = [
        (CameraFault::Unplugged, |fault| matches!(fault, AcquireError::Absent)),
        (CameraFault::HeldByOther, |fault| matches!(fault, AcquireError::Busy)),
        (CameraFault::Permission, |fault| matches!(fault, AcquireError::Permission)),
        (CameraFault::NoFormat, |fault| matches!(fault, AcquireError::Device)),
        (CameraFault::HangInOpen, |fault| matches!(fault, AcquireError::TimedOut { .. })),
        (CameraFault::Stall, |fault| matches!(fault, AcquireError::TimedOut { .. })),
        (CameraFault::GarbageJpeg, |fault| matches!(fault, AcquireError::TimedOut { .. })),
    ];
    for (fault, expected) in cases {
        let camera = camera();
        camera.inject(fault, Lasting::FromNow);
        let began = Instant::now();
        let (result, source) = acquire(&camera, &limits);
        assert!(result.as_ref().is_err_and(expected), "{fault:?}: {result:?}");
        assert!(began.elapsed() < Duration::from_secs(4), "{fault:?}: {:?}", began.elapsed());
        let status = source.status();
        assert_eq!(status.has(Condition::CAMERA_ABSENT), fault == CameraFault::Unplugged, "{fault:?}: {status:?}");
        camera.clear(fault);
        assert!(acquire(&camera, &limits).0.is_ok(), "{fault:?} is over");
    }
}

#[test]
fn a_cancelled_page_is_not_taken() {
    let camera = camera();
    camera.inject(CameraFault::Stall, Lasting::FromNow);
    let cancel = Arc::new(AtomicBool::new(false));
    let (own, sees) = (Arc::clone(&cancel), camera.clone());
    let mut source = DocumentCamera::new(sees.factory(), DocumentCameraSettings { frame_ms: PATIENCE.as_millis() as u64, ..QUICK });
    let taking = std::thread::spawn(move || source.acquire(&AcquireLimits::default(), &own));
    cancel.store(true, Ordering::Release);
    assert!(matches!(taking.join().expect("it does not panic"), Err(AcquireError::Cancelled)));
}
