//! The mechanics: roll, cover, cutter, input buffer, status bits.
//!
//! The rules a newcomer would break: a real-time question is answered on receipt, even offline and even in the middle of a
//! picture (Epson TM-T88III specification, p.72); everything else waits in the buffer and is not even looked at while the
//! printer is offline; and a printer that gets paper again goes on with what it holds.

use super::interpret::{Interpreter, Step};
use super::paper::Paper;
use super::{PAPERS_MAX, PaperPrinterOptions};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Dots per millimetre at 203 dpi.
const DOTS_PER_MM: f64 = 203.0 / 25.4;
/// Longest real-time command.
const WINDOW_BYTES: usize = 10;
const CLEAR_BUFFERS: [u8; WINDOW_BYTES] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/// What is wrong.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    pub(super) paper: bool,
    pub(super) paper_left_mm: Option<f64>,
    pub(super) near_end: bool,
    pub(super) cover_open: bool,
    pub(super) cutter_blocked: bool,
    pub(super) silent: bool,
    pub(super) silent_after_bytes: Option<usize>,
    pub(super) never_confirms: bool,
    pub(super) slow_bytes_per_s: Option<u32>,
    pub(super) hang_up_after_bytes: Option<usize>,
    pub(super) plugged: bool,
}

impl Faults {
    fn none() -> Self {
        Faults {
            paper: true,
            paper_left_mm: None,
            near_end: false,
            cover_open: false,
            cutter_blocked: false,
            silent: false,
            silent_after_bytes: None,
            never_confirms: false,
            slow_bytes_per_s: None,
            hang_up_after_bytes: None,
            plugged: true,
        }
    }
}

pub(super) struct Machine {
    pub(super) faults: Faults,
    pub(super) papers: VecDeque<Paper>,
    pub(super) replies: Vec<u8>,
    pub(super) bytes_printed: u64,
    pub(super) port_open: bool,
    /// Times that the line was found empty.
    pub(super) quiet_looks: u64,
    options: PaperPrinterOptions,
    buffer: VecDeque<u8>,
    window: VecDeque<u8>,
    interpreter: Interpreter,
    asb_mask: u8,
    asb_sent: [u8; 4],
    ready_at: Instant,
}

impl Machine {
    pub(super) fn new(options: &PaperPrinterOptions) -> Self {
        Machine {
            faults: Faults::none(),
            papers: VecDeque::new(),
            replies: Vec::new(),
            bytes_printed: 0,
            port_open: false,
            quiet_looks: 0,
            options: options.clone(),
            buffer: VecDeque::new(),
            window: VecDeque::new(),
            interpreter: Interpreter::new(options.dots, &options.font),
            asb_mask: 0,
            asb_sent: [0; 4],
            ready_at: Instant::now(),
        }
    }

    /// As after switching off, putting everything right, and switching on.
    pub(super) fn heal(&mut self) {
        let port_open = self.port_open;
        let mut fresh = Machine::new(&self.options);
        fresh.port_open = port_open;
        fresh.bytes_printed = self.bytes_printed;
        fresh.quiet_looks = self.quiet_looks;
        *self = fresh;
    }

    pub(super) fn unknown_commands(&self) -> u64 {
        self.interpreter.unknown_commands
    }

    pub(super) fn hanging(&self) -> Option<Paper> {
        self.interpreter.peek_paper()
    }

    pub(super) fn is_idle(&self, now: Instant) -> bool {
        self.buffer.is_empty() && now >= self.ready_at
    }

    pub(super) fn cut(&mut self) {
        if let Some(paper) = self.interpreter.take_paper() {
            if self.papers.len() == PAPERS_MAX {
                self.papers.pop_front();
            }
            self.papers.push_back(paper);
        }
    }

