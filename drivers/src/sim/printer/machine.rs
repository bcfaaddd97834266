//! The mechanics: roll, cover, cutter, input buffer, presenter, and what is said on the line.
//!
//! The rules a newcomer would break: a real-time question is answered on receipt, even offline and even in the middle of a
//! picture (Epson TM-T88III specification, p.72); everything else waits in the buffer and is not even looked at while the
//! printer is offline; and a printer that gets paper again goes on with what it holds.

use super::bits::{self, Motion};
use super::fault::{Faults, PrinterFault};
use super::interpret::{Interpreter, Step};
use super::paper::Paper;
use super::presenter::{Plan, Presenter};
use super::{PAPERS_MAX, PaperPrinterOptions};
use crate::sim::Lasting;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Longest real-time command.
const WINDOW_BYTES: usize = 10;
const CLEAR_BUFFERS: [u8; WINDOW_BYTES] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
/// Room that is left when XOFF is said; a host may send this much more.
const XOFF_ROOM: usize = 512;
/// What a printer at the wrong speed sends: bits that fit no answer.
const RUBBISH: [u8; 12] = [0xFF, 0x83, 0xE1, 0x9B, 0xC7, 0xFB, 0x8D, 0xA5, 0xD3, 0xEF, 0x99, 0xB7];

pub(super) struct Machine {
    pub(super) faults: Faults,
    pub(super) papers: VecDeque<Paper>,
    pub(super) bytes_printed: u64,
    pub(super) bytes_lost: u64,
    /// Paper moved since the start, in mm.
    pub(super) paper_mm: f64,
    pub(super) port_open: bool,
    /// Times that the line was found empty.
    pub(super) quiet_looks: u64,
    options: PaperPrinterOptions,
    replies: VecDeque<(Instant, Vec<u8>)>,
    buffer: VecDeque<u8>,
    window: VecDeque<u8>,
    interpreter: Interpreter,
    presenter: Presenter,
    asb_mask: u8,
    asb_sent: [u8; 4],
    xoff_said: bool,
    ready_at: Instant,
}

impl Machine {
    pub(super) fn new(options: &PaperPrinterOptions) -> Self {
        Machine {
            faults: Faults::default(),
            papers: VecDeque::new(),
            bytes_printed: 0,
            bytes_lost: 0,
            paper_mm: 0.0,
            port_open: false,
            quiet_looks: 0,
            options: options.clone(),
            replies: VecDeque::new(),
            buffer: VecDeque::new(),
            window: VecDeque::new(),
            interpreter: Interpreter::new(options.dots, &options.font),
            presenter: Presenter::default(),
            asb_mask: 0,
            asb_sent: [0; 4],
            xoff_said: false,
            ready_at: Instant::now(),
        }
    }

    /// As after switching off, putting everything right, and switching on.
    pub(super) fn heal(&mut self) {
        let mut fresh = Machine::new(&self.options);
        fresh.port_open = self.port_open;
        fresh.bytes_printed = self.bytes_printed;
        fresh.quiet_looks = self.quiet_looks;
        fresh.paper_mm = self.paper_mm;
        *self = fresh;
    }

    /// Switched off and on: what it held in its memory is gone, what hangs out of it hangs on.
    pub(super) fn power_cycle(&mut self) {
        self.replies.clear();
        self.buffer.clear();
        self.window.clear();
        self.interpreter.clear();
        self.asb_mask = 0;
        self.xoff_said = false;
        self.ready_at = Instant::now();
    }

    pub(super) fn has(&self, fault: PrinterFault) -> bool {
        self.faults.has(fault)
    }

    pub(super) fn unknown_commands(&self) -> u64 {
        self.interpreter.unknown_commands
    }

    pub(super) fn hanging(&self) -> Option<Paper> {
        self.interpreter.peek_paper()
    }

    pub(super) fn in_output(&self) -> Option<Paper> {
        self.presenter.peek()
    }

