//! The network printer: its address as a setting, and the ways in which a network printer fails.

mod common;

use common::PATIENCE;
use drivers::link::{Link, LinkError, RAW_PORT, TcpAddress, TcpAddressError, TcpLink};
use drivers::sim::pipe::{AnswerWith, TcpPrinterPort};
use std::time::{Duration, Instant};

/// What a busy machine may add to a limit.
const SLACK: Duration = Duration::from_secs(2);
const SHORT: Duration = Duration::from_millis(150);

/// A setting, and host and port or why not.
type AddressCase<'a> = (&'a str, Result<(&'a str, u16), TcpAddressError>);

fn echo() -> TcpPrinterPort {
    TcpPrinterPort::in_front_of(AnswerWith::new(|bytes: &[u8]| bytes.to_vec())).expect("a port of this machine is free")
}

/// Does a byte go there and back?
fn is_well(link: &mut TcpLink) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let asked = link.open().is_ok() && link.write(b"?", deadline).is_ok();
        if asked && matches!(link.read(&mut [0; 8], SHORT), Ok(1..)) {
            return true;
        }
        link.close();
        std::thread::park_timeout(Duration::from_millis(5));
    }
    false
}

#[test]
fn an_address_is_read_or_refused_with_its_reason() {
    let host = |found: &str| Err(TcpAddressError::Host { found: found.into() });
    let port = |found: &str| Err(TcpAddressError::Port { found: found.into() });
    let long = "a".repeat(254);
    let cases: [AddressCase<'_>; 24] = [
        ("192.168.1.50:9100", Ok(("192.168.1.50", 9100))),
        (" 192.168.1.50 ", Ok(("192.168.1.50", RAW_PORT))),
        ("printer.local", Ok(("printer.local", RAW_PORT))),
        ("printer-2.kelurahan.local.:9101", Ok(("printer-2.kelurahan.local.", 9101))),
        ("[fe80::1]:9100", Ok(("fe80::1", 9100))),
        ("[::1]", Ok(("::1", RAW_PORT))),
        ("", Err(TcpAddressError::NoHost)),
        (":9100", Err(TcpAddressError::NoHost)),
        ("fe80::1", Err(TcpAddressError::Brackets)),
        ("[fe80::1", Err(TcpAddressError::Brackets)),
        ("[fe80::1]9100", Err(TcpAddressError::Brackets)),
        ("[printer]:9100", host("printer")),
        ("http://printer", port("//printer")),
        ("printer:", port("")),
        ("printer:0", port("0")),
        ("printer:65536", port("65536")),
        ("printer:+9100", port("+9100")),
        ("printer:raw", port("raw")),
        ("192.168.1", host("192.168.1")),
        ("192.168.1.256", host("192.168.1.256")),
        ("-printer", host("-printer")),
        ("print er", host("print er")),
        ("printer..local", host("printer..local")),
        (&long, host(&long)),
    ];
    for (text, expected) in cases {
        let read = text.parse::<TcpAddress>();
        assert_eq!(read.as_ref().map(|a| (a.host(), a.port())).map_err(Clone::clone), expected, "{text:?}");
        if let Ok(address) = read {
            assert_eq!(address.to_string().parse(), Ok(address), "{text:?}: printed and read again");
        }
    }
}

#[test]
fn a_printer_that_refuses_is_absent_and_one_that_took_us_before_is_held_by_another() {
    let port = echo();
    let mut link = TcpLink::new(port.address());
    assert!(is_well(&mut link));
    link.close();
    port.refuse(true);
    let deadline = Instant::now() + PATIENCE;
    let held = std::iter::from_fn(|| (Instant::now() < deadline).then(|| link.open())).find_map(Result::err);
    assert!(matches!(held, Some(LinkError::HeldByOther { .. })), "{held:?}");
    let mut stranger = TcpLink::new(port.address());
    let absent = stranger.open().expect_err("it refuses");
    assert!(matches!(&absent, LinkError::NoDevice { place } if *place == port.address().to_string()), "{absent}");
    port.refuse(false);
    assert!(is_well(&mut link));
}

