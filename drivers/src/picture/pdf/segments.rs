//! A JPEG without remarks: comments, camera data, thumbnails and colour profiles stay behind.
//!
//! It decodes no pixels and checks none; [`crate::picture::decode_page`] does. The rule a newcomer would break: the segment of
//! Adobe stays, because it tells a reader how three colours are stored (PDF 32000-1, 7.4.8, ColorTransform).

/// A JPEG that a PDF can embed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PlainJpeg {
    pub(super) bytes: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
    /// One colour component: brightness only.
    pub(super) gray: bool,
}

const SOI: u8 = 0xD8;
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COM: u8 = 0xFE;

/// Walks the segments up to the first scan (ITU-T T.81, annex B) and leaves out what is not needed for the pixels. `None` for
/// bytes that are no JPEG of 8 bits with one or three components.
pub(super) fn without_remarks(bytes: &[u8]) -> Option<PlainJpeg> {
    if bytes.get(..2)? != [0xFF, SOI] {
        return None;
    }
    let mut kept = vec![0xFF, SOI];
    let mut frame = None;
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        if marker == 0xFF {
            // A fill byte.
            at += 1;
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        let end = at + 2 + length;
        let segment = bytes.get(at..end).filter(|_| length >= 2)?;
        if is_frame(marker) {
            frame = Some(frame_of(segment)?);
        }
        if marker == SOS {
            kept.extend(bytes.get(at..)?);
            break;
        }
        let remark = marker == COM || ((APP0..=APP15).contains(&marker) && marker != APP14);
        if !remark {
            kept.extend(segment);
        }
        at = end;
    }
    let (width, height, gray) = frame?;
    Some(PlainJpeg { bytes: kept, width, height, gray })
}

/// The markers SOF0 to SOF15 without DHT, JPG and DAC, which lie among them.
fn is_frame(marker: u8) -> bool {
    (0xC0..=0xCF).contains(&marker) && ![0xC4, 0xC8, 0xCC].contains(&marker)
}

fn frame_of(segment: &[u8]) -> Option<(u32, u32, bool)> {
    let side = |at: usize| Some(u32::from(u16::from_be_bytes([*segment.get(at)?, *segment.get(at + 1)?]))).filter(|side| *side > 0);
    let (height, width) = (side(5)?, side(7)?);
    match (segment.get(4)?, segment.get(9)?) {
        (8, 1) => Some((width, height, true)),
        (8, 3) => Some((width, height, false)),
        _ => None,
    }
}