    pub(super) fn is_idle(&self, now: Instant) -> bool {
        self.buffer.is_empty() && now >= self.ready_at
    }

    /// Nothing moves and nothing can.
    pub(super) fn is_at_rest(&self, now: Instant) -> bool {
        now >= self.ready_at
    }

    pub(super) fn cut(&mut self) {
        let paper = self.interpreter.take_paper();
        self.lay_down(paper);
    }

    pub(super) fn take_from_output(&mut self) -> bool {
        let paper = self.presenter.take();
        let was_there = paper.is_some();
        self.lay_down(paper);
        was_there
    }

    fn lay_down(&mut self, paper: Option<Paper>) {
        if let Some(paper) = paper {
            if self.papers.len() == PAPERS_MAX {
                self.papers.pop_front();
            }
            self.papers.push_back(paper);
        }
    }

    /// Puts a new roll in.
    pub(super) fn new_roll(&mut self) {
        self.faults.lift(PrinterFault::PaperOut);
        self.faults.lift(PrinterFault::NearEnd);
        self.faults.lift(PrinterFault::VirtualEnd);
        self.faults.paper_left_mm = None;
    }

    /// Takes bytes from the line.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.has(PrinterFault::Unplugged) {
                return;
            }
            if count_down(&mut self.faults.silent_after_bytes) {
                self.faults.inject(PrinterFault::Silent, Lasting::FromNow, Instant::now());
            }
            if count_down(&mut self.faults.hang_up_after_bytes) {
                self.faults.inject(PrinterFault::Unplugged, Lasting::FromNow, Instant::now());
            }
            if self.has(PrinterFault::Silent) {
                continue;
            }
            if self.buffer.len() < self.options.buffer_bytes {
                self.buffer.push_back(*byte);
            } else {
                self.bytes_lost += 1;
            }
            if self.window.len() == WINDOW_BYTES {
                self.window.pop_front();
            }
            self.window.push_back(*byte);
            self.answer_real_time();
            self.keep_flow();
        }
    }

    /// XOFF when the buffer fills up, XON when there is room again.
    fn keep_flow(&mut self) {
        let full = self.has(PrinterFault::BufferStuck) || self.buffer.len() + XOFF_ROOM.min(self.options.buffer_bytes / 2) > self.options.buffer_bytes;
        let room = !self.has(PrinterFault::BufferStuck) && self.buffer.len() <= self.options.buffer_bytes / 4;
        if full && !self.xoff_said {
            self.xoff_said = true;
            self.say(&[XOFF]);
        } else if room && self.xoff_said {
            self.xoff_said = false;
            self.say(&[XON]);
        }
    }

    /// Puts bytes on the line, now or late.
    pub(super) fn say(&mut self, bytes: &[u8]) {
        self.replies.push_back((Instant::now() + self.faults.delay(), bytes.to_vec()));
    }

    /// What is due on the line.
    pub(super) fn take_replies(&mut self, now: Instant) -> Vec<u8> {
        let mut due = Vec::new();
        while let Some((_, bytes)) = self.replies.pop_front_if(|(at, _)| *at <= now) {
            due.extend(bytes);
        }
        due
    }

    fn answer_real_time(&mut self) {
        let tail: Vec<u8> = self.window.iter().rev().take(3).rev().copied().collect();
        if let [0x10, 0x04, n] = tail.as_slice() {
            let answer = self.real_time_answer(*n);
            self.say(&answer);
        }
        if self.window.iter().copied().eq(CLEAR_BUFFERS) {
            self.buffer.clear();
            self.interpreter.clear();
            self.ready_at = Instant::now();
            self.say(&[0x37, 0x25, 0x00]);
        }
    }

    fn real_time_answer(&self, n: u8) -> Vec<u8> {
        if self.has(PrinterFault::BufferStuck) {
            return vec![XOFF];
        }
        if self.has(PrinterFault::Rubbish) {
            return RUBBISH.to_vec();
        }
        if n == 0x14 || self.has(PrinterFault::OtherPrinter) {
            let spooling = self.buffer.iter().any(|byte| ![0x10, 0x04, 0x14].contains(byte));
            let motion = Motion { spooling, motor_runs: Instant::now() < self.ready_at, slip_in_output: self.presenter.holds_slip() };
            return bits::full_status(&self.faults, &motion).to_vec();
        }
        bits::real_time(&self.faults, n).into_iter().collect()
    }

    /// Sends a report unasked when something changed and reports were asked for.
    pub(super) fn report_change(&mut self) {
        let now = bits::report(&self.faults);
        if self.asb_mask != 0 && !self.has(PrinterFault::Silent) && now != self.asb_sent {
            self.asb_sent = now;
            self.say(&now);
        }
    }

    /// Works on the buffer as far as paper and time allow.
    pub(super) fn run(&mut self, now: Instant) {
        self.faults.pass(now);
        if !self.has(PrinterFault::SlipLeftBehind) && self.options.takes_at_once {
            self.take_from_output();
        }
        let over = self.presenter.pass(now);
        self.lay_down(over);
        self.keep_flow();
        while !bits::is_offline(&self.faults) && !self.has(PrinterFault::Silent) && !self.has(PrinterFault::BufferStuck) && now >= self.ready_at {
            let before = self.buffer.len();
            let step = self.interpreter.step(&mut self.buffer);
            self.bytes_printed += (before - self.buffer.len()) as u64;
            if step == Step::NeedMore {
                break;
            }
            self.obey(step, now);
            self.keep_flow();
        }
        self.report_change();
    }

    fn obey(&mut self, step: Step, now: Instant) {
        let confirms = !self.has(PrinterFault::NeverConfirms);
        match step {
            Step::NeedMore | Step::Quiet => {}
            Step::Advanced { dots } => self.advance(dots, now),
            Step::Cut { dots, plan } => {
                self.advance(dots, now);
                self.cut();
                if let Some(plan) = plan {
                    self.present(plan, now);
                }
            }
            Step::Present => self.present(Plan { retract: false, after: None }, now),
            Step::Retract => {
                let paper = self.presenter.retract();
                self.lay_down(paper);
            }
            Step::Eject => {
                let paper = self.presenter.eject();
                self.lay_down(paper);
            }
            Step::AskedEjector => {
                let holds = if self.presenter.holds_slip() { 0x08 } else { 0 };
                self.say(&[holds]);
            }
            Step::AskedModel => self.say(&[self.options.model_id]),
            Step::AskedPaper if confirms => self.say(&[bits::paper(&self.faults)]),
            Step::AskedProcessId([d1, d2, d3, d4]) if confirms => self.say(&[0x37, 0x22, d1, d2, d3, d4, 0]),
            Step::AskedPaper | Step::AskedProcessId(_) => {}
            Step::AskedReports(mask) => {
                self.asb_mask = mask;
                self.asb_sent = bits::report(&self.faults);
                if mask != 0 {
                    let report = self.asb_sent;
                    self.say(&report);
                }
            }
        }
    }

    /// The paper that was cut last goes into the output, where there is one.
    fn present(&mut self, plan: Plan, now: Instant) {
        if self.options.presenter
            && let Some(paper) = self.papers.pop_back_if(|paper| paper.is_fresh())
        {
            let before = self.presenter.offer(paper, plan, now);
            self.lay_down(before);
        }
    }

    fn advance(&mut self, dots: u32, now: Instant) {
        let mm = f64::from(dots) * 25.4 / f64::from(self.options.dots_per_inch);
        self.paper_mm += mm;
        let secs = mm / (self.options.mm_per_s.max(1.0) * self.options.time_scale.max(0.01));
        self.ready_at = now + Duration::from_secs_f64(secs);
        if let Some(left) = &mut self.faults.paper_left_mm {
            *left -= mm;
            if *left <= 0.0 {
                self.faults.paper_left_mm = None;
                self.faults.inject(PrinterFault::PaperOut, Lasting::FromNow, now);
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
