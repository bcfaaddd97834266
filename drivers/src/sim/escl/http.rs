//! As much of HTTP/1.1 as scanners speak, on the server's side.
//!
//! It is not a web server: one request a connection, bounded, answered and closed. The rule a newcomer would break: what a
//! client sends is as little to be believed here as what a server sends is there; a test may point a fuzzer at it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const LINE_BYTES_MAX: u64 = 8_192;
const HEADERS_MAX: usize = 64;
const BODY_BYTES_MAX: u64 = 65_536;
const READ_LIMIT: Duration = Duration::from_secs(10);

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// The `Host` header.
    pub host: String,
    pub body: String,
}

/// Reads a request; `None` when the client sends none.
pub(super) fn read_request(stream: &TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(READ_LIMIT)).ok()?;
    let mut reader = BufReader::new(stream);
    let first = line(&mut reader)?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut host, mut length, mut expects) = (String::new(), 0_u64, false);
    for _ in 0..HEADERS_MAX {
        let header = line(&mut reader)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        match name.to_ascii_lowercase().as_str() {
            "host" => host = value.trim().to_owned(),
            "content-length" => length = value.trim().parse().ok()?,
            "expect" => expects = true,
            _ => {}
        }
    }
    if expects {
        let mut writer = stream;
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let mut body = Vec::new();
    reader.take(length.min(BODY_BYTES_MAX)).read_to_end(&mut body).ok()?;
    Some(Request { method, path, host, body: String::from_utf8(body).ok()? })
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let count = reader.take(LINE_BYTES_MAX).read_line(&mut line).ok()?;
    (count > 0).then(|| line.trim_end().to_owned())
}

/// An answer that fits into memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) kind: &'static str,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn bare(status: u16) -> Self {
        Answer { status, ..Answer::default() }
    }

    pub(super) fn xml(body: impl Into<Vec<u8>>) -> Self {
        Answer { status: 200, kind: "text/xml", body: body.into(), ..Answer::default() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Status line and headers; `length` is what is announced, whatever follows.
    pub(super) fn head(&self, length: Option<u64>) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\nConnection: close\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.kind.is_empty() {
            head.push_str(&format!("Content-Type: {}\r\n", self.kind));
        }
        match length {
            Some(length) => head.push_str(&format!("Content-Length: {length}\r\n\r\n")),
            None => head.push_str("Transfer-Encoding: chunked\r\n\r\n"),
        }
        head
    }

    pub(super) fn send(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        stream.write_all(self.head(Some(self.body.len() as u64)).as_bytes())?;
        stream.write_all(&self.body)
    }
}

/// One piece of a body of unknown length.
pub(super) fn send_chunk(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes())?;
    stream.write_all(bytes)?;
    stream.write_all(b"\r\n")
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}
