//! The command language: bytes in, lines, pictures and cuts out.
//!
//! It keeps no time and knows no fault. It understands the commands that our encoder uses and, by their length, those it
//! might meet. The rule a newcomer would break: a command whose bytes have not all arrived consumes nothing.

use super::font::{Face, FontChoice};
use super::paper::{Canvas, Cell, Paper, Stand};
use super::presenter::Plan;
use std::collections::VecDeque;
use std::time::Duration;

/// What one command did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The next command is not complete yet.
    NeedMore,
    /// A mode was set, or a letter was added to the line.
    Quiet,
    Advanced {
        dots: u32,
    },
    /// Cut off, and put out where a presenter was told to.
    Cut {
        dots: u32,
        plan: Option<Plan>,
    },
    Present,
    Retract,
    Eject,
    AskedEjector,
    AskedModel,
    AskedPaper,
    AskedProcessId([u8; 4]),
    AskedReports(u8),
}

struct Modes {
    width: u32,
    height: u32,
    bold: bool,
    inverse: bool,
    stand: Stand,
    spacing_dots: u32,
}

impl Default for Modes {
    fn default() -> Self {
        Modes { width: 1, height: 1, bold: false, inverse: false, stand: Stand::Left, spacing_dots: 30 }
    }
}

struct Qr {
    module_dots: u32,
    level: qrcode::EcLevel,
    data: Vec<u8>,
}

pub(super) struct Interpreter {
    pub(super) unknown_commands: u64,
    modes: Modes,
    line: Vec<Cell>,
    qr: Qr,
    canvas: Canvas,
    face: Face,
    paper_bytes: usize,
}

/// Way from print head to cutter, fed by `GS V` with a feed.
const CUTTER_DOTS: u32 = 100;

impl Interpreter {
    pub(super) fn new(dots: u32, font: &FontChoice) -> Self {
        Interpreter {
            unknown_commands: 0,
            modes: Modes::default(),
            line: Vec::new(),
            qr: Qr { module_dots: 3, level: qrcode::EcLevel::L, data: Vec::new() },
            canvas: Canvas::new(dots),
            face: Face::load(font),
            paper_bytes: 0,
        }
    }

    /// Forgets the line in the making and all modes; printed dots stay on the paper.
    pub(super) fn clear(&mut self) {
        self.line.clear();
        self.modes = Modes::default();
    }

    /// The paper so far; `None` when it is white.
    pub(super) fn peek_paper(&self) -> Option<Paper> {
        self.canvas.paper(self.paper_bytes)
    }

    /// The paper so far, cut off.
    pub(super) fn take_paper(&mut self) -> Option<Paper> {
        let paper = self.peek_paper();
        self.canvas.clear();
        self.paper_bytes = 0;
        paper
    }

    /// Takes one command from the front of the buffer.
    pub(super) fn step(&mut self, buffer: &mut VecDeque<u8>) -> Step {
        // Commands are short but for pictures and code data, whose length is in their first bytes.
        let Some(length) = command_bytes(buffer) else {
            return Step::NeedMore;
        };
        if buffer.len() < length {
            return Step::NeedMore;
        }
        let command: Vec<u8> = buffer.drain(..length).collect();
        self.paper_bytes += length;
        self.obey(&command)
    }

