//! Frames of every format give the same picture, cheaply, and wrong buffers give none.

mod common;

use common::text_page;
use drivers::camera::{ArgumentError, Frame, FrameError, ListRoots, Look, PictureWatch, PixelFormat, V4l2Settings, list_nodes, node_at_bus};
use drivers::picture::{Luma, RgbPage, encode_page};
use drivers::sim::camera::SimCamera;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

const FORMATS: [PixelFormat; 5] = [PixelFormat::Rgb, PixelFormat::Luma, PixelFormat::Yuyv, PixelFormat::Nv12, PixelFormat::Jpeg];

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

/// A page in colours, of even size.
fn coloured() -> RgbPage {
    let pixels = (0..120_u32).flat_map(|y| (0..160_u32).flat_map(move |x| [(x + 40) as u8, (y * 2) as u8, (200 - x) as u8])).collect();
    RgbPage::new(160, 120, pixels).expect("the pixels fit the size")
}

fn frame_of(page: &RgbPage, format: PixelFormat) -> Frame {
    let camera = SimCamera::new();
    camera.show(page);
    camera.give(format);
    let mut source = camera.factory().open().expect("the camera is plugged in");
    source.next_frame(Duration::from_secs(5)).expect("a frame comes")
}

fn mean_apart(one: &[u8], other: &[u8]) -> usize {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).map(|(a, b)| usize::from(a.abs_diff(*b))).sum::<usize>() / one.len()
}

#[test]
fn every_format_shows_the_same_picture() {
    let page = coloured();
    for format in FORMATS {
        let frame = frame_of(&page, format);
        assert_eq!(frame.format(), format);
        let apart = mean_apart(frame.luma().expect("decodes").pixels(), page.luma().pixels());
        assert!(apart <= 3, "{format:?}: brightness is {apart} apart");
        let colours = frame.rgb().expect("decodes");
        if format != PixelFormat::Luma {
            let apart = mean_apart(colours.pixels(), page.pixels());
            assert!(apart <= 6, "{format:?}: colours are {apart} apart");
        }
        let small = frame.preview(80).expect("decodes");
        assert_eq!((small.width(), small.height()), (80, 60), "{format:?}");
        let apart = mean_apart(small.luma().pixels(), drivers::picture::thumbnail(&page, 80).luma().pixels());
        assert!(apart <= 5, "{format:?}: the preview is {apart} apart");
        assert!(!format!("{frame:?}").contains("Jpeg(["), "frames print as dots");
    }
}

#[test]
fn a_preview_is_never_larger_than_asked_and_never_empty() {
    for (width, height) in [(1920, 1080), (1280, 720), (640, 480), (2, 900), (900, 2), (7, 5)] {
        let page = RgbPage::new(width, height, vec![90; (width * height * 3) as usize]).expect("the pixels fit the size");
        let frame = Frame::from_rgb(&page, Instant::now());
        for long_side in [0, 1, 3, 333, 640, 5000] {
            let small = frame.preview(long_side).expect("plain pixels");
            assert!(small.width().max(small.height()) <= long_side.max(1), "{width}x{height} at {long_side}");
            assert!(small.pixels().iter().all(|p| *p == 90));
        }
    }
}

/// Time of this thread alone, so that a busy machine does not fail the test.
fn own_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

#[test]
fn twenty_four_previews_a_second_cost_less_than_two_fifths_of_a_core() {
    for (width, height) in [(640, 480), (1280, 720)] {
        let view = image::imageops::resize(
            &image::RgbImage::from_raw(text_page().width(), text_page().height(), text_page().into_pixels()).expect("its own size"),
            width,
            height,
            image::imageops::FilterType::Triangle,
        );
        let page = RgbPage::new(width, height, view.into_raw()).expect("its own size");
        for format in [PixelFormat::Jpeg, PixelFormat::Yuyv, PixelFormat::Nv12] {
            let frame = frame_of(&page, format);
            let began = own_time();
            for _ in 0..24 {
                assert!(frame.preview(640).is_ok());
            }
            let took = own_time() - began;
            println!("24 previews from {width}x{height} {format:?}: {took:?}");
            assert!(took < Duration::from_millis(400), "{width}x{height} {format:?}: {took:?}");
        }
    }
}

#[test]
fn a_buffer_that_holds_no_whole_picture_is_refused() {
    let now = Instant::now();
    for (format, width, height, bytes, whole) in [
        (PixelFormat::Yuyv, 4, 2, 16, true),
        (PixelFormat::Yuyv, 4, 2, 5000, true),
        (PixelFormat::Yuyv, 4, 2, 15, false),
        (PixelFormat::Yuyv, 3, 2, 5000, false),
        (PixelFormat::Nv12, 4, 2, 12, true),
        (PixelFormat::Nv12, 4, 3, 5000, false),
        (PixelFormat::Luma, 0, 2, 5000, false),
        (PixelFormat::Luma, u32::MAX, u32::MAX, 5000, false),
        (PixelFormat::Rgb, 5, 5, 75, true),
        (PixelFormat::Rgb, 5, 5, 74, false),
        (PixelFormat::Jpeg, 5, 5, 5000, false),
    ] {
        let frame = Frame::from_buffer(format, width, height, &vec![7; bytes], now);
        assert_eq!(frame.is_ok(), whole, "{format:?} {width}x{height} in {bytes}");
        if let Ok(frame) = frame {
            assert_eq!(frame.luma().map(|luma| luma.pixels().len()), Ok((width * height) as usize));
            assert!(frame.rgb().is_ok() && frame.preview(1).is_ok());
        }
    }
    // Somebody may put a frame together by hand.
    let lying = Frame { width: 9, height: 9, pixels: drivers::camera::Pixels::Nv12(vec![1, 2, 3].into()), taken_at: now };
    assert_eq!(lying.rgb().err(), Some(FrameError::Undecodable));
    assert_eq!(lying.luma().err(), Some(FrameError::Undecodable));
}

