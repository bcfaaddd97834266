//! The thread that owns a code reader with a cable. What it reads goes to the flow as if the camera had read it.
//!
//! It understands no code. The rule a newcomer would break: a reader talks whenever somebody waves a code at it; whether
//! anybody asked is the flow's affair, and what nobody asked for is dropped there.

use std::time::Duration;

use drivers::imager::{CodeError, CodeSource};
use drivers::supervise::WatchTiming;
use flow::Event;
use flow::event::Device;

use super::Board;
use crate::event::Inbox;
use crate::logging::{chain, note};

const POLL: Duration = Duration::from_millis(500);

/// Starts the thread, which lives as long as the program; without a reader there is none.
pub fn start(source: Option<Box<dyn CodeSource>>, inbox: Inbox, board: Board) {
    let Some(mut source) = source else { return };
    board.joined(Device::Reader, WatchTiming { poll: POLL, command: POLL, reset: POLL }, None);
    let serve = move || {
        let mut told = String::new();
        loop {
            match source.next(POLL) {
                // A payload that is no text is certainly not ours; it is named as foreign by its empty text.
                Ok(Some(payload)) => {
                    inbox.flow(Event::CodeRead(payload.text().unwrap_or_default().to_owned()));
                }
                // A code that no slip can hold is somebody's paper, not the reader's fault.
                Err(CodeError::Refused(_)) => {
                    inbox.flow(Event::CodeRead(String::new()));
                }
                Ok(None) => told.clear(),
                Err(reason) => {
                    let reason = chain(&reason);
                    if told != reason {
                        note("reader.trouble", &[("reason", &reason)]);
                        told = reason;
                    }
                    // A reader that is gone answers at once, each time.
                    std::thread::park_timeout(POLL);
                }
            }
            board.status(Device::Reader, source.status(), false);
        }
    };
    std::thread::Builder::new().name("code-reader".into()).spawn(serve).expect("the system can start a thread at boot");
}
