//! Codes from three directions: bytes of a serial imager, keys of one in keyboard mode, and small pictures with a code's corners.
//!
//! The rule a newcomer would break: an engine may panic, which [`GuardedReader`] is there for, so only panics outside its
//! thread are findings.

use drivers::imager::{Assembler, Framing, Key, KeyRules, Line, Lines, us_key};
use drivers::picture::Luma;
use drivers::reader::{Aim, CODES_PER_FRAME_MAX, GuardedReader, PAYLOAD_BYTES_MAX, QrPayload, RqrrDecoder, RxingDecoder, is_plausible};
use std::sync::{Once, OnceLock};
use std::time::{Duration, Instant};

/// Name of the thread on which engines run.
const ENGINES_THREAD: &str = "qr-engines";
/// An engine that takes longer on a picture of at most 200 by 200 pixels hangs, even on a busy machine.
const HANG_AFTER: Duration = Duration::from_secs(20);
const FRAME_BUDGET: Duration = Duration::from_secs(2);
/// Sides of codes that are drawn, in modules: versions 1 to 7.
const SIDES: [u32; 7] = [21, 25, 29, 33, 37, 41, 45];
const QUIET_MODULES: u32 = 4;

/// Payloads, lines, keys and pictures made of these bytes.
pub fn qr_payload(bytes: &[u8]) {
    let plausible = is_plausible(bytes);
    assert_eq!(plausible.is_ok(), !bytes.is_empty() && bytes.len() <= PAYLOAD_BYTES_MAX && bytes.iter().all(|byte| matches!(byte, b' '..=b'~')));
    let Some((first, rest)) = bytes.split_first() else { return };
    lines(*first, rest);
    keys(*first, rest);
    if let Some(luma) = if first & 1 == 0 { drawn(rest) } else { plain(rest) } {
        pictures(&luma, if first & 2 == 0 { Aim::Anywhere } else { Aim::GuideBox });
    }
}

fn lines(first: u8, bytes: &[u8]) {
    let prefix = if first & 4 == 0 { Vec::new() } else { vec![0x02, b'K'] };
    let mut lines = Lines::new(Framing { prefix, ..Framing::default() });
    let mut at = Instant::now();
    for (place, piece) in bytes.chunks(1 + usize::from(first >> 5)).enumerate() {
        // Now and then the cable moves.
        at += Duration::from_millis(if first & 8 != 0 && place % 7 == 6 { 400 } else { 3 });
        for line in lines.take(piece, at) {
            check(&line, bytes.len());
        }
    }
    let given_up = lines.tick(at + Duration::from_secs(1));
    assert!(given_up.is_none_or(|line| line == Line::Noise), "half a code is never handed on");
    assert!(!lines.is_under_way());
}

fn keys(first: u8, bytes: &[u8]) {
    let mut assembler = Assembler::new(KeyRules::default());
    let mut at = Instant::now();
    for pair in bytes.chunks(2) {
        let code = if first & 16 == 0 { us_key(pair[0]).map(|(code, _)| code) } else { None };
        let code = code.unwrap_or(evdev::KeyCode(u16::from(pair[0])));
        let key = match pair.get(1).map_or(0, |how| how % 8) {
            0..=3 => Key::Down(code),
            4 | 5 => Key::Up(code),
            6 => Key::Held(code),
            _ => Key::Lost,
        };
        at += Duration::from_millis(5);
        for line in assembler.key(key, at) {
            check(&line, bytes.len());
        }
    }
    assert!(assembler.tick(at + Duration::from_secs(1)).is_none_or(|line| line == Line::Noise));
}

fn check(line: &Line, input_bytes: usize) {
    if let Line::Code(payload) = line {
        readable(payload);
        assert!(payload.bytes().len() <= input_bytes, "a code is not longer than what came");
    }
}

fn readable(payload: &QrPayload) {
    assert!(is_plausible(payload.bytes()).is_ok(), "a code was handed on that nobody reads");
    assert!(!format!("{payload:?}").contains(payload.text().filter(|text| text.len() > 8).unwrap_or("•••••")), "a payload was printed");
}

fn pictures(luma: &Luma, aim: Aim) {
    static READER: OnceLock<GuardedReader> = OnceLock::new();
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(ENGINES_THREAD) {
                before(panic);
            }
        }));
    });
    let engines = || GuardedReader::new(vec![Box::new(RxingDecoder), Box::new(RqrrDecoder)], FRAME_BUDGET).with_hang_after(HANG_AFTER);
    let reading = READER.get_or_init(engines).read_at(luma, aim);
    assert!(!reading.hung, "an engine hangs on a small picture");
    assert!(reading.payloads.len() <= CODES_PER_FRAME_MAX);
    reading.payloads.iter().for_each(readable);
}

/// Pixels as they are.
fn plain(bytes: &[u8]) -> Option<Luma> {
    let (side, pixels) = bytes.split_first()?;
    let width = u32::from(side % 64) + 1;
    let height = pixels.len() as u32 / width;
    let whole = pixels.get(..(width * height) as usize)?;
    Luma::new(width, height, whole.to_vec()).filter(|_| height > 0)
}

/// A picture with the corners and the timing of a code, in which the bytes are the modules.
fn drawn(bytes: &[u8]) -> Option<Luma> {
    let ([version, look], modules) = bytes.split_first_chunk::<2>()?;
    let side = SIDES[usize::from(*version) % SIDES.len()];
    let module_px = 2 + u32::from(look & 1);
    let (dark, light) = if look & 2 == 0 { (20_u8, 235_u8) } else { (110, 150) };
    let (dark, light) = if look & 4 == 0 { (dark, light) } else { (light, dark) };
    let bit = |at: u32| modules.get((at / 8) as usize).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
    let in_corner = |column: u32, row: u32| {
        let far = side - 7;
        let near = |at: u32| if at < 8 { Some(at) } else { at.checked_sub(far - 1).map(|at| at.wrapping_sub(1)) };
        let corner = (row < 8 && (column < 8 || column >= far - 1)) || (column < 8 && row >= far - 1);
        corner.then(|| match (near(column), near(row)) {
            (Some(x @ 0..=6), Some(y @ 0..=6)) => x == 0 || x == 6 || y == 0 || y == 6 || ((2..=4).contains(&x) && (2..=4).contains(&y)),
            _ => false,
        })
    };
    let is_dark = |column: u32, row: u32| match in_corner(column, row) {
        Some(dark) => dark,
        None if column == 6 => row.is_multiple_of(2),
        None if row == 6 => column.is_multiple_of(2),
        None => bit(row * side + column),
    };
    let whole = (side + 2 * QUIET_MODULES) * module_px;
    let module = |pixel: u32| (pixel / module_px).checked_sub(QUIET_MODULES).filter(|at| *at < side);
    let pixel = |at: u32| match (module(at % whole), module(at / whole)) {
        (Some(column), Some(row)) if is_dark(column, row) => dark,
        _ => light,
    };
    Luma::new(whole, whole, (0..whole * whole).map(pixel).collect())
}
