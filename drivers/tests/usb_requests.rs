//! The requests of the printer class: what goes out, what is understood, what is refused.

use drivers::link::usb::{
    ControlRequest, DeviceId, DeviceIdError, PortNews, PortStatus, PortStatusError, PortStatusJudge, get_device_id, get_port_status, soft_reset,
};

fn framed(text: &str) -> Vec<u8> {
    [&(text.len() as u16 + 2).to_be_bytes()[..], text.as_bytes()].concat()
}

#[test]
fn requests_are_those_of_the_specification() {
    let request = |request_type, request, index, bytes_max| ControlRequest { request_type, request, value: 0, index, bytes_max };
    assert_eq!(get_device_id(1, 2), request(0xA1, 0, 0x0102, 1024), "interface in the high byte, setting in the low one");
    assert_eq!(get_port_status(1), request(0xA1, 1, 1, 1));
    assert_eq!(soft_reset(1), [request(0x21, 2, 1, 0), request(0x23, 2, 1, 0)]);
}

#[test]
fn a_device_id_is_a_list_of_keys_and_values() {
    let id = DeviceId::parse(&framed("MFG:EPSON;CMD:ESC/POS, STAR;mdl: TM-T82 ;CLS:PRINTER;DES:;MDL:second;")).expect("a device id");
    assert_eq!((id.maker(), id.model()), (Some("EPSON"), Some("TM-T82")), "keys in any case, the first one counts");
    assert_eq!(id.languages().collect::<Vec<_>>(), ["ESC/POS", "STAR"]);
    assert_eq!(id.get("DES"), Some(""));
    assert_eq!(id.pairs().count(), 5);
    let long = DeviceId::parse(&framed("MANUFACTURER:Custom;MODEL:VKP80;COMMAND SET:ESC/POS;")).expect("a device id");
    assert_eq!((long.maker(), long.model(), long.languages().next()), (Some("Custom"), Some("VKP80"), Some("ESC/POS")));
}

#[test]
fn a_length_with_the_small_end_first_is_understood() {
    let mut answer = framed("MFG:POS;MDL:58;");
    answer.swap(0, 1);
    assert_eq!(DeviceId::parse(&answer).expect("a device id").model(), Some("58"));
}

#[test]
fn what_lies_behind_the_length_does_not_count() {
    let mut answer = framed("MFG:POS;MDL:58;");
    answer.extend(b"MFG:rubbish;SN:1;");
    let id = DeviceId::parse(&answer).expect("a device id");
    assert_eq!((id.maker(), id.get("SN")), (Some("POS"), None));
}

#[test]
fn rubbish_is_no_device_id() {
    let many: String = (0..70).map(|at| format!("K{at}:v;")).collect();
    let cases: [(&str, Vec<u8>, DeviceIdError); 7] = [
        ("empty", vec![], DeviceIdError::TooShort { came: 0 }),
        ("one byte", vec![0], DeviceIdError::TooShort { came: 1 }),
        ("cut off", framed("MFG:EPSON;")[..6].to_vec(), DeviceIdError::Length { said: 12, came: 6 }),
        ("length zero", vec![0, 0, b'A', b':', b'1'], DeviceIdError::Length { said: 0, came: 5 }),
        ("nothing behind the length", vec![0, 2], DeviceIdError::NoPair),
        ("no pair", framed("EPSON TM-T82"), DeviceIdError::NoPair),
        ("endless", framed(&many), DeviceIdError::TooManyPairs),
    ];
    for (name, answer, expected) in cases {
        assert_eq!(DeviceId::parse(&answer), Err(expected), "{name}");
    }
}

#[test]
fn a_port_status_has_three_bits() {
    for (byte, paper_empty, selected, error) in [
        (0x18, false, true, false),
        (0x38, true, true, false),
        (0x10, false, true, true),
        (0x30, true, true, true),
        (0x00, false, false, true),
        (0xDF, false, true, false),
    ] {
        let status = PortStatus::parse(&[byte]).expect("one byte");
        assert_eq!((status.paper_empty(), status.selected(), status.error()), (paper_empty, selected, error), "{byte:#04x}");
    }
    assert_eq!(PortStatus::parse(&[]), Err(PortStatusError { came: 0 }));
    assert_eq!(PortStatus::parse(&[0x18, 0]), Err(PortStatusError { came: 2 }));
}

#[test]
fn a_painted_status_is_no_news_except_for_its_paper_bit() {
    let news = |bytes: &[u8]| {
        let mut judge = PortStatusJudge::default();
        bytes.iter().map(|byte| judge.observe(PortStatus { byte: *byte })).last().expect("at least one byte")
    };
    let unknown = PortNews { paper_empty: false, selected: None, error: None };
    assert_eq!(news(&[0x18]), unknown);
    assert_eq!(news(&[0x18; 20]), unknown);
    assert_eq!(news(&[0x00; 20]), unknown, "a status that was always zero is not an error");
    assert_eq!(news(&[0x18, 0x38]), PortNews { paper_empty: true, ..unknown });
    assert_eq!(news(&[0x38]), PortNews { paper_empty: true, ..unknown });
    assert_eq!(news(&[0x18, 0x10]), PortNews { error: Some(true), ..unknown });
    assert_eq!(news(&[0x18, 0x10, 0x18]), PortNews { error: Some(false), ..unknown });
    assert_eq!(news(&[0x18, 0x08]), PortNews { selected: Some(false), ..unknown });
}

proptest::proptest! {
    #[test]
    fn no_answer_breaks_the_parsers(answer in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        if let Ok(id) = DeviceId::parse(&answer) {
            proptest::prop_assert!(id.pairs().all(|(key, _)| !key.is_empty()));
        }
        proptest::prop_assert_eq!(PortStatus::parse(&answer).is_ok(), answer.len() == 1);
    }
}
