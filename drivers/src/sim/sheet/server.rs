//! HTTP/1.1 as far as a printer needs it, with the faults of the wire.
//!
//! It serves one request a connection. The rule a newcomer would break: even a simulated server reads under limits, so that a
//! driver that sends without an end is found by a test and not by the machine's memory.

use super::answer::{answer, operation_of};
use super::{Desk, LOOK_STEP, REQUESTS_MAX, SheetFault, SheetOperation};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

const HEAD_BYTES_MAX: usize = 16_384;
const BODY_BYTES_MAX: usize = 200_000_000;
const READ_WAIT: Duration = Duration::from_secs(20);
/// A hanging answer hangs this long; longer than any limit of a driver under test.
const HANG: Duration = Duration::from_secs(60);
const DRIP_STEP: Duration = Duration::from_millis(50);
const HUGE_BYTES: usize = 50_000_000;

pub(super) fn start(desk: &Arc<Desk>) -> std::io::Result<u16> {
    let listener = listen(0)?;
    let port = listener.local_addr()?.port();
    let weak = Arc::downgrade(desk);
    std::thread::Builder::new().name("sim-sheet-door".into()).spawn(move || serve(&weak, listener, port))?;
    Ok(port)
}

fn listen(port: u16) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn serve(weak: &Weak<Desk>, listener: TcpListener, port: u16) {
    let mut listener = Some(listener);
    while let Some(desk) = weak.upgrade() {
        let unplugged = desk.lock().unplugged;
        if unplugged {
            listener = None;
        } else if listener.is_none() {
            listener = listen(port).ok();
        }
        if let Some((stream, _)) = listener.as_ref().and_then(|listener| listener.accept().ok()) {
            let weak = weak.clone();
            // A request nobody can serve is a connection that closes.
            let _ = std::thread::Builder::new().name("sim-sheet-request".into()).spawn(move || request(&weak, stream));
        } else {
            drop(desk);
            std::thread::park_timeout(LOOK_STEP);
        }
    }
}

fn request(weak: &Weak<Desk>, mut stream: TcpStream) -> Option<()> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(READ_WAIT)).ok()?;
    stream.set_write_timeout(Some(READ_WAIT)).ok()?;
    let body = read_body(&mut stream)?;
    let operation = operation_of(&body)?;
    let fault = {
        let desk = weak.upgrade()?;
        let mut press = desk.lock();
        if press.requests.len() < REQUESTS_MAX {
            press.requests.push(operation);
        }
        press.fault_for(operation)
    };
    // A fault of the answer does not keep the printer from doing what it was told; a fault before it does.
    let refused = matches!(fault, Some(SheetFault::Busy { .. } | SheetFault::Http(_) | SheetFault::Status(_)));
    let bytes = {
        let desk = weak.upgrade()?;
        let mut press = desk.lock();
        if refused { Vec::new() } else { answer(&mut press, &body)? }
    };
    if let Some(desk) = weak.upgrade() {
        desk.changed.notify_all();
    }
    match fault {
        None => send(&mut stream, "200 OK", "application/ipp", "", &bytes),
        Some(fault) => send_fault(weak, &mut stream, fault, operation, &bytes, body.get(4..8)?),
    }
}

