//! Answers to requests: which document, which page, and how the faults bend them.
//!
//! It holds no state of its own. The rule a newcomer would break: the lock on the machine is never held while bytes are sent,
//! or a slow client would stop the buttons of the simulated scanner.

use super::describe;
use super::faults::Fault;
use super::http::{Answer, Request, read_request, send_chunk};
use super::machine::{Draw, HostTemper, Machine, Refusal};
use super::{HEARD_MAX, Shared};
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A hang ends here when nobody unplugs the scanner before.
const HANG_MAX: Duration = Duration::from_secs(120);
const LOOK_STEP: Duration = Duration::from_millis(20);
const LATE_START: Duration = Duration::from_millis(500);
const GIGABYTE: u64 = 1_000_000_000;
const JPEG: &str = "image/jpeg";

/// Serves one connection.
pub(super) fn serve(shared: &Shared, mut stream: TcpStream) {
    let Some(request) = read_request(&stream) else {
        return;
    };
    shared.change(|state| {
        state.machine.heard.truncate(HEARD_MAX - 1);
        state.machine.heard.push_front(request.clone());
    });
    if shared.fault(|fault| fault == Fault::NotHttp).is_some() {
        let _ = stream.write_all(b"220 ini bukan pemindai\r\n");
        return;
    }
    if shared.fault(|fault| fault == Fault::Mute).is_some() {
        hang(shared);
        return;
    }
    // Whoever has gone away does not matter to a scanner.
    let _ = answer(shared, &request, &mut stream);
}

fn answer(shared: &Shared, request: &Request, stream: &mut TcpStream) -> std::io::Result<()> {
    let path = request.path.trim_end_matches('/');
    if shared.with(|machine| machine.model.host == HostTemper::Port) && !request.host.contains(':') {
        return Answer::bare(403).send(stream);
    }
    if request.method == "GET" && path == "/eSCL/ScannerCapabilities" {
        let (body, server) = shared.with(|machine| (describe::capabilities(&machine.model), machine.model.server.clone()));
        return document(shared, body, server, stream);
    }
    if request.method == "GET" && path == "/eSCL/ScannerStatus" {
        let (body, server) = shared.with(|machine| (describe::status(machine), machine.model.server.clone()));
        return document(shared, body, server, stream);
    }
    if request.method == "POST" && path == "/eSCL/ScanJobs" {
        return start(shared, request).send(stream);
    }
    let job = path.strip_prefix("/eSCL/ScanJobs/").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    match (request.method.as_str(), job) {
        ("GET", Some((number, "NextDocument"))) => next_page(shared, number.parse().unwrap_or(0), stream),
        ("DELETE", Some((number, ""))) => {
            let refused = shared.fault(|fault| fault == Fault::DeleteRefused).is_some();
            let ended = !refused && shared.change(|state| state.machine.end(number.parse().unwrap_or(0)));
            Answer::bare(if refused {
                405
            } else if ended {
                200
            } else {
                404
            })
            .send(stream)
        }
        _ => Answer::bare(404).send(stream),
    }
}

fn document(shared: &Shared, body: String, server: String, stream: &mut TcpStream) -> std::io::Result<()> {
    let bent = shared.fault(|fault| matches!(fault, Fault::GarbageXml | Fault::XmlBomb | Fault::EndlessXml | Fault::Forbidden));
    let body = match bent {
        Some(Fault::Forbidden) => return Answer::bare(403).send(stream),
        Some(Fault::GarbageXml) => "<html><body>Selamat datang</body".to_owned(),
        Some(Fault::XmlBomb) => bomb(),
        Some(Fault::EndlessXml) => {
            let head = Answer { status: 200, kind: "text/xml", ..Answer::default() };
            stream.write_all(head.head(None).as_bytes())?;
            loop {
                send_chunk(stream, &b"<a>".repeat(4096))?;
            }
        }
        _ => body,
    };
    let answer = Answer::xml(body);
    if server.is_empty() { answer.send(stream) } else { answer.with("Server", server).send(stream) }
}

