//! Whatever a camera's process writes, its reader says message, not yet, or no; it never panics.

use drivers::camera::wire::{
    FrameHead, MESSAGE_BYTES_MAX, Message, Payload, VERSION, WireError, parse, write_fault, write_frame, write_heartbeat, write_opened,
};
use drivers::camera::{Frame, FrameError, PixelFormat, Pixels};
use drivers::picture::RgbPage;
use proptest::prelude::*;
use std::path::PathBuf;
use std::time::Instant;

fn frame(format: PixelFormat, width: u32, height: u32) -> Frame {
    let bytes = vec![100; format.bytes_of(width, height).expect("a raw format of even size")];
    Frame::from_buffer(format, width, height, &bytes, Instant::now()).expect("the bytes fit the size")
}

fn jpeg() -> Frame {
    let page = RgbPage::new(16, 8, vec![77; 16 * 8 * 3]).expect("the pixels fit the size");
    let jpeg = drivers::picture::encode_page(&page, 100_000).expect("a small page fits").jpeg;
    Frame::from_jpeg_buffer(&jpeg, Instant::now()).expect("a JPEG")
}

fn written(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_frame(&mut bytes, frame, 7, 123_456_789).expect("memory takes everything");
    bytes
}

fn faults() -> Vec<FrameError> {
    vec![
        FrameError::TimedOut { waited_ms: u64::MAX },
        FrameError::Absent { place: "/dev/v4l/by-id/é".into() },
        FrameError::HeldByOther,
        FrameError::Permission,
        FrameError::NoFormat { tried: String::new() },
        FrameError::Unplugged,
        FrameError::Fault { reason: "os error 5".into() },
        FrameError::Undecodable,
        FrameError::Frozen,
        FrameError::Hung { waited_ms: 3 },
        FrameError::Stuck { processes: 3 },
        FrameError::Program { program: PathBuf::new(), reason: "x".into() },
    ]
}

#[test]
fn every_message_comes_out_as_it_went_in() {
    for original in [frame(PixelFormat::Yuyv, 4, 2), frame(PixelFormat::Nv12, 4, 2), frame(PixelFormat::Luma, 3, 5), frame(PixelFormat::Rgb, 3, 5), jpeg()] {
        let bytes = written(&original);
        let Ok(Some((Message::Frame(head, payload), used))) = parse(&bytes) else { panic!("{original:?}") };
        assert_eq!(used, bytes.len());
        assert_eq!(
            (head.format, head.width, head.height, head.sequence, head.captured_us),
            (original.format(), original.width, original.height, 7, 123_456_789)
        );
        let read = head.frame(payload, Instant::now()).expect("a whole frame");
        assert_eq!((read.bytes(), read.format()), (original.bytes(), original.format()));
        assert!(!format!("{:?}", parse(&bytes)).contains("100, 100"), "pictures print as dots");
    }
    for fault in faults() {
        let mut bytes = Vec::new();
        write_fault(&mut bytes, &fault).expect("memory takes everything");
        assert_eq!(parse(&bytes), Ok(Some((Message::Fault(fault), bytes.len()))));
    }
    let mut bytes = Vec::new();
    write_heartbeat(&mut bytes).and_then(|()| write_opened(&mut bytes)).expect("memory takes everything");
    let (first, used) = parse(&bytes).expect("ours").expect("whole");
    assert_eq!(first, Message::Heartbeat);
    assert_eq!(parse(&bytes[used..]).expect("ours").map(|(message, _)| message), Some(Message::Opened));
}

#[test]
fn a_long_text_is_cut_between_letters() {
    let fault = FrameError::Fault { reason: "é".repeat(5000) };
    let mut bytes = Vec::new();
    write_fault(&mut bytes, &fault).expect("memory takes everything");
    let Ok(Some((Message::Fault(FrameError::Fault { reason }), _))) = parse(&bytes) else { panic!("a fault") };
    assert!(reason.len() <= 512 && reason.chars().all(|c| c == 'é'));
}