    /// Takes bytes from the line.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if !self.faults.plugged {
                return;
            }
            if count_down(&mut self.faults.silent_after_bytes) {
                self.faults.silent = true;
            }
            if count_down(&mut self.faults.hang_up_after_bytes) {
                self.faults.plugged = false;
            }
            if self.faults.silent {
                continue;
            }
            self.buffer.push_back(*byte);
            if self.window.len() == WINDOW_BYTES {
                self.window.pop_front();
            }
            self.window.push_back(*byte);
            self.answer_real_time();
        }
    }

    fn answer_real_time(&mut self) {
        let tail: Vec<u8> = self.window.iter().rev().take(3).rev().copied().collect();
        if let [0x10, 0x04, n] = tail.as_slice() {
            let n = *n;
            self.replies.extend(self.real_time_status(n));
        }
        if self.window.iter().copied().eq(CLEAR_BUFFERS) {
            self.buffer.clear();
            self.interpreter.clear();
            self.ready_at = Instant::now();
            self.replies.extend([0x37, 0x25, 0x00]);
        }
    }

    fn offline(&self) -> bool {
        !self.faults.paper || self.faults.cover_open || self.faults.cutter_blocked
    }

    fn real_time_status(&self, n: u8) -> Vec<u8> {
        let bit = |on: bool, mask: u8| if on { mask } else { 0 };
        let f = &self.faults;
        match n {
            1 => vec![0x12 | bit(self.offline(), 0x08)],
            2 => {
                vec![0x12 | bit(f.cover_open, 0x04) | bit(!f.paper, 0x20) | bit(f.cutter_blocked, 0x40)]
            }
            3 => vec![0x12 | bit(f.cutter_blocked, 0x08)],
            4 => vec![0x12 | bit(f.near_end || !f.paper, 0x0C) | bit(!f.paper, 0x60)],
            0x14 => {
                let moving = Instant::now() < self.ready_at;
                let waiting = self.buffer.iter().any(|b| *b != 0x10 && *b != 0x04 && *b != 0x14);
                let paper = bit(!f.paper, 0x01) | bit(f.near_end, 0x04);
                let user = bit(f.cover_open, 0x02) | bit(waiting, 0x04) | bit(moving, 0x08);
                vec![0x10, 0x0F, paper, user, 0, bit(f.cutter_blocked, 0x01)]
            }
            _ => Vec::new(),
        }
    }

    fn asb(&self) -> [u8; 4] {
        let bit = |on: bool, mask: u8| if on { mask } else { 0 };
        let f = &self.faults;
        [0x10 | bit(self.offline(), 0x08) | bit(f.cover_open, 0x20), bit(f.cutter_blocked, 0x08), bit(f.near_end || !f.paper, 0x03) | bit(!f.paper, 0x0C), 0]
    }

    /// Sends a report unasked when something changed and reports were asked for.
    pub(super) fn report_change(&mut self) {
        let now = self.asb();
        if self.asb_mask != 0 && !self.faults.silent && now != self.asb_sent {
            self.asb_sent = now;
            self.replies.extend(now);
        }
    }

    /// Works on the buffer as far as paper and time allow.
    pub(super) fn run(&mut self, now: Instant) {
        while !self.offline() && !self.faults.silent && now >= self.ready_at {
            let before = self.buffer.len();
            let step = self.interpreter.step(&mut self.buffer);
            self.bytes_printed += (before - self.buffer.len()) as u64;
            match step {
                Step::NeedMore => break,
                Step::Quiet => {}
                Step::Advanced { dots } => self.advance(dots, now),
                Step::Cut { dots } => {
                    self.advance(dots, now);
                    self.cut();
                }
                Step::AskedPaper => {
                    let near = if self.faults.near_end { 0x03 } else { 0 };
                    if !self.faults.never_confirms {
                        self.replies.push(near);
                    }
                }
                Step::AskedProcessId(id) => {
                    if !self.faults.never_confirms {
                        self.replies.extend([0x37, 0x22]);
                        self.replies.extend(id);
                        self.replies.push(0);
                    }
                }
                Step::AskedReports(mask) => {
                    self.asb_mask = mask;
                    self.asb_sent = self.asb();
                    if mask != 0 {
                        self.replies.extend(self.asb_sent);
                    }
                }
            }
        }
        self.report_change();
    }

    fn advance(&mut self, dots: u32, now: Instant) {
        let mm = f64::from(dots) / DOTS_PER_MM;
        let secs = mm / (self.options.mm_per_s.max(1.0) * self.options.time_scale.max(0.01));
        self.ready_at = now + Duration::from_secs_f64(secs);
        if let Some(left) = &mut self.faults.paper_left_mm {
            *left -= mm;
            if *left <= 0.0 {
                self.faults.paper = false;
                self.faults.paper_left_mm = None;
            }
        }
    }
}

/// Counts one byte; true when the count has just ended.
fn count_down(left: &mut Option<usize>) -> bool {
    match left {
        Some(0 | 1) => {
            *left = None;
            true
        }
        Some(more) => {
            *more -= 1;
            false
        }
        None => false,
    }
}