    fn obey(&mut self, command: &[u8]) -> Step {
        match command {
            [b'\n'] => return self.end_line(),
            [0x00 | b'\r' | 0x18] => {}
            [b'\t'] => self.letter(b' '),
            [letter] if *letter >= 0x20 => return self.letter_or_wrap(*letter),
            [0x1B, b'@'] => {
                self.line.clear();
                self.modes = Modes::default();
            }
            [0x1B, b'a', n] => {
                self.modes.stand = match n & 0x03 {
                    1 => Stand::Centre,
                    2 => Stand::Right,
                    _ => Stand::Left,
                }
            }
            [0x1B, b'E', n] => self.modes.bold = n & 1 == 1,
            [0x1B, b'!', n] => {
                self.modes.bold = n & 0x08 != 0;
                self.modes.height = 1 + u32::from(n & 0x10 != 0);
                self.modes.width = 1 + u32::from(n & 0x20 != 0);
            }
            [0x1B, b'2'] => self.modes.spacing_dots = 30,
            [0x1B, b'3', n] => self.modes.spacing_dots = u32::from(*n),
            [0x1B, b'd', n] => {
                let mut dots = self.flush_line();
                dots += self.canvas.feed(u32::from(*n) * self.modes.spacing_dots);
                return Step::Advanced { dots };
            }
            [0x1B, b'J', n] => {
                let dots = self.flush_line() + self.canvas.feed(u32::from(*n));
                return Step::Advanced { dots };
            }
            [0x1B, b'i' | b'm'] | [0x1D, b'V', 0 | 1 | 48 | 49] => return Step::Cut { dots: self.flush_line(), plan: None },
            [0x1D, b'V', 65 | 66, n] => {
                let dots = self.flush_line() + self.canvas.feed(CUTTER_DOTS + u32::from(*n));
                return Step::Cut { dots, plan: None };
            }
            [0x1C, b'P', _, _, end, secs] => {
                let dots = self.flush_line() + self.canvas.feed(CUTTER_DOTS);
                let after = (*secs > 0).then(|| Duration::from_secs(u64::from(*secs)));
                return Step::Cut { dots, plan: Some(Plan { retract: *end == b'R', after }) };
            }
            [0x1D, b'e', 3, _] => return Step::Present,
            [0x1D, b'e', 2] => return Step::Retract,
            [0x1D, b'e', 5] => return Step::Eject,
            [0x1D, b'e', 6] => return Step::AskedEjector,
            [0x1D, b'I', 1 | 49] => return Step::AskedModel,
            [0x1D, b'!', n] => {
                self.modes.width = u32::from((n >> 4) & 0x07) + 1;
                self.modes.height = u32::from(n & 0x07) + 1;
            }
            [0x1D, b'B', n] => self.modes.inverse = n & 1 == 1,
            [0x1D, b'r', _] => return Step::AskedPaper,
            [0x1D, b'a', n] => return Step::AskedReports(*n),
            [0x1D, b'(', b'H', 6, 0, 0x30, 0x30, d1, d2, d3, d4] => {
                return Step::AskedProcessId([*d1, *d2, *d3, *d4]);
            }
            [0x1D, b'(', b'k', _, _, 0x31, function, data @ ..] => return self.qr_function(*function, data),
            [0x1D, b'v', b'0', mode, wl, wh, hl, hh, data @ ..] => {
                let (row_bytes, rows) = (u16::from_le_bytes([*wl, *wh]), u16::from_le_bytes([*hl, *hh]));
                let (zoom_x, zoom_y) = (1 + u32::from(mode & 1), 1 + u32::from((mode >> 1) & 1));
                let before = self.flush_line();
                let dots = self.canvas.raster(data, u32::from(row_bytes), u32::from(rows), zoom_x, zoom_y, self.modes.stand);
                return Step::Advanced { dots: before + dots };
            }
            known if is_harmless(known) => {}
            _ => self.unknown_commands += 1,
        }
        Step::Quiet
    }

    fn letter(&mut self, byte: u8) {
        let m = &self.modes;
        self.line.push(Cell { byte, width: m.width, height: m.height, bold: m.bold, inverse: m.inverse });
    }

    fn letter_or_wrap(&mut self, byte: u8) -> Step {
        let used: u32 = self.line.iter().map(Cell::dots_wide).sum();
        let full = used + self.modes.width * 12 > self.canvas.width();
        let dots = if full { self.flush_line() } else { 0 };
        self.letter(byte);
        if dots > 0 { Step::Advanced { dots } } else { Step::Quiet }
    }

