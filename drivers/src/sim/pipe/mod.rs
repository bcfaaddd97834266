//! A simulated printer on other wires than the serial one: behind a fake USB pipe, and behind a TCP port.
//!
//! It prints nothing by itself: bytes go on to a peer, such as the pseudo terminal of the simulated printer, and come back
//! from there. The rule a newcomer would break: a fault acts on the transfer or the socket as the bus or the network would,
//! and it is the link's business to find out what it means.

mod faults;
mod tcp;
mod usb;

pub use faults::{OpenRefusal, SimUsbPrinter, UnplugLook};
pub use tcp::TcpPrinterPort;
pub use usb::SimPipe;

use crate::link::{Link, LinkError, WriteError};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Longest single wait for a peer, so that a fault set meanwhile is noticed.
const STEP: Duration = Duration::from_millis(2);
/// Answers kept for a reader; the oldest are dropped.
const ANSWERS_BYTES_MAX: usize = 65_536;

/// A peer made of a closure: what it returns for written bytes is what a reader gets.
pub struct AnswerWith<F> {
    answer: F,
    answers: VecDeque<u8>,
}

impl<F: FnMut(&[u8]) -> Vec<u8> + Send> AnswerWith<F> {
    /// A peer that answers each write with what `answer` makes of it.
    pub fn new(answer: F) -> Self {
        AnswerWith { answer, answers: VecDeque::new() }
    }
}

impl<F: FnMut(&[u8]) -> Vec<u8> + Send> Link for AnswerWith<F> {
    fn open(&mut self) -> Result<(), LinkError> {
        Ok(())
    }

    fn close(&mut self) {
        self.answers.clear();
    }

    fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<(), WriteError> {
        let answer = (self.answer)(bytes);
        self.answers.extend(answer);
        let spilled = self.answers.len().saturating_sub(ANSWERS_BYTES_MAX);
        self.answers.drain(..spilled);
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        let count = buffer.len().min(self.answers.len());
        if count == 0 {
            std::thread::park_timeout(timeout);
        }
        for (to, from) in buffer.iter_mut().zip(self.answers.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }

    fn unsent_bytes(&mut self) -> usize {
        0
    }
}