#[test]
fn a_printer_that_takes_us_and_closes_at_once_is_held_by_another() {
    let port = echo();
    port.close_at_once(true);
    let mut link = TcpLink::new(port.address());
    let held = link.open().expect_err("it closes at once");
    assert!(matches!(held, LinkError::HeldByOther { .. }), "{held}");
    port.close_at_once(false);
    assert!(is_well(&mut link));
}

#[test]
fn a_second_host_is_told_that_the_printer_is_in_use() {
    let port = echo();
    let (mut first, mut second) = (TcpLink::new(port.address()), TcpLink::new(port.address()));
    assert!(is_well(&mut first));
    let held = second.open().expect_err("it serves one host at a time");
    assert!(matches!(held, LinkError::HeldByOther { .. }), "{held}");
    assert!(is_well(&mut first), "the first one does not notice");
    first.close();
    assert!(is_well(&mut second));
}

#[test]
fn a_connection_that_is_silent_takes_bytes_and_answers_none() {
    let port = echo();
    let mut link = TcpLink::new(port.address());
    assert!(is_well(&mut link));
    port.silent(true);
    let began = Instant::now();
    link.write(b"?", Instant::now() + SHORT).expect("the system takes a byte for it");
    assert!(matches!(link.read(&mut [0; 8], SHORT), Ok(0)));
    assert!(began.elapsed() < SHORT + SHORT + SLACK);
    port.silent(false);
    assert!(matches!(link.read(&mut [0; 8], PATIENCE), Ok(1)), "the same connection goes on");
}

#[test]
fn a_reset_connection_is_unplugged_and_the_next_one_works() {
    for after_bytes in [1, 100, 5_000] {
        let port = echo();
        let mut link = TcpLink::new(port.address());
        link.open().expect("it listens");
        port.reset_after_bytes(after_bytes);
        let write = link.write(&vec![7; 20_000_000], Instant::now() + PATIENCE).expect_err("it resets");
        assert!(matches!(write.cause, LinkError::Unplugged), "{after_bytes}: {write:?}");
        assert!(write.sent_bytes >= after_bytes, "{after_bytes}: {write:?}");
        link.close();
        assert!(is_well(&mut link), "{after_bytes}");
    }
}

#[test]
fn nothing_is_sent_to_a_printer_that_has_closed_its_side() {
    let port = echo();
    let mut link = TcpLink::new(port.address());
    assert!(is_well(&mut link));
    port.hang_up();
    let deadline = Instant::now() + PATIENCE;
    let end = std::iter::from_fn(|| (Instant::now() < deadline).then(|| link.read(&mut [0; 8], SHORT))).find_map(Result::err);
    assert!(matches!(end, Some(LinkError::Unplugged)), "{end:?}");
    let write = link.write(b"slip", deadline).expect_err("it has closed");
    assert!(matches!(write.cause, LinkError::Unplugged) && write.sent_bytes == 0, "{write:?}");
}

#[test]
fn an_address_where_nobody_answers_holds_no_poll_and_ends_in_a_named_cause() {
    // 192.0.2.0/24 and the names under .invalid are set aside (RFC 5737, RFC 6761): no host has them.
    for address in ["192.0.2.1:9100", "printer.invalid:9100"] {
        let mut link = TcpLink::new(address.parse().expect("a whole address"));
        let deadline = Instant::now() + PATIENCE;
        let named = loop {
            let began = Instant::now();
            let fault = link.open().expect_err("nobody is there");
            assert!(began.elapsed() < Duration::from_secs(1), "{address}: {:?}", began.elapsed());
            if !matches!(fault, LinkError::TimedOut) {
                break fault;
            }
            assert!(Instant::now() < deadline, "{address}: the attempt never ends");
        };
        assert!(matches!(named, LinkError::NoDevice { .. } | LinkError::Setup { .. } | LinkError::HeldByOther { .. }), "{address}: {named:?}");
        let again = link.open().expect_err("nobody is there");
        assert!(!matches!(again, LinkError::TimedOut), "{address}: the next attempt keeps the word of the last");
    }
}

#[test]
fn a_name_is_an_address_too() {
    let port = echo();
    let mut link = TcpLink::new(format!("localhost:{}", port.address().port()).parse().expect("a whole address"));
    assert!(is_well(&mut link));
}