#[test]
fn wrong_messages_are_refused_as_soon_as_they_can_be() {
    let good = written(&frame(PixelFormat::Yuyv, 4, 2));
    let with = |changes: &[(usize, u8)]| {
        let mut bytes = good.clone();
        for (at, byte) in changes {
            bytes[*at] = *byte;
        }
        bytes
    };
    for (name, bytes, expected) in [
        ("another program", b"bukan kamera".to_vec(), WireError::Mark),
        ("one wrong byte", vec![b'X'], WireError::Mark),
        ("another version", with(&[(2, VERSION + 1)]), WireError::Version(VERSION + 1)),
        ("an unknown kind", with(&[(3, 9)]), WireError::Kind(9)),
        ("a length of gigabytes", vec![b'K', b'C', VERSION, 2, 0xFF, 0xFF, 0xFF, 0xFF], WireError::TooLong { bytes: u32::MAX as usize + 8 }),
        ("a long heartbeat", vec![b'K', b'C', VERSION, 0, 0, 0, 1, 0], WireError::Body),
        ("an unknown format", with(&[(8, 0)]), WireError::Body),
        ("a size that does not fit", with(&[(12, 6)]), WireError::Body),
        ("no size at all", with(&[(12, 0)]), WireError::Body),
        ("a frame without a head", vec![b'K', b'C', VERSION, 2, 1, 0, 0, 0, 1], WireError::Body),
        ("an unknown fault", vec![b'K', b'C', VERSION, 3, 9, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 0], WireError::Body),
    ] {
        assert_eq!(parse(&bytes), Err(expected), "{name}");
    }
    assert_eq!(parse(&[]), Ok(None));
    // A whole message around a JPEG that is none.
    let head = FrameHead { format: PixelFormat::Jpeg, width: 4, height: 4, sequence: 0, captured_us: 0 };
    assert_eq!(head.frame(Payload(b"bukan gambar"), Instant::now()).err(), Some(FrameError::Undecodable));
    let other = FrameHead { width: 999, ..head };
    assert_eq!(other.frame(Payload(jpeg().bytes()), Instant::now()).err(), Some(FrameError::Undecodable), "the JPEG has another size than was said");
}

#[test]
fn a_frame_that_is_too_large_is_never_written() {
    let huge = Frame { width: 1, height: 1, pixels: Pixels::Jpeg(vec![0; MESSAGE_BYTES_MAX].into()), taken_at: Instant::now() };
    assert!(write_frame(&mut Vec::new(), &huge, 0, 0).is_err());
}

/// Reads as the driver does: piece by piece, until a fault or the end.
fn read_all(bytes: &[u8], piece: usize) -> (usize, Option<WireError>) {
    let (mut held, mut messages) = (Vec::new(), 0);
    for part in bytes.chunks(piece.max(1)) {
        held.extend_from_slice(part);
        loop {
            match parse(&held) {
                Err(fault) => return (messages, Some(fault)),
                Ok(None) => break,
                Ok(Some((message, used))) => {
                    assert!(used > 0 && used <= held.len());
                    if let Message::Frame(head, payload) = message {
                        let _ = head.frame(payload, Instant::now()).map(|frame| (frame.luma().is_ok(), frame.preview(64).is_ok()));
                    }
                    messages += 1;
                    held.drain(..used);
                }
            }
        }
    }
    (messages, None)
}

proptest! {
    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..4000), piece in 1_usize..700) {
        read_all(&bytes, piece);
        let mut marked = vec![b'K', b'C', VERSION];
        marked.extend(&bytes);
        read_all(&marked, piece);
    }

    #[test]
    fn a_damaged_stream_never_panics(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6), cut in any::<prop::sample::Index>(), piece in 1_usize..700) {
        let mut bytes = Vec::new();
        write_opened(&mut bytes).expect("memory takes everything");
        for one in [frame(PixelFormat::Yuyv, 4, 2), jpeg(), frame(PixelFormat::Nv12, 6, 4)] {
            bytes.extend(written(&one));
            write_heartbeat(&mut bytes).expect("memory takes everything");
        }
        write_fault(&mut bytes, &FrameError::Unplugged).expect("memory takes everything");
        let whole = read_all(&bytes, piece);
        prop_assert_eq!(whole, (8, None), "however it is cut into pieces");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        let (messages, _) = read_all(&bytes, piece);
        prop_assert!(messages <= bytes.len() / 8);
    }

    #[test]
    fn a_beginning_is_never_taken_for_the_whole(cut in any::<prop::sample::Index>()) {
        let bytes = written(&frame(PixelFormat::Yuyv, 4, 2));
        let cut = cut.index(bytes.len());
        prop_assert_eq!(parse(&bytes[..cut]), Ok(None));
    }
}