fn send_fault(weak: &Weak<Desk>, stream: &mut TcpStream, fault: SheetFault, operation: SheetOperation, right: &[u8], request_id: &[u8]) -> Option<()> {
    let ipp = "application/ipp";
    let header = |version: [u8; 2], status: u16| [&version, status.to_be_bytes().as_slice(), request_id].concat();
    let with_group = |rest: &[u8]| [header([2, 0], 0).as_slice(), &[0x04], rest].concat();
    match fault {
        SheetFault::Hang => {
            let end = Instant::now() + HANG;
            while Instant::now() < end && weak.upgrade().is_some() {
                std::thread::park_timeout(LOOK_STEP);
            }
            Some(())
        }
        SheetFault::DropAfterRequest => Some(()),
        SheetFault::Busy { retry_after_secs } => {
            let header = retry_after_secs.map_or(String::new(), |seconds| format!("Retry-After: {seconds}\r\n"));
            send(stream, "503 Service Unavailable", "text/plain", &header, b"busy")
        }
        SheetFault::Http(status) => send(stream, &format!("{status} No"), "text/plain", "", b"no"),
        SheetFault::WebPage => send(stream, "200 OK", "text/html", "", b"<html><body>Selamat datang</body></html>"),
        SheetFault::Garbage => {
            let noise: Vec<u8> = (0..4096_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            send(stream, "200 OK", ipp, "", &noise)
        }
        SheetFault::Huge => {
            head(stream, "200 OK", ipp, &format!("Content-Length: {HUGE_BYTES}\r\n"))?;
            stream.write_all(right).ok()?;
            pour(weak, stream, &[0; 65_536])
        }
        SheetFault::EndlessAttributes => {
            head(stream, "200 OK", ipp, "")?;
            stream.write_all(&with_group(&[])).ok()?;
            let attribute = [&[0x21, 0, 1, b'a', 0, 4, 0, 0, 0, 1][..]; 1000].concat();
            pour(weak, stream, &attribute)
        }
        SheetFault::Drip => {
            head(stream, "200 OK", ipp, &format!("Content-Length: {}\r\n", right.len()))?;
            for byte in right {
                weak.upgrade()?;
                stream.write_all(&[*byte]).ok()?;
                std::thread::park_timeout(DRIP_STEP);
            }
            Some(())
        }
        SheetFault::CutOff => send(stream, "200 OK", ipp, "", &right[..right.len() / 2]),
        SheetFault::OtherQuestion => {
            let mut other = right.to_vec();
            other[7] = other[7].wrapping_add(1);
            send(stream, "200 OK", ipp, "", &other)
        }
        SheetFault::FutureVersion => send(stream, "200 OK", ipp, "", &[header([9, 9], 0).as_slice(), &right[8..]].concat()),
        SheetFault::LyingText => send(stream, "200 OK", ipp, "", &with_group(&[0x35, 0, 1, b'a', 0, 4, 0xFF, 0xFF, b'e', b'n', 0x03])),
        SheetFault::DeepCollections => {
            let mut nested = vec![0x34, 0, 1, b'a', 0, 0];
            nested.extend([0x4A, 0, 0, 0, 1, b'b', 0x34, 0, 0, 0, 0].repeat(50_000));
            nested.extend([0x37, 0, 0, 0, 0].repeat(50_001));
            nested.push(0x03);
            send(stream, "200 OK", ipp, "", &with_group(&nested))
        }
        SheetFault::Status(status) => {
            log::debug!(operation:? = operation; "sim_sheet_status_forced");
            send(stream, "200 OK", ipp, "", &[header([2, 0], status).as_slice(), &[0x03]].concat())
        }
    }
}

/// Writes the same again and again until the other side has enough.
fn pour(weak: &Weak<Desk>, stream: &mut TcpStream, piece: &[u8]) -> Option<()> {
    loop {
        weak.upgrade()?;
        stream.write_all(piece).ok()?;
    }
}

fn send(stream: &mut TcpStream, status: &str, media_type: &str, headers: &str, body: &[u8]) -> Option<()> {
    head(stream, status, media_type, &format!("{headers}Content-Length: {}\r\n", body.len()))?;
    stream.write_all(body).ok()
}

fn head(stream: &mut TcpStream, status: &str, media_type: &str, headers: &str) -> Option<()> {
    stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{headers}Connection: close\r\n\r\n").as_bytes()).ok()
}

fn read_body(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 65_536];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend(&piece[..count]);
        if bytes.len() > HEAD_BYTES_MAX + piece.len() {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    if length > BODY_BYTES_MAX || !head.contains("content-type: application/ipp") || !head.starts_with("post /ipp/print ") {
        return None;
    }
    let mut body = bytes.split_off(end);
    while body.len() < length {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        body.extend(&piece[..count]);
    }
    Some(body)
}
