//! The simulated printer renders what a real one would, and reports what it would.

mod common;

use common::{PATIENCE, desk};
use drivers::link::{Link, SerialLink};
use drivers::printer::{Expect, Reply, parse};
use drivers::sim::printer::{FontChoice, Paper, PaperPrinter, PaperPrinterOptions};
use std::time::{Duration, Instant};

/// Prints raw bytes on a fast printer and gives the paper.
fn paper_of(font: FontChoice, bytes: &[u8]) -> Option<Paper> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = PaperPrinterOptions { dots: 384, time_scale: 1000.0, font, ..PaperPrinterOptions::default() };
    let printer = PaperPrinter::start(folder.path(), options).unwrap_or_else(|fault| panic!("{fault}"));
    let mut link = SerialLink::new(printer.path(), 115_200);
    link.open().unwrap_or_else(|fault| panic!("{fault}"));
    link.write(bytes, Instant::now() + PATIENCE).unwrap_or_else(|fault| panic!("{fault}"));
    assert!(printer.wait_until_idle(PATIENCE));
    printer.tear_off();
    printer.papers().pop()
}

fn text_of(bytes: &[u8]) -> String {
    paper_of(FontChoice::BuiltIn, bytes).map(|paper| paper.text).unwrap_or_default()
}

fn ink(paper: &Paper) -> usize {
    paper.image.pixels().filter(|dot| dot.0[0] == 0).count()
}

#[test]
fn modes_show_on_the_paper() {
    for (bytes, text) in [
        (&b"Halo\n"[..], "Halo\n"),
        (b"\x1ba\x01Halo\n", "              Halo\n"),
        (b"\x1ba\x02Halo\n", "                            Halo\n"),
        (b"12345678901234567890123456789012X\n", "12345678901234567890123456789012\nX\n"),
        (b"\x1d!\x111234567890123456X\n", "1234567890123456\nX\n"),
        (b"\x1b@\x1bt\x00\x1bE\x01Tebal\x1bE\x00\n", "Tebal\n"),
        (b"a\x1bd\x02b\n", "a\nb\n"),
        (b"\x1dv0\x00\x01\x00\x02\x00\xff\xff\n", "[gambar 8x2]\n\n"),
        (b"\x1d(L\x02\x00\x30\x32Halo\n", "Halo\n"),
        (b"\xc9\xcd\xbb\n", "\u{2554}\u{2550}\u{2557}\n"),
    ] {
        assert_eq!(text_of(bytes), text, "{bytes:02x?}");
    }
}

#[test]
fn white_paper_is_nobody_s_slip() {
    for bytes in [&b"\x1b@"[..], b"\n\n\n\x1bi", b"\x1bd\x05", b"   \n"] {
        assert!(paper_of(FontChoice::BuiltIn, bytes).is_none(), "{bytes:02x?}");
    }
}

#[test]
fn letters_have_ink_in_every_font_and_inverse_has_more() {
    for font in [FontChoice::System, FontChoice::BuiltIn] {
        let plain = paper_of(font.clone(), b"KTP-el hilang\n").expect("there is ink");
        let large = paper_of(font.clone(), b"\x1d!\x11KTP-el hilang\n").expect("there is ink");
        let inverse = paper_of(font.clone(), b"\x1dB\x01KTP-el hilang\n").expect("there is ink");
        assert!(ink(&large) > 3 * ink(&plain), "{font:?}");
        assert!(ink(&inverse) > 2 * ink(&plain), "{font:?}");
        assert_eq!(plain.image.width(), 384);
    }
}

#[test]
fn a_code_that_is_too_wide_is_silently_left_out_as_on_paper() {
    let qr = |module: u8| {
        let mut bytes = vec![0x1D, b'(', b'k', 3, 0, 0x31, 0x43, module];
        bytes.extend([0x1D, b'(', b'k', 8, 0, 0x31, 0x50, 0x30]);
        bytes.extend(b"KLP1A");
        bytes.extend([0x1D, b'(', b'k', 3, 0, 0x31, 0x51, 0x30]);
        bytes.extend(b"x\n");
        bytes
    };
    assert!(text_of(&qr(6)).contains("[QR: KLP1A]"));
    // Twenty-one modules of sixteen dots are 336, of 384.
    assert!(text_of(&qr(16)).contains("[QR: KLP1A]"));
    let wide = [b"\x1d(k\x03\x00\x31\x43\x10\x1d(k\x43\x00\x31\x50\x30".as_slice(), &[b'a'; 64], b"\x1d(k\x03\x00\x31\x51\x30x\n"].concat();
    assert_eq!(text_of(&wide), "x\n");
}

#[test]
fn a_change_is_reported_unasked_once_reports_were_asked_for() {
    let desk = desk(576);
    let mut link = SerialLink::new(desk.bench.printer.path(), 115_200);
    link.open().unwrap_or_else(|fault| panic!("{fault}"));
    link.write(&[0x1D, b'a', 0x0E], Instant::now() + PATIENCE).unwrap_or_else(|fault| panic!("{fault}"));
    let mut heard = Vec::new();
    let mut hear = |wanted: usize| {
        let deadline = Instant::now() + PATIENCE;
        while heard.len() < wanted && Instant::now() < deadline {
            let mut buffer = [0; 64];
            let count = link.read(&mut buffer, Duration::from_millis(50)).unwrap_or_else(|fault| panic!("{fault}"));
            heard.extend(&buffer[..count]);
        }
        parse(&heard, Expect::Nothing)
    };
    assert_eq!(hear(4), [Reply::Asb([0x10, 0, 0, 0])]);
    desk.bench.printer.open_cover(true);
    assert_eq!(hear(8).last(), Some(&Reply::Asb([0x38, 0, 0, 0])));
    desk.bench.printer.paper_out();
    assert_eq!(hear(12).last(), Some(&Reply::Asb([0x38, 0, 0x0F, 0])));
}

#[test]
fn what_the_printer_printed_is_counted() {
    let paper = paper_of(FontChoice::BuiltIn, b"Halo\n").expect("there is ink");
    assert_eq!(paper.bytes, 5);
}