#[test]
fn black_without_structure_is_a_covered_lens() {
    let flat = |level: u8| Luma::new(64, 48, vec![level; 64 * 48]).expect("the pixels fit the size");
    for (name, luma, covered) in [
        ("a finger", flat(4), true),
        ("black", flat(0), true),
        ("a dim desk", flat(25), false),
        ("a lit wall", flat(200), false),
        ("a lamp in the dark", Luma::new(64, 48, (0..64 * 48).map(|at| if at % 64 < 16 { 60 } else { 2 }).collect()).expect("fits"), false),
        ("one pixel", Luma::new(1, 1, vec![0]).expect("fits"), true),
    ] {
        assert_eq!(Look::at(&luma).is_covered(), covered, "{name}: {:?}", Look::at(&luma));
    }
}

#[test]
fn a_frozen_stream_is_told_from_a_black_one_by_moments_alone() {
    let bright = Frame::from_rgb(&coloured(), Instant::now());
    let black = Frame::from_rgb(&RgbPage::new(4, 4, vec![0; 48]).expect("fits"), Instant::now());
    for (name, frame, frozen, covered) in [("bright", bright, true, false), ("black", black, false, true)] {
        let mut watch = PictureWatch::default();
        let start = Instant::now();
        let mut now = start;
        for _ in 0..10 {
            assert!(watch.see(&frame, now));
            now += Duration::from_millis(200);
        }
        assert_eq!(watch.frozen_for(now) > Duration::from_secs(1), frozen, "{name}");
        assert_eq!(watch.covered_for(now) > Duration::from_secs(1), covered, "{name}");
    }
}

#[test]
fn settings_survive_a_command_line_and_wrong_ones_are_named() {
    let settings = V4l2Settings { sizes: vec![(1280, 720), (640, 480)], frames_per_s: vec![30], ..V4l2Settings::new("/dev/v4l/by-id/usb-x") };
    assert_eq!(V4l2Settings::from_args(settings.to_args()), Ok(settings));
    let parse = |args: &[&str]| V4l2Settings::from_args(args.iter().map(OsString::from));
    assert_eq!(parse(&["/dev/video0"]), Ok(V4l2Settings::new("/dev/video0")));
    assert_eq!(parse(&[]), Err(ArgumentError::NoDevice));
    assert_eq!(parse(&[""]), Err(ArgumentError::NoDevice));
    for bad in ["640", "640x", "0x480", "640x480,", "axb"] {
        assert!(matches!(parse(&["/dev/video0", bad]), Err(ArgumentError::BadList { .. })), "{bad}");
    }
    let many = vec!["640x480"; 17].join(",");
    assert!(matches!(parse(&["/dev/video0", &many]), Err(ArgumentError::BadList { .. })));
    assert!(matches!(parse(&["/dev/video0", "640x480", "0"]), Err(ArgumentError::BadList { .. })));
    assert!(matches!(parse(&["/dev/video0", "640x480", "30", "lagi"]), Err(ArgumentError::TooMany { .. })));
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
    std::fs::write(path, text).expect("writable");
}

#[test]
fn cameras_are_listed_by_their_lasting_names_without_their_metadata() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let roots = ListRoots { sys: folder.path().join("sys"), dev: folder.path().join("dev"), udev: folder.path().join("udev") };
    assert!(list_nodes(&roots).is_empty(), "a machine without cameras");
    let port = folder.path().join("devices/usb1/1-2/1-2:1.0");
    std::fs::create_dir_all(&port).expect("writable");
    for (number, name, index) in [(0, "Kamera Dokumen", "0"), (1, "Kamera Dokumen", "1"), (10, "Kamera Wajah", "0"), (2, "Loopback", "0")] {
        let node = roots.sys.join(format!("video{number}"));
        write(&node.join("name"), &format!("{name}\n"));
        write(&node.join("index"), index);
        write(&node.join("dev"), &format!("81:{number}"));
        write(&roots.dev.join(format!("video{number}")), "");
    }
    std::os::unix::fs::symlink(&port, roots.sys.join("video0/device")).expect("a link");
    std::fs::create_dir_all(roots.dev.join("v4l/by-id")).expect("writable");
    let by_id = roots.dev.join("v4l/by-id/usb-Kamera-index0");
    std::os::unix::fs::symlink("../../video0", &by_id).expect("a link");
    write(&roots.udev.join("c81:2"), "E:ID_V4L_VERSION=2\nE:ID_V4L_CAPABILITIES=:video_output:\n");
    write(&roots.udev.join("c81:10"), "E:ID_V4L_CAPABILITIES=:capture:\n");
    let nodes = list_nodes(&roots);
    let seen: Vec<_> =
        nodes.iter().map(|node| (node.path.file_name().and_then(|n| n.to_str()).unwrap_or_default(), node.name.as_str(), node.is_capture)).collect();
    assert_eq!(
        seen,
        [("video0", "Kamera Dokumen", true), ("video1", "Kamera Dokumen", false), ("video2", "Loopback", false), ("video10", "Kamera Wajah", true)]
    );
    assert_eq!(nodes[0].by_id.as_ref(), Some(&by_id));
    assert_eq!(nodes[0].bus.as_deref(), Some("1-2:1.0"));
    for (bus, found) in [("1-2", true), ("1-2:1.0", true), ("1-3", false), ("1", false), ("", false)] {
        assert_eq!(node_at_bus(&roots, bus).is_some(), found, "{bus}");
    }
    assert_eq!((&nodes[3].by_id, &nodes[3].by_path), (&None, &None));
}
