//! Bytes that pretend to be an answer of IPP: read under limits, refused by name, never a panic.

use drivers::sheet::{Answer, JobFacts, JobState, NESTING_MAX, PrinterFacts, PrinterState, VALUES_MAX, WireFault};
use drivers::status::{Condition, DeviceState};
use proptest::prelude::*;

/// One attribute with one value, as RFC 8010, section 3.1.4, lays it out.
fn attribute(tag: u8, name: &str, value: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| (bytes.len() as u16).to_be_bytes();
    [&[tag][..], &length(name.as_bytes()), name.as_bytes(), &length(value), value].concat()
}

fn answer(group: u8, attributes: &[Vec<u8>]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 0, 0, 7, group][..], &attributes.concat(), &[3]].concat()
}

#[test]
fn a_printer_and_a_job_are_read_from_bytes() {
    let bytes = answer(
        4,
        &[
            attribute(0x23, "printer-state", &[0, 0, 0, 5]),
            attribute(0x44, "printer-state-reasons", b"media-empty-error"),
            attribute(0x44, "", b"toner-low-warning"),
            attribute(0x22, "printer-is-accepting-jobs", &[1]),
            attribute(0x49, "document-format-supported", b"application/pdf"),
            attribute(0x33, "job-k-octets-supported", &[0, 0, 0, 0, 0, 0, 0, 9]),
            attribute(0x45, "printer-uuid", b"urn:uuid:ABCDEF00-0000-4000-8000-000000000000"),
            attribute(0x35, "printer-make-and-model", &[&[0, 2][..], b"en", &[0, 9], b"Model\x1b[2J"].concat()),
        ],
    );
    let answer_read = Answer::read(&bytes).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!((answer_read.request_id, answer_read.code), (7, 0));
    let facts = PrinterFacts::of(&answer_read);
    assert_eq!((facts.state, facts.accepts_jobs, facts.document_bytes_max), (PrinterState::Stopped, Some(true), Some(9 * 1024)));
    assert_eq!(facts.uuid.as_deref(), Some("abcdef00-0000-4000-8000-000000000000"));
    assert!(facts.model.is_some_and(|model| !model.contains('\x1b')));
    assert_eq!(facts.takes_a4, None, "what it does not say is not said");
    let job = Answer::read(&answer(2, &[attribute(0x21, "job-id", &[0, 0, 0, 3]), attribute(0x23, "job-state", &[0, 0, 0, 9])]))
        .unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!((JobFacts::of(&job).id, JobFacts::of(&job).state), (Some(3), JobState::Completed));
}

#[test]
fn state_and_reasons_together_make_a_status() {
    let status = |state: u8, accepting: bool, reasons: &[&str]| {
        let mut attributes = vec![attribute(0x23, "printer-state", &[0, 0, 0, state]), attribute(0x22, "printer-is-accepting-jobs", &[u8::from(accepting)])];
        attributes
            .extend(reasons.iter().enumerate().map(|(at, reason)| attribute(0x44, if at == 0 { "printer-state-reasons" } else { "" }, reason.as_bytes())));
        PrinterFacts::of(&Answer::read(&answer(4, &attributes)).unwrap_or_else(|fault| panic!("{fault}"))).status()
    };
    for (state, accepting, reasons, device, conditions) in [
        (3, true, &["none"][..], DeviceState::Online, &[][..]),
        (4, true, &["none"], DeviceState::DeviceBusy, &[]),
        (3, true, &["media-low-report"], DeviceState::Online, &[]),
        (3, true, &["media-low", "toner-low"], DeviceState::Online, &[Condition::TRAY_LOW, Condition::TONER_LOW]),
        (5, true, &["media-empty-error", "door-open-error"], DeviceState::UserError, &[Condition::TRAY_OUT, Condition::SHEET_DOOR_OPEN]),
        (5, true, &["paused"], DeviceState::Offline, &[Condition::SHEET_STOPPED]),
        (5, true, &["none"], DeviceState::Offline, &[Condition::SHEET_STOPPED]),
        (5, true, &["fuser-over-temp"], DeviceState::HardwareError, &[Condition::SHEET_INOPERATIVE]),
        (5, true, &["quantum-error"], DeviceState::HardwareError, &[Condition::SHEET_INOPERATIVE]),
        (3, false, &["none"], DeviceState::Offline, &[Condition::SHEET_STOPPED]),
        (4, true, &["media-jam"], DeviceState::DeviceBusy, &[Condition::SHEET_JAMMED]),
        (6, true, &["none"], DeviceState::Unknown, &[]),
    ] {
        let found = status(state, accepting, reasons);
        assert_eq!((found.device, found.conditions.iter().copied().collect::<Vec<_>>()), (device, conditions.to_vec()), "{state} {reasons:?}");
    }
}

