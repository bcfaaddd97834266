//! The pipe from a camera's process, whose other end nobody trusts: messages, and the frames in them.

use drivers::camera::wire::{MESSAGE_BYTES_MAX, Message, parse};
use std::time::Instant;

/// Larger frames are only unwrapped and not decoded, so that an input costs milliseconds.
const DECODED_PIXELS_MAX: u64 = 300_000;

/// Messages one behind the other, as the host reads them, and the pictures in them decoded.
pub fn camera_wire(bytes: &[u8]) {
    let mut rest = bytes;
    loop {
        let (message, used) = match parse(rest) {
            Ok(Some(found)) => found,
            Ok(None) => {
                assert!(rest.len() < MESSAGE_BYTES_MAX, "it waits for ever");
                return;
            }
            Err(fault) => {
                let _ = fault.to_string();
                return;
            }
        };
        assert!(used > 0 && used <= rest.len());
        assert_eq!(parse(&rest[..used - 1]), Ok(None), "a message without its last byte is not whole");
        if let Message::Frame(head, payload) = message {
            assert!(!format!("{payload:?}").contains('['), "a picture was printed");
            if let Ok(frame) = head.frame(payload, Instant::now()) {
                assert_eq!((frame.width, frame.height), (head.width, head.height));
                if u64::from(frame.width) * u64::from(frame.height) <= DECODED_PIXELS_MAX {
                    if let Ok(luma) = frame.luma() {
                        assert_eq!((luma.width(), luma.height()), (frame.width, frame.height));
                    }
                    let _ = frame.rgb();
                    if let Ok(small) = frame.preview(64) {
                        assert!(small.width() <= frame.width.max(64) && small.height() <= frame.height.max(64));
                    }
                }
            }
        }
        rest = &rest[used..];
    }
}
