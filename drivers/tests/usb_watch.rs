//! Plugging and unplugging is news, once each, and a bus that cannot be watched is still listed.

use drivers::link::LinkError;
use drivers::link::usb::{UsbEvent, UsbLink, UsbListError, UsbMatch, UsbPrinter, UsbWatch, WatchSource, changes, list_printers};
use drivers::link::{Link, usb};
use drivers::sim::pipe::{AnswerWith, SimUsbPrinter};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(120);

/// A name, the list before, the list now, and the news.
type Case<'a> = (&'a str, Vec<UsbPrinter>, Vec<UsbPrinter>, Vec<UsbEvent>);

fn printer(port_path: &str, plugging: u16) -> UsbPrinter {
    UsbPrinter {
        vendor_id: 0x04B8,
        product_id: 0x0E15,
        serial: None,
        port_path: port_path.into(),
        product: None,
        class: usb::CLASS_PRINTER,
        protocol: 2,
        plugging,
    }
}

#[test]
fn news_is_the_difference_of_two_lists() {
    use UsbEvent::{Appeared, Vanished};
    let (a, b, a_again) = (printer("1-1", 1), printer("1-2", 2), printer("1-1", 3));
    let cases: [Case<'_>; 6] = [
        ("nothing", vec![], vec![], vec![]),
        ("the same in another order", vec![a.clone(), b.clone()], vec![b.clone(), a.clone()], vec![]),
        ("one came", vec![a.clone()], vec![a.clone(), b.clone()], vec![Appeared(b.clone())]),
        ("one went", vec![a.clone(), b.clone()], vec![b.clone()], vec![Vanished(a.clone())]),
        ("replugged between two lists", vec![a.clone()], vec![a_again.clone()], vec![Vanished(a.clone()), Appeared(a_again)]),
        ("one for another", vec![a.clone()], vec![b.clone()], vec![Vanished(a), Appeared(b)]),
    ];
    for (name, before, now, expected) in cases {
        assert_eq!(changes(&before, &now), expected, "{name}");
    }
}

fn news(watch: &mut UsbWatch) -> Vec<UsbEvent> {
    watch.next(PATIENCE).expect("the simulated bus can be listed")
}

#[test]
fn a_printer_that_comes_and_goes_is_told_once_each() {
    let bus = SimUsbPrinter::in_front_of(AnswerWith::new(|_: &[u8]| Vec::new()));
    let lister = bus.clone();
    let mut watch = UsbWatch::over(move || lister.list());
    assert_eq!(watch.source(), WatchSource::Listing);
    assert!(matches!(news(&mut watch).as_slice(), [UsbEvent::Appeared(_)]), "what is there already is the first news");
    assert_eq!(watch.next(SHORT), Ok(vec![]), "and the same again is none");
    bus.unplug();
    assert!(matches!(news(&mut watch).as_slice(), [UsbEvent::Vanished(_)]));
    assert!(watch.present().is_empty());
    bus.replug();
    assert!(matches!(news(&mut watch).as_slice(), [UsbEvent::Appeared(_)]));
    bus.unplug();
    bus.replug();
    assert!(matches!(news(&mut watch).as_slice(), [UsbEvent::Vanished(_), UsbEvent::Appeared(_)]), "a quick hand is seen too");
}

#[test]
fn a_bus_that_cannot_be_listed_says_so_and_forgets_nothing() {
    let mut lists = vec![Err(UsbListError::Permission), Ok(vec![printer("1-1", 1)]), Err(UsbListError::Permission), Ok(vec![printer("1-1", 1)])].into_iter();
    let mut watch = UsbWatch::over(move || lists.next().unwrap_or(Ok(vec![])));
    assert_eq!(watch.next(SHORT), Err(UsbListError::Permission));
    assert_eq!(watch.next(PATIENCE), Ok(vec![UsbEvent::Appeared(printer("1-1", 1))]));
    assert_eq!(watch.next(SHORT), Err(UsbListError::Permission));
    assert_eq!(watch.present().len(), 1);
    assert_eq!(watch.next(PATIENCE), Ok(vec![UsbEvent::Vanished(printer("1-1", 1))]));
}

#[test]
fn this_machine_s_own_bus_is_watched_within_limits_whatever_it_has() {
    let mut watch = UsbWatch::start();
    println!("news comes from {:?}", watch.source());
    for timeout in [Duration::ZERO, SHORT] {
        let began = Instant::now();
        match watch.next(timeout) {
            Ok(_) => {}
            Err(UsbListError::NoUsb { reason }) => println!("skipped: no USB bus here: {reason}"),
            Err(fault) => panic!("{fault}"),
        }
        assert!(began.elapsed() < timeout + PATIENCE);
    }
    assert_eq!(list_printers().map(|list| list.len()).unwrap_or(0), watch.present().len());
}

#[test]
fn a_printer_that_is_not_there_is_no_device() {
    let wanted: UsbMatch = "04b8:0e15:NOT-HERE".parse().expect("a whole setting");
    let mut link = UsbLink::new(wanted.clone());
    let fault = link.open().expect_err("nobody has this serial number");
    assert!(matches!(&fault, LinkError::NoDevice { place } if place == "USB 04b8:0e15:NOT-HERE"), "{fault}");
    assert!(matches!(link.read(&mut [0; 8], SHORT), Err(LinkError::Unplugged)));
    assert!(UsbLink::open_by(wanted).is_err());
}
