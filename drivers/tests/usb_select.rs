//! Which of the devices on the bus is the slip printer: the rule as a table.

use drivers::link::usb::{SelectError, UsbDevice, UsbEndpoint, UsbInterface, UsbMatch, UsbMatchError, choose_device, choose_interface, printer_class};

/// A name, a setting, what hangs on the bus, and the port that is chosen or the places that fit equally well.
type DeviceCase<'a> = (&'a str, &'a str, Vec<UsbDevice>, Result<&'a str, &'a [&'a str]>);
/// A name, a setting, what the device offers, and the number and setting of the interface that is chosen.
type InterfaceCase<'a> = (&'a str, &'a str, Vec<UsbInterface>, Option<(u8, u8)>);

fn interface(number: u8, setting: u8, class: u8, protocol: u8) -> UsbInterface {
    let endpoint = |address| Some(UsbEndpoint { address, packet_bytes: 64 });
    UsbInterface { number, setting, class, protocol, bulk_out: endpoint(1), bulk_in: endpoint(0x82) }
}

fn device(vendor_id: u16, product_id: u16, port_path: &str, interfaces: &[UsbInterface]) -> UsbDevice {
    UsbDevice { vendor_id, product_id, serial: None, port_path: port_path.into(), product: None, plugging: 1, interfaces: interfaces.to_vec() }
}

fn with_serial(device: UsbDevice, serial: &str) -> UsbDevice {
    UsbDevice { serial: Some(serial.into()), ..device }
}

fn epson_vendor_class() -> UsbDevice {
    device(0x04B8, 0x0202, "1-1", &[interface(0, 0, 0xFF, 0)])
}

fn clone_printer_class() -> UsbDevice {
    device(0x0416, 0x5011, "1-2", &[interface(0, 0, 7, 2)])
}

fn epson_scanner() -> UsbDevice {
    device(0x04B8, 0x013D, "1-3", &[interface(0, 0, 0xFF, 0)])
}

fn camera() -> UsbDevice {
    device(0x046D, 0x0825, "1-4", &[interface(0, 0, 14, 0)])
}

fn serial_clone() -> UsbDevice {
    device(0x0FE6, 0x811E, "1-5", &[interface(0, 0, 2, 1), interface(1, 0, 10, 0)])
}

fn custom(port_path: &str, serial: &str) -> UsbDevice {
    with_serial(device(0x0DD4, 0x0205, port_path, &[interface(0, 0, 7, 2)]), serial)
}

#[test]
fn a_device_is_chosen_by_the_rule_or_not_at_all() {
    let cases: [DeviceCase<'_>; 15] = [
        ("nothing there", "auto", vec![], Err(&[])),
        ("nothing that prints", "auto", vec![camera(), epson_scanner(), serial_clone()], Err(&[])),
        ("the only printer", "auto", vec![camera(), clone_printer_class()], Ok("1-2")),
        ("the only vendor-class printer", "auto", vec![epson_vendor_class(), epson_scanner()], Ok("1-1")),
        ("printer class before vendor class", "auto", vec![epson_vendor_class(), clone_printer_class()], Ok("1-2")),
        ("two printers", "auto", vec![clone_printer_class(), custom("1-6", "A")], Err(&["0416:5011@1-2", "0dd4:0205@1-6"])),
        ("by model", "0dd4:0205", vec![clone_printer_class(), custom("1-6", "A")], Ok("1-6")),
        ("by model in capitals", "0DD4:0205", vec![custom("1-6", "A")], Ok("1-6")),
        ("by model, absent", "0dd4:0205", vec![clone_printer_class()], Err(&[])),
        ("by model, twice", "0dd4:0205", vec![custom("1-6", "A"), custom("1-7", "B")], Err(&["0dd4:0205@1-6", "0dd4:0205@1-7"])),
        ("by serial number", "0dd4:0205:B", vec![custom("1-6", "A"), custom("1-7", "B")], Ok("1-7")),
        ("by another serial number", "0dd4:0205:C", vec![custom("1-6", "A"), custom("1-7", "B")], Err(&[])),
        ("by port", "0dd4:0205@1-6", vec![custom("1-6", "A"), custom("1-7", "B")], Ok("1-6")),
        ("by port with another model in it", "0dd4:0205@1-2", vec![clone_printer_class()], Err(&[])),
        ("a named device needs no known class", "04b8:013d", vec![epson_scanner(), clone_printer_class()], Ok("1-3")),
    ];
    for (name, wanted, devices, expected) in cases {
        let wanted: UsbMatch = wanted.parse().unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let chosen = choose_device(&devices, &wanted).map(|device| device.port_path.as_str());
        match expected {
            Ok(port) => assert_eq!(chosen, Ok(port), "{name}"),
            Err([]) => assert_eq!(chosen, Err(SelectError::None), "{name}"),
            Err(places) => assert_eq!(chosen, Err(SelectError::Several { places: places.iter().map(|p| (*p).into()).collect() }), "{name}"),
        }
    }
}