#[test]
fn lies_of_the_wire_are_refused_by_name() {
    let collection = |depth: usize| {
        let mut bytes = attribute(0x34, "a", b"");
        for _ in 1..depth {
            bytes.extend([attribute(0x4A, "", b"b"), attribute(0x34, "", b"")].concat());
        }
        bytes.extend(attribute(0x37, "", b"").repeat(depth));
        bytes
    };
    assert!(Answer::read(&answer(4, &[collection(NESTING_MAX)])).is_ok());
    let many = |count: usize| answer(4, &[attribute(0x21, "a", &[0; 4]), attribute(0x21, "", &[0; 4]).repeat(count - 1)]);
    assert!(Answer::read(&many(VALUES_MAX)).is_ok());
    for (name, bytes, fault) in [
        ("nothing", vec![], WireFault::CutOff { bytes: 0 }),
        ("a header", vec![2, 0, 0, 0, 0, 0, 0, 1], WireFault::CutOff { bytes: 8 }),
        ("IPP 3", vec![3, 0, 0, 0, 0, 0, 0, 1, 3], WireFault::Version { major: 3, minor: 0 }),
        ("a web page", b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), WireFault::Version { major: b'H', minor: b'T' }),
        ("a name longer than the answer", vec![1, 1, 0, 0, 0, 0, 0, 1, 4, 0x21, 0xFF, 0xFF, b'a'], WireFault::CutOff { bytes: 13 }),
        ("an unknown tag", vec![1, 1, 0, 0, 0, 0, 0, 1, 0x7F], WireFault::Tag { tag: 0x7F }),
        ("a text longer than itself", answer(4, &[attribute(0x35, "a", &[0xFF, 0xFF, b'e'])]), WireFault::InnerLength),
        ("a name with half a length", answer(4, &[attribute(0x36, "a", &[0, 1, b'e', 0])]), WireFault::InnerLength),
        ("collections too deep", answer(4, &[collection(NESTING_MAX + 1)]), WireFault::TooDeep),
        ("collections deep enough for the stack", answer(4, &[collection(60_000)]), WireFault::TooDeep),
        ("an end without a beginning", answer(4, &[attribute(0x37, "", b"")]), WireFault::Collection),
        ("a beginning without an end", answer(4, &[attribute(0x34, "a", b"")]), WireFault::Collection),
        ("too many values", many(VALUES_MAX + 1), WireFault::TooManyValues),
        ("a number of two bytes", answer(4, &[attribute(0x21, "a", &[0, 1])]), WireFault::Value),
    ] {
        assert_eq!(Answer::read(&bytes).map(|_| ()), Err(fault), "{name}");
    }
}

#[test]
fn wherever_an_answer_is_cut_it_is_cut_off() {
    let bytes = answer(
        4,
        &[
            attribute(0x44, "printer-state-reasons", b"none"),
            attribute(0x34, "media-col-ready", b""),
            attribute(0x4A, "", b"media-size"),
            attribute(0x21, "", &[0, 0, 0, 1]),
            attribute(0x37, "", b""),
        ],
    );
    assert!(Answer::read(&bytes).is_ok());
    for length in 0..bytes.len() {
        assert_eq!(Answer::read(&bytes[..length]).map(|_| ()), Err(WireFault::CutOff { bytes: length }));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(noise in prop::collection::vec(any::<u8>(), 0..400), tags in prop::collection::vec((0_usize..16, prop::collection::vec(any::<u8>(), 0..12)), 0..30)) {
        let _ = Answer::read(&noise);
        // The same with bytes that look more like an answer.
        const TAGS: [u8; 16] = [0x10, 0x13, 0x21, 0x22, 0x23, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x41, 0x44, 0x4A];
        let attributes: Vec<Vec<u8>> = tags.iter().map(|(tag, value)| attribute(TAGS[*tag], if *tag % 2 == 0 { "printer-state" } else { "" }, value)).collect();
        if let Ok(answer) = Answer::read(&answer(4, &attributes)) {
            let _ = (PrinterFacts::of(&answer).status(), JobFacts::of(&answer));
        }
    }
}