/// Ten entities, each ten times the one before: a kilobyte that would become ten gigabytes.
fn bomb() -> String {
    let mut text = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a0 \"aaaaaaaaaa\">".to_owned();
    for level in 1..10 {
        text.push_str(&format!("<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10)));
    }
    text + "]><ScannerStatus><State>&a9;</State></ScannerStatus>"
}

fn start(shared: &Shared, request: &Request) -> Answer {
    if shared.with(|machine| machine.model.host == HostTemper::Localhost) && request.host != "localhost" {
        return Answer::bare(403);
    }
    match shared.fault(|fault| matches!(fault, Fault::Occupied | Fault::Forbidden)) {
        Some(Fault::Occupied) => return Answer::bare(503),
        Some(_) => return Answer::bare(403),
        None => {}
    }
    let number = match shared.change(|state| state.machine.start(&request.body)) {
        Ok(number) => number,
        Err(Refusal::Occupied) => return Answer::bare(503),
        Err(Refusal::Conflict) => return Answer::bare(409),
    };
    if shared.fault(|fault| fault == Fault::LateStart).is_some() {
        wait(shared, LATE_START);
    }
    let location = match shared.fault(|fault| matches!(fault, Fault::RelativeLocation | Fault::WrongHostLocation | Fault::NoLocation)) {
        Some(Fault::RelativeLocation) => format!("/eSCL/ScanJobs/{number}"),
        Some(Fault::WrongHostLocation) => format!("http://192.0.2.1:1/eSCL/ScanJobs/{number}"),
        Some(_) => return Answer::bare(201),
        None => format!("http://{}/eSCL/ScanJobs/{number}", request.host),
    };
    Answer::bare(201).with("Location", location)
}

fn next_page(shared: &Shared, number: u64, stream: &mut TcpStream) -> std::io::Result<()> {
    let early = shared.fault(|fault| matches!(fault, Fault::NotReady { .. } | Fault::NotReadyAs410 | Fault::InternalError));
    match early {
        Some(Fault::NotReady { retry_after_secs: Some(secs) }) => return Answer::bare(503).with("Retry-After", secs.to_string()).send(stream),
        Some(Fault::NotReady { .. }) => return Answer::bare(503).send(stream),
        Some(Fault::NotReadyAs410) => return Answer::bare(410).send(stream),
        Some(_) => return Answer::bare(500).send(stream),
        None => {}
    }
    if shared.with(|machine| machine.is_hurried(Instant::now())) {
        return Answer::bare(404).send(stream);
    }
    let page_takes = shared.with(|machine| machine.page_takes);
    wait(shared, page_takes);
    let endless = shared.fault(|fault| fault == Fault::EndlessFeed).is_some();
    let page = match shared.change(|state| state.machine.draw(number, endless, Instant::now())) {
        Draw::Page(page) => page,
        Draw::NoMore => return Answer::bare(404).send(stream),
        Draw::Stuck => return Answer::bare(409).send(stream),
        Draw::NotReady => return Answer::bare(503).send(stream),
    };
    let sent = send_page(shared, page, stream);
    shared.change(|state| state.machine.sent(Instant::now()));
    sent
}

fn send_page(shared: &Shared, page: Vec<u8>, stream: &mut TcpStream) -> std::io::Result<()> {
    let whole = Answer { status: 200, kind: JPEG, body: page, ..Answer::default() };
    let (length, half) = (whole.body.len() as u64, whole.body.len() / 2);
    let bent = shared.fault(|fault| {
        matches!(
            fault,
            Fault::HeadOnly
                | Fault::CutPicture
                | Fault::CutConnection
                | Fault::Rubbish
                | Fault::LyingPicture
                | Fault::Announced1Gb
                | Fault::Streamed1Gb
                | Fault::HangInPage
                | Fault::Slow { .. }
        )
    });
    match bent {
        None => whole.send(stream),
        Some(Fault::HeadOnly) => stream.write_all(whole.head(Some(length)).as_bytes()),
        Some(Fault::CutPicture) => Answer { body: whole.body[..half].to_vec(), ..whole }.send(stream),
        Some(Fault::Rubbish) => Answer { body: b"<html>kertas habis</html>".to_vec(), ..whole }.send(stream),
        Some(Fault::LyingPicture) => {
            Answer { body: b"P6\n30000 30000\n255\n".iter().copied().chain(std::iter::repeat_n(0, 200_000)).collect(), ..whole }.send(stream)
        }
        Some(Fault::Announced1Gb) => {
            stream.write_all(whole.head(Some(GIGABYTE)).as_bytes())?;
            flood(|piece| stream.write_all(piece))
        }
        Some(Fault::Streamed1Gb) => {
            stream.write_all(whole.head(None).as_bytes())?;
            send_chunk(stream, &whole.body[..half])?;
            flood(|piece| send_chunk(stream, piece))
        }
        Some(Fault::Slow { bytes_per_s }) => {
            stream.write_all(whole.head(Some(length)).as_bytes())?;
            // Twenty-five pieces a second.
            for piece in whole.body.chunks((bytes_per_s as usize / 25).max(1)) {
                stream.write_all(piece)?;
                wait(shared, Duration::from_millis(40));
            }
            Ok(())
        }
        Some(_) => {
            stream.write_all(whole.head(Some(length)).as_bytes())?;
            stream.write_all(&whole.body[..half])?;
            if bent == Some(Fault::HangInPage) {
                hang(shared);
            }
            Ok(())
        }
    }
}

fn flood(mut send: impl FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<()> {
    let piece = vec![0xAA; 65_536];
    for _ in 0..GIGABYTE / piece.len() as u64 {
        send(&piece)?;
    }
    Ok(())
}

fn hang(shared: &Shared) {
    wait(shared, HANG_MAX);
}

/// Lets time pass, unless the plug is pulled.
fn wait(shared: &Shared, time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until && shared.is_on() {
        std::thread::park_timeout(LOOK_STEP.min(until.saturating_duration_since(Instant::now())));
    }
}

impl Shared {
    fn with<T>(&self, look: impl FnOnce(&Machine) -> T) -> T {
        look(&self.lock().machine)
    }

    fn fault(&self, meant: impl Fn(Fault) -> bool) -> Option<Fault> {
        self.change(|state| state.faults.take(meant, Instant::now()))
    }
}