    fn end_line(&mut self) -> Step {
        let dots = if self.line.is_empty() { self.canvas.blank_line(self.modes.spacing_dots) } else { self.flush_line() };
        Step::Advanced { dots }
    }

    fn flush_line(&mut self) -> u32 {
        if self.line.is_empty() {
            return 0;
        }
        let line = std::mem::take(&mut self.line);
        self.canvas.line(&line, self.modes.stand, self.modes.spacing_dots, &self.face)
    }

    fn qr_function(&mut self, function: u8, data: &[u8]) -> Step {
        match (function, data) {
            (0x43, [n]) => self.qr.module_dots = u32::from(*n).clamp(1, 16),
            (0x45, [n]) => {
                self.qr.level = match n {
                    49 => qrcode::EcLevel::M,
                    50 => qrcode::EcLevel::Q,
                    51 => qrcode::EcLevel::H,
                    _ => qrcode::EcLevel::L,
                }
            }
            (0x50, [_, payload @ ..]) => self.qr.data = payload.to_vec(),
            // As on paper: a code in the middle of a line or too wide for the paper is silently left out.
            (0x51, _) if self.line.is_empty() => {
                let code = qrcode::QrCode::with_error_correction_level(&self.qr.data, self.qr.level);
                if let Ok(code) = code {
                    let dots = self.canvas.qr(&code, self.qr.module_dots, &self.qr.data, self.modes.stand);
                    return Step::Advanced { dots };
                }
            }
            _ => {}
        }
        Step::Quiet
    }
}

/// Length of the command at the front, as far as it can be told; `None` when its head has not arrived.
fn command_bytes(buffer: &VecDeque<u8>) -> Option<usize> {
    let at = |index: usize| buffer.get(index).copied();
    let counted = |low: usize, head: usize| Some(head + usize::from(at(low)?) + 256 * usize::from(at(low + 1)?));
    match at(0)? {
        0x10 => match at(1)? {
            0x04 | 0x05 => Some(3),
            0x14 => Some(if at(2)? == 8 { 10 } else { 5 }),
            _ => Some(1),
        },
        0x1B => match at(1)? {
            b'@' | b'2' | b'i' | b'm' | b'S' | b'<' | b'L' => Some(2),
            b'*' => {
                let columns = usize::from(at(3)?) + 256 * usize::from(at(4)?);
                Some(5 + columns * if at(2)? >= 32 { 3 } else { 1 })
            }
            b'$' | b'\\' | b'c' => Some(4),
            b'p' => Some(5),
            _ => Some(3),
        },
        0x1C => match at(1)? {
            b'P' => Some(6),
            b'.' | b'&' => Some(2),
            _ => Some(3),
        },
        0x1D => match at(1)? {
            b'(' => {
                at(2)?;
                counted(3, 5)
            }
            b'v' => {
                let row_bytes = usize::from(at(4)?) + 256 * usize::from(at(5)?);
                let rows = usize::from(at(6)?) + 256 * usize::from(at(7)?);
                Some(8 + row_bytes * rows)
            }
            b'V' => Some(if at(2)? >= 65 { 4 } else { 3 }),
            b'e' => Some(if at(2)? == 3 { 4 } else { 3 }),
            b'L' | b'W' | b'P' | b'$' | b'\\' => Some(4),
            _ => Some(3),
        },
        _ => Some(1),
    }
}

/// Real-time questions were answered on receipt; tables, fonts and the like do not change our letters.
fn is_harmless(command: &[u8]) -> bool {
    matches!(
        command,
        [0x10, 0x04 | 0x05 | 0x14, ..]
            | [0x1B, b't' | b'R' | b'M' | b'-' | b'{' | b'=' | b'S' | b'c' | b'$' | b' ' | b'G' | b'p', ..]
            | [0x1C, b'.' | b'&', ..]
            | [0x1D, b'L' | b'W' | b'P' | b'I' | b'h' | b'w' | b'f' | b'H' | b'(' | b'b' | b'e', ..]
    )
}
