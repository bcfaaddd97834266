//! The two engines. Neither guards itself: call them through [`super::GuardedReader`].

use super::{CODES_PER_FRAME_MAX, QrDecoder, QrPayload};
use crate::picture::Luma;
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult, RXingResultMetadataType};
use rxing::{RXingResultMetadataValue, RXingResultMetadataValue::ByteSegments};
use std::collections::HashSet;

/// The port of ZXing. About 3 ms on a 720p view, turned and blurred codes, several at a time; blind below 24 grey levels of
/// contrast.
#[derive(Clone, Copy, Debug, Default)]
pub struct RxingDecoder;

impl QrDecoder for RxingDecoder {
    fn name(&self) -> &'static str {
        "rxing"
    }

    fn decode(&self, luma: &Luma) -> Vec<QrPayload> {
        let hints = DecodeHints { TryHarder: Some(true), PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])), ..DecodeHints::default() };
        let Ok(source) = Luma8LuminanceSource::new(luma.pixels().to_vec(), luma.width(), luma.height()) else {
            return Vec::new();
        };
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        let found = QrReader.decode_multiple_with_hints(&mut bitmap, &hints).unwrap_or_default();
        found.iter().take(CODES_PER_FRAME_MAX).map(payload_of).collect()
    }
}

/// The bytes of the byte segments where the engine kept them, else its text.
fn payload_of(result: &RXingResult) -> QrPayload {
    let segments: Option<&RXingResultMetadataValue> = result.getRXingResultMetadata().get(&RXingResultMetadataType::BYTE_SEGMENTS);
    match segments {
        Some(ByteSegments(parts)) if std::str::from_utf8(&parts.concat()).is_err() => QrPayload::new(parts.concat()),
        _ => QrPayload::new(result.getText().as_bytes().to_vec()),
    }
}

/// The second opinion, from another family of algorithms. About 17 ms on a 720p view, so it sees parts only.
#[derive(Clone, Copy, Debug, Default)]
pub struct RqrrDecoder;

impl QrDecoder for RqrrDecoder {
    fn name(&self) -> &'static str {
        "rqrr"
    }

    fn decode(&self, luma: &Luma) -> Vec<QrPayload> {
        let width = luma.width() as usize;
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, luma.height() as usize, |x, y| luma.pixels()[y * width + x]);
        let grids = prepared.detect_grids();
        grids
            .iter()
            .take(CODES_PER_FRAME_MAX)
            .filter_map(|grid| {
                let mut bytes = Vec::new();
                grid.decode_to(&mut bytes).ok().map(|_| QrPayload::new(bytes))
            })
            .collect()
    }
}
