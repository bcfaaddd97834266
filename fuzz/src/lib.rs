//! What the fuzz targets do with their bytes: one function a target, which panics on a finding.
//!
//! It is not only "does not panic": each function also asserts what its parser promises. The same functions run over the seeds and
//! over mutated seeds in `drivers/tests/fuzz_seeds.rs`, which includes this file, so nothing of them is written twice.
//!
//! The rule a newcomer would break: a body holds no state that one input could leave behind for the next, or a finding could
//! not be repeated from its file.

mod codes;
mod pictures;

pub use codes::qr_payload;
pub use pictures::camera_wire;

use drivers::printer::{Asked, BLOCK_BYTES_MAX, Demux, Expect, Reply, conditions_in, notice, parse};
use drivers::record::Recording;
use drivers::scanner::escl::{Quirks, XML_BYTES_MAX, parse_capabilities, parse_status, plan, status_of};
use drivers::scanner::{PageSource, Paper, ScanJob, ScanMode};
use drivers::sheet::{Answer, JobFacts, PrinterFacts};

/// What a target does with its bytes.
pub type Body = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Body); 6] = [
    ("printer_replies", printer_replies),
    ("escl_xml", escl_xml),
    ("ipp_response", ipp_response),
    ("qr_payload", qr_payload),
    ("camera_wire", camera_wire),
    ("recording", recording),
];

/// Bytes from a printer: replies, what they mean, and that a demultiplexer always finds back into step.
pub fn printer_replies(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let expect = [Expect::Nothing, Expect::PaperStatus, Expect::ModelId, Expect::FullStatus][usize::from(first % 4)];
    let replies = parse(bytes, expect);
    assert!(replies.len() <= bytes.len(), "no reply comes from nothing");
    for reply in &replies {
        match reply {
            Reply::RealTime(byte) => {
                let named: Vec<_> = Asked::ALL.into_iter().flat_map(|asked| conditions_in(asked, *byte)).collect();
                assert!(named.iter().all(|condition| !condition.row().staff_code.is_empty()));
            }
            Reply::Block(block) => {
                assert!(block.len() < BLOCK_BYTES_MAX);
                let _ = notice(block);
            }
            _ => {}
        }
    }
    let mut demux = Demux::default();
    let mut cut = Vec::new();
    for piece in bytes.chunks(1 + usize::from(first >> 4)) {
        cut.extend(piece.iter().filter_map(|byte| demux.push(*byte, expect)));
    }
    assert_eq!(cut, replies, "it does not matter how the bytes were cut");
    // Noise longer than any reply, then an answer: it is heard, whatever came before.
    for _ in 0..BLOCK_BYTES_MAX {
        let _ = demux.push(0xFF, expect);
    }
    assert_eq!(demux.push(0x12, expect), Some(Reply::RealTime(0x12)), "the demultiplexer is back in step");
}

/// Answers of an eSCL scanner, and the plan of a scan that would be made from them.
pub fn escl_xml(bytes: &[u8]) {
    if let Ok(answer) = parse_status(bytes) {
        for from_feeder in [false, true] {
            let _ = status_of(&answer, from_feeder).availability();
        }
    }
    let caps = match parse_capabilities(bytes) {
        Ok(caps) => caps,
        Err(fault) => {
            assert!(fault.to_string().len() <= XML_BYTES_MAX, "a refusal does not repeat the answer many times");
            return;
        }
    };
    assert!(bytes.len() <= XML_BYTES_MAX);
    assert!(caps.platen.is_some() || caps.adf_simplex.is_some() || caps.adf_duplex.is_some());
    for source in [PageSource::Automatic, PageSource::Glass, PageSource::Feeder, PageSource::FeederDuplex] {
        for (mode, paper) in [(ScanMode::Colour, Paper::A4), (ScanMode::Grey, Paper::F4), (ScanMode::BlackWhite, Paper::Whole)] {
            for (resolution_dpi, loaded) in [(0, None), (300, Some(true)), (u32::MAX, Some(false))] {
                if let Ok(made) = plan(&ScanJob { source, mode, resolution_dpi, paper }, &caps, &Quirks::default(), loaded) {
                    assert!(made.dpi > 0, "a scan at no resolution was planned");
                    assert!(made.width > 0 && made.height > 0, "a scan of no area was planned");
                    assert!(made.version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "a foreign version gets into our request");
                    let _ = made.to_xml();
                }
            }
        }
    }
}

/// Answers of an IPP printer, and what is made of them.
pub fn ipp_response(bytes: &[u8]) {
    let answer = match Answer::read(bytes) {
        Ok(answer) => answer,
        Err(fault) => {
            let _ = fault.to_string();
            return;
        }
    };
    let printer = PrinterFacts::of(&answer);
    let clean = |text: &str| text.chars().all(|letter| !letter.is_control());
    assert!(printer.model.as_deref().is_none_or(clean), "a control character of a printer reaches a terminal");
    assert!(printer.reasons.iter().all(|reason| clean(&reason.keyword)));
    let status = printer.status();
    let _ = (status.availability(), status.required(), printer.unknown_reasons().count());
    let job = JobFacts::of(&answer);
    assert!(job.reasons.iter().all(|reason| clean(reason)));
}

/// A recording: what is read can be written, and is read as the same again.
pub fn recording(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Recording::parse(text) {
        Ok(recording) => {
            let written = recording.to_string();
            let again = Recording::parse(&written).expect("what we write we can read");
            assert_eq!(again.to_string(), written);
            assert_eq!(again.lines.len(), recording.lines.len());
        }
        Err(fault) => assert!(fault.line <= text.lines().count().max(1), "a line that is not there: {fault}"),
    }
}
