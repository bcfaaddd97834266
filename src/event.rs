//! The bounded channel that everything outside the app thread talks into.

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

/// Events that may wait; a full channel means that the app thread hangs, which the watchdog sees.
pub const EVENTS_MAX: usize = 256;

/// What the app thread can be told.
#[derive(Debug)]
pub enum AppEvent {
    Flow(flow::Event),
    /// A receipt came, or an attempt failed: the queue looks different.
    QueueChanged,
    Stop,
}

/// Where devices, network and screen leave what happened.
#[derive(Clone)]
pub struct Inbox {
    sender: Sender<AppEvent>,
}

impl Inbox {
    pub fn new() -> (Self, Receiver<AppEvent>) {
        let (sender, receiver) = bounded(EVENTS_MAX);
        (Self { sender }, receiver)
    }

    /// Never blocks. False when the event was lost, which only happens while the app thread is stuck or gone.
    pub fn tell(&self, event: AppEvent) -> bool {
        match self.sender.try_send(event) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                crate::logging::note("events.full", &[]);
                false
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }

    pub fn flow(&self, event: flow::Event) -> bool {
        self.tell(AppEvent::Flow(event))
    }

    pub fn intent(&self, intent: flow::Intent) -> bool {
        self.flow(flow::Event::Intent(intent))
    }
}