#[test]
fn the_order_of_the_list_does_not_matter() {
    let mut devices = vec![camera(), epson_vendor_class(), clone_printer_class(), epson_scanner(), serial_clone()];
    for _ in 0..devices.len() {
        devices.rotate_left(1);
        assert_eq!(choose_device(&devices, &UsbMatch::Any).map(|d| d.port_path.as_str()), Ok("1-2"));
    }
}

#[test]
fn an_interface_is_chosen_by_class_protocol_and_endpoints() {
    let one_way = |i: UsbInterface| UsbInterface { bulk_in: None, ..i };
    let no_way = |i: UsbInterface| UsbInterface { bulk_out: None, ..i };
    let cases: [InterfaceCase<'_>; 11] = [
        ("both ways before one way", "auto", vec![interface(0, 0, 7, 1), interface(0, 1, 7, 2), interface(0, 2, 7, 4)], Some((0, 1))),
        ("one way before IPP", "auto", vec![interface(0, 0, 7, 4), interface(0, 1, 7, 1)], Some((0, 1))),
        ("IPP when there is nothing else", "auto", vec![interface(0, 0, 7, 4)], Some((0, 0))),
        ("packets of 1284.4 are not spoken", "auto", vec![interface(0, 0, 7, 3)], None),
        ("printer class before vendor class", "auto", vec![interface(0, 0, 0xFF, 0), interface(1, 0, 7, 1)], Some((1, 0))),
        ("one that answers before one that does not", "auto", vec![one_way(interface(0, 0, 7, 2)), interface(0, 1, 7, 2)], Some((0, 1))),
        ("one that only takes", "auto", vec![one_way(interface(0, 0, 7, 1))], Some((0, 0))),
        ("without a way out it is no printer", "auto", vec![no_way(interface(0, 0, 7, 2))], None),
        ("the first of equals", "auto", vec![interface(2, 0, 7, 2), interface(1, 0, 7, 2)], Some((1, 0))),
        ("vendor class of a named model", "1234:5678", vec![interface(0, 0, 0xFF, 0)], Some((0, 0))),
        ("vendor class of an unknown model", "auto", vec![interface(0, 0, 0xFF, 0)], None),
    ];
    for (name, wanted, interfaces, expected) in cases {
        let wanted: UsbMatch = wanted.parse().unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let device = device(0x1234, 0x5678, "1-1", &interfaces);
        assert_eq!(choose_interface(&device, &wanted).map(|i| (i.number, i.setting)), expected, "{name}");
    }
}

#[test]
fn a_document_scanner_of_the_same_maker_is_no_printer() {
    assert_eq!(printer_class(&epson_scanner()), None);
    assert_eq!(printer_class(&epson_vendor_class()), Some((0xFF, 0)));
    assert_eq!(printer_class(&clone_printer_class()), Some((7, 2)));
    assert_eq!(printer_class(&serial_clone()), None, "a printer behind a serial bridge is opened as a serial port");
}

#[test]
fn a_setting_is_read_or_refused_with_its_reason() {
    let shape = |found: &str| Err(UsbMatchError::Shape { found: found.into() });
    let model = (0x04B8, 0x0E15);
    let cases: [(&str, Result<UsbMatch, UsbMatchError>); 15] = [
        ("auto", Ok(UsbMatch::Any)),
        (" 04b8:0e15 ", Ok(UsbMatch::Model { vendor_id: model.0, product_id: model.1 })),
        ("04b8:0e15:J4:M@1", Ok(UsbMatch::Serial { vendor_id: model.0, product_id: model.1, serial: "J4:M@1".into() })),
        ("04b8:0e15@1-2.3.4", Ok(UsbMatch::Port { vendor_id: model.0, product_id: model.1, port_path: "1-2.3.4".into() })),
        ("", shape("")),
        ("Auto", shape("Auto")),
        ("04b8", shape("04b8")),
        ("4b8:0e15", shape("4b8:0e15")),
        ("04b8:+e15", shape("04b8:+e15")),
        ("04b8:0e15x", shape("04b8:0e15x")),
        ("04b8:0e15:", Err(UsbMatchError::Serial { found: String::new() })),
        ("04b8:0e15:a\u{7}", Err(UsbMatchError::Serial { found: "a\u{7}".into() })),
        ("04b8:0e15@", Err(UsbMatchError::PortPath { found: String::new() })),
        ("04b8:0e15@usb1", Err(UsbMatchError::PortPath { found: "usb1".into() })),
        ("04b8:0e15@1-2..3", Err(UsbMatchError::PortPath { found: "1-2..3".into() })),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<UsbMatch>(), expected, "{text:?}");
        if let Ok(wanted) = expected {
            assert_eq!(wanted.to_string().parse(), Ok(wanted), "{text:?}: printed and read again");
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reading_of_a_setting(text in "\\PC{0,40}") {
        if let Ok(wanted) = text.parse::<UsbMatch>() {
            proptest::prop_assert_eq!(wanted.to_string().parse(), Ok(wanted));
        }
    }
}
